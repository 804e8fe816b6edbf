//! Integration tests: the service as its callers see it, over HTTP, on both databases.
//!
//! Modules are named after rules, not after endpoints. `sur_les_deux_bases!` turns one body into a
//! test on SQLite and a test on PostgreSQL; see `support`.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::too_many_lines,
    reason = "tests stop where something is wrong, tell a story at length and say what ran"
)]

#[macro_use]
mod support;

mod acces;
mod alerte;
mod annuaire;
mod annuaire_national;
mod api;
mod brouillons;
mod campagne;
mod canari;
mod cda;
mod chiffrement;
mod compte_rendu;
mod comptes;
mod conditions;
mod connexion;
mod conservation;
mod continuite;
mod courrier_reel;
mod demo;
mod diffusion;
mod documents;
mod doublons;
mod droits_personne;
mod facteurs;
mod federation;
mod fiche;
mod fusion;
mod gabarit;
mod habilitations;
mod histoire;
mod identite;
mod infocentre;
mod inscription;
mod jobs;
mod machines;
mod messagerie;
mod modeles;
mod navigateur;
mod panne;
mod patient;
mod pps;
mod questionnaire;
mod quorum;
mod quorum_prevision;
mod rcp;
mod recherche;
mod referentiel;
mod region;
mod retours;
mod reunion;
mod sauvegarde;
mod schema;
mod service;
mod trace;
