//! The one function that says which patients a person may see, as a SQL predicate: lists filter by
//! it and point checks add the id to it, so that a patient is listed if and only if readable.
//!
//! A patient is visible when a link in force (table `lien_patient`) ties the patient to one of the
//! person's subjects: an RCP, a 3C, an établissement, the person's own directory entry, or a
//! meeting that the person attends. Three things take a link away:
//!
//! - the opposition of the patient to the sharing (`partage_dcc`): the file stays with its author, the
//!   doctor who asked and the referring doctor, and even a bris de glace does not open it;
//! - the opposition to the sending to the médecin traitant, for the médecin traitant;
//! - a restriction of the patient to named people (`restriction_acces`), for all but those and who
//!   sees the patient by a bris de glace.
//!
//! The link of a meeting opens seven days before it, and closes thirty days after the last sending of
//! its compte-rendu.

use super::{
    DbConn, LIGNES_PAR_ORDRE, Op,
    schema::lien_patient,
    types::{At, Id},
};
use crate::kernel::{
    Action, Instant, Resultat,
    ids::{InscriptionId, PatientId, ReunionId},
};
use crate::{enum_sql, on_either};
use chrono::TimeDelta;
use diesel::{insert_into, prelude::*};
use uuid::Uuid;

/// The predicate « this person may do this action on the patient of that column ».
///
/// `visible!(op, Action::LirePatient, patient::id)` is a boxed boolean expression for `filter`.
#[macro_export]
macro_rules! visible {
    ($op:expr, $action:expr, $colonne:expr) => {{
        use diesel::prelude::*;
        use $crate::db::{
            parmi::parmi,
            schema::{lien_patient, opposition, presence, restriction_acces, restriction_personne},
            types::{At, Id},
        };
        let sujets = $op.acteur.sujets($action);
        let maintenant = At($op.maintenant);
        let ids: Vec<Id> = sujets.ids.iter().copied().map(Id).collect();
        let soi = sujets.praticien.map_or_else(|| Id(uuid::Uuid::nil()), |praticien| Id(praticien.uuid()));
        let reunions = presence::table.filter(presence::praticien_id.eq(soi)).select(presence::reunion_id);
        let compte = Id($op.acteur.compte.map_or_else(uuid::Uuid::nil, |compte| compte.uuid()));
        let personne = Id($op.acteur.praticien.map_or_else(uuid::Uuid::nil, |praticien| praticien.uuid()));
        let ouvertes = restriction_personne::table
            .filter(restriction_personne::personne_id.eq(compte).or(restriction_personne::personne_id.eq(personne)))
            .select(restriction_personne::restriction_id);
        let restreint = diesel::dsl::exists(
            restriction_acces::table
                .filter(restriction_acces::patient_id.eq(lien_patient::patient_id))
                .filter(restriction_acces::levee_le.is_null())
                .filter(restriction_acces::id.ne_all(ouvertes)),
        );
        let de_l_auteur = lien_patient::motif.eq("createur").or(lien_patient::motif.eq("demandeur")).or(lien_patient::motif.eq("referent"));
        let oppose = diesel::dsl::exists(
            opposition::table.filter(opposition::patient_id.eq(lien_patient::patient_id)).filter(opposition::levee_le.is_null()).filter(
                opposition::objet
                    .eq("partage_dcc")
                    .and(diesel::dsl::not(de_l_auteur))
                    .or(opposition::objet.eq("envoi_medecin_traitant").and(lien_patient::motif.eq("medecin_traitant"))),
            ),
        );
        diesel::dsl::exists(
            lien_patient::table
                .filter(lien_patient::patient_id.eq($colonne))
                .filter(lien_patient::debut.le(maintenant))
                .filter(lien_patient::fin.is_null().or(lien_patient::fin.gt(maintenant)))
                .filter(parmi(lien_patient::sujet_id, ids).or(lien_patient::sujet_id.eq_any(reunions)))
                .filter(diesel::dsl::not(oppose))
                .filter(lien_patient::motif.eq("bris_de_glace").or(diesel::dsl::not(restreint))),
        )
        .or(sujets.tous.into_sql::<diesel::sql_types::Bool>())
    }};
}

