//! The API document: what is said of the whole service; operations describe themselves.

use super::navigateur;
use crate::error::Probleme;
use utoipa::{
    IntoResponses, Modify, OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
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
    /// Service momentanément saturé.
    #[response(status = 503, content_type = "application/problem+json")]
    Sature(Probleme),
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
    components(schemas(Probleme)),
    security(("jeton" = []), ("cookie" = []))
)]
pub struct Document;
