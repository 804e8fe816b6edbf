//! The continuity kit: what lets the meetings of the coming days be held when the service cannot be reached.
//!
//! - **What it holds** (plans blancs numériques of hospitals; degraded mode of the region): for each meeting to come, its
//!   agenda in order with the fiche of each case (PDF and JSON), the attendance sheet to sign, whom to call; an index that
//!   opens without network.
//! - **Who reads it**: the holders of the keys that the region set. The file is encrypted as it is written (`kernel/enveloppe.rs`):
//!   nothing of it reaches the disk in clear. A 3C may have a file of its own, with its RCP alone.
//! - **Who is not in it**: a patient who opposes the sharing, and a patient restricted to named people, since nobody knows
//!   who will open the kit. Their place on the agenda is kept, without identity, under the name of the doctor who asked.
//! - **Trace**: a row for each fiche that was taken, for the purpose `continuite`, and one for each meeting.

pub mod archive;
pub mod commande;
pub mod job;
pub mod model;
pub mod service;
