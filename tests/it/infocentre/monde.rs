//! A small world of meetings and comptes-rendus, told as plain data, planted in the database, and
//! counted a second time by hand: what the infocentre answers is compared with [`Monde::compter`].

use crate::support::region::Region;
use chrono::{Datelike, NaiveDate};
use dcc::{
    db::{
        DbConn, Op,
        schema::{compte_rendu, diffusion, dossier, fait_passage, fiche, inscription, patient, presence, rcp, rcp_etablissement, reunion},
        types::{At, Id, Json},
    },
    kernel::{Instant, Resultat, clock::date_paris, ids::PraticienId},
    metier::compte_rendu::{model::fait::FaitPassage, service as comptes_rendus},
};
use diesel::{delete, insert_into, prelude::*};
use serde_json::json;
use std::collections::{BTreeSet, HashMap, hash_map::Entry};
use uuid::Uuid;

/// An RCP entity. Its comptes-rendus stand at `lieu`; it has moved to `lieu_actuel` since.
#[derive(Debug, Clone)]
pub struct UneRcp {
    pub theme: &'static str,
    pub type_rcp: &'static str,
    pub expertise: bool,
    pub lieu: usize,
    pub lieu_actuel: usize,
    pub validee: bool,
    pub partenaire: Option<usize>,
}

/// A meeting.
#[derive(Debug, Clone)]
pub struct UneReunion {
    pub rcp: usize,
    pub debut: Instant,
    pub etat: &'static str,
    pub visio: bool,
}

/// A compte-rendu.
#[derive(Debug, Clone)]
pub struct UnPassage {
    pub reunion: usize,
    pub patient: usize,
    pub statut: &'static str,
    pub age: i64,
    pub g8: &'static str,
    pub has: Option<bool>,
    pub regle: Option<bool>,
    /// State of the delivery to the médecin traitant, if there is one.
    pub envoi: Option<&'static str>,
    /// A former version, discussed and sent, was corrected.
    pub corrige: bool,
    /// What the case says besides, drawn together: see [`UnPassage::parmi`].
    pub traits: u128,
}

const REPONSES_QUORUM: [Option<&str>; 4] = [None, Some("atteint"), Some("non_atteint"), Some("indetermine")];

impl UnPassage {
    /// One of several, by the place of the trait among those that were drawn.
    fn parmi<T: Copy>(&self, place: u32, choix: &[T]) -> T {
        choix[usize::try_from((self.traits >> (4 * place)) & 15).unwrap() % choix.len()]
    }

    fn sexe(&self) -> &'static str {
        self.parmi(0, &["feminin", "masculin", "indetermine"])
    }

    fn departement(&self) -> Option<&'static str> {
        self.parmi(1, &[None, Some("59"), Some("75"), Some("2A")])
    }

    fn quorum_national(&self) -> Option<&'static str> {
        self.parmi(2, &REPONSES_QUORUM)
    }

    fn quorum_regional(&self) -> Option<&'static str> {
        self.parmi(3, &REPONSES_QUORUM)
    }

    fn double_expertise(&self) -> Option<&'static str> {
        self.parmi(4, &[None, Some("presence"), Some("avis_ecrit"), Some("absente")])
    }

    fn demi_points(&self) -> Option<i64> {
        (self.g8 == "fait").then(|| 20 + self.parmi(5, &[0, 8, 9, 12]))
    }

    fn geriatrie(&self) -> Option<&'static str> {
        self.parmi(6, &[None, Some("demandee"), Some("faite"), Some("refusee")])
    }

    fn fertilite(&self) -> Option<&'static str> {
        self.parmi(7, &[None, Some("donnee"), Some("sans_objet")])
    }

    fn essai(&self) -> Option<&'static str> {
        self.parmi(8, &[None, Some("propose"), Some("aucun"), Some("a_chercher")])
    }

    fn essai_propose(&self) -> bool {
        self.parmi(9, &[false, false, true])
    }

    fn oncogenetique(&self) -> Option<&'static str> {
        self.parmi(10, &[None, Some("non_indiquee")])
    }

    fn soins_support(&self) -> Option<&'static str> {
        self.parmi(11, &[None, Some("evalues_aucun"), Some("a_evaluer"), Some("refuse")])
    }

    fn soins_palliatifs(&self) -> Option<&'static str> {
        self.parmi(12, &[None, Some("evalues_orientes"), Some("a_evaluer")])
    }

    fn tabac(&self) -> Option<&'static str> {
        self.parmi(13, &[None, Some("actif"), Some("inconnu")])
    }

    fn alcool(&self) -> Option<&'static str> {
        self.parmi(14, &[None, Some("a_risque"), Some("inconnu")])
    }

    fn completude(&self) -> i64 {
        self.parmi(15, &[0, 33, 67, 100])
    }

    fn medecin_traitant(&self) -> bool {
        self.parmi(16, &[true, true, false])
    }

    fn delai_inscription(&self) -> Option<i64> {
        self.parmi(17, &[None, Some(0), Some(2), Some(7), Some(30)])
    }

    fn delai_compte_rendu(&self) -> i64 {
        self.parmi(18, &[0, 1, 2, 9])
    }

    fn delai_diagnostic(&self) -> Option<i64> {
        self.parmi(19, &[None, Some(12), Some(40), Some(41)])
    }

    fn avec_proposition(&self) -> bool {
        self.parmi(20, &[true, true, false])
    }

    fn recours(&self) -> bool {
        self.parmi(21, &[true, false])
    }

    fn demandeur(&self) -> Option<usize> {
        self.parmi(22, &[None, Some(0), Some(1), Some(2)])
    }

    fn localisation(&self) -> Option<&'static str> {
        self.parmi(23, &[None, Some("C50"), Some("C34")])
    }

    /// Days from the validation to the sending.
    fn delai_envoi(&self) -> i64 {
        self.parmi(24, &[0, 1, 5])
    }

    fn canal(&self) -> &'static str {
        if self.envoi == Some("postee") { "courrier" } else { "mssante" }
    }

    fn envoye(&self) -> bool {
        matches!(self.envoi, Some("acceptee" | "remise" | "lue" | "integree" | "postee"))
    }

    fn motif_report(&self) -> Option<&'static str> {
        (self.statut == "reporte").then(|| self.parmi(25, &["dossier_incomplet", "autre"]))
    }

    fn classe_age(&self) -> &'static str {
        match self.age {
            ..15 => "0-14",
            15..25 => "15-24",
            25..50 => "25-49",
            50..65 => "50-64",
            65..75 => "65-74",
            75..85 => "75-84",
            85.. => "85+",
        }
    }
}

