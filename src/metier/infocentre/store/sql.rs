//! The texts of the queries, the same on both databases. Values are parameters (`:du`), never text.
//!
//! A table and the rows behind it stand on the same three lists (`passage`, `seance`, `entite`) and
//! on the same conditions ([`comptage`]): that is why a number and its rows agree.

use crate::metier::infocentre::model::{Axe, FiltreTerritoire, Indicateur, Nouveaux, Portee, Selection};

/// Which rows of a list an indicator counts, and which of them are in the numerator. The row is `x`.
pub(super) struct Comptage {
    pub(super) retenu: &'static str,
    pub(super) numerateur: &'static str,
}

const CR: &str = "x.statut_cas <> 'reporte'";
const DISCUTE_HORS_EXPERTISE: &str = "x.statut_cas = 'discute' AND NOT x.expertise";
const TENUE: &str = "x.etat <> 'annulee'";
const TENUE_AVEC_DISCUSSION: &str = "x.etat <> 'annulee' AND x.discute";
const TOUT: &str = "TRUE";

/// The conditions of an indicator; `None` for a quotient of two others.
pub(super) const fn comptage(indicateur: Indicateur) -> Option<Comptage> {
    let (retenu, numerateur) = match indicateur {
        Indicateur::NbCr | Indicateur::NbPatients => (CR, TOUT),
        Indicateur::NbDiscutes => ("x.statut_cas = 'discute'", TOUT),
        Indicateur::NbEnregistres => ("x.statut_cas = 'enregistre'", TOUT),
        Indicateur::NbReportes => ("x.statut_cas = 'reporte'", TOUT),
        Indicateur::NbNouveaux => ("x.statut_cas <> 'reporte' AND x.nouveau", TOUT),
        Indicateur::TxQuorumHas => (DISCUTE_HORS_EXPERTISE, "x.quorum_has IS TRUE"),
        Indicateur::TxQuorumRegle => (DISCUTE_HORS_EXPERTISE, "x.quorum_regle IS TRUE"),
        Indicateur::TxCrEnvoyesMt => (CR, "x.envoye"),
        Indicateur::TxG8Des75Ans => ("x.statut_cas <> 'reporte' AND x.age >= 75", "x.g8 = 'fait'"),
        Indicateur::NbEntites | Indicateur::NbReunions => (TENUE, TOUT),
        Indicateur::NbReunionsAnnulees => ("x.etat = 'annulee'", TOUT),
        Indicateur::TxVisio => (TENUE, "x.visio"),
        Indicateur::TxQuorumHasReunions => (TENUE_AVEC_DISCUSSION, "NOT x.sans_has"),
        Indicateur::TxQuorumRegleReunions => (TENUE_AVEC_DISCUSSION, "NOT x.sans_regle"),
        Indicateur::NbEntitesAnnuaire => (TOUT, TOUT),
        Indicateur::PassagesParPatient | Indicateur::CrParReunion => return None,
    };
    Some(Comptage { retenu, numerateur })
}

/// `COUNT … FILTER` over the rows that the indicator counts.
fn denombre(quoi: &str, indicateur: Indicateur) -> String {
    comptage(indicateur).map_or_else(|| "0".to_owned(), |c| format!("COUNT({quoi}) FILTER (WHERE {})", c.retenu))
}

/// `COUNT … FILTER` over the rows of the numerator.
fn denombre_au_numerateur(indicateur: Indicateur) -> String {
    comptage(indicateur).map_or_else(|| "0".to_owned(), |c| format!("COUNT(*) FILTER (WHERE {} AND {})", c.retenu, c.numerateur))
}

/// Whether a list is worked out once, or anew wherever it is named (which lets an index be used).
#[derive(Debug, Clone, Copy)]
enum Forme {
    Figee,
    Depliee,
}

impl Forme {
    const fn texte(self) -> &'static str {
        match self {
            Self::Figee => "MATERIALIZED",
            Self::Depliee => "NOT MATERIALIZED",
        }
    }
}

