//! What the fiche of a case says: the national core, the answers of the pathway, and the proposition of the meeting.

use super::{
    genres::Genre,
    localisations::Localisation,
    tirage::{Des, mesure},
};
use crate::{
    demo::plans::Objet,
    metier::{
        inscription::model::{EssaiClinique, ExamenComplementaire, Intention, Proposition, Traitement},
        patient::model::Sexe,
        rcp::model::TypeRcp,
    },
};
use chrono::{Days, NaiveDate};
use serde_json::{Map, Value, json};

/// What a fiche tells of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Description<'a> {
    /// Kind of the RCP.
    pub(super) genre: &'a Genre,
    /// The cancer.
    pub(super) cancer: &'a Localisation,
    /// Sex.
    pub(super) sexe: Sexe,
    /// Age at the meeting.
    pub(super) age: u32,
    /// Day of the diagnosis.
    pub(super) diagnostic: NaiveDate,
    /// Day of the meeting.
    pub(super) reunion: NaiveDate,
    /// The 3C of the RCP.
    pub(super) centre: usize,
    /// The patient came before.
    pub(super) suite: bool,
    /// The G8 is filled.
    pub(super) g8: bool,
    /// A trial is proposed.
    pub(super) essai: bool,
    /// Operated on in an emergency.
    pub(super) urgence: bool,
}

/// The national core, complete.
pub(super) fn socle(d: &Description<'_>, des: &mut Des) -> Map<String, Value> {
    let rechute = d.suite && des.vrai(0.3);
    let mut tumeur = json!({
        "date_diagnostic": d.diagnostic.to_string(),
        "topographie": d.cancer.code,
        "morphologie": d.cancer.morphologie,
        "tnm": tnm(d.cancer, des),
    });
    if let Some(membres) = tumeur.as_object_mut() {
        // Of some, only the month is known.
        if !des.vrai(0.93) {
            membres.insert("date_diagnostic".to_owned(), json!(d.diagnostic.format("%Y-%m").to_string()));
        }
        if d.cancer.cote {
            membres.insert("lateralite".to_owned(), json!(des.un(&COTES)));
        }
    }
    let mut phase = json!({ "phase": if rechute { "MED-244" } else { "MED-268" }, "progression": false });
    if rechute && let Some(membres) = phase.as_object_mut() {
        membres.insert("date_rechute".to_owned(), json!(d.reunion.checked_sub_days(Days::new(14)).unwrap_or(d.reunion).to_string()));
    }
    let libelle = d.cancer.libelle;
    let mut contenu = Map::new();
    let mut dire = |cle: &str, valeur: Value| contenu.insert(cle.to_owned(), valeur);
    dire("motif", motif(d));
    dire("decouverte", json!({ "depistage": des.vrai(if d.cancer.code.starts_with("C50") { 0.32 } else { 0.06 }) }));
    dire("tumeurs", json!([tumeur]));
    if des.vrai(0.8) {
        dire("antecedents", json!(des.un(&ANTECEDENTS)));
    }
    if des.vrai(0.6) {
        dire("comorbidites", json!(des.un(&COMORBIDITES)));
    }
    dire("evaluation", evaluation(d, des));
    if des.vrai(0.85) {
        dire("paraclinique", json!(des.un(&IMAGERIES)));
    }
    dire("phase", phase);
    if d.suite {
        dire("traitements", json!([{ "type": if des.vrai(0.5) { CHIRURGIE } else { CHIMIOTHERAPIE }, "statut": "realise" }]));
    }
    if des.vrai(0.75) {
        dire("anatomopathologie", json!({ "pathologiste": "Laboratoire de la région", "conclusion": format!("{libelle}, confirmé.") }));
    }
    let question = des.un(&QUESTIONS).copied().unwrap_or_default();
    dire("synthese", json!({ "cas": format!("{libelle}. {}", des.un(&ETATS).copied().unwrap_or_default()), "question": question }));
    dire("statut_dossier", json!({ "complet": des.vrai(0.9) }));
    if d.urgence {
        dire("urgence_chirurgicale", json!(true));
    }
    contenu
}

