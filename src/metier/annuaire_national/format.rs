//! The files, read line by line: what their header says, how a line is cut, what becomes of it.
//!
//! - The header decides: which kind of file it is, where each column stands. A column that we do not
//!   read may come and go; one that we need and that is missing refuses the file.
//! - Names of columns are compared without accents, case nor punctuation, and without the ending
//!   « (coord. structure) » that some editions bear. A byte order mark and a trailing separator are
//!   nothing.
//! - The `|` files know no quoting: a `"` there is a letter like another. FINESS may quote a field that
//!   holds a `;`.

mod lignes;

use super::model::{Cle, GenreFichier, Lignes};
use crate::kernel::texte::normaliser;
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// The longest line: an activity has 56 short columns. A file without an end of line must not fill the
/// memory.
pub const LIGNE_MAXIMALE: usize = 32 * 1024;
/// The longest field.
const CHAMP_MAXIMAL: usize = 500;

/// Why a file was not recognised.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnteteInconnu {
    /// The first line is no text.
    #[error("la première ligne n'est pas un en-tête lisible")]
    Illisible,
    /// Two columns of the same name.
    #[error("la colonne « {0} » figure deux fois dans l'en-tête")]
    EnDouble(String),
    /// None of the four kinds.
    #[error("l'en-tête n'est celui d'aucun fichier connu ; il manque au plus proche ({genre}) : {manquantes}")]
    Inconnu {
        /// The closest kind.
        genre: GenreFichier,
        /// The columns it lacks.
        manquantes: String,
    },
}

/// Why a line is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LigneRefusee {
    /// Not as many fields as the header has columns.
    #[error("{lues} champs au lieu de {attendues}")]
    Colonnes {
        /// Columns of the header.
        attendues: usize,
        /// Fields of the line.
        lues: usize,
    },
    /// Not in the encoding of the file.
    #[error("la ligne n'est pas en UTF-8")]
    Encodage,
    /// Longer than any true line.
    #[error("la ligne dépasse {LIGNE_MAXIMALE} octets")]
    TropLongue,
    /// A control character.
    #[error("la ligne contient un caractère de contrôle")]
    Controle,
    /// An empty field that must not be.
    #[error("le champ « {0} » est vide")]
    Vide(&'static str),
    /// A field longer than any true one.
    #[error("le champ « {0} » dépasse {CHAMP_MAXIMAL} caractères")]
    ChampTropLong(&'static str),
    /// A value that its column does not admit.
    #[error("le champ « {0} » n'est pas valable")]
    Valeur(&'static str),
    /// An RPPS number that misses its form or its key.
    #[error("le numéro RPPS n'est pas valable")]
    Rpps,
    /// The two forms of the identifier disagree.
    #[error("l'identification nationale ne correspond pas à l'identifiant")]
    Identification,
    /// No mail address.
    #[error("l'adresse de la boîte n'est pas valable")]
    Adresse,
}

impl LigneRefusee {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Colonnes { .. } => "nombre-de-champs",
            Self::Encodage => "encodage",
            Self::TropLongue => "ligne-trop-longue",
            Self::Controle => "caractere-de-controle",
            Self::Vide(_) => "champ-vide",
            Self::ChampTropLong(_) => "champ-trop-long",
            Self::Valeur(_) => "valeur-inconnue",
            Self::Rpps => "rpps",
            Self::Identification => "identification",
            Self::Adresse => "adresse",
        }
    }
}

/// A column that we read: its name in the file, and whether the file must have it.
#[derive(Debug, Clone, Copy)]
pub struct Colonne(pub &'static str, pub bool);

impl GenreFichier {
    /// The columns that we read of such a file, in the order in which [`lignes`] names them.
    const fn colonnes(self) -> &'static [Colonne] {
        match self {
            Self::Activites => lignes::ACTIVITES,
            Self::SavoirFaire => lignes::SAVOIR_FAIRE,
            Self::Bal => lignes::BAL,
            Self::Structures => lignes::STRUCTURES,
        }
    }

    const fn separateur(self) -> char {
        match self {
            Self::Activites | Self::SavoirFaire | Self::Bal => '|',
            Self::Structures => ';',
        }
    }

    /// The most demanding first: the columns of `SavoirFaire` all stand in `Personne_activite`.
    const RECONNUS: [Self; 4] = [Self::Bal, Self::Activites, Self::SavoirFaire, Self::Structures];
}

/// What the header of a file says.
#[derive(Debug, Clone)]
pub struct Entete {
    genre: GenreFichier,
    largeur: usize,
    places: Vec<Option<usize>>,
}

