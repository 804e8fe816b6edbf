//! The texts of the queries, the same on both databases. Values are parameters (`:du`), never text.
//!
//! A table and the rows behind it stand on the same lists ([`listes`]) and on the same conditions
//! ([`comptage`]): that is why a number and its rows agree.

mod comptage;
pub(super) mod gel;
mod listes;

pub(super) use comptage::{Comptage, comptage};
pub(super) use listes::{Demande, Socle, parametre};

use crate::metier::infocentre::model::{AUCUN, Axe, Indicateur, ObjetCompte, dictionnaire::Forme};
use listes::{conditions, entite, jointure_tranche, participation, passage, seance, tranches};

/// The list that the rows of an object come from, and its name.
fn liste(demande: &Demande<'_>, source: Source) -> (String, &'static str) {
    match source {
        Source::Passages => (passage(demande), "passage"),
        Source::Seances => (seance(demande), "seance"),
        Source::Entites => (entite(demande), "entite"),
        Source::Participations => (participation(demande), "participation"),
    }
}

/// One of the four lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Passages,
    Seances,
    Entites,
    Participations,
}

impl Source {
    pub(super) const TOUTES: [Self; 4] = [Self::Passages, Self::Seances, Self::Entites, Self::Participations];

    /// What its rows are.
    pub(super) const fn objet(self) -> ObjetCompte {
        match self {
            Self::Passages => ObjetCompte::Passage,
            Self::Seances => ObjetCompte::Reunion,
            Self::Entites => ObjetCompte::Entite,
            Self::Participations => ObjetCompte::Participation,
        }
    }

    /// The list that an indicator counts on; `None` for a quotient of two others.
    fn de(indicateur: Indicateur) -> Option<Self> {
        Some(match indicateur.objet()? {
            ObjetCompte::Passage | ObjetCompte::Patient => Self::Passages,
            ObjetCompte::Reunion => Self::Seances,
            ObjetCompte::Entite if indicateur == Indicateur::NbEntitesAnnuaire => Self::Entites,
            ObjetCompte::Entite => Self::Seances,
            ObjetCompte::Participation | ObjetCompte::Participant => Self::Participations,
        })
    }
}

/// Values that one row may bear.
pub(super) const VALEURS: usize = 5;

/// How an indicator is made of the conditions and of the values of rows, by their ranks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Calcul {
    /// How many rows answer the condition.
    Nombre,
    /// How many different persons, patients or entities they are of.
    Distincts,
    /// How many of them answer this one too.
    Taux { numerateur: usize },
    /// The sum of this value.
    Somme { valeur: usize },
    /// How many of them there are of each of these values.
    Repartition { valeur: usize },
}

/// An indicator, and what it is made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) indicateur: Indicateur,
    /// The rank of the condition of the rows that it counts.
    pub(super) retenu: usize,
    pub(super) calcul: Calcul,
}

/// A query that reads everything which is counted on a list, one row after the other, and what its numbers are.
#[derive(Debug, Clone)]
pub(super) struct Lecture {
    pub(super) texte: String,
    pub(super) places: Vec<Place>,
}

/// What the rows of a list are told apart by, when several rows are one patient, one person, one entity.
const fn distinct(source: Source) -> &'static str {
    match source {
        Source::Passages => "x.patient_id",
        Source::Seances => "x.rcp_id",
        Source::Entites => "x.id",
        Source::Participations => "x.praticien_id",
    }
}

/// True when an indicator counts what rows are of, and not rows.
fn compte_des_distincts(indicateur: Indicateur) -> bool {
    matches!(indicateur.objet(), Some(ObjetCompte::Patient | ObjetCompte::Participant | ObjetCompte::Entite))
}

/// Stands between the keys of a row: no key holds it.
pub(super) const ENTRE_CLES: char = '\u{1f}';

