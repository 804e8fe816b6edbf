//! Who acts, and what that person may do: roles, perimeters, actions.
//!
//! A right is a role that holds the action and a perimeter that covers the object. For patients'
//! data a dated link between the patient and the perimeter must exist besides (équipe de soins,
//! CSP L1110-4 and L1110-12): see [`Sujets`] and `crate::db::perimetre`.

use crate::kernel::{
    Instant,
    ids::{Centre3cId, CompteId, EtablissementId, PraticienId, RcpId, SessionId},
};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;
use uuid::Uuid;

/// How old a proof of identity may be for the acts that ask for a recent one.
pub const FRAICHEUR_AUTHENTIFICATION: TimeDelta = TimeDelta::minutes(5);

crate::enum_texte! {
    /// The roles found in the regions' practice.
    pub enum Role {
        /// Regional administrator (DSR-C).
        AdministrateurRegional => "administrateur_regional",
        /// Local administrator, of a 3C or an établissement.
        AdministrateurLocal => "administrateur_local",
        /// Coordinating doctor of a 3C.
        Coordonnateur3c => "coordonnateur_3c",
        /// Secretary of RCP meetings.
        Secretaire => "secretaire",
        /// Doctor in charge of an RCP, and substitutes.
        Responsable => "responsable",
        /// Doctor who takes part in meetings.
        Participant => "participant",
        /// Doctor who presents own patients.
        Demandeur => "demandeur",
        /// General practitioner.
        MedecinTraitant => "medecin_traitant",
        /// Nurse coordinator, pharmacist, supportive care.
        Soignant => "soignant",
        /// Analyst of the infocentre.
        Analyste => "analyste",
        /// Hospital system, by interface.
        Interface => "interface",
        /// Identitovigilance cell: reads and brings together identities, and nothing else of a patient. Held beside the
        /// role of local administrator, never by it.
        Identitovigilant => "identitovigilant",
        /// Data protection officer.
        DelegueProtectionDonnees => "delegue_protection_donnees",
    }
}

