//! Projects of research and their life.

pub mod anonymat;
mod demande;
pub mod dictionnaire;
mod erreur;
pub mod extrait;
pub mod manifeste;
pub mod pseudonyme;
pub mod releve;

pub use demande::{MotifSaisi, ProjetSaisi};
pub use erreur::RechercheError;

use crate::kernel::{
    Acteur, Action, Instant,
    acteur::Perimetre,
    ids::{Centre3cId, CompteId, EtablissementId, ProjetRechercheId, RcpId},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

crate::enum_texte! {
    /// Where a project stands, by name.
    pub enum EtatProjet {
        /// Asked for.
        Soumis => "soumis",
        /// Approved by one person.
        ApprouveUneFois => "approuve_une_fois",
        /// Approved by two: the archive is being made.
        Approuve => "approuve",
        /// The archive is there.
        Produit => "produit",
        /// Over: the archive and the secret are gone.
        Clos => "clos",
        /// Refused.
        Refuse => "refuse",
        /// Approved, then stopped.
        Revoque => "revoque",
    }
}

/// One approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Approbation {
    /// Account.
    pub par: CompteId,
    /// When.
    pub le: Instant,
}

/// The two approvals, by two persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Approbations {
    /// The first.
    pub premiere: Approbation,
    /// The second: the date of the archive.
    pub seconde: Approbation,
}

/// The archive is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Production {
    /// Since when.
    pub le: Instant,
    /// Until when.
    pub jusqu_au: Instant,
}

/// How a project ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fin {
    /// When.
    pub le: Instant,
    /// Why; a closing needs no reason.
    pub motif: Option<String>,
}

/// Where a project stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Etat {
    /// Asked for.
    Soumis,
    /// Approved by one person.
    ApprouveUneFois(Approbation),
    /// Approved by two.
    Approuve(Approbations),
    /// The archive is there.
    Produit(Approbations, Production),
    /// Over.
    Clos(Fin),
    /// Refused.
    Refuse(Fin),
    /// Approved, then stopped.
    Revoque(Fin),
}

impl Etat {
    /// Its name.
    #[must_use]
    pub const fn nom(&self) -> EtatProjet {
        match self {
            Self::Soumis => EtatProjet::Soumis,
            Self::ApprouveUneFois(_) => EtatProjet::ApprouveUneFois,
            Self::Approuve(_) => EtatProjet::Approuve,
            Self::Produit(..) => EtatProjet::Produit,
            Self::Clos(_) => EtatProjet::Clos,
            Self::Refuse(_) => EtatProjet::Refuse,
            Self::Revoque(_) => EtatProjet::Revoque,
        }
    }
}

/// On what the rights of who asks bear.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerimetreExtrait {
    /// Everything.
    pub region: bool,
    /// RCP.
    pub rcp: Vec<RcpId>,
    /// 3C.
    pub centres: Vec<Centre3cId>,
    /// Établissements that organise an RCP.
    pub etablissements: Vec<EtablissementId>,
}

impl PerimetreExtrait {
    /// That of a person, as the rights are when the project is asked for.
    #[must_use]
    pub fn de(acteur: &Acteur) -> Self {
        let mut tout = Self::default();
        for habilitation in acteur.habilitations.iter().filter(|h| h.role.permet(Action::DemanderExtrait)) {
            match habilitation.perimetre {
                Perimetre::Region => tout.region = true,
                Perimetre::Rcp(id) => tout.rcp.push(id),
                Perimetre::Centre3c(id) => tout.centres.push(id),
                Perimetre::Etablissement(id) => tout.etablissements.push(id),
                Perimetre::Patients => {}
            }
        }
        tout
    }
}

