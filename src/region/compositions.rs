//! Who sits in each kind of RCP, as its quorum rule asks, and which cancers it discusses, by frequency.

/// A place of the composition of an RCP.
#[derive(Debug)]
pub(super) struct Place {
    /// Specialty (JDV J01).
    pub(super) specialite: &'static str,
    /// Clause of the quorum rule that its holder answers for.
    pub(super) clause: Option<&'static str>,
    /// The composition fails without it.
    pub(super) requise: bool,
}

const fn place(specialite: &'static str, clause: &'static str, requise: bool) -> Place {
    Place { specialite, clause: Some(clause), requise }
}

const fn sans_clause(specialite: &'static str) -> Place {
    Place { specialite, clause: None, requise: false }
}

pub(super) const C_SENO: &[(&str, f64)] = &[("C50.4", 6.0), ("C50.9", 4.0)];
pub(super) const E_SENO: &[Place] = &[
    place("G15_10/SM20", "CHIRURGIEN", true),
    place("G15_10/SM36", "ONCOLOGUE", true),
    place("G15_10/SM37", "RADIOTHERAPEUTE", true),
    place("G15_10/SM44", "RADIOLOGUE", false),
    place("G15_10/SM01", "PATHOLOGISTE", false),
    place("G15_10/SM19", "MEDECIN_ORGANE", false),
];
pub(super) const C_DIG: &[(&str, f64)] =
    &[("C18.7", 27.0), ("C18.2", 18.0), ("C20", 25.0), ("C25.0", 10.0), ("C22.0", 7.0), ("C16.9", 6.0), ("C15.5", 5.0), ("C17.9", 2.0)];
