//! Duplicates: found at the creation and at night, judged once.

use crate::support::{Banc, client::Client, region::Region};
use dcc::{
    app,
    jobs::runner,
    kernel::{Perimetre, Role, ids::PatientId},
    messagerie::memoire::Memoire,
    metier::{
        patient::model::Sexe,
        rapprochement::{
            job::RECHERCHE_DES_DOUBLONS,
            model::{Profil, ReglagesDoublons, Traits, paires},
        },
    },
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Arc, time::Instant};

const PATIENTS: &str = "/api/v1/patients";
const DOUBLONS: &str = "/api/v1/doublons";

fn secretaire(banc: &Banc, nom: &str, region: Region) -> Client {
    banc.personne(nom, &[(Role::Secretaire, Perimetre::Etablissement(region.etablissement))])
}

fn identite(nom: &str, prenom: &str, naissance: &str) -> Value {
    json!({ "nom_naissance": nom, "premier_prenom": prenom, "sexe": "feminin", "date_naissance": naissance })
}

fn nuit(banc: &Banc) {
    let ouvrier = app::ouvrier(&banc.etat.config, Arc::new(Memoire::default())).unwrap();
    assert!(runner::passer_une_fois(&banc.etat.db, &ouvrier, RECHERCHE_DES_DOUBLONS).unwrap());
}

fn elements(client: &Client, filtre: &str) -> Vec<Value> {
    client.get(&format!("{DOUBLONS}{filtre}")).est(200).corps["elements"].as_array().unwrap().clone()
}

