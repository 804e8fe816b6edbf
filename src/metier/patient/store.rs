//! Queries on patients and dossiers.

pub(super) mod historique;

use super::model::{
    Attributs, Correspondant, Critere, Dossier, EtatDossier, IdentifiantLocal, Justificatif, LIGNES_MAXIMALES, Noms, ObjetOpposition,
    OidIns, Opposition, Patient, PatientError, Sexe,
};
use crate::{
    db::{
        LIGNES_PAR_ORDRE, MultiBackend, Op, ou_doublon,
        parmi::parmi,
        schema::{dossier, opposition, patient, patient_correspondant, patient_identifiant},
        types::At,
    },
    enum_sql,
    kernel::{
        Action, Erreur, Panne, Resultat,
        identite::StatutIdentite,
        ids::{CompteId, CorrespondantId, DossierId, EtablissementId, OppositionId, PatientId, PraticienId},
        texte::normaliser,
    },
    on_either, visible,
};
use chrono::NaiveDate;
use diesel::{
    delete,
    dsl::{exists, select},
    insert_into,
    prelude::*,
    sql_types::Bool,
    update,
};

enum_sql!(Sexe, OidIns, StatutIdentite, Justificatif, ObjetOpposition, EtatDossier);

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = patient, treat_none_as_null = true, treat_none_as_default_value = false)]
struct LignePatient {
    id: PatientId,
    nom_naissance: String,
    nom_utilise: Option<String>,
    prenoms: String,
    premier_prenom: String,
    prenom_utilise: Option<String>,
    sexe: Sexe,
    date_naissance: NaiveDate,
    lieu_naissance: Option<String>,
    recherche_nom: String,
    recherche_utilise: String,
    recherche_prenom: String,
    ins: Option<String>,
    ins_oid: Option<OidIns>,
    statut_identite: StatutIdentite,
    adresse: Option<String>,
    code_postal: Option<String>,
    commune: Option<String>,
    telephone: Option<String>,
    decede_le: Option<NaiveDate>,
    medecin_traitant_id: Option<PraticienId>,
    version: i64,
    cree_le: At,
    modifie_le: At,
    homonyme: bool,
    douteuse: bool,
    fictive: bool,
    justificatif: Option<Justificatif>,
    justificatif_le: Option<NaiveDate>,
    insi_le: Option<NaiveDate>,
    absorbe_par_id: Option<PatientId>,
}

impl From<&Patient> for LignePatient {
    fn from(p: &Patient) -> Self {
        Self {
            id: p.id,
            nom_naissance: p.nom_naissance.clone(),
            nom_utilise: p.nom_utilise.clone(),
            prenoms: p.prenoms.clone(),
            premier_prenom: p.premier_prenom.clone(),
            prenom_utilise: p.prenom_utilise.clone(),
            sexe: p.sexe,
            date_naissance: p.date_naissance,
            lieu_naissance: p.lieu_naissance.clone(),
            recherche_nom: normaliser(&p.nom_naissance),
            recherche_utilise: normaliser(p.nom_utilise.as_deref().unwrap_or_default()),
            recherche_prenom: normaliser(&p.premier_prenom),
            ins: p.ins.as_ref().map(ToString::to_string),
            ins_oid: p.ins_oid,
            statut_identite: p.statut_identite,
            adresse: p.adresse.clone(),
            code_postal: p.code_postal.clone(),
            commune: p.commune.clone(),
            telephone: p.telephone.clone(),
            decede_le: p.decede_le,
            medecin_traitant_id: p.medecin_traitant_id,
            version: p.version,
            cree_le: At(p.cree_le),
            modifie_le: At(p.modifie_le),
            homonyme: p.attributs.homonyme,
            douteuse: p.attributs.douteuse,
            fictive: p.attributs.fictive,
            justificatif: p.justificatif,
            justificatif_le: p.justificatif_le,
            insi_le: p.insi_le,
            absorbe_par_id: p.absorbe_par_id,
        }
    }
}

