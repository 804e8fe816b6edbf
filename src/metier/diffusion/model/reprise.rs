//! Deliveries that happened elsewhere: each act is dated by what it was, and written down with the state that it made.

use super::{Acte, Diffusion, DiffusionError, EtatDiffusion, ResultatTentative, Tentative, Transition};
use crate::{kernel::Instant, metier::document::model::Source};

/// A version with the deliveries that it was prepared for.
#[derive(Debug, Clone)]
pub struct VersionReprise {
    /// The version.
    pub source: Source,
    /// When they were prepared.
    pub prepare_le: Instant,
    /// One for each recipient.
    pub diffusions: Vec<DiffusionReprise>,
}

/// A delivery with everything that happened to it.
#[derive(Debug, Clone)]
pub struct DiffusionReprise {
    /// As it stands.
    pub diffusion: Diffusion,
    /// What made it so, oldest first.
    pub transitions: Vec<Transition>,
    /// The attempts to send it.
    pub tentatives: Vec<Tentative>,
}

impl DiffusionReprise {
    /// One that was just prepared.
    #[must_use]
    pub fn preparee(diffusion: Diffusion) -> Self {
        let mut reprise = Self { diffusion, transitions: Vec::new(), tentatives: Vec::new() };
        reprise.noter(None, Acte::Preparer, reprise.diffusion.cree_le, None);
        reprise
    }

    /// After an act, which the delivery itself does or refuses.
    pub fn apres(
        mut self,
        acte: Acte,
        moment: Instant,
        faire: impl FnOnce(Diffusion) -> Result<Diffusion, DiffusionError>,
    ) -> Result<Self, DiffusionError> {
        let avant = self.diffusion.etat;
        self.diffusion = faire(self.diffusion)?;
        let tentative =
            matches!(acte, Acte::Commencer | Acte::Accepter | Acte::Reporter | Acte::Echouer).then_some(self.diffusion.tentatives);
        self.noter(Some(avant), acte, moment, tentative);
        Ok(self)
    }

    /// An attempt that began at a moment and that a server answered at another: accepted without a code, refused with one.
    pub fn tenter(self, domaine: &str, (debut, fin): (Instant, Instant), echec: Option<(&str, &str)>) -> Result<Self, DiffusionError> {
        let mut apres = self.apres(Acte::Commencer, debut, |diffusion| diffusion.commencer(domaine, debut))?;
        apres = match echec {
            None => apres.apres(Acte::Accepter, fin, |diffusion| diffusion.accepter(fin))?,
            Some((code, detail)) => apres.apres(Acte::Echouer, fin, |diffusion| diffusion.echouer(Some(code), detail, fin))?,
        };
        let resultat = if echec.is_some() { ResultatTentative::EchecDefinitif } else { ResultatTentative::Acceptee };
        let (code, detail) = echec.map(|(code, detail)| (code.to_owned(), detail.to_owned())).unzip();
        let numero = apres.diffusion.tentatives;
        apres.tentatives.push(Tentative { numero, debut, fin: Some(fin), resultat, code, detail });
        Ok(apres)
    }

    /// What came back at a moment, with its code.
    pub fn revenir(self, acte: Acte, retour: Option<(&str, &str)>, moment: Instant) -> Result<Self, DiffusionError> {
        let (code, detail) = retour.unzip();
        self.apres(acte, moment, |diffusion| diffusion.revenir(acte, code, detail, moment))
    }

    fn noter(&mut self, avant: Option<EtatDiffusion>, acte: Acte, moment: Instant, tentative: Option<i64>) {
        let d = &self.diffusion;
        let echoue = matches!(acte, Acte::Echouer | Acte::Rejeter | Acte::Refuser);
        self.transitions.push(Transition {
            rang: d.version,
            avant,
            apres: d.etat,
            acte,
            moment,
            compte_id: None,
            tentative,
            retour_id: None,
            code: d.code_retour.clone().filter(|_| echoue),
            detail: d.derniere_erreur.clone().filter(|_| echoue),
        });
    }
}
