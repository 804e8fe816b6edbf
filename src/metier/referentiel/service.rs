//! Use cases of the reference data.

mod export;
mod recherche;

pub use export::{champs, questionnaire, valueset};
pub use recherche::concepts;

use super::{
    composition::{Bloc, BlocCite, Corps, Reference},
    defauts,
    lot::{ContenuModele, FichierBloc, FichierJeu, FichierModele, FichierRegle, Lot},
    model::{
        Codes, Concept, DOCUMENTS_DU_QUORUM, Genre, JeuDeValeurs, ModeleFiche, ModeleResume, REGLAGES_QUORUM, RapportChargement,
        ReferentielError, RegleEnVigueur, RegleResume, SPECIALITES, UsageModele, Validite, empreinte_corps, en_vigueur,
        en_vigueur_par_code, jeux_cites, version_modifiee,
    },
    store,
};
use crate::{
    db::{Evenement, Op},
    kernel::{Action, Erreur, Faute, Nature, Panne, Resultat, clock::date_paris, memoire::Memoire},
    metier::quorum::regle::{GroupesSpecialites, RegleQuorum},
};
use chrono::NaiveDate;
use serde_json::Value;
use std::{
    cell::RefCell,
    sync::{Arc, LazyLock},
};

/// Loads the files embedded in the program. What is already there is left alone.
pub fn charger(op: &mut Op<'_>) -> Resultat<RapportChargement> {
    charger_lot(op, &Lot::embarque()?)
}

/// Loads a set of files. What is already there is left alone; a version whose content changed is a
/// failure, and nothing is loaded.
pub fn charger_lot(op: &mut Op<'_>, lot: &Lot) -> Resultat<RapportChargement> {
    op.exiger(Action::GererReferentiels)?;
    let mut rapport = RapportChargement::default();
    for jeu in &lot.jeux {
        charger_jeu(op, jeu, &mut rapport)?;
    }
    for synonymes in &lot.synonymes {
        recherche::charger_synonymes(op, synonymes, &mut rapport)?;
    }
    for bloc in &lot.blocs {
        charger_bloc(op, bloc, &mut rapport)?;
    }
    // A model may be composed of another one: those that stand alone come first.
    let (entiers, composes): (Vec<_>, Vec<_>) = lot.modeles.iter().partition(|m| matches!(m.contenu, ContenuModele::Entier(_)));
    for modele in entiers.into_iter().chain(composes) {
        charger_modele(op, modele, &mut rapport)?;
    }
    for regle in &lot.quorum {
        charger_regle_quorum(op, regle, &mut rapport)?;
    }
    for regle in &lot.quorum {
        exiger_groupes_connus(op, regle)?;
    }
    for regle in &lot.alertes {
        charger_regle_alerte(op, regle, &mut rapport)?;
    }
    op.tracer(Evenement::liste("charger", "referentiel"))?;
    Ok(rapport)
}

fn charger_jeu(op: &mut Op<'_>, jeu: &FichierJeu, rapport: &mut RapportChargement) -> Resultat<()> {
    let versions = store::versions(op, &jeu.code)?;
    if let Some((_, empreinte)) = versions.iter().find(|(version, _)| *version == jeu.version) {
        if *empreinte != jeu.empreinte() {
            return Err(version_modifiee("jeu de valeurs", &jeu.code, &jeu.version).into());
        }
        rapport.inchanges += 1;
        return Ok(());
    }
    store::inserer_jeu(op, jeu)?;
    let derniere = versions.iter().map(|(version, _)| version.as_str()).chain([jeu.version.as_str()]).max().unwrap_or_default();
    store::rendre_courant(op, &jeu.code, derniere)?;
    rapport.jeux += 1;
    Ok(())
}

fn charger_bloc(op: &mut Op<'_>, fichier: &FichierBloc, rapport: &mut RapportChargement) -> Resultat<()> {
    let bloc = &fichier.bloc;
    match store::empreinte_bloc(op, &bloc.code, &bloc.version)? {
        None => {
            store::inserer_bloc(op, fichier)?;
            rapport.blocs += 1;
        }
        Some(chargee) if chargee == fichier.empreinte() => rapport.inchanges += 1,
        Some(_) => return Err(version_modifiee("bloc de fiche", &bloc.code, &bloc.version).into()),
    }
    Ok(())
}