crate::enum_texte! {
    /// Everything that a right can be given for.
    pub enum Action {
        /// Read the directory of structures and professionals.
        LireAnnuaire => "lire_annuaire",
        /// Change the directory.
        GererAnnuaire => "gerer_annuaire",
        /// Read value sets, fiche models, rules.
        LireReferentiels => "lire_referentiels",
        /// Change value sets, fiche models, rules.
        GererReferentiels => "gerer_referentiels",
        /// Read RCP entities and their calendars.
        LireRcp => "lire_rcp",
        /// Create and change RCP entities.
        GererRcp => "gerer_rcp",
        /// Read the meetings of RCP: dates, places, state.
        LireReunion => "lire_reunion",
        /// Read who is expected at a meeting, who attends it and how it was invited.
        LirePresence => "lire_presence",
        /// Create, duplicate, move, cancel meetings; send invitations.
        PlanifierReunion => "planifier_reunion",
        /// Open a meeting, take the attendance, decide on each case, close.
        ConduireReunion => "conduire_reunion",
        /// Find a patient by traits.
        RechercherPatient => "rechercher_patient",
        /// Read a patient and the dossiers.
        LirePatient => "lire_patient",
        /// Create or correct a patient, a dossier, correspondents, oppositions.
        GererPatient => "gerer_patient",
        /// Take down and lift the oppositions of a patient.
        RecueillirOpposition => "recueillir_opposition",
        /// Restrict a patient (staff member, public figure, detainee) to named people, and end it.
        RestreindrePatient => "restreindre_patient",
        /// See a patient in an emergency, outside the équipe de soins: read only, for four hours, examined afterwards.
        BriserGlace => "briser_glace",
        /// Examine the accesses that call for it: bris de glace, views of restricted patients.
        ExaminerAcces => "examiner_acces",
        /// Read a fiche, its alerts, its registrations.
        LireFiche => "lire_fiche",
        /// Fill a fiche.
        RemplirFiche => "remplir_fiche",
        /// Register a fiche at a meeting.
        Inscrire => "inscrire",
        /// Order, postpone, withdraw registrations.
        OrdonnerInscriptions => "ordonner_inscriptions",
        /// Give a written opinion on a case.
        DonnerAvis => "donner_avis",
        /// Validate and correct comptes-rendus.
        ValiderCompteRendu => "valider_compte_rendu",
        /// Read comptes-rendus and their documents.
        LireCompteRendu => "lire_compte_rendu",
        /// Read programmes personnalisés (PPS, PPAC) and their documents.
        LireProgramme => "lire_programme",
        /// Write the draft of a programme personnalisé.
        RedigerProgramme => "rediger_programme",
        /// Hand a programme personnalisé to the patient, which fixes it.
        RemettreProgramme => "remettre_programme",
        /// Write, publish and withdraw the templates of comptes-rendus and letters.
        GererGabarits => "gerer_gabarits",
        /// Know how many deliveries stand in each state.
        CompterDiffusions => "compter_diffusions",
        /// Follow deliveries.
        SuivreDiffusion => "suivre_diffusion",
        /// Resend, change an address, mark a letter as posted.
        GererDiffusion => "gerer_diffusion",
        /// Read the statistics.
        LireInfocentre => "lire_infocentre",
        /// Freeze the infocentre for the report of a year, lead its campaign, publish it.
        ExtraireRapport => "extraire_rapport",
        /// Answer for the figures of a 3C in the report of a year.
        ValiderPageRapport => "valider_page_rapport",
        /// Ask for a pseudonymised extract for a project of research, take it, end the project.
        DemanderExtrait => "demander_extrait",
        /// Approve, refuse and revoke the projects of research.
        ApprouverExtrait => "approuver_extrait",
        /// Manage accounts and rights.
        GererComptes => "gerer_comptes",
        /// Read the access trace.
        LireTrace => "lire_trace",
        /// Open and close the service to writing.
        Exploiter => "exploiter",
        /// Judge duplicates, merge and take apart patients: identities only.
        RapprocherIdentites => "rapprocher_identites",
        /// Keep the register of the requests of patients, make the account of accesses.
        TraiterDroits => "traiter_droits",
        /// Hand a patient the whole file.
        ExporterDossier => "exporter_dossier",
        /// Sign a purge for an établissement, suspend one.
        ViserPurge => "viser_purge",
        /// Grant a purge that was signed.
        AccorderPurge => "accorder_purge",
    }
}

impl Action {
    /// True for the readings of a patient's data that a bris de glace opens. It opens no writing.
    #[must_use]
    pub const fn ouverte_par_bris_de_glace(self) -> bool {
        matches!(self, Self::RechercherPatient | Self::LirePatient | Self::LireFiche | Self::LireCompteRendu | Self::LireProgramme)
    }
}

