//! Queries on fiches.

use super::model::{EtatFiche, Fiche, FicheResume};
use crate::{
    db::{
        LIGNES_PAR_ORDRE, Op,
        schema::fiche,
        types::{At, Json},
    },
    enum_sql,
    kernel::{
        Panne, Resultat,
        ids::{CompteId, DossierId, FicheId, PatientId},
    },
    on_either,
};
use diesel::{insert_into, prelude::*, update};
use serde_json::json;

enum_sql!(EtatFiche);

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = fiche, treat_none_as_null = true, treat_none_as_default_value = false)]
struct LigneFiche {
    id: FicheId,
    dossier_id: DossierId,
    patient_id: PatientId,
    modele_code: String,
    modele_version: String,
    contenu: Json,
    completude: i64,
    etat: EtatFiche,
    auteur_id: Option<CompteId>,
    auteur_nom: String,
    version: i64,
    cree_le: At,
    modifie_le: At,
    origines: Json,
}

impl From<&Fiche> for LigneFiche {
    fn from(f: &Fiche) -> Self {
        Self {
            id: f.id,
            dossier_id: f.dossier_id,
            patient_id: f.patient_id,
            modele_code: f.modele_code.clone(),
            modele_version: f.modele_version.clone(),
            contenu: Json(f.contenu.clone()),
            completude: f.completude,
            etat: f.etat,
            auteur_id: f.auteur_id,
            auteur_nom: f.auteur_nom.clone(),
            version: f.version,
            cree_le: At(f.cree_le),
            modifie_le: At(f.modifie_le),
            origines: Json(json!(f.origines)),
        }
    }
}

impl TryFrom<LigneFiche> for Fiche {
    type Error = Panne;

    fn try_from(l: LigneFiche) -> Result<Self, Panne> {
        Ok(Self {
            origines: serde_json::from_value(l.origines.0).map_err(|e| Panne::new(format!("origines de la fiche {}", l.id), e))?,
            id: l.id,
            dossier_id: l.dossier_id,
            patient_id: l.patient_id,
            modele_code: l.modele_code,
            modele_version: l.modele_version,
            contenu: l.contenu.0,
            completude: l.completude,
            etat: l.etat,
            auteur_id: l.auteur_id,
            auteur_nom: l.auteur_nom,
            version: l.version,
            cree_le: l.cree_le.0,
            modifie_le: l.modifie_le.0,
        })
    }
}

pub(super) fn inserer(op: &mut Op<'_>, f: &Fiche) -> Resultat<()> {
    insert_into(fiche::table).values(&LigneFiche::from(f)).execute(op.conn)?;
    Ok(())
}

pub(super) fn inserer_toutes(op: &mut Op<'_>, fiches: &[Fiche]) -> Resultat<()> {
    for fiches in fiches.chunks(LIGNES_PAR_ORDRE) {
        let lignes: Vec<LigneFiche> = fiches.iter().map(LigneFiche::from).collect();
        on_either!(op.conn, |c| insert_into(fiche::table).values(&lignes).execute(c))?;
    }
    Ok(())
}

/// Zero rows when the version is no longer the one that was read.
pub(super) fn enregistrer(op: &mut Op<'_>, f: &Fiche, lue: i64) -> Resultat<usize> {
    Ok(update(fiche::table.find(f.id).filter(fiche::version.eq(lue))).set(&LigneFiche::from(f)).execute(op.conn)?)
}

pub(super) fn trouver(op: &mut Op<'_>, id: FicheId) -> Resultat<Option<Fiche>> {
    let ligne = fiche::table.find(id).select(LigneFiche::as_select()).first(op.conn).optional()?;
    Ok(ligne.map(Fiche::try_from).transpose()?)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = fiche)]
struct LigneResume {
    id: FicheId,
    dossier_id: DossierId,
    modele_code: String,
    modele_version: String,
    completude: i64,
    etat: EtatFiche,
    auteur_nom: String,
    version: i64,
    cree_le: At,
    modifie_le: At,
}

/// Fiches of a dossier, the newest first, before an id.
pub(super) fn du_dossier(op: &mut Op<'_>, dossier: DossierId, avant: Option<FicheId>, limite: i64) -> Resultat<Vec<FicheResume>> {
    let mut requete = fiche::table
        .filter(fiche::dossier_id.eq(dossier))
        .order(fiche::id.desc())
        .limit(limite)
        .select(LigneResume::as_select())
        .into_boxed();
    if let Some(avant) = avant {
        requete = requete.filter(fiche::id.lt(avant));
    }
    let lignes: Vec<LigneResume> = requete.load(op.conn)?;
    Ok(lignes
        .into_iter()
        .map(|l| FicheResume {
            id: l.id,
            dossier_id: l.dossier_id,
            modele_code: l.modele_code,
            modele_version: l.modele_version,
            completude: l.completude,
            etat: l.etat,
            auteur_nom: l.auteur_nom,
            version: l.version,
            cree_le: l.cree_le.0,
            modifie_le: l.modifie_le.0,
        })
        .collect())
}