/// Reads the rows of a list with the keys of the groups that they lie in, in the order of `axes`: axes of time are not among them,
/// since the day tells. Each row is read once, whatever is counted of it: its conditions are the bits of one number.
pub(super) fn lecture(demande: &Demande<'_>, source: Source, axes: &[Axe]) -> Lecture {
    let (mut conditions, mut valeurs) = (Rangs::default(), Rangs::default());
    let mut places = Vec::new();
    for indicateur in Indicateur::TOUS.iter().copied().filter(|i| Source::de(*i) == Some(source)) {
        let Some(c) = comptage(indicateur) else { continue };
        let retenu = conditions.rang(c.retenu.to_owned());
        let calcul = match (indicateur.forme(), c.valeur) {
            (Forme::Moyenne | Forme::Somme { .. }, Some(valeur)) => Calcul::Somme { valeur: valeurs.rang(valeur.to_owned()) },
            (Forme::Rang { .. }, Some(valeur)) => Calcul::Repartition { valeur: valeurs.rang(valeur.to_owned()) },
            (Forme::Taux, _) => Calcul::Taux { numerateur: conditions.rang(format!("{} AND {}", c.retenu, c.numerateur)) },
            _ if compte_des_distincts(indicateur) => Calcul::Distincts,
            _ => Calcul::Nombre,
        };
        places.push(Place { indicateur, retenu, calcul });
    }
    let cles: Vec<String> = axes.iter().map(|axe| format!("COALESCE(CAST({} AS TEXT), '{AUCUN}')", listes::cle(*axe, "x"))).collect();
    let vrais: Vec<String> =
        conditions.0.iter().enumerate().map(|(rang, c)| format!("CASE WHEN {c} THEN {} ELSE 0 END", 1_u64 << rang)).collect();
    let valeur = |rang| valeurs.0.get(rang).map_or("CAST(NULL AS BIGINT)", String::as_str);
    let valeurs: Vec<String> = (0..VALEURS).map(|rang| format!("{} AS valeur_{rang}", valeur(rang))).collect();
    let (jour, moment) = match source {
        Source::Passages => ("x.date_reunion", "CAST(NULL AS TIMESTAMPTZ)"),
        Source::Seances | Source::Participations => ("CAST(NULL AS DATE)", "x.debut"),
        Source::Entites => ("CAST(NULL AS DATE)", "CAST(NULL AS TIMESTAMPTZ)"),
    };
    let (liste, nom) = liste(demande, source);
    let texte = format!(
        "WITH {liste}
        SELECT {cles} AS cles, {jour} AS jour, {moment} AS moment, CAST({qui} AS TEXT) AS qui, CAST({vrais} AS BIGINT) AS vrais, {valeurs}
        FROM {nom} x",
        cles = if cles.is_empty() { "''".to_owned() } else { cles.join(&format!(" || '{ENTRE_CLES}' || ")) },
        qui = distinct(source),
        vrais = vrais.join(" + "),
        valeurs = valeurs.join(", "),
    );
    Lecture { texte, places }
}

/// Texts, each once, known by their rank.
#[derive(Debug, Default)]
struct Rangs(Vec<String>);

impl Rangs {
    fn rang(&mut self, texte: String) -> usize {
        self.0.iter().position(|deja| *deja == texte).unwrap_or_else(|| {
            self.0.push(texte);
            self.0.len() - 1
        })
    }
}

