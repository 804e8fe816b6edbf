//! What an instantané freezes of each list, and the text that its fingerprint is made of.

use super::{
    Source,
    listes::{Demande, entite, participation, passage, seance},
};

/// How a column is written in the text of a fingerprint, the same on both databases.
#[derive(Debug, Clone, Copy)]
enum Genre {
    /// A text, a number, a date, an identifier.
    Valeur,
    /// A truth.
    Vrai,
    /// A moment, to the second.
    Moment,
}

use Genre::{Moment, Valeur, Vrai};

/// A list that is frozen.
pub(in super::super) struct Gel {
    /// The table that keeps it.
    table: &'static str,
    /// Its columns, with what they are read by in the list.
    colonnes: &'static [(&'static str, &'static str, Genre)],
    /// The columns that tell its rows apart, in the order in which they are read again.
    ordre: &'static str,
}

const PASSAGES: Gel = Gel {
    table: "instantane_passage",
    colonnes: &[
        ("date_reunion", "x.date_reunion", Valeur),
        ("compte_rendu_id", "x.compte_rendu_id", Valeur),
        ("patient", "DENSE_RANK() OVER (ORDER BY x.patient_id)", Valeur),
        ("reunion_id", "x.reunion_id", Valeur),
        ("rcp_id", "x.rcp_id", Valeur),
        ("centre_3c_id", "x.centre_3c_id", Valeur),
        ("etablissement_id", "x.etablissement_id", Valeur),
        ("territoire_id", "x.territoire_id", Valeur),
        ("etablissement_demandeur_id", "x.etablissement_demandeur_id", Valeur),
        ("theme", "x.theme", Valeur),
        ("type_rcp", "x.type_rcp", Valeur),
        ("niveau", "x.niveau", Valeur),
        ("expertise", "x.expertise", Vrai),
        ("statut_cas", "x.statut_cas", Valeur),
        ("motif_report", "x.motif_report", Valeur),
        ("age", "x.age", Valeur),
        ("sexe", "x.sexe", Valeur),
        ("departement", "x.departement", Valeur),
        ("localisation", "x.localisation", Valeur),
        ("quorum_has", "x.quorum_has", Vrai),
        ("quorum_regle", "x.quorum_regle", Vrai),
        ("quorum_national", "x.quorum_national", Valeur),
        ("quorum_regional", "x.quorum_regional", Valeur),
        ("double_expertise", "x.double_expertise", Valeur),
        ("avec_proposition", "x.avec_proposition", Vrai),
        ("recours_propose", "x.recours_propose", Vrai),
        ("essai_propose", "x.essai_propose", Vrai),
        ("g8", "x.g8", Valeur),
        ("g8_demi_points", "x.g8_demi_points", Valeur),
        ("geriatrie", "x.geriatrie", Valeur),
        ("fertilite", "x.fertilite", Valeur),
        ("essai", "x.essai", Valeur),
        ("oncogenetique", "x.oncogenetique", Valeur),
        ("soins_support", "x.soins_support", Valeur),
        ("soins_palliatifs", "x.soins_palliatifs", Valeur),
        ("tabac", "x.tabac", Valeur),
        ("alcool", "x.alcool", Valeur),
        ("completude", "x.completude", Valeur),
        ("medecin_traitant", "x.medecin_traitant", Vrai),
        ("delai_inscription", "x.delai_inscription", Valeur),
        ("delai_compte_rendu", "x.delai_compte_rendu", Valeur),
        ("delai_diagnostic", "x.delai_diagnostic", Valeur),
        ("nouveau_region", "x.nouveau", Vrai),
        (
            "nouveau_rcp",
            "NOT EXISTS (SELECT 1 FROM fait_passage a WHERE a.patient_id = x.patient_id AND a.rcp_id = x.rcp_id AND a.courant \
             AND a.statut_cas <> 'reporte' AND a.date_reunion < :premier_jour)",
            Vrai,
        ),
        ("mt_etat", "x.mt_etat", Valeur),
        ("mt_canal", "x.mt_canal", Valeur),
        ("mt_adresse", "x.mt_adresse", Vrai),
        ("envoye", "x.envoye", Vrai),
        ("delai_envoi", "x.delai_envoi", Valeur),
        ("hors_region", "x.hors_region", Vrai),
    ],
    ordre: "x.date_reunion, CAST(x.compte_rendu_id AS TEXT)",
};

const SEANCES: Gel = Gel {
    table: "instantane_seance",
    colonnes: &[
        ("id", "x.id", Valeur),
        ("rcp_id", "x.rcp_id", Valeur),
        ("etat", "x.etat", Valeur),
        ("debut", "x.debut", Moment),
        ("centre_3c_id", "x.centre_3c_id", Valeur),
        ("etablissement_id", "x.etablissement_id", Valeur),
        ("territoire_id", "x.territoire_id", Valeur),
        ("theme", "x.theme", Valeur),
        ("type_rcp", "x.type_rcp", Valeur),
        ("niveau", "x.niveau", Valeur),
        ("visio", "x.visio", Vrai),
        ("discute", "x.discute", Vrai),
        ("sans_has", "x.sans_has", Vrai),
        ("sans_regle", "x.sans_regle", Vrai),
        ("discute_national", "x.discute_national", Vrai),
        ("sans_national", "x.sans_national", Vrai),
        ("discute_regional", "x.discute_regional", Vrai),
        ("sans_regional", "x.sans_regional", Vrai),
    ],
    ordre: "CAST(x.id AS TEXT)",
};

