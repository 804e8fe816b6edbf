//! Who and what the header of a compte-rendu names.

use super::super::{
    Reglages,
    entete::{Acte, Auteur, EnTete, Fonction, Identifiant, Participant, Participation, PriseEnCharge, Topographie, Volet},
    types::{Concept, LOINC, Organisation, Personne, net, oid},
};
use crate::metier::compte_rendu::model::{ContenuCompteRendu, contenu::MEDECIN_TRAITANT, participants::Professionnel};
use uuid::Uuid;

/// CANCER-FRCP 2025.01.
pub const VOLET: Volet = Volet {
    modele: Some(("1.2.250.1.213.1.1.1.8", "2025.01")),
    code: Concept::new("34794-8", LOINC, "CR de réunion de concertation pluridisciplinaire"),
};

/// Quality of a correspondent that the header names as the one who asked.
const DEMANDEUR: &str = "demandeur";

/// The header of a compte-rendu.
pub fn entete<'c>(c: &'c ContenuCompteRendu, reglages: &Reglages) -> EnTete<'c> {
    let lieu = Organisation::from(&c.rcp.etablissement);
    let responsable = responsable(c);
    let coordonnateur = c.intervenants.coordonnateur.as_ref().map(Personne::from);
    EnTete {
        volet: VOLET,
        titre: format!("FRCP {}", denomination(c, reglages)),
        id: c.document.id.uuid(),
        set_id: c.document.set_id,
        numero_version: c.document.numero_version,
        remplace: c.document.remplace.as_ref().map(|r| r.id.uuid()),
        etabli_le: c.document.etabli_le,
        patient: &c.patient,
        auteurs: vec![auteur(c)],
        conservateur: lieu.clone(),
        responsable: responsable.clone(),
        signe_le: c.validation.le,
        participants: participants(c),
        demande: Some((c.cas.inscription_id.uuid(), c.cas.commentaire.clone())),
        acte: Acte {
            code: Some(Concept::new("39", "1.2.250.1.213.3.3.13", "Réunion de Concertation Pluridisciplinaire (RCP)")),
            precision: Some(denomination(c, reglages)),
            debut: c.reunion.debut,
            executant: coordonnateur.unwrap_or(responsable),
            lieu: lieu.clone(),
        },
        topographie: Some(topographie(c)),
        prise_en_charge: PriseEnCharge {
            ids: identifiants(c),
            en_rcp: true,
            debut: c.reunion.debut,
            secteur: reglages.secteurs.get(&lieu.finess).cloned(),
            lieu,
        },
    }
}

/// Network, managing body and name of the RCP, as far as they are known.
fn denomination(c: &ContenuCompteRendu, reglages: &Reglages) -> String {
    let parties = [net(reglages.sigle_rrc.as_deref()), net(Some(&c.rcp.centre_3c.nom)), net(Some(&c.rcp.nom))];
    parties.into_iter().flatten().collect::<Vec<_>>().join(" / ")
}

/// The coordinator of the RCP; the doctor who validated when the RCP has none.
fn auteur(c: &ContenuCompteRendu) -> Auteur {
    let (fonction, personne) = match &c.intervenants.coordonnateur {
        Some(coordonnateur) => ("Médecin coordonnateur de la RCP", Personne::from(coordonnateur)),
        None => ("Médecin ayant validé le compte-rendu", responsable(c)),
    };
    Auteur { fonction: Some(Fonction::EquipeDeSoins(fonction)), le: c.document.etabli_le, personne }
}

/// The doctor who validated; somebody without directory entry has a number drawn from the document.
fn responsable(c: &ContenuCompteRendu) -> Personne {
    let nommee = || Personne { propre: Some(Uuid::new_v5(&c.document.id.uuid(), b"responsable")), ..Personne::nommee(&c.validation.nom) };
    c.validation.professionnel.as_ref().map_or_else(nommee, Personne::from)
}

/// The parts of the case first, then the three lists that have a legal meaning. The médecin traitant and the
/// doctor who asked are not named again among the correspondents.
fn participants(c: &ContenuCompteRendu) -> Vec<Participant> {
    let i = &c.intervenants;
    let un = |participation, fonction, qui: &Professionnel| Participant { participation, fonction, personne: Some(qui.into()) };
    let presentateur = i.presentateur.as_ref().unwrap_or(&i.demandeur);
    let coordonnateur =
        i.coordonnateur.as_ref().map(|qui| un(Participation::Responsable, Fonction::Libre("PS Coordonnateur de la RCP"), qui));
    let traitant = Participant {
        participation: Participation::Informateur,
        fonction: Fonction::MedecinTraitant,
        personne: i.medecin_traitant.as_ref().map(Personne::from),
    };
    let quorum = c.participants.quorum.iter();
    let autres = c.participants.autres.iter();
    let correspondants = c.participants.correspondants.iter().filter(|qui| ![MEDECIN_TRAITANT, DEMANDEUR].contains(&qui.qualite.as_str()));
    coordonnateur
        .into_iter()
        .chain([
            un(Participation::Demandeur, Fonction::Libre("PS Demandeur"), &i.demandeur),
            un(Participation::Acteur, Fonction::Libre("PS Présentateur"), presentateur),
            traitant,
        ])
        .chain(quorum.map(|p| un(Participation::Acteur, Fonction::EquipeDeSoins("Participant du quorum"), &p.professionnel)))
        .chain(autres.map(|p| un(Participation::Acteur, Fonction::Correspondant("Participant hors quorum"), &p.professionnel)))
        .chain(correspondants.map(|qui| un(Participation::Correspondant, Fonction::Correspondant("PS Correspondant"), &qui.professionnel)))
        .collect()
}

/// The topography of the first tumour.
fn topographie(c: &ContenuCompteRendu) -> Topographie {
    let code = c.fiche.tumeurs.first().and_then(|tumeur| tumeur.topographie.as_ref());
    match code.map(|code| (code, Concept::de(code))) {
        Some((_, Some(concept))) => Topographie::Codee { code: concept.code.to_owned(), libelle: concept.libelle.to_owned() },
        Some((code, None)) => Topographie::Texte(code.libelle.clone()),
        None => Topographie::Texte("Non précisée".to_owned()),
    }
}

/// The national numbers that are known, then those of this software: session, RCP, managing body. The volet wants
/// three at least, and the header takes no empty one.
fn identifiants(c: &ContenuCompteRendu) -> Vec<Identifiant> {
    let nationaux = [
        ("1.2.250.1.161.1.20.1.1", &c.rcp.numero_rrc),
        ("1.2.250.1.161.1.20.2.1", &c.rcp.numero_gestionnaire),
        ("1.2.250.1.161.1.20.3.1", &c.rcp.numero_national),
    ];
    let propres = [c.reunion.id.uuid(), c.rcp.id.uuid(), c.rcp.centre_3c.id.uuid()];
    let connus = nationaux.into_iter().filter_map(|(root, numero)| {
        let numero = net(numero.as_deref())?;
        Some(Identifiant::Connu(root.to_owned(), numero.to_owned()))
    });
    connus.chain(propres.map(|uuid| Identifiant::Propre(oid(uuid)))).collect()
}
