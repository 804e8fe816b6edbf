//! The dry run of an alert rule.

use super::{Examen, change, illisible};
use crate::{
    db::Op,
    kernel::{Resultat, clock::date_paris, ids::InscriptionId},
    metier::{
        alerte::{
            self,
            model::EtatAlerte,
            regle::{Issue, Regle},
        },
        atelier::model::essai::{Bilan, BilanAlerte},
        inscription::model::Inscription,
        reunion::model::{Reunion, ReunionResume},
    },
};
use serde_json::Value;
use std::{collections::BTreeSet, sync::Arc};

/// Tries a rule beside the version in force on the day of each meeting.
pub(super) struct ExamenAlerte {
    regle: Regle,
    actuelle: Option<Arc<Regle>>,
    acquittees: BTreeSet<InscriptionId>,
    bilan: BilanAlerte,
}

impl ExamenAlerte {
    pub(super) fn nouveau(fichier: &Value) -> Resultat<Self> {
        let regle = Regle::lire(fichier).map_err(illisible)?;
        Ok(Self { regle, actuelle: None, acquittees: BTreeSet::new(), bilan: BilanAlerte::default() })
    }
}

impl Examen for ExamenAlerte {
    fn reunion(&mut self, op: &mut Op<'_>, reunion: &Reunion, cas: &[Inscription]) -> Resultat<bool> {
        self.actuelle = alerte::service::regle(op, &self.regle.code, date_paris(reunion.debut))?;
        let ids: Vec<InscriptionId> = cas.iter().map(|inscription| inscription.id).collect();
        let alertes = alerte::service::des_inscriptions(op, &ids)?.into_iter();
        let acquittees = alertes.filter(|a| a.regle_code == self.regle.code && a.etat == EtatAlerte::Acquittee);
        self.acquittees = acquittees.map(|alerte| alerte.inscription_id).collect();
        Ok(true)
    }

    fn cas(&mut self, op: &mut Op<'_>, reunion: &ReunionResume, inscription: &Inscription) -> Resultat<bool> {
        let regles: Vec<&Regle> = std::iter::once(&self.regle).chain(self.actuelle.as_deref()).collect();
        let mut issues = alerte::service::essayer(op, &regles, inscription, &reunion.reunion)?.into_iter();
        let (apres, avant) = (issues.next().unwrap_or(Issue::Muette), issues.next().unwrap_or(Issue::Muette));
        if self.bilan.compter(&avant, &apres, self.acquittees.contains(&inscription.id)) {
            self.bilan.changements.ajouter(change(reunion, inscription, (&avant).into(), (&apres).into()));
        }
        Ok(true)
    }

    fn conclure(self) -> Bilan {
        Bilan::RegleAlerte(self.bilan)
    }
}
