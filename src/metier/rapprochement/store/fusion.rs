//! Moves the rows of one patient to another, and back, each move written down.
//!
//! The statements are written by hand: they say the same of a dozen tables, which the query builder cannot.

use super::super::model::Rapprochement;
use crate::{
    db::{
        Op,
        requete::{Requete, Valeur},
        schema::{demande_envoi_patient, deplacement, rapprochement as r, restriction_acces},
        types::{At, Json},
    },
    kernel::{
        Panne, Resultat,
        ids::{CompteId, DossierId, OppositionId, PatientId, RapprochementId},
    },
};
use diesel::{dsl::count_star, insert_into, prelude::*, sql_types::Text, update};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// A table whose rows belong to a patient, and what tells one of its rows from another.
struct Tableau {
    nom: &'static str,
    /// The key of a row, as text.
    cle: &'static str,
    /// Columns that a patient has once: such a row stays where the other patient has one already.
    unique: &'static [&'static str],
    /// How to find the rows of a set of dossiers, `:dossiers`; those that the patient alone has say nothing.
    du_dossier: Option<&'static str>,
}

/// Every table with a column `patient_id` but those that say what happened (`trace`, `alerte_acces`, `historique_identite`), those
/// that speak of the patient after the rows are gone (`purge`, `pierre_tombale`), the tokens of a few minutes
/// (`designation_patient`) and `demande_envoi_patient`, moved by hand.
/// A test compares this list with the schema.
const TABLEAUX: [Tableau; 16] = [
    Tableau { nom: "dossier", cle: "CAST(t.id AS TEXT)", unique: &[], du_dossier: Some("t.id IN (:dossiers)") },
    Tableau { nom: "fiche", cle: "CAST(t.id AS TEXT)", unique: &[], du_dossier: Some("t.dossier_id IN (:dossiers)") },
    Tableau { nom: "inscription", cle: "CAST(t.id AS TEXT)", unique: &[], du_dossier: Some("t.dossier_id IN (:dossiers)") },
    Tableau {
        nom: "alerte",
        cle: "CAST(t.id AS TEXT)",
        unique: &[],
        du_dossier: Some("t.inscription_id IN (SELECT i.id FROM inscription i WHERE i.dossier_id IN (:dossiers))"),
    },
    Tableau { nom: "compte_rendu", cle: "CAST(t.id AS TEXT)", unique: &[], du_dossier: Some("t.dossier_id IN (:dossiers)") },
    Tableau {
        nom: "fait_passage",
        cle: "CAST(t.compte_rendu_id AS TEXT)",
        unique: &[],
        du_dossier: Some("t.compte_rendu_id IN (SELECT c.id FROM compte_rendu c WHERE c.dossier_id IN (:dossiers))"),
    },
    Tableau {
        nom: "diffusion",
        cle: "CAST(t.id AS TEXT)",
        unique: &[],
        du_dossier: Some(
            "(t.compte_rendu_id IN (SELECT c.id FROM compte_rendu c WHERE c.dossier_id IN (:dossiers)) \
             OR t.programme_id IN (SELECT p.id FROM programme p WHERE p.dossier_id IN (:dossiers)))",
        ),
    },
    Tableau { nom: "programme", cle: "CAST(t.id AS TEXT)", unique: &[], du_dossier: Some("t.dossier_id IN (:dossiers)") },
    Tableau { nom: "opposition", cle: "CAST(t.id AS TEXT)", unique: &[], du_dossier: None },
    Tableau { nom: "demande_droit", cle: "CAST(t.id AS TEXT)", unique: &[], du_dossier: None },
    Tableau { nom: "gel_conservation", cle: "CAST(t.id AS TEXT)", unique: &[], du_dossier: None },
    Tableau { nom: "restriction_acces", cle: "CAST(t.id AS TEXT)", unique: &[], du_dossier: None },
    Tableau { nom: "bris_de_glace", cle: "CAST(t.id AS TEXT)", unique: &[], du_dossier: None },
    Tableau { nom: "patient_correspondant", cle: "CAST(t.id AS TEXT)", unique: &["praticien_id"], du_dossier: None },
    Tableau { nom: "patient_identifiant", cle: "CAST(t.etablissement_id AS TEXT)", unique: &["etablissement_id"], du_dossier: None },
    Tableau {
        nom: "lien_patient",
        cle: "CAST(t.sujet_id AS TEXT) || ' ' || t.motif || ' ' || CAST(t.origine_id AS TEXT)",
        unique: &["sujet_id", "motif", "origine_id"],
        du_dossier: Some(
            "(t.origine_id IN (:dossiers) OR t.origine_id IN (SELECT i.id FROM inscription i WHERE i.dossier_id IN (:dossiers)))",
        ),
    },
];