impl LignePatient {
    fn vers_patient(self, identifiants: Vec<IdentifiantLocal>) -> Result<Patient, Panne> {
        let ins = self.ins.map(|ins| ins.parse()).transpose().map_err(|e| Panne::new(format!("patient {} : INS", self.id), e))?;
        Ok(Patient {
            id: self.id,
            nom_naissance: self.nom_naissance,
            nom_utilise: self.nom_utilise,
            prenoms: self.prenoms,
            premier_prenom: self.premier_prenom,
            prenom_utilise: self.prenom_utilise,
            sexe: self.sexe,
            date_naissance: self.date_naissance,
            lieu_naissance: self.lieu_naissance,
            ins,
            ins_oid: self.ins_oid,
            statut_identite: self.statut_identite,
            adresse: self.adresse,
            code_postal: self.code_postal,
            commune: self.commune,
            telephone: self.telephone,
            decede_le: self.decede_le,
            medecin_traitant_id: self.medecin_traitant_id,
            identifiants,
            attributs: Attributs { homonyme: self.homonyme, douteuse: self.douteuse, fictive: self.fictive },
            justificatif: self.justificatif,
            justificatif_le: self.justificatif_le,
            insi_le: self.insi_le,
            absorbe_par_id: self.absorbe_par_id,
            version: self.version,
            cree_le: self.cree_le.0,
            modifie_le: self.modifie_le.0,
        })
    }
}

fn ins_pris(erreur: diesel::result::Error) -> Erreur {
    ou_doublon(erreur, "patient_ins_ins_oid_unique", "patient.ins,", PatientError::InsPris)
}

pub(super) fn inserer(op: &mut Op<'_>, p: &Patient) -> Resultat<()> {
    insert_into(patient::table).values(&LignePatient::from(p)).execute(op.conn).map_err(ins_pris)?;
    inserer_identifiants(op, p)
}

/// Zero rows when the version is no longer the one that was read.
pub(super) fn enregistrer(op: &mut Op<'_>, p: &Patient, lue: i64) -> Resultat<usize> {
    let ecrites = update(patient::table.find(p.id).filter(patient::version.eq(lue)))
        .set(&LignePatient::from(p))
        .execute(op.conn)
        .map_err(ins_pris)?;
    if ecrites > 0 {
        delete(patient_identifiant::table.filter(patient_identifiant::patient_id.eq(p.id))).execute(op.conn)?;
        inserer_identifiants(op, p)?;
    }
    Ok(ecrites)
}

fn inserer_identifiants(op: &mut Op<'_>, p: &Patient) -> Resultat<()> {
    for identifiant in &p.identifiants {
        insert_into(patient_identifiant::table)
            .values((
                patient_identifiant::patient_id.eq(p.id),
                patient_identifiant::etablissement_id.eq(identifiant.etablissement_id),
                patient_identifiant::ipp.eq(&identifiant.ipp),
            ))
            .execute(op.conn)
            .map_err(|e| {
                let (contrainte, colonnes) = ("patient_identifiant_etablissement_id_ipp_unique", "patient_identifiant.ipp");
                ou_doublon(e, contrainte, colonnes, PatientError::IppPris)
            })?;
    }
    Ok(())
}

/// Many patients at once, with their local numbers.
pub(super) fn inserer_tous(op: &mut Op<'_>, patients: &[Patient]) -> Resultat<()> {
    use patient_identifiant as i;
    for patients in patients.chunks(LIGNES_PAR_ORDRE) {
        let lignes: Vec<LignePatient> = patients.iter().map(LignePatient::from).collect();
        on_either!(op.conn, |c| insert_into(patient::table).values(&lignes).execute(c)).map_err(ins_pris)?;
        let numeros: Vec<_> = patients
            .iter()
            .flat_map(|p| {
                p.identifiants.iter().map(|n| (i::patient_id.eq(p.id), i::etablissement_id.eq(n.etablissement_id), i::ipp.eq(&n.ipp)))
            })
            .collect();
        on_either!(op.conn, |c| insert_into(i::table).values(&numeros).execute(c))?;
    }
    Ok(())
}

