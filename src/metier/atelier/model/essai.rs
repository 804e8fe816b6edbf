//! What a dry run is asked and what it answers.

use crate::{
    kernel::{
        Faute,
        ids::{BrouillonId, FicheId, InscriptionId, RcpId, ReunionId},
    },
    metier::{
        alerte::{
            model::NiveauAlerte,
            regle::{Declenchement, Issue},
        },
        quorum::model::{EtatQuorum, ResultatQuorum},
    },
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use validator::Validate;

/// The most cases that one dry run may be asked to read.
pub const CAS_MAXIMUM: u32 = 20_000;
/// The most cases that a dry run reads when nothing is asked: a few seconds.
pub const CAS_PAR_DEFAUT: u32 = 5_000;
/// The most cases that change and are listed; all are counted.
pub const CAS_LISTES: usize = 200;
/// The most pointers told for a fiche, and kinds of faults told for a model.
const FAUTES_LISTEES: usize = 50;

/// Which meetings a dry run goes through.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EssaiDemande {
    /// First day.
    pub du: NaiveDate,
    /// Last day, three years at most after the first.
    pub au: NaiveDate,
    /// One RCP only.
    pub rcp_id: Option<RcpId>,
    /// The most cases to read, from 1 to 20 000; 5 000 by default.
    #[validate(range(min = 1, max = CAS_MAXIMUM, message = "De 1 à 20 000."))]
    #[schema(minimum = 1, maximum = 20_000)]
    pub cas_maximum: Option<u32>,
}

impl EssaiDemande {
    /// The fault of a period that ends before it begins, or that is too long.
    #[must_use]
    pub fn faute(&self) -> Option<Faute> {
        if self.au < self.du {
            return Some(Faute::new("/au", "periode-inversee", "La période finit avant d'avoir commencé."));
        }
        let trop_longue = (self.au - self.du).num_days() > 3 * 366;
        trop_longue.then(|| Faute::new("/au", "periode-trop-longue", "Un essai porte sur trois ans au plus."))
    }
}

/// What a draft would have changed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ResultatEssai {
    /// The draft.
    pub brouillon_id: BrouillonId,
    /// The version of the draft that was tried.
    pub brouillon_version: i64,
    /// First day asked for.
    pub du: NaiveDate,
    /// Last day asked for.
    pub au: NaiveDate,
    /// Meetings that were gone through.
    pub reunions: u64,
    /// Cases (for a model, fiches) that the draft was tried on.
    pub examines: u64,
    /// True when the limit stopped the dry run before the end of the period.
    pub tronque: bool,
    /// The day of the last meeting that was gone through; start again from there when it was cut.
    pub examine_jusqu_au: Option<NaiveDate>,
    /// What changes.
    pub bilan: Bilan,
}

/// What changes, by what was tried.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(tag = "genre", rename_all = "snake_case")]
pub enum Bilan {
    /// An alert rule.
    RegleAlerte(BilanAlerte),
    /// A fiche model.
    ModeleFiche(BilanModele),
    /// A quorum rule.
    RegleQuorum(BilanQuorum),
}

/// A case that would change.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CasChange<T> {
    /// The registration.
    pub inscription_id: InscriptionId,
    /// Its fiche.
    pub fiche_id: FicheId,
    /// Its meeting.
    pub reunion_id: ReunionId,
    /// Day of the meeting.
    pub date: NaiveDate,
    /// Name of the RCP.
    pub rcp: String,
    /// With the version that was in force, or that the fiche was made with.
    pub avant: T,
    /// With the draft.
    pub apres: T,
}

/// The cases that would change: all counted, the first ones listed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Changements<T> {
    /// How many.
    pub total: u64,
    /// The first 200, by date.
    pub cas: Vec<CasChange<T>>,
}

impl<T> Default for Changements<T> {
    fn default() -> Self {
        Self { total: 0, cas: Vec::new() }
    }
}

