//! Every query on deliveries and their attempts.

use super::model::{Canal, Compteur, Diffusion, DiffusionError, EtatDiffusion, Origine, Qualite, ResultatTentative, Tentative};
use crate::{
    db::{
        Op, ou_doublon,
        schema::{compte_rendu, diffusion, document, tentative},
        types::{At, Id},
    },
    enum_sql,
    kernel::{
        Action, Instant, Resultat,
        ids::{CompteRenduId, DiffusionId, PatientId, PraticienId, RcpId, ReunionId, TentativeId},
    },
    metier::compte_rendu::model::GenreDocument,
    visible,
};
use chrono::NaiveDate;
use diesel::{dsl::count_star, insert_into, prelude::*, update};
use uuid::Uuid;

enum_sql!(Canal, EtatDiffusion, Qualite, ResultatTentative);

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = diffusion, treat_none_as_null = true, treat_none_as_default_value = false)]
struct LigneDiffusion {
    id: DiffusionId,
    compte_rendu_id: CompteRenduId,
    patient_id: PatientId,
    praticien_id: PraticienId,
    qualite: Qualite,
    canal: Canal,
    adresse: Option<String>,
    etat: EtatDiffusion,
    message_id: Option<String>,
    tentatives: i64,
    derniere_erreur: Option<String>,
    version: i64,
    cree_le: At,
    modifie_le: At,
    envoyee_le: Option<At>,
}

impl From<&Diffusion> for LigneDiffusion {
    fn from(d: &Diffusion) -> Self {
        Self {
            id: d.id,
            compte_rendu_id: d.compte_rendu_id,
            patient_id: d.patient_id,
            praticien_id: d.praticien_id,
            qualite: d.qualite,
            canal: d.canal,
            adresse: d.adresse.clone(),
            etat: d.etat,
            message_id: d.message_id.clone(),
            tentatives: d.tentatives,
            derniere_erreur: d.derniere_erreur.clone(),
            version: d.version,
            cree_le: At(d.cree_le),
            modifie_le: At(d.modifie_le),
            envoyee_le: d.envoyee_le.map(At),
        }
    }
}

impl From<LigneDiffusion> for Diffusion {
    fn from(l: LigneDiffusion) -> Self {
        Self {
            id: l.id,
            compte_rendu_id: l.compte_rendu_id,
            patient_id: l.patient_id,
            praticien_id: l.praticien_id,
            qualite: l.qualite,
            canal: l.canal,
            adresse: l.adresse,
            etat: l.etat,
            message_id: l.message_id,
            tentatives: l.tentatives,
            derniere_erreur: l.derniere_erreur,
            version: l.version,
            cree_le: l.cree_le.0,
            modifie_le: l.modifie_le.0,
            envoyee_le: l.envoyee_le.map(Instant::from),
        }
    }
}

pub(super) fn inserer(op: &mut Op<'_>, d: &Diffusion) -> Resultat<()> {
    insert_into(diffusion::table).values(&LigneDiffusion::from(d)).execute(op.conn)?;
    Ok(())
}

/// Zero rows when the version is no longer the one that was read.
pub(super) fn enregistrer(op: &mut Op<'_>, d: &Diffusion, lue: i64) -> Resultat<usize> {
    Ok(update(diffusion::table.find(d.id).filter(diffusion::version.eq(lue))).set(&LigneDiffusion::from(d)).execute(op.conn)?)
}

pub(super) fn trouver(op: &mut Op<'_>, id: DiffusionId) -> Resultat<Option<Diffusion>> {
    let ligne = diffusion::table.find(id).select(LigneDiffusion::as_select()).first(op.conn).optional()?;
    Ok(ligne.map(Diffusion::from))
}

