//! What is measured on: a region with patients, ready fiches and a meeting to register them to, and the
//! two servers.

use super::plancher::Plancher;
use crate::{
    app::{self, Etat},
    config::Config,
    db::Demande,
    demo::{
        activite::{self, CasPret},
        identites::Personnes,
        region,
    },
    kernel::{
        Chance, Horloge, Instant, Panne, Perimetre, Resultat, Role,
        acteur::Habilitation,
        clock::date_paris,
        ids::{DossierId, FicheId, PatientId, ReunionId},
        texte::hexadecimal,
    },
    metier::{
        compte::{
            model::{Moyen, Preuve, Support},
            service::{self as comptes, NouveauCompte},
        },
        reunion::{model::ReunionSaisie, service as reunions},
    },
};
use actix_web::{App, HttpServer, dev::Server, web};
use chrono::Duration;
use metrics_exporter_prometheus::PrometheusBuilder;
use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
};

/// Same seed, same region.
const GRAINE: u64 = 7;

/// Dossiers that a meeting takes at most.
const CAPACITE: usize = 500;

/// Patients made in one transaction.
const LOT: usize = 500;

/// A running service with something to ask it.
pub(super) struct Decor {
    /// Where the service listens.
    pub adresse: SocketAddr,
    /// Where the bare application listens.
    pub plancher: SocketAddr,
    /// Access token of a secretary, good for the time of the measure.
    pub jeton: String,
    /// The patients.
    pub patients: Vec<PatientId>,
    /// A dossier of each.
    pub dossiers: Vec<DossierId>,
    /// A ready fiche of each.
    pub fiches: Vec<FicheId>,
    /// Meetings to come, that take them all.
    pub reunions: Vec<ReunionId>,
}

impl Decor {
    /// Makes everything on an empty database, through the use cases of the service, and starts the two
    /// servers in this process.
    pub fn monter(config: Config, patients: usize) -> Result<Self, Panne> {
        let adresse = config.adresse()?;
        app::preparer(&adresse)?;
        let connexions = config.connexions;
        let cle_jetons = Some(hexadecimal(&Chance::Systeme.secret()));
        let mut config =
            Config { cle_jetons, recherches_par_minute: u32::MAX, documents_par_minute: u32::MAX, exports_par_heure: u32::MAX, ..config };
        config.comptes.cle_facteurs = Some(hexadecimal(&Chance::Systeme.secret()));
        let mesures = PrometheusBuilder::new().build_recorder().handle();
        let etat = Arc::new(Etat::construire(config, Horloge::Systeme, Chance::Systeme, mesures)?);
        let maintenant = etat.db.horloge().maintenant();
        let (jeton, cas, reunions) = peupler(&etat, patients, maintenant).map_err(|e| Panne::new("décor de la mesure", e))?;
        let plancher = Plancher::nouveau(&adresse, connexions)?;
        let donnees = web::Data::from(etat);
        Ok(Self {
            adresse: demarrer(move |ecoute| Ok(HttpServer::new(move || app::application(donnees.clone())).listen(ecoute)?.run()))?,
            plancher: demarrer(move |ecoute| {
                let nu = move || App::new().configure(|config| plancher.routes(config));
                Ok(HttpServer::new(nu).listen(ecoute)?.run())
            })?,
            jeton,
            patients: cas.iter().map(|cas| cas.patient).collect(),
            dossiers: cas.iter().map(|cas| cas.dossier).collect(),
            fiches: cas.iter().map(|cas| cas.fiche).collect(),
            reunions,
        })
    }
}

/// Runs a server on a free port, on a thread that ends with the process.
fn demarrer(lancer: impl FnOnce(TcpListener) -> std::io::Result<Server> + Send + 'static) -> Result<SocketAddr, Panne> {
    let ecoute = TcpListener::bind("127.0.0.1:0").map_err(|e| Panne::new("écoute de la mesure", e))?;
    let adresse = ecoute.local_addr().map_err(|e| Panne::new("écoute de la mesure", e))?;
    std::thread::spawn(move || actix_web::rt::System::new().block_on(async move { lancer(ecoute)?.await }));
    Ok(adresse)
}

fn peupler(etat: &Etat, patients: usize, maintenant: Instant) -> Resultat<(String, Vec<CasPret>, Vec<ReunionId>)> {
    let demande = Demande::systeme("charge");
    let jour = date_paris(maintenant);
    let (region, personnes) = etat.db.ecrire_ici(&demande, move |op| {
        if !comptes::base_neuve(op)? {
            return Err(Panne::dire("la mesure remplit une base vide : celle-ci a déjà des comptes").into());
        }
        let mut personnes = Personnes::nouvelles(GRAINE);
        Ok((region::creer(op, &mut personnes, jour)?, personnes))
    })?;
    let (Some(&centre), Some(rcp)) = (region.centres.first(), region.rcp.first()) else {
        return Err(Panne::dire("région sans RCP").into());
    };
    let (mut cas, mut personnes): (Vec<CasPret>, Personnes) = (Vec::new(), personnes);
    while cas.len() < patients {
        let (rcp, generalistes, depart) = (rcp.clone(), region.generalistes.clone(), personnes.clone());
        let (prets, apres) = etat.db.ecrire_ici(&demande, move |op| {
            let mut personnes = depart.clone();
            let prets: Resultat<Vec<_>> =
                (0..LOT).filter_map(|_| activite::preparer(op, &mut personnes, &rcp, &generalistes, jour).transpose()).collect();
            Ok((prets?, personnes))
        })?;
        cas.extend(prets);
        personnes = apres;
    }
    // People come in no order: by the random half of their identifier, which begins with a moment.
    cas.sort_by_key(|cas| cas.patient.uuid().as_u64_pair().1);
    let rcp_id = rcp.id;
    let reunions = etat.db.ecrire_ici(&demande, move |op| {
        (0_i32..)
            .take(patients.div_ceil(CAPACITE) + 1)
            .map(|rang| {
                let debut = maintenant + Duration::days(30) + Duration::minutes(rang.into());
                let capacite = i64::try_from(CAPACITE).ok();
                let saisie = ReunionSaisie { rcp_id, debut, duree_minutes: 240, lieu: None, lien_visio: None, capacite };
                Ok(reunions::creer(op, &saisie)?.id)
            })
            .collect::<Resultat<Vec<_>>>()
    })?;
    let nouveau = NouveauCompte {
        identifiant: "charge".to_owned(),
        empreinte_mot_de_passe: None,
        nom: "Mesure de charge".to_owned(),
        praticien_id: None,
        fin_le: None,
        habilitations: [Perimetre::Centre3c(centre), Perimetre::Etablissement(rcp.etablissement)]
            .map(|perimetre| Habilitation { role: Role::Secretaire, perimetre })
            .to_vec(),
    };
    let (compte, session) = etat.db.ecrire_ici(&demande, move |op| {
        let compte = comptes::creer(op, &nouveau)?.0;
        let preuve = Preuve { moyen: Moyen::MotDePasseEtFacteur, instant: op.maintenant, support: Support::Porteur };
        let session = comptes::ouvrir_session(op, &compte, preuve)?.0.id;
        Ok((compte.id, session))
    })?;
    Ok((etat.jetons.signer(compte, session, maintenant)?, cas, reunions))
}
