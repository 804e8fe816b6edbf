//! Mail addresses and the trust space they belong to, parsed once.
//!
//! A compte-rendu only ever leaves to a mailbox of the MSSanté trust space: the operators under
//! contract with the Agence du numérique en santé, each with its domains. The list of domains is a
//! setting of the region; a mailbox belongs to the space when its domain is one of the list or below
//! one of them (`medecin.mssante.fr` is below `mssante.fr`, `faux-mssante.fr` is not).

use std::{fmt, str::FromStr};

/// Longest mail address (RFC 5321, 4.5.3.1.3, without the angle brackets).
const LONGUEUR_MAXIMALE: usize = 254;
/// Longest part before the `@` (RFC 5321, 4.5.3.1.1).
const LONGUEUR_LOCALE: usize = 64;
/// Longest label of a domain (RFC 1035, 2.3.4).
const LONGUEUR_ETIQUETTE: usize = 63;

/// Why a mail address was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AdresseInvalide {
    /// Not of the form `boite@domaine`.
    #[error("la forme attendue est : boite@domaine")]
    Forme,
    /// Letters outside ASCII or a punycode label: a look-alike of a known domain could hide there.
    #[error("les domaines internationalisés et les caractères hors ASCII ne sont pas admis")]
    Internationale,
}

/// A mail address in plain ASCII, without display name, quotes or comments.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AdresseCourriel {
    texte: String,
    arobase: usize,
}

impl AdresseCourriel {
    /// The whole address, the domain in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.texte
    }

    /// What stands before the `@`.
    #[must_use]
    pub fn boite(&self) -> &str {
        self.texte.split_at_checked(self.arobase).map_or("", |(boite, _)| boite)
    }

    /// The domain, in lower case.
    #[must_use]
    pub fn domaine(&self) -> &str {
        self.texte.get(self.arobase + 1..).unwrap_or_default()
    }
}

impl fmt::Display for AdresseCourriel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.texte)
    }
}

impl FromStr for AdresseCourriel {
    type Err = AdresseInvalide;

    fn from_str(texte: &str) -> Result<Self, Self::Err> {
        let texte = texte.trim();
        if !texte.is_ascii() {
            return Err(AdresseInvalide::Internationale);
        }
        let (boite, domaine) = texte.split_once('@').ok_or(AdresseInvalide::Forme)?;
        let domaine = lire_domaine(domaine)?;
        let juste = !boite.is_empty() && boite.len() <= LONGUEUR_LOCALE && boite.split('.').all(est_un_atome);
        if !juste || boite.len() + 1 + domaine.len() > LONGUEUR_MAXIMALE {
            return Err(AdresseInvalide::Forme);
        }
        Ok(Self { arobase: boite.len(), texte: format!("{boite}@{domaine}") })
    }
}

/// An atom of RFC 5322, 3.2.3.
fn est_un_atome(texte: &str) -> bool {
    !texte.is_empty() && texte.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
}

/// A domain name in lower case, of two labels at least.
fn lire_domaine(texte: &str) -> Result<String, AdresseInvalide> {
    if !texte.is_ascii() {
        return Err(AdresseInvalide::Internationale);
    }
    let domaine = texte.to_ascii_lowercase();
    if domaine.split('.').any(|etiquette| etiquette.starts_with("xn--")) {
        return Err(AdresseInvalide::Internationale);
    }
    let juste = domaine.contains('.') && domaine.len() < LONGUEUR_MAXIMALE && domaine.split('.').all(est_une_etiquette);
    if juste { Ok(domaine) } else { Err(AdresseInvalide::Forme) }
}

fn est_une_etiquette(texte: &str) -> bool {
    (1..=LONGUEUR_ETIQUETTE).contains(&texte.len())
        && texte.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !texte.starts_with('-')
        && !texte.ends_with('-')
}

/// The domains of the trust space.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DomainesSecurises(Vec<String>);

impl DomainesSecurises {
    /// Reads the list of a setting; a single bad domain refuses the whole, so that a typing mistake
    /// is seen when the service starts.
    pub fn lire<S: AsRef<str>>(domaines: &[S]) -> Result<Self, AdresseInvalide> {
        domaines.iter().map(|domaine| lire_domaine(domaine.as_ref().trim())).collect::<Result<_, _>>().map(Self)
    }

