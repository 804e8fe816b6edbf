//! The CDA documents: one golden file for each fiche model and for each branch of a case, made by the code that
//! makes those of the service. The PDF inside them is a constant of a few bytes, so that they stay small and do
//! not move with the typesetter; that the service puts the real one inside is told in `compte_rendu.rs`.
//!
//! The national validator, which is not part of this project, is run on all of them by `outils/valider-cda.sh`;
//! what it accepted is listed in `attendus/cda/valides.sha256`.

use crate::{api::comparer, support::scene::complete};
use dcc::{
    documents::cda::{Reglages, frcp},
    kernel::{identite::StatutIdentite, texte::sha256},
    metier::{
        compte_rendu::model::{
            Code, ContenuCompteRendu, EtatQuorum, NatureDocument, StatutCas,
            contenu::Remplacement,
            fiche::{ExtraitFiche, G8Rendu, SOCLE},
            participants::{Correspondant, Professionnel},
            proposition::ReferentielRendu,
        },
        fiche::{lecture::lire_blocs, validation::ModeleCompile},
        referentiel::lot::{ContenuModele, Lot},
    },
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, path::Path, sync::OnceLock};

/// A PDF of one empty page.
const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
const DOSSIER: &str = "tests/it/attendus/cda";
const MANIFESTE: &str = "tests/it/attendus/cda/valides.sha256";

fn lot() -> &'static Lot {
    static LOT: OnceLock<Lot> = OnceLock::new();
    LOT.get_or_init(|| Lot::embarque().unwrap())
}

fn concept(jeu: &str, code: &str) -> Option<Code> {
    let jeu = lot().jeux.iter().find(|j| j.code == jeu)?;
    let concept = jeu.concepts.iter().find(|c| c.code == code)?;
    Some(Code { code: concept.code.clone(), systeme: Some(concept.systeme.clone()), libelle: concept.libelle.clone() })
}

/// What the service does of a content before it is frozen.
fn libeller(contenu: &mut ContenuCompteRendu) {
    for (jeu, code) in contenu.codes() {
        if let Some(trouve) = concept(jeu, &code.code) {
            *code = trouve;
        }
    }
}

/// An RPPS with its key.
fn rpps(rang: u32) -> String {
    let dix = format!("1000{rang:06}");
    let somme: u32 = dix
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, o)| {
            let chiffre = u32::from(o - b'0') * if i % 2 == 0 { 2 } else { 1 };
            if chiffre > 9 { chiffre - 9 } else { chiffre }
        })
        .sum();
    format!("{dix}{}", (10 - somme % 10) % 10)
}

/// The example of the templates, with everybody known and the example's value sets of today.
fn base() -> ContenuCompteRendu {
    let mut contenu: ContenuCompteRendu = serde_json::from_str(include_str!("../../referentiels/modeles/exemple.json")).unwrap();
    let mut numero = |p: &mut Professionnel| {
        let rang = u32::try_from(p.praticien_id.uuid().as_u128() & 0xff).unwrap();
        p.rpps = Some(rpps(rang));
        p.telephone = Some("03 20 00 00 00".to_owned());
        if let Some(e) = &mut p.etablissement {
            e.adresse = Some("1 place de l’Hôpital".to_owned());
            e.code_postal = Some("59000".to_owned());
            e.commune = Some("Lille".to_owned());
        }
    };
    let i = &mut contenu.intervenants;
    i.coordonnateur.iter_mut().chain(&mut i.presentateur).chain(&mut i.medecin_traitant).chain([&mut i.demandeur]).for_each(&mut numero);
    let p = &mut contenu.participants;
    p.quorum.iter_mut().chain(&mut p.autres).for_each(|p| numero(&mut p.professionnel));
    p.correspondants.iter_mut().for_each(|c| numero(&mut c.professionnel));
    contenu.validation.professionnel.iter_mut().for_each(&mut numero);
    libeller(&mut contenu);
    contenu
}

fn extrait(contenu: &Value) -> ExtraitFiche {
    serde_json::from_value(contenu.clone()).unwrap()
}

