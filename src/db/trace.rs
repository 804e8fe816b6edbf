//! The access trace: one row for each act, kept before the act is answered.
//!
//! - A write inserts its rows at the end of its own transaction.
//! - A read keeps its rows until it is over, then hands them to the clerk (`greffe.rs`).
//! - A refusal (401, 403, 404) leaves a row of its own, handed to the clerk too: it outlives the rollback of
//!   the use case that was refused.
//!
//! A row says who acted (account, session, the role used and the structure it bore on), for what purpose, on
//! which object and version, whose data it was, the names of the fields that changed and never their values,
//! how it ended, in which request and from which address. Each bears the next number of the process that
//! wrote it (`emission.rs`), and is sealed soon after (`metier/trace`).

#![expect(clippy::ref_option_ref, reason = "the derive of a row writes references to the labels it holds")]

use super::{
    DbConn, Op,
    emission::Carnet,
    schema::trace,
    types::{At, Id, Json},
};
use crate::{
    enum_sql,
    kernel::{
        Erreur, Nature, Resultat, Role,
        acte::{IssueActe, MotifActe},
        ids::{CompteId, PatientId, SessionId, TraceId},
    },
    on_either,
};
use diesel::{insert_into, prelude::*};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;
use uuid::Uuid;

enum_sql!(IssueActe, MotifActe);

/// What the access trace says of an act. Names of fields only, never their values.
#[derive(Debug, Clone, Default)]
pub struct Evenement<'a> {
    /// The act: `lire`, `rechercher`, `creer`, `modifier`, `valider`, `envoyer`…
    pub action: &'a str,
    /// Kind of the object.
    pub objet_type: &'a str,
    /// The object.
    pub objet_id: Option<Uuid>,
    /// Its version after the act.
    pub objet_version: Option<i64>,
    /// The patient whose data it is.
    pub patient: Option<PatientId>,
    /// Names of the fields that changed.
    pub champs: Option<Value>,
    /// Why; what the role used is for, if not given.
    pub motif: Option<MotifActe>,
    /// The code of the refusal, for an act that was refused.
    pub refus: Option<&'a str>,
}

impl<'a> Evenement<'a> {
    /// An act on an object.
    #[must_use]
    pub fn sur(action: &'a str, objet_type: &'a str, objet_id: Uuid) -> Self {
        Self { action, objet_type, objet_id: Some(objet_id), ..Self::default() }
    }

    /// An act that bears on a list.
    #[must_use]
    pub fn liste(action: &'a str, objet_type: &'a str) -> Self {
        Self { action, objet_type, ..Self::default() }
    }

    /// Says whose data it is.
    #[must_use]
    pub fn patient(mut self, patient: PatientId) -> Self {
        self.patient = Some(patient);
        self
    }

    /// Says the version of the object after the act.
    #[must_use]
    pub fn version(mut self, version: i64) -> Self {
        self.objet_version = Some(version);
        self
    }

    /// Says which fields changed.
    #[must_use]
    pub fn champs(mut self, champs: &[&str]) -> Self {
        self.champs = Some(champs.into());
        self
    }

    /// Says which fields differ between what stood before and after, by their names at the top level.
    #[must_use]
    pub fn changements(self, avant: &impl Serialize, apres: &impl Serialize) -> Self {
        let (Ok(Value::Object(avant)), Ok(Value::Object(apres))) = (serde_json::to_value(avant), serde_json::to_value(apres)) else {
            return self;
        };
        let tenue = |champ: &str| ["version", "modifie_le"].contains(&champ);
        let noms: BTreeSet<&String> = avant.keys().chain(apres.keys()).collect();
        let changes: Vec<&str> =
            noms.into_iter().filter(|nom| !tenue(nom) && avant.get(*nom) != apres.get(*nom)).map(String::as_str).collect();
        self.champs(&changes)
    }

    /// Says why, where it is not the ordinary purpose of the role used (a bris de glace).
    #[must_use]
    pub fn motif(mut self, motif: MotifActe) -> Self {
        self.motif = Some(motif);
        self
    }

    /// Says that the act was refused, by the stable code of the refusal.
    #[must_use]
    pub fn refuse(mut self, code: &'a str) -> Self {
        self.refus = Some(code);
        self
    }
}

/// The operation that a request asks for: its pattern, and the object that its path names.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Method and pattern of the route (`GET /api/v1/patients/{id}`), never the path itself.
    pub motif: String,
    /// The first identifier in the path.
    pub objet: Option<Uuid>,
}

impl Operation {
    /// What the method asks for, in the words of the trace.
    fn action(&self) -> &'static str {
        match self.motif.split(' ').next() {
            Some("GET" | "HEAD") => "lire",
            Some("PUT" | "PATCH") => "modifier",
            Some("DELETE") => "supprimer",
            _ => "demander",
        }
    }

    /// The collection that the path names first: `patients`.
    fn collection(&self) -> &str {
        let chemin = self.motif.split_once(' ').map_or("", |(_, chemin)| chemin);
        chemin.trim_start_matches("/api/v1").split('/').find(|partie| !partie.is_empty()).unwrap_or("service")
    }
}

