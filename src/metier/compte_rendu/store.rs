//! Queries on comptes-rendus.
//!
//! A row is inserted whole and then never changes, save for which version is the current one
//! ([`remplacer`]); both databases refuse anything else.

pub(super) mod fait;

use super::model::{CompteRendu, ContenuCompteRendu, StatutCas, empreinte, fiche::StatutG8};
use crate::{
    db::{
        LIGNES_PAR_ORDRE, Op,
        schema::compte_rendu,
        types::{At, Id, Json},
    },
    enum_sql,
    kernel::{
        Action, Instant, Panne, Resultat,
        ids::{
            Centre3cId, CompteRenduId, DossierId, EtablissementId, GabaritId, InscriptionId, PatientId, PraticienId, RcpId, ReunionId,
            TerritoireId,
        },
    },
    on_either, visible,
};
use chrono::NaiveDate;
use diesel::{insert_into, prelude::*, update};
use uuid::Uuid;

enum_sql!(StatutCas, StatutG8);

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = compte_rendu, treat_none_as_default_value = false)]
struct Ligne {
    id: CompteRenduId,
    inscription_id: InscriptionId,
    reunion_id: ReunionId,
    rcp_id: RcpId,
    dossier_id: DossierId,
    patient_id: PatientId,
    set_id: Id,
    numero_version: i64,
    remplace_id: Option<CompteRenduId>,
    remplace_par_id: Option<CompteRenduId>,
    courant: bool,
    motif_correction: Option<String>,
    contenu: Json,
    empreinte: String,
    statut_cas: StatutCas,
    date_reunion: NaiveDate,
    centre_3c_id: Centre3cId,
    etablissement_id: EtablissementId,
    etablissement_demandeur_id: Option<EtablissementId>,
    territoire_id: Option<TerritoireId>,
    theme: String,
    type_rcp: String,
    expertise: bool,
    demandeur_id: PraticienId,
    age: i64,
    quorum_has: Option<bool>,
    quorum_regle: Option<bool>,
    g8: StatutG8,
    valide_par: Option<PraticienId>,
    valide_le: At,
    gabarit_id: Option<GabaritId>,
    gabarit_lettre_id: Option<GabaritId>,
}

impl TryFrom<&CompteRendu> for Ligne {
    type Error = Panne;

    fn try_from(c: &CompteRendu) -> Result<Self, Panne> {
        Ok(Self {
            id: c.id,
            inscription_id: c.inscription_id,
            reunion_id: c.reunion_id,
            rcp_id: c.rcp_id,
            dossier_id: c.dossier_id,
            patient_id: c.patient_id,
            set_id: Id(c.set_id),
            numero_version: c.numero_version,
            remplace_id: c.remplace_id,
            remplace_par_id: c.remplace_par_id,
            courant: c.courant,
            motif_correction: c.motif_correction.clone(),
            contenu: Json(c.contenu.valeur()?),
            empreinte: c.empreinte.clone(),
            statut_cas: c.statut_cas,
            date_reunion: c.date_reunion,
            centre_3c_id: c.centre_3c_id,
            etablissement_id: c.etablissement_id,
            etablissement_demandeur_id: c.etablissement_demandeur_id,
            territoire_id: c.territoire_id,
            theme: c.theme.clone(),
            type_rcp: c.type_rcp.clone(),
            expertise: c.expertise,
            demandeur_id: c.demandeur_id,
            age: c.age,
            quorum_has: c.quorum_has,
            quorum_regle: c.quorum_regle,
            g8: c.g8,
            valide_par: c.valide_par,
            valide_le: At(c.valide_le),
            gabarit_id: c.gabarit_id,
            gabarit_lettre_id: c.gabarit_lettre_id,
        })
    }
}

impl TryFrom<Ligne> for CompteRendu {
    type Error = Panne;

    /// A content that no longer has the fingerprint it was validated with is never given out.
    fn try_from(l: Ligne) -> Result<Self, Panne> {
        if empreinte(&l.contenu.0) != l.empreinte {
            return Err(Panne::dire(format!("compte-rendu {} : le contenu n'a plus l'empreinte de sa validation", l.id)));
        }
        let contenu: ContenuCompteRendu =
            serde_json::from_value(l.contenu.0).map_err(|e| Panne::new(format!("compte-rendu {} : contenu", l.id), e))?;
        Ok(Self {
            id: l.id,
            inscription_id: l.inscription_id,
            reunion_id: l.reunion_id,
            rcp_id: l.rcp_id,
            dossier_id: l.dossier_id,
            patient_id: l.patient_id,
            set_id: l.set_id.0,
            numero_version: l.numero_version,
            remplace_id: l.remplace_id,
            remplace_par_id: l.remplace_par_id,
            courant: l.courant,
            motif_correction: l.motif_correction,
            contenu,
            empreinte: l.empreinte,
            statut_cas: l.statut_cas,
            date_reunion: l.date_reunion,
            centre_3c_id: l.centre_3c_id,
            etablissement_id: l.etablissement_id,
            etablissement_demandeur_id: l.etablissement_demandeur_id,
            territoire_id: l.territoire_id,
            theme: l.theme,
            type_rcp: l.type_rcp,
            expertise: l.expertise,
            demandeur_id: l.demandeur_id,
            age: l.age,
            quorum_has: l.quorum_has,
            quorum_regle: l.quorum_regle,
            g8: l.g8,
            valide_par: l.valide_par,
            valide_le: l.valide_le.0,
            gabarit_id: l.gabarit_id,
            gabarit_lettre_id: l.gabarit_lettre_id,
        })
    }
}

