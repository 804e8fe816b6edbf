//! The deliveries of a compte-rendu, as they stand after a year.

use super::{
    monde::{Monde, Objet},
    patients::PatientConnu,
    tirage::{Des, jours, secondes},
};
use crate::{
    db::Op,
    kernel::{Instant, Resultat, ids::PraticienId},
    metier::{
        compte_rendu::model::CompteRendu,
        diffusion::model::{
            Acte, Cible, Cle, Destinataire, Diffusion, DiffusionReprise, EtatDiffusion, Qualite, VersionReprise, sans_doublon,
        },
        document::model::Source,
    },
};
use chrono::Duration;

/// Domain of the `Message-ID`.
const DOMAINE: &str = "region-synthetique.example";
/// What becomes of a hundred mails that a server took.
const SUITES: [(EtatDiffusion, f64); 4] =
    [(EtatDiffusion::Acceptee, 8.0), (EtatDiffusion::Remise, 14.0), (EtatDiffusion::Lue, 55.0), (EtatDiffusion::Integree, 23.0)];
/// Share of the mails to those who asked that a server refuses at once, sends back, or that their system refuses.
const ECHECS: f64 = 0.008;
const REJETS: f64 = 0.006;
const REFUS: f64 = 0.004;
/// Share of the letters posted to the médecins traitants without a secure address.
const POSTEES: f64 = 0.02;

/// The deliveries of a version, and when the last of them left.
pub(super) fn envoyer(
    op: &Op<'_>,
    monde: &Monde,
    (version, connu): (&CompteRendu, &PatientConnu),
    (cas, envoye): (usize, bool),
) -> Resultat<(VersionReprise, Option<Instant>)> {
    let mut des = monde.des(Objet::Envoi, cas * 2 + usize::from(version.contenu.cas.motif_report.is_some()));
    let source = Source::CompteRendu(version.id);
    let prepare_le = version.valide_le;
    let mut diffusions = Vec::new();
    for (qualite, praticien) in destinataires(version.demandeur_id, connu.patient.medecin_traitant_id) {
        let oppose = qualite == Qualite::MedecinTraitant && connu.opposition.is_some();
        let destinataire =
            Destinataire { cible: Cible::Praticien(praticien, qualite), adresse: monde.boites.get(&praticien).cloned(), oppose };
        let cle = Cle { id: op.chance.id(prepare_le), source, patient_id: version.patient_id };
        let preparee = DiffusionReprise::preparee(Diffusion::nouvelle(cle, destinataire, prepare_le));
        diffusions.push(match preparee.diffusion.etat {
            EtatDiffusion::AEnvoyer if qualite == Qualite::MedecinTraitant => partir(preparee, envoye, &mut des)?,
            EtatDiffusion::AEnvoyer => repondre(preparee, &mut des)?,
            EtatDiffusion::SansAdresse if qualite == Qualite::MedecinTraitant && des.vrai(POSTEES) => poster(preparee, &mut des)?,
            _ => preparee,
        });
    }
    let dernier = diffusions.iter().filter_map(|reprise| reprise.diffusion.envoyee_le).max();
    Ok((VersionReprise { source, prepare_le, diffusions }, dernier))
}

fn destinataires(demandeur: PraticienId, traitant: Option<PraticienId>) -> Vec<(Qualite, PraticienId)> {
    let traitant = traitant.map(|medecin| (Qualite::MedecinTraitant, medecin));
    sans_doublon(traitant.into_iter().chain([(Qualite::Demandeur, demandeur)]).collect())
}

/// To the médecin traitant: taken by a server and then read or not, or refused at once.
fn partir(preparee: DiffusionReprise, envoye: bool, des: &mut Des) -> Resultat<DiffusionReprise> {
    if envoye { suivre(preparee, des) } else { echouer(preparee, des) }
}

/// To who asked.
fn repondre(preparee: DiffusionReprise, des: &mut Des) -> Resultat<DiffusionReprise> {
    let sort = des.unite();
    if sort < ECHECS {
        return echouer(preparee, des);
    }
    let retour = match sort {
        _ if sort < ECHECS + REJETS => (Acte::Rejeter, "5.2.2", "boîte pleine"),
        _ if sort < ECHECS + REJETS + REFUS => (Acte::Refuser, "patient-inconnu", "identité non rapprochée"),
        _ => return suivre(preparee, des),
    };
    let (acte, code, detail) = retour;
    let moments = tentative(&preparee, des);
    let apres = moments.1 + secondes(des.lognormale(300.0, 1.0));
    Ok(preparee.tenter(DOMAINE, moments, None)?.revenir(acte, Some((code, detail)), apres)?)
}

fn echouer(preparee: DiffusionReprise, des: &mut Des) -> Resultat<DiffusionReprise> {
    let moments = tentative(&preparee, des);
    let (code, detail) = des.un(&[("5.1.1", "boîte inconnue"), ("5.7.1", "expéditeur refusé")]).copied().unwrap_or(("5.1.1", ""));
    Ok(preparee.tenter(DOMAINE, moments, Some((code, detail)))?)
}

/// Begins some minutes after the validation, some days for a few.
fn tentative(preparee: &DiffusionReprise, des: &mut Des) -> (Instant, Instant) {
    let attente = if des.vrai(0.03) { jours(des.unite() * 4.0) } else { secondes(des.lognormale(240.0, 0.9)) };
    let debut = preparee.diffusion.cree_le + attente.clamp(Duration::seconds(20), Duration::days(5));
    (debut, debut + Duration::seconds(des.entre(1, 9)))
}

fn suivre(preparee: DiffusionReprise, des: &mut Des) -> Resultat<DiffusionReprise> {
    let moments = tentative(&preparee, des);
    let mut reprise = preparee.tenter(DOMAINE, moments, None)?;
    let etat = des.pondere(&SUITES, |(_, poids)| *poids).map_or(EtatDiffusion::Acceptee, |(etat, _)| *etat);
    let remise = moments.1 + secondes(des.lognormale(30.0, 0.8));
    let lue = remise + jours(des.lognormale(0.7, 1.1).min(20.0));
    if etat != EtatDiffusion::Acceptee {
        reprise = reprise.revenir(Acte::Remettre, None, remise)?;
    }
    match etat {
        EtatDiffusion::Lue => Ok(reprise.revenir(Acte::Lire, None, lue)?),
        EtatDiffusion::Integree => Ok(reprise.revenir(Acte::Integrer, None, remise + secondes(des.lognormale(900.0, 1.2)))?),
        _ => Ok(reprise),
    }
}

fn poster(preparee: DiffusionReprise, des: &mut Des) -> Resultat<DiffusionReprise> {
    let le = preparee.diffusion.cree_le + jours(1.0 + des.unite() * 6.0);
    Ok(preparee.apres(Acte::Poster, le, |diffusion| diffusion.poster(le))?)
}
