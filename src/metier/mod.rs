//! The field: one folder per business noun, the same file names in each.
//!
//! `mod.rs` tells the rules with their reference, `model.rs` holds types, states and pure rules,
//! `store.rs` every query, `service.rs` the use cases, `http.rs` the operations of the API, `job.rs`
//! the background work.

pub mod acces;
pub mod alerte;
pub mod annuaire;
pub mod annuaire_national;
pub mod atelier;
pub mod campagne;
pub mod compte;
pub mod compte_rendu;
pub mod conditions;
pub mod conservation;
pub mod continuite;
pub mod diffusion;
pub mod document;
pub mod droits_personne;
pub mod exploitation;
pub mod federation;
pub mod fiche;
pub mod gabarit;
pub mod infocentre;
pub mod inscription;
pub mod machine;
pub mod patient;
pub mod pps;
pub mod quorum;
pub mod rapprochement;
pub mod rcp;
pub mod recherche;
pub mod referentiel;
pub mod reunion;
pub mod trace;
