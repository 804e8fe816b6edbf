//! What is told of the patient besides the tumour: history, evaluation, wishes, and the reports that were
//! summed up in the fiche.

use super::super::{
    entete::moment,
    section::{EVALUATION, Forme, Quand, Section, Valeur, commentaire},
    types::{CISIS, Concept, LOINC, Personne, date_partielle, jour, net},
    xml::Element,
};
use super::{Redaction, tumeurs::date_en_mots};
use crate::metier::compte_rendu::model::fiche::StatutG8;

/// FR-Observation-sur-la-grossesse.
const GROSSESSE: [&str; 3] = ["1.3.6.1.4.1.19376.1.5.3.1.4.13", "1.3.6.1.4.1.19376.1.5.3.1.4.13.5", "1.2.250.1.213.1.1.3.53"];

/// A section that only tells a text.
fn en_mots(r: &Redaction<'_>, forme: Forme, texte: Option<&str>) -> Option<Element> {
    let texte = net(texte)?;
    let mut s = r.section(forme);
    s.ligne(forme.titre, texte);
    Some(s.finir())
}

/// Medical history.
pub(super) fn antecedents(r: &Redaction<'_>) -> Option<Element> {
    let forme = Forme {
        cle: "antecedents",
        modeles: &["1.2.250.1.213.1.1.2.2"],
        code: "11348-0",
        libelle: "Antécédents médicaux",
        traduction: None,
        titre: "Antécédents médicaux",
    };
    en_mots(r, forme, r.contenu.fiche.antecedents.as_deref())
}

/// Comorbidities.
pub(super) fn comorbidites(r: &Redaction<'_>) -> Option<Element> {
    let forme = Forme {
        cle: "comorbidites",
        modeles: &["1.2.250.1.213.1.1.2.176"],
        code: "11450-4",
        libelle: "Liste des problèmes actifs",
        traduction: None,
        titre: "Comorbidités",
    };
    en_mots(r, forme, r.contenu.fiche.comorbidites.as_deref())
}

/// Imaging and biology.
pub(super) fn paraclinique(r: &Redaction<'_>) -> Option<Element> {
    let forme = Forme {
        cle: "paraclinique",
        modeles: &["1.3.6.1.4.1.19376.1.5.3.1.3.27", "1.2.250.1.213.1.1.2.150"],
        code: "30954-2",
        libelle: "Résultats d'examens",
        traduction: None,
        titre: "Éléments paracliniques (résultats d'examens)",
    };
    en_mots(r, forme, r.contenu.fiche.paraclinique.as_deref())
}

/// Comment about the patient.
pub(super) fn commentaire_patient(r: &Redaction<'_>) -> Option<Element> {
    let forme = Forme {
        cle: "commentaire-patient",
        modeles: &["2.16.840.1.113883.10.12.201", "1.3.6.1.4.1.19376.1.4.1.2.16", "1.2.250.1.213.1.1.2.73"],
        code: "55112-7",
        libelle: "Commentaire",
        traduction: None,
        titre: "Commentaires / précisions sur le patient",
    };
    en_mots(r, forme, r.contenu.fiche.commentaire_patient.as_deref())
}

/// Performance status, geriatric screening, weight and height.
pub(super) fn evaluation(r: &Redaction<'_>) -> Option<Element> {
    let (evaluation, g8) = (&r.contenu.fiche.evaluation, &r.contenu.fiche.g8);
    let oms = evaluation.oms.as_ref().and_then(|oms| Some((oms.code.as_ref()?, oms.date.as_deref())));
    let suivi = [StatutG8::NonFait, StatutG8::Incomplet, StatutG8::Fait].contains(&g8.statut);
    if oms.is_none() && !suivi && evaluation.poids_kg.is_none() && evaluation.taille_cm.is_none() {
        return None;
    }
    let mut s = r.section(Forme {
        cle: "evaluation",
        modeles: &["1.3.6.1.4.1.19376.1.5.3.1.1.12.2.5", "1.2.250.1.213.1.1.2.115"],
        code: "46006-3",
        libelle: "Problèmes physiques fonctionnels et structurels",
        traduction: None,
        titre: "Évaluations fonctionnelles",
    });
    if let Some((code, date)) = oms {
        let reference = s.ligne("Indice de performance ECOG OMS", &code.libelle);
        let date = date.and_then(date_partielle);
        let constat = s.constat_de(
            &EVALUATION,
            Concept::new("89262-0", LOINC, "Indice de performance ECOG OMS"),
            Quand::Le(date.as_deref()),
            Valeur::codee(Some(code)),
            &reference,
        );
        s.entree(constat.attribut("negationInd", "false"));
    }
    depistage_geriatrique(r, &mut s);
    s.ligne_si("Poids", evaluation.poids_kg.map(|kg| format!("{} kg", nombre(kg))).as_deref());
    s.ligne_si("Taille", evaluation.taille_cm.map(|cm| format!("{} cm", nombre(cm))).as_deref());
    Some(s.finir())
}

