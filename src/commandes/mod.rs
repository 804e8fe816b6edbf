//! What a command does beyond calling one use case.

pub mod comptes;
pub mod exporter;
