//! The rules between the fields of an RCP entity, told as faults with their place.

use super::{CategorieRecours, NatureRcp, NiveauRcp, RcpSaisie, TypeRcp};
use crate::kernel::Faute;

/// Every fault of a content whose fields, taken one by one, are right.
#[must_use]
pub fn fautes(saisie: &RcpSaisie) -> Vec<Faute> {
    let mut fautes = Vec::new();
    selon_le_type(saisie, &mut fautes);
    selon_la_nature(saisie, &mut fautes);
    organisation(saisie, &mut fautes);
    if let Some(recurrence) = &saisie.recurrence {
        fautes.extend(recurrence.faute("/recurrence"));
    }
    fautes
}

fn selon_le_type(saisie: &RcpSaisie, fautes: &mut Vec<Faute>) {
    let (recours, rare) = match saisie.type_rcp {
        TypeRcp::Recours => (true, false),
        TypeRcp::CancerRare => (false, true),
        TypeRcp::Standard | TypeRcp::Pediatrique => (false, false),
    };
    let categorie = saisie.categorie_recours.map(CategorieRecours::as_str);
    si_et_seulement_si(recours, categorie, "/categorie_recours", "Une RCP de recours a une catégorie, et elle seule.", fautes);
    let reseau = saisie.reseau_cancer_rare.as_deref();
    si_et_seulement_si(rare, reseau, "/reseau_cancer_rare", "Une RCP de cancers rares a un réseau national, et elle seule.", fautes);
    let large = match saisie.niveau {
        NiveauRcp::Interregional | NiveauRcp::National => true,
        NiveauRcp::Local | NiveauRcp::Territorial | NiveauRcp::Regional => false,
    };
    if saisie.type_rcp == TypeRcp::Pediatrique && !large {
        let message = "Une RCP pédiatrique est interrégionale ou nationale (CSP R6123-91-3).";
        fautes.push(Faute::new("/niveau", "rcp-pediatrique-interregionale", message));
    }
}

fn selon_la_nature(saisie: &RcpSaisie, fautes: &mut Vec<Faute>) {
    let appareil = match saisie.nature {
        NatureRcp::AppareilOrgane => true,
        NatureRcp::Transversale => false,
    };
    let premier_organe = saisie.organes.first().map(String::as_str);
    si_et_seulement_si(appareil, saisie.appareil.as_deref(), "/appareil", "Une RCP d'appareil a un appareil, et elle seule.", fautes);
    si_et_seulement_si(appareil, premier_organe, "/organes", "Une RCP d'appareil a un organe au moins, et elle seule.", fautes);
    let soins = saisie.traitement_soins.as_deref();
    let message = "Une RCP transversale a un type de traitement ou de soins, et elle seule.";
    si_et_seulement_si(!appareil, soins, "/traitement_soins", message, fautes);
    for (rang, organe) in saisie.organes.iter().enumerate() {
        if organe.is_empty() || organe.chars().count() > 40 {
            fautes.push(Faute::new(format!("/organes/{rang}"), "length", "De 1 à 40 caractères."));
        } else if saisie.organes.iter().take(rang).any(|precedent| precedent == organe) {
            fautes.push(Faute::new(format!("/organes/{rang}"), "doublon", "Cet organe est déjà dans la liste."));
        }
    }
}

fn organisation(saisie: &RcpSaisie, fautes: &mut Vec<Faute>) {
    for (rang, etablissement) in saisie.co_organisateurs.iter().enumerate() {
        let deja =
            *etablissement == saisie.etablissement_id || saisie.co_organisateurs.iter().take(rang).any(|autre| autre == etablissement);
        if deja {
            fautes.push(Faute::new(format!("/co_organisateurs/{rang}"), "doublon", "Cet établissement organise déjà la RCP."));
        }
    }
    let s = &saisie.secretariat;
    if s.telephone.is_none() && s.courriel.is_none() && s.adresse_securisee.is_none() {
        let message = "Le secrétariat est joignable par un téléphone, un courriel ou une adresse sécurisée.";
        fautes.push(Faute::new("/secretariat", "obligatoire", message));
    }
    if saisie.lien_visio.as_deref().is_some_and(|lien| !lien.starts_with("https://")) {
        fautes.push(Faute::new("/lien_visio", "https-attendu", "Le lien de visioconférence commence par https://."));
    }
}

/// A field that is there when the condition holds, and only then.
fn si_et_seulement_si(condition: bool, valeur: Option<&str>, pointeur: &str, message: &str, fautes: &mut Vec<Faute>) {
    match (condition, valeur) {
        (true, None) => fautes.push(Faute::new(pointeur, "obligatoire", message)),
        (false, Some(_)) => fautes.push(Faute::new(pointeur, "sans-objet", message)),
        (true, Some(_)) | (false, None) => {}
    }
}

#[cfg(test)]
pub(in crate::metier) mod tests {
    use super::*;
    use crate::{
        kernel::ids::{Centre3cId, EtablissementId},
        metier::rcp::model::{
            Secretariat,
            recurrence::{Fuseau, JoursFeries, Recurrence},
        },
    };
    use uuid::Uuid;

