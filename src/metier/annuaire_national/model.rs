//! What the public directories say, and the import that brings it.

use crate::{
    kernel::{ErreurMetier, Nature, ids::ImportAnnuaireId},
    metier::annuaire::model::TypeBal,
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

crate::enum_texte! {
    /// The kinds of files.
    pub enum GenreFichier {
        /// `PS_LibreAcces_Personne_activite`.
        Activites => "activites",
        /// `PS_LibreAcces_SavoirFaire`.
        SavoirFaire => "savoir_faire",
        /// `Extraction_Correspondance_MSSante`.
        Bal => "bal",
        /// FINESS.
        Structures => "structures",
    }
}

crate::enum_texte! {
    /// Where an import stands.
    pub enum EtatImport {
        /// Being read, or interrupted and ready to go on.
        EnCours => "en_cours",
        /// Read whole, but too many lines would vanish: somebody must say that this is right.
        Suspendu => "suspendu",
        /// Over.
        Termine => "termine",
        /// Given up for another file of the same kind.
        Abandonne => "abandonne",
    }
}

/// One professional at one site: a line of `Personne_activite`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activite {
    /// Identification nationale: `8` and the RPPS, `0` and the ADELI.
    pub identification: String,
    /// RPPS number, if the person has one.
    pub rpps: Option<String>,
    /// Name in practice.
    pub nom: String,
    /// First name in practice.
    pub prenom: String,
    /// The name as searches compare it.
    pub nom_recherche: String,
    /// The first name as searches compare it.
    pub prenom_recherche: String,
    /// `M`, `MME`…
    pub civilite: Option<String>,
    /// `DR`, `PR`…
    pub titre: Option<String>,
    /// Profession (TRE G15).
    pub profession: String,
    /// `C` civil, `M` military, `E` student.
    pub categorie: Option<String>,
    /// Kind of know-how: `S` for a specialty.
    pub savoir_faire_type: Option<String>,
    /// Know-how: `SM54`…
    pub savoir_faire: Option<String>,
    /// `L` in private practice, `S` employed, `B` volunteer.
    pub mode_exercice: Option<String>,
    /// Structure as the mailboxes name it: `1` and the FINESS, or `3` and the SIRET.
    pub structure: Option<String>,
    /// FINESS géographique of the site.
    pub finess: Option<String>,
    /// SIRET of the site.
    pub siret: Option<String>,
    /// Name of the site.
    pub raison_sociale: Option<String>,
    /// Trade name of the site.
    pub enseigne: Option<String>,
    /// Street address.
    pub adresse: Option<String>,
    /// Postal code.
    pub code_postal: Option<String>,
    /// Town.
    pub commune: Option<String>,
    /// The town as searches compare it.
    pub commune_recherche: Option<String>,
    /// Département.
    pub departement: Option<String>,
    /// Telephone.
    pub telephone: Option<String>,
    /// Ordinary mail.
    pub courriel: Option<String>,
    /// Sector of activity.
    pub secteur: Option<String>,
    /// Function.
    pub fonction: Option<String>,
    /// Kind of activity.
    pub genre_activite: Option<String>,
}

/// One know-how of one professional: a line of `SavoirFaire`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavoirFaire {
    /// Identification nationale.
    pub identification: String,
    /// Profession (TRE G15).
    pub profession: String,
    /// `C` civil, `M` military, `E` student.
    pub categorie: Option<String>,
    /// Kind of know-how: `S` for a specialty.
    pub savoir_faire_type: String,
    /// Know-how.
    pub savoir_faire: String,
    /// Its name.
    pub libelle: Option<String>,
}

/// One mailbox, of one person or structure: a line of `Extraction_Correspondance_MSSante`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bal {
    /// Kind of mailbox.
    pub type_bal: TypeBal,
    /// Its address, the domain in lower case.
    pub adresse: String,
    /// Identification nationale of the person.
    pub identification: Option<String>,
    /// Structure: `1` and the FINESS, `2` the SIREN, `3` the SIRET, `4` RPPS and rank.
    pub structure: Option<String>,
    /// Ward or service.
    pub service: Option<String>,
    /// Name in practice.
    pub nom: Option<String>,
    /// First name in practice.
    pub prenom: Option<String>,
    /// Profession (TRE G15).
    pub profession: Option<String>,
    /// Know-how.
    pub savoir_faire: Option<String>,
    /// `O` when the owner wants no paper any more.
    pub dematerialisation: Option<String>,
    /// Name of the structure.
    pub raison_sociale: Option<String>,
    /// Postal code.
    pub code_postal: Option<String>,
    /// Département.
    pub departement: Option<String>,
}

