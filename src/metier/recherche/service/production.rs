//! The making of an archive: the secret, the passages, what is kept.

use super::{
    super::{
        model::{
            ExtraitGarde, ExtraitResume, GenreActeRecherche, Projet,
            anonymat::Effectif,
            dictionnaire::Dictionnaire,
            extrait::{Extrait, Regles, composer},
            manifeste::{Exclusion, Exclusions, Manifeste},
            pseudonyme::Secret,
            releve::Code,
        },
        store::{self, Lu},
    },
    enregistrer, noter, trouver,
};
use crate::{
    db::{Evenement, Op},
    kernel::{
        Panne, Resultat,
        coffre::Coffre,
        ids::{PatientId, ProjetRechercheId},
        texte::sha256,
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// What an archive is made of.
#[derive(Debug)]
pub struct Matiere {
    /// The tables.
    pub extrait: Extrait,
    /// What the archive says of itself, without its files.
    pub manifeste: Manifeste,
    /// What the names and the gaps are.
    pub dictionnaire: Dictionnaire,
}

/// Where the secret of a project is sealed.
fn place(id: ProjetRechercheId) -> String {
    format!("projet {id}")
}

/// Seals a new secret for a project. It serves only if the project has none yet.
pub fn sceller(id: ProjetRechercheId, coffre: &Coffre, secret: &[u8; 32], alea: [u8; 32]) -> Result<String, Panne> {
    coffre.sceller(secret, place(id).as_bytes(), alea)
}

/// The project whose archive is to be made, with a secret of its own: that one, or the one that it has. Nothing when there
/// is nothing to make any more.
pub fn ouvrir(op: &mut Op<'_>, id: ProjetRechercheId, scelle: &str) -> Resultat<Option<Projet>> {
    op.exiger_systeme()?;
    let Some(projet) = store::trouver(op, id)?.filter(|projet| projet.a_produire().is_ok()) else { return Ok(None) };
    if projet.secret_scelle.is_some() {
        return Ok(Some(projet));
    }
    let lue = projet.version;
    let projet = Projet { secret_scelle: Some(scelle.to_owned()), version: lue + 1, modifie_le: op.maintenant, ..projet };
    enregistrer(op, &projet, lue)?;
    Ok(Some(projet))
}

/// Reads what the archive is made of; nothing when too few patients are left. `region` is the name of the region.
pub fn rassembler(op: &mut Op<'_>, projet: &Projet, coffre: &Coffre, region: &str) -> Resultat<Option<Matiere>> {
    op.exiger_systeme()?;
    let dictionnaire = Dictionnaire::defaut()?;
    let scelle = projet.secret_scelle.as_deref().ok_or_else(|| Panne::dire(format!("projet {} : sans secret", projet.id)))?;
    let secret = Secret::lire(&coffre.ouvrir(scelle, place(projet.id).as_bytes())?)?;
    let (mut retenus, mut exclus) = (Vec::new(), BTreeMap::<Exclusion, BTreeSet<PatientId>>::new());
    let mut apres = None;
    loop {
        let (lus, derniere) = store::passages(op, projet, apres)?;
        for Lu { mut passage, exclusion } in lus {
            // A case without any tumour of the project is none of its cases.
            passage.fiche.tumeurs.retain(|tumeur| projet.demande.retient(tumeur.topographie.as_ref().map(Code::as_str)));
            match exclusion {
                _ if passage.fiche.tumeurs.is_empty() && !projet.demande.localisations.is_empty() => {}
                Some(exclusion) => drop(exclus.entry(exclusion).or_default().insert(passage.personne.id)),
                None => retenus.push(passage),
            }
        }
        if derniere.is_none() {
            break;
        }
        apres = derniere;
    }
    let effectif = |exclusion| Effectif(exclus.get(&exclusion).map_or(0, BTreeSet::len));
    let exclusions = Exclusions {
        opposition: effectif(Exclusion::Opposition),
        acces_restreint: effectif(Exclusion::AccesRestreint),
        identite_fictive: effectif(Exclusion::IdentiteFictive),
    };
    let manifeste = Manifeste::nouveau(projet, projet.a_produire()?.seconde.le, &dictionnaire, region, exclusions);
    let variables = projet.demande.variables.iter().cloned().collect();
    let k = projet.demande.k.unwrap_or(dictionnaire.k_minimal).max(dictionnaire.k_minimal);
    let extrait = composer(retenus, &Regles { dictionnaire: &dictionnaire, variables: &variables, k, secret: &secret });
    Ok(extrait.map(|extrait| Matiere { extrait, manifeste, dictionnaire }))
}

/// Keeps the archive, and writes a row of the access trace for each patient whose data are in it. Gives false when one of
/// them is to be left out by now: the archive is then made again.
pub fn paraitre(op: &mut Op<'_>, id: ProjetRechercheId, patients: &[PatientId], octets: &[u8]) -> Resultat<bool> {
    op.exiger_systeme()?;
    let projet = trouver(op, id)?;
    if projet.a_produire().is_err() {
        return Ok(true);
    }
    if store::exclus(op, patients)? > 0 {
        return Ok(false);
    }
    let lue = projet.version;
    let projet = projet.produire(op.maintenant)?;
    enregistrer(op, &projet, lue)?;
    let resume = ExtraitResume {
        nom: format!("extrait-osiris-{id}.zip"),
        taille: i64::try_from(octets.len()).map_err(|e| Panne::new("taille d'un extrait", e))?,
        empreinte: sha256(octets),
        etabli_le: op.maintenant,
    };
    store::garder(op, id, &ExtraitGarde { resume, octets: octets.to_vec() })?;
    for patient in patients {
        op.tracer(Evenement::sur("exporter", "projet_recherche", id.uuid()).patient(*patient))?;
    }
    noter(op, &projet, GenreActeRecherche::Produire, None)?;
    Ok(true)
}

/// The archive could not be made: who asked may ask again.
pub fn noter_echec(op: &mut Op<'_>, id: ProjetRechercheId, cause: &str) -> Resultat<()> {
    op.exiger_systeme()?;
    let projet = trouver(op, id)?;
    noter(op, &projet, GenreActeRecherche::Echouer, Some(cause))
}
