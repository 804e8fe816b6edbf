//! Registrations and their life-cycle.

pub use super::etat::{ActeInscription, Admission, EtatInscription, MotifReport, MotifRetrait};
pub use super::passage::{Passage, RcpDuPassage};
pub use super::proposition::{
    EssaiClinique, ExamenComplementaire, Intention, Proposition, ReferentielApplique, TYPES_TRAITEMENT, Traitement,
};

use crate::{
    kernel::{
        ErreurMetier, Faute, Nature,
        ids::{AvisId, DossierId, FicheId, InscriptionId, PatientId, PraticienId, ReunionId},
    },
    metier::{
        quorum::model::{Intervalle, ResultatQuorum},
        reunion::model::EtatReunion,
    },
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The registration of a fiche at a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Inscription {
    /// Identifier.
    pub id: InscriptionId,
    /// The meeting.
    pub reunion_id: ReunionId,
    /// The fiche.
    pub fiche_id: FicheId,
    /// The dossier of the fiche.
    pub dossier_id: DossierId,
    /// The patient of the fiche.
    pub patient_id: PatientId,
    /// The doctor who asks.
    pub demandeur_id: PraticienId,
    /// Who presents the case, when it is not the doctor who asks.
    pub presentateur_id: Option<PraticienId>,
    /// Place on the agenda.
    pub rang: i64,
    /// State.
    pub etat: EtatInscription,
    /// Why it was postponed ([`MotifReport`]) or withdrawn ([`MotifRetrait`]).
    pub motif: Option<String>,
    /// What the reason does not say.
    pub precision_motif: Option<String>,
    /// Comment for the meeting.
    pub commentaire: Option<String>,
    /// The registration it was postponed from.
    pub report_de: Option<InscriptionId>,
    /// Start of the discussion.
    pub debut_discussion: Option<DateTime<Utc>>,
    /// End of the discussion.
    pub fin_discussion: Option<DateTime<Utc>>,
    /// The guideline it conforms to, for a recorded case.
    pub referentiel: Option<ReferentielApplique>,
    /// The answer of the meeting.
    pub proposition: Option<Proposition>,
    /// The quorum of the discussion.
    pub quorum: Option<ResultatQuorum>,
    /// Version.
    pub version: i64,
    /// Creation.
    pub cree_le: DateTime<Utc>,
    /// Last change.
    pub modifie_le: DateTime<Utc>,
}

impl Inscription {
    /// Discussed, with an answer. The quorum is evaluated afterwards, on who attended.
    pub fn discuter(self, discussion: Intervalle, proposition: Proposition) -> Result<Self, InscriptionError> {
        if discussion.fin < discussion.debut {
            return Err(InscriptionError::DiscussionInversee);
        }
        let etat = self.passer(ActeInscription::Discuter)?;
        Ok(Self {
            etat,
            debut_discussion: Some(discussion.debut),
            fin_discussion: Some(discussion.fin),
            referentiel: None,
            proposition: Some(proposition),
            quorum: None,
            ..self
        })
    }

    /// Recorded without discussion. `urgence_chirurgicale` is what the fiche says: a case operated on
    /// in an emergency is discussed, were it after the act (CSP D6124-131).
    pub fn enregistrer(
        self,
        referentiel: ReferentielApplique,
        proposition: Proposition,
        urgence_chirurgicale: bool,
    ) -> Result<Self, InscriptionError> {
        let etat = self.passer(ActeInscription::Enregistrer)?;
        if urgence_chirurgicale {
            return Err(InscriptionError::UrgenceChirurgicale);
        }
        Ok(Self { etat, referentiel: Some(referentiel), proposition: Some(proposition), ..self })
    }

    /// With another answer.
    pub fn proposer(self, proposition: Proposition) -> Result<Self, InscriptionError> {
        let etat = self.passer(ActeInscription::Proposer)?;
        Ok(Self { etat, proposition: Some(proposition), ..self })
    }

    /// Postponed. What was said of the case is kept.
    pub fn reporter(self, motif: MotifReport, precision: Option<String>) -> Result<Self, InscriptionError> {
        let etat = self.passer(ActeInscription::Reporter)?;
        let precision_motif = preciser(motif == MotifReport::Autre, precision)?;
        Ok(Self { etat, motif: Some(motif.to_string()), precision_motif, ..self })
    }

    /// Withdrawn.
    pub fn retirer(self, motif: MotifRetrait, precision: Option<String>) -> Result<Self, InscriptionError> {
        let etat = self.passer(ActeInscription::Retirer)?;
        let precision_motif = preciser(motif == MotifRetrait::Autre, precision)?;
        Ok(Self { etat, motif: Some(motif.to_string()), precision_motif, ..self })
    }

    /// The state after an act, or why it is refused.
    pub fn passer(&self, acte: ActeInscription) -> Result<EtatInscription, InscriptionError> {
        self.etat.apres(acte).ok_or(InscriptionError::Transition { etat: self.etat, acte })
    }

    /// When the case was discussed.
    #[must_use]
    pub fn discussion(&self) -> Option<Intervalle> {
        self.debut_discussion.zip(self.fin_discussion).map(|(debut, fin)| Intervalle { debut, fin })
    }

    /// True when the answer may be called the opinion of an RCP: the case was discussed and both quorum
    /// rules were reached, or it was recorded, which asks for no attendance.
    #[must_use]
    pub fn avis_de_rcp(&self) -> bool {
        match self.etat {
            EtatInscription::Discutee => self.quorum.as_ref().is_some_and(ResultatQuorum::atteint),
            EtatInscription::Enregistree => true,
            EtatInscription::Inscrite | EtatInscription::Reportee | EtatInscription::Retiree => false,
        }
    }
}

fn preciser(obligatoire: bool, precision: Option<String>) -> Result<Option<String>, InscriptionError> {
    let precision = precision.map(|texte| texte.trim().to_owned()).filter(|texte| !texte.is_empty());
    if obligatoire && precision.is_none() { Err(InscriptionError::MotifSansPrecision) } else { Ok(precision) }
}

/// A written opinion on one case (CSP D6124-131 III).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AvisEcrit {
    /// Identifier.
    pub id: AvisId,
    /// The registration.
    pub inscription_id: InscriptionId,
    /// Who gives it.
    pub praticien_id: PraticienId,
    /// Clause of the quorum rule that it answers for.
    pub clause: Option<String>,
    /// The opinion.
    pub texte: String,
    /// Reception.
    pub recu_le: DateTime<Utc>,
}