crate::enum_texte! {
    /// Why a patient is tied to a subject.
    pub enum MotifLien {
        /// The person created the patient.
        Createur => "createur",
        /// The établissement knows the patient by a local number.
        Etablissement => "etablissement",
        /// Named as médecin traitant.
        MedecinTraitant => "medecin_traitant",
        /// Named as correspondent.
        Correspondant => "correspondant",
        /// Referring doctor of a dossier.
        Referent => "referent",
        /// Asked for a registration.
        Demandeur => "demandeur",
        /// The RCP at which the patient is registered.
        Rcp => "rcp",
        /// The 3C of that RCP.
        Centre3c => "centre_3c",
        /// The établissement that organises that RCP.
        Organisateur => "organisateur",
        /// The meeting at whose agenda the patient stands.
        Reunion => "reunion",
        /// Seen in an emergency by one account.
        BrisDeGlace => "bris_de_glace",
    }
}
enum_sql!(MotifLien);

/// True when the person may do the action on the patient. Tells the trace whom it is about, and the right
/// that allows it.
pub fn patient_visible(op: &mut Op<'_>, action: Action, patient: PatientId) -> Resultat<bool> {
    let predicat = visible!(op, action, patient);
    let visible: bool = diesel::select(predicat).get_result(op.conn)?;
    let droit = if !visible {
        None
    } else if op.acteur.a_plusieurs_droits(action) {
        op.acteur.droit_par(action, &sujets_lies(op, patient)?)
    } else {
        op.acteur.droit_par(action, &[])
    };
    op.viser(patient, droit);
    Ok(visible)
}

/// The subjects that the patient is tied to at this moment.
fn sujets_lies(op: &mut Op<'_>, patient: PatientId) -> Resultat<Vec<Uuid>> {
    let maintenant = At(op.maintenant);
    let lies: Vec<Id> = lien_patient::table
        .filter(lien_patient::patient_id.eq(patient))
        .filter(lien_patient::debut.le(maintenant))
        .filter(lien_patient::fin.is_null().or(lien_patient::fin.gt(maintenant)))
        .select(lien_patient::sujet_id)
        .load(op.conn)?;
    Ok(lies.into_iter().map(|id| id.0).collect())
}

/// Ties a patient to a subject from now on. `origine` is the object the link comes from, so that
/// the same link may have several reasons and each may end on its own.
pub fn lier(op: &mut Op<'_>, patient: PatientId, sujet: Uuid, motif: MotifLien, origine: Uuid) -> Resultat<()> {
    let ligne = (
        lien_patient::patient_id.eq(patient),
        lien_patient::sujet_id.eq(Id(sujet)),
        lien_patient::motif.eq(motif),
        lien_patient::origine_id.eq(Id(origine)),
        lien_patient::debut.eq(At(op.maintenant)),
        lien_patient::fin.eq(None::<At>),
    );
    let nouveau = on_either!(op.conn, |c| insert_into(lien_patient::table).values(ligne).on_conflict_do_nothing().execute(c))?;
    if nouveau == 0 {
        let lien = lien_patient::table.find((patient, Id(sujet), motif, Id(origine))).filter(lien_patient::fin.is_not_null());
        diesel::update(lien).set(lien_patient::fin.eq(None::<At>)).execute(op.conn)?;
    }
    Ok(())
}

/// A link of a patient as it was elsewhere, with its own moments.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = lien_patient, treat_none_as_default_value = false)]
pub struct LienRepris {
    /// The patient.
    pub patient_id: PatientId,
    sujet_id: Id,
    /// Why.
    pub motif: MotifLien,
    origine_id: Id,
    debut: At,
    fin: Option<At>,
}

impl LienRepris {
    /// A link to a subject, that comes from an object.
    #[must_use]
    pub fn nouveau(
        patient_id: PatientId,
        sujet: Uuid,
        (motif, origine): (MotifLien, Uuid),
        (debut, fin): (Instant, Option<Instant>),
    ) -> Self {
        Self { patient_id, sujet_id: Id(sujet), motif, origine_id: Id(origine), debut: At(debut), fin: fin.map(At) }
    }
}