/// The value at the rank of a share, in percent, by sorting everything.
fn rang(mut valeurs: Vec<i64>, pour_cent: usize) -> Option<i64> {
    valeurs.sort_unstable();
    let rang = (valeurs.len() * pour_cent).div_ceil(100);
    valeurs.get(rang.checked_sub(1)?).copied()
}

/// Everything.
#[derive(Debug, Clone, Default)]
pub struct Monde {
    pub lieux: Vec<Lieu>,
    pub rcp: Vec<UneRcp>,
    pub reunions: Vec<UneReunion>,
    pub passages: Vec<UnPassage>,
}

/// Where an RCP is: an établissement and its 3C, with or without a territoire.
#[derive(Debug, Clone, Copy)]
pub struct Lieu {
    pub region: Region,
    pub avec_territoire: bool,
}

/// Identifiers given at planting, by rank in the world.
#[derive(Debug, Clone, Default)]
pub struct Plantes {
    pub rcp: Vec<Uuid>,
    pub reunions: Vec<Uuid>,
    pub patients: HashMap<usize, Uuid>,
}

/// The axes that share out comptes-rendus alone.
pub const AXES_DES_CAS: [&str; 6] = ["sexe", "departement", "classe_age", "localisation", "motif_report", "demandeur"];
/// The axes that share out attendances alone.
pub const AXES_DES_PARTICIPATIONS: [&str; 3] = ["specialite", "mode_exercice", "praticien"];

