//! Second factors and passwords: enrol, list, withdraw, change.

use super::{
    connexion, ouvrir_session,
    sessions::{self, exiger_preuve_entiere, mon_compte},
};
use crate::{
    db::{Db, Demande, Evenement, Op},
    kernel::{Resultat, ids::FacteurId},
    metier::compte::{
        model::{
            Compte, CompteError, Moyen, Preuve, Support, delai,
            facteur::{
                CODES_DE_SECOURS, Cle, Defi, Etape, EtatDefi, Facteur, ReponseFacteur, code_de_secours, empreinte_de_secours,
                invitation_totp, pas_du_code,
            },
            mot_de_passe::juger,
        },
        portier::Portier,
        store::{self, facteur as store_facteur},
    },
};
use serde_json::Value;
use std::sync::Arc;

/// What a person answers to end an enrolment.
#[derive(Debug, Clone)]
pub struct Enrolement {
    /// The challenge.
    pub jeton: String,
    /// Name to give to the factor.
    pub libelle: String,
    /// The proof that the factor works.
    pub reponse: ReponseFacteur,
}

/// A factor that was enrolled, and the recovery codes that came with the first one: shown once.
#[derive(Debug, Clone)]
pub struct Enrole {
    /// The factor.
    pub facteur: Facteur,
    /// Recovery codes.
    pub codes: Option<Vec<String>>,
}

/// The challenge of an enrolment: of the first factor after a password, or of one more by a person signed in.
fn defi_d_enrolement(op: &mut Op<'_>, jeton: &str) -> Resultat<(Defi, Compte)> {
    let etape = if op.acteur.compte.is_some() { Etape::Ajout } else { Etape::Enrolement };
    let defi = connexion::defi(op, jeton, etape)?;
    let compte = connexion::compte_du_defi(op, &defi)?;
    // Who was only asked for a password must not add a factor to those that are there.
    let permis = match op.acteur.compte {
        Some(moi) => moi == compte.id,
        None => store_facteur::facteurs(op, compte.id)?.is_empty(),
    };
    if permis { Ok((defi, compte)) } else { Err(CompteError::DefiPerime.into()) }
}

/// Begins the enrolment of an application: its secret in base32 and the URI of its QR code.
pub fn proposer_totp(op: &mut Op<'_>, portier: &Portier, jeton: &str) -> Resultat<(String, String)> {
    let (defi, compte) = defi_d_enrolement(op, jeton)?;
    let alea = op.chance.secret();
    let (secret, _) = alea.split_at(20);
    let scelle = portier.coffre.sceller(secret, compte.id.uuid().as_bytes(), op.chance.secret())?;
    store_facteur::retenir(op, defi.id, &EtatDefi::Totp(scelle))?;
    Ok(invitation_totp(secret, &compte.identifiant)?)
}

/// Begins the enrolment of a key: what the browser needs.
pub fn proposer_webauthn(op: &mut Op<'_>, portier: &Portier, jeton: &str) -> Resultat<Value> {
    let (defi, compte) = defi_d_enrolement(op, jeton)?;
    let deja = store_facteur::facteurs(op, compte.id)?;
    let (options, etat) = portier.enroler_une_cle(compte.id, &compte.identifiant, &compte.nom, &deja)?;
    store_facteur::retenir(op, defi.id, &etat)?;
    Ok(options)
}

/// Enrols the first factor of an account and opens its first session.
pub async fn premier_enrolement(db: &Db, portier: &Arc<Portier>, saisie: Enrolement) -> Resultat<(connexion::Ouverte, Enrole)> {
    let portier = Arc::clone(portier);
    let issue = db
        .ecrire(&Demande::systeme("connexion"), move |op| {
            let Some((defi, compte, enrole)) = enroler(op, &portier, &saisie)? else { return Ok(None) };
            let preuve = Preuve { moyen: Moyen::MotDePasseEtFacteur, instant: op.maintenant, support: defi.support };
            Ok(Some((ouvrir_session(op, &compte, preuve)?, enrole)))
        })
        .await?;
    issue.ok_or_else(|| CompteError::FacteurRefuse.into())
}

/// A challenge to enrol one more factor.
pub fn demander_ajout(op: &mut Op<'_>) -> Resultat<connexion::Suite> {
    let compte = exiger_preuve_entiere(op)?;
    connexion::poser_un_defi(op, compte, Etape::Ajout, Support::Porteur, None)
}

/// Enrols one more factor.
pub async fn ajouter(db: &Db, portier: &Arc<Portier>, demande: &Demande, saisie: Enrolement) -> Resultat<Enrole> {
    let portier = Arc::clone(portier);
    let issue = db.ecrire(demande, move |op| enroler(op, &portier, &saisie)).await?;
    issue.map(|(_, _, enrole)| enrole).ok_or_else(|| CompteError::FacteurRefuse.into())
}