fn charger_modele(op: &mut Op<'_>, modele: &FichierModele, rapport: &mut RapportChargement) -> Resultat<()> {
    let Reference { code, version } = &modele.reference;
    let corps = composer(op, modele)?;
    let chargee = store::empreinte_modele(op, code, version)?;
    match situation("modèle de fiche", (code, version), (empreinte_corps(&corps), modele.valable_au), chargee)? {
        Situation::Nouvelle => {
            verifier(op, modele)?;
            store::inserer_modele(op, modele, &corps)?;
            rapport.modeles += 1;
        }
        Situation::EcheanceChangee => {
            store::echeance_modele(op, modele)?;
            rapport.echeances += 1;
        }
        Situation::Inchangee => rapport.inchanges += 1,
    }
    Ok(())
}

/// The body of a model, out of the base and of the blocks that are loaded.
pub fn composer(op: &mut Op<'_>, modele: &FichierModele) -> Resultat<Corps> {
    let inconnu = |genre: &str, reference: &Reference| Panne::dire(format!("{genre} {reference} : inconnu"));
    let op = RefCell::new(op);
    modele.corps(
        |base| {
            let modele = store::modele(*op.borrow_mut(), &base.code, &base.version)?.ok_or_else(|| inconnu("modèle de fiche", base))?;
            Ok(modele.corps())
        },
        |reference| Ok(store::bloc(*op.borrow_mut(), reference)?.ok_or_else(|| inconnu("bloc de fiche", reference))?),
    )
}

/// Refuses a model that could not serve.
fn verifier(op: &mut Op<'_>, modele: &FichierModele) -> Resultat<()> {
    match defauts_modele(op, modele)?.into_iter().next() {
        Some(defaut) => Err(Panne::dire(format!("modèle de fiche {}, {} : {}", modele.reference, defaut.pointer, defaut.message)).into()),
        None => Ok(()),
    }
}

/// What prevents a block from serving, at its place in the file.
pub fn defauts_bloc(op: &mut Op<'_>, bloc: &Bloc) -> Resultat<Vec<Faute>> {
    defauts_corps(op, &bloc.corps())
}

fn defauts_corps(op: &mut Op<'_>, corps: &Corps) -> Resultat<Vec<Faute>> {
    let charges = store::courants(op, jeux_cites(&corps.schema).into_iter().collect())?.into_iter().map(|(jeu, ..)| jeu).collect();
    Ok(defauts::du_corps(corps, &charges))
}

/// What prevents a fiche model from serving, at its place in the file: what it cites and is not
/// loaded, and the faults of its own body or of its blocks.
pub fn defauts_modele(op: &mut Op<'_>, modele: &FichierModele) -> Resultat<Vec<Faute>> {
    let composition = match &modele.contenu {
        ContenuModele::Entier(corps) => {
            let mut trouves = defauts_corps(op, corps)?;
            trouves.extend(defauts::de_la_presentation(corps));
            return Ok(trouves);
        }
        ContenuModele::Compose(composition) => composition,
    };
    let base = store::modele(op, &composition.base.code, &composition.base.version)?;
    let mut trouves = Vec::new();
    if base.is_none() {
        trouves.push(Faute::new("/base", "modele-inconnu", format!("le modèle de fiche {} n'est pas chargé", composition.base)));
    }
    let mut blocs = Vec::new();
    for (rang, cite) in composition.blocs.iter().enumerate() {
        let ici = format!("/blocs/{rang}");
        match cite {
            BlocCite::EnLigne(bloc) => {
                trouves.extend(defauts_bloc(op, bloc)?.into_iter().map(|defaut| defauts::sous(&ici, defaut)));
                blocs.push((**bloc).clone());
            }
            BlocCite::Reference(reference) => match store::bloc(op, reference)? {
                Some(bloc) => {
                    trouves.extend(defauts_bloc(op, &bloc)?.into_iter().map(|defaut| Faute { pointer: ici.clone(), ..defaut }));
                    blocs.push(bloc);
                }
                None => trouves.push(Faute::new(ici, "bloc-inconnu", format!("le bloc de fiche {reference} n'est pas chargé"))),
            },
        }
    }
    if let Some(base) = base.filter(|_| trouves.is_empty()) {
        match base.corps().composer(&modele.reference, &modele.nom, &blocs) {
            Ok(corps) => {
                let entiers = defauts::derive_en_double(&corps.derives).into_iter().chain(defauts::de_la_presentation(&corps));
                trouves.extend(entiers.map(|defaut| Faute { pointer: "/blocs".to_owned(), ..defaut }));
            }
            Err(defaut) => trouves.push(defaut),
        }
    }
    Ok(trouves)
}