/// Why a registration is refused.
#[derive(Debug, thiserror::Error)]
pub enum InscriptionError {
    /// No such registration, or not for this person.
    #[error("Cette inscription n'existe pas.")]
    Introuvable,
    /// No such fiche, or not for this person.
    #[error("Cette fiche n'existe pas.")]
    FicheIntrouvable,
    /// The fiche no longer changes.
    #[error("Cette fiche est verrouillée : ouvrez une nouvelle fiche pour représenter le dossier.")]
    FicheVerrouillee,
    /// The meeting is over or cancelled.
    #[error("Cette réunion ne reçoit plus d'inscription.")]
    ReunionFermee,
    /// The state of the meeting does not allow the act.
    #[error("L'état de la réunion ({reunion}) ne permet pas cette action ({acte}).")]
    EtatReunion {
        /// State of the meeting.
        reunion: EtatReunion,
        /// The act.
        acte: ActeInscription,
    },
    /// The deadline has passed.
    #[error("Le délai d'inscription à cette réunion est dépassé : adressez-vous au secrétariat de la RCP.")]
    DelaiDepasse,
    /// No place left.
    #[error("L'ordre du jour de cette réunion est complet ({capacite} dossiers).")]
    Complete {
        /// Cases that the meeting takes.
        capacite: i64,
    },
    /// The patient objects.
    #[error("Le patient s'oppose au partage de son dossier : il ne peut pas être inscrit.")]
    PatientOppose,
    /// The fiche is already on that agenda.
    #[error("Cette fiche est déjà inscrite à cette réunion.")]
    DejaInscrite,
    /// The state of the registration does not allow the act.
    #[error("Une inscription {} ne permet pas cette action ({acte}).", .etat.libelle())]
    Transition {
        /// Its state.
        etat: EtatInscription,
        /// The act.
        acte: ActeInscription,
    },
    /// The fiche tells of an emergency operation.
    #[error("Un dossier opéré en urgence est discuté, même après l'acte : il ne peut pas être simplement enregistré.")]
    UrgenceChirurgicale,
    /// The discussion ends before it starts.
    #[error("La fin de la discussion ne peut pas précéder son début.")]
    DiscussionInversee,
    /// The reason « other » is not told.
    #[error("Le motif « autre » doit être précisé.")]
    MotifSansPrecision,
    /// The same person already gave an opinion on the case.
    #[error("Ce professionnel a déjà donné son avis sur ce dossier.")]
    AvisDejaDonne,
}

