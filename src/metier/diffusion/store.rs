//! Every query on deliveries, their attempts and their changes.

pub(super) mod impression;
pub(super) mod registre;
pub(super) mod reglages;
pub(super) mod retour;

use super::model::{
    Acte, Canal, Compteur, Diffusion, DiffusionError, EtatDiffusion, Origine, Qualite, ResultatTentative, Tentative, Transition,
};
use crate::{
    db::{
        Op, ou_doublon,
        schema::{compte_rendu, diffusion, document, registre_diffusion, tentative, transition_diffusion},
        types::{At, Id},
    },
    enum_sql,
    kernel::{
        Action, Instant, Resultat,
        ids::{
            CompteId, CompteRenduId, DiffusionId, EtablissementId, ImpressionId, InscriptionId, PatientId, PraticienId, RcpId, RetourId,
            ReunionId, TentativeId,
        },
    },
    metier::compte_rendu::model::GenreDocument,
    visible,
};
use chrono::NaiveDate;
use diesel::{dsl::count_star, insert_into, prelude::*, update};
use uuid::Uuid;

enum_sql!(Acte, Canal, EtatDiffusion, Qualite, ResultatTentative);

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = diffusion, treat_none_as_null = true, treat_none_as_default_value = false)]
struct LigneDiffusion {
    id: DiffusionId,
    compte_rendu_id: CompteRenduId,
    patient_id: PatientId,
    praticien_id: Option<PraticienId>,
    etablissement_id: Option<EtablissementId>,
    qualite: Qualite,
    canal: Canal,
    adresse: Option<String>,
    etat: EtatDiffusion,
    message_id: Option<String>,
    tentatives: i64,
    derniere_erreur: Option<String>,
    code_retour: Option<String>,
    retardee_le: Option<At>,
    supprimee_le: Option<At>,
    impression_id: Option<ImpressionId>,
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
            etablissement_id: d.etablissement_id,
            qualite: d.qualite,
            canal: d.canal,
            adresse: d.adresse.clone(),
            etat: d.etat,
            message_id: d.message_id.clone(),
            tentatives: d.tentatives,
            derniere_erreur: d.derniere_erreur.clone(),
            code_retour: d.code_retour.clone(),
            retardee_le: d.retardee_le.map(At),
            supprimee_le: d.supprimee_le.map(At),
            impression_id: d.impression_id,
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
            etablissement_id: l.etablissement_id,
            qualite: l.qualite,
            canal: l.canal,
            adresse: l.adresse,
            etat: l.etat,
            message_id: l.message_id,
            tentatives: l.tentatives,
            derniere_erreur: l.derniere_erreur,
            code_retour: l.code_retour,
            retardee_le: l.retardee_le.map(Instant::from),
            supprimee_le: l.supprimee_le.map(Instant::from),
            impression_id: l.impression_id,
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

/// What a change of a delivery is written down with.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cause<'a> {
    pub(super) tentative: Option<i64>,
    pub(super) retour: Option<RetourId>,
    pub(super) code: Option<&'a str>,
    pub(super) detail: Option<&'a str>,
}

/// Writes down that a delivery became what it is.
pub(super) fn noter(op: &mut Op<'_>, avant: Option<EtatDiffusion>, apres: &Diffusion, acte: Acte, cause: Cause<'_>) -> Resultat<()> {
    use transition_diffusion as t;
    insert_into(t::table)
        .values((
            (t::diffusion_id.eq(apres.id), t::rang.eq(apres.version), t::avant.eq(avant), t::apres.eq(apres.etat), t::acte.eq(acte)),
            (t::moment.eq(At(op.maintenant)), t::compte_id.eq(op.acteur.compte), t::tentative.eq(cause.tentative)),
            (t::retour_id.eq(cause.retour), t::code.eq(cause.code), t::detail.eq(cause.detail)),
        ))
        .execute(op.conn)?;
    Ok(())
}

/// The changes of a delivery, oldest first.
pub(super) fn transitions(op: &mut Op<'_>, id: DiffusionId) -> Resultat<Vec<Transition>> {
    use transition_diffusion as t;
    type Ligne = (
        (i64, Option<EtatDiffusion>, EtatDiffusion, Acte, At),
        (Option<CompteId>, Option<i64>, Option<RetourId>, Option<String>, Option<String>),
    );
    let lignes: Vec<Ligne> = t::table
        .filter(t::diffusion_id.eq(id))
        .order(t::rang)
        .select(((t::rang, t::avant, t::apres, t::acte, t::moment), (t::compte_id, t::tentative, t::retour_id, t::code, t::detail)))
        .load(op.conn)?;
    let lire = |((rang, avant, apres, acte, moment), (compte_id, tentative, retour_id, code, detail)): Ligne| Transition {
        rang,
        avant,
        apres,
        acte,
        moment: moment.0,
        compte_id,
        tentative,
        retour_id,
        code,
        detail,
    };
    Ok(lignes.into_iter().map(lire).collect())
}