/// One structure: a line of FINESS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Structure {
    /// FINESS géographique.
    pub finess: String,
    /// FINESS of the legal entity.
    pub finess_juridique: Option<String>,
    /// Name.
    pub raison_sociale: String,
    /// Street address.
    pub adresse: Option<String>,
    /// Postal code.
    pub code_postal: Option<String>,
    /// Town.
    pub commune: Option<String>,
    /// Département.
    pub departement: Option<String>,
    /// Telephone.
    pub telephone: Option<String>,
    /// Category.
    pub categorie: Option<String>,
    /// Its name.
    pub libelle_categorie: Option<String>,
    /// SIRET.
    pub siret: Option<String>,
}

/// What a line is known by: eight bytes of what it bears on, eight of the rest.
pub type Cle = [u8; 16];

/// The first eight bytes of the keys of what bears on a person, a structure, an address: the number
/// itself where it is one, so that the keys of a file sorted by number come in order.
#[must_use]
pub fn debut_de_cle(sujet: &str) -> [u8; 8] {
    match sujet.parse::<u64>() {
        Ok(nombre) if sujet.len() <= 18 && !sujet.starts_with('+') => nombre.to_be_bytes(),
        _ => {
            let mut octets = [0xff; 8];
            octets.iter_mut().skip(1).zip(Sha256::digest(sujet.as_bytes())).for_each(|(octet, lu)| *octet = lu);
            octets
        }
    }
}

/// A line that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enregistrement<T> {
    /// What it is known by.
    pub cle: Cle,
    /// Fingerprint of what it says.
    pub empreinte: i64,
    /// What it says.
    pub contenu: T,
}

/// Lines of one kind.
#[derive(Debug, Clone)]
pub enum Lignes {
    /// Of `Personne_activite`.
    Activites(Vec<Enregistrement<Activite>>),
    /// Of `SavoirFaire`.
    SavoirFaire(Vec<Enregistrement<SavoirFaire>>),
    /// Of the mailboxes.
    Bal(Vec<Enregistrement<Bal>>),
    /// Of FINESS.
    Structures(Vec<Enregistrement<Structure>>),
}

impl Lignes {
    /// No line yet of a kind.
    #[must_use]
    pub const fn vides(genre: GenreFichier) -> Self {
        match genre {
            GenreFichier::Activites => Self::Activites(Vec::new()),
            GenreFichier::SavoirFaire => Self::SavoirFaire(Vec::new()),
            GenreFichier::Bal => Self::Bal(Vec::new()),
            GenreFichier::Structures => Self::Structures(Vec::new()),
        }
    }
}

/// A refused line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RefusDeLigne {
    /// Rank in the file, the header being 1.
    pub ligne: i64,
    /// Stable code of the reason.
    pub code: String,
    /// The reason, in French.
    pub motif: String,
}

/// Some lines of a file, in its order, and how far it has then been read.
#[derive(Debug, Clone)]
pub struct Lot {
    /// The lines that were read.
    pub lignes: Lignes,
    /// Those that were refused.
    pub refus: Vec<RefusDeLigne>,
    /// How many lines the lot stands for.
    pub nombre: i64,
    /// Bytes of the file read after this lot.
    pub octets_lus: i64,
}

/// A file about to be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fichier {
    /// Kind.
    pub genre: GenreFichier,
    /// Name, without its folder.
    pub nom: String,
    /// SHA-256 of the content.
    pub empreinte: String,
    /// Size in bytes.
    pub octets: i64,
}

