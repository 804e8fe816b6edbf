//! States of a registration, the acts that change them, and the reasons that acts give.

use super::model::InscriptionError;
use crate::metier::reunion::model::EtatReunion;

crate::enum_texte! {
    /// State of a registration.
    pub enum EtatInscription {
        /// On the agenda.
        Inscrite => "inscrite",
        /// Discussed by the meeting.
        Discutee => "discutee",
        /// Recorded without discussion, as it conforms to a national guideline.
        Enregistree => "enregistree",
        /// Postponed: a linked registration stands at a later meeting.
        Reportee => "reportee",
        /// Withdrawn.
        Retiree => "retiree",
    }
}

crate::enum_texte! {
    /// Acts on a registration.
    pub enum ActeInscription {
        /// Discuss the case, or correct what was noted of its discussion.
        Discuter => "discuter",
        /// Record it without discussion, or correct what was recorded.
        Enregistrer => "enregistrer",
        /// Change the proposition alone.
        Proposer => "proposer",
        /// Give a written opinion.
        Aviser => "aviser",
        /// Postpone it.
        Reporter => "reporter",
        /// Withdraw it.
        Retirer => "retirer",
    }
}

impl ActeInscription {
    /// True when a meeting in that state admits the act. What a validated meeting answered no longer
    /// changes here: it is corrected by a new version of the compte-rendu.
    #[must_use]
    pub const fn admis_en(self, reunion: EtatReunion) -> bool {
        use EtatReunion as R;
        match (self, reunion) {
            (Self::Discuter, R::Ouverte)
            | (Self::Enregistrer, R::Planifiee | R::Convoquee | R::Ouverte)
            | (Self::Proposer | Self::Aviser, R::Planifiee | R::Convoquee | R::Ouverte | R::Close)
            | (Self::Reporter | Self::Retirer, R::Planifiee | R::Convoquee | R::Ouverte | R::Close | R::Annulee) => true,
            (Self::Discuter, R::Planifiee | R::Convoquee | R::Close | R::Validee | R::Annulee)
            | (Self::Enregistrer, R::Close | R::Validee | R::Annulee)
            | (Self::Proposer | Self::Aviser, R::Validee | R::Annulee)
            | (Self::Reporter | Self::Retirer, R::Validee) => false,
        }
    }
}

crate::enum_texte! {
    /// How a fiche enters an agenda.
    pub enum Admission {
        /// Before the deadline.
        DansLeDelai => "dans_le_delai",
        /// After the deadline, by who orders the agenda.
        HorsDelai => "hors_delai",
        /// During the meeting, by who orders the agenda.
        EnSeance => "en_seance",
    }
}

impl Admission {
    /// How a fiche may enter the agenda of a meeting in that state. `ordonnateur` says that the person
    /// orders the agendas of the RCP.
    pub const fn en(reunion: EtatReunion, delai_depasse: bool, ordonnateur: bool) -> Result<Self, InscriptionError> {
        match (reunion, delai_depasse, ordonnateur) {
            (EtatReunion::Planifiee | EtatReunion::Convoquee, false, _) => Ok(Self::DansLeDelai),
            (EtatReunion::Planifiee | EtatReunion::Convoquee, true, true) => Ok(Self::HorsDelai),
            (EtatReunion::Ouverte, _, true) => Ok(Self::EnSeance),
            (EtatReunion::Planifiee | EtatReunion::Convoquee, true, false) | (EtatReunion::Ouverte, _, false) => {
                Err(InscriptionError::DelaiDepasse)
            }
            (EtatReunion::Close | EtatReunion::Validee | EtatReunion::Annulee, _, _) => Err(InscriptionError::ReunionFermee),
        }
    }
}

