//! Use cases: begin a sign-in, end it, end the session on both sides, tie persons to accounts.

use super::{
    fournisseur::{Echec, Fournisseur, Fournisseurs},
    model::{DUREE_DEPART, FederationError, IdentiteFederee, Motif, Profil, Secret},
    store,
};
use crate::{
    db::{Db, Demande, Evenement, Op},
    kernel::{
        Action, Faute, Panne, Refus, Resultat,
        acteur::Rattachement,
        clock::date_paris,
        ids::{CompteId, IdentiteFedereeId, SessionId},
        texte::sha256,
    },
    metier::compte::{
        model::{Justificatif, Moyen, Preuve, Support},
        service as comptes,
    },
};

/// A sign-in that has begun.
pub struct Depart {
    /// Where the browser goes.
    pub adresse: String,
    /// What it holds meanwhile.
    pub secret: Secret,
}

/// What the browser brings back.
#[derive(Debug, Default)]
pub struct Retour {
    /// Authorization code.
    pub code: Option<String>,
    /// `state`.
    pub etat: Option<String>,
    /// Issuer, where the provider says it (RFC 9207).
    pub emetteur: Option<String>,
    /// The secret that the browser holds.
    pub secret: Option<Secret>,
}

/// Begins a sign-in; `renouveler` asks the provider for a fresh proof, even of a person signed in there.
pub async fn partir(db: &Db, fournisseurs: &Fournisseurs, nom: String, renouveler: bool) -> Resultat<Depart> {
    let secret = Secret::nouveau(db.chance().secret());
    let (tous, a_deriver, maintenant, demande) = (fournisseurs.clone(), secret.clone(), db.horloge().maintenant(), nom.clone());
    let adresse = hors_du_fil(move || {
        let fournisseur = tous.trouver(&demande)?;
        fournisseur.adresse_de_depart(&a_deriver, renouveler, maintenant).map_err(|echec| echec.dire(&demande))
    })
    .await?;
    let empreinte = sha256(secret.etat().as_bytes());
    let inserer = move |op: &mut Op<'_>| store::inserer_depart(op, &empreinte, &nom, op.maintenant + DUREE_DEPART);
    db.ecrire(&Demande::systeme("federation"), inserer).await?;
    Ok(Depart { adresse: adresse.into(), secret })
}

/// Ends a sign-in: gives the value of the cookie of the session. Whatever is refused leaves a trace.
pub async fn revenir(db: &Db, fournisseurs: &Fournisseurs, nom: &str, retour: Retour) -> Resultat<String> {
    let fournisseur = fournisseurs.trouver(nom)?;
    let (code, secret) = match accueillir(db, fournisseur, retour).await? {
        Ok(accueilli) => accueilli,
        Err(motif) => {
            tracer_refus(db, fournisseur, None, motif).await?;
            return Err(match motif {
                Motif::Etat => FederationError::Depart.into(),
                Motif::Abandon => FederationError::Abandon.into(),
                _ => FederationError::Refusee.into(),
            });
        }
    };
    let (tous, maintenant, demande) = (fournisseurs.clone(), db.horloge().maintenant(), nom.to_owned());
    let identifie = hors_du_fil(move || Ok(tous.trouver(&demande)?.identifier(code, &secret, maintenant))).await?;
    let profil = match identifie {
        Ok(profil) => profil,
        Err(echec) => {
            if let Echec::Refus(motif) = echec {
                tracer_refus(db, fournisseur, None, motif).await?;
            }
            return Err(echec.dire(nom));
        }
    };
    let (libelle, demarche, a_ouvrir) = (fournisseur.reglages.libelle.clone(), fournisseur.reglages.demande_acces.clone(), profil.clone());
    let qui = Demande::systeme(&acteur(fournisseur, Some(&profil)));
    let sans_acces = move |profil: &Profil| FederationError::SansAcces {
        fournisseur: libelle.clone(),
        rpps: profil.rpps.clone(),
        demarche: demarche.clone(),
    };
    let issue = db.ecrire(&qui, move |op| ouvrir(op, &a_ouvrir, &sans_acces)).await;
    if let Err(erreur) = &issue {
        let motif = match erreur.code() {
            Some("acces-a-demander") => Some(Motif::SansAcces),
            Some("identite-refusee") => Some(Motif::Rpps),
            _ => None,
        };
        if let Some(motif) = motif {
            tracer_refus(db, fournisseur, Some(&profil), motif).await?;
        }
    }
    issue
}

/// Uses up the beginning that a browser comes back from.
async fn accueillir(db: &Db, fournisseur: &Fournisseur, retour: Retour) -> Resultat<Result<(String, Secret), Motif>> {
    let (Some(etat), Some(secret)) = (retour.etat, retour.secret) else { return Ok(Err(Motif::Etat)) };
    if etat != secret.etat() {
        return Ok(Err(Motif::Etat));
    }
    let (empreinte, nom) = (sha256(etat.as_bytes()), fournisseur.reglages.nom.clone());
    let consommer = move |op: &mut Op<'_>| store::consommer_depart(op, &empreinte, &nom);
    if !db.ecrire(&Demande::systeme("federation"), consommer).await? {
        return Ok(Err(Motif::Etat));
    }
    if retour.emetteur.is_some_and(|emetteur| emetteur != fournisseur.reglages.emetteur) {
        return Ok(Err(Motif::Emetteur));
    }
    Ok(retour.code.map(|code| (code, secret)).ok_or(Motif::Abandon))
}