impl<T> Changements<T> {
    /// Counts one more.
    pub fn ajouter(&mut self, cas: CasChange<T>) {
        self.total += 1;
        if self.cas.len() < CAS_LISTES {
            self.cas.push(cas);
        }
    }
}

crate::enum_texte! {
    /// What an alert rule does on a case.
    pub enum EtatIssue {
        /// It raises its alert.
        Declenchee => "declenchee",
        /// It does not.
        Muette => "muette",
        /// It cannot be told: its condition fails on the case.
        Inevaluable => "inevaluable",
    }
}

/// What an alert rule does on a case, without its text, which speaks of the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct EffetAlerte {
    /// Whether it fires.
    pub etat: EtatIssue,
    /// How much its alert weighs.
    pub niveau: Option<NiveauAlerte>,
}

impl From<&Issue> for EffetAlerte {
    fn from(issue: &Issue) -> Self {
        match issue {
            Issue::Declenchee(d) => Self { etat: EtatIssue::Declenchee, niveau: Some(d.niveau) },
            Issue::Muette => Self { etat: EtatIssue::Muette, niveau: None },
            Issue::Inevaluable => Self { etat: EtatIssue::Inevaluable, niveau: None },
        }
    }
}

/// What an alert rule would change.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct BilanAlerte {
    /// Cases with the alert, under the version in force on the day of the meeting.
    pub declenchees_avant: u64,
    /// Cases with the alert, under the draft.
    pub declenchees_apres: u64,
    /// Cases on which the draft cannot be told: it reads an answer without asking whether it is there.
    pub inevaluables_apres: u64,
    /// Cases with the alert before and after, at the same level, in other words.
    pub reformulees: u64,
    /// Cases on which the alert of this code is acknowledged today; a new version asks again.
    pub acquittees: u64,
    /// The cases on which it fires and did not, no longer fires, or weighs otherwise.
    pub changements: Changements<EffetAlerte>,
}

impl BilanAlerte {
    /// Counts a case; true when it changes.
    pub fn compter(&mut self, avant: &Issue, apres: &Issue, acquittee: bool) -> bool {
        let dit = |d: &Declenchement| (d.message.clone(), d.action_conseillee.clone());
        if let (Issue::Declenchee(a), Issue::Declenchee(b)) = (avant, apres)
            && a.niveau == b.niveau
            && dit(a) != dit(b)
        {
            self.reformulees += 1;
        }
        let (avant, apres) = (EffetAlerte::from(avant), EffetAlerte::from(apres));
        self.declenchees_avant += u64::from(avant.etat == EtatIssue::Declenchee);
        self.declenchees_apres += u64::from(apres.etat == EtatIssue::Declenchee);
        self.inevaluables_apres += u64::from(apres.etat == EtatIssue::Inevaluable);
        self.acquittees += u64::from(acquittee);
        avant != apres
    }
}

crate::enum_texte! {
    /// What a model says of a fiche at a step.
    pub enum Verdict {
        /// Nothing lacks.
        Conforme => "conforme",
        /// What is there is right, and something lacks.
        Incomplete => "incomplete",
        /// Something is there that the model does not admit.
        Invalide => "invalide",
    }
}

/// What a model says of a fiche, without its answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct VerdictFiche {
    /// When the requester declares it ready.
    pub prete: Verdict,
    /// When the meeting validates its comptes-rendus.
    pub validation: Verdict,
    /// Mandatory items that are filled, in percent.
    #[schema(minimum = 0, maximum = 100)]
    pub completude: u8,
    /// The first pointers of what lacks or is not admitted, at either step.
    pub fautes: Vec<String>,
}

impl VerdictFiche {
    /// Keeps the first pointers only.
    #[must_use]
    pub fn abrege(mut self) -> Self {
        self.fautes.truncate(FAUTES_LISTEES);
        self
    }
}

/// How many fiches have each verdict at a step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Verdicts {
    /// Conforming.
    pub conformes: u64,
    /// Incomplete.
    pub incompletes: u64,
    /// Invalid.
    pub invalides: u64,
}

