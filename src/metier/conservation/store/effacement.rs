//! Erases every row of a patient, in the order that references ask for.

use super::super::model::PierreTombale;
use crate::{
    db::{
        Op,
        requete::{Requete, Valeur},
        schema::pierre_tombale as t,
        types::{At, Id},
    },
    kernel::{Resultat, ids::PatientId},
    on_either,
};
use diesel::{insert_into, prelude::*, sql_types::Text};
use uuid::Uuid;

/// The identifiers of what belongs to the patients `:patients`: jobs and kept answers name them.
const OBJETS: &str = "SELECT CAST(id AS TEXT) AS texte FROM dossier WHERE patient_id IN (:patients) \
     UNION SELECT CAST(id AS TEXT) FROM fiche WHERE patient_id IN (:patients) \
     UNION SELECT CAST(id AS TEXT) FROM inscription WHERE patient_id IN (:patients) \
     UNION SELECT CAST(id AS TEXT) FROM compte_rendu WHERE patient_id IN (:patients) \
     UNION SELECT CAST(id AS TEXT) FROM diffusion WHERE patient_id IN (:patients) \
     UNION SELECT CAST(id AS TEXT) FROM programme WHERE patient_id IN (:patients) \
     UNION SELECT CAST(id AS TEXT) FROM opposition WHERE patient_id IN (:patients) \
     UNION SELECT CAST(id AS TEXT) FROM demande_droit WHERE patient_id IN (:patients) \
     UNION SELECT CAST(id AS TEXT) FROM patient WHERE id IN (:patients)";

/// What is erased, children before parents. The database lets what is immutable go only under a tombstone.
const EFFACEMENTS: [&str; 39] = [
    "transition_diffusion WHERE diffusion_id IN (SELECT id FROM diffusion WHERE patient_id IN (:patients))",
    "retour WHERE diffusion_id IN (SELECT id FROM diffusion WHERE patient_id IN (:patients))",
    "tentative WHERE diffusion_id IN (SELECT id FROM diffusion WHERE patient_id IN (:patients))",
    "diffusion WHERE patient_id IN (:patients)",
    "registre_diffusion WHERE compte_rendu_id IN (SELECT id FROM compte_rendu WHERE patient_id IN (:patients))",
    "registre_diffusion WHERE programme_id IN (SELECT id FROM programme WHERE patient_id IN (:patients))",
    "gabarit_echec WHERE compte_rendu_id IN (SELECT id FROM compte_rendu WHERE patient_id IN (:patients))",
    "document WHERE compte_rendu_id IN (SELECT id FROM compte_rendu WHERE patient_id IN (:patients))",
    "document WHERE programme_id IN (SELECT id FROM programme WHERE patient_id IN (:patients))",
    "programme WHERE patient_id IN (:patients)",
    "fait_passage WHERE patient_id IN (:patients)",
    "compte_rendu WHERE patient_id IN (:patients)",
    "alerte WHERE patient_id IN (:patients)",
    "avis_ecrit WHERE inscription_id IN (SELECT id FROM inscription WHERE patient_id IN (:patients))",
    "inscription WHERE patient_id IN (:patients)",
    "fiche WHERE patient_id IN (:patients)",
    "dossier WHERE patient_id IN (:patients)",
    "opposition WHERE patient_id IN (:patients)",
    "lien_patient WHERE patient_id IN (:patients)",
    "bris_de_glace WHERE patient_id IN (:patients)",
    "designation_patient WHERE patient_id IN (:patients)",
    "examen_restriction WHERE restriction_id IN (SELECT id FROM restriction_acces WHERE patient_id IN (:patients))",
    "restriction_personne WHERE restriction_id IN (SELECT id FROM restriction_acces WHERE patient_id IN (:patients))",
    "restriction_acces WHERE patient_id IN (:patients)",
    "patient_correspondant WHERE patient_id IN (:patients)",
    "patient_identifiant WHERE patient_id IN (:patients)",
    "demande_envoi_patient WHERE patient_id IN (:patients)",
    "demande_droit WHERE patient_id IN (:patients)",
    "gel_conservation WHERE patient_id IN (:patients)",
    "historique_identite WHERE patient_id IN (:patients)",
    "doublon WHERE premier_id IN (:patients)",
    "doublon WHERE second_id IN (:patients)",
    "deplacement WHERE rapprochement_id IN (SELECT id FROM rapprochement WHERE conserve_id IN (:patients))",
    "deplacement WHERE rapprochement_id IN (SELECT id FROM rapprochement WHERE absorbe_id IN (:patients))",
    "rapprochement WHERE conserve_id IN (:patients)",
    "rapprochement WHERE absorbe_id IN (:patients)",
    "deplacement WHERE de_id IN (:patients)",
    "deplacement WHERE vers_id IN (:patients)",
    "patient WHERE id IN (:patients)",
];

#[derive(QueryableByName)]
struct Objet {
    #[diesel(sql_type = Text)]
    texte: String,
}

/// Writes tombstones down; those that are there already stay as they are.
pub(in super::super) fn inhumer(op: &mut Op<'_>, pierres: &[PierreTombale]) -> Resultat<()> {
    for pierre in pierres {
        let id: Uuid = op.id();
        let ligne = (
            t::id.eq(Id(id)),
            t::patient_id.eq(pierre.patient_id),
            t::purgee_le.eq(At(pierre.purgee_le)),
            t::regle.eq(pierre.regle),
            t::empreinte.eq(&pierre.empreinte),
        );
        on_either!(op.conn, |c| insert_into(t::table).values(ligne).on_conflict_do_nothing().execute(c))?;
    }
    Ok(())
}

/// Erases every row of patients who have their tombstone.
pub(in super::super) fn effacer(op: &mut Op<'_>, patients: &[PatientId]) -> Resultat<()> {
    let valeurs: Vec<Valeur> = patients.iter().map(|id| Valeur::Identifiant(id.uuid())).collect();
    let requete = |texte: String| Requete::new(texte).avec_liste("patients", valeurs.clone());
    let objets: Vec<Objet> = requete(OBJETS.to_owned()).charger(op.conn)?;
    for objet in objets {
        for (tableau, colonne) in [("job", "charge"), ("idempotence", "reponse")] {
            Requete::new(format!("DELETE FROM {tableau} WHERE CAST({colonne} AS TEXT) LIKE :motif"))
                .avec("motif", Valeur::Texte(format!("%{}%", objet.texte)))
                .executer(op.conn)?;
        }
    }
    EFFACEMENTS.iter().try_for_each(|quoi| requete(format!("DELETE FROM {quoi}")).executer(op.conn).map(drop))
}