/// What is counted on cases, by hand; `du_lieu` says that the one who asked belongs to the place that organises.
fn par_cas(
    cas: &[&UnPassage],
    cr: &[&UnPassage],
    hors_expertise: &[&UnPassage],
    du_lieu: impl Fn(&UnPassage) -> bool,
) -> Vec<(&'static str, usize, usize)> {
    type Test<'a> = &'a dyn Fn(&&&UnPassage) -> bool;
    let sur = |code: &'static str, parmi: &[&UnPassage], retenu: Test<'_>, au_numerateur: Test<'_>| {
        let retenus: Vec<&UnPassage> = parmi.iter().filter(retenu).copied().collect();
        (code, retenus.iter().filter(au_numerateur).count(), retenus.len())
    };
    let tous: Test<'_> = &|_| true;
    let discutes: Vec<&UnPassage> = cas.iter().copied().filter(|p| p.statut == "discute").collect();
    let aja = |p: &UnPassage| (15..=24).contains(&p.age);
    let expertise = |p: &UnPassage| matches!(p.double_expertise(), Some("presence" | "avis_ecrit"));
    let fertile = |p: &UnPassage| p.age < if p.sexe() == "feminin" { 40 } else { 50 };
    let g8 = |p: &UnPassage| p.age >= 75 && p.g8 == "fait";
    let bas = |p: &UnPassage| p.demi_points().is_some_and(|points| points <= 28);
    vec![
        sur("TX_QUORUM_INCA", hors_expertise, &|p| p.quorum_national().is_some(), &|p| p.quorum_national() == Some("atteint")),
        sur("TX_QUORUM_REGIONAL", hors_expertise, &|p| p.quorum_regional().is_some(), &|p| p.quorum_regional() == Some("atteint")),
        sur("TX_HAS_NIVEAU_1", cr, tous, &|p| p.avec_proposition()),
        sur("TX_HAS_NIVEAU_2", cr, tous, &|p| p.avec_proposition() && p.has == Some(true)),
        sur("TX_MT_IDENTIFIE", cr, tous, &|p| p.medecin_traitant()),
        sur("TX_MT_ADRESSE_SECURISEE", cr, &|p| p.medecin_traitant() && p.envoi != Some("opposition"), &|p| {
            p.envoi.is_some() && p.canal() == "mssante"
        }),
        sur("TX_CR_ENVOYES_MT_MSSANTE", cr, tous, &|p| p.envoye() && p.canal() == "mssante"),
        sur("TX_CR_ENVOYES_MT_POSTE", cr, tous, &|p| p.envoi == Some("postee")),
        sur("TX_CR_LUS_MT", cr, &|p| p.envoye() && p.canal() == "mssante", &|p| matches!(p.envoi, Some("lue" | "integree"))),
        sur("TX_G8_LE14", cr, &|p| g8(p), &|p| bas(p)),
        sur("TX_AVIS_GERIATRIQUE", cr, &|p| g8(p) && bas(p), &|p| matches!(p.geriatrie(), Some("demandee" | "faite"))),
        ("NB_AJA", cr.iter().filter(|p| aja(p)).count(), 0),
        sur("TX_AJA_DOUBLE_EXPERTISE", &discutes, &|p| aja(p), &|p| expertise(p)),
        sur("TX_AJA_PRESENCE", &discutes, &|p| aja(p) && expertise(p), &|p| p.double_expertise() == Some("presence")),
        sur("TX_FERTILITE", cr, &|p| fertile(p), &|p| p.fertilite().is_some()),
        sur("TX_ESSAI_CHERCHE", cr, tous, &|p| p.essai_propose() || matches!(p.essai(), Some("propose" | "aucun"))),
        sur("TX_ESSAI_PROPOSE", cr, tous, &|p| p.essai_propose() || p.essai() == Some("propose")),
        sur("TX_ONCOGENETIQUE", cr, tous, &|p| p.oncogenetique().is_some()),
        sur("TX_SOINS_SUPPORT", cr, tous, &|p| matches!(p.soins_support(), Some("evalues_aucun" | "refuse"))),
        sur("TX_SOINS_PALLIATIFS", cr, tous, &|p| p.soins_palliatifs() == Some("evalues_orientes")),
        sur("TX_TABAC", cr, tous, &|p| p.tabac() == Some("actif")),
        sur("TX_ALCOOL", cr, tous, &|p| p.alcool() == Some("a_risque")),
        sur("TX_RECOURS", &discutes, tous, &|p| p.recours()),
        ("COMPLETUDE", usize::try_from(cr.iter().map(|p| p.completude()).sum::<i64>()).unwrap(), cr.len()),
        sur("TX_HORS_REGION", cr, &|p| p.departement().is_some(), &|p| p.departement() != Some("59")),
        sur("TX_AUTRE_ETABLISSEMENT", cr, &|p| p.demandeur().is_some(), &|p| !du_lieu(p)),
    ]
}

/// A filter as the API takes it: axis and key.
pub type Groupe<'a> = (&'a str, &'a str);

impl Monde {
    /// The key of a meeting on an axis.
    fn cle_de_reunion(&self, plantes: &Plantes, axe: &str, rang: usize) -> String {
        let seance = &self.reunions[rang];
        let une = &self.rcp[seance.rcp];
        let fige = self.passages.iter().any(|p| p.reunion == rang);
        self.cle(plantes, axe, seance.rcp, if fige { une.lieu } else { une.lieu_actuel }, date_paris(seance.debut))
    }

    fn cle(&self, plantes: &Plantes, axe: &str, rang_rcp: usize, lieu: usize, date: NaiveDate) -> String {
        let (une, lieu) = (&self.rcp[rang_rcp], &self.lieux[lieu]);
        match axe {
            "region" => "region".to_owned(),
            "rcp" => plantes.rcp[rang_rcp].to_string(),
            "theme" => une.theme.to_owned(),
            "type" => une.type_rcp.to_owned(),
            "centre_3c" => lieu.region.centre.to_string(),
            "etablissement" => lieu.region.etablissement.to_string(),
            "territoire" if lieu.avec_territoire => lieu.region.territoire.to_string(),
            "territoire" => "aucun".to_owned(),
            "niveau" => "local".to_owned(),
            "mois" => date.format("%Y-%m").to_string(),
            "trimestre" => format!("{}-T{}", date.year(), date.month0() / 3 + 1),
            "annee" => date.year().to_string(),
            autre => panic!("axe inconnu : {autre}"),
        }
    }

    /// The key of a case on an axis.
    fn cle_du_cas(&self, plantes: &Plantes, axe: &str, p: &UnPassage) -> String {
        let ou_aucun = |valeur: Option<&str>| valeur.unwrap_or("aucun").to_owned();
        match axe {
            "sexe" => p.sexe().to_owned(),
            "departement" => ou_aucun(p.departement()),
            "classe_age" => p.classe_age().to_owned(),
            "localisation" => ou_aucun(p.localisation()),
            "motif_report" => ou_aucun(p.motif_report()),
            "demandeur" => p.demandeur().map_or_else(|| "aucun".to_owned(), |rang| self.lieux[rang].region.etablissement.to_string()),
            _ => self.cle_de_reunion(plantes, axe, p.reunion),
        }
    }

