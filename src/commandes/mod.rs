//! What a command does beyond calling one use case.

pub mod audit;
pub mod completer;
pub mod comptes;
pub mod exporter;
pub mod retention;
