//! Clients, their certificates, and the professional for whom one writes.

use crate::kernel::{
    ErreurMetier, Nature,
    identite::Rpps,
    ids::{ClientMachineId, CompteId, CoupureId, EtablissementId},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// Header in which a machine names the professional for whom it acts.
pub const AU_NOM_DE: &str = "DCC-Au-Nom-De";

crate::enum_texte! {
    /// What a token allows, within the rights of the client.
    pub enum Portee {
        /// Read.
        Lecture => "dcc.lecture",
        /// Write; reading comes with it.
        Ecriture => "dcc.ecriture",
    }
}

/// Software of an établissement.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ClientMachine {
    /// Identifier: the `client_id` of OAuth.
    pub id: ClientMachineId,
    /// The établissement on which it acts.
    pub etablissement_id: EtablissementId,
    /// Its technical account.
    pub compte_id: CompteId,
    /// Name to show and to trace.
    pub nom: String,
    /// What it may ask for.
    pub portees: Vec<Portee>,
    /// False when shut out.
    pub actif: bool,
    /// Version.
    pub version: i64,
    /// Creation.
    pub cree_le: DateTime<Utc>,
    /// Last change.
    pub modifie_le: DateTime<Utc>,
    /// Its certificates in force: two while one takes over from the other.
    pub certificats: Vec<CertificatMachine>,
}

/// A certificate of a client.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CertificatMachine {
    /// Its SHA-256, as `x5t#S256` writes it.
    pub empreinte: String,
    /// Since when it opens.
    pub ajoute_le: DateTime<Utc>,
}

/// A time when the software of an établissement is shut out.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Coupure {
    /// Identifier.
    pub id: CoupureId,
    /// The établissement.
    pub etablissement_id: EtablissementId,
    /// Why.
    pub motif: String,
    /// Since when.
    pub debut: DateTime<Utc>,
}

/// SHA-256 of a certificate in PEM, as `x5t#S256` writes it (RFC 8705).
pub fn empreinte_du_certificat(pem: &str) -> Result<String, MachineError> {
    let certificat = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_| MachineError::CertificatIllisible)?;
    Ok(URL_SAFE_NO_PAD.encode(Sha256::digest(certificat)))
}

/// The professional for whom a machine acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuNomDe {
    /// National number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rpps: Option<Rpps>,
    /// Number in the établissement, of a professional who has no national one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifiant_local: Option<String>,
    /// Name and first name.
    pub nom: String,
    /// Profession (TRE_G15).
    pub profession: String,
}

impl AuNomDe {
    /// Reads the header: a JSON object.
    pub fn lire(entete: &str) -> Result<Self, MachineError> {
        let illisible = |cause: String| MachineError::ProfessionnelIllisible { cause };
        let lu: Self = serde_json::from_str(entete).map_err(|e| illisible(e.to_string()))?;
        let renseigne = |texte: &str| (1..=200).contains(&texte.trim().chars().count());
        if lu.rpps.is_none() && !lu.identifiant_local.as_deref().is_some_and(renseigne) {
            return Err(illisible("rpps ou identifiant_local manque".to_owned()));
        }
        if !renseigne(&lu.nom) || !renseigne(&lu.profession) {
            return Err(illisible("nom et profession comptent de 1 à 200 caractères".to_owned()));
        }
        Ok(lu)
    }

    /// What the trace keeps.
    #[must_use]
    pub fn texte(&self) -> String {
        let mut champs = Map::new();
        let paires = [
            ("rpps", self.rpps.as_ref().map(Rpps::as_str)),
            ("identifiant_local", self.identifiant_local.as_deref()),
            ("nom", Some(self.nom.as_str())),
            ("profession", Some(self.profession.as_str())),
        ];
        champs.extend(paires.into_iter().filter_map(|(nom, valeur)| Some((nom.to_owned(), Value::from(valeur?)))));
        Value::Object(champs).to_string()
    }
}