/// A project of research.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Projet {
    /// Identifier.
    pub id: ProjetRechercheId,
    /// Account of who asked.
    pub demandeur: CompteId,
    /// Name of that person.
    pub demandeur_nom: String,
    /// What is asked for.
    pub demande: ProjetSaisi,
    /// On what the rights of that person bore.
    pub perimetre: PerimetreExtrait,
    /// Where it stands.
    pub etat: Etat,
    /// The secret of its pseudonyms, sealed; from its production to its end.
    pub secret_scelle: Option<String>,
    /// Version.
    pub version: i64,
    /// When it was asked for.
    pub cree_le: Instant,
    /// Last change.
    pub modifie_le: Instant,
}

impl Projet {
    fn refus(&self) -> RechercheError {
        RechercheError::Etat { etat: self.etat.nom() }
    }

    fn devient(self, etat: Etat, maintenant: Instant) -> Self {
        Self { etat, version: self.version + 1, modifie_le: maintenant, ..self }
    }

    /// Approves: once, then again by another person. That two accounts are of two persons is checked before.
    pub fn approuver(self, par: CompteId, maintenant: Instant) -> Result<Self, RechercheError> {
        if par == self.demandeur {
            return Err(RechercheError::Demandeur);
        }
        let approbation = Approbation { par, le: maintenant };
        let etat = match &self.etat {
            Etat::Soumis => Etat::ApprouveUneFois(approbation),
            Etat::ApprouveUneFois(premiere) if premiere.par == par => return Err(RechercheError::MemePersonne),
            Etat::ApprouveUneFois(premiere) => Etat::Approuve(Approbations { premiere: *premiere, seconde: approbation }),
            Etat::Approuve(_) | Etat::Produit(..) | Etat::Clos(_) | Etat::Refuse(_) | Etat::Revoque(_) => return Err(self.refus()),
        };
        Ok(self.devient(etat, maintenant))
    }

    /// Refuses, before the second approval.
    pub fn refuser(self, motif: &str, maintenant: Instant) -> Result<Self, RechercheError> {
        match &self.etat {
            Etat::Soumis | Etat::ApprouveUneFois(_) => {
                Ok(self.devient(Etat::Refuse(Fin { le: maintenant, motif: Some(motif.to_owned()) }), maintenant))
            }
            Etat::Approuve(_) | Etat::Produit(..) | Etat::Clos(_) | Etat::Refuse(_) | Etat::Revoque(_) => Err(self.refus()),
        }
    }

    /// Stops what was approved; the secret goes with it.
    pub fn revoquer(self, motif: &str, maintenant: Instant) -> Result<Self, RechercheError> {
        match &self.etat {
            Etat::Approuve(_) | Etat::Produit(..) => {
                let etat = Etat::Revoque(Fin { le: maintenant, motif: Some(motif.to_owned()) });
                Ok(Self { secret_scelle: None, ..self.devient(etat, maintenant) })
            }
            Etat::Soumis | Etat::ApprouveUneFois(_) | Etat::Clos(_) | Etat::Refuse(_) | Etat::Revoque(_) => Err(self.refus()),
        }
    }

    /// Ends what was produced, by who asked or at the term; the secret goes with it.
    pub fn clore(self, maintenant: Instant) -> Result<Self, RechercheError> {
        match &self.etat {
            Etat::Produit(..) => {
                let etat = Etat::Clos(Fin { le: maintenant, motif: None });
                Ok(Self { secret_scelle: None, ..self.devient(etat, maintenant) })
            }
            Etat::Soumis | Etat::ApprouveUneFois(_) | Etat::Approuve(_) | Etat::Clos(_) | Etat::Refuse(_) | Etat::Revoque(_) => {
                Err(self.refus())
            }
        }
    }

    /// The two approvals, when the archive is to be made.
    pub fn a_produire(&self) -> Result<Approbations, RechercheError> {
        match &self.etat {
            Etat::Approuve(approbations) => Ok(*approbations),
            Etat::Soumis | Etat::ApprouveUneFois(_) | Etat::Produit(..) | Etat::Clos(_) | Etat::Refuse(_) | Etat::Revoque(_) => {
                Err(self.refus())
            }
        }
    }