    /// The delays of a group, by hand: code, rank, number of cases.
    pub fn delais(
        &self,
        plantes: &Plantes,
        (axe, cle): Groupe<'_>,
        (du, au): (NaiveDate, NaiveDate),
    ) -> Vec<(&'static str, Option<i64>, usize)> {
        let axe = if AXES_DES_PARTICIPATIONS.contains(&axe) { "region" } else { axe };
        let cle = if axe == "region" { "region" } else { cle };
        let du_jour = |p: &UnPassage| date_paris(self.reunions[p.reunion].debut);
        let cr: Vec<&UnPassage> = self
            .passages
            .iter()
            .filter(|p| p.statut != "reporte" && du <= du_jour(p) && du_jour(p) <= au && self.cle_du_cas(plantes, axe, p) == cle)
            .collect();
        let valeurs = |lire: &dyn Fn(&UnPassage) -> Option<i64>| cr.iter().filter_map(|p| lire(p)).collect::<Vec<_>>();
        let delais = [
            ("DELAI_INSCRIPTION_MEDIANE", "DELAI_INSCRIPTION_P90", valeurs(&UnPassage::delai_inscription)),
            ("DELAI_CR_MEDIANE", "DELAI_CR_P90", valeurs(&|p| Some(p.delai_compte_rendu()))),
            ("DELAI_ENVOI_MT_MEDIANE", "DELAI_ENVOI_MT_P90", valeurs(&|p| p.envoye().then(|| p.delai_envoi()))),
            ("DELAI_RCP_DIAG_MEDIANE", "DELAI_RCP_DIAG_P90", valeurs(&UnPassage::delai_diagnostic)),
        ];
        delais
            .into_iter()
            .flat_map(|(mediane, p90, valeurs)| {
                [(mediane, rang(valeurs.clone(), 50), valeurs.len()), (p90, rang(valeurs.clone(), 90), valeurs.len())]
            })
            .collect()
    }

