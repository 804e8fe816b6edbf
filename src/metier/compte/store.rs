//! Queries on accounts, rights and sessions.

pub(super) mod facteur;

use super::model::{Compte, CompteError, HabilitationDonnee, Justificatif, Moyen, Session, Support};
use crate::{
    db::{
        Op, ou_doublon,
        schema::{compte, habilitation, session},
        types::{At, Id},
    },
    enum_sql,
    kernel::{
        Instant, Panne, Perimetre, Resultat, Role,
        acteur::Habilitation,
        ids::{Centre3cId, CompteId, EtablissementId, HabilitationId, PraticienId, RcpId, SessionId},
    },
};
use chrono::{Duration, NaiveDate};
use diesel::{insert_into, prelude::*, update};

enum_sql!(Role, Moyen, Support);

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = compte, treat_none_as_default_value = false)]
struct LigneCompte {
    id: CompteId,
    identifiant: String,
    empreinte_mot_de_passe: Option<String>,
    nom: String,
    praticien_id: Option<PraticienId>,
    actif: bool,
    fin_le: Option<NaiveDate>,
    version: i64,
    cree_le: At,
    modifie_le: At,
    revu_le: Option<At>,
}

impl From<LigneCompte> for Compte {
    fn from(l: LigneCompte) -> Self {
        Self {
            id: l.id,
            identifiant: l.identifiant,
            empreinte_mot_de_passe: l.empreinte_mot_de_passe,
            nom: l.nom,
            praticien_id: l.praticien_id,
            actif: l.actif,
            fin_le: l.fin_le,
            version: l.version,
            cree_le: l.cree_le.0,
            modifie_le: l.modifie_le.0,
            revu_le: l.revu_le.map(|at| at.0),
        }
    }
}

pub(super) fn inserer(op: &mut Op<'_>, c: &Compte) -> Resultat<()> {
    let ligne = LigneCompte {
        id: c.id,
        identifiant: c.identifiant.clone(),
        empreinte_mot_de_passe: c.empreinte_mot_de_passe.clone(),
        nom: c.nom.clone(),
        praticien_id: c.praticien_id,
        actif: c.actif,
        fin_le: c.fin_le,
        version: c.version,
        cree_le: At(c.cree_le),
        modifie_le: At(c.modifie_le),
        revu_le: c.revu_le.map(At),
    };
    insert_into(compte::table)
        .values(&ligne)
        .execute(op.conn)
        .map_err(|e| ou_doublon(e, "compte_identifiant_unique", "compte.identifiant", CompteError::IdentifiantPris))?;
    Ok(())
}

pub(super) fn par_identifiant(op: &mut Op<'_>, identifiant: &str) -> Resultat<Option<Compte>> {
    let ligne = compte::table.filter(compte::identifiant.eq(identifiant)).select(LigneCompte::as_select()).first(op.conn).optional()?;
    Ok(ligne.map(Compte::from))
}

pub(super) fn compter(op: &mut Op<'_>) -> Resultat<i64> {
    Ok(compte::table.count().get_result(op.conn)?)
}

pub(super) fn trouver(op: &mut Op<'_>, id: CompteId) -> Resultat<Option<Compte>> {
    let ligne = compte::table.find(id).select(LigneCompte::as_select()).first(op.conn).optional()?;
    Ok(ligne.map(Compte::from))
}

pub(super) fn desactiver(op: &mut Op<'_>, id: CompteId) -> Resultat<usize> {
    Ok(update(compte::table.find(id))
        .set((compte::actif.eq(false), compte::version.eq(compte::version + 1), compte::modifie_le.eq(At(op.maintenant))))
        .execute(op.conn)?)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = habilitation, treat_none_as_default_value = false)]
struct LigneHabilitation {
    id: HabilitationId,
    compte_id: CompteId,
    role: Role,
    perimetre: String,
    perimetre_id: Option<Id>,
    debut: NaiveDate,
    fin: Option<NaiveDate>,
    accordee_par: Option<CompteId>,
    cree_le: At,
}

impl TryFrom<LigneHabilitation> for HabilitationDonnee {
    type Error = Panne;

    fn try_from(l: LigneHabilitation) -> Result<Self, Panne> {
        let perimetre = match (l.perimetre.as_str(), l.perimetre_id) {
            ("region", None) => Perimetre::Region,
            ("patients", None) => Perimetre::Patients,
            ("centre_3c", Some(id)) => Perimetre::Centre3c(Centre3cId::new(id.0)),
            ("etablissement", Some(id)) => Perimetre::Etablissement(EtablissementId::new(id.0)),
            ("rcp", Some(id)) => Perimetre::Rcp(RcpId::new(id.0)),
            (autre, _) => return Err(Panne::dire(format!("habilitation {} : périmètre « {autre} » incohérent", l.id))),
        };
        Ok(Self { id: l.id, habilitation: Habilitation { role: l.role, perimetre }, debut: l.debut, fin: l.fin })
    }
}

