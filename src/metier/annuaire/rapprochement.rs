//! Bringing a professional of the region closer to the public directory: pure rules.
//!
//! - The directory's **changes** are taken, not its state: what the region typed stays until the directory
//!   says something else than it said before. At the first meeting, only what is empty is filled.
//! - Its **mailboxes** are taken whole, after those typed by hand: the personal ones of the person first,
//!   those whose owner wants no paper in front, then in the order in which they came to be known (so that a
//!   new mailbox never moves the letters of a doctor to another place); then the one of the organisation,
//!   if the person practises in a single structure and that structure has a single one. Several
//!   structures or several mailboxes leave a choice that only a person can make.
//! - A person who **vanishes** is marked with the date, and nothing is taken away.

use super::model::{AdresseAnnuaire, ModeExercice, PROFESSION_MEDECIN, Praticien, PraticienSaisi, SuiviAnnuaire, TypeBal};
use crate::{
    kernel::{Instant, identite::Rpps},
    metier::annuaire_national::model::{BalNationale, LieuNational, ProfessionnelNational},
};
use std::collections::BTreeSet;

/// What the public directory says of one professional of the region.
#[derive(Debug, Clone, Default)]
pub struct Connaissance {
    /// The person, if known or once known.
    pub professionnel: Option<ProfessionnelNational>,
    /// Mailboxes of the person.
    pub personnelles: Vec<BalNationale>,
    /// Mailboxes of the organisations where the person practises.
    pub organisations: Vec<BalNationale>,
}

/// The professional after the meeting; `None` when nothing changes.
#[must_use]
pub fn rapprocher(avant: &Praticien, connaissance: &Connaissance, maintenant: Instant) -> Option<Praticien> {
    let mut apres = avant.clone();
    apres.adresses_annuaire = adresses(&avant.saisi, connaissance);
    match &connaissance.professionnel {
        Some(connu) if connu.disparu_le.is_none() => {
            apres.annuaire.disparu_le = None;
            reprendre(&mut apres, connu);
        }
        Some(connu) => apres.annuaire.disparu_le = avant.annuaire.disparu_le.or(connu.disparu_le),
        None => {}
    }
    if apres == *avant {
        return None;
    }
    apres.annuaire.lu_le = Some(maintenant);
    Some(apres)
}

/// Takes what the directory says otherwise than the last time.
fn reprendre(apres: &mut Praticien, connu: &ProfessionnelNational) {
    let specialite = specialite(connu, apres.saisi.specialite.as_deref());
    if specialite.is_some() && specialite != apres.annuaire.specialite {
        if apres.saisi.specialite.is_none() || apres.annuaire.specialite.is_some() {
            apres.saisi.specialite.clone_from(&specialite);
        }
        apres.annuaire.specialite = specialite;
    }
    let mode = mode_exercice(&connu.lieux);
    if let Some(nouveau) = mode
        && mode != apres.annuaire.mode_exercice
    {
        if apres.annuaire.mode_exercice.is_some() {
            apres.saisi.mode_exercice = nouveau;
        }
        apres.annuaire.mode_exercice = mode;
    }
}

/// The mailboxes to keep, that to use first in front; those typed by hand are left out.
fn adresses(saisi: &PraticienSaisi, connaissance: &Connaissance) -> Vec<AdresseAnnuaire> {
    let mut personnelles: Vec<&BalNationale> = connaissance.personnelles.iter().filter(|bal| bal.type_bal == TypeBal::Per).collect();
    // The order in which they came is kept among equals.
    personnelles.sort_by_key(|bal| !bal.dematerialisation);
    let lieux = connaissance.professionnel.iter().filter(|p| p.disparu_le.is_none()).flat_map(|p| &p.lieux);
    let structures: BTreeSet<&str> = lieux.filter_map(|lieu| lieu.structure.as_deref()).collect();
    let organisations: BTreeSet<&str> = connaissance.organisations.iter().map(|bal| bal.adresse.as_str()).collect();
    let organisation = match (structures.len(), organisations.len()) {
        (1, 1) => connaissance.organisations.first(),
        _ => None,
    };
    let mut retenues: Vec<AdresseAnnuaire> = Vec::new();
    for bal in personnelles.into_iter().chain(organisation) {
        let deja = saisi
            .adresses
            .iter()
            .map(|a| &a.adresse)
            .chain(retenues.iter().map(|a| &a.adresse))
            .any(|a| a.eq_ignore_ascii_case(&bal.adresse));
        if !deja {
            retenues.push(AdresseAnnuaire { adresse: bal.adresse.clone(), type_bal: bal.type_bal });
        }
    }
    retenues
}