impl Verdicts {
    fn compter(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Conforme => self.conformes += 1,
            Verdict::Incomplete => self.incompletes += 1,
            Verdict::Invalide => self.invalides += 1,
        }
    }
}

/// Before and after.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct AvantApres<T> {
    /// With the version that was in force, or that the fiche was made with.
    pub avant: T,
    /// With the draft.
    pub apres: T,
}

/// How many fiches have something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Frequence {
    /// A pointer, where `*` stands for any rank in a list, or a code.
    #[schema(example = "/prostate_region/consultation_tabac")]
    pub quoi: String,
    /// How many.
    pub fiches: u64,
}

/// What a fiche model would change.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct BilanModele {
    /// When the requester declares the fiche ready.
    pub prete: AvantApres<Verdicts>,
    /// When the meeting validates its comptes-rendus.
    pub validation: AvantApres<Verdicts>,
    /// What would lack or not be admitted and is not at fault today, the most frequent first.
    pub fautes_nouvelles: Vec<Frequence>,
    /// Derived values whose result would change, the most frequent first.
    pub derives_changes: Vec<Frequence>,
    /// The fiches whose verdicts, completeness, faults or derived values change.
    pub changements: Changements<VerdictFiche>,
}

impl BilanModele {
    /// Counts a fiche.
    pub fn compter(&mut self, avant: &VerdictFiche, apres: &VerdictFiche) {
        self.prete.avant.compter(avant.prete);
        self.prete.apres.compter(apres.prete);
        self.validation.avant.compter(avant.validation);
        self.validation.apres.compter(apres.validation);
    }
}

/// Counts of things by name.
#[derive(Debug, Clone, Default)]
pub struct Comptes(BTreeMap<String, u64>);

impl Comptes {
    /// Counts one more fiche for each of these, once each.
    pub fn ajouter(&mut self, noms: impl IntoIterator<Item = String>) {
        let noms: std::collections::BTreeSet<String> = noms.into_iter().collect();
        for nom in noms {
            *self.0.entry(nom).or_default() += 1;
        }
    }

    /// The most frequent first.
    #[must_use]
    pub fn frequences(self) -> Vec<Frequence> {
        let mut frequences: Vec<Frequence> = self.0.into_iter().map(|(quoi, fiches)| Frequence { quoi, fiches }).collect();
        frequences.sort_by(|a, b| b.fiches.cmp(&a.fiches).then_with(|| a.quoi.cmp(&b.quoi)));
        frequences.truncate(FAUTES_LISTEES);
        frequences
    }
}

/// A pointer whose ranks in lists are replaced by `*`, so that it says the same of every fiche.
#[must_use]
pub fn sans_rangs(pointeur: &str) -> String {
    let segment = |s: &str| if !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit()) { "*".to_owned() } else { s.to_owned() };
    pointeur.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// What a quorum rule says of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct VerdictQuorum {
    /// HAS rule.
    pub has: EtatQuorum,
    /// Composition rule.
    pub composition: EtatQuorum,
    /// Names of the places that are missing.
    pub manquantes: Vec<String>,
}

impl From<ResultatQuorum> for VerdictQuorum {
    fn from(resultat: ResultatQuorum) -> Self {
        Self { has: resultat.has, composition: resultat.composition, manquantes: resultat.manquantes }
    }
}

/// How many cases have each state of the quorum, both rules together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct EtatsQuorum {
    /// Reached.
    pub atteints: u64,
    /// Not reached.
    pub non_atteints: u64,
    /// Undetermined.
    pub indetermines: u64,
}

impl EtatsQuorum {
    fn compter(&mut self, verdict: &VerdictQuorum) {
        match verdict.has.et(verdict.composition) {
            EtatQuorum::Atteint => self.atteints += 1,
            EtatQuorum::NonAtteint => self.non_atteints += 1,
            EtatQuorum::Indetermine => self.indetermines += 1,
        }
    }
}

