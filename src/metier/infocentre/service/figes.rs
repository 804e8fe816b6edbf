//! What is counted of a frozen year, for the campaign of its report.

use super::{
    super::{
        model::{Activite, Axe, Cle, Comptes, Indicateurs, Nouveaux, Periode, Portee, Selection, instantane::Instantane},
        store::{self, Cadre},
    },
    cles, instantane, mettre_en_lignes,
};
use crate::{
    db::Op,
    kernel::{
        Action, Panne, Resultat,
        ids::{Centre3cId, InstantaneId},
    },
};
use std::collections::BTreeMap;

/// The activity of a frozen year within some groups, shared out by an axis, as far as the person sees. Groups bear the names that
/// they had when it was frozen.
pub fn activite_figee(op: &mut Op<'_>, instantane: &Instantane, filtres: BTreeMap<Axe, Cle>, axe: Axe) -> Resultat<Activite> {
    op.exiger(Action::LireInfocentre)?;
    let portee = Portee::de(op.acteur);
    let periode = Periode::lire(instantane.du, instantane.au)?;
    let selection = Selection { periode, nouveaux: Nouveaux::Region, filtres };
    let cadre = Cadre { selection: &selection, jours: selection.jours()?, portee: &portee, instantane: Some(instantane.id) };
    let groupes = store::compter(op, &cadre, axe)?;
    Ok(Activite {
        du: periode.du(),
        au: periode.au(),
        par: axe,
        nouveaux: selection.nouveaux,
        version_dictionnaire: instantane.version_dictionnaire.clone(),
        compte_le: instantane.etabli_le,
        lignes: mettre_en_lignes(axe, &groupes, cles(&groupes, axe, &cadre), |cle| store::instantane::nom_gele(&instantane.noms, axe, cle)),
        total: Indicateurs::from(&groupes.total),
    })
}

/// The counts of each 3C in a frozen year, whole.
pub fn comptes_par_centre(op: &mut Op<'_>, id: InstantaneId) -> Resultat<BTreeMap<Centre3cId, Comptes>> {
    op.exiger(Action::ExtraireRapport)?;
    let instantane = instantane::trouver(op, id)?;
    let groupes = instantane::compter(op, &instantane, Axe::Centre3c)?;
    let lire = |(cle, comptes): (String, Comptes)| {
        let centre = cle.parse().map_err(|e| Panne::new("3C d'un instantané", e))?;
        Ok((centre, comptes))
    };
    groupes.lignes.into_iter().map(lire).collect()
}
