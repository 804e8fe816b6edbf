//! What an instantané freezes of each list, and the text that its fingerprint is made of.

use super::{Source, liste, listes::Demande};
use crate::metier::infocentre::model::instantane::GenreColonne::{self, Entier, Jour, Moment, Texte, Vrai};

/// Stands for a value that is not there.
pub(in super::super) const RIEN: &str = "~";
/// Parts the values of a row: no text that is typed holds it.
pub(in super::super) const SEPARATEUR: char = '\u{1f}';

/// A list that is frozen.
pub(in super::super) struct Gel {
    /// The table that keeps it.
    table: &'static str,
    /// Its columns, with what they are read by in the list.
    colonnes: &'static [(&'static str, &'static str, GenreColonne)],
    /// The columns that tell its rows apart, in the order in which they are read again.
    ordre: &'static str,
}

const PASSAGES: Gel = Gel {
    table: "instantane_passage",
    colonnes: &[
        ("date_reunion", "x.date_reunion", Jour),
        ("compte_rendu_id", "x.compte_rendu_id", Texte),
        ("patient", "DENSE_RANK() OVER (ORDER BY x.patient_id)", Entier),
        ("reunion_id", "x.reunion_id", Texte),
        ("rcp_id", "x.rcp_id", Texte),
        ("centre_3c_id", "x.centre_3c_id", Texte),
        ("etablissement_id", "x.etablissement_id", Texte),
        ("territoire_id", "x.territoire_id", Texte),
        ("etablissement_demandeur_id", "x.etablissement_demandeur_id", Texte),
        ("theme", "x.theme", Texte),
        ("type_rcp", "x.type_rcp", Texte),
        ("niveau", "x.niveau", Texte),
        ("expertise", "x.expertise", Vrai),
        ("statut_cas", "x.statut_cas", Texte),
        ("motif_report", "x.motif_report", Texte),
        ("age", "x.age", Entier),
        ("sexe", "x.sexe", Texte),
        ("departement", "x.departement", Texte),
        ("localisation", "x.localisation", Texte),
        ("quorum_has", "x.quorum_has", Vrai),
        ("quorum_regle", "x.quorum_regle", Vrai),
        ("quorum_national", "x.quorum_national", Texte),
        ("quorum_regional", "x.quorum_regional", Texte),
        ("double_expertise", "x.double_expertise", Texte),
        ("avec_proposition", "x.avec_proposition", Vrai),
        ("recours_propose", "x.recours_propose", Vrai),
        ("essai_propose", "x.essai_propose", Vrai),
        ("g8", "x.g8", Texte),
        ("g8_demi_points", "x.g8_demi_points", Entier),
        ("geriatrie", "x.geriatrie", Texte),
        ("fertilite", "x.fertilite", Texte),
        ("essai", "x.essai", Texte),
        ("oncogenetique", "x.oncogenetique", Texte),
        ("soins_support", "x.soins_support", Texte),
        ("soins_palliatifs", "x.soins_palliatifs", Texte),
        ("tabac", "x.tabac", Texte),
        ("alcool", "x.alcool", Texte),
        ("completude", "x.completude", Entier),
        ("medecin_traitant", "x.medecin_traitant", Vrai),
        ("delai_inscription", "x.delai_inscription", Entier),
        ("delai_compte_rendu", "x.delai_compte_rendu", Entier),
        ("delai_diagnostic", "x.delai_diagnostic", Entier),
        ("nouveau_region", "x.nouveau", Vrai),
        (
            "nouveau_rcp",
            "NOT EXISTS (SELECT 1 FROM fait_passage a WHERE a.patient_id = x.patient_id AND a.rcp_id = x.rcp_id AND a.courant \
             AND a.statut_cas <> 'reporte' AND a.date_reunion < :premier_jour)",
            Vrai,
        ),
        ("mt_etat", "x.mt_etat", Texte),
        ("mt_canal", "x.mt_canal", Texte),
        ("mt_adresse", "x.mt_adresse", Vrai),
        ("envoye", "x.envoye", Vrai),
        ("delai_envoi", "x.delai_envoi", Entier),
        ("hors_region", "x.hors_region", Vrai),
    ],
    ordre: "x.date_reunion, CAST(x.compte_rendu_id AS TEXT)",
};

