//! What a command does beyond calling one use case.

pub mod completer;
pub mod exporter;
