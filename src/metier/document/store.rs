//! Every query on documents.

use super::model::{Document, Famille, GenreDocument, Source};
use crate::{
    db::{
        Op,
        schema::{compte_rendu, document, programme},
        types::{At, Id},
    },
    enum_sql,
    kernel::{
        Panne, Resultat,
        ids::{CompteRenduId, DocumentId, ProgrammeId},
        texte::sha256,
    },
    on_either,
};
use diesel::{
    dsl::{exists, not},
    insert_into,
    prelude::*,
};
use uuid::Uuid;

enum_sql!(GenreDocument);

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = document, treat_none_as_default_value = false)]
struct Ligne {
    id: DocumentId,
    compte_rendu_id: Option<CompteRenduId>,
    programme_id: Option<ProgrammeId>,
    genre: GenreDocument,
    nom: String,
    type_mime: String,
    empreinte: String,
    octets: Vec<u8>,
    cree_le: At,
}

impl TryFrom<Ligne> for Document {
    type Error = Panne;

    /// Bytes that no longer have the fingerprint they were made with are never given out.
    fn try_from(l: Ligne) -> Result<Self, Panne> {
        if sha256(&l.octets) != l.empreinte {
            return Err(Panne::dire(format!("document {} : les octets n'ont plus l'empreinte de leur production", l.id)));
        }
        let source = Source::lire(l.compte_rendu_id, l.programme_id);
        Ok(Self {
            id: l.id,
            source: source.ok_or_else(|| Panne::dire(format!("document {} : il n'est celui d'aucune version", l.id)))?,
            genre: l.genre,
            nom: l.nom,
            empreinte: l.empreinte,
            octets: l.octets,
            cree_le: l.cree_le.0,
        })
    }
}

/// Keeps a document, unless the version already has one of that kind.
pub(super) fn garder(op: &mut Op<'_>, d: &Document) -> Resultat<()> {
    let ligne = Ligne {
        id: d.id,
        compte_rendu_id: d.source.compte_rendu(),
        programme_id: d.source.programme(),
        genre: d.genre,
        nom: d.nom.clone(),
        type_mime: d.genre.type_mime().to_owned(),
        empreinte: d.empreinte.clone(),
        octets: d.octets.clone(),
        cree_le: At(d.cree_le),
    };
    on_either!(op.conn, |c| insert_into(document::table).values(&ligne).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

macro_rules! de_la_version {
    ($source:expr) => {{
        let requete = document::table.into_boxed();
        match $source {
            Source::CompteRendu(id) => requete.filter(document::compte_rendu_id.eq(id)),
            Source::Programme(id) => requete.filter(document::programme_id.eq(id)),
        }
    }};
}

pub(super) fn trouver(op: &mut Op<'_>, source: Source, genre: GenreDocument) -> Resultat<Option<Document>> {
    let du_genre = de_la_version!(source).filter(document::genre.eq(genre));
    let ligne: Option<Ligne> = du_genre.select(Ligne::as_select()).first(op.conn).optional()?;
    Ok(ligne.map(Document::try_from).transpose()?)
}

/// Kinds of the documents that a version has.
pub(super) fn genres(op: &mut Op<'_>, source: Source) -> Resultat<Vec<GenreDocument>> {
    Ok(de_la_version!(source).select(document::genre).load(op.conn)?)
}

/// Those of the versions that have a document of that kind.
pub(super) fn avec(op: &mut Op<'_>, ids: Vec<CompteRenduId>, genre: GenreDocument) -> Resultat<Vec<CompteRenduId>> {
    Ok(document::table
        .filter(document::compte_rendu_id.eq_any(ids))
        .filter(document::genre.eq(genre))
        .select(document::compte_rendu_id.assume_not_null())
        .load(op.conn)?)
}

/// The versions of a family that lack a document of that kind, after one of them and in their order: comptes-rendus
/// whose PDF is kept, programmes that were handed.
pub(super) fn sans(op: &mut Op<'_>, famille: Famille, genre: GenreDocument, apres: Option<Uuid>, limite: i64) -> Resultat<Vec<Uuid>> {
    let apres = Id(apres.unwrap_or_default());
    let ids: Vec<Id> = match famille {
        Famille::ComptesRendus => {
            let les_siens = || document::table.filter(document::compte_rendu_id.eq(compte_rendu::id.nullable()));
            compte_rendu::table
                .filter(compte_rendu::id.gt(apres))
                .filter(exists(les_siens().filter(document::genre.eq(GenreDocument::Pdf))))
                .filter(not(exists(les_siens().filter(document::genre.eq(genre)))))
                .order(compte_rendu::id)
                .limit(limite)
                .select(compte_rendu::id)
                .load(op.conn)?
        }
        Famille::Programmes => {
            let les_siens = document::table.filter(document::programme_id.eq(programme::id.nullable())).filter(document::genre.eq(genre));
            programme::table
                .filter(programme::id.gt(apres))
                .filter(programme::empreinte.is_not_null())
                .filter(not(exists(les_siens)))
                .order(programme::id)
                .limit(limite)
                .select(programme::id)
                .load(op.conn)?
        }
    };
    Ok(ids.into_iter().map(|id| id.0).collect())
}
