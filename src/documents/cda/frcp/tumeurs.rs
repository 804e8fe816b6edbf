//! The tumours, the phase of the disease and the treatments already given.

use super::super::{
    section::{Forme, Quand, Section, Valeur, commentaire, lien, modeles, pointer},
    types::{CISIS, Concept, LOINC, SNOMED, TNM_7, date_partielle, net},
    xml::{Element, Nul},
};
use super::{Redaction, patient::periode};
use crate::metier::compte_rendu::model::{
    Code,
    fiche::{AutreClassification, Phase, Tnm, TraitementPasse, Tumeur},
};
use uuid::Uuid;

/// The edition of the TNM to which the ANS gives a code system.
const EDITION_CODEE: &str = "7";
/// FR-Liste-des-problemes-cancer.
const LISTE: [&str; 5] = [
    "2.16.840.1.113883.10.20.1.27",
    "1.3.6.1.4.1.19376.1.5.3.1.4.5.1",
    "1.3.6.1.4.1.19376.1.5.3.1.4.5.2",
    "1.2.250.1.213.1.1.3.39",
    "1.2.250.1.213.1.1.3.39.1",
];
/// FR-Diagnostic-du-cancer.
const DIAGNOSTIC: [&str; 5] = [
    "2.16.840.1.113883.10.20.1.28",
    "1.3.6.1.4.1.19376.1.5.3.1.4.5",
    "1.2.250.1.213.1.1.3.37",
    "1.3.6.1.4.1.19376.1.7.3.1.4.14.1",
    "1.2.250.1.213.1.1.3.113",
];

/// The section of the tumours: a diagnosis each, or one that says that none is described.
pub(in super::super) fn tumeurs(document: Uuid, decrites: &[Tumeur]) -> Element {
    let mut s = Section::new(
        document,
        Forme {
            cle: "tumeur",
            modeles: &[
                "2.16.840.1.113883.10.20.1.11",
                "1.3.6.1.4.1.19376.1.5.3.1.3.6",
                "1.3.6.1.4.1.19376.1.7.3.1.3.14.1",
                "1.2.250.1.213.1.1.2.27",
            ],
            code: "72135-7",
            libelle: "Diagnostic du cancer",
            traduction: None,
            titre: "Tumeur",
        },
    );
    let liste = if decrites.is_empty() { liste(&mut s, &[Tumeur::default()]) } else { liste(&mut s, decrites) };
    s.entree(liste);
    s.finir()
}

/// One list holds the diagnoses of all the tumours, since the earliest of them: the national schematron cannot be
/// evaluated on a section that has several lists.
fn liste(s: &mut Section, tumeurs: &[Tumeur]) -> Element {
    let dates = tumeurs.iter().map(|t| t.date_diagnostic.as_deref().and_then(date_partielle));
    let premiere = dates.flatten().min();
    let mut liste = Element::new("act")
        .attribut("classCode", "ACT")
        .attribut("moodCode", "EVN")
        .avec_tous(modeles(&LISTE))
        .avec(s.id())
        .avec(Element::nul("code", Nul::SansObjet))
        .avec(Element::new("statusCode").attribut("code", "active"))
        .avec(Quand::depuis(premiere.as_deref()));
    for (rang, tumeur) in tumeurs.iter().enumerate() {
        let prefixe = if tumeurs.len() > 1 { format!("Tumeur {} – ", rang + 1) } else { String::new() };
        let date = tumeur.date_diagnostic.as_deref().and_then(date_partielle);
        let reference = s.ligne(&format!("{prefixe}Date du diagnostic"), &date_en_mots(tumeur.date_diagnostic.as_deref()));
        let diagnostic = diagnostic(s, &prefixe, tumeur, date.as_deref(), &reference);
        liste.ajouter(lien("SUBJ", Some(false), diagnostic));
    }
    liste
}

