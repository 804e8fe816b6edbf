//! Programmes of the demonstration: some patients are handed a PPS after their meeting, one of them a PPAC.

use crate::{
    db::Op,
    kernel::{Resultat, clock::date_paris, ids::DossierId},
    metier::{
        compte_rendu::model::{CompteRenduResume, StatutCas},
        patient::service as patients,
        pps::{
            model::{Destinataire, GenreProgramme, NouveauProgramme, ProgrammeDetaille, RemiseSaisie},
            service as programmes,
        },
    },
};
use chrono::{Days, NaiveDate};
use serde_json::{Map, Value, json};

/// Patients of a meeting who are handed a PPS.
const PAR_REUNION: usize = 2;

/// Hands a PPS to the first patients discussed at a meeting; gives their dossiers.
pub(super) fn remettre_les_pps(op: &mut Op<'_>, comptes_rendus: &[CompteRenduResume]) -> Resultat<Vec<DossierId>> {
    let mut dossiers = Vec::new();
    for compte_rendu in comptes_rendus.iter().filter(|c| c.statut_cas == StatutCas::Discute).take(PAR_REUNION) {
        let nouveau = NouveauProgramme {
            genre: GenreProgramme::Pps,
            modele: None,
            compte_rendu_id: Some(compte_rendu.id),
            saisie: Some(mots_du_medecin(date_paris(op.maintenant))),
        };
        remettre(op, compte_rendu.dossier_id, &nouveau)?;
        dossiers.push(compte_rendu.dossier_id);
    }
    Ok(dossiers)
}

/// Hands a PPAC to the patient of a dossier, whose treatment is over.
pub(super) fn remettre_un_ppac(op: &mut Op<'_>, dossier: DossierId) -> Resultat<()> {
    let nouveau = NouveauProgramme {
        genre: GenreProgramme::Ppac,
        modele: None,
        compte_rendu_id: None,
        saisie: Some(mots_de_l_apres_cancer(date_paris(op.maintenant))),
    };
    remettre(op, dossier, &nouveau)
}

/// The referring doctor of the dossier hands it, in the établissement of the RCP or of the doctor.
fn remettre(op: &mut Op<'_>, dossier: DossierId, nouveau: &NouveauProgramme) -> Resultat<()> {
    let ProgrammeDetaille { programme, .. } = programmes::creer(op, dossier, nouveau)?;
    let saisie = RemiseSaisie {
        date: None,
        destinataire: Destinataire::Patient,
        destinataire_nom: None,
        professionnel_id: patients::dossier(op, dossier)?.referent_id,
        etablissement_id: None,
    };
    programmes::remettre(op, programme.id, programme.version, &saisie)?;
    Ok(())
}

fn contacts() -> Value {
    json!([
        { "role": "Infirmière de coordination", "nom": "Mme Sophie LENOIR", "telephone": "03 20 00 00 12",
          "quand": "Une question sur vos soins ou vos rendez-vous, du lundi au vendredi, de 9 h à 17 h." },
        { "role": "Assistante sociale", "nom": "Mme Julie BERTIN", "telephone": "03 20 00 00 14", "quand": "Vos droits, l'aide à la maison, le travail." }
    ])
}

/// What a compte-rendu does not hold: the words for the patient, whom to call, the care around the treatment.
fn mots_du_medecin(jour: NaiveDate) -> Map<String, Value> {
    let bientot = (jour + Days::new(21)).format("%Y-%m").to_string();
    membres(json!({
        "annonce": {
            "date_annonce": jour,
            "explication": "Vous avez une tumeur. C'est un cancer.\nLes examens montrent où elle se trouve. Ils ont permis de choisir vos soins.",
            "objectif": "Le but est de soigner la tumeur et de vous aider à bien vivre pendant les traitements."
        },
        "contacts": contacts(),
        "urgence": {
            "telephone": "03 20 00 00 15",
            "signes": ["Vous avez plus de 38 °C de fièvre.", "Vous vomissez et ne pouvez plus boire.", "Vous avez du mal à respirer."],
            "consignes": "Dites que vous êtes en traitement pour un cancer. Ayez ce document avec vous."
        },
        "suivis": [{ "type": "11429006", "precision": "Consultation avec l'oncologue", "debut_prevu": bientot, "rythme": "Une fois par mois" }],
        "soins_support": [
            { "type": "ORG-036", "debut_prevu": bientot, "lieu": "À l'hôpital, avec la diététicienne" },
            { "type": "ORG-175", "rythme": "Une séance par semaine", "lieu": "Maison du sport-santé" }
        ],
        "accompagnement": [{ "type": "PAT-024", "precision": "Aide pour le ménage et les courses" }]
    }))
}

fn mots_de_l_apres_cancer(jour: NaiveDate) -> Map<String, Value> {
    let dans_six_mois = (jour + Days::new(182)).format("%Y-%m").to_string();
    membres(json!({
        "bilan": {
            "fin_traitements": jour.format("%Y-%m").to_string(),
            "maladie": "Vous avez été soigné pour une tumeur. Les traitements sont terminés.\nLes derniers examens sont bons."
        },
        "effets": [{ "effet": "Fatigue", "conseil": "Elle peut durer plusieurs mois. Bougez un peu chaque jour." }],
        "surveillance": [
            { "type": "11429006", "precision": "Consultation et examen", "rythme": "Tous les 6 mois pendant 5 ans",
              "par": "Médecin traitant et oncologue, en alternance", "debut_prevu": dans_six_mois },
            { "type": "MED-092", "precision": "Scanner", "rythme": "Une fois par an", "par": "Hôpital" }
        ],
        "vie_quotidienne": { "travail": "La reprise peut se faire à temps partiel au début. Parlez-en à votre médecin.",
            "activite_physique": "Marchez 30 minutes par jour si vous le pouvez." },
        "contacts": contacts(),
        "urgence": { "telephone": "03 20 00 00 15", "signes": ["Une douleur nouvelle qui dure.", "Vous maigrissez sans raison."] }
    }))
}

fn membres(saisie: Value) -> Map<String, Value> {
    match saisie {
        Value::Object(membres) => membres,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    }
}