impl Entete {
    /// Reads the first line of a file.
    pub fn lire(ligne: &[u8]) -> Result<Self, EnteteInconnu> {
        let ligne = ligne.strip_prefix(b"\xef\xbb\xbf").unwrap_or(ligne);
        let texte = sans_fin(std::str::from_utf8(ligne).map_err(|_| EnteteInconnu::Illisible)?);
        let mut plus_proche: Option<(usize, EnteteInconnu)> = None;
        for genre in GenreFichier::RECONNUS {
            let mut noms: Vec<String> = texte.split(genre.separateur()).map(nom_de_colonne).collect();
            if noms.last().is_some_and(String::is_empty) {
                noms.pop();
            }
            let places: Vec<Option<usize>> =
                genre.colonnes().iter().map(|c| noms.iter().position(|nom| *nom == nom_de_colonne(c.0))).collect();
            let manquantes: Vec<&str> =
                genre.colonnes().iter().zip(&places).filter(|(c, place)| c.1 && place.is_none()).map(|(c, _)| c.0).collect();
            if manquantes.is_empty() {
                sans_double(&noms)?;
                return Ok(Self { genre, largeur: noms.len(), places });
            }
            if plus_proche.as_ref().is_none_or(|(nombre, _)| manquantes.len() < *nombre) {
                plus_proche = Some((manquantes.len(), EnteteInconnu::Inconnu { genre, manquantes: manquantes.join(", ") }));
            }
        }
        Err(plus_proche.map_or(EnteteInconnu::Illisible, |(_, erreur)| erreur))
    }

    /// Kind of the file.
    #[must_use]
    pub const fn genre(&self) -> GenreFichier {
        self.genre
    }

    /// Reads one line and adds what it says.
    pub fn ajouter(&self, octets: &[u8], lignes: &mut Lignes) -> Result<(), LigneRefusee> {
        let texte = self.decoder(octets)?;
        if texte.contains(|c: char| c.is_control() && c != '\t') {
            return Err(LigneRefusee::Controle);
        }
        let champs = self.couper(&texte)?;
        let champs = Champs { entete: self, champs: &champs };
        match lignes {
            Lignes::Activites(lues) => lues.push(lignes::activite(&champs)?),
            Lignes::SavoirFaire(lues) => lues.push(lignes::savoir_faire(&champs)?),
            Lignes::Bal(lues) => lues.push(lignes::bal(&champs)?),
            Lignes::Structures(lues) => lues.push(lignes::structure(&champs)?),
        }
        Ok(())
    }

    /// FINESS is published in ISO-8859-1, whose bytes are the first 256 characters; some copies of it are in UTF-8.
    fn decoder<'o>(&self, octets: &'o [u8]) -> Result<Cow<'o, str>, LigneRefusee> {
        match (std::str::from_utf8(octets), self.genre) {
            (Ok(texte), _) => Ok(Cow::Borrowed(sans_fin(texte))),
            (Err(_), GenreFichier::Structures) => {
                let texte: String = octets.iter().map(|&octet| char::from(octet)).collect();
                Ok(Cow::Owned(sans_fin(&texte).to_owned()))
            }
            (Err(_), GenreFichier::Activites | GenreFichier::SavoirFaire | GenreFichier::Bal) => Err(LigneRefusee::Encodage),
        }
    }

    fn couper<'t>(&self, texte: &'t str) -> Result<Vec<Cow<'t, str>>, LigneRefusee> {
        let mut champs = Vec::with_capacity(self.largeur + 1);
        match self.genre {
            GenreFichier::Activites | GenreFichier::SavoirFaire | GenreFichier::Bal => champs.extend(texte.split('|').map(Cow::Borrowed)),
            GenreFichier::Structures => couper_avec_guillemets(texte, ';', &mut champs),
        }
        if champs.len() == self.largeur + 1 && champs.last().is_some_and(|dernier| dernier.is_empty()) {
            champs.pop();
        }
        if champs.len() == self.largeur { Ok(champs) } else { Err(LigneRefusee::Colonnes { attendues: self.largeur, lues: champs.len() }) }
    }
}

/// A name of column in the form that is compared.
fn nom_de_colonne(nom: &str) -> String {
    let nom = normaliser(nom);
    match nom.strip_suffix(" COORD STRUCTURE") {
        Some(court) => court.to_owned(),
        None => nom,
    }
}

