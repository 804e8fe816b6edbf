//! Signing in with a local account: the password, then a second factor.

use super::{empreinte_jeton, nouveau_jeton, ouvrir_session};
use crate::{
    db::{Db, Demande, Evenement, Op},
    kernel::{ErreurMetier, Resultat, clock::date_paris, ids::CompteId},
    metier::compte::{
        model::{
            Compte, CompteError, Moyen, Preuve, Session, Support,
            delai::{self, Ralentissement},
            facteur::{Cle, Defi, Etape, EtatDefi, Facteur, GenreFacteur, ReponseFacteur, empreinte_de_secours, pas_du_code},
            mot_de_passe::juger,
        },
        portier::Portier,
        store::{self, facteur as store_facteur},
    },
};
use serde_json::Value;
use std::sync::Arc;

/// What a person types first.
#[derive(Debug, Clone)]
pub struct Saisie {
    /// Identifier, in lower case.
    pub identifiant: String,
    /// Password.
    pub mot_de_passe: String,
    /// What is to carry the session.
    pub support: Support,
    /// Network address of the caller.
    pub adresse: String,
}

/// What comes after a right password: never a session.
#[derive(Debug, Clone)]
pub struct Suite {
    /// What the challenge is for.
    pub etape: Etape,
    /// The secret of the challenge.
    pub jeton: String,
    /// Kinds of factors that answer it.
    pub facteurs: Vec<GenreFacteur>,
    /// What a browser needs to prove a key.
    pub webauthn: Option<Value>,
}

/// A session and its secret.
pub type Ouverte = (Session, String);

/// Checks an identifier and a password. Gives the challenge of the next step.
pub async fn presenter_mot_de_passe(db: &Db, portier: &Arc<Portier>, saisie: Saisie) -> Resultat<Suite> {
    let Saisie { identifiant, mot_de_passe, support, adresse } = saisie;
    let demande = Demande { adresse: Some(adresse.clone()), ..Demande::systeme("connexion") };
    let cle = delai::cle_connexion(&identifiant, &adresse);
    let compte = {
        let cle = cle.clone();
        db.lire(&demande, move |op| {
            exiger_sans_delai(op, &cle)?;
            store::par_identifiant(op, &identifiant)
        })
        .await?
    };
    let empreinte = compte.as_ref().and_then(|c| c.empreinte_mot_de_passe.clone());
    let (juste, nouvelle_empreinte) = portier.verifier(mot_de_passe, empreinte, db.chance().secret()).await?;
    let portier = Arc::clone(portier);
    let issue = db
        .ecrire(&demande, move |op| {
            let Some(compte) = compte.as_ref().filter(|c| juste && c.en_vigueur(date_paris(op.maintenant))) else {
                noter_un_echec(op, &cle, compte.as_ref().map(|c| c.id))?;
                return Ok(None);
            };
            // Two attempts at the same time must not both be heard: the one that comes late finds the delay.
            exiger_sans_delai(op, &cle)?;
            if let Some(empreinte) = &nouvelle_empreinte {
                store::changer_mot_de_passe(op, compte.id, Some(empreinte))?;
            }
            etape_suivante(op, &portier, compte, support).map(Some)
        })
        .await?;
    issue.ok_or_else(|| CompteError::Identification.into())
}

/// The step after a right password.
fn etape_suivante(op: &mut Op<'_>, portier: &Portier, compte: &Compte, support: Support) -> Resultat<Suite> {
    let facteurs = store_facteur::facteurs(op, compte.id)?;
    if facteurs.is_empty() {
        return poser_un_defi(op, compte.id, Etape::Enrolement, support, None);
    }
    defier(op, portier, compte.id, Etape::SecondFacteur, support, &facteurs)
}

/// Asks for one of those factors.
pub(super) fn defier(
    op: &mut Op<'_>,
    portier: &Portier,
    compte: CompteId,
    etape: Etape,
    support: Support,
    facteurs: &[Facteur],
) -> Resultat<Suite> {
    let (webauthn, etat) = portier.defier(facteurs)?.unzip();
    let mut genres: Vec<GenreFacteur> =
        facteurs.iter().map(|f| f.cle.genre()).filter(|g| *g == GenreFacteur::Totp || webauthn.is_some()).collect();
    genres.sort_unstable();
    genres.dedup();
    let suite = poser_un_defi(op, compte, etape, support, etat)?;
    Ok(Suite { facteurs: genres, webauthn, ..suite })
}

