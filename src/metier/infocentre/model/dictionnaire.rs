//! The dictionary of indicators: the one definition of every number that the infocentre gives.

use serde::Serialize;
use utoipa::ToSchema;

/// Version of the dictionary: it changes whenever a definition does.
pub const VERSION: &str = "1.0";

crate::enum_texte! {
    /// The indicators, in the order of the report.
    pub enum Indicateur {
        /// RCP entities that met.
        NbEntites => "NB_ENTITES",
        /// RCP entities of the directory.
        NbEntitesAnnuaire => "NB_ENTITES_ANNUAIRE",
        /// Meetings held.
        NbReunions => "NB_REUNIONS",
        /// Meetings cancelled.
        NbReunionsAnnulees => "NB_REUNIONS_ANNULEES",
        /// Comptes-rendus.
        NbCr => "NB_CR",
        /// Cases discussed.
        NbDiscutes => "NB_DISCUTES",
        /// Cases recorded.
        NbEnregistres => "NB_ENREGISTRES",
        /// Cases postponed.
        NbReportes => "NB_REPORTES",
        /// Different patients.
        NbPatients => "NB_PATIENTS",
        /// New patients.
        NbNouveaux => "NB_NOUVEAUX",
        /// Passages for each patient.
        PassagesParPatient => "PASSAGES_PAR_PATIENT",
        /// Comptes-rendus for each meeting.
        CrParReunion => "CR_PAR_REUNION",
        /// Cases in HAS quorum.
        TxQuorumHas => "TX_QUORUM_HAS",
        /// Meetings in HAS quorum.
        TxQuorumHasReunions => "TX_QUORUM_HAS_REUNIONS",
        /// Cases in the quorum of the rule.
        TxQuorumRegle => "TX_QUORUM_REGLE",
        /// Meetings in the quorum of the rule.
        TxQuorumRegleReunions => "TX_QUORUM_REGLE_REUNIONS",
        /// Meetings with videoconference.
        TxVisio => "TX_VISIO",
        /// Comptes-rendus sent to the médecin traitant.
        TxCrEnvoyesMt => "TX_CR_ENVOYES_MT",
        /// G8 screening from 75 on.
        TxG8Des75Ans => "TX_G8_75",
    }
}

crate::enum_texte! {
    /// What the rows behind a number are.
    pub enum ObjetCompte {
        /// Comptes-rendus.
        Passage => "passage",
        /// Patients, each shown by the first passage that is counted.
        Patient => "patient",
        /// Meetings.
        Reunion => "reunion",
        /// RCP entities.
        Entite => "entite",
    }
}

crate::enum_texte! {
    /// What a number is counted in.
    pub enum Unite {
        /// A whole number.
        Nombre => "nombre",
        /// A quotient with two decimals.
        Quotient => "quotient",
        /// A quotient rounded to a whole number.
        QuotientEntier => "quotient_entier",
        /// A percentage with two decimals.
        Pourcentage => "pourcentage",
    }
}

/// The definition of an indicator, in the words of those who read the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Definition {
    /// Code.
    pub code: Indicateur,
    /// Name to show.
    pub nom: &'static str,
    /// What it is counted in.
    pub unite: Unite,
    /// What it says.
    pub definition: &'static str,
    /// What is counted, or what is divided.
    pub numerateur: &'static str,
    /// What it is divided by; absent of a plain count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub denominateur: Option<&'static str>,
    /// What is left out.
    pub exclusions: &'static str,
    /// Where the definition comes from.
    pub source: &'static str,
    /// Version of the dictionary.
    pub version: &'static str,
    /// What `GET /infocentre/lignes` gives for it; absent when no rows stand behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lignes: Option<ObjetCompte>,
}

const RAPPORT: &str = "Rapport régional d'activité des RCP";
const HAS: &str = "HAS, fiche méthode « Réunion de concertation pluridisciplinaire », 2014 ; rapport régional d'activité des RCP";
const REGLE: &str = "Règle de quorum de la RCP, à la version appliquée au cas ; rapport régional d'activité des RCP";
const RIEN: &str = "Aucune.";
const REPORTS: &str = "Cas reportés ; versions remplacées par une correction.";
const HORS_QUORUM: &str = "Cas enregistrés ou reportés ; RCP d'expertise. Un quorum indéterminé reste au dénominateur.";

