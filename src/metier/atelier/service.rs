//! Use cases of the workshop: drafts and their publication.

mod defauts;
mod essai;
mod retrait;

pub use essai::essayer;
pub use retrait::{retirer, retraits};
pub use store::FiltreBrouillons;

use super::{
    model::{
        self, AtelierError, Brouillon, BrouillonLu, BrouillonResume, BrouillonSaisi, NouveauBrouillon, Publication, PublicationDemandee,
    },
    store,
};
use crate::{
    db::{Evenement, Op},
    kernel::{
        Action, Erreur, Faute, Nature, Resultat,
        acteur::Rattachement,
        clock::date_paris,
        erreur::ErreurCommune,
        ids::BrouillonId,
        page::{Page, Pagination},
    },
    metier::{
        alerte,
        referentiel::{
            self,
            composition::Reference,
            lot::Lot,
            model::{Genre, SPECIALITES},
        },
    },
};
use chrono::NaiveDate;
use serde_json::Value;

/// Kind of the object in the access trace.
const OBJET: &str = "brouillon_referentiel";

/// Reference data belongs to the whole region.
fn autoriser(op: &Op<'_>) -> Resultat<()> {
    op.exiger_sur(Action::GererReferentiels, &Rattachement::default())
}

fn trouver(op: &mut Op<'_>, id: BrouillonId) -> Resultat<Brouillon> {
    store::trouver(op, id)?.ok_or_else(|| AtelierError::Introuvable.into())
}

/// The draft that was read at version `lue` and may still change.
fn a_modifier(op: &mut Op<'_>, id: BrouillonId, lue: i64) -> Resultat<Brouillon> {
    let brouillon = trouver(op, id)?;
    if brouillon.version != lue {
        return Err(ErreurCommune::VersionPerimee { actuelle: brouillon.version }.into());
    }
    brouillon.exiger_non_publie()?;
    Ok(brouillon)
}

fn detailler(op: &mut Op<'_>, brouillon: Brouillon) -> Resultat<BrouillonLu> {
    let fichier = brouillon.a_l_essai(aujourd_hui(op));
    Ok(BrouillonLu { defauts: defauts::trouver(op, brouillon.genre, &fichier)?, brouillon })
}

fn aujourd_hui(op: &Op<'_>) -> NaiveDate {
    date_paris(op.maintenant)
}

/// Opens a draft: with a content, or with that of a published version.
pub fn creer(op: &mut Op<'_>, nouveau: &NouveauBrouillon) -> Resultat<BrouillonLu> {
    autoriser(op)?;
    let contenu = match (&nouveau.contenu, &nouveau.depuis) {
        (Some(contenu), None) => Value::Object(contenu.clone()),
        (None, Some(depuis)) => depart(op, nouveau.genre, depuis)?,
        (Some(_), Some(_)) | (None, None) => {
            let message = "Donnez un contenu, ou la version publiée dont partir.";
            return Err(AtelierError::Contenu(Faute::new("/contenu", "contenu-ou-depuis", message)).into());
        }
    };
    let brouillon = Brouillon {
        id: op.id(),
        genre: nouveau.genre,
        code: code_permis(&contenu)?,
        contenu,
        note: nouveau.note.clone(),
        version: 1,
        auteur_id: op.acteur.compte,
        auteur_nom: op.acteur.nom.clone(),
        cree_le: op.maintenant,
        modifie_le: op.maintenant,
        publication: None,
    };
    store::inserer(op, &brouillon)?;
    op.tracer(Evenement::sur("creer", OBJET, brouillon.id.uuid()).version(1))?;
    detailler(op, brouillon)
}

/// The content of a published version, to start a draft from.
fn depart(op: &mut Op<'_>, genre: Genre, depuis: &Reference) -> Resultat<Value> {
    referentiel::service::publie(op, genre, depuis).map_err(|erreur| match &erreur {
        Erreur::Refus(refus) if refus.nature == Nature::Introuvable => {
            AtelierError::Contenu(Faute::new("/depuis", "inconnu", refus.message.clone())).into()
        }
        _ => erreur,
    })
}

