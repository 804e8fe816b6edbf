use super::*;
use crate::{
    kernel::ids::{PraticienId, PresenceId},
    metier::rcp::model::{Rcp, regles::tests::saisie},
};
use uuid::Uuid;

fn instant(texte: &str) -> Instant {
    texte.parse().unwrap()
}

fn rcp() -> Rcp {
    Rcp::brouillon(RcpId::new(Uuid::from_u128(9)), saisie(), instant("2026-01-01T00:00:00Z"))
}

fn creneau(debut: &str, minutes: i64) -> Creneau {
    Creneau { debut: instant(debut), fin: instant(debut) + Duration::minutes(minutes) }
}

fn reunion(etat: EtatReunion) -> Reunion {
    let planifiee = Reunion::planifier(
        ReunionId::new(Uuid::from_u128(1)),
        &rcp(),
        creneau("2026-03-10T17:00:00Z", 120),
        instant("2026-03-02T09:00:00Z"),
    );
    Reunion { etat, ..planifiee }
}

/// Every state and every act: the table that clinicians read.
fn table() -> String {
    let largeur = 12;
    let mut table = String::from("Cycle de vie d'une réunion : l'état après chaque acte, « - » si l'acte est refusé.\n\n");
    let ligne = |premiere: &str, suite: Vec<&str>| {
        let cases: String = suite.iter().map(|case| format!("{case:largeur$}")).collect();
        format!("{}\n", format!("{premiere:largeur$}{cases}").trim_end())
    };
    table.push_str(&ligne("", ActeReunion::TOUS.iter().map(|acte| acte.as_str()).collect()));
    for etat in EtatReunion::TOUS {
        table.push_str(&ligne(
            etat.as_str(),
            ActeReunion::TOUS.iter().map(|acte| etat.apres(*acte).map_or("-", EtatReunion::as_str)).collect(),
        ));
    }
    table
}

#[test]
fn la_table_des_transitions_est_celle_qui_est_versionnee() {
    assert_eq!(table(), include_str!("../../../../tests/it/attendus/transitions_reunion.txt"));
}

#[test]
fn chaque_acte_suit_la_table() {
    let maintenant = instant("2026-03-10T17:00:00Z");
    for &etat in EtatReunion::TOUS {
        for &acte in ActeReunion::TOUS {
            let avant = reunion(etat);
            let apres = match acte {
                ActeReunion::Convoquer => avant.convoquer(maintenant),
                ActeReunion::Deplacer => avant.deplacer(&rcp(), creneau("2026-03-17T17:00:00Z", 60)),
                ActeReunion::Ouvrir => avant.ouvrir(maintenant),
                ActeReunion::Clore => avant.clore(ToutesDecidees::constater(0).unwrap(), None, maintenant),
                ActeReunion::Valider => avant.valider(None, maintenant),
                ActeReunion::Annuler => avant.annuler("grève"),
            };
            match etat.apres(acte) {
                Some(suivant) => assert_eq!(apres.unwrap().etat, suivant, "{etat} {acte}"),
                None => assert_eq!(apres.unwrap_err(), ReunionError::Transition { etat, acte }),
            }
        }
    }
}

#[test]
fn une_reunion_ne_se_clot_pas_tant_qu_un_dossier_est_sans_decision() {
    assert!(ToutesDecidees::constater(0).is_ok());
    let refus = |nombre| ToutesDecidees::constater(nombre).unwrap_err().to_string();
    assert!(refus(1).starts_with("1 dossier est sans décision"));
    assert!(refus(3).starts_with("3 dossiers sont sans décision"));
}

#[test]
fn deplacer_une_reunion_deplace_la_limite_d_inscription_et_change_la_revision() {
    let avant = reunion(EtatReunion::Convoquee);
    assert_eq!(avant.date_limite_inscription, instant("2026-03-08T17:00:00Z"));
    let apres = avant.deplacer(&rcp(), creneau("2026-03-17T18:00:00Z", 60)).unwrap();
    assert_eq!((apres.debut, apres.fin), (instant("2026-03-17T18:00:00Z"), instant("2026-03-17T19:00:00Z")));
    assert_eq!((apres.date_limite_inscription, apres.sequence), (instant("2026-03-15T18:00:00Z"), 1));
    assert_eq!(apres.annuler("grève").unwrap().sequence, 2);
}