const ANTECEDENTS: [&str; 5] = [
    "Hypertension artérielle. Pas d'antécédent familial connu.",
    "Aucun antécédent notable.",
    "Cancer du sein chez la mère.",
    "Infarctus du myocarde traité par stent.",
    "Appendicectomie. Cholécystectomie.",
];
const COMORBIDITES: [&str; 4] =
    ["Diabète de type 2 équilibré.", "BPCO de stade 2.", "Insuffisance rénale chronique modérée.", "Arythmie anticoagulée."];
const IMAGERIES: [&str; 4] = [
    "Scanner thoraco-abdomino-pelvien : lésion primitive isolée, sans lésion à distance.",
    "Scanner et TEP : fixation de la lésion primitive et de ganglions de drainage.",
    "IRM : lésion localisée, rapports précisés en réunion.",
    "Bilan d'extension : lésions à distance, imagerie à revoir en séance.",
];
const QUESTIONS: [&str; 4] =
    ["Quelle stratégie thérapeutique proposer ?", "Indication opératoire ?", "Poursuite du traitement ?", "Surveillance ou traitement ?"];
const ETATS: [&str; 4] =
    ["État général conservé.", "Altération de l'état général récente.", "Patient autonome, bien entouré.", "Bilan d'extension complet."];
/// Right and left.
const COTES: [&str; 2] = ["24028007", "7771000"];
const CHIRURGIE: &str = "387713003";
const CHIMIOTHERAPIE: &str = "C15632";
const RADIOTHERAPIE: &str = "C15313";

fn motif(d: &Description<'_>) -> Value {
    let recours = d.genre.type_rcp == TypeRcp::Recours;
    let pediatrique = d.genre.type_rcp == TypeRcp::Pediatrique;
    let mut motif = json!({
        "recours": recours,
        "pediatrique": pediatrique,
        "avis_diagnostique": d.genre.type_rcp == TypeRcp::CancerRare,
        "proposition_traitement": true,
        "avis_recours": recours,
        "avis_pediatrique": pediatrique,
    });
    let objet = match d.genre.objet {
        Objet::Organe(appareil, organe) => json!({ "nature": "ORG-117", "appareil": appareil, "organes": [organe] }),
        Objet::Soins(soins) => json!({ "nature": "ORG-132", "traitement_soins": soins }),
    };
    if let (Value::Object(motif), Value::Object(objet)) = (&mut motif, objet) {
        motif.extend(objet);
    }
    motif
}

fn tnm(cancer: &Localisation, des: &mut Des) -> Value {
    if !cancer.tnm {
        return json!({ "applicable": false, "raison": "Classification propre à cette tumeur." });
    }
    let t = des.pondere(&[("T1", 30.0), ("T2", 35.0), ("T3", 25.0), ("T4", 10.0)], |(_, poids)| *poids).map_or("T2", |(t, _)| *t);
    let n = des.pondere(&[("N0", 60.0), ("N1", 30.0), ("N2", 10.0)], |(_, poids)| *poids).map_or("N0", |(n, _)| *n);
    json!({ "applicable": true, "edition": "8", "t": t, "n": n, "m": if des.vrai(0.17) { "M1" } else { "M0" } })
}

fn evaluation(d: &Description<'_>, des: &mut Des) -> Value {
    let oms = [("LA9622-7", 45.0), ("LA9623-5", 33.0), ("LA9624-3", 15.0), ("LA9625-0", 7.0)];
    let mut evaluation = Map::new();
    if d.g8 || des.vrai(0.86) {
        evaluation.insert("oms".to_owned(), json!({ "code": des.pondere(&oms, |(_, poids)| *poids).map(|(code, _)| *code) }));
    }
    if d.age >= 16 && (d.g8 || des.vrai(0.7)) {
        evaluation.insert("poids_kg".to_owned(), json!(des.entre(45, 105)));
        let taille = if d.sexe == Sexe::Feminin { (150, 174) } else { (160, 188) };
        evaluation.insert("taille_cm".to_owned(), json!(des.entre(taille.0, taille.1)));
    }
    if d.g8 {
        let sante = ["moins_bonne", "ne_sait_pas", "aussi_bonne", "meilleure"];
        let g8 = json!({
            "variante": "inca",
            "date": d.reunion.checked_sub_days(Days::new(8)).unwrap_or(d.reunion).to_string(),
            "appetit": des.entre(0, 2),
            "perte_poids": des.entre(0, 3),
            "mobilite": des.entre(1, 2),
            "neuropsychologique": des.entre(0, 2),
            "medicaments": des.entre(0, 1),
            "sante_percue": des.un(&sante),
        });
        evaluation.insert("g8".to_owned(), g8);
    }
    Value::Object(evaluation)
}

