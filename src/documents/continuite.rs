//! What a continuity kit is made of: for each meeting, sheets to print and JSON to take back; for the whole, an index that
//! opens in any browser without network nor script.

use super::{DocumentError, datamatrix, pdf, texte::preparer};
use crate::{
    kernel::Instant,
    metier::continuite::model::{Cas, CasRepris, Seance, SeanceIndexee, nom_du_cas},
};
use chrono_tz::Europe::Paris;
use serde::Serialize;
use serde_json::{Value, json};

const CAS: &str = include_str!("../../referentiels/modeles/continuite_cas.typ");
const ORDRE_DU_JOUR: &str = include_str!("../../referentiels/modeles/continuite_ordre_du_jour.typ");
const LISEZ_MOI: &str = include_str!("../../referentiels/modeles/lisez_moi_kit.txt");

type Fichier = (String, Vec<u8>);

/// The files of a meeting, under their names in its folder.
pub fn fichiers(seance: &Seance) -> Result<Vec<Fichier>, DocumentError> {
    let resume = sans_les_fiches(seance)?;
    let donnees = donnees_de_l_ordre_du_jour(&resume);
    let ident = format!("{}\nkit", seance.reunion_id);
    let mut fichiers = vec![
        ("ordre-du-jour.pdf".to_owned(), pdf::composer_modele(ORDRE_DU_JOUR, &donnees, &ident, seance.edite_le)?),
        ("feuille-presence.pdf".to_owned(), pdf::feuille_presence(&seance.feuille)?),
        ("reunion.json".to_owned(), en_json(&resume)?),
    ];
    for cas in &seance.ordre_du_jour {
        if let Cas::Repris(cas) = cas {
            let nom = nom_du_cas(cas.rang);
            fichiers.push((format!("{nom}.pdf"), fiche(seance, cas)?));
            fichiers.push((format!("{nom}.json"), en_json(cas)?));
        }
    }
    Ok(fichiers)
}

fn donnees_de_l_ordre_du_jour(resume: &Value) -> Value {
    let mut donnees = json!({ "seance": resume });
    preparer(&mut donnees);
    donnees
}

fn fiche(seance: &Seance, cas: &CasRepris) -> Result<Vec<u8>, DocumentError> {
    pdf::composer_modele(CAS, &donnees_du_cas(seance, cas)?, &format!("{}\nkit", cas.inscription_id), seance.edite_le)
}

fn donnees_du_cas(seance: &Seance, cas: &CasRepris) -> Result<Value, DocumentError> {
    let mut donnees = json!({
        "seance": { "rcp": seance.rcp, "centre": valeur(&seance.centre)?, "debut": seance.debut, "lieu": seance.lieu },
        "cas": valeur(cas)?,
        "edite_le": seance.edite_le,
    });
    preparer(&mut donnees);
    // A drawing is not a text to be made ready.
    if let Some(membres) = donnees.as_object_mut() {
        membres.insert("datamatrix_ins".to_owned(), valeur(&datamatrix::de(&cas.patient))?);
    }
    Ok(donnees)
}

/// The meeting with its agenda; what a fiche says has its own file.
fn sans_les_fiches(seance: &Seance) -> Result<Value, DocumentError> {
    let mut resume = valeur(seance)?;
    for cas in resume.get_mut("ordre_du_jour").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(membres) = cas.as_object_mut() {
            membres.remove("fiche");
        }
    }
    Ok(resume)
}

fn valeur(quoi: &impl Serialize) -> Result<Value, DocumentError> {
    serde_json::to_value(quoi).map_err(|e| DocumentError::Donnees(e.to_string()))
}

fn en_json(quoi: &impl Serialize) -> Result<Vec<u8>, DocumentError> {
    serde_json::to_vec_pretty(quoi).map_err(|e| DocumentError::Donnees(e.to_string()))
}

