//! Bodies and filters, read strictly: the first thing that does not fit is told with its place.

use crate::kernel::{Erreur, Faute, Nature, Refus, lecture, texte::sha256};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, web};
use serde::de::DeserializeOwned;
use std::{future::Future, pin::Pin};
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

/// The largest JSON body.
pub const CORPS_MAXIMAL: usize = 1024 * 1024;

/// A JSON body that has been read and validated, with the fingerprint that `Idempotency-Key`
/// compares.
#[derive(Debug)]
pub struct Corps<T> {
    /// The content.
    pub contenu: T,
    /// SHA-256 of the bytes, in hexadecimal.
    pub empreinte: String,
}

impl<T: DeserializeOwned + Validate + 'static> FromRequest for Corps<T> {
    type Error = Erreur;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Erreur>>>>;

    fn from_request(requete: &HttpRequest, charge: &mut Payload) -> Self::Future {
        let type_json = requete.content_type().split(';').next().is_some_and(|t| {
            let t = t.trim();
            t == "application/json" || t == "application/merge-patch+json"
        });
        let octets = web::Bytes::from_request(requete, charge);
        Box::pin(async move {
            if !type_json {
                return Err(Refus::new(Nature::TypeNonGere, "type-non-gere", "Le corps attendu est en application/json.").into());
            }
            let octets = octets.await.map_err(|erreur| corps_illisible(&erreur))?;
            let contenu: T = lire(&octets)?;
            valider(&contenu)?;
            Ok(Self { contenu, empreinte: sha256(&octets) })
        })
    }
}

fn corps_illisible(erreur: &actix_web::Error) -> Erreur {
    if erreur.as_response_error().status_code() == actix_web::http::StatusCode::PAYLOAD_TOO_LARGE {
        return Refus::new(Nature::TropGrand, "contenu-trop-grand", "Le corps de la requête dépasse 1 Mio.").into();
    }
    Refus::new(Nature::Illisible, "corps-illisible", "Le corps de la requête n'a pas pu être lu.").into()
}

/// Reads JSON; a value that does not fit its field is a fault at that field.
pub fn lire<T: DeserializeOwned>(octets: &[u8]) -> Result<T, Erreur> {
    let mut lecteur = serde_json::Deserializer::from_slice(octets);
    let contenu = serde_path_to_error::deserialize(&mut lecteur).map_err(|erreur| {
        let cause = erreur.inner();
        match cause.classify() {
            serde_json::error::Category::Data => Erreur::from(Refus::invalide(vec![lecture::faute(&erreur)])),
            serde_json::error::Category::Io | serde_json::error::Category::Syntax | serde_json::error::Category::Eof => Refus::new(
                Nature::Illisible,
                "json-illisible",
                format!("Le JSON est mal formé, ligne {}, colonne {}.", cause.line(), cause.column()),
            )
            .into(),
        }
    })?;
    lecteur.end().map_err(|_| Refus::new(Nature::Illisible, "json-illisible", "Du texte suit la fin du document JSON."))?;
    Ok(contenu)
}

/// Applies the rules declared on the type.
pub fn valider<T: Validate>(contenu: &T) -> Result<(), Erreur> {
    contenu.validate().map_err(|erreurs| {
        let mut fautes = Vec::new();
        recueillir(&erreurs, "", &mut fautes);
        fautes.sort_by(|a, b| a.pointer.cmp(&b.pointer));
        Refus::invalide(fautes).into()
    })
}

fn recueillir(erreurs: &ValidationErrors, racine: &str, fautes: &mut Vec<Faute>) {
    for (champ, nature) in erreurs.errors() {
        let pointeur = if champ == "__all__" { racine.to_owned() } else { format!("{racine}/{champ}") };
        match nature {
            ValidationErrorsKind::Struct(dedans) => recueillir(dedans, &pointeur, fautes),
            ValidationErrorsKind::List(lignes) => {
                for (rang, dedans) in lignes {
                    recueillir(dedans, &format!("{pointeur}/{rang}"), fautes);
                }
            }
            ValidationErrorsKind::Field(regles) => fautes.extend(regles.iter().map(|regle| {
                let message = regle.message.as_deref().unwrap_or("Cette valeur ne respecte pas la règle du champ.");
                Faute::new(pointeur.clone(), regle.code.clone(), message)
            })),
        }
    }
}

/// The query string of a list, read strictly.
#[derive(Debug)]
pub struct Filtre<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Filtre<T> {
    type Error = Erreur;
    type Future = std::future::Ready<Result<Self, Erreur>>;

    fn from_request(requete: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(web::Query::<T>::from_query(requete.query_string()).map(|q| Self(q.into_inner())).map_err(|erreur| {
            let detail = match &erreur {
                actix_web::error::QueryPayloadError::Deserialize(cause) => {
                    let texte = cause.to_string();
                    let champ = texte.split('`').nth(1).unwrap_or_default();
                    if texte.starts_with("unknown field") {
                        format!("Le paramètre « {champ} » n'existe pas.")
                    } else {
                        "Un paramètre de la requête n'a pas la forme attendue.".to_owned()
                    }
                }
                _ => "Les paramètres de la requête sont illisibles.".to_owned(),
            };
            Refus::new(Nature::Illisible, "parametre-invalide", detail).into()
        }))
    }
}
