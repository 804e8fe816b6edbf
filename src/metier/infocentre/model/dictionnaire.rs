//! The dictionary of indicators: the one definition of every number that the infocentre gives.

mod definitions;

pub use definitions::DICTIONNAIRE;

use serde::Serialize;
use utoipa::ToSchema;

/// Version of the dictionary: it changes whenever a definition does.
pub const VERSION: &str = "2.0";

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
        /// Cases in the national composition.
        TxQuorumInca => "TX_QUORUM_INCA",
        /// Meetings in the national composition.
        TxQuorumIncaReunions => "TX_QUORUM_INCA_REUNIONS",
        /// Cases in the composition of the region.
        TxQuorumRegional => "TX_QUORUM_REGIONAL",
        /// Meetings in the composition of the region.
        TxQuorumRegionalReunions => "TX_QUORUM_REGIONAL_REUNIONS",
        /// Comptes-rendus with a proposal.
        TxHasNiveau1 => "TX_HAS_NIVEAU_1",
        /// Those given by three specialties.
        TxHasNiveau2 => "TX_HAS_NIVEAU_2",
        /// Meetings with videoconference.
        TxVisio => "TX_VISIO",
        /// Attendances by videoconference.
        TxVisioPresences => "TX_VISIO_PRESENCES",
        /// From the registration to the meeting.
        DelaiInscriptionMediane => "DELAI_INSCRIPTION_MEDIANE",
        /// Likewise, nine cases in ten.
        DelaiInscriptionP90 => "DELAI_INSCRIPTION_P90",
        /// From the meeting to the validation.
        DelaiCrMediane => "DELAI_CR_MEDIANE",
        /// Likewise, nine cases in ten.
        DelaiCrP90 => "DELAI_CR_P90",
        /// From the validation to the sending.
        DelaiEnvoiMtMediane => "DELAI_ENVOI_MT_MEDIANE",
        /// Likewise, nine cases in ten.
        DelaiEnvoiMtP90 => "DELAI_ENVOI_MT_P90",
        /// From the diagnosis to the meeting.
        DelaiDiagnosticMediane => "DELAI_RCP_DIAG_MEDIANE",
        /// Likewise, nine cases in ten.
        DelaiDiagnosticP90 => "DELAI_RCP_DIAG_P90",
        /// Médecin traitant known.
        TxMtIdentifie => "TX_MT_IDENTIFIE",
        /// With a secure address.
        TxMtAdresseSecurisee => "TX_MT_ADRESSE_SECURISEE",
        /// Comptes-rendus sent to the médecin traitant.
        TxCrEnvoyesMt => "TX_CR_ENVOYES_MT",
        /// By secure mail.
        TxCrEnvoyesMssante => "TX_CR_ENVOYES_MT_MSSANTE",
        /// By post.
        TxCrPostes => "TX_CR_ENVOYES_MT_POSTE",
        /// Read.
        TxCrLus => "TX_CR_LUS_MT",
        /// G8 screening from 75 on.
        TxG8Des75Ans => "TX_G8_75",
        /// G8 that asks for a geriatric evaluation.
        TxG8Le14 => "TX_G8_LE14",
        /// Geriatric evaluation asked for or made.
        TxAvisGeriatrique => "TX_AVIS_GERIATRIQUE",
        /// Comptes-rendus of young adults.
        NbAja => "NB_AJA",
        /// Double expertise.
        TxAjaDoubleExpertise => "TX_AJA_DOUBLE_EXPERTISE",
        /// Both experts in session.
        TxAjaPresence => "TX_AJA_PRESENCE",
        /// Fertility.
        TxFertilite => "TX_FERTILITE",
        /// Trial looked for.
        TxEssaiCherche => "TX_ESSAI_CHERCHE",
        /// Trial proposed.
        TxEssaiPropose => "TX_ESSAI_PROPOSE",
        /// Oncogenetics.
        TxOncogenetique => "TX_ONCOGENETIQUE",
        /// Supportive care.
        TxSoinsSupport => "TX_SOINS_SUPPORT",
        /// Palliative care.
        TxSoinsPalliatifs => "TX_SOINS_PALLIATIFS",
        /// Tobacco.
        TxTabac => "TX_TABAC",
        /// Alcohol.
        TxAlcool => "TX_ALCOOL",
        /// Sent on to an RCP de recours.
        TxRecours => "TX_RECOURS",
        /// Completeness of the fiches.
        Completude => "COMPLETUDE",
        /// Attendances.
        NbParticipations => "NB_PARTICIPATIONS",
        /// Professionals who attended.
        NbParticipants => "NB_PARTICIPANTS",
        /// Attendances of private practitioners.
        NbParticipationsLiberales => "NB_PARTICIPATIONS_LIBERAUX",
        /// Private practitioners who attended.
        NbLiberaux => "NB_LIBERAUX",
        /// Attendances for each of them.
        ParticipationsParLiberal => "PARTICIPATIONS_PAR_LIBERAL",
        /// Hours of attendance.
        HeuresParticipation => "HEURES_PARTICIPATION",
        /// Patients who live out of the region.
        TxHorsRegion => "TX_HORS_REGION",
        /// Cases of another établissement.
        TxAutreEtablissement => "TX_AUTRE_ETABLISSEMENT",
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
        /// Attendances: one person at one meeting.
        Participation => "participation",
        /// Professionals, each shown by the first attendance that is counted.
        Participant => "participant",
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
        /// Days.
        Jours => "jours",
    }
}

/// How an indicator is made of counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forme {
    /// As many as there are rows.
    Nombre,
    /// The share of the rows that are in the numerator.
    Taux,
    /// One indicator over another.
    Quotient {
        /// What is divided.
        numerateur: Indicateur,
        /// By what.
        denominateur: Indicateur,
        /// Decimals.
        decimales: u32,
    },
    /// The sum of a value of the rows over how many they are.
    Moyenne,
    /// The sum of a value of the rows over a constant.
    Somme {
        /// The constant.
        par: i64,
    },
    /// The smallest value that this share of the rows, in percent, does not exceed.
    Rang {
        /// The share.
        pour_cent: i64,
    },
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
    /// How it is made.
    #[serde(skip)]
    pub forme: Forme,
}

impl Indicateur {
    /// Its definition.
    #[must_use]
    pub fn definition(self) -> Option<&'static Definition> {
        DICTIONNAIRE.iter().find(|definition| definition.code == self)
    }

    /// What the rows behind it are; `None` for a quotient of counts of different things.
    #[must_use]
    pub fn objet(self) -> Option<ObjetCompte> {
        self.definition().and_then(|definition| definition.lignes)
    }

    /// How it is made.
    #[must_use]
    pub fn forme(self) -> Forme {
        self.definition().map_or(Forme::Nombre, |definition| definition.forme)
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
            let divise = matches!(definition.forme, Forme::Taux | Forme::Quotient { .. } | Forme::Moyenne | Forme::Somme { .. });
            assert_eq!(definition.denominateur.is_some(), divise, "{}", definition.code);
            assert_eq!(definition.unite == Unite::Jours, matches!(definition.forme, Forme::Rang { .. }), "{}", definition.code);
        }
    }

    #[test]
    fn derriere_un_quotient_de_deux_indicateurs_il_n_y_a_pas_de_lignes() {
        for definition in DICTIONNAIRE {
            assert_eq!(definition.lignes.is_none(), matches!(definition.forme, Forme::Quotient { .. }), "{}", definition.code);
        }
    }
}