pub(super) fn inserer(op: &mut Op<'_>, compte_rendu: &CompteRendu) -> Resultat<()> {
    insert_into(compte_rendu::table).values(&Ligne::try_from(compte_rendu)?).execute(op.conn)?;
    Ok(())
}

pub(super) fn inserer_toutes<'c>(op: &mut Op<'_>, versions: impl Iterator<Item = &'c CompteRendu>) -> Resultat<()> {
    let lignes = versions.map(Ligne::try_from).collect::<Result<Vec<_>, _>>()?;
    for lignes in lignes.chunks(LIGNES_PAR_ORDRE) {
        on_either!(op.conn, |c| insert_into(compte_rendu::table).values(lignes).execute(c))?;
    }
    Ok(())
}

/// Makes a version that is the current one, and its facts, give way to another; zero rows when it already has.
pub(super) fn remplacer(op: &mut Op<'_>, ancien: CompteRenduId, par: CompteRenduId) -> Resultat<usize> {
    fait::remplacer(op, ancien)?;
    Ok(update(compte_rendu::table.find(ancien).filter(compte_rendu::courant.eq(true)))
        .set((compte_rendu::courant.eq(false), compte_rendu::remplace_par_id.eq(Some(par))))
        .execute(op.conn)?)
}

pub(super) fn trouver(op: &mut Op<'_>, id: CompteRenduId) -> Resultat<Option<CompteRendu>> {
    let ligne = compte_rendu::table.find(id).select(Ligne::as_select()).first(op.conn).optional()?;
    Ok(ligne.map(CompteRendu::try_from).transpose()?)
}

/// Rank of the version in force of a set.
pub(super) fn numero_courant(op: &mut Op<'_>, set_id: Uuid) -> Resultat<Option<i64>> {
    Ok(compte_rendu::table
        .filter(compte_rendu::set_id.eq(Id(set_id)))
        .filter(compte_rendu::courant.eq(true))
        .select(compte_rendu::numero_version)
        .first(op.conn)
        .optional()?)
}

/// When the first version of a set was validated.
pub(super) fn premiere_validation(op: &mut Op<'_>, set_id: Uuid) -> Resultat<Option<Instant>> {
    let premiere = compte_rendu::table.filter(compte_rendu::set_id.eq(Id(set_id))).filter(compte_rendu::numero_version.eq(1));
    Ok(premiere.select(compte_rendu::valide_le).first::<At>(op.conn).optional()?.map(|at| at.0))
}

/// The versions that follow one, in the order of their identifiers.
pub(super) fn a_partir_de(op: &mut Op<'_>, apres: Option<CompteRenduId>, limite: i64) -> Resultat<Vec<CompteRendu>> {
    let mut requete = compte_rendu::table.order(compte_rendu::id).limit(limite).select(Ligne::as_select()).into_boxed();
    if let Some(apres) = apres {
        requete = requete.filter(compte_rendu::id.gt(apres));
    }
    let lignes: Vec<Ligne> = requete.load(op.conn)?;
    Ok(lignes.into_iter().map(CompteRendu::try_from).collect::<Result<_, _>>()?)
}

/// What a list is about.
#[derive(Debug, Clone, Copy)]
pub(super) enum Portee {
    /// The cases of a meeting.
    Reunion(ReunionId),
    /// A patient.
    Patient(PatientId),
}

/// The comptes-rendus that the person may read, the latest meetings first, then in the order of the
/// meeting; every version or the current ones.
pub(super) fn lister(op: &mut Op<'_>, portee: Portee, toutes: bool) -> Resultat<Vec<CompteRendu>> {
    let visible = visible!(op, Action::LireCompteRendu, compte_rendu::patient_id);
    let mut requete = compte_rendu::table
        .filter(visible)
        .order((compte_rendu::date_reunion.desc(), compte_rendu::set_id, compte_rendu::numero_version))
        .select(Ligne::as_select())
        .into_boxed();
    requete = match portee {
        Portee::Reunion(id) => requete.filter(compte_rendu::reunion_id.eq(id)),
        Portee::Patient(id) => requete.filter(compte_rendu::patient_id.eq(id)),
    };
    if !toutes {
        requete = requete.filter(compte_rendu::courant.eq(true));
    }
    let lignes: Vec<Ligne> = requete.load(op.conn)?;
    lignes.into_iter().map(|ligne| Ok(ligne.try_into()?)).collect()
}
