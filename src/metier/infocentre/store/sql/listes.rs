//! The four lists that everything is counted on: comptes-rendus, meetings, RCP entities, attendances.
//!
//! Each is made of a base, the rows of the days, and of what narrows it: filters and perimeter. The base is either what
//! stands in the tables of the service, or what an instantané froze of it under the same names.

use crate::metier::infocentre::model::{Axe, ClasseAge, Cle, Nouveaux, ObjetCompte, Portee, Selection};

/// Where the rows are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Socle {
    /// In the tables of the service, as they stand.
    Vif,
    /// In the instantané `:instantane`.
    Instantane,
}

/// What is asked of a list.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Demande<'a> {
    pub(in super::super) selection: &'a Selection,
    pub(in super::super) portee: &'a Portee,
    pub(in super::super) socle: Socle,
}

/// The name of the parameter that a filter gives its value by.
pub(in super::super) fn parametre(axe: Axe) -> String {
    format!("f_{axe}")
}

/// The column of the row `l` that an axis reads; `None` for the axes of time, of age, and for everything together.
fn colonne(axe: Axe, l: &str) -> Option<String> {
    let nom = match axe {
        Axe::Region | Axe::Mois | Axe::Trimestre | Axe::Annee | Axe::ClasseAge => return None,
        Axe::Rcp => "rcp_id",
        Axe::Theme => "theme",
        Axe::Centre3c => "centre_3c_id",
        Axe::Etablissement => "etablissement_id",
        Axe::Territoire => "territoire_id",
        Axe::Type => "type_rcp",
        Axe::Niveau => "niveau",
        Axe::Demandeur => "etablissement_demandeur_id",
        Axe::Departement => "departement",
        Axe::Sexe => "sexe",
        Axe::Localisation => "localisation",
        Axe::MotifReport => "motif_report",
        Axe::Specialite => "specialite",
        Axe::ModeExercice => "mode_exercice",
        Axe::Praticien => "praticien_id",
    };
    Some(format!("{l}.{nom}"))
}

/// The value of the axis for the row `l`, whose part of the period is `m`.
pub(super) fn cle(axe: Axe, l: &str) -> String {
    match axe {
        Axe::Region => "'region'".to_owned(),
        Axe::Mois | Axe::Trimestre | Axe::Annee => "m.cle".to_owned(),
        Axe::ClasseAge => {
            let classes: String =
                ClasseAge::TOUS.iter().rev().map(|classe| format!(" WHEN {l}.age >= {} THEN '{classe}'", classe.ages().start())).collect();
            format!("CASE{classes} ELSE '{}' END", ClasseAge::MoinsDe15)
        }
        Axe::Rcp
        | Axe::Theme
        | Axe::Centre3c
        | Axe::Etablissement
        | Axe::Territoire
        | Axe::Type
        | Axe::Niveau
        | Axe::Demandeur
        | Axe::Departement
        | Axe::Sexe
        | Axe::Localisation
        | Axe::MotifReport
        | Axe::Specialite
        | Axe::ModeExercice
        | Axe::Praticien => colonne(axe, l).unwrap_or_default(),
    }
}

/// The list of the parts of the period, when the axis cuts time: a part of a `WITH`.
pub(super) fn tranches(demande: &Demande<'_>, axe: Axe) -> String {
    let Some(pas) = axe.pas() else { return String::new() };
    let rangs = 0..demande.selection.periode.tranches(pas).len();
    let lignes: Vec<String> = rangs.map(|r| format!("(:tranche{r}, :premier{r}, :dernier{r}, :debut{r}, :fin{r})")).collect();
    format!("tranche (cle, premier, dernier, debut, fin) AS (VALUES {}), ", lignes.join(", "))
}

pub(super) fn jointure_tranche(axe: Axe, condition: &str) -> String {
    if axe.pas().is_some() { format!("JOIN tranche m ON {condition}") } else { String::new() }
}

