use super::*;
use sha1::{Digest, Sha1};
use std::{collections::BTreeMap, io::Read};

/// A header of the structuration minimale, with what an archive reads in it; the body does not matter here.
fn cda(numero: &str, patient: &str, remplace: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3"><templateId root="1.2.250.1.213.1.1.1.1"/><templateId root="1.2.250.1.213.1.1.1.8" extension="2025.01"/>
<id root="{numero}"/><code code="34794-8" codeSystem="2.16.840.1.113883.6.1" displayName="CR de réunion de concertation pluridisciplinaire"/>
<title>FRCP Réseau / 3C &amp; associés / Sein</title><effectiveTime value="20260910143000+0200"/>
<confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25" displayName="Normal"/><languageCode code="fr-FR"/>
<recordTarget><patientRole>{patient}<patient><name><family qualifier="CL">USAGE</family><family qualifier="BR">PAT-TROIS</family>
<given>DOMINIQUE MARIE</given><given qualifier="BR">DOMINIQUE</given></name><administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/>
<birthTime value="19790328"/></patient></patientRole></recordTarget>
<author><functionCode code="353" displayName="Membre de l'équipe de soins" codeSystem="1.2.250.1.213.1.6.1.107"/><assignedAuthor>
<id root="1.2.250.1.71.4.2.1" extension="810001045367"/><code code="G15_10/SM36" codeSystem="1.2.250.1.213.1.1.4.5" displayName="Médecin - Oncologie, opt médicale (SM)"/>
<assignedPerson><name><given>Anne</given><family>DELTA</family></name></assignedPerson><representedOrganization>
<id root="1.2.250.1.71.4.2.2" extension="1010780054"/><name>CH des Deux^Rives</name></representedOrganization></assignedAuthor></author>
<custodian><assignedCustodian><representedCustodianOrganization><name>CH des Deux Rives</name></representedCustodianOrganization></assignedCustodian></custodian>
<legalAuthenticator><assignedEntity><assignedPerson><name><given>Paul</given><family>ALPHA</family></name></assignedPerson></assignedEntity></legalAuthenticator>
<documentationOf><serviceEvent><code code="39" codeSystem="1.2.250.1.213.3.3.13" displayName="Réunion de Concertation Pluridisciplinaire (RCP)"/>
<effectiveTime><low value="20260910140000+0200"/></effectiveTime><performer typeCode="PRF"><assignedEntity><representedOrganization>
<standardIndustryClassCode code="ETABLISSEMENT" displayName="Etablissement de santé" codeSystem="1.2.250.1.213.1.1.4.9"/></representedOrganization></assignedEntity></performer></serviceEvent></documentationOf>
<documentationOf><serviceEvent><code code="C50.2" codeSystem="2.16.840.1.113883.6.3" displayName="Tumeur maligne du quadrant supéro-interne du sein"/></serviceEvent></documentationOf>
<documentationOf><serviceEvent><code nullFlavor="NA"/></serviceEvent></documentationOf>
{remplace}<componentOf><encompassingEncounter><location><healthCareFacility><code code="SA01" codeSystem="1.2.250.1.71.4.2.4" displayName="Etablissement public de santé"/>
</healthCareFacility></location></encompassingEncounter></componentOf></ClinicalDocument>
"#
    )
}

const QUALIFIE: &str = r#"<id root="1.2.250.1.213.1.4.8" extension="279035121518989"/><id root="1.2.250.1.999.1.1" extension="IPP0001"/>"#;
const PROVISOIRE: &str = r#"<id root="1.2.250.1.999.1.1" extension="IPP0001"/>"#;
const ANCIEN: &str = "2.25.98096366543863494470580274282832735998";
const NOUVEAU: &str = "2.25.65845316054269460061398138344292258364";

fn corrige() -> String {
    let remplace = format!(r#"<relatedDocument typeCode="RPLC"><parentDocument><id root="{ANCIEN}"/></parentDocument></relatedDocument>"#);
    cda(NOUVEAU, QUALIFIE, &remplace)
}

/// The files of an archive, in their order.
fn fichiers(archive: &[u8]) -> Vec<(String, String)> {
    let mut lue = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    (0..lue.len())
        .map(|rang| {
            let mut fichier = lue.by_index(rang).unwrap();
            let mut texte = String::new();
            fichier.read_to_string(&mut texte).unwrap();
            (fichier.name().unwrap().into_owned(), texte)
        })
        .collect()
}

fn metadonnees(cda: &str) -> String {
    let archive = archiver(cda.as_bytes(), &config::Xdm::default()).unwrap();
    fichiers(&archive).into_iter().find(|(nom, _)| nom.ends_with("METADATA.XML")).unwrap().1
}

fn slots<'d>(objet: roxmltree::Node<'d, '_>) -> BTreeMap<&'d str, Vec<&'d str>> {
    let enfants = objet.children().filter(|n| n.has_tag_name(("urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0", "Slot")));
    let valeurs =
        |n: roxmltree::Node<'d, '_>| n.descendants().filter(|v| v.tag_name().name() == "Value").filter_map(|v| v.text()).collect();
    enfants.map(|n| (n.attribute("name").unwrap(), valeurs(n))).collect()
}

#[test]
fn les_metadonnees_sont_celles_qui_ont_ete_relues() {
    let attendues = include_str!("attendu.metadata.xml");
    let obtenues = metadonnees(&corrige());
    assert!(obtenues == attendues, "METADATA.XML a changé :\n{obtenues}");
}

