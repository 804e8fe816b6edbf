//! The patient itself: what is kept, what may be shown.

use super::{
    Attributs, IdentifiantLocal, IdentiteGardee, Justificatif, OidIns, PatientError, PatientSaisi, Sexe,
    statut::{exige_justificatif, transition_permise},
};
use crate::kernel::{
    Instant,
    clock::{self, date_paris},
    identite::{Ins, StatutIdentite},
    ids::{PatientId, PraticienId},
    texte::normaliser,
};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// A patient. It does not serialise: what leaves the service goes through [`PatientVue`] or
/// [`Patient::ins_utilisable`], so that a matricule that may not be used is never sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patient {
    /// Identifier.
    pub id: PatientId,
    /// Birth name.
    pub nom_naissance: String,
    /// Name in use, when it differs.
    pub nom_utilise: Option<String>,
    /// All birth first names.
    pub prenoms: String,
    /// First of them.
    pub premier_prenom: String,
    /// First name in use, when it differs.
    pub prenom_utilise: Option<String>,
    /// Sex.
    pub sexe: Sexe,
    /// Birth date.
    pub date_naissance: NaiveDate,
    /// INSEE code of the birth place.
    pub lieu_naissance: Option<String>,
    /// Matricule INS, whatever the status: use [`Patient::ins_utilisable`] to show or send it.
    pub ins: Option<Ins>,
    /// OID of its authority.
    pub ins_oid: Option<OidIns>,
    /// Status of the identity.
    pub statut_identite: StatutIdentite,
    /// Street address.
    pub adresse: Option<String>,
    /// Postal code.
    pub code_postal: Option<String>,
    /// Town.
    pub commune: Option<String>,
    /// Telephone.
    pub telephone: Option<String>,
    /// Date of death.
    pub decede_le: Option<NaiveDate>,
    /// Médecin traitant.
    pub medecin_traitant_id: Option<PraticienId>,
    /// Local numbers, by établissement.
    pub identifiants: Vec<IdentifiantLocal>,
    /// Attributes of the identity.
    pub attributs: Attributs,
    /// What the identity was checked on.
    pub justificatif: Option<Justificatif>,
    /// When it was checked.
    pub justificatif_le: Option<NaiveDate>,
    /// When the matricule was fetched from INSi.
    pub insi_le: Option<NaiveDate>,
    /// The patient who absorbed this one.
    pub absorbe_par_id: Option<PatientId>,
    /// Version.
    pub version: i64,
    /// Creation.
    pub cree_le: Instant,
    /// Last change.
    pub modifie_le: Instant,
}

impl Patient {
    /// A new patient, from what was typed (and found without fault).
    #[must_use]
    pub fn nouveau(id: PatientId, saisi: &PatientSaisi, maintenant: Instant) -> Self {
        let mut patient = Self {
            id,
            nom_naissance: String::new(),
            nom_utilise: None,
            prenoms: String::new(),
            premier_prenom: String::new(),
            prenom_utilise: None,
            sexe: saisi.sexe,
            date_naissance: saisi.date_naissance,
            lieu_naissance: None,
            ins: None,
            ins_oid: None,
            statut_identite: saisi.statut_identite,
            adresse: None,
            code_postal: None,
            commune: None,
            telephone: None,
            decede_le: None,
            medecin_traitant_id: None,
            identifiants: Vec::new(),
            attributs: Attributs::default(),
            justificatif: None,
            justificatif_le: None,
            insi_le: None,
            absorbe_par_id: None,
            version: 0,
            cree_le: maintenant,
            modifie_le: maintenant,
        };
        patient.reprendre(saisi, date_paris(maintenant));
        patient.version = 1;
        patient
    }

    /// The patient after a change. A matricule that is not typed again stays as long as the status
    /// needs one, and goes with it.
    #[must_use]
    pub fn modifie(&self, saisi: &PatientSaisi, maintenant: Instant) -> Self {
        let mut apres = self.clone();
        apres.reprendre(saisi, date_paris(maintenant));
        apres.version = self.version + 1;
        apres.modifie_le = maintenant;
        apres
    }

    /// The patient after its attributes were set: a doubtful or invented identity falls back to `provisoire` and
    /// loses its matricule and its proofs.
    #[must_use]
    pub fn attribue(&self, attributs: Attributs, maintenant: Instant) -> Self {
        let mut apres = Self { attributs, version: self.version + 1, modifie_le: maintenant, ..self.clone() };
        if attributs.douteuse || attributs.fictive {
            apres.statut_identite = StatutIdentite::Provisoire;
            apres.retirer_les_preuves();
        }
        apres
    }