sur_les_deux_bases! {
    fn un_doublon_se_voit_des_la_creation_et_ne_revient_pas_une_fois_juge(banc) {
        let region = banc.region(1);
        let claire = secretaire(banc, "claire", region);
        let cellule = banc.personne("cellule", &[(Role::Identitovigilant, Perimetre::Etablissement(region.etablissement))]);
        let un = claire.post(PATIENTS, identite("Lefèvre", "Jeanne", "1979-03-14")).est(201).id();
        let autre = claire.post(PATIENTS, identite("Lefebvre", "Jeanne", "1979-03-14")).est(201).id();
        claire.post(PATIENTS, identite("Durand", "Jeanne", "1979-03-14")).est(201);
        claire.post(PATIENTS, identite("Lefèvre", "Paulette", "1950-11-02")).est(201);

        let trouves = elements(&cellule, "");
        assert_eq!(trouves.len(), 1, "{trouves:#?}");
        let ids: BTreeSet<&str> = ["premier", "second"].iter().map(|cote| trouves[0][cote]["id"].as_str().unwrap()).collect();
        assert_eq!(ids, BTreeSet::from([un.as_str(), autre.as_str()]));
        assert_eq!((&trouves[0]["concordances"]["date_naissance"], &trouves[0]["etat"]), (&json!("identique"), &json!("a_examiner")));
        assert!(trouves[0]["premier"].get("telephone").is_none(), "l'identité et rien d'autre");

        let verdict = format!("{DOUBLONS}/{}/verdict", trouves[0]["id"].as_str().unwrap());
        let distinct = json!({ "verdict": "distinct", "commentaire": "Deux soeurs jumelles" });
        cellule.post_si(&verdict, 7, distinct.clone()).refuse(412, "version-perimee");
        assert_eq!(cellule.post_si(&verdict, 1, distinct.clone()).est(200).corps["etat"], "distinct");
        assert!(elements(&cellule, "").is_empty());
        nuit(banc);
        claire.put(&format!("{PATIENTS}/{un}"), 1, identite("Le Fèvre", "Jeanne", "1979-03-14")).est(200);
        assert!(elements(&cellule, "").is_empty(), "la paire jugée ne revient pas");
        assert_eq!(elements(&cellule, "?etat=distinct").len(), 1);

        claire.get(DOUBLONS).refuse(403, "action-interdite");
        cellule.get(&format!("{PATIENTS}/{un}")).refuse(403, "action-interdite");
        let ailleurs = banc.personne("ailleurs", &[(Role::Identitovigilant, Perimetre::Etablissement(banc.region(2).etablissement))]);
        assert!(elements(&ailleurs, "?etat=distinct").is_empty());
        ailleurs.post_si(&verdict, 2, distinct).refuse(404, "doublon-introuvable");
    }

    fn la_nuit_trouve_ce_que_la_creation_n_a_pas_cherche_et_la_region_voit_tout(banc) {
        let (nord, sud) = (banc.region(1), banc.region(2));
        let (claire, denis) = (secretaire(banc, "claire", nord), secretaire(banc, "denis", sud));
        // Another spelling and another date: no index leads from one to the other.
        claire.post(PATIENTS, identite("Thibault", "Anne Marie", "1961-02-13")).est(201);
        denis.post(PATIENTS, identite("Tibaud", "Anne-Marie", "1961-02-18")).est(201);
        let region = banc.personne("region", &[(Role::Identitovigilant, Perimetre::Region)]);
        let nord = banc.personne("nord", &[(Role::Identitovigilant, Perimetre::Etablissement(nord.etablissement))]);
        assert!(elements(&region, "").is_empty());
        nuit(banc);
        let trouves = elements(&region, "");
        assert_eq!(trouves.len(), 1, "{trouves:#?}");
        assert_eq!((&trouves[0]["concordances"]["nom"], &trouves[0]["concordances"]["date_naissance"]), (&json!("phonetique"), &json!("un_chiffre")));
        assert!(elements(&nord, "").is_empty(), "une paire à cheval n'est montrée qu'à qui voit les deux");
        nuit(banc);
        assert_eq!(elements(&region, "").len(), 1, "une paire ne compte qu'une fois");
    }

    fn la_region_regle_le_poids_des_traits(banc) {
        let admin = banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)]);
        let chemin = format!("{DOUBLONS}/reglages");
        let lus = admin.get(&chemin).est(200);
        assert_eq!((lus.version(), &lus.corps["reglages"]), (0, &serde_json::to_value(ReglagesDoublons::defaut().unwrap()).unwrap()));
        let mut saisis = lus.corps["reglages"].clone();
        saisis["seuil"] = json!(400);
        assert_eq!(admin.put(&chemin, 0, saisis.clone()).est(200).version(), 1);
        admin.put(&chemin, 0, saisis.clone()).refuse(412, "version-perimee");
        let claire = secretaire(banc, "claire", banc.region(1));
        for nom in ["Lefèvre", "Lefebvre"] {
            claire.post(PATIENTS, identite(nom, "Jeanne", "1979-03-14")).est(201);
        }
        let region = banc.personne("region", &[(Role::Identitovigilant, Perimetre::Region)]);
        assert!(elements(&region, "").is_empty(), "le seuil est trop haut");
        saisis["nom"]["different"] = json!(500);
        assert_eq!(admin.put(&chemin, 1, saisis).refuse(422, "contenu-invalide").fautes(), ["/nom"]);
        claire.put(&chemin, 1, json!({})).refuse(422, "contenu-invalide");
    }
}

/// A sequence of numbers, always the same.
struct Suite(u64);

