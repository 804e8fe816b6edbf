//! Why the case is presented, what it is, and what the meeting did of it.

use super::super::{
    section::{Forme, Quand, Section, Valeur, commentaire, lien, modeles, oui_non, pointer},
    types::{CISIS, Concept, LOINC, SNOMED},
    xml::{Element, Nul},
};
use super::Redaction;
use crate::{
    kernel::clock::date_paris,
    metier::compte_rendu::model::{Code, EtatQuorum, NatureDocument, StatutCas, fiche::Motif, participants::Participant},
};
use uuid::Uuid;

/// Nature of a discussion by organ (JDV nature-discussion).
const APPAREIL: &str = "ORG-117";
/// FR-Probleme.
const PROBLEME: [&str; 3] = ["2.16.840.1.113883.10.20.1.28", "1.3.6.1.4.1.19376.1.5.3.1.4.5", "1.2.250.1.213.1.1.3.37"];

const fn cisis(code: &'static str, libelle: &'static str) -> Concept<'static> {
    Concept::new(code, CISIS, libelle)
}

fn libelle(code: Option<&Code>) -> &str {
    code.map_or("Non précisé", |code| code.libelle.as_str())
}

/// Kind of RCP, and why the case goes to it.
pub(super) fn motif(r: &Redaction<'_>) -> Element {
    let mut s = r.section(Forme {
        cle: "motif",
        modeles: &["1.3.6.1.4.1.19376.1.5.3.1.3.1", "1.3.6.1.4.1.19376.1.5.3.1.3.2", "1.2.250.1.213.1.1.2.128"],
        code: "42349-1",
        libelle: "Raison de la recommandation",
        traduction: None,
        titre: "Type de RCP / Motif de la RCP",
    });
    let m = &r.contenu.fiche.motif;
    let reference = s.ligne("Nature de la discussion", libelle(m.nature.as_ref()));
    let nature = s.constat(cisis("GEN-098", "Nature de la discussion"), Quand::SansObjet, Valeur::codee(m.nature.as_ref()), &reference);
    let type_rcp = type_de_rcp(&mut s, m);
    let (motif, reference) = motif_de_la_rcp(r, &mut s, m);
    s.entree(nature.avec_tous(type_rcp).avec(lien("SUBJ", None, motif)));
    let probleme = probleme(r, &mut s, &reference);
    s.entree(probleme);
    s.finir()
}

/// System and organs of a discussion by organ, treatment of a transversal one; nothing when the fiche does not
/// say which it is.
fn type_de_rcp(s: &mut Section, m: &Motif) -> Option<Element> {
    let nature = m.nature.as_ref()?;
    let genre = if nature.code == APPAREIL {
        let reference = s.ligne("Appareil", libelle(m.appareil.as_ref()));
        let mut appareil =
            s.constat(cisis("ORG-118", "Appareil concerné"), Quand::SansObjet, Valeur::codee(m.appareil.as_ref()), &reference);
        for organe in &m.organes {
            let reference = s.ligne("Organe", &organe.libelle);
            let constat = s.constat(cisis("ORG-119", "Organe"), Quand::SansObjet, Valeur::codee(Some(organe)), &reference);
            appareil.ajouter(lien("REFR", None, constat));
        }
        appareil
    } else {
        let reference = s.ligne("Traitement / Soins", libelle(m.traitement_soins.as_ref()));
        let valeur = Valeur::codee(m.traitement_soins.as_ref());
        s.constat(cisis("ORG-138", "Traitement / Soins"), Quand::SansObjet, valeur, &reference)
    };
    let recours = s.oui_non("RCP de recours", cisis("ORG-184", "RCP de recours"), Quand::SansObjet, Some(m.recours));
    let pediatrique = s.oui_non("RCP pédiatrique", cisis("ORG-185", "RCP pédiatrique"), Quand::SansObjet, Some(m.pediatrique));
    let note = s.ligne_si("Commentaire", m.commentaire.as_deref()).map(|reference| lien("SUBJ", None, commentaire(&reference)));
    let genre = genre.avec(lien("REFR", None, recours)).avec(lien("REFR", None, pediatrique)).avec_tous(note);
    Some(lien("SUBJ", None, genre))
}

