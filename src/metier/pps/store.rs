//! Queries on programmes.
//!
//! A draft may change; what was handed only gives way to another version. Both databases refuse anything
//! else.

use super::model::{ContenuProgramme, EtatProgramme, GenreProgramme, MotifMiseAJour, Programme, ProgrammeError, Remise};
use crate::{
    db::{
        Op, ou_doublon,
        schema::programme,
        types::{At, Id, Json},
    },
    enum_sql,
    kernel::{
        Action, Panne, Resultat,
        ids::{CompteId, CompteRenduId, DossierId, PatientId, PraticienId, ProgrammeId},
    },
    metier::compte_rendu::model::empreinte,
    visible,
};
use chrono::NaiveDate;
use diesel::{delete, insert_into, prelude::*, update};

enum_sql!(GenreProgramme, EtatProgramme);

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = programme, treat_none_as_null = true, treat_none_as_default_value = false)]
struct Ligne {
    id: ProgrammeId,
    genre: GenreProgramme,
    dossier_id: DossierId,
    patient_id: PatientId,
    compte_rendu_id: Option<CompteRenduId>,
    set_id: Id,
    numero_version: i64,
    remplace_id: Option<ProgrammeId>,
    remplace_par_id: Option<ProgrammeId>,
    motif_code: Option<String>,
    motif_precision: Option<String>,
    etat: EtatProgramme,
    modele_code: String,
    modele_version: String,
    saisie: Json,
    completude: i64,
    contenu: Option<Json>,
    empreinte: Option<String>,
    remis_le: Option<NaiveDate>,
    remis_par: Option<PraticienId>,
    auteur_id: Option<CompteId>,
    auteur_nom: String,
    version: i64,
    cree_le: At,
    modifie_le: At,
}

impl TryFrom<&Programme> for Ligne {
    type Error = Panne;

    fn try_from(p: &Programme) -> Result<Self, Panne> {
        let (remise, motif) = (p.remise.as_ref(), p.motif.as_ref());
        Ok(Self {
            id: p.id,
            genre: p.genre,
            dossier_id: p.dossier_id,
            patient_id: p.patient_id,
            compte_rendu_id: p.compte_rendu_id,
            set_id: Id(p.set_id),
            numero_version: p.numero_version,
            remplace_id: p.remplace_id,
            remplace_par_id: p.remplace_par_id,
            motif_code: motif.map(|m| m.code.clone()),
            motif_precision: motif.and_then(|m| m.precision.clone()),
            etat: p.etat,
            modele_code: p.modele_code.clone(),
            modele_version: p.modele_version.clone(),
            saisie: Json(p.saisie.clone()),
            completude: p.completude,
            contenu: remise.map(|r| r.contenu.valeur().map(Json)).transpose()?,
            empreinte: remise.map(|r| r.empreinte.clone()),
            remis_le: remise.map(|r| r.date),
            remis_par: remise.map(|r| r.professionnel_id),
            auteur_id: p.auteur_id,
            auteur_nom: p.auteur_nom.clone(),
            version: p.version,
            cree_le: At(p.cree_le),
            modifie_le: At(p.modifie_le),
        })
    }
}

impl TryFrom<Ligne> for Programme {
    type Error = Panne;

    /// A content that no longer has the fingerprint it was handed with is never given out.
    fn try_from(l: Ligne) -> Result<Self, Panne> {
        let remise = match (l.contenu, l.empreinte, l.remis_le, l.remis_par) {
            (Some(contenu), Some(attendue), Some(date), Some(professionnel_id)) => {
                if empreinte(&contenu.0) != attendue {
                    return Err(Panne::dire(format!("programme {} : le contenu n'a plus l'empreinte de sa remise", l.id)));
                }
                let contenu: ContenuProgramme =
                    serde_json::from_value(contenu.0).map_err(|e| Panne::new(format!("programme {} : contenu", l.id), e))?;
                Some(Remise { date, professionnel_id, contenu, empreinte: attendue })
            }
            (_, _, _, _) => None,
        };
        Ok(Self {
            id: l.id,
            genre: l.genre,
            dossier_id: l.dossier_id,
            patient_id: l.patient_id,
            compte_rendu_id: l.compte_rendu_id,
            set_id: l.set_id.0,
            numero_version: l.numero_version,
            remplace_id: l.remplace_id,
            remplace_par_id: l.remplace_par_id,
            motif: l.motif_code.map(|code| MotifMiseAJour { code, precision: l.motif_precision }),
            etat: l.etat,
            modele_code: l.modele_code,
            modele_version: l.modele_version,
            saisie: l.saisie.0,
            completude: l.completude,
            remise,
            auteur_id: l.auteur_id,
            auteur_nom: l.auteur_nom,
            version: l.version,
            cree_le: l.cree_le.0,
            modifie_le: l.modifie_le.0,
        })
    }
}

