//! The rights of the patient on the data (GDPR, articles 12 to 21; CSP L1111-7).
//!
//! - **Register** of the requests: what is asked, by whom, when, with the answer. One month to answer (article 12.3), two
//!   more when the request is complex, and the person is told why.
//! - **Account of accesses** (article 15): who read or wrote what, when, in which office, from the access trace; as JSON
//!   and as a PDF to hand over. It shows what was done, never what was read.
//! - **Export of the file**: everything as JSON, with the PDF and the CDA documents, in one archive. A clinician who
//!   sees the patient makes it, and only under a request of access or portability that is open.
//! - **Rectification** is a correction of the patient or a new version of a compte-rendu; sending it again is left to
//!   people. **Opposition** is recorded among the oppositions of the patient, which the sending obeys.

pub mod http;
pub mod model;
pub mod service;
mod store;
