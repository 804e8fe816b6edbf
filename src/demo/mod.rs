//! The demonstration: a small believable region on a fresh database, with accounts to sign in and a
//! walk through the main job.
//!
//! Everything goes through the use cases of the service, with the clock moved back six weeks and
//! forward again: nothing is inserted behind their back. The mails of the first meetings leave at their time and are
//! answered; the others leave when the service starts.

pub(crate) mod activite;
mod annuaire;
mod courrier;
mod fiches;
pub(crate) mod identites;
pub(crate) mod plans;
mod programmes;
pub(crate) mod region;

use crate::{
    app,
    config::{Config, Exposition},
    db::{Db, Demande},
    kernel::{
        Chance, Erreur, Horloge, Panne, Perimetre, Role, acteur::Habilitation, clock::date_paris, ids::PraticienId, texte::hexadecimal,
    },
    metier::{
        compte::{
            model::{
                Support,
                facteur::{ReponseFacteur, code_totp},
            },
            portier::Portier,
            service::{
                self as comptes, NouveauCompte, connexion, cycle,
                facteurs::{self, Enrolement},
            },
        },
        reunion::model::Periode,
    },
};
use chrono::Days;
use courrier::Correspondance;
use identites::Personnes;
use region::Region;
use std::{fs, path::Path, sync::Arc};

/// File of the secrets of the applications of codes.
const SECONDS_FACTEURS: &str = "seconds-facteurs.txt";
/// Same seed, same region.
const GRAINE: u64 = 42;

/// Makes the files of the demonstration in a folder, unless they are there: the database, the key of
/// the tokens, the accounts and the walk. Gives the configuration to serve them.
pub fn preparer(dossier: &Path, config: Config) -> Result<Config, Panne> {
    fs::create_dir_all(dossier).map_err(|e| Panne::new("dossier de la démonstration", e))?;
    let cle = dossier.join("cle-jetons");
    if !cle.exists() {
        ecrire(&cle, &Chance::Systeme.secret())?;
    }
    let cle_facteurs = dossier.join("cle-facteurs");
    if !cle_facteurs.exists() {
        ecrire(&cle_facteurs, &Chance::Systeme.secret())?;
    }
    let cle_recherche = dossier.join("cle-recherche");
    if !cle_recherche.exists() {
        ecrire(&cle_recherche, &Chance::Systeme.secret())?;
    }
    let mut config = Config { cle_jetons_fichier: Some(cle), ..config };
    config.comptes.cle_facteurs_fichier = Some(cle_facteurs);
    config.recherche.cle_fichier = Some(cle_recherche);
    if config.base == Config::default().base {
        config.base = format!("sqlite://{}", dossier.join("dcc.sqlite").display());
    }
    config.courrier.dossier = dossier.join("courrier");
    config.exposition = Exposition { documentation: true, mesures: true };
    if !dossier.join("acces.txt").exists() {
        charger(dossier, &config).map_err(|erreur| match erreur {
            Erreur::Panne(panne) => panne,
            Erreur::Refus(refus) => Panne::dire(format!("{} {:?}", refus.message, refus.fautes)),
        })?;
    }
    Ok(config)
}

fn ecrire(chemin: &Path, octets: &[u8]) -> Result<(), Panne> {
    fs::write(chemin, octets).map_err(|e| Panne::new(format!("écriture de {}", chemin.display()), e))
}

fn charger(dossier: &Path, config: &Config) -> Result<(), Erreur> {
    app::preparer(&config.adresse()?)?;
    let present = Horloge::Systeme.maintenant();
    let (jour, six_semaines) = (date_paris(present), Days::new(42));
    let periode = Periode { du: jour - six_semaines, au: jour + Days::new(28) };
    let db = app::ouvrir_la_base(config, Horloge::reglee(present - chrono::Duration::days(42)), Chance::Systeme)?;
    let demande = Demande::systeme("demonstration");
    let (region, personnes) = db.ecrire_ici(&demande, move |op| {
        let mut personnes = Personnes::nouvelles(GRAINE);
        let region = region::creer(op, &mut personnes, periode.du)?;
        Ok((region, personnes))
    })?;
    let mut correspondance = Correspondance::nouvelle(config)?;
    activite::vivre(&db, &demande, &region, &personnes, (periode, present), &mut correspondance)?;
    let mot_de_passe = hexadecimal(&Chance::Systeme.secret()).chars().take(20).collect::<String>();
    let mut nouveaux = Vec::new();
    for (identifiant, praticien_id, habilitations) in acces(&region) {
        let nouveau = NouveauCompte {
            identifiant: identifiant.to_owned(),
            empreinte_mot_de_passe: None,
            nom: format!("Démonstration — {identifiant}"),
            praticien_id,
            fin_le: None,
            habilitations: habilitations.iter().map(|&(role, perimetre)| Habilitation { role, perimetre }).collect(),
        };
        let jeton = db.ecrire_ici(&demande, move |op| {
            let compte = comptes::creer(op, &nouveau)?.0;
            cycle::preparer_activation(op, compte.id)
        })?;
        nouveaux.push((identifiant, jeton));
    }
    // An hour ago: the codes of the moment are left to whoever tries the demonstration.
    db.horloge().regler(present - chrono::Duration::hours(1));
    let secrets = activer(&db, config, nouveaux, &mot_de_passe)?;
    annuaire::ecrire(&dossier.join("annuaire"), &db, &demande, &region)?;
    ecrire(&dossier.join(SECONDS_FACTEURS), secrets.as_bytes())?;
    ecrire(&dossier.join("parcours.sh"), parcours(dossier, config, &mot_de_passe)?.as_bytes())?;
    ecrire(&dossier.join("acces.txt"), mot_de_passe.as_bytes())?;
    Ok(())
}

