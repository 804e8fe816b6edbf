//! Use cases: sign in, refresh, sign out, manage accounts.

use super::{
    jeton::Signataire,
    model::{self, Compte, CompteError, DUREE_ABSOLUE, DUREE_ACCES, HabilitationDonnee, Jetons, Session},
    store,
};
use crate::{
    db::{Db, Demande, Evenement, Op},
    kernel::{
        Acteur, Action, Instant, Panne, Perimetre, Resultat, Role,
        acteur::{Habilitation, Rattachement},
        clock::date_paris,
        ids::{CompteId, PraticienId, SessionId},
        texte::sha256,
    },
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::NaiveDate;
use tokio::sync::Semaphore;

/// Passwords checked at the same time: each takes 19 MiB and a core.
static HACHAGES: Semaphore = Semaphore::const_new(2);

fn empreinte_jeton(jeton: &str) -> String {
    sha256(jeton.as_bytes())
}

/// Signs a person in by identifier and password.
pub async fn connecter(db: &Db, signataire: &Signataire, identifiant: String, mot_de_passe: String) -> Resultat<Jetons> {
    let demande = Demande::systeme("connexion");
    let compte = db.lire(&demande, move |op| store::par_identifiant(op, &identifiant)).await?;
    let empreinte = compte.as_ref().and_then(|c| c.empreinte_mot_de_passe.clone());
    let _place = HACHAGES.acquire().await.map_err(|e| Panne::new("attente d'une vérification", e))?;
    let juste = tokio::task::spawn_blocking(move || model::verifier(&mot_de_passe, empreinte.as_deref()))
        .await
        .map_err(|e| Panne::new("vérification du mot de passe", e))?;
    let compte = compte.filter(|_| juste).ok_or(CompteError::Identification)?;
    let (session, rafraichissement) = db.ecrire(&demande, move |op| ouvrir_session(op, &compte)).await?;
    jetons(signataire, &session, rafraichissement, db.horloge().maintenant())
}

/// True as long as nobody may sign in: the database is new.
pub fn base_neuve(op: &mut Op<'_>) -> Resultat<bool> {
    Ok(store::compter(op)? == 0)
}

/// Opens a session for a person whose identity has been proved, whichever way that was.
pub fn ouvrir_session(op: &mut Op<'_>, compte: &Compte) -> Resultat<(Session, String)> {
    if !compte.en_vigueur(date_paris(op.maintenant)) {
        return Err(CompteError::Identification.into());
    }
    let jeton = nouveau_jeton(op);
    let session = Session {
        id: op.id(),
        compte_id: compte.id,
        cree_le: op.maintenant,
        rafraichie_le: op.maintenant,
        expire_le: op.maintenant + DUREE_ABSOLUE,
        revoquee_le: None,
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

fn jetons(signataire: &Signataire, session: &Session, rafraichissement: String, maintenant: crate::kernel::Instant) -> Resultat<Jetons> {
    let acces = signataire.signer(session.compte_id, session.id, maintenant)?;
    Ok(Jetons { acces, expire_dans: DUREE_ACCES.num_seconds(), rafraichissement })
}

/// Closes the session of the person who asks.
pub fn deconnecter(op: &mut Op<'_>) -> Resultat<()> {
    let session = op.acteur.session.ok_or(CompteError::SessionClose)?;
    store::revoquer(op, session, "deconnexion")?;
    op.tracer(Evenement::sur("deconnecter", "session", session.uuid()))
}

/// The person of a session, with the rights in force.
pub fn acteur_de_session(op: &mut Op<'_>, id: SessionId) -> Resultat<Acteur> {
    let session = store::session(op, id)?.filter(|s| s.en_vigueur(op.maintenant)).ok_or(CompteError::SessionClose)?;
    let date = date_paris(op.maintenant);
    let compte = store::trouver(op, session.compte_id)?.filter(|c| c.en_vigueur(date)).ok_or(CompteError::SessionClose)?;
    let habilitations = store::habilitations(op, compte.id, date)?.into_iter().map(|h| h.habilitation).collect();
    Ok(Acteur::personne(compte.id, id, compte.praticien_id, compte.nom, habilitations))
}

/// One account.
pub fn trouver(op: &mut Op<'_>, id: CompteId) -> Resultat<Compte> {
    store::trouver(op, id)?.ok_or_else(|| CompteError::Introuvable.into())
}

/// When the session of the person who asks was opened: the last proof of the identity.
pub fn ouverture_de_session(op: &mut Op<'_>) -> Resultat<Instant> {
    let session = op.acteur.session.ok_or(CompteError::SessionClose)?;
    Ok(store::session(op, session)?.ok_or(CompteError::SessionClose)?.cree_le)
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

/// The first account of a region: its administrator.
pub fn administrateur(identifiant: String, nom: String, mot_de_passe: &str, sel: &[u8]) -> Resultat<NouveauCompte> {
    Ok(NouveauCompte {
        identifiant,
        empreinte_mot_de_passe: Some(model::hacher(mot_de_passe, sel)?),
        nom,
        praticien_id: None,
        fin_le: None,
        habilitations: vec![Habilitation { role: Role::AdministrateurRegional, perimetre: Perimetre::Region }],
    })
}

/// Opens an account with its rights. Nobody gives a right on a wider perimeter than an own one, nor to
/// oneself under another account.
pub fn creer(op: &mut Op<'_>, nouveau: &NouveauCompte) -> Resultat<(Compte, Vec<HabilitationDonnee>)> {
    op.exiger(Action::GererComptes)?;
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

/// Closes an account and its sessions. A local administrator closes those all of whose rights are of the own
/// perimeter; the others are as if they did not exist.
pub fn desactiver(op: &mut Op<'_>, id: CompteId) -> Resultat<()> {
    op.exiger(Action::GererComptes)?;
    if !op.acteur.peut_sur(Action::GererComptes, &Rattachement::default()) {
        let droits = store::habilitations(op, id, date_paris(op.maintenant))?;
        let siens = |droit: &HabilitationDonnee| op.acteur.peut_sur(Action::GererComptes, &objet_de(droit.habilitation));
        if droits.is_empty() || !droits.iter().all(siens) {
            return Err(CompteError::Introuvable.into());
        }
    }
    if store::desactiver(op, id)? == 0 {
        return Err(CompteError::Introuvable.into());
    }
    store::revoquer_toutes(op, id, "compte_ferme")?;
    op.tracer(Evenement::sur("desactiver", "compte", id.uuid()))
}