/// One row of the trace.
#[derive(Debug, Insertable)]
#[diesel(table_name = trace, treat_none_as_default_value = false)]
pub(super) struct LigneTrace {
    id: TraceId,
    instant: At,
    emetteur: Id,
    numero: i64,
    compte_id: Option<CompteId>,
    acteur: String,
    session_id: Option<SessionId>,
    role: Option<Role>,
    perimetre_type: Option<&'static str>,
    perimetre_id: Option<Id>,
    operation: Option<String>,
    action: String,
    objet_type: String,
    objet_id: Option<Id>,
    objet_version: Option<i64>,
    patient_id: Option<PatientId>,
    champs: Option<Json>,
    motif: MotifActe,
    resultat: IssueActe,
    code: Option<String>,
    requete_id: Option<String>,
    adresse: Option<String>,
    au_nom_de: Option<String>,
}

impl LigneTrace {
    pub(super) fn new(op: &Op<'_>, id: TraceId, evenement: Evenement<'_>) -> Self {
        let droit = op.droit.get();
        let perimetre = droit.and_then(|d| d.perimetre).map(crate::kernel::Perimetre::designation);
        let role = droit.map(|d| d.role);
        Self {
            id,
            instant: At(op.maintenant),
            emetteur: Id(Uuid::nil()),
            numero: 0,
            compte_id: op.acteur.compte,
            acteur: op.acteur.nom.clone(),
            session_id: op.acteur.session,
            role,
            perimetre_type: perimetre.map(|(genre, _)| genre),
            perimetre_id: perimetre.and_then(|(_, id)| id).map(Id),
            operation: op.demande.operation.as_ref().map(|operation| operation.motif.clone()),
            action: evenement.action.to_owned(),
            objet_type: evenement.objet_type.to_owned(),
            objet_id: evenement.objet_id.map(Id),
            objet_version: evenement.objet_version,
            patient_id: evenement.patient,
            champs: evenement.champs.map(Json),
            motif: evenement.motif.unwrap_or_else(|| motif_ordinaire(op, role, evenement.patient)),
            resultat: if evenement.refus.is_some() { IssueActe::Refuse } else { IssueActe::Accepte },
            code: evenement.refus.map(str::to_owned),
            requete_id: op.requete.map(str::to_owned),
            adresse: op.demande.adresse.clone(),
            au_nom_de: op.acteur.au_nom_de.clone(),
        }
    }

    /// The row of a refusal opposed to a person; none for another failure, nor for the service itself.
    pub(super) fn refus(op: &Op<'_>, erreur: &Erreur) -> Option<Self> {
        let Erreur::Refus(refus) = erreur else { return None };
        let trace = matches!(refus.nature, Nature::NonAuthentifie | Nature::Interdit | Nature::Introuvable);
        let operation = op.demande.operation.as_ref().filter(|_| trace && !op.acteur.est_systeme())?;
        let evenement = Evenement {
            action: operation.action(),
            objet_type: operation.collection(),
            objet_id: operation.objet,
            patient: op.patient_vise.get(),
            refus: Some(refus.code),
            ..Evenement::default()
        };
        Some(Self::new(op, op.emission.id(op.maintenant), evenement))
    }

    /// Gives the row the next number of this process.
    pub(super) fn numeroter(&mut self, carnet: &mut Carnet) {
        let (emetteur, numero) = carnet.prendre();
        self.emetteur = Id(emetteur);
        self.numero = numero;
    }

    /// Inserts it, by a statement that stays prepared.
    pub(super) fn inserer(&self, conn: &mut DbConn) -> Resultat<()> {
        insert_into(trace::table).values(self).execute(conn)?;
        Ok(())
    }
}

/// What the role used is for.
fn motif_ordinaire(op: &Op<'_>, role: Option<Role>, patient: Option<PatientId>) -> MotifActe {
    match role {
        _ if op.acteur.est_systeme() => MotifActe::Technique,
        Some(Role::AdministrateurRegional | Role::AdministrateurLocal | Role::Analyste) => MotifActe::Administration,
        Some(Role::DelegueProtectionDonnees) => MotifActe::Controle,
        Some(_) => MotifActe::Soins,
        None if patient.is_some() => MotifActe::Soins,
        None => MotifActe::Administration,
    }
}

/// The rows of one statement: PostgreSQL takes 65,535 values at most, SQLite 32,766.
const LOT: usize = 1000;

/// Inserts rows together, under the next numbers of this process. When it fails the numbers are given back,
/// unless it cannot be told whether the rows were kept (PostgreSQL, connection lost): the hole stays.
pub(super) fn inserer_ensemble(conn: &mut DbConn, mut carnet: Carnet, lignes: &mut [LigneTrace]) -> Resultat<()> {
    for ligne in lignes.iter_mut() {
        ligne.numeroter(&mut carnet);
    }
    let distante = matches!(conn, DbConn::Pg(_));
    let issue = lignes.chunks(LOT).try_for_each(|lot| on_either!(conn, |c| insert_into(trace::table).values(lot).execute(c)).map(drop));
    if distante || issue.is_ok() {
        carnet.garder();
    }
    Ok(issue?)
}

#[cfg(test)]
impl LigneTrace {
    pub(super) fn d_essai() -> Self {
        Self {
            id: TraceId::new(Uuid::nil()),
            instant: At("2026-03-01T10:00:00Z".parse().unwrap()),
            emetteur: Id(Uuid::nil()),
            numero: 0,
            compte_id: None,
            acteur: "essai".to_owned(),
            session_id: None,
            role: None,
            perimetre_type: None,
            perimetre_id: None,
            operation: None,
            action: "lire".to_owned(),
            objet_type: "patient".to_owned(),
            objet_id: None,
            objet_version: None,
            patient_id: None,
            champs: None,
            motif: MotifActe::Soins,
            resultat: IssueActe::Accepte,
            code: None,
            requete_id: None,
            adresse: None,
            au_nom_de: None,
        }
    }
}
