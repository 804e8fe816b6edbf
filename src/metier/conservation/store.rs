//! Queries on terms, purges and suspensions.

pub(super) mod effacement;

use super::model::{Contacts, EtatPurge, Gel, Purge, Regle};
use crate::{
    db::{
        Op,
        requete::{Requete, Valeur},
        schema::{gel_conservation as g, pierre_tombale as t, purge as p},
        types::{At, DbInstant, DbUuid, Id},
    },
    enum_sql,
    kernel::{
        Action, Instant, Resultat,
        clock::date_paris,
        ids::{CompteId, GelId, PatientId, PurgeId},
    },
    visible,
};
use chrono::NaiveDate;
use diesel::{
    insert_into,
    prelude::*,
    sql_types::{Date, Nullable},
    update,
};

enum_sql!(EtatPurge, Regle);

/// What the term of a file depends on, for the patients that `condition` keeps.
const CONTACTS: &str = "SELECT p.id AS id, p.date_naissance AS naissance, p.decede_le AS deces, p.cree_le AS cree_le, \
     (SELECT MAX(d.modifie_le) FROM dossier d WHERE d.patient_id = p.id) AS dossier_le, \
     (SELECT MAX(f.modifie_le) FROM fiche f WHERE f.patient_id = p.id) AS fiche_le, \
     (SELECT MAX(i.modifie_le) FROM inscription i WHERE i.patient_id = p.id) AS inscription_le, \
     (SELECT MAX(m.modifie_le) FROM programme m WHERE m.patient_id = p.id) AS programme_le, \
     (SELECT MAX(c.date_reunion) FROM compte_rendu c WHERE c.patient_id = p.id) AS reunion_le \
     FROM patient p WHERE p.absorbe_par_id IS NULL \
     AND NOT EXISTS (SELECT 1 FROM gel_conservation g WHERE g.patient_id = p.id AND g.fin IS NULL)";

#[derive(QueryableByName)]
struct LigneContacts {
    #[diesel(sql_type = DbUuid)]
    id: Id,
    #[diesel(sql_type = Date)]
    naissance: NaiveDate,
    #[diesel(sql_type = Nullable<Date>)]
    deces: Option<NaiveDate>,
    #[diesel(sql_type = DbInstant)]
    cree_le: At,
    #[diesel(sql_type = Nullable<DbInstant>)]
    dossier_le: Option<At>,
    #[diesel(sql_type = Nullable<DbInstant>)]
    fiche_le: Option<At>,
    #[diesel(sql_type = Nullable<DbInstant>)]
    inscription_le: Option<At>,
    #[diesel(sql_type = Nullable<DbInstant>)]
    programme_le: Option<At>,
    #[diesel(sql_type = Nullable<Date>)]
    reunion_le: Option<NaiveDate>,
}

impl From<LigneContacts> for (PatientId, Contacts) {
    fn from(l: LigneContacts) -> Self {
        let instants = [Some(l.cree_le), l.dossier_le, l.fiche_le, l.inscription_le, l.programme_le];
        let jours = instants.into_iter().flatten().map(|at| date_paris(at.0)).chain(l.reunion_le);
        let dernier_contact = jours.max().unwrap_or(NaiveDate::MAX);
        (PatientId::new(l.id.0), Contacts { naissance: l.naissance, dernier_contact, deces: l.deces })
    }
}

/// Those who were created before a moment and of whom no purge is under way.
pub(super) fn anciens(op: &mut Op<'_>, avant: Instant) -> Resultat<Vec<(PatientId, Contacts)>> {
    let texte = format!(
        "{CONTACTS} AND p.cree_le < :avant AND NOT EXISTS (SELECT 1 FROM purge u WHERE u.patient_id = p.id AND u.etat <> 'ecartee') \
         ORDER BY p.id"
    );
    let lignes: Vec<LigneContacts> = Requete::new(texte).avec("avant", Valeur::Moment(avant)).charger(op.conn)?;
    Ok(lignes.into_iter().map(Into::into).collect())
}

/// What the term of one file depends on; nothing while it is suspended.
pub(super) fn contacts(op: &mut Op<'_>, id: PatientId) -> Resultat<Option<Contacts>> {
    let requete = Requete::new(format!("{CONTACTS} AND p.id = :id")).avec("id", Valeur::Identifiant(id.uuid()));
    let lignes: Vec<LigneContacts> = requete.charger(op.conn)?;
    Ok(lignes.into_iter().next().map(|ligne| <(PatientId, Contacts)>::from(ligne).1))
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = p, treat_none_as_null = true, treat_none_as_default_value = false)]
struct Ligne {
    id: PurgeId,
    patient_id: PatientId,
    regle: Regle,
    dernier_contact: NaiveDate,
    echeance: NaiveDate,
    etat: EtatPurge,
    proposee_le: At,
    visee_par: Option<CompteId>,
    visee_le: Option<At>,
    visa_archives: Option<String>,
    accordee_par: Option<CompteId>,
    accordee_le: Option<At>,
    executee_le: Option<At>,
    motif_rejet: Option<String>,
    version: i64,
}

impl From<&Purge> for Ligne {
    fn from(u: &Purge) -> Self {
        Self {
            id: u.id,
            patient_id: u.patient_id,
            regle: u.regle,
            dernier_contact: u.dernier_contact,
            echeance: u.echeance,
            etat: u.etat,
            proposee_le: At(u.proposee_le),
            visee_par: u.visee_par,
            visee_le: u.visee_le.map(At),
            visa_archives: u.visa_archives.clone(),
            accordee_par: u.accordee_par,
            accordee_le: u.accordee_le.map(At),
            executee_le: u.executee_le.map(At),
            motif_rejet: u.motif_rejet.clone(),
            version: u.version,
        }
    }
}

