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
mod plans;
mod programmes;
pub(crate) mod region;

use crate::{
    app,
    config::Config,
    db::{Adresse, Demande},
    kernel::{
        Chance, Erreur, Horloge, Panne, Perimetre, Role, acteur::Habilitation, clock::date_paris, ids::PraticienId, texte::hexadecimal,
    },
    metier::{
        compte::{
            model::hacher,
            service::{self as comptes, NouveauCompte},
        },
        reunion::model::Periode,
    },
};
use chrono::Days;
use courrier::Correspondance;
use identites::Personnes;
use region::Region;
use std::{fs, path::Path};

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
    let mut config = Config { cle_jetons_fichier: Some(cle), ..config };
    if config.base == Config::default().base {
        config.base = format!("sqlite://{}", dossier.join("dcc.sqlite").display());
    }
    config.courrier.dossier = dossier.join("courrier");
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
    app::preparer(&Adresse::lire(&config.base)?)?;
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
    let empreinte = hacher(&mot_de_passe, &Chance::Systeme.secret())?;
    for (identifiant, praticien_id, habilitations) in acces(&region) {
        let nouveau = NouveauCompte {
            identifiant: identifiant.to_owned(),
            empreinte_mot_de_passe: Some(empreinte.clone()),
            nom: format!("Démonstration — {identifiant}"),
            praticien_id,
            fin_le: None,
            habilitations: habilitations.iter().map(|&(role, perimetre)| Habilitation { role, perimetre }).collect(),
        };
        db.ecrire_ici(&demande, move |op| comptes::creer(op, &nouveau).map(drop))?;
    }
    annuaire::ecrire(&dossier.join("annuaire"), &db, &demande, &region)?;
    ecrire(&dossier.join("parcours.sh"), parcours(config, &mot_de_passe).as_bytes())?;
    ecrire(&dossier.join("acces.txt"), mot_de_passe.as_bytes())?;
    Ok(())
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
    ]
}

/// The walk through the main job, as a shell script.
fn parcours(config: &Config, mot_de_passe: &str) -> String {
    include_str!("parcours.sh").replace("@URL@", &config.url_publique).replace("@MOT_DE_PASSE@", mot_de_passe)
}

/// What to open, to print when the service starts.
pub fn presentation(dossier: &Path, config: &Config) -> Result<String, Panne> {
    let mot_de_passe = fs::read_to_string(dossier.join("acces.txt")).map_err(|e| Panne::new("accès de la démonstration", e))?;
    let (url, base, dossier) = (&config.url_publique, &config.base, dossier.display());
    Ok(format!(
        "\nDossier communicant en cancérologie — démonstration, données synthétiques\n\n\
         Documentation de l'API   {url}/api/docs/\n\
         Comptes                  secretaire, responsable, oncologue, analyste, admin\n\
         Mot de passe             {mot_de_passe}\n\
         Courrier sortant         {dossier}/courrier/*.eml\n\
         Parcours du cœur métier  sh {dossier}/parcours.sh\n\
         Annuaire à importer      DCC_BASE={base} dcc annuaire importer --refus {dossier} {dossier}/annuaire/*\n\n\
         Ctrl-C arrête ; effacez {dossier} pour recommencer.\n"
    ))
}