fn diagnostic(s: &mut Section, prefixe: &str, t: &Tumeur, date: Option<&str>, reference: &str) -> Element {
    let topographie = s.ligne(&format!("{prefixe}Topographie"), &code_en_mots(t.topographie.as_ref(), "Non précisée"));
    let lateralite = t.lateralite.as_ref().map(|code| (code, s.ligne(&format!("{prefixe}Latéralité"), &code.libelle)));
    let site = localisation(t.topographie.as_ref(), &topographie).avec_tous(lateralite.and_then(|(code, _)| qualificatif_de_cote(code)));
    let morphologie = s.ligne(&format!("{prefixe}Morphologie"), &code_en_mots(t.morphologie.as_ref(), "Non précisée"));
    let mut diagnostic = s.constat_de(
        &DIAGNOSTIC,
        Concept::new("282291009", SNOMED, "interprétation diagnostique"),
        Quand::Depuis(date),
        Valeur::codee(t.morphologie.as_ref()),
        reference,
    );
    relier_la_valeur(&mut diagnostic, &morphologie);
    let stade = tnm(s, prefixe, t.tnm.as_ref(), date);
    let autre = t.autre_classification.as_ref().map(|autre| autre_classification(s, prefixe, autre));
    let note = s.ligne_si(&format!("{prefixe}Commentaire"), t.commentaire.as_deref());
    diagnostic
        .attribut("negationInd", "false")
        .avec(site)
        .avec(lien("SUBJ", Some(false), stade))
        .avec_tous(autre.map(|autre| lien("SUBJ", Some(false), autre)))
        .avec_tous(note.map(|reference| lien("SUBJ", Some(true), commentaire(&reference))))
}

/// The morphology is told in words of its own, not in those of the entry.
fn relier_la_valeur(diagnostic: &mut Element, reference: &str) {
    diagnostic.remplacer("value", |valeur| {
        let nue = valeur.enfants().next().is_none() && valeur.lire("nullFlavor") != Some(Nul::Inconnu.as_str());
        let mots = Element::new("originalText").avec(pointer(reference));
        if nue { valeur.avec(mots) } else { valeur.sans_enfants().avec(mots) }
    });
}

fn localisation(code: Option<&Code>, reference: &str) -> Element {
    let site = match code.map(Concept::de) {
        Some(Some(concept)) => concept.element("targetSiteCode"),
        Some(None) => Element::nul("targetSiteCode", Nul::HorsListe),
        None => Element::nul("targetSiteCode", Nul::Inconnu),
    };
    site.avec(Element::new("originalText").avec(pointer(reference)))
}

fn qualificatif_de_cote(code: &Code) -> Option<Element> {
    let cote = Concept::de(code)?.element("value");
    let nom = Concept::new("20228-3", LOINC, "Latéralité").element("name");
    Some(Element::new("qualifier").avec(nom).avec(cote))
}

/// The TNM: coded in the 7th edition, the only one with a code system; in words in the others; without value
/// when it does not apply or was not told. The volet wants its three parts in any case.
fn tnm(s: &mut Section, prefixe: &str, tnm: Option<&Tnm>, date: Option<&str>) -> Element {
    let texte = tnm_en_mots(tnm);
    let reference = s.ligne(&format!("{prefixe}TNM"), &texte);
    let applique = tnm.filter(|tnm| tnm.applicable);
    let coder = applique.is_some_and(|tnm| tnm.edition.as_deref() == Some(EDITION_CODEE));
    let motif = if tnm.is_some_and(|tnm| !tnm.applicable) { Nul::SansObjet } else { Nul::Inconnu };
    let mut stade = Element::new("observation")
        .attribut("classCode", "OBS")
        .attribut("moodCode", "EVN")
        .attribut("negationInd", "false")
        .avec_tous(modeles(&["1.3.6.1.4.1.19376.1.7.3.1.4.14.2"]))
        .avec(Concept::new("75620-5", LOINC, "Stade TNM Clinique").element("code"))
        .avec(Element::new("text").avec(pointer(&reference)))
        .avec(Element::new("statusCode").attribut("code", "completed"))
        .avec(Quand::depuis(date))
        .avec(valeur_du_stade(applique, coder, motif, &reference));
    let parties = [
        ("21905-5", "TNM Clinique T", "T", applique.and_then(|tnm| tnm.t.as_deref())),
        ("21906-3", "TNM Clinique N", "N", applique.and_then(|tnm| tnm.n.as_deref())),
        ("21907-1", "TNM Clinique M", "M", applique.and_then(|tnm| tnm.m.as_deref())),
    ];
    for (code, libelle, titre, lue) in parties {
        let lue = net(lue);
        let mots = lue.map_or_else(|| reference.clone(), |lue| s.ligne(&format!("{prefixe}{titre}"), lue));
        let valeur = match lue {
            Some(lue) if coder => Valeur::Code(Concept::new(lue, TNM_7, lue)),
            Some(_) => Valeur::HorsListe,
            None => Valeur::Absente(motif),
        };
        let constat = s.constat(Concept::new(code, LOINC, libelle), Quand::SansObjet, valeur, &mots);
        stade.ajouter(lien("COMP", None, constat));
    }
    stade
}

