//! The kinds of RCP: how many there are, how often they meet, what they discuss and who sits in them.
//!
//! Shares follow the report of activity where it gives them (organ, paediatric RCP); the rest is an order of magnitude. Real
//! kinds of the national referential: by organ, transversal, de recours by category, rare cancers by network, paediatric.

use super::compositions::{
    C_DER, C_DIG, C_END, C_FERT, C_GEN, C_GYN, C_HEM, C_METOS, C_NEU, C_ORL, C_R_DIG, C_R_GYN, C_R_HEM, C_R_ORL, C_R_THO, C_R_URO, C_RARE,
    C_RCPPI_HEM, C_RCPPI_PP, C_RCPPI_SNC, C_RCPPI_VISC, C_RI, C_SENO, C_THO, C_URO, CANCERS, E_DER, E_DIG, E_DOUL, E_END, E_FERT, E_GEN,
    E_GYN, E_HEM, E_METOS, E_MOL, E_NEU, E_OGER, E_ONCO, E_ORL, E_R_DIG, E_R_ORL, E_R_THO, E_R_URO, E_RARE, E_RCPPI_VISC, E_SENO, E_SUPP,
    E_THO, E_URO, Place,
};
use crate::{
    demo::plans::Objet,
    metier::rcp::model::{CategorieRecours, TypeRcp},
};

/// A kind of RCP.
#[derive(Debug)]
pub(super) struct Genre {
    /// Beginning of the codes.
    pub(super) prefixe: &'static str,
    /// Name.
    pub(super) nom: &'static str,
    /// Theme.
    pub(super) theme: &'static str,
    /// Type.
    pub(super) type_rcp: TypeRcp,
    /// Category of an RCP de recours.
    pub(super) categorie: Option<CategorieRecours>,
    /// Networks of the RCP of rare cancers, one each.
    pub(super) reseaux: &'static [&'static str],
    /// What it bears on.
    pub(super) objet: Objet,
    /// Quorum rule.
    pub(super) regle: &'static str,
    /// Fiche model; that of the cancer when it is not said.
    pub(super) modele: Option<&'static str>,
    /// Cancers that it discusses, by frequency.
    pub(super) localisations: &'static [(&'static str, f64)],
    /// Who sits in it, the coordinator first.
    pub(super) equipe: &'static [Place],
    /// Counted apart as an expertise RCP.
    pub(super) expertise: bool,
    /// For children.
    pub(super) enfants: bool,
    /// Youngest age of its adults.
    pub(super) age_minimal: i64,
    /// RCP of that kind in the region.
    pub(super) nombre: usize,
    /// Meetings of one of them in a year.
    pub(super) reunions: f64,
    /// Share of the comptes-rendus of the region, per thousand.
    pub(super) part: f64,
}

/// Labelled national networks that hold an RCP in the region.
const RESEAUX: &[&str] = &["NETSARC+", "RENOCLIP-LOC", "LYMPHOPATH", "TMRG", "CARADERM", "RYTHMIC", "RENAPE", "ENDOCAN", "REFCOR"];

/// A kind by organ, under the ordinary quorum rule.
const fn organe(
    prefixe: &'static str,
    nom: &'static str,
    theme: &'static str,
    (appareil, organe): (&'static str, &'static str),
    (nombre, reunions, part): (usize, f64, f64),
    (localisations, equipe): (&'static [(&'static str, f64)], &'static [Place]),
) -> Genre {
    Genre {
        prefixe,
        nom,
        theme,
        type_rcp: TypeRcp::Standard,
        categorie: None,
        reseaux: &[],
        objet: Objet::Organe(appareil, organe),
        regle: "standard-hors-hematologie",
        modele: None,
        localisations,
        equipe,
        expertise: false,
        enfants: false,
        age_minimal: 18,
        nombre,
        reunions,
        part,
    }
}

/// A transversal kind, with its fiche model.
const fn soins(
    prefixe: &'static str,
    nom: &'static str,
    theme: &'static str,
    (soins, modele): (&'static str, &'static str),
    effectifs: (usize, f64, f64),
    qui: (&'static [(&'static str, f64)], &'static [Place]),
) -> Genre {
    Genre { objet: Objet::Soins(soins), modele: Some(modele), ..organe(prefixe, nom, theme, ("", ""), effectifs, qui) }
}

