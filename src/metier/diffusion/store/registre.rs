//! Queries that prove the ledger.

use super::super::model::{Canal, Comptage, EtatDiffusion, VersionComptee};
use crate::{
    db::{
        Op,
        requete::{Requete, Valeur},
        schema::{diffusion, document},
        types::DbUuid,
    },
    kernel::{
        Resultat,
        ids::{CompteRenduId, DiffusionId},
    },
    metier::compte_rendu::model::GenreDocument,
};
use chrono::NaiveDate;
use diesel::{
    deserialize::QueryableByName,
    dsl::{count_star, exists},
    prelude::*,
    sql_types::{BigInt, Bool, Date, Nullable},
};

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
        "SELECT (SELECT COUNT(*) FROM compte_rendu) AS versions, CAST(COALESCE(SUM(r.attendus), 0) AS BIGINT) AS produites
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

#[derive(QueryableByName)]
struct LigneVersion {
    #[diesel(sql_type = DbUuid)]
    id: CompteRenduId,
    #[diesel(sql_type = Date)]
    date_reunion: NaiveDate,
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
            SELECT c.id, c.date_reunion, r.attendus,
                (SELECT COUNT(*) FROM diffusion d WHERE d.compte_rendu_id = c.id) AS diffusions,
                EXISTS (SELECT 1 FROM diffusion d WHERE d.compte_rendu_id = c.id AND d.praticien_id = c.demandeur_id) AS demandeur
            FROM compte_rendu c
            LEFT JOIN registre_diffusion r ON r.compte_rendu_id = c.id
        ) v
        WHERE v.attendus IS NULL OR v.attendus <> v.diffusions OR NOT v.demandeur
        ORDER BY v.id",
    )
    .charger(op.conn)?;
    let lire = |LigneVersion { id, date_reunion, attendus, diffusions, demandeur }| VersionComptee {
        id,
        date_reunion,
        attendus,
        diffusions,
        demandeur,
    };
    Ok(lignes.into_iter().map(lire).collect())
}

#[derive(QueryableByName)]
struct LigneDefaut {
    #[diesel(sql_type = DbUuid)]
    id: DiffusionId,
    #[diesel(sql_type = DbUuid)]
    compte_rendu_id: CompteRenduId,
    #[diesel(sql_type = BigInt)]
    rang: i64,
}

/// The deliveries whose state is not that of their last change, or whose changes do not follow one another,
/// with the rank where they part.
pub(in super::super) fn sans_transition(op: &mut Op<'_>) -> Resultat<Vec<(CompteRenduId, DiffusionId, i64)>> {
    let lignes: Vec<LigneDefaut> = Requete::new(
        "SELECT d.id, d.compte_rendu_id, d.version AS rang
        FROM diffusion d
        LEFT JOIN transition_diffusion t ON t.diffusion_id = d.id AND t.rang = d.version
        WHERE t.rang IS NULL OR t.apres <> d.etat
            OR EXISTS (SELECT 1 FROM transition_diffusion s WHERE s.diffusion_id = d.id AND s.rang > d.version)
        UNION ALL
        SELECT d.id, d.compte_rendu_id, t.rang
        FROM transition_diffusion t
        JOIN diffusion d ON d.id = t.diffusion_id
        LEFT JOIN transition_diffusion p ON p.diffusion_id = t.diffusion_id AND p.rang = t.rang - 1
        WHERE t.acte <> :premiere AND (p.rang IS NULL OR p.apres <> t.avant)
        ORDER BY 2, 1, 3",
    )
    .avec("premiere", Valeur::Texte("preparer".to_owned()))
    .charger(op.conn)?;
    Ok(lignes.into_iter().map(|l| (l.compte_rendu_id, l.id, l.rang)).collect())
}

/// The deliveries that have left without a `Message-ID`.
pub(in super::super) fn sans_message_id(op: &mut Op<'_>) -> Resultat<Vec<(CompteRenduId, DiffusionId)>> {
    let parties: Vec<EtatDiffusion> = EtatDiffusion::TOUS.iter().copied().filter(|etat| etat.force().is_some()).collect();
    Ok(diffusion::table
        .filter(diffusion::etat.eq_any(parties))
        .filter(diffusion::canal.eq_any([Canal::Mssante, Canal::DepotDpi, Canal::Dmp]))
        .filter(diffusion::message_id.is_null())
        .order(diffusion::id)
        .select((diffusion::compte_rendu_id, diffusion::id))
        .load(op.conn)?)
}

/// The deliveries that are to leave, and whether their document is there.
pub(in super::super) fn a_envoyer(op: &mut Op<'_>) -> Resultat<Vec<(CompteRenduId, DiffusionId, bool)>> {
    let pdf = document::table
        .filter(document::compte_rendu_id.eq(diffusion::compte_rendu_id))
        .filter(document::genre.eq(GenreDocument::Pdf.as_str()));
    Ok(diffusion::table
        .filter(diffusion::etat.eq_any([EtatDiffusion::AEnvoyer, EtatDiffusion::EnCours]))
        .order(diffusion::id)
        .select((diffusion::compte_rendu_id, diffusion::id, exists(pdf)))
        .load(op.conn)?)
}
