//! A small region to work in.

use super::Banc;
use dcc::{
    kernel::{
        identite::completer_luhn,
        ids::{Centre3cId, EtablissementId, PraticienId, TerritoireId},
    },
    metier::annuaire::{
        model::{AdresseSaisie, Centre3cSaisi, College, EtablissementSaisi, ModeExercice, PraticienSaisi, TypeBal},
        service as annuaire,
    },
};

/// A territoire, an établissement and its 3C.
#[derive(Debug, Clone, Copy)]
pub struct Region {
    pub territoire: TerritoireId,
    pub etablissement: EtablissementId,
    pub centre: Centre3cId,
}

fn etablissement(rang: u32, territoire: TerritoireId) -> EtablissementSaisi {
    EtablissementSaisi {
        finess: completer_luhn(&format!("5900{rang:04}")).parse().unwrap(),
        finess_juridique: None,
        raison_sociale: format!("Centre hospitalier d'essai {rang}"),
        college: College::Public,
        territoire_id: Some(territoire),
        adresse: Some("1 rue des Tilleuls".to_owned()),
        code_postal: Some("59000".to_owned()),
        commune: Some("Lille".to_owned()),
        autorise_cancer: true,
    }
}

impl Banc {
    /// Makes the region; `rang` tells one from another in the same test.
    pub fn region(&self, rang: u32) -> Region {
        self.systeme(move |op| {
            let territoire = annuaire::creer_territoire(op, &format!("T{rang}"), &format!("Territoire {rang}"))?.id;
            let etablissement = annuaire::creer_etablissement(op, &etablissement(rang, territoire))?.id;
            let saisi = Centre3cSaisi {
                code: format!("3C{rang}"),
                nom: format!("3C d'essai {rang}"),
                territoire_id: Some(territoire),
                etablissement_id: Some(etablissement),
                courriel: None,
                telephone: None,
                etablissements: vec![etablissement],
            };
            let centre = annuaire::creer_centre(op, &saisi)?.id;
            Ok(Region { territoire, etablissement, centre })
        })
    }

    /// One more établissement of a territoire.
    pub fn etablissement(&self, rang: u32, territoire: TerritoireId) -> EtablissementId {
        self.systeme(move |op| annuaire::creer_etablissement(op, &etablissement(rang, territoire))).id
    }

    /// A doctor of that specialty who practises nowhere in particular.
    pub fn medecin(&self, nom: &str, specialite: &str, rang: u32) -> PraticienId {
        self.creer_medecin(None, nom, specialite, rang)
    }

    /// A doctor of that specialty in an établissement.
    pub fn medecin_de(&self, etablissement: EtablissementId, nom: &str, specialite: &str, rang: u32) -> PraticienId {
        self.creer_medecin(Some(etablissement), nom, specialite, rang)
    }

    /// A doctor of that specialty, with a secure address named after the RPPS number.
    fn creer_medecin(&self, etablissement_id: Option<EtablissementId>, nom: &str, specialite: &str, rang: u32) -> PraticienId {
        let saisi = PraticienSaisi {
            rpps: Some(completer_luhn(&format!("100999{rang:04}")).parse().unwrap()),
            civilite: None,
            titre: Some("DR".to_owned()),
            nom: nom.to_owned(),
            prenom: "Camille".to_owned(),
            profession: "10".to_owned(),
            specialite: Some(specialite.to_owned()),
            mode_exercice: ModeExercice::Salarie,
            etablissement_id,
            telephone: None,
            courriel: Some(format!("medecin{rang}@hopital.example")),
            adresses: vec![AdresseSaisie { adresse: format!("medecin{rang}@essai.mssante.fr"), type_bal: TypeBal::Per, rang: 1 }],
        };
        self.systeme(move |op| annuaire::creer_praticien(op, &saisi)).id
    }
}
