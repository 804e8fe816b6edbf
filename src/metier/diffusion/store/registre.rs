//! Queries that prove the ledger.

use super::super::model::{Canal, Comptage, EtatDiffusion, VersionComptee};
use crate::{
    db::{
        Op,
        requete::{Requete, Valeur},
        schema::{diffusion, document},
        types::{DbUuid, Id},
    },
    kernel::{
        Panne, Resultat,
        ids::{CompteRenduId, DiffusionId, ProgrammeId},
    },
    metier::document::model::{GenreDocument, Source},
};
use chrono::NaiveDate;
use diesel::{
    deserialize::QueryableByName,
    dsl::{count_star, exists},
    prelude::*,
    sql_types::{BigInt, Bool, Date, Nullable},
};
use uuid::Uuid;

#[derive(QueryableByName)]
struct LigneProduites {
    #[diesel(sql_type = BigInt)]
    versions: i64,
    #[diesel(sql_type = BigInt)]
    produites: i64,
}

/// The whole ledger, counted.
pub(in super::super) fn compter(op: &mut Op<'_>) -> Resultat<Comptage> {
    let produites: Vec<LigneProduites> = Requete::new(
        "SELECT (SELECT COUNT(*) FROM compte_rendu) + (SELECT COUNT(*) FROM programme WHERE etat <> 'brouillon') AS versions,
            CAST(COALESCE(SUM(r.attendus), 0) AS BIGINT) AS produites
        FROM registre_diffusion r",
    )
    .charger(op.conn)?;
    let (versions, produites) = produites.first().map_or((0, 0), |l| (l.versions, l.produites));
    let lignes = diffusion::table
        .group_by((diffusion::etat, diffusion::canal))
        .select((diffusion::etat, diffusion::canal, count_star()))
        .load::<(EtatDiffusion, Canal, i64)>(op.conn)?;
    Ok(Comptage { versions, produites, lignes })
}

/// The version that a row names, and of which kind.
fn source(version: Uuid, programme: bool) -> Source {
    if programme { Source::Programme(version.into()) } else { Source::CompteRendu(version.into()) }
}

#[derive(QueryableByName)]
struct LigneVersion {
    #[diesel(sql_type = DbUuid)]
    id: Id,
    #[diesel(sql_type = Bool)]
    programme: bool,
    #[diesel(sql_type = Date)]
    jour: NaiveDate,
    #[diesel(sql_type = Nullable<BigInt>)]
    attendus: Option<i64>,
    #[diesel(sql_type = BigInt)]
    diffusions: i64,
    #[diesel(sql_type = Bool)]
    demandeur: bool,
}

/// The versions that do not have the deliveries they were prepared for.
pub(in super::super) fn versions_en_defaut(op: &mut Op<'_>) -> Resultat<Vec<VersionComptee>> {
    let lignes: Vec<LigneVersion> = Requete::new(
        "SELECT v.* FROM (
            SELECT c.id, FALSE AS programme, c.date_reunion AS jour, r.attendus,
                (SELECT COUNT(*) FROM diffusion d WHERE d.compte_rendu_id = c.id) AS diffusions,
                EXISTS (SELECT 1 FROM diffusion d WHERE d.compte_rendu_id = c.id AND d.praticien_id = c.demandeur_id) AS demandeur
            FROM compte_rendu c
            LEFT JOIN registre_diffusion r ON r.compte_rendu_id = c.id
            UNION ALL
            SELECT p.id, TRUE AS programme, p.remis_le AS jour, r.attendus,
                (SELECT COUNT(*) FROM diffusion d WHERE d.programme_id = p.id) AS diffusions, TRUE AS demandeur
            FROM programme p
            LEFT JOIN registre_diffusion r ON r.programme_id = p.id
            WHERE p.etat <> 'brouillon'
        ) v
        WHERE v.attendus IS NULL OR v.attendus <> v.diffusions OR NOT v.demandeur
        ORDER BY v.id",
    )
    .charger(op.conn)?;
    let lire = |l: LigneVersion| VersionComptee {
        source: source(l.id.0, l.programme),
        date: l.jour,
        attendus: l.attendus,
        diffusions: l.diffusions,
        demandeur: l.demandeur,
    };
    Ok(lignes.into_iter().map(lire).collect())
}

