//! RCP entities: the directory of tumour boards and what each one is.
//!
//! - The four regulatory types (INCa 2023): standard; de recours, with its category (CSP R6123-91-2 I
//!   and the five practices of mention B of surgery); cancers rares, with the national network that
//!   runs it (R6123-91-2 II); pédiatrique (RCPPI), which is interregional by law (R6123-91-3).
//! - The national fiche knows two natures: an appareil and its organs, or a cross-cutting treatment
//!   or supportive care (CI-SIS FRCP, value sets `rcp-appareil`, `rcp-organe`,
//!   `traitement-soins-frcp`). One excludes the other.
//! - An RCP is one in law only if an authorised établissement organises it and if it stands in the
//!   directory; it has a coordination function and an assistance function (HAS). Hence what
//!   [`model::Rcp::valider`] asks for: an authorised organiser, a coordinator in force; the
//!   secretariat is reachable from the draft on.
//! - Life-cycle: a draft is prepared by those in charge and validated by the 3C or the region, never
//!   by the RCP itself; then suspended and resumed, or closed for good, each time with a reason.
//!   An entity that is not validated is seen only by those who manage it.
//! - A permanent member answers for a clause of the quorum rule; the membership is dated, so that
//!   the meetings of the past keep the members they had.
//! - The calendar is a rule of RFC 5545 kept in local time: a meeting at 18:00 stays at 18:00 in
//!   Paris on both sides of the change of hour. Public holidays are left out or kept, as the RCP
//!   says.

pub mod http;
pub mod model;
pub mod service;
mod store;
