//! Queries on registrations and written opinions.

use super::{
    model::{AvisEcrit, EtatInscription, Inscription, InscriptionError},
    ordre::{EtatFiche, InscriptionPresentee, Sexe},
    passage::{CategorieRecours, EtatReunion, Passage, RcpDuPassage, TypeRcp},
};
use crate::{
    db::{
        LIGNES_PAR_ORDRE, Op, ou_doublon,
        parmi::parmi,
        schema::{avis_ecrit, dossier, fiche, inscription, patient, rcp, reunion},
        types::{At, Json},
    },
    enum_sql,
    kernel::{
        Action, Panne, Resultat,
        ids::{AvisId, DossierId, FicheId, InscriptionId, PatientId, PraticienId, ReunionId},
    },
    on_either, visible,
};
use chrono::NaiveDate;
use diesel::{dsl::max, insert_into, prelude::*, update};
use serde::{Serialize, de::DeserializeOwned};

enum_sql!(EtatInscription);

/// The states in which a registration takes a place on the agenda.
fn a_l_ordre_du_jour() -> Vec<EtatInscription> {
    EtatInscription::TOUS.iter().copied().filter(|etat| etat.a_l_ordre_du_jour()).collect()
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = inscription, treat_none_as_null = true, treat_none_as_default_value = false)]
struct LigneInscription {
    id: InscriptionId,
    reunion_id: ReunionId,
    fiche_id: FicheId,
    dossier_id: DossierId,
    patient_id: PatientId,
    demandeur_id: PraticienId,
    presentateur_id: Option<PraticienId>,
    rang: i64,
    etat: EtatInscription,
    motif: Option<String>,
    precision_motif: Option<String>,
    commentaire: Option<String>,
    report_de: Option<InscriptionId>,
    debut_discussion: Option<At>,
    fin_discussion: Option<At>,
    referentiel: Option<Json>,
    proposition: Option<Json>,
    quorum: Option<Json>,
    version: i64,
    cree_le: At,
    modifie_le: At,
}

impl TryFrom<&Inscription> for LigneInscription {
    type Error = Panne;

    fn try_from(i: &Inscription) -> Result<Self, Panne> {
        fn document<T: Serialize>(id: InscriptionId, contenu: Option<&T>) -> Result<Option<Json>, Panne> {
            let document = contenu.map(serde_json::to_value).transpose();
            document.map(|d| d.map(Json)).map_err(|e| Panne::new(format!("inscription {id} : écriture d'un document"), e))
        }
        Ok(Self {
            id: i.id,
            reunion_id: i.reunion_id,
            fiche_id: i.fiche_id,
            dossier_id: i.dossier_id,
            patient_id: i.patient_id,
            demandeur_id: i.demandeur_id,
            presentateur_id: i.presentateur_id,
            rang: i.rang,
            etat: i.etat,
            motif: i.motif.clone(),
            precision_motif: i.precision_motif.clone(),
            commentaire: i.commentaire.clone(),
            report_de: i.report_de,
            debut_discussion: i.debut_discussion.map(At),
            fin_discussion: i.fin_discussion.map(At),
            referentiel: document(i.id, i.referentiel.as_ref())?,
            proposition: document(i.id, i.proposition.as_ref())?,
            quorum: document(i.id, i.quorum.as_ref())?,
            version: i.version,
            cree_le: At(i.cree_le),
            modifie_le: At(i.modifie_le),
        })
    }
}

impl TryFrom<LigneInscription> for Inscription {
    type Error = Panne;

    fn try_from(l: LigneInscription) -> Result<Self, Panne> {
        fn document<T: DeserializeOwned>(id: InscriptionId, nom: &str, document: Option<Json>) -> Result<Option<T>, Panne> {
            let contenu = document.map(|d| serde_json::from_value(d.0)).transpose();
            contenu.map_err(|e| Panne::new(format!("inscription {id} : {nom}"), e))
        }
        Ok(Self {
            id: l.id,
            reunion_id: l.reunion_id,
            fiche_id: l.fiche_id,
            dossier_id: l.dossier_id,
            patient_id: l.patient_id,
            demandeur_id: l.demandeur_id,
            presentateur_id: l.presentateur_id,
            rang: l.rang,
            etat: l.etat,
            motif: l.motif,
            precision_motif: l.precision_motif,
            commentaire: l.commentaire,
            report_de: l.report_de,
            debut_discussion: l.debut_discussion.map(|at| at.0),
            fin_discussion: l.fin_discussion.map(|at| at.0),
            referentiel: document(l.id, "référentiel", l.referentiel)?,
            proposition: document(l.id, "proposition", l.proposition)?,
            quorum: document(l.id, "quorum", l.quorum)?,
            version: l.version,
            cree_le: l.cree_le.0,
            modifie_le: l.modifie_le.0,
        })
    }
}