impl Role {
    /// What the role holds. The table that clinicians read is `docs/habilitations.csv`: it is written by
    /// hand, and a test holds every operation of this program to it.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a table")]
    pub const fn actions(self) -> &'static [Action] {
        use Action as A;
        match self {
            Self::AdministrateurRegional => &[
                A::LireAnnuaire,
                A::GererAnnuaire,
                A::LireReferentiels,
                A::GererReferentiels,
                A::LireRcp,
                A::LireReunion,
                A::GererRcp,
                A::GererGabarits,
                A::LireInfocentre,
                A::ExtraireRapport,
                A::ApprouverExtrait,
                A::GererComptes,
                A::Exploiter,
            ],
            Self::AdministrateurLocal => &[
                A::LireAnnuaire,
                A::GererAnnuaire,
                A::LireReferentiels,
                A::LireRcp,
                A::LireReunion,
                A::LirePresence,
                A::GererRcp,
                A::PlanifierReunion,
                A::GererGabarits,
                A::LireInfocentre,
                A::GererComptes,
                A::ViserPurge,
            ],
            Self::Coordonnateur3c => &[
                A::LireAnnuaire,
                A::LireReferentiels,
                A::LireRcp,
                A::LireReunion,
                A::LirePresence,
                A::GererRcp,
                A::PlanifierReunion,
                A::CompterDiffusions,
                A::GererGabarits,
                A::LireInfocentre,
                A::ValiderPageRapport,
            ],
            Self::Secretaire => &[
                A::LireAnnuaire,
                A::LireReferentiels,
                A::LireRcp,
                A::LireReunion,
                A::LirePresence,
                A::PlanifierReunion,
                A::ConduireReunion,
                A::RechercherPatient,
                A::LirePatient,
                A::GererPatient,
                A::RecueillirOpposition,
                A::LireFiche,
                A::RemplirFiche,
                A::Inscrire,
                A::OrdonnerInscriptions,
                A::LireCompteRendu,
                A::LireProgramme,
                A::RedigerProgramme,
                A::CompterDiffusions,
                A::SuivreDiffusion,
                A::GererDiffusion,
                A::GererGabarits,
                A::LireInfocentre,
            ],
            Self::Responsable => &[
                A::LireAnnuaire,
                A::LireReferentiels,
                A::LireRcp,
                A::LireReunion,
                A::LirePresence,
                A::GererRcp,
                A::PlanifierReunion,
                A::ConduireReunion,
                A::RechercherPatient,
                A::LirePatient,
                A::GererPatient,
                A::RecueillirOpposition,
                A::RestreindrePatient,
                A::BriserGlace,
                A::LireFiche,
                A::RemplirFiche,
                A::Inscrire,
                A::OrdonnerInscriptions,
                A::DonnerAvis,
                A::ValiderCompteRendu,
                A::LireCompteRendu,
                A::LireProgramme,
                A::RedigerProgramme,
                A::RemettreProgramme,
                A::CompterDiffusions,
                A::SuivreDiffusion,
                A::GererDiffusion,
                A::LireInfocentre,
                A::ExporterDossier,
            ],
            Self::Participant => &[
                A::LireAnnuaire,
                A::LireReferentiels,
                A::LireRcp,
                A::LireReunion,
                A::LirePresence,
                A::RechercherPatient,
                A::LirePatient,
                A::BriserGlace,
                A::LireFiche,
                A::DonnerAvis,
                A::LireCompteRendu,
                A::LireProgramme,
            ],
            Self::Demandeur => &[
                A::LireAnnuaire,
                A::LireReferentiels,
                A::LireRcp,
                A::LireReunion,
                A::LirePresence,
                A::RechercherPatient,
                A::LirePatient,
                A::GererPatient,
                A::RecueillirOpposition,
                A::RestreindrePatient,
                A::BriserGlace,
                A::LireFiche,
                A::RemplirFiche,
                A::Inscrire,
                A::DonnerAvis,
                A::LireCompteRendu,
                A::LireProgramme,
                A::RedigerProgramme,
                A::RemettreProgramme,
                A::CompterDiffusions,
                A::SuivreDiffusion,
                A::ExporterDossier,
            ],
            Self::MedecinTraitant => &[
                A::LireAnnuaire,
                A::LireReferentiels,
                A::LireRcp,
                A::RechercherPatient,
                A::LirePatient,
                A::RecueillirOpposition,
                A::BriserGlace,
                A::LireFiche,
                A::LireCompteRendu,
                A::LireProgramme,
                A::RedigerProgramme,
                A::RemettreProgramme,
                A::ExporterDossier,
            ],
            Self::Soignant => &[
                A::LireAnnuaire,
                A::LireReferentiels,
                A::LireRcp,
                A::LireReunion,
                A::LirePresence,
                A::RechercherPatient,
                A::LirePatient,
                A::RecueillirOpposition,
                A::LireFiche,
                A::LireCompteRendu,
                A::LireProgramme,
                A::RedigerProgramme,
                A::RemettreProgramme,
            ],
            Self::Analyste => &[
                A::LireAnnuaire,
                A::LireReferentiels,
                A::LireRcp,
                A::LireReunion,
                A::LireInfocentre,
                A::ExtraireRapport,
                A::DemanderExtrait,
            ],
            Self::Interface => &[
                A::LireAnnuaire,
                A::LireReferentiels,
                A::LireRcp,
                A::LireReunion,
                A::RechercherPatient,
                A::LirePatient,
                A::GererPatient,
                A::RecueillirOpposition,
                A::LireFiche,
                A::RemplirFiche,
                A::Inscrire,
                A::LireCompteRendu,
                A::LireProgramme,
                A::RedigerProgramme,
            ],
            Self::Identitovigilant => &[A::LireAnnuaire, A::LireReferentiels, A::LireRcp, A::RapprocherIdentites],
            Self::DelegueProtectionDonnees => &[
                A::LireAnnuaire,
                A::LireReferentiels,
                A::LireRcp,
                A::LireInfocentre,
                A::ExaminerAcces,
                A::LireTrace,
                A::TraiterDroits,
                A::AccorderPurge,
                A::ApprouverExtrait,
            ],
        }
    }

    /// True when the role holds the action.
    #[must_use]
    pub fn permet(self, action: Action) -> bool {
        self.actions().contains(&action)
    }
}

