//! The dry run of a quorum rule.

use super::{Examen, change, illisible};
use crate::{
    db::Op,
    kernel::{Resultat, clock::date_paris, lecture},
    metier::{
        atelier::model::essai::{Bilan, BilanQuorum, VerdictQuorum},
        inscription::{self, model::Inscription},
        quorum::{self, model::Exigences, regle::RegleQuorum},
        reunion::model::{Reunion, ReunionResume},
    },
};
use serde_json::Value;

/// Tries a rule, or an add-on, on the discussed cases of the meetings that it bears on.
pub(super) struct ExamenQuorum {
    regle: RegleQuorum,
    exigences: Option<(Exigences, Exigences)>,
    bilan: BilanQuorum,
}

impl ExamenQuorum {
    pub(super) fn nouveau(fichier: &Value) -> Resultat<Self> {
        let regle = lecture::depuis_json(fichier).map_err(|faute| illisible(faute.message))?;
        Ok(Self { regle, exigences: None, bilan: BilanQuorum::default() })
    }
}

impl Examen for ExamenQuorum {
    fn reunion(&mut self, op: &mut Op<'_>, reunion: &Reunion, _: &[Inscription]) -> Resultat<bool> {
        let avant = quorum::service::exigences_de(op, reunion)?;
        let apres = quorum::service::exigences_avec(op, &avant, &self.regle, date_paris(reunion.debut))?;
        self.exigences = apres.map(|apres| (avant, apres));
        Ok(self.exigences.is_some())
    }

    fn cas(&mut self, op: &mut Op<'_>, reunion: &ReunionResume, inscription: &Inscription) -> Resultat<bool> {
        let Some((avant, apres)) = &self.exigences else { return Ok(false) };
        let Some(discussion) = inscription.discussion() else { return Ok(false) };
        let (cas, assistance) = inscription::service::pour_le_quorum(op, inscription, &reunion.reunion, discussion)?;
        let (avant, apres): (VerdictQuorum, VerdictQuorum) =
            (avant.evaluer(&cas, &assistance).into(), apres.evaluer(&cas, &assistance).into());
        self.bilan.compter(&avant, &apres);
        if avant != apres {
            self.bilan.changements.ajouter(change(reunion, inscription, avant, apres));
        }
        Ok(true)
    }

    fn conclure(self) -> Bilan {
        Bilan::RegleQuorum(self.bilan)
    }
}
