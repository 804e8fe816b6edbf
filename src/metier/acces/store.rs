//! Queries on accesses out of the ordinary.

use super::model::{BrisDeGlace, Designation, MotifBris, MotifRestriction, Restriction, VerdictExamen, VueRestreinte};
use crate::{
    db::{
        DbConn, Op,
        schema::{
            bris_de_glace, centre_3c, compte, designation_patient, examen_restriction, habilitation, lien_patient, opposition, patient,
            praticien, restriction_acces, restriction_personne, trace,
        },
        types::{At, Id},
    },
    enum_sql,
    kernel::{
        Instant, Resultat, Role,
        acte::IssueActe,
        clock::date_paris,
        ids::{BrisId, CompteId, ExamenRestrictionId, PatientId, RestrictionId},
    },
};
use diesel::{delete, dsl::exists, insert_into, prelude::*, update};

enum_sql!(MotifBris);
enum_sql!(MotifRestriction);
enum_sql!(VerdictExamen);

/// The patients whom a designation names, two at most: those who oppose the sharing are not among them.
pub(super) fn designes(op: &mut Op<'_>, designation: &Designation) -> Resultat<Vec<PatientId>> {
    let oppose = opposition::table
        .filter(opposition::patient_id.eq(patient::id))
        .filter(opposition::objet.eq("partage_dcc"))
        .filter(opposition::levee_le.is_null());
    let requete = patient::table.filter(diesel::dsl::not(exists(oppose))).order(patient::id).limit(2).select(patient::id).into_boxed();
    let requete = match designation {
        Designation::Ins(ins) => requete.filter(patient::ins.eq(ins.to_string())),
        Designation::Traits { nom, prenom, sexe, date_naissance } => requete
            .filter(patient::recherche_nom.eq(nom.clone()))
            .filter(patient::recherche_prenom.eq(prenom.clone()))
            .filter(patient::sexe.eq(*sexe))
            .filter(patient::date_naissance.eq(*date_naissance)),
    };
    Ok(requete.load(op.conn)?)
}

pub(super) fn garder_designation(
    op: &mut Op<'_>,
    empreinte: &str,
    compte: CompteId,
    patient: PatientId,
    expire_le: Instant,
) -> Resultat<()> {
    delete(designation_patient::table.filter(designation_patient::expire_le.le(At(op.maintenant)))).execute(op.conn)?;
    insert_into(designation_patient::table)
        .values((
            designation_patient::empreinte.eq(empreinte),
            designation_patient::compte_id.eq(compte),
            designation_patient::patient_id.eq(patient),
            designation_patient::expire_le.eq(At(expire_le)),
        ))
        .execute(op.conn)?;
    Ok(())
}

/// The patient that a token stands for; it serves once.
pub(super) fn prendre_designation(op: &mut Op<'_>, empreinte: &str, compte: CompteId) -> Resultat<Option<PatientId>> {
    let designation = designation_patient::table
        .find(empreinte)
        .filter(designation_patient::compte_id.eq(compte))
        .filter(designation_patient::expire_le.gt(At(op.maintenant)));
    let patient = designation.select(designation_patient::patient_id).first(op.conn).optional()?;
    if patient.is_some() {
        delete(designation_patient::table.find(empreinte)).execute(op.conn)?;
    }
    Ok(patient)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = bris_de_glace, treat_none_as_default_value = false)]
struct LigneBris {
    id: BrisId,
    patient_id: PatientId,
    compte_id: CompteId,
    acteur: String,
    motif: MotifBris,
    explication: String,
    debut: At,
    fin: At,
    verdict: Option<VerdictExamen>,
    commentaire: Option<String>,
    examine_par: Option<CompteId>,
    examine_le: Option<At>,
}

impl From<LigneBris> for BrisDeGlace {
    fn from(l: LigneBris) -> Self {
        Self {
            id: l.id,
            patient_id: l.patient_id,
            compte_id: l.compte_id,
            acteur: l.acteur,
            motif: l.motif,
            explication: l.explication,
            debut: l.debut.0,
            fin: l.fin.0,
            verdict: l.verdict,
            commentaire: l.commentaire,
            examine_par: l.examine_par,
            examine_le: l.examine_le.map(|at| at.0),
        }
    }
}

pub(super) fn inserer_bris(op: &mut Op<'_>, b: &BrisDeGlace) -> Resultat<()> {
    let ligne = LigneBris {
        id: b.id,
        patient_id: b.patient_id,
        compte_id: b.compte_id,
        acteur: b.acteur.clone(),
        motif: b.motif,
        explication: b.explication.clone(),
        debut: At(b.debut),
        fin: At(b.fin),
        verdict: b.verdict,
        commentaire: b.commentaire.clone(),
        examine_par: b.examine_par,
        examine_le: b.examine_le.map(At),
    };
    insert_into(bris_de_glace::table).values(&ligne).execute(op.conn)?;
    Ok(())
}

