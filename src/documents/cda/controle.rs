//! What a document must hold before it is kept: the rules of the CI-SIS schematrons that this program could
//! break, and those that the schematrons leave to the volet's prose. No schematron runs here: the whole of
//! them is run on the golden documents of the tests (`outils/valider-cda.sh`).
//!
//! A defect says a rule and a place, never what the document says of somebody.

use super::{
    types::{CIM_10, CIM_O_3, PERSONNES, STRUCTURES},
    xml::Element,
};
use std::collections::BTreeSet;

/// A rule that is not held, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defaut {
    /// Which rule, in words.
    pub regle: &'static str,
    /// Which part of the document: the name of a model, a code, an element.
    pub endroit: String,
}

impl std::fmt::Display for Defaut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.regle, self.endroit)
    }
}

/// What a volet asks for.
#[derive(Debug, Clone, Copy)]
pub struct Volet {
    /// `templateId` of the sections that must be there exactly once, with a name for whoever reads.
    pub sections: &'static [(&'static str, &'static str)],
    /// Code of an observation, and the codes its value may have.
    pub jeux: &'static [(&'static str, &'static [&'static str])],
    /// Code of an observation, and the system its value must come from.
    pub systemes: &'static [(&'static str, &'static str)],
    /// Identifiers that the stay or the meeting must have at least.
    pub identifiants: usize,
    /// True when each act that it tells of must have a code.
    pub actes_codes: bool,
    /// True when it must tell the patient of the use of the data.
    pub information: bool,
}

/// CANCER-FRCP 2025.01.
pub const FRCP: Volet = Volet {
    sections: &[
        ("1.3.6.1.4.1.19376.1.5.3.1.3.2", "FR-Raison-de-la-recommandation"),
        ("1.3.6.1.4.1.19376.1.5.3.1.1.21.2.9", "FR-Resultats-evenements"),
        ("1.3.6.1.4.1.19376.1.7.3.1.3.14.1", "FR-Diagnostic-du-cancer"),
        ("1.2.250.1.213.1.1.2.25", "FR-Note-de-progression"),
        ("1.3.6.1.4.1.19376.1.5.3.1.3.4", "FR-Histoire-de-la-maladie"),
        ("1.3.6.1.4.1.19376.1.5.3.1.3.36", "FR-Plan-de-soins"),
        ("1.2.250.1.213.1.1.2.175", "FR-Cadre-de-la-proposition-therapeutique"),
        ("1.2.250.1.213.1.1.2.33", "FR-Statut-dossier-RCP"),
        ("1.2.250.1.213.1.1.2.35", "FR-Statut-du-document"),
        ("1.2.250.1.213.1.1.2.243", "FR-Document-PDF-copie"),
    ],
    jeux: &[
        ("GEN-098", &["ORG-117", "ORG-132"]),
        ("ORG-127", &["ORG-128", "ORG-134"]),
        ("ORG-125", &["ORG-126", "ORG-133", "GEN-010"]),
        ("MED-243", &["MED-268", "MED-244"]),
        ("89262-0", &["LA9622-7", "LA9623-5", "LA9624-3", "LA9625-0", "LA9626-8", "LA9627-6"]),
        ("GEN-065", &["385651009", "398166005", "9571008", "29179001"]),
    ],
    systemes: &[("282291009", CIM_O_3)],
    identifiants: 3,
    actes_codes: true,
    information: true,
};

/// Root of the matricules INS, whichever their authority.
const INS: &str = "1.2.250.1.213.1.4.";

/// Every rule of the header and of the body that a document does not hold.
#[must_use]
pub fn controler(document: &Element, volet: &Volet) -> Vec<Defaut> {
    let mut c = Controle { defauts: Vec::new() };
    c.entete(document, volet);
    c.patient(document);
    c.participants(document);
    c.sections(document, volet);
    c.renvois(document);
    document.parcourir(&mut |element| c.element(element, volet));
    c.defauts
}

struct Controle {
    defauts: Vec<Defaut>,
}

impl Controle {
    fn exiger(&mut self, tenu: bool, regle: &'static str, endroit: &str) {
        if !tenu {
            self.defauts.push(Defaut { regle, endroit: endroit.to_owned() });
        }
    }