/// The value of the axis for the row `ligne`, whose month is `m`.
fn cle(axe: Axe, ligne: &str) -> String {
    match axe {
        Axe::Region => "'region'".to_owned(),
        Axe::Rcp => format!("{ligne}.rcp_id"),
        Axe::Theme => format!("{ligne}.theme"),
        Axe::Centre3c => format!("{ligne}.centre_3c_id"),
        Axe::Etablissement => format!("{ligne}.etablissement_id"),
        Axe::Territoire => format!("{ligne}.territoire_id"),
        Axe::Type => format!("{ligne}.type_rcp"),
        Axe::Mois => "m.cle".to_owned(),
    }
}

/// The list of the months of the period, when the axis needs it.
fn mois(axe: Axe, selection: &Selection) -> String {
    if axe != Axe::Mois {
        return String::new();
    }
    let rangs = 0..selection.periode.mois().len();
    let lignes: Vec<String> = rangs.map(|r| format!("(:mois{r}, :premier{r}, :dernier{r}, :debut{r}, :fin{r})")).collect();
    format!("mois (cle, premier, dernier, debut, fin) AS (VALUES {}), ", lignes.join(", "))
}

fn jointure_mois(axe: Axe, condition: &str) -> String {
    if axe == Axe::Mois { format!("JOIN mois m ON {condition}") } else { String::new() }
}

/// What narrows the row `l`: the filters that were given, and what the person sees. The one place
/// that says either.
fn conditions(selection: &Selection, portee: &Portee, l: &str) -> String {
    let territoire = match selection.territoire {
        None => None,
        Some(FiltreTerritoire::Aucun) => Some(format!(" AND {l}.territoire_id IS NULL")),
        Some(FiltreTerritoire::Seul(_)) => Some(format!(" AND {l}.territoire_id = :territoire")),
    };
    let portee = match portee {
        Portee::Region => None,
        Portee::Parties { .. } => Some(format!(
            " AND ({l}.rcp_id IN (:vus_rcp) OR {l}.centre_3c_id IN (:vus_centres) OR {l}.etablissement_id IN (:vus_etablissements) \
             OR {l}.rcp_id IN (SELECT v.rcp_id FROM rcp_etablissement v WHERE v.etablissement_id IN (:vus_etablissements)))"
        )),
    };
    [
        selection.rcp.map(|_| format!(" AND {l}.rcp_id = :rcp")),
        selection.centre_3c.map(|_| format!(" AND {l}.centre_3c_id = :centre_3c")),
        selection.etablissement.map(|_| format!(" AND {l}.etablissement_id = :etablissement")),
        territoire,
        selection.theme.as_ref().map(|_| format!(" AND {l}.theme = :theme")),
        selection.type_rcp.as_ref().map(|_| format!(" AND {l}.type_rcp = :type_rcp")),
        portee,
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The current comptes-rendus of the days, where they stood when they were validated.
fn passage(selection: &Selection, portee: &Portee, axe: Axe, forme: Forme) -> String {
    let meme_rcp = match selection.nouveaux {
        Nouveaux::Region => "",
        Nouveaux::Rcp => " AND a.rcp_id = c.rcp_id",
    };
    format!(
        "passage AS {forme} (
            SELECT c.id, c.patient_id, c.reunion_id, c.rcp_id, c.date_reunion, c.statut_cas, c.expertise,
                c.quorum_has, c.quorum_regle, c.g8, c.age, {cle} AS cle,
                NOT EXISTS (
                    SELECT 1 FROM compte_rendu a
                    WHERE a.patient_id = c.patient_id{meme_rcp} AND a.courant AND a.statut_cas <> 'reporte'
                        AND a.date_reunion < :premier_jour
                ) AS nouveau,
                EXISTS (
                    SELECT 1 FROM diffusion d
                    WHERE d.compte_rendu_id = c.id AND d.qualite = 'medecin_traitant' AND d.etat IN ('acceptee', 'remise', 'lue', 'integree', 'postee')
                ) AS envoye
            FROM compte_rendu c {mois}
            WHERE c.courant AND c.date_reunion BETWEEN :du AND :au{conditions}
        )",
        forme = forme.texte(),
        cle = cle(axe, "c"),
        mois = jointure_mois(axe, "c.date_reunion BETWEEN m.premier AND m.dernier"),
        conditions = conditions(selection, portee, "c"),
    )
}

/// The meetings of the days, held or cancelled: they stand where their comptes-rendus do, or where
/// their RCP does when they have none.
fn seance(selection: &Selection, portee: &Portee, axe: Axe, forme: Forme) -> String {
    let discute = "SELECT 1 FROM compte_rendu q
                    WHERE q.reunion_id = s.id AND q.courant AND q.statut_cas = 'discute' AND NOT q.expertise";
    format!(
        "seance AS {forme} (
            SELECT s.id, s.rcp_id, s.etat, s.debut, {cle} AS cle,
                EXISTS (SELECT 1 FROM presence v WHERE v.reunion_id = s.id AND v.statut = 'visio') AS visio,
                EXISTS ({discute}) AS discute,
                EXISTS ({discute} AND q.quorum_has IS NOT TRUE) AS sans_has,
                EXISTS ({discute} AND q.quorum_regle IS NOT TRUE) AS sans_regle
            FROM (
                SELECT r.id, r.rcp_id, r.etat, r.debut,
                    COALESCE(f.centre_3c_id, p.centre_3c_id) AS centre_3c_id,
                    COALESCE(f.etablissement_id, p.etablissement_id) AS etablissement_id,
                    CASE WHEN f.id IS NULL THEN o.territoire_id ELSE f.territoire_id END AS territoire_id,
                    COALESCE(f.theme, p.theme) AS theme,
                    COALESCE(f.type_rcp, p.type_rcp) AS type_rcp
                FROM reunion r
                JOIN rcp p ON p.id = r.rcp_id
                JOIN etablissement o ON o.id = p.etablissement_id
                LEFT JOIN compte_rendu f ON f.id = (
                    SELECT c.id FROM compte_rendu c WHERE c.reunion_id = r.id AND c.courant ORDER BY c.id LIMIT 1
                )
                WHERE r.etat IN ('close', 'validee', 'annulee') AND r.debut >= :debut AND r.debut < :fin
            ) s {mois}
            WHERE TRUE{conditions}
        )",
        forme = forme.texte(),
        cle = cle(axe, "s"),
        mois = jointure_mois(axe, "s.debut >= m.debut AND s.debut < m.fin"),
        conditions = conditions(selection, portee, "s"),
    )
}

