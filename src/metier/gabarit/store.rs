//! Queries on templates.

use super::model::{EchecGabarit, EtatGabarit, Gabarit, GabaritError, GenreGabarit, GenrePortee, Portee};
use crate::{
    db::{
        Op, ou_doublon,
        schema::{gabarit, gabarit_echec},
        types::{At, Id},
    },
    enum_sql,
    kernel::{
        Panne, Resultat,
        ids::{CompteId, CompteRenduId, EchecGabaritId, GabaritId},
    },
    on_either,
};
use chrono::NaiveDate;
use diesel::{delete, dsl::max, insert_into, prelude::*, update};
use uuid::Uuid;

enum_sql!(GenreGabarit, EtatGabarit, GenrePortee);

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = gabarit, treat_none_as_null = true)]
struct Ligne {
    id: GabaritId,
    genre: GenreGabarit,
    portee: GenrePortee,
    portee_id: Option<Id>,
    numero: i64,
    etat: EtatGabarit,
    nom: String,
    note: Option<String>,
    valable_du: Option<NaiveDate>,
    valable_au: Option<NaiveDate>,
    auteur_id: Option<CompteId>,
    version: i64,
    cree_le: At,
    modifie_le: At,
}

impl From<&Gabarit> for Ligne {
    fn from(g: &Gabarit) -> Self {
        Self {
            id: g.id,
            genre: g.genre,
            portee: g.portee.genre(),
            portee_id: g.portee.id().map(Id),
            numero: g.numero,
            etat: g.etat,
            nom: g.nom.clone(),
            note: g.note.clone(),
            valable_du: g.valable_du,
            valable_au: g.valable_au,
            auteur_id: g.auteur_id,
            version: g.version,
            cree_le: At(g.cree_le),
            modifie_le: At(g.modifie_le),
        }
    }
}

impl TryFrom<Ligne> for Gabarit {
    type Error = Panne;

    fn try_from(l: Ligne) -> Result<Self, Panne> {
        let portee = Portee::lire(l.portee, l.portee_id.map(|id| id.0));
        Ok(Self {
            id: l.id,
            genre: l.genre,
            portee: portee.ok_or_else(|| Panne::dire(format!("gabarit {} : portée sans objet", l.id)))?,
            numero: l.numero,
            etat: l.etat,
            nom: l.nom,
            note: l.note,
            valable_du: l.valable_du,
            valable_au: l.valable_au,
            auteur_id: l.auteur_id,
            version: l.version,
            cree_le: l.cree_le.0,
            modifie_le: l.modifie_le.0,
        })
    }
}

fn lus(lignes: Vec<Ligne>) -> Resultat<Vec<Gabarit>> {
    lignes.into_iter().map(|ligne| Ok(Gabarit::try_from(ligne)?)).collect()
}

/// A rank taken meanwhile by another draft is a change of what was read.
pub(super) fn inserer(op: &mut Op<'_>, g: &Gabarit, source: &str) -> Resultat<()> {
    insert_into(gabarit::table)
        .values((&Ligne::from(g), gabarit::source.eq(source)))
        .execute(op.conn)
        .map_err(|e| ou_doublon(e, "gabarit_numero_unique", "gabarit_numero_unique", GabaritError::Occupe))?;
    Ok(())
}

/// Zero rows when the version is no longer the one that was read.
pub(super) fn enregistrer(op: &mut Op<'_>, g: &Gabarit, lue: i64) -> Resultat<usize> {
    Ok(update(gabarit::table.find(g.id).filter(gabarit::version.eq(lue))).set(&Ligne::from(g)).execute(op.conn)?)
}

pub(super) fn changer_source(op: &mut Op<'_>, id: GabaritId, source: &str) -> Resultat<()> {
    update(gabarit::table.find(id)).set(gabarit::source.eq(source)).execute(op.conn)?;
    Ok(())
}

/// Zero rows when the version is no longer the one that was read.
pub(super) fn supprimer(op: &mut Op<'_>, id: GabaritId, lue: i64) -> Resultat<usize> {
    Ok(delete(gabarit::table.find(id).filter(gabarit::version.eq(lue))).execute(op.conn)?)
}

pub(super) fn trouver(op: &mut Op<'_>, id: GabaritId) -> Resultat<Option<Gabarit>> {
    let ligne: Option<Ligne> = gabarit::table.find(id).select(Ligne::as_select()).first(op.conn).optional()?;
    Ok(ligne.map(Gabarit::try_from).transpose()?)
}

pub(super) fn source(op: &mut Op<'_>, id: GabaritId) -> Resultat<Option<String>> {
    Ok(gabarit::table.find(id).select(gabarit::source).first(op.conn).optional()?)
}