impl From<Ligne> for Purge {
    fn from(l: Ligne) -> Self {
        Self {
            id: l.id,
            patient_id: l.patient_id,
            regle: l.regle,
            dernier_contact: l.dernier_contact,
            echeance: l.echeance,
            etat: l.etat,
            proposee_le: l.proposee_le.0,
            visee_par: l.visee_par,
            visee_le: l.visee_le.map(|at| at.0),
            visa_archives: l.visa_archives,
            accordee_par: l.accordee_par,
            accordee_le: l.accordee_le.map(|at| at.0),
            executee_le: l.executee_le.map(|at| at.0),
            motif_rejet: l.motif_rejet,
            version: l.version,
        }
    }
}

/// Writes a new proposal, over one that was set aside if there is one.
pub(super) fn proposer(op: &mut Op<'_>, purge: &Purge) -> Resultat<()> {
    let connue: Option<(PurgeId, i64)> =
        p::table.filter(p::patient_id.eq(purge.patient_id)).select((p::id, p::version)).first(op.conn).optional()?;
    match connue {
        Some((id, version)) => {
            enregistrer(op, &Purge { id, version: version + 1, ..purge.clone() }, version)?;
        }
        None => {
            insert_into(p::table).values(&Ligne::from(purge)).execute(op.conn)?;
        }
    }
    Ok(())
}

/// Zero rows when the version is no longer the one that was read.
pub(super) fn enregistrer(op: &mut Op<'_>, purge: &Purge, lue: i64) -> Resultat<usize> {
    Ok(update(p::table.find(purge.id).filter(p::version.eq(lue))).set(&Ligne::from(purge)).execute(op.conn)?)
}

pub(super) fn trouver(op: &mut Op<'_>, id: PurgeId) -> Resultat<Option<Purge>> {
    Ok(p::table.find(id).select(Ligne::as_select()).first::<Ligne>(op.conn).optional()?.map(Purge::from))
}

/// The purges in a state that a person may sign, the oldest term first, after the one that a cursor names.
pub(super) fn lister(
    op: &mut Op<'_>,
    etat: EtatPurge,
    partout: bool,
    apres: Option<(NaiveDate, PurgeId)>,
    limite: i64,
) -> Resultat<Vec<Purge>> {
    let mut requete = p::table.filter(p::etat.eq(etat)).order((p::echeance, p::id)).limit(limite).select(Ligne::as_select()).into_boxed();
    if !partout {
        requete = requete.filter(visible!(op, Action::ViserPurge, p::patient_id));
    }
    if let Some((echeance, id)) = apres {
        requete = requete.filter(p::echeance.gt(echeance).or(p::echeance.eq(echeance).and(p::id.gt(id))));
    }
    let lignes: Vec<Ligne> = requete.load(op.conn)?;
    Ok(lignes.into_iter().map(Purge::from).collect())
}

/// True when the patient has a tombstone.
pub(super) fn est_purge(op: &mut Op<'_>, id: PatientId) -> Resultat<bool> {
    Ok(t::table.filter(t::patient_id.eq(id)).count().get_result::<i64>(op.conn)? > 0)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = g, treat_none_as_default_value = false)]
struct LigneGel {
    id: GelId,
    patient_id: PatientId,
    motif: String,
    pose_par: Option<CompteId>,
    debut: At,
    leve_par: Option<CompteId>,
    fin: Option<At>,
}

impl From<LigneGel> for Gel {
    fn from(l: LigneGel) -> Self {
        Self {
            id: l.id,
            patient_id: l.patient_id,
            motif: l.motif,
            pose_par: l.pose_par,
            debut: l.debut.0,
            leve_par: l.leve_par,
            fin: l.fin.map(|at| at.0),
        }
    }
}

pub(super) fn inserer_gel(op: &mut Op<'_>, gel: &Gel) -> Resultat<()> {
    let ligne = LigneGel {
        id: gel.id,
        patient_id: gel.patient_id,
        motif: gel.motif.clone(),
        pose_par: gel.pose_par,
        debut: At(gel.debut),
        leve_par: gel.leve_par,
        fin: gel.fin.map(At),
    };
    insert_into(g::table).values(&ligne).execute(op.conn)?;
    Ok(())
}

pub(super) fn gel(op: &mut Op<'_>, id: GelId) -> Resultat<Option<Gel>> {
    Ok(g::table.find(id).select(LigneGel::as_select()).first::<LigneGel>(op.conn).optional()?.map(Gel::from))
}

pub(super) fn gels(op: &mut Op<'_>, id: PatientId) -> Resultat<Vec<Gel>> {
    let lignes: Vec<LigneGel> =
        g::table.filter(g::patient_id.eq(id)).order((g::debut, g::id)).select(LigneGel::as_select()).load(op.conn)?;
    Ok(lignes.into_iter().map(Gel::from).collect())
}

/// Zero rows when it was already lifted.
pub(super) fn lever_gel(op: &mut Op<'_>, id: GelId) -> Resultat<usize> {
    Ok(update(g::table.find(id).filter(g::fin.is_null()))
        .set((g::leve_par.eq(op.acteur.compte), g::fin.eq(Some(At(op.maintenant)))))
        .execute(op.conn)?)
}
