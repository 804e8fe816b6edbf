//! Queries on persons of identity providers and on sign-ins under way.

use super::model::{FederationError, FinDeSession, IdentiteFederee, Profil};
use crate::{
    db::{
        Op, ou_doublon,
        schema::{compte, depart_federation, identite_federee, praticien, session, session_federee},
        types::At,
    },
    kernel::{
        Instant, Panne, Resultat,
        identite::Rpps,
        ids::{CompteId, IdentiteFedereeId, SessionId},
    },
};
use diesel::{delete, insert_into, prelude::*, update};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = identite_federee, treat_none_as_default_value = false)]
struct LigneIdentite {
    id: IdentiteFedereeId,
    emetteur: String,
    sujet: String,
    compte_id: CompteId,
    rpps: Option<String>,
    cree_le: At,
    utilisee_le: Option<At>,
}

impl TryFrom<LigneIdentite> for IdentiteFederee {
    type Error = Panne;

    fn try_from(l: LigneIdentite) -> Result<Self, Panne> {
        let rpps = l.rpps.map(|texte| texte.parse()).transpose();
        Ok(Self {
            id: l.id,
            emetteur: l.emetteur,
            sujet: l.sujet,
            compte_id: l.compte_id,
            rpps: rpps.map_err(|e| Panne::new(format!("identité fédérée {} : RPPS", l.id), e))?,
            cree_le: l.cree_le.0,
            utilisee_le: l.utilisee_le.map(|at| at.0),
        })
    }
}

pub(super) fn inserer_depart(op: &mut Op<'_>, empreinte_etat: &str, fournisseur: &str, expire_le: Instant) -> Resultat<()> {
    insert_into(depart_federation::table)
        .values((
            depart_federation::empreinte_etat.eq(empreinte_etat),
            depart_federation::fournisseur.eq(fournisseur),
            depart_federation::expire_le.eq(At(expire_le)),
        ))
        .execute(op.conn)?;
    Ok(())
}

/// Uses up a beginning: true once, while it holds.
pub(super) fn consommer_depart(op: &mut Op<'_>, empreinte_etat: &str, fournisseur: &str) -> Resultat<bool> {
    let depart = depart_federation::table
        .find(empreinte_etat)
        .filter(depart_federation::fournisseur.eq(fournisseur))
        .filter(depart_federation::expire_le.gt(At(op.maintenant)));
    Ok(delete(depart).execute(op.conn)? == 1)
}

pub(super) fn purger_departs(op: &mut Op<'_>) -> Resultat<usize> {
    Ok(delete(depart_federation::table.filter(depart_federation::expire_le.le(At(op.maintenant)))).execute(op.conn)?)
}

pub(super) fn par_sujet(op: &mut Op<'_>, emetteur: &str, sujet: &str) -> Resultat<Option<IdentiteFederee>> {
    let ligne: Option<LigneIdentite> = identite_federee::table
        .filter(identite_federee::emetteur.eq(emetteur))
        .filter(identite_federee::sujet.eq(sujet))
        .select(LigneIdentite::as_select())
        .first(op.conn)
        .optional()?;
    Ok(ligne.map(IdentiteFederee::try_from).transpose()?)
}

pub(super) fn du_compte(op: &mut Op<'_>, compte_id: CompteId) -> Resultat<Vec<IdentiteFederee>> {
    let lignes: Vec<LigneIdentite> = identite_federee::table
        .filter(identite_federee::compte_id.eq(compte_id))
        .order(identite_federee::id)
        .select(LigneIdentite::as_select())
        .load(op.conn)?;
    lignes.into_iter().map(|ligne| Ok(IdentiteFederee::try_from(ligne)?)).collect()
}

/// The open accounts of the professional of that number.
pub(super) fn comptes_du_rpps(op: &mut Op<'_>, rpps: &Rpps) -> Resultat<Vec<CompteId>> {
    Ok(compte::table
        .inner_join(praticien::table.on(praticien::id.nullable().eq(compte::praticien_id)))
        .filter(praticien::rpps.eq(rpps.as_str()))
        .filter(compte::actif.eq(true))
        .order(compte::id)
        .select(compte::id)
        .load(op.conn)?)
}