    fn retirer_les_preuves(&mut self) {
        (self.ins, self.ins_oid, self.insi_le) = (None, None, None);
        (self.justificatif, self.justificatif_le) = (None, None);
    }

    /// The patient once absorbed by another: the matricule is left to the one who is kept.
    #[must_use]
    pub fn absorbe(&self, par: PatientId, maintenant: Instant) -> Self {
        let mut apres = Self { absorbe_par_id: Some(par), version: self.version + 1, modifie_le: maintenant, ..self.clone() };
        if exige_matricule(apres.statut_identite) {
            apres.statut_identite = StatutIdentite::Provisoire;
            apres.retirer_les_preuves();
        }
        apres
    }

    /// The patient once taken apart again, with the status and the proofs that were left.
    #[must_use]
    pub fn separe(&self, avant: &IdentiteGardee, maintenant: Instant) -> Self {
        Self {
            absorbe_par_id: None,
            ins: avant.ins.clone(),
            ins_oid: avant.ins_oid,
            insi_le: avant.insi_le,
            statut_identite: avant.statut_identite,
            justificatif: avant.justificatif,
            justificatif_le: avant.justificatif_le,
            version: self.version + 1,
            modifie_le: maintenant,
            ..self.clone()
        }
    }

    /// Refuses a change of status that no proof explains.
    pub fn exiger_transition(&self, vers: StatutIdentite) -> Result<(), PatientError> {
        self.attributs.admettre(vers)?;
        let de = self.statut_identite;
        if transition_permise(de, vers) { Ok(()) } else { Err(PatientError::TransitionInterdite { de, vers }) }
    }

    fn reprendre(&mut self, saisi: &PatientSaisi, aujourd_hui: NaiveDate) {
        self.nom_naissance = compact(&saisi.nom_naissance);
        self.nom_utilise = saisi.nom_utilise.as_deref().map(compact);
        self.premier_prenom = compact(&saisi.premier_prenom);
        self.prenoms = compact(saisi.prenoms.as_deref().unwrap_or(&saisi.premier_prenom));
        self.prenom_utilise = saisi.prenom_utilise.as_deref().map(compact);
        self.sexe = saisi.sexe;
        self.date_naissance = saisi.date_naissance;
        self.lieu_naissance.clone_from(&saisi.lieu_naissance);
        self.statut_identite = saisi.statut_identite;
        if !exige_matricule(saisi.statut_identite) {
            (self.ins, self.ins_oid, self.insi_le) = (None, None, None);
        } else if saisi.ins.is_some() && (&self.ins, self.ins_oid) != (&saisi.ins, saisi.ins_oid) {
            (self.ins, self.ins_oid, self.insi_le) = (saisi.ins.clone(), saisi.ins_oid, Some(aujourd_hui));
        }
        if saisi.justificatif.is_some() {
            (self.justificatif, self.justificatif_le) = (saisi.justificatif, Some(aujourd_hui));
        } else if !exige_justificatif(saisi.statut_identite) {
            (self.justificatif, self.justificatif_le) = (None, None);
        }
        self.adresse.clone_from(&saisi.adresse);
        self.code_postal.clone_from(&saisi.code_postal);
        self.commune.clone_from(&saisi.commune);
        self.telephone.clone_from(&saisi.telephone);
        self.decede_le = saisi.decede_le;
        self.medecin_traitant_id = saisi.medecin_traitant_id;
        self.identifiants.clone_from(&saisi.identifiants);
        self.identifiants.sort_by_key(|i| i.etablissement_id);
    }

    /// The matricule and its OID, when the identity is qualified: the only case in which it may be
    /// shown, printed or sent (RNIV).
    #[must_use]
    pub fn ins_utilisable(&self) -> Option<(&Ins, OidIns)> {
        match self.statut_identite {
            StatutIdentite::Qualifiee => self.ins.as_ref().zip(self.ins_oid),
            StatutIdentite::Provisoire | StatutIdentite::Recuperee | StatutIdentite::Validee => None,
        }
    }

    /// The age in completed years at a date.
    #[must_use]
    pub fn age_au(&self, date: NaiveDate) -> u32 {
        clock::age(self.date_naissance, date)
    }

    /// « MARTIN Jeanne », with the name and first name in use.
    #[must_use]
    pub fn nom_affiche(&self) -> String {
        let nom = self.nom_utilise.as_ref().unwrap_or(&self.nom_naissance).to_uppercase();
        format!("{nom} {}", self.prenom_utilise.as_ref().unwrap_or(&self.premier_prenom))
    }

