//! Queries on drafts and withdrawals.

use super::model::{Brouillon, BrouillonResume, Publication, Retrait};
use crate::{
    db::{
        Op,
        schema::{brouillon_referentiel as brouillon, retrait_referentiel as retrait},
        types::At,
    },
    enum_sql,
    kernel::{
        Panne, Resultat,
        ids::{BrouillonId, CompteId, RetraitId},
    },
    metier::referentiel::model::Genre,
};
use chrono::NaiveDate;
use diesel::{delete, insert_into, prelude::*, update};

enum_sql!(Genre);

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = brouillon, treat_none_as_null = true)]
struct LigneBrouillon {
    id: BrouillonId,
    genre: Genre,
    code: String,
    contenu: String,
    note: Option<String>,
    version: i64,
    auteur_id: Option<CompteId>,
    auteur_nom: String,
    cree_le: At,
    modifie_le: At,
    publie_version: Option<String>,
    publie_le: Option<At>,
    publie_par: Option<String>,
}

impl From<&Brouillon> for LigneBrouillon {
    fn from(b: &Brouillon) -> Self {
        let publication = b.publication.clone();
        Self {
            id: b.id,
            genre: b.genre,
            code: b.code.clone(),
            contenu: b.contenu.to_string(),
            note: b.note.clone(),
            version: b.version,
            auteur_id: b.auteur_id,
            auteur_nom: b.auteur_nom.clone(),
            cree_le: At(b.cree_le),
            modifie_le: At(b.modifie_le),
            publie_version: publication.as_ref().map(|p| p.version.clone()),
            publie_le: publication.as_ref().map(|p| At(p.le)),
            publie_par: publication.map(|p| p.par),
        }
    }
}

fn publication(version: Option<String>, le: Option<At>, par: Option<String>) -> Option<Publication> {
    let ((version, le), par) = version.zip(le).zip(par)?;
    Some(Publication { version, le: le.0, par })
}

impl TryFrom<LigneBrouillon> for Brouillon {
    type Error = Panne;

    fn try_from(l: LigneBrouillon) -> Result<Self, Panne> {
        Ok(Self {
            contenu: serde_json::from_str(&l.contenu).map_err(|e| Panne::new(format!("brouillon {}", l.id), e))?,
            id: l.id,
            genre: l.genre,
            code: l.code,
            note: l.note,
            version: l.version,
            auteur_id: l.auteur_id,
            auteur_nom: l.auteur_nom,
            cree_le: l.cree_le.0,
            modifie_le: l.modifie_le.0,
            publication: publication(l.publie_version, l.publie_le, l.publie_par),
        })
    }
}

pub(super) fn inserer(op: &mut Op<'_>, b: &Brouillon) -> Resultat<()> {
    insert_into(brouillon::table).values(&LigneBrouillon::from(b)).execute(op.conn)?;
    Ok(())
}

/// Zero rows when the version is no longer the one that was read.
pub(super) fn enregistrer(op: &mut Op<'_>, b: &Brouillon, lue: i64) -> Resultat<usize> {
    Ok(update(brouillon::table.find(b.id).filter(brouillon::version.eq(lue))).set(&LigneBrouillon::from(b)).execute(op.conn)?)
}

/// Zero rows when the version is no longer the one that was read.
pub(super) fn supprimer(op: &mut Op<'_>, id: BrouillonId, lue: i64) -> Resultat<usize> {
    Ok(delete(brouillon::table.find(id).filter(brouillon::version.eq(lue))).execute(op.conn)?)
}

pub(super) fn trouver(op: &mut Op<'_>, id: BrouillonId) -> Resultat<Option<Brouillon>> {
    let ligne = brouillon::table.find(id).select(LigneBrouillon::as_select()).first(op.conn).optional()?;
    Ok(ligne.map(Brouillon::try_from).transpose()?)
}