impl ErreurMetier for InscriptionError {
    fn nature(&self) -> Nature {
        match self {
            Self::Introuvable | Self::FicheIntrouvable => Nature::Introuvable,
            Self::FicheVerrouillee
            | Self::ReunionFermee
            | Self::EtatReunion { .. }
            | Self::DelaiDepasse
            | Self::Complete { .. }
            | Self::PatientOppose
            | Self::DejaInscrite
            | Self::Transition { .. }
            | Self::UrgenceChirurgicale
            | Self::AvisDejaDonne => Nature::Conflit,
            Self::DiscussionInversee | Self::MotifSansPrecision => Nature::Invalide,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Introuvable => "inscription-introuvable",
            Self::FicheIntrouvable => "fiche-introuvable",
            Self::FicheVerrouillee => "fiche-verrouillee",
            Self::ReunionFermee => "reunion-fermee",
            Self::EtatReunion { .. } => "etat-reunion",
            Self::DelaiDepasse => "delai-depasse",
            Self::Complete { .. } => "reunion-complete",
            Self::PatientOppose => "patient-oppose",
            Self::DejaInscrite => "deja-inscrite",
            Self::Transition { .. } => "transition-impossible",
            Self::UrgenceChirurgicale => "urgence-chirurgicale",
            Self::DiscussionInversee => "discussion-inversee",
            Self::MotifSansPrecision => "motif-sans-precision",
            Self::AvisDejaDonne => "avis-deja-donne",
        }
    }