/// Deliveries by group, state and channel, and for each group (without state) its versions and their expected
/// recipients, in one query: what is compared is counted at the same instant.
pub(super) fn diffusions(demande: &Demande<'_>, axe: Axe) -> String {
    let prefixe = match tranches(demande, axe) {
        liste if liste.is_empty() => liste,
        liste => format!("WITH {}", liste.trim_end_matches([',', ' '])),
    };
    format!(
        "{prefixe}
        SELECT CAST(x.cle AS TEXT) AS cle, x.etat AS etat, x.canal AS canal, COUNT(*) AS nombre, CAST(0 AS BIGINT) AS attendus
        FROM (
            SELECT {cle} AS cle, d.etat, d.canal
            FROM fait_passage c JOIN diffusion d ON d.compte_rendu_id = c.compte_rendu_id {tranche}
            WHERE c.date_reunion BETWEEN :du AND :au{conditions}
        ) x
        GROUP BY x.cle, x.etat, x.canal
        UNION ALL
        SELECT CAST(y.cle AS TEXT) AS cle, NULL AS etat, NULL AS canal, COUNT(*) AS nombre,
            CAST(COALESCE(SUM(y.attendus), 0) AS BIGINT) AS attendus
        FROM (
            SELECT {cle} AS cle, r.attendus
            FROM fait_passage c LEFT JOIN registre_diffusion r ON r.compte_rendu_id = c.compte_rendu_id {tranche}
            WHERE c.date_reunion BETWEEN :du AND :au{conditions}
        ) y
        GROUP BY y.cle",
        cle = listes::cle(axe, "c"),
        tranche = jointure_tranche(axe, "c.date_reunion BETWEEN m.premier AND m.dernier"),
        conditions = conditions(demande, ObjetCompte::Passage, "c"),
    )
}

/// What a comparison of keys adds to a page that is not the first.
fn suite(est_suite: bool, condition: &'static str) -> &'static str {
    if est_suite { condition } else { "" }
}

/// The comptes-rendus behind a number; the first one of each patient when patients are counted.
pub(super) fn passages(demande: &Demande<'_>, comptage: &Comptage, par_patient: bool, est_suite: bool) -> String {
    let premier = "AND NOT EXISTS (
                SELECT 1 FROM retenu z WHERE z.patient_id = y.patient_id AND (z.date_reunion, z.id) < (y.date_reunion, y.id)
            )";
    format!(
        "WITH {passage},
        retenu AS NOT MATERIALIZED (SELECT x.*, COALESCE({numerateur}, FALSE) AS numerateur, {valeur} AS valeur FROM passage x WHERE {retenu})
        SELECT y.id, y.reunion_id, y.rcp_id, p.nom AS rcp, y.date_reunion, y.statut_cas, y.expertise, y.quorum_has,
            y.quorum_regle, y.g8, y.age, y.nouveau, y.envoye, y.numerateur, y.valeur,
            (SELECT COUNT(*) FROM passage x WHERE x.patient_id = y.patient_id AND x.statut_cas <> 'reporte') AS nb_passages
        FROM (
            SELECT y.* FROM retenu y
            WHERE TRUE {premier} {suite}
            ORDER BY y.date_reunion, y.id LIMIT :limite
        ) y
        JOIN rcp p ON p.id = y.rcp_id
        ORDER BY y.date_reunion, y.id",
        passage = passage(demande),
        retenu = comptage.retenu,
        numerateur = comptage.numerateur,
        valeur = comptage.valeur.unwrap_or("CAST(NULL AS BIGINT)"),
        premier = if par_patient { premier } else { "" },
        suite = suite(est_suite, "AND (y.date_reunion, y.id) > (:apres_jour, :apres_id)"),
    )
}

/// The attendances behind a number; the first one of each person when persons are counted.
pub(super) fn participations(demande: &Demande<'_>, comptage: &Comptage, par_personne: bool, est_suite: bool) -> String {
    let premier = "AND NOT EXISTS (
                SELECT 1 FROM retenu z WHERE z.praticien_id = y.praticien_id AND (z.debut, z.id) < (y.debut, y.id)
            )";
    format!(
        "WITH {participation},
        retenu AS MATERIALIZED (SELECT x.*, COALESCE({numerateur}, FALSE) AS numerateur FROM participation x WHERE {retenu})
        SELECT y.id, y.reunion_id, y.rcp_id, p.nom AS rcp, y.debut, y.praticien_id, y.nom || ' ' || y.prenom AS praticien, y.specialite,
            y.mode_exercice, y.visio, CAST(y.minutes AS BIGINT) AS minutes, y.numerateur,
            (SELECT COUNT(*) FROM retenu x WHERE x.praticien_id = y.praticien_id) AS nb_participations
        FROM (
            SELECT y.* FROM retenu y
            WHERE TRUE {premier} {suite}
            ORDER BY y.debut, y.id LIMIT :limite
        ) y
        JOIN rcp p ON p.id = y.rcp_id
        ORDER BY y.debut, y.id",
        participation = participation(demande),
        retenu = comptage.retenu,
        numerateur = comptage.numerateur,
        premier = if par_personne { premier } else { "" },
        suite = suite(est_suite, "AND (y.debut, y.id) > (:apres_moment, :apres_id)"),
    )
}

