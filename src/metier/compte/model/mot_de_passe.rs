//! Passwords: how strong, and how they are kept.
//!
//! CNIL deliberation 2022-100 and ANSSI ask for no rule on classes of characters when the length is sufficient and
//! attempts are slowed. What is easily guessed is refused by estimation (`zxcvbn`, which embeds lists of common
//! passwords, words and names), knowing what an outsider knows of the person.

use super::CompteError;
use crate::kernel::{Panne, Resultat, texte::normaliser};
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use unicode_normalization::UnicodeNormalization;
use zxcvbn::Score;

/// Bounds of a password's length, in characters.
pub const LONGUEUR: std::ops::RangeInclusive<usize> = 12..=128;
/// Words that an outsider tries first, here.
const MOTS_DU_METIER: [&str; 10] =
    ["dcc", "rcp", "onco", "oncologie", "cancer", "cancerologie", "dossier", "communicant", "reunion", "hopital"];
/// Letters of a word that is looked for inside a password.
const MOT_RECONNU: usize = 3;
/// The least that is accepted: OWASP, 19 MiB and 2 passes.
const PLANCHER: (u32, u32) = (19 * 1024, 2);

/// What is wrong with a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Faiblesse {
    /// Too short or too long.
    Longueur,
    /// Easily guessed.
    Devinable,
    /// Known to have leaked.
    Divulgue,
}

impl Faiblesse {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Longueur => "longueur",
            Self::Devinable => "devinable",
            Self::Divulgue => "divulgue",
        }
    }

    /// What to do, in French.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::Longueur => "Le mot de passe doit compter de 12 à 128 caractères.",
            Self::Devinable => {
                "Ce mot de passe se devine facilement : évitez votre nom, le vocabulaire du service, les mots de passe courants et les suites ; \
                 préférez plusieurs mots sans rapport entre eux."
            }
            Self::Divulgue => "Ce mot de passe figure dans une fuite de données connue : choisissez-en un autre, qui n'a servi nulle part.",
        }
    }
}

/// The one form in which a password is judged, kept and compared: keyboards write « é » in one character or two.
pub fn forme(mot_de_passe: &str) -> String {
    mot_de_passe.nfc().collect()
}

/// Refuses a password that is too short, too long, or easily guessed by who knows those words on the person.
pub fn juger(mot_de_passe: &str, connus: &[&str]) -> Result<(), CompteError> {
    let mot_de_passe = forme(mot_de_passe);
    if !LONGUEUR.contains(&mot_de_passe.chars().count()) {
        return Err(CompteError::MotDePasse(Faiblesse::Longueur));
    }
    let connus: Vec<String> = connus
        .iter()
        .map(|texte| normaliser(texte).to_lowercase())
        .flat_map(|texte| texte.split(' ').map(str::to_owned).chain([texte.clone(), texte.replace(' ', "")]).collect::<Vec<_>>())
        .filter(|mot| !mot.is_empty())
        .chain(MOTS_DU_METIER.map(str::to_owned))
        .collect();
    let connus: Vec<&str> = connus.iter().map(String::as_str).collect();
    if zxcvbn::zxcvbn(&sans_les_mots(&mot_de_passe, &connus), &connus).score() < Score::Three {
        return Err(CompteError::MotDePasse(Faiblesse::Devinable));
    }
    Ok(())
}

/// The password without the words that an outsider knows: the estimation counts each more word as a whole guess more, which
/// two names side by side are not.
fn sans_les_mots(mot_de_passe: &str, connus: &[&str]) -> String {
    let plie = deunicode::deunicode(mot_de_passe).to_lowercase();
    let mots = || connus.iter().filter(|mot| mot.len() >= MOT_RECONNU);
    if !mots().any(|mot| plie.contains(*mot)) {
        return mot_de_passe.to_owned();
    }
    mots().fold(plie, |reste, mot| reste.replace(mot, " "))
}

/// Hashes and checks passwords with Argon2id.
#[derive(Debug, Clone)]
pub struct Hachoir {
    parametres: Params,
    leurre: String,
}

impl Hachoir {
    /// Memory in KiB, passes and threads. Weaker settings than the floor are refused.
    pub fn new(memoire_kio: u32, passes: u32, fils: u32) -> Result<Self, Panne> {
        let (memoire_minimale, passes_minimales) = PLANCHER;
        if memoire_kio < memoire_minimale || passes < passes_minimales {
            return Err(Panne::dire(format!(
                "comptes.mot_de_passe : {memoire_minimale} Kio et {passes_minimales} passes au moins (minimum de l'OWASP pour Argon2id)"
            )));
        }
        let parametres = Params::new(memoire_kio, passes, fils, None).map_err(|e| Panne::new("comptes.mot_de_passe", e.to_string()))?;
        let leurre = format!("$argon2id$v=19$m={memoire_kio},t={passes},p={fils}${}${}", "A".repeat(22), "A".repeat(43));
        Ok(Self { parametres, leurre })
    }

