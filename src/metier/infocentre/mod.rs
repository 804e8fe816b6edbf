//! The infocentre: what was done in RCP, counted for the yearly report, the 3C and the établissements.
//!
//! - Every number has a definition, which `GET /infocentre/indicateurs` gives out with its numerator,
//!   its denominator, what it leaves out and where it comes from: [`model::dictionnaire`].
//! - A compte-rendu counts once per passage, by its current version; a case that was postponed is
//!   counted apart. It counts where it stood when it was validated (3C, établissement, territoire,
//!   theme), so that a figure does not move when an RCP changes hands.
//! - A meeting counts on its date in metropolitan France, where its comptes-rendus count, or where
//!   its RCP stands today when it has none.
//! - A ratio is exact: its numerator and its denominator are given with it, and its value is computed
//!   on integers, rounded half up, as the published reports do (673 CR for 475 patients: 1.42).
//! - Behind every number stand its rows. The same condition makes both (`store`), and a test proves on
//!   random data that there are as many rows as the number says.
//! - An analyst never sees a patient: a row holds no trait of identity, no free text and no
//!   identifier of the patient, not even a pseudonym. The row that stands for a patient is the
//!   first of the passages that are counted, with the number of passages.
//! - What a person sees is decided once, by [`model::Portee`]: the region, or the RCP, 3C and
//!   établissements that the rights name. Whether a patient is new is always judged on the whole
//!   region, since that is the definition.
//! - The activity is counted under a legal duty (CSP R6123-91-12): the opposition of a patient to the
//!   reuse of data does not take the passage out of the count.

pub mod http;
pub mod model;
pub mod service;
mod store;