/// The highest rank of a kind and a scope.
pub(super) fn dernier_numero(op: &mut Op<'_>, genre: GenreGabarit, portee: Portee) -> Resultat<i64> {
    let famille = gabarit::table.filter(gabarit::genre.eq(genre)).filter(gabarit::portee.eq(portee.genre()));
    let dernier: Option<i64> = match portee.id() {
        Some(id) => famille.filter(gabarit::portee_id.eq(Id(id))).select(max(gabarit::numero)).first(op.conn)?,
        None => famille.select(max(gabarit::numero)).first(op.conn)?,
    };
    Ok(dernier.unwrap_or(0))
}

/// The published versions of a kind, of the region or of one of these places.
pub(super) fn publies(op: &mut Op<'_>, genre: GenreGabarit, lieux: [Uuid; 2]) -> Resultat<Vec<Gabarit>> {
    let lignes: Vec<Ligne> = gabarit::table
        .filter(gabarit::genre.eq(genre))
        .filter(gabarit::etat.eq(EtatGabarit::Publie))
        .filter(gabarit::portee.eq(GenrePortee::Region).or(gabarit::portee_id.eq_any(lieux.map(Id).to_vec()).assume_not_null()))
        .select(Ligne::as_select())
        .load(op.conn)?;
    lus(lignes)
}

/// What a list of templates filters by.
#[derive(Debug, Clone, Copy, Default)]
pub struct FiltreGabarits {
    /// Of one kind.
    pub genre: Option<GenreGabarit>,
    /// In one state.
    pub etat: Option<EtatGabarit>,
}

/// Whose templates somebody sees.
#[derive(Debug, Clone)]
pub(super) struct Vue {
    /// Those of everybody.
    pub(super) tout: bool,
    /// Those of these 3C and établissements; besides them, what the region has published.
    pub(super) lieux: Vec<Uuid>,
}

/// The templates that the person sees, by id.
pub(super) fn lister(op: &mut Op<'_>, filtre: FiltreGabarits, vue: &Vue, apres: Option<GabaritId>, limite: i64) -> Resultat<Vec<Gabarit>> {
    let mut requete = gabarit::table.select(Ligne::as_select()).order(gabarit::id).limit(limite).into_boxed();
    if let Some(genre) = filtre.genre {
        requete = requete.filter(gabarit::genre.eq(genre));
    }
    if let Some(etat) = filtre.etat {
        requete = requete.filter(gabarit::etat.eq(etat));
    }
    if let Some(apres) = apres {
        requete = requete.filter(gabarit::id.gt(apres));
    }
    if !vue.tout {
        let lieux: Vec<Id> = vue.lieux.iter().copied().map(Id).collect();
        let regional = gabarit::portee.eq(GenrePortee::Region).and(gabarit::etat.ne(EtatGabarit::Brouillon));
        requete = requete.filter(regional.or(gabarit::portee_id.eq_any(lieux).assume_not_null()));
    }
    lus(requete.load(op.conn)?)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = gabarit_echec)]
struct LigneEchec {
    id: EchecGabaritId,
    gabarit_id: GabaritId,
    compte_rendu_id: CompteRenduId,
    ligne: Option<i64>,
    colonne: Option<i64>,
    cree_le: At,
}

/// Writes a failure down, once for a template and a compte-rendu.
pub(super) fn noter_echec(op: &mut Op<'_>, e: &EchecGabarit) -> Resultat<()> {
    let ligne = LigneEchec {
        id: e.id,
        gabarit_id: e.gabarit_id,
        compte_rendu_id: e.compte_rendu_id,
        ligne: e.ligne,
        colonne: e.colonne,
        cree_le: At(e.cree_le),
    };
    on_either!(op.conn, |c| insert_into(gabarit_echec::table)
        .values(&ligne)
        .on_conflict((gabarit_echec::gabarit_id, gabarit_echec::compte_rendu_id))
        .do_nothing()
        .execute(c))?;
    Ok(())
}

/// The failures of the templates that the person manages, by id.
pub(super) fn echecs(op: &mut Op<'_>, vue: &Vue, apres: Option<EchecGabaritId>, limite: i64) -> Resultat<Vec<EchecGabarit>> {
    let mut requete = gabarit_echec::table
        .inner_join(gabarit::table.on(gabarit::id.eq(gabarit_echec::gabarit_id)))
        .select(LigneEchec::as_select())
        .order(gabarit_echec::id)
        .limit(limite)
        .into_boxed();
    if let Some(apres) = apres {
        requete = requete.filter(gabarit_echec::id.gt(apres));
    }
    if !vue.tout {
        let lieux: Vec<Id> = vue.lieux.iter().copied().map(Id).collect();
        requete = requete.filter(gabarit::portee_id.eq_any(lieux).assume_not_null());
    }
    let lignes: Vec<LigneEchec> = requete.load(op.conn)?;
    Ok(lignes
        .into_iter()
        .map(|l| EchecGabarit {
            id: l.id,
            gabarit_id: l.gabarit_id,
            compte_rendu_id: l.compte_rendu_id,
            ligne: l.ligne,
            colonne: l.colonne,
            cree_le: l.cree_le.0,
        })
        .collect())
}