/// `None` when the code is wrong: the failure must be kept, so it is not an error of the transaction.
fn enroler(op: &mut Op<'_>, portier: &Portier, saisie: &Enrolement) -> Resultat<Option<(Defi, Compte, Enrole)>> {
    let (defi, compte) = defi_d_enrolement(op, &saisie.jeton)?;
    let cle = match (defi.etat.clone(), &saisie.reponse) {
        (Some(EtatDefi::Totp(scelle)), ReponseFacteur::Code(code)) => {
            let secret = portier.coffre.ouvrir(&scelle, compte.id.uuid().as_bytes())?;
            let Some(pas) = pas_du_code(&secret, code, None, op.maintenant)? else {
                store_facteur::echec_du_defi(op, defi.id)?;
                return Ok(None);
            };
            Cle::Totp { scelle, dernier_pas: Some(pas) }
        }
        (Some(EtatDefi::Webauthn(etat)), ReponseFacteur::Webauthn(reponse)) => portier.cle_enrolee(reponse.clone(), etat)?,
        _ => return Err(CompteError::DefiPerime.into()),
    };
    store_facteur::consommer(op, defi.id)?;
    let premier = store_facteur::facteurs(op, compte.id)?.is_empty();
    let facteur =
        Facteur { id: op.id(), compte_id: compte.id, cle, libelle: saisie.libelle.clone(), cree_le: op.maintenant, utilise_le: None };
    store_facteur::inserer_facteur(op, &facteur)?;
    op.tracer(Evenement::sur("enroler", "facteur", facteur.id.uuid()))?;
    let codes = premier.then(|| nouveaux_codes(op, &compte)).transpose()?;
    Ok(Some((defi, compte, Enrole { facteur, codes })))
}

fn nouveaux_codes(op: &mut Op<'_>, compte: &Compte) -> Resultat<Vec<String>> {
    let codes: Vec<String> = (0..CODES_DE_SECOURS).map(|_| code_de_secours(op.chance.secret())).collect();
    let empreintes: Vec<String> = codes.iter().map(|code| empreinte_de_secours(code)).collect();
    store_facteur::remplacer_codes(op, compte.id, &empreintes)?;
    op.tracer(Evenement::sur("editer_codes_secours", "compte", compte.id.uuid()))?;
    Ok(codes)
}

/// The factors of the person who asks, and the recovery codes left.
pub fn lister(op: &mut Op<'_>) -> Resultat<(Vec<Facteur>, i64)> {
    let compte = mon_compte(op)?;
    Ok((store_facteur::facteurs(op, compte)?, store_facteur::codes_restants(op, compte)?))
}

/// Withdraws a factor of the person who asks, but for the last one.
pub fn retirer(op: &mut Op<'_>, id: FacteurId) -> Resultat<()> {
    let compte = exiger_preuve_entiere(op)?;
    let facteurs = store_facteur::facteurs(op, compte)?;
    if !facteurs.iter().any(|f| f.id == id) {
        return Err(CompteError::FacteurIntrouvable.into());
    }
    if facteurs.len() == 1 {
        return Err(CompteError::DernierFacteur.into());
    }
    store_facteur::retirer_facteurs(op, compte, Some(id))?;
    op.tracer(Evenement::sur("retirer", "facteur", id.uuid()))
}

/// New recovery codes in the place of the former ones.
pub fn renouveler_codes(op: &mut Op<'_>) -> Resultat<Vec<String>> {
    let compte = exiger_preuve_entiere(op)?;
    let compte = super::trouver(op, compte)?;
    nouveaux_codes(op, &compte)
}

/// A password to change.
#[derive(Debug, Clone)]
pub struct ChangementMotDePasse {
    /// The one of now.
    pub actuel: String,
    /// The one to come.
    pub nouveau: String,
}

/// Changes the password of the person who asks, who knows the present one and has just proved a factor; closes the other
/// sessions.
pub async fn changer_mot_de_passe(db: &Db, portier: &Portier, demande: &Demande, changement: ChangementMotDePasse) -> Resultat<()> {
    let ChangementMotDePasse { actuel, nouveau } = changement;
    let compte = db
        .lire(demande, |op| {
            op.exiger_authentification_recente()?;
            let compte = mon_compte(op)?;
            super::trouver(op, compte)
        })
        .await?;
    juger(&nouveau, &[&compte.nom, &compte.identifiant])?;
    let juste = sessions::verifier_le_mien(db, portier, demande, actuel).await?;
    let empreinte = if juste { Some(portier.hacher(nouveau, db.chance().secret()).await?) } else { None };
    let change = db
        .ecrire(demande, move |op| {
            op.exiger_authentification_recente()?;
            let cle = delai::cle_facteur(compte.id);
            connexion::exiger_sans_delai(op, &cle)?;
            let Some(empreinte) = &empreinte else {
                connexion::noter_un_echec(op, &cle, Some(compte.id))?;
                return Ok(false);
            };
            store::changer_mot_de_passe(op, compte.id, Some(empreinte))?;
            store::revoquer_toutes(op, compte.id, op.acteur.session, "mot_de_passe_change")?;
            op.tracer(Evenement::sur("changer_mot_de_passe", "compte", compte.id.uuid()))?;
            Ok(true)
        })
        .await?;
    if change { Ok(()) } else { Err(CompteError::MotDePasseActuel.into()) }
}
