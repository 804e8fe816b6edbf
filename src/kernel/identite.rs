//! The identifiers of French health care, parsed once: a value of these types has passed its check.
//!
//! - INS: 13 characters and a key of two digits, `97 - (N mod 97)` where the Corsican departments
//!   count 2A = 19 and 2B = 18 (INSEE).
//! - RPPS: 11 digits, Luhn.
//! - FINESS: 9 characters, Luhn where they are all digits. The directory also carries numbers that
//!   miss the key, so a region may load them; what a person types must pass it.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Why an identifier was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentifiantInvalide {
    /// Wrong length or characters.
    #[error("la forme attendue est : {0}")]
    Forme(&'static str),
    /// The check key does not match.
    #[error("la clé de contrôle est fausse")]
    Cle,
}

macro_rules! identifiant_texte {
    ($(#[$meta:meta])* $nom:ident, exemple = $exemple:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schema(value_type = String, example = $exemple)]
        pub struct $nom(String);

        impl $nom {
            /// The identifier as text.
            #[must_use]
            pub fn as_str(&self) -> &str { &self.0 }
        }

        impl fmt::Display for $nom {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }

        impl TryFrom<String> for $nom {
            type Error = IdentifiantInvalide;
            fn try_from(texte: String) -> Result<Self, Self::Error> { texte.parse() }
        }

        impl From<$nom> for String {
            fn from(identifiant: $nom) -> Self { identifiant.0 }
        }
    };
}

identifiant_texte! {
    /// Matricule INS: a NIR or a NIA with its key, 15 characters.
    Ins, exemple = "279035121518989"
}
identifiant_texte! {
    /// National number of a health professional (RPPS), 11 digits.
    Rpps, exemple = "10001045367"
}
identifiant_texte! {
    /// National number of an établissement (FINESS géographique or juridique), 9 characters.
    Finess, exemple = "750712184"
}

/// `97 - (N mod 97)` over the 13 first characters of a NIR, Corsica included.
fn cle_nir(treize: &str) -> Option<u64> {
    let (debut, reste) = treize.split_at_checked(5)?;
    let (departement, fin) = reste.split_at_checked(2)?;
    let departement = match departement {
        "2A" => "19",
        "2B" => "18",
        autre => autre,
    };
    let nombre: u64 = format!("{debut}{departement}{fin}").parse().ok()?;
    Some(97 - nombre % 97)
}

/// Luhn (ISO/IEC 7812-1) over a text of digits.
fn luhn(chiffres: &str) -> bool {
    let somme: u32 = chiffres
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .enumerate()
        .map(|(rang, chiffre)| match (rang % 2, chiffre * 2) {
            (0, _) => chiffre,
            (_, double) if double > 9 => double - 9,
            (_, double) => double,
        })
        .sum();
    somme.is_multiple_of(10)
}

impl FromStr for Ins {
    type Err = IdentifiantInvalide;

    fn from_str(texte: &str) -> Result<Self, Self::Err> {
        const FORME: IdentifiantInvalide = IdentifiantInvalide::Forme("13 caractères du NIR ou du NIA, puis 2 chiffres de clé");
        let compact: String = texte.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
        if compact.len() != 15 || !compact.is_ascii() {
            return Err(FORME);
        }
        let (treize, cle) = compact.split_at(13);
        let cle: u64 = cle.parse().map_err(|_| FORME)?;
        if cle_nir(treize).ok_or(FORME)? != cle {
            return Err(IdentifiantInvalide::Cle);
        }
        Ok(Self(compact))
    }
}

impl Ins {
    /// Completes the 13 first characters of a NIR with their key.
    pub fn avec_cle(treize: &str) -> Result<Self, IdentifiantInvalide> {
        let cle = cle_nir(treize).ok_or(IdentifiantInvalide::Forme("13 caractères du NIR ou du NIA"))?;
        format!("{treize}{cle:02}").parse()
    }
}

impl FromStr for Rpps {
    type Err = IdentifiantInvalide;

    fn from_str(texte: &str) -> Result<Self, Self::Err> {
        if texte.len() != 11 || !texte.bytes().all(|b| b.is_ascii_digit()) {
            return Err(IdentifiantInvalide::Forme("11 chiffres"));
        }
        if luhn(texte) { Ok(Self(texte.to_owned())) } else { Err(IdentifiantInvalide::Cle) }
    }
}

impl FromStr for Finess {
    type Err = IdentifiantInvalide;

    fn from_str(texte: &str) -> Result<Self, Self::Err> {
        let texte = texte.to_ascii_uppercase();
        let corse = texte.starts_with("2A") || texte.starts_with("2B");
        let chiffres = texte.bytes().skip(if corse { 2 } else { 0 }).all(|b| b.is_ascii_digit());
        if texte.len() != 9 || !chiffres {
            return Err(IdentifiantInvalide::Forme("9 caractères : 9 chiffres, ou 2A ou 2B suivi de 7 chiffres"));
        }
        if corse || luhn(&texte) { Ok(Self(texte)) } else { Err(IdentifiantInvalide::Cle) }
    }
}

/// Completes `debut` with the digit that makes the whole pass Luhn; used to make test identifiers.
#[must_use]
pub fn completer_luhn(debut: &str) -> String {
    (0..10).map(|chiffre| format!("{debut}{chiffre}")).find(|essai| luhn(essai)).unwrap_or_default()
}

crate::enum_texte! {
    /// Status of the identity of a patient (référentiel national d'identitovigilance, RNIV).
    pub enum StatutIdentite {
        /// Neither checked on a document nor fetched from INSi.
        Provisoire => "provisoire",
        /// Fetched from the INSi teleservice, document not checked.
        Recuperee => "recuperee",
        /// Checked on a document of high confidence, not fetched from INSi.
        Validee => "validee",
        /// Both: the only status under which the matricule may be used and sent.
        Qualifiee => "qualifiee",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn la_cle_de_l_ins_est_verifiee_corse_comprise() {
        assert!("279035121518989".parse::<Ins>().is_ok());
        assert_eq!("279035121518988".parse::<Ins>(), Err(IdentifiantInvalide::Cle));
        assert!("185052A00401270".parse::<Ins>().is_ok());
        assert!("1 85 05 2B 004 012 97".parse::<Ins>().is_ok());
        assert!(matches!("27903512151898".parse::<Ins>(), Err(IdentifiantInvalide::Forme(_))));
        assert!(matches!("é79035121518989".parse::<Ins>(), Err(IdentifiantInvalide::Forme(_))));
        assert_eq!(Ins::avec_cle("2790351215189").unwrap().as_str(), "279035121518989");
    }

    #[test]
    fn le_rpps_suit_luhn() {
        assert!("10001045367".parse::<Rpps>().is_ok());
        assert!("10000023084".parse::<Rpps>().is_ok());
        assert_eq!("10001045368".parse::<Rpps>(), Err(IdentifiantInvalide::Cle));
        assert!("1000104536".parse::<Rpps>().is_err());
    }

    #[test]
    fn le_finess_suit_luhn_et_connait_la_corse() {
        for finess in ["010000024", "010780054", "750712184", "930110051", "2A0000014"] {
            assert!(finess.parse::<Finess>().is_ok(), "{finess}");
        }
        assert_eq!("750712185".parse::<Finess>(), Err(IdentifiantInvalide::Cle));
        assert!("75071218".parse::<Finess>().is_err());
    }

    #[test]
    fn un_identifiant_mal_forme_ne_se_deserialise_pas() {
        assert!(serde_json::from_str::<Rpps>("\"10001045367\"").is_ok());
        assert!(serde_json::from_str::<Rpps>("\"123\"").is_err());
    }
}
