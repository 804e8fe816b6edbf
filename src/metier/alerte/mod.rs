//! Alerts on a registration: what the law or good practice asks to be seen before a case is decided.
//!
//! - Rules are data, versioned and dated: one file of `referentiels/alertes/` each, read into
//!   [`regle::Regle`]. A rule says which cases it bears on (`applicable`) and holds one or several cases;
//!   each has a condition in CEL over the [`regle::Contexte`], a text, an advised action, a contact. The
//!   first case whose condition holds gives the alert. Those in force on the day of the meeting are
//!   evaluated.
//! - A rule brings its trials, run whenever it is loaded: one that misses a trial is refused.
//! - Three levels: `bloquante` prevents the validation of the compte-rendu (the child at an adult RCP,
//!   CSP R6123-91-3; the patient who opposes sharing), `a_traiter` asks for an act (G8 from 75 years
//!   on, médecin traitant without a secure address…), `information` only tells.
//! - Ages are those of the day of the meeting, counted in Paris: an adolescent or young adult is so
//!   from the 15th birthday to the eve of the 25th (CSP D6124-131-1).
//! - Alerts are computed again whenever the case changes, never when they are read: its fiche, its dossier, its patient,
//!   the addresses of the médecin traitant, its registration, a written opinion, the attendance, the state or the day of its
//!   meeting, what another meeting makes of the same patient. They are raised, refreshed, lifted when what they tell is no
//!   longer true. A lifted alert is kept.
//! - A rule that a region publishes or withdraws is applied to every case by a job, in the minute. What else changes many cases at
//!   once (the public directory, the trust space, an RCP) is seen at the next change of each case, and by the task
//!   `actualisation_alertes` ([`job`]) within a day. A validation computes them again whatever happened.
//! - Since that happens at each save, a case is assembled in two steps: the history, those who take part and
//!   the derived values are looked for only when a rule that bears on the case names them.
//! - An alert may be acknowledged with a motive, except those that say otherwise and the blocking
//!   ones. The acknowledgement holds as long as the same version of the rule says the same thing: a
//!   G8 that was not done, and acknowledged as such, does not silence the one that shows frailty.
//! - A rule that fails on a case (a missing field, say) changes nothing: an alert already raised is
//!   not lifted by a mistake in a rule. The failure is logged with the code of the rule only, and counted
//!   in `dcc_alertes_inevaluables_total`. So is a loaded rule that this program cannot read.
//! - Once the comptes-rendus are validated, alerts are left as they were.

mod contexte;
pub mod http;
pub mod job;
pub mod model;
pub mod regle;
pub mod service;
mod store;