/// The compte-rendu of a fiche filled by the sample of its model.
fn du_modele(reference: &dcc::metier::referentiel::composition::Reference) -> ContenuCompteRendu {
    let chemin = format!("{}/tests/it/fiches/{}.json", env!("CARGO_MANIFEST_DIR"), reference.code);
    let exemple: Value = serde_json::from_str(&fs::read_to_string(chemin).unwrap()).unwrap();
    let mut reponses = complete();
    reponses.as_object_mut().unwrap().extend(exemple["conforme"].as_object().unwrap().clone());
    let corps = lot().corps(reference).unwrap();
    let modele = ModeleCompile::new(&corps.schema, &corps.derives, &lot().codes()).unwrap();
    let mut contenu = base();
    let derives = modele.calculer(&reponses, contenu.patient.age, contenu.patient.sexe);
    let mut libelles = |jeu: &str, code: &str| Ok::<_, std::convert::Infallible>(concept(jeu, code).map(|c| c.libelle));
    let blocs = lire_blocs(&corps.schema, &reponses, &SOCLE, &derives, &mut libelles).unwrap();
    contenu.fiche = ExtraitFiche {
        modele_code: reference.code.clone(),
        modele_version: reference.version.clone(),
        g8: G8Rendu::de(&reponses, contenu.patient.age),
        blocs,
        ..extrait(&reponses)
    };
    contenu.rcp.nom = format!("RCP {}", reference.code);
    libeller(&mut contenu);
    contenu
}

fn sans_discussion(c: &mut ContenuCompteRendu, statut: StatutCas) {
    c.cas.statut = statut;
    c.cas.nature = NatureDocument::de(statut, None);
    c.quorum = None;
    let presents = std::mem::take(&mut c.participants.quorum);
    c.participants.autres.extend(presents);
}

fn inconnu(p: &mut Professionnel) {
    p.rpps = None;
    p.specialite = None;
    p.telephone = None;
    p.etablissement = None;
    p.civilite = None;
    p.titre = None;
}

