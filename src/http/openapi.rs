//! The API document: what is said of the whole service; operations describe themselves.

use super::navigateur;
use crate::{error::Probleme, kernel::acte::IssueActe};
use std::collections::BTreeMap;
use utoipa::{
    IntoResponses, Modify, OpenApi,
    openapi::{
        Object, RefOr, Schema,
        schema::ArrayItems,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

/// The problems that any operation may answer, declared once.
#[derive(IntoResponses)]
pub enum Problemes {
    /// Requête illisible.
    #[response(status = 400, content_type = "application/problem+json")]
    Illisible(Probleme),
    /// Jeton absent, périmé ou session close.
    #[response(status = 401, content_type = "application/problem+json")]
    NonAuthentifie(Probleme),
    /// Les habilitations ne permettent pas l'action.
    #[response(status = 403, content_type = "application/problem+json")]
    Interdit(Probleme),
    /// Inconnu, ou hors du périmètre de la personne.
    #[response(status = 404, content_type = "application/problem+json")]
    Introuvable(Probleme),
    /// L'objet a été remplacé par un autre, que la réponse désigne.
    #[response(status = 410, content_type = "application/problem+json")]
    Disparu(Probleme),
    /// L'état de l'objet ne permet pas l'action.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflit(Probleme),
    /// La version envoyée dans If-Match n'est plus la version actuelle.
    #[response(status = 412, content_type = "application/problem+json")]
    VersionPerimee(Probleme),
    /// Corps de plus de 1 Mio.
    #[response(status = 413, content_type = "application/problem+json")]
    TropGrand(Probleme),
    /// Type de contenu non géré.
    #[response(status = 415, content_type = "application/problem+json")]
    TypeNonGere(Probleme),
    /// Le contenu enfreint une règle ; `errors` dit où.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalide(Probleme),
    /// If-Match est obligatoire.
    #[response(status = 428, content_type = "application/problem+json")]
    VersionAbsente(Probleme),
    /// Trop de requêtes.
    #[response(status = 429, content_type = "application/problem+json")]
    TropDeRequetes(Probleme),
    /// Panne du service.
    #[response(status = 500, content_type = "application/problem+json")]
    Panne(Probleme),
    /// Service momentanément saturé, ou en lecture seule.
    #[response(status = 503, content_type = "application/problem+json")]
    Sature(Probleme),
}

/// Ends the document once every operation has described itself.
///
/// A body refuses unknown fields (`additionalProperties: false`); an answer that repeats such a body beside fields of its own would
/// refuse those too, so it holds an open copy of it.
#[must_use]
pub fn achever(mut document: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    let Some(composants) = &mut document.components else { return document };
    let fermes: BTreeMap<String, Object> = composants
        .schemas
        .iter()
        .filter_map(|(nom, schema)| match schema {
            RefOr::T(Schema::Object(objet)) if objet.additional_properties.is_some() => {
                Some((format!("#/components/schemas/{nom}"), objet.clone()))
            }
            _ => None,
        })
        .collect();
    composants.schemas.values_mut().for_each(|schema| ouvrir(schema, &fermes));
    document
}

/// Opens the copies wherever a schema composes them: in an answer, in the elements of a page.
fn ouvrir(schema: &mut RefOr<Schema>, fermes: &BTreeMap<String, Object>) {
    let RefOr::T(schema) = schema else { return };
    match schema {
        Schema::AllOf(compose) => {
            for partie in &mut compose.items {
                let ferme = if let RefOr::Ref(renvoi) = &*partie { fermes.get(&renvoi.ref_location) } else { None };
                match ferme {
                    Some(ferme) => {
                        let mut ouvert = ferme.clone();
                        ouvert.additional_properties = None;
                        *partie = RefOr::T(Schema::Object(ouvert));
                    }
                    None => ouvrir(partie, fermes),
                }
            }
        }
        Schema::Object(objet) => objet.properties.values_mut().for_each(|champ| ouvrir(champ, fermes)),
        Schema::Array(liste) => {
            if let ArrayItems::RefOrSchema(element) = &mut liste.items {
                ouvrir(element, fermes);
            }
        }
        Schema::OneOf(choix) => choix.items.iter_mut().for_each(|choix| ouvrir(choix, fermes)),
        _ => {}
    }
}

struct Securite;

impl Modify for Securite {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let porteur = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        let cookie = ApiKey::Cookie(ApiKeyValue::with_description(
            navigateur::COOKIE,
            "Session de navigateur ; toute modification porte Origin et X-DCC-Client.",
        ));
        let composants = document.components.get_or_insert_with(Default::default);
        composants.add_security_scheme("jeton", SecurityScheme::Http(porteur));
        composants.add_security_scheme("cookie", SecurityScheme::ApiKey(cookie));
    }
}

/// The document without its operations.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Dossier communicant en cancérologie",
        version = "1.0.0",
        description = "RCP, réunions, fiches, quorum, alertes, comptes-rendus, diffusion et infocentre.\n\n\
            Toute modification porte `If-Match` avec l'ETag lu (428 sans, 412 si l'objet a changé). Tout POST accepte \
            `Idempotency-Key`. Les erreurs sont des `application/problem+json` (RFC 9457) en français, avec le pointeur \
            JSON de chaque champ fautif. Un objet hors du périmètre de la personne répond 404.",
        license(name = "AGPL-3.0-or-later", identifier = "AGPL-3.0-or-later")
    ),
    servers((url = "/", description = "Ce service")),
    modifiers(&Securite),
    components(schemas(Probleme, IssueActe)),
    security(("jeton" = []), ("cookie" = []))
)]
pub struct Document;