/// The files at the root of a kit: what to do with it, and an index for people and for programs.
pub fn index(seances: &[SeanceIndexee], pris_le: Instant, jours: u32) -> Result<Vec<Fichier>, DocumentError> {
    let kit = json!({ "format": "dcc-continuite-1", "pris_le": pris_le, "jours": jours, "reunions": valeur(&seances)? });
    Ok(vec![
        ("LISEZ-MOI.txt".to_owned(), LISEZ_MOI.as_bytes().to_vec()),
        ("index.html".to_owned(), page(seances, pris_le, jours).into_bytes()),
        ("kit.json".to_owned(), en_json(&kit)?),
    ])
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b}\
     h1,h2,h3{color:#1f4a6d;line-height:1.2}table{border-collapse:collapse;width:100%;margin:.5rem 0 1rem}\
     th,td{border:1px solid #8794a1;padding:.35rem .5rem;text-align:left;vertical-align:top}th{background:#f3f6f9}\
     .omis{color:#555;font-style:italic}nav a{margin-right:1.5rem}";

/// The page that a person opens. Nothing is fetched, nothing runs.
fn page(seances: &[SeanceIndexee], pris_le: Instant, jours: u32) -> String {
    let mut corps = format!(
        "<!doctype html>\n<html lang=\"fr\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <meta name=\"referrer\" content=\"no-referrer\"><title>Kit de continuité</title><style>{STYLE}</style></head><body>\n\
         <h1>Kit de continuité</h1>\n<p>Réunions du jour et des {jours} jours suivants, telles qu’elles étaient le {}. \
         Ce dossier contient des données de santé en clair : effacez-le après usage.</p>\n",
        moment(pris_le)
    );
    if seances.is_empty() {
        corps.push_str("<p>Aucune réunion n’est prévue.</p>\n");
    }
    let mut centre = None;
    for seance in seances_par_centre(seances) {
        if centre != Some(&seance.centre_code) {
            corps.push_str(&format!("<h2>{}</h2>\n", echapper(&seance.centre)));
            centre = Some(&seance.centre_code);
        }
        corps.push_str(&section(seance));
    }
    corps.push_str("</body></html>\n");
    corps
}

fn seances_par_centre(seances: &[SeanceIndexee]) -> Vec<&SeanceIndexee> {
    let mut rangees: Vec<&SeanceIndexee> = seances.iter().collect();
    rangees.sort_by(|a, b| (&a.centre_code, a.debut, &a.dossier).cmp(&(&b.centre_code, b.debut, &b.dossier)));
    rangees
}

fn section(seance: &SeanceIndexee) -> String {
    let dossier = echapper(&seance.dossier);
    let lieu = seance.lieu.as_deref().map(|lieu| format!(", {}", echapper(lieu))).unwrap_or_default();
    let s = &seance.secretariat;
    let joindre: Vec<String> =
        [&s.nom, &s.telephone, &s.courriel, &s.adresse_securisee].into_iter().flatten().map(|texte| echapper(texte)).collect();
    let mut texte = format!(
        "<h3>{} – {}{lieu}</h3>\n<p>Secrétariat : {}</p>\n<nav><a href=\"{dossier}/ordre-du-jour.pdf\">Ordre du jour et contacts</a>\
         <a href=\"{dossier}/feuille-presence.pdf\">Feuille de présence</a></nav>\n",
        echapper(&seance.rcp),
        moment(seance.debut),
        if joindre.is_empty() { "non renseigné".to_owned() } else { joindre.join(" – ") },
    );
    if seance.cas.is_empty() {
        return texte + "<p>Aucun cas n’est inscrit.</p>\n";
    }
    texte.push_str("<table><thead><tr><th>N°</th><th>Patient</th><th>Dossier</th><th>Demandeur</th><th>Fiche</th></tr></thead><tbody>\n");
    for cas in &seance.cas {
        let demandeur = echapper(&cas.demandeur);
        match (&cas.patient, &cas.dossier, &cas.fichier) {
            (Some(patient), Some(libelle), Some(fichier)) => texte.push_str(&format!(
                "<tr><td>{}</td><td>{}</td><td>{}</td><td>{demandeur}</td><td><a href=\"{dossier}/{fichier}.pdf\">PDF</a> \
                 <a href=\"{dossier}/{fichier}.json\">JSON</a></td></tr>\n",
                cas.rang,
                echapper(patient),
                echapper(libelle)
            )),
            _ => texte.push_str(&format!(
                "<tr class=\"omis\"><td>{}</td><td colspan=\"2\">Cas non repris (accès réservé ou opposition au partage)</td>\
                 <td>{demandeur}</td><td></td></tr>\n",
                cas.rang
            )),
        }
    }
    texte + "</tbody></table>\n"
}

fn moment(instant: Instant) -> String {
    instant.with_timezone(&Paris).format("%d/%m/%Y à %H h %M").to_string()
}

fn echapper(texte: &str) -> String {
    let mut sortie = String::with_capacity(texte.len());
    for caractere in texte.chars() {
        match caractere {
            '&' => sortie.push_str("&amp;"),
            '<' => sortie.push_str("&lt;"),
            '>' => sortie.push_str("&gt;"),
            '"' => sortie.push_str("&quot;"),
            '\'' => sortie.push_str("&#39;"),
            autre => sortie.push(autre),
        }
    }
    sortie
}

#[cfg(test)]
mod tests {
    use super::{super::moteur, *};
    use crate::metier::{
        compte_rendu::model::exemple,
        continuite::model::{CasIndexe, Centre, Contact, FicheReprise},
        fiche::{
            lecture::{BlocLu, ReponseLue},
            model::EtatFiche,
        },
        inscription::model::EtatInscription,
        reunion::model::{EtatReunion, FeuillePresence, StatutPresence},
    };

    #[expect(clippy::too_many_lines, reason = "one literal")]
    fn seance() -> Seance {
        let debut: Instant = "2026-03-05T17:00:00Z".parse().unwrap();
        let reponse = |titre: &str, valeur: &str| ReponseLue { titre: titre.to_owned(), valeur: valeur.to_owned() };
        let blocs = vec![
            BlocLu {
                titre: "Synthèse".to_owned(),
                reponses: vec![reponse("Cas", "Une ligne.\n#panic()\nUne autre."), reponse("Question", "Laquelle ?")],
            },
            BlocLu { titre: "Côlon".to_owned(), reponses: (1..60).map(|n| reponse(&format!("Question {n}"), "oui")).collect() },
        ];
        let repris = CasRepris {
            rang: 1,
            inscription_id: uuid::Uuid::nil().into(),
            etat: EtatInscription::Inscrite,
            patient: exemple().patient,
            dossier: "Côlon".to_owned(),
            demandeur: "Dr Luc GARNIER".to_owned(),
            presentateur: None,
            commentaire: Some("Images au PACS".to_owned()),
            alertes: vec!["Le G8 est attendu à partir de 75 ans.".to_owned()],
            fiche: FicheReprise {
                id: uuid::Uuid::nil().into(),
                modele: "socle-frcp@2025.01".to_owned(),
                etat: EtatFiche::Prete,
                completude: 100,
                version: 4,
                modifie_le: debut,
                blocs,
                contenu: json!({ "synthese": { "cas": "Une ligne." } }),
            },
        };
        let contact = |nom: &str, coordonnateur| Contact {
            nom: nom.to_owned(),
            coordonnateur,
            specialite: Some("Oncologie médicale".to_owned()),
            etablissement: Some("CH des Deux Rives".to_owned()),
            telephone: Some("03 20 11 22 33".to_owned()),
            courriel: Some("anne.delta@hopital-des-deux-rives.example".to_owned()),
            adresse_securisee: Some("anne.delta@medecin.mssante.fr".to_owned()),
            statut: StatutPresence::Attendu,
        };
        Seance {
            reunion_id: uuid::Uuid::nil().into(),
            rcp_code: "DIG".to_owned(),
            rcp: "Cancérologie digestive".to_owned(),
            centre: Centre { code: "3C1".to_owned(), nom: "3C des Deux Rives".to_owned(), telephone: None, courriel: None },
            etablissement: "CH des Deux Rives".to_owned(),
            debut,
            fin: debut + chrono::TimeDelta::hours(2),
            lieu: Some("Salle B".to_owned()),
            lien_visio: None,
            etat: EtatReunion::Convoquee,
            secretariat: crate::metier::rcp::model::Secretariat { telephone: Some("03 20 00 00 00".to_owned()), ..Default::default() },
            attendus: vec![contact("Dr Anne DELTA", true), contact("Dr Inès MOREL", false)],
            ordre_du_jour: vec![Cas::Repris(Box::new(repris)), Cas::Omis { rang: 2, demandeur: "Dr Claire PETIT".to_owned() }],
            feuille: FeuillePresence {
                rcp: "Cancérologie digestive".to_owned(),
                etablissement: "CH des Deux Rives".to_owned(),
                centre_3c: "3C des Deux Rives".to_owned(),
                debut,
                fin: debut + chrono::TimeDelta::hours(2),
                lieu: None,
                lignes: Vec::new(),
                edite_le: debut,
            },
            edite_le: debut,
        }
    }

    fn pages(modele: &str, donnees: &Value) -> Vec<String> {
        use typst::layout::{Frame, FrameItem};
        fn recueillir(cadre: &Frame, texte: &mut String) {
            for (_, element) in cadre.items() {
                match element {
                    FrameItem::Group(groupe) => recueillir(&groupe.frame, texte),
                    FrameItem::Text(mots) => texte.push_str(&format!("{} ", mots.text.as_str().replace('\u{200B}', ""))),
                    _ => {}
                }
            }
        }
        let composition = moteur::mettre_en_page(modele, donnees).unwrap();
        assert_eq!(composition.avertissements, []);
        let lire = |page: &typst_layout::Page| {
            let mut texte = String::new();
            recueillir(&page.frame, &mut texte);
            texte.split_whitespace().collect::<Vec<_>>().join(" ").replace('\u{A0}', " ")
        };
        composition.pages.pages().iter().map(lire).collect()
    }

    #[test]
    fn la_fiche_porte_le_bandeau_sur_chaque_page_et_dit_tout() {
        let seance = seance();
        let Cas::Repris(cas) = &seance.ordre_du_jour[0] else { panic!("sans cas") };
        let pages = pages(CAS, &donnees_du_cas(&seance, cas).unwrap());
        assert!(pages.len() >= 2, "{}", pages.len());
        for page in &pages {
            for attendu in [
                "DELATTRE",
                "02/11/1947 (78 ans)",
                "matricule INS (NIR)",
                "INS à scanner",
                "fiche 00000000-0000-0000-0000-000000000000, version 4",
            ] {
                assert!(page.contains(attendu), "{attendu} : {page}");
            }
        }
        let tout = pages.join(" ");
        for attendu in [
            "Cas n° 1 – Côlon",
            "jeudi 5 mars 2026, 18 h 00",
            "Copie de secours",
            "fiche prête, remplie à 100 %",
            "Images au PACS",
            "Le G8 est attendu",
            "#panic()",
            "Question 59 oui",
            "Avis de la réunion, à recopier",
        ] {
            assert!(tout.contains(attendu), "{attendu} : {tout}");
        }
    }

    #[test]
    fn l_ordre_du_jour_dit_les_cas_et_qui_appeler() {
        let seance = seance();
        let tout = pages(ORDRE_DU_JOUR, &donnees_de_l_ordre_du_jour(&sans_les_fiches(&seance).unwrap())).join(" ");
        for attendu in [
            "de 18 h 00 à 20 h 00",
            "1 DELATTRE Marie 02/11/1947 Côlon Dr Luc GARNIER Images au PACS 1 alerte",
            "2 Cas non repris dans le kit (accès réservé ou opposition au partage) : le médecin demandeur apporte le dossier. Dr Claire PETIT",
            "Secrétariat de la RCP 03 20 00 00 00",
            "Dr Anne DELTA (coordination)",
            "anne.delta@medecin.mssante.fr",
        ] {
            assert!(tout.contains(attendu), "{attendu} : {tout}");
        }
        assert!(!tout.contains("Une ligne"), "l'ordre du jour dit ce que contient une fiche");
    }

    #[test]
    fn les_memes_donnees_donnent_les_memes_octets() {
        let (une, deux) = (fichiers(&seance()).unwrap(), fichiers(&seance()).unwrap());
        assert_eq!(une, deux);
        let noms: Vec<&str> = une.iter().map(|(nom, _)| nom.as_str()).collect();
        assert_eq!(noms, ["ordre-du-jour.pdf", "feuille-presence.pdf", "reunion.json", "cas-01.pdf", "cas-01.json"]);
        assert!(String::from_utf8_lossy(&une[3].1).contains("<pdfaid:part>1</pdfaid:part>"));
    }

    #[test]
    fn ce_qui_est_saisi_ne_devient_jamais_une_balise_de_l_index() {
        let hostile = "<script>alert('x')</script>\" onclick=\"y";
        let seance = SeanceIndexee {
            dossier: "3C1/DIG/2026-03-05_18h00".to_owned(),
            centre_code: "3C1".to_owned(),
            centre: hostile.to_owned(),
            rcp: hostile.to_owned(),
            debut: "2026-03-05T17:00:00Z".parse().unwrap(),
            lieu: Some(hostile.to_owned()),
            secretariat: crate::metier::rcp::model::Secretariat { nom: Some(hostile.to_owned()), ..Default::default() },
            cas: vec![
                CasIndexe {
                    rang: 1,
                    patient: Some(hostile.to_owned()),
                    dossier: Some(hostile.to_owned()),
                    demandeur: hostile.to_owned(),
                    fichier: Some(nom_du_cas(1)),
                },
                CasIndexe { rang: 2, patient: None, dossier: None, demandeur: hostile.to_owned(), fichier: None },
            ],
        };
        let texte = page(&[seance], "2026-03-02T17:00:00Z".parse().unwrap(), 3);
        assert!(!texte.contains("<script") && !texte.contains("\" onclick"), "{texte}");
        assert_eq!(texte.matches("&lt;script&gt;alert(&#39;x&#39;)").count(), 8);
        assert!(texte.contains("05/03/2026 à 18 h 00") && texte.contains("3C1/DIG/2026-03-05_18h00/cas-01.pdf"), "{texte}");
    }
}
