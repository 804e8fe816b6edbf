//! Use cases of the directory.

mod domaines;
mod national;

pub use domaines::{espace_de_confiance, remplacer_domaines};
pub use national::{Rapprochement, adresse_securisee, couverture, prendre, rapprocher};

use super::{
    model::{
        AnnuaireError, Centre3c, Centre3cSaisi, Etablissement, EtablissementSaisi, Praticien, PraticienSaisi, SuiviAnnuaire, Territoire,
    },
    store,
};
use crate::{
    db::{Evenement, Op},
    kernel::{
        Action, Resultat,
        erreur::ErreurCommune,
        ids::{Centre3cId, EtablissementId, PraticienId, TerritoireId},
        page::{Page, Pagination},
    },
    metier::alerte,
};

pub use store::FiltrePraticiens;

/// The territoires of the region.
pub fn territoires(op: &mut Op<'_>) -> Resultat<Vec<Territoire>> {
    op.exiger(Action::LireAnnuaire)?;
    store::territoires(op)
}

/// Adds a territoire.
pub fn creer_territoire(op: &mut Op<'_>, code: &str, nom: &str) -> Resultat<Territoire> {
    op.exiger(Action::GererAnnuaire)?;
    let territoire = Territoire { id: op.id::<TerritoireId>(), code: code.to_owned(), nom: nom.to_owned() };
    store::inserer_territoire(op, &territoire)?;
    op.tracer(Evenement::sur("creer", "territoire", territoire.id.uuid()))?;
    Ok(territoire)
}

/// Adds an établissement.
pub fn creer_etablissement(op: &mut Op<'_>, saisi: &EtablissementSaisi) -> Resultat<Etablissement> {
    op.exiger(Action::GererAnnuaire)?;
    let etablissement =
        Etablissement { id: op.id(), saisi: saisi.clone(), actif: true, version: 1, cree_le: op.maintenant, modifie_le: op.maintenant };
    store::inserer_etablissement(op, &etablissement)?;
    op.tracer(Evenement::sur("creer", "etablissement", etablissement.id.uuid()).version(1))?;
    Ok(etablissement)
}

/// Changes an établissement that was read at version `lue`.
pub fn modifier_etablissement(op: &mut Op<'_>, id: EtablissementId, lue: i64, saisi: &EtablissementSaisi) -> Resultat<Etablissement> {
    op.exiger(Action::GererAnnuaire)?;
    let avant = etablissement(op, id)?;
    let apres = Etablissement { saisi: saisi.clone(), version: lue + 1, modifie_le: op.maintenant, ..avant.clone() };
    if store::enregistrer_etablissement(op, &apres, lue)? == 0 {
        return Err(ErreurCommune::VersionPerimee { actuelle: avant.version }.into());
    }
    op.tracer(Evenement::sur("modifier", "etablissement", id.uuid()).version(apres.version).changements(&avant, &apres))?;
    Ok(apres)
}

/// One établissement.
pub fn etablissement(op: &mut Op<'_>, id: EtablissementId) -> Resultat<Etablissement> {
    op.exiger(Action::LireAnnuaire)?;
    store::etablissement(op, id)?.ok_or_else(|| AnnuaireError::EtablissementIntrouvable.into())
}

/// Établissements whose name or town holds words that begin like those searched.
pub fn etablissements(
    op: &mut Op<'_>,
    recherche: Option<&str>,
    territoire: Option<TerritoireId>,
    pagination: &Pagination,
) -> Resultat<Page<Etablissement>> {
    op.exiger(Action::LireAnnuaire)?;
    let apres = pagination.apres().map_err(ErreurCommune::from)?;
    let lignes = store::etablissements(op, recherche, territoire, apres, pagination.limite() + 1)?;
    Ok(Page::depuis(lignes, pagination.limite(), |e| e.id))
}

/// Adds a 3C.
pub fn creer_centre(op: &mut Op<'_>, saisi: &Centre3cSaisi) -> Resultat<Centre3c> {
    op.exiger(Action::GererAnnuaire)?;
    for id in &saisi.etablissements {
        etablissement(op, *id)?;
    }
    let centre = Centre3c { id: op.id(), saisi: saisi.clone(), version: 1, cree_le: op.maintenant, modifie_le: op.maintenant };
    store::inserer_centre(op, &centre)?;
    op.tracer(Evenement::sur("creer", "centre_3c", centre.id.uuid()).version(1))?;
    Ok(centre)
}