    /// With the least that is accepted: for what is hashed rarely and is no password.
    pub fn au_plancher() -> Result<Self, Panne> {
        let (memoire_kio, passes) = PLANCHER;
        Self::new(memoire_kio, passes, 1)
    }

    fn argon2(&self) -> Argon2<'static> {
        Argon2::new(Algorithm::Argon2id, Version::V0x13, self.parametres.clone())
    }

    /// The hash of a password, with the salt that is given (16 bytes at least).
    pub fn hacher(&self, mot_de_passe: &str, sel: &[u8]) -> Resultat<String> {
        self.argon2()
            .hash_password_with_salt(forme(mot_de_passe).as_bytes(), sel)
            .map(|empreinte| empreinte.to_string())
            .map_err(|e| Panne::new("hachage d'un mot de passe", e.to_string()).into())
    }

    /// True when the password is the one that was hashed. Does the same work when there is no hash, so that an
    /// unknown account is not told apart.
    #[must_use]
    pub fn verifier(&self, mot_de_passe: &str, empreinte: Option<&str>) -> bool {
        let juste = self.argon2().verify_password(forme(mot_de_passe).as_bytes(), empreinte.unwrap_or(&self.leurre)).is_ok();
        empreinte.is_some() && juste
    }

    /// True when the hash was made with other parameters than these.
    #[must_use]
    pub fn a_refaire(&self, empreinte: &str) -> bool {
        let Ok(lue) = PasswordHash::new(empreinte) else { return true };
        Params::try_from(&lue).map_or(true, |p| {
            (p.m_cost(), p.t_cost(), p.p_cost()) != (self.parametres.m_cost(), self.parametres.t_cost(), self.parametres.p_cost())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faiblesse(mot_de_passe: &str) -> Option<Faiblesse> {
        match juger(mot_de_passe, &["Claire Martin", "claire.martin"]) {
            Err(CompteError::MotDePasse(faiblesse)) => Some(faiblesse),
            _ => None,
        }
    }

    #[test]
    fn sec_a05_un_mot_de_passe_se_juge_a_sa_difficulte() {
        for (mot_de_passe, attendue) in [
            ("onze signes", Some(Faiblesse::Longueur)),
            (&"a".repeat(129), Some(Faiblesse::Longueur)),
            ("aaaaaaaaaaaa", Some(Faiblesse::Devinable)),
            ("123456789012", Some(Faiblesse::Devinable)),
            ("motdepasse12", Some(Faiblesse::Devinable)),
            ("azertyuiop12", Some(Faiblesse::Devinable)),
            ("password1234", Some(Faiblesse::Devinable)),
            ("clairemartin", Some(Faiblesse::Devinable)),
            ("Martin.Claire", Some(Faiblesse::Devinable)),
            ("cancerologie", Some(Faiblesse::Devinable)),
            ("dccrcponcodcc", Some(Faiblesse::Devinable)),
            // No class of characters is asked for, any script is taken.
            ("fauteuil girafe tulipe", None),
            ("éléphant à bicyclette", None),
            ("безопасность данных", None),
            ("🐘🚲🌷🦒🪑🎻🧭🪁🥝🛶🧶🪐", None),
        ] {
            assert_eq!(faiblesse(mot_de_passe), attendue, "{mot_de_passe}");
        }
    }

    #[test]
    fn sec_a05_un_mot_de_passe_se_verifie_contre_son_empreinte() {
        let hachoir = Hachoir::new(19 * 1024, 2, 1).unwrap();
        let empreinte = hachoir.hacher("une phrase de passé", b"seize octets ici").unwrap();
        assert!(empreinte.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(hachoir.verifier("une phrase de passé", Some(&empreinte)));
        // The same letters, with the accent written apart.
        assert!(hachoir.verifier("une phrase de passe\u{301}", Some(&empreinte)));
        assert!(!hachoir.verifier("une autre phrase", Some(&empreinte)));
        assert!(!hachoir.verifier("une phrase de passé", None));
        assert!(!hachoir.a_refaire(&empreinte));
        assert!(Hachoir::new(20 * 1024, 2, 1).unwrap().a_refaire(&empreinte));
    }

    #[test]
    fn sec_a05_des_parametres_faibles_arretent_le_demarrage() {
        assert!(Hachoir::new(19 * 1024 - 1, 2, 1).is_err());
        assert!(Hachoir::new(64 * 1024, 1, 1).is_err());
        assert!(Hachoir::new(64 * 1024, 3, 1).is_ok());
    }

    #[test]
    fn le_leurre_coute_autant_qu_une_empreinte() {
        let hachoir = Hachoir::new(64 * 1024, 3, 1).unwrap();
        assert!(!hachoir.a_refaire(&hachoir.leurre));
    }
}