#[test]
fn la_premiere_convocation_reste_celle_qui_est_datee() {
    let premiere = reunion(EtatReunion::Planifiee).convoquer(instant("2026-03-03T09:00:00Z")).unwrap();
    let seconde = premiere.convoquer(instant("2026-03-04T09:00:00Z")).unwrap();
    assert_eq!(seconde.convoquee_le, Some(instant("2026-03-03T09:00:00Z")));
}

fn notee(statut: StatutPresence, arrivee: Option<&str>, depart: Option<&str>) -> Vec<String> {
    let saisie = PresenceSaisie { statut, arrivee: arrivee.map(instant), depart: depart.map(instant), clause: None };
    match saisie.verifier(&reunion(EtatReunion::Ouverte)) {
        Ok(()) => Vec::new(),
        Err(ReunionError::Contenu(fautes)) => fautes.into_iter().map(|f| format!("{} {}", f.pointer, f.code)).collect(),
        Err(autre) => panic!("{autre}"),
    }
}

#[test]
fn l_arrivee_et_le_depart_sont_du_jour_de_la_reunion_et_dans_l_ordre() {
    use StatutPresence::{Absent, Present, Visio};
    assert!(notee(Present, None, None).is_empty());
    assert!(notee(Visio, Some("2026-03-10T17:20:00Z"), Some("2026-03-10T18:00:00Z")).is_empty());
    // 00:30 in Paris on the 11th; 00:30 in Paris on the 10th is the 9th in UTC.
    assert_eq!(notee(Present, Some("2026-03-10T23:30:00Z"), None), ["/arrivee hors-du-jour"]);
    assert!(notee(Present, Some("2026-03-09T23:30:00Z"), None).is_empty());
    assert_eq!(notee(Present, Some("2026-03-10T18:00:00Z"), Some("2026-03-10T17:30:00Z")), ["/depart avant-arrivee"]);
    assert_eq!(notee(Absent, Some("2026-03-10T18:00:00Z"), None), ["/arrivee sans-objet"]);
}

#[test]
fn noter_une_presence_garde_la_clause_qui_n_est_pas_redite() {
    let maintenant = instant("2026-03-10T17:05:00Z");
    let attendue = Presence::attendue(
        PresenceId::new(Uuid::from_u128(1)),
        ReunionId::new(Uuid::from_u128(2)),
        PraticienId::new(Uuid::from_u128(3)),
        Some("CHIRURGIEN".to_owned()),
        maintenant,
    );
    let saisie = PresenceSaisie { statut: StatutPresence::Present, arrivee: None, depart: None, clause: None };
    let notee = attendue.notee(&saisie, maintenant);
    assert_eq!((notee.clause.as_deref(), notee.statut), (Some("CHIRURGIEN"), StatutPresence::Present));
}

#[test]
fn un_moment_ou_une_periode_hors_de_propos_est_refuse() {
    let periode = |du: &str, au: &str| Periode { du: du.parse().unwrap(), au: au.parse().unwrap() }.verifier();
    assert!(periode("2026-01-01", "2026-01-01").is_ok());
    assert!(periode("2026-01-01", "2027-12-31").is_ok());
    assert!(periode("2026-01-02", "2026-01-01").is_err());
    assert!(periode("2026-01-01", "2028-01-02").is_err());
    let copie = |debut: &str| Duplication { debut: instant(debut) }.creneau(&reunion(EtatReunion::Close));
    assert_eq!(copie("2026-04-07T16:00:00.123Z").unwrap(), creneau("2026-04-07T16:00:00Z", 120));
    assert!(copie("1026-04-07T16:00:00Z").is_err());
}

#[test]
fn le_jour_civil_commence_a_minuit_a_paris() {
    assert_eq!(debut_du_jour("2026-03-10".parse().unwrap()), Some(instant("2026-03-09T23:00:00Z")));
    assert_eq!(debut_du_jour("2026-07-10".parse().unwrap()), Some(instant("2026-07-09T22:00:00Z")));
}

#[test]
fn un_secret_de_flux_a_43_caracteres() {
    assert!(jeton_bien_forme(&"aB-_0".repeat(9)[..43]));
    assert!(!jeton_bien_forme(&"a".repeat(42)));
    assert!(!jeton_bien_forme(&format!("{}.", "a".repeat(42))));
}
