//! The texts of the queries, the same on both databases. Values are parameters (`:du`), never text.
//!
//! A table and the rows behind it stand on the same lists ([`listes`]) and on the same conditions
//! ([`comptage`]): that is why a number and its rows agree.

mod comptage;
pub(super) mod gel;
mod listes;

pub(super) use comptage::{Comptage, comptage};
pub(super) use listes::{Demande, Socle, parametre};

use crate::metier::infocentre::model::{Axe, Indicateur, ObjetCompte, dictionnaire::Forme};
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

/// Where the numerator and the denominator of an indicator stand among the numbers that a query gives.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) indicateur: Indicateur,
    pub(super) numerateur: usize,
    pub(super) denominateur: usize,
}

/// A query that counts, and what its numbers are.
#[derive(Debug, Clone)]
pub(super) struct Comptes {
    pub(super) texte: String,
    pub(super) places: Vec<Place>,
}

/// What the rows of an indicator are told apart by, when several rows are one.
fn distinct(indicateur: Indicateur) -> Option<&'static str> {
    match (indicateur.objet()?, Source::de(indicateur)?) {
        (ObjetCompte::Patient, _) => Some("x.patient_id"),
        (ObjetCompte::Participant, _) => Some("x.praticien_id"),
        (ObjetCompte::Entite, Source::Seances) => Some("x.rcp_id"),
        (ObjetCompte::Entite, Source::Entites) => Some("x.id"),
        _ => None,
    }
}

/// Everything that is counted on a list, by group; and what is not the sum of the groups, all groups together. Numbers come
/// in one text, separated by spaces.
pub(super) fn comptes(demande: &Demande<'_>, source: Source) -> Comptes {
    let mut numeros = Numeros::default();
    let mut places = Vec::new();
    for indicateur in Indicateur::TOUS.iter().copied().filter(|i| Source::de(*i) == Some(source)) {
        let Some(c) = comptage(indicateur) else { continue };
        let compte = |condition: &str| {
            distinct(indicateur).map_or_else(
                || format!("COUNT(*) FILTER (WHERE {condition})"),
                |d| format!("COUNT(DISTINCT {d}) FILTER (WHERE {condition})"),
            )
        };
        let numerateur = match (indicateur.forme(), c.valeur) {
            (Forme::Moyenne | Forme::Somme { .. }, Some(valeur)) => {
                format!("COALESCE(CAST(SUM({valeur}) FILTER (WHERE {}) AS BIGINT), 0)", c.retenu)
            }
            (Forme::Taux, _) => compte(&format!("{} AND {}", c.retenu, c.numerateur)),
            (Forme::Nombre | Forme::Quotient { .. } | Forme::Moyenne | Forme::Somme { .. }, _) => compte(c.retenu),
            (Forme::Rang { .. }, _) => continue,
        };
        let denominateur = numeros.place(compte(c.retenu));
        places.push(Place { indicateur, numerateur: numeros.place(numerateur), denominateur });
    }
    let (liste, nom) = liste(demande, source);
    let par_groupe = numeros.texte(|_| true);
    let ensemble = numeros.texte(|numero| numero.contains("DISTINCT"));
    let texte = if demande.axe == Axe::Region {
        format!("WITH {liste} SELECT TRUE AS total, 'region' AS cle, {par_groupe} AS nombres FROM {nom} x")
    } else {
        // A row lies in one group, so what is added up needs no second reading.
        format!(
            "WITH {tranches}{liste}
            SELECT FALSE AS total, CAST(x.cle AS TEXT) AS cle, {par_groupe} AS nombres FROM {nom} x GROUP BY x.cle
            UNION ALL
            SELECT TRUE AS total, NULL AS cle, {ensemble} AS nombres FROM {nom} x",
            tranches = tranches(demande),
        )
    };
    Comptes { texte, places }
}

/// The numbers that a query gives, each once.
#[derive(Debug, Default)]
struct Numeros(Vec<String>);

impl Numeros {
    fn place(&mut self, numero: String) -> usize {
        self.0.iter().position(|deja| *deja == numero).unwrap_or_else(|| {
            self.0.push(numero);
            self.0.len() - 1
        })
    }

    /// All of them in one text; a dash for those that are not asked for.
    fn texte(&self, demande: impl Fn(&str) -> bool) -> String {
        let textes: Vec<String> =
            self.0.iter().map(|numero| if demande(numero) { format!("CAST({numero} AS TEXT)") } else { "'-'".to_owned() }).collect();
        textes.join(" || ' ' || ")
    }
}

/// How many rows of each group have each value, for the indicators that rank them: one query for each value.
pub(super) fn repartitions(demande: &Demande<'_>) -> Vec<(String, Vec<Indicateur>)> {
    let mut requetes: Vec<(String, Vec<Indicateur>)> = Vec::new();
    for indicateur in Indicateur::TOUS.iter().copied().filter(|i| matches!(i.forme(), Forme::Rang { .. })) {
        let Some((Comptage { retenu, valeur: Some(valeur), .. }, source)) = comptage(indicateur).zip(Source::de(indicateur)) else {
            continue;
        };
        let (liste, nom) = liste(demande, source);
        let texte = format!(
            "WITH {tranches}{liste}
            SELECT CAST(x.cle AS TEXT) AS cle, {valeur} AS valeur, COUNT(*) AS nombre FROM {nom} x WHERE {retenu} GROUP BY x.cle, {valeur}",
            tranches = tranches(demande),
        );
        match requetes.iter_mut().find(|(deja, _)| *deja == texte) {
            Some((_, indicateurs)) => indicateurs.push(indicateur),
            None => requetes.push((texte, vec![indicateur])),
        }
    }
    requetes
}

/// Deliveries by group, state and channel, and for each group (without state) its versions and their expected
/// recipients, in one query: what is compared is counted at the same instant.
pub(super) fn diffusions(demande: &Demande<'_>) -> String {
    let prefixe = match tranches(demande) {
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
        cle = listes::cle(demande.axe, "c"),
        tranche = jointure_tranche(demande.axe, "c.date_reunion BETWEEN m.premier AND m.dernier"),
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
