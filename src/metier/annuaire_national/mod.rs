//! The public directories as last imported, apart from the region's own: who practises where
//! (RPPS), with which know-how, at which MSSanté mailbox, in which structure (FINESS).
//!
//! - Four files, each recognised by its header and read **by the names of its columns**, which move
//!   from one month to the next: `PS_LibreAcces_Personne_activite`, `PS_LibreAcces_SavoirFaire`,
//!   `Extraction_Correspondance_MSSante` (Agence du numérique en santé, licence ouverte v2) and
//!   FINESS (etalab). The first three are UTF-8, separated by `|`, without any quoting; the last is
//!   ISO-8859-1, separated by `;`. See [`mod@format`].
//! - A line is known by its key: the person, the site, the profession, the know-how, the mode and the
//!   function for an activity; the address, the person and the structure for a mailbox (some addresses
//!   stand on several lines). Of two lines with one key, the first counts; the other is a double.
//! - A line that breaks a rule is refused with its number and its reason; the others go in.
//! - **Resumable**: each lot of lines is written together with how far the file was read, so that a
//!   killed import goes on after the last lot. **Idempotent**: a file whose content is that of the last
//!   import of its kind is not read again, and reading it all the same changes nothing.
//! - What a file no longer says is **marked as vanished** with the date, never erased, once the whole
//!   file has been read. An import of which more than a fifth of the known lines vanish stops before
//!   marking any: the file is probably cut. It goes on when somebody says so.
//! - Nothing here changes the region's own professionals: `metier::annuaire` brings them closer
//!   afterwards, by its own rules.

pub mod format;
pub mod http;
pub mod model;
pub mod service;
mod store;
