//! Logs and metrics. Logs are JSON lines on standard error; they hold sentences, codes and internal
//! identifiers, never a trait of identity, a token or a body (docs/LOGGING.md).

use crate::kernel::Panne;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, filter::filter_fn, fmt, prelude::*};

/// Libraries that log what a request holds (its path, as somebody typed it) or what a mail says, at their verbose
/// levels: they are never heard, whatever the levels asked for.
const INDISCRETES: [&str; 3] = ["actix_web::types", "async_imap", "lettre"];

/// Starts the logs at the level of `DCC_LOG` (`info` by default).
pub fn journaux(filtre: Option<&str>) -> Result<(), Panne> {
    let filtre = EnvFilter::try_new(filtre.unwrap_or("info,actix_server=warn")).map_err(|e| Panne::new("filtre des journaux", e))?;
    tracing_subscriber::registry()
        .with(filtre)
        .with(filter_fn(|evenement| !INDISCRETES.iter().any(|nom| evenement.target().starts_with(nom))))
        .with(fmt::layer().json().flatten_event(true).with_current_span(true).with_span_list(false).with_writer(std::io::stderr))
        .try_init()
        .map_err(|e| Panne::new("démarrage des journaux", e))
}

/// Starts the collection of metrics for the process.
pub fn mesures() -> Result<PrometheusHandle, Panne> {
    PrometheusBuilder::new().install_recorder().map_err(|e| Panne::new("démarrage des mesures", e))
}
