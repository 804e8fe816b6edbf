//! The definitions, one a row: what they share, then those of the activity and those of the cases.

mod activite;
mod cas;

use activite::ACTIVITE;
use cas::CAS;

use super::{Definition, Forme, Indicateur, ObjetCompte, Unite, VERSION};

pub(super) const RAPPORT: &str = "Rapport régional d'activité des RCP";
pub(super) const HAS: &str =
    "HAS, fiche méthode « Réunion de concertation pluridisciplinaire », 2014 ; rapport régional d'activité des RCP";
pub(super) const REGLE: &str = "Règle de quorum de la RCP, à la version appliquée au cas ; rapport régional d'activité des RCP";
pub(super) const INCA: &str =
    "INCa, référentiel organisationnel national des RCP, décembre 2023 ; composition par défaut que la région tient comme donnée";
pub(super) const REGIONALE: &str =
    "Règle régionale « dgos-region », que la région tient comme donnée ; rapport régional d'activité des RCP";
pub(super) const AJA: &str = "CSP R6123-91-2 ; instruction DGOS 2016 sur les adolescents et jeunes adultes";
pub(super) const PARCOURS: &str = "CSP D6124-131-1 à -3 et R6123-91-5 ; bloc « parcours » de la fiche";
pub(super) const RIEN: &str = "Aucune.";
pub(super) const REPORTS: &str = "Cas reportés ; versions remplacées par une correction.";
pub(super) const NON_TENUES: &str = "Réunions annulées, planifiées ou encore ouvertes.";
pub(super) const HORS_QUORUM: &str = "Cas enregistrés ou reportés ; RCP d'expertise. Un quorum indéterminé reste au dénominateur.";

/// A count of comptes-rendus, from which the others differ by what they say.
pub(super) const NOMBRE: Definition = Definition {
    code: Indicateur::NbCr,
    nom: "",
    unite: Unite::Nombre,
    definition: "",
    numerateur: "",
    denominateur: None,
    exclusions: REPORTS,
    source: RAPPORT,
    version: VERSION,
    lignes: Some(ObjetCompte::Passage),
    forme: Forme::Nombre,
};
pub(super) const TAUX: Definition = Definition { unite: Unite::Pourcentage, forme: Forme::Taux, ..NOMBRE };
pub(super) const JOURS: Definition = Definition { unite: Unite::Jours, ..NOMBRE };
pub(super) const REUNIONS: Definition = Definition { exclusions: NON_TENUES, lignes: Some(ObjetCompte::Reunion), ..NOMBRE };
pub(super) const PARTICIPATIONS: Definition = Definition { exclusions: NON_TENUES, lignes: Some(ObjetCompte::Participation), ..NOMBRE };

/// How many there are.
const NOMBRE_DE_DEFINITIONS: usize = ACTIVITE.len() + CAS.len();

/// The dictionary, in the order of [`Indicateur::TOUS`].
pub const DICTIONNAIRE: &[Definition] = &TOUTES;

const TOUTES: [Definition; NOMBRE_DE_DEFINITIONS] = reunir();

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, which refuses an index out of bounds")]
const fn reunir() -> [Definition; NOMBRE_DE_DEFINITIONS] {
    let mut toutes = [NOMBRE; NOMBRE_DE_DEFINITIONS];
    let mut rang = 0;
    while rang < NOMBRE_DE_DEFINITIONS {
        toutes[rang] = if rang < ACTIVITE.len() { ACTIVITE[rang] } else { CAS[rang - ACTIVITE.len()] };
        rang += 1;
    }
    toutes
}