impl Suite {
    fn sous(&mut self, borne: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % u64::try_from(borne).unwrap()).unwrap()
    }

    fn parmi<'a>(&mut self, choix: &[&'a str]) -> &'a str {
        choix[self.sous(choix.len())]
    }

    /// A name of two to four syllables, some of which are frequent.
    fn nom(&mut self) -> String {
        const SYLLABES: [&str; 40] = [
            "le", "du", "mar", "ber", "ro", "gau", "thi", "lam", "van", "de", "bois", "ri", "chard", "mo", "reau", "gi", "rard", "bon",
            "net", "fran", "cois", "gar", "nier", "fau", "re", "rous", "sel", "blan", "chet", "gue", "rin", "mul", "ler", "hen", "ry",
            "per", "rin", "ma", "thieu", "vil",
        ];
        (0..2 + self.sous(3)).map(|_| self.parmi(&SYLLABES)).collect()
    }

    fn personne(&mut self) -> Traits {
        const PRENOMS: [&str; 30] = [
            "Marie",
            "Jean",
            "Pierre",
            "Jeanne",
            "Michel",
            "André",
            "Françoise",
            "Monique",
            "Philippe",
            "Catherine",
            "Nathalie",
            "Isabelle",
            "Jacques",
            "Bernard",
            "Sylvie",
            "Anne",
            "Martine",
            "Alain",
            "Patrick",
            "Nicole",
            "Christine",
            "Claude",
            "Sophie",
            "Laurent",
            "Julien",
            "Camille",
            "Lucas",
            "Léa",
            "Hugo",
            "Chloé",
        ];
        let (annee, mois, jour) = (1930 + self.sous(75), 1 + self.sous(12), 1 + self.sous(28));
        Traits {
            id: PatientId::new(uuid::Uuid::from_u128(u128::from(self.0))),
            nom_naissance: self.nom(),
            nom_utilise: None,
            prenoms: self.parmi(&PRENOMS).to_owned(),
            prenom_utilise: None,
            sexe: if self.sous(2) == 0 { Sexe::Masculin } else { Sexe::Feminin },
            date_naissance: format!("{annee}-{mois:02}-{jour:02}").parse().unwrap(),
            lieu_naissance: Some(format!("{:05}", 59_000 + self.sous(650))),
            ins: None,
        }
    }

    /// The same person, as somebody in a hurry would have typed it: one or two mistakes.
    fn mal_saisie(&mut self, de: &Traits) -> Traits {
        let mut traits = Traits { id: PatientId::new(uuid::Uuid::from_u128(u128::from(self.0) << 1)), ..de.clone() };
        for _ in 0..=self.sous(2) {
            match self.sous(8) {
                0 => {
                    let mut lettres: Vec<char> = traits.nom_naissance.chars().collect();
                    let rang = 1 + self.sous(lettres.len() - 2);
                    lettres.swap(rang, rang + 1);
                    traits.nom_naissance = lettres.into_iter().collect();
                }
                1 => {
                    let rang = self.sous(traits.nom_naissance.len());
                    traits.nom_naissance.remove(rang);
                }
                2 => traits.nom_naissance = traits.nom_naissance.replace("thi", "ti").replace('y', "i").replace("ph", "f"),
                3 => traits.nom_naissance = format!("{} {}", traits.nom_naissance, self.nom()),
                4 => {
                    let texte = traits.date_naissance.format("%Y-%d-%m").to_string();
                    traits.date_naissance = texte.parse().unwrap_or(traits.date_naissance);
                }
                5 => {
                    let jours = i64::try_from(1 + self.sous(3)).unwrap();
                    traits.date_naissance = traits.date_naissance.checked_add_signed(chrono::TimeDelta::days(jours)).unwrap();
                }
                6 => traits.prenoms = format!("{}-{}", traits.prenoms, self.parmi(&["Marie", "Paul", "Louis"])),
                _ => traits.lieu_naissance = None,
            }
        }
        traits
    }
}

/// People of the search: the precision and the recall are those of 100,000, which take five times longer.
const PERSONNES: usize = 20_000;

/// Precision and recall on people typed twice with mistakes, and the time of a night.
#[test]
fn les_paires_trouvees_sont_les_bonnes_et_la_nuit_est_courte() {
    let mut suite = Suite(20_260_302);
    let mut tous: Vec<Traits> = (0..PERSONNES).map(|_| suite.personne()).collect();
    let mut attendues = BTreeSet::new();
    for rang in 0..PERSONNES / 20 {
        let double = suite.mal_saisie(&tous[rang]);
        attendues.insert((rang, tous.len()));
        tous.push(double);
    }
    let profils: Vec<Profil> = tous.into_iter().map(Profil::de).collect();
    let debut = Instant::now();
    let (trouvees, ecartes) = paires(&profils, &ReglagesDoublons::defaut().unwrap());
    let duree = debut.elapsed();
    let trouvees: BTreeSet<(usize, usize)> = trouvees.into_iter().map(|(un, autre, ..)| (un, autre)).collect();
    let justes = trouvees.intersection(&attendues).count();
    #[expect(clippy::cast_precision_loss, reason = "counts below two thousand")]
    let part = |de: usize, sur: usize| de as f64 / sur as f64;
    let (precision, rappel) = (part(justes, trouvees.len()), part(justes, attendues.len()));
    println!(
        "{} patients, {} paires : précision {precision:.3}, rappel {rappel:.3}, {} ms, {ecartes} blocs écartés",
        profils.len(),
        trouvees.len(),
        duree.as_millis()
    );
    assert!(precision > 0.90, "précision {precision}");
    assert!(rappel > 0.90, "rappel {rappel}");
}