/// Takes over links that were made elsewhere. Only the service itself does.
pub fn reprendre(op: &mut Op<'_>, liens: &[LienRepris]) -> Resultat<()> {
    op.exiger_systeme()?;
    for liens in liens.chunks(LIGNES_PAR_ORDRE) {
        on_either!(op.conn, |c| insert_into(lien_patient::table).values(liens).execute(c))?;
    }
    Ok(())
}

/// Ends the links that come from an object at a moment.
pub fn delier(conn: &mut DbConn, origine: Uuid, fin: Instant) -> Resultat<()> {
    diesel::update(lien_patient::table.filter(lien_patient::origine_id.eq(Id(origine))))
        .set(lien_patient::fin.eq(Some(At(fin))))
        .execute(conn)?;
    Ok(())
}

/// Ends one link, from now: that subject, for that reason, from that object. The other reasons that
/// tie the patient to the same subject hold.
pub fn delier_sujet(op: &mut Op<'_>, patient: PatientId, sujet: Uuid, motif: MotifLien, origine: Uuid) -> Resultat<()> {
    let lien = lien_patient::table.find((patient, Id(sujet), motif, Id(origine))).filter(lien_patient::fin.is_null());
    diesel::update(lien).set(lien_patient::fin.eq(Some(At(op.maintenant)))).execute(op.conn)?;
    Ok(())
}

/// How long before a meeting those who attend it see the patients of its agenda.
pub const FENETRE_AVANT: TimeDelta = TimeDelta::days(7);
/// How long after the last sending of the compte-rendu they still do.
pub const FENETRE_APRES: TimeDelta = TimeDelta::days(30);

/// Ties a patient to a meeting that begins at that moment, for those who attend it.
pub fn ouvrir_fenetre(op: &mut Op<'_>, patient: PatientId, reunion: ReunionId, debut: Instant, inscription: InscriptionId) -> Resultat<()> {
    lier(op, patient, reunion.uuid(), MotifLien::Reunion, inscription.uuid())?;
    deplacer_fenetre(op, reunion, debut)
}

/// The meeting begins at another moment: so do the links of its agenda.
pub fn deplacer_fenetre(op: &mut Op<'_>, reunion: ReunionId, debut: Instant) -> Resultat<()> {
    let liens =
        lien_patient::table.filter(lien_patient::sujet_id.eq(Id(reunion.uuid()))).filter(lien_patient::motif.eq(MotifLien::Reunion));
    diesel::update(liens).set(lien_patient::debut.eq(At(debut - FENETRE_AVANT))).execute(op.conn)?;
    Ok(())
}

/// The compte-rendu of a case is validated: those who attended see the patient thirty days more.
pub fn borner_fenetre(op: &mut Op<'_>, inscription: InscriptionId) -> Resultat<()> {
    let liens = lien_patient::table
        .filter(lien_patient::origine_id.eq(Id(inscription.uuid())))
        .filter(lien_patient::motif.eq(MotifLien::Reunion))
        .filter(lien_patient::fin.is_null());
    diesel::update(liens).set(lien_patient::fin.eq(Some(At(op.maintenant + FENETRE_APRES)))).execute(op.conn)?;
    Ok(())
}

/// The compte-rendu of a case has just been sent: the thirty days count from now.
pub fn prolonger_fenetre(op: &mut Op<'_>, inscription: InscriptionId) -> Resultat<()> {
    let fin = At(op.maintenant + FENETRE_APRES);
    let liens = lien_patient::table
        .filter(lien_patient::origine_id.eq(Id(inscription.uuid())))
        .filter(lien_patient::motif.eq(MotifLien::Reunion))
        .filter(lien_patient::fin.lt(fin));
    diesel::update(liens).set(lien_patient::fin.eq(Some(fin))).execute(op.conn)?;
    Ok(())
}