/// One 3C.
pub fn centre(op: &mut Op<'_>, id: Centre3cId) -> Resultat<Centre3c> {
    op.exiger(Action::LireAnnuaire)?;
    store::centre(op, id)?.ok_or_else(|| AnnuaireError::CentreIntrouvable.into())
}

/// Every 3C, by code.
pub fn centres(op: &mut Op<'_>) -> Resultat<Vec<Centre3c>> {
    op.exiger(Action::LireAnnuaire)?;
    store::centres(op)
}

/// Adds a professional.
pub fn creer_praticien(op: &mut Op<'_>, saisi: &PraticienSaisi) -> Resultat<Praticien> {
    op.exiger(Action::GererAnnuaire)?;
    let praticien = nouveau(op, saisi.clone(), SuiviAnnuaire::default());
    store::inserer_praticien(op, &praticien)?;
    op.tracer(Evenement::sur("creer", "praticien", praticien.id.uuid()).version(1))?;
    Ok(praticien)
}

fn nouveau(op: &Op<'_>, saisi: PraticienSaisi, annuaire: SuiviAnnuaire) -> Praticien {
    Praticien {
        id: op.id(),
        saisi,
        adresses_annuaire: Vec::new(),
        annuaire,
        actif: true,
        version: 1,
        cree_le: op.maintenant,
        modifie_le: op.maintenant,
    }
}

/// Changes a professional who was read at version `lue`.
pub fn modifier_praticien(op: &mut Op<'_>, id: PraticienId, lue: i64, saisi: &PraticienSaisi) -> Resultat<Praticien> {
    op.exiger(Action::GererAnnuaire)?;
    let avant = praticien(op, id)?;
    let mut apres = Praticien { saisi: saisi.clone(), version: lue + 1, modifie_le: op.maintenant, ..avant };
    if avant.saisi.rpps != apres.saisi.rpps {
        // What the public directory said was about somebody else.
        (apres.adresses_annuaire, apres.annuaire) = (Vec::new(), SuiviAnnuaire::default());
    }
    apres.adresses_annuaire.retain(|bal| !saisi.adresses.iter().any(|saisie| saisie.adresse.eq_ignore_ascii_case(&bal.adresse)));
    if store::enregistrer_praticien(op, &apres, lue)? == 0 {
        return Err(ErreurCommune::VersionPerimee { actuelle: avant.version }.into());
    }
    op.tracer(Evenement::sur("modifier", "praticien", id.uuid()).version(apres.version))?;
    alerte::service::evaluer_patients_de(op, id)?;
    Ok(apres)
}

/// One professional. Needs no right of its own: other slices name professionals in their answers.
pub fn praticien(op: &mut Op<'_>, id: PraticienId) -> Resultat<Praticien> {
    store::praticien(op, id)?.ok_or_else(|| AnnuaireError::PraticienIntrouvable.into())
}

/// Several professionals, in no particular order; unknown ids are left out.
pub fn praticiens_par_id(op: &mut Op<'_>, ids: &[PraticienId]) -> Resultat<Vec<Praticien>> {
    store::praticiens_par_id(op, ids)
}

/// Professionals who match a filter.
pub fn praticiens(op: &mut Op<'_>, filtre: &FiltrePraticiens, pagination: &Pagination) -> Resultat<Page<Praticien>> {
    op.exiger(Action::LireAnnuaire)?;
    let apres = pagination.apres().map_err(ErreurCommune::from)?;
    let lignes = store::praticiens(op, filtre, apres, pagination.limite() + 1)?;
    Ok(Page::depuis(lignes, pagination.limite(), |p| p.id))
}

/// Professionals in practice in some établissements, of one of some specialties or professions, by name.
/// Needs no right of its own.
pub fn en_exercice(
    op: &mut Op<'_>,
    etablissements: &[EtablissementId],
    specialites: &[String],
    professions: &[String],
    limite: i64,
) -> Resultat<Vec<Praticien>> {
    store::en_exercice(op, etablissements, specialites, professions, limite)
}