    /// Every count of a group, by hand: code, numerator, denominator (0 for a plain count).
    pub fn compter(
        &self,
        plantes: &Plantes,
        (axe, cle): Groupe<'_>,
        (du, au): (NaiveDate, NaiveDate),
        dans_la_rcp: bool,
    ) -> Vec<(&'static str, usize, usize)> {
        let du_jour = |rang: usize| date_paris(self.reunions[rang].debut);
        let dans = |rang: usize| du <= du_jour(rang) && du_jour(rang) <= au;
        let (des_cas, des_participations) = (AXES_DES_CAS.contains(&axe), AXES_DES_PARTICIPATIONS.contains(&axe));
        let (axe_des_cas, cle_des_cas) = if des_participations { ("region", "region") } else { (axe, cle) };
        let cas: Vec<&UnPassage> =
            self.passages.iter().filter(|p| dans(p.reunion) && self.cle_du_cas(plantes, axe_des_cas, p) == cle_des_cas).collect();
        let (axe, cle) = if des_cas || des_participations { ("region", "region") } else { (axe, cle) };
        let du_groupe = |rang: usize| self.cle_de_reunion(plantes, axe, rang) == cle;
        let cr: Vec<&UnPassage> = cas.iter().copied().filter(|p| p.statut != "reporte").collect();
        let deja_vu = |p: &UnPassage| {
            self.passages.iter().any(|a| {
                let meme_rcp = self.reunions[a.reunion].rcp == self.reunions[p.reunion].rcp;
                a.patient == p.patient && a.statut != "reporte" && du_jour(a.reunion) < du && (meme_rcp || !dans_la_rcp)
            })
        };
        let patients =
            |choisis: &dyn Fn(&UnPassage) -> bool| cr.iter().filter(|p| choisis(p)).map(|p| p.patient).collect::<BTreeSet<_>>().len();
        let discutes = |rang: usize| self.passages.iter().filter(move |p| p.reunion == rang && p.statut == "discute");
        let hors_expertise: Vec<&UnPassage> =
            cas.iter().copied().filter(|p| p.statut == "discute" && !self.rcp[self.reunions[p.reunion].rcp].expertise).collect();
        let seances = |etats: &'static [&'static str]| {
            (0..self.reunions.len())
                .filter(move |r| etats.contains(&self.reunions[*r].etat) && dans(*r) && du_groupe(*r))
                .collect::<Vec<_>>()
        };
        let tenues = seances(&["close", "validee"]);
        let avec_discussion: Vec<usize> =
            tenues.iter().copied().filter(|r| !self.rcp[self.reunions[*r].rcp].expertise && discutes(*r).count() > 0).collect();
        let ages: Vec<&UnPassage> = cr.iter().copied().filter(|p| p.age >= 75).collect();
        let annuaire = (0..self.rcp.len()).filter(|r| {
            self.rcp[*r].validee
                && (["mois", "trimestre", "annee"].contains(&axe) || self.cle(plantes, axe, *r, self.rcp[*r].lieu_actuel, du) == cle)
        });
        let mut comptes = vec![
            ("NB_ENTITES", tenues.iter().map(|r| self.reunions[*r].rcp).collect::<BTreeSet<_>>().len(), 0),
            ("NB_ENTITES_ANNUAIRE", annuaire.count(), 0),
            ("NB_REUNIONS", tenues.len(), 0),
            ("NB_REUNIONS_ANNULEES", seances(&["annulee"]).len(), 0),
            ("NB_CR", cr.len(), 0),
            ("NB_DISCUTES", cas.iter().filter(|p| p.statut == "discute").count(), 0),
            ("NB_ENREGISTRES", cas.iter().filter(|p| p.statut == "enregistre").count(), 0),
            ("NB_REPORTES", cas.iter().filter(|p| p.statut == "reporte").count(), 0),
            ("NB_PATIENTS", patients(&|_| true), 0),
            ("NB_NOUVEAUX", patients(&|p| !deja_vu(p)), 0),
            ("PASSAGES_PAR_PATIENT", cr.len(), patients(&|_| true)),
            ("CR_PAR_REUNION", cr.len(), tenues.len()),
            ("TX_QUORUM_HAS", hors_expertise.iter().filter(|p| p.has == Some(true)).count(), hors_expertise.len()),
            (
                "TX_QUORUM_HAS_REUNIONS",
                avec_discussion.iter().filter(|r| discutes(**r).all(|p| p.has == Some(true))).count(),
                avec_discussion.len(),
            ),
            ("TX_QUORUM_REGLE", hors_expertise.iter().filter(|p| p.regle == Some(true)).count(), hors_expertise.len()),
            (
                "TX_QUORUM_REGLE_REUNIONS",
                avec_discussion.iter().filter(|r| discutes(**r).all(|p| p.regle == Some(true))).count(),
                avec_discussion.len(),
            ),
            ("TX_VISIO", tenues.iter().filter(|r| self.reunions[**r].visio).count(), tenues.len()),
            (
                "TX_CR_ENVOYES_MT",
                cr.iter().filter(|p| matches!(p.envoi, Some("acceptee" | "remise" | "lue" | "integree" | "postee"))).count(),
                cr.len(),
            ),
            ("TX_G8_75", ages.iter().filter(|p| p.g8 == "fait").count(), ages.len()),
        ];
        comptes.extend(par_cas(&cas, &cr, &hors_expertise, |p| {
            self.lieux[self.rcp[self.reunions[p.reunion].rcp].lieu].region.etablissement
                == self.lieux[p.demandeur().unwrap_or(0)].region.etablissement
        }));
        for (code, lire) in [
            ("TX_QUORUM_INCA_REUNIONS", UnPassage::quorum_national as fn(&UnPassage) -> Option<&'static str>),
            ("TX_QUORUM_REGIONAL_REUNIONS", UnPassage::quorum_regional),
        ] {
            let concernees: Vec<usize> = avec_discussion.iter().copied().filter(|r| discutes(*r).any(|p| lire(p).is_some())).collect();
            let tenu = |r: &&usize| discutes(**r).all(|p| lire(p).is_none_or(|etat| etat == "atteint"));
            comptes.push((code, concernees.iter().filter(tenu).count(), concernees.len()));
        }
        // Three employed doctors attend each meeting for an hour, two of them at a distance when there is a videoconference.
        let visio: usize = tenues.iter().filter(|r| self.reunions[**r].visio).count();
        if !des_participations {
            comptes.extend([
                ("NB_PARTICIPATIONS", 3 * tenues.len(), 0),
                ("NB_PARTICIPANTS", if tenues.is_empty() { 0 } else { 3 }, 0),
                ("NB_PARTICIPATIONS_LIBERAUX", 0, 0),
                ("TX_VISIO_PRESENCES", 2 * visio, 3 * tenues.len()),
                ("HEURES_PARTICIPATION", 3 * 60 * tenues.len(), 60),
            ]);
        }
        comptes
    }

    /// Plants the world in the database. `praticiens`: a médecin traitant, and two who attend.
    pub fn planter(&self, op: &mut Op<'_>, praticiens: &[PraticienId; 3]) -> Resultat<Plantes> {
        for lieu in self.lieux.iter().filter(|lieu| !lieu.avec_territoire) {
            use dcc::db::schema::etablissement;
            diesel::update(etablissement::table.find(lieu.region.etablissement))
                .set(etablissement::territoire_id.eq(None::<Id>))
                .execute(op.conn)?;
        }
        let mut plantes = Plantes::default();
        for (rang, une) in self.rcp.iter().enumerate() {
            plantes.rcp.push(self.planter_rcp(op, rang, une)?);
        }
        for seance in &self.reunions {
            let id = planter_reunion(op, seance, plantes.rcp[seance.rcp], praticiens)?;
            plantes.reunions.push(id);
        }
        let mut fiches = HashMap::new();
        for passage in &self.passages {
            if let Entry::Vacant(place) = plantes.patients.entry(passage.patient) {
                let (un_patient, fiche) = planter_patient(op, passage)?;
                place.insert(un_patient);
                fiches.insert(passage.patient, fiche);
            }
            self.planter_passage(op, passage, &plantes, fiches[&passage.patient], praticiens)?;
        }
        Ok(plantes)
    }

