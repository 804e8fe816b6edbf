//! Use cases on RCP entities.

use super::{
    model::{self, Conditions, EtatRcp, FonctionMembre, Gestion, Membre, MembreNomme, MembreSaisi, Rcp, RcpError, RcpSaisie, regles},
    store,
};
use crate::{
    db::{Evenement, Op},
    kernel::{
        Action, Erreur, Faute, Nature, Refus, Resultat,
        acteur::Rattachement,
        clock::date_paris,
        erreur::ErreurCommune,
        ids::{MembreId, RcpId},
        page::{Page, Pagination},
    },
    metier::{
        annuaire,
        referentiel::{self, model::UsageModele},
    },
};
use chrono::NaiveDate;

pub use store::FiltreRcp;

/// An RCP, whatever its state. Needs no right of its own: other slices authorise.
pub fn trouver(op: &mut Op<'_>, id: RcpId) -> Resultat<Rcp> {
    store::trouver(op, id)?.ok_or_else(|| RcpError::Introuvable.into())
}

/// Several RCP, in no particular order; unknown ids are left out. Needs no right of its own.
pub fn par_id(op: &mut Op<'_>, ids: &[RcpId]) -> Resultat<Vec<Rcp>> {
    store::par_id(op, ids)
}

/// The RCP that are not closed and so still need their quorum rule and their fiche model, by code. Needs
/// no right of its own.
pub fn vivantes(op: &mut Op<'_>) -> Resultat<Vec<Rcp>> {
    store::vivantes(op)
}

/// Where an RCP belongs.
#[must_use]
pub fn rattachement(rcp: &Rcp) -> Rattachement {
    model::rattachement(Some(rcp.id), &rcp.saisie)
}

/// The members in force on a day. Needs no right of its own.
pub fn membres(op: &mut Op<'_>, id: RcpId, date: NaiveDate) -> Resultat<Vec<Membre>> {
    Ok(store::membres(op, id)?.into_iter().filter(|m| m.en_fonction(date)).collect())
}

/// One RCP, if it is validated or managed by the person.
pub fn lire(op: &mut Op<'_>, id: RcpId) -> Resultat<Rcp> {
    op.exiger(Action::LireRcp)?;
    let rcp = trouver(op, id)?;
    let visible = rcp.etat == EtatRcp::Validee || op.acteur.peut_sur(Action::GererRcp, &rattachement(&rcp));
    if visible { Ok(rcp) } else { Err(RcpError::Introuvable.into()) }
}

/// The directory: the RCP that match a filter and that the person may see, by code.
pub fn lister(op: &mut Op<'_>, filtre: &FiltreRcp, pagination: &Pagination) -> Resultat<Page<Rcp>> {
    op.exiger(Action::LireRcp)?;
    let apres = pagination.apres().map_err(ErreurCommune::from)?;
    let lignes = store::lister(op, filtre, &Gestion::de(op.acteur), apres, pagination.limite() + 1)?;
    Ok(Page::depuis(lignes, pagination.limite(), |rcp| rcp.saisie.code.clone()))
}

/// Prepares an RCP.
pub fn creer(op: &mut Op<'_>, saisie: &RcpSaisie) -> Resultat<Rcp> {
    op.exiger_sur(Action::GererRcp, &model::rattachement(None, saisie))?;
    verifier(op, saisie)?;
    let rcp = Rcp::brouillon(op.id(), saisie.clone(), op.maintenant);
    store::inserer(op, &rcp)?;
    op.tracer(Evenement::sur("creer", "rcp", rcp.id.uuid()).version(rcp.version))?;
    Ok(rcp)
}

/// Changes an RCP that was read at version `lue`. Who moves it elsewhere must manage it there too.
pub fn modifier(op: &mut Op<'_>, id: RcpId, lue: i64, saisie: &RcpSaisie) -> Resultat<Rcp> {
    let rcp = geree(op, id)?;
    op.exiger_sur(Action::GererRcp, &model::rattachement(Some(id), saisie))?;
    let apres = rcp.modifier(saisie.clone())?;
    verifier(op, saisie)?;
    enregistrer(op, apres, lue, "modifier")
}

/// Enters an RCP read at version `lue` into the directory.
pub fn valider(op: &mut Op<'_>, id: RcpId, lue: i64) -> Resultat<Rcp> {
    let rcp = tutelle(op, id)?;
    let conditions = conditions(op, &rcp)?;
    let apres = rcp.valider(conditions)?;
    enregistrer(op, apres, lue, "valider")
}