pub(super) fn bris(op: &mut Op<'_>, id: BrisId) -> Resultat<Option<BrisDeGlace>> {
    let ligne = bris_de_glace::table.find(id).select(LigneBris::as_select()).first(op.conn).optional()?;
    Ok(ligne.map(BrisDeGlace::from))
}

/// Zero rows when it was examined meanwhile.
pub(super) fn conclure_bris(op: &mut Op<'_>, b: &BrisDeGlace) -> Resultat<usize> {
    Ok(update(bris_de_glace::table.find(b.id).filter(bris_de_glace::verdict.is_null()))
        .set((
            bris_de_glace::verdict.eq(b.verdict),
            bris_de_glace::commentaire.eq(&b.commentaire),
            bris_de_glace::examine_par.eq(b.examine_par),
            bris_de_glace::examine_le.eq(b.examine_le.map(At)),
        ))
        .execute(op.conn)?)
}

/// The bris de glace of an account that hold now, oldest first.
pub(super) fn en_cours(op: &mut Op<'_>, compte: CompteId) -> Resultat<Vec<BrisDeGlace>> {
    let lignes: Vec<LigneBris> = bris_de_glace::table
        .filter(bris_de_glace::compte_id.eq(compte))
        .filter(bris_de_glace::fin.gt(At(op.maintenant)))
        .order(bris_de_glace::id)
        .select(LigneBris::as_select())
        .load(op.conn)?;
    Ok(lignes.into_iter().map(BrisDeGlace::from).collect())
}

/// Bris de glace by date: all, or those that wait for an examination since before a moment.
pub(super) fn lister(op: &mut Op<'_>, en_attente: Option<Instant>, apres: Option<BrisId>, limite: i64) -> Resultat<Vec<BrisDeGlace>> {
    let mut requete = bris_de_glace::table.order(bris_de_glace::id).limit(limite).select(LigneBris::as_select()).into_boxed();
    if let Some(avant) = en_attente {
        requete = requete.filter(bris_de_glace::verdict.is_null()).filter(bris_de_glace::debut.le(At(avant)));
    }
    if let Some(apres) = apres {
        requete = requete.filter(bris_de_glace::id.gt(apres));
    }
    let lignes: Vec<LigneBris> = requete.load(op.conn)?;
    Ok(lignes.into_iter().map(BrisDeGlace::from).collect())
}

/// The mailboxes of the 3C that follow a patient.
pub(super) fn courriels_des_centres(op: &mut Op<'_>, patient: PatientId) -> Resultat<Vec<String>> {
    let centres = lien_patient::table
        .filter(lien_patient::patient_id.eq(patient))
        .filter(lien_patient::motif.eq("centre_3c"))
        .select(lien_patient::sujet_id);
    let courriels: Vec<Option<String>> =
        centre_3c::table.filter(centre_3c::id.eq_any(centres)).order(centre_3c::id).select(centre_3c::courriel).load(op.conn)?;
    Ok(courriels.into_iter().flatten().collect())
}

/// The mailboxes of the accounts that hold a role today, through their entry of the directory.
pub(super) fn courriels_du_role(op: &mut Op<'_>, role: Role) -> Resultat<Vec<String>> {
    let jour = date_paris(op.maintenant);
    let comptes = habilitation::table
        .filter(habilitation::role.eq(role.as_str()))
        .filter(habilitation::debut.le(jour))
        .filter(habilitation::fin.is_null().or(habilitation::fin.ge(jour)))
        .select(habilitation::compte_id);
    let courriels: Vec<Option<String>> = compte::table
        .inner_join(praticien::table.on(compte::praticien_id.eq(praticien::id.nullable())))
        .filter(compte::id.eq_any(comptes))
        .filter(compte::actif.eq(true))
        .order(compte::id)
        .select(praticien::courriel)
        .load(op.conn)?;
    Ok(courriels.into_iter().flatten().collect())
}

type LigneRestriction = (RestrictionId, PatientId, MotifRestriction, CompteId, At, i64);

/// The restriction of a patient that is in force.
pub(super) fn restriction(op: &mut Op<'_>, patient: PatientId) -> Resultat<Option<Restriction>> {
    let ligne: Option<LigneRestriction> = restriction_acces::table
        .filter(restriction_acces::patient_id.eq(patient))
        .filter(restriction_acces::levee_le.is_null())
        .select((
            restriction_acces::id,
            restriction_acces::patient_id,
            restriction_acces::motif,
            restriction_acces::posee_par,
            restriction_acces::posee_le,
            restriction_acces::version,
        ))
        .first(op.conn)
        .optional()?;
    let Some((id, patient_id, motif, posee_par, posee_le, version)) = ligne else { return Ok(None) };
    let personnes: Vec<Id> = restriction_personne::table
        .filter(restriction_personne::restriction_id.eq(id))
        .order(restriction_personne::personne_id)
        .select(restriction_personne::personne_id)
        .load(op.conn)?;
    let personnes = personnes.into_iter().map(|personne| personne.0).collect();
    Ok(Some(Restriction { id, patient_id, motif, posee_par, posee_le: posee_le.0, personnes, version }))
}