/// The RCP entities that the directory holds today.
fn entite(selection: &Selection, portee: &Portee, axe: Axe, forme: Forme) -> String {
    format!(
        "entite AS {forme} (
            SELECT s.id, s.code, s.nom, {cle} AS cle
            FROM (
                SELECT p.id, p.id AS rcp_id, p.code, p.nom, p.centre_3c_id, p.etablissement_id, o.territoire_id, p.theme, p.type_rcp
                FROM rcp p
                JOIN etablissement o ON o.id = p.etablissement_id
                WHERE p.etat = 'validee'
            ) s {mois}
            WHERE TRUE{conditions}
        )",
        forme = forme.texte(),
        cle = cle(axe, "s"),
        mois = jointure_mois(axe, "TRUE"),
        conditions = conditions(selection, portee, "s"),
    )
}

/// One row per group and one for all of them, in one query: a table and its total are counted at the
/// same instant.
fn groupes(mois: &str, liste: &str, nom: &str, comptes: &str) -> String {
    format!(
        "WITH {mois}{liste}
        SELECT FALSE AS total, CAST(x.cle AS TEXT) AS cle, {comptes} FROM {nom} x GROUP BY x.cle
        UNION ALL
        SELECT TRUE AS total, NULL AS cle, {comptes} FROM {nom} x"
    )
}

