//! The end of a published version.

use super::{aujourd_hui, autoriser};
use crate::{
    db::{Evenement, Op},
    kernel::{
        Faute, Resultat,
        erreur::ErreurCommune,
        page::{Page, Pagination},
    },
    metier::{
        alerte,
        atelier::{
            model::{AtelierError, RcpNommee, Retrait, RetraitDemande, Usages, modele_par_defaut},
            store,
        },
        quorum, rcp,
        referentiel::{
            self,
            composition::Reference,
            model::{Genre, ReferentielError, SPECIALITES, premier_jour_decouvert},
        },
    },
};
use chrono::NaiveDate;

/// Sets the last day in force of a published version. Refused when somebody would be left without.
pub fn retirer(op: &mut Op<'_>, genre: Genre, reference: &Reference, demande: &RetraitDemande) -> Resultat<Retrait> {
    autoriser(op)?;
    if genre == Genre::Bloc {
        return Err(AtelierError::BlocSansRetrait.into());
    }
    let mut versions = referentiel::service::validites(op, genre, &reference.code)?;
    let retiree = versions.iter_mut().find(|v| v.version == reference.version);
    let retiree = retiree.ok_or_else(|| ReferentielError::VersionIntrouvable(reference.clone()))?;
    let au = demande.valable_au;
    if aujourd_hui(op).pred_opt().is_some_and(|hier| au < hier) {
        let message = "Le dernier jour est hier au plus tôt : ce qui a été décidé sous cette version demeure.";
        return Err(AtelierError::Contenu(Faute::new("/valable_au", "date-passee", message)).into());
    }
    let raccourcie = retiree.au.is_none_or(|fin| au < fin);
    retiree.au = Some(au);
    let decouvert = au.succ_opt().and_then(|lendemain| premier_jour_decouvert(&versions, lendemain));
    if let Some(jour) = decouvert.filter(|_| raccourcie) {
        exiger_inutile(op, genre, &reference.code, jour)?;
    }
    referentiel::service::finir(op, genre, reference, au)?;
    let retrait = Retrait {
        id: op.id(),
        genre,
        code: reference.code.clone(),
        version: reference.version.clone(),
        valable_au: au,
        motif: demande.motif.trim().to_owned(),
        auteur_id: op.acteur.compte,
        auteur_nom: op.acteur.nom.clone(),
        cree_le: op.maintenant,
    };
    store::inserer_retrait(op, &retrait)?;
    alerte::service::demander_actualisation(op)?;
    op.tracer(Evenement::sur("retirer", "referentiel", retrait.id.uuid()).champs(&[genre.as_str(), &reference.to_string()]))?;
    Ok(retrait)
}

/// Refuses to leave somebody without a version on that day.
fn exiger_inutile(op: &mut Op<'_>, genre: Genre, code: &str, jour: NaiveDate) -> Resultat<()> {
    let usages = match genre {
        // Nobody depends on an alert: when its rule ends it is no longer raised, which is what is asked.
        Genre::Bloc | Genre::RegleAlerte => Usages::default(),
        Genre::ModeleFiche => {
            let rcp = rcp::service::vivantes(op)?.into_iter().filter(|rcp| rcp.saisie.modele_fiche == code);
            let rcp = rcp.map(|rcp| RcpNommee { id: rcp.id, nom: rcp.saisie.nom }).collect();
            Usages { rcp, regles: Vec::new(), par_defaut: modele_par_defaut(code) }
        }
        Genre::RegleQuorum => {
            let rcp = rcp::service::vivantes(op)?.into_iter().filter(|rcp| rcp.saisie.regle_quorum == code);
            let rcp = rcp.map(|rcp| RcpNommee { id: rcp.id, nom: rcp.saisie.nom }).collect();
            let regles = quorum::service::en_vigueur_le(op, jour)?.into_iter();
            let regles = regles.filter(|regle| regle.complements.iter().any(|complement| complement == code));
            Usages { rcp, regles: regles.map(|regle| regle.code).collect(), par_defaut: code == SPECIALITES }
        }
    };
    if usages.aucun() { Ok(()) } else { Err(AtelierError::EncoreUtile { jour, usages }.into()) }
}

/// The withdrawals, the newest first.
pub fn retraits(op: &mut Op<'_>, pagination: &Pagination) -> Resultat<Page<Retrait>> {
    autoriser(op)?;
    let avant = pagination.apres().map_err(ErreurCommune::from)?;
    let lignes = store::retraits(op, avant, pagination.limite() + 1)?;
    Ok(Page::depuis(lignes, pagination.limite(), |retrait| retrait.id))
}