/// A number as it is written in French.
fn nombre(valeur: f64) -> String {
    valeur.to_string().replace('.', ",")
}

fn depistage_geriatrique(r: &Redaction<'_>, s: &mut Section) {
    let g8 = &r.contenu.fiche.g8;
    let titre = "Évaluation gériatrique : questionnaire G8";
    match (g8.statut, g8.demi_points) {
        (StatutG8::Fait, Some(demis)) => {
            let reference = s.ligne(titre, &format!("{} sur 17", nombre(f64::from(demis) / 2.0)));
            let date = g8.date.map(jour);
            let code = Concept::new("84121-3", LOINC, "Evaluation et dépistage gériatriques");
            let constat = s.constat_de(&EVALUATION, code, Quand::Le(date.as_deref()), Valeur::Demis(demis), &reference);
            s.entree(constat.attribut("negationInd", "false"));
        }
        (StatutG8::Incomplet, _) => drop(s.ligne(titre, "Incomplet")),
        (StatutG8::NonFait | StatutG8::Fait, _) => drop(s.ligne(titre, "Non fait")),
        (StatutG8::NonConcerne, _) => {}
    }
}

/// Past pregnancies and the wish to have children.
pub(super) fn grossesses(r: &Redaction<'_>) -> Option<Element> {
    let g = r.contenu.fiche.grossesses.as_ref()?;
    let projet = net(g.projet_parental.as_deref());
    if g.gestite.is_none() && g.parite.is_none() && projet.is_none() {
        return None;
    }
    let mut s = r.section(Forme {
        cle: "grossesse",
        modeles: &["1.3.6.1.4.1.19376.1.5.3.1.1.5.3.4", "1.2.250.1.213.1.1.2.77"],
        code: "10162-6",
        libelle: "Historique des grossesses",
        traduction: None,
        titre: "Historique des grossesses",
    });
    let gestite = Concept::new("11996-6", LOINC, "Gestité (nombre total de grossesses y compris actuelle)");
    let parite = Concept::new("11977-6", LOINC, "Parité (nombre total d'accouchements y compris actuel)");
    for (titre, code, valeur) in [("Nombre de grossesses", gestite, g.gestite), ("Nombre d'accouchements", parite, g.parite)] {
        let Some(valeur) = valeur else { continue };
        let reference = s.ligne(titre, &valeur.to_string());
        let constat = s.constat_de(&GROSSESSE, code, Quand::SansObjet, Valeur::Entier(valeur), &reference);
        s.entree(constat);
    }
    if let Some(projet) = projet {
        let reference = s.ligne("Projet parental", projet);
        let code = Concept::new("ORG-173", CISIS, "Projet de grossesse");
        let constat = s.constat_de(&GROSSESSE, code, Quand::SansObjet, Valeur::Texte(projet), &reference);
        s.entree(constat);
    }
    Some(s.finir())
}

/// What the patient wishes.
pub(super) fn souhaits(r: &Redaction<'_>) -> Option<Element> {
    let texte = net(r.contenu.fiche.souhaits_patient.as_deref())?;
    let mut s = r.section(Forme {
        cle: "souhaits",
        modeles: &["1.2.250.1.213.1.1.2.252"],
        code: "75320-2",
        libelle: "Souhaits du patient",
        traduction: None,
        titre: "Souhaits du patient pour sa qualité de vie",
    });
    let reference = s.ligne("Souhaits du patient", texte);
    s.entree(commentaire(&reference));
    Some(s.finir())
}

/// A report that the fiche sums up: its conclusion, who made it and when.
struct Rapport<'f> {
    forme: Forme,
    /// Rank, where there may be several.
    rang: Option<usize>,
    code: Concept<'static>,
    titre: Option<&'f str>,
    dates: &'f [(&'static str, Option<&'f str>)],
    acteur: (&'static str, Option<&'f str>),
    conclusion: Option<&'f str>,
}