/// The tables that a merge moves.
#[must_use]
pub fn tableaux() -> Vec<&'static str> {
    TABLEAUX.iter().map(|tableau| tableau.nom).chain(["demande_envoi_patient"]).collect()
}

/// Which way rows go.
#[derive(Clone, Copy)]
pub(in super::super) struct Trajet {
    pub(in super::super) rapprochement: RapprochementId,
    pub(in super::super) sens: &'static str,
    pub(in super::super) de: PatientId,
    pub(in super::super) vers: PatientId,
}

impl Trajet {
    fn requete(self, texte: String) -> Requete {
        Requete::new(texte)
            .avec("rapprochement", Valeur::Identifiant(self.rapprochement.uuid()))
            .avec("sens", Valeur::Texte(self.sens.to_owned()))
            .avec("de", Valeur::Identifiant(self.de.uuid()))
            .avec("vers", Valeur::Identifiant(self.vers.uuid()))
    }
}

/// Moves the rows of a table that meet a condition, after it has written each move down: the database lets a
/// validated document change its patient only so.
fn deplacer(op: &mut Op<'_>, trajet: Trajet, tableau: &Tableau, condition: &str, parametres: &[(&str, Vec<Valeur>)]) -> Resultat<()> {
    let Tableau { nom, cle, unique, .. } = tableau;
    let mut ou = format!("t.patient_id = :de AND ({condition})");
    if !unique.is_empty() {
        let memes: Vec<String> = unique.iter().map(|colonne| format!("k.{colonne} = t.{colonne}")).collect();
        ou.push_str(&format!(" AND NOT EXISTS (SELECT 1 FROM {nom} k WHERE k.patient_id = :vers AND {})", memes.join(" AND ")));
    }
    let avec = |requete: Requete| parametres.iter().fold(requete, |r, (nom, valeurs)| r.avec_liste(*nom, valeurs.clone()));
    let noter = format!(
        "INSERT INTO deplacement (rapprochement_id, sens, tableau, cle, de_id, vers_id) \
         SELECT :rapprochement, :sens, '{nom}', {cle}, :de, :vers FROM {nom} t WHERE {ou}"
    );
    avec(trajet.requete(noter)).executer(op.conn)?;
    let bouger = format!(
        "UPDATE {nom} AS t SET patient_id = :vers WHERE t.patient_id = :de AND EXISTS (SELECT 1 FROM deplacement m \
         WHERE m.rapprochement_id = :rapprochement AND m.sens = :sens AND m.tableau = '{nom}' AND m.cle = {cle})"
    );
    trajet.requete(bouger).executer(op.conn).map(drop)
}

/// How many of these patients are restricted to named people.
pub(in super::super) fn restrictions(op: &mut Op<'_>, patients: [PatientId; 2]) -> Resultat<i64> {
    let en_vigueur = restriction_acces::table.filter(restriction_acces::levee_le.is_null());
    Ok(en_vigueur.filter(restriction_acces::patient_id.eq_any(patients.to_vec())).select(count_star()).first(op.conn)?)
}

/// Moves everything that follows a patient.
pub(in super::super) fn tout_deplacer(op: &mut Op<'_>, trajet: Trajet) -> Resultat<()> {
    TABLEAUX.iter().try_for_each(|tableau| deplacer(op, trajet, tableau, "1 = 1", &[]))
}