/// What a right bears on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", content = "id", rename_all = "snake_case")]
pub enum Perimetre {
    /// The whole region.
    Region,
    /// A 3C and the RCP it coordinates.
    #[serde(rename = "centre_3c")]
    Centre3c(Centre3cId),
    /// An établissement.
    Etablissement(EtablissementId),
    /// One RCP entity.
    Rcp(RcpId),
    /// The person's own patients and meetings.
    Patients,
}

/// A role on a perimeter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Habilitation {
    /// The role.
    pub role: Role,
    /// What it bears on.
    pub perimetre: Perimetre,
}

/// Where an object without patient data belongs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rattachement {
    /// The RCP it belongs to.
    pub rcp: Option<RcpId>,
    /// The 3C it belongs to.
    pub centre_3c: Option<Centre3cId>,
    /// The établissements it belongs to.
    pub etablissements: Vec<EtablissementId>,
}

/// The subjects through which a person may see patients: a patient is visible if and only if a
/// link in force ties the patient to one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sujets {
    /// Every patient (the service itself).
    pub tous: bool,
    /// RCP, 3C, établissements and the person's own directory entry.
    pub ids: Vec<Uuid>,
    /// The person's directory entry, through which the agenda of attended meetings is visible.
    pub praticien: Option<PraticienId>,
    /// The account: the subject of a bris de glace, and what the list of a restricted patient names.
    pub compte: Option<CompteId>,
}

impl Sujets {
    /// True when a link to one of those subjects makes a patient visible.
    #[must_use]
    pub fn voient(&self, lies: &[Uuid]) -> bool {
        self.tous || self.ids.iter().any(|id| lies.contains(id))
    }
}

/// The acting person or process, with its rights at this moment.
#[derive(Debug, Clone)]
pub struct Acteur {
    /// Account, absent for the service itself.
    pub compte: Option<CompteId>,
    /// Session, absent for the service itself.
    pub session: Option<SessionId>,
    /// Directory entry of the person, if a professional.
    pub praticien: Option<PraticienId>,
    /// Name to show and to trace.
    pub nom: String,
    /// Rights in force.
    pub habilitations: Vec<Habilitation>,
    /// The professional in whose name a machine acts, as its request says.
    pub au_nom_de: Option<String>,
    /// The moment of the last proof of identity, absent for the service itself.
    pub authentifie_le: Option<Instant>,
    /// The version of the terms of use that the person has still to accept, if any.
    pub conditions_a_accepter: Option<String>,
    systeme: bool,
}