    /// A standard RCP of sénologie.
    pub(in crate::metier) fn saisie() -> RcpSaisie {
        RcpSaisie {
            code: "SENO".to_owned(),
            nom: "Sénologie".to_owned(),
            acronyme: None,
            numero_rrc: None,
            numero_gestionnaire: None,
            numero_national: None,
            type_rcp: TypeRcp::Standard,
            categorie_recours: None,
            reseau_cancer_rare: None,
            nature: NatureRcp::AppareilOrgane,
            appareil: Some("76752008".to_owned()),
            organes: vec!["76752008".to_owned()],
            traitement_soins: None,
            theme: "senologie".to_owned(),
            niveau: NiveauRcp::Territorial,
            expertise: false,
            centre_3c_id: Centre3cId::new(Uuid::from_u128(1)),
            etablissement_id: EtablissementId::new(Uuid::from_u128(2)),
            co_organisateurs: Vec::new(),
            secretariat: Secretariat { telephone: Some("03 20 00 00 00".to_owned()), ..Secretariat::default() },
            lieu: None,
            lien_visio: None,
            recurrence: None,
            delai_inscription_heures: 48,
            capacite: None,
            regle_quorum: "standard-hors-hematologie".to_owned(),
            modele_fiche: "socle-frcp".to_owned(),
            modalites: None,
        }
    }

    fn codes(saisie: &RcpSaisie) -> Vec<String> {
        fautes(saisie).into_iter().map(|f| format!("{} {}", f.pointer, f.code)).collect()
    }

    #[test]
    fn une_rcp_de_recours_a_une_categorie_et_elle_seule() {
        assert!(fautes(&saisie()).is_empty());
        let sans = RcpSaisie { type_rcp: TypeRcp::Recours, ..saisie() };
        assert_eq!(codes(&sans), ["/categorie_recours obligatoire"]);
        let avec = RcpSaisie { categorie_recours: Some(CategorieRecours::Thoracique), ..sans };
        assert!(fautes(&avec).is_empty());
        assert_eq!(codes(&RcpSaisie { type_rcp: TypeRcp::Standard, ..avec }), ["/categorie_recours sans-objet"]);
    }

    #[test]
    fn une_rcp_de_cancers_rares_a_un_reseau_et_elle_seule() {
        let sans = RcpSaisie { type_rcp: TypeRcp::CancerRare, ..saisie() };
        assert_eq!(codes(&sans), ["/reseau_cancer_rare obligatoire"]);
        let ailleurs = RcpSaisie { reseau_cancer_rare: Some("NETSARC+".to_owned()), ..saisie() };
        assert_eq!(codes(&ailleurs), ["/reseau_cancer_rare sans-objet"]);
    }

    #[test]
    fn une_rcp_pediatrique_est_interregionale() {
        let locale = RcpSaisie { type_rcp: TypeRcp::Pediatrique, ..saisie() };
        assert_eq!(codes(&locale), ["/niveau rcp-pediatrique-interregionale"]);
        assert!(fautes(&RcpSaisie { niveau: NiveauRcp::Interregional, ..locale }).is_empty());
    }

    #[test]
    fn appareil_et_soins_transversaux_s_excluent() {
        let sans = RcpSaisie { appareil: None, organes: Vec::new(), ..saisie() };
        assert_eq!(codes(&sans), ["/appareil obligatoire", "/organes obligatoire"]);
        let transversale = RcpSaisie { nature: NatureRcp::Transversale, ..saisie() };
        assert_eq!(codes(&transversale), ["/appareil sans-objet", "/organes sans-objet", "/traitement_soins obligatoire"]);
        let palliatif = RcpSaisie { nature: NatureRcp::Transversale, traitement_soins: Some("C15252".to_owned()), ..sans };
        assert!(fautes(&palliatif).is_empty());
    }

    #[test]
    fn l_organisation_ne_se_repete_pas_et_le_secretariat_est_joignable() {
        let base = saisie();
        let seconde = EtablissementId::new(Uuid::from_u128(3));
        let fautive = RcpSaisie {
            co_organisateurs: vec![seconde, base.etablissement_id, seconde],
            secretariat: Secretariat { nom: Some("Secrétariat".to_owned()), ..Secretariat::default() },
            lien_visio: Some("http://visio.example.org/rcp".to_owned()),
            organes: vec!["76752008".to_owned(), "76752008".to_owned()],
            ..base
        };
        assert_eq!(
            codes(&fautive),
            [
                "/organes/1 doublon",
                "/co_organisateurs/1 doublon",
                "/co_organisateurs/2 doublon",
                "/secretariat obligatoire",
                "/lien_visio https-attendu"
            ]
        );
    }

    #[test]
    fn une_recurrence_fausse_est_une_faute_de_la_rcp() {
        let recurrence = Recurrence {
            rrule: "FREQ=WEEKLY;BYDAY=TU".to_owned(),
            premiere_date: "2026-01-05".parse().unwrap(),
            heure: "18:00".parse().unwrap(),
            duree_minutes: 120,
            fuseau: Fuseau::EuropeParis,
            exceptions: Vec::new(),
            jours_feries: JoursFeries::Supprimer,
        };
        assert_eq!(codes(&RcpSaisie { recurrence: Some(recurrence), ..saisie() }), ["/recurrence/premiere_date premiere-date-hors-regle"]);
    }
}