/// True when there is any patient.
pub(super) fn existe(op: &mut Op<'_>) -> Resultat<bool> {
    Ok(select(exists(patient::table.select(patient::id))).get_result(op.conn)?)
}

/// The patients of a médecin traitant, but those that another absorbed.
pub(super) fn suivis_par(op: &mut Op<'_>, medecin: PraticienId) -> Resultat<Vec<PatientId>> {
    Ok(patient::table
        .filter(patient::medecin_traitant_id.eq(medecin))
        .filter(patient::absorbe_par_id.is_null())
        .order(patient::id)
        .select(patient::id)
        .load(op.conn)?)
}

pub(super) fn trouver(op: &mut Op<'_>, id: PatientId) -> Resultat<Option<Patient>> {
    let lignes = patient::table.find(id).select(LignePatient::as_select()).load(op.conn)?;
    Ok(avec_identifiants(op, lignes)?.pop())
}

fn avec_identifiants(op: &mut Op<'_>, lignes: Vec<LignePatient>) -> Resultat<Vec<Patient>> {
    let ids: Vec<PatientId> = lignes.iter().map(|ligne| ligne.id).collect();
    let identifiants: Vec<(PatientId, EtablissementId, String)> = patient_identifiant::table
        .filter(parmi(patient_identifiant::patient_id, ids))
        .order(patient_identifiant::etablissement_id)
        .select((patient_identifiant::patient_id, patient_identifiant::etablissement_id, patient_identifiant::ipp))
        .load(op.conn)?;
    lignes
        .into_iter()
        .map(|ligne| {
            let siens = identifiants
                .iter()
                .filter(|(patient, ..)| *patient == ligne.id)
                .map(|(_, etablissement_id, ipp)| IdentifiantLocal { etablissement_id: *etablissement_id, ipp: ipp.clone() })
                .collect();
            Ok(ligne.vers_patient(siens)?)
        })
        .collect()
}

/// The patients of a search that the person may see, or all where the office bears on every identity; one more than
/// a search shows.
pub(super) fn rechercher(op: &mut Op<'_>, critere: &Critere, partout: bool) -> Resultat<Vec<Patient>> {
    let requete = recherche(op, partout);
    let requete = match critere {
        Critere::Ins(ins) => requete.filter(patient::ins.eq(ins.to_string())),
        Critere::Identifiant { etablissement, ipp } => requete.filter(parmi(patient::id, porteurs(op, *etablissement, ipp)?)),
        Critere::Traits { nom, prenom, date_naissance } => {
            requete.filter(parmi(patient::id, homologues(op, nom, prenom, *date_naissance, partout)?))
        }
    };
    let lignes = requete.select(LignePatient::as_select()).load(op.conn)?;
    avec_identifiants(op, lignes)
}