/// Code of an answer, its weight, and the reason that it asks for.
type Reponse = (&'static str, f64, Option<&'static str>);

const GERIATRIE: &[Reponse] = &[
    ("demandee", 35.0, None),
    ("faite", 30.0, None),
    ("non_indiquee", 30.0, Some("Patient autonome, sans comorbidité.")),
    ("refusee", 5.0, Some("Le patient ne la souhaite pas.")),
];
const FERTILITE: &[Reponse] = &[
    ("donnee", 50.0, None),
    ("a_donner", 30.0, None),
    ("sans_objet", 15.0, Some("Traitement sans retentissement.")),
    ("refusee", 3.0, Some("Le patient ne la souhaite pas.")),
    ("impossible", 2.0, Some("Traitement urgent.")),
];
const ESSAI: &[Reponse] = &[("aucun", 45.0, None), ("non_eligible", 25.0, None), ("a_chercher", 25.0, None), ("refuse", 5.0, None)];
const ONCOGENETIQUE: &[Reponse] = &[
    ("demandee", 30.0, None),
    ("faite", 20.0, None),
    ("non_indiquee", 35.0, Some("Pas de critère.")),
    ("refusee", 3.0, Some("Le patient ne la souhaite pas.")),
    ("connue", 12.0, None),
];
const SOINS: &[Reponse] =
    &[("evalues_aucun", 30.0, None), ("evalues_orientes", 38.0, None), ("a_evaluer", 28.0, None), ("refuse", 4.0, None)];
const TABAC: &[Reponse] = &[("jamais", 40.0, None), ("sevre", 33.0, None), ("actif", 20.0, None), ("inconnu", 7.0, None)];
const ALCOOL: &[Reponse] = &[("non", 70.0, None), ("sevre", 9.0, None), ("a_risque", 11.0, None), ("inconnu", 10.0, None)];

/// How zealously a 3C fills the pathway, from about 0.3 to 1.2.
fn zele(centre: usize) -> f64 {
    0.3 + 0.9 * mesure(centre * 7 % 25) / 24.0
}

/// The answers of the pathway.
pub(super) fn parcours(d: &Description<'_>, des: &mut Des) -> Map<String, Value> {
    let zele = zele(d.centre);
    let mut reponses = Map::new();
    let organe = |codes: &[&str]| codes.iter().any(|code| d.cancer.code.starts_with(code));
    let mut repondre = |cle: &str, part: f64, choix: &[Reponse], des: &mut Des| {
        if !des.vrai((part * zele).min(0.97)) {
            return None;
        }
        let (code, _, motif) = des.pondere(choix, |(_, poids, _)| *poids).copied()?;
        reponses.insert(cle.to_owned(), json!(code));
        if let Some(motif) = motif {
            reponses.insert(format!("{cle}_motif"), json!(motif));
        }
        Some(code)
    };
    if d.age >= 70 {
        repondre("geriatrie", 0.4, GERIATRIE, des);
    }
    if (13..=45).contains(&d.age) {
        repondre("fertilite", 0.65, FERTILITE, des);
    }
    if !d.essai {
        repondre("essai", 0.45, ESSAI, des);
    }
    repondre("oncogenetique", if organe(&["C50", "C56", "C18", "C25"]) { 0.45 } else { 0.08 }, ONCOGENETIQUE, des);
    let soutien = repondre("soins_support", 0.55, SOINS, des);
    repondre("soins_palliatifs", 0.18, SOINS, des);
    repondre("tabac", if organe(&["C34", "C32", "C10", "C02", "C67"]) { 0.9 } else { 0.5 }, TABAC, des);
    repondre("alcool", if organe(&["C32", "C10", "C02", "C22", "C15"]) { 0.85 } else { 0.4 }, ALCOOL, des);
    if d.essai {
        reponses.insert("essai".to_owned(), json!("propose"));
    }
    if soutien == Some("evalues_orientes") {
        let besoins = ["douleur", "nutrition", "psychologique", "social", "activite_physique"];
        reponses.insert("soins_support_besoins".to_owned(), json!([des.un(&besoins)]));
    }
    reponses
}