/// What a quorum rule would change.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct BilanQuorum {
    /// The discussed cases by state of their quorum.
    pub quorum: AvantApres<EtatsQuorum>,
    /// The cases whose quorum or missing places change.
    pub changements: Changements<VerdictQuorum>,
}

impl BilanQuorum {
    /// Counts a case.
    pub fn compter(&mut self, avant: &VerdictQuorum, apres: &VerdictQuorum) {
        self.quorum.avant.compter(avant);
        self.quorum.apres.compter(apres);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declenchee(niveau: NiveauAlerte, message: &str) -> Issue {
        Issue::Declenchee(Declenchement {
            regle_code: "essai".into(),
            regle_version: "1".into(),
            cas: 1,
            niveau,
            acquittable: true,
            message: message.into(),
            action_conseillee: None,
            contact: None,
        })
    }

    #[test]
    fn une_alerte_change_si_elle_apparait_disparait_ou_pese_autrement() {
        let mut bilan = BilanAlerte::default();
        let (faible, forte) = (declenchee(NiveauAlerte::Information, "A"), declenchee(NiveauAlerte::ATraiter, "A"));
        assert!(bilan.compter(&Issue::Muette, &faible, false));
        assert!(bilan.compter(&faible, &Issue::Muette, true));
        assert!(bilan.compter(&faible, &forte, false));
        assert!(!bilan.compter(&faible, &declenchee(NiveauAlerte::Information, "B"), false));
        assert!(!bilan.compter(&Issue::Muette, &Issue::Muette, false));
        assert!(bilan.compter(&Issue::Muette, &Issue::Inevaluable, false));
        assert_eq!((bilan.declenchees_avant, bilan.declenchees_apres), (3, 3));
        assert_eq!((bilan.inevaluables_apres, bilan.reformulees, bilan.acquittees), (1, 1, 1));
    }

    #[test]
    fn les_rangs_d_une_liste_ne_comptent_pas_pour_dire_quelle_question_manque() {
        assert_eq!(sans_rangs("/tumeurs/12/tnm/t"), "/tumeurs/*/tnm/t");
        assert_eq!(sans_rangs(""), "");
        let mut comptes = Comptes::default();
        comptes.ajouter(["/b".to_owned(), "/a/*".to_owned(), "/a/*".to_owned()]);
        comptes.ajouter(["/a/*".to_owned()]);
        let frequences: Vec<(String, u64)> = comptes.frequences().into_iter().map(|f| (f.quoi, f.fiches)).collect();
        assert_eq!(frequences, [("/a/*".to_owned(), 2), ("/b".to_owned(), 1)]);
    }

    #[test]
    fn tous_les_changements_sont_comptes_et_les_premiers_listes() {
        let mut changements = Changements::default();
        let nul = uuid::Uuid::nil();
        for _ in 0..=CAS_LISTES {
            changements.ajouter(CasChange {
                inscription_id: InscriptionId::new(nul),
                fiche_id: FicheId::new(nul),
                reunion_id: ReunionId::new(nul),
                date: "2026-03-02".parse().unwrap(),
                rcp: "Digestif".to_owned(),
                avant: 0,
                apres: 1,
            });
        }
        assert_eq!((changements.total, changements.cas.len()), (CAS_LISTES as u64 + 1, CAS_LISTES));
    }

    #[test]
    fn une_periode_a_l_endroit_et_de_trois_ans_au_plus() {
        let faute = |du: &str, au: &str| {
            EssaiDemande { du: du.parse().unwrap(), au: au.parse().unwrap(), rcp_id: None, cas_maximum: None }.faute().map(|f| f.code)
        };
        assert_eq!(faute("2025-01-01", "2025-12-31"), None);
        assert_eq!(faute("2025-01-01", "2024-12-31").as_deref(), Some("periode-inversee"));
        assert_eq!(faute("2020-01-01", "2025-12-31").as_deref(), Some("periode-trop-longue"));
    }
}
