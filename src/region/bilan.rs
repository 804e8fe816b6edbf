//! What was made, beside what was to be made.

use super::{
    ecriture::Lot,
    effectifs::{CENTRES, ETABLISSEMENTS, TERRITOIRES},
    monde::Monde,
    tirage::mesure,
};
use crate::{
    kernel::ids::{PraticienId, ReunionId},
    metier::{
        annuaire::model::ModeExercice,
        compte_rendu::model::{StatutCas, fait::FaitPassage, fiche::StatutG8},
        diffusion::model::{Canal, Diffusion, Qualite},
        reunion::model::{EtatReunion, StatutPresence},
    },
};
use std::{collections::BTreeSet, fmt, fs, time::Duration};

/// Something that was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compte {
    /// What.
    pub nom: &'static str,
    /// How many were to be made; nothing where the draws decide.
    pub vise: Option<usize>,
    /// How many were made.
    pub fait: usize,
}

/// The account of a generation.
#[derive(Debug, Clone)]
pub struct Bilan {
    /// Rank of the region in the base.
    pub region: usize,
    /// The counts.
    pub comptes: Vec<Compte>,
    /// Some shares, in percent.
    pub parts: Vec<(&'static str, f64)>,
    /// How long it took.
    pub duree: Duration,
    /// The most memory that the process held, in megabytes, where the system tells.
    pub memoire: Option<u64>,
}

impl Bilan {
    /// True when everything came out as it was to.
    #[must_use]
    pub fn exact(&self) -> bool {
        self.comptes.iter().all(|compte| compte.vise.is_none_or(|vise| vise == compte.fait))
    }

    /// How many of something were made.
    #[must_use]
    pub fn fait(&self, nom: &str) -> Option<usize> {
        self.comptes.iter().find(|compte| compte.nom == nom).map(|compte| compte.fait)
    }
}

/// What is counted of the rows that are written.
#[derive(Debug, Default)]
pub(super) struct Releve {
    reunions: usize,
    annulees: usize,
    visio: usize,
    presences: usize,
    patients: usize,
    ages: usize,
    comptes_rendus: usize,
    enregistres: usize,
    reportes: usize,
    discutes: usize,
    has: usize,
    composition: usize,
    essais: usize,
    concernes_g8: usize,
    g8: usize,
    avis: usize,
    diffusions: usize,
    envoyes: usize,
    participations: usize,
    actifs: BTreeSet<PraticienId>,
    liberaux: BTreeSet<PraticienId>,
}

impl Releve {
    /// Counts what a lot holds.
    pub(super) fn ajouter(&mut self, lot: &Lot, monde: &Monde) {
        let tenues: BTreeSet<ReunionId> = lot.reunions.iter().filter(|r| r.etat == EtatReunion::Validee).map(|r| r.id).collect();
        self.reunions += tenues.len();
        self.annulees += lot.reunions.len() - tenues.len();
        self.presences += lot.presences.len();
        self.patients += lot.patients.len();
        self.avis += lot.avis.len();
        let venus = lot.presences.iter().filter(|presence| presence.statut.participe());
        let visio: BTreeSet<ReunionId> = venus.clone().filter(|p| p.statut == StatutPresence::Visio).map(|p| p.reunion_id).collect();
        self.visio += visio.len();
        for presence in venus {
            self.actifs.insert(presence.praticien_id);
            let praticien = monde.bottin.praticiens.get(&presence.praticien_id);
            if praticien.is_some_and(|praticien| praticien.saisi.mode_exercice == ModeExercice::Liberal) {
                self.participations += 1;
                self.liberaux.insert(presence.praticien_id);
            }
        }
        lot.versions.iter().for_each(|(_, fait)| self.compter(fait));
        let diffusions = lot.envois.iter().flat_map(|version| &version.diffusions).map(|reprise| &reprise.diffusion);
        self.diffusions += diffusions.clone().count();
        let envoyee = |d: &&Diffusion| d.qualite == Qualite::MedecinTraitant && d.canal == Canal::Mssante && d.envoyee_le.is_some();
        self.envoyes += diffusions.filter(envoyee).count();
    }

