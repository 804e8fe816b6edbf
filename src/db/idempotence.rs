//! Answers kept for `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header), written in the
//! transaction of the act: an act that was answered is never done twice.

use super::{
    Op,
    schema::idempotence,
    types::{At, Json},
};
use crate::kernel::{Erreur, ErreurMetier, Nature, Resultat, ids::CompteId};
use chrono::Duration;
use diesel::{insert_into, prelude::*};

/// How long an answer is kept.
const CONSERVATION: Duration = Duration::days(7);

/// Why a key cannot be honoured.
#[derive(Debug, thiserror::Error)]
pub enum IdempotenceError {
    /// The key has been used with another body or another operation.
    #[error("Cette clé d'idempotence a déjà servi pour une autre demande.")]
    AutreDemande,
}

impl ErreurMetier for IdempotenceError {
    fn nature(&self) -> Nature {
        Nature::Invalide
    }
    fn code(&self) -> &'static str {
        "cle-idempotence-reutilisee"
    }
}

/// A kept answer.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = idempotence, treat_none_as_default_value = false)]
struct Ligne {
    compte_id: CompteId,
    cle: String,
    empreinte: String,
    statut: i64,
    reponse: Json,
    localisation: Option<String>,
    etag: Option<String>,
    cree_le: At,
    expire_le: At,
}

/// An answer, as it is kept.
#[derive(Debug, Clone)]
pub struct Gardee {
    /// HTTP status.
    pub statut: u16,
    /// Body.
    pub corps: serde_json::Value,
    /// Path of the created object.
    pub localisation: Option<String>,
    /// Version of the object.
    pub version: Option<i64>,
}

/// The answer already given to the same demand, if any.
pub fn deja_repondu(op: &mut Op<'_>, compte: CompteId, cle: &str, empreinte: &str) -> Resultat<Option<Gardee>> {
    let ligne: Option<Ligne> = idempotence::table
        .find((compte, cle))
        .filter(idempotence::expire_le.gt(At(op.maintenant)))
        .select(Ligne::as_select())
        .first(op.conn)
        .optional()?;
    let Some(ligne) = ligne else { return Ok(None) };
    if ligne.empreinte != empreinte {
        return Err(Erreur::from(IdempotenceError::AutreDemande));
    }
    Ok(Some(Gardee {
        statut: u16::try_from(ligne.statut).unwrap_or(200),
        corps: ligne.reponse.0,
        localisation: ligne.localisation,
        version: ligne.etag.and_then(|etag| etag.parse().ok()),
    }))
}

/// Keeps the answer of an act.
pub fn garder(op: &mut Op<'_>, compte: CompteId, cle: &str, empreinte: &str, gardee: &Gardee) -> Resultat<()> {
    diesel::delete(idempotence::table.find((compte, cle))).execute(op.conn)?;
    let ligne = Ligne {
        compte_id: compte,
        cle: cle.to_owned(),
        empreinte: empreinte.to_owned(),
        statut: gardee.statut.into(),
        reponse: Json(gardee.corps.clone()),
        localisation: gardee.localisation.clone(),
        etag: gardee.version.map(|version| version.to_string()),
        cree_le: At(op.maintenant),
        expire_le: At(op.maintenant + CONSERVATION),
    };
    insert_into(idempotence::table).values(&ligne).execute(op.conn)?;
    Ok(())
}

/// Forgets the answers that have expired.
pub fn purger(op: &mut Op<'_>) -> Resultat<usize> {
    Ok(diesel::delete(idempotence::table.filter(idempotence::expire_le.le(At(op.maintenant)))).execute(op.conn)?)
}
