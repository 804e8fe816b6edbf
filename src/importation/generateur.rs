//! Synthetic files of any size, in the layouts of the public ones: for tests, measures and the demonstration.
//!
//! - Same settings, same bytes. Each person is drawn from the seed and from its rank alone, so that the
//!   four files agree with one another and that a further edition changes only some of them.
//! - Nobody in there exists: RPPS numbers begin with 109, names are those of plants, domains are those of
//!   a test space.
//! - An edition after the first one drops a person in 100, moves another in 50, gives one in 50 another telephone, and
//!   adds as many lines at the end as it lacks.

use crate::kernel::{Panne, identite::completer_luhn};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

/// What to make.
#[derive(Debug, Clone)]
pub struct Reglages {
    /// Lines of `Personne_activite`, defects left out.
    pub lignes: u64,
    /// Same seed, same people.
    pub graine: u64,
    /// 1 for a first delivery, 2 for the next one…
    pub edition: u64,
    /// One more line in so many is a bad one, and one is written twice; 0 for none.
    pub defauts: u64,
    /// Writes the columns in another order.
    pub colonnes_deplacees: bool,
    /// Professionals who exist on the other side (those of the demonstration), written first.
    pub connus: Vec<Connu>,
}

/// A professional of the region, whom the files also name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connu {
    /// RPPS number.
    pub rpps: String,
    /// Name.
    pub nom: String,
    /// First name.
    pub prenom: String,
    /// Know-how (`SM54`).
    pub savoir_faire: String,
    /// In private practice.
    pub liberal: bool,
    /// Has a mailbox of one's own.
    pub boite: bool,
}

/// The four files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fichiers {
    /// `PS_LibreAcces_Personne_activite.txt`.
    pub activites: PathBuf,
    /// `PS_LibreAcces_SavoirFaire.txt`.
    pub savoir_faire: PathBuf,
    /// `Extraction_Correspondance_MSSante.txt`.
    pub bal: PathBuf,
    /// `finess.csv`.
    pub structures: PathBuf,
}

impl Fichiers {
    /// Their places in a folder.
    #[must_use]
    pub fn dans(dossier: &Path) -> Self {
        Self {
            activites: dossier.join("PS_LibreAcces_Personne_activite.txt"),
            savoir_faire: dossier.join("PS_LibreAcces_SavoirFaire.txt"),
            bal: dossier.join("Extraction_Correspondance_MSSante.txt"),
            structures: dossier.join("finess.csv"),
        }
    }

    /// All of them, structures first.
    #[must_use]
    pub fn tous(&self) -> [&Path; 4] {
        [&self.structures, &self.activites, &self.savoir_faire, &self.bal]
    }
}

