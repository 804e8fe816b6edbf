//! Accesses out of the ordinary: bris de glace, restricted patients, and their examination.
//!
//! - **Bris de glace** (référentiel CNIL; requirement of the région): in an emergency, a doctor sees a
//!   patient outside the équipe de soins. The patient is named by the matricule INS or by all strict traits:
//!   the answer is a token for that account, for ten minutes ([`service::designer`]). The doctor proves to
//!   be there (recent sign-in), gives a reason of a list and tells it in fifteen characters at least.
//! - It is a dated link of its own kind ([`crate::db::perimetre::MotifLien::BrisDeGlace`]) between the
//!   account and the patient, for four hours: whatever lists filter by and point checks ask sees it. It
//!   opens readings only ([`crate::kernel::Action::ouverte_par_bris_de_glace`]): a write answers 403.
//! - It passes a restriction, but not the opposition of the patient to the sharing.
//! - It is traced under `briser_glace`, told by a mail that names no patient to the 3C and to the data
//!   protection officers, and examined: each has a verdict, and those that wait for more than seven days are
//!   listed apart.
//! - **Restricted patient** (staff member, public figure, detainee): named people alone see the patient, for
//!   everybody else the patient does not exist. Every view is in the access trace; those since the last
//!   examination are listed for the data protection officer.

pub mod http;
pub mod job;
pub mod model;
pub mod service;
mod store;