const fn perimetre_en_colonnes(perimetre: Perimetre) -> (&'static str, Option<Id>) {
    match perimetre {
        Perimetre::Region => ("region", None),
        Perimetre::Patients => ("patients", None),
        Perimetre::Centre3c(id) => ("centre_3c", Some(Id(id.uuid()))),
        Perimetre::Etablissement(id) => ("etablissement", Some(Id(id.uuid()))),
        Perimetre::Rcp(id) => ("rcp", Some(Id(id.uuid()))),
    }
}

pub(super) fn inserer_habilitation(op: &mut Op<'_>, compte_id: CompteId, h: &HabilitationDonnee) -> Resultat<()> {
    let (perimetre, perimetre_id) = perimetre_en_colonnes(h.habilitation.perimetre);
    let ligne = LigneHabilitation {
        id: h.id,
        compte_id,
        role: h.habilitation.role,
        perimetre: perimetre.to_owned(),
        perimetre_id,
        debut: h.debut,
        fin: h.fin,
        accordee_par: op.acteur.compte,
        cree_le: At(op.maintenant),
    };
    insert_into(habilitation::table).values(&ligne).execute(op.conn)?;
    Ok(())
}

/// The rights of an account in force at a date.
pub(super) fn habilitations(op: &mut Op<'_>, compte_id: CompteId, date: NaiveDate) -> Resultat<Vec<HabilitationDonnee>> {
    let lignes: Vec<LigneHabilitation> = habilitation::table
        .filter(habilitation::compte_id.eq(compte_id))
        .filter(habilitation::debut.le(date))
        .filter(habilitation::fin.is_null().or(habilitation::fin.ge(date)))
        .order(habilitation::id)
        .select(LigneHabilitation::as_select())
        .load(op.conn)?;
    lignes.into_iter().map(|ligne| Ok(HabilitationDonnee::try_from(ligne)?)).collect()
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = session)]
struct LigneSession {
    id: SessionId,
    compte_id: CompteId,
    cree_le: At,
    rafraichie_le: At,
    expire_le: At,
    revoquee_le: Option<At>,
    moyen: Moyen,
    support: Support,
    inactivite_secondes: i64,
    authentifiee_le: At,
    entiere_le: Option<At>,
}

impl From<LigneSession> for Session {
    fn from(l: LigneSession) -> Self {
        Self {
            id: l.id,
            compte_id: l.compte_id,
            cree_le: l.cree_le.0,
            rafraichie_le: l.rafraichie_le.0,
            expire_le: l.expire_le.0,
            revoquee_le: l.revoquee_le.map(|at| at.0),
            moyen: l.moyen,
            support: l.support,
            inactivite: Duration::seconds(l.inactivite_secondes),
            authentifiee_le: l.authentifiee_le.0,
            entiere_le: l.entiere_le.map(|at| at.0),
        }
    }
}

pub(super) fn inserer_session(op: &mut Op<'_>, s: &Session, empreinte: &str) -> Resultat<()> {
    insert_into(session::table)
        .values((
            session::id.eq(s.id),
            session::compte_id.eq(s.compte_id),
            session::empreinte_jeton.eq(empreinte),
            session::cree_le.eq(At(s.cree_le)),
            session::rafraichie_le.eq(At(s.rafraichie_le)),
            session::expire_le.eq(At(s.expire_le)),
            session::moyen.eq(s.moyen),
            session::support.eq(s.support),
            session::inactivite_secondes.eq(s.inactivite.num_seconds()),
            session::authentifiee_le.eq(At(s.authentifiee_le)),
            session::entiere_le.eq(s.entiere_le.map(At)),
        ))
        .execute(op.conn)?;
    Ok(())
}

pub(super) fn session(op: &mut Op<'_>, justificatif: &Justificatif) -> Resultat<Option<Session>> {
    let lignes = session::table.select(LigneSession::as_select());
    let ligne = match justificatif {
        Justificatif::Jeton(id) => lignes.filter(session::id.eq(*id)).first(op.conn).optional()?,
        Justificatif::Cookie(empreinte) => lignes
            .filter(session::empreinte_jeton.eq(empreinte))
            .filter(session::support.eq(Support::Navigateur))
            .first(op.conn)
            .optional()?,
    };
    Ok(ligne.map(Session::from))
}

/// The sessions of an account that may still be in force, the last opened first.
pub(super) fn sessions(op: &mut Op<'_>, compte: CompteId) -> Resultat<Vec<Session>> {
    let lignes: Vec<LigneSession> = session::table
        .filter(session::compte_id.eq(compte))
        .filter(session::revoquee_le.is_null())
        .filter(session::expire_le.gt(At(op.maintenant)))
        .order(session::id.desc())
        .select(LigneSession::as_select())
        .load(op.conn)?;
    Ok(lignes.into_iter().map(Session::from).collect())
}

