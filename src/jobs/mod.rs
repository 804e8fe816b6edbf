//! Background work: a durable queue in the database and the worker that empties it.
//!
//! - A use case puts work into the queue ([`queue::enfiler`]) in its own transaction: the work exists
//!   if and only if the change was committed.
//! - The worker ([`runner`]) takes one job under a **lease**: a short transaction writes who works and
//!   until when. The handler then runs outside any transaction; its outcome is written afterwards.
//! - A worker that dies leaves a lease that expires, and the job is taken again. So a handler may run
//!   more than once and must bear it.
//! - A handler decides itself: [`runner::Issue::Fait`], [`runner::Issue::Reessayer`] (after a wait
//!   that doubles from one minute up to a day, see [`runner::delai`]) or [`runner::Issue::Echoue`].
//!   Attempts are bounded; what was given up stays in the table in state `echoue` with its reason,
//!   and counts in `dcc_jobs_total{genre,issue}`.
//!
//! - A long work says how far it is ([`runner::Contexte::avancer`]), which prolongs its lease, and learns there that somebody asked it to
//!   stop ([`queue::arreter`]). Between two steps it holds no transaction: those who write never wait for it.
//!
//! A reason holds codes and sentences of ours, never health data nor an identity.

pub mod queue;
pub mod runner;
pub mod suivi;
