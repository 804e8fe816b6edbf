//! The status of the document, the announcement, and what the programme rests on.

use super::{
    super::{
        section::{Forme, OBSERVATION, Quand, Section, Valeur, commentaire, lien, modeles, pointer},
        types::{CISIS, Concept, LOINC, Personne, SNOMED, jour},
        xml::{Element, Nul},
    },
    Redaction,
};
use crate::{kernel::clock::date_paris, metier::pps::model::Destinataire};
use chrono::NaiveDate;

/// Status of the document, reason of its change, dates of the meeting and of the handing.
pub(super) fn statut_du_document(r: &Redaction<'_>) -> Element {
    let mut s = r.section(Forme {
        cle: "statut-document",
        modeles: &["1.2.250.1.213.1.1.2.35"],
        code: "33557-0",
        libelle: "Etat d'achèvement",
        traduction: None,
        titre: "Statut du document",
    });
    let (remise, annonce) = (&r.contenu.remise, &r.pps.annonce);
    let le = jour(date_paris(r.contenu.document.etabli_le));
    let reference = s.ligne("Statut du document", &format!("Approuvé par {}", remise.professionnel.nom_complet));
    let statut = s.constat_de(
        &[OBSERVATION[0], OBSERVATION[1], "1.2.250.1.213.1.1.3.48.16"],
        Concept::new("GEN-065", CISIS, "Statut du document"),
        Quand::Le(Some(&le)),
        Valeur::Code(Concept::new("9571008", SNOMED, "approuvé")),
        &reference,
    );
    s.entree(statut);
    motif(r, &mut s, &le);
    if let Some(rcp) = annonce.date_rcp {
        let constat = date(&mut s, "Date de la RCP", Concept::new("ORG-189", CISIS, "Date de la RCP"), rcp, "");
        s.entree(constat);
    }
    if let Some(consultation) = annonce.date_annonce {
        s.ligne("Date de la consultation d'annonce", &consultation.format("%d/%m/%Y").to_string());
    }
    let a_qui = match (remise.destinataire, remise.destinataire_nom.as_deref()) {
        (Destinataire::Patient, _) => String::new(),
        (Destinataire::RepresentantLegal, nom) => format!(", à {}, représentant légal", nom.unwrap_or_default()),
        (Destinataire::PersonneDeConfiance, nom) => format!(", à {}, personne de confiance", nom.unwrap_or_default()),
    };
    let suite = format!(" par {}{a_qui}", remise.professionnel.nom_complet);
    let code = Concept::new("GEN-178", CISIS, "Date de remise du document au patient");
    let constat = date(&mut s, "Date de remise du document au patient", code, remise.date, &suite);
    let executant = Personne::from(&remise.professionnel).affectee("assignedEntity");
    s.entree(constat.avec(Element::new("performer").attribut("typeCode", "PRF").avec(executant)));
    s.ligne_si("La maladie, en mots simples", annonce.explication.as_deref());
    s.ligne_si("Le but des soins", annonce.objectif.as_deref());
    s.finir()
}

/// Why the version takes the place of the former one.
fn motif(r: &Redaction<'_>, s: &mut Section, le: &str) {
    let Some(remplace) = &r.contenu.document.remplace else { return };
    let reference = s.ligne("Motif de mise à jour", &remplace.motif.libelle);
    let code = Concept::new("GEN-037", CISIS, "Motif de mise à jour");
    let mut constat = s.constat(code, Quand::Le(Some(le)), Valeur::codee(Some(&remplace.motif)), &reference);
    if let Some(precision) = s.ligne_si("Précision", remplace.precision.as_deref()) {
        constat.ajouter(lien("SUBJ", Some(true), commentaire(&precision)));
    }
    s.entree(constat);
    let remis = remplace.remis_le.format("%d/%m/%Y");
    s.ligne("Version", &format!("Annule et remplace la version {} remise le {remis}", remplace.numero_version));
}

/// An observation whose value is a day.
fn date(s: &mut Section, titre: &str, code: Concept<'_>, le: NaiveDate, suite: &str) -> Element {
    let reference = s.ligne(titre, &format!("{}{suite}", le.format("%d/%m/%Y")));
    let valeur = jour(le);
    let mut constat = s.constat(code, Quand::Le(Some(&valeur)), Valeur::Absente(Nul::Inconnu), &reference);
    constat.remplacer("value", |_| Element::new("value").attribut("xsi:type", "EIVL_TS").attribut("value", valeur.as_str()));
    constat
}