/// What a list of drafts is filtered by.
#[derive(Debug, Clone, Default)]
pub struct FiltreBrouillons {
    /// What they are drafts of.
    pub genre: Option<Genre>,
    /// Code.
    pub code: Option<String>,
    /// True for those that were published, false for the others.
    pub publie: Option<bool>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = brouillon)]
struct LigneResume {
    id: BrouillonId,
    genre: Genre,
    code: String,
    note: Option<String>,
    version: i64,
    auteur_nom: String,
    modifie_le: At,
    publie_version: Option<String>,
    publie_le: Option<At>,
    publie_par: Option<String>,
}

impl From<LigneResume> for BrouillonResume {
    fn from(l: LigneResume) -> Self {
        Self {
            id: l.id,
            genre: l.genre,
            code: l.code,
            note: l.note,
            version: l.version,
            auteur_nom: l.auteur_nom,
            modifie_le: l.modifie_le.0,
            publication: publication(l.publie_version, l.publie_le, l.publie_par),
        }
    }
}

/// Drafts that match a filter, the newest first, before an id.
pub(super) fn lister(
    op: &mut Op<'_>,
    filtre: &FiltreBrouillons,
    avant: Option<BrouillonId>,
    limite: i64,
) -> Resultat<Vec<BrouillonResume>> {
    let mut requete = brouillon::table.order(brouillon::id.desc()).limit(limite).select(LigneResume::as_select()).into_boxed();
    if let Some(genre) = filtre.genre {
        requete = requete.filter(brouillon::genre.eq(genre));
    }
    if let Some(code) = &filtre.code {
        requete = requete.filter(brouillon::code.eq(code));
    }
    match filtre.publie {
        Some(true) => requete = requete.filter(brouillon::publie_le.is_not_null()),
        Some(false) => requete = requete.filter(brouillon::publie_le.is_null()),
        None => {}
    }
    if let Some(avant) = avant {
        requete = requete.filter(brouillon::id.lt(avant));
    }
    let lignes: Vec<LigneResume> = requete.load(op.conn)?;
    Ok(lignes.into_iter().map(BrouillonResume::from).collect())
}

pub(super) fn inserer_retrait(op: &mut Op<'_>, r: &Retrait) -> Resultat<()> {
    insert_into(retrait::table)
        .values((
            retrait::id.eq(r.id),
            retrait::genre.eq(r.genre),
            retrait::code.eq(&r.code),
            retrait::version.eq(&r.version),
            retrait::valable_au.eq(r.valable_au),
            retrait::motif.eq(&r.motif),
            retrait::auteur_id.eq(r.auteur_id),
            retrait::auteur_nom.eq(&r.auteur_nom),
            retrait::cree_le.eq(At(r.cree_le)),
        ))
        .execute(op.conn)?;
    Ok(())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = retrait)]
struct LigneRetrait {
    id: RetraitId,
    genre: Genre,
    code: String,
    version: String,
    valable_au: NaiveDate,
    motif: String,
    auteur_id: Option<CompteId>,
    auteur_nom: String,
    cree_le: At,
}

/// Withdrawals, the newest first, before an id.
pub(super) fn retraits(op: &mut Op<'_>, avant: Option<RetraitId>, limite: i64) -> Resultat<Vec<Retrait>> {
    let mut requete = retrait::table.order(retrait::id.desc()).limit(limite).select(LigneRetrait::as_select()).into_boxed();
    if let Some(avant) = avant {
        requete = requete.filter(retrait::id.lt(avant));
    }
    let lignes: Vec<LigneRetrait> = requete.load(op.conn)?;
    let vers_retrait = |l: LigneRetrait| Retrait {
        id: l.id,
        genre: l.genre,
        code: l.code,
        version: l.version,
        valable_au: l.valable_au,
        motif: l.motif,
        auteur_id: l.auteur_id,
        auteur_nom: l.auteur_nom,
        cree_le: l.cree_le.0,
    };
    Ok(lignes.into_iter().map(vers_retrait).collect())
}
