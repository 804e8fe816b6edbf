//! Facts of a compte-rendu that a test plants without its content.

use super::region::Region;
use chrono::NaiveDate;
use dcc::{
    kernel::{
        Instant,
        ids::{CompteRenduId, PatientId, PraticienId, RcpId, ReunionId},
    },
    metier::compte_rendu::model::fait::FaitPassage,
};

/// What a planted compte-rendu belongs to.
pub struct Appartenance {
    pub compte_rendu: CompteRenduId,
    pub patient: PatientId,
    pub reunion: ReunionId,
    pub rcp: RcpId,
    pub demandeur: PraticienId,
    pub region: Region,
}

/// A discussed case of a woman of 54, of which nothing more is known.
pub fn fait(a: &Appartenance, date_reunion: NaiveDate, valide_le: Instant) -> FaitPassage {
    FaitPassage {
        date_reunion,
        compte_rendu_id: a.compte_rendu,
        courant: true,
        patient_id: a.patient,
        reunion_id: a.reunion,
        rcp_id: a.rcp,
        centre_3c_id: a.region.centre,
        etablissement_id: a.region.etablissement,
        territoire_id: None,
        etablissement_demandeur_id: None,
        demandeur_id: a.demandeur,
        theme: "sein".to_owned(),
        type_rcp: "standard".to_owned(),
        niveau: "local".to_owned(),
        expertise: false,
        statut_cas: "discute".parse().unwrap(),
        motif_report: None,
        age: 54,
        sexe: "feminin".to_owned(),
        departement: None,
        localisation: None,
        quorum_has: None,
        quorum_regle: None,
        quorum_national: None,
        quorum_regional: None,
        double_expertise: None,
        avec_proposition: false,
        recours_propose: false,
        essai_propose: false,
        g8: "non_concerne".parse().unwrap(),
        g8_demi_points: None,
        geriatrie: None,
        fertilite: None,
        essai: None,
        oncogenetique: None,
        soins_support: None,
        soins_palliatifs: None,
        tabac: None,
        alcool: None,
        completude: 0,
        medecin_traitant: false,
        delai_inscription: None,
        delai_compte_rendu: 0,
        delai_diagnostic: None,
        valide_le,
    }
}