fn motif_de_la_rcp(r: &Redaction<'_>, s: &mut Section, m: &Motif) -> (Element, String) {
    let demandes = [
        (m.avis_diagnostique, "avis diagnostique"),
        (m.proposition_traitement, "proposition de traitement"),
        (m.avis_recours, "avis de recours"),
        (m.avis_pediatrique, "avis pédiatrique"),
    ];
    let demandes: Vec<&str> = demandes.into_iter().filter_map(|(demande, texte)| demande.then_some(texte)).collect();
    let texte = if demandes.is_empty() { "Non précisé".to_owned() } else { demandes.join(", ") };
    let reference = s.ligne("Motif", &texte);
    let motif = s.constat(cisis("ORG-186", "Motif de la RCP"), Quand::SansObjet, Valeur::Absente(Nul::SansObjet), &reference);
    let oui_non = [
        ("Avis diagnostique", cisis("MED-235", "Avis diagnostique"), m.avis_diagnostique),
        (
            "Proposition de traitement",
            cisis("ORG-114", "Proposition de traitement (dont ajustement et surveillance)"),
            m.proposition_traitement,
        ),
        ("Recours", cisis("ORG-115", "Recours"), m.avis_recours),
        ("Pédiatrie", cisis("ORG-116", "Pédiatrie"), m.avis_pediatrique),
    ];
    let demandes = oui_non.map(|(titre, code, valeur)| lien("REFR", None, s.oui_non(titre, code, Quand::SansObjet, Some(valeur))));
    let statut = lien("REFR", None, statut_du_cas(r, s));
    (motif.avec_tous(demandes).avec(statut), reference)
}

fn statut_du_cas(r: &Redaction<'_>, s: &mut Section) -> Element {
    let cas = &r.contenu.cas;
    let (texte, valeur) = match cas.statut {
        StatutCas::Discute => ("Cas discuté", Valeur::Code(cisis("ORG-134", "Cas discuté"))),
        StatutCas::Enregistre => ("Cas enregistré", Valeur::Code(cisis("ORG-128", "Cas enregistré"))),
        StatutCas::Reporte => ("Cas reporté : aucun avis n’a été rendu", Valeur::HorsListe),
    };
    let reference = s.ligne("Statut du cas présenté", texte);
    s.ligne_si("Motif du report", cas.motif_report.as_deref());
    s.ligne_si("Précision sur le report", cas.precision_report.as_deref());
    s.constat(cisis("ORG-127", "Statut du cas présenté"), Quand::SansObjet, valeur, &reference)
}

fn probleme(r: &Redaction<'_>, s: &mut Section, reference: &str) -> Element {
    let mots = Element::new("originalText").avec(pointer(reference));
    let valeur = Element::new("value").attribut("xsi:type", "CD").attribut("nullFlavor", Nul::SansObjet.as_str()).avec(mots);
    Element::new("observation")
        .attribut("classCode", "OBS")
        .attribut("moodCode", "EVN")
        .attribut("negationInd", "false")
        .avec_tous(modeles(&PROBLEME))
        .avec(s.id())
        .avec(Concept::new("55607006", SNOMED, "problème").element("code"))
        .avec(Element::new("text").avec(pointer(reference)))
        .avec(Element::new("statusCode").attribut("code", "completed"))
        .avec(Quand::depuis(Some(&r.jour_de_la_reunion())))
        .avec(valeur)
}

/// How the cancer was found.
pub(in super::super) fn decouverte(document: Uuid, depistage: Option<bool>) -> Element {
    let mut s = Section::new(
        document,
        Forme {
            cle: "decouverte",
            modeles: &["1.3.6.1.4.1.19376.1.5.3.1.1.21.2.9", "1.3.6.1.4.1.19376.1.7.3.1.1.13.7", "1.2.250.1.213.1.1.2.163"],
            code: "42545-4",
            libelle: "Evènements observés",
            traduction: None,
            titre: "Mode de découverte du cancer",
        },
    );
    let constat = s.oui_non("Patient issu du dépistage", Concept::new("63921-1", LOINC, "Dépistage du cancer"), Quand::Le(None), depistage);
    s.entree(constat);
    s.finir()
}

