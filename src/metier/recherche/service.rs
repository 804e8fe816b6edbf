//! Use cases of the projects of research.

mod production;

pub use super::job::PRODUIRE_EXTRAIT;
pub use production::{Matiere, noter_echec, ouvrir, paraitre, rassembler, sceller};

use super::{
    model::{
        Acte, Etat, ExtraitGarde, GenreActeRecherche, PerimetreExtrait, Projet, ProjetDetaille, ProjetResume, ProjetSaisi, RechercheError,
        dictionnaire::{Dictionnaire, Table},
    },
    store,
};
use crate::{
    db::{Evenement, Op},
    jobs::queue,
    kernel::{
        Action, Faute, Panne, Resultat,
        acteur::Rattachement,
        clock::date_paris,
        erreur::ErreurCommune,
        ids::{CompteId, ProjetRechercheId, RcpId},
        texte::sha256,
    },
    metier::{compte::service as comptes, rcp::service as rcps},
};
use serde_json::json;

/// The tables and the columns that a project may ask for.
pub fn dictionnaire(op: &mut Op<'_>) -> Resultat<Vec<Table>> {
    exiger_un_droit(op)?;
    Ok(Dictionnaire::defaut()?.tables)
}

/// Asks for an extract.
pub fn demander(op: &mut Op<'_>, saisi: &ProjetSaisi) -> Resultat<ProjetDetaille> {
    op.exiger(Action::DemanderExtrait)?;
    let demandeur = compte(op)?;
    let mut fautes = saisi.fautes(&Dictionnaire::defaut()?, date_paris(op.maintenant));
    fautes.extend(fautes_des_rcp(op, &saisi.rcp)?);
    if !fautes.is_empty() {
        return Err(RechercheError::Demande(fautes).into());
    }
    let projet = Projet {
        id: op.id(),
        demandeur,
        demandeur_nom: op.acteur.nom.clone(),
        demande: saisi.clone(),
        perimetre: PerimetreExtrait::de(op.acteur),
        etat: Etat::Soumis,
        secret_scelle: None,
        version: 1,
        cree_le: op.maintenant,
        modifie_le: op.maintenant,
    };
    store::inserer(op, &projet)?;
    noter(op, &projet, GenreActeRecherche::Demander, None)?;
    detailler(op, &projet)
}

/// Each RCP that is named is in the perimeter of who asks; one that is not does not exist.
fn fautes_des_rcp(op: &mut Op<'_>, demandees: &[RcpId]) -> Resultat<Vec<Faute>> {
    let connues = rcps::par_id(op, demandees)?;
    let admise =
        |id: &RcpId| connues.iter().any(|rcp| rcp.id == *id && op.acteur.peut_sur(Action::DemanderExtrait, &rcps::rattachement(rcp)));
    let message = "Cette RCP n'existe pas, ou n'est pas dans votre périmètre.";
    let fautes = demandees.iter().enumerate().filter(|(_, id)| !admise(id));
    Ok(fautes.map(|(rang, _)| Faute::new(format!("/rcp/{rang}"), "rcp-inconnue", message)).collect())
}

/// The projects that the person sees: all those who approve, one's own for who asks; the latest first.
pub fn lister(op: &mut Op<'_>) -> Resultat<Vec<ProjetResume>> {
    exiger_un_droit(op)?;
    let siens = if approuve(op) { None } else { Some(compte(op)?) };
    Ok(store::lister(op, siens)?.iter().map(ProjetResume::from).collect())
}

/// A project, and what was done of it.
pub fn lire(op: &mut Op<'_>, id: ProjetRechercheId) -> Resultat<ProjetDetaille> {
    exiger_un_droit(op)?;
    let projet = if approuve(op) { trouver(op, id)? } else { le_sien(op, id)? };
    detailler(op, &projet)
}

/// Approves a project: the second approval puts the archive to work.
pub fn approuver(op: &mut Op<'_>, id: ProjetRechercheId, lue: i64) -> Resultat<ProjetDetaille> {
    let projet = a_decider(op, id, lue)?;
    let par = compte(op)?;
    if let Etat::ApprouveUneFois(premiere) = &projet.etat
        && meme_personne(op, premiere.par)?
    {
        return Err(RechercheError::MemePersonne.into());
    }
    let projet = projet.approuver(par, op.maintenant)?;
    enregistrer(op, &projet, lue)?;
    if let Etat::Approuve(_) = projet.etat {
        queue::enfiler(op, PRODUIRE_EXTRAIT, &json!({ "projet_id": id }))?;
    }
    noter(op, &projet, GenreActeRecherche::Approuver, None)?;
    detailler(op, &projet)
}

