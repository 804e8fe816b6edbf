//! What the meeting proposes, and within which frame.

use super::super::{
    section::{Forme, Quand, Section, Valeur, commentaire, modeles, oui_non, pointer},
    types::{CISIS, Concept, jour, net},
    xml::{Element, Nul},
};
use super::{Redaction, patient::periode, rencontre, tumeurs::code_de_l_acte};
use crate::metier::compte_rendu::model::{
    NatureDocument, StatutCas,
    proposition::{ExamenRendu, IntentionRendue, PropositionRendue, TraitementRendu},
};

/// The proposal.
pub(super) fn proposition(r: &Redaction<'_>) -> Element {
    let mut s = r.section(Forme {
        cle: "proposition",
        modeles: &["2.16.840.1.113883.10.20.1.10", "1.3.6.1.4.1.19376.1.5.3.1.3.36", "1.2.250.1.213.1.1.2.158"],
        code: "18776-5",
        libelle: "Plan de soins",
        traduction: None,
        titre: "Proposition de la RCP",
    });
    s.ligne("Valeur du document", valeur_du_document(r.contenu.cas.nature));
    match &r.contenu.proposition {
        Some(proposition) => proposer(&mut s, proposition),
        None => drop(s.ligne("Proposition", "Aucune proposition")),
    }
    s.finir()
}

const fn valeur_du_document(nature: NatureDocument) -> &'static str {
    match nature {
        NatureDocument::AvisDeRcp => "Avis de RCP",
        NatureDocument::SansQuorum => "Proposition discutée sans quorum, sans valeur d’avis de RCP",
        NatureDocument::QuorumIndetermine => "Proposition discutée, quorum indéterminé, sans valeur d’avis de RCP",
        NatureDocument::Enregistrement => "Cas enregistré, conforme au référentiel cité",
        NatureDocument::Report => "Cas reporté, aucun avis n’a été rendu",
    }
}

fn proposer(s: &mut Section, p: &PropositionRendue) {
    if p.passage_recours {
        let reference = s.ligne("Passage en RCP de recours", "Oui");
        let entree = rencontre(s, Concept::new("ORG-120", CISIS, "Passage en RCP recours"), &reference);
        s.entree(entree);
    }
    for examen in &p.examens {
        let entree = examen_demande(s, examen);
        s.entree(entree);
    }
    if let Some(reference) = s.ligne_si("Surveillance", p.surveillance.as_deref()) {
        let entree = rencontre(s, Concept::new("MED-226", CISIS, "Surveillance seule"), &reference);
        s.entree(entree);
    }
    for intention in &p.intentions {
        let groupe = s.id();
        for traitement in &intention.traitements {
            let entree = traitement_propose(s, intention, traitement, groupe.clone());
            s.entree(entree);
        }
    }
    if p.arret_traitement {
        s.ligne("Arrêt du traitement", "Arrêt du traitement du cancer proposé");
    }
    let textes = [net(p.synthese.as_deref()), net(p.commentaire.as_deref())];
    let texte = textes.into_iter().flatten().collect::<Vec<_>>().join("\n");
    if let Some(reference) = s.ligne_si("Avis et commentaire", Some(&texte)) {
        s.entree(commentaire(&reference));
    }
}

fn examen_demande(s: &mut Section, examen: &ExamenRendu) -> Element {
    let (tot, tard) = (examen.au_plus_tot, examen.au_plus_tard);
    let iso = |date: chrono::NaiveDate| date.to_string();
    let texte = format!("{}{}", examen.texte, periode(tot.map(iso).as_deref(), tard.map(iso).as_deref()));
    let reference = s.ligne("Examen ou expertise demandé", &texte);
    Element::new("observation")
        .attribut("classCode", "OBS")
        .attribut("moodCode", "PRP")
        .avec_tous(modeles(&["2.16.840.1.113883.10.20.1.25", "1.3.6.1.4.1.19376.1.5.3.1.1.20.3.1", "1.2.250.1.213.1.1.3.27"]))
        .avec(s.id())
        .avec(Concept::new("ORG-064", CISIS, "Demande d'examen ou de suivi").element("code"))
        .avec(Element::new("text").avec(pointer(&reference)))
        .avec(Element::new("statusCode").attribut("code", "active"))
        .avec(Quand::Entre(tot.map(jour).as_deref(), tard.map(jour).as_deref()).element())
}