/// Opens the session of a person that a provider proved, if the directory gives an access. Gives the value of its cookie.
fn ouvrir(op: &mut Op<'_>, profil: &Profil, sans_acces: &impl Fn(&Profil) -> FederationError) -> Resultat<String> {
    let identite = match store::par_sujet(op, &profil.emetteur, &profil.sujet)? {
        Some(connue) => {
            if connue.rpps.is_some() && profil.rpps.is_some() && connue.rpps != profil.rpps {
                return Err(FederationError::Refusee.into());
            }
            connue
        }
        None => rattacher_par_rpps(op, profil)?.ok_or_else(|| sans_acces(profil))?,
    };
    let compte = comptes::trouver(op, identite.compte_id)?;
    if !compte.en_vigueur(date_paris(op.maintenant)) {
        return Err(sans_acces(profil).into());
    }
    let instant = profil.authentifiee_le.unwrap_or(op.maintenant);
    let preuve = Preuve { moyen: Moyen::Federation, instant, support: Support::Navigateur };
    let (session, cookie) = comptes::ouvrir_session(op, &compte, preuve)?;
    if comptes::acteur_de_session(op, &Justificatif::Jeton(session.id))?.0.habilitations.is_empty() {
        return Err(sans_acces(profil).into());
    }
    store::noter_session(op, session.id, identite.id, profil)?;
    Ok(cookie)
}

/// Ties a person to the account of the professional of that number: the only open one, that nobody else of this
/// provider holds.
fn rattacher_par_rpps(op: &mut Op<'_>, profil: &Profil) -> Resultat<Option<IdentiteFederee>> {
    let Some(rpps) = &profil.rpps else { return Ok(None) };
    let [compte] = store::comptes_du_rpps(op, rpps)?[..] else { return Ok(None) };
    if store::du_compte(op, compte)?.iter().any(|autre| autre.emetteur == profil.emetteur) {
        return Ok(None);
    }
    let identite = IdentiteFederee {
        id: op.id(),
        emetteur: profil.emetteur.clone(),
        sujet: profil.sujet.clone(),
        compte_id: compte,
        rpps: Some(rpps.clone()),
        cree_le: op.maintenant,
        utilisee_le: None,
    };
    store::inserer(op, &identite)?;
    op.tracer(Evenement::sur("rattacher", "identite_federee", identite.id.uuid()))?;
    Ok(Some(identite))
}

/// The name under which the trace keeps who tried.
fn acteur(fournisseur: &Fournisseur, profil: Option<&Profil>) -> String {
    let libelle = &fournisseur.reglages.libelle;
    match profil.and_then(|profil| profil.rpps.as_ref()) {
        Some(rpps) => format!("{libelle}, RPPS {rpps}"),
        None => libelle.clone(),
    }
}

async fn tracer_refus(db: &Db, fournisseur: &Fournisseur, profil: Option<&Profil>, motif: Motif) -> Resultat<()> {
    tracing::info!(fournisseur = %fournisseur.reglages.nom, motif = motif.as_str(), "connexion par un fournisseur d'identité refusée");
    metrics::counter!("dcc_connexions_federees_refusees_total", "motif" => motif.as_str()).increment(1);
    let qui = Demande::systeme(&acteur(fournisseur, profil));
    db.ecrire(&qui, move |op| op.tracer(Evenement::liste("refuser_connexion", "identite_federee").champs(&[motif.as_str()]))).await
}

async fn hors_du_fil<T: Send + 'static>(f: impl FnOnce() -> Resultat<T> + Send + 'static) -> Resultat<T> {
    tokio::task::spawn_blocking(f).await.map_err(|e| Panne::new("échange avec un fournisseur d'identité", e))?
}

/// Ties by hand a person of a provider to an account.
pub fn rattacher(op: &mut Op<'_>, compte: CompteId, emetteur: Option<&str>, sujet: &str) -> Resultat<IdentiteFederee> {
    op.exiger_sur(Action::GererComptes, &Rattachement::default())?;
    op.exiger_authentification_recente()?;
    let inconnu = || Refus::invalide(vec![Faute::new("/fournisseur", "inconnu", "Ce fournisseur d'identité n'est pas déclaré.")]);
    let emetteur = emetteur.ok_or_else(inconnu)?;
    let compte = comptes::trouver(op, compte)?;
    let identite = IdentiteFederee {
        id: op.id(),
        emetteur: emetteur.to_owned(),
        sujet: sujet.to_owned(),
        compte_id: compte.id,
        rpps: None,
        cree_le: op.maintenant,
        utilisee_le: None,
    };
    store::inserer(op, &identite)?;
    op.tracer(Evenement::sur("rattacher", "identite_federee", identite.id.uuid()))?;
    Ok(identite)
}