/// The section of a report, if it says anything. It was copied into the fiche by the doctor who asked, who is
/// its author; the one who operated or examined is the performer, by name only.
fn rapport(r: &Redaction<'_>, rapport: &Rapport<'_>) -> Option<Element> {
    let acteur = net(rapport.acteur.1);
    let conclusion = net(rapport.conclusion);
    let date = rapport.dates.iter().find_map(|(_, date)| net(*date));
    if conclusion.is_none() && acteur.is_none() && date.is_none() {
        return None;
    }
    let section = r.section(rapport.forme);
    let mut s = match rapport.rang {
        Some(rang) => section.numerotee(rang),
        None => section,
    };
    s.ligne_si("Titre", rapport.titre);
    for (titre, date) in rapport.dates {
        if date.is_some() {
            s.ligne(titre, &date_en_mots(*date));
        }
    }
    s.ligne_si(rapport.acteur.0, acteur);
    let reference = s.ligne("Conclusion", conclusion.unwrap_or("Non précisée"));
    let date = date.and_then(date_partielle);
    let constat = s.constat(rapport.code, Quand::Le(date.as_deref()), Valeur::Mots, &reference);
    let executant = acteur.map(|nom| Element::new("performer").avec(Personne::nommee(nom).affectee("assignedEntity")));
    s.entree(constat.avec_tous(executant));
    let auteur = Personne::from(&r.contenu.intervenants.demandeur).affectee("assignedAuthor");
    s.ecrite_par(Element::new("author").avec(moment("time", r.contenu.document.etabli_le)).avec(auteur));
    Some(s.finir())
}

/// Conclusion of the operation report.
pub(super) fn compte_rendu_operatoire(r: &Redaction<'_>) -> Option<Element> {
    let lu = r.contenu.fiche.compte_rendu_operatoire.as_ref()?;
    let forme = Forme {
        cle: "cro",
        modeles: &["1.2.250.1.213.1.1.2.26"],
        code: "10218-6",
        libelle: "Note postopératoire",
        traduction: None,
        titre: "Compte-rendu opératoire (CRO)",
    };
    rapport(
        r,
        &Rapport {
            forme,
            rang: None,
            code: Concept::new("10218-6", LOINC, "Note postopératoire"),
            titre: None,
            dates: &[("Date de l'opération", lu.date.as_deref())],
            acteur: ("Chirurgien", lu.chirurgien.as_deref()),
            conclusion: lu.conclusion.as_deref(),
        },
    )
}

/// Conclusion of the pathology report.
pub(super) fn anatomopathologie(r: &Redaction<'_>) -> Option<Element> {
    let lu = r.contenu.fiche.anatomopathologie.as_ref()?;
    let forme = Forme {
        cle: "acp",
        modeles: &["1.2.250.1.213.1.1.2.34"],
        code: "30954-2",
        libelle: "Résultats d'examens",
        traduction: None,
        titre: "Compte-rendu anatomocytopathologique (CR-ACP)",
    };
    rapport(
        r,
        &Rapport {
            forme,
            rang: None,
            code: Concept::new("22637-3", LOINC, "Conclusion - Diagnostic"),
            titre: None,
            dates: &[("Date de l'examen", lu.date_examen.as_deref()), ("Date du prélèvement", lu.date_prelevement.as_deref())],
            acteur: ("Anatomopathologiste", lu.pathologiste.as_deref()),
            conclusion: lu.conclusion.as_deref(),
        },
    )
}

/// Conclusions of the molecular genetics reports.
pub(super) fn genetique(r: &Redaction<'_>) -> Vec<Element> {
    let forme = Forme {
        cle: "gm",
        modeles: &["1.2.250.1.213.1.1.2.67"],
        code: "50397-9",
        libelle: "Génétique moléculaire - Interprétation",
        traduction: None,
        titre: "Compte-rendu de génétique moléculaire (CR-GM)",
    };
    let rapports = r.contenu.fiche.genetique.iter().enumerate().filter_map(|(rang, lu)| {
        rapport(
            r,
            &Rapport {
                forme,
                rang: Some(rang + 1),
                code: Concept::new("22637-3", LOINC, "Conclusion - Diagnostic"),
                titre: lu.titre.as_deref(),
                dates: &[("Date de l'examen", lu.date_examen.as_deref())],
                acteur: ("Biologiste", lu.biologiste.as_deref()),
                conclusion: lu.conclusion.as_deref(),
            },
        )
    });
    rapports.collect()
}

/// « , du 01/04/2026 au 30/06/2026 », as far as it is known.
pub(super) fn periode(debut: Option<&str>, fin: Option<&str>) -> String {
    match (net(debut), net(fin)) {
        (None, None) => String::new(),
        (Some(debut), None) => format!(", à partir du {}", date_en_mots(Some(debut))),
        (None, Some(fin)) => format!(", jusqu’au {}", date_en_mots(Some(fin))),
        (Some(debut), Some(fin)) => format!(", du {} au {}", date_en_mots(Some(debut)), date_en_mots(Some(fin))),
    }
}