const SEANCES: Gel = Gel {
    table: "instantane_seance",
    colonnes: &[
        ("id", "x.id", Texte),
        ("rcp_id", "x.rcp_id", Texte),
        ("etat", "x.etat", Texte),
        ("debut", "x.debut", Moment),
        ("centre_3c_id", "x.centre_3c_id", Texte),
        ("etablissement_id", "x.etablissement_id", Texte),
        ("territoire_id", "x.territoire_id", Texte),
        ("theme", "x.theme", Texte),
        ("type_rcp", "x.type_rcp", Texte),
        ("niveau", "x.niveau", Texte),
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
        ("id", "x.id", Texte),
        ("code", "x.code", Texte),
        ("nom", "x.nom", Texte),
        ("centre_3c_id", "x.centre_3c_id", Texte),
        ("etablissement_id", "x.etablissement_id", Texte),
        ("territoire_id", "x.territoire_id", Texte),
        ("theme", "x.theme", Texte),
        ("type_rcp", "x.type_rcp", Texte),
        ("niveau", "x.niveau", Texte),
    ],
    ordre: "CAST(x.id AS TEXT)",
};

const PARTICIPATIONS: Gel = Gel {
    table: "instantane_participation",
    colonnes: &[
        ("id", "x.id", Texte),
        ("reunion_id", "x.reunion_id", Texte),
        ("rcp_id", "x.rcp_id", Texte),
        ("debut", "x.debut", Moment),
        ("centre_3c_id", "x.centre_3c_id", Texte),
        ("etablissement_id", "x.etablissement_id", Texte),
        ("territoire_id", "x.territoire_id", Texte),
        ("theme", "x.theme", Texte),
        ("type_rcp", "x.type_rcp", Texte),
        ("niveau", "x.niveau", Texte),
        ("praticien_id", "x.praticien_id", Texte),
        ("nom", "x.nom", Texte),
        ("prenom", "x.prenom", Texte),
        ("specialite", "x.specialite", Texte),
        ("mode_exercice", "x.mode_exercice", Texte),
        ("visio", "x.visio", Vrai),
        ("minutes", "x.minutes", Entier),
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

/// Reads a list as it stands, as rows to be frozen under `:instantane`.
pub(in super::super) fn relever(demande: &Demande<'_>, source: Source) -> String {
    let (liste, nom) = liste(demande, source);
    let colonnes: Vec<String> = gel(source).colonnes.iter().map(|(nom, lue, _)| format!("{lue} AS {nom}")).collect();
    format!("WITH {liste} SELECT :instantane AS instantane_id, {} FROM {nom} x", colonnes.join(", "))
}

/// Likewise the deliveries of the versions of the days, by quality, channel and state.
pub(in super::super) const RELEVER_LES_DIFFUSIONS: &str = "SELECT :instantane AS instantane_id, d.qualite, d.canal, d.etat, COUNT(*) AS nombre \
     FROM fait_passage c JOIN diffusion d ON d.compte_rendu_id = c.compte_rendu_id \
     WHERE c.date_reunion BETWEEN :du AND :au GROUP BY d.qualite, d.canal, d.etat";

/// One text a frozen row, in a fixed order: the fingerprint is made of them.
pub(in super::super) fn lignes(source: Source) -> String {
    let Gel { table, colonnes, ordre } = gel(source);
    let textes: Vec<String> = colonnes
        .iter()
        .map(|(nom, _, genre)| match genre {
            Texte | Entier | Jour => format!("COALESCE(CAST(x.{nom} AS TEXT), '{RIEN}')"),
            Vrai => format!("CASE WHEN x.{nom} IS NULL THEN '{RIEN}' WHEN x.{nom} THEN '1' ELSE '0' END"),
            Moment => format!("CAST(secondes_de(x.{nom}) AS TEXT)"),
        })
        .collect();
    format!(
        "SELECT {} AS texte FROM {table} x WHERE x.instantane_id = :instantane ORDER BY {ordre}",
        textes.join(&format!(" || '{SEPARATEUR}' || "))
    )
}

/// The columns of a list, in the order of [`lignes`].
pub(in super::super) fn colonnes(source: Source) -> impl Iterator<Item = (&'static str, GenreColonne)> {
    gel(source).colonnes.iter().map(|(nom, _, genre)| (*nom, *genre))
}

/// Likewise of the deliveries.
pub(in super::super) const LIGNES_DES_DIFFUSIONS: &str = "SELECT qualite || '|' || canal || '|' || etat || '|' || CAST(nombre AS TEXT) AS texte FROM instantane_diffusion \
     WHERE instantane_id = :instantane ORDER BY qualite, canal, etat";