    fn entete(&mut self, document: &Element, volet: &Volet) {
        for nom in [
            "id",
            "code",
            "title",
            "effectiveTime",
            "languageCode",
            "setId",
            "versionNumber",
            "recordTarget",
            "custodian",
            "legalAuthenticator",
        ] {
            self.exiger(document.nommes(nom).count() == 1, "un élément de l'en-tête, et un seul", nom);
        }
        self.exiger(document.nommes("author").next().is_some(), "un auteur au moins", "author");
        let id = document.a(&["id"]).and_then(|id| id.lire("root"));
        self.exiger(id.is_some_and(est_un_oid), "un identifiant de document est un OID sans extension", "id");
        let version = document.a(&["versionNumber"]).and_then(|v| v.lire("value")).and_then(|v| v.parse::<i64>().ok());
        let remplace = document.nommes("relatedDocument").any(|lien| lien.lire("typeCode") == Some("RPLC"));
        self.exiger(
            version.is_some_and(|rang| rang >= 1 && (rang > 1) == remplace),
            "une version suivante dit celle qu'elle remplace",
            "versionNumber",
        );
        self.exiger(
            !volet.actes_codes || document.nommes("documentationOf").all(|acte| acte.a(&["serviceEvent", "code"]).is_some()),
            "un acte documenté a un code",
            "documentationOf",
        );
        let rencontre = document.a(&["componentOf", "encompassingEncounter"]);
        let ids = rencontre.map_or(0, |rencontre| rencontre.nommes("id").count());
        self.exiger(ids >= volet.identifiants, "la prise en charge a tous ses identifiants", "encompassingEncounter");
        let lieu = rencontre.and_then(|r| r.a(&["location", "healthCareFacility", "location"]));
        self.exiger(
            lieu.is_some_and(|lieu| lieu.a(&["name"]).is_some() && lieu.a(&["addr"]).is_some()),
            "le lieu de la prise en charge a un nom et une adresse",
            "healthCareFacility",
        );
    }

    /// A matricule INS never goes without the traits that it identifies.
    fn patient(&mut self, document: &Element) {
        let Some(role) = document.a(&["recordTarget", "patientRole"]) else { return };
        let connus: Vec<&Element> = role.nommes("id").filter(|id| id.lire("extension").is_some()).collect();
        self.exiger(!connus.is_empty(), "un patient a un identifiant", "patientRole");
        if !connus.iter().any(|id| id.lire("root").is_some_and(|root| root.starts_with(INS))) {
            return;
        }
        let patient = role.a(&["patient"]);
        let trait_present = |chemin: &[&str], qualificatif: Option<&str>| {
            let Some((dernier, debut)) = chemin.split_last() else { return false };
            let parent = patient.and_then(|patient| patient.a(debut));
            parent.is_some_and(|parent| {
                parent.nommes(dernier).any(|e| e.lire("qualifier") == qualificatif && !e.propre_texte().trim().is_empty())
            })
        };
        self.exiger(trait_present(&["name", "family"], Some("BR")), "une identité qualifiée a un nom de naissance", "family");
        self.exiger(trait_present(&["name", "given"], None), "une identité qualifiée a ses prénoms de naissance", "given");
        self.exiger(trait_present(&["name", "given"], Some("BR")), "une identité qualifiée a un premier prénom", "given");
        self.exiger(
            trait_present(&["birthplace", "place", "addr", "county"], None),
            "une identité qualifiée a un lieu de naissance",
            "birthplace",
        );
        self.exiger(patient.and_then(|p| p.a(&["birthTime"])).is_some(), "une identité qualifiée a une date de naissance", "birthTime");
    }

    fn participants(&mut self, document: &Element) {
        let traitant = document
            .nommes("participant")
            .any(|p| p.lire("typeCode") == Some("INF") && p.a(&["functionCode"]).and_then(|f| f.lire("code")) == Some("PCP"));
        self.exiger(traitant, "le médecin traitant est nommé, ou dit inconnu", "participant");
    }