const ACTIVITES: &str = "Type d'identifiant PP|Identifiant PP|Identification nationale PP|Code civilité d'exercice|Libellé civilité d'exercice|Code civilité|Libellé civilité|Nom d'exercice|Prénom d'exercice|Code profession|Libellé profession|Code catégorie professionnelle|Libellé catégorie professionnelle|Code type savoir-faire|Libellé type savoir-faire|Code savoir-faire|Libellé savoir-faire|Code mode exercice|Libellé mode exercice|Numéro SIRET site|Numéro SIREN site|Numéro FINESS site|Numéro FINESS établissement juridique|Identifiant technique de la structure|Raison sociale site|Enseigne commerciale site|Complément destinataire (coord. structure)|Complément point géographique (coord. structure)|Numéro Voie (coord. structure)|Indice répétition voie (coord. structure)|Code type de voie (coord. structure)|Libellé type de voie (coord. structure)|Libellé Voie (coord. structure)|Mention distribution (coord. structure)|Bureau cedex (coord. structure)|Code postal (coord. structure)|Code commune (coord. structure)|Libellé commune (coord. structure)|Code pays (coord. structure)|Libellé pays (coord. structure)|Téléphone (coord. structure)|Téléphone 2 (coord. structure)|Télécopie (coord. structure)|Adresse e-mail (coord. structure)|Code département (coord. structure)|Libellé département (coord. structure)|Ancien identifiant de la structure|Autorité d'enregistrement|Code secteur d'activité|Libellé secteur d'activité|Code section tableau pharmaciens|Libellé section tableau pharmaciens|Code fonction|Libellé fonction|Code genre d'activité|Libellé genre d'activité";
const SAVOIR_FAIRE: &str = "Type d'identifiant PP|Identifiant PP|Identification nationale PP|Nom d'exercice|Prénom d'exercice|Code profession|Libellé profession|Code catégorie professionnelle|Libellé catégorie professionnelle|Code type savoir-faire|Libellé type savoir-faire|Code savoir-faire|Libellé savoir-faire";
const BAL: &str = "Type de BAL|Adresse BAL|Type Identifiant PP|Identifiant PP|Identification nationale PP|Type identifiant structure|Identification Structure|Service de rattachement|Civilité d'exercice|Nom d'exercice|Prénom d'exercice|Catégorie profession|Libellé de catégorie profession|Code Profession|Libellé Profession|Code savoir-faire|Libellé savoir-faire|Dématérialisation|Raison Sociale structure BAL|Enseigne commerciale structure BAL|L2COMPLEMENTLOCALISATION|L3COMPLEMENTDISTRIBUTION|L4NUMEROVOIE|L4COMPLEMENTNUMEROVOIE|NL4TYPEVOIE|L4LIBELLEVOIE|L5LIEUDITMENTION|L6LIGNEACHEMINEMENT|Code postal|Département|Pays";
const STRUCTURES: &str = "nofinesset;nofinessej;rs;rslongue;complrs;compldistrib;numvoie;typvoie;voie;compvoie;lieuditbp;region;libregion;departement;libdepartement;cog;codepostal;libelle_routage;ligneacheminement;telephone;telecopie;categetab;libcategetab;liblongcategetab;categretab;libcategretab;siret;codeape;libcodeape;mft;libmft;liblongmft;sph;libsph;numen;coordx;coordy;sourcegeocod;dategeocod;dateautor;dateouvert;datemaj";

const NOMS: &[&str] = &[
    "AUBÉPINE",
    "BRUYÈRE",
    "CHÈVREFEUILLE",
    "DIGITALE",
    "ÉGLANTIER",
    "FOUGÈRE",
    "GENÊT",
    "HOUBLON",
    "IRIS-BLEU",
    "JONQUILLE",
    "LAVANDIN",
    "MÉLILOT",
    "NÉNUPHAR",
    "ORME-BLANC",
    "PERVENCHE",
    "QUINTEFEUILLE",
    "ROMARIN",
    "SUREAU",
    "TILLEUL",
    "VERVEINE",
    "D'HÊTRE",
];
const PRENOMS: &[&str] = &["Adélaïde", "Barnabé", "Célimène", "Côme", "Éléonore", "Gaspard", "Isaure", "Jean-Noël", "Ninon", "Sylvère"];
const COMMUNES: &[(&str, &str, &str)] = &[
    ("59000", "LILLE", "59"),
    ("59300", "VALENCIENNES", "59"),
    ("62300", "LENS", "62"),
    ("80000", "AMIENS", "80"),
    ("02100", "SAINT-QUENTIN", "02"),
    ("60000", "BEAUVAIS", "60"),
    ("62200", "BOULOGNE-SUR-MER", "62"),
    ("75011", "PARIS", "75"),
    ("13005", "MARSEILLE", "13"),
];
/// Profession, know-how and its name; a general practitioner is as frequent as in the country.
const METIERS: &[(&str, &str, &str, &str)] = &[
    ("10", "Médecin", "SM54", "Médecine générale (SM)"),
    ("10", "Médecin", "SM26", "Qualifié en Médecine Générale (SM)"),
    ("10", "Médecin", "SM36", "Oncologie option médicale (SM)"),
    ("10", "Médecin", "SM44", "Radio-diagnostic (SM)"),
    ("21", "Pharmacien", "", ""),
    ("60", "Infirmier", "", ""),
    ("60", "Infirmier", "", ""),
    ("70", "Masseur-Kinésithérapeute", "", ""),
];
/// Structures that the files name, for so many persons.
const PERSONNES_PAR_STRUCTURE: u64 = 40;