fn recherche(op: &Op<'_>, partout: bool) -> patient::BoxedQuery<'static, MultiBackend> {
    patient::table
        .filter(visible!(op, Action::RechercherPatient, patient::id).or(partout.into_sql::<Bool>()))
        .filter(patient::absorbe_par_id.is_null())
        .order((patient::recherche_nom, patient::date_naissance, patient::id))
        .limit(i64::try_from(LIGNES_MAXIMALES + 1).unwrap_or(i64::MAX))
        .into_boxed()
}

/// Who bears a local number: the patient, or the one who absorbed the patient.
fn porteurs(op: &mut Op<'_>, etablissement: EtablissementId, ipp: &str) -> Resultat<Vec<PatientId>> {
    let lignes: Vec<(PatientId, Option<PatientId>)> = patient_identifiant::table
        .inner_join(patient::table.on(patient::id.eq(patient_identifiant::patient_id)))
        .filter(patient_identifiant::etablissement_id.eq(etablissement))
        .filter(patient_identifiant::ipp.eq(ipp))
        .select((patient::id, patient::absorbe_par_id))
        .load(op.conn)?;
    Ok(lignes.into_iter().map(|(id, absorbe_par)| absorbe_par.unwrap_or(id)).collect())
}

/// The patients of a birth date whose names answer, the first in order. The date alone is asked to the base, by its
/// index: a region has a few patients a date, and names are compared in ways that SQL does not know.
fn homologues(op: &mut Op<'_>, nom: &str, prenom: &str, date: NaiveDate, partout: bool) -> Resultat<Vec<PatientId>> {
    type Ligne = (PatientId, String, Option<String>, String, Option<String>);
    let lignes: Vec<Ligne> = patient::table
        .filter(visible!(op, Action::RechercherPatient, patient::id).or(partout.into_sql::<Bool>()))
        .filter(patient::date_naissance.eq(date))
        .filter(patient::absorbe_par_id.is_null())
        .order((patient::recherche_nom, patient::id))
        .select((patient::id, patient::nom_naissance, patient::nom_utilise, patient::prenoms, patient::prenom_utilise))
        .load(op.conn)?;
    let repond = |(id, naissance, utilise, prenoms, prenom_utilise): Ligne| {
        Noms { naissance, utilise, prenoms, prenom_utilise }.repondent(nom, prenom).then_some(id)
    };
    Ok(lignes.into_iter().filter_map(repond).take(LIGNES_MAXIMALES + 1).collect())
}

/// Other patients with the same birth name, first name, birth date and sex (an undetermined sex
/// agrees with any).
pub(super) fn homonymes(op: &mut Op<'_>, p: &Patient) -> Resultat<Vec<PatientId>> {
    let meme_sexe = match p.sexe {
        Sexe::Indetermine => Sexe::TOUS.to_vec(),
        Sexe::Masculin | Sexe::Feminin => vec![p.sexe, Sexe::Indetermine],
    };
    Ok(patient::table
        .filter(patient::recherche_nom.eq(normaliser(&p.nom_naissance)))
        .filter(patient::date_naissance.eq(p.date_naissance))
        .filter(patient::recherche_prenom.eq(normaliser(&p.premier_prenom)))
        .filter(patient::sexe.eq_any(meme_sexe))
        .filter(patient::id.ne(p.id))
        .filter(patient::absorbe_par_id.is_null())
        .order(patient::id)
        .select(patient::id)
        .load(op.conn)?)
}

pub(super) fn correspondants(op: &mut Op<'_>, id: PatientId) -> Resultat<Vec<Correspondant>> {
    let lignes: Vec<(PraticienId, String)> = patient_correspondant::table
        .filter(patient_correspondant::patient_id.eq(id))
        .order((patient_correspondant::qualite, patient_correspondant::praticien_id))
        .select((patient_correspondant::praticien_id, patient_correspondant::qualite))
        .load(op.conn)?;
    Ok(lignes.into_iter().map(|(praticien_id, qualite)| Correspondant { praticien_id, qualite }).collect())
}

pub(super) fn remplacer_correspondants(op: &mut Op<'_>, id: PatientId, correspondants: &[Correspondant]) -> Resultat<()> {
    delete(patient_correspondant::table.filter(patient_correspondant::patient_id.eq(id))).execute(op.conn)?;
    for correspondant in correspondants {
        let ligne: CorrespondantId = op.id();
        insert_into(patient_correspondant::table)
            .values((
                patient_correspondant::id.eq(ligne),
                patient_correspondant::patient_id.eq(id),
                patient_correspondant::praticien_id.eq(correspondant.praticien_id),
                patient_correspondant::qualite.eq(&correspondant.qualite),
            ))
            .execute(op.conn)?;
    }
    Ok(())
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = opposition, treat_none_as_default_value = false)]
struct LigneOpposition {
    id: OppositionId,
    patient_id: PatientId,
    objet: ObjetOpposition,
    exprimee_le: NaiveDate,
    recueillie_par: Option<CompteId>,
    commentaire: Option<String>,
    cree_le: At,
    levee_le: Option<At>,
}

impl From<LigneOpposition> for Opposition {
    fn from(l: LigneOpposition) -> Self {
        Self {
            id: l.id,
            patient_id: l.patient_id,
            objet: l.objet,
            exprimee_le: l.exprimee_le,
            recueillie_par: l.recueillie_par,
            commentaire: l.commentaire,
            cree_le: l.cree_le.0,
            levee_le: l.levee_le.map(|at| at.0),
        }
    }
}