    fn sections(&mut self, document: &Element, volet: &Volet) {
        let mut presentes: Vec<&str> = Vec::new();
        let mut information = false;
        document.parcourir(&mut |element| {
            if element.nom() == "section" {
                presentes.extend(element.nommes("templateId").filter_map(|modele| modele.lire("root")));
                information |= element.a(&["code", "translation"]).and_then(|t| t.lire("code")) == Some("GEN-294");
            }
        });
        for (modele, nom) in volet.sections {
            self.exiger(presentes.iter().filter(|root| *root == modele).count() == 1, "une section du volet, et une seule", nom);
        }
        self.exiger(information || !volet.information, "le patient est informé de l'usage de ses données", "GEN-294");
    }

    /// Words and entries are told apart, and every reference leads somewhere.
    fn renvois(&mut self, document: &Element) {
        let (mut mots, mut entrees, mut medias) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let mut doubles = Vec::new();
        document.parcourir(&mut |element| {
            if let Some(id) = element.lire("ID") {
                if !mots.insert(id) {
                    doubles.push(id);
                }
                if element.nom() == "observationMedia" {
                    medias.insert(id);
                }
            }
            let a_une_entree = ["observation", "procedure", "act", "encounter", "section", "organizer"].contains(&element.nom());
            if let Some(root) = element.a(&["id"]).filter(|_| a_une_entree).and_then(|id| id.lire("root"))
                && !entrees.insert(root)
            {
                doubles.push(root);
            }
        });
        for double in doubles {
            self.exiger(false, "un identifiant ne sert qu'une fois", double);
        }
        let mut perdus = Vec::new();
        document.parcourir(&mut |element| {
            let renvoi = element.lire("value").filter(|_| element.nom() == "reference").and_then(|v| v.strip_prefix('#'));
            perdus.extend(renvoi.filter(|renvoi| !mots.contains(renvoi)));
            perdus.extend(element.lire("referencedObject").filter(|media| !medias.contains(media)));
        });
        for perdu in perdus {
            self.exiger(false, "un renvoi mène à des mots du document", perdu);
        }
    }

    fn element(&mut self, element: &Element, volet: &Volet) {
        match element.nom() {
            "observation" => self.observation(element, volet),
            "procedure" => self.entree(element, &["id", "code", "text", "statusCode"]),
            "encounter" => self.entree(element, &["id", "code", "text", "priorityCode"]),
            "section" => self.entree(element, &["code", "title", "text"]),
            "effectiveTime" | "time" | "low" | "high" => {
                self.exiger(element.lire("value").is_none_or(est_une_date), "une date, ou un instant avec son fuseau", element.nom());
            }
            "id" => self.numero(element),
            "code" | "translation" | "value" | "targetSiteCode" => {
                let complet = element.lire("code").is_none() || element.lire("codeSystem").is_some();
                self.exiger(complet, "un code va avec son système", element.nom());
            }
            _ => {}
        }
    }