    /// True when the traits that duplicates are looked for by are no longer the same.
    #[must_use]
    pub fn change_de_traits(&self, apres: &Self) -> bool {
        let traits = |p: &Self| (normaliser(&p.nom_naissance), normaliser(&p.premier_prenom), p.date_naissance, p.sexe);
        traits(self) != traits(apres)
    }

    /// True when what was typed is another strict trait than the recorded one.
    #[must_use]
    pub fn change_de_traits_stricts(&self, saisi: &PatientSaisi) -> bool {
        let apres = self.modifie(saisi, self.modifie_le);
        let stricts = |p: &Self| {
            (p.nom_naissance.clone(), p.prenoms.clone(), p.premier_prenom.clone(), p.sexe, p.date_naissance, p.lieu_naissance.clone())
        };
        stricts(self) != stricts(&apres)
    }

    /// Names of the fields that differ, for the access trace.
    #[must_use]
    pub fn champs_differents(&self, autre: &Self) -> Vec<&'static str> {
        let (a, b) = (self, autre);
        [
            ("nom_naissance", a.nom_naissance != b.nom_naissance),
            ("nom_utilise", a.nom_utilise != b.nom_utilise),
            ("prenoms", a.prenoms != b.prenoms),
            ("premier_prenom", a.premier_prenom != b.premier_prenom),
            ("prenom_utilise", a.prenom_utilise != b.prenom_utilise),
            ("sexe", a.sexe != b.sexe),
            ("date_naissance", a.date_naissance != b.date_naissance),
            ("lieu_naissance", a.lieu_naissance != b.lieu_naissance),
            ("ins", a.ins != b.ins || a.ins_oid != b.ins_oid),
            ("statut_identite", a.statut_identite != b.statut_identite),
            ("attributs", a.attributs != b.attributs),
            ("justificatif", (a.justificatif, a.justificatif_le) != (b.justificatif, b.justificatif_le)),
            ("adresse", (&a.adresse, &a.code_postal, &a.commune) != (&b.adresse, &b.code_postal, &b.commune)),
            ("telephone", a.telephone != b.telephone),
            ("decede_le", a.decede_le != b.decede_le),
            ("medecin_traitant_id", a.medecin_traitant_id != b.medecin_traitant_id),
            ("identifiants", a.identifiants != b.identifiants),
        ]
        .into_iter()
        .filter_map(|(champ, differe)| differe.then_some(champ))
        .collect()
    }

    /// What disagrees between the matricule and the traits. Never a refusal: the NIR of some people
    /// does not tell their sex or birth.
    #[must_use]
    pub fn avertissements(&self) -> Vec<Avertissement> {
        let Some(nir) = self.ins.as_ref().map(Ins::as_str) else { return Vec::new() };
        let nombre = |debut: usize| nir.get(debut..debut + 2).and_then(|texte| texte.parse::<u32>().ok());
        let sexe = match nir.chars().next() {
            Some('1' | '3' | '7') => Sexe::Masculin,
            Some('2' | '4' | '8') => Sexe::Feminin,
            _ => Sexe::Indetermine,
        };
        let sexe_dit = sexe != Sexe::Indetermine && self.sexe != Sexe::Indetermine;
        let annee = u32::try_from(self.date_naissance.year().rem_euclid(100)).ok();
        let mois = nombre(3).filter(|mois| (1..=12).contains(mois));
        [
            ("ins-sexe", sexe_dit && sexe != self.sexe, "Le matricule INS n'indique pas le sexe saisi."),
            ("ins-annee", nombre(1) != annee, "Le matricule INS n'indique pas l'année de naissance saisie."),
            (
                "ins-mois",
                mois.is_some_and(|mois| mois != self.date_naissance.month()),
                "Le matricule INS n'indique pas le mois de naissance saisi.",
            ),
            (
                "ins-lieu",
                self.lieu_naissance.as_deref().is_some_and(|lieu| lieu_discordant(nir, lieu, self.date_naissance)),
                "Le matricule INS n'indique pas le département ou le pays de naissance saisi.",
            ),
            (
                "ins-fictif",
                matches!(self.ins_oid, Some(OidIns::Test | OidIns::Demonstration)),
                "Le matricule INS appartient à un jeu de test ou de démonstration.",
            ),
        ]
        .into_iter()
        .filter(|(_, vrai, _)| *vrai)
        .map(|(code, _, message)| Avertissement { code: code.to_owned(), message: message.to_owned() })
        .collect()
    }
}