/// What became of the lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Comptes {
    /// Lines read, the header left out.
    pub lignes: i64,
    /// New ones.
    pub ajoutees: i64,
    /// Known ones that say something else.
    pub modifiees: i64,
    /// Known ones that say the same.
    pub inchangees: i64,
    /// Those that had vanished and are back.
    pub reapparues: i64,
    /// Known ones that the file no longer holds.
    pub disparues: i64,
    /// Lines with the key of an earlier one of the same file.
    pub doublons: i64,
    /// Refused ones.
    pub refusees: i64,
}

/// The report of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportAnnuaire {
    /// Identifier.
    pub id: ImportAnnuaireId,
    /// Rank among imports.
    pub numero: i64,
    /// Kind of file.
    pub genre: GenreFichier,
    /// Name of the file.
    pub fichier: String,
    /// SHA-256 of its content.
    pub empreinte: String,
    /// Its size in bytes.
    pub octets: i64,
    /// Bytes read so far.
    pub octets_lus: i64,
    /// Where it stands.
    pub etat: EtatImport,
    /// What became of the lines.
    #[serde(flatten)]
    pub comptes: Comptes,
    /// When it began.
    pub debut_le: DateTime<Utc>,
    /// Its last lot.
    pub modifie_le: DateTime<Utc>,
    /// When it was over.
    pub fin_le: Option<DateTime<Utc>>,
}

/// The rows that an import has met, one bit each: two million of them are 250 kB.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vus(Vec<u8>);

impl Vus {
    /// From the bytes of a checkpoint.
    #[must_use]
    pub const fn depuis(octets: Vec<u8>) -> Self {
        Self(octets)
    }

    /// The bytes for a checkpoint.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.0
    }

    /// Notes a row.
    pub fn marquer(&mut self, numero: i64) {
        let Some((octet, bit)) = place(numero) else { return };
        if self.0.len() <= octet {
            self.0.resize(octet + 1, 0);
        }
        if let Some(valeur) = self.0.get_mut(octet) {
            *valeur |= bit;
        }
    }

    /// True when the row was noted.
    #[must_use]
    pub fn contient(&self, numero: i64) -> bool {
        place(numero).is_some_and(|(octet, bit)| self.0.get(octet).is_some_and(|valeur| valeur & bit != 0))
    }

    /// How many rows were noted.
    #[must_use]
    pub fn nombre(&self) -> i64 {
        self.0.iter().map(|octet| i64::from(octet.count_ones())).sum()
    }
}

fn place(numero: i64) -> Option<(usize, u8)> {
    let numero = usize::try_from(numero).ok()?;
    Some((numero / 8, 1 << (numero % 8)))
}

/// An import under way, between two lots.
#[derive(Debug, Clone)]
pub struct Avancement {
    /// Its report so far.
    pub import: ImportAnnuaire,
    /// Rows met so far.
    pub vus: Vus,
    /// Number of the next new row.
    pub prochain: i64,
}

/// How an import begins.
#[derive(Debug, Clone)]
pub enum Commencement {
    /// The last import of this kind had this content: there is nothing to do.
    DejaFait(Box<ImportAnnuaire>),
    /// It begins, or goes on.
    AFaire(Box<Avancement>),
}

/// The part of the known lines that may vanish at once, out of a hundred: a file that drops more is
/// probably cut. A choice of this product.
pub const DISPARITIONS_ADMISES: i64 = 20;

/// True when so many known lines were not met that the file is probably cut. Below a hundred known
/// lines a file tells nothing by its size.
#[must_use]
pub const fn trop_de_disparitions(connues: i64, absentes: i64) -> bool {
    connues >= 100 && absentes * 100 > connues * DISPARITIONS_ADMISES
}

/// A professional as the public directory knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProfessionnelNational {
    /// Identification nationale.
    pub identification: String,
    /// RPPS number, if the person has one.
    #[schema(example = "10001045367")]
    pub rpps: Option<String>,
    /// `M`, `MME`…
    pub civilite: Option<String>,
    /// `DR`, `PR`…
    pub titre: Option<String>,
    /// Name in practice.
    pub nom: String,
    /// First name in practice.
    pub prenom: String,
    /// Profession (TRE G15).
    pub profession: String,
    /// Specialties: codes of TRE R38 (`SM54`…).
    pub savoir_faire: Vec<String>,
    /// Sites where the person practises.
    pub lieux: Vec<LieuNational>,
    /// Secure mailboxes.
    pub bal: Vec<BalNationale>,
    /// Since when the directory no longer knows the person.
    pub disparu_le: Option<DateTime<Utc>>,
}

