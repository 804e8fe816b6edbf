//! What a command does beyond calling one use case.

pub mod exporter;
pub mod retention;