    /// The archive is there, until its term.
    pub fn produire(self, maintenant: Instant) -> Result<Self, RechercheError> {
        let approbations = self.a_produire()?;
        let jusqu_au = maintenant + TimeDelta::days(i64::from(self.demande.conservation_jours));
        Ok(self.devient(Etat::Produit(approbations, Production { le: maintenant, jusqu_au }), maintenant))
    }

    /// The archive may be given.
    pub fn a_remettre(&self, maintenant: Instant) -> Result<Production, RechercheError> {
        match &self.etat {
            Etat::Produit(_, production) if production.jusqu_au > maintenant => Ok(*production),
            Etat::Produit(..) | Etat::Clos(_) | Etat::Revoque(_) => Err(RechercheError::Expire),
            Etat::Soumis | Etat::ApprouveUneFois(_) | Etat::Approuve(_) | Etat::Refuse(_) => Err(RechercheError::NonProduit),
        }
    }
}

crate::enum_texte! {
    /// What is done of a project.
    pub enum GenreActeRecherche {
        /// It is asked for.
        Demander => "demander",
        /// One person approves.
        Approuver => "approuver",
        /// It is refused.
        Refuser => "refuser",
        /// The archive is asked for again, after a failure.
        Relancer => "relancer",
        /// The archive is there.
        Produire => "produire",
        /// The archive could not be made.
        Echouer => "echouer",
        /// The archive is taken.
        Telecharger => "telecharger",
        /// It is over.
        Clore => "clore",
        /// It is stopped.
        Revoquer => "revoquer",
    }
}

/// Something that was done, as it is written down once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = recherche::Acte)]
pub struct Acte {
    /// Identifier.
    pub id: Uuid,
    /// What was done.
    pub acte: GenreActeRecherche,
    /// What was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub texte: Option<String>,
    /// Who did it.
    pub nom: String,
    /// When.
    pub moment: DateTime<Utc>,
}

/// An archive, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = recherche::ExtraitResume)]
pub struct ExtraitResume {
    /// Name of the file.
    #[schema(example = "extrait-osiris-0199c1f0.zip")]
    pub nom: String,
    /// Number of bytes.
    pub taille: i64,
    /// SHA-256 of the bytes.
    pub empreinte: String,
    /// When it was made.
    pub etabli_le: DateTime<Utc>,
}

/// An archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtraitGarde {
    /// What is said of it.
    pub resume: ExtraitResume,
    /// The bytes.
    pub octets: Vec<u8>,
}

/// A project in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = recherche::ProjetResume)]
pub struct ProjetResume {
    /// Identifier.
    pub id: ProjetRechercheId,
    /// Title.
    pub titre: String,
    /// Who asked.
    pub demandeur: String,
    /// Where it stands.
    pub etat: EtatProjet,
    /// When it was asked for.
    pub cree_le: DateTime<Utc>,
    /// Last change.
    pub modifie_le: DateTime<Utc>,
    /// Version.
    pub version: i64,
}

impl From<&Projet> for ProjetResume {
    fn from(projet: &Projet) -> Self {
        Self {
            id: projet.id,
            titre: projet.demande.titre.clone(),
            demandeur: projet.demandeur_nom.clone(),
            etat: projet.etat.nom(),
            cree_le: projet.cree_le,
            modifie_le: projet.modifie_le,
            version: projet.version,
        }
    }
}

/// A project, with what was done of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = recherche::ProjetDetaille)]
pub struct ProjetDetaille {
    /// The project.
    #[serde(flatten)]
    pub projet: ProjetResume,
    /// What is asked for.
    pub demande: ProjetSaisi,
    /// The archive is being made.
    pub production_en_cours: bool,
    /// The archive, while it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extrait: Option<ExtraitResume>,
    /// Until when it is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jusqu_au: Option<DateTime<Utc>>,
    /// Why it ended, where a reason was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub motif_fin: Option<String>,
    /// Everything that was done, in order.
    pub actes: Vec<Acte>,
}

#[cfg(test)]
mod tests;
