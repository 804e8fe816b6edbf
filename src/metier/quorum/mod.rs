//! The quorum: who must have given an opinion for a case to be an opinion of an RCP.
//!
//! Two rules are evaluated, for each case, because a person may arrive late, leave early, or write
//! an opinion on one case only:
//!
//! - **HAS rule**: at least three doctors of different specialties take part, in the room or by
//!   videoconference. Sub-specialties are first brought into groups (`referentiels/specialites.json`), or two
//!   haematologists of different diplomas would count for two. A doctor stands for one specialty
//!   only. Pharmacists and other professionals take part but never count.
//! - **Composition rule**: the persons must fill the places that the rule of the RCP lists (surgeon of
//!   the organ, oncologist, radiation oncologist…). Some clauses admit a complementary written opinion
//!   (CSP D6124-131 III, D6124-131-1), some bear on a case only when it has a trait (age, topography,
//!   planned treatment). A person fills one place at most: this is a bipartite matching, see
//!   [`appariement`].
//!
//! Beside the rule of the RCP, which alone labels the compte-rendu and counts in the infocentre, the settings
//! of the region ([`reglages`]) name others to evaluate: the HAS rule alone, the INCa rule of the type of RCP, a
//! definition of the region's own. Each says what it lacks and who could bring it.
//!
//! The quorum of a meeting to come is forecast from the answers to the invitation and from past attendance,
//! with the persons to call when it is at risk: see [`prevision`].
//!
//! Rules are data, versioned and dated: one file of `referentiels/quorum/` each, read into
//! [`regle::RegleQuorum`]. What a national text says and what is only a default to check with the
//! regional network is told clause by clause (`source.nature`), and a rule that holds such defaults
//! says so (`statut`).
//!
//! The result has three values, the ones of the national value set « statut du quorum »: reached, not
//! reached, undetermined. It is undetermined while attendance has not been taken, or when it hangs on
//! a doctor whose specialty the directory does not know.
//!
//! A missing quorum never prevents recording a case; it prevents calling its outcome the opinion of
//! an RCP (see `metier::inscription`).

pub mod appariement;
pub mod http;
pub mod model;
pub mod prevision;
pub mod reglages;
pub mod regle;
pub mod service;
