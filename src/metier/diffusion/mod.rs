//! Deliveries: each version of a compte-rendu to each of its recipients, until it has arrived or
//! somebody has been told that it has not.
//!
//! - Recipients are the médecin traitant, the correspondents of the patient and the doctor who asked
//!   for the opinion (HAS; CSP D6124-131: the proposal is sent to the médecin traitant). One row for
//!   each person and version, whatever qualities the person has.
//! - The médecin traitant also receives a letter (`crate::metier::gabarit`), beside the compte-rendu.
//! - A patient may object to the sending to the médecin traitant; the row then says so, and the
//!   objection is looked at again when the mail is about to leave.
//! - A compte-rendu only leaves to a mailbox of the MSSanté trust space (`Reglages::domaines_securises`),
//!   checked when the delivery is prepared, when an address is typed and when the mail leaves. A
//!   recipient without such a mailbox stands on the work list of the secretary, who types an address
//!   or sends a letter.
//! - The sending promises **at least once, with one effect**: the `Message-ID` is made of the delivery
//!   (`<diffusion@domaine>`), so a mail sent twice because its receipt was lost is recognised as one.
//!   Nothing ever leaves for a delivery that is accepted, replaced, objected to or posted.
//! - A new version of a compte-rendu takes the place of the former one wherever that has not left
//!   (`remplacee`), and is sent again to everybody, in the thread of what they have received.
//! - An attempt is written down before it begins and after it ends, in two transactions; nothing is
//!   held open while a server thinks. An attempt without an end was interrupted.
//! - What a mail server says is kept short and without addresses (`messagerie::nettoyer`).

pub mod http;
pub mod job;
pub mod model;
pub mod service;
mod store;
