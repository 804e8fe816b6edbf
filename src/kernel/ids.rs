//! One typed identifier per entity, so that a fiche can never be looked up with a patient's id.
//!
//! All are UUID version 7 (RFC 9562): they sort by creation, which makes them usable as cursors.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! identifiants {
    ($($(#[$meta:meta])* $nom:ident),+ $(,)?) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = String, format = Uuid)]
        pub struct $nom(Uuid);

        impl $nom {
            /// Wraps a raw UUID.
            #[must_use]
            pub const fn new(uuid: Uuid) -> Self { Self(uuid) }
            /// The raw UUID.
            #[must_use]
            pub const fn uuid(self) -> Uuid { self.0 }
        }

        impl fmt::Display for $nom {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }

        impl From<Uuid> for $nom {
            fn from(uuid: Uuid) -> Self { Self(uuid) }
        }

        impl FromStr for $nom {
            type Err = uuid::Error;
            fn from_str(texte: &str) -> Result<Self, Self::Err> { texte.parse().map(Self) }
        }
    )+
    /// Gives the list of the typed ids to another macro.
    macro_rules! pour_chaque_identifiant { ($macro:ident) => { $macro! { $($nom),+ } } }
    };
}

identifiants! {
    /// A territoire of the region.
    TerritoireId,
    /// An établissement de santé.
    EtablissementId,
    /// A centre de coordination en cancérologie.
    Centre3cId,
    /// A health professional of the directory.
    PraticienId,
    /// A secure address of a professional.
    AdresseId,
    /// A user account.
    CompteId,
    /// A role given to an account on a perimeter.
    HabilitationId,
    /// A session opened by an account.
    SessionId,
    /// A second factor of an account.
    FacteurId,
    /// A step of a sign-in.
    DefiId,
    /// A row of the access trace.
    TraceId,
    /// An alert on accesses.
    AlerteAccesId,
    /// A background job.
    JobId,
    /// A version of a fiche model.
    ModeleFicheId,
    /// A version of a block of fiche models.
    BlocFicheId,
    /// A version of a quorum rule.
    RegleQuorumId,
    /// A version of an alert rule.
    RegleAlerteId,
    /// A draft of reference data.
    BrouillonId,
    /// A withdrawal of a published version.
    RetraitId,
    /// An RCP entity.
    RcpId,
    /// A member of an RCP entity.
    MembreId,
    /// A meeting of an RCP.
    ReunionId,
    /// The attendance of one person at one meeting.
    PresenceId,
    /// An invitation sent to one person for one meeting.
    InvitationId,
    /// A revocable iCalendar feed.
    FluxIcalId,
    /// A patient.
    PatientId,
    /// A correspondent of a patient.
    CorrespondantId,
    /// An opposition expressed by a patient.
    OppositionId,
    /// Two patients who may be one.
    DoublonId,
    /// A patient absorbed by another.
    RapprochementId,
    /// A request by which a person uses a right.
    DemandeDroitId,
    /// A suspension of the retention period.
    GelId,
    /// A purge, from its proposal to its end.
    PurgeId,
    /// A dossier: one cancer of one patient.
    DossierId,
    /// A fiche RCP.
    FicheId,
    /// The registration of a fiche at a meeting.
    InscriptionId,
    /// A written opinion on one registration.
    AvisId,
    /// An alert raised on a registration.
    AlerteId,
    /// A version of a compte-rendu.
    CompteRenduId,
    /// A version of a typesetting template.
    GabaritId,
    /// A version of a programme personnalisé (PPS, PPAC).
    ProgrammeId,
    /// A document that a template could not make.
    EchecGabaritId,
    /// A rendered document.
    DocumentId,
    /// The delivery of one compte-rendu version to one recipient.
    DiffusionId,
    /// One attempt at a delivery.
    TentativeId,
    /// A mail that came back.
    RetourId,
    /// What the infocentre froze.
    InstantaneId,
    /// The work on an annual report.
    CampagneId,
    /// A report that was published.
    PublicationId,
    /// A project that reuses the data.
    ProjetRechercheId,
    /// Letters printed together.
    ImpressionId,
    /// An import of a public directory.
    ImportAnnuaireId,
    /// A domain of the trust space, for a time.
    DomaineSecuriseId,
    /// A restriction of a patient to named people.
    RestrictionId,
    /// What was found of the views of a restricted patient.
    ExamenRestrictionId,
    /// A bris de glace.
    BrisId,
    /// A person as an identity provider names it.
    IdentiteFedereeId,
    /// Software of an établissement that calls the API.
    ClientMachineId,
    /// A time when the software of an établissement was shut out.
    CoupureId,
    /// A version of the terms of use.
    ConditionsId,
}
