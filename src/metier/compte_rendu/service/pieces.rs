//! Gathers what a compte-rendu is made of.

use super::super::model::{
    Code, CompteRendu, ContenuCompteRendu, StatutCas,
    assemblage::{Bottin, Envois, Pieces},
    contenu::{EnTete, Validation},
    fiche::SOCLE,
    proposition::RegleComparee,
};
use crate::{
    db::Op,
    kernel::{
        Resultat,
        clock::date_paris,
        ids::{EtablissementId, PraticienId},
    },
    metier::{
        annuaire::{self, model::Centre3c},
        fiche,
        inscription::{
            self,
            model::{AvisEcrit, Inscription},
        },
        patient::{self, model::ObjetOpposition},
        quorum::{self, model::Exigences, regle::Cas},
        rcp::{
            self,
            model::{FonctionMembre, Membre, Rcp},
        },
        referentiel,
        reunion::{
            self,
            model::{Presence, Reunion},
        },
    },
};
use std::collections::BTreeSet;

/// What the cases of one meeting share.
pub(super) struct Seance {
    reunion: Reunion,
    presences: Vec<Presence>,
    rcp: Rcp,
    centre: Centre3c,
    membres: Vec<Membre>,
    coordonnateur: Option<PraticienId>,
    exigences: Vec<Exigences>,
}

impl Seance {
    pub(super) fn charger(op: &mut Op<'_>, reunion: &Reunion) -> Resultat<Self> {
        let rcp = rcp::service::trouver(op, reunion.rcp_id)?;
        let membres = rcp::service::membres(op, rcp.id, date_paris(reunion.debut))?;
        Ok(Self {
            presences: reunion::service::presences(op, reunion.id)?,
            centre: annuaire::service::centre(op, rcp.saisie.centre_3c_id)?,
            exigences: quorum::service::exigences_comparees(op, &rcp, date_paris(reunion.debut))?,
            coordonnateur: membres.iter().find(|m| m.fonction == FonctionMembre::Coordonnateur).map(|m| m.praticien_id),
            reunion: reunion.clone(),
            membres,
            rcp,
        })
    }

    /// The composition of a case by the rule of the RCP and by those that it is compared with.
    fn comparer(&self, inscription: &Inscription, statut: StatutCas, cas: &Cas, avis: &[AvisEcrit], bottin: &Bottin) -> Vec<RegleComparee> {
        let Some(discussion) = inscription.discussion().filter(|_| statut == StatutCas::Discute) else { return Vec::new() };
        let venus = (&self.membres[..], &self.presences[..], avis);
        let assistance = quorum::service::assister(&self.reunion, venus, &bottin.praticiens, discussion);
        self.exigences.iter().map(|exigences| RegleComparee::de(exigences, cas, &assistance)).collect()
    }
}

/// A version of the compte-rendu of a case, as everything stands now.
pub(super) fn decrire(
    op: &mut Op<'_>,
    seance: &Seance,
    inscription: &Inscription,
    statut: StatutCas,
    document: EnTete,
) -> Resultat<CompteRendu> {
    let patient = patient::service::trouver(op, inscription.patient_id)?;
    let correspondants = patient::service::correspondants(op, patient.id)?;
    let dossier = patient::service::dossier(op, inscription.dossier_id)?;
    let fiche = fiche::service::trouver(op, inscription.fiche_id)?;
    let avis = inscription::service::avis(op, inscription.id)?;
    let nommes = [
        Some(inscription.demandeur_id),
        inscription.presentateur_id,
        patient.medecin_traitant_id,
        seance.coordonnateur,
        op.acteur.praticien,
    ]
    .into_iter()
    .flatten()
    .chain(seance.presences.iter().map(|p| p.praticien_id))
    .chain(avis.iter().map(|a| a.praticien_id))
    .chain(correspondants.iter().map(|c| c.praticien_id));
    let lieux = patient.identifiants.iter().map(|i| i.etablissement_id).chain([seance.rcp.saisie.etablissement_id]);
    let bottin = bottin(op, nommes.collect(), lieux.collect())?;
    let cas = inscription::service::cas_du_quorum(&patient, &dossier, &fiche.contenu, inscription.proposition.as_ref(), &seance.reunion);
    let blocs = fiche::service::lire_en_mots(op, &fiche, &patient, date_paris(seance.reunion.debut), &SOCLE)?;
    let mut contenu = ContenuCompteRendu::assembler(Pieces {
        document,
        patient: &patient,
        envois: Envois {
            patient: &patient,
            correspondants: &correspondants,
            oppose_au_medecin_traitant: patient::service::est_oppose(op, patient.id, ObjetOpposition::EnvoiMedecinTraitant)?,
            demandeur: inscription.demandeur_id,
        },
        dossier: &dossier,
        fiche: &fiche,
        blocs,
        rcp: &seance.rcp,
        centre: &seance.centre,
        coordonnateur: seance.coordonnateur,
        reunion: &seance.reunion,
        presences: &seance.presences,
        inscription,
        statut,
        comparaisons: seance.comparer(inscription, statut, &cas, &avis, &bottin),
        avis: &avis,
        validation: validation(op, &bottin)?,
        bottin: &bottin,
    })?;
    libeller(op, &mut contenu)?;
    let territoire = bottin.etablissements.get(&seance.rcp.saisie.etablissement_id).and_then(|e| e.saisi.territoire_id);
    Ok(CompteRendu::figer(contenu, territoire)?)
}

pub(super) fn bottin(op: &mut Op<'_>, praticiens: BTreeSet<PraticienId>, lieux: Vec<EtablissementId>) -> Resultat<Bottin> {
    let ids: Vec<PraticienId> = praticiens.into_iter().collect();
    let praticiens = annuaire::service::praticiens_par_id(op, &ids)?;
    let lieux: BTreeSet<EtablissementId> = praticiens.iter().filter_map(|p| p.saisi.etablissement_id).chain(lieux).collect();
    let mut bottin = Bottin { praticiens: praticiens.into_iter().map(|p| (p.id, p)).collect(), ..Bottin::default() };
    for id in lieux {
        bottin.etablissements.insert(id, annuaire::service::etablissement(op, id)?);
    }
    Ok(bottin)
}

pub(super) fn validation(op: &Op<'_>, bottin: &Bottin) -> Resultat<Validation> {
    let professionnel = op.acteur.praticien.map(|id| bottin.professionnel(id)).transpose()?;
    let nom = professionnel.as_ref().map_or_else(|| op.acteur.nom.clone(), |p| p.nom_complet.clone());
    Ok(Validation { professionnel, nom, le: op.maintenant })
}

/// Gives each code the label and the system of the value set in force.
pub(super) fn libeller(op: &mut Op<'_>, contenu: &mut ContenuCompteRendu) -> Resultat<()> {
    for (jeu, code) in contenu.codes() {
        if let Some(concept) = referentiel::service::concept_code(op, jeu, &code.code)? {
            *code = Code { code: concept.code, systeme: Some(concept.systeme), libelle: concept.libelle };
        }
    }
    Ok(())
}
