//! What was handed: the content of a programme, frozen.

use super::{Destinataire, GenreProgramme, MotifMiseAJour, saisie::Saisie};
use crate::{
    kernel::{
        Panne,
        ids::{CompteRenduId, DossierId, ProgrammeId},
        texte::normaliser,
    },
    metier::{
        compte_rendu::model::{
            Code,
            contenu::{ContenuCompteRendu, PatientRendu},
            empreinte,
            participants::{Etablissement, Professionnel},
        },
        document::model::{ARCHIVE_XDM, GenreDocument},
        fiche::model::lecture::BlocLu,
        referentiel::lexique::Definition,
    },
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// Version of the shape of [`ContenuProgramme`], kept in each content.
pub const FORMAT: u32 = 1;

/// Which document this is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = pps::EnTete)]
pub struct EnTete {
    /// The version.
    pub id: ProgrammeId,
    /// What all versions share.
    pub set_id: Uuid,
    /// Rank of the version, from 1.
    pub numero_version: i64,
    /// The version whose place it takes.
    pub remplace: Option<Remplacement>,
    /// When it was fixed, which is the date of the document.
    pub etabli_le: DateTime<Utc>,
}

/// The former version, and why its place is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = pps::Remplacement)]
pub struct Remplacement {
    /// The former version.
    pub id: ProgrammeId,
    /// Its rank.
    pub numero_version: i64,
    /// Day it was handed.
    pub remis_le: NaiveDate,
    /// Why its place is taken.
    pub motif: Code,
    /// More about that reason.
    pub precision: Option<String>,
}

impl Remplacement {
    /// A former version and the reason, whose code waits for its label.
    #[must_use]
    pub fn nouveau(id: ProgrammeId, numero_version: i64, remis_le: NaiveDate, motif: &MotifMiseAJour) -> Self {
        Self { id, numero_version, remis_le, motif: motif.code.as_str().into(), precision: motif.precision.clone() }
    }
}

/// The compte-rendu whose proposal a programme carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = pps::CompteRenduCite)]
pub struct CompteRenduCite {
    /// The version.
    pub id: CompteRenduId,
    /// Date of the meeting.
    pub date_reunion: NaiveDate,
    /// Name of the RCP.
    pub rcp: String,
}

impl CompteRenduCite {
    /// What is cited of a compte-rendu.
    #[must_use]
    pub fn de(contenu: &ContenuCompteRendu) -> Self {
        Self { id: contenu.document.id, date_reunion: contenu.reunion.date, rcp: contenu.rcp.nom.clone() }
    }
}

/// How it was handed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = pps::RemiseFaite)]
pub struct RemiseFaite {
    /// Day.
    pub date: NaiveDate,
    /// To whom.
    pub destinataire: Destinataire,
    /// Name of that person, when it is not the patient.
    pub destinataire_nom: Option<String>,
    /// By whom.
    pub professionnel: Professionnel,
}

/// Everything a programme says. Documents are made from it alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ContenuProgramme {
    /// Version of the shape, see [`FORMAT`].
    pub format: u32,
    /// Which document this is.
    pub document: EnTete,
    /// Code and version of its model.
    #[schema(example = "pps@2026-01")]
    pub modele: String,
    /// The patient, aged as on the day of the handing.
    pub patient: PatientRendu,
    /// The dossier.
    pub dossier_id: DossierId,
    /// Label of the dossier.
    pub dossier: String,
    /// The compte-rendu whose proposal it carries.
    pub compte_rendu: Option<CompteRenduCite>,
    /// How it was handed.
    pub remise: RemiseFaite,
    /// Referring doctor of the dossier.
    pub referent: Option<Professionnel>,
    /// General practitioner.
    pub medecin_traitant: Option<Professionnel>,
    /// The établissement that keeps the document.
    pub etablissement: Etablissement,
    /// What is written.
    pub saisie: Saisie,
    /// What the model of a region asks besides, in words.
    pub blocs: Vec<BlocLu>,
    /// The words explained to the patient.
    pub lexique: Vec<Definition>,
    /// What the patient is told of the data.
    pub information: Option<String>,
}

impl ContenuProgramme {
    /// Kind of the programme.
    #[must_use]
    pub const fn genre(&self) -> GenreProgramme {
        self.saisie.genre()
    }

    /// The content as a JSON value, which is what is kept and fingerprinted.
    pub fn valeur(&self) -> Result<Value, Panne> {
        serde_json::to_value(self).map_err(|e| Panne::new("écriture d'un programme", e))
    }

    /// SHA-256 of the canonical JSON, 64 hexadecimal digits.
    pub fn empreinte(&self) -> Result<String, Panne> {
        Ok(empreinte(&self.valeur()?))
    }

    /// Every coded value with the value set it belongs to.
    pub fn codes(&mut self) -> Vec<(&'static str, &mut Code)> {
        let mut codes = self.saisie.codes();
        codes.extend(self.document.remplace.iter_mut().map(|r| ("motif-mise-a-jour", &mut r.motif)));
        let nommes = [&mut self.referent, &mut self.medecin_traitant].into_iter().flatten().chain([&mut self.remise.professionnel]);
        codes.extend(nommes.flat_map(Professionnel::codes));
        codes
    }

    /// Name of a document by the MSSanté rule 2.1.6: date, label of the type (40 characters at most), birth
    /// name in capitals, first name; without accents.
    #[must_use]
    pub fn nom_du_document(&self, genre: GenreDocument) -> String {
        if genre == GenreDocument::Xdm {
            return ARCHIVE_XDM.to_owned();
        }
        let libelle = match self.genre() {
            GenreProgramme::Pps => "Programme personnalise de soins",
            GenreProgramme::Ppac => "Programme personnalise apres cancer",
        };
        let nom = normaliser(&self.patient.nom_naissance).replace(' ', "-");
        let prenom = normaliser(&self.patient.premier_prenom).replace(' ', "-");
        format!("{}_{libelle}_{nom}_{prenom}.{}", self.remise.date.format("%Y%m%d"), genre.extension())
    }
}

/// A content that tests of this crate start from.
#[cfg(test)]
pub(crate) fn exemple(genre: GenreProgramme) -> ContenuProgramme {
    let texte = match genre {
        GenreProgramme::Pps => include_str!("../../../../referentiels/modeles/exemple_pps.json"),
        GenreProgramme::Ppac => include_str!("../../../../referentiels/modeles/exemple_ppac.json"),
    };
    serde_json::from_str(texte).expect("exemple lisible")
}