/// Refuses a project, for a reason.
pub fn refuser(op: &mut Op<'_>, id: ProjetRechercheId, lue: i64, motif: &str) -> Resultat<ProjetDetaille> {
    let projet = a_decider(op, id, lue)?.refuser(motif.trim(), op.maintenant)?;
    enregistrer(op, &projet, lue)?;
    noter(op, &projet, GenreActeRecherche::Refuser, Some(motif))?;
    detailler(op, &projet)
}

/// Stops a project that was approved: its archive and its secret go.
pub fn revoquer(op: &mut Op<'_>, id: ProjetRechercheId, lue: i64, motif: &str) -> Resultat<ProjetDetaille> {
    let projet = a_lire(op, Action::ApprouverExtrait, id, lue)?.revoquer(motif.trim(), op.maintenant)?;
    finir(op, &projet, lue)?;
    noter(op, &projet, GenreActeRecherche::Revoquer, Some(motif))?;
    detailler(op, &projet)
}

/// Ends one's own project before its term: the archive and the secret go.
pub fn clore(op: &mut Op<'_>, id: ProjetRechercheId, lue: i64) -> Resultat<ProjetDetaille> {
    let projet = a_lire(op, Action::DemanderExtrait, id, lue)?.clore(op.maintenant)?;
    finir(op, &projet, lue)?;
    noter(op, &projet, GenreActeRecherche::Clore, None)?;
    detailler(op, &projet)
}

/// Puts the archive of one's own project to work again, after a failure.
pub fn relancer(op: &mut Op<'_>, id: ProjetRechercheId, lue: i64) -> Resultat<ProjetDetaille> {
    let projet = a_lire(op, Action::DemanderExtrait, id, lue)?;
    projet.a_produire()?;
    if en_cours(op, id)? {
        return Err(RechercheError::EnCours.into());
    }
    queue::enfiler(op, PRODUIRE_EXTRAIT, &json!({ "projet_id": id }))?;
    noter(op, &projet, GenreActeRecherche::Relancer, None)?;
    detailler(op, &projet)
}

/// Gives the archive to who asked for it, and writes it down.
pub fn telecharger(op: &mut Op<'_>, id: ProjetRechercheId) -> Resultat<ExtraitGarde> {
    op.exiger(Action::DemanderExtrait)?;
    let projet = le_sien(op, id)?;
    op.exiger_authentification_recente()?;
    projet.a_remettre(op.maintenant)?;
    let extrait = store::octets(op, id)?.ok_or(RechercheError::NonProduit)?;
    if sha256(&extrait.octets) != extrait.resume.empreinte {
        return Err(Panne::dire(format!("projet {id} : l'archive n'a plus son empreinte")).into());
    }
    noter(op, &projet, GenreActeRecherche::Telecharger, None)?;
    Ok(extrait)
}

/// Ends the projects whose term has passed; gives how many.
pub fn clore_les_echus(op: &mut Op<'_>) -> Resultat<usize> {
    op.exiger_systeme()?;
    let echus = store::echus(op)?;
    let nombre = echus.len();
    for projet in echus {
        let lue = projet.version;
        let projet = projet.clore(op.maintenant)?;
        finir(op, &projet, lue)?;
        noter(op, &projet, GenreActeRecherche::Clore, Some("Terme atteint."))?;
    }
    Ok(nombre)
}

fn exiger_un_droit(op: &Op<'_>) -> Resultat<()> {
    if approuve(op) { Ok(()) } else { op.exiger(Action::DemanderExtrait) }
}

/// True for those who approve, which is of the region.
fn approuve(op: &Op<'_>) -> bool {
    op.peut_sur(Action::ApprouverExtrait, &Rattachement::default())
}

fn compte(op: &Op<'_>) -> Resultat<CompteId> {
    Ok(op.acteur.compte.ok_or(ErreurCommune::Interdit)?)
}

