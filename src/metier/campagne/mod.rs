//! The campaign of the annual report: from an extraction to a publication.
//!
//! - **Extraction.** The year is frozen (`metier::infocentre`): whoever looks at a figure later reads the one that was
//!   validated. The holder of the dispositif spécifique régional answers for it (CSP R6123-91-12).
//! - **Validation.** Each 3C reads its page, out of what was frozen, comments it, asks for a correction or validates it. It
//!   sees no page but its own.
//! - **Correction.** A figure is never typed over: the data are corrected where they are, then extracted again. The two
//!   extractions are compared 3C by 3C, what differs is kept with the act, and only the pages whose figures changed are to be
//!   validated again. A demand of correction whose figures did not move still stands.
//! - **Publication.** Every 3C that has activity must have validated its page. The region may publish all the same, for
//!   a reason: the report itself then says which 3C have not validated.
//! - A report that is published never changes, in the code as in the database: its bytes are kept and given as they are. A
//!   mistake is mended by another extraction and a new report, which has a reason, a higher rank, and names the one that it
//!   replaces. Both stay.
//! - The report is composed by a job, from what was frozen and from nothing else. Until it has ended the campaign does not
//!   move. A frozen row that was altered stops it, and the act that is written down says which instantané it is.

pub mod http;
pub mod job;
pub mod model;
pub mod service;
mod store;