    fn entree(&mut self, element: &Element, attendus: &[&'static str]) {
        let endroit = element.a(&["code"]).and_then(|code| code.lire("code")).unwrap_or(element.nom());
        for attendu in attendus {
            if element.nommes(attendu).next().is_none() {
                self.exiger(false, "une entrée est complète", &format!("{endroit} sans {attendu}"));
            }
        }
    }

    fn observation(&mut self, element: &Element, volet: &Volet) {
        let modele = |root: &str| element.nommes("templateId").any(|m| m.lire("root") == Some(root));
        if modele("1.2.250.1.213.1.1.3.48") || modele("1.2.250.1.213.1.1.3.25") {
            self.entree(element, &["id", "code", "text", "statusCode", "effectiveTime", "value"]);
        }
        let code = element.a(&["code"]).and_then(|code| code.lire("code")).unwrap_or_default();
        let valeur = element.a(&["value"]).and_then(|valeur| Some((valeur.lire("code")?, valeur.lire("codeSystem"))));
        if let Some((valeur, systeme)) = valeur {
            let jeu = volet.jeux.iter().find(|(observe, _)| *observe == code);
            self.exiger(jeu.is_none_or(|(_, codes)| codes.contains(&valeur)), "une valeur vient du jeu de valeurs du volet", code);
            let attendu = volet.systemes.iter().find(|(observe, _)| *observe == code);
            self.exiger(attendu.is_none_or(|(_, attendu)| systeme == Some(attendu)), "une valeur vient du système du volet", code);
        }
        if code == "282291009" {
            self.diagnostic(element);
        }
    }

    /// A tumour has one topography and, for the TNM, its three parts, even when they are not known.
    fn diagnostic(&mut self, element: &Element) {
        let mut sites = element.nommes("targetSiteCode");
        let cim = sites.next().is_some_and(|site| site.lire("code").is_none() || site.lire("codeSystem") == Some(CIM_10));
        self.exiger(cim && sites.next().is_none(), "une tumeur a une topographie de la CIM-10, ou la dit inconnue", "targetSiteCode");
        let mut parties = BTreeSet::new();
        element.parcourir(&mut |e| {
            if e.nom() == "code" && matches!(e.lire("code"), Some("75620-5" | "21905-5" | "21906-3" | "21907-1")) {
                parties.insert(e.lire("code"));
            }
        });
        self.exiger(parties.len() == 4, "un TNM a ses trois parties, même sans valeur", "75620-5");
    }

    fn numero(&mut self, id: &Element) {
        let (root, extension) = (id.lire("root").unwrap_or_default(), id.lire("extension").unwrap_or_default());
        let chiffres = |texte: &str| texte.bytes().all(|octet| octet.is_ascii_digit());
        if root == PERSONNES {
            self.exiger(
                extension.len() == 12 && extension.starts_with('8') && chiffres(extension),
                "un professionnel est désigné par 8 et son RPPS",
                "id",
            );
        }
        if root == STRUCTURES {
            self.exiger(extension.len() == 10 && extension.starts_with('1'), "une structure est désignée par 1 et son FINESS", "id");
        }
        if root.starts_with(INS) {
            self.exiger(extension.len() == 15, "un matricule INS a quinze caractères", "id");
        }
    }
}

/// Dotted numbers without leading zeros, at most 64 characters.
#[must_use]
pub fn est_un_oid(texte: &str) -> bool {
    let arc = |arc: &str| !arc.is_empty() && arc.bytes().all(|o| o.is_ascii_digit()) && (arc == "0" || !arc.starts_with('0'));
    texte.len() <= 64 && texte.split('.').all(arc)
}

/// `AAAA`, `AAAAMM`, `AAAAMMJJ` or `AAAAMMJJhhmmss+zzzz`.
fn est_une_date(texte: &str) -> bool {
    let chiffres = |texte: &str| texte.bytes().all(|octet| octet.is_ascii_digit());
    match texte.len() {
        4 | 6 | 8 => chiffres(texte),
        19 => texte.split_at_checked(14).is_some_and(|(instant, fuseau)| {
            chiffres(instant) && fuseau.split_at_checked(1).is_some_and(|(signe, heures)| ["+", "-"].contains(&signe) && chiffres(heures))
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        documents::cda::{Reglages, frcp},
        metier::compte_rendu::model::exemple,
    };

    fn document() -> Element {
        frcp::arbre(&exemple(), &Reglages::default(), b"%PDF-1.4")
    }

    /// The rules that a document no longer holds once it has been changed.
    fn apres(changer: &mut dyn FnMut(&mut Element)) -> Vec<&'static str> {
        let mut document = document();
        document.modifier(changer);
        controler(&document, &FRCP).into_iter().map(|defaut| defaut.regle).collect()
    }

    fn sans(nom: &'static str) -> Vec<&'static str> {
        apres(&mut |element| element.garder(|enfant| enfant.nom() != nom))
    }

    /// Gives another value to an attribute wherever an element of that name has a given one.
    fn remplace(nom: &str, attribut: &str, avant: &str, apres_: &str) -> Vec<&'static str> {
        apres(&mut |element| {
            if element.nom() == nom {
                for (cle, valeur) in element.attributs_mut() {
                    if *cle == attribut && valeur == avant {
                        apres_.clone_into(valeur);
                    }
                }
            }
        })
    }

    #[test]
    fn le_document_de_l_exemple_tient_toutes_les_regles() {
        assert_eq!(controler(&document(), &FRCP), []);
    }

    #[test]
    fn chaque_section_du_volet_est_exigee() {
        for (modele, nom) in FRCP.sections {
            let regles = apres(&mut |element| {
                element.garder(|enfant| {
                    enfant.a(&["section"]).is_none_or(|s| !s.nommes("templateId").any(|t| t.lire("root") == Some(*modele)))
                });
            });
            assert!(regles.contains(&"une section du volet, et une seule"), "{nom} : {regles:?}");
        }
    }

    #[test]
    fn l_en_tete_est_exige() {
        for nom in ["setId", "custodian", "legalAuthenticator", "recordTarget", "title"] {
            assert!(sans(nom).contains(&"un élément de l'en-tête, et un seul"), "{nom}");
        }
        assert!(sans("author").contains(&"un auteur au moins"));
        assert!(sans("participant").contains(&"le médecin traitant est nommé, ou dit inconnu"));
        assert!(sans("county").contains(&"une identité qualifiée a un lieu de naissance"));
        assert!(sans("birthTime").contains(&"une identité qualifiée a une date de naissance"));
        assert!(remplace("versionNumber", "value", "1", "2").contains(&"une version suivante dit celle qu'elle remplace"));
        let sans_un_numero = apres(&mut |element| {
            if element.nom() == "encompassingEncounter" {
                element.garder(|enfant| enfant.nom() != "id" || enfant.lire("root") == Some("1.2.250.1.161.1.20.1.1"));
            }
        });
        assert_eq!(sans_un_numero, ["la prise en charge a tous ses identifiants"]);
    }

    #[test]
    fn un_renvoi_mene_a_des_mots_et_un_identifiant_ne_sert_qu_une_fois() {
        assert!(remplace("reference", "value", "#phase-1", "#nulle-part").contains(&"un renvoi mène à des mots du document"));
        assert!(remplace("renderMultiMedia", "referencedObject", "copiePDF", "autre").contains(&"un renvoi mène à des mots du document"));
        assert!(remplace("content", "ID", "phase-2", "phase-1").contains(&"un identifiant ne sert qu'une fois"));
        let ids = apres(&mut |element| {
            if element.nom() == "observation" {
                element.remplacer("id", |_| Element::new("id").attribut("root", "AAAA"));
            }
        });
        assert!(ids.contains(&"un identifiant ne sert qu'une fois"));
    }

    #[test]
    fn une_valeur_vient_du_jeu_de_valeurs_du_volet() {
        for (avant, apres_) in [("ORG-126", "ORG-127"), ("ORG-134", "MED-268"), ("9571008", "9571009")] {
            assert_eq!(remplace("value", "code", avant, apres_), ["une valeur vient du jeu de valeurs du volet"], "{avant}");
        }
        assert!(sans("targetSiteCode").contains(&"une tumeur a une topographie de la CIM-10, ou la dit inconnue"));
        let sans_t = apres(&mut |element| {
            element.garder(|enfant| enfant.a(&["observation", "code"]).and_then(|code| code.lire("code")) != Some("21905-5"));
        });
        assert_eq!(sans_t, ["un TNM a ses trois parties, même sans valeur"]);
    }

    #[test]
    fn une_entree_est_complete_et_une_date_a_son_fuseau() {
        for nom in ["statusCode", "text", "effectiveTime"] {
            assert!(sans(nom).contains(&"une entrée est complète"), "{nom}");
        }
        assert!(sans("priorityCode").contains(&"une entrée est complète"));
        let instant = super::super::types::instant(exemple().document.etabli_le);
        assert_eq!(remplace("effectiveTime", "value", &instant, &instant[..14]), ["une date, ou un instant avec son fuseau"]);
        assert!(remplace("id", "extension", "1590000014", "590000014").contains(&"une structure est désignée par 1 et son FINESS"));
        assert!(remplace("id", "extension", "810001045367", "10001045367").contains(&"un professionnel est désigné par 8 et son RPPS"));
    }

    #[test]
    fn un_defaut_ne_dit_rien_du_patient() {
        let mut contenu = exemple();
        contenu.patient.lieu_naissance = None;
        let echec = frcp::composer(&contenu, &Reglages::default(), b"%PDF-1.4").unwrap_err().to_string();
        assert!(echec.contains("lieu de naissance") && !echec.contains("DELATTRE") && !echec.contains("247115935012310"), "{echec}");
    }
}
