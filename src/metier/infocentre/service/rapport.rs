//! The annual report, made of what was frozen and of nothing else: the same instantané gives the same report.

mod chapitres;
mod mise_en_tableau;

use super::{
    super::{
        model::{
            Axe, Comptes, Indicateur,
            dictionnaire::DICTIONNAIRE,
            instantane::{Instantane, Noms},
            rapport::{self, DefinitionImprimee, Rapport, Tableau},
        },
        store::{self, Groupes},
    },
    instantane::{compter, compter_sur, controler, document, sain},
};
use crate::{
    db::{Evenement, Op},
    kernel::{Action, Resultat, ids::InstantaneId},
};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// Years that a report compares, its own included.
const ANNEES_COMPAREES: i32 = 5;

/// What the chapters are written from.
pub(super) struct Matiere {
    instantane: Instantane,
    /// The counts of each axis.
    axes: BTreeMap<Axe, Groupes>,
    /// The whole of each year, the latest last.
    annees: BTreeMap<i32, Comptes>,
    /// Deliveries: quality, channel, state, how many.
    diffusions: Vec<(String, String, String, i64)>,
    /// Attendances of private practitioners.
    liberaux: Vec<store::instantane::Participation>,
}

/// The axes of the report.
const AXES: [Axe; 17] = [
    Axe::Mois,
    Axe::Territoire,
    Axe::Centre3c,
    Axe::Etablissement,
    Axe::Rcp,
    Axe::Theme,
    Axe::Type,
    Axe::Niveau,
    Axe::Demandeur,
    Axe::Departement,
    Axe::Sexe,
    Axe::ClasseAge,
    Axe::Localisation,
    Axe::MotifReport,
    Axe::Specialite,
    Axe::ModeExercice,
    Axe::Region,
];

/// What a report bears besides its figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// Name of the region.
    pub region: String,
    /// The date of its documents; that of the extraction by default.
    pub etabli_le: Option<DateTime<Utc>>,
    /// Rank of publication.
    pub version: Option<i64>,
    /// The publication that it replaces.
    pub remplace: Option<rapport::Remplacement>,
    /// What a reader must know before anything else.
    pub mention: Option<String>,
}

impl Edition {
    /// A report that is not published.
    #[must_use]
    pub fn de_travail(region: &str) -> Self {
        let mention = Some("Document de travail".to_owned());
        Self { region: region.to_owned(), etabli_le: None, version: None, remplace: None, mention }
    }
}

/// The working report of a frozen year, protected by the statistical secrecy. `region` is its name.
pub fn composer(op: &mut Op<'_>, id: InstantaneId, region: &str) -> Resultat<Rapport> {
    let rapport = editer(op, id, &Edition::de_travail(region))?;
    op.tracer(Evenement::liste("composer", "rapport"))?;
    Ok(rapport)
}

/// The report of a frozen year, protected by the statistical secrecy. It only reads: who publishes it traces that.
pub fn editer(op: &mut Op<'_>, id: InstantaneId, edition: &Edition) -> Resultat<Rapport> {
    op.exiger(Action::ExtraireRapport)?;
    let matiere = rassembler(op, id)?;
    let mut rapport = ecrire(&matiere, edition)?;
    rapport.proteger(&[]).map_err(crate::kernel::Panne::from)?;
    Ok(rapport)
}

fn rassembler(op: &mut Op<'_>, id: InstantaneId) -> Resultat<Matiere> {
    let instantane = sain(op, id)?;
    let axes = compter_sur(op, &instantane, &AXES)?;
    let mut annees = BTreeMap::new();
    for annee in instantane.annee - ANNEES_COMPAREES + 1..instantane.annee {
        // What was frozen later is not looked at: it would change this report.
        if let Some(ancien) = store::instantane::dernier_avant(op, annee, instantane.etabli_le)? {
            let ancien = controler(op, ancien)?;
            annees.insert(annee, compter(op, &ancien, Axe::Region)?.total);
        }
    }
    if let Some(region) = axes.get(&Axe::Region) {
        annees.insert(instantane.annee, region.total.clone());
    }
    let diffusions = store::instantane::diffusions(op, instantane.id)?;
    let liberaux = store::instantane::participations(op, instantane.id)?;
    Ok(Matiere { instantane, axes, annees, diffusions, liberaux })
}

fn ecrire(matiere: &Matiere, edition: &Edition) -> Resultat<Rapport> {
    let titre = "Rapport annuel d'activité des réunions de concertation pluridisciplinaire";
    let document = document(&matiere.instantane, titre, &edition.region)?;
    Ok(Rapport {
        etabli_le: edition.etabli_le.unwrap_or(document.etabli_le),
        version: edition.version,
        remplace: edition.remplace.clone(),
        mention: edition.mention.clone(),
        chapitres: chapitres::tous(matiere),
        dictionnaire: DICTIONNAIRE.iter().map(DefinitionImprimee::from).collect(),
        ..document
    })
}

/// The table of an axis, for other documents made of the same frozen data.
pub(super) fn tableau_de(
    groupes: &Groupes,
    noms: &Noms,
    (code, titre): (&'static str, &'static str),
    axe: Axe,
    indicateurs: &'static [Indicateur],
) -> Tableau {
    mise_en_tableau::mettre(groupes, noms, mise_en_tableau::Plan { code, titre, entete: "Groupe", axe, indicateurs })
}

fn nom(noms: &Noms, axe: Axe, cle: &str) -> String {
    store::instantane::nom_gele(noms, axe, cle).1
}