/// What the meeting answers.
pub(super) fn proposition(d: &Description<'_>, des: &mut Des) -> Proposition {
    let mut proposition = Proposition {
        synthese: des.vrai(0.8).then(|| SYNTHESES[0].to_owned()),
        essai_clinique: essai(d, des),
        passage_recours: d.genre.type_rcp == TypeRcp::Standard && des.vrai(0.015),
        ..Proposition::default()
    };
    if let Some(synthese) = des.un(&SYNTHESES) {
        proposition.synthese = proposition.synthese.map(|_| (*synthese).to_owned());
    }
    let sort = des.unite();
    if sort < 0.72 {
        proposition.intentions = vec![Intention { rang: 1, traitements: traitements(d, des) }];
    } else if sort < 0.88 {
        proposition.surveillance = Some("Surveillance clinique et par imagerie tous les trois à six mois.".to_owned());
    } else if sort < 0.97 {
        proposition.examens.push(ExamenComplementaire {
            texte: des.un(&EXAMENS).copied().unwrap_or("TEP-scanner").to_owned(),
            au_plus_tot: Some(d.reunion),
            au_plus_tard: d.reunion.checked_add_days(Days::new(21)),
        });
    } else {
        proposition.arret_traitement = true;
    }
    proposition
}

const SYNTHESES: [&str; 3] = [
    "Dossier discuté, proposition conforme aux recommandations.",
    "Après discussion, la proposition tient compte de l'âge et des comorbidités.",
    "Imagerie et anatomopathologie revues en séance.",
];
const EXAMENS: [&str; 4] = ["TEP-scanner au 18F-FDG", "IRM de la lésion", "Biologie moléculaire de la tumeur", "Nouvelle biopsie"];

fn essai(d: &Description<'_>, des: &mut Des) -> Option<EssaiClinique> {
    if d.essai {
        return Some(EssaiClinique { propose: true, nom: Some(format!("ESSAI-{:03}", des.entre(1, 120))) });
    }
    des.vrai(0.3).then_some(EssaiClinique { propose: false, nom: None })
}

fn traitements(d: &Description<'_>, des: &mut Des) -> Vec<Traitement> {
    let code = d.cancer.code;
    let hemopathie = ["C8", "C9"].iter().any(|debut| code.starts_with(debut));
    let choix: &[(&[&str], f64)] = if hemopathie {
        &[(&[CHIMIOTHERAPIE], 70.0), (&["C15262"], 30.0)]
    } else if code.starts_with("C61") {
        &[(&[CHIRURGIE], 35.0), (&[RADIOTHERAPIE, "C547"], 35.0), (&["C547"], 30.0)]
    } else {
        &[
            (&[CHIRURGIE], 35.0),
            (&[CHIRURGIE, RADIOTHERAPIE], 15.0),
            (&[CHIMIOTHERAPIE, CHIRURGIE], 15.0),
            (&[CHIMIOTHERAPIE], 17.0),
            (&[RADIOTHERAPIE], 10.0),
            (&["C15262"], 8.0),
        ]
    };
    let codes = des.pondere(choix, |(_, poids)| *poids).map_or(&[][..], |(codes, _)| *codes);
    (1..)
        .zip(codes)
        .map(|(sequence, code)| Traitement { sequence, type_traitement: (*code).to_owned(), precision: None, debut: None, fin: None })
        .collect()
}
