//! Use cases: sessions and accounts. Signing in and second factors have their own files.

pub mod connexion;
pub mod cycle;
pub mod facteurs;
pub mod sessions;

use super::{
    jeton::Signataire,
    model::{
        Compte, CompteError, DUREE_ACCES, HabilitationDonnee, Jetons, Justificatif, Preuve, Session, Support, preuve::duree_inactivite,
    },
    store,
};
use crate::{
    db::{Db, Demande, Evenement, Op},
    kernel::{
        Acteur, Action, Instant, Perimetre, Resultat, Role,
        acteur::{Habilitation, Rattachement},
        clock::date_paris,
        ids::{CompteId, PraticienId},
        texte::sha256,
    },
    metier::conditions,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{Duration, NaiveDate};

fn empreinte_jeton(jeton: &str) -> String {
    sha256(jeton.as_bytes())
}

/// True as long as nobody may sign in: the database is new.
pub fn base_neuve(op: &mut Op<'_>) -> Resultat<bool> {
    Ok(store::compter(op)? == 0)
}

/// Opens a session for a person whose identity has been proved, whichever way that was. Gives the session and
/// its secret, which is not kept: the refresh token for [`Support::Porteur`], the value of the cookie for
/// [`Support::Navigateur`].
pub fn ouvrir_session(op: &mut Op<'_>, compte: &Compte, preuve: Preuve) -> Resultat<(Session, String)> {
    let date = date_paris(op.maintenant);
    if !compte.en_vigueur(date) {
        return Err(CompteError::Identification.into());
    }
    let habilitations = store::habilitations(op, compte.id, date)?;
    let jeton = nouveau_jeton(op);
    let session = Session {
        id: op.id(),
        compte_id: compte.id,
        cree_le: op.maintenant,
        rafraichie_le: op.maintenant,
        expire_le: op.maintenant + preuve.moyen.duree_absolue(),
        revoquee_le: None,
        moyen: preuve.moyen,
        support: preuve.support,
        inactivite: duree_inactivite(habilitations.iter().map(|h| h.habilitation.role)),
        authentifiee_le: preuve.instant.min(op.maintenant),
        entiere_le: Some(preuve.instant.min(op.maintenant)),
    };
    store::inserer_session(op, &session, &empreinte_jeton(&jeton))?;
    op.tracer(Evenement::sur("connecter", "session", session.id.uuid()))?;
    Ok((session, jeton))
}

/// Gives new tokens for a refresh token, which then no longer serves.
pub async fn rafraichir(db: &Db, signataire: &Signataire, jeton: String) -> Resultat<Jetons> {
    let demande = Demande::systeme("rafraichissement");
    let issue = db.ecrire(&demande, move |op| renouveler(op, &jeton)).await?;
    let (session, rafraichissement) = issue.ok_or(CompteError::SessionClose)?;
    jetons(signataire, &session, rafraichissement, db.horloge().maintenant())
}

/// `None` when the session is closed; the closing of a stolen session must be kept, so it is not an
/// error of the transaction.
fn renouveler(op: &mut Op<'_>, jeton: &str) -> Resultat<Option<(Session, String)>> {
    let empreinte = empreinte_jeton(jeton);
    let Some((mut session, actuel)) = store::session_par_jeton(op, &empreinte)? else { return Ok(None) };
    if !session.en_vigueur(op.maintenant) {
        return Ok(None);
    }
    if !actuel {
        store::revoquer(op, session.id, "jeton_rejoue")?;
        op.tracer(Evenement::sur("revoquer", "session", session.id.uuid()))?;
        return Ok(None);
    }
    let vivant = store::trouver(op, session.compte_id)?.is_some_and(|c| c.en_vigueur(date_paris(op.maintenant)));
    if !vivant {
        return Ok(None);
    }
    let nouveau = nouveau_jeton(op);
    store::rafraichir(op, session.id, &empreinte, &empreinte_jeton(&nouveau))?;
    session.rafraichie_le = op.maintenant;
    Ok(Some((session, nouveau)))
}

fn nouveau_jeton(op: &Op<'_>) -> String {
    URL_SAFE_NO_PAD.encode(op.chance.secret())
}

/// The tokens of a session, for who carries it.
pub fn jetons(signataire: &Signataire, session: &Session, rafraichissement: String, maintenant: Instant) -> Resultat<Jetons> {
    let acces = signataire.signer(session.compte_id, session.id, maintenant)?;
    Ok(Jetons { acces, expire_dans: DUREE_ACCES.num_seconds(), rafraichissement })
}

/// The person of a session, with the rights in force and the terms still to accept, and whether the use of the session is to be noted: that of a
/// browser lives as long as it is used, noted once a minute at most.
pub fn acteur_de_session(op: &mut Op<'_>, justificatif: &Justificatif) -> Resultat<(Acteur, bool)> {
    let session = store::session(op, justificatif)?.filter(|s| s.en_vigueur(op.maintenant)).ok_or(CompteError::SessionClose)?;
    let date = date_paris(op.maintenant);
    let compte = store::trouver(op, session.compte_id)?.filter(|c| c.en_vigueur(date)).ok_or(CompteError::SessionClose)?;
    let habilitations = store::habilitations(op, compte.id, date)?.into_iter().map(|h| h.habilitation).collect();
    let acteur =
        Acteur::personne(compte.id, session.id, compte.praticien_id, compte.nom, habilitations).authentifie(session.authentifiee_le);
    let acteur = acteur.devant_accepter(conditions::service::a_accepter(op, compte.id)?);
    let a_noter = session.support == Support::Navigateur && op.maintenant - session.rafraichie_le >= Duration::minutes(1);
    Ok((acteur, a_noter))
}

/// One account.
pub fn trouver(op: &mut Op<'_>, id: CompteId) -> Resultat<Compte> {
    store::trouver(op, id)?.ok_or_else(|| CompteError::Introuvable.into())
}

/// What is needed to open an account.
#[derive(Debug, Clone)]
pub struct NouveauCompte {
    /// What the person types to sign in.
    pub identifiant: String,
    /// Argon2id hash of the first password.
    pub empreinte_mot_de_passe: Option<String>,
    /// Name to show.
    pub nom: String,
    /// Directory entry.
    pub praticien_id: Option<PraticienId>,
    /// Last day.
    pub fin_le: Option<NaiveDate>,
    /// Rights, in force from today.
    pub habilitations: Vec<Habilitation>,
}

/// The first account of a region: its administrator, who chooses a password by the link of
/// [`cycle::preparer_activation`].
#[must_use]
pub fn administrateur(identifiant: String, nom: String) -> NouveauCompte {
    NouveauCompte {
        identifiant,
        empreinte_mot_de_passe: None,
        nom,
        praticien_id: None,
        fin_le: None,
        habilitations: vec![Habilitation { role: Role::AdministrateurRegional, perimetre: Perimetre::Region }],
    }
}

/// Opens an account with its rights. Nobody gives a right on a wider perimeter than an own one, nor to
/// oneself under another account.
pub fn creer(op: &mut Op<'_>, nouveau: &NouveauCompte) -> Resultat<(Compte, Vec<HabilitationDonnee>)> {
    op.exiger(Action::GererComptes)?;
    op.exiger_authentification_recente()?;
    if nouveau.praticien_id.is_some() && nouveau.praticien_id == op.acteur.praticien {
        return Err(CompteError::DroitPourSoi.into());
    }
    let compte = Compte {
        id: op.id(),
        identifiant: nouveau.identifiant.trim().to_lowercase(),
        empreinte_mot_de_passe: nouveau.empreinte_mot_de_passe.clone(),
        nom: nouveau.nom.clone(),
        praticien_id: nouveau.praticien_id,
        actif: true,
        fin_le: nouveau.fin_le,
        version: 1,
        cree_le: op.maintenant,
        modifie_le: op.maintenant,
        revu_le: None,
    };
    store::inserer(op, &compte)?;
    let mut donnees = Vec::new();
    for habilitation in &nouveau.habilitations {
        donnees.push(habiliter(op, compte.id, *habilitation)?);
    }
    op.tracer(Evenement::sur("creer", "compte", compte.id.uuid()).version(1))?;
    Ok((compte, donnees))
}

/// Gives a right to an account, from today.
pub fn habiliter(op: &mut Op<'_>, compte: CompteId, habilitation: Habilitation) -> Resultat<HabilitationDonnee> {
    op.exiger_authentification_recente()?;
    if op.acteur.compte == Some(compte) {
        return Err(CompteError::DroitPourSoi.into());
    }
    exiger_pouvoir_donner(op, habilitation)?;
    let donnee = HabilitationDonnee { id: op.id(), habilitation, debut: date_paris(op.maintenant), fin: None };
    store::inserer_habilitation(op, compte, &donnee)?;
    op.tracer(Evenement::sur("habiliter", "compte", compte.uuid()))?;
    Ok(donnee)
}

fn exiger_pouvoir_donner(op: &Op<'_>, habilitation: Habilitation) -> Resultat<()> {
    let regional = matches!(habilitation.role, Role::AdministrateurRegional | Role::DelegueProtectionDonnees);
    if regional && habilitation.perimetre != Perimetre::Region {
        return Err(CompteError::RoleRegional.into());
    }
    op.exiger_sur(Action::GererComptes, &objet_de(habilitation))
}

/// Where a right bears; a regional or personal one is the region's to give.
fn objet_de(habilitation: Habilitation) -> Rattachement {
    match habilitation.perimetre {
        Perimetre::Region | Perimetre::Patients => Rattachement::default(),
        Perimetre::Centre3c(id) => Rattachement { centre_3c: Some(id), ..Rattachement::default() },
        Perimetre::Etablissement(id) => Rattachement { etablissements: vec![id], ..Rattachement::default() },
        Perimetre::Rcp(id) => Rattachement { rcp: Some(id), ..Rattachement::default() },
    }
}

/// The account, if the person manages it: every right it holds is one that the person could give. Otherwise there is no
/// such account.
pub(super) fn exiger_gestion(op: &mut Op<'_>, id: CompteId) -> Resultat<Compte> {
    op.exiger(Action::GererComptes)?;
    let compte = trouver(op, id)?;
    let habilitations = store::habilitations(op, id, date_paris(op.maintenant))?;
    if habilitations.is_empty() {
        op.exiger_sur(Action::GererComptes, &Rattachement::default()).map_err(|_| CompteError::Introuvable)?;
    }
    for donnee in habilitations {
        exiger_pouvoir_donner(op, donnee.habilitation).map_err(|_| CompteError::Introuvable)?;
    }
    Ok(compte)
}

/// Closes an account and its sessions.
pub fn desactiver(op: &mut Op<'_>, id: CompteId) -> Resultat<()> {
    exiger_gestion(op, id)?;
    store::desactiver(op, id)?;
    store::revoquer_toutes(op, id, None, "compte_ferme")?;
    store::facteur::annuler_les_defis(op, id)?;
    op.tracer(Evenement::sur("desactiver", "compte", id.uuid()))
}