impl EtatInscription {
    /// The state after an act, or `None` when the act is not allowed. A real discussion is never
    /// turned back into a mere recording, nor withdrawn; a recorded case in doubt is discussed.
    #[must_use]
    pub const fn apres(self, acte: ActeInscription) -> Option<Self> {
        use ActeInscription as A;
        match (self, acte) {
            (Self::Inscrite | Self::Discutee | Self::Enregistree, A::Discuter) => Some(Self::Discutee),
            (Self::Inscrite | Self::Enregistree, A::Enregistrer) => Some(Self::Enregistree),
            (Self::Discutee, A::Proposer) => Some(Self::Discutee),
            (Self::Enregistree, A::Proposer) => Some(Self::Enregistree),
            (Self::Inscrite | Self::Discutee | Self::Enregistree, A::Aviser) => Some(self),
            (Self::Inscrite | Self::Discutee | Self::Enregistree, A::Reporter) => Some(Self::Reportee),
            (Self::Inscrite | Self::Enregistree, A::Retirer) => Some(Self::Retiree),
            (Self::Inscrite, A::Proposer) | (Self::Discutee, A::Enregistrer | A::Retirer) | (Self::Reportee | Self::Retiree, _) => None,
        }
    }

    /// True while the case takes a place on the agenda.
    #[must_use]
    pub const fn a_l_ordre_du_jour(self) -> bool {
        match self {
            Self::Inscrite | Self::Discutee | Self::Enregistree => true,
            Self::Reportee | Self::Retiree => false,
        }
    }

    /// How the state is said in a sentence.
    #[must_use]
    pub const fn libelle(self) -> &'static str {
        match self {
            Self::Inscrite => "inscrite",
            Self::Discutee => "discutée",
            Self::Enregistree => "enregistrée",
            Self::Reportee => "reportée",
            Self::Retiree => "retirée",
        }
    }
}

crate::enum_texte! {
    /// Why a case is postponed.
    pub enum MotifReport {
        /// Quorum not reached.
        QuorumNonAtteint => "quorum_non_atteint",
        /// A needed specialist is missing.
        SpecialisteManquant => "specialiste_manquant",
        /// Incomplete dossier: histology.
        HistologieManquante => "histologie_manquante",
        /// Incomplete dossier: imaging.
        ImagerieManquante => "imagerie_manquante",
        /// Incomplete dossier: molecular biology.
        BiologieMoleculaireManquante => "biologie_moleculaire_manquante",
        /// Incomplete dossier, otherwise.
        DossierIncomplet => "dossier_incomplet",
        /// Nobody to present it.
        PresentateurAbsent => "presentateur_absent",
        /// An examination is under way.
        ExamenEnAttente => "examen_en_attente",
        /// The patient asked for it.
        DemandePatient => "demande_patient",
        /// Belongs to an RCP de recours.
        ReorientationRecours => "reorientation_recours",
        /// Belongs to a rare cancer RCP.
        ReorientationCancerRare => "reorientation_cancer_rare",
        /// Belongs to the paediatric RCP.
        ReorientationRcppi => "reorientation_rcppi",
        /// Belongs to an RCP for adolescents and young adults.
        ReorientationAja => "reorientation_aja",
        /// No time left.
        ManqueDeTemps => "manque_de_temps",
        /// Another reason, to be told.
        Autre => "autre",
    }
}

impl MotifReport {
    /// How the reason is said in a compte-rendu.
    #[must_use]
    pub const fn libelle(self) -> &'static str {
        match self {
            Self::QuorumNonAtteint => "Quorum non atteint",
            Self::SpecialisteManquant => "Spécialiste manquant",
            Self::HistologieManquante => "Dossier incomplet : histologie",
            Self::ImagerieManquante => "Dossier incomplet : imagerie",
            Self::BiologieMoleculaireManquante => "Dossier incomplet : biologie moléculaire",
            Self::DossierIncomplet => "Dossier incomplet",
            Self::PresentateurAbsent => "Présentateur absent",
            Self::ExamenEnAttente => "Examen en attente",
            Self::DemandePatient => "Demande du patient",
            Self::ReorientationRecours => "Réorientation vers une RCP de recours",
            Self::ReorientationCancerRare => "Réorientation vers une RCP de cancer rare",
            Self::ReorientationRcppi => "Réorientation vers la RCP pédiatrique",
            Self::ReorientationAja => "Réorientation vers une RCP d'adolescents et jeunes adultes",
            Self::ManqueDeTemps => "Manque de temps",
            Self::Autre => "Autre motif",
        }
    }
}

