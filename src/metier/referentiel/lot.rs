//! The files of `referentiels/`, read: those embedded in the program, or those of a directory.

use super::{
    composition::{Bloc, BlocCite, Composition, Corps, Reference},
    defauts::sous,
    derive::Derive,
    model::{Codes, Concept, Genre, ModeleFiche, REGLAGES_QUORUM, SPECIALITES, empreinte},
    recherche::Synonymes,
};
use crate::{
    kernel::{Faute, Panne, lecture},
    metier::{
        alerte::regle::{Regle, RegleInvalide},
        quorum::{
            reglages::ReglagesQuorum,
            regle::{GroupesSpecialites, RegleQuorum},
        },
    },
};
use chrono::NaiveDate;
use include_dir::{Dir, include_dir};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
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

/// A fiche model as one file: with `base` and `blocs` it is composed, otherwise `schema` and
/// `presentation` are its own.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ModeleEcrit {
    code: String,
    version: String,
    nom: String,
    valable_du: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    valable_au: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base: Option<Reference>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    blocs: Option<Vec<BlocCite>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    schema: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    presentation: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    derives: Option<Vec<Derive>>,
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
    /// One block, model or rule, given as one file.
    pub fn unique(genre: Genre, contenu: &Value) -> Result<Self, Faute> {
        let mut lot = Self::default();
        match genre {
            Genre::Bloc => lot.blocs.push(FichierBloc::lire(contenu.clone())?),
            Genre::ModeleFiche => lot.modeles.push(FichierModele::lire(contenu)?),
            Genre::RegleQuorum => lot.quorum.push(FichierRegle::lire(contenu.clone())?),
            Genre::RegleAlerte => lot.alertes.push(FichierRegle::lire_alerte(contenu.clone())?),
        }
        Ok(lot)
    }

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

impl FichierRegle {
    /// Reads a dated rule.
    pub fn lire(contenu: Value) -> Result<Self, Faute> {
        let regle: Self = lecture::depuis_json(&contenu)?;
        Ok(Self { contenu, ..regle })
    }

    /// Reads an alert rule, which must be one that can be evaluated and whose trials hold.
    pub fn lire_alerte(contenu: Value) -> Result<Self, Faute> {
        Regle::lire(&contenu).and_then(|regle| regle.verifier()).map_err(RegleInvalide::faute)?;
        Self::lire(contenu)
    }

    /// The same rule, with another last day in force.
    #[must_use]
    pub fn jusqu_au(mut self, valable_au: NaiveDate) -> Self {
        self.valable_au = Some(valable_au);
        if let Some(membres) = self.contenu.as_object_mut() {
            membres.insert("valable_au".to_owned(), json!(valable_au));
        }
        self
    }
}

impl FichierBloc {
    /// Reads a block.
    pub fn lire(contenu: Value) -> Result<Self, Faute> {
        Ok(Self { bloc: lecture::depuis_json(&contenu)?, contenu })
    }
}

impl From<&ModeleFiche> for FichierModele {
    fn from(modele: &ModeleFiche) -> Self {
        let contenu = modele.composition.clone().map_or_else(|| ContenuModele::Entier(modele.corps()), ContenuModele::Compose);
        Self {
            reference: modele.reference(),
            nom: modele.nom.clone(),
            valable_du: modele.valable_du,
            valable_au: modele.valable_au,
            contenu,
        }
    }
}

impl FichierModele {
    /// Reads a model written as one file.
    pub fn lire(contenu: &Value) -> Result<Self, Faute> {
        // A reference or a block: of a block that does not fit, serde would not say where.
        for (rang, bloc) in contenu.get("blocs").and_then(Value::as_array).into_iter().flatten().enumerate() {
            if bloc.is_object() {
                lecture::depuis_json::<Bloc>(bloc).map_err(|faute| sous(&format!("/blocs/{rang}"), faute))?;
            }
        }
        let ecrit: ModeleEcrit = lecture::depuis_json(contenu)?;
        let manque = |champ: &str| Faute::new(format!("/{champ}"), "obligatoire", "Ce champ est obligatoire.");
        let de_trop = |champ: &str| Faute::new(format!("/{champ}"), "champ-de-trop", "Un modèle composé n'a pas ce champ en propre.");
        let contenu = match ecrit.base {
            Some(base) => {
                let propre = [
                    ("schema", ecrit.schema.is_some()),
                    ("presentation", ecrit.presentation.is_some()),
                    ("derives", ecrit.derives.is_some()),
                ];
                if let Some((champ, _)) = propre.into_iter().find(|(_, present)| *present) {
                    return Err(de_trop(champ));
                }
                ContenuModele::Compose(Composition { base, blocs: ecrit.blocs.unwrap_or_default() })
            }
            None if ecrit.blocs.is_some() => return Err(manque("base")),
            None => ContenuModele::Entier(Corps {
                schema: ecrit.schema.ok_or_else(|| manque("schema"))?,
                presentation: ecrit.presentation.ok_or_else(|| manque("presentation"))?,
                derives: ecrit.derives.unwrap_or_default(),
            }),
        };
        Ok(Self {
            reference: Reference { code: ecrit.code, version: ecrit.version },
            nom: ecrit.nom,
            valable_du: ecrit.valable_du,
            valable_au: ecrit.valable_au,
            contenu,
        })
    }