fn charger_regle_quorum(op: &mut Op<'_>, regle: &FichierRegle, rapport: &mut RapportChargement) -> Resultat<()> {
    let versions = store::versions_regle_quorum(op, Some(&regle.code))?;
    match situation_regle("règle de quorum", regle, versions)? {
        Situation::Nouvelle => {
            store::inserer_regle_quorum(op, regle)?;
            rapport.regles_quorum += 1;
        }
        Situation::EcheanceChangee => {
            store::echeance_regle_quorum(op, regle)?;
            rapport.echeances += 1;
        }
        Situation::Inchangee => rapport.inchanges += 1,
    }
    Ok(())
}

/// Refuses a quorum rule that names a group of specialties unknown when it comes into force.
fn exiger_groupes_connus(op: &mut Op<'_>, fichier: &FichierRegle) -> Resultat<()> {
    if DOCUMENTS_DU_QUORUM.contains(&fichier.code.as_str()) {
        return Ok(());
    }
    let contexte = format!("règle de quorum {}, version {}", fichier.code, fichier.version);
    let regle: RegleQuorum = serde_json::from_value(fichier.contenu.clone()).map_err(|e| Panne::new(contexte.clone(), e))?;
    let groupes = specialites(op, fichier.valable_du)?;
    let groupes: GroupesSpecialites = serde_json::from_value(groupes).map_err(|e| Panne::new("groupes de spécialités", e))?;
    match regle.groupes_inconnus(&groupes).into_iter().next() {
        None => Ok(()),
        Some(faute) => Err(Panne::dire(format!("{contexte}, {} : {}", faute.pointer, faute.message)).into()),
    }
}

fn charger_regle_alerte(op: &mut Op<'_>, regle: &FichierRegle, rapport: &mut RapportChargement) -> Resultat<()> {
    let versions = store::versions_regle_alerte(op, Some(&regle.code))?;
    match situation_regle("règle d'alerte", regle, versions)? {
        Situation::Nouvelle => {
            store::inserer_regle_alerte(op, regle)?;
            rapport.regles_alerte += 1;
        }
        Situation::EcheanceChangee => {
            store::echeance_regle_alerte(op, regle)?;
            rapport.echeances += 1;
        }
        Situation::Inchangee => rapport.inchanges += 1,
    }
    Ok(())
}

/// What a dated version that is read is to what the database holds.
enum Situation {
    Nouvelle,
    EcheanceChangee,
    Inchangee,
}

/// Fingerprint and end of validity of a dated version.
type Etat = (String, Option<NaiveDate>);

fn situation(genre: &str, (code, version): (&str, &str), lue: Etat, chargee: Option<Etat>) -> Result<Situation, Panne> {
    match chargee {
        None => Ok(Situation::Nouvelle),
        Some(chargee) if chargee == lue => Ok(Situation::Inchangee),
        Some(chargee) if chargee.0 == lue.0 => Ok(Situation::EcheanceChangee),
        Some(_) => Err(version_modifiee(genre, code, version)),
    }
}

fn situation_regle(genre: &str, regle: &FichierRegle, versions: Vec<store::VersionRegle>) -> Result<Situation, Panne> {
    let chargee = versions.into_iter().find(|v| v.version == regle.version).map(|v| (v.empreinte, v.valable_au));
    situation(genre, (&regle.code, &regle.version), (regle.empreinte(), regle.valable_au), chargee)
}

