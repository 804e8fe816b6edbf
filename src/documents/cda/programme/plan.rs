//! The two plans of a PPS: treatments and follow-up, supportive care and support.

use super::{
    super::{
        section::{Forme, Quand, Section, Valeur, commentaire, lien, modeles, pointer},
        types::{CISIS, Concept, date_partielle, net},
        xml::{Element, Nul},
    },
    Redaction,
};
use crate::metier::{
    compte_rendu::model::Code,
    pps::model::saisie::{Action, StatutTraitement, Traitement},
};

/// FR-Plan-de-soins.
const PLAN: &[&str] = &["2.16.840.1.113883.10.20.1.10", "1.3.6.1.4.1.19376.1.5.3.1.3.36", "1.2.250.1.213.1.1.2.158"];
/// FR-Acte, done.
const FAIT: [&str; 3] = ["1.3.6.1.4.1.19376.1.5.3.1.4.19", "2.16.840.1.113883.10.20.1.29", "1.2.250.1.213.1.1.3.62"];
/// FR-Acte, under way or to come.
const PREVU: [&str; 3] = ["1.3.6.1.4.1.19376.1.5.3.1.4.19", "2.16.840.1.113883.10.20.1.25", "1.2.250.1.213.1.1.3.62"];

const TRAITEMENT: Concept<'static> = Concept::new("MED-568", CISIS, "Traitement");
const PREVENTION: Concept<'static> =
    Concept::new("MED-569", CISIS, "Action de prévention et de gestion médicamenteuse des effets secondaires");
const MESURE: Concept<'static> = Concept::new("MED-570", CISIS, "Mesure associée");
const SUIVI: Concept<'static> = Concept::new("MED-571", CISIS, "Suivi");
const SOIN_SUPPORT: Concept<'static> = Concept::new("MED-572", CISIS, "Soin oncologique de support");
const ACCOMPAGNEMENT: Concept<'static> = Concept::new("MED-573", CISIS, "Accompagnement social ou socioprofessionnel");

/// Treatments, prevention of side effects, measures, follow-up, and the stop of the treatments.
pub(super) fn programme_therapeutique(r: &Redaction<'_>) -> Element {
    let mut s = r.section(Forme {
        cle: "programme",
        modeles: PLAN,
        code: "18776-5",
        libelle: "Plan de soins",
        traduction: Some(Concept::new("MED-566", CISIS, "Programme thérapeutique et de suivi")),
        titre: "Programme thérapeutique et de suivi",
    });
    for t in &r.pps.traitements {
        let acte = traitement(&mut s, t);
        s.entree(acte);
    }
    for (famille, actions) in [(PREVENTION, &r.pps.prevention), (MESURE, &r.pps.mesures), (SUIVI, &r.pps.suivis)] {
        actes(&mut s, famille, actions);
    }
    if let Some(arret) = &r.pps.arret_traitements {
        let le = arret.date.map(super::super::types::jour);
        let code = Concept::new("MED-052", CISIS, "Arrêt de tous les traitements actifs");
        let quand = if arret.date.is_some() { Quand::Le(le.as_deref()) } else { Quand::SansObjet };
        let constat = s.oui_non("Arrêt de tous les traitements actifs", code, quand, Some(arret.arret));
        s.entree(constat);
    }
    s.finir()
}

/// Supportive care, social and professional support.
pub(super) fn soins_et_accompagnement(r: &Redaction<'_>) -> Element {
    let libelle = "Soins oncologiques de support, accompagnement social et socioprofessionnel";
    let mut s = r.section(Forme {
        cle: "soins",
        modeles: PLAN,
        code: "18776-5",
        libelle: "Plan de soins",
        traduction: Some(Concept::new("MED-567", CISIS, libelle)),
        titre: libelle,
    });
    if r.pps.soins_support.is_empty() && r.pps.accompagnement.is_empty() {
        s.ligne("Soins de support et accompagnement", "Aucun n'est prévu à ce jour");
    }
    actes(&mut s, SOIN_SUPPORT, &r.pps.soins_support);
    actes(&mut s, ACCOMPAGNEMENT, &r.pps.accompagnement);
    s.finir()
}

fn traitement(s: &mut Section, t: &Traitement) -> Element {
    let (mood, statut, dit) = match t.statut {
        StatutTraitement::Realise => ("EVN", "completed", "réalisé"),
        StatutTraitement::EnCours => ("INT", "active", "en cours"),
        StatutTraitement::AVenir => ("INT", "active", "à venir"),
    };
    let details = [
        net(t.precision.as_deref()).map(str::to_owned),
        Some(format!("({dit})")),
        entre(t.debut.as_deref(), t.fin.as_deref()),
        entre(t.debut_prevu.as_deref(), t.fin_prevue.as_deref()).map(|prevu| format!("prévu {prevu}")),
        net(t.mode.as_deref()).map(str::to_owned),
        net(t.lieu.as_deref()).map(str::to_owned),
    ];
    let reference =
        s.ligne(nom(t.type_traitement.as_ref()), &details.into_iter().flatten().collect::<Vec<_>>().join(", ").replace(", (", " ("));
    let mut acte = acte(s, mood, statut, TRAITEMENT, t.type_traitement.as_ref(), (t.debut.as_deref(), t.fin.as_deref()), &reference);
    let suite = Suite {
        debut_prevu: t.debut_prevu.as_deref(),
        fin_prevue: t.fin_prevue.as_deref(),
        rythme: t.rythme.as_deref(),
        a_domicile: t.a_domicile,
        effets: &t.effets,
        commentaire: t.commentaire.as_deref(),
    };
    suite.ajouter(s, &mut acte, &reference);
    acte
}