pub(super) fn inserer(op: &mut Op<'_>, i: &Inscription) -> Resultat<()> {
    insert_into(inscription::table).values(&LigneInscription::try_from(i)?).execute(op.conn).map_err(|e| {
        let colonnes = "inscription.reunion_id, inscription.fiche_id";
        ou_doublon(e, "inscription_reunion_fiche_unique", colonnes, InscriptionError::DejaInscrite)
    })?;
    Ok(())
}

pub(super) fn inserer_toutes(op: &mut Op<'_>, inscriptions: &[Inscription]) -> Resultat<()> {
    for inscriptions in inscriptions.chunks(LIGNES_PAR_ORDRE) {
        let lignes = inscriptions.iter().map(LigneInscription::try_from).collect::<Result<Vec<_>, _>>()?;
        on_either!(op.conn, |c| insert_into(inscription::table).values(&lignes).execute(c))?;
    }
    Ok(())
}

/// Zero rows when the version is no longer the one that was read.
pub(super) fn enregistrer(op: &mut Op<'_>, i: &Inscription, lue: i64) -> Resultat<usize> {
    Ok(update(inscription::table.find(i.id).filter(inscription::version.eq(lue))).set(&LigneInscription::try_from(i)?).execute(op.conn)?)
}

pub(super) fn trouver(op: &mut Op<'_>, id: InscriptionId) -> Resultat<Option<Inscription>> {
    let ligne = inscription::table.find(id).select(LigneInscription::as_select()).first(op.conn).optional()?;
    Ok(ligne.map(Inscription::try_from).transpose()?)
}

/// Every registration of a meeting, in the order of the agenda.
pub(super) fn de_la_reunion(op: &mut Op<'_>, reunion: ReunionId) -> Resultat<Vec<Inscription>> {
    let lignes: Vec<LigneInscription> = inscription::table
        .filter(inscription::reunion_id.eq(reunion))
        .order((inscription::rang, inscription::id))
        .select(LigneInscription::as_select())
        .load(op.conn)?;
    lignes.into_iter().map(|ligne| Ok(ligne.try_into()?)).collect()
}

type LignePresentee = (LigneInscription, (String, Option<String>, String, Sexe, NaiveDate), String, (EtatFiche, i64));

/// The agenda of a meeting in order, without the patients whose fiches the person may not read.
pub(super) fn ordre_du_jour(op: &mut Op<'_>, reunion: ReunionId) -> Resultat<Vec<InscriptionPresentee>> {
    let visible = visible!(op, Action::LireFiche, inscription::patient_id);
    let identite = (patient::nom_naissance, patient::nom_utilise, patient::premier_prenom, patient::sexe, patient::date_naissance);
    let lignes: Vec<LignePresentee> = inscription::table
        .inner_join(patient::table.on(patient::id.eq(inscription::patient_id)))
        .inner_join(dossier::table.on(dossier::id.eq(inscription::dossier_id)))
        .inner_join(fiche::table.on(fiche::id.eq(inscription::fiche_id)))
        .filter(inscription::reunion_id.eq(reunion))
        .filter(visible)
        .order((inscription::rang, inscription::id))
        .select((LigneInscription::as_select(), identite, dossier::libelle, (fiche::etat, fiche::completude)))
        .load(op.conn)?;
    lignes.into_iter().map(|ligne| Ok(vers_presentee(ligne)?)).collect()
}

fn vers_presentee((ligne, identite, dossier, (fiche_etat, completude)): LignePresentee) -> Result<InscriptionPresentee, Panne> {
    let (nom_naissance, nom_utilise, premier_prenom, sexe, date_naissance) = identite;
    Ok(InscriptionPresentee {
        inscription: ligne.try_into()?,
        nom_naissance,
        nom_utilise,
        premier_prenom,
        sexe,
        date_naissance,
        dossier,
        fiche_etat,
        completude,
    })
}

/// Registrations of a fiche, whatever their state, oldest first.
pub(super) fn de_la_fiche(op: &mut Op<'_>, fiche: FicheId) -> Resultat<Vec<Inscription>> {
    let lignes: Vec<LigneInscription> = inscription::table
        .filter(inscription::fiche_id.eq(fiche))
        .order(inscription::id)
        .select(LigneInscription::as_select())
        .load(op.conn)?;
    lignes.into_iter().map(|ligne| Ok(ligne.try_into()?)).collect()
}

/// Registrations of a patient, whatever their state, oldest first.
pub(super) fn du_patient(op: &mut Op<'_>, patient: PatientId) -> Resultat<Vec<Inscription>> {
    let lignes: Vec<LigneInscription> = inscription::table
        .filter(inscription::patient_id.eq(patient))
        .order(inscription::id)
        .select(LigneInscription::as_select())
        .load(op.conn)?;
    lignes.into_iter().map(|ligne| Ok(ligne.try_into()?)).collect()
}