pub(super) fn inserer_opposition(op: &mut Op<'_>, o: &Opposition) -> Resultat<()> {
    let ligne = LigneOpposition {
        id: o.id,
        patient_id: o.patient_id,
        objet: o.objet,
        exprimee_le: o.exprimee_le,
        recueillie_par: o.recueillie_par,
        commentaire: o.commentaire.clone(),
        cree_le: At(o.cree_le),
        levee_le: o.levee_le.map(At),
    };
    insert_into(opposition::table).values(&ligne).execute(op.conn)?;
    Ok(())
}

/// Zero rows when it was already lifted.
pub(super) fn lever_opposition(op: &mut Op<'_>, id: OppositionId) -> Resultat<usize> {
    Ok(update(opposition::table.find(id).filter(opposition::levee_le.is_null()))
        .set(opposition::levee_le.eq(Some(At(op.maintenant))))
        .execute(op.conn)?)
}

pub(super) fn opposition(op: &mut Op<'_>, id: OppositionId) -> Resultat<Option<Opposition>> {
    let ligne = opposition::table.find(id).select(LigneOpposition::as_select()).first(op.conn).optional()?;
    Ok(ligne.map(Opposition::from))
}

pub(super) fn oppositions(op: &mut Op<'_>, id: PatientId) -> Resultat<Vec<Opposition>> {
    let lignes: Vec<LigneOpposition> = opposition::table
        .filter(opposition::patient_id.eq(id))
        .order((opposition::exprimee_le, opposition::id))
        .select(LigneOpposition::as_select())
        .load(op.conn)?;
    Ok(lignes.into_iter().map(Opposition::from).collect())
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = dossier, treat_none_as_null = true, treat_none_as_default_value = false)]
struct LigneDossier {
    id: DossierId,
    patient_id: PatientId,
    libelle: String,
    topographie: Option<String>,
    date_diagnostic: Option<NaiveDate>,
    referent_id: Option<PraticienId>,
    etat: EtatDossier,
    version: i64,
    cree_le: At,
    modifie_le: At,
}

impl From<&Dossier> for LigneDossier {
    fn from(d: &Dossier) -> Self {
        Self {
            id: d.id,
            patient_id: d.patient_id,
            libelle: d.libelle.clone(),
            topographie: d.topographie.clone(),
            date_diagnostic: d.date_diagnostic,
            referent_id: d.referent_id,
            etat: d.etat,
            version: d.version,
            cree_le: At(d.cree_le),
            modifie_le: At(d.modifie_le),
        }
    }
}

impl From<LigneDossier> for Dossier {
    fn from(l: LigneDossier) -> Self {
        Self {
            id: l.id,
            patient_id: l.patient_id,
            libelle: l.libelle,
            topographie: l.topographie,
            date_diagnostic: l.date_diagnostic,
            referent_id: l.referent_id,
            etat: l.etat,
            version: l.version,
            cree_le: l.cree_le.0,
            modifie_le: l.modifie_le.0,
        }
    }
}

pub(super) fn inserer_dossier(op: &mut Op<'_>, d: &Dossier) -> Resultat<()> {
    insert_into(dossier::table).values(&LigneDossier::from(d)).execute(op.conn)?;
    Ok(())
}

pub(super) fn inserer_dossiers(op: &mut Op<'_>, dossiers: &[Dossier]) -> Resultat<()> {
    for dossiers in dossiers.chunks(LIGNES_PAR_ORDRE) {
        let lignes: Vec<LigneDossier> = dossiers.iter().map(LigneDossier::from).collect();
        on_either!(op.conn, |c| insert_into(dossier::table).values(&lignes).execute(c))?;
    }
    Ok(())
}