/// Suspends an RCP read at version `lue`: it plans no more meetings until it is resumed.
pub fn suspendre(op: &mut Op<'_>, id: RcpId, lue: i64, motif: &str) -> Resultat<Rcp> {
    let apres = tutelle(op, id)?.suspendre(motif)?;
    enregistrer(op, apres, lue, "suspendre")
}

/// Puts a suspended RCP read at version `lue` back into the directory.
pub fn reprendre(op: &mut Op<'_>, id: RcpId, lue: i64) -> Resultat<Rcp> {
    let apres = tutelle(op, id)?.reprendre()?;
    enregistrer(op, apres, lue, "reprendre")
}

/// Closes an RCP read at version `lue`, for good.
pub fn fermer(op: &mut Op<'_>, id: RcpId, lue: i64, motif: &str) -> Resultat<Rcp> {
    let apres = tutelle(op, id)?.fermer(motif)?;
    enregistrer(op, apres, lue, "fermer")
}

/// Every member of an RCP, past ones included, with names; or those in force on a day.
pub fn membres_nommes(op: &mut Op<'_>, id: RcpId, date: Option<NaiveDate>) -> Resultat<Vec<MembreNomme>> {
    lire(op, id)?;
    let membres: Vec<Membre> = store::membres(op, id)?.into_iter().filter(|m| date.is_none_or(|jour| m.en_fonction(jour))).collect();
    nommer(op, membres)
}

/// Adds a member to an RCP. A person holds a function once at a time.
pub fn ajouter_membre(op: &mut Op<'_>, id: RcpId, saisi: &MembreSaisi) -> Resultat<MembreNomme> {
    let rcp = geree(op, id)?;
    if rcp.etat == EtatRcp::Fermee {
        return Err(RcpError::Fermee.into());
    }
    let praticien = annuaire::service::praticien(op, saisi.praticien_id);
    if let Some(faute) = inconnu(praticien, "/praticien_id", "Ce professionnel n'existe pas dans l'annuaire.")? {
        return Err(Refus::invalide(vec![faute]).into());
    }
    let membre = Membre {
        id: op.id(),
        rcp_id: id,
        praticien_id: saisi.praticien_id,
        fonction: saisi.fonction,
        clause: saisi.clause.clone(),
        debut: saisi.debut.unwrap_or_else(|| date_paris(op.maintenant)),
        fin: None,
        cree_le: op.maintenant,
    };
    let meme = |m: &Membre| m.praticien_id == membre.praticien_id && m.fonction == membre.fonction && m.en_fonction_apres(membre.debut);
    if store::membres(op, id)?.iter().any(meme) {
        return Err(RcpError::MembreDejaPresent.into());
    }
    store::inserer_membre(op, &membre)?;
    op.tracer(Evenement::sur("ajouter", "rcp_membre", membre.id.uuid()))?;
    nomme(op, membre)
}

/// Ends the function of a member on a day, the last one.
pub fn terminer_membre(op: &mut Op<'_>, id: RcpId, membre: MembreId, fin: NaiveDate) -> Resultat<MembreNomme> {
    geree(op, id)?;
    let trouve = store::membres(op, id)?.into_iter().find(|m| m.id == membre).ok_or(RcpError::MembreIntrouvable)?;
    let termine = trouve.terminer(fin)?;
    store::enregistrer_membre(op, &termine)?;
    op.tracer(Evenement::sur("terminer", "rcp_membre", membre.uuid()))?;
    nomme(op, termine)
}

/// An RCP that the person manages: unknown to who does not see it, forbidden to who only reads it.
fn geree(op: &mut Op<'_>, id: RcpId) -> Resultat<Rcp> {
    let rcp = lire(op, id)?;
    op.exiger_sur(Action::GererRcp, &rattachement(&rcp))?;
    Ok(rcp)
}

/// An RCP that the person manages from above: the 3C, an organising établissement or the region.
/// Those in charge of the RCP alone do not decide whether it stands in the directory.
fn tutelle(op: &mut Op<'_>, id: RcpId) -> Resultat<Rcp> {
    let rcp = lire(op, id)?;
    op.exiger_sur(Action::GererRcp, &model::rattachement(None, &rcp.saisie))?;
    Ok(rcp)
}

fn enregistrer(op: &mut Op<'_>, rcp: Rcp, lue: i64, acte: &str) -> Resultat<Rcp> {
    let actuelle = rcp.version;
    let apres = Rcp { version: lue + 1, modifie_le: op.maintenant, ..rcp };
    if store::enregistrer(op, &apres, lue)? == 0 {
        return Err(ErreurCommune::VersionPerimee { actuelle }.into());
    }
    op.tracer(Evenement::sur(acte, "rcp", apres.id.uuid()).version(apres.version))?;
    Ok(apres)
}

