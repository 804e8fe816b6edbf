//! Statistical secrecy: no published table lets a small number of patients be read or computed.
//!
//! - **Primary**: a count of patients or of their passages from 1 to 10 is withheld ([`SEUIL`]). Zero is printed: it
//!   is nobody. Meetings and RCP entities are not patients. A comptes-rendu is one patient's passage, so comptes-rendus
//!   are counted like patients. The threshold is the one of the PMSI and of the SNDS: the conditions of use of these
//!   data (ATIH, CASD) allow no published cell of fewer than 11 patients or stays.
//! - **Secondary**: cells are withheld until no withheld one can be computed from those that are printed, the totals and
//!   what the marks say: « < 11 » is from 1 to 10, « s. » stands for 11 or more. Such a reader must be left with at least
//!   [`VALEURS_POSSIBLES`] values for each small count, and with two for every other cell.
//! - Where « < 11 » itself would say too much (two of them that make 20 are 10 and 10), it gives way to « s. », which
//!   therefore promises nothing: the cheapest way to protect, since it takes no number away.
//! - A quotient is withheld with its numerator or its denominator, and a median with the count it was computed on. The
//!   two counts of a quotient that no column prints are withheld together.
//! - What rows leave of their total, and what a relation of columns calls sensitive (the patients already known, beside
//!   the new ones), is protected as if it were printed.
//!
//! [`Systeme`] is the general form: counts, and sums that tie them. A two-way table is one (each cell in the sum of its
//! row and in that of its column), and so is a hierarchy of totals. [`tableaux`] makes one system of all the tables of a
//! report, so that tables that share a margin are protected together.
//!
//! # How a cell is proved safe
//!
//! By a witness: another set of whole numbers, within what the marks say, that makes the same sums and gives the cell
//! another value. It is searched as a walk from sum to sum ([`marche`]): add one to the cell, take one from another of its
//! row, add one to another of that column, and so on until every sum holds again. In a table where each count is in two
//! sums at most (two ways with margins, with a hierarchy on one of them), such a walk exists whenever a witness does; in
//! graph terms the withheld cell is no bridge. When there is none, the cheapest walk through printed cells says what to
//! withhold as well. Where counts are in more sums, a bounded search takes over, and what it does not prove is protected
//! further: the answer is then prudent, never unsafe. Withholding more never takes a witness away, so that one pass is
//! enough.
//!
//! # What is promised, and what is not
//!
//! Every table of one report is protected against every other, through all the sums that the report states: those of its
//! rows, those of its columns, and those that the caller adds ([`Somme`]). Two reports made apart are not protected
//! against each other: the same frozen data must be protected in one go, and a column that repeats a former year must
//! repeat what was printed then, masks included. That one count is at most another (a numerator and its denominator) is
//! not looked at, and neither are the words of paragraphs and notes.

pub mod marche;
pub mod systeme;
pub mod tableaux;

pub use systeme::{Desequilibre, Rang, Systeme};
pub use tableaux::{Bilan, Somme};

/// The smallest count of patients that is printed, zero apart.
pub const SEUIL: i64 = 11;

/// Values that a reader who knows everything else must find possible for a small count that is withheld.
pub const VALEURS_POSSIBLES: usize = 4;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_des_rapports;