/// The same kind as an RCP de recours.
const fn recours((categorie, regle): (CategorieRecours, &'static str), genre: Genre) -> Genre {
    Genre { type_rcp: TypeRcp::Recours, categorie: Some(categorie), regle, ..genre }
}

/// A paediatric kind, with its fiche model.
const fn rcppi(
    prefixe: &'static str,
    nom: &'static str,
    theme: &'static str,
    lieu: (&'static str, &'static str),
    effectifs: (usize, f64, f64),
    (modele, localisations): (&'static str, &'static [(&'static str, f64)]),
) -> Genre {
    let genre = organe(prefixe, nom, theme, lieu, effectifs, (localisations, E_RCPPI_VISC));
    Genre { type_rcp: TypeRcp::Pediatrique, regle: "pediatrique", modele: Some(modele), enfants: true, ..genre }
}

/// The kinds.
pub(super) static GENRES: [Genre; 31] = [
    organe("SENO", "Sénologie", "senologie", ("76752008", "76752008"), (26, 36.0, 185.0), (C_SENO, E_SENO)),
    organe("DIG", "Oncologie digestive", "digestif", ("86762007", "MED-251"), (30, 34.0, 165.0), (C_DIG, E_DIG)),
    organe("THO", "Oncologie thoracique", "thorax", ("312419003", "MED-255"), (24, 32.0, 125.0), (C_THO, E_THO)),
    organe("URO", "Oncologie urologique", "urologie", ("90264002", "41216001"), (28, 33.0, 200.0), (C_URO, E_URO)),
    organe("GYN", "Oncologie gynécologique", "gynecologie", ("53065001", "23952005"), (15, 24.0, 50.0), (C_GYN, E_GYN)),
    organe("ORL", "Voies aérodigestives supérieures", "orl", ("119253004", "4596009"), (14, 24.0, 45.0), (C_ORL, E_ORL)),
    Genre {
        regle: "standard-hematologie",
        ..organe("HEM", "Hématologie", "hematologie", ("57171008", "C3211"), (15, 28.0, 60.0), (C_HEM, E_HEM))
    },
    organe("DER", "Dermatologie", "dermatologie", ("39937001", "39937001"), (9, 22.0, 30.0), (C_DER, E_DER)),
    organe("NEU", "Neuro-oncologie", "neurologie", ("25087005", "21483005"), (5, 24.0, 22.0), (C_NEU, E_NEU)),
    organe("END", "Oncologie endocrinienne", "endocrinologie", ("387910009", "69748006"), (6, 14.0, 15.0), (C_END, E_END)),
    soins("ONCO", "Oncologie médicale", "oncologie", ("C16832", "socle-frcp"), (8, 22.0, 15.0), (CANCERS, E_ONCO)),
    Genre {
        regle: "oncogeriatrie",
        age_minimal: 70,
        ..soins("OGER", "Oncogériatrie", "oncogeriatrie", ("ORG-130", "oncogeriatrie"), (8, 14.0, 8.0), (CANCERS, E_OGER))
    },
    Genre {
        regle: "soins-palliatifs-support",
        ..soins("SUPP", "Soins de support", "soins_support", ("C15747", "soins-palliatifs"), (4, 12.0, 6.0), (CANCERS, E_SUPP))
    },
    Genre {
        regle: "soins-palliatifs-support",
        ..soins("PALL", "Soins palliatifs", "soins_palliatifs", ("C15252", "soins-palliatifs"), (4, 12.0, 6.0), (CANCERS, E_SUPP))
    },
    Genre {
        regle: "soins-palliatifs-support",
        ..soins("DOUL", "Douleur cancéreuse", "douleur", ("C3303", "soins-palliatifs"), (1, 10.0, 2.0), (CANCERS, E_DOUL))
    },
    soins("METOS", "Métastases osseuses", "metastases_osseuses", ("C3580", "oslooh"), (2, 11.0, 5.0), (C_METOS, E_METOS)),
    soins("RI", "Radiologie interventionnelle", "radiologie_interventionnelle", ("C63334", "socle-frcp"), (2, 12.0, 5.0), (C_RI, E_DIG)),
    Genre {
        regle: "moleculaire",
        expertise: true,
        ..soins("MOL", "RCP moléculaire", "moleculaire", ("C16832", "clip2"), (2, 12.0, 4.0), (CANCERS, E_MOL))
    },
    Genre {
        regle: "oncogenetique",
        ..soins("GEN", "Oncogénétique", "oncogenetique", ("ORG-129", "oncogenetique"), (3, 20.0, 7.0), (C_GEN, E_GEN))
    },
    soins("FERT", "Préservation de la fertilité", "fertilite", ("C71326", "fertilite"), (1, 6.0, 1.0), (C_FERT, E_FERT)),
    recours(
        (CategorieRecours::VisceraleDigestive, "recours-viscerale-digestive"),
        organe(
            "R-DIG",
            "Recours, chirurgie viscérale et digestive",
            "digestif",
            ("86762007", "15776009"),
            (3, 40.0, 14.0),
            (C_R_DIG, E_R_DIG),
        ),
    ),
    Genre {
        expertise: true,
        ..recours(
            (CategorieRecours::Thoracique, "recours-thoracique"),
            organe("R-THO", "Recours, chirurgie thoracique", "thorax", ("312419003", "MED-255"), (2, 24.0, 7.0), (C_R_THO, E_R_THO)),
        )
    },
    recours(
        (CategorieRecours::OrlCervicoMaxilloFaciale, "recours-orl-cervico-maxillo-faciale"),
        organe("R-ORL", "Recours, chirurgie ORL et maxillo-faciale", "orl", ("119253004", "74262004"), (2, 22.0, 5.0), (C_R_ORL, E_R_ORL)),
    ),
    recours(
        (CategorieRecours::Urologique, "recours-urologique"),
        organe("R-URO", "Recours, chirurgie urologique", "urologie", ("122489005", "89837001"), (2, 26.0, 10.0), (C_R_URO, E_R_URO)),
    ),
    recours(
        (CategorieRecours::Gynecologique, "recours-gynecologique"),
        organe("R-GYN", "Recours, chirurgie gynécologique", "gynecologie", ("53065001", "15497006"), (2, 22.0, 6.0), (C_R_GYN, E_GYN)),
    ),
    Genre {
        // The law has no recours of haematology: a standard RCP under the rule of the second mention.
        regle: "recours-hematologie",
        ..organe("HEM-B", "Hématologie, mention B", "hematologie", ("57171008", "C9300"), (1, 20.0, 4.0), (C_R_HEM, E_HEM))
    },
    Genre {
        modele: Some("tumeur-rare"),
        regle: "cancer-rare",
        type_rcp: TypeRcp::CancerRare,
        reseaux: RESEAUX,
        ..organe("RARE", "Cancers rares", "cancers_rares", ("87784001", "87784001"), (9, 11.0, 12.0), (C_RARE, E_RARE))
    },
    rcppi(
        "RCPPI-VISC",
        "RCPPI, tumeurs viscérales",
        "pediatrie_visceral",
        ("387910009", "23451007"),
        (1, 48.0, 7.4),
        ("rcppi-visceral", C_RCPPI_VISC),
    ),
    rcppi(
        "RCPPI-SNC",
        "RCPPI, système nerveux central et ORL",
        "pediatrie_snc_orl",
        ("25087005", "21483005"),
        (1, 26.0, 3.8),
        ("rcppi-snc-orl", C_RCPPI_SNC),
    ),
    rcppi(
        "RCPPI-HEM",
        "RCPPI, hématologie",
        "pediatrie_hematologie",
        ("57171008", "C3167"),
        (1, 48.0, 4.0),
        ("rcppi-hematologie", C_RCPPI_HEM),
    ),
    rcppi(
        "RCPPI-PP",
        "RCPPI, phases précoces",
        "pediatrie_phases_precoces",
        ("57171008", "C3167"),
        (1, 9.0, 0.23),
        ("rcppi-phases-precoces", C_RCPPI_PP),
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::region::localisations::localisation;

    #[test]
    fn les_genres_font_232_rcp_et_ne_nomment_que_des_cancers_connus() {
        assert_eq!(GENRES.iter().map(|genre| genre.nombre).sum::<usize>(), 232);
        for genre in &GENRES {
            assert!(genre.localisations.iter().all(|(code, _)| localisation(code).is_some()), "{}", genre.prefixe);
            assert_eq!(genre.type_rcp == TypeRcp::Recours, genre.categorie.is_some(), "{}", genre.prefixe);
            assert_eq!(genre.type_rcp == TypeRcp::CancerRare, !genre.reseaux.is_empty(), "{}", genre.prefixe);
        }
        assert_eq!(GENRES.iter().filter(|genre| genre.type_rcp == TypeRcp::Pediatrique).map(|genre| genre.nombre).sum::<usize>(), 4);
    }
}