const ENTITES: Gel = Gel {
    table: "instantane_entite",
    colonnes: &[
        ("id", "x.id", Valeur),
        ("code", "x.code", Valeur),
        ("nom", "x.nom", Valeur),
        ("centre_3c_id", "x.centre_3c_id", Valeur),
        ("etablissement_id", "x.etablissement_id", Valeur),
        ("territoire_id", "x.territoire_id", Valeur),
        ("theme", "x.theme", Valeur),
        ("type_rcp", "x.type_rcp", Valeur),
        ("niveau", "x.niveau", Valeur),
    ],
    ordre: "CAST(x.id AS TEXT)",
};

const PARTICIPATIONS: Gel = Gel {
    table: "instantane_participation",
    colonnes: &[
        ("id", "x.id", Valeur),
        ("reunion_id", "x.reunion_id", Valeur),
        ("rcp_id", "x.rcp_id", Valeur),
        ("debut", "x.debut", Moment),
        ("centre_3c_id", "x.centre_3c_id", Valeur),
        ("etablissement_id", "x.etablissement_id", Valeur),
        ("territoire_id", "x.territoire_id", Valeur),
        ("theme", "x.theme", Valeur),
        ("type_rcp", "x.type_rcp", Valeur),
        ("niveau", "x.niveau", Valeur),
        ("praticien_id", "x.praticien_id", Valeur),
        ("nom", "x.nom", Valeur),
        ("prenom", "x.prenom", Valeur),
        ("specialite", "x.specialite", Valeur),
        ("mode_exercice", "x.mode_exercice", Valeur),
        ("visio", "x.visio", Vrai),
        ("minutes", "x.minutes", Valeur),
    ],
    ordre: "CAST(x.id AS TEXT)",
};

const fn gel(source: Source) -> &'static Gel {
    match source {
        Source::Passages => &PASSAGES,
        Source::Seances => &SEANCES,
        Source::Entites => &ENTITES,
        Source::Participations => &PARTICIPATIONS,
    }
}

/// Copies a list, as it stands, under `:instantane`.
pub(in super::super) fn geler(demande: &Demande<'_>, source: Source) -> String {
    let (liste, nom) = match source {
        Source::Passages => (passage(demande), "passage"),
        Source::Seances => (seance(demande), "seance"),
        Source::Entites => (entite(demande), "entite"),
        Source::Participations => (participation(demande), "participation"),
    };
    let Gel { table, colonnes, .. } = gel(source);
    let (noms, lues): (Vec<&str>, Vec<&str>) = colonnes.iter().map(|(nom, lue, _)| (*nom, *lue)).unzip();
    format!("INSERT INTO {table} (instantane_id, {}) WITH {liste} SELECT :instantane, {} FROM {nom} x", noms.join(", "), lues.join(", "))
}

/// Deliveries of the versions of the days, by quality, channel and state, under `:instantane`.
pub(in super::super) const GELER_LES_DIFFUSIONS: &str =
    "INSERT INTO instantane_diffusion (instantane_id, qualite, canal, etat, nombre) \
     SELECT :instantane, d.qualite, d.canal, d.etat, COUNT(*) FROM fait_passage c JOIN diffusion d ON d.compte_rendu_id = c.compte_rendu_id \
     WHERE c.date_reunion BETWEEN :du AND :au GROUP BY d.qualite, d.canal, d.etat";

/// One text a frozen row, in a fixed order: the fingerprint is made of them.
pub(in super::super) fn lignes(source: Source) -> String {
    let Gel { table, colonnes, ordre } = gel(source);
    let textes: Vec<String> = colonnes
        .iter()
        .map(|(nom, _, genre)| match genre {
            Valeur => format!("COALESCE(CAST(x.{nom} AS TEXT), '~')"),
            Vrai => format!("CASE WHEN x.{nom} IS NULL THEN '~' WHEN x.{nom} THEN '1' ELSE '0' END"),
            Moment => format!("CAST(secondes_de(x.{nom}) AS TEXT)"),
        })
        .collect();
    format!("SELECT {} AS texte FROM {table} x WHERE x.instantane_id = :instantane ORDER BY {ordre}", textes.join(" || '|' || "))
}

/// Likewise of the deliveries.
pub(in super::super) const LIGNES_DES_DIFFUSIONS: &str =
    "SELECT qualite || '|' || canal || '|' || etat || '|' || CAST(nombre AS TEXT) AS texte FROM instantane_diffusion \
     WHERE instantane_id = :instantane ORDER BY qualite, canal, etat";