    fn fautes(&self) -> Vec<Faute> {
        match self {
            Self::DiscussionInversee => vec![Faute::new("/fin", self.code(), self.to_string())],
            Self::MotifSansPrecision => vec![Faute::new("/precision", "obligatoire", self.to_string())],
            Self::Introuvable
            | Self::FicheIntrouvable
            | Self::FicheVerrouillee
            | Self::ReunionFermee
            | Self::EtatReunion { .. }
            | Self::DelaiDepasse
            | Self::Complete { .. }
            | Self::PatientOppose
            | Self::DejaInscrite
            | Self::Transition { .. }
            | Self::UrgenceChirurgicale
            | Self::AvisDejaDonne => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Instant;
    use crate::metier::quorum::model::EtatQuorum;
    use EtatInscription as E;
    use uuid::Uuid;

    fn instant(secondes: i64) -> Instant {
        DateTime::from_timestamp(secondes, 0).unwrap()
    }

    fn inscription(etat: EtatInscription) -> Inscription {
        Inscription {
            id: InscriptionId::new(Uuid::nil()),
            reunion_id: ReunionId::new(Uuid::nil()),
            fiche_id: FicheId::new(Uuid::nil()),
            dossier_id: DossierId::new(Uuid::nil()),
            patient_id: PatientId::new(Uuid::nil()),
            demandeur_id: PraticienId::new(Uuid::nil()),
            presentateur_id: None,
            rang: 1,
            etat,
            motif: None,
            precision_motif: None,
            commentaire: None,
            report_de: None,
            debut_discussion: None,
            fin_discussion: None,
            referentiel: None,
            proposition: None,
            quorum: None,
            version: 1,
            cree_le: instant(0),
            modifie_le: instant(0),
        }
    }

    fn quorum(has: EtatQuorum, composition: EtatQuorum) -> ResultatQuorum {
        ResultatQuorum {
            regle_code: "standard-hors-hematologie".to_owned(),
            regle_version: "2023-12".to_owned(),
            has,
            composition,
            groupes_has: Vec::new(),
            clauses: Vec::new(),
            manquantes: Vec::new(),
        }
    }

    fn recommandation() -> ReferentielApplique {
        let date = instant(1_700_000_000).date_naive();
        ReferentielApplique { nom: "Thésaurus national".to_owned(), version: "2025".to_owned(), date }
    }

    fn surveillance() -> Proposition {
        Proposition { surveillance: Some("Tous les six mois.".to_owned()), ..Proposition::default() }
    }

    #[test]
    fn une_reunion_sans_quorum_ne_peut_pas_rendre_d_avis() {
        let (atteint, manque, indetermine) = (EtatQuorum::Atteint, EtatQuorum::NonAtteint, EtatQuorum::Indetermine);
        let discutee = |has, composition| Inscription { quorum: Some(quorum(has, composition)), ..inscription(E::Discutee) };
        assert!(discutee(atteint, atteint).avis_de_rcp());
        for (has, composition) in [(atteint, manque), (manque, atteint), (atteint, indetermine), (indetermine, atteint)] {
            assert!(!discutee(has, composition).avis_de_rcp(), "{has} {composition}");
        }
        assert!(!inscription(E::Discutee).avis_de_rcp());
        assert!(inscription(E::Enregistree).avis_de_rcp());
        let reportee = Inscription { quorum: Some(quorum(atteint, atteint)), ..inscription(E::Reportee) };
        assert!(!reportee.avis_de_rcp());
    }

    #[test]
    fn un_dossier_opere_en_urgence_ne_peut_pas_etre_simplement_enregistre() {
        let enregistrer = |urgence| inscription(E::Inscrite).enregistrer(recommandation(), surveillance(), urgence);
        assert!(matches!(enregistrer(true), Err(InscriptionError::UrgenceChirurgicale)));
        let enregistree = enregistrer(false).unwrap();
        assert_eq!((enregistree.etat, enregistree.referentiel), (E::Enregistree, Some(recommandation())));
    }

    #[test]
    fn discuter_un_dossier_enregistre_efface_sa_recommandation_et_demande_un_nouveau_quorum() {
        let enregistree = Inscription { referentiel: Some(recommandation()), ..inscription(E::Enregistree) };
        let discussion = Intervalle { debut: instant(10), fin: instant(20) };
        let discutee = enregistree.discuter(discussion, surveillance()).unwrap();
        assert_eq!((discutee.etat, discutee.referentiel.clone(), discutee.quorum.clone()), (E::Discutee, None, None));
        assert_eq!(discutee.discussion(), Some(discussion));
    }

    #[test]
    fn une_discussion_ne_finit_pas_avant_d_avoir_commence() {
        let discussion = Intervalle { debut: instant(20), fin: instant(10) };
        let refus = inscription(E::Inscrite).discuter(discussion, surveillance()).unwrap_err();
        assert_eq!(refus.code(), "discussion-inversee");
    }

    #[test]
    fn un_motif_autre_est_precise() {
        let blanc = Some("  ".to_owned());
        assert!(matches!(inscription(E::Inscrite).reporter(MotifReport::Autre, blanc), Err(InscriptionError::MotifSansPrecision)));
        assert!(matches!(inscription(E::Inscrite).retirer(MotifRetrait::Autre, None), Err(InscriptionError::MotifSansPrecision)));
        let reportee = inscription(E::Discutee).reporter(MotifReport::QuorumNonAtteint, None).unwrap();
        assert_eq!((reportee.etat, reportee.motif.as_deref()), (E::Reportee, Some("quorum_non_atteint")));
    }
}