/// A new challenge, of which only the hash is kept.
pub(super) fn poser_un_defi(
    op: &mut Op<'_>,
    compte_id: CompteId,
    etape: Etape,
    support: Support,
    etat: Option<EtatDefi>,
) -> Resultat<Suite> {
    let jeton = nouveau_jeton(op);
    let expire_le = op.maintenant + etape.duree();
    let defi = Defi { id: op.id(), compte_id, etape, support, etat, echecs: 0, expire_le, consomme_le: None };
    store_facteur::inserer_defi(op, &defi, &empreinte_jeton(&jeton))?;
    Ok(Suite { etape, jeton, facteurs: Vec::new(), webauthn: None })
}

/// The challenge of a secret, if it still serves that purpose.
pub(super) fn defi(op: &mut Op<'_>, jeton: &str, etape: Etape) -> Resultat<Defi> {
    let defi = store_facteur::defi_par_jeton(op, &empreinte_jeton(jeton))?;
    defi.filter(|d| d.sert(etape, op.maintenant)).ok_or_else(|| CompteError::DefiPerime.into())
}

/// The account of a challenge, which must still be in force.
pub(super) fn compte_du_defi(op: &mut Op<'_>, defi: &Defi) -> Resultat<Compte> {
    let date = date_paris(op.maintenant);
    store::trouver(op, defi.compte_id)?.filter(|c| c.en_vigueur(date)).ok_or_else(|| CompteError::DefiPerime.into())
}

/// Opens the session of a person who answers the challenge of the second step.
pub async fn presenter_second_facteur(
    db: &Db,
    portier: &Arc<Portier>,
    jeton: String,
    reponse: ReponseFacteur,
    adresse: String,
) -> Resultat<Ouverte> {
    let portier = Arc::clone(portier);
    let demande = Demande { adresse: Some(adresse.clone()), ..Demande::systeme("connexion") };
    let issue = db.ecrire(&demande, move |op| second_facteur(op, &portier, &jeton, &reponse, &adresse)).await?;
    issue.ok_or_else(|| CompteError::FacteurRefuse.into())
}

/// `None` when the answer is wrong: the failure must be kept, so it is not an error of the transaction.
fn second_facteur(op: &mut Op<'_>, portier: &Portier, jeton: &str, reponse: &ReponseFacteur, adresse: &str) -> Resultat<Option<Ouverte>> {
    let defi = defi(op, jeton, Etape::SecondFacteur)?;
    let compte = compte_du_defi(op, &defi)?;
    if !prouver(op, portier, &compte, Some(&defi), reponse)? {
        store_facteur::echec_du_defi(op, defi.id)?;
        return Ok(None);
    }
    store_facteur::consommer(op, defi.id)?;
    store_facteur::oublier_ralentissement(op, &delai::cle_connexion(&compte.identifiant, adresse))?;
    let preuve = Preuve { moyen: Moyen::MotDePasseEtFacteur, instant: op.maintenant, support: defi.support };
    ouvrir_session(op, &compte, preuve).map(Some)
}

/// True when the answer proves a factor of the account. A failure slows the next ones, whoever tries: only who holds
/// the password or the session comes this far.
pub(super) fn prouver(
    op: &mut Op<'_>,
    portier: &Portier,
    compte: &Compte,
    defi: Option<&Defi>,
    reponse: &ReponseFacteur,
) -> Resultat<bool> {
    let cle = delai::cle_facteur(compte.id);
    exiger_sans_delai(op, &cle)?;
    let juste = match reponse {
        ReponseFacteur::Code(code) => prouver_par_code(op, portier, compte.id, code)?,
        ReponseFacteur::CodeSecours(code) => store_facteur::utiliser_code(op, compte.id, &empreinte_de_secours(code))?,
        ReponseFacteur::Webauthn(reponse) => prouver_par_cle(op, portier, compte.id, defi, reponse)?,
    };
    if juste {
        store_facteur::oublier_ralentissement(op, &cle)?;
        if matches!(reponse, ReponseFacteur::CodeSecours(_)) {
            op.tracer(Evenement::sur("utiliser_code_secours", "compte", compte.id.uuid()))?;
        }
    } else {
        noter_un_echec(op, &cle, Some(compte.id))?;
    }
    Ok(juste)
}