    fn planter_rcp(&self, op: &mut Op<'_>, rang: usize, une: &UneRcp) -> Resultat<Uuid> {
        let id = op.id();
        let lieu = &self.lieux[une.lieu_actuel].region;
        let lignes = (
            (rcp::id.eq(Id(id)), rcp::code.eq(format!("RCP{rang}")), rcp::nom.eq(format!("RCP d'essai {rang}"))),
            (rcp::recherche.eq("RCP"), rcp::type_rcp.eq(une.type_rcp), rcp::nature.eq("appareil_organe"), rcp::organes.eq(Json(json!([])))),
            (rcp::theme.eq(une.theme), rcp::niveau.eq("local"), rcp::expertise.eq(une.expertise)),
            (rcp::centre_3c_id.eq(lieu.centre), rcp::etablissement_id.eq(lieu.etablissement), rcp::secretariat.eq(Json(json!({})))),
            (rcp::delai_inscription_heures.eq(48), rcp::regle_quorum.eq("socle"), rcp::modele_fiche.eq("socle-frcp")),
            (rcp::etat.eq(if une.validee { "validee" } else { "suspendue" }), rcp::version.eq(1)),
            (rcp::cree_le.eq(At(op.maintenant)), rcp::modifie_le.eq(At(op.maintenant))),
        );
        insert_into(rcp::table).values(lignes).execute(op.conn)?;
        if let Some(partenaire) = une.partenaire {
            let partenaire = self.lieux[partenaire].region.etablissement;
            insert_into(rcp_etablissement::table)
                .values((rcp_etablissement::rcp_id.eq(Id(id)), rcp_etablissement::etablissement_id.eq(partenaire)))
                .execute(op.conn)?;
        }
        Ok(id)
    }

    fn planter_passage(
        &self,
        op: &mut Op<'_>,
        passage: &UnPassage,
        plantes: &Plantes,
        (dossier, fiche): (Uuid, Uuid),
        praticiens: &[PraticienId; 3],
    ) -> Resultat<()> {
        let (ensemble, inscription): (Uuid, Uuid) = (op.id(), op.id());
        let lieu = &self.lieux[self.rcp[self.reunions[passage.reunion].rcp].lieu];
        let un_patient = plantes.patients[&passage.patient];
        let etat = match passage.statut {
            "reporte" => "reportee",
            "enregistre" => "enregistree",
            _ => "discutee",
        };
        let lignes = (
            (inscription::id.eq(Id(inscription)), inscription::reunion_id.eq(Id(plantes.reunions[passage.reunion]))),
            (inscription::fiche_id.eq(Id(fiche)), inscription::dossier_id.eq(Id(dossier)), inscription::patient_id.eq(Id(un_patient))),
            (inscription::demandeur_id.eq(praticiens[1]), inscription::rang.eq(1), inscription::etat.eq(etat)),
            (inscription::motif.eq("essai"), inscription::referentiel.eq(Json(json!({}))), inscription::version.eq(1)),
            (inscription::cree_le.eq(At(op.maintenant)), inscription::modifie_le.eq(At(op.maintenant))),
        );
        insert_into(inscription::table).values(lignes).execute(op.conn)?;
        let ancienne = UnPassage { statut: "discute", envoi: Some("acceptee"), has: Some(true), g8: "fait", ..passage.clone() };
        let versions: &[&UnPassage] = if passage.corrige { &[&ancienne, passage] } else { &[passage] };
        for (rang, version) in versions.iter().enumerate() {
            let id = op.id();
            self.planter_version(op, version, plantes, lieu, (id, inscription, ensemble, dossier), (rang, rang + 1 == versions.len()))?;
            if let Some(etat) = version.envoi {
                planter_envoi(op, id, un_patient, praticiens[0], (version, etat))?;
            }
        }
        Ok(())
    }

