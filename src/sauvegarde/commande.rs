//! What an operator types, and what is answered.

use super::{Restauration, restaurer, sauvegarder};
use crate::{
    app,
    commandes::dire,
    config::Config,
    db::{Demande, migrate},
    kernel::{Chance, Horloge, Instant, Panne, enveloppe},
    metier::{
        diffusion::service::verification as diffusions,
        exploitation::{model::LectureSeuleSaisie, service as exploitation},
        trace::service::verification as trace,
    },
};
use std::path::{Path, PathBuf};

/// Takes a backup of the base: in that file, or under a name made of the moment in that folder.
pub fn prendre(config: &Config, vers: &Path, pour: &[String]) -> Result<(), Panne> {
    let maintenant = Horloge::Systeme.maintenant();
    let fichier = if vers.is_dir() { vers.join(nom(maintenant)) } else { vers.to_owned() };
    let destinataires = match &config.sauvegarde.destinataires_fichier {
        Some(liste) if pour.is_empty() => enveloppe::lire_destinataires(liste)?,
        _ => enveloppe::destinataires(&pour.join("\n"))?,
    };
    let outils = config.sauvegarde.outils_postgres.as_deref();
    let manifeste = sauvegarder(&config.adresse()?, outils, &destinataires, &fichier, maintenant)?;
    let inventaire = &manifeste.inventaire;
    dire(&format!(
        "{} : base {}, {} tables, {} lignes, {} documents relus",
        fichier.display(),
        manifeste.moteur,
        inventaire.tables.len(),
        inventaire.lignes(),
        inventaire.documents
    ))?;
    match inventaire.documents_alteres.as_slice() {
        [] => Ok(()),
        alteres => Err(Panne::dire(format!("sauvegarde prise, mais {} documents n'ont plus leur empreinte : {alteres:?}", alteres.len()))),
    }
}

/// Restores a backup into an empty place, compares, and leaves the base in read-only mode.
pub fn rendre(config: &Config, fichier: &Path, cle: &Path, vers: Option<String>) -> Result<(), Panne> {
    let base = vers.unwrap_or_else(|| config.base.clone());
    let config = &Config { base, ..config.clone() };
    let adresse = config.adresse()?;
    let Restauration { manifeste, inventaire, ecarts } = restaurer(fichier, cle, &adresse, config.sauvegarde.outils_postgres.as_deref())?;
    dire(&format!(
        "sauvegarde du {} (version {}) : {} tables, {} lignes et {} documents restaurés et comparés, {} écarts",
        manifeste.pris_le,
        manifeste.logiciel,
        inventaire.tables.len(),
        inventaire.lignes(),
        inventaire.documents,
        ecarts.len()
    ))?;
    for ecart in &ecarts {
        dire(&format!("  {ecart}"))?;
    }
    if !ecarts.is_empty() {
        return Err(Panne::dire("la base restaurée n'est pas celle qui a été sauvegardée"));
    }
    if !migrate::a_jour(&adresse)? {
        return dire("Cette base est d'une version antérieure : lancez `dcc migrate`, puis `dcc lecture-seule oui` avant de la servir.");
    }
    reprendre(config)
}

/// What must hold before people work on a restored base.
fn reprendre(config: &Config) -> Result<(), Panne> {
    let db = app::ouvrir_la_base(config, Horloge::Systeme, Chance::Systeme)?;
    let demande = Demande::systeme("restauration");
    let registre = db.ecrire_ici(&demande, diffusions::verifier).map_err(|e| Panne::new("vérification des diffusions", e))?;
    dire(registre.to_string().trim_end())?;
    let trace = trace::verifier(&db, &demande, &[]).map_err(|e| Panne::new("vérification de la trace", e))?;
    dire(trace.to_string().trim_end())?;
    let saisie = LectureSeuleSaisie { active: true, motif: "Base restaurée d'une sauvegarde, à vérifier avant reprise".to_owned() };
    db.ecrire_ici(&demande, move |op| exploitation::decider(op, &saisie).map(drop)).map_err(|e| Panne::new("mode lecture seule", e))?;
    dire("La base est en lecture seule : après vérification, ouvrez-la par `dcc lecture-seule non`.")?;
    if registre.tient() && trace.tient() { Ok(()) } else { Err(Panne::dire("le registre des diffusions ou la trace ne tient pas")) }
}

fn nom(maintenant: Instant) -> PathBuf {
    format!("dcc-{}.sauvegarde.age", maintenant.format("%Y%m%dT%H%M%SZ")).into()
}
