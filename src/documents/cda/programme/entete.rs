//! Who and what the header of a programme names.

use super::super::{
    Reglages,
    entete::{Acte, Auteur, EnTete, Fonction, Participant, Participation, PriseEnCharge, Volet},
    types::{Concept, LOINC, Organisation, Personne},
};
use crate::metier::{
    compte_rendu::model::participants::Professionnel,
    pps::model::{ContenuProgramme, GenreProgramme},
};

/// Type of document of every plan of personal care (JDV J07).
const PLAN: Concept<'static> = Concept::new("18776-5", LOINC, "Plan personnalisé de soins");

/// The header of a programme. Its author is the professional who handed it, and answers for it.
pub(super) fn entete<'c>(c: &'c ContenuProgramme, reglages: &Reglages) -> EnTete<'c> {
    let lieu = Organisation::from(&c.etablissement);
    let secteur = reglages.secteurs.get(&lieu.finess).cloned();
    let remettant = Personne::from(&c.remise.professionnel);
    let (volet, titre) = match c.genre() {
        GenreProgramme::Pps => {
            (Volet { modele: Some(("1.2.250.1.213.1.1.1.26", "2025.01")), code: PLAN }, "Programme personnalisé de soins en cancérologie")
        }
        GenreProgramme::Ppac => (Volet { modele: None, code: PLAN }, "Programme personnalisé de l'après-cancer"),
    };
    EnTete {
        volet,
        titre: titre.to_owned(),
        id: c.document.id.uuid(),
        set_id: c.document.set_id,
        numero_version: c.document.numero_version,
        remplace: c.document.remplace.as_ref().map(|r| r.id.uuid()),
        etabli_le: c.document.etabli_le,
        patient: &c.patient,
        auteurs: vec![Auteur { fonction: None, le: c.document.etabli_le, personne: remettant.clone() }],
        conservateur: lieu.clone(),
        responsable: remettant.clone(),
        signe_le: c.document.etabli_le,
        participants: participants(c),
        demande: None,
        acte: Acte { code: None, precision: None, debut: c.document.etabli_le, executant: remettant, lieu: lieu.clone() },
        topographie: None,
        prise_en_charge: PriseEnCharge { ids: Vec::new(), en_rcp: false, debut: c.document.etabli_le, secteur, lieu },
    }
}

/// The referring doctor, when another handed the programme, and the médecin traitant, known or not.
fn participants(c: &ContenuProgramme) -> Vec<Participant> {
    let autre = |qui: &&Professionnel| qui.praticien_id != c.remise.professionnel.praticien_id;
    let referent = c.referent.as_ref().filter(autre).map(|qui| Participant {
        participation: Participation::Acteur,
        fonction: Fonction::EquipeDeSoins("Médecin référent"),
        personne: Some(qui.into()),
    });
    let traitant = Participant {
        participation: Participation::Informateur,
        fonction: Fonction::MedecinTraitant,
        personne: c.medecin_traitant.as_ref().map(Personne::from),
    };
    referent.into_iter().chain([traitant]).collect()
}