    fn planter_version(
        &self,
        op: &mut Op<'_>,
        passage: &UnPassage,
        plantes: &Plantes,
        lieu: &Lieu,
        (id, inscription, ensemble, dossier): (Uuid, Uuid, Uuid, Uuid),
        (rang, courante): (usize, bool),
    ) -> Resultat<()> {
        use compte_rendu as c;
        let seance = &self.reunions[passage.reunion];
        let une = &self.rcp[seance.rcp];
        let demandeur: Id = plantes_demandeur(op)?;
        let lignes = (
            (c::id.eq(Id(id)), c::inscription_id.eq(Id(inscription)), c::reunion_id.eq(Id(plantes.reunions[passage.reunion]))),
            (c::rcp_id.eq(Id(plantes.rcp[seance.rcp])), c::dossier_id.eq(Id(dossier))),
            (c::patient_id.eq(Id(plantes.patients[&passage.patient])), c::set_id.eq(Id(ensemble))),
            (c::numero_version.eq(i64::try_from(rang).unwrap() + 1), c::courant.eq(courante), c::motif_correction.eq("erreur de saisie")),
            (c::contenu.eq(Json(json!({}))), c::empreinte.eq("0"), c::statut_cas.eq(passage.statut)),
            (c::date_reunion.eq(date_paris(seance.debut)), c::centre_3c_id.eq(lieu.region.centre)),
            c::etablissement_id.eq(lieu.region.etablissement),
            c::territoire_id.eq(lieu.avec_territoire.then_some(lieu.region.territoire)),
            (c::theme.eq(une.theme), c::type_rcp.eq(une.type_rcp), c::expertise.eq(une.expertise)),
            (c::demandeur_id.eq(demandeur), c::age.eq(passage.age), c::g8.eq(passage.g8)),
            (c::quorum_has.eq(passage.has), c::quorum_regle.eq(passage.regle), c::valide_le.eq(At(op.maintenant))),
        );
        insert_into(compte_rendu::table).values(lignes).execute(op.conn)?;
        let fait = FaitPassage {
            date_reunion: date_paris(seance.debut),
            compte_rendu_id: id.into(),
            courant: courante,
            patient_id: plantes.patients[&passage.patient].into(),
            reunion_id: plantes.reunions[passage.reunion].into(),
            rcp_id: plantes.rcp[seance.rcp].into(),
            centre_3c_id: lieu.region.centre,
            etablissement_id: lieu.region.etablissement,
            territoire_id: lieu.avec_territoire.then_some(lieu.region.territoire),
            etablissement_demandeur_id: passage.demandeur().map(|rang| self.lieux[rang].region.etablissement),
            demandeur_id: demandeur.0.into(),
            theme: une.theme.to_owned(),
            type_rcp: une.type_rcp.to_owned(),
            niveau: "local".to_owned(),
            expertise: une.expertise,
            statut_cas: passage.statut.parse().unwrap(),
            motif_report: passage.motif_report().map(str::to_owned),
            age: passage.age,
            sexe: passage.sexe().to_owned(),
            departement: passage.departement().map(str::to_owned),
            localisation: passage.localisation().map(str::to_owned),
            quorum_has: passage.has,
            quorum_regle: passage.regle,
            quorum_national: passage.quorum_national().map(|etat| etat.parse().unwrap()),
            quorum_regional: passage.quorum_regional().map(|etat| etat.parse().unwrap()),
            double_expertise: passage.double_expertise().map(|voie| voie.parse().unwrap()),
            avec_proposition: passage.avec_proposition(),
            recours_propose: passage.recours(),
            essai_propose: passage.essai_propose(),
            g8: passage.g8.parse().unwrap(),
            g8_demi_points: passage.demi_points(),
            geriatrie: passage.geriatrie().map(str::to_owned),
            fertilite: passage.fertilite().map(str::to_owned),
            essai: passage.essai().map(str::to_owned),
            oncogenetique: passage.oncogenetique().map(str::to_owned),
            soins_support: passage.soins_support().map(str::to_owned),
            soins_palliatifs: passage.soins_palliatifs().map(str::to_owned),
            tabac: passage.tabac().map(str::to_owned),
            alcool: passage.alcool().map(str::to_owned),
            completude: passage.completude(),
            medecin_traitant: passage.medecin_traitant(),
            delai_inscription: passage.delai_inscription(),
            delai_compte_rendu: passage.delai_compte_rendu(),
            delai_diagnostic: passage.delai_diagnostic(),
            valide_le: op.maintenant,
        };
        comptes_rendus::reprendre_faits(op, &fait)
    }
}

fn plantes_demandeur(op: &mut Op<'_>) -> Resultat<Id> {
    use dcc::db::schema::praticien;
    Ok(praticien::table.select(praticien::id).order(praticien::id).first(op.conn)?)
}

fn planter_reunion(op: &mut Op<'_>, seance: &UneReunion, une_rcp: Uuid, praticiens: &[PraticienId; 3]) -> Resultat<Uuid> {
    let id = op.id();
    let lignes = (
        (reunion::id.eq(Id(id)), reunion::rcp_id.eq(Id(une_rcp)), reunion::debut.eq(At(seance.debut))),
        (
            reunion::fin.eq(At(seance.debut + chrono::Duration::hours(1))),
            reunion::etat.eq(seance.etat),
            reunion::motif_annulation.eq("essai"),
        ),
        (reunion::date_limite_inscription.eq(At(seance.debut)), reunion::sequence.eq(1), reunion::version.eq(1)),
        (reunion::close_le.eq(At(op.maintenant)), reunion::validee_le.eq(At(op.maintenant))),
        (reunion::cree_le.eq(At(op.maintenant)), reunion::modifie_le.eq(At(op.maintenant))),
    );
    insert_into(reunion::table).values(lignes).execute(op.conn)?;
    for (rang, praticien) in praticiens.iter().enumerate() {
        let visio = seance.visio && rang > 0;
        let lignes = (
            (presence::id.eq(Id(op.id())), presence::reunion_id.eq(Id(id)), presence::praticien_id.eq(*praticien)),
            (presence::permanent.eq(true), presence::statut.eq(if visio { "visio" } else { "present" })),
            (presence::version.eq(1), presence::modifie_le.eq(At(op.maintenant))),
        );
        insert_into(presence::table).values(lignes).execute(op.conn)?;
    }
    Ok(id)
}

