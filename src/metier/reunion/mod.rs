//! Meetings of an RCP: planned, convened, held, closed, validated.
//!
//! - A meeting is born from the calendar of its RCP (generation over a period, harmless to repeat),
//!   by itself, or as the copy of another. It keeps the moment that the calendar gave it, so that one
//!   that was moved is not generated a second time.
//! - Life-cycle: `planifiee -> convoquee -> ouverte -> close -> validee`; cancelled, with a reason, as
//!   long as it is not open. The table is `tests/it/attendus/transitions_reunion.txt`.
//! - Members of the RCP are expected at each meeting: permanent members and coordinators, with the
//!   clause of the quorum rule that they answer for. They are copied when the meeting is planned and
//!   looked at again when it is convened. Guests are added one by one. Whoever is on the list of a
//!   meeting sees the patients of its agenda (`crate::db::perimetre`), hence the trace of each change.
//! - Those invited answer that they come, take part by videoconference or do not come, until the meeting
//!   opens; who refuses is excused. A meeting that is given another moment asks again.
//! - Attendance says who was there, in the room or by videoconference, from when to when: the quorum
//!   is counted case by case (HAS). It is frozen when the meeting closes; those still expected then
//!   were absent.
//! - A meeting closes once each dossier of its agenda has been decided on
//!   ([`model::ToutesDecidees`]).
//! - Registrations end a number of hours before the beginning, which the RCP sets.
//! - Invitations are iCalendar objects (RFC 5545, 5546) sent by mail (RFC 6047): the same `UID` for
//!   the life of the meeting, a `SEQUENCE` that grows each time it is moved or cancelled. Neither they
//!   nor the calendar feeds say anything of a patient. A feed is read by whoever holds its address, so
//!   it has a secret of 256 bits, kept as SHA-256, that can be revoked, and it never gives the link of
//!   the videoconference.

pub mod calendrier;
pub mod http;
pub mod job;
pub mod model;
pub mod service;
mod store;