/// The current version of every value set, by code.
pub fn jeux(op: &mut Op<'_>) -> Resultat<Vec<JeuDeValeurs>> {
    op.exiger(Action::LireReferentiels)?;
    store::jeux(op)
}

/// One concept of a value set.
pub fn concept(op: &mut Op<'_>, jeu: &str, code: &str) -> Resultat<Concept> {
    op.exiger(Action::LireReferentiels)?;
    if store::courants(op, vec![jeu])?.is_empty() {
        return Err(ReferentielError::JeuIntrouvable.into());
    }
    store::concept(op, jeu, code)?.ok_or_else(|| ReferentielError::ConceptIntrouvable.into())
}

/// The label of a code, for other slices and for documents: that of the newest version of the set
/// that holds the code. Needs no right of its own.
pub fn libelle(op: &mut Op<'_>, jeu: &str, code: &str) -> Resultat<Option<String>> {
    Ok(store::concept(op, jeu, code)?.map(|concept| concept.libelle))
}

/// The concept of a code (its system is what interchange documents need besides the label), for
/// other slices. Needs no right of its own.
pub fn concept_code(op: &mut Op<'_>, jeu: &str, code: &str) -> Resultat<Option<Concept>> {
    store::concept(op, jeu, code)
}

/// Sets already read, by code, version and fingerprint: what is found there never changes.
static CODES: LazyLock<Memoire<store::Courant, Codes>> = LazyLock::new(Memoire::default);

/// The codes of the current versions of some sets, by code of the set, read once for the life of the
/// program. A set that does not exist is left out.
pub fn codes(op: &mut Op<'_>, jeux: Vec<&str>) -> Resultat<Vec<Arc<Codes>>> {
    store::courants(op, jeux)?.into_iter().map(|courant| CODES.obtenir(courant, |courant| store::codes(op, courant.clone()))).collect()
}

/// Every version of every fiche model.
pub fn modeles(op: &mut Op<'_>) -> Resultat<Vec<ModeleResume>> {
    op.exiger(Action::LireReferentiels)?;
    store::modeles(op, None)
}

/// One version of a fiche model, as the API gives it.
pub fn lire_modele(op: &mut Op<'_>, code: &str, version: &str) -> Resultat<ModeleFiche> {
    op.exiger(Action::LireReferentiels)?;
    store::modele(op, code, version)?.ok_or_else(|| ReferentielError::ModeleIntrouvable.into())
}

/// The version of a model of that use that is in force at a date, for other slices.
pub fn modele(op: &mut Op<'_>, usage: UsageModele, code: &str, date: NaiveDate) -> Resultat<Arc<ModeleFiche>> {
    let mut versions = store::modeles(op, Some(code))?;
    versions.retain(|m| m.usage == usage);
    let version = en_vigueur(versions, date, |m| (m.valable_du, m.valable_au)).ok_or(ReferentielError::ModeleIntrouvable)?.version;
    modele_en_memoire(op, code, &version)
}

/// Models already read, by fingerprint, code and version.
static MODELES: LazyLock<Memoire<(String, String, String), ModeleFiche>> = LazyLock::new(Memoire::default);

/// The version of a fiche model that a fiche was made with, in force or not, read once for the life
/// of the program.
pub fn modele_en_memoire(op: &mut Op<'_>, code: &str, version: &str) -> Resultat<Arc<ModeleFiche>> {
    let (empreinte, _) = store::empreinte_modele(op, code, version)?.ok_or(ReferentielError::ModeleIntrouvable)?;
    MODELES.obtenir((empreinte, code.to_owned(), version.to_owned()), |_| {
        store::modele(op, code, version)?.ok_or_else(|| ReferentielError::ModeleIntrouvable.into())
    })
}