/// Makes the four files in a folder.
pub fn generer(dossier: &Path, reglages: &Reglages) -> Result<Fichiers, Panne> {
    std::fs::create_dir_all(dossier).map_err(|e| Panne::new("dossier des fichiers", e))?;
    let fichiers = Fichiers::dans(dossier);
    let structures = (reglages.lignes / PERSONNES_PAR_STRUCTURE).max(3);
    let mut activites = Sortie::ouvrir(&fichiers.activites, ACTIVITES, '|', reglages)?;
    let mut savoir_faire = Sortie::ouvrir(&fichiers.savoir_faire, SAVOIR_FAIRE, '|', reglages)?;
    let mut bal = Sortie::ouvrir(&fichiers.bal, BAL, '|', reglages)?;
    let (mut rang, mut connus) = (0, reglages.connus.iter());
    while activites.lignes < reglages.lignes {
        let personne = match connus.next() {
            Some(connu) => Some(Personne::connue(reglages, rang, structures, connu)),
            None => Personne::tiree(reglages, rang, structures),
        };
        rang += 1;
        let Some(personne) = personne else { continue };
        for site in personne.sites.iter().take(usize::try_from(reglages.lignes - activites.lignes).unwrap_or(usize::MAX)) {
            activites.ecrire(&personne.activite(*site))?;
        }
        if !personne.metier.2.is_empty() {
            savoir_faire.ecrire(&personne.savoir_faire())?;
        }
        if let Some(boite) = &personne.boite {
            bal.ecrire(&personne.bal(boite))?;
        }
    }
    let mut finess = Sortie::ouvrir(&fichiers.structures, STRUCTURES, ';', reglages)?;
    for rang in 0..structures {
        let site = Site::tire(reglages.graine, rang);
        finess.ecrire(&site.structure())?;
        if rang % 3 == 0 {
            bal.ecrire(&site.bal())?;
        }
    }
    for sortie in [activites, savoir_faire, bal, finess] {
        sortie.fermer()?;
    }
    Ok(fichiers)
}

fn hasard(graine: u64, genre: u64, rang: u64) -> StdRng {
    StdRng::seed_from_u64(graine.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (genre << 60) ^ rang)
}

/// A structure, drawn from its rank.
#[derive(Debug, Clone, Copy)]
struct Site {
    rang: u64,
    commune: (&'static str, &'static str, &'static str),
    voie: u32,
}

impl Site {
    fn tire(graine: u64, rang: u64) -> Self {
        let mut hasard = hasard(graine, 1, rang);
        let commune = COMMUNES.choose(&mut hasard).copied().unwrap_or(("59000", "LILLE", "59"));
        Self { rang, commune, voie: hasard.random_range(1..200) }
    }

    fn finess(self) -> String {
        completer_luhn(&format!("{}9{:05}", self.commune.2, self.rang % 100_000))
    }

    fn raison_sociale(self) -> String {
        format!("Centre de soins synthétique n° {}", self.rang)
    }

    fn structure(self) -> Vec<String> {
        let mut champs = vec![String::new(); STRUCTURES.split(';').count()];
        let (code_postal, commune, departement) = self.commune;
        for (place, valeur) in [
            (0, self.finess()),
            (1, completer_luhn(&format!("{departement}8{:05}", self.rang % 100_000))),
            (2, format!("CENTRE SYNTH {}", self.rang)),
            (3, self.raison_sociale()),
            (6, self.voie.to_string()),
            (7, "R".to_owned()),
            (8, "DES TILLEULS".to_owned()),
            (13, departement.to_owned()),
            (16, code_postal.to_owned()),
            (17, commune.to_owned()),
            (18, format!("{code_postal} {commune}")),
            (21, "355".to_owned()),
            (22, "Centre Hospitalier (C.H.)".to_owned()),
        ] {
            if let Some(champ) = champs.get_mut(place) {
                *champ = valeur;
            }
        }
        champs
    }