/// A treatment: its second identifier is that of its intention, which gathers those of one strategy.
fn traitement_propose(s: &mut Section, intention: &IntentionRendue, t: &TraitementRendu, groupe: Element) -> Element {
    let titre = match intention.rang {
        1 => format!("Première intention, traitement {}", t.sequence),
        rang => format!("Alternative, intention n° {rang}, traitement {}", t.sequence),
    };
    let precision = net(t.precision.as_deref()).map(|texte| format!(" – {texte}")).unwrap_or_default();
    let iso = |date: chrono::NaiveDate| date.to_string();
    let texte = format!("{}{precision}{}", t.type_traitement.libelle, periode(t.debut.map(iso).as_deref(), t.fin.map(iso).as_deref()));
    let reference = s.ligne(&titre, &texte);
    Element::new("procedure")
        .attribut("classCode", "PROC")
        .attribut("moodCode", "INT")
        .attribut("negationInd", "false")
        .avec_tous(modeles(&["2.16.840.1.113883.10.20.1.25", "1.3.6.1.4.1.19376.1.5.3.1.4.19", "1.2.250.1.213.1.1.3.62"]))
        .avec(s.id())
        .avec(groupe)
        .avec(code_de_l_acte(Some(&t.type_traitement), &reference))
        .avec(Element::new("text").avec(pointer(&reference)))
        .avec(Element::new("statusCode").attribut("code", "active"))
        .avec(Quand::Entre(t.debut.map(jour).as_deref(), t.fin.map(jour).as_deref()).element())
        .avec(Element::new("priorityCode").avec(Element::new("originalText").texte(&t.sequence.to_string())))
}

/// The guideline, which a registered case must cite, and the clinical trial.
pub(super) fn cadre(r: &Redaction<'_>) -> Element {
    let mut s = r.section(Forme {
        cle: "cadre",
        modeles: &["1.2.250.1.213.1.1.2.175"],
        code: "35510-7",
        libelle: "Essais cliniques - Informations générales",
        traduction: None,
        titre: "Cadre de la proposition thérapeutique",
    });
    let code = Concept::new("MED-249", CISIS, "Recommandation/référentiel de pratique clinique");
    match (&r.contenu.referentiel, r.contenu.cas.statut) {
        (Some(referentiel), _) => {
            let texte = format!("{}, version {} du {}", referentiel.nom, referentiel.version, referentiel.date.format("%d/%m/%Y"));
            let reference = s.ligne("Référentiel utilisé", &texte);
            let constat = s.constat(code, Quand::Le(Some(&jour(referentiel.date))), Valeur::Mots, &reference);
            s.entree(constat);
        }
        (None, StatutCas::Enregistre) => {
            let reference = s.ligne("Référentiel utilisé", "Non précisé");
            let constat = s.constat(code, Quand::Le(None), Valeur::Absente(Nul::Inconnu), &reference);
            s.entree(constat);
        }
        (None, StatutCas::Discute | StatutCas::Reporte) => {}
    }
    let essai = r.contenu.proposition.as_ref().and_then(|p| p.essai_clinique.as_ref());
    let nom = essai.and_then(|essai| net(essai.nom.as_deref())).map(|nom| format!(" : {nom}")).unwrap_or_default();
    let propose = essai.map(|essai| essai.propose);
    let reference = s.ligne("Inclusion dans un essai clinique", &format!("{}{nom}", oui_non(propose)));
    let code = Concept::new("MED-250", CISIS, "Proposition d'inclusion dans un essai clinique");
    let constat = s.constat(code, Quand::SansObjet, Valeur::OuiNon(propose), &reference);
    s.entree(constat);
    s.finir()
}
