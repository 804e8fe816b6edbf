//! Deliveries: each version of a compte-rendu, and of a programme handed to the patient (PPS, PPAC), to each of its
//! recipients, until it has arrived or somebody has been told that it has not.
//!
//! **Recipients**
//! - The médecin traitant, the correspondents of the patient and the doctor who asked for the opinion
//!   (HAS; CSP D6124-131: the proposal is sent to the médecin traitant). One row for each person and
//!   version, whatever qualities the person has. The médecin traitant also receives a letter
//!   (`crate::metier::gabarit`), beside the compte-rendu.
//! - The hospital system (DPI) of each établissement that knows the patient by a number of its own and
//!   takes documents from a folder (`messagerie::depot_dpi`): a system only receives what it can file.
//! - The DMP, where the region decided so, for a qualified identity: one of those établissements' platform
//!   (PFI) is asked to feed it by a mark on its own drop.
//! - The patient, where the region decided so and the patient asked for it, at `<INS>@` the domain of the
//!   patients: only from a qualified identity (référentiel MSSanté). Off until the region says so.
//! - A programme has the same recipients, but for the asking doctor: nobody asks for it. It may have none. It is
//!   prepared when it is handed to the patient, on paper.
//! - A patient may object to the sending to the médecin traitant or to the DMP; the row then says so, and
//!   the objection is looked at again when the mail is about to leave and when a letter is printed.
//!
//! **Sending**
//! - A document only leaves to a mailbox of the MSSanté trust space (`Reglages::domaines_securises`),
//!   checked when the delivery is prepared, when an address is typed and when the mail leaves. A
//!   recipient without such a mailbox stands on the work list of the secretary, who types an address
//!   or sends a letter.
//! - The sending promises **at least once, with one effect**: the `Message-ID` is made of the delivery
//!   (`<diffusion@domaine>`), so a mail sent twice, because its receipt was lost or because somebody asked
//!   to send it again, is recognised as one. It carries no `Resent-*`: it is the same message, sent by the
//!   same system. Another address gets another `Message-ID`, so that what comes back from a mailbox that was
//!   wrong does not pass for the right one.
//! - A new version of a document takes the place of the former one wherever that has not arrived
//!   (`remplacee`), and is sent again to everybody, in the thread of what they have received.
//! - An attempt is written down before it begins and after it ends, in two transactions; nothing is
//!   held open while a server thinks. An attempt without an end was interrupted.
//! - What a mail server says is kept short and without addresses (`messagerie::nettoyer`).
//!
//! **Proof**
//! - What comes back (MDN, DSN, « KO Intégration », acknowledgments of drops) is kept whole in `retour`,
//!   tied by `Message-ID`, and never refused: it changes the state or is noted (`model::EtatDiffusion`, whose
//!   table of transitions is `model/transitions.txt`). Late, repeated and out-of-order returns end in the
//!   same state. What is not understood or tied waits for a person.
//! - Each change is a row of `transition_diffusion` with its moment and its cause, which the database refuses
//!   to alter; its rank is the version of the delivery.
//! - Each version writes down how many recipients it was prepared for (`registre_diffusion`). The sum of the
//!   deliveries over their states equals that number: `service::verification` proves it row by row
//!   (`dcc diffusion verifier`), and the infocentre shows the difference, which is zero.

pub mod http;
pub mod job;
pub mod model;
pub mod service;
mod store;