/// The meetings behind a number.
pub(super) fn reunions(demande: &Demande<'_>, comptage: &Comptage, est_suite: bool) -> String {
    format!(
        "WITH {seance}
        SELECT x.id, x.rcp_id, p.nom AS rcp, x.debut, x.etat, x.visio, COALESCE({numerateur}, FALSE) AS numerateur
        FROM seance x
        JOIN rcp p ON p.id = x.rcp_id
        WHERE {retenu} {suite}
        ORDER BY x.debut, x.id LIMIT :limite",
        seance = seance(demande),
        retenu = comptage.retenu,
        numerateur = comptage.numerateur,
        suite = suite(est_suite, "AND (x.debut, x.id) > (:apres_moment, :apres_id)"),
    )
}

/// The RCP entities that met.
pub(super) fn entites_reunies(demande: &Demande<'_>, comptage: &Comptage, est_suite: bool) -> String {
    format!(
        "WITH {seance}
        SELECT p.id, p.code, p.nom AS rcp, COUNT(*) AS reunions
        FROM seance x
        JOIN rcp p ON p.id = x.rcp_id
        WHERE {retenu} {suite}
        GROUP BY p.id, p.code, p.nom
        ORDER BY p.id LIMIT :limite",
        seance = seance(demande),
        retenu = comptage.retenu,
        suite = suite(est_suite, "AND p.id > :apres_id"),
    )
}

/// The RCP entities of the directory, with the meetings that they held.
pub(super) fn entites_de_l_annuaire(demande: &Demande<'_>, est_suite: bool) -> String {
    format!(
        "WITH {entite}, {seance}
        SELECT e.id, e.code, e.nom AS rcp, (SELECT COUNT(*) FROM seance x WHERE x.rcp_id = e.id AND x.etat <> 'annulee') AS reunions
        FROM entite e
        WHERE TRUE {suite}
        ORDER BY e.id LIMIT :limite",
        entite = entite(demande),
        seance = seance(demande),
        suite = suite(est_suite, "AND e.id > :apres_id"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metier::infocentre::model::{Nouveaux, Periode, Portee, Selection};

    /// Conditions that one row may answer: bits of a whole number that both databases and Rust hold.
    const CONDITIONS: usize = 62;

    #[test]
    fn une_ligne_tient_toutes_les_conditions_et_toutes_les_valeurs_de_sa_liste() {
        let jour = "2024-01-01".parse().unwrap();
        let selection = Selection { periode: Periode::lire(jour, jour).unwrap(), nouveaux: Nouveaux::Region, filtres: [].into() };
        let demande = Demande { selection: &selection, portee: &Portee::Region, socle: Socle::Vif };
        for source in Source::TOUTES {
            for Place { indicateur, retenu, calcul } in lecture(&demande, source, &[]).places {
                let (condition, valeur) = match calcul {
                    Calcul::Nombre | Calcul::Distincts => (retenu, 0),
                    Calcul::Taux { numerateur } => (numerateur.max(retenu), 0),
                    Calcul::Somme { valeur } | Calcul::Repartition { valeur } => (retenu, valeur),
                };
                assert!(condition < CONDITIONS && valeur < VALEURS, "{indicateur}");
                assert!(!matches!(calcul, Calcul::Taux { .. }) || !compte_des_distincts(indicateur), "{indicateur}");
            }
        }
    }
}