pub(super) fn inserer_restriction(op: &mut Op<'_>, r: &Restriction) -> Resultat<()> {
    insert_into(restriction_acces::table)
        .values((
            restriction_acces::id.eq(r.id),
            restriction_acces::patient_id.eq(r.patient_id),
            restriction_acces::motif.eq(r.motif),
            restriction_acces::posee_par.eq(r.posee_par),
            restriction_acces::posee_le.eq(At(r.posee_le)),
            restriction_acces::version.eq(r.version),
        ))
        .execute(op.conn)?;
    nommer(op.conn, r)
}

/// Zero rows when the version is no longer the one that was read.
pub(super) fn enregistrer_restriction(op: &mut Op<'_>, r: &Restriction, lue: i64) -> Resultat<usize> {
    let ecrites = update(restriction_acces::table.find(r.id).filter(restriction_acces::version.eq(lue)))
        .set((restriction_acces::motif.eq(r.motif), restriction_acces::version.eq(r.version)))
        .execute(op.conn)?;
    if ecrites > 0 {
        delete(restriction_personne::table.filter(restriction_personne::restriction_id.eq(r.id))).execute(op.conn)?;
        nommer(op.conn, r)?;
    }
    Ok(ecrites)
}

fn nommer(conn: &mut DbConn, r: &Restriction) -> Resultat<()> {
    for personne in &r.personnes {
        insert_into(restriction_personne::table)
            .values((restriction_personne::restriction_id.eq(r.id), restriction_personne::personne_id.eq(Id(*personne))))
            .execute(conn)?;
    }
    Ok(())
}

/// Zero rows when it was lifted meanwhile.
pub(super) fn lever_restriction(op: &mut Op<'_>, id: RestrictionId, par: CompteId) -> Resultat<usize> {
    Ok(update(restriction_acces::table.find(id).filter(restriction_acces::levee_le.is_null()))
        .set((restriction_acces::levee_le.eq(Some(At(op.maintenant))), restriction_acces::levee_par.eq(Some(par))))
        .execute(op.conn)?)
}

/// True when there is such a restriction, in force or lifted.
pub(super) fn restriction_existe(op: &mut Op<'_>, id: RestrictionId) -> Resultat<bool> {
    Ok(diesel::select(exists(restriction_acces::table.find(id))).get_result(op.conn)?)
}

/// The views of restricted patients that no examination covers, oldest first. Those of the service itself
/// are not views.
pub(super) fn vues(op: &mut Op<'_>, limite: i64) -> Resultat<Vec<VueRestreinte>> {
    let couvertes = examen_restriction::table
        .filter(examen_restriction::restriction_id.eq(restriction_acces::id))
        .filter(examen_restriction::jusqu_au.ge(trace::instant));
    let lignes: Vec<(RestrictionId, At, String, Option<CompteId>, String, String)> = restriction_acces::table
        .inner_join(trace::table.on(trace::patient_id.eq(restriction_acces::patient_id.nullable())))
        .filter(trace::compte_id.is_not_null())
        .filter(trace::resultat.eq(IssueActe::Accepte))
        .filter(trace::instant.ge(restriction_acces::posee_le))
        .filter(restriction_acces::levee_le.is_null().or(restriction_acces::levee_le.ge(trace::instant.nullable())))
        .filter(diesel::dsl::not(exists(couvertes)))
        .order((trace::instant, trace::id))
        .limit(limite)
        .select((restriction_acces::id, trace::instant, trace::acteur, trace::compte_id, trace::action, trace::objet_type))
        .load(op.conn)?;
    let vue = |(restriction_id, instant, acteur, compte_id, action, objet_type): (
        RestrictionId,
        At,
        String,
        Option<CompteId>,
        String,
        String,
    )| { VueRestreinte { restriction_id, instant: instant.0, acteur, compte_id, action, objet_type } };
    Ok(lignes.into_iter().map(vue).collect())
}

pub(super) fn inserer_examen(
    op: &mut Op<'_>,
    restriction: RestrictionId,
    verdict: VerdictExamen,
    commentaire: Option<&str>,
    par: CompteId,
) -> Resultat<()> {
    let id: ExamenRestrictionId = op.id();
    insert_into(examen_restriction::table)
        .values((
            examen_restriction::id.eq(id),
            examen_restriction::restriction_id.eq(restriction),
            examen_restriction::jusqu_au.eq(At(op.maintenant)),
            examen_restriction::verdict.eq(verdict),
            examen_restriction::commentaire.eq(commentaire),
            examen_restriction::examine_par.eq(par),
            examen_restriction::examine_le.eq(At(op.maintenant)),
        ))
        .execute(op.conn)?;
    Ok(())
}