/// Version and content of the quorum rule that is in force at a date, for other slices.
pub fn regle_quorum(op: &mut Op<'_>, code: &str, date: NaiveDate) -> Resultat<(String, Value)> {
    let versions = store::versions_regle_quorum(op, Some(code))?;
    let regle =
        en_vigueur(versions, date, |r| (r.valable_du, r.valable_au)).ok_or_else(|| ReferentielError::RegleIntrouvable(code.to_owned()))?;
    let contenu = contenu_regle_quorum(op, &regle)?;
    Ok((regle.version, contenu))
}

/// Code, version and content of each quorum rule in force at a date, by code, without the groups of
/// specialties and the settings, for other slices.
pub fn regles_quorum(op: &mut Op<'_>, date: NaiveDate) -> Resultat<Vec<(String, String, Value)>> {
    let versions = store::versions_regle_quorum(op, None)?;
    let regles = en_vigueur_par_code(versions, date, |r| r.code.clone(), |r| (r.valable_du, r.valable_au));
    lire_regles_quorum(op, regles)
}

/// Code, version and content of those that are rules, not documents of the quorum.
fn lire_regles_quorum(op: &mut Op<'_>, versions: Vec<store::VersionRegle>) -> Resultat<Vec<(String, String, Value)>> {
    let regles = versions.into_iter().filter(|r| !DOCUMENTS_DU_QUORUM.contains(&r.code.as_str()));
    regles
        .map(|regle| {
            let contenu = contenu_regle_quorum(op, &regle)?;
            Ok((regle.code, regle.version, contenu))
        })
        .collect()
}

/// Quorum rules already read, by version.
static REGLES_QUORUM: LazyLock<Memoire<store::VersionRegle, Value>> = LazyLock::new(Memoire::default);

fn contenu_regle_quorum(op: &mut Op<'_>, regle: &store::VersionRegle) -> Resultat<Value> {
    let contenu = REGLES_QUORUM.obtenir(regle.clone(), |r| {
        Ok::<_, Erreur>(
            store::contenu_regle_quorum(op, &r.code, &r.version)?.ok_or_else(|| ReferentielError::RegleIntrouvable(r.code.clone()))?,
        )
    })?;
    Ok(Value::clone(&contenu))
}

/// The groups of specialties in force at a date, as `specialites.json` holds them, for the quorum.
pub fn specialites(op: &mut Op<'_>, date: NaiveDate) -> Resultat<Value> {
    Ok(regle_quorum(op, SPECIALITES, date)?.1)
}

/// The settings of the quorum in force at a date, as `reglages-quorum.json` holds them.
pub fn reglages_quorum(op: &mut Op<'_>, date: NaiveDate) -> Resultat<Value> {
    Ok(regle_quorum(op, REGLAGES_QUORUM, date)?.1)
}

/// The alert rules in force at a date, by code, without their content: it is read once, by
/// [`contenu_regle_alerte`], and found again by its fingerprint. For other slices.
pub fn regles_alerte(op: &mut Op<'_>, date: NaiveDate) -> Resultat<Vec<RegleEnVigueur>> {
    let versions = store::versions_regle_alerte(op, None)?;
    let regles = en_vigueur_par_code(versions, date, |r| r.code.clone(), |r| (r.valable_du, r.valable_au));
    Ok(regles.into_iter().map(|r| RegleEnVigueur { code: r.code, version: r.version, empreinte: r.empreinte }).collect())
}

/// The content of a version of an alert rule, for other slices.
pub fn contenu_regle_alerte(op: &mut Op<'_>, code: &str, version: &str) -> Resultat<Value> {
    store::contenu_regle_alerte(op, code, version)?.ok_or_else(|| ReferentielError::RegleIntrouvable(code.to_owned()).into())
}

/// Each version of each alert rule, by code.
pub fn versions_alerte(op: &mut Op<'_>) -> Resultat<Vec<RegleResume>> {
    op.exiger(Action::LireReferentiels)?;
    let versions = store::versions_regle_alerte(op, None)?;
    let en_vigueur = en_vigueur_par_code(versions.clone(), date_paris(op.maintenant), |r| r.code.clone(), |r| (r.valable_du, r.valable_au));
    let resumer = |r: store::VersionRegle| RegleResume {
        en_vigueur: en_vigueur.contains(&r),
        nom: r.nom,
        code: r.code,
        version: r.version,
        valable_du: r.valable_du,
        valable_au: r.valable_au,
    };
    Ok(versions.into_iter().map(resumer).collect())
}