/// A site where a professional practises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LieuNational {
    /// Know-how: `SM54`…
    pub savoir_faire: Option<String>,
    /// `L` in private practice, `S` employed, `B` volunteer.
    pub mode_exercice: Option<String>,
    /// FINESS géographique.
    pub finess: Option<String>,
    /// Structure as the mailboxes name it: `1` and the FINESS, `3` and the SIRET.
    pub structure: Option<String>,
    /// Name.
    pub raison_sociale: Option<String>,
    /// Street address.
    pub adresse: Option<String>,
    /// Postal code.
    pub code_postal: Option<String>,
    /// Town.
    pub commune: Option<String>,
    /// Telephone.
    pub telephone: Option<String>,
}

/// A secure mailbox of the public directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BalNationale {
    /// Kind of mailbox.
    pub type_bal: TypeBal,
    /// Its address.
    pub adresse: String,
    /// Structure it belongs to: `1` and the FINESS, `3` and the SIRET.
    pub structure: Option<String>,
    /// True when the owner wants no paper any more.
    pub dematerialisation: bool,
}

/// What a search filters by. At least the RPPS, or two letters of the name.
#[derive(Debug, Clone, Default)]
pub struct RechercheNationale {
    /// RPPS number.
    pub rpps: Option<String>,
    /// Beginning of the name.
    pub nom: Option<String>,
    /// Beginning of the first name.
    pub prenom: Option<String>,
    /// Beginning of the town.
    pub commune: Option<String>,
    /// Beginning of the postal code.
    pub code_postal: Option<String>,
    /// Profession (TRE G15).
    pub profession: Option<String>,
}

/// Why the public directory refuses.
#[derive(Debug, thiserror::Error)]
pub enum AnnuaireNationalError {
    /// A search that would give half the country.
    #[error("Donnez un numéro RPPS, ou au moins deux lettres du nom.")]
    RechercheTropLarge,
    /// No such import.
    #[error("Cet import n'existe pas.")]
    ImportIntrouvable,
    /// Nobody of that number.
    #[error("L'annuaire national importé ne connaît pas ce professionnel.")]
    ProfessionnelIntrouvable,
    /// Another import of the same kind is writing.
    #[error("Un autre import de fichiers de ce genre est en train d'écrire.")]
    ImportConcurrent,
}

impl ErreurMetier for AnnuaireNationalError {
    fn nature(&self) -> Nature {
        match self {
            Self::RechercheTropLarge => Nature::Invalide,
            Self::ImportIntrouvable | Self::ProfessionnelIntrouvable => Nature::Introuvable,
            Self::ImportConcurrent => Nature::Conflit,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::RechercheTropLarge => "recherche-trop-large",
            Self::ImportIntrouvable => "import-introuvable",
            Self::ProfessionnelIntrouvable => "professionnel-introuvable",
            Self::ImportConcurrent => "import-concurrent",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_lignes_vues_se_retrouvent_et_se_comptent() {
        let mut vus = Vus::default();
        for numero in [1, 8, 9, 2_000_000] {
            vus.marquer(numero);
        }
        vus.marquer(8);
        vus.marquer(-1);
        let relu = Vus::depuis(vus.octets().to_vec());
        assert!(relu.contient(9) && relu.contient(2_000_000) && !relu.contient(10) && !relu.contient(-1) && !relu.contient(3_000_000));
        assert_eq!(relu.nombre(), 4);
        assert!(relu.octets().len() <= 250_001);
    }

    #[test]
    fn un_fichier_coupe_se_voit_aux_lignes_qui_manquent() {
        assert!(!trop_de_disparitions(1_000, 200));
        assert!(trop_de_disparitions(1_000, 201));
        assert!(!trop_de_disparitions(99, 99));
    }
}