/// Care in a paediatric service.
pub(super) fn pediatrie(r: &Redaction<'_>) -> Option<Element> {
    let pediatrie = r.pps.pediatrie.as_ref()?;
    let mut s = r.section(Forme {
        cle: "pediatrie",
        modeles: &["1.2.250.1.213.1.1.2.128", "1.3.6.1.4.1.19376.1.5.3.1.3.2", "1.3.6.1.4.1.19376.1.5.3.1.3.1"],
        code: "42349-1",
        libelle: "Raison de la recommandation",
        traduction: None,
        titre: "Pédiatrie",
    });
    let code = Concept::new("ORG-116", CISIS, "Pédiatrie");
    let mut constat = s.oui_non("Pédiatrie", code, Quand::SansObjet, Some(pediatrie.suivi_pediatrique));
    if let Some(reference) = s.ligne_si("Commentaire", pediatrie.commentaire.as_deref()) {
        constat.ajouter(lien("SUBJ", Some(true), commentaire(&reference)));
    }
    s.entree(constat);
    let reference = s.ligne("Raison de la recommandation", "Prise en charge en pédiatrie");
    let probleme = Element::new("observation")
        .attribut("classCode", "OBS")
        .attribut("moodCode", "EVN")
        .avec_tous(modeles(&["2.16.840.1.113883.10.20.1.28", "1.3.6.1.4.1.19376.1.5.3.1.4.5", "1.2.250.1.213.1.1.3.37"]))
        .avec(s.id())
        .avec(Concept::new("55607006", SNOMED, "problème").element("code"))
        .avec(Element::new("text").avec(pointer(&reference)))
        .avec(Element::new("statusCode").attribut("code", "completed"))
        .avec(Quand::depuis(None))
        .avec(
            Concept::new("42349-1", LOINC, "Raison de la recommandation")
                .valeur()
                .avec(Element::new("originalText").avec(pointer(&reference))),
        );
    s.entree(probleme);
    Some(s.finir())
}

/// The compte-rendu whose proposal the programme carries, and the version that it takes the place of.
pub(super) fn documents_references(r: &Redaction<'_>) -> Option<Element> {
    let cr =
        r.contenu.compte_rendu.as_ref().map(|cr| {
            (format!("FRCP du {}", cr.date_reunion.format("%d/%m/%Y")), format!("{}, compte-rendu {}", cr.rcp, cr.id), cr.id.uuid())
        });
    let ancien = r.contenu.document.remplace.as_ref().map(|remplace| {
        (format!("PPS du {}", remplace.remis_le.format("%d/%m/%Y")), format!("Version {}", remplace.numero_version), remplace.id.uuid())
    });
    let cites: Vec<_> = cr.into_iter().chain(ancien).collect();
    if cites.is_empty() {
        return None;
    }
    let mut s = r.section(Forme {
        cle: "references",
        modeles: &["1.2.250.1.213.1.1.2.55"],
        code: "55107-7",
        libelle: "Documents référencés",
        traduction: None,
        titre: "Documents référencés",
    });
    let mut references = Vec::new();
    let mut premiere = None;
    for (titre, texte, id) in cites {
        let mots = s.ligne(&titre, &texte);
        let document = Element::new("externalDocument")
            .attribut("classCode", "DOC")
            .attribut("moodCode", "EVN")
            .avec(Element::new("id").attribut("root", r.reglages.oid(id)))
            .avec(Element::new("text").avec(pointer(&mots)));
        references.push(Element::new("reference").attribut("typeCode", "REFR").avec(document));
        premiere.get_or_insert(mots);
    }
    let acte = Element::new("act")
        .attribut("classCode", "ACT")
        .attribut("moodCode", "EVN")
        .avec_tous(modeles(&["1.3.6.1.4.1.19376.1.5.3.1.4.4", "1.2.250.1.213.1.1.3.35"]))
        .avec(s.id())
        .avec(Element::nul("code", Nul::SansObjet))
        .avec(Element::new("text").avec(pointer(&premiere.unwrap_or_default())))
        .avec_tous(references);
    s.entree(acte);
    Some(s.finir())
}
