//! The making of the archive of an approved project, and the end of those whose term has passed.

use super::service::{self, Matiere};
use crate::{
    documents::extrait::archiver,
    jobs::runner::{Contexte, Issue, Ouvrier},
    kernel::{Erreur, Resultat, coffre::Coffre, ids::ProjetRechercheId},
};
use serde::Deserialize;
use std::{sync::Arc, time::Duration};

/// Kind of the job that makes an archive.
pub const PRODUIRE_EXTRAIT: &str = "produire_extrait";

/// Name of the task that ends the projects whose term has passed.
pub const CLOTURE_DES_EXTRAITS: &str = "cloture_extraits";

/// Attempts at an archive: two waits of some minutes between them.
const TENTATIVES: i64 = 3;

#[derive(Deserialize)]
struct Charge {
    projet_id: ProjetRechercheId,
}

/// Gives the worker the making of archives, sealed in `coffre`; without it none is made. `region` is the name of the region.
#[must_use]
pub fn enregistrer(ouvrier: Ouvrier, coffre: Option<Coffre>, region: String) -> Ouvrier {
    let coffre = coffre.map(Arc::new);
    ouvrier
        .traiter(PRODUIRE_EXTRAIT, move |contexte, charge: Charge| traiter(contexte, charge.projet_id, coffre.as_deref(), &region).into())
        .abandonner(PRODUIRE_EXTRAIT, |contexte, charge: Charge, motif| noter_echec(contexte, charge.projet_id, motif))
        .chaque(CLOTURE_DES_EXTRAITS, Duration::from_hours(1), |contexte| {
            let clos = contexte.ecrire(service::clore_les_echus)?;
            tracing::info!(clos, "clôture des extraits échus");
            Ok(())
        })
}

/// Makes the archive. A failure of ours may pass, but who asked does not wait for days: it is told, and asked for again.
fn traiter(contexte: &Contexte, projet: ProjetRechercheId, coffre: Option<&Coffre>, region: &str) -> Resultat<Issue> {
    let Some(coffre) = coffre else {
        return echouer(contexte, projet, "La clé des pseudonymes n'est pas réglée (recherche.cle_fichier).");
    };
    match produire(contexte, projet, coffre, region) {
        Err(Erreur::Panne(panne)) if contexte.tentative >= TENTATIVES => {
            tracing::error!(%projet, contexte = %panne.contexte, cause = %panne, "extrait abandonné");
            echouer(contexte, projet, &format!("panne : {}", panne.contexte))
        }
        issue => issue,
    }
}

fn produire(contexte: &Contexte, id: ProjetRechercheId, coffre: &Coffre, region: &str) -> Resultat<Issue> {
    let hasard = contexte.db().chance();
    let scelle = service::sceller(id, coffre, &hasard.secret(), hasard.secret())?;
    let Some(projet) = contexte.ecrire(move |op| service::ouvrir(op, id, &scelle))? else { return Ok(Issue::Fait) };
    let Some(Matiere { extrait, manifeste, dictionnaire }) = contexte.lire(|op| service::rassembler(op, &projet, coffre, region))? else {
        return echouer(contexte, id, "Trop peu de patients répondent à la demande : aucun extrait ne peut être rendu.");
    };
    let octets = archiver(&extrait, manifeste, &dictionnaire).map_err(crate::kernel::Panne::from)?;
    let patients = extrait.patients;
    if contexte.ecrire(move |op| service::paraitre(op, id, &patients, &octets))? {
        Ok(Issue::Fait)
    } else {
        Ok(Issue::reessayer("un patient de l'extrait en sort"))
    }
}

fn echouer(contexte: &Contexte, projet: ProjetRechercheId, cause: &str) -> Resultat<Issue> {
    noter_echec(contexte, projet, cause)?;
    Ok(Issue::echoue(cause))
}

fn noter_echec(contexte: &Contexte, projet: ProjetRechercheId, cause: &str) -> Resultat<()> {
    let cause = cause.to_owned();
    contexte.ecrire(move |op| service::noter_echec(op, projet, &cause))
}