/// What is counted on comptes-rendus, by group.
pub(super) fn comptes_passages(selection: &Selection, portee: &Portee, axe: Axe) -> String {
    let comptes = [
        format!("{} AS cr", denombre("*", Indicateur::NbCr)),
        format!("{} AS discutes", denombre("*", Indicateur::NbDiscutes)),
        format!("{} AS enregistres", denombre("*", Indicateur::NbEnregistres)),
        format!("{} AS reportes", denombre("*", Indicateur::NbReportes)),
        format!("{} AS patients", denombre("DISTINCT x.patient_id", Indicateur::NbPatients)),
        format!("{} AS nouveaux", denombre("DISTINCT x.patient_id", Indicateur::NbNouveaux)),
        format!("{} AS discutes_hors_expertise", denombre("*", Indicateur::TxQuorumHas)),
        format!("{} AS quorum_has", denombre_au_numerateur(Indicateur::TxQuorumHas)),
        format!("{} AS quorum_regle", denombre_au_numerateur(Indicateur::TxQuorumRegle)),
        format!("{} AS envoyes", denombre_au_numerateur(Indicateur::TxCrEnvoyesMt)),
        format!("{} AS ages", denombre("*", Indicateur::TxG8Des75Ans)),
        format!("{} AS g8", denombre_au_numerateur(Indicateur::TxG8Des75Ans)),
    ];
    groupes(&mois(axe, selection), &passage(selection, portee, axe, Forme::Figee), "passage", &comptes.join(", "))
}

/// What is counted on meetings, by group.
pub(super) fn comptes_reunions(selection: &Selection, portee: &Portee, axe: Axe) -> String {
    let comptes = [
        format!("{} AS entites", denombre("DISTINCT x.rcp_id", Indicateur::NbEntites)),
        format!("{} AS reunions", denombre("*", Indicateur::NbReunions)),
        format!("{} AS annulees", denombre("*", Indicateur::NbReunionsAnnulees)),
        format!("{} AS visio", denombre_au_numerateur(Indicateur::TxVisio)),
        format!("{} AS avec_discussion", denombre("*", Indicateur::TxQuorumHasReunions)),
        format!("{} AS quorum_has", denombre_au_numerateur(Indicateur::TxQuorumHasReunions)),
        format!("{} AS quorum_regle", denombre_au_numerateur(Indicateur::TxQuorumRegleReunions)),
    ];
    groupes(&mois(axe, selection), &seance(selection, portee, axe, Forme::Figee), "seance", &comptes.join(", "))
}

/// RCP entities of the directory, by group.
pub(super) fn comptes_entites(selection: &Selection, portee: &Portee, axe: Axe) -> String {
    let comptes = format!("{} AS entites", denombre("DISTINCT x.id", Indicateur::NbEntitesAnnuaire));
    groupes(&mois(axe, selection), &entite(selection, portee, axe, Forme::Figee), "entite", &comptes)
}

/// Deliveries by group, state and channel, and for each group (without state) its versions and their expected
/// recipients, in one query: what is compared is counted at the same instant.
pub(super) fn diffusions(selection: &Selection, portee: &Portee, axe: Axe) -> String {
    let prefixe = match mois(axe, selection) {
        liste if liste.is_empty() => liste,
        liste => format!("WITH {}", liste.trim_end_matches([',', ' '])),
    };
    format!(
        "{prefixe}
        SELECT CAST(x.cle AS TEXT) AS cle, x.etat AS etat, x.canal AS canal, COUNT(*) AS nombre, CAST(0 AS BIGINT) AS attendus
        FROM (
            SELECT {cle} AS cle, d.etat, d.canal
            FROM compte_rendu c JOIN diffusion d ON d.compte_rendu_id = c.id {mois}
            WHERE c.date_reunion BETWEEN :du AND :au{conditions}
        ) x
        GROUP BY x.cle, x.etat, x.canal
        UNION ALL
        SELECT CAST(y.cle AS TEXT) AS cle, NULL AS etat, NULL AS canal, COUNT(*) AS nombre,
            CAST(COALESCE(SUM(y.attendus), 0) AS BIGINT) AS attendus
        FROM (
            SELECT {cle} AS cle, r.attendus
            FROM compte_rendu c LEFT JOIN registre_diffusion r ON r.compte_rendu_id = c.id {mois}
            WHERE c.date_reunion BETWEEN :du AND :au{conditions}
        ) y
        GROUP BY y.cle",
        cle = cle(axe, "c"),
        mois = jointure_mois(axe, "c.date_reunion BETWEEN m.premier AND m.dernier"),
        conditions = conditions(selection, portee, "c"),
    )
}