    fn compter(&mut self, fait: &FaitPassage) {
        self.actifs.insert(fait.demandeur_id);
        match fait.statut_cas {
            StatutCas::Reporte => {
                self.reportes += 1;
                return;
            }
            StatutCas::Enregistre => self.enregistres += 1,
            StatutCas::Discute => {
                self.discutes += 1;
                self.has += usize::from(fait.quorum_has == Some(true));
                self.composition += usize::from(fait.quorum_regle == Some(true));
            }
        }
        self.comptes_rendus += 1;
        self.ages += usize::from(fait.age > 70);
        self.essais += usize::from(fait.essai_propose);
        self.concernes_g8 += usize::from(fait.age >= 75);
        self.g8 += usize::from(fait.age >= 75 && fait.g8 == StatutG8::Fait);
    }

    /// The account, for so many years.
    pub(super) fn bilan(&self, monde: &Monde, annees: usize, duree: Duration) -> Bilan {
        let (r, e) = (self, &monde.effectifs);
        let joignables = monde.traitants.iter().filter(|medecin| monde.boites.contains_key(medecin)).count();
        let territoires: BTreeSet<_> = monde.etablissements.iter().filter_map(|e| e.saisi.territoire_id).collect();
        let exact = |nom, vise, fait| Compte { nom, vise: Some(vise), fait };
        let libre = |nom, fait| Compte { nom, vise: None, fait };
        let comptes = vec![
            exact("territoires", TERRITOIRES, territoires.len()),
            exact("centres 3C", CENTRES, monde.centres.len()),
            exact("établissements", ETABLISSEMENTS, monde.etablissements.len()),
            exact("RCP", e.rcp, monde.rcp.len()),
            exact("réunions tenues", e.reunions * annees, r.reunions),
            exact("réunions annulées", e.annulees * annees, r.annulees),
            exact("comptes-rendus", e.comptes_rendus * annees, r.comptes_rendus),
            exact("dont enregistrés sans discussion", e.enregistres * annees, r.enregistres),
            exact("cas reportés", e.reportes * annees, r.reportes),
            exact("essais proposés", e.essais * annees, r.essais),
            exact("professionnels", e.professionnels, r.actifs.len()),
            exact("dont libéraux", e.liberaux, r.liberaux.len()),
            exact("participations des libéraux", e.participations * annees, r.participations),
            exact("médecins traitants", e.medecins_traitants, monde.traitants.len()),
            exact("dont joignables par MSSanté", e.joignables, joignables),
            exact("envois au médecin traitant par MSSanté", e.envoyes * annees, r.envoyes),
            libre("patients", r.patients),
            libre("présences", r.presences),
            libre("avis écrits", r.avis),
            libre("diffusions", r.diffusions),
        ];
        let part = |nombre: usize, total: usize| 100.0 * mesure(nombre) / mesure(total.max(1));
        let parts = vec![
            ("quorum HAS atteint (cas discutés)", part(r.has, r.discutes)),
            ("composition atteinte (cas discutés)", part(r.composition, r.discutes)),
            ("réunions avec visioconférence", part(r.visio, r.reunions)),
            ("patients de plus de 70 ans (comptes-rendus)", part(r.ages, r.comptes_rendus)),
            ("G8 rempli (75 ans et plus)", part(r.g8, r.concernes_g8)),
            ("comptes-rendus pour cent patients", part(r.comptes_rendus, r.patients)),
        ];
        Bilan { region: monde.marque.rang, comptes, parts, duree, memoire: memoire() }
    }
}

/// The most memory that the process held, as Linux tells it.
fn memoire() -> Option<u64> {
    let etat = fs::read_to_string("/proc/self/status").ok()?;
    let ligne = etat.lines().find_map(|ligne| ligne.strip_prefix("VmHWM:"))?;
    let kilo: u64 = ligne.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kilo / 1024)
}

impl fmt::Display for Bilan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Région synthétique n° {}", self.region)?;
        writeln!(f, "{:<48}{:>10}{:>10}", "", "prévu", "fait")?;
        for compte in &self.comptes {
            let vise = compte.vise.map_or_else(|| "—".to_owned(), |vise| vise.to_string());
            let ecart = if compte.vise.is_none_or(|vise| vise == compte.fait) { "" } else { "  ÉCART" };
            writeln!(f, "{:<48}{vise:>10}{:>10}{ecart}", compte.nom, compte.fait)?;
        }
        for (nom, part) in &self.parts {
            writeln!(f, "{nom:<58}{part:>8.2} %")?;
        }
        write!(f, "durée : {:.0} s", self.duree.as_secs_f64())?;
        match self.memoire {
            Some(memoire) => write!(f, ", mémoire au plus haut : {memoire} Mo"),
            None => Ok(()),
        }
    }
}