/// Brings back what a merge moved, what belongs to the dossiers that go back, and what was chosen.
pub(in super::super) fn ramener(op: &mut Op<'_>, retour: Trajet, dossiers: &[DossierId], oppositions: &[OppositionId]) -> Resultat<()> {
    let choisies: Vec<Valeur> = oppositions.iter().map(|id| Valeur::Identifiant(id.uuid())).collect();
    let mut siens: Vec<Valeur> = dossiers.iter().map(|id| Valeur::Identifiant(id.uuid())).collect();
    siens.extend(dossiers_deplaces(op, retour)?.into_iter().map(Valeur::Identifiant));
    for tableau in &TABLEAUX {
        let deplacee = format!(
            "EXISTS (SELECT 1 FROM deplacement m WHERE m.rapprochement_id = :rapprochement AND m.sens = 'fusion' \
             AND m.tableau = '{}' AND m.cle = {})",
            tableau.nom, tableau.cle
        );
        let condition = match (tableau.du_dossier, tableau.nom) {
            (Some(du_dossier), "lien_patient") => format!("{deplacee} OR {du_dossier}"),
            (Some(du_dossier), _) => du_dossier.to_owned(),
            (None, "opposition") => format!("{deplacee} OR t.id IN (:choisies)"),
            (None, _) => deplacee,
        };
        deplacer(op, retour, tableau, &condition, &[("dossiers", siens.clone()), ("choisies", choisies.clone())])?;
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Cle {
    #[diesel(sql_type = Text)]
    cle: String,
}

/// The dossiers that a merge moved and that are still where it moved them.
fn dossiers_deplaces(op: &mut Op<'_>, retour: Trajet) -> Resultat<Vec<Uuid>> {
    let texte = "SELECT m.cle AS cle FROM deplacement m JOIN dossier t ON CAST(t.id AS TEXT) = m.cle \
                 WHERE m.rapprochement_id = :rapprochement AND m.sens = 'fusion' AND m.tableau = 'dossier' AND t.patient_id = :de";
    let cles: Vec<Cle> = retour.requete(texte.to_owned()).charger(op.conn)?;
    let lire = |cle: Cle| Uuid::parse_str(&cle.cle).map_err(|e| Panne::new("déplacement d'un dossier", e).into());
    cles.into_iter().map(lire).collect()
}

/// True when all those dossiers and oppositions are with a patient.
pub(in super::super) fn appartiennent(
    op: &mut Op<'_>,
    patient: PatientId,
    dossiers: &[DossierId],
    oppositions: &[OppositionId],
) -> Resultat<bool> {
    use crate::db::schema::{dossier, opposition};
    let combien = |nombre: usize| i64::try_from(nombre).unwrap_or(i64::MAX);
    let mut uniques: Vec<DossierId> = dossiers.to_vec();
    uniques.sort_unstable();
    uniques.dedup();
    let siens: i64 =
        dossier::table.filter(dossier::patient_id.eq(patient)).filter(dossier::id.eq_any(uniques.clone())).count().get_result(op.conn)?;
    let mut choisies: Vec<OppositionId> = oppositions.to_vec();
    choisies.sort_unstable();
    choisies.dedup();
    let siennes: i64 = opposition::table
        .filter(opposition::patient_id.eq(patient))
        .filter(opposition::id.eq_any(choisies.clone()))
        .count()
        .get_result(op.conn)?;
    Ok(siens == combien(uniques.len()) && siennes == combien(choisies.len()))
}

/// What a merge did to the demand of a patient to receive the documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in super::super) enum DemandeEnvoi {
    /// The absorbed patient had none.
    Rien,
    /// It followed.
    Suivie,
    /// Both had one, and the kept one stays as it was.
    Gardee,
    /// Both had one; that of the kept patient gave way to the refusal of the other, at that version.
    Refusee {
        /// Version after the change.
        version: i64,
    },
}

/// Brings the demands of two patients together: the refusal of either holds.
pub(in super::super) fn unir_les_demandes(op: &mut Op<'_>, trajet: Trajet) -> Resultat<DemandeEnvoi> {
    use demande_envoi_patient as e;
    type Ligne = (bool, i64);
    let mut lire =
        |id: PatientId| -> Resultat<Option<Ligne>> { Ok(e::table.find(id).select((e::demandee, e::version)).first(op.conn).optional()?) };
    let (sienne, autre) = (lire(trajet.vers)?, lire(trajet.de)?);
    match (sienne, autre) {
        (_, None) => Ok(DemandeEnvoi::Rien),
        (None, Some(_)) => {
            update(e::table.find(trajet.de)).set(e::patient_id.eq(trajet.vers)).execute(op.conn)?;
            Ok(DemandeEnvoi::Suivie)
        }
        (Some((true, version)), Some((false, _))) => {
            update(e::table.find(trajet.vers)).set((e::demandee.eq(false), e::version.eq(version + 1))).execute(op.conn)?;
            Ok(DemandeEnvoi::Refusee { version: version + 1 })
        }
        (Some(_), Some(_)) => Ok(DemandeEnvoi::Gardee),
    }
}

/// Undoes [`unir_les_demandes`], unless the patient has decided since.
pub(in super::super) fn separer_les_demandes(op: &mut Op<'_>, retour: Trajet, demande: &DemandeEnvoi) -> Resultat<()> {
    use demande_envoi_patient as e;
    match demande {
        DemandeEnvoi::Rien | DemandeEnvoi::Gardee => {}
        DemandeEnvoi::Suivie => {
            update(e::table.find(retour.de)).set(e::patient_id.eq(retour.vers)).execute(op.conn)?;
        }
        DemandeEnvoi::Refusee { version } => {
            update(e::table.find(retour.de).filter(e::version.eq(*version)))
                .set((e::demandee.eq(true), e::version.eq(version + 1)))
                .execute(op.conn)?;
        }
    }
    Ok(())
}

/// Writes a merge down, before anything moves.
pub(in super::super) fn inserer(op: &mut Op<'_>, trajet: Trajet, motif: &str, avant: Value) -> Resultat<()> {
    insert_into(r::table)
        .values((
            r::id.eq(trajet.rapprochement),
            r::conserve_id.eq(trajet.vers),
            r::absorbe_id.eq(trajet.de),
            r::motif.eq(motif),
            r::avant.eq(Json(avant)),
            r::fait_par.eq(op.acteur.compte),
            r::acteur.eq(&op.acteur.nom),
            r::fait_le.eq(At(op.maintenant)),
        ))
        .execute(op.conn)?;
    Ok(())
}

/// Writes down what undoing the merge must know.
pub(in super::super) fn garder_avant(op: &mut Op<'_>, id: RapprochementId, avant: Value) -> Resultat<()> {
    update(r::table.find(id)).set(r::avant.eq(Json(avant))).execute(op.conn)?;
    Ok(())
}

/// Writes down that a merge was undone; zero rows when it already was.
pub(in super::super) fn defaire(op: &mut Op<'_>, id: RapprochementId, motif: &str) -> Resultat<usize> {
    Ok(update(r::table.find(id).filter(r::defait_le.is_null()))
        .set((r::defait_par.eq(op.acteur.compte), r::defait_le.eq(Some(At(op.maintenant))), r::motif_separation.eq(Some(motif))))
        .execute(op.conn)?)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = r)]