/// Chooses the password of each account and enrols an application of codes, as its holder would. Gives the secrets of
/// the applications, one a line after the identifier.
fn activer(db: &Db, config: &Config, nouveaux: Vec<(&str, String)>, mot_de_passe: &str) -> Result<String, Erreur> {
    let portier = Arc::new(Portier::new(&config.comptes, &config.url_publique)?);
    let fils = tokio::runtime::Runtime::new().map_err(|e| Panne::new("fils de la démonstration", e))?;
    let mut lignes = String::new();
    for (identifiant, jeton) in nouveaux {
        let secret = fils.block_on(async {
            let suite = connexion::activer(db, &portier, jeton, mot_de_passe.to_owned(), Support::Porteur).await?;
            let (preparation, defi) = (Arc::clone(&portier), suite.jeton.clone());
            let demande = Demande::systeme("demonstration");
            let (secret, _) = db.ecrire(&demande, move |op| facteurs::proposer_totp(op, &preparation, &defi)).await?;
            let code = code_totp(&secret, db.horloge().maintenant())?;
            let libelle = "Application de la démonstration".to_owned();
            let saisie = Enrolement { jeton: suite.jeton, libelle, reponse: ReponseFacteur::Code(code) };
            facteurs::premier_enrolement(db, &portier, saisie).await?;
            Ok::<_, Erreur>(secret)
        })?;
        lignes.push_str(&format!("{identifiant} {secret}\n"));
    }
    Ok(lignes)
}

/// The code that the application of an account of the demonstration shows at this moment.
pub fn code(dossier: &Path, identifiant: &str) -> Result<String, Panne> {
    let lignes = fs::read_to_string(dossier.join(SECONDS_FACTEURS)).map_err(|e| Panne::new("seconds facteurs de la démonstration", e))?;
    let secret = lignes.lines().filter_map(|ligne| ligne.split_once(' ')).find(|(nom, _)| *nom == identifiant);
    let (_, secret) = secret.ok_or_else(|| Panne::dire(format!("la démonstration n'a pas de compte « {identifiant} »")))?;
    code_totp(secret, Horloge::Systeme.maintenant())
}

/// The accounts: the secretary of the first 3C, the doctor in charge of its first RCP, an oncologist
/// who presents patients, an analyst and the administrator of the region.
fn acces(region: &Region) -> Vec<(&'static str, Option<PraticienId>, Vec<(Role, Perimetre)>)> {
    let (Some(&centre), Some(rcp)) = (region.centres.first(), region.rcp.first()) else { return Vec::new() };
    let medecin = |rang: usize| rcp.membres.get(rang).copied();
    vec![
        ("secretaire", None, vec![(Role::Secretaire, Perimetre::Centre3c(centre))]),
        ("responsable", medecin(0), vec![(Role::Responsable, Perimetre::Rcp(rcp.id)), (Role::Participant, Perimetre::Patients)]),
        ("oncologue", medecin(1), vec![(Role::Demandeur, Perimetre::Patients), (Role::Participant, Perimetre::Patients)]),
        ("analyste", None, vec![(Role::Analyste, Perimetre::Region)]),
        ("admin", None, vec![(Role::AdministrateurRegional, Perimetre::Region)]),
        ("delegue", None, vec![(Role::DelegueProtectionDonnees, Perimetre::Region)]),
    ]
}

/// The walk through the main job, as a shell script. It asks this program for the codes.
fn parcours(dossier: &Path, config: &Config, mot_de_passe: &str) -> Result<String, Panne> {
    let dossier = dossier.canonicalize().map_err(|e| Panne::new("dossier de la démonstration", e))?;
    Ok(include_str!("parcours.sh")
        .replace("@URL@", &config.url_publique)
        .replace("@MOT_DE_PASSE@", mot_de_passe)
        .replace("@DCC@", &config.compositeur()?.display().to_string())
        .replace("@DOSSIER@", &dossier.display().to_string()))
}

/// What to open, to print when the service starts.
pub fn presentation(dossier: &Path, config: &Config) -> Result<String, Panne> {
    let mot_de_passe = fs::read_to_string(dossier.join("acces.txt")).map_err(|e| Panne::new("accès de la démonstration", e))?;
    let (url, base, dossier) = (&config.url_publique, &config.base, dossier.display());
    Ok(format!(
        "\nDossier communicant en cancérologie — démonstration, données synthétiques\n\n\
         Documentation de l'API   {url}/api/docs/\n\
         Comptes                  secretaire, responsable, oncologue, analyste, admin, delegue\n\
         Mot de passe             {mot_de_passe}\n\
         Code du second facteur   dcc demo --dossier {dossier} code COMPTE\n\
         Courrier sortant         {dossier}/courrier/*.eml\n\
         Parcours du cœur métier  sh {dossier}/parcours.sh\n\
         Annuaire à importer      DCC_BASE={base} dcc annuaire importer --refus {dossier} {dossier}/annuaire/*\n\n\
         Ctrl-C arrête ; effacez {dossier} pour recommencer.\n"
    ))
}
