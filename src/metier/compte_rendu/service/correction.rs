//! The correction of a validated compte-rendu: a new version that cancels and replaces the former.

use super::{
    super::{
        model::{
            CompteRendu, CompteRenduError, ContenuCompteRendu, StatutCas,
            assemblage::{Bottin, Envois},
            contenu::{EnTete, PatientRendu, Remplacement},
            fiche::G8Rendu,
            proposition::{PropositionRendue, ReferentielRendu},
        },
        store,
    },
    pieces::{bottin, libeller, validation},
    publier, visible,
};
use crate::{
    db::Op,
    kernel::{Action, Panne, Resultat, erreur::ErreurCommune, ids::CompteRenduId},
    metier::{
        fiche,
        inscription::{
            self,
            model::{Proposition, ReferentielApplique},
        },
        patient::{self, model::ObjetOpposition},
        reunion,
    },
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// What a correction changes. What is absent stays as it was; the identity of the patient and those to
/// be told are taken as they stand now. What the meeting saw (fiche, attendance, quorum) never changes.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// Why; printed on the new version.
    #[validate(length(min = 3, max = 2000, message = "De 3 à 2000 caractères."))]
    #[schema(example = "Latéralité erronée dans la proposition.")]
    pub motif_correction: String,
    /// The proposal, whole.
    #[validate(nested)]
    pub proposition: Option<Proposition>,
    /// The guideline, for a registered case.
    #[validate(nested)]
    pub referentiel: Option<ReferentielApplique>,
    /// The comment of the meeting; an empty text erases it.
    #[validate(length(max = 4000, message = "4000 caractères au plus."))]
    pub commentaire: Option<String>,
}

/// Corrects the current version, read as version `lue`: the new one has the same set, cancels and
/// replaces it, and goes to its recipients.
pub fn corriger(op: &mut Op<'_>, id: CompteRenduId, lue: i64, correction: &Correction) -> Resultat<CompteRendu> {
    op.exiger(Action::ValiderCompteRendu)?;
    let ancien = visible(op, Action::LireCompteRendu, id)?;
    let reunion = reunion::service::trouver(op, ancien.reunion_id)?;
    let rattachement = reunion::service::rattachement(op, &reunion)?;
    op.exiger_sur(Action::ValiderCompteRendu, &rattachement)?;
    if !ancien.courant || ancien.numero_version != lue {
        return perimee(op, &ancien);
    }
    let mut contenu = rafraichi(op, &ancien)?;
    appliquer(op, &mut contenu, correction)?;
    libeller(op, &mut contenu)?;
    if contenu.dit_la_meme_chose(&ancien.contenu) {
        return Err(CompteRenduError::CorrectionSansObjet.into());
    }
    let remplace = Remplacement {
        id,
        numero_version: ancien.numero_version,
        etabli_le: ancien.contenu.document.etabli_le,
        motif: correction.motif_correction.trim().to_owned(),
    };
    contenu.document = EnTete {
        id: op.id(),
        set_id: ancien.set_id,
        numero_version: ancien.numero_version + 1,
        remplace: Some(remplace),
        etabli_le: op.maintenant,
    };
    let mut nouveau = CompteRendu::figer(contenu, ancien.territoire_id)?;
    if store::remplacer(op, id, nouveau.id)? == 0 {
        return perimee(op, &ancien);
    }
    publier(op, "corriger", &mut nouveau)?;
    Ok(nouveau)
}

fn perimee<T>(op: &mut Op<'_>, ancien: &CompteRendu) -> Resultat<T> {
    let actuelle = store::numero_courant(op, ancien.set_id)?.unwrap_or(ancien.numero_version);
    Err(ErreurCommune::VersionPerimee { actuelle }.into())
}

/// The former content under the identity of the patient and with the recipients of this moment.
fn rafraichi(op: &mut Op<'_>, ancien: &CompteRendu) -> Resultat<ContenuCompteRendu> {
    let mut contenu = ancien.contenu.clone();
    let patient = patient::service::trouver(op, ancien.patient_id)?;
    let correspondants = patient::service::correspondants(op, patient.id)?;
    let nommes = [Some(ancien.demandeur_id), patient.medecin_traitant_id, op.acteur.praticien];
    let nommes = nommes.into_iter().flatten().chain(correspondants.iter().map(|c| c.praticien_id)).collect();
    let bottin: Bottin = bottin(op, nommes, patient.identifiants.iter().map(|i| i.etablissement_id).collect())?;
    contenu.validation = validation(op, &bottin)?;
    contenu.patient = PatientRendu::de(&patient, ancien.date_reunion, &bottin)?;
    contenu.intervenants.medecin_traitant = patient.medecin_traitant_id.map(|id| bottin.professionnel(id)).transpose()?;
    let envois = Envois {
        patient: &patient,
        correspondants: &correspondants,
        oppose_au_medecin_traitant: patient::service::est_oppose(op, patient.id, ObjetOpposition::EnvoiMedecinTraitant)?,
        demandeur: ancien.demandeur_id,
    };
    contenu.participants.correspondants = envois.correspondants(&bottin)?;
    if contenu.patient.age != ancien.contenu.patient.age {
        let fiche = fiche::service::trouver(op, contenu.fiche_id)?;
        contenu.fiche.g8 = G8Rendu::de(&fiche.contenu, contenu.patient.age);
    }
    Ok(contenu)
}

fn appliquer(op: &mut Op<'_>, contenu: &mut ContenuCompteRendu, correction: &Correction) -> Resultat<()> {
    if let Some(proposition) = &correction.proposition {
        if contenu.cas.statut == StatutCas::Reporte {
            return Err(CompteRenduError::PropositionSansDiscussion.into());
        }
        contenu.proposition = Some(proposee(op, proposition)?);
    }
    if let Some(r) = &correction.referentiel {
        if contenu.cas.statut != StatutCas::Enregistre {
            return Err(CompteRenduError::ReferentielSansEnregistrement.into());
        }
        contenu.referentiel = Some(ReferentielRendu { nom: r.nom.clone(), version: r.version.clone(), date: r.date });
    }
    if let Some(commentaire) = &correction.commentaire {
        contenu.cas.commentaire = Some(commentaire.trim().to_owned()).filter(|texte| !texte.is_empty());
    }
    Ok(())
}

fn proposee(op: &mut Op<'_>, proposition: &Proposition) -> Resultat<PropositionRendue> {
    inscription::service::exiger_juste(op, proposition, "/proposition")?;
    let relue = serde_json::to_value(proposition).and_then(serde_json::from_value);
    relue.map_err(|e| Panne::new("proposition corrigée", e).into())
}
