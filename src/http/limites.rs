//! How often one account may ask for what costs much. A person who works never meets these limits; a script that empties the
//! base, or a stolen session, does.

use crate::{
    config::Config,
    kernel::{Nature, Panne, Refus, Resultat, ids::CompteId},
};
use governor::{Quota, RateLimiter, clock::Clock};
use std::num::NonZeroU32;

/// What costs much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Couteux {
    /// A search of patients.
    Recherche,
    /// A document laid out while somebody waits.
    Document,
    /// Much data at once.
    Export,
}

/// The limits of every account.
pub struct Freins {
    recherches: governor::DefaultKeyedRateLimiter<CompteId>,
    documents: governor::DefaultKeyedRateLimiter<CompteId>,
    exports: governor::DefaultKeyedRateLimiter<CompteId>,
}

impl Freins {
    /// Those of the settings. A limit of zero would refuse everything, and is refused at the start.
    pub fn nouveaux(config: &Config) -> Result<Self, Panne> {
        let lire = |nom: &str, valeur: u32| {
            NonZeroU32::new(valeur).ok_or_else(|| Panne::dire(format!("configuration : {nom} doit être de 1 au moins")))
        };
        Ok(Self {
            recherches: RateLimiter::keyed(Quota::per_minute(lire("recherches_par_minute", config.recherches_par_minute)?)),
            documents: RateLimiter::keyed(Quota::per_minute(lire("documents_par_minute", config.documents_par_minute)?)),
            exports: RateLimiter::keyed(Quota::per_hour(lire("exports_par_heure", config.exports_par_heure)?)),
        })
    }

    /// Counts one act of an account; refused past the limit, with the seconds to wait.
    pub fn compter(&self, acte: Couteux, compte: CompteId) -> Resultat<()> {
        let (limite, code, quoi) = match acte {
            Couteux::Recherche => (&self.recherches, "trop-de-recherches", "recherches de patients"),
            Couteux::Document => (&self.documents, "trop-de-documents", "documents demandés"),
            Couteux::Export => (&self.exports, "trop-d-exports", "exports"),
        };
        limite.check_key(&compte).map_err(|trop| {
            let attente = trop.wait_time_from(limite.clock().now());
            let secondes = attente.as_secs() + u64::from(attente.subsec_nanos() > 0);
            metrics::counter!("dcc_freins_total", "code" => code).increment(1);
            let message = format!("Trop de {quoi} avec ce compte : réessayez dans {secondes} s.");
            Refus::new(Nature::TropDeRequetes, code, message).precision("reessayer_dans", secondes).into()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn une_limite_est_celle_d_un_compte_et_dit_combien_attendre() {
        let config = Config { recherches_par_minute: 2, documents_par_minute: 1, exports_par_heure: 1, ..Config::default() };
        let freins = Freins::nouveaux(&config).unwrap();
        let compte = |n| CompteId::new(Uuid::from_u128(n));
        for acte in [Couteux::Recherche, Couteux::Recherche, Couteux::Document, Couteux::Export] {
            assert!(freins.compter(acte, compte(1)).is_ok(), "{acte:?}");
        }
        for (acte, code, au_plus) in [
            (Couteux::Recherche, "trop-de-recherches", 30),
            (Couteux::Document, "trop-de-documents", 60),
            (Couteux::Export, "trop-d-exports", 3600),
        ] {
            let refus = freins.compter(acte, compte(1)).unwrap_err();
            assert_eq!(refus.code(), Some(code));
            let crate::kernel::Erreur::Refus(refus) = refus else { panic!("panne") };
            let attente = refus.precisions["reessayer_dans"].as_u64().unwrap();
            assert!((1..=au_plus).contains(&attente), "{acte:?} : {attente}");
            assert!(freins.compter(acte, compte(2)).is_ok(), "le voisin est freiné");
        }
        assert!(Freins::nouveaux(&Config { exports_par_heure: 0, ..Config::default() }).is_err());
    }
}
