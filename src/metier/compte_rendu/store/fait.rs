//! Queries on the facts that the infocentre counts.

use super::super::model::{
    EtatQuorum, StatutCas,
    fait::{DoubleExpertise, FaitPassage},
    fiche::StatutG8,
};
use crate::{
    db::{LIGNES_PAR_ORDRE, Op, schema::fait_passage, types::At},
    enum_sql,
    kernel::{
        Resultat,
        ids::{Centre3cId, CompteRenduId, EtablissementId, PatientId, PraticienId, RcpId, ReunionId, TerritoireId},
    },
    on_either,
};
use chrono::NaiveDate;
use diesel::{delete, insert_into, prelude::*, update};

enum_sql!(DoubleExpertise, EtatQuorum);

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = fait_passage, treat_none_as_default_value = false)]
struct Ligne {
    date_reunion: NaiveDate,
    compte_rendu_id: CompteRenduId,
    courant: bool,
    patient_id: PatientId,
    reunion_id: ReunionId,
    rcp_id: RcpId,
    centre_3c_id: Centre3cId,
    etablissement_id: EtablissementId,
    territoire_id: Option<TerritoireId>,
    etablissement_demandeur_id: Option<EtablissementId>,
    demandeur_id: PraticienId,
    theme: String,
    type_rcp: String,
    niveau: String,
    expertise: bool,
    statut_cas: StatutCas,
    motif_report: Option<String>,
    age: i64,
    sexe: String,
    departement: Option<String>,
    localisation: Option<String>,
    quorum_has: Option<bool>,
    quorum_regle: Option<bool>,
    quorum_national: Option<EtatQuorum>,
    quorum_regional: Option<EtatQuorum>,
    double_expertise: Option<DoubleExpertise>,
    avec_proposition: bool,
    recours_propose: bool,
    essai_propose: bool,
    g8: StatutG8,
    g8_demi_points: Option<i64>,
    geriatrie: Option<String>,
    fertilite: Option<String>,
    essai: Option<String>,
    oncogenetique: Option<String>,
    soins_support: Option<String>,
    soins_palliatifs: Option<String>,
    tabac: Option<String>,
    alcool: Option<String>,
    completude: i64,
    medecin_traitant: bool,
    delai_inscription: Option<i64>,
    delai_compte_rendu: i64,
    delai_diagnostic: Option<i64>,
    valide_le: At,
}

impl From<&FaitPassage> for Ligne {
    fn from(f: &FaitPassage) -> Self {
        Self {
            date_reunion: f.date_reunion,
            compte_rendu_id: f.compte_rendu_id,
            courant: f.courant,
            patient_id: f.patient_id,
            reunion_id: f.reunion_id,
            rcp_id: f.rcp_id,
            centre_3c_id: f.centre_3c_id,
            etablissement_id: f.etablissement_id,
            territoire_id: f.territoire_id,
            etablissement_demandeur_id: f.etablissement_demandeur_id,
            demandeur_id: f.demandeur_id,
            theme: f.theme.clone(),
            type_rcp: f.type_rcp.clone(),
            niveau: f.niveau.clone(),
            expertise: f.expertise,
            statut_cas: f.statut_cas,
            motif_report: f.motif_report.clone(),
            age: f.age,
            sexe: f.sexe.clone(),
            departement: f.departement.clone(),
            localisation: f.localisation.clone(),
            quorum_has: f.quorum_has,
            quorum_regle: f.quorum_regle,
            quorum_national: f.quorum_national,
            quorum_regional: f.quorum_regional,
            double_expertise: f.double_expertise,
            avec_proposition: f.avec_proposition,
            recours_propose: f.recours_propose,
            essai_propose: f.essai_propose,
            g8: f.g8,
            g8_demi_points: f.g8_demi_points,
            geriatrie: f.geriatrie.clone(),
            fertilite: f.fertilite.clone(),
            essai: f.essai.clone(),
            oncogenetique: f.oncogenetique.clone(),
            soins_support: f.soins_support.clone(),
            soins_palliatifs: f.soins_palliatifs.clone(),
            tabac: f.tabac.clone(),
            alcool: f.alcool.clone(),
            completude: f.completude,
            medecin_traitant: f.medecin_traitant,
            delai_inscription: f.delai_inscription,
            delai_compte_rendu: f.delai_compte_rendu,
            delai_diagnostic: f.delai_diagnostic,
            valide_le: At(f.valide_le),
        }
    }
}

