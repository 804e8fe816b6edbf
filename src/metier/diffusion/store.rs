//! Every query on deliveries, their attempts and their changes.

pub(super) mod impression;
pub(super) mod registre;
pub(super) mod reglages;
pub(super) mod reprise;
pub(super) mod retour;

use super::model::{
    Acte, Canal, Compteur, Diffusion, DiffusionError, EtatDiffusion, NatureDiffusee, Origine, Qualite, ResultatTentative, Tentative,
    Transition,
};
use crate::{
    db::{
        Op, ou_doublon,
        schema::{compte_rendu, diffusion, programme, registre_diffusion, tentative, transition_diffusion},
        types::{At, Id},
    },
    enum_sql,
    kernel::{
        Action, Instant, Panne, Resultat,
        ids::{
            CompteId, CompteRenduId, DiffusionId, EtablissementId, ImpressionId, InscriptionId, PatientId, PraticienId, ProgrammeId, RcpId,
            RetourId, ReunionId, TentativeId,
        },
    },
    metier::{
        document::model::Source,
        pps::model::{EtatProgramme, GenreProgramme},
    },
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
    compte_rendu_id: Option<CompteRenduId>,
    programme_id: Option<ProgrammeId>,
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
            compte_rendu_id: d.source.compte_rendu(),
            programme_id: d.source.programme(),
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

impl TryFrom<LigneDiffusion> for Diffusion {
    type Error = Panne;

    fn try_from(l: LigneDiffusion) -> Result<Self, Panne> {
        let source = Source::lire(l.compte_rendu_id, l.programme_id);
        Ok(Self {
            id: l.id,
            source: source.ok_or_else(|| Panne::dire(format!("diffusion {} : elle n'est celle d'aucune version", l.id)))?,
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
        })
    }
}

fn lues(lignes: Vec<LigneDiffusion>) -> Resultat<Vec<Diffusion>> {
    lignes.into_iter().map(|ligne| Ok(ligne.try_into()?)).collect()
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
pub(super) fn inscrire_version(op: &mut Op<'_>, source: Source, attendus: i64) -> Resultat<()> {
    use registre_diffusion as r;
    insert_into(r::table)
        .values((
            r::version_id.eq(Id(source.uuid())),
            r::compte_rendu_id.eq(source.compte_rendu()),
            r::programme_id.eq(source.programme()),
            r::attendus.eq(attendus),
            r::prepare_le.eq(At(op.maintenant)),
        ))
        .execute(op.conn)?;
    Ok(())
}

pub(super) fn trouver(op: &mut Op<'_>, id: DiffusionId) -> Resultat<Option<Diffusion>> {
    let ligne = diffusion::table.find(id).select(LigneDiffusion::as_select()).first(op.conn).optional()?;
    Ok(ligne.map(Diffusion::try_from).transpose()?)
}

/// The deliveries of a version.
pub(super) fn de_la_version(op: &mut Op<'_>, source: Source) -> Resultat<Vec<Diffusion>> {
    let requete = diffusion::table.order(diffusion::id).select(LigneDiffusion::as_select()).into_boxed();
    let requete = match source {
        Source::CompteRendu(id) => requete.filter(diffusion::compte_rendu_id.eq(id)),
        Source::Programme(id) => requete.filter(diffusion::programme_id.eq(id)),
    };
    lues(requete.load(op.conn)?)
}

/// Deliveries of the versions of a set before that one, oldest version first.
pub(super) fn des_versions_anterieures(op: &mut Op<'_>, source: Source, set_id: Uuid, avant_version: i64) -> Resultat<Vec<Diffusion>> {
    let lignes: Vec<LigneDiffusion> = match source {
        Source::CompteRendu(_) => diffusion::table
            .inner_join(compte_rendu::table.on(diffusion::compte_rendu_id.eq(compte_rendu::id.nullable())))
            .filter(compte_rendu::set_id.eq(Id(set_id)))
            .filter(compte_rendu::numero_version.lt(avant_version))
            .order((compte_rendu::numero_version, diffusion::id))
            .select(LigneDiffusion::as_select())
            .load(op.conn)?,
        Source::Programme(_) => diffusion::table
            .inner_join(programme::table.on(diffusion::programme_id.eq(programme::id.nullable())))
            .filter(programme::set_id.eq(Id(set_id)))
            .filter(programme::numero_version.lt(avant_version))
            .order((programme::numero_version, diffusion::id))
            .select(LigneDiffusion::as_select())
            .load(op.conn)?,
    };
    lues(lignes)
}

/// What the sending needs to know of the version.
#[derive(Debug, Clone, Copy)]
pub(super) struct VersionEnvoyee {
    pub(super) nature: NatureDiffusee,
    pub(super) set_id: Uuid,
    pub(super) numero_version: i64,
    pub(super) courant: bool,
}

pub(super) fn version_envoyee(op: &mut Op<'_>, source: Source) -> Resultat<VersionEnvoyee> {
    match source {
        Source::CompteRendu(id) => {
            let colonnes = (compte_rendu::set_id, compte_rendu::numero_version, compte_rendu::courant);
            let (set_id, numero_version, courant): (Id, i64, bool) = compte_rendu::table.find(id).select(colonnes).first(op.conn)?;
            Ok(VersionEnvoyee { nature: NatureDiffusee::CompteRendu, set_id: set_id.0, numero_version, courant })
        }
        Source::Programme(id) => {
            let colonnes = (programme::genre, programme::set_id, programme::numero_version, programme::etat);
            let (genre, set_id, numero_version, etat): (GenreProgramme, Id, i64, EtatProgramme) =
                programme::table.find(id).select(colonnes).first(op.conn)?;
            Ok(VersionEnvoyee { nature: genre.into(), set_id: set_id.0, numero_version, courant: etat == EtatProgramme::Remis })
        }
    }
}

type OrigineReunion = (i64, ReunionId, RcpId, NaiveDate);
type OrigineRemise = (GenreProgramme, i64, Option<NaiveDate>);

fn d_une_reunion((numero_version, reunion_id, rcp_id, date_reunion): OrigineReunion) -> Origine {
    Origine {
        nature: NatureDiffusee::CompteRendu,
        numero_version,
        reunion_id: Some(reunion_id),
        rcp_id: Some(rcp_id),
        date_reunion: Some(date_reunion),
        remis_le: None,
    }
}

fn d_une_remise((genre, numero_version, remis_le): OrigineRemise) -> Origine {
    Origine { nature: genre.into(), numero_version, reunion_id: None, rcp_id: None, date_reunion: None, remis_le }
}

macro_rules! origine_reunion {
    () => {
        (compte_rendu::numero_version, compte_rendu::reunion_id, compte_rendu::rcp_id, compte_rendu::date_reunion)
    };
}

macro_rules! origine_remise {
    () => {
        (programme::genre, programme::numero_version, programme::remis_le)
    };
}

pub(super) fn origine_de(op: &mut Op<'_>, source: Source) -> Resultat<Origine> {
    Ok(match source {
        Source::CompteRendu(id) => d_une_reunion(compte_rendu::table.find(id).select(origine_reunion!()).first(op.conn)?),
        Source::Programme(id) => d_une_remise(programme::table.find(id).select(origine_remise!()).first(op.conn)?),
    })
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
    /// Of one version of a programme.
    pub programme: Option<ProgrammeId>,
    /// In one of these states; in any, when empty.
    pub etats: Vec<EtatDiffusion>,
    /// By one of these channels; by any, when empty.
    pub canaux: Vec<Canal>,
    /// Only what has left and is not read.
    pub non_lues: Option<NonLues>,
    /// Only the version in force of each document.
    pub courantes: bool,
}

/// True for a delivery of the version in force, of a query that joins both kinds of versions.
macro_rules! en_vigueur {
    () => {
        compte_rendu::courant.eq(true).or(programme::etat.eq(EtatProgramme::Remis))
    };
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
        .left_join(compte_rendu::table.on(diffusion::compte_rendu_id.eq(compte_rendu::id.nullable())))
        .left_join(programme::table.on(diffusion::programme_id.eq(programme::id.nullable())))
        .filter(visibles)
        .order(diffusion::id)
        .limit(limite)
        .select((LigneDiffusion::as_select(), origine_reunion!().nullable(), origine_remise!().nullable()))
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
    if let Some(programme) = filtre.programme {
        requete = requete.filter(diffusion::programme_id.eq(programme));
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
        requete = requete.filter(en_vigueur!());
    }
    if let Some(apres) = apres {
        requete = requete.filter(diffusion::id.gt(apres));
    }
    let lignes: Vec<(LigneDiffusion, Option<OrigineReunion>, Option<OrigineRemise>)> = requete.load(op.conn)?;
    let lire = |(ligne, reunion, remise): (LigneDiffusion, Option<OrigineReunion>, Option<OrigineRemise>)| {
        let origine = reunion.map(d_une_reunion).or(remise.map(d_une_remise));
        let origine = origine.ok_or_else(|| Panne::dire(format!("diffusion {} : sa version n'est pas là", ligne.id)))?;
        Ok((ligne.try_into()?, origine))
    };
    lignes.into_iter().map(lire).collect()
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
        .left_join(compte_rendu::table.on(diffusion::compte_rendu_id.eq(compte_rendu::id.nullable())))
        .left_join(programme::table.on(diffusion::programme_id.eq(programme::id.nullable())))
        .filter(visibles)
        .filter(en_vigueur!())
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