/// The code of a content that may be kept.
fn code_permis(contenu: &Value) -> Result<String, AtelierError> {
    model::sans_caractere_nul(contenu, "/contenu")?;
    let code = model::code(contenu)?;
    if code == SPECIALITES {
        let message = "Les groupes de spécialités ne sont pas une règle : ils se chargent par un fichier.";
        return Err(AtelierError::Contenu(Faute::new("/contenu/code", "code-reserve", message)));
    }
    Ok(code)
}

/// The drafts, the newest first.
pub fn lister(op: &mut Op<'_>, filtre: &FiltreBrouillons, pagination: &Pagination) -> Resultat<Page<BrouillonResume>> {
    autoriser(op)?;
    let avant = pagination.apres().map_err(ErreurCommune::from)?;
    let lignes = store::lister(op, filtre, avant, pagination.limite() + 1)?;
    Ok(Page::depuis(lignes, pagination.limite(), |resume| resume.id))
}

/// One draft, with its defects.
pub fn lire(op: &mut Op<'_>, id: BrouillonId) -> Resultat<BrouillonLu> {
    autoriser(op)?;
    let brouillon = trouver(op, id)?;
    detailler(op, brouillon)
}

/// Replaces the content of a draft that was read at version `lue`.
pub fn modifier(op: &mut Op<'_>, id: BrouillonId, lue: i64, saisi: &BrouillonSaisi) -> Resultat<BrouillonLu> {
    autoriser(op)?;
    let avant = a_modifier(op, id, lue)?;
    let contenu = Value::Object(saisi.contenu.clone());
    code_permis(&contenu)?;
    let apres = avant.modifier(contenu, saisi.note.clone(), op.maintenant)?;
    enregistrer(op, &apres, lue)?;
    op.tracer(Evenement::sur("modifier", OBJET, id.uuid()).version(apres.version))?;
    detailler(op, apres)
}

/// Throws away a draft that was read at version `lue`.
pub fn supprimer(op: &mut Op<'_>, id: BrouillonId, lue: i64) -> Resultat<()> {
    autoriser(op)?;
    a_modifier(op, id, lue)?;
    if store::supprimer(op, id, lue)? == 0 {
        return Err(ErreurCommune::VersionPerimee { actuelle: trouver(op, id)?.version }.into());
    }
    op.tracer(Evenement::sur("supprimer", OBJET, id.uuid()))
}

/// Publishes a draft that was read at version `lue`: from then on it is found like what the files hold.
pub fn publier(op: &mut Op<'_>, id: BrouillonId, lue: i64, demandee: &PublicationDemandee) -> Resultat<BrouillonLu> {
    autoriser(op)?;
    let brouillon = a_modifier(op, id, lue)?;
    let (genre, jour) = (brouillon.genre, demandee.jour(brouillon.genre, aujourd_hui(op))?);
    let reference = Reference { code: brouillon.code.clone(), version: demandee.version.clone() };
    if referentiel::service::existe(op, genre, &reference)? {
        return Err(AtelierError::VersionPubliee(reference).into());
    }
    let fichier = brouillon.a_publier(&demandee.version, jour);
    let defauts = defauts::trouver(op, genre, &fichier)?;
    if !defauts.is_empty() {
        return Err(AtelierError::Defectueux(defauts).into());
    }
    let lot = Lot::unique(genre, &fichier).map_err(|faute| AtelierError::Defectueux(vec![faute]))?;
    referentiel::service::charger_lot(op, &lot)?;
    let publication = Publication { version: demandee.version.clone(), le: op.maintenant, par: op.acteur.nom.clone() };
    let apres = brouillon.publier(fichier, publication)?;
    enregistrer(op, &apres, lue)?;
    alerte::service::demander_actualisation(op)?;
    op.tracer(Evenement::sur("publier", OBJET, id.uuid()).version(apres.version).champs(&[genre.as_str(), &reference.to_string()]))?;
    Ok(BrouillonLu { brouillon: apres, defauts: Vec::new() })
}

fn enregistrer(op: &mut Op<'_>, apres: &Brouillon, lue: i64) -> Resultat<()> {
    if store::enregistrer(op, apres, lue)? == 0 {
        return Err(ErreurCommune::VersionPerimee { actuelle: trouver(op, apres.id)?.version }.into());
    }
    Ok(())
}