impl Acteur {
    /// A signed-in person.
    #[must_use]
    pub fn personne(
        compte: CompteId,
        session: SessionId,
        praticien: Option<PraticienId>,
        nom: String,
        habilitations: Vec<Habilitation>,
    ) -> Self {
        Self {
            compte: Some(compte),
            session: Some(session),
            praticien,
            nom,
            habilitations,
            authentifie_le: None,
            au_nom_de: None,
            conditions_a_accepter: None,
            systeme: false,
        }
    }

    /// Software of an établissement, under its technical account.
    #[must_use]
    pub fn machine(compte: CompteId, nom: String, habilitations: Vec<Habilitation>, au_nom_de: Option<String>) -> Self {
        Self {
            compte: Some(compte),
            session: None,
            praticien: None,
            nom,
            habilitations,
            authentifie_le: None,
            au_nom_de,
            conditions_a_accepter: None,
            systeme: false,
        }
    }

    /// The service itself (worker, command line), which may do everything and is traced by name.
    #[must_use]
    pub fn systeme(nom: &str) -> Self {
        Self {
            compte: None,
            session: None,
            praticien: None,
            nom: nom.to_owned(),
            habilitations: Vec::new(),
            au_nom_de: None,
            authentifie_le: None,
            conditions_a_accepter: None,
            systeme: true,
        }
    }

    /// The same person, whose identity was last proved at that moment.
    #[must_use]
    pub fn authentifie(mut self, instant: Instant) -> Self {
        self.authentifie_le = Some(instant);
        self
    }

    /// The same person, who has still to accept that version of the terms of use.
    #[must_use]
    pub fn devant_accepter(mut self, version: Option<String>) -> Self {
        self.conditions_a_accepter = version;
        self
    }

    /// True when the identity was proved five minutes ago at most (step-up), and for the service itself.
    #[must_use]
    pub fn authentifie_recemment(&self, maintenant: Instant) -> bool {
        self.systeme || self.authentifie_le.is_some_and(|le| maintenant - le <= FRAICHEUR_AUTHENTIFICATION)
    }

    /// True for the service itself.
    #[must_use]
    pub const fn est_systeme(&self) -> bool {
        self.systeme
    }

    /// True when some role of the person holds the action, on whatever perimeter.
    #[must_use]
    pub fn peut(&self, action: Action) -> bool {
        self.systeme || self.droit(action).is_some()
    }

    /// True when a role that holds the action covers where the object belongs.
    #[must_use]
    pub fn peut_sur(&self, action: Action, objet: &Rattachement) -> bool {
        self.systeme || self.droit_sur(action, objet).is_some()
    }

    /// The subjects through which the action may be done on patients. A regional perimeter gives
    /// none: nobody sees all patients by office.
    #[must_use]
    pub fn sujets(&self, action: Action) -> Sujets {
        if self.systeme {
            return Sujets { tous: true, ..Sujets::default() };
        }
        let mut ids = BTreeSet::new();
        let mut praticien = None;
        for habilitation in self.habilitations.iter().filter(|h| h.role.permet(action)) {
            match habilitation.perimetre {
                Perimetre::Region => {}
                Perimetre::Centre3c(id) => drop(ids.insert(id.uuid())),
                Perimetre::Etablissement(id) => drop(ids.insert(id.uuid())),
                Perimetre::Rcp(id) => drop(ids.insert(id.uuid())),
                Perimetre::Patients => praticien = self.praticien,
            }
        }
        ids.extend(praticien.map(PraticienId::uuid));
        if action.ouverte_par_bris_de_glace() && self.peut(Action::BriserGlace) {
            ids.extend(self.compte.map(CompteId::uuid));
        }
        Sujets { tous: false, ids: ids.into_iter().collect(), praticien, compte: self.compte }
    }
}