fn trouver(op: &mut Op<'_>, id: ProjetRechercheId) -> Resultat<Projet> {
    Ok(store::trouver(op, id)?.ok_or(RechercheError::Introuvable)?)
}

/// A project of the person; that of somebody else does not exist.
fn le_sien(op: &mut Op<'_>, id: ProjetRechercheId) -> Resultat<Projet> {
    let projet = trouver(op, id)?;
    if Some(projet.demandeur) == op.acteur.compte { Ok(projet) } else { Err(RechercheError::Introuvable.into()) }
}

/// A project read at version `lue`, that the person changes under an action.
fn a_lire(op: &mut Op<'_>, action: Action, id: ProjetRechercheId, lue: i64) -> Resultat<Projet> {
    let projet = if action == Action::ApprouverExtrait {
        op.exiger_sur(action, &Rattachement::default())?;
        trouver(op, id)?
    } else {
        op.exiger(action)?;
        le_sien(op, id)?
    };
    if projet.version == lue { Ok(projet) } else { Err(ErreurCommune::VersionPerimee { actuelle: projet.version }.into()) }
}

/// A project that the person approves or refuses: never one's own, under whichever account it was asked for.
fn a_decider(op: &mut Op<'_>, id: ProjetRechercheId, lue: i64) -> Resultat<Projet> {
    let projet = a_lire(op, Action::ApprouverExtrait, id, lue)?;
    if meme_personne(op, projet.demandeur)? { Err(RechercheError::Demandeur.into()) } else { Ok(projet) }
}

/// True when an account is of the person who acts: the same one, or one of the same professional.
fn meme_personne(op: &mut Op<'_>, autre: CompteId) -> Resultat<bool> {
    if op.acteur.compte == Some(autre) {
        return Ok(true);
    }
    let Some(praticien) = op.acteur.praticien else { return Ok(false) };
    Ok(comptes::trouver(op, autre)?.praticien_id == Some(praticien))
}

fn enregistrer(op: &mut Op<'_>, projet: &Projet, lue: i64) -> Resultat<()> {
    if store::enregistrer(op, projet, lue)? == 0 {
        return Err(ErreurCommune::VersionPerimee { actuelle: trouver(op, projet.id)?.version }.into());
    }
    Ok(())
}

/// A project that has ended: what was made of it goes.
fn finir(op: &mut Op<'_>, projet: &Projet, lue: i64) -> Resultat<()> {
    enregistrer(op, projet, lue)?;
    store::effacer(op, projet.id)
}

/// Writes an act of now down, and traces it.
fn noter(op: &mut Op<'_>, projet: &Projet, genre: GenreActeRecherche, texte: Option<&str>) -> Resultat<()> {
    let texte = texte.map(|texte| texte.trim().to_owned());
    let acte = Acte { id: op.id(), acte: genre, texte, nom: op.acteur.nom.clone(), moment: op.maintenant };
    store::noter(op, projet.id, &acte)?;
    op.tracer(Evenement::sur(genre.as_str(), "projet_recherche", projet.id.uuid()).version(projet.version))
}

fn en_cours(op: &mut Op<'_>, id: ProjetRechercheId) -> Resultat<bool> {
    Ok(queue::vivants_par_objet(op, PRODUIRE_EXTRAIT, "projet_id")?.contains_key(&id.uuid()))
}

fn detailler(op: &mut Op<'_>, projet: &Projet) -> Resultat<ProjetDetaille> {
    let (jusqu_au, motif_fin) = match &projet.etat {
        Etat::Soumis | Etat::ApprouveUneFois(_) | Etat::Approuve(_) => (None, None),
        Etat::Produit(_, production) => (Some(production.jusqu_au), None),
        Etat::Clos(fin) | Etat::Refuse(fin) | Etat::Revoque(fin) => (None, fin.motif.clone()),
    };
    Ok(ProjetDetaille {
        projet: ProjetResume::from(projet),
        demande: projet.demande.clone(),
        production_en_cours: en_cours(op, projet.id)?,
        extrait: store::extrait(op, projet.id)?,
        jusqu_au,
        motif_fin,
        actes: store::actes(op, projet.id)?,
    })
}