pub(super) fn inserer(op: &mut Op<'_>, i: &IdentiteFederee) -> Resultat<()> {
    let ligne = LigneIdentite {
        id: i.id,
        emetteur: i.emetteur.clone(),
        sujet: i.sujet.clone(),
        compte_id: i.compte_id,
        rpps: i.rpps.as_ref().map(ToString::to_string),
        cree_le: At(i.cree_le),
        utilisee_le: i.utilisee_le.map(At),
    };
    // Two uniquenesses say the same to the caller: by their names on PostgreSQL, by their columns on SQLite.
    insert_into(identite_federee::table)
        .values(&ligne)
        .execute(op.conn)
        .map_err(|e| ou_doublon(e, "identite_federee_sujet_unique", "identite_federee", FederationError::DejaRattachee))?;
    Ok(())
}

pub(super) fn supprimer(op: &mut Op<'_>, compte_id: CompteId, id: IdentiteFedereeId) -> Resultat<bool> {
    let identite = identite_federee::table.find(id).filter(identite_federee::compte_id.eq(compte_id));
    Ok(delete(identite).execute(op.conn)? == 1)
}

/// Keeps how the person of a new session proved the identity.
pub(super) fn noter_session(op: &mut Op<'_>, session: SessionId, identite: IdentiteFedereeId, profil: &Profil) -> Resultat<()> {
    update(identite_federee::table.find(identite)).set(identite_federee::utilisee_le.eq(Some(At(op.maintenant)))).execute(op.conn)?;
    insert_into(session_federee::table)
        .values((
            session_federee::session_id.eq(session),
            session_federee::identite_id.eq(identite),
            session_federee::acr.eq(profil.acr.as_deref()),
            session_federee::jeton_identite.eq(Some(&profil.jeton.0)),
            session_federee::sid.eq(profil.sid.as_deref()),
        ))
        .execute(op.conn)?;
    Ok(())
}

/// Takes the ID token of a session away, with the issuer that gave it: it serves once.
pub(super) fn prendre_jeton(op: &mut Op<'_>, session: SessionId) -> Resultat<Option<(String, String)>> {
    let lu: Option<(String, String)> = session_federee::table
        .inner_join(identite_federee::table.on(identite_federee::id.eq(session_federee::identite_id)))
        .filter(session_federee::session_id.eq(session))
        .filter(session_federee::jeton_identite.is_not_null())
        .select((identite_federee::emetteur, session_federee::jeton_identite.assume_not_null()))
        .first(op.conn)
        .optional()?;
    if lu.is_some() {
        update(session_federee::table.find(session)).set(session_federee::jeton_identite.eq(None::<String>)).execute(op.conn)?;
    }
    Ok(lu)
}

/// The open sessions that a provider names: one of its own, or all those of the person.
pub(super) fn sessions_du_fournisseur(op: &mut Op<'_>, fin: &FinDeSession) -> Resultat<Vec<SessionId>> {
    let mut requete = session_federee::table
        .inner_join(identite_federee::table.on(identite_federee::id.eq(session_federee::identite_id)))
        .inner_join(session::table.on(session::id.eq(session_federee::session_id)))
        .filter(identite_federee::emetteur.eq(&fin.emetteur))
        .filter(session::revoquee_le.is_null())
        .order(session::id)
        .select(session::id)
        .into_boxed();
    if let Some(sujet) = &fin.sujet {
        requete = requete.filter(identite_federee::sujet.eq(sujet));
    }
    if let Some(sid) = &fin.sid {
        requete = requete.filter(session_federee::sid.eq(sid));
    }
    Ok(requete.load(op.conn)?)
}

/// Erases the ID tokens of the sessions that have ended.
pub(super) fn oublier_les_jetons(op: &mut Op<'_>) -> Resultat<usize> {
    let finies = session::table.filter(session::revoquee_le.is_not_null().or(session::expire_le.le(At(op.maintenant)))).select(session::id);
    let gardes =
        session_federee::table.filter(session_federee::jeton_identite.is_not_null()).filter(session_federee::session_id.eq_any(finies));
    Ok(update(gardes).set(session_federee::jeton_identite.eq(None::<String>)).execute(op.conn)?)
}