#[test]
fn l_archive_porte_le_document_sous_des_noms_iso_9660() {
    let cda = corrige();
    let archive = archiver(cda.as_bytes(), &config::Xdm::default()).unwrap();
    assert_eq!(archive, archiver(cda.as_bytes(), &config::Xdm::default()).unwrap());
    let fichiers = fichiers(&archive);
    let noms: Vec<&str> = fichiers.iter().map(|(nom, _)| nom.as_str()).collect();
    assert_eq!(noms, ["README.TXT", "INDEX.HTM", "IHE_XDM/SUBSET01/METADATA.XML", "IHE_XDM/SUBSET01/DOC0001.XML"]);
    for partie in noms.iter().flat_map(|nom| nom.split('/')) {
        let (base, extension) = partie.split_once('.').unwrap_or((partie, ""));
        assert!(base.len() <= 8 && extension.len() <= 3, "{partie}");
        assert!(partie.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || "._".contains(c)), "{partie}");
    }
    assert_eq!(fichiers[3].1, cda);
    assert!(fichiers[0].1.starts_with("Emetteur : CH des Deux Rives\r\nContact : non renseigné\r\n"), "{}", fichiers[0].1);
    for cible in fichiers[1].1.split("href=\"").skip(1).map(|suite| suite.split('"').next().unwrap()) {
        assert!(noms.contains(&cible), "{cible}");
    }
}

#[test]
fn l_empreinte_la_taille_et_les_numeros_sont_ceux_du_document() {
    let cda = corrige();
    let texte = metadonnees(&cda);
    let lues = roxmltree::Document::parse(&texte).unwrap();
    let objet = lues.descendants().find(|n| n.tag_name().name() == "ExtrinsicObject").unwrap();
    let slots = slots(objet);
    assert_eq!(slots["hash"], [crate::kernel::texte::hexadecimal(&Sha1::digest(cda.as_bytes()))]);
    assert_eq!(slots["size"], [cda.len().to_string()]);
    assert_eq!(slots["URI"], ["DOC0001.XML"]);
    assert_eq!((slots["creationTime"][0], slots["serviceStartTime"][0]), ("20260910123000", "20260910120000"));
    let numeros: BTreeMap<&str, &str> = lues
        .descendants()
        .filter(|n| n.tag_name().name() == "ExternalIdentifier")
        .map(|n| {
            (n.descendants().find_map(|v| v.attribute("value").filter(|v| v.starts_with("XDS"))).unwrap(), n.attribute("value").unwrap())
        })
        .collect();
    assert_eq!(numeros["XDSDocumentEntry.uniqueId"], NOUVEAU);
    assert_eq!(numeros["XDSDocumentEntry.patientId"], "279035121518989^^^&1.2.250.1.213.1.4.8&ISO^NH");
    assert_eq!(numeros["XDSSubmissionSet.patientId"], numeros["XDSDocumentEntry.patientId"]);
    let mut ids: Vec<&str> = lues.descendants().filter_map(|n| n.attribute("id")).collect();
    let combien = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), combien);
    for cible in lues.descendants().filter_map(|n| n.attribute("classifiedObject").or_else(|| n.attribute("registryObject"))) {
        assert!(ids.contains(&cible), "{cible}");
    }
}

/// The entry that a correction replaces is the one that the archive of the former version declared.
#[test]
fn une_correction_remplace_la_fiche_de_l_ancien_document() {
    let (avant, apres) = (metadonnees(&cda(ANCIEN, QUALIFIE, "")), metadonnees(&corrige()));
    assert!(!avant.contains("AssociationType:RPLC"));
    let ancienne = avant.split("<ExtrinsicObject id=\"").nth(1).unwrap().split('"').next().unwrap();
    let lien = apres.split("AssociationType:RPLC").nth(1).unwrap().split("/>").next().unwrap();
    assert!(lien.contains(&format!("targetObject=\"{ancienne}\"")), "{lien}");
    assert!(!apres.contains(&format!("ExtrinsicObject id=\"{ancienne}\"")));
}

#[test]
fn sans_identite_qualifiee_le_patient_a_son_numero_local() {
    let texte = metadonnees(&cda(ANCIEN, PROVISOIRE, ""));
    assert!(texte.contains("value=\"IPP0001^^^&amp;1.2.250.1.999.1.1&amp;ISO^PI\""), "{texte}");
    assert!(!texte.contains("^NH"));
}

#[test]
fn un_document_qui_ne_se_dit_pas_est_refuse_sans_repeter_ce_qu_il_contient() {
    let reglages = config::Xdm::default();
    for (document, attendu) in [
        (cda(ANCIEN, "", ""), "patient sans numéro"),
        (cda(ANCIEN, QUALIFIE, "").replace("1.2.250.1.213.1.1.1.8", "1.2.250.1.213.1.1.1.99"), "modèle de document sans classe ni format"),
        (cda(ANCIEN, QUALIFIE, "").replace("healthCareFacility", "autre"), "ClinicalDocument sans componentOf/"),
    ] {
        let refus = archiver(document.as_bytes(), &reglages).unwrap_err().to_string();
        assert!(refus.contains(attendu) && !refus.contains("PAT-TROIS"), "{refus}");
    }
    assert!(archiver(b"<ClinicalDocument", &reglages).is_err());
}
