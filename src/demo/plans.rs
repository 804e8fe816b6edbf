//! The twelve RCP of the demonstration, as a table.

use crate::metier::rcp::model::{CategorieRecours, TypeRcp};
use chrono::Weekday;

/// How an RCP of the demonstration is made.
#[derive(Debug)]
pub struct Plan {
    /// Short code.
    pub code: &'static str,
    /// Name.
    pub nom: &'static str,
    /// Theme.
    pub theme: &'static str,
    /// Type.
    pub type_rcp: TypeRcp,
    /// Category of an RCP de recours.
    pub categorie: Option<CategorieRecours>,
    /// Network of an RCP of rare cancers.
    pub reseau: Option<&'static str>,
    /// What it bears on.
    pub objet: Objet,
    /// Topography of its cases (CIM-10), and what their dossiers are called.
    pub topographie: (&'static str, &'static str),
    /// Morphology (CIM-O-3).
    pub morphologie: &'static str,
    /// Rank of its 3C and of its établissement in the tables of `region`.
    pub lieu: (usize, usize),
    /// Quorum rule.
    pub regle: &'static str,
    /// Specialties of the members (JDV J01), the coordinator first, with the clause each answers for.
    pub membres: &'static [(&'static str, Option<&'static str>)],
    /// Day and hour of the meetings.
    pub horaire: (Weekday, u32),
}