/// Inserts a draft; a dossier has one programme of a kind, and one draft of each.
pub(super) fn inserer(op: &mut Op<'_>, p: &Programme) -> Resultat<()> {
    insert_into(programme::table).values(&Ligne::try_from(p)?).execute(op.conn).map_err(|e| {
        if p.numero_version == 1 {
            ou_doublon(e, "programme_dossier_id_genre_unique", "programme.dossier_id, programme.genre", ProgrammeError::DejaUn)
        } else {
            ou_doublon(
                e,
                "programme_set_id_numero_version_unique",
                "programme.set_id, programme.numero_version",
                ProgrammeError::VersionEnCours,
            )
        }
    })?;
    Ok(())
}

/// Zero rows when the version is no longer the one that was read.
pub(super) fn enregistrer(op: &mut Op<'_>, p: &Programme, lue: i64) -> Resultat<usize> {
    Ok(update(programme::table.find(p.id).filter(programme::version.eq(lue))).set(&Ligne::try_from(p)?).execute(op.conn)?)
}

/// Takes a draft away; zero rows when it is no longer the version that was read, or no draft.
pub(super) fn supprimer(op: &mut Op<'_>, id: ProgrammeId, lue: i64) -> Resultat<usize> {
    let brouillon = programme::table.find(id).filter(programme::version.eq(lue)).filter(programme::etat.eq(EtatProgramme::Brouillon));
    Ok(delete(brouillon).execute(op.conn)?)
}

pub(super) fn trouver(op: &mut Op<'_>, id: ProgrammeId) -> Resultat<Option<Programme>> {
    let ligne = programme::table.find(id).select(Ligne::as_select()).first(op.conn).optional()?;
    Ok(ligne.map(Programme::try_from).transpose()?)
}

/// The programme of a kind that holds in a dossier.
pub(super) fn en_vigueur(op: &mut Op<'_>, dossier: DossierId, genre: GenreProgramme) -> Resultat<Option<Programme>> {
    let ligne = programme::table
        .filter(programme::dossier_id.eq(dossier))
        .filter(programme::genre.eq(genre))
        .filter(programme::etat.eq(EtatProgramme::Remis))
        .select(Ligne::as_select())
        .first(op.conn)
        .optional()?;
    Ok(ligne.map(Programme::try_from).transpose()?)
}

/// What a list is about.
#[derive(Debug, Clone, Copy)]
pub(super) enum Portee {
    /// A dossier.
    Dossier(DossierId),
    /// A patient.
    Patient(PatientId),
}

/// The programmes that the person may read, the last begun first.
pub(super) fn lister(op: &mut Op<'_>, portee: Portee) -> Resultat<Vec<Programme>> {
    let visible = visible!(op, Action::LireProgramme, programme::patient_id);
    let mut requete =
        programme::table.filter(visible).order((programme::cree_le.desc(), programme::id.desc())).select(Ligne::as_select()).into_boxed();
    requete = match portee {
        Portee::Dossier(id) => requete.filter(programme::dossier_id.eq(id)),
        Portee::Patient(id) => requete.filter(programme::patient_id.eq(id)),
    };
    let lignes: Vec<Ligne> = requete.load(op.conn)?;
    lignes.into_iter().map(|ligne| Ok(ligne.try_into()?)).collect()
}
