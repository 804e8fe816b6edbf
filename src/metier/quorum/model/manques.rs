//! What a rule lacks and who could bring it; the rules side by side.

use super::{EtatQuorum, Exigences, Participant, ResultatQuorum};
use crate::{
    kernel::ids::PraticienId,
    metier::{
        annuaire::model::Praticien,
        quorum::regle::{Clause, GroupesSpecialites, ModeClause, RegleQuorum, StatutRegle},
    },
};
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

crate::enum_texte! {
    /// Where somebody who could come is found; the nearest to the RCP first.
    pub enum OrigineCandidat {
        /// Permanent member or coordinator of the RCP.
        Membre => "membre",
        /// Guest of the meeting.
        Invite => "invite",
        /// Substitute of the RCP.
        Suppleant => "suppleant",
        /// Practises in an établissement that organises the RCP.
        Etablissement => "etablissement",
        /// Practises elsewhere in its territoire.
        Territoire => "territoire",
    }
}

/// Somebody who could come, and how to reach the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Candidat {
    /// Who.
    pub praticien_id: PraticienId,
    /// « Dr Anne DELTA ».
    pub nom: String,
    /// Specialty (JDV J01).
    pub specialite: Option<String>,
    /// Where the person is found.
    pub origine: OrigineCandidat,
    /// Telephone.
    pub telephone: Option<String>,
    /// Ordinary mail.
    pub courriel: Option<String>,
    /// Secure address to use first.
    pub adresse_securisee: Option<String>,
}

impl Candidat {
    /// A professional of the directory as somebody to call.
    #[must_use]
    pub fn nouveau(praticien: &Praticien, origine: OrigineCandidat) -> Self {
        Self {
            praticien_id: praticien.id,
            nom: praticien.nom_complet(),
            specialite: praticien.saisi.specialite.clone(),
            origine,
            telephone: praticien.saisi.telephone.clone(),
            courriel: praticien.saisi.courriel.clone(),
            adresse_securisee: praticien.adresse_preferee().map(str::to_owned),
        }
    }
}

/// A place that is missing, and who could fill it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlaceManquante {
    /// Clause; absent when it is a specialty that the HAS rule lacks.
    pub clause: Option<String>,
    /// Name to show, in French.
    pub libelle: String,
    /// Persons that are missing.
    pub nombre: usize,
    /// True when a written opinion on the case would do.
    pub avis_ecrit_admis: bool,
    /// Who could fill it, the nearest to the RCP first.
    pub candidats: Vec<Candidat>,
}

/// One rule among those evaluated side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ResultatRegle {
    /// True for the rule of the RCP, the only one that the compte-rendu and the infocentre know.
    pub propre: bool,
    /// Name of the rule.
    pub nom: String,
    /// How much it can be relied on; a definition of the region says so.
    pub statut: StatutRegle,
    /// What it rests on, in French.
    pub source: String,
    /// Both parts of the rule together.
    pub etat: EtatQuorum,
    /// The result.
    #[serde(flatten)]
    pub resultat: ResultatQuorum,
    /// What is missing, and who could bring it.
    pub places_manquantes: Vec<PlaceManquante>,
}

/// What a rule lacks: persons for a clause, or specialties for the HAS rule.
#[derive(Debug, Clone)]
pub struct Besoin<'e> {
    /// The clause and its rule; absent for the HAS rule.
    clause: Option<(&'e RegleQuorum, &'e Clause)>,
    /// The specialties that the HAS rule already counts.
    representees: &'e [String],
    nombre: usize,
}

impl Besoin<'_> {
    /// True when the person would bring what is missing by attending.
    #[must_use]
    pub fn comble_par(&self, exigences: &Exigences, personne: &Participant) -> bool {
        match self.clause {
            Some((regle, clause)) => exigences.peut_tenir(regle, clause, personne),
            None => exigences.apporte(personne).is_some_and(|groupe| !self.representees.iter().any(|deja| deja == groupe)),
        }
    }

    /// The specialties and the professions among which to look for somebody in the directory.
    #[must_use]
    pub fn recherche(&self, groupes: &GroupesSpecialites) -> (BTreeSet<String>, Vec<String>) {
        let Some((_, clause)) = self.clause else {
            let deja: BTreeSet<&String> = groupes.specialites(self.representees).collect();
            return (groupes.toutes().filter(|specialite| !deja.contains(specialite)).cloned().collect(), Vec::new());
        };
        let specialites = groupes.specialites(&clause.groupes).chain(&clause.specialites);
        (specialites.cloned().collect(), clause.professions.clone())
    }

    /// The place, with those who could fill it.
    #[must_use]
    pub fn place(&self, candidats: Vec<Candidat>) -> PlaceManquante {
        PlaceManquante {
            clause: self.clause.map(|(_, clause)| clause.id.clone()),
            libelle: self.clause.map_or_else(|| "Médecin d'une autre spécialité".to_owned(), |(_, clause)| clause.libelle.clone()),
            nombre: self.nombre,
            avis_ecrit_admis: self.clause.is_some_and(|(_, clause)| clause.mode == ModeClause::PresenceOuAvis),
            candidats,
        }
    }
}

impl Exigences {
    /// What a result lacks, the clauses first.
    #[must_use]
    pub fn besoins<'e>(&'e self, resultat: &'e ResultatQuorum) -> Vec<Besoin<'e>> {
        let representees = resultat.groupes_has.as_slice();
        let mut besoins = Vec::new();
        for regle in std::iter::once(&self.regle).chain(&self.complements) {
            for clause in &regle.clauses {
                let nombre = resultat.clauses.iter().filter(|place| place.id == clause.id && place.manque()).count();
                if nombre > 0 {
                    besoins.push(Besoin { clause: Some((regle, clause)), representees, nombre });
                }
            }
        }
        let min = usize::try_from(self.regle.global.min_specialites_distinctes).unwrap_or(usize::MAX);
        let nombre = min.saturating_sub(representees.len());
        if nombre > 0 {
            besoins.push(Besoin { clause: None, representees, nombre });
        }
        besoins
    }
}