pub(super) fn du_compte_rendu(op: &mut Op<'_>, id: CompteRenduId) -> Resultat<Vec<Diffusion>> {
    let lignes: Vec<LigneDiffusion> = diffusion::table
        .filter(diffusion::compte_rendu_id.eq(id))
        .order(diffusion::id)
        .select(LigneDiffusion::as_select())
        .load(op.conn)?;
    Ok(lignes.into_iter().map(Diffusion::from).collect())
}

/// Deliveries of the versions of a set before that one, oldest version first.
pub(super) fn des_versions_anterieures(op: &mut Op<'_>, set_id: Uuid, avant_version: i64) -> Resultat<Vec<Diffusion>> {
    let lignes: Vec<LigneDiffusion> = diffusion::table
        .inner_join(compte_rendu::table.on(compte_rendu::id.eq(diffusion::compte_rendu_id)))
        .filter(compte_rendu::set_id.eq(Id(set_id)))
        .filter(compte_rendu::numero_version.lt(avant_version))
        .order((compte_rendu::numero_version, diffusion::id))
        .select(LigneDiffusion::as_select())
        .load(op.conn)?;
    Ok(lignes.into_iter().map(Diffusion::from).collect())
}

/// What the sending needs to know of the version.
#[derive(Queryable, Selectable)]
#[diesel(table_name = compte_rendu)]
pub(super) struct VersionEnvoyee {
    pub(super) set_id: Id,
    pub(super) numero_version: i64,
    pub(super) courant: bool,
}

pub(super) fn version_envoyee(op: &mut Op<'_>, id: CompteRenduId) -> Resultat<VersionEnvoyee> {
    Ok(compte_rendu::table.find(id).select(VersionEnvoyee::as_select()).first(op.conn)?)
}

/// Name and bytes of a rendered document.
pub(super) fn document(op: &mut Op<'_>, id: CompteRenduId, genre: GenreDocument) -> Resultat<Option<(String, Vec<u8>)>> {
    let rendu = document::table.filter(document::compte_rendu_id.eq(id)).filter(document::genre.eq(genre.as_str()));
    Ok(rendu.select((document::nom, document::octets)).first(op.conn).optional()?)
}

type LigneOrigine = (i64, ReunionId, RcpId, NaiveDate);

fn origine((numero_version, reunion_id, rcp_id, date_reunion): LigneOrigine) -> Origine {
    Origine { numero_version, reunion_id, rcp_id, date_reunion }
}

pub(super) fn origine_de(op: &mut Op<'_>, id: CompteRenduId) -> Resultat<Origine> {
    let colonnes = (compte_rendu::numero_version, compte_rendu::reunion_id, compte_rendu::rcp_id, compte_rendu::date_reunion);
    Ok(origine(compte_rendu::table.find(id).select(colonnes).first(op.conn)?))
}

/// What a list of deliveries filters by.
#[derive(Debug, Clone, Default)]
pub struct FiltreDiffusions {
    /// Of one meeting.
    pub reunion: Option<ReunionId>,
    /// Of one RCP.
    pub rcp: Option<RcpId>,
    /// Of one version of a compte-rendu.
    pub compte_rendu: Option<CompteRenduId>,
    /// In one of these states; in any, when empty.
    pub etats: Vec<EtatDiffusion>,
}