/// Why a machine, or who manages it, is refused.
#[derive(Debug, thiserror::Error)]
pub enum MachineError {
    /// The service gives no tokens to machines.
    #[error("Ce service n'admet pas de logiciels : la clé de leurs jetons n'est pas configurée.")]
    NonAdmises,
    /// The form is not a request for a token.
    #[error("La demande de jeton est illisible : grant_type=client_credentials, en application/x-www-form-urlencoded.")]
    DemandeIllisible,
    /// Another flow of OAuth.
    #[error("Seul grant_type=client_credentials est admis.")]
    Flux,
    /// A scope that is unknown, or not given to this client.
    #[error("Une portée demandée n'existe pas ou n'est pas accordée à ce client.")]
    PorteeRefusee,
    /// No certificate, unknown or withdrawn certificate, client or établissement shut out: never said which.
    #[error("Le certificat présenté n'ouvre aucun accès.")]
    ClientRefuse,
    /// The token is wrong, too old, or not bound to the certificate of the connection.
    #[error("Le jeton d'accès est invalide ou périmé, ou n'est pas lié au certificat présenté.")]
    JetonInvalide,
    /// The scope of the token does not allow that.
    #[error("La portée du jeton ne permet pas cette opération : demandez {portee}.")]
    PorteeInsuffisante {
        /// The scope that would.
        portee: Portee,
    },
    /// A write without the professional for whom it is made.
    #[error("Nommez dans l'en-tête DCC-Au-Nom-De le professionnel pour qui vous écrivez.")]
    ProfessionnelAbsent,
    /// The header is not what it should be.
    #[error("L'en-tête DCC-Au-Nom-De est illisible : {cause}.")]
    ProfessionnelIllisible {
        /// What is wrong with it.
        cause: String,
    },
    /// Too many requests.
    #[error("Ce client envoie trop de requêtes : ralentissez.")]
    TropDeRequetes,
    /// No such client.
    #[error("Ce client n'existe pas.")]
    Introuvable,
    /// Not a certificate in PEM.
    #[error("Le certificat attendu est en PEM.")]
    CertificatIllisible,
    /// The certificate names a client already, or did.
    #[error("Ce certificat sert ou a servi à un client.")]
    CertificatPris,
    /// No such certificate in force for that client.
    #[error("Ce certificat n'est pas en vigueur pour ce client.")]
    CertificatInconnu,
    /// The établissement is shut out already.
    #[error("Les logiciels de cet établissement sont déjà coupés.")]
    DejaCoupe,
    /// The établissement is not shut out.
    #[error("Les logiciels de cet établissement ne sont pas coupés.")]
    NonCoupe,
}

impl MachineError {
    /// The error code of RFC 6749 §5.2, for the answers of the token endpoint.
    const fn code_oauth(&self) -> Option<&'static str> {
        match self {
            Self::DemandeIllisible => Some("invalid_request"),
            Self::Flux => Some("unsupported_grant_type"),
            Self::PorteeRefusee => Some("invalid_scope"),
            Self::ClientRefuse => Some("invalid_client"),
            _ => None,
        }
    }
}

impl ErreurMetier for MachineError {
    fn nature(&self) -> Nature {
        match self {
            Self::DemandeIllisible | Self::Flux | Self::PorteeRefusee => Nature::Illisible,
            Self::ClientRefuse | Self::JetonInvalide => Nature::NonAuthentifie,
            Self::PorteeInsuffisante { .. } => Nature::Interdit,
            Self::ProfessionnelAbsent | Self::ProfessionnelIllisible { .. } | Self::CertificatIllisible => Nature::Invalide,
            Self::TropDeRequetes => Nature::TropDeRequetes,
            Self::NonAdmises | Self::Introuvable | Self::CertificatInconnu => Nature::Introuvable,
            Self::CertificatPris | Self::DejaCoupe | Self::NonCoupe => Nature::Conflit,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NonAdmises => "machines-non-admises",
            Self::DemandeIllisible => "demande-de-jeton-illisible",
            Self::Flux => "flux-non-admis",
            Self::PorteeRefusee => "portee-refusee",
            Self::ClientRefuse => "client-refuse",
            Self::JetonInvalide => "jeton-invalide",
            Self::PorteeInsuffisante { .. } => "portee-insuffisante",
            Self::ProfessionnelAbsent => "professionnel-absent",
            Self::ProfessionnelIllisible { .. } => "professionnel-illisible",
            Self::TropDeRequetes => "trop-de-requetes",
            Self::Introuvable => "client-introuvable",
            Self::CertificatIllisible => "certificat-illisible",
            Self::CertificatPris => "certificat-pris",
            Self::CertificatInconnu => "certificat-inconnu",
            Self::DejaCoupe => "deja-coupe",
            Self::NonCoupe => "non-coupe",
        }
    }

    fn precisions(&self) -> Map<String, Value> {
        let Some(code) = self.code_oauth() else { return Map::new() };
        Map::from_iter([("error".to_owned(), Value::from(code)), ("error_description".to_owned(), Value::from(self.to_string()))])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a16_le_professionnel_se_lit_en_entier_ou_pas_du_tout() {
        let lu = AuNomDe::lire(r#"{"rpps":"10001045367","nom":"L\u00e9a Martin","profession":"10"}"#).unwrap();
        assert_eq!(lu.texte(), r#"{"rpps":"10001045367","nom":"Léa Martin","profession":"10"}"#);
        assert!(AuNomDe::lire(r#"{"identifiant_local":"A12","nom":"Léa Martin","profession":"60"}"#).is_ok());
        for faux in [
            "",
            "Léa Martin",
            r#"{"nom":"Léa Martin","profession":"10"}"#,
            r#"{"identifiant_local":" ","nom":"Léa Martin","profession":"10"}"#,
            r#"{"rpps":"10001045368","nom":"Léa Martin","profession":"10"}"#,
            r#"{"rpps":"10001045367","nom":"","profession":"10"}"#,
            r#"{"rpps":"10001045367","nom":"Léa Martin"}"#,
            r#"{"rpps":"10001045367","nom":"Léa Martin","profession":"10","role":"admin"}"#,
        ] {
            assert!(AuNomDe::lire(faux).is_err(), "{faux}");
        }
    }
}