/// Writes down how many recipients a version was prepared for.
pub(super) fn inscrire_version(op: &mut Op<'_>, id: CompteRenduId, attendus: i64) -> Resultat<()> {
    use registre_diffusion as r;
    insert_into(r::table)
        .values((r::compte_rendu_id.eq(id), r::attendus.eq(attendus), r::prepare_le.eq(At(op.maintenant))))
        .execute(op.conn)?;
    Ok(())
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

/// The registration that a version reports on.
pub(super) fn inscription_de(op: &mut Op<'_>, id: CompteRenduId) -> Resultat<InscriptionId> {
    Ok(compte_rendu::table.find(id).select(compte_rendu::inscription_id).first(op.conn)?)
}

/// Which of those that have left are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NonLues {
    /// Those that left before this moment and are not read, and those that were deleted unread.
    pub parties_avant: Instant,
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
    /// By one of these channels; by any, when empty.
    pub canaux: Vec<Canal>,
    /// Only what has left and is not read.
    pub non_lues: Option<NonLues>,
    /// Only the current version of each compte-rendu.
    pub courantes: bool,
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
    if !filtre.canaux.is_empty() {
        requete = requete.filter(diffusion::canal.eq_any(filtre.canaux.clone()));
    }
    if let Some(non_lues) = filtre.non_lues {
        let depuis = diffusion::envoyee_le.assume_not_null().le(At(non_lues.parties_avant));
        requete = requete
            .filter(diffusion::etat.eq_any(EtatDiffusion::PARTIES_NON_LUES.to_vec()))
            .filter(depuis.or(diffusion::supprimee_le.is_not_null()));
    }
    if filtre.courantes {
        requete = requete.filter(compte_rendu::courant);
    }
    if let Some(apres) = apres {
        requete = requete.filter(diffusion::id.gt(apres));
    }
    let lignes: Vec<(LigneDiffusion, LigneOrigine)> = requete.load(op.conn)?;
    Ok(lignes.into_iter().map(|(ligne, o)| (ligne.into(), origine(o))).collect())
}

/// How many deliveries of those patients stand in each state; a state without any is absent.
pub(super) fn compter(op: &mut Op<'_>) -> Resultat<Vec<Compteur>> {
    let visibles = visible!(op, Action::CompterDiffusions, diffusion::patient_id);
    let lignes: Vec<(EtatDiffusion, i64)> =
        diffusion::table.filter(visibles).group_by(diffusion::etat).select((diffusion::etat, count_star())).load(op.conn)?;
    Ok(lignes.into_iter().map(|(etat, nombre)| Compteur { etat, nombre }).collect())
}

/// How many deliveries of those patients have left and are not read.
pub(super) fn compter_non_lues(op: &mut Op<'_>, non_lues: NonLues) -> Resultat<i64> {
    let visibles = visible!(op, Action::CompterDiffusions, diffusion::patient_id);
    let depuis = diffusion::envoyee_le.assume_not_null().le(At(non_lues.parties_avant));
    let nombre = diffusion::table
        .inner_join(compte_rendu::table.on(compte_rendu::id.eq(diffusion::compte_rendu_id)))
        .filter(visibles)
        .filter(compte_rendu::courant)
        .filter(diffusion::etat.eq_any(EtatDiffusion::PARTIES_NON_LUES.to_vec()))
        .filter(depuis.or(diffusion::supprimee_le.is_not_null()))
        .select(count_star())
        .first(op.conn)?;
    Ok(nombre)
}

pub(super) fn commencer_tentative(op: &mut Op<'_>, diffusion: DiffusionId, numero: i64, message_id: Option<&str>) -> Resultat<()> {
    let id: TentativeId = op.id();
    insert_into(tentative::table)
        .values((
            tentative::id.eq(id),
            tentative::diffusion_id.eq(diffusion),
            tentative::numero.eq(numero),
            tentative::debut.eq(At(op.maintenant)),
            tentative::resultat.eq(ResultatTentative::EnCours),
            tentative::message_id.eq(message_id),
        ))
        .execute(op.conn)
        .map_err(|e| {
            let deja = DiffusionError::EtatInterdit { etat: EtatDiffusion::EnCours, acte: Acte::Commencer };
            ou_doublon(e, "tentative_diffusion_id_numero_unique", "tentative.numero", deja)
        })?;
    Ok(())
}

/// The `Message-ID` of an attempt.
pub(super) fn message_id_de_tentative(op: &mut Op<'_>, diffusion: DiffusionId, numero: i64) -> Resultat<Option<String>> {
    let sienne = tentative::table.filter(tentative::diffusion_id.eq(diffusion)).filter(tentative::numero.eq(numero));
    Ok(sienne.select(tentative::message_id).first::<Option<String>>(op.conn).optional()?.flatten())
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