/// The meetings that have registrations and are neither validated nor cancelled, the next ones first.
pub(super) fn reunions_en_cours(op: &mut Op<'_>) -> Resultat<Vec<ReunionId>> {
    let etats = vec![EtatReunion::Planifiee, EtatReunion::Convoquee, EtatReunion::Ouverte, EtatReunion::Close];
    Ok(reunion::table
        .filter(parmi(reunion::etat, etats))
        .filter(diesel::dsl::exists(inscription::table.filter(inscription::reunion_id.eq(reunion::id))))
        .order((reunion::debut, reunion::id))
        .select(reunion::id)
        .load(op.conn)?)
}

type LigneRcp = (String, TypeRcp, Option<CategorieRecours>, Option<String>, Option<String>, Option<String>, String);

/// The registrations of a patient but one, with their meetings, the latest meeting first; no more than
/// a given number.
pub(super) fn autres_passages(op: &mut Op<'_>, patient: PatientId, sauf: InscriptionId, nombre: i64) -> Resultat<Vec<Passage>> {
    let rcp_du_passage =
        (rcp::code, rcp::type_rcp, rcp::categorie_recours, rcp::reseau_cancer_rare, rcp::appareil, rcp::traitement_soins, rcp::theme);
    let lignes: Vec<(LigneInscription, At, EtatReunion, LigneRcp)> = inscription::table
        .inner_join(reunion::table.on(reunion::id.eq(inscription::reunion_id)))
        .inner_join(rcp::table.on(rcp::id.eq(reunion::rcp_id)))
        .filter(inscription::patient_id.eq(patient))
        .filter(inscription::id.ne(sauf))
        .order((reunion::debut.desc(), inscription::id.desc()))
        .limit(nombre)
        .select((LigneInscription::as_select(), reunion::debut, reunion::etat, rcp_du_passage))
        .load(op.conn)?;
    lignes.into_iter().map(|ligne| Ok(vers_passage(ligne)?)).collect()
}

fn vers_passage((ligne, debut, reunion_etat, rcp): (LigneInscription, At, EtatReunion, LigneRcp)) -> Result<Passage, Panne> {
    let (code, type_rcp, categorie_recours, reseau_cancer_rare, appareil, traitement_soins, theme) = rcp;
    let rcp = RcpDuPassage { code, type_rcp, categorie_recours, reseau_cancer_rare, appareil, traitement_soins, theme };
    Ok(Passage { inscription: ligne.try_into()?, debut: debut.0, reunion_etat, rcp })
}

/// How many places of the agenda are taken.
pub(super) fn places_prises(op: &mut Op<'_>, reunion: ReunionId) -> Resultat<i64> {
    Ok(inscription::table
        .filter(inscription::reunion_id.eq(reunion))
        .filter(parmi(inscription::etat, a_l_ordre_du_jour()))
        .count()
        .get_result(op.conn)?)
}

pub(super) fn dernier_rang(op: &mut Op<'_>, reunion: ReunionId) -> Resultat<i64> {
    let rang: Option<i64> = inscription::table.filter(inscription::reunion_id.eq(reunion)).select(max(inscription::rang)).first(op.conn)?;
    Ok(rang.unwrap_or_default())
}

/// Gives a registration its place; its version does not change, as the agenda belongs to the meeting.
pub(super) fn ranger(op: &mut Op<'_>, id: InscriptionId, rang: i64) -> Resultat<()> {
    update(inscription::table.find(id)).set(inscription::rang.eq(rang)).execute(op.conn)?;
    Ok(())
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = avis_ecrit, treat_none_as_default_value = false)]
struct LigneAvis {
    id: AvisId,
    inscription_id: InscriptionId,
    praticien_id: PraticienId,
    clause: Option<String>,
    texte: String,
    recu_le: At,
}

pub(super) fn inserer_avis(op: &mut Op<'_>, a: &AvisEcrit) -> Resultat<()> {
    let ligne = LigneAvis {
        id: a.id,
        inscription_id: a.inscription_id,
        praticien_id: a.praticien_id,
        clause: a.clause.clone(),
        texte: a.texte.clone(),
        recu_le: At(a.recu_le),
    };
    insert_into(avis_ecrit::table).values(&ligne).execute(op.conn).map_err(|e| {
        let colonnes = "avis_ecrit.inscription_id, avis_ecrit.praticien_id";
        ou_doublon(e, "avis_ecrit_inscription_id_praticien_id_unique", colonnes, InscriptionError::AvisDejaDonne)
    })?;
    Ok(())
}

/// The written opinions on a case, oldest first.
pub(super) fn avis(op: &mut Op<'_>, inscription: InscriptionId) -> Resultat<Vec<AvisEcrit>> {
    let lignes: Vec<LigneAvis> = avis_ecrit::table
        .filter(avis_ecrit::inscription_id.eq(inscription))
        .order((avis_ecrit::recu_le, avis_ecrit::id))
        .select(LigneAvis::as_select())
        .load(op.conn)?;
    let vers_avis = |l: LigneAvis| AvisEcrit {
        id: l.id,
        inscription_id: l.inscription_id,
        praticien_id: l.praticien_id,
        clause: l.clause,
        texte: l.texte,
        recu_le: l.recu_le.0,
    };
    Ok(lignes.into_iter().map(vers_avis).collect())
}
