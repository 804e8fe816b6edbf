//! The workshop of the region: drafts of its own reference data, dry runs, publication, withdrawal.
//!
//! - A draft holds one file: a block, a fiche model, an alert rule or a quorum rule, exactly as
//!   `referentiels/` would. It may be imperfect: it is kept, and each reading says what prevents it from
//!   being published, with the place of each defect in the content.
//! - A dry run tries a sound draft against the cases of past meetings and says how many would change
//!   and which. The version in force on the day of each meeting and the draft see the same case, as it is
//!   recorded now: what differs comes from the draft alone. Nothing is kept of it but a row of the
//!   access trace. Cases are told by their identifiers, without a trait of identity nor an answer of the
//!   fiche: who administers the region reads no patient's data.
//! - A draft is published from a day on, today at the earliest, under a version of its own, by the same
//!   loading as the files. It serves at once: what is kept in memory is found by fingerprint. The
//!   former version is left as it is: of two in force, the one that began last wins, and a fiche keeps
//!   the version it was made with. A published draft no longer changes.
//! - A version is withdrawn by its last day in force, yesterday at the earliest, since what was decided
//!   under it stays. It is refused as long as an RCP, a rule or the default needs it and nothing takes
//!   its place on some day to come. A block has no dates: models hold what they took from it.
//! - All of this belongs to the whole region, and to who administers it.

pub mod http;
pub mod model;
pub mod service;
mod store;