/// The persons tied to an account.
pub fn identites(op: &mut Op<'_>, compte: CompteId) -> Resultat<Vec<IdentiteFederee>> {
    op.exiger_sur(Action::GererComptes, &Rattachement::default())?;
    store::du_compte(op, compte)
}

/// Unties a person from an account.
pub fn detacher(op: &mut Op<'_>, compte: CompteId, identite: IdentiteFedereeId) -> Resultat<()> {
    op.exiger_sur(Action::GererComptes, &Rattachement::default())?;
    if !store::supprimer(op, compte, identite)? {
        return Err(FederationError::NonRattachee.into());
    }
    op.tracer(Evenement::sur("detacher", "identite_federee", identite.uuid()))
}

/// Forgets the sign-ins that nobody ended, and the ID tokens of the sessions that have.
pub fn purger(op: &mut Op<'_>) -> Resultat<usize> {
    Ok(store::purger_departs(op)? + store::oublier_les_jetons(op)?)
}

/// Where the browser of a session that has just ended here goes, to end it at the provider too; nothing for a local session, a
/// provider that offers none, or one that does not answer: signing out here depends on nobody.
pub async fn adresse_de_fin(db: &Db, fournisseurs: &Fournisseurs, session: SessionId) -> Option<String> {
    match chercher_la_fin(db, fournisseurs, session).await {
        Ok(adresse) => adresse,
        Err(cause) => {
            tracing::warn!(%cause, "la session s'est close ici sans pouvoir l'être chez le fournisseur d'identité");
            None
        }
    }
}

async fn chercher_la_fin(db: &Db, fournisseurs: &Fournisseurs, session: SessionId) -> Resultat<Option<String>> {
    let demande = Demande::systeme("federation");
    let Some((emetteur, jeton)) = db.ecrire(&demande, move |op| store::prendre_jeton(op, session)).await? else { return Ok(None) };
    let Some(nom) = fournisseurs.reglages().find(|r| r.emetteur == emetteur).map(|r| r.nom.clone()) else { return Ok(None) };
    let etat = Secret::nouveau(db.chance().secret()).as_str().to_owned();
    let (tous, chez, a_dire, maintenant) = (fournisseurs.clone(), nom.clone(), etat.clone(), db.horloge().maintenant());
    let chercher = move || {
        let fournisseur = tous.trouver(&chez)?;
        fournisseur.adresse_de_fin(&jeton, &a_dire, maintenant).map_err(|echec| echec.dire(&chez))
    };
    let Some(adresse) = hors_du_fil(chercher).await? else { return Ok(None) };
    let empreinte = empreinte_de_fin(&etat);
    db.ecrire(&demande, move |op| store::inserer_depart(op, &empreinte, &nom, op.maintenant + DUREE_DEPART)).await?;
    Ok(Some(adresse.into()))
}

/// The end of a session is kept among the beginnings: neither passes for the other.
fn empreinte_de_fin(etat: &str) -> String {
    sha256(format!("fin\n{etat}").as_bytes())
}

/// True when a browser comes back from the end of a session that this service asked for, the first time.
pub async fn finir(db: &Db, fournisseurs: &Fournisseurs, nom: &str, etat: Option<String>) -> Resultat<bool> {
    let nom = fournisseurs.trouver(nom)?.reglages.nom.clone();
    let Some(etat) = etat else { return Ok(false) };
    db.ecrire(&Demande::systeme("federation"), move |op| store::consommer_depart(op, &empreinte_de_fin(&etat), &nom)).await
}

/// Ends the sessions that a provider says are over there (back-channel logout); gives how many. A token ends nothing twice.
pub async fn fermer_depuis_le_fournisseur(db: &Db, fournisseurs: &Fournisseurs, nom: &str, jeton: String) -> Resultat<usize> {
    let fournisseur = fournisseurs.trouver(nom)?;
    let (tous, demande, maintenant) = (fournisseurs.clone(), nom.to_owned(), db.horloge().maintenant());
    let fin = match hors_du_fil(move || Ok(tous.trouver(&demande)?.fin_de_session(&jeton, maintenant))).await? {
        Ok(fin) => fin,
        Err(Echec::Refus(motif)) => {
            tracing::info!(fournisseur = nom, motif = motif.as_str(), "fin de session d'un fournisseur d'identité refusée");
            return Err(FederationError::FinRefusee.into());
        }
        Err(indisponible) => return Err(indisponible.dire(nom)),
    };
    let fermer = move |op: &mut Op<'_>| {
        let sessions = store::sessions_du_fournisseur(op, &fin)?;
        sessions.iter().try_for_each(|session| comptes::sessions::fermer_par_le_fournisseur(op, *session))?;
        Ok(sessions.len())
    };
    db.ecrire(&Demande::systeme(&acteur(fournisseur, None)), fermer).await
}