    /// True when the mailbox belongs to the trust space.
    #[must_use]
    pub fn contient(&self, adresse: &AdresseCourriel) -> bool {
        self.0.iter().any(|securise| {
            adresse.domaine() == securise || adresse.domaine().strip_suffix(securise.as_str()).is_some_and(|debut| debut.ends_with('.'))
        })
    }

    /// Reads an address and keeps it only if it belongs to the trust space.
    #[must_use]
    pub fn admettre(&self, texte: &str) -> Option<AdresseCourriel> {
        texte.parse().ok().filter(|adresse| self.contient(adresse))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn espace() -> DomainesSecurises {
        DomainesSecurises::lire(&["mssante.fr", "chu-lille.mssante.example"]).unwrap()
    }

    #[test]
    fn un_domaine_de_la_liste_ou_en_dessous_est_securise() {
        for adresse in
            ["anne.delta@mssante.fr", "anne.delta@medecin.mssante.fr", "A.Delta@MEDECIN.MSSANTE.FR", "279035121518989@patient.mssante.fr"]
        {
            assert!(espace().admettre(adresse).is_some(), "{adresse}");
        }
    }

    #[test]
    fn un_domaine_qui_ressemble_n_est_pas_securise() {
        for adresse in [
            "a@faux-mssante.fr",
            "a@mssante.fr.exemple.com",
            "a@mssante.com",
            "a@fr",
            "a@xmssante.fr",
            "a@chu-lille.mssante.example.net",
            "a@exemple.fr",
        ] {
            assert!(espace().admettre(adresse).is_none(), "{adresse}");
        }
    }

    #[test]
    fn une_adresse_internationalisee_est_refusee() {
        assert_eq!("a@mssanté.fr".parse::<AdresseCourriel>(), Err(AdresseInvalide::Internationale));
        assert_eq!("anné@mssante.fr".parse::<AdresseCourriel>(), Err(AdresseInvalide::Internationale));
        assert_eq!("a@xn--mssant-fva.fr".parse::<AdresseCourriel>(), Err(AdresseInvalide::Internationale));
        assert_eq!("a@sous.XN--abc.mssante.fr".parse::<AdresseCourriel>(), Err(AdresseInvalide::Internationale));
    }

    #[test]
    fn une_adresse_mal_formee_est_refusee() {
        for adresse in [
            "",
            "a",
            "@mssante.fr",
            "a@",
            "a@@mssante.fr",
            "a b@mssante.fr",
            "a@mss ante.fr",
            "a@mssante..fr",
            ".a@mssante.fr",
            "a.@mssante.fr",
            "a@-mssante.fr",
            "\"a\"@mssante.fr",
            "a@mssante.fr\r\nBcc: b@exemple.fr",
            "a@mssante.fr>",
            "<a@mssante.fr",
            "a@mssante.fr@exemple.fr",
            "a,b@mssante.fr",
            "a@[127.0.0.1]",
        ] {
            assert!(adresse.parse::<AdresseCourriel>().is_err(), "{adresse:?}");
        }
        assert!(format!("{}@mssante.fr", "a".repeat(65)).parse::<AdresseCourriel>().is_err());
    }

    #[test]
    fn la_boite_et_le_domaine_se_lisent_separement() {
        let adresse: AdresseCourriel = " Anne.Delta@Medecin.MSSante.fr ".parse().unwrap();
        assert_eq!(
            (adresse.boite(), adresse.domaine(), adresse.as_str()),
            ("Anne.Delta", "medecin.mssante.fr", "Anne.Delta@medecin.mssante.fr")
        );
    }

    #[test]
    fn une_liste_fautive_est_refusee_en_entier() {
        assert!(DomainesSecurises::lire(&["mssante.fr", "fr"]).is_err());
        assert!(DomainesSecurises::lire(&[""]).is_err());
        assert!(DomainesSecurises::lire::<&str>(&[]).is_ok());
    }
}
