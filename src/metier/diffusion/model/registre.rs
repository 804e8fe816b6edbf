//! The ledger: each change of a delivery, and the proof that none is missing.

use super::{Acte, Canal, EtatDiffusion};
use crate::{
    kernel::ids::{CompteId, DiffusionId, RetourId},
    metier::document::model::Source,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use std::fmt;
use utoipa::ToSchema;

/// One change of a delivery, never altered afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Transition {
    /// Version of the delivery that the change made.
    pub rang: i64,
    /// The state before; none for the first.
    pub avant: Option<EtatDiffusion>,
    /// The state after; the same as before where something was only noted.
    pub apres: EtatDiffusion,
    /// What happened.
    pub acte: Acte,
    /// When.
    pub moment: DateTime<Utc>,
    /// The person who did it; none for the service itself.
    pub compte_id: Option<CompteId>,
    /// The attempt that did it.
    pub tentative: Option<i64>,
    /// The mail that bears witness of it.
    pub retour_id: Option<RetourId>,
    /// Code that was given.
    pub code: Option<String>,
    /// What was said, shortened and without addresses.
    pub detail: Option<String>,
}

crate::enum_texte! {
    /// What must always hold in the ledger.
    pub enum RegleRegistre {
        /// A validated or handed version was prepared for its recipients.
        VersionSansDestinataire => "version_sans_destinataire",
        /// There are as many deliveries as recipients were expected.
        DestinatairesManquants => "destinataires_manquants",
        /// The doctor who asked for the opinion is among the recipients of a compte-rendu.
        DemandeurAbsent => "demandeur_absent",
        /// The state is that of the last change, and the changes follow one another.
        EtatSansTransition => "etat_sans_transition",
        /// What was sent has a Message-ID.
        SansMessageId => "sans_message_id",
        /// What is to be sent has a job that will send it.
        TravailAbsent => "travail_absent",
        /// What is to be sent has its document, or a job that renders it.
        DocumentAbsent => "document_absent",
        /// No job waits beyond its time.
        TravailBloque => "travail_bloque",
    }
}

/// Something of the ledger that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Anomalie {
    /// What does not hold.
    pub regle: RegleRegistre,
    /// The version.
    #[serde(flatten)]
    pub source: Source,
    /// The delivery.
    pub diffusion_id: Option<DiffusionId>,
    /// What was found, in words and numbers of ours.
    pub constat: String,
}

/// How many deliveries stand in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct NombreEtat {
    /// The state.
    pub etat: EtatDiffusion,
    /// How many.
    pub nombre: i64,
}

/// How many deliveries go by a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct NombreCanal {
    /// The channel.
    pub canal: Canal,
    /// How many.
    pub nombre: i64,
}

/// Deliveries counted by state and by channel, beside those that were expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CompteDiffusions {
    /// Versions of comptes-rendus, and of programmes in the whole ledger.
    pub versions: i64,
    /// Recipients that the versions were prepared for.
    pub produites: i64,
    /// Every state, in their order, even without any.
    pub par_etat: Vec<NombreEtat>,
    /// Every channel, in their order, even without any.
    pub par_canal: Vec<NombreCanal>,
    /// What was produced less the sum over the states: zero, or the ledger is broken.
    pub ecart: i64,
}

/// What the queries count: a number for each pair of state and channel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comptage {
    /// Versions.
    pub versions: i64,
    /// Expected recipients.
    pub produites: i64,
    /// State, channel, how many.
    pub lignes: Vec<(EtatDiffusion, Canal, i64)>,
}

impl From<&Comptage> for CompteDiffusions {
    fn from(c: &Comptage) -> Self {
        let somme = |garder: &dyn Fn(EtatDiffusion, Canal) -> bool| {
            c.lignes.iter().filter(|(etat, canal, _)| garder(*etat, *canal)).map(|(_, _, nombre)| nombre).sum::<i64>()
        };
        Self {
            versions: c.versions,
            produites: c.produites,
            par_etat: EtatDiffusion::TOUS.iter().map(|&etat| NombreEtat { etat, nombre: somme(&|e, _| e == etat) }).collect(),
            par_canal: Canal::TOUS.iter().map(|&canal| NombreCanal { canal, nombre: somme(&|_, c| c == canal) }).collect(),
            ecart: c.produites - somme(&|_, _| true),
        }
    }
}

/// Counts of one group of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LigneDiffusions {
    /// What the group is: an identifier, a month, `region`.
    pub cle: String,
    /// Its name.
    pub libelle: String,
    /// Its counts.
    #[serde(flatten)]
    pub compte: CompteDiffusions,
}

/// A version as the ledger sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VersionComptee {
    /// The version.
    pub source: Source,
    /// Date of the meeting, or day on which the programme was handed.
    pub date: NaiveDate,
    /// Recipients that it was prepared for; none if it was not.
    pub attendus: Option<i64>,
    /// Its deliveries.
    pub diffusions: i64,
    /// True when the doctor who asked is among them; nobody asks for a programme.
    pub demandeur: bool,
}

/// What the verification found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Rapport {
    /// When it was made.
    pub verifie_le: DateTime<Utc>,
    /// The counts.
    #[serde(flatten)]
    pub compte: CompteDiffusions,
    /// What does not hold.
    pub anomalies: Vec<Anomalie>,
}

impl Rapport {
    /// True when nothing is missing.
    #[must_use]
    pub fn tient(&self) -> bool {
        self.compte.ecart == 0 && self.anomalies.is_empty()
    }
}

/// The report as an operator reads it: counts, then one line a row that does not hold.
impl fmt::Display for Rapport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let c = &self.compte;
        writeln!(f, "versions : {}\ndiffusions produites : {}", c.versions, c.produites)?;
        for ligne in c.par_etat.iter().filter(|ligne| ligne.nombre > 0) {
            writeln!(f, "  {} : {}", ligne.etat, ligne.nombre)?;
        }
        writeln!(f, "écart : {}\nanomalies : {}", c.ecart, self.anomalies.len())?;
        for a in &self.anomalies {
            let diffusion = a.diffusion_id.map(|id| format!(" diffusion={id}")).unwrap_or_default();
            writeln!(f, "  {} {}{diffusion} : {}", a.regle, a.source, a.constat)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l_ecart_est_ce_qui_manque_au_registre() {
        let comptage = Comptage {
            versions: 2,
            produites: 6,
            lignes: vec![
                (EtatDiffusion::Lue, Canal::Mssante, 2),
                (EtatDiffusion::Postee, Canal::Courrier, 1),
                (EtatDiffusion::Lue, Canal::DepotDpi, 2),
            ],
        };
        let compte = CompteDiffusions::from(&comptage);
        assert_eq!(compte.ecart, 1);
        assert_eq!(compte.par_etat.iter().map(|n| n.nombre).sum::<i64>(), 5);
        assert_eq!(compte.par_canal.iter().map(|n| n.nombre).sum::<i64>(), 5);
        assert_eq!((compte.par_etat.len(), compte.par_canal.len()), (EtatDiffusion::TOUS.len(), Canal::TOUS.len()));
    }
}