/// The comptes-rendus behind a number; the first one of each patient when patients are counted.
pub(super) fn passages(selection: &Selection, portee: &Portee, comptage: &Comptage, par_patient: bool, suite: bool) -> String {
    let premier = "AND NOT EXISTS (
                SELECT 1 FROM retenu z WHERE z.patient_id = y.patient_id AND (z.date_reunion, z.id) < (y.date_reunion, y.id)
            )";
    format!(
        "WITH {passage},
        retenu AS NOT MATERIALIZED (SELECT x.*, ({numerateur}) AS numerateur FROM passage x WHERE {retenu})
        SELECT y.id, y.reunion_id, y.rcp_id, p.nom AS rcp, y.date_reunion, y.statut_cas, y.expertise, y.quorum_has,
            y.quorum_regle, y.g8, y.age, y.nouveau, y.envoye, y.numerateur,
            (SELECT COUNT(*) FROM passage x WHERE x.patient_id = y.patient_id AND {CR}) AS nb_passages
        FROM (
            SELECT y.* FROM retenu y
            WHERE TRUE {premier} {suite}
            ORDER BY y.date_reunion, y.id LIMIT :limite
        ) y
        JOIN rcp p ON p.id = y.rcp_id
        ORDER BY y.date_reunion, y.id",
        passage = passage(selection, portee, Axe::Region, Forme::Depliee),
        retenu = comptage.retenu,
        numerateur = comptage.numerateur,
        premier = if par_patient { premier } else { "" },
        suite = if suite { "AND (y.date_reunion, y.id) > (:apres_jour, :apres_id)" } else { "" },
    )
}

/// The meetings behind a number.
pub(super) fn reunions(selection: &Selection, portee: &Portee, comptage: &Comptage, suite: bool) -> String {
    format!(
        "WITH {seance}
        SELECT x.id, x.rcp_id, p.nom AS rcp, x.debut, x.etat, x.visio, ({numerateur}) AS numerateur
        FROM seance x
        JOIN rcp p ON p.id = x.rcp_id
        WHERE {retenu} {suite}
        ORDER BY x.debut, x.id LIMIT :limite",
        seance = seance(selection, portee, Axe::Region, Forme::Depliee),
        retenu = comptage.retenu,
        numerateur = comptage.numerateur,
        suite = if suite { "AND (x.debut, x.id) > (:apres_moment, :apres_id)" } else { "" },
    )
}

/// The RCP entities that met.
pub(super) fn entites_reunies(selection: &Selection, portee: &Portee, comptage: &Comptage, suite: bool) -> String {
    format!(
        "WITH {seance}
        SELECT p.id, p.code, p.nom AS rcp, COUNT(*) AS reunions
        FROM seance x
        JOIN rcp p ON p.id = x.rcp_id
        WHERE {retenu} {suite}
        GROUP BY p.id, p.code, p.nom
        ORDER BY p.id LIMIT :limite",
        seance = seance(selection, portee, Axe::Region, Forme::Depliee),
        retenu = comptage.retenu,
        suite = if suite { "AND p.id > :apres_id" } else { "" },
    )
}

/// The RCP entities of the directory, with the meetings that they held.
pub(super) fn entites_de_l_annuaire(selection: &Selection, portee: &Portee, suite: bool) -> String {
    format!(
        "WITH {entite}, {seance}
        SELECT e.id, e.code, e.nom AS rcp, (SELECT COUNT(*) FROM seance x WHERE x.rcp_id = e.id AND {TENUE}) AS reunions
        FROM entite e
        WHERE TRUE {suite}
        ORDER BY e.id LIMIT :limite",
        entite = entite(selection, portee, Axe::Region, Forme::Depliee),
        seance = seance(selection, portee, Axe::Region, Forme::Depliee),
        suite = if suite { "AND e.id > :apres_id" } else { "" },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_indicateur_a_des_lignes_si_et_seulement_s_il_a_une_condition() {
        for indicateur in Indicateur::TOUS {
            assert_eq!(indicateur.objet().is_some(), comptage(*indicateur).is_some(), "{indicateur}");
        }
    }
}