/// The specialty of a doctor (JDV J01): the present one if it is among those of the directory, else the
/// first by code.
fn specialite(connu: &ProfessionnelNational, actuelle: Option<&str>) -> Option<String> {
    if connu.profession != PROFESSION_MEDECIN {
        return None;
    }
    let codes: BTreeSet<String> =
        connu.savoir_faire.iter().filter(|code| code.starts_with("SM")).map(|code| format!("G15_{PROFESSION_MEDECIN}/{code}")).collect();
    actuelle.filter(|code| codes.contains(*code)).map(ToOwned::to_owned).or_else(|| codes.into_iter().next())
}

/// The mode of practice over all the sites; none when the directory does not say.
fn mode_exercice(lieux: &[LieuNational]) -> Option<ModeExercice> {
    let modes: BTreeSet<&str> = lieux.iter().filter_map(|lieu| lieu.mode_exercice.as_deref()).collect();
    match (modes.contains("L"), modes.contains("S")) {
        (true, true) => Some(ModeExercice::Mixte),
        (true, false) => Some(ModeExercice::Liberal),
        (false, true) => Some(ModeExercice::Salarie),
        (false, false) => None,
    }
}

/// A professional of the region made from the directory alone. Without a known mode of practice, employed: which counts
/// nobody among private practitioners.
#[must_use]
pub fn depuis_l_annuaire(rpps: &Rpps, connu: &ProfessionnelNational) -> (PraticienSaisi, SuiviAnnuaire) {
    let court = |champ: &Option<String>, longueur: usize| champ.clone().filter(|texte| texte.chars().count() <= longueur);
    let (specialite, mode_exercice) = (specialite(connu, None), mode_exercice(&connu.lieux));
    let saisi = PraticienSaisi {
        rpps: Some(rpps.clone()),
        civilite: court(&connu.civilite, 5),
        titre: court(&connu.titre, 5),
        nom: connu.nom.chars().take(100).collect(),
        prenom: connu.prenom.chars().take(100).collect(),
        profession: connu.profession.clone(),
        specialite: specialite.clone(),
        mode_exercice: mode_exercice.unwrap_or(ModeExercice::Salarie),
        etablissement_id: None,
        telephone: connu.lieux.iter().find_map(|lieu| court(&lieu.telephone, 30)),
        courriel: None,
        adresses: Vec::new(),
    };
    (saisi, SuiviAnnuaire { specialite, mode_exercice, ..SuiviAnnuaire::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metier::annuaire::model::AdresseSaisie;

    fn lieu(structure: &str, mode: &str) -> LieuNational {
        LieuNational {
            savoir_faire: None,
            mode_exercice: Some(mode.to_owned()),
            finess: None,
            structure: Some(structure.to_owned()),
            raison_sociale: None,
            adresse: None,
            code_postal: None,
            commune: None,
            telephone: None,
        }
    }

    fn connu(savoir_faire: &[&str], lieux: Vec<LieuNational>) -> ProfessionnelNational {
        ProfessionnelNational {
            identification: "810001045367".to_owned(),
            rpps: Some("10001045367".to_owned()),
            civilite: Some("MME".to_owned()),
            titre: Some("DR".to_owned()),
            nom: "AUBÉPINE".to_owned(),
            prenom: "Ninon".to_owned(),
            profession: "10".to_owned(),
            savoir_faire: savoir_faire.iter().map(|code| (*code).to_owned()).collect(),
            lieux,
            bal: Vec::new(),
            disparu_le: None,
        }
    }

    fn bal(type_bal: TypeBal, adresse: &str, dematerialisation: bool) -> BalNationale {
        BalNationale { type_bal, adresse: adresse.to_owned(), structure: None, dematerialisation }
    }

    fn praticien() -> Praticien {
        let (saisi, annuaire) = depuis_l_annuaire(&"10001045367".parse().unwrap(), &connu(&["SM54"], vec![lieu("1590000014", "L")]));
        let instant = Instant::default();
        Praticien {
            id: uuid::Uuid::nil().into(),
            saisi,
            adresses_annuaire: Vec::new(),
            annuaire,
            actif: true,
            version: 1,
            cree_le: instant,
            modifie_le: instant,
        }
    }

    fn retenues(saisies: &[&str], connaissance: &Connaissance) -> Vec<String> {
        let mut praticien = praticien();
        praticien.saisi.adresses =
            saisies.iter().map(|adresse| AdresseSaisie { adresse: (*adresse).to_owned(), type_bal: TypeBal::Per, rang: 1 }).collect();
        adresses(&praticien.saisi, connaissance).into_iter().map(|a| a.adresse).collect()
    }

    #[test]
    fn la_boite_personnelle_passe_avant_celle_de_l_organisation() {
        let connaissance = Connaissance {
            professionnel: Some(connu(&["SM54"], vec![lieu("1590000014", "L")])),
            personnelles: vec![
                bal(TypeBal::Per, "vieille@a.mssante.fr", false),
                bal(TypeBal::Per, "preferee@a.mssante.fr", true),
                bal(TypeBal::Per, "autre@a.mssante.fr", true),
            ],
            organisations: vec![bal(TypeBal::Org, "secretariat@b.mssante.fr", true)],
        };
        assert_eq!(
            retenues(&[], &connaissance),
            ["preferee@a.mssante.fr", "autre@a.mssante.fr", "vieille@a.mssante.fr", "secretariat@b.mssante.fr"]
        );
        assert_eq!(retenues(&["Preferee@a.mssante.fr"], &connaissance).first().unwrap(), "autre@a.mssante.fr");
    }

    #[test]
    fn la_boite_d_une_organisation_ne_sert_que_si_elle_est_seule() {
        let mut connaissance = Connaissance {
            professionnel: Some(connu(&["SM54"], vec![lieu("1590000014", "L")])),
            personnelles: Vec::new(),
            organisations: vec![bal(TypeBal::Org, "secretariat@b.mssante.fr", true)],
        };
        assert_eq!(retenues(&[], &connaissance), ["secretariat@b.mssante.fr"]);
        connaissance.organisations.push(bal(TypeBal::Org, "chirurgie@b.mssante.fr", true));
        assert_eq!(retenues(&[], &connaissance), Vec::<String>::new());
        connaissance.organisations.truncate(1);
        connaissance.professionnel = Some(connu(&["SM54"], vec![lieu("1590000014", "L"), lieu("1590000022", "S")]));
        assert_eq!(retenues(&[], &connaissance), Vec::<String>::new());
    }

    #[test]
    fn ce_que_la_region_a_saisi_reste_tant_que_l_annuaire_ne_change_pas() {
        let maintenant = Instant::default();
        let sait = |codes: &[&str], mode: &str| Connaissance {
            professionnel: Some(connu(codes, vec![lieu("1590000014", mode)])),
            ..Connaissance::default()
        };
        let mut corrige = praticien();
        corrige.saisi.specialite = Some("G15_10/SM36".to_owned());
        corrige.saisi.mode_exercice = ModeExercice::Mixte;
        assert_eq!(rapprocher(&corrige, &sait(&["SM54"], "L"), maintenant), None);
        let change = rapprocher(&corrige, &sait(&["SM26"], "S"), maintenant).unwrap();
        assert_eq!(change.saisi.specialite.as_deref(), Some("G15_10/SM26"));
        assert_eq!(change.saisi.mode_exercice, ModeExercice::Salarie);
        assert_eq!(rapprocher(&change, &sait(&["SM26"], "S"), maintenant), None);
    }

    #[test]
    fn a_la_premiere_rencontre_seul_ce_qui_manque_est_rempli() {
        let mut neuf = praticien();
        neuf.annuaire = SuiviAnnuaire::default();
        neuf.saisi.mode_exercice = ModeExercice::Salarie;
        let sait = Connaissance { professionnel: Some(connu(&["SM26"], vec![lieu("1590000014", "L")])), ..Connaissance::default() };
        let apres = rapprocher(&neuf, &sait, Instant::default()).unwrap();
        assert_eq!((apres.saisi.specialite.as_deref(), apres.saisi.mode_exercice), (Some("G15_10/SM54"), ModeExercice::Salarie));
        neuf.saisi.specialite = None;
        assert_eq!(rapprocher(&neuf, &sait, Instant::default()).unwrap().saisi.specialite.as_deref(), Some("G15_10/SM26"));
    }

    #[test]
    fn une_personne_disparue_garde_tout_et_la_date_de_sa_disparition() {
        let jour = Instant::default();
        let mut sait = Connaissance { professionnel: Some(connu(&["SM54"], vec![lieu("1590000014", "L")])), ..Connaissance::default() };
        if let Some(p) = sait.professionnel.as_mut() {
            p.disparu_le = Some(jour);
        }
        let disparue = rapprocher(&praticien(), &sait, jour).unwrap();
        assert_eq!((disparue.annuaire.disparu_le, disparue.actif), (Some(jour), true));
        assert_eq!(disparue.saisi, praticien().saisi);
        assert_eq!(rapprocher(&disparue, &sait, jour), None);
        if let Some(p) = sait.professionnel.as_mut() {
            p.disparu_le = None;
        }
        assert_eq!(rapprocher(&disparue, &sait, jour).unwrap().annuaire.disparu_le, None);
    }
}