impl From<Ligne> for FaitPassage {
    fn from(l: Ligne) -> Self {
        Self {
            date_reunion: l.date_reunion,
            compte_rendu_id: l.compte_rendu_id,
            courant: l.courant,
            patient_id: l.patient_id,
            reunion_id: l.reunion_id,
            rcp_id: l.rcp_id,
            centre_3c_id: l.centre_3c_id,
            etablissement_id: l.etablissement_id,
            territoire_id: l.territoire_id,
            etablissement_demandeur_id: l.etablissement_demandeur_id,
            demandeur_id: l.demandeur_id,
            theme: l.theme,
            type_rcp: l.type_rcp,
            niveau: l.niveau,
            expertise: l.expertise,
            statut_cas: l.statut_cas,
            motif_report: l.motif_report,
            age: l.age,
            sexe: l.sexe,
            departement: l.departement,
            localisation: l.localisation,
            quorum_has: l.quorum_has,
            quorum_regle: l.quorum_regle,
            quorum_national: l.quorum_national,
            quorum_regional: l.quorum_regional,
            double_expertise: l.double_expertise,
            avec_proposition: l.avec_proposition,
            recours_propose: l.recours_propose,
            essai_propose: l.essai_propose,
            g8: l.g8,
            g8_demi_points: l.g8_demi_points,
            geriatrie: l.geriatrie,
            fertilite: l.fertilite,
            essai: l.essai,
            oncogenetique: l.oncogenetique,
            soins_support: l.soins_support,
            soins_palliatifs: l.soins_palliatifs,
            tabac: l.tabac,
            alcool: l.alcool,
            completude: l.completude,
            medecin_traitant: l.medecin_traitant,
            delai_inscription: l.delai_inscription,
            delai_compte_rendu: l.delai_compte_rendu,
            delai_diagnostic: l.delai_diagnostic,
            valide_le: l.valide_le.0,
        }
    }
}

pub(in super::super) fn inserer(op: &mut Op<'_>, fait: &FaitPassage) -> Resultat<()> {
    insert_into(fait_passage::table).values(&Ligne::from(fait)).execute(op.conn)?;
    Ok(())
}

/// The facts of a version that another replaces no longer count.
pub(in super::super) fn remplacer(op: &mut Op<'_>, ancien: CompteRenduId) -> Resultat<()> {
    update(fait_passage::table.filter(fait_passage::compte_rendu_id.eq(ancien))).set(fait_passage::courant.eq(false)).execute(op.conn)?;
    Ok(())
}

pub(in super::super) fn trouver(op: &mut Op<'_>, id: CompteRenduId) -> Resultat<Option<FaitPassage>> {
    let ligne = fait_passage::table.filter(fait_passage::compte_rendu_id.eq(id)).select(Ligne::as_select()).first(op.conn).optional()?;
    Ok(ligne.map(FaitPassage::from))
}

pub(in super::super) fn inserer_tous<'f>(op: &mut Op<'_>, faits: impl Iterator<Item = &'f FaitPassage>) -> Resultat<()> {
    let lignes: Vec<Ligne> = faits.map(Ligne::from).collect();
    for lignes in lignes.chunks(LIGNES_PAR_ORDRE) {
        on_either!(op.conn, |c| insert_into(fait_passage::table).values(lignes).execute(c))?;
    }
    Ok(())
}

pub(in super::super) fn effacer(op: &mut Op<'_>, id: CompteRenduId) -> Resultat<()> {
    delete(fait_passage::table.filter(fait_passage::compte_rendu_id.eq(id))).execute(op.conn)?;
    Ok(())
}