/// The stage and the edition qualify a value that has no code of its own.
fn valeur_du_stade(tnm: Option<&Tnm>, coder: bool, motif: Nul, reference: &str) -> Element {
    let valeur = Element::new("value").attribut("xsi:type", "CD");
    let mots = Element::new("originalText").avec(pointer(reference));
    let Some(tnm) = tnm else { return valeur.attribut("nullFlavor", motif.as_str()).avec(mots) };
    if !coder {
        return valeur.attribut("nullFlavor", Nul::HorsListe.as_str()).avec(mots);
    }
    let qualifier = |code, libelle, valeur: &str, texte: &str| {
        let nom = Concept::new(code, LOINC, libelle).element("name");
        let valeur = Concept::new(valeur, TNM_7, texte).valeur();
        Element::new("qualifier").avec(nom).avec(valeur)
    };
    let stade = net(tnm.stade.as_deref()).map(|stade| qualifier("21909-7", "Stade clinique", stade, stade));
    let edition = qualifier("21917-0", "Version TNM Classification", EDITION_CODEE, "TNM UICC 7ème édition");
    valeur.avec(mots).avec_tous(stade).avec(edition)
}

fn tnm_en_mots(tnm: Option<&Tnm>) -> String {
    let Some(tnm) = tnm else { return "Non précisé".to_owned() };
    if !tnm.applicable {
        let raison = net(tnm.raison.as_deref()).map(|raison| format!(" : {raison}")).unwrap_or_default();
        return format!("Sans objet{raison}");
    }
    let parties: Vec<&str> = [&tnm.t, &tnm.n, &tnm.m].into_iter().filter_map(|partie| net(partie.as_deref())).collect();
    let mut texte = if parties.is_empty() { "Non précisé".to_owned() } else { parties.join(" ") };
    if let Some(stade) = net(tnm.stade.as_deref()) {
        texte.push_str(&format!(", stade {stade}"));
    }
    if let Some(edition) = net(tnm.edition.as_deref()) {
        texte.push_str(&format!(" (UICC, {edition}e édition)"));
    }
    texte
}

fn autre_classification(s: &mut Section, prefixe: &str, autre: &AutreClassification) -> Element {
    let reference = s.ligne(&format!("{prefixe}Autre classification"), net(autre.valeur.as_deref()).unwrap_or("Non précisée"));
    let mut constat =
        s.constat(Concept::new("21918-8", LOINC, "Autre classification du stade"), Quand::SansObjet, Valeur::Mots, &reference);
    let parties = [
        ("Nom de la classification", Concept::new("GEN-101", CISIS, "Nom de la classification"), &autre.nom),
        ("Version de la classification", Concept::new("GEN-102", CISIS, "Version de la classification"), &autre.version),
    ];
    for (titre, code, texte) in parties {
        if let Some(reference) = s.ligne_si(&format!("{prefixe}{titre}"), texte.as_deref()) {
            let partie = s.constat(code, Quand::SansObjet, Valeur::Mots, &reference);
            constat.ajouter(lien("COMP", None, partie));
        }
    }
    constat
}

fn code_en_mots(code: Option<&Code>, absent: &str) -> String {
    code.map_or_else(|| absent.to_owned(), |code| format!("{} – {}", code.code, code.libelle))
}

/// `2026-03-12` becomes « 12/03/2026 », `2026-03` « 03/2026 ».
pub(super) fn date_en_mots(date: Option<&str>) -> String {
    net(date).map_or_else(|| "Non précisée".to_owned(), |date| date.split('-').rev().collect::<Vec<_>>().join("/"))
}

