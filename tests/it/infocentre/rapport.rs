//! The annual report: what is frozen, what is made of it, and what is handed over.

use super::{PUBLIES, annee_publiee, monde, planter, praticiens};
use crate::support::Banc;
use dcc::{
    db::{Db, DbConn, Demande, Op, schema::instantane_passage},
    documents::{
        parquet,
        rapport::{csv, json, pdf, xlsx},
    },
    jobs::suivi::{Avancement, Poursuite},
    kernel::{Erreur, Panne, Resultat, ids::InstantaneId},
    metier::infocentre::{
        model::{
            instantane::Instantane,
            rapport::{Cellule, Rapport, Tableau},
        },
        service::{self as infocentre, AFiger},
    },
};
use diesel::{QueryDsl, RunQueryDsl, sql_query};

const REGION: &str = "Région d'essai";

fn extraire(banc: &Banc) -> Instantane {
    infocentre::figer_ici(&banc.etat.db, &Demande::systeme("essai"), 2024).unwrap()
}

fn composer(db: &Db, id: InstantaneId) -> Result<Rapport, Erreur> {
    db.ecrire_ici(&Demande::systeme("essai"), move |op| infocentre::rapport::composer(op, id, REGION))
}

fn tableau<'a>(rapport: &'a Rapport, code: &str) -> &'a Tableau {
    rapport.tableaux().find(|tableau| tableau.code == code).unwrap()
}

fn executer(op: &mut Op<'_>, texte: &str) -> Resultat<usize> {
    Ok(sql_query(texte).execute(op.conn)?)
}