/// True when the NIR tells another department or country of birth than the COG code. Left aside: the temporary
/// numbers (first digit above 2), those that say no place, and the departments that no longer are (the Seine
/// and the Seine-et-Oise until 1968, Corsica until 1976, Algeria and the protectorates until 1962).
fn lieu_discordant(nir: &str, lieu: &str, naissance: NaiveDate) -> bool {
    let (Some(du_nir), Some(du_lieu)) = (nir.get(5..7), lieu.get(..2)) else { return false };
    if !matches!(nir.chars().next(), Some('1' | '2')) || du_nir == du_lieu {
        return false;
    }
    let annee = naissance.year();
    let seine = annee < 1968 && matches!(du_nir, "75" | "78") && matches!(du_lieu, "75" | "77" | "78" | "91" | "92" | "93" | "94" | "95");
    let corse = annee < 1976 && du_nir == "20" && matches!(du_lieu, "2A" | "2B");
    let outre_mer = du_nir == "98" && du_lieu == "97" || du_nir == "97" && du_lieu == "98";
    let maghreb = annee <= 1962 && du_lieu == "99" && matches!(du_nir, "91" | "92" | "93" | "94" | "95" | "96");
    !(seine || corse || outre_mer || maghreb)
}

/// Only an identity fetched from INSi has a matricule.
pub(super) const fn exige_matricule(statut: StatutIdentite) -> bool {
    match statut {
        StatutIdentite::Recuperee | StatutIdentite::Qualifiee => true,
        StatutIdentite::Provisoire | StatutIdentite::Validee => false,
    }
}