    /// The model as one file: [`FichierModele::lire`] reads it back.
    #[must_use]
    pub fn ecrire(&self) -> Value {
        let commun = ModeleEcrit {
            code: self.reference.code.clone(),
            version: self.reference.version.clone(),
            nom: self.nom.clone(),
            valable_du: self.valable_du,
            valable_au: self.valable_au,
            base: None,
            blocs: None,
            schema: None,
            presentation: None,
            derives: None,
        };
        json!(match self.contenu.clone() {
            ContenuModele::Compose(Composition { base, blocs }) => ModeleEcrit { base: Some(base), blocs: Some(blocs), ..commun },
            ContenuModele::Entier(Corps { schema, presentation, derives }) => ModeleEcrit {
                schema: Some(schema),
                presentation: Some(presentation),
                derives: Some(derives).filter(|derives| !derives.is_empty()),
                ..commun
            },
        })
    }

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
        corps.map_err(|faute| Panne::dire(format!("modèle de fiche {} : {}", self.reference, faute.message)).into())
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

/// A fault of a file, for who reads it at the command line.
fn du_fichier(chemin: &str, faute: &Faute) -> Panne {
    Panne::dire(format!("{chemin}, {} : {}", faute.pointer, faute.message))
}

fn lire_regle(chemin: &str, texte: &str) -> Result<FichierRegle, Panne> {
    FichierRegle::lire(json(chemin, texte)?).map_err(|faute| du_fichier(chemin, &faute))
}

fn lire_regle_alerte(chemin: &str, texte: &str) -> Result<FichierRegle, Panne> {
    FichierRegle::lire_alerte(json(chemin, texte)?).map_err(|faute| du_fichier(chemin, &faute))
}

fn lire_regle_quorum(chemin: &str, texte: &str) -> Result<FichierRegle, Panne> {
    exiger_sain(chemin, &json::<RegleQuorum>(chemin, texte)?.defauts())?;
    lire_regle(chemin, texte)
}

fn lire_reglages_quorum(chemin: &str, texte: &str) -> Result<FichierRegle, Panne> {
    exiger_sain(chemin, &json::<ReglagesQuorum>(chemin, texte)?.defauts())?;
    lire_sous_le_code::<ReglagesQuorum>(REGLAGES_QUORUM, chemin, texte)
}

fn exiger_sain(chemin: &str, defauts: &[Faute]) -> Result<(), Panne> {
    defauts.first().map_or(Ok(()), |faute| Err(du_fichier(chemin, faute)))
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
    let fichier = FichierBloc::lire(json(chemin, texte)?).map_err(|faute| du_fichier(chemin, &faute))?;
    if chemin != format!("blocs/{}/{}.json", fichier.bloc.code, fichier.bloc.version) {
        return Err(Panne::dire(format!("{chemin} : le code et la version doivent être ceux du dossier et du fichier")));
    }
    Ok(fichier)
}

/// A model in its directory: `meta.json`, and for one that is not composed `schema.json` and
/// `presentation.json` beside it.
fn lire_modele(fichiers: &BTreeMap<String, String>, chemin: &str, texte: &str) -> Result<FichierModele, Panne> {
    let mut modele: Map<String, Value> = json(chemin, texte)?;
    let texte = |champ: &str| modele.get(champ).and_then(Value::as_str).unwrap_or_default();
    let dossier = format!("fiches/{}/{}", texte("code"), texte("version"));
    if chemin != format!("{dossier}/meta.json") {
        return Err(Panne::dire(format!("{chemin} : le code et la version doivent être ceux du dossier")));
    }
    if !modele.contains_key("base") {
        for champ in ["schema", "presentation"] {
            let chemin = format!("{dossier}/{champ}.json");
            let texte = fichiers.get(&chemin).ok_or_else(|| Panne::dire(format!("{chemin} : fichier absent")))?;
            modele.insert(champ.to_owned(), json(&chemin, texte)?);
        }
    }
    FichierModele::lire(&Value::Object(modele)).map_err(|faute| du_fichier(chemin, &faute))
}
