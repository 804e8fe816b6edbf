//! Comptes-rendus: what a meeting said of a case, frozen the moment a doctor validates it.
//!
//! - The opinion and the proposal are traced on a sheet put in the patient's record (CSP
//!   D6124-131 IV); it shows the proposal, the date, the names and qualifications of those who took
//!   part (HAS) and why a case was postponed.
//! - A discussion gives an « avis de RCP » only if the quorum was reached for that case: three doctors
//!   of different specialties (HAS) and the competences that its RCP requires (INCa). Without it the
//!   document is still made, because the patient's record needs it, and says that it is not one. A case that strictly conforms to national
//!   guidelines may be registered without discussion (D6124-131 I al. 2): no quorum is counted, the
//!   guideline is named.
//! - A compte-rendu never changes. A correction is a new version of the same set that cancels and
//!   replaces the former one, with its reason; both are kept. The row of a version refuses any change
//!   of what it says, in the code as in the database.
//! - The content is a copy, with the labels that the codes had that day: it owes nothing to the value
//!   sets, the directory or the identity as they become later. Its SHA-256 fingerprint is taken over
//!   its canonical JSON (sorted keys, no spaces) and checked each time it is read.
//! - The PDF is rendered by a job, outside any transaction, from the content alone: the same content
//!   gives the same bytes. With it comes the letter to the médecin traitant, where there is one. Both are
//!   laid out by the templates of the region in force at the validation (`crate::metier::gabarit`).
//! - The same job makes the CDA (volet CANCER-FRCP 2025.01) of the same content, with the PDF inside. Should a
//!   content break a rule of the volet, the PDF is kept and delivered all the same, the failure is logged and
//!   counted (`dcc_cda_echecs_total`), and a job of its own (`rendre_cda`) tries again.

pub mod http;
pub mod job;
pub mod model;
pub mod service;
mod store;