/// What narrows the row `l` of a list: the filters that were given, and what the person sees. The one place that says
/// either.
pub(super) fn conditions(demande: &Demande<'_>, objet: ObjetCompte, l: &str) -> String {
    let filtres = demande.selection.filtres.iter().filter_map(|(axe, cle)| match (cle, colonne(*axe, l)) {
        (Cle::Ages(classe), _) => Some(format!(" AND {l}.age BETWEEN {} AND {}", classe.ages().start(), classe.ages().end())),
        // The days are narrowed already.
        (Cle::Tranche(_), _) | (_, None) => None,
        (Cle::Aucune, Some(colonne)) => Some(format!(" AND {colonne} IS NULL")),
        (Cle::Identifiant(_) | Cle::Texte(_), Some(colonne)) => Some(format!(" AND {colonne} = :{}", parametre(*axe))),
    });
    let portee = match demande.portee {
        Portee::Region => String::new(),
        Portee::Parties { .. } => format!(
            " AND ({l}.rcp_id IN (:vus_rcp) OR {l}.centre_3c_id IN (:vus_centres) OR {l}.etablissement_id IN (:vus_etablissements) \
             OR {l}.rcp_id IN (SELECT v.rcp_id FROM rcp_etablissement v WHERE v.etablissement_id IN (:vus_etablissements)))"
        ),
    };
    if demande.selection.compte(objet) { filtres.chain([portee]).collect() } else { " AND FALSE".to_owned() }
}

/// The current comptes-rendus of the days, where they stood when they were validated, and what became of them for the
/// médecin traitant.
pub(super) fn passage(demande: &Demande<'_>) -> String {
    match demande.socle {
        Socle::Vif => passage_vif(demande),
        Socle::Instantane => format!(
            "passage AS NOT MATERIALIZED (
                SELECT c.*, c.compte_rendu_id AS id, c.patient AS patient_id, c.{nouveau} AS nouveau
                FROM instantane_passage c
                WHERE c.instantane_id = :instantane AND c.date_reunion BETWEEN :du AND :au{conditions}
            )",
            nouveau = match demande.selection.nouveaux {
                Nouveaux::Region => "nouveau_region",
                Nouveaux::Rcp => "nouveau_rcp",
            },
            conditions = conditions(demande, ObjetCompte::Passage, "c"),
        ),
    }
}

fn passage_vif(demande: &Demande<'_>) -> String {
    let meme_rcp = match demande.selection.nouveaux {
        Nouveaux::Region => "",
        Nouveaux::Rcp => " AND a.rcp_id = c.rcp_id",
    };
    format!(
        "passage AS NOT MATERIALIZED (
            SELECT c.*, c.compte_rendu_id AS id,
                NOT EXISTS (
                    SELECT 1 FROM fait_passage a
                    WHERE a.patient_id = c.patient_id{meme_rcp} AND a.courant AND a.statut_cas <> 'reporte'
                        AND a.date_reunion < :premier_jour
                ) AS nouveau,
                d.etat AS mt_etat, d.canal AS mt_canal, d.adresse IS NOT NULL AS mt_adresse,
                COALESCE(d.etat IN ('acceptee', 'remise', 'lue', 'integree', 'postee'), FALSE) AS envoye,
                (secondes_de(d.envoyee_le) - secondes_de(c.valide_le)) / 86400 AS delai_envoi,
                CASE WHEN c.departement IS NULL THEN NULL
                    ELSE SUBSTR(c.departement, 1, 2) NOT IN (SELECT SUBSTR(e.finess, 1, 2) FROM etablissement e) END AS hors_region
            FROM fait_passage c
            LEFT JOIN diffusion d ON d.compte_rendu_id = c.compte_rendu_id AND d.qualite = 'medecin_traitant'
            WHERE c.courant AND c.date_reunion BETWEEN :du AND :au{conditions}
        )",
        conditions = conditions(demande, ObjetCompte::Passage, "c"),
    )
}

/// The meetings of the days with where they stand: where their comptes-rendus do, or where their RCP does when they have
/// none. A meeting that `etats` does not name is left out.
fn tenues(etats: &str) -> String {
    format!(
        "SELECT r.id, r.rcp_id, r.etat, r.debut, r.fin,
            COALESCE(f.centre_3c_id, p.centre_3c_id) AS centre_3c_id,
            COALESCE(f.etablissement_id, p.etablissement_id) AS etablissement_id,
            CASE WHEN f.compte_rendu_id IS NULL THEN o.territoire_id ELSE f.territoire_id END AS territoire_id,
            COALESCE(f.theme, p.theme) AS theme,
            COALESCE(f.type_rcp, p.type_rcp) AS type_rcp,
            COALESCE(f.niveau, p.niveau) AS niveau
        FROM reunion r
        JOIN rcp p ON p.id = r.rcp_id
        JOIN etablissement o ON o.id = p.etablissement_id
        LEFT JOIN fait_passage f ON f.compte_rendu_id = (
            SELECT c.compte_rendu_id FROM fait_passage c WHERE c.reunion_id = r.id AND c.courant ORDER BY c.compte_rendu_id LIMIT 1
        )
        WHERE r.etat IN ({etats}) AND r.debut >= :debut AND r.debut < :fin"
    )
}