/// The dictionary, in the order of [`Indicateur::TOUS`].
pub const DICTIONNAIRE: &[Definition] = &[
    Definition {
        code: Indicateur::NbEntites,
        nom: "RCP actives",
        unite: Unite::Nombre,
        definition: "RCP ayant tenu au moins une réunion dans la période.",
        numerateur: "RCP distinctes des réunions tenues (closes ou validées).",
        denominateur: None,
        exclusions: "Réunions annulées, planifiées ou encore ouvertes.",
        source: RAPPORT,
        version: VERSION,
        lignes: Some(ObjetCompte::Entite),
    },
    Definition {
        code: Indicateur::NbEntitesAnnuaire,
        nom: "RCP de l'annuaire",
        unite: Unite::Nombre,
        definition: "RCP validées à l'annuaire au jour de la demande, qu'elles se soient réunies ou non. Ne dépend ni de la période ni du mois.",
        numerateur: "RCP à l'état validé.",
        denominateur: None,
        exclusions: "RCP en brouillon, suspendues ou fermées.",
        source: RAPPORT,
        version: VERSION,
        lignes: Some(ObjetCompte::Entite),
    },
    Definition {
        code: Indicateur::NbReunions,
        nom: "Réunions tenues",
        unite: Unite::Nombre,
        definition: "Réunions closes ou validées dont la date, en France métropolitaine, tombe dans la période.",
        numerateur: "Réunions tenues.",
        denominateur: None,
        exclusions: "Réunions annulées, planifiées ou encore ouvertes.",
        source: RAPPORT,
        version: VERSION,
        lignes: Some(ObjetCompte::Reunion),
    },
    Definition {
        code: Indicateur::NbReunionsAnnulees,
        nom: "Réunions annulées",
        unite: Unite::Nombre,
        definition: "Réunions annulées dont la date prévue tombe dans la période.",
        numerateur: "Réunions annulées.",
        denominateur: None,
        exclusions: RIEN,
        source: RAPPORT,
        version: VERSION,
        lignes: Some(ObjetCompte::Reunion),
    },
    Definition {
        code: Indicateur::NbCr,
        nom: "Comptes-rendus",
        unite: Unite::Nombre,
        definition: "Comptes-rendus validés, cas discutés et cas enregistrés : chaque passage d'un patient compte pour un.",
        numerateur: "Versions courantes des comptes-rendus validés.",
        denominateur: None,
        exclusions: REPORTS,
        source: RAPPORT,
        version: VERSION,
        lignes: Some(ObjetCompte::Passage),
    },
    Definition {
        code: Indicateur::NbDiscutes,
        nom: "Cas discutés",
        unite: Unite::Nombre,
        definition: "Comptes-rendus de cas discutés en réunion.",
        numerateur: "Versions courantes, cas discutés.",
        denominateur: None,
        exclusions: REPORTS,
        source: RAPPORT,
        version: VERSION,
        lignes: Some(ObjetCompte::Passage),
    },
    Definition {
        code: Indicateur::NbEnregistres,
        nom: "Cas enregistrés",
        unite: Unite::Nombre,
        definition: "Comptes-rendus de cas relevant d'une situation traitée selon un référentiel, enregistrés sans discussion.",
        numerateur: "Versions courantes, cas enregistrés.",
        denominateur: None,
        exclusions: REPORTS,
        source: RAPPORT,
        version: VERSION,
        lignes: Some(ObjetCompte::Passage),
    },
    Definition {
        code: Indicateur::NbReportes,
        nom: "Cas reportés",
        unite: Unite::Nombre,
        definition: "Cas inscrits dont la réunion validée a reporté la discussion ; comptés à part des comptes-rendus.",
        numerateur: "Versions courantes, cas reportés.",
        denominateur: None,
        exclusions: "Versions remplacées par une correction.",
        source: RAPPORT,
        version: VERSION,
        lignes: Some(ObjetCompte::Passage),
    },
    Definition {
        code: Indicateur::NbPatients,
        nom: "Patients différents",
        unite: Unite::Nombre,
        definition: "Patients ayant au moins un compte-rendu dans la période. Un patient vu dans deux groupes compte dans chacun, et une fois dans le total.",
        numerateur: "Patients distincts des comptes-rendus.",
        denominateur: None,
        exclusions: REPORTS,
        source: RAPPORT,
        version: VERSION,
        lignes: Some(ObjetCompte::Patient),
    },
    Definition {
        code: Indicateur::NbNouveaux,
        nom: "Nouveaux patients",
        unite: Unite::Nombre,
        definition: "Patients différents sans compte-rendu dans la région avant le premier jour de la période. Avec nouveaux=rcp : sans compte-rendu antérieur dans la même RCP.",
        numerateur: "Patients distincts des comptes-rendus, sans compte-rendu antérieur.",
        denominateur: None,
        exclusions: REPORTS,
        source: RAPPORT,
        version: VERSION,
        lignes: Some(ObjetCompte::Patient),
    },
    Definition {
        code: Indicateur::PassagesParPatient,
        nom: "Passages par patient",
        unite: Unite::Quotient,
        definition: "Nombre moyen de comptes-rendus par patient, arrondi au centième, la demie vers le haut.",
        numerateur: "Comptes-rendus (NB_CR).",
        denominateur: Some("Patients différents (NB_PATIENTS)."),
        exclusions: REPORTS,
        source: RAPPORT,
        version: VERSION,
        lignes: None,
    },
    Definition {
        code: Indicateur::CrParReunion,
        nom: "Comptes-rendus par réunion",
        unite: Unite::QuotientEntier,
        definition: "Nombre moyen de comptes-rendus par réunion tenue, arrondi à l'entier, la demie vers le haut.",
        numerateur: "Comptes-rendus (NB_CR).",
        denominateur: Some("Réunions tenues (NB_REUNIONS)."),
        exclusions: REPORTS,
        source: RAPPORT,
        version: VERSION,
        lignes: None,
    },
    Definition {
        code: Indicateur::TxQuorumHas,
        nom: "Quorum HAS, par cas",
        unite: Unite::Pourcentage,
        definition: "Part des cas discutés en présence d'au moins trois médecins de spécialités différentes.",
        numerateur: "Cas discutés dont le quorum HAS est atteint.",
        denominateur: Some("Cas discutés, hors RCP d'expertise."),
        exclusions: HORS_QUORUM,
        source: HAS,
        version: VERSION,
        lignes: Some(ObjetCompte::Passage),
    },
    Definition {
        code: Indicateur::TxQuorumHasReunions,
        nom: "Quorum HAS, par réunion",
        unite: Unite::Pourcentage,
        definition: "Part des réunions dont tous les cas discutés ont atteint le quorum HAS.",
        numerateur: "Réunions dont tous les cas discutés ont le quorum HAS.",
        denominateur: Some("Réunions tenues ayant discuté au moins un cas, hors RCP d'expertise."),
        exclusions: HORS_QUORUM,
        source: HAS,
        version: VERSION,
        lignes: Some(ObjetCompte::Reunion),
    },
    Definition {
        code: Indicateur::TxQuorumRegle,
        nom: "Quorum de la RCP, par cas",
        unite: Unite::Pourcentage,
        definition: "Part des cas discutés avec la composition que la règle de quorum de la RCP exige.",
        numerateur: "Cas discutés dont le quorum de la règle est atteint.",
        denominateur: Some("Cas discutés, hors RCP d'expertise."),
        exclusions: HORS_QUORUM,
        source: REGLE,
        version: VERSION,
        lignes: Some(ObjetCompte::Passage),
    },
    Definition {
        code: Indicateur::TxQuorumRegleReunions,
        nom: "Quorum de la RCP, par réunion",
        unite: Unite::Pourcentage,
        definition: "Part des réunions dont tous les cas discutés ont atteint le quorum de la règle.",
        numerateur: "Réunions dont tous les cas discutés ont le quorum de la règle.",
        denominateur: Some("Réunions tenues ayant discuté au moins un cas, hors RCP d'expertise."),
        exclusions: HORS_QUORUM,
        source: REGLE,
        version: VERSION,
        lignes: Some(ObjetCompte::Reunion),
    },
    Definition {
        code: Indicateur::TxVisio,
        nom: "Réunions avec visioconférence",
        unite: Unite::Pourcentage,
        definition: "Part des réunions tenues où au moins un participant était présent en visioconférence.",
        numerateur: "Réunions tenues avec au moins une présence en visioconférence.",
        denominateur: Some("Réunions tenues (NB_REUNIONS)."),
        exclusions: "Réunions annulées, planifiées ou encore ouvertes.",
        source: RAPPORT,
        version: VERSION,
        lignes: Some(ObjetCompte::Reunion),
    },
    Definition {
        code: Indicateur::TxCrEnvoyesMt,
        nom: "Comptes-rendus envoyés au médecin traitant",
        unite: Unite::Pourcentage,
        definition: "Part des comptes-rendus que le médecin traitant a reçus : message accepté par sa messagerie sécurisée, remis, lu ou intégré, ou courrier posté.",
        numerateur: "Comptes-rendus dont l'envoi de la version courante au médecin traitant est accepté, remis, lu, intégré ou posté.",
        denominateur: Some("Comptes-rendus (NB_CR), que le médecin traitant soit connu ou non."),
        exclusions: REPORTS,
        source: RAPPORT,
        version: VERSION,
        lignes: Some(ObjetCompte::Passage),
    },
    Definition {
        code: Indicateur::TxG8Des75Ans,
        nom: "G8 renseigné à partir de 75 ans",
        unite: Unite::Pourcentage,
        definition: "Part des comptes-rendus de patients de 75 ans ou plus à la date de la réunion dont le dépistage gériatrique G8 est complet.",
        numerateur: "Comptes-rendus de patients de 75 ans ou plus, G8 fait.",
        denominateur: Some("Comptes-rendus de patients de 75 ans ou plus."),
        exclusions: "Cas reportés ; un G8 incomplet reste au dénominateur.",
        source: RAPPORT,
        version: VERSION,
        lignes: Some(ObjetCompte::Passage),
    },
];

impl Indicateur {
    /// What the rows behind it are; `None` for a quotient of counts of different things.
    #[must_use]
    pub fn objet(self) -> Option<ObjetCompte> {
        DICTIONNAIRE.iter().find(|definition| definition.code == self).and_then(|definition| definition.lignes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chaque_indicateur_a_une_definition_et_une_seule() {
        let definis: Vec<Indicateur> = DICTIONNAIRE.iter().map(|definition| definition.code).collect();
        assert_eq!(definis, Indicateur::TOUS);
    }

    #[test]
    fn un_rapport_a_un_denominateur_et_un_nombre_n_en_a_pas() {
        for definition in DICTIONNAIRE {
            assert_eq!(definition.denominateur.is_none(), definition.unite == Unite::Nombre, "{}", definition.code);
        }
    }
}
