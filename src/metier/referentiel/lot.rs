//! The files of `referentiels/`, read: those embedded in the program, or those of a directory.

use super::{
    composition::{Bloc, BlocCite, Composition, Corps, Reference},
    model::{Codes, Concept, REGLAGES_QUORUM, SPECIALITES, empreinte},
    recherche::Synonymes,
};
use crate::{
    kernel::Panne,
    metier::{
        alerte::regle::Regle,
        quorum::{
            reglages::ReglagesQuorum,
            regle::{GroupesSpecialites, RegleQuorum},
        },
    },
};
use chrono::NaiveDate;
use include_dir::{Dir, include_dir};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

static EMBARQUES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/referentiels");

/// A value set as its file holds it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FichierJeu {
    /// Short name.
    pub code: String,
    /// OID of the publisher.
    pub oid: String,
    /// Revision date.
    pub version: String,
    /// Name, in French.
    pub nom: String,
    /// Where it comes from.
    pub source: String,
    /// Its concepts, in the order of the publisher.
    pub concepts: Vec<Concept>,
}

impl FichierJeu {
    /// Fingerprint of the concepts.
    #[must_use]
    pub fn empreinte(&self) -> String {
        let concepts: Vec<Value> = self.concepts.iter().map(|c| json!([c.code, c.systeme, c.libelle])).collect();
        empreinte(&json!([self.oid, concepts]))
    }
}

/// A dated rule as its file holds it.
#[derive(Debug, Clone, Deserialize)]
pub struct FichierRegle {
    /// Code.
    pub code: String,
    /// Version.
    pub version: String,
    /// Name, in French.
    pub nom: String,
    /// First day in force.
    pub valable_du: NaiveDate,
    /// Last day in force.
    pub valable_au: Option<NaiveDate>,
    /// The whole file.
    #[serde(skip)]
    pub contenu: Value,
}

impl FichierRegle {
    /// Fingerprint of everything but the end of validity, which alone may be set afterwards.
    #[must_use]
    pub fn empreinte(&self) -> String {
        let mut contenu = self.contenu.clone();
        if let Some(membres) = contenu.as_object_mut() {
            membres.shift_remove("valable_au");
        }
        empreinte(&contenu)
    }
}

/// A block as its file holds it.
#[derive(Debug, Clone)]
pub struct FichierBloc {
    /// The block.
    pub bloc: Bloc,
    /// The whole file.
    pub contenu: Value,
}

impl FichierBloc {
    /// Fingerprint of the file.
    #[must_use]
    pub fn empreinte(&self) -> String {
        empreinte(&self.contenu)
    }
}

/// What `meta.json` says of a fiche model; with `base` and `blocs` the model is composed, without them
/// `schema.json` and `presentation.json` stand beside it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Meta {
    code: String,
    version: String,
    nom: String,
    valable_du: NaiveDate,
    valable_au: Option<NaiveDate>,
    base: Option<Reference>,
    #[serde(default)]
    blocs: Vec<BlocCite>,
}

/// What a fiche model holds.
#[derive(Debug, Clone, PartialEq)]
pub enum ContenuModele {
    /// Its own schema and form.
    Entier(Corps),
    /// Those of another model, with blocks.
    Compose(Composition),
}

/// A fiche model as its directory holds it.
#[derive(Debug, Clone)]
pub struct FichierModele {
    /// Code and version.
    pub reference: Reference,
    /// Name, in French.
    pub nom: String,
    /// First day in force.
    pub valable_du: NaiveDate,
    /// Last day in force.
    pub valable_au: Option<NaiveDate>,
    /// What it holds.
    pub contenu: ContenuModele,
}

/// A set of files to load together.
#[derive(Debug, Clone, Default)]
pub struct Lot {
    /// Value sets.
    pub jeux: Vec<FichierJeu>,
    /// Synonyms of value sets.
    pub synonymes: Vec<Synonymes>,
    /// Blocks of fiche models.
    pub blocs: Vec<FichierBloc>,
    /// Fiche models.
    pub modeles: Vec<FichierModele>,
    /// Quorum rules, specialty groups included.
    pub quorum: Vec<FichierRegle>,
    /// Alert rules.
    pub alertes: Vec<FichierRegle>,
}

impl Lot {
    /// The files embedded in the program.
    pub fn embarque() -> Result<Self, Panne> {
        let mut fichiers = BTreeMap::new();
        recueillir(&EMBARQUES, &mut fichiers)?;
        Self::lire(&fichiers)
    }

    /// The files of a directory that has the layout of `referentiels/`.
    pub fn du_dossier(racine: &Path) -> Result<Self, Panne> {
        let mut fichiers = BTreeMap::new();
        parcourir(racine, racine, &mut fichiers)?;
        if fichiers.is_empty() {
            return Err(Panne::dire(format!("{} : aucun fichier JSON", racine.display())));
        }
        Self::lire(&fichiers)
    }

