//! The cancers of the region: what they are called and coded, and whom they strike.
//!
//! Shares of women and ages are orders of magnitude of the French registers, drawn here from a normal law cut to the ages
//! of adults, or of children.

/// A cancer.
#[derive(Debug)]
pub(super) struct Localisation {
    /// Topography (CIM-10).
    pub(super) code: &'static str,
    /// What a dossier of it is called.
    pub(super) libelle: &'static str,
    /// Morphology (CIM-O-3).
    pub(super) morphologie: &'static str,
    /// It has a side.
    pub(super) cote: bool,
    /// The TNM classifies it.
    pub(super) tnm: bool,
    /// Share of women.
    pub(super) femmes: f64,
    /// Mean age and its spread.
    pub(super) age: (f64, f64),
    /// Fiche model.
    pub(super) modele: &'static str,
}

/// One that has two sides.
const COTE: bool = true;
/// One that stands in the middle, or nowhere.
const SEUL: bool = false;
/// One that the TNM classifies.
const TNM: bool = true;
/// One that it does not.
const SANS: bool = false;

const fn cancer(
    (code, libelle, morphologie): (&'static str, &'static str, &'static str),
    (cote, tnm): (bool, bool),
    (femmes, age, ecart): (f64, f64, f64),
    modele: &'static str,
) -> Localisation {
    Localisation { code, libelle, morphologie, cote, tnm, femmes, age: (age, ecart), modele }
}

/// The cancers.
pub(super) static LOCALISATIONS: [Localisation; 40] = [
    cancer(("C50.4", "Carcinome du sein, quadrant supéro-externe", "8500/3"), (COTE, TNM), (0.99, 62.0, 14.0), "sein"),
    cancer(("C50.9", "Carcinome du sein", "8500/3"), (COTE, TNM), (0.99, 64.0, 14.0), "sein"),
    cancer(("C34.1", "Cancer bronchique du lobe supérieur", "8140/3"), (COTE, TNM), (0.36, 67.0, 10.0), "poumon"),
    cancer(("C34.3", "Cancer bronchique du lobe inférieur", "8070/3"), (COTE, TNM), (0.32, 68.0, 10.0), "poumon"),
    cancer(("C45.0", "Mésothéliome pleural", "9052/3"), (COTE, TNM), (0.22, 74.0, 9.0), "poumon"),
    cancer(("C37", "Thymome", "8585/3"), (SEUL, SANS), (0.5, 58.0, 14.0), "thymus"),
    cancer(("C61", "Adénocarcinome de la prostate", "8140/3"), (SEUL, TNM), (0.0, 71.0, 8.0), "prostate"),
    cancer(("C67.9", "Carcinome urothélial de la vessie", "8120/3"), (SEUL, TNM), (0.19, 72.0, 10.0), "vessie"),
    cancer(("C64", "Cancer du rein", "8312/3"), (COTE, TNM), (0.35, 65.0, 12.0), "rein"),
    cancer(("C62.9", "Tumeur germinale du testicule", "9061/3"), (COTE, TNM), (0.0, 35.0, 10.0), "testicule"),
    cancer(("C18.7", "Adénocarcinome du côlon sigmoïde", "8140/3"), (SEUL, TNM), (0.44, 71.0, 12.0), "colon"),
    cancer(("C18.2", "Adénocarcinome du côlon droit", "8140/3"), (SEUL, TNM), (0.52, 73.0, 12.0), "colon"),
    cancer(("C20", "Adénocarcinome du rectum", "8140/3"), (SEUL, TNM), (0.4, 69.0, 12.0), "rectum"),
    cancer(("C25.0", "Adénocarcinome de la tête du pancréas", "8140/3"), (SEUL, TNM), (0.48, 70.0, 10.0), "pancreas"),
    cancer(("C22.0", "Carcinome hépatocellulaire", "8170/3"), (SEUL, TNM), (0.2, 69.0, 10.0), "foie-voies-biliaires"),
    cancer(("C22.1", "Cholangiocarcinome intrahépatique", "8160/3"), (SEUL, TNM), (0.45, 69.0, 11.0), "foie-voies-biliaires"),
    cancer(("C16.9", "Adénocarcinome de l'estomac", "8140/3"), (SEUL, TNM), (0.36, 70.0, 12.0), "oesophage-estomac"),
    cancer(("C15.5", "Cancer de l'œsophage, tiers inférieur", "8140/3"), (SEUL, TNM), (0.18, 67.0, 10.0), "oesophage-estomac"),
    cancer(("C17.9", "Tumeur neuro-endocrine de l'intestin grêle", "8240/3"), (SEUL, TNM), (0.47, 64.0, 12.0), "neuro-endocrine"),
    cancer(("C48.2", "Carcinose péritonéale primitive", "8461/3"), (SEUL, SANS), (0.85, 64.0, 12.0), "tumeur-rare"),
    cancer(("C54.1", "Adénocarcinome de l'endomètre", "8380/3"), (SEUL, TNM), (1.0, 68.0, 10.0), "uterus"),
    cancer(("C56", "Carcinome séreux de l'ovaire", "8441/3"), (COTE, TNM), (1.0, 65.0, 12.0), "ovaire"),
    cancer(("C53.9", "Carcinome épidermoïde du col de l'utérus", "8070/3"), (SEUL, TNM), (1.0, 53.0, 14.0), "col-uterus"),
    cancer(("C32.0", "Carcinome épidermoïde de la glotte", "8070/3"), (SEUL, TNM), (0.12, 66.0, 10.0), "orl-vads"),
    cancer(("C10.9", "Carcinome épidermoïde de l'oropharynx", "8070/3"), (SEUL, TNM), (0.22, 63.0, 9.0), "orl-vads"),
    cancer(("C02.9", "Carcinome épidermoïde de la langue", "8070/3"), (SEUL, TNM), (0.3, 63.0, 11.0), "orl-vads"),
    cancer(("C73", "Carcinome papillaire de la thyroïde", "8260/3"), (SEUL, TNM), (0.74, 51.0, 16.0), "thyroide-endocrine"),
    cancer(("C83.3", "Lymphome diffus à grandes cellules B", "9680/3"), (SEUL, SANS), (0.45, 68.0, 14.0), "lymphome"),
    cancer(("C81.9", "Lymphome de Hodgkin", "9650/3"), (SEUL, SANS), (0.46, 39.0, 18.0), "lymphome"),
    cancer(("C90.0", "Myélome multiple", "9732/3"), (SEUL, SANS), (0.46, 71.0, 11.0), "myelome"),
    cancer(("C92.0", "Leucémie aiguë myéloïde", "9861/3"), (SEUL, SANS), (0.45, 67.0, 15.0), "leucemies"),
    cancer(("C91.1", "Leucémie lymphoïde chronique", "9823/3"), (SEUL, SANS), (0.39, 72.0, 10.0), "leucemies"),
    cancer(("C43.5", "Mélanome du tronc", "8720/3"), (SEUL, TNM), (0.45, 64.0, 16.0), "peau-melanome"),
    cancer(("C44.3", "Carcinome basocellulaire de la face", "8090/3"), (SEUL, TNM), (0.46, 77.0, 11.0), "peau-melanome"),
    cancer(("C71.1", "Glioblastome frontal", "9440/3"), (COTE, SANS), (0.42, 63.0, 13.0), "systeme-nerveux"),
    cancer(("C49.2", "Sarcome des parties molles de la cuisse", "8800/3"), (COTE, TNM), (0.45, 61.0, 17.0), "sarcome-os"),
    cancer(("C40.2", "Ostéosarcome du fémur", "9180/3"), (COTE, TNM), (0.43, 40.0, 20.0), "sarcome-os"),
    cancer(("C74.9", "Neuroblastome surrénalien", "9500/3"), (COTE, SANS), (0.46, 3.0, 3.0), "rcppi-visceral"),
    cancer(("C71.6", "Médulloblastome", "9470/3"), (SEUL, SANS), (0.4, 7.0, 4.0), "rcppi-snc-orl"),
    cancer(("C91.0", "Leucémie aiguë lymphoblastique", "9837/3"), (SEUL, SANS), (0.44, 6.0, 4.0), "rcppi-hematologie"),
];

/// The cancer of a code, by its rank.
pub(super) fn localisation(code: &str) -> Option<usize> {
    LOCALISATIONS.iter().position(|localisation| localisation.code == code)
}