/// A name as it is kept: no blank around it, one between words.
fn compact(nom: &str) -> String {
    nom.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Something to check, that prevents nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Avertissement {
    /// Stable code.
    #[schema(example = "ins-sexe")]
    pub code: String,
    /// What is to be checked, in French.
    pub message: String,
}

/// A patient, as answers show it: the matricule only when the identity is qualified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Patient)]
pub struct PatientVue {
    /// Identifier.
    pub id: PatientId,
    /// The identity; its matricule only when it is qualified.
    #[serde(flatten)]
    pub identite: IdentiteGardee,
    /// Médecin traitant.
    pub medecin_traitant_id: Option<PraticienId>,
    /// Local numbers, by établissement.
    pub identifiants: Vec<IdentifiantLocal>,
    /// What is to be checked in the identity.
    pub avertissements: Vec<Avertissement>,
    /// Version.
    pub version: i64,
    /// Creation.
    pub cree_le: DateTime<Utc>,
    /// Last change.
    pub modifie_le: DateTime<Utc>,
}

impl From<Patient> for PatientVue {
    fn from(p: Patient) -> Self {
        let avertissements = p.avertissements();
        let (ins, ins_oid) = p.ins_utilisable().map(|(ins, oid)| (ins.clone(), oid)).unzip();
        let identite = IdentiteGardee { ins, ins_oid, ..IdentiteGardee::from(&p) };
        Self {
            id: p.id,
            identite,
            medecin_traitant_id: p.medecin_traitant_id,
            identifiants: p.identifiants,
            avertissements,
            version: p.version,
            cree_le: p.cree_le,
            modifie_le: p.modifie_le,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saisi() -> PatientSaisi {
        serde_json::from_value(serde_json::json!({
            "nom_naissance": "  Lefèvre   d’Artagnan ", "premier_prenom": "Jeanne", "sexe": "feminin", "date_naissance": "1979-03-14",
            "ins": "279035121518989", "ins_oid": "1.2.250.1.213.1.4.8", "statut_identite": "qualifiee", "justificatif": "passeport"
        }))
        .unwrap()
    }

    fn patient(saisi: &PatientSaisi) -> Patient {
        Patient::nouveau(PatientId::new(uuid::Uuid::nil()), saisi, "2026-03-01T10:00:00Z".parse().unwrap())
    }

    fn codes(patient: &Patient) -> Vec<String> {
        patient.avertissements().into_iter().map(|a| a.code).collect()
    }

    #[test]
    fn le_matricule_ne_se_montre_que_sous_une_identite_qualifiee() {
        for statut in StatutIdentite::TOUS {
            let mut p = patient(&saisi());
            p.statut_identite = *statut;
            let montre = *statut == StatutIdentite::Qualifiee;
            assert_eq!(p.ins_utilisable().is_some(), montre, "{statut}");
            let vue = PatientVue::from(p);
            assert_eq!((vue.identite.ins.is_some(), vue.identite.ins_oid.is_some()), (montre, montre), "{statut}");
        }
    }

    #[test]
    fn le_matricule_reste_tant_que_le_statut_le_demande_puis_part_avec_lui() {
        let qualifie = patient(&saisi());
        let sans_ressaisie = PatientSaisi { ins: None, ins_oid: None, statut_identite: StatutIdentite::Recuperee, ..saisi() };
        let recupere = qualifie.modifie(&sans_ressaisie, qualifie.cree_le);
        assert_eq!((recupere.ins.is_some(), recupere.version), (true, 2));
        let valide = recupere.modifie(&PatientSaisi { statut_identite: StatutIdentite::Validee, ..sans_ressaisie }, qualifie.cree_le);
        assert_eq!((valide.ins, valide.ins_oid), (None, None));
    }

    #[test]
    fn les_discordances_du_nir_sont_des_avertissements() {
        assert!(codes(&patient(&saisi())).is_empty());
        let autre = PatientSaisi { sexe: Sexe::Masculin, date_naissance: "1980-04-14".parse().unwrap(), ..saisi() };
        assert_eq!(codes(&patient(&autre)), ["ins-sexe", "ins-annee", "ins-mois"]);
        assert!(codes(&patient(&PatientSaisi { sexe: Sexe::Indetermine, ..saisi() })).is_empty());
        assert_eq!(codes(&patient(&PatientSaisi { ins_oid: Some(OidIns::Test), ..saisi() })), ["ins-fictif"]);
        // A month above 12 stands for an unknown one.
        let mois_inconnu = PatientSaisi { ins: Some(Ins::avec_cle("2793051215189").unwrap()), ..saisi() };
        assert!(codes(&patient(&mois_inconnu)).is_empty());
    }

    #[test]
    fn le_departement_de_naissance_se_compare_la_ou_le_nir_le_dit() {
        let discordant = |nir: &str, lieu: &str, naissance: &str| lieu_discordant(nir, lieu, naissance.parse().unwrap());
        for (nir, lieu, naissance) in [
            ("279035935018900", "59350", "1979-03-14"),
            ("250037550018900", "93066", "1950-03-14"),
            ("250032000418900", "2A004", "1950-03-14"),
            ("250039135218900", "99352", "1950-03-14"),
            ("279039935218900", "99352", "1979-03-14"),
            ("879039935218900", "59350", "1979-03-14"),
        ] {
            assert!(!discordant(nir, lieu, naissance), "{nir} {lieu}");
        }
        for (nir, lieu, naissance) in [
            ("279036235018900", "59350", "1979-03-14"),
            ("279037550018900", "93066", "1979-03-14"),
            ("279039135218900", "99352", "1979-03-14"),
        ] {
            assert!(discordant(nir, lieu, naissance), "{nir} {lieu}");
        }
        let lens = PatientSaisi { ins: Some(Ins::avec_cle("2790362351218").unwrap()), lieu_naissance: Some("59350".into()), ..saisi() };
        assert_eq!(codes(&patient(&lens)), ["ins-lieu"]);
    }

    #[test]
    fn une_identite_marquee_douteuse_perd_son_matricule_et_ses_preuves() {
        let qualifie = patient(&saisi());
        let douteuse = qualifie.attribue(Attributs { douteuse: true, ..Attributs::default() }, qualifie.cree_le);
        assert_eq!((douteuse.statut_identite, &douteuse.ins, douteuse.justificatif), (StatutIdentite::Provisoire, &None, None));
        assert!(matches!(douteuse.exiger_transition(StatutIdentite::Qualifiee), Err(PatientError::IdentiteDouteuse)));
        let homonyme = qualifie.attribue(Attributs { homonyme: true, ..Attributs::default() }, qualifie.cree_le);
        assert_eq!((homonyme.statut_identite, homonyme.ins.is_some()), (StatutIdentite::Qualifiee, true));
    }

    #[test]
    fn les_noms_se_gardent_sans_blancs_superflus_et_le_premier_prenom_vaut_liste() {
        let p = patient(&saisi());
        assert_eq!((p.nom_naissance.as_str(), p.prenoms.as_str()), ("Lefèvre d’Artagnan", "Jeanne"));
        assert_eq!(p.nom_affiche(), "LEFÈVRE D’ARTAGNAN Jeanne");
        assert_eq!(p.age_au("2026-03-13".parse().unwrap()), 46);
        assert_eq!(p.age_au("2026-03-14".parse().unwrap()), 47);
    }

    #[test]
    fn la_trace_nomme_les_champs_qui_changent_et_eux_seuls() {
        let avant = patient(&saisi());
        let apres = avant.modifie(&PatientSaisi { telephone: Some("0320000000".into()), ..saisi() }, avant.cree_le);
        assert_eq!(avant.champs_differents(&apres), ["telephone"]);
        assert!(!avant.change_de_traits(&apres));
        assert!(avant.change_de_traits(&avant.modifie(&PatientSaisi { premier_prenom: "Anne".into(), ..saisi() }, avant.cree_le)));
    }
}
