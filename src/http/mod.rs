//! What every handler shares: the caller ([`ctx::Ctx`]), bodies, answers, versions, the API document.

pub mod auth;
pub mod certificat;
pub mod conditions;
pub mod corps;
pub mod csv;
pub mod ctx;
pub mod limites;
pub mod machine;
pub mod navigateur;
pub mod openapi;
pub mod reponse;
pub mod service;

pub use corps::{Corps, Filtre};
pub use ctx::{Ctx, SiVersion};
pub use limites::Couteux;
pub use openapi::Problemes;
pub use reponse::{Fhir, Reponse};