/// Zero rows when the version is no longer the one that was read.
pub(super) fn enregistrer_dossier(op: &mut Op<'_>, d: &Dossier, lue: i64) -> Resultat<usize> {
    Ok(update(dossier::table.find(d.id).filter(dossier::version.eq(lue))).set(&LigneDossier::from(d)).execute(op.conn)?)
}

pub(super) fn dossier(op: &mut Op<'_>, id: DossierId) -> Resultat<Option<Dossier>> {
    let ligne = dossier::table.find(id).select(LigneDossier::as_select()).first(op.conn).optional()?;
    Ok(ligne.map(Dossier::from))
}

/// The dossiers of a patient, oldest first.
pub(super) fn dossiers(op: &mut Op<'_>, id: PatientId) -> Resultat<Vec<Dossier>> {
    let lignes: Vec<LigneDossier> =
        dossier::table.filter(dossier::patient_id.eq(id)).order(dossier::id).select(LigneDossier::as_select()).load(op.conn)?;
    Ok(lignes.into_iter().map(Dossier::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        db::{Adresse, Db, DbConn, Demande, migrate},
        kernel::{Acteur, Chance, Horloge, Perimetre, Role, acteur::Habilitation, ids::SessionId},
    };
    use diesel::{SqliteConnection, connection::InstrumentationEvent, sql_query, sql_types::Text};
    use std::sync::Arc;
    use uuid::Uuid;

    #[derive(diesel::QueryableByName)]
    struct Etape {
        #[diesel(sql_type = Text)]
        detail: String,
    }

    fn sqlite<'a>(op: &'a mut Op<'_>) -> &'a mut SqliteConnection {
        match op.conn {
            DbConn::Sqlite(c) => c,
            DbConn::Pg(_) => panic!("the base of this test is SQLite"),
        }
    }

    /// How SQLite goes about the first query of a search made by a secretary: the one that finds the candidates.
    fn plan(critere: Critere) -> String {
        let dossier = tempfile::tempdir().unwrap();
        let adresse = Adresse::lire(&format!("sqlite://{}", dossier.path().join("essai.sqlite").display())).unwrap();
        migrate::migrer(&adresse).unwrap();
        let db = Db::ouvrir(&adresse, 1, Horloge::Systeme, Chance::semee(1)).unwrap();
        let perimetre = Perimetre::Etablissement(EtablissementId::new(Uuid::nil()));
        let habilitations = vec![Habilitation { role: Role::Secretaire, perimetre }];
        let (compte, session) = (CompteId::new(Uuid::nil()), SessionId::new(Uuid::nil()));
        let acteur = Arc::new(Acteur::personne(compte, session, None, "Claire".to_owned(), habilitations));
        let etapes = db.lire_ici(&Demande::de(acteur), |op| {
            let (dire, entendre) = std::sync::mpsc::channel();
            sqlite(op).set_instrumentation(move |evenement: InstrumentationEvent<'_>| {
                if let InstrumentationEvent::StartQuery { query, .. } = evenement {
                    dire.send(query.to_string()).unwrap();
                }
            });
            rechercher(op, &critere, false)?;
            let texte = entendre.recv().unwrap();
            let sql = texte.split(" -- binds").next().unwrap();
            Ok(sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load::<Etape>(sqlite(op))?)
        });
        let etapes = etapes.unwrap();
        etapes.into_iter().map(|etape| etape.detail).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn une_recherche_ne_parcourt_jamais_tous_les_patients() {
        let criteres = [
            (
                Critere::Traits { nom: "LEF".into(), prenom: "J".into(), date_naissance: "1979-03-14".parse().unwrap() },
                "patient_date_naissance (date_naissance=?",
            ),
            (Critere::Ins("279035121518989".parse().unwrap()), "(ins=?"),
            (Critere::Identifiant { etablissement: EtablissementId::new(Uuid::nil()), ipp: "12".into() }, "(etablissement_id=? AND ipp=?"),
        ];
        for (critere, index) in criteres {
            let plan = plan(critere.clone());
            assert!(!plan.contains("SCAN patient"), "{critere:?}\n{plan}");
            assert!(plan.contains(index), "{critere:?}\n{plan}");
        }
    }
}