/// Initial phase or relapse, and the progression.
pub(in super::super) fn phase(document: Uuid, p: &Phase) -> Element {
    let mut s = Section::new(
        document,
        Forme {
            cle: "phase",
            modeles: &["1.3.6.1.4.1.19376.1.5.3.1.1.13.2.7", "1.2.250.1.213.1.1.2.25"],
            code: "18733-6",
            libelle: "Note de progression",
            traduction: None,
            titre: "Phase et progression du cancer",
        },
    );
    let rechute = p.date_rechute.as_deref().and_then(date_partielle);
    let reference = s.ligne("Phase", p.phase.as_ref().map_or("Non précisée", |code| code.libelle.as_str()));
    let quand = if p.date_rechute.is_some() { Quand::Le(rechute.as_deref()) } else { Quand::SansObjet };
    let phase = s.constat(Concept::new("MED-243", CISIS, "Phase du cancer"), quand, Valeur::codee(p.phase.as_ref()), &reference);
    s.entree(phase.attribut("negationInd", "false"));
    if p.date_rechute.is_some() {
        s.ligne("Date de la rechute", &date_en_mots(p.date_rechute.as_deref()));
    }
    let mut progression =
        s.oui_non("Progression", Concept::new("MED-245", CISIS, "Progression du cancer"), Quand::SansObjet, Some(p.progression));
    if p.progression {
        let etendues = [
            ("Progression locale", Concept::new("MED-246", CISIS, "Progression locale du cancer"), p.locale),
            ("Progression régionale", Concept::new("MED-247", CISIS, "Progression régionale du cancer"), p.regionale),
            ("Progression à distance", Concept::new("MED-248", CISIS, "Progression à distance du cancer"), p.a_distance),
        ];
        for (titre, code, valeur) in etendues {
            let constat = s.oui_non(titre, code, Quand::SansObjet, valeur);
            progression.ajouter(lien("COMP", None, constat));
        }
    }
    s.entree(progression.attribut("negationInd", "false"));
    s.finir()
}

/// Treatments given, under way, or not given.
pub(super) fn traitements(r: &Redaction<'_>) -> Option<Element> {
    let traitements = &r.contenu.fiche.traitements;
    if traitements.is_empty() {
        return None;
    }
    let mut s = r.section(Forme {
        cle: "traitement",
        modeles: &["1.3.6.1.4.1.19376.1.5.3.1.1.13.2.11", "1.2.250.1.213.1.1.2.118"],
        code: "29554-3",
        libelle: "Actes",
        traduction: None,
        titre: "Traitements thérapeutiques passés ou en cours (réalisés ou pas)",
    });
    for traitement in traitements {
        let acte = traitement_passe(&mut s, traitement);
        s.entree(acte);
    }
    Some(s.finir())
}

fn traitement_passe(s: &mut Section, t: &TraitementPasse) -> Element {
    let (statut, dit) = match t.statut.as_deref() {
        Some("en_cours") => ("active", "en cours"),
        Some("non_realise") => ("cancelled", "non réalisé"),
        Some("realise") => ("completed", "réalisé"),
        Some(_) | None => ("completed", "statut non précisé"),
    };
    let nom = t.type_traitement.as_ref().map_or("Traitement non précisé", |code| code.libelle.as_str());
    let precision = net(t.precision.as_deref()).map(|texte| format!(" – {texte}")).unwrap_or_default();
    let reference = s.ligne(nom, &format!("{nom}{precision} ({dit}){}", periode(t.debut.as_deref(), t.fin.as_deref())));
    let (debut, fin) = (t.debut.as_deref().and_then(date_partielle), t.fin.as_deref().and_then(date_partielle));
    let acte = Element::new("procedure")
        .attribut("classCode", "PROC")
        .attribut("moodCode", "EVN")
        .attribut("negationInd", "false")
        .avec_tous(modeles(&["1.3.6.1.4.1.19376.1.5.3.1.4.19", "2.16.840.1.113883.10.20.1.29", "1.2.250.1.213.1.1.3.62"]))
        .avec(s.id())
        .avec(code_de_l_acte(t.type_traitement.as_ref(), &reference))
        .avec(Element::new("text").avec(pointer(&reference)))
        .avec(Element::new("statusCode").attribut("code", statut))
        .avec(Quand::Entre(debut.as_deref(), fin.as_deref()).element());
    let note = s.ligne_si("Commentaire", t.commentaire.as_deref());
    acte.avec_tous(note.map(|reference| lien("SUBJ", Some(true), commentaire(&reference))))
}

/// The kind of a treatment, which may have no code in the value set.
pub(super) fn code_de_l_acte(code: Option<&Code>, reference: &str) -> Element {
    let element = match code.map(Concept::de) {
        Some(Some(concept)) => concept.element("code"),
        Some(None) => Element::nul("code", Nul::HorsListe),
        None => Element::nul("code", Nul::Inconnu),
    };
    element.avec(Element::new("originalText").avec(pointer(reference)))
}