/// Deliveries of patients whose deliveries the person may follow, by id.
pub(super) fn lister(
    op: &mut Op<'_>,
    filtre: &FiltreDiffusions,
    apres: Option<DiffusionId>,
    limite: i64,
) -> Resultat<Vec<(Diffusion, Origine)>> {
    let visibles = visible!(op, Action::SuivreDiffusion, diffusion::patient_id);
    let mut requete = diffusion::table
        .inner_join(compte_rendu::table.on(compte_rendu::id.eq(diffusion::compte_rendu_id)))
        .filter(visibles)
        .order(diffusion::id)
        .limit(limite)
        .select((
            LigneDiffusion::as_select(),
            (compte_rendu::numero_version, compte_rendu::reunion_id, compte_rendu::rcp_id, compte_rendu::date_reunion),
        ))
        .into_boxed();
    if let Some(reunion) = filtre.reunion {
        requete = requete.filter(compte_rendu::reunion_id.eq(reunion));
    }
    if let Some(rcp) = filtre.rcp {
        requete = requete.filter(compte_rendu::rcp_id.eq(rcp));
    }
    if let Some(compte_rendu) = filtre.compte_rendu {
        requete = requete.filter(diffusion::compte_rendu_id.eq(compte_rendu));
    }
    if !filtre.etats.is_empty() {
        requete = requete.filter(diffusion::etat.eq_any(filtre.etats.clone()));
    }
    if let Some(apres) = apres {
        requete = requete.filter(diffusion::id.gt(apres));
    }
    let lignes: Vec<(LigneDiffusion, LigneOrigine)> = requete.load(op.conn)?;
    Ok(lignes.into_iter().map(|(ligne, o)| (ligne.into(), origine(o))).collect())
}

/// How many deliveries of those patients stand in each state; a state without any is absent.
pub(super) fn compter(op: &mut Op<'_>) -> Resultat<Vec<Compteur>> {
    let visibles = visible!(op, Action::SuivreDiffusion, diffusion::patient_id);
    let lignes: Vec<(EtatDiffusion, i64)> =
        diffusion::table.filter(visibles).group_by(diffusion::etat).select((diffusion::etat, count_star())).load(op.conn)?;
    Ok(lignes.into_iter().map(|(etat, nombre)| Compteur { etat, nombre }).collect())
}

pub(super) fn commencer_tentative(op: &mut Op<'_>, diffusion: DiffusionId, numero: i64) -> Resultat<()> {
    let id: TentativeId = op.id();
    insert_into(tentative::table)
        .values((
            tentative::id.eq(id),
            tentative::diffusion_id.eq(diffusion),
            tentative::numero.eq(numero),
            tentative::debut.eq(At(op.maintenant)),
            tentative::resultat.eq(ResultatTentative::EnCours),
        ))
        .execute(op.conn)
        .map_err(|e| {
            let deja = DiffusionError::EtatInterdit { etat: EtatDiffusion::EnCours, acte: super::model::Acte::Commencer };
            ou_doublon(e, "tentative_diffusion_id_numero_unique", "tentative.numero", deja)
        })?;
    Ok(())
}

/// Writes how an attempt ended; an attempt that has ended already keeps its end.
pub(super) fn terminer_tentative(
    op: &mut Op<'_>,
    diffusion: DiffusionId,
    numero: i64,
    resultat: ResultatTentative,
    code: Option<&str>,
    detail: Option<&str>,
) -> Resultat<()> {
    let ouverte = tentative::table.filter(tentative::diffusion_id.eq(diffusion)).filter(tentative::numero.eq(numero));
    update(ouverte.filter(tentative::resultat.eq_any([ResultatTentative::EnCours, ResultatTentative::Interrompue])))
        .set((
            tentative::fin.eq(Some(At(op.maintenant))),
            tentative::resultat.eq(resultat),
            tentative::code.eq(code),
            tentative::detail.eq(detail),
        ))
        .execute(op.conn)?;
    Ok(())
}

pub(super) fn tentatives(op: &mut Op<'_>, diffusion: DiffusionId) -> Resultat<Vec<Tentative>> {
    type Ligne = (i64, At, Option<At>, ResultatTentative, Option<String>, Option<String>);
    let lignes: Vec<Ligne> = tentative::table
        .filter(tentative::diffusion_id.eq(diffusion))
        .order(tentative::numero)
        .select((tentative::numero, tentative::debut, tentative::fin, tentative::resultat, tentative::code, tentative::detail))
        .load(op.conn)?;
    Ok(lignes
        .into_iter()
        .map(|(numero, debut, fin, resultat, code, detail)| Tentative {
            numero,
            debut: debut.0,
            fin: fin.map(Instant::from),
            resultat,
            code,
            detail,
        })
        .collect())
}