/// Remembers that a session is used.
pub(super) fn noter_activite(op: &mut Op<'_>, id: SessionId) -> Resultat<()> {
    update(session::table.find(id)).set(session::rafraichie_le.eq(At(op.maintenant))).execute(op.conn)?;
    Ok(())
}

/// Gives a session a new secret, after its identity has been proved again.
pub(super) fn reauthentifier(op: &mut Op<'_>, s: &Session, empreinte: &str) -> Resultat<()> {
    update(session::table.find(s.id))
        .set((
            session::empreinte_jeton.eq(empreinte),
            session::empreinte_precedente.eq(None::<String>),
            session::rafraichie_le.eq(At(s.rafraichie_le)),
            session::authentifiee_le.eq(At(s.authentifiee_le)),
            session::entiere_le.eq(s.entiere_le.map(At)),
        ))
        .execute(op.conn)?;
    Ok(())
}

/// The session whose refresh token has that hash, and whether it is the current token (or the one
/// that was already used).
pub(super) fn session_par_jeton(op: &mut Op<'_>, empreinte: &str) -> Resultat<Option<(Session, bool)>> {
    let ligne: Option<(LigneSession, String)> = session::table
        .filter(session::support.eq(Support::Porteur))
        .filter(session::empreinte_jeton.eq(empreinte).or(session::empreinte_precedente.eq(empreinte)))
        .select((LigneSession::as_select(), session::empreinte_jeton))
        .first(op.conn)
        .optional()?;
    Ok(ligne.map(|(session, actuelle)| (session.into(), actuelle == empreinte)))
}

pub(super) fn rafraichir(op: &mut Op<'_>, id: SessionId, ancienne: &str, nouvelle: &str) -> Resultat<()> {
    update(session::table.find(id))
        .set((
            session::empreinte_jeton.eq(nouvelle),
            session::empreinte_precedente.eq(Some(ancienne)),
            session::rafraichie_le.eq(At(op.maintenant)),
        ))
        .execute(op.conn)?;
    Ok(())
}

pub(super) fn revoquer(op: &mut Op<'_>, id: SessionId, motif: &str) -> Resultat<()> {
    update(session::table.find(id).filter(session::revoquee_le.is_null()))
        .set((session::revoquee_le.eq(Some(At(op.maintenant))), session::motif_revocation.eq(Some(motif))))
        .execute(op.conn)?;
    Ok(())
}

/// Closes the sessions of an account, but for one that may be spared.
pub(super) fn revoquer_toutes(op: &mut Op<'_>, compte: CompteId, sauf: Option<SessionId>, motif: &str) -> Resultat<usize> {
    let fin = (session::revoquee_le.eq(Some(At(op.maintenant))), session::motif_revocation.eq(Some(motif)));
    let ouvertes = session::table.filter(session::compte_id.eq(compte)).filter(session::revoquee_le.is_null());
    Ok(match sauf {
        Some(sauf) => update(ouvertes.filter(session::id.ne(sauf))).set(fin).execute(op.conn)?,
        None => update(ouvertes).set(fin).execute(op.conn)?,
    })
}

/// Sets or removes the password of an account.
pub(super) fn changer_mot_de_passe(op: &mut Op<'_>, id: CompteId, empreinte: Option<&str>) -> Resultat<()> {
    update(compte::table.find(id))
        .set((
            compte::empreinte_mot_de_passe.eq(empreinte),
            compte::version.eq(compte::version + 1),
            compte::modifie_le.eq(At(op.maintenant)),
        ))
        .execute(op.conn)?;
    Ok(())
}

/// Remembers that the rights of an account were reviewed.
pub(super) fn noter_revue(op: &mut Op<'_>, id: CompteId) -> Resultat<()> {
    update(compte::table.find(id)).set(compte::revu_le.eq(Some(At(op.maintenant)))).execute(op.conn)?;
    Ok(())
}

/// The open accounts whose rights were not reviewed since that moment, nor given since.
pub(super) fn a_revoir(op: &mut Op<'_>, depuis: Instant) -> Resultat<Vec<Compte>> {
    let lignes: Vec<LigneCompte> = compte::table
        .filter(compte::actif.eq(true))
        .filter(compte::cree_le.lt(At(depuis)))
        .filter(compte::revu_le.is_null().or(compte::revu_le.lt(Some(At(depuis)))))
        .order(compte::identifiant)
        .select(LigneCompte::as_select())
        .load(op.conn)?;
    Ok(lignes.into_iter().map(Compte::from).collect())
}