    fn bal(self) -> Vec<String> {
        let mut champs = vec![String::new(); 31];
        let (code_postal, commune, departement) = self.commune;
        for (place, valeur) in [
            (0, "ORG".to_owned()),
            (1, format!("secretariat@synthese-{}.mssante.fr", self.rang)),
            (5, "1".to_owned()),
            (6, format!("1{}", self.finess())),
            (17, "O".to_owned()),
            (18, self.raison_sociale()),
            (27, format!("{code_postal} {commune}")),
            (28, code_postal.to_owned()),
            (29, departement.to_owned()),
            (30, "FR".to_owned()),
        ] {
            if let Some(champ) = champs.get_mut(place) {
                *champ = valeur;
            }
        }
        champs
    }
}

/// A person, drawn from its rank.
struct Personne {
    rpps: String,
    nom: String,
    prenom: String,
    metier: (&'static str, &'static str, String, String),
    liberal: bool,
    sites: Vec<Site>,
    boite: Option<String>,
    telephone: u64,
}

impl Personne {
    /// Nobody when this edition has dropped that person.
    fn tiree(reglages: &Reglages, rang: u64, structures: u64) -> Option<Self> {
        let mut hasard = hasard(reglages.graine, 2, rang);
        let disparait = hasard.random_range(0..100) == 0;
        let (demenage, change_de_numero) = (hasard.random_range(0..50) == 0, hasard.random_range(0..50) == 0);
        if disparait && reglages.edition > 1 {
            return None;
        }
        let metier = METIERS.choose(&mut hasard).copied().unwrap_or(("10", "Médecin", "SM54", ""));
        let nombre = [1, 1, 1, 2, 2, 3].choose(&mut hasard).copied().unwrap_or(1);
        let premiere = hasard.random_range(0..structures);
        let age = reglages.edition.saturating_sub(1);
        let decalage = if demenage { age } else { 0 };
        let ligne = if change_de_numero { age } else { 0 };
        let rpps = completer_luhn(&format!("109{:07}", rang % 10_000_000));
        Some(Self {
            nom: NOMS.choose(&mut hasard).copied().unwrap_or_default().to_owned(),
            prenom: PRENOMS.choose(&mut hasard).copied().unwrap_or_default().to_owned(),
            liberal: hasard.random_range(0..3) > 0,
            sites: (0..nombre).map(|n| Site::tire(reglages.graine, (premiere + n + decalage) % structures)).collect(),
            boite: (hasard.random_range(0..100) < 45).then(|| format!("p{rpps}@pro-synthese.mssante.fr")),
            telephone: hasard.random_range(0..10_000_000) + ligne,
            metier: (metier.0, metier.1, metier.2.to_owned(), metier.3.to_owned()),
            rpps,
        })
    }

    fn connue(reglages: &Reglages, rang: u64, structures: u64, connu: &Connu) -> Self {
        Self {
            rpps: connu.rpps.clone(),
            nom: connu.nom.to_uppercase(),
            prenom: connu.prenom.clone(),
            metier: ("10", "Médecin", connu.savoir_faire.clone(), String::new()),
            liberal: connu.liberal,
            sites: vec![Site::tire(reglages.graine, rang % structures)],
            boite: connu.boite.then(|| format!("p{}@pro-synthese.mssante.fr", connu.rpps)),
            telephone: 0,
        }
    }

    fn activite(&self, site: Site) -> Vec<String> {
        let mut champs = vec![String::new(); 56];
        let (code_postal, commune, departement) = site.commune;
        let savoir_faire = !self.metier.2.is_empty();
        for (place, valeur) in [
            (0, "8"),
            (1, &self.rpps),
            (2, &format!("8{}", self.rpps)),
            (3, if self.metier.0 == "10" { "DR" } else { "" }),
            (5, "MME"),
            (7, &self.nom),
            (8, &self.prenom),
            (9, self.metier.0),
            (10, self.metier.1),
            (11, "C"),
            (12, "Civil"),
            (13, if savoir_faire { "S" } else { "" }),
            (15, &self.metier.2),
            (16, &self.metier.3),
            (17, if self.liberal { "L" } else { "S" }),
            (21, &site.finess()),
            (23, &format!("F{}", site.finess())),
            (24, &site.raison_sociale()),
            (28, &site.voie.to_string()),
            (31, "Rue"),
            (32, "des Tilleuls"),
            (35, code_postal),
            (37, commune),
            (40, &format!("03{:08}", self.telephone)),
            (44, departement),
            (48, "SA01"),
            (54, "GENR01"),
        ] {
            if let Some(champ) = champs.get_mut(place) {
                valeur.clone_into(champ);
            }
        }
        champs
    }

    fn savoir_faire(&self) -> Vec<String> {
        let identification = format!("8{}", self.rpps);
        [
            "8",
            &self.rpps,
            &identification,
            &self.nom,
            &self.prenom,
            self.metier.0,
            self.metier.1,
            "C",
            "Civil",
            "S",
            "Spécialité ordinale",
            &self.metier.2,
            &self.metier.3,
        ]
        .map(ToOwned::to_owned)
        .to_vec()
    }