    /// Reads files given by their path within `referentiels/`.
    pub fn lire(fichiers: &BTreeMap<String, String>) -> Result<Self, Panne> {
        let mut lot = Self::default();
        for (chemin, texte) in fichiers {
            match chemin.split('/').collect::<Vec<_>>().as_slice() {
                ["jdv", _] => lot.jeux.push(lire_jeu(chemin, texte)?),
                ["synonymes", _] => lot.synonymes.push(json(chemin, texte)?),
                ["blocs", _, _] => lot.blocs.push(lire_bloc(chemin, texte)?),
                ["fiches", _, _, "meta.json"] => lot.modeles.push(lire_modele(fichiers, chemin, texte)?),
                ["quorum", _] => lot.quorum.push(lire_regle_quorum(chemin, texte)?),
                ["alertes", _] => lot.alertes.push(lire_regle_alerte(chemin, texte)?),
                ["specialites.json"] => lot.quorum.push(lire_sous_le_code::<GroupesSpecialites>(SPECIALITES, chemin, texte)?),
                ["reglages-quorum.json"] => lot.quorum.push(lire_reglages_quorum(chemin, texte)?),
                _ => {}
            }
        }
        Ok(lot)
    }
}

impl Lot {
    /// The codes of its value sets, to check fiches against.
    #[must_use]
    pub fn codes(&self) -> Vec<Arc<Codes>> {
        let codes = |jeu: &FichierJeu| Codes {
            jeu: jeu.code.clone(),
            version: jeu.version.clone(),
            empreinte: jeu.empreinte(),
            codes: jeu.concepts.iter().map(|c| c.code.clone()).collect(),
        };
        self.jeux.iter().map(|jeu| Arc::new(codes(jeu))).collect()
    }

    /// The body of a model of this set, composed if need be out of this set alone.
    pub fn corps(&self, modele: &Reference) -> Result<Corps, Panne> {
        let fichier = self.modeles.iter().find(|fichier| fichier.reference == *modele);
        let fichier = fichier.ok_or_else(|| Panne::dire(format!("modèle de fiche {modele} : inconnu")))?;
        let bloc = |cite: &Reference| {
            let bloc = self.blocs.iter().find(|f| f.bloc.code == cite.code && f.bloc.version == cite.version);
            bloc.map(|f| f.bloc.clone()).ok_or_else(|| Panne::dire(format!("bloc {cite} : inconnu")))
        };
        fichier.corps(|base| self.corps(base), bloc)
    }
}

impl FichierModele {
    /// Its body, composed if need be: `base` and `bloc` find what it refers to.
    pub fn corps<E: From<Panne>>(
        &self,
        base: impl FnOnce(&Reference) -> Result<Corps, E>,
        mut bloc: impl FnMut(&Reference) -> Result<Bloc, E>,
    ) -> Result<Corps, E> {
        let composition = match &self.contenu {
            ContenuModele::Entier(corps) => return Ok(corps.clone()),
            ContenuModele::Compose(composition) => composition,
        };
        let blocs = composition.blocs.iter().map(|cite| match cite {
            BlocCite::Reference(reference) => bloc(reference),
            BlocCite::EnLigne(bloc) => Ok((**bloc).clone()),
        });
        let blocs = blocs.collect::<Result<Vec<_>, E>>()?;
        let corps = base(&composition.base)?.composer(&self.reference, &self.nom, &blocs);
        corps.map_err(|cause| Panne::dire(format!("modèle de fiche {} : {cause}", self.reference)).into())
    }
}

fn recueillir(dossier: &Dir<'_>, fichiers: &mut BTreeMap<String, String>) -> Result<(), Panne> {
    for fichier in dossier.files() {
        let chemin = fichier.path().to_string_lossy().replace('\\', "/");
        if chemin.ends_with(".json") {
            let texte = fichier.contents_utf8().ok_or_else(|| Panne::dire(format!("{chemin} : pas en UTF-8")))?;
            fichiers.insert(chemin, texte.to_owned());
        }
    }
    dossier.dirs().try_for_each(|sous_dossier| recueillir(sous_dossier, fichiers))
}