fn prouver_par_code(op: &mut Op<'_>, portier: &Portier, compte: CompteId, code: &str) -> Resultat<bool> {
    for facteur in store_facteur::facteurs(op, compte)? {
        let Cle::Totp { scelle, dernier_pas } = facteur.cle else { continue };
        let secret = portier.coffre.ouvrir(&scelle, compte.uuid().as_bytes())?;
        if let Some(pas) = pas_du_code(&secret, code, dernier_pas, op.maintenant)? {
            store_facteur::facteur_utilise(op, facteur.id, &Cle::Totp { scelle, dernier_pas: Some(pas) })?;
            return Ok(true);
        }
    }
    Ok(false)
}

fn prouver_par_cle(op: &mut Op<'_>, portier: &Portier, compte: CompteId, defi: Option<&Defi>, reponse: &Value) -> Resultat<bool> {
    let Some(EtatDefi::Webauthn(etat)) = defi.and_then(|d| d.etat.clone()) else { return Ok(false) };
    let facteurs = store_facteur::facteurs(op, compte)?;
    let Some(prouve) = portier.prouver(&facteurs, reponse.clone(), etat)? else { return Ok(false) };
    store_facteur::facteur_utilise(op, prouve.id, &prouve.cle)?;
    Ok(true)
}

/// Sets the password of an account by the link that an administrator handed. Gives the challenge of the first factor.
pub async fn activer(db: &Db, portier: &Arc<Portier>, jeton: String, mot_de_passe: String, support: Support) -> Resultat<Suite> {
    let demande = Demande::systeme("activation");
    let compte = {
        let jeton = jeton.clone();
        db.lire(&demande, move |op| {
            let defi = defi(op, &jeton, Etape::Activation)?;
            compte_du_defi(op, &defi)
        })
        .await?
    };
    juger(&mot_de_passe, &[&compte.nom, &compte.identifiant])?;
    let empreinte = portier.hacher(mot_de_passe, db.chance().secret()).await?;
    let portier = Arc::clone(portier);
    db.ecrire(&demande, move |op| {
        let defi = defi(op, &jeton, Etape::Activation)?;
        let compte = compte_du_defi(op, &defi)?;
        store_facteur::consommer(op, defi.id)?;
        store::changer_mot_de_passe(op, compte.id, Some(&empreinte))?;
        op.tracer(Evenement::sur("activer", "compte", compte.id.uuid()))?;
        etape_suivante(op, &portier, &compte, support)
    })
    .await
}

/// Refuses unheard an attempt that comes before its time.
pub(super) fn exiger_sans_delai(op: &mut Op<'_>, cle: &str) -> Resultat<()> {
    match store_facteur::ralenti(op, cle)?.and_then(|r| r.reste(op.maintenant)) {
        Some(secondes) => Err(CompteError::Ralenti(secondes).into()),
        None => Ok(()),
    }
}

/// Counts a failure and traces it, on the account if there is one.
pub(super) fn noter_un_echec(op: &mut Op<'_>, cle: &str, compte: Option<CompteId>) -> Resultat<()> {
    let avant = store_facteur::ralenti(op, cle)?;
    let apres = Ralentissement::apres_un_echec(avant, op.maintenant);
    store_facteur::garder_ralentissement(op, cle, &apres)?;
    metrics::counter!("dcc_connexions_refusees_total").increment(1);
    let refus = match compte {
        Some(id) => Evenement::sur("refuser_connexion", "compte", id.uuid()),
        None => Evenement::liste("refuser_connexion", "compte"),
    };
    op.tracer(refus.refuse(CompteError::Identification.code()))
}