    fn bal(&self, boite: &str) -> Vec<String> {
        let mut champs = vec![String::new(); 31];
        for (place, valeur) in [
            (0, "PER"),
            (1, boite),
            (2, "8"),
            (3, &self.rpps),
            (4, &format!("8{}", self.rpps)),
            (9, &self.nom),
            (10, &self.prenom),
            (11, "C"),
            (12, "Civil"),
            (13, self.metier.0),
            (14, self.metier.1),
            (15, &self.metier.2),
            (17, "O"),
            (30, "FR"),
        ] {
            if let Some(champ) = champs.get_mut(place) {
                valeur.clone_into(champ);
            }
        }
        champs
    }
}

/// A file being written.
struct Sortie {
    flux: BufWriter<File>,
    nom: String,
    separateur: char,
    inverse: bool,
    defauts: u64,
    lignes: u64,
}

impl Sortie {
    fn ouvrir(chemin: &Path, entete: &str, separateur: char, reglages: &Reglages) -> Result<Self, Panne> {
        let fichier = File::create(chemin).map_err(|e| Panne::new(format!("écriture de {}", chemin.display()), e))?;
        let mut sortie = Self {
            flux: BufWriter::with_capacity(1 << 18, fichier),
            nom: chemin.display().to_string(),
            separateur,
            inverse: reglages.colonnes_deplacees,
            defauts: reglages.defauts,
            lignes: 0,
        };
        let champs: Vec<String> = entete.split(separateur).map(ToOwned::to_owned).collect();
        sortie.poser(&champs)?;
        Ok(sortie)
    }

    /// Writes a line; now and then a bad one before it, and the same one again after it.
    fn ecrire(&mut self, champs: &[String]) -> Result<(), Panne> {
        self.lignes += 1;
        let fautive = self.defauts > 0 && self.lignes.is_multiple_of(self.defauts);
        if fautive {
            let courte = champs.get(..champs.len() / 2).unwrap_or_default();
            self.poser(courte)?;
        }
        self.poser(champs)?;
        if fautive { self.poser(champs) } else { Ok(()) }
    }

    fn poser(&mut self, champs: &[String]) -> Result<(), Panne> {
        let separateur = self.separateur.to_string();
        let mut ligne =
            if self.inverse { champs.iter().rev().cloned().collect::<Vec<_>>().join(&separateur) } else { champs.join(&separateur) };
        if self.separateur == '|' {
            ligne.push('|');
            ligne.push('\n');
            self.octets(ligne.as_bytes())
        } else {
            ligne.push_str("\r\n");
            let latin: Vec<u8> = ligne.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
            self.octets(&latin)
        }
    }

    fn octets(&mut self, octets: &[u8]) -> Result<(), Panne> {
        self.flux.write_all(octets).map_err(|e| Panne::new(format!("écriture de {}", self.nom), e))
    }

    fn fermer(mut self) -> Result<(), Panne> {
        self.flux.flush().map_err(|e| Panne::new(format!("écriture de {}", self.nom), e))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn reglages() -> Reglages {
        Reglages { lignes: 500, graine: 7, edition: 1, defauts: 100, colonnes_deplacees: false, connus: Vec::new() }
    }

    #[test]
    fn memes_reglages_memes_octets() {
        let (un, deux) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let a = generer(un.path(), &reglages()).unwrap();
        let b = generer(deux.path(), &reglages()).unwrap();
        for (a, b) in a.tous().into_iter().zip(b.tous()) {
            assert_eq!(fs::read(a).unwrap(), fs::read(b).unwrap());
        }
        let autre = generer(deux.path(), &Reglages { graine: 8, ..reglages() }).unwrap();
        assert_ne!(fs::read(a.activites).unwrap(), fs::read(autre.activites).unwrap());
    }

    #[test]
    fn le_nombre_de_lignes_est_celui_qui_est_demande_avec_ses_defauts() {
        let dossier = tempfile::tempdir().unwrap();
        let fichiers = generer(dossier.path(), &reglages()).unwrap();
        let lignes = fs::read_to_string(&fichiers.activites).unwrap().lines().count();
        assert_eq!(lignes, 1 + 500 + 5 + 5);
        let entete = fs::read_to_string(&fichiers.activites).unwrap().lines().next().unwrap().to_owned();
        assert_eq!(entete.matches('|').count(), 56);
    }
}