/// The rules between fields, and what the fields refer to.
fn verifier(op: &mut Op<'_>, saisie: &RcpSaisie) -> Resultat<()> {
    let mut fautes = regles::fautes(saisie);
    structures(op, saisie, &mut fautes)?;
    codes(op, saisie, &mut fautes)?;
    let date = date_paris(op.maintenant);
    let regle = referentiel::service::regle_quorum(op, &saisie.regle_quorum, date);
    fautes.extend(inconnu(regle, "/regle_quorum", "Aucune règle de quorum de ce code n'est en vigueur.")?);
    let modele = referentiel::service::modele(op, UsageModele::Fiche, &saisie.modele_fiche, date);
    fautes.extend(inconnu(modele, "/modele_fiche", "Aucun modèle de fiche de ce code n'est en vigueur.")?);
    if fautes.is_empty() { Ok(()) } else { Err(Refus::invalide(fautes).into()) }
}

fn structures(op: &mut Op<'_>, saisie: &RcpSaisie, fautes: &mut Vec<Faute>) -> Resultat<()> {
    let centre = annuaire::service::centre(op, saisie.centre_3c_id);
    fautes.extend(inconnu(centre, "/centre_3c_id", "Ce centre de coordination n'existe pas.")?);
    let organisateur = annuaire::service::etablissement(op, saisie.etablissement_id);
    fautes.extend(inconnu(organisateur, "/etablissement_id", "Cet établissement n'existe pas.")?);
    for (rang, id) in saisie.co_organisateurs.iter().enumerate() {
        let etablissement = annuaire::service::etablissement(op, *id);
        fautes.extend(inconnu(etablissement, &format!("/co_organisateurs/{rang}"), "Cet établissement n'existe pas.")?);
    }
    Ok(())
}

/// The codes of the national value sets.
fn codes(op: &mut Op<'_>, saisie: &RcpSaisie, fautes: &mut Vec<Faute>) -> Resultat<()> {
    let appareil = saisie.appareil.as_deref().map(|code| ("/appareil".to_owned(), "rcp-appareil", code));
    let soins = saisie.traitement_soins.as_deref().map(|code| ("/traitement_soins".to_owned(), "traitement-soins-frcp", code));
    let organes = saisie.organes.iter().enumerate().map(|(rang, code)| (format!("/organes/{rang}"), "rcp-organe", code.as_str()));
    for (pointeur, jeu, code) in appareil.into_iter().chain(soins).chain(organes) {
        if referentiel::service::libelle(op, jeu, code)?.is_none() {
            fautes.push(Faute::new(pointeur, "code-inconnu", format!("Ce code n'est pas dans le jeu de valeurs « {jeu} ».")));
        }
    }
    Ok(())
}

/// A fault when what a field refers to does not exist; any other error stays one.
fn inconnu<T>(issue: Resultat<T>, pointeur: &str, message: &str) -> Resultat<Option<Faute>> {
    match issue {
        Ok(_) => Ok(None),
        Err(Erreur::Refus(refus)) if refus.nature == Nature::Introuvable => Ok(Some(Faute::new(pointeur, "inconnu", message))),
        Err(autre) => Err(autre),
    }
}

fn conditions(op: &mut Op<'_>, rcp: &Rcp) -> Resultat<Conditions> {
    let aujourd_hui = date_paris(op.maintenant);
    let coordonnateur = membres(op, rcp.id, aujourd_hui)?.iter().any(|m| m.fonction == FonctionMembre::Coordonnateur);
    let mut organisateur_autorise = false;
    for id in rattachement(rcp).etablissements {
        organisateur_autorise |= annuaire::service::etablissement(op, id)?.saisi.autorise_cancer;
    }
    Ok(Conditions { coordonnateur, organisateur_autorise })
}

fn nomme(op: &mut Op<'_>, membre: Membre) -> Resultat<MembreNomme> {
    nommer(op, vec![membre])?.pop().ok_or_else(|| RcpError::MembreIntrouvable.into())
}

fn nommer(op: &mut Op<'_>, membres: Vec<Membre>) -> Resultat<Vec<MembreNomme>> {
    let ids: Vec<_> = membres.iter().map(|m| m.praticien_id).collect();
    let praticiens = annuaire::service::praticiens_par_id(op, &ids)?;
    let nommes = membres.into_iter().filter_map(|membre| {
        let praticien = praticiens.iter().find(|p| p.id == membre.praticien_id)?;
        Some(MembreNomme { nom: praticien.nom_complet(), specialite: praticien.saisi.specialite.clone(), membre })
    });
    Ok(nommes.collect())
}