/// A version of an alert rule, as its file holds it.
pub fn regle_alerte(op: &mut Op<'_>, reference: &Reference) -> Resultat<Value> {
    op.exiger(Action::LireReferentiels)?;
    publie(op, Genre::RegleAlerte, reference)
}

/// Code, version and content of every version of every quorum rule, without the groups of
/// specialties, for other slices.
pub fn versions_quorum(op: &mut Op<'_>) -> Resultat<Vec<(String, String, Value)>> {
    let versions = store::versions_regle_quorum(op, None)?;
    lire_regles_quorum(op, versions)
}

/// A version of a fiche model as one file, blocks cited as they were.
pub fn exporter_modele(op: &mut Op<'_>, reference: &Reference) -> Resultat<Value> {
    op.exiger(Action::LireReferentiels)?;
    publie(op, Genre::ModeleFiche, reference)
}

/// A published version as one file, in force or not, for other slices.
pub fn publie(op: &mut Op<'_>, genre: Genre, reference: &Reference) -> Resultat<Value> {
    let Reference { code, version } = reference;
    let contenu = match genre {
        Genre::Bloc => store::contenu_bloc(op, reference)?,
        Genre::ModeleFiche => store::modele(op, code, version)?.map(|modele| FichierModele::from(&modele).ecrire()),
        Genre::RegleQuorum => store::contenu_regle_quorum(op, code, version)?,
        Genre::RegleAlerte => store::contenu_regle_alerte(op, code, version)?,
    };
    contenu.ok_or_else(|| ReferentielError::VersionIntrouvable(reference.clone()).into())
}

/// True when that version is published.
pub fn existe(op: &mut Op<'_>, genre: Genre, reference: &Reference) -> Resultat<bool> {
    match publie(op, genre, reference) {
        Ok(_) => Ok(true),
        Err(Erreur::Refus(refus)) if refus.nature == Nature::Introuvable => Ok(false),
        Err(erreur) => Err(erreur),
    }
}

/// When each version of a model or of a rule is in force; nothing for a block, which has no dates. For
/// other slices.
pub fn validites(op: &mut Op<'_>, genre: Genre, code: &str) -> Resultat<Vec<Validite>> {
    let de_regle = |r: store::VersionRegle| Validite { version: r.version, du: r.valable_du, au: r.valable_au };
    Ok(match genre {
        Genre::Bloc => Vec::new(),
        Genre::ModeleFiche => {
            let modeles = store::modeles(op, Some(code))?;
            modeles.into_iter().map(|m| Validite { version: m.version, du: m.valable_du, au: m.valable_au }).collect()
        }
        Genre::RegleQuorum => store::versions_regle_quorum(op, Some(code))?.into_iter().map(de_regle).collect(),
        Genre::RegleAlerte => store::versions_regle_alerte(op, Some(code))?.into_iter().map(de_regle).collect(),
    })
}

/// Sets the last day in force of a published version, by loading it again with that end. The calling
/// use case decides that it may end.
pub fn finir(op: &mut Op<'_>, genre: Genre, reference: &Reference, valable_au: NaiveDate) -> Resultat<()> {
    op.exiger(Action::GererReferentiels)?;
    let illisible = |faute: Faute| Panne::dire(format!("{genre} {reference}, {} : {}", faute.pointer, faute.message));
    let contenu = publie(op, genre, reference)?;
    match genre {
        Genre::Bloc => Ok(()),
        Genre::ModeleFiche => {
            store::echeance_modele(op, &FichierModele { valable_au: Some(valable_au), ..FichierModele::lire(&contenu).map_err(illisible)? })
        }
        Genre::RegleQuorum => store::echeance_regle_quorum(op, &FichierRegle::lire(contenu).map_err(illisible)?.jusqu_au(valable_au)),
        Genre::RegleAlerte => store::echeance_regle_alerte(op, &FichierRegle::lire(contenu).map_err(illisible)?.jusqu_au(valable_au)),
    }
}