/// A case and what makes it one of its kind.
type Branche = (&'static str, fn(&mut ContenuCompteRendu));

const BRANCHES: &[Branche] = &[
    ("appareil", |_| {}),
    ("transversale", |c| {
        c.fiche.motif.nature = Some("ORG-132".into());
        c.fiche.motif.appareil = None;
        c.fiche.motif.organes.clear();
        let jeu = lot().jeux.iter().find(|j| j.code == "traitement-soins-frcp").unwrap();
        c.fiche.motif.traitement_soins = Some(jeu.concepts[0].code.as_str().into());
        c.fiche.motif.commentaire = Some("Soins de support.\nDouleur.".to_owned());
    }),
    ("enregistre", |c| {
        sans_discussion(c, StatutCas::Enregistre);
        c.referentiel =
            Some(ReferentielRendu { nom: "Thésaurus".to_owned(), version: "2025".to_owned(), date: "2025-01-15".parse().unwrap() });
    }),
    ("reporte", |c| {
        sans_discussion(c, StatutCas::Reporte);
        c.proposition = None;
        c.cas.motif_report = Some("Dossier incomplet : histologie".to_owned());
        c.cas.precision_report = Some("Relecture demandée.".to_owned());
    }),
    ("reporte-fiche-vide", |c| {
        sans_discussion(c, StatutCas::Reporte);
        c.proposition = None;
        c.fiche = ExtraitFiche::default();
    }),
    ("sans-tnm", |c| c.fiche.tumeurs[0].tnm = None),
    ("tnm-sans-objet", |c| {
        c.fiche.tumeurs[0].tnm = serde_json::from_value(json!({ "applicable": false, "raison": "Hémopathie" })).unwrap();
    }),
    ("tnm-7e", |c| c.fiche.tumeurs[0].tnm.as_mut().unwrap().edition = Some("7".to_owned())),
    ("quorum-non-atteint", |c| {
        c.cas.nature = NatureDocument::SansQuorum;
        let quorum = c.quorum.as_mut().unwrap();
        quorum.has = EtatQuorum::NonAtteint;
        quorum.manquantes = vec!["Oncologue radiothérapeute".to_owned()];
        c.participants.quorum.truncate(1);
    }),
    ("quorum-indetermine", |c| {
        c.cas.nature = NatureDocument::QuorumIndetermine;
        c.quorum.as_mut().unwrap().composition = EtatQuorum::Indetermine;
    }),
    ("recours", |c| {
        c.fiche.motif.recours = true;
        c.fiche.motif.avis_recours = true;
        c.proposition.as_mut().unwrap().passage_recours = true;
        c.proposition.as_mut().unwrap().arret_traitement = true;
    }),
    ("pediatrique", |c| {
        c.fiche.motif.pediatrique = true;
        c.fiche.motif.avis_pediatrique = true;
        c.patient.date_naissance = "2016-05-02".parse().unwrap();
        c.patient.age = 9;
        c.fiche.g8 = G8Rendu::default();
        c.fiche.evaluation.oms = None;
    }),
    ("mineur-aja", |c| {
        c.patient.date_naissance = "2008-06-10".parse().unwrap();
        c.patient.age = 17;
        c.fiche.g8 = G8Rendu::default();
    }),
    ("rechute", |c| {
        c.fiche.phase = serde_json::from_value(json!({ "phase": "MED-244", "date_rechute": "2026-01", "progression": true, "locale": true,
            "regionale": false, "a_distance": true }))
        .unwrap();
    }),
    ("plusieurs", |c| {
        let mut seconde = c.fiche.tumeurs[0].clone();
        seconde.lateralite = Some("24028007".into());
        seconde.autre_classification = None;
        seconde.date_diagnostic = None;
        c.fiche.tumeurs.push(seconde);
        c.fiche.motif.organes.push("MED-251".into());
        c.fiche.traitements = serde_json::from_value(json!([
            { "type": "C15632", "precision": "FEC 100", "debut": "2020-01", "fin": "2020-06-15", "statut": "realise", "commentaire": "Bien toléré." },
            { "type": "C15313", "statut": "en_cours", "debut": "2026-02-01" },
            { "type": "387713003", "statut": "non_realise" },
            { "precision": "Traitement reçu ailleurs" }])).unwrap();
    }),
    ("rapports", |c| {
        c.fiche.compte_rendu_operatoire =
            serde_json::from_value(json!({ "date": "2026-02-20", "chirurgien": "Dr Paul LEMAIRE", "conclusion": "Exérèse complète." }))
                .unwrap();
        c.fiche.genetique = serde_json::from_value(json!([{ "titre": "BRCA", "date_examen": "2026-02", "biologiste": "Dr Eva RENARD",
            "conclusion": "Pas de variant pathogène." }, { "conclusion": "PIK3CA muté." }]))
        .unwrap();
        c.fiche.grossesses = serde_json::from_value(json!({ "gestite": 2, "parite": 1, "projet_parental": "Aucun projet" })).unwrap();
        c.fiche.urgence_chirurgicale = true;
        c.fiche.commentaire_patient = Some("Vit seule <à domicile> & autonome.".to_owned());
    }),
    ("inconnus", |c| {
        c.intervenants.medecin_traitant = None;
        c.intervenants.coordonnateur = None;
        inconnu(&mut c.intervenants.demandeur);
        c.validation.professionnel = None;
        c.participants.autres.iter_mut().for_each(|p| inconnu(&mut p.professionnel));
        c.participants.correspondants.clear();
        (c.rcp.numero_rrc, c.rcp.numero_gestionnaire, c.rcp.numero_national) = (None, None, None);
        (c.rcp.etablissement.adresse, c.rcp.etablissement.code_postal, c.rcp.etablissement.commune) = (None, None, None);
        (c.patient.adresse, c.patient.code_postal, c.patient.commune) = (None, None, None);
        (c.patient.nom_utilise, c.patient.prenom_utilise) = (None, None);
        c.fiche.tumeurs.clear();
    }),
    ("correspondant", |c| {
        let mut professionnel = c.participants.autres[0].professionnel.clone();
        "FABRE".clone_into(&mut professionnel.nom);
        c.participants.correspondants.push(Correspondant { professionnel, qualite: "spécialiste".to_owned() });
        c.intervenants.presentateur = c.intervenants.coordonnateur.clone();
        c.cas.commentaire = Some("Inscription demandée par le service.".to_owned());
    }),
    ("version-remplacee", |c| {
        c.document.remplace = Some(Remplacement {
            id: "01995a10-0000-7000-8000-0000000000ff".parse().unwrap(),
            numero_version: 1,
            etabli_le: c.document.etabli_le,
            motif: "Latéralité erronée.".to_owned(),
        });
        c.document.numero_version = 2;
    }),
    // The validator warns of every document without INS, and its strict mode refuses them: `outils/valider-cda.sh`
    // validates those whose name begins so without it, and accepts that warning alone.
    ("sans-ins", |c| {
        c.patient.ins = None;
        c.patient.statut_identite = StatutIdentite::Provisoire;
        c.patient.lieu_naissance = None;
    }),
];

fn composer(contenu: &ContenuCompteRendu, reglages: &Reglages) -> Vec<u8> {
    frcp::composer(contenu, reglages, PDF).unwrap_or_else(|e| panic!("{e}"))
}

/// Compares with the golden file of that name.
fn attendre(nom: &str, contenu: &ContenuCompteRendu, reglages: &Reglages) {
    let octets = composer(contenu, reglages);
    assert_eq!(octets, composer(contenu, reglages), "{nom} : le même contenu donne les mêmes octets");
    comparer(&format!("{DOSSIER}/frcp/{nom}.xml"), &String::from_utf8(octets).unwrap());
}

#[test]
fn chaque_modele_de_fiche_a_son_document() {
    let modeles: Vec<_> = lot().modeles.iter().filter(|m| matches!(m.contenu, ContenuModele::Compose(_))).collect();
    assert!(modeles.len() >= 37, "{}", modeles.len());
    for modele in modeles {
        attendre(&format!("modele-{}", modele.reference.code), &du_modele(&modele.reference), &Reglages::default());
    }
}

#[test]
fn chaque_branche_a_son_document() {
    for (nom, changer) in BRANCHES {
        let mut contenu = base();
        changer(&mut contenu);
        libeller(&mut contenu);
        attendre(nom, &contenu, &Reglages::default());
    }
}

#[test]
fn une_region_numerote_ses_documents() {
    let reglages = Reglages {
        racine: Some("1.2.250.1.999.42".to_owned()),
        sigle_rrc: Some("ONCO-DEMO".to_owned()),
        oid_ipp: [("590000014".to_owned(), "1.2.250.1.999.1".to_owned())].into(),
        secteurs: [("590000014".to_owned(), ("SA01".to_owned(), "Etablissement public de santé".to_owned()))].into(),
        information_etablissement: Some("Texte de la région.".to_owned()),
    };
    attendre("region-reglee", &base(), &reglages);
}

/// A golden that changed is validated again before it lands.
#[test]
fn chaque_document_attendu_a_ete_valide() {
    let racine = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifeste = fs::read_to_string(racine.join(MANIFESTE)).unwrap_or_default();
    let valides: BTreeSet<&str> = manifeste.lines().collect();
    let mut presents = 0;
    for volet in fs::read_dir(racine.join(DOSSIER)).unwrap().map(Result::unwrap).filter(|e| e.path().is_dir()) {
        for fichier in fs::read_dir(volet.path()).unwrap().map(Result::unwrap) {
            let nom = format!("{}/{}", volet.file_name().to_str().unwrap(), fichier.file_name().to_str().unwrap());
            let ligne = format!("{}  {nom}", sha256(&fs::read(fichier.path()).unwrap()));
            assert!(valides.contains(ligne.as_str()), "{nom} a changé depuis sa validation : lancez outils/valider-cda.sh");
            presents += 1;
        }
    }
    assert_eq!(presents, valides.len(), "la liste des documents validés en cite qui n'existent plus");
}