sur_les_deux_bases! {
    fn les_sept_colonnes_publiees_se_lisent_dans_le_rapport(banc) {
        planter(banc, &annee_publiee(banc), praticiens(banc));
        let rapport = composer(&banc.etat.db, extraire(banc).id).unwrap();
        let themes = tableau(&rapport, "ACTIVITE_THEME");
        let publies = [("1.42", "13"), ("1.39", "14"), ("1.36", "7"), ("1.00", "2")];
        for ((theme, entites, reunions, cr, patients, nouveaux), (par_patient, par_reunion)) in PUBLIES.into_iter().zip(publies) {
            let ligne = themes.lignes.iter().find(|ligne| ligne.cle == format!("theme:{theme}")).unwrap();
            let lues: Vec<String> = ligne.cellules[1..]
                .iter()
                .map(|cellule| match cellule {
                    Cellule::Entier(nombre) => nombre.to_string(),
                    Cellule::Quotient(ratio) => ratio.valeur.clone().unwrap(),
                    autre => panic!("{theme} : {autre:?}"),
                })
                .collect();
            let nombres = [entites, reunions, cr, patients, nouveaux].map(|nombre| nombre.to_string());
            assert_eq!(lues, [&nombres[..], &[par_patient.to_owned(), par_reunion.to_owned()]].concat(), "{theme}");
        }
    }

    fn le_meme_instantane_donne_les_memes_octets_quoi_qu_il_arrive_ensuite(banc) {
        planter(banc, &annee_publiee(banc), praticiens(banc));
        let instantane = extraire(banc);
        let avant = composer(&banc.etat.db, instantane.id).unwrap();
        assert_eq!((instantane.lignes.seances, instantane.lignes.passages, instantane.lignes.participations), (136, 1395, 3 * 136));
        banc.systeme(monde::effacer);
        let apres = composer(&banc.etat.db, instantane.id).unwrap();
        assert_eq!(apres, avant);
        for composer in [pdf::composer, xlsx::composer, csv::composer, json::composer] {
            assert!(composer(&avant).unwrap() == composer(&apres).unwrap());
        }
        // What is extracted now is another thing.
        let vide = extraire(banc);
        assert_eq!(vide.lignes.passages, 0);
        assert_ne!(vide.empreinte, instantane.empreinte);
    }

    fn deux_extractions_des_memes_donnees_ont_la_meme_empreinte(banc) {
        planter(banc, &annee_publiee(banc), praticiens(banc));
        let (une, autre) = (extraire(banc), extraire(banc));
        assert_ne!(une.id, autre.id);
        assert_eq!((une.empreinte, une.noms, une.lignes), (autre.empreinte, autre.noms, autre.lignes));
    }

    fn une_annee_anterieure_se_compare_quand_elle_etait_extraite(banc) {
        planter(banc, &annee_publiee(banc), praticiens(banc));
        infocentre::figer_ici(&banc.etat.db, &Demande::systeme("essai"), 2023).unwrap();
        banc.avancer(1);
        let rapport = composer(&banc.etat.db, extraire(banc).id).unwrap();
        let annees: Vec<&str> = tableau(&rapport, "ESSENTIEL").lignes.iter().map(|ligne| ligne.cle.as_str()).collect();
        assert_eq!(annees, ["annee:2023", "annee:2024"]);
    }

    fn l_annee_se_fige_telle_qu_elle_etait_pendant_que_d_autres_ecrivent(banc) {
        planter(banc, &annee_publiee(banc), praticiens(banc));
        let (db, qui) = (&banc.etat.db, Demande::systeme("essai"));
        let mut etapes = Vec::new();
        let a_figer = AFiger { id: db.chance().id(db.horloge().maintenant()), annee: 2024, par: None };
        let fige = infocentre::figer(db, &qui, a_figer, &mut |avancement| {
            if avancement.etape == "ecriture" && avancement.fait == 0 {
                // Somebody writes at that moment, and does not wait.
                banc.systeme(monde::effacer);
            }
            etapes.push((avancement.etape, avancement.fait, avancement.total));
            Ok(Poursuite::Continuer)
        });
        let fige = fige.unwrap().unwrap();
        assert_eq!((fige.lignes.seances, fige.lignes.passages, fige.lignes.participations), (136, 1395, 3 * 136));
        let relu = db.lire_ici(&qui, |op| infocentre::trouver(op, fige.id)).unwrap();
        assert_eq!(relu, fige);
        let total = etapes.last().unwrap().2;
        assert_eq!((etapes[0], *etapes.last().unwrap()), (("lecture", 0, 0), ("scelle", total, total)));
        assert!(etapes.windows(2).all(|deux| deux[0].1 <= deux[1].1) && etapes.len() >= 5, "{etapes:?}");
        // What is frozen is made of what stood then, and is not frozen twice.
        assert!(composer(db, fige.id).is_ok());
        assert_eq!(infocentre::figer(db, &qui, a_figer, &mut |_| Ok(Poursuite::Arreter)).unwrap(), Some(fige));
    }

    fn un_gel_arrete_ou_interrompu_n_est_pas_un_instantane(banc) {
        planter(banc, &annee_publiee(banc), praticiens(banc));
        let (db, qui) = (&banc.etat.db, Demande::systeme("essai"));
        let a_figer = AFiger { id: db.chance().id(db.horloge().maintenant()), annee: 2024, par: None };
        let lignes = || -> i64 { banc.systeme(|op| Ok(instantane_passage::table.count().get_result(op.conn)?)) };
        let au_milieu = |avancement: Avancement| avancement.fait > 1000;
        let arrete = infocentre::figer(db, &qui, a_figer, &mut |avancement| {
            Ok(if au_milieu(avancement) { Poursuite::Arreter } else { Poursuite::Continuer })
        });
        assert_eq!((arrete.unwrap(), lignes()), (None, 0));
        // The worker dies: its rows stay, nobody takes them for a year, and the next attempt puts them away.
        let mort = infocentre::figer(db, &qui, a_figer, &mut |avancement| {
            if au_milieu(avancement) { Err(Panne::dire("le travailleur est mort").into()) } else { Ok(Poursuite::Continuer) }
        });
        assert!(mort.is_err() && lignes() > 0);
        assert_eq!(db.lire_ici(&qui, |op| infocentre::dernier(op, 2024)).unwrap(), None);
        assert!(composer(db, a_figer.id).is_err());
        let fige = infocentre::figer(db, &qui, a_figer, &mut |_| Ok(Poursuite::Continuer)).unwrap().unwrap();
        assert_eq!((fige.id, fige.lignes.passages, lignes()), (a_figer.id, 1395, 1395));
        let ajouter = "INSERT INTO instantane_entite SELECT * FROM instantane_entite";
        let refus = db.ecrire_ici(&qui, move |op| executer(op, ajouter)).unwrap_err();
        assert!(refus.to_string().contains("instantane_immuable"), "{refus}");
    }

    fn une_ligne_gelee_ne_se_change_pas_et_un_changement_se_voit(banc) {
        planter(banc, &annee_publiee(banc), praticiens(banc));
        let instantane = extraire(banc);
        let changer = "UPDATE instantane_seance SET visio = TRUE";
        for interdit in [changer, "DELETE FROM instantane_passage", "UPDATE instantane SET empreinte = 'x'"] {
            let refus = banc.etat.db.ecrire_ici(&Demande::systeme("essai"), move |op| executer(op, interdit)).unwrap_err();
            assert!(refus.to_string().contains("instantane_immuable"), "{refus}");
        }
        banc.systeme(move |op| {
            let lever = match op.conn {
                DbConn::Sqlite(_) => "DROP TRIGGER instantane_seance_sans_update",
                DbConn::Pg(_) => "DROP TRIGGER instantane_seance_immuable ON instantane_seance",
            };
            executer(op, lever)?;
            executer(op, changer)
        });
        let refus = composer(&banc.etat.db, instantane.id).unwrap_err();
        assert!(refus.to_string().contains(&instantane.id.to_string()), "{refus}");
    }

    fn ce_qui_sort_pour_d_autres_outils_ne_nomme_personne(banc) {
        let plantes = planter(banc, &annee_publiee(banc), praticiens(banc));
        let id = extraire(banc).id;
        let listes = banc.systeme(move |op| infocentre::listes(op, id));
        let noms: Vec<(&str, usize)> = listes.iter().map(|liste| (liste.nom, liste.lignes.len())).collect();
        assert_eq!(noms[..3], [("passages", 1395), ("reunions", 136), ("participations", 408)]);
        for liste in &listes {
            assert!(liste.lignes.iter().all(|ligne| ligne.len() == liste.colonnes.len()));
            assert!(parquet::composer(liste).unwrap().starts_with(b"PAR1"));
            let texte = format!("{:?}", liste.lignes);
            assert!(!texte.contains("TRAITANT") && !texte.contains(monde::NOM));
            assert!(plantes.patients.values().all(|patient| !texte.contains(&patient.to_string())));
        }
    }

    fn chaque_participation_de_liberal_a_sa_preuve(banc) {
        let [traitant, onco, radio] = praticiens(banc);
        planter(banc, &annee_publiee(banc), [traitant, onco, radio]);
        banc.systeme(move |op| executer(op, &format!("UPDATE praticien SET mode_exercice = 'liberal' WHERE id = '{traitant}'")));
        let id = extraire(banc).id;
        let liste = banc.systeme(move |op| infocentre::liberaux::composer(op, id, REGION));
        let (synthese, preuves) = (tableau(&liste, "LIBERAUX"), tableau(&liste, "PRESENCES"));
        assert_eq!(synthese.lignes.len(), 2, "une personne et l'ensemble");
        let entiers = |rang: usize| -> Vec<i64> {
            synthese.lignes[rang].cellules.iter().filter_map(|c| if let Cellule::Entier(n) = c { Some(*n) } else { None }).collect()
        };
        // Half-years, whole, videoconference; a meeting a week from the first of January for the RCP of each theme.
        assert_eq!(entiers(0), entiers(1));
        assert_eq!((entiers(0)[0] + entiers(0)[1], entiers(0)[2], entiers(0)[3]), (136, 136, 0));
        assert_eq!(preuves.lignes.len(), 136);
        assert!(liste.chapitres[0].paragraphes[0].ends_with(": 1. De 136 à 136 participations chacun, 136,00 en moyenne."));
        assert!(xlsx::composer(&liste).unwrap().starts_with(b"PK"));
    }

    fn un_etablissement_recoit_ses_indicateurs_sans_petit_effectif(banc) {
        planter(banc, &annee_publiee(banc), praticiens(banc));
        let id = extraire(banc).id;
        let remises = banc.systeme(move |op| infocentre::remises::composer(op, id, REGION));
        assert_eq!(remises.len(), 1);
        let lignes = &tableau(&remises[0].rapport, "INDICATEURS").lignes;
        assert_eq!(lignes.len(), 1);
        let rang = tableau(&remises[0].rapport, "INDICATEURS").rang("NB_CR").unwrap();
        assert_eq!(lignes[0].cellules[rang], Cellule::Entier(1395));
        assert!(remises[0].rapport.secret.is_some());
    }
}