crate::enum_texte! {
    /// Why a case is withdrawn.
    pub enum MotifRetrait {
        /// Registered by mistake.
        ErreurInscription => "erreur_inscription",
        /// The patient asked for it, or objects to the sharing of the dossier.
        DemandePatient => "demande_patient",
        /// The patient died.
        Deces => "deces",
        /// Cared for elsewhere.
        PriseEnChargeAilleurs => "prise_en_charge_ailleurs",
        /// No longer of the competence of an RCP.
        SansObjet => "sans_objet",
        /// Another reason, to be told.
        Autre => "autre",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ActeInscription as A;
    use EtatInscription as E;

    #[test]
    fn la_table_des_transitions_est_celle_ci() {
        let table = [
            (E::Inscrite, [Some(E::Discutee), Some(E::Enregistree), None, Some(E::Inscrite), Some(E::Reportee), Some(E::Retiree)]),
            (E::Discutee, [Some(E::Discutee), None, Some(E::Discutee), Some(E::Discutee), Some(E::Reportee), None]),
            (
                E::Enregistree,
                [Some(E::Discutee), Some(E::Enregistree), Some(E::Enregistree), Some(E::Enregistree), Some(E::Reportee), Some(E::Retiree)],
            ),
            (E::Reportee, [None; 6]),
            (E::Retiree, [None; 6]),
        ];
        assert_eq!(A::TOUS, [A::Discuter, A::Enregistrer, A::Proposer, A::Aviser, A::Reporter, A::Retirer]);
        assert_eq!(table.map(|(etat, _)| etat), E::TOUS);
        for (etat, suites) in table {
            for (acte, suite) in A::TOUS.iter().zip(suites) {
                assert_eq!(etat.apres(*acte), suite, "{acte} une inscription {etat}");
            }
        }
    }

    #[test]
    fn chaque_acte_a_ses_etats_de_reunion() {
        use EtatReunion as R;
        let table = [
            (A::Discuter, vec![R::Ouverte]),
            (A::Enregistrer, vec![R::Planifiee, R::Convoquee, R::Ouverte]),
            (A::Proposer, vec![R::Planifiee, R::Convoquee, R::Ouverte, R::Close]),
            (A::Aviser, vec![R::Planifiee, R::Convoquee, R::Ouverte, R::Close]),
            (A::Reporter, vec![R::Planifiee, R::Convoquee, R::Ouverte, R::Close, R::Annulee]),
            (A::Retirer, vec![R::Planifiee, R::Convoquee, R::Ouverte, R::Close, R::Annulee]),
        ];
        assert_eq!(table.each_ref().map(|(acte, _)| *acte), A::TOUS);
        for (acte, attendus) in table {
            let admis: Vec<R> = R::TOUS.iter().copied().filter(|reunion| acte.admis_en(*reunion)).collect();
            assert_eq!(admis, attendus, "{acte}");
        }
    }

    #[test]
    fn apres_le_delai_seul_qui_ordonne_inscrit_encore_et_jamais_a_une_reunion_close() {
        use EtatReunion as R;
        let code = |reunion, depasse, ordonnateur| match Admission::en(reunion, depasse, ordonnateur) {
            Ok(admission) => admission.as_str(),
            Err(refus) => crate::kernel::ErreurMetier::code(&refus),
        };
        // Deadline not passed then passed, by anybody then by who orders the agenda.
        let table = [
            (R::Planifiee, ["dans_le_delai", "dans_le_delai", "delai-depasse", "hors_delai"]),
            (R::Convoquee, ["dans_le_delai", "dans_le_delai", "delai-depasse", "hors_delai"]),
            (R::Ouverte, ["delai-depasse", "en_seance", "delai-depasse", "en_seance"]),
            (R::Close, ["reunion-fermee"; 4]),
            (R::Validee, ["reunion-fermee"; 4]),
            (R::Annulee, ["reunion-fermee"; 4]),
        ];
        assert_eq!(table.map(|(reunion, _)| reunion), R::TOUS);
        for (reunion, attendus) in table {
            let obtenus = [(false, false), (false, true), (true, false), (true, true)]
                .map(|(depasse, ordonnateur)| code(reunion, depasse, ordonnateur));
            assert_eq!(obtenus, attendus, "{reunion}");
        }
    }

    #[test]
    fn seules_les_inscriptions_ni_reportees_ni_retirees_occupent_une_place() {
        let occupent: Vec<E> = E::TOUS.iter().copied().filter(|etat| etat.a_l_ordre_du_jour()).collect();
        assert_eq!(occupent, [E::Inscrite, E::Discutee, E::Enregistree]);
    }
}