fn parcourir(racine: &Path, dossier: &Path, fichiers: &mut BTreeMap<String, String>) -> Result<(), Panne> {
    let contexte = |chemin: &Path| chemin.display().to_string();
    for entree in std::fs::read_dir(dossier).map_err(|e| Panne::new(contexte(dossier), e))? {
        let chemin = entree.map_err(|e| Panne::new(contexte(dossier), e))?.path();
        if chemin.is_dir() {
            parcourir(racine, &chemin, fichiers)?;
        } else if chemin.extension().is_some_and(|extension| extension == "json") {
            let texte = std::fs::read_to_string(&chemin).map_err(|e| Panne::new(contexte(&chemin), e))?;
            let relatif = chemin.strip_prefix(racine).unwrap_or(&chemin).to_string_lossy().replace('\\', "/");
            fichiers.insert(relatif, texte);
        }
    }
    Ok(())
}

fn json<T: DeserializeOwned>(chemin: &str, texte: &str) -> Result<T, Panne> {
    serde_json::from_str(texte).map_err(|e| Panne::new(chemin, e))
}

fn lire_jeu(chemin: &str, texte: &str) -> Result<FichierJeu, Panne> {
    let jeu: FichierJeu = json(chemin, texte)?;
    let mut vus = BTreeSet::new();
    match jeu.concepts.iter().find(|concept| !vus.insert(concept.code.as_str())) {
        Some(double) => Err(Panne::dire(format!("{chemin} : le code {} figure deux fois", double.code))),
        None => Ok(jeu),
    }
}

fn lire_regle(chemin: &str, texte: &str) -> Result<FichierRegle, Panne> {
    let regle: FichierRegle = json(chemin, texte)?;
    Ok(FichierRegle { contenu: json(chemin, texte)?, ..regle })
}

fn lire_regle_alerte(chemin: &str, texte: &str) -> Result<FichierRegle, Panne> {
    let fichier = lire_regle(chemin, texte)?;
    Regle::lire(&fichier.contenu).and_then(|regle| regle.verifier()).map_err(|e| Panne::new(chemin, e))?;
    Ok(fichier)
}

fn lire_regle_quorum(chemin: &str, texte: &str) -> Result<FichierRegle, Panne> {
    exiger_sain(chemin, &json::<RegleQuorum>(chemin, texte)?.defauts())?;
    lire_regle(chemin, texte)
}

fn lire_reglages_quorum(chemin: &str, texte: &str) -> Result<FichierRegle, Panne> {
    exiger_sain(chemin, &json::<ReglagesQuorum>(chemin, texte)?.defauts())?;
    lire_sous_le_code::<ReglagesQuorum>(REGLAGES_QUORUM, chemin, texte)
}

fn exiger_sain(chemin: &str, defauts: &[String]) -> Result<(), Panne> {
    if defauts.is_empty() { Ok(()) } else { Err(Panne::dire(format!("{chemin} : {}", defauts.join(" ; ")))) }
}

/// A document of the quorum that is not a rule: it has one code, and must be readable as a `T`.
fn lire_sous_le_code<T: DeserializeOwned>(code: &str, chemin: &str, texte: &str) -> Result<FichierRegle, Panne> {
    let regle = lire_regle(chemin, texte)?;
    if regle.code != code {
        return Err(Panne::dire(format!("{chemin} : le code attendu est « {code} »")));
    }
    json::<T>(chemin, texte)?;
    Ok(regle)
}

fn lire_bloc(chemin: &str, texte: &str) -> Result<FichierBloc, Panne> {
    let bloc: Bloc = json(chemin, texte)?;
    if chemin != format!("blocs/{}/{}.json", bloc.code, bloc.version) {
        return Err(Panne::dire(format!("{chemin} : le code et la version doivent être ceux du dossier et du fichier")));
    }
    Ok(FichierBloc { bloc, contenu: json(chemin, texte)? })
}

fn lire_modele(fichiers: &BTreeMap<String, String>, chemin: &str, texte: &str) -> Result<FichierModele, Panne> {
    let meta: Meta = json(chemin, texte)?;
    let dossier = format!("fiches/{}/{}", meta.code, meta.version);
    if chemin != format!("{dossier}/meta.json") {
        return Err(Panne::dire(format!("{chemin} : le code et la version doivent être ceux du dossier")));
    }
    let voisin = |nom: &str| {
        let chemin = format!("{dossier}/{nom}");
        let texte = fichiers.get(&chemin).ok_or_else(|| Panne::dire(format!("{chemin} : fichier absent")))?;
        json::<Value>(&chemin, texte)
    };
    let contenu = match meta.base {
        Some(base) => ContenuModele::Compose(Composition { base, blocs: meta.blocs }),
        None => {
            ContenuModele::Entier(Corps { schema: voisin("schema.json")?, presentation: voisin("presentation.json")?, derives: Vec::new() })
        }
    };
    Ok(FichierModele {
        reference: Reference { code: meta.code, version: meta.version },
        nom: meta.nom,
        valable_du: meta.valable_du,
        valable_au: meta.valable_au,
        contenu,
    })
}
