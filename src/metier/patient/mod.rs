//! Patients and their dossiers: identity, local numbers, correspondents, oppositions.
//!
//! - **Identity** follows the référentiel national d'identitovigilance (RNIV). The matricule INS is
//!   kept with its OID, and only under a status that says it was fetched from INSi (`recuperee`,
//!   `qualifiee`). It is shown and sent under `qualifiee` alone: [`model::Patient::ins_utilisable`]
//!   is the one way to it. A NIR whose sex or birth month disagrees with the traits is a warning:
//!   registers do hold such people.
//! - **Duplicates**: a creation whose birth name, first name, birth date and sex are those of a known
//!   patient is refused until the person says that they are two people. Of a patient outside the
//!   person's perimeter nothing is told but that there is one.
//! - **Search** (POST, so that no identity ever stands in an address) wants a matricule, a local
//!   number, or two letters of the name with the birth date. It gives identities only, twenty at most,
//!   and only those that the person may see; sixty searches a minute for an account, unless the settings say
//!   otherwise.
//! - **Visibility**: the patient is tied to who creates it, to each établissement that knows it by a
//!   number, to the médecin traitant, to each correspondent and to the referring doctor of each
//!   dossier (see `crate::db::perimetre`). A tie ends with its reason.
//! - **Oppositions** (CSP L1110-4; charter of the RCP) are dated, say who took them down, and are
//!   lifted, never erased. `partage_dcc` keeps the file to its author, the doctor who asked and the
//!   referring doctor: it takes the patient off the agendas to come, and nothing is sent;
//!   `envoi_medecin_traitant` prevents the sending to the médecin traitant and the reading by an account of
//!   that doctor, `dmp` the upload, `reutilisation` the secondary use.
//! - **Dossier**: one cancer of one patient. A closed dossier is read-only until it is reopened.

pub mod http;
pub mod model;
pub mod service;
mod store;
