//! Registrations: a fiche on the agenda of a meeting, and what the meeting answered.
//!
//! - A fiche is registered while the meeting is planned or convened and its deadline has not passed;
//!   who orders the agenda may add one later, even during the meeting. The agenda never holds more
//!   cases than the meeting takes, whoever registers and however many at the same moment. A patient
//!   who objects to the sharing of the dossier is not registered (CSP L1110-4).
//! - A case is *discussed* during an open meeting, or *recorded* without discussion when the situation
//!   strictly conforms to a national guideline, which is then named with its version and date (CSP
//!   D6124-131 I; CI-SIS FRCP). A case operated on in an emergency is discussed after the act and can
//!   never be a mere recording (D6124-131).
//! - A case that the meeting could not settle is *postponed* for a reason of a closed list: a linked
//!   registration of the same fiche is made at a later meeting. A case may also be *withdrawn*.
//! - The answer is a proposition: ranked intentions of ordered treatments, surveillance, complementary
//!   examinations, referral to an RCP de recours, or the stop of treatments, at least one of them.
//! - The quorum is evaluated case by case (`metier::quorum`) and kept with the registration. A case
//!   discussed without it is kept, may be postponed, but is not the opinion of an RCP
//!   ([`model::Inscription::avis_de_rcp`]).
//! - Who takes part in the meeting sees the patients of its agenda: registering ties the patient to
//!   the RCP, its 3C, its organiser, the meeting and the doctor who asks; withdrawing unties them.

pub mod etat;
pub mod http;
pub mod model;
pub mod ordre;
mod passage;
pub mod proposition;
pub mod saisie;
pub mod service;
mod store;