/// The meetings of the days, held or cancelled.
pub(super) fn seance(demande: &Demande<'_>) -> String {
    let base = match demande.socle {
        Socle::Vif => seances_vives(),
        Socle::Instantane => {
            "SELECT * FROM instantane_seance WHERE instantane_id = :instantane AND debut >= :debut AND debut < :fin".to_owned()
        }
    };
    format!(
        "seance AS NOT MATERIALIZED (
            SELECT s.* FROM ({base}) s WHERE TRUE{conditions}
        )",
        conditions = conditions(demande, ObjetCompte::Reunion, "s"),
    )
}

fn seances_vives() -> String {
    let discute = "SELECT 1 FROM fait_passage q
                    WHERE q.reunion_id = s.id AND q.courant AND q.statut_cas = 'discute' AND NOT q.expertise";
    format!(
        "SELECT s.id, s.rcp_id, s.etat, s.debut, s.centre_3c_id, s.etablissement_id, s.territoire_id, s.theme, s.type_rcp, s.niveau,
                EXISTS (SELECT 1 FROM presence v WHERE v.reunion_id = s.id AND v.statut = 'visio') AS visio,
                EXISTS ({discute}) AS discute,
                EXISTS ({discute} AND q.quorum_has IS NOT TRUE) AS sans_has,
                EXISTS ({discute} AND q.quorum_regle IS NOT TRUE) AS sans_regle,
                EXISTS ({discute} AND q.quorum_national IS NOT NULL) AS discute_national,
                EXISTS ({discute} AND q.quorum_national <> 'atteint') AS sans_national,
                EXISTS ({discute} AND q.quorum_regional IS NOT NULL) AS discute_regional,
                EXISTS ({discute} AND q.quorum_regional <> 'atteint') AS sans_regional
            FROM ({tenues}) s",
        tenues = tenues("'close', 'validee', 'annulee'"),
    )
}

/// The attendances of the days: who was in the room or by videoconference at a meeting that was held, and for how long.
pub(super) fn participation(demande: &Demande<'_>) -> String {
    let base = match demande.socle {
        Socle::Vif => participations_vives(),
        Socle::Instantane => {
            "SELECT * FROM instantane_participation WHERE instantane_id = :instantane AND debut >= :debut AND debut < :fin".to_owned()
        }
    };
    format!(
        "participation AS NOT MATERIALIZED (
            SELECT s.* FROM ({base}) s WHERE TRUE{conditions}
        )",
        conditions = conditions(demande, ObjetCompte::Participation, "s"),
    )
}

fn participations_vives() -> String {
    format!(
        "SELECT v.id, t.id AS reunion_id, t.rcp_id, t.debut, t.centre_3c_id, t.etablissement_id, t.territoire_id, t.theme,
                    t.type_rcp, t.niveau, v.praticien_id, a.nom, a.prenom, a.specialite, a.mode_exercice, v.statut = 'visio' AS visio,
                    CASE WHEN COALESCE(v.depart, t.fin) > COALESCE(v.arrivee, t.debut)
                        THEN (secondes_de(COALESCE(v.depart, t.fin)) - secondes_de(COALESCE(v.arrivee, t.debut))) / 60
                        ELSE 0 END AS minutes
                FROM ({tenues}) t
                JOIN presence v ON v.reunion_id = t.id AND v.statut IN ('present', 'visio')
                JOIN praticien a ON a.id = v.praticien_id",
        tenues = tenues("'close', 'validee'"),
    )
}

/// The RCP entities that the directory holds.
pub(super) fn entite(demande: &Demande<'_>) -> String {
    let base = match demande.socle {
        Socle::Vif => {
            "SELECT p.id, p.id AS rcp_id, p.code, p.nom, p.centre_3c_id, p.etablissement_id, o.territoire_id, p.theme, p.type_rcp, p.niveau
                FROM rcp p
                JOIN etablissement o ON o.id = p.etablissement_id
                WHERE p.etat = 'validee'"
        }
        Socle::Instantane => "SELECT e.*, e.id AS rcp_id FROM instantane_entite e WHERE e.instantane_id = :instantane",
    };
    format!(
        "entite AS NOT MATERIALIZED (
            SELECT s.* FROM ({base}) s WHERE TRUE{conditions}
        )",
        conditions = conditions(demande, ObjetCompte::Entite, "s"),
    )
}