fn actes(s: &mut Section, famille: Concept<'static>, actions: &[Action]) {
    for a in actions {
        let details = [
            net(a.precision.as_deref()).map(str::to_owned),
            entre(a.debut_prevu.as_deref(), a.fin_prevue.as_deref()),
            net(a.lieu.as_deref()).map(str::to_owned),
            net(a.par.as_deref()).map(str::to_owned),
        ];
        let details = details.into_iter().flatten().collect::<Vec<_>>().join(", ");
        let type_dit = nom(a.genre.as_ref());
        let reference = s.ligne(famille.libelle, &if details.is_empty() { type_dit.to_owned() } else { format!("{type_dit} – {details}") });
        let mut entree = acte(s, "INT", "active", famille, a.genre.as_ref(), (None, None), &reference);
        let suite = Suite {
            debut_prevu: a.debut_prevu.as_deref(),
            fin_prevue: a.fin_prevue.as_deref(),
            rythme: a.rythme.as_deref(),
            a_domicile: None,
            effets: &[],
            commentaire: a.commentaire.as_deref(),
        };
        suite.ajouter(s, &mut entree, &reference);
        s.entree(entree);
    }
}

/// The label of a kind, or that it was not told.
fn nom(code: Option<&Code>) -> &str {
    code.map_or("Non précisé", |code| code.libelle.as_str())
}

/// A FR-Acte of a family, whose kind qualifies the code of the family.
fn acte(
    s: &mut Section,
    mood: &str,
    statut: &str,
    famille: Concept<'_>,
    genre: Option<&Code>,
    (debut, fin): (Option<&str>, Option<&str>),
    reference: &str,
) -> Element {
    let racines: &'static [&'static str] = if mood == "EVN" { &FAIT } else { &PREVU };
    let qualificatif = genre.and_then(Concept::de).map(|concept| Element::new("qualifier").avec(concept.element("value")));
    let (debut, fin) = (debut.and_then(date_partielle), fin.and_then(date_partielle));
    Element::new("procedure")
        .attribut("classCode", "PROC")
        .attribut("moodCode", mood)
        .attribut("negationInd", "false")
        .avec_tous(modeles(racines))
        .avec(s.id())
        .avec(famille.element("code").avec_tous(qualificatif))
        .avec(Element::new("text").avec(pointer(reference)))
        .avec(Element::new("statusCode").attribut("code", statut))
        .avec(Quand::Entre(debut.as_deref(), fin.as_deref()).element())
}

/// What an act carries besides its kind and its confirmed dates.
struct Suite<'t> {
    debut_prevu: Option<&'t str>,
    fin_prevue: Option<&'t str>,
    rythme: Option<&'t str>,
    a_domicile: Option<bool>,
    effets: &'t [String],
    commentaire: Option<&'t str>,
}

impl Suite<'_> {
    fn ajouter(&self, s: &mut Section, acte: &mut Element, reference: &str) {
        let (debut, fin) = (self.debut_prevu.and_then(date_partielle), self.fin_prevue.and_then(date_partielle));
        if debut.is_some() || fin.is_some() {
            let code = Concept::new("GEN-177", CISIS, "Date(s) prévisionnelle(s)");
            let quand = Quand::Entre(debut.as_deref(), fin.as_deref());
            let constat = s.constat(code, quand, Valeur::Absente(Nul::SansObjet), reference);
            acte.ajouter(lien("COMP", Some(false), constat));
        }
        // The rhythm is told in words; the value says whether it is done at home.
        if self.rythme.is_some() || self.a_domicile.is_some() {
            let domicile = self.a_domicile.filter(|a_domicile| *a_domicile).map(|_| "à domicile");
            let texte: Vec<&str> = net(self.rythme).into_iter().chain(domicile).collect();
            let mots = if texte.is_empty() { reference.to_owned() } else { s.ligne("Rythme", &texte.join(", ")) };
            let constat = s.constat(Concept::new("ORG-004", CISIS, "Rythme"), Quand::SansObjet, Valeur::OuiNon(self.a_domicile), &mots);
            acte.ajouter(lien("COMP", Some(false), constat));
        }
        if !self.effets.is_empty() {
            let mots = s.ligne("Effets secondaires", &self.effets.join("\n"));
            let code = Concept::new("MED-565", CISIS, "Effets secondaires");
            let constat = s.constat(code, Quand::SansObjet, Valeur::Mots, &mots);
            acte.ajouter(lien("COMP", Some(false), constat));
        }
        if let Some(mots) = s.ligne_si("Commentaire", self.commentaire) {
            acte.ajouter(lien("SUBJ", Some(true), commentaire(&mots)));
        }
    }
}

/// « du 01/04/2026 au 12/04/2026 », as far as it is known.
fn entre(debut: Option<&str>, fin: Option<&str>) -> Option<String> {
    let dire = |iso: &str| iso.split('-').rev().collect::<Vec<_>>().join("/");
    match (net(debut), net(fin)) {
        (None, None) => None,
        (Some(debut), None) => Some(format!("à partir du {}", dire(debut))),
        (None, Some(fin)) => Some(format!("jusqu'au {}", dire(fin))),
        (Some(debut), Some(fin)) if debut == fin => Some(format!("le {}", dire(debut))),
        (Some(debut), Some(fin)) => Some(format!("du {} au {}", dire(debut), dire(fin))),
    }
}