/// What an RCP bears on (value sets `rcp-appareil` and `rcp-organe`, or `traitement-soins-frcp`).
#[derive(Debug, Clone, Copy)]
pub enum Objet {
    /// An appareil and one organ.
    Organe(&'static str, &'static str),
    /// A treatment or supportive care.
    Soins(&'static str),
}

const ONCOLOGUE: (&str, Option<&str>) = ("G15_10/SM36", Some("ONCOLOGUE"));
/// A radiation oncologist, to whom another stands in everywhere.
pub const RADIOTHERAPEUTE: (&str, Option<&str>) = ("G15_10/SM37", Some("RADIOTHERAPEUTE"));
const RADIOLOGUE: (&str, Option<&str>) = ("G15_10/SM44", None);
const PATHOLOGISTE: (&str, Option<&str>) = ("G15_10/SM01", None);

const fn standard(code: &'static str, nom: &'static str, theme: &'static str) -> Plan {
    Plan {
        code,
        nom,
        theme,
        type_rcp: TypeRcp::Standard,
        categorie: None,
        reseau: None,
        objet: Objet::Organe("76752008", "76752008"),
        topographie: ("C50.9", "Carcinome du sein"),
        morphologie: "8500/3",
        lieu: (0, 0),
        regle: "standard-hors-hematologie",
        membres: &[],
        horaire: (Weekday::Tue, 18),
    }
}

/// The RCP whose radiation oncologist does not come to the next meeting: its quorum is at risk.
pub const A_RISQUE: &str = "THO-METRO";

/// The twelve RCP.
pub static PLANS: [Plan; 12] = [
    Plan {
        membres: &[("G15_10/SM20", Some("CHIRURGIEN")), ONCOLOGUE, RADIOTHERAPEUTE, RADIOLOGUE, PATHOLOGISTE],
        ..standard("SENO-METRO", "Sénologie de la Métropole", "senologie")
    },
    Plan {
        objet: Objet::Organe("86762007", "MED-251"),
        topographie: ("C18.7", "Adénocarcinome du côlon sigmoïde"),
        morphologie: "8140/3",
        lieu: (1, 2),
        membres: &[("G15_10/SM14", Some("CHIRURGIEN")), ONCOLOGUE, RADIOTHERAPEUTE, ("G15_10/SM24", None), RADIOLOGUE],
        horaire: (Weekday::Mon, 17),
        ..standard("DIG-HAINAUT", "Digestif du Hainaut", "digestif")
    },
    Plan {
        objet: Objet::Organe("312419003", "MED-255"),
        topographie: ("C34.1", "Cancer bronchique du lobe supérieur"),
        morphologie: "8140/3",
        membres: &[("G15_10/SM11", Some("CHIRURGIEN")), ONCOLOGUE, RADIOTHERAPEUTE, ("G15_10/SM41", None), RADIOLOGUE],
        horaire: (Weekday::Thu, 17),
        ..standard("THO-METRO", "Oncologie thoracique de la Métropole", "thorax")
    },
    Plan {
        objet: Objet::Organe("90264002", "41216001"),
        topographie: ("C61", "Adénocarcinome de la prostate"),
        morphologie: "8140/3",
        lieu: (2, 4),
        membres: &[("G15_10/SM12", Some("CHIRURGIEN")), ONCOLOGUE, RADIOTHERAPEUTE, RADIOLOGUE],
        horaire: (Weekday::Wed, 18),
        ..standard("URO-ARTOIS", "Urologie de l'Artois", "urologie")
    },
    Plan {
        objet: Objet::Organe("53065001", "23952005"),
        topographie: ("C54.1", "Adénocarcinome de l'endomètre"),
        morphologie: "8380/3",
        lieu: (3, 6),
        membres: &[("G15_10/SM20", Some("CHIRURGIEN")), ONCOLOGUE, RADIOTHERAPEUTE, PATHOLOGISTE],
        horaire: (Weekday::Fri, 13),
        ..standard("GYN-SOMME", "Gynécologie de la Somme", "gynecologie")
    },
    Plan {
        objet: Objet::Organe("119253004", "4596009"),
        topographie: ("C32.0", "Carcinome épidermoïde de la glotte"),
        morphologie: "8070/3",
        lieu: (1, 3),
        membres: &[("G15_10/SM34", Some("CHIRURGIEN")), ONCOLOGUE, RADIOTHERAPEUTE, RADIOLOGUE],
        horaire: (Weekday::Tue, 12),
        ..standard("ORL-HAINAUT", "ORL du Hainaut", "orl")
    },
    Plan {
        objet: Objet::Organe("57171008", "C3211"),
        topographie: ("C83.3", "Lymphome diffus à grandes cellules B"),
        morphologie: "9680/3",
        regle: "standard-hematologie",
        membres: &[
            ("G15_10/SM71", Some("HEMATOLOGUE")),
            ("G15_10/SM71", Some("HEMATOLOGUE")),
            RADIOLOGUE,
            PATHOLOGISTE,
            ("G15_10/SM37", None),
        ],
        horaire: (Weekday::Thu, 14),
        ..standard("HEM-METRO", "Hématologie de la Métropole", "hematologie")
    },
    Plan {
        type_rcp: TypeRcp::Recours,
        categorie: Some(CategorieRecours::VisceraleDigestive),
        objet: Objet::Organe("86762007", "15776009"),
        topographie: ("C25.0", "Adénocarcinome de la tête du pancréas"),
        morphologie: "8140/3",
        regle: "recours-viscerale-digestive",
        membres: &[("G15_10/SM14", Some("CHIRURGIEN")), ONCOLOGUE, RADIOTHERAPEUTE, RADIOLOGUE, ("G15_10/SM24", None)],
        horaire: (Weekday::Wed, 17),
        ..standard("REC-DIG", "Recours en chirurgie viscérale et digestive", "digestif")
    },
    Plan {
        type_rcp: TypeRcp::CancerRare,
        reseau: Some("NETSARC+"),
        objet: Objet::Organe("87784001", "87784001"),
        topographie: ("C49.2", "Sarcome des parties molles de la cuisse"),
        morphologie: "8800/3",
        lieu: (0, 1),
        regle: "cancer-rare",
        membres: &[("G15_10/SM36", Some("EXPERT_RESEAU")), ("G15_10/SM01", Some("PATHOLOGISTE")), ("G15_10/SM08", None), RADIOLOGUE],
        horaire: (Weekday::Mon, 14),
        ..standard("SARCOME", "Sarcomes (réseau NETSARC+)", "sarcome")
    },
    Plan {
        type_rcp: TypeRcp::Pediatrique,
        objet: Objet::Organe("122489005", "64033007"),
        topographie: ("C64", "Néphroblastome"),
        morphologie: "8960/3",
        lieu: (0, 1),
        regle: "pediatrique",
        membres: &[("G15_10/SM40", Some("ONCOPEDIATRE")), ("G15_10/SM09", Some("CHIRURGIEN_PEDIATRE")), RADIOTHERAPEUTE, RADIOLOGUE],
        horaire: (Weekday::Fri, 14),
        ..standard("RCPPI-VISC", "RCPPI tumeurs viscérales", "pediatrie")
    },
    Plan {
        objet: Objet::Soins("ORG-130"),
        topographie: ("C18.2", "Adénocarcinome du côlon droit"),
        morphologie: "8140/3",
        lieu: (3, 7),
        regle: "oncogeriatrie",
        membres: &[("G15_10/SM18", Some("GERIATRE")), ONCOLOGUE, ("G15_10/SM37", Some("TROISIEME_SPECIALITE"))],
        horaire: (Weekday::Tue, 14),
        ..standard("ONCOGER", "Oncogériatrie Somme et Aisne", "oncogeriatrie")
    },
    Plan {
        objet: Objet::Organe("39937001", "39937001"),
        topographie: ("C43.5", "Mélanome du tronc"),
        morphologie: "8720/3",
        lieu: (2, 5),
        membres: &[("G15_10/SM10", Some("CHIRURGIEN")), ONCOLOGUE, RADIOTHERAPEUTE, ("G15_10/SM15", None), PATHOLOGISTE],
        horaire: (Weekday::Mon, 18),
        ..standard("DERM-LITTORAL", "Dermatologie du Littoral", "dermatologie")
    },
];
