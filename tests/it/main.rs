//! Integration tests: the service as its callers see it, over HTTP, on both databases.
//!
//! Modules are named after rules, not after endpoints. `sur_les_deux_bases!` turns one body into a
//! test on SQLite and a test on PostgreSQL; see `support`.

#[macro_use]
mod support;

mod annuaire;
mod comptes;
mod infocentre;