pub(super) const E_DIG: &[Place] = &[
    place("G15_10/SM14", "CHIRURGIEN", true),
    place("G15_10/SM36", "ONCOLOGUE", true),
    place("G15_10/SM37", "RADIOTHERAPEUTE", true),
    place("G15_10/SM44", "RADIOLOGUE", false),
    place("G15_10/SM01", "PATHOLOGISTE", false),
    place("G15_10/SM24", "MEDECIN_ORGANE", false),
];
pub(super) const C_THO: &[(&str, f64)] = &[("C34.1", 58.0), ("C34.3", 37.0), ("C45.0", 4.0), ("C37", 1.0)];
pub(super) const E_THO: &[Place] = &[
    place("G15_10/SM11", "CHIRURGIEN", true),
    place("G15_10/SM36", "ONCOLOGUE", true),
    place("G15_10/SM37", "RADIOTHERAPEUTE", true),
    place("G15_10/SM44", "RADIOLOGUE", false),
    place("G15_10/SM01", "PATHOLOGISTE", false),
    place("G15_10/SM41", "MEDECIN_ORGANE", false),
];
pub(super) const C_URO: &[(&str, f64)] = &[("C61", 64.0), ("C67.9", 19.0), ("C64", 14.0), ("C62.9", 3.0)];
pub(super) const E_URO: &[Place] = &[
    place("G15_10/SM12", "CHIRURGIEN", true),
    place("G15_10/SM36", "ONCOLOGUE", true),
    place("G15_10/SM37", "RADIOTHERAPEUTE", true),
    place("G15_10/SM44", "RADIOLOGUE", false),
    place("G15_10/SM01", "PATHOLOGISTE", false),
    place("G15_10/SM28", "MEDECIN_NUCLEAIRE", false),
];
pub(super) const C_GYN: &[(&str, f64)] = &[("C54.1", 45.0), ("C56", 33.0), ("C53.9", 22.0)];
pub(super) const E_GYN: &[Place] = &[
    place("G15_10/SM20", "CHIRURGIEN", true),
    place("G15_10/SM36", "ONCOLOGUE", true),
    place("G15_10/SM37", "RADIOTHERAPEUTE", true),
    place("G15_10/SM44", "RADIOLOGUE", false),
    place("G15_10/SM01", "PATHOLOGISTE", false),
];
pub(super) const C_ORL: &[(&str, f64)] = &[("C32.0", 30.0), ("C10.9", 40.0), ("C02.9", 30.0)];
pub(super) const E_ORL: &[Place] = &[
    place("G15_10/SM34", "CHIRURGIEN", true),
    place("G15_10/SM36", "ONCOLOGUE", true),
    place("G15_10/SM37", "RADIOTHERAPEUTE", true),
    place("G15_10/SM44", "RADIOLOGUE", false),
    place("G15_10/SM01", "PATHOLOGISTE", false),
];
pub(super) const C_HEM: &[(&str, f64)] = &[("C83.3", 38.0), ("C81.9", 12.0), ("C90.0", 24.0), ("C92.0", 12.0), ("C91.1", 14.0)];
pub(super) const E_HEM: &[Place] = &[
    place("G15_10/SM71", "HEMATOLOGUE", true),
    place("G15_10/SM71", "HEMATOLOGUE", true),
    place("G15_10/SM44", "AUTRE_SPECIALITE", true),
    place("G15_10/SM01", "BIOLOGISTE_OU_PATHOLOGISTE", false),
    place("G15_10/SM37", "RADIOTHERAPEUTE", false),
    place("G15_10/SM28", "IMAGERIE", false),
];
pub(super) const C_DER: &[(&str, f64)] = &[("C43.5", 55.0), ("C44.3", 45.0)];
pub(super) const E_DER: &[Place] = &[
    place("G15_10/SM10", "CHIRURGIEN", true),
    place("G15_10/SM36", "ONCOLOGUE", true),
    place("G15_10/SM37", "RADIOTHERAPEUTE", true),
    place("G15_10/SM44", "RADIOLOGUE", false),
    place("G15_10/SM01", "PATHOLOGISTE", false),
    place("G15_10/SM15", "MEDECIN_ORGANE", false),
];
pub(super) const C_NEU: &[(&str, f64)] = &[("C71.1", 1.0)];
pub(super) const E_NEU: &[Place] = &[
    place("G15_10/SM31", "CHIRURGIEN", true),
    place("G15_10/SM36", "ONCOLOGUE", true),
    place("G15_10/SM37", "RADIOTHERAPEUTE", true),
    place("G15_10/SM44", "RADIOLOGUE", false),
    place("G15_10/SM01", "PATHOLOGISTE", false),
    place("G15_10/SM32", "MEDECIN_ORGANE", false),
];
pub(super) const C_END: &[(&str, f64)] = &[("C73", 1.0)];
pub(super) const E_END: &[Place] = &[
    place("G15_10/SM34", "CHIRURGIEN", true),
    place("G15_10/SM36", "ONCOLOGUE", true),
    place("G15_10/SM37", "RADIOTHERAPEUTE", true),
    place("G15_10/SM44", "RADIOLOGUE", false),
    place("G15_10/SM01", "PATHOLOGISTE", false),
    place("G15_10/SM16", "MEDECIN_ORGANE", false),
    place("G15_10/SM28", "MEDECIN_NUCLEAIRE", false),
];
pub(super) const CANCERS: &[(&str, f64)] = &[
    ("C50.9", 19.0),
    ("C34.1", 13.0),
    ("C61", 13.0),
    ("C18.7", 7.0),
    ("C20", 5.0),
    ("C25.0", 5.0),
    ("C64", 4.0),
    ("C67.9", 5.0),
    ("C83.3", 4.0),
    ("C56", 4.0),
    ("C54.1", 3.0),
    ("C10.9", 4.0),
    ("C16.9", 3.0),
    ("C43.5", 3.0),
    ("C22.0", 3.0),
];
pub(super) const E_ONCO: &[Place] = &[
    place("G15_10/SM14", "CHIRURGIEN", true),
    place("G15_10/SM36", "ONCOLOGUE", true),
    place("G15_10/SM37", "RADIOTHERAPEUTE", true),
    place("G15_10/SM44", "RADIOLOGUE", false),
    place("G15_10/SM01", "PATHOLOGISTE", false),
    place("G15_10/SM27", "MEDECIN_ORGANE", false),
];
pub(super) const E_OGER: &[Place] = &[
    place("G15_10/SM18", "GERIATRE", true),
    place("G15_10/SM36", "ONCOLOGUE", true),
    place("G15_10/SM37", "TROISIEME_SPECIALITE", true),
    sans_clause("G15_10/SM54"),
];
pub(super) const E_SUPP: &[Place] = &[
    place("G15_10/SST17", "PALLIATIF_DOULEUR", true),
    place("G15_10/SM36", "ONCOLOGUE", true),
    place("G15_10/SM37", "TROISIEME_SPECIALITE", true),
    sans_clause("G15_10/SM54"),
];
pub(super) const E_DOUL: &[Place] = &[
    place("G15_10/SST17", "PALLIATIF_DOULEUR", true),
    place("G15_10/SM36", "ONCOLOGUE", true),
    place("G15_10/SM37", "TROISIEME_SPECIALITE", true),
    sans_clause("G15_10/SM02"),
];
pub(super) const C_METOS: &[(&str, f64)] = &[("C50.9", 35.0), ("C61", 35.0), ("C34.1", 20.0), ("C64", 10.0)];
pub(super) const E_METOS: &[Place] = &[
    place("G15_10/SM08", "CHIRURGIEN", true),
    place("G15_10/SM36", "ONCOLOGUE", true),
    place("G15_10/SM37", "RADIOTHERAPEUTE", true),
    place("G15_10/SM44", "RADIOLOGUE", false),
    place("G15_10/SM01", "PATHOLOGISTE", false),
    sans_clause("G15_10/SM28"),
];
pub(super) const C_RI: &[(&str, f64)] = &[("C22.0", 40.0), ("C64", 25.0), ("C18.7", 20.0), ("C34.1", 15.0)];
pub(super) const E_MOL: &[Place] = &[
    place("G15_10/SM36", "ONCOLOGUE", true),
    place("G15_10/SM64", "BIOLOGISTE_MOLECULAIRE", true),
    place("G15_10/SM01", "PATHOLOGISTE", true),
    place("G15_10/SM17", "ONCOGENETICIEN", false),
    sans_clause("G15_10/SM41"),
];
pub(super) const C_GEN: &[(&str, f64)] = &[("C50.9", 60.0), ("C56", 15.0), ("C18.2", 25.0)];
pub(super) const E_GEN: &[Place] = &[
    place("G15_10/SM17", "GENETICIEN", true),
    place("G15_10/SM36", "ONCOLOGUE", true),
    place("G15_10/SM20", "CHIRURGIEN", true),
    place("G15_10/SM44", "RADIOLOGUE", false),
];
pub(super) const C_FERT: &[(&str, f64)] = &[("C50.9", 50.0), ("C81.9", 30.0), ("C62.9", 20.0)];
pub(super) const E_FERT: &[Place] = &[
    place("G15_10/SM20", "CHIRURGIEN", true),
    place("G15_10/SM36", "ONCOLOGUE", true),
    place("G15_10/SM37", "RADIOTHERAPEUTE", true),
    place("G15_10/SM44", "RADIOLOGUE", false),
    place("G15_10/SM01", "PATHOLOGISTE", false),
    sans_clause("G15_10/SM19"),
];
pub(super) const C_R_DIG: &[(&str, f64)] = &[("C25.0", 30.0), ("C22.1", 15.0), ("C15.5", 20.0), ("C20", 25.0), ("C22.0", 10.0)];
pub(super) const E_R_DIG: &[Place] = &[
    place("G15_10/SM14", "CHIRURGIEN", true),
    place("G15_10/SM36", "ONCOLOGUE", true),
    place("G15_10/SM37", "RADIOTHERAPEUTE", true),
    place("G15_10/SM24", "GASTRO_HEPATOLOGUE", true),
    place("G15_10/SM44", "RADIOLOGUE", false),
    place("G15_10/SM01", "PATHOLOGISTE", false),
];
pub(super) const C_R_THO: &[(&str, f64)] = &[("C34.1", 60.0), ("C34.3", 30.0), ("C45.0", 10.0)];
pub(super) const E_R_THO: &[Place] = &[
    place("G15_10/SM11", "CHIRURGIEN", true),
    place("G15_10/SM41", "PNEUMOLOGUE", true),
    place("G15_10/SM36", "ONCOLOGUE", true),
    place("G15_10/SM37", "RADIOTHERAPEUTE", true),
    place("G15_10/SM44", "RADIOLOGUE", false),
    place("G15_10/SM28", "MEDECIN_NUCLEAIRE", false),
];
pub(super) const C_R_ORL: &[(&str, f64)] = &[("C32.0", 35.0), ("C10.9", 35.0), ("C02.9", 30.0)];
pub(super) const E_R_ORL: &[Place] = &[
    place("G15_10/SM34", "CHIRURGIEN", true),
    place("G15_10/SM36", "ONCOLOGUE", true),
    place("G15_10/SM37", "RADIOTHERAPEUTE", true),
    place("G15_10/SM44", "RADIOLOGUE", false),
    place("G15_10/SM10", "CHIRURGIEN_RECONSTRUCTEUR", false),
];
pub(super) const C_R_URO: &[(&str, f64)] = &[("C67.9", 45.0), ("C64", 30.0), ("C61", 25.0)];
pub(super) const E_R_URO: &[Place] = &[
    place("G15_10/SM12", "CHIRURGIEN", true),
    place("G15_10/SM36", "ONCOLOGUE", true),
    place("G15_10/SM37", "RADIOTHERAPEUTE", true),
    place("G15_10/SM44", "RADIOLOGUE", false),
    place("G15_10/SM01", "PATHOLOGISTE", false),
];
pub(super) const C_R_GYN: &[(&str, f64)] = &[("C56", 60.0), ("C53.9", 25.0), ("C54.1", 15.0)];
pub(super) const C_R_HEM: &[(&str, f64)] = &[("C92.0", 50.0), ("C83.3", 30.0), ("C90.0", 20.0)];
pub(super) const C_RARE: &[(&str, f64)] = &[("C49.2", 45.0), ("C40.2", 15.0), ("C37", 10.0), ("C48.2", 15.0), ("C17.9", 15.0)];
pub(super) const E_RARE: &[Place] = &[
    place("G15_10/SM36", "EXPERT_RESEAU", true),
    place("G15_10/SM01", "PATHOLOGISTE", true),
    sans_clause("G15_10/SM08"),
    sans_clause("G15_10/SM44"),
    sans_clause("G15_10/SM37"),
];
pub(super) const C_RCPPI_VISC: &[(&str, f64)] = &[("C74.9", 1.0)];
pub(super) const E_RCPPI_VISC: &[Place] = &[
    place("G15_10/SST03", "ONCOPEDIATRE", true),
    place("G15_10/SM09", "CHIRURGIEN_PEDIATRE", true),
    place("G15_10/SM37", "RADIOTHERAPEUTE", true),
    place("G15_10/SM44", "RADIOLOGUE", false),
    place("G15_10/SM01", "PATHOLOGISTE", false),
];
pub(super) const C_RCPPI_SNC: &[(&str, f64)] = &[("C71.6", 1.0)];
pub(super) const C_RCPPI_HEM: &[(&str, f64)] = &[("C91.0", 1.0)];
pub(super) const C_RCPPI_PP: &[(&str, f64)] = &[("C91.0", 50.0), ("C71.6", 50.0)];