/// Name that every planted patient bears, to look for where it must not be.
pub const NOM: &str = "SYNTHETIQUE";

/// The patient, and the dossier with the fiche.
fn planter_patient(op: &mut Op<'_>, passage: &UnPassage) -> Resultat<(Uuid, (Uuid, Uuid))> {
    let (id, un_dossier, une_fiche): (Uuid, Uuid, Uuid) = (op.id(), op.id(), op.id());
    let lignes = (
        (patient::id.eq(Id(id)), patient::nom_naissance.eq(NOM), patient::prenoms.eq("Essai"), patient::premier_prenom.eq("Essai")),
        (patient::sexe.eq("feminin"), patient::date_naissance.eq(NaiveDate::from_ymd_opt(1950, 1, 1).unwrap())),
        (patient::recherche_nom.eq(NOM), patient::recherche_utilise.eq(NOM), patient::recherche_prenom.eq("ESSAI")),
        (patient::statut_identite.eq("provisoire"), patient::version.eq(i64::try_from(passage.patient).unwrap() + 1)),
        (patient::cree_le.eq(At(op.maintenant)), patient::modifie_le.eq(At(op.maintenant))),
    );
    insert_into(patient::table).values(lignes).execute(op.conn)?;
    let lignes = (
        (dossier::id.eq(Id(un_dossier)), dossier::patient_id.eq(Id(id)), dossier::libelle.eq("Essai"), dossier::etat.eq("ouvert")),
        (dossier::version.eq(1), dossier::cree_le.eq(At(op.maintenant)), dossier::modifie_le.eq(At(op.maintenant))),
    );
    insert_into(dossier::table).values(lignes).execute(op.conn)?;
    let lignes = (
        (fiche::id.eq(Id(une_fiche)), fiche::dossier_id.eq(Id(un_dossier)), fiche::patient_id.eq(Id(id))),
        (fiche::modele_code.eq("socle-frcp"), fiche::modele_version.eq("2025.01"), fiche::contenu.eq(Json(json!({})))),
        (fiche::completude.eq(0), fiche::etat.eq("verrouillee"), fiche::auteur_nom.eq("essai"), fiche::version.eq(1)),
        (fiche::cree_le.eq(At(op.maintenant)), fiche::modifie_le.eq(At(op.maintenant))),
    );
    insert_into(fiche::table).values(lignes).execute(op.conn)?;
    Ok((id, (un_dossier, une_fiche)))
}

fn planter_envoi(
    op: &mut Op<'_>,
    compte_rendu: Uuid,
    un_patient: Uuid,
    praticien: PraticienId,
    (passage, etat): (&UnPassage, &str),
) -> Resultat<()> {
    let (id, envoyee): (Uuid, Instant) = (op.id(), op.maintenant + chrono::Duration::days(passage.delai_envoi()));
    let lignes = (
        (diffusion::id.eq(Id(id)), diffusion::compte_rendu_id.eq(Id(compte_rendu)), diffusion::patient_id.eq(Id(un_patient))),
        (diffusion::praticien_id.eq(praticien), diffusion::qualite.eq("medecin_traitant"), diffusion::canal.eq(passage.canal())),
        (
            diffusion::adresse.eq((passage.canal() == "mssante").then_some("medecin@essai.mssante.fr")),
            diffusion::message_id.eq(format!("<{id}@essai>")),
        ),
        (diffusion::etat.eq(etat), diffusion::tentatives.eq(1), diffusion::version.eq(1), diffusion::envoyee_le.eq(At(envoyee))),
        (diffusion::cree_le.eq(At(op.maintenant)), diffusion::modifie_le.eq(At(op.maintenant))),
    );
    insert_into(diffusion::table).values(lignes).execute(op.conn)?;
    Ok(())
}

/// Takes every planted world away. The trigger that keeps comptes-rendus for ever is lifted on this
/// bench first.
pub fn effacer(op: &mut Op<'_>) -> Resultat<()> {
    let lever = match op.conn {
        DbConn::Sqlite(_) => "DROP TRIGGER IF EXISTS compte_rendu_indelebile",
        DbConn::Pg(_) => "DROP TRIGGER IF EXISTS compte_rendu_indelebile ON compte_rendu",
    };
    diesel::sql_query(lever).execute(op.conn)?;
    macro_rules! vider { ($($table:ident),+) => { $(delete($table::table).execute(op.conn)?;)+ } }
    vider!(diffusion, fait_passage, compte_rendu, inscription, fiche, dossier, patient, presence, reunion, rcp_etablissement, rcp);
    Ok(())
}