fn sans_double(noms: &[String]) -> Result<(), EnteteInconnu> {
    let mut tries: Vec<&String> = noms.iter().filter(|nom| !nom.is_empty()).collect();
    tries.sort_unstable();
    match tries.windows(2).find(|paire| paire.first() == paire.last()).and_then(|paire| paire.first()) {
        Some(nom) => Err(EnteteInconnu::EnDouble((*nom).clone())),
        None => Ok(()),
    }
}

fn sans_fin(texte: &str) -> &str {
    let texte = texte.strip_suffix('\n').unwrap_or(texte);
    texte.strip_suffix('\r').unwrap_or(texte)
}

/// A field that begins with a quote runs to the quote before a separator, `""` standing for one; when
/// there is none, its quote is a letter like another.
fn couper_avec_guillemets<'t>(texte: &'t str, separateur: char, champs: &mut Vec<Cow<'t, str>>) {
    let mut reste = texte;
    loop {
        if let Some((champ, suite)) = champ_cite(reste, separateur) {
            champs.push(Cow::Owned(champ));
            match suite {
                Some(suite) => reste = suite,
                None => return,
            }
        } else if let Some((champ, suite)) = reste.split_once(separateur) {
            champs.push(Cow::Borrowed(champ));
            reste = suite;
        } else {
            champs.push(Cow::Borrowed(reste));
            return;
        }
    }
}

/// The quoted field at the beginning of a text, and what follows its separator.
fn champ_cite(texte: &str, separateur: char) -> Option<(String, Option<&str>)> {
    let interieur = texte.strip_prefix('"')?;
    let mut champ = String::new();
    let mut reste = interieur;
    loop {
        let (avant, apres) = reste.split_once('"')?;
        champ.push_str(avant);
        if let Some(suite) = apres.strip_prefix('"') {
            champ.push('"');
            reste = suite;
        } else if apres.is_empty() {
            return Some((champ, None));
        } else {
            return apres.strip_prefix(separateur).map(|suite| (champ, Some(suite)));
        }
    }
}

/// The fields of a line, by the rank of their column in [`GenreFichier::colonnes`].
struct Champs<'l> {
    entete: &'l Entete,
    champs: &'l [Cow<'l, str>],
}

impl Champs<'_> {
    fn nom(&self, rang: usize) -> &'static str {
        self.entete.genre.colonnes().get(rang).map_or("", |colonne| colonne.0)
    }

    /// A field without the blanks around it; empty when the file lacks the column.
    fn brut(&self, rang: usize) -> &str {
        self.entete.places.get(rang).copied().flatten().and_then(|place| self.champs.get(place)).map_or("", |champ| champ.trim())
    }

    /// A field that may be empty.
    fn option(&self, rang: usize) -> Result<Option<String>, LigneRefusee> {
        let champ = self.brut(rang);
        match champ.len() {
            0 => Ok(None),
            longueur if longueur > CHAMP_MAXIMAL => Err(LigneRefusee::ChampTropLong(self.nom(rang))),
            _ => Ok(Some(champ.to_owned())),
        }
    }

    /// A field that must not be empty.
    fn requis(&self, rang: usize) -> Result<String, LigneRefusee> {
        self.option(rang)?.ok_or_else(|| LigneRefusee::Vide(self.nom(rang)))
    }

    /// Fingerprint of everything that is read of the line.
    fn empreinte(&self) -> i64 {
        let lus: Vec<&str> = (0..self.entete.places.len()).map(|rang| self.brut(rang)).collect();
        i64::from_be_bytes(condenser(&lus))
    }

    /// Several fields put together with blanks.
    fn ensemble(&self, rangs: &[usize]) -> Option<String> {
        let texte = rangs.iter().map(|rang| self.brut(*rang)).filter(|champ| !champ.is_empty()).collect::<Vec<_>>().join(" ");
        (!texte.is_empty()).then(|| texte.chars().take(CHAMP_MAXIMAL).collect())
    }
}

/// The key of a line: what it bears on comes first, so that its lines stand together in the index.
fn cle(sujet: &str, reste: &[&str]) -> Cle {
    let mut cle = [0; 16];
    let (debut, fin) = cle.split_at_mut(8);
    debut.copy_from_slice(&super::model::debut_de_cle(sujet));
    fin.copy_from_slice(&condenser(reste));
    cle
}

/// Eight bytes of the SHA-256 of some fields.
fn condenser(champs: &[&str]) -> [u8; 8] {
    let mut condensat = Sha256::new();
    for champ in champs {
        condensat.update(champ.as_bytes());
        condensat.update([0]);
    }
    let mut octets = [0; 8];
    octets.iter_mut().zip(condensat.finalize()).for_each(|(octet, lu)| *octet = lu);
    octets
}

#[cfg(test)]
mod tests;
