//! The yearly indicators of each établissement that is authorised for cancer (CSP R6123-91-12): anonymised, and protected
//! together, so that the files of two établissements do not give away what each withholds.

use super::{
    super::model::{
        Axe, Indicateur,
        dictionnaire::DICTIONNAIRE,
        rapport::{self, Chapitre, DefinitionImprimee, Niveau, Rapport, Tableau},
    },
    instantane::{compter, document, sain},
    rapport::tableau_de,
};
use crate::{
    db::{Evenement, Op},
    kernel::{Action, Panne, Resultat, ids::InstantaneId},
    metier::annuaire,
};

/// The file of one établissement.
#[derive(Debug, Clone)]
pub struct Remise {
    /// FINESS of the établissement.
    pub finess: String,
    /// Its indicators.
    pub rapport: Rapport,
}

/// The files of a frozen year, one for each authorised établissement that organised an RCP, by FINESS.
pub fn composer(op: &mut Op<'_>, id: InstantaneId, region: &str) -> Resultat<Vec<Remise>> {
    op.exiger(Action::ExtraireRapport)?;
    let instantane = sain(op, id)?;
    let groupes = compter(op, &instantane, Axe::Etablissement)?;
    let tableau = tableau_de(&groupes, &instantane.noms, ("INDICATEURS", "Indicateurs de l'année"), Axe::Etablissement, Indicateur::TOUS);
    let mut ensemble = Rapport {
        chapitres: vec![Chapitre {
            code: "INDICATEURS".to_owned(),
            titre: "Indicateurs de l'établissement organisateur".to_owned(),
            paragraphes: Vec::new(),
            tableaux: vec![tableau],
            figures: Vec::new(),
        }],
        dictionnaire: DICTIONNAIRE.iter().map(DefinitionImprimee::from).collect(),
        ..document(&instantane, "Indicateurs annuels des réunions de concertation pluridisciplinaire", region)?
    };
    ensemble.proteger(&[]).map_err(Panne::from)?;
    let mut remises = Vec::new();
    for cle in groupes.lignes.keys() {
        let Ok(etablissement_id) = cle.parse() else { continue };
        let etablissement = annuaire::service::etablissement(op, etablissement_id)?;
        if etablissement.saisi.autorise_cancer {
            let rapport = extraire(&ensemble, &format!("{}:{cle}", Axe::Etablissement), &etablissement.saisi.raison_sociale);
            remises.push(Remise { finess: etablissement.saisi.finess.to_string(), rapport });
        }
    }
    remises.sort_by(|a, b| a.finess.cmp(&b.finess));
    op.tracer(Evenement::liste("exporter", "indicateur"))?;
    Ok(remises)
}

/// The rows of one établissement, out of the report of all of them.
fn extraire(ensemble: &Rapport, cle: &str, nom: &str) -> Rapport {
    let chapitres = ensemble.chapitres.iter().map(|chapitre| {
        let tableaux = chapitre.tableaux.iter().map(|tableau| {
            let siennes = tableau.lignes.iter().filter(|ligne| ligne.cle == cle).cloned();
            let seules = siennes.map(|ligne| rapport::Ligne { niveau: Niveau::Total, parent: None, ..ligne });
            Tableau { lignes: seules.collect(), ..tableau.clone() }
        });
        Chapitre { tableaux: tableaux.collect(), ..chapitre.clone() }
    });
    Rapport { region: nom.to_owned(), chapitres: chapitres.collect(), ..ensemble.clone() }
}
