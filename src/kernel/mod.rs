//! What every slice stands on and that stands on nothing of ours: typed ids, the clock, the
//! identifiers of health care (INS, RPPS, FINESS), mail addresses, the acting person, errors, strict reading, pages.

pub mod acte;
pub mod acteur;
pub mod clock;
pub mod coffre;
pub mod courriel;
pub mod csv;
pub mod droit;
pub mod enveloppe;
#[macro_use]
pub mod enumeration;
pub mod erreur;
pub mod expression;
pub mod identite;
#[macro_use]
pub mod ids;
pub mod lecture;
pub mod memoire;
pub mod page;
pub mod texte;

pub use acteur::{Acteur, Action, Perimetre, Role};
pub use clock::{Chance, Horloge, Instant};
pub use erreur::{Erreur, ErreurMetier, Faute, Nature, Panne, Refus, Resultat};