/// The case, the question, what else must be known, and what the blocks of the region add.
pub(super) fn synthese(r: &Redaction<'_>) -> Element {
    let mut s = r.section(Forme {
        cle: "synthese",
        modeles: &["1.3.6.1.4.1.19376.1.5.3.1.3.4", "1.2.250.1.213.1.1.2.130"],
        code: "10164-2",
        libelle: "Histoire de la maladie",
        traduction: None,
        titre: "Synthèse du cas présenté et question posée à la RCP - Autres données indispensables à l'avis de la RCP",
    });
    let fiche = &r.contenu.fiche;
    s.ligne("Synthèse du cas", fiche.synthese.cas.as_deref().unwrap_or("Non précisée"));
    s.ligne_si("Question posée", fiche.synthese.question.as_deref());
    s.ligne_si("Autres données", fiche.synthese.autres_donnees.as_deref());
    if fiche.urgence_chirurgicale {
        s.ligne("Urgence chirurgicale", "Cas présenté après un acte réalisé en urgence");
    }
    for bloc in &fiche.blocs {
        for reponse in &bloc.reponses {
            s.ligne(&format!("{} – {}", bloc.titre, reponse.titre), &reponse.valeur);
        }
    }
    s.finir()
}

/// Whether the dossier was complete, and the quorum.
pub(super) fn statut_du_dossier(r: &Redaction<'_>) -> Element {
    let mut s = r.section(Forme {
        cle: "statut-dossier",
        modeles: &["1.2.250.1.213.1.1.2.33"],
        code: "21874-3",
        libelle: "Statut du dossier présenté en RCP",
        traduction: None,
        titre: "Statut du dossier présenté et quorum",
    });
    let statut = &r.contenu.fiche.statut_dossier;
    let complet = s.oui_non("Dossier complet", cisis("GEN-100", "Dossier complet"), Quand::SansObjet, statut.complet);
    s.ligne_si("Commentaire sur le dossier", statut.commentaire.as_deref());
    let quorum = quorum(r, &mut s);
    let groupe = Element::new("organizer")
        .attribut("classCode", "CLUSTER")
        .attribut("moodCode", "EVN")
        .avec_tous(modeles(&["1.2.250.1.213.1.1.3.7"]))
        .avec(cisis("GEN-099", "Information RCP").element("code"))
        .avec(Element::new("statusCode").attribut("code", "completed"))
        .avec(Element::new("component").avec(complet))
        .avec(Element::new("component").avec(quorum));
    s.entree(groupe);
    avis_ecrits(&mut s, r.contenu.participants.quorum.iter().chain(&r.contenu.participants.autres));
    s.finir()
}

/// The quorum of a case that was discussed; that of the others is not counted.
fn quorum(r: &Redaction<'_>, s: &mut Section) -> Element {
    let (texte, valeur) = match r.contenu.cas.nature {
        NatureDocument::AvisDeRcp => ("Quorum atteint", Valeur::Code(cisis("ORG-126", "Quorum atteint"))),
        NatureDocument::SansQuorum => {
            ("Quorum non atteint : ce document n’est pas un avis de RCP", Valeur::Code(cisis("ORG-133", "Quorum non atteint")))
        }
        NatureDocument::QuorumIndetermine => {
            ("Quorum indéterminé : ce document n’est pas un avis de RCP", Valeur::Code(cisis("GEN-010", "Ne sait pas")))
        }
        NatureDocument::Enregistrement => ("Sans objet : cas enregistré sans discussion", Valeur::Absente(Nul::SansObjet)),
        NatureDocument::Report => ("Sans objet : cas reporté", Valeur::Absente(Nul::SansObjet)),
    };
    let reference = s.ligne("Quorum", texte);
    if let Some(quorum) = &r.contenu.quorum {
        s.ligne("Quorum HAS (trois médecins de spécialités différentes)", etat(quorum.has));
        s.ligne("Composition de la RCP", etat(quorum.composition));
        if !quorum.manquantes.is_empty() {
            s.ligne("Compétences requises non représentées", &quorum.manquantes.join(", "));
        }
    }
    s.constat(cisis("ORG-125", "Quorum RCP"), Quand::SansObjet, valeur, &reference)
}

const fn etat(quorum: EtatQuorum) -> &'static str {
    match quorum {
        EtatQuorum::Atteint => oui_non(Some(true)),
        EtatQuorum::NonAtteint => oui_non(Some(false)),
        EtatQuorum::Indetermine => "Indéterminé",
    }
}

fn avis_ecrits<'p>(s: &mut Section, participants: impl Iterator<Item = &'p Participant>) {
    for participant in participants {
        let Some(avis) = &participant.avis else { continue };
        let recu = participant.avis_recu_le.map(|le| format!(" ({})", date_paris(le).format("%d/%m/%Y"))).unwrap_or_default();
        s.ligne(&format!("Avis écrit de {}{recu}", participant.professionnel.nom_complet), avis);
    }
}