struct Ligne {
    id: RapprochementId,
    conserve_id: PatientId,
    absorbe_id: PatientId,
    motif: String,
    avant: Json,
    fait_par: Option<CompteId>,
    acteur: String,
    fait_le: At,
    defait_par: Option<CompteId>,
    defait_le: Option<At>,
    motif_separation: Option<String>,
}

fn lire(op: &mut Op<'_>, l: Ligne) -> Resultat<(Rapprochement, Value)> {
    let deplaces: Vec<(String, i64)> = deplacement::table
        .filter(deplacement::rapprochement_id.eq(l.id))
        .filter(deplacement::sens.eq("fusion"))
        .group_by(deplacement::tableau)
        .select((deplacement::tableau, count_star()))
        .load(op.conn)?;
    let rapprochement = Rapprochement {
        id: l.id,
        conserve_id: l.conserve_id,
        absorbe_id: l.absorbe_id,
        motif: l.motif,
        fait_par: l.fait_par,
        acteur: l.acteur,
        fait_le: l.fait_le.0,
        defait_par: l.defait_par,
        defait_le: l.defait_le.map(|at| at.0),
        motif_separation: l.motif_separation,
        deplaces: deplaces.into_iter().collect(),
    };
    Ok((rapprochement, l.avant.0))
}

/// A merge, and what undoing it must know.
pub(in super::super) fn trouver(op: &mut Op<'_>, id: RapprochementId) -> Resultat<Option<(Rapprochement, Value)>> {
    let ligne = r::table.find(id).select(Ligne::as_select()).first::<Ligne>(op.conn).optional()?;
    ligne.map(|ligne| lire(op, ligne)).transpose()
}

/// The merges whose kept patient is that one, the latest first.
pub(in super::super) fn du_patient(op: &mut Op<'_>, conserve: PatientId) -> Resultat<Vec<Rapprochement>> {
    let lignes: Vec<Ligne> =
        r::table.filter(r::conserve_id.eq(conserve)).order((r::fait_le.desc(), r::id.desc())).select(Ligne::as_select()).load(op.conn)?;
    lignes.into_iter().map(|ligne| Ok(lire(op, ligne)?.0)).collect()
}