#[derive(QueryableByName)]
struct LigneDefaut {
    #[diesel(sql_type = DbUuid)]
    id: DiffusionId,
    #[diesel(sql_type = DbUuid)]
    version_id: Id,
    #[diesel(sql_type = Bool)]
    programme: bool,
    #[diesel(sql_type = BigInt)]
    rang: i64,
}

/// The deliveries whose state is not that of their last change, or whose changes do not follow one another,
/// with the rank where they part.
pub(in super::super) fn sans_transition(op: &mut Op<'_>) -> Resultat<Vec<(Source, DiffusionId, i64)>> {
    let lignes: Vec<LigneDefaut> = Requete::new(
        "SELECT d.id, COALESCE(d.compte_rendu_id, d.programme_id) AS version_id, d.programme_id IS NOT NULL AS programme, d.version AS rang
        FROM diffusion d
        LEFT JOIN transition_diffusion t ON t.diffusion_id = d.id AND t.rang = d.version
        WHERE t.rang IS NULL OR t.apres <> d.etat
            OR EXISTS (SELECT 1 FROM transition_diffusion s WHERE s.diffusion_id = d.id AND s.rang > d.version)
        UNION ALL
        SELECT d.id, COALESCE(d.compte_rendu_id, d.programme_id) AS version_id, d.programme_id IS NOT NULL AS programme, t.rang
        FROM transition_diffusion t
        JOIN diffusion d ON d.id = t.diffusion_id
        LEFT JOIN transition_diffusion p ON p.diffusion_id = t.diffusion_id AND p.rang = t.rang - 1
        WHERE t.acte <> :premiere AND (p.rang IS NULL OR p.apres <> t.avant)
        ORDER BY 2, 1, 4",
    )
    .avec("premiere", Valeur::Texte("preparer".to_owned()))
    .charger(op.conn)?;
    Ok(lignes.into_iter().map(|l| (source(l.version_id.0, l.programme), l.id, l.rang)).collect())
}

type LigneVersionnee = (Option<CompteRenduId>, Option<ProgrammeId>, DiffusionId);

fn versionnee((compte_rendu, programme, id): LigneVersionnee) -> Resultat<(Source, DiffusionId)> {
    let source = Source::lire(compte_rendu, programme);
    Ok((source.ok_or_else(|| Panne::dire(format!("diffusion {id} : elle n'est celle d'aucune version")))?, id))
}

/// The deliveries that have left without a `Message-ID`.
pub(in super::super) fn sans_message_id(op: &mut Op<'_>) -> Resultat<Vec<(Source, DiffusionId)>> {
    let parties: Vec<EtatDiffusion> = EtatDiffusion::TOUS.iter().copied().filter(|etat| etat.force().is_some()).collect();
    let lignes: Vec<LigneVersionnee> = diffusion::table
        .filter(diffusion::etat.eq_any(parties))
        .filter(diffusion::canal.eq_any([Canal::Mssante, Canal::DepotDpi, Canal::Dmp]))
        .filter(diffusion::message_id.is_null())
        .order(diffusion::id)
        .select((diffusion::compte_rendu_id, diffusion::programme_id, diffusion::id))
        .load(op.conn)?;
    lignes.into_iter().map(versionnee).collect()
}

/// The deliveries that are to leave, and whether their document is there.
pub(in super::super) fn a_envoyer(op: &mut Op<'_>) -> Resultat<Vec<(Source, DiffusionId, bool)>> {
    let de_la_version = document::compte_rendu_id.eq(diffusion::compte_rendu_id).or(document::programme_id.eq(diffusion::programme_id));
    let pdf = document::table.filter(de_la_version).filter(document::genre.eq(GenreDocument::Pdf));
    let lignes: Vec<(LigneVersionnee, bool)> = diffusion::table
        .filter(diffusion::etat.eq_any([EtatDiffusion::AEnvoyer, EtatDiffusion::EnCours]))
        .order(diffusion::id)
        .select(((diffusion::compte_rendu_id, diffusion::programme_id, diffusion::id), exists(pdf)))
        .load(op.conn)?;
    let lire = |(ligne, document)| versionnee(ligne).map(|(source, id)| (source, id, document));
    lignes.into_iter().map(lire).collect()
}
