//! The access trace: one row for each act on a patient's data, kept before the act is answered.
//!
//! - A write inserts its row in its own transaction.
//! - A read keeps its rows until it is over, then hands them to the clerk ([`Greffe`]): a thread that
//!   inserts and commits together the rows of all the reads that wait. Nobody is answered before the
//!   commit of its rows has reached the disk, and a read costs a share of a commit instead of a whole one.

use super::{
    DbConn, Op,
    schema::trace,
    types::{At, Id, Json},
};
use crate::{
    kernel::{
        Erreur, Panne, Resultat,
        ids::{CompteId, PatientId, SessionId, TraceId},
    },
    on_either,
};
use diesel::{insert_into, prelude::*};
use std::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;
use uuid::Uuid;

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
    pub champs: Option<serde_json::Value>,
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
}

/// One row of the trace.
#[derive(Debug, Insertable)]
#[diesel(table_name = trace, treat_none_as_default_value = false)]
pub(super) struct LigneTrace {
    id: TraceId,
    instant: At,
    compte_id: Option<CompteId>,
    acteur: String,
    session_id: Option<SessionId>,
    action: String,
    objet_type: String,
    objet_id: Option<Id>,
    objet_version: Option<i64>,
    patient_id: Option<PatientId>,
    champs: Option<Json>,
    resultat: &'static str,
    requete_id: Option<String>,
    au_nom_de: Option<String>,
}

impl LigneTrace {
    pub(super) fn new(op: &Op<'_>, evenement: Evenement<'_>) -> Self {
        Self {
            id: op.id(),
            instant: At(op.maintenant),
            compte_id: op.acteur.compte,
            acteur: op.acteur.nom.clone(),
            session_id: op.acteur.session,
            action: evenement.action.to_owned(),
            objet_type: evenement.objet_type.to_owned(),
            objet_id: evenement.objet_id.map(Id),
            objet_version: evenement.objet_version,
            patient_id: evenement.patient,
            champs: evenement.champs.map(Json),
            resultat: "accepte",
            requete_id: op.requete.map(str::to_owned),
            au_nom_de: op.acteur.au_nom_de.clone(),
        }
    }

    /// Inserts it, by a statement that stays prepared.
    pub(super) fn inserer(&self, conn: &mut DbConn) -> Resultat<()> {
        insert_into(trace::table).values(self).execute(conn)?;
        Ok(())
    }
}

/// The rows of one statement: PostgreSQL takes 65,535 values at most.
const LOT: usize = 1000;

/// Inserts rows together.
pub(super) fn inserer_ensemble(conn: &mut DbConn, lignes: &[LigneTrace]) -> Resultat<()> {
    for lot in lignes.chunks(LOT) {
        on_either!(conn, |c| insert_into(trace::table).values(lot).execute(c))?;
    }
    Ok(())
}

/// The reads whose rows one commit carries, at most.
const GROUPE: usize = 256;

/// The clerk who keeps the rows of reads.
#[derive(Clone)]
pub(super) struct Greffe {
    file: Sender<Depot>,
}

/// The rows of a read, and who waits for them.
struct Depot {
    lignes: Vec<LigneTrace>,
    reponse: oneshot::Sender<Result<(), String>>,
}

impl Greffe {
    /// Starts the clerk's thread; `garder` inserts rows and commits them.
    pub(super) fn demarrer(garder: impl FnMut(Vec<LigneTrace>) -> Resultat<()> + Send + 'static) -> Result<Self, Panne> {
        let (file, depots) = channel();
        std::thread::Builder::new()
            .name("dcc-greffe".to_owned())
            .spawn(move || tenir(garder, &depots))
            .map_err(|e| Panne::new("démarrage du greffe", e))?;
        Ok(Self { file })
    }

    /// Hands rows over and waits until they are kept.
    pub(super) async fn deposer(&self, lignes: Vec<LigneTrace>) -> Resultat<()> {
        if lignes.is_empty() {
            return Ok(());
        }
        let (reponse, attente) = oneshot::channel();
        self.file.send(Depot { lignes, reponse }).map_err(|_| arrete())?;
        attente.await.map_err(|_| arrete())?.map_err(|cause| Panne::dire(format!("trace non gardée : {cause}")).into())
    }
}

fn arrete() -> Erreur {
    Panne::dire("le greffe de la trace est arrêté").into()
}

fn tenir(mut garder: impl FnMut(Vec<LigneTrace>) -> Resultat<()>, depots: &Receiver<Depot>) {
    while let Ok(premier) = depots.recv() {
        let mut lignes = premier.lignes;
        let mut attentes = vec![premier.reponse];
        while attentes.len() < GROUPE
            && let Ok(depot) = depots.try_recv()
        {
            lignes.extend(depot.lignes);
            attentes.push(depot.reponse);
        }
        let issue = garder(lignes).map_err(|e| e.to_string());
        for attente in attentes {
            // The caller may have gone away: what it read is traced all the same.
            drop(attente.send(issue.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    fn ligne() -> LigneTrace {
        LigneTrace {
            id: TraceId::new(Uuid::nil()),
            instant: At("2026-03-01T10:00:00Z".parse().unwrap()),
            compte_id: None,
            acteur: "essai".to_owned(),
            session_id: None,
            action: "lire".to_owned(),
            objet_type: "patient".to_owned(),
            objet_id: None,
            objet_version: None,
            patient_id: None,
            champs: None,
            resultat: "accepte",
            requete_id: None,
            au_nom_de: None,
        }
    }

    #[tokio::test]
    async fn une_lecture_dont_la_trace_n_est_pas_gardee_ne_se_repond_pas() {
        let greffe = Greffe::demarrer(|_| Err(Panne::dire("disque plein").into())).unwrap();
        assert!(greffe.deposer(vec![ligne()]).await.is_err());
        assert!(greffe.deposer(Vec::new()).await.is_ok(), "rien à garder");
    }

    #[tokio::test]
    async fn les_lectures_qui_attendent_sont_gardees_ensemble() {
        let (ouvrir, attendre) = mpsc::channel::<()>();
        let (dire, groupes) = mpsc::channel();
        let garder = move |lignes: Vec<_>| {
            dire.send(lignes.len()).unwrap();
            attendre.recv().unwrap();
            Ok(())
        };
        let greffe = Greffe::demarrer(garder).unwrap();
        let deposer = || {
            let greffe = greffe.clone();
            tokio::spawn(async move { greffe.deposer(vec![ligne()]).await })
        };
        let premiere = deposer();
        tokio::task::yield_now().await;
        assert_eq!(groupes.recv().unwrap(), 1);
        let suivantes = [deposer(), deposer(), deposer()];
        tokio::task::yield_now().await;
        for _ in 0..2 {
            ouvrir.send(()).unwrap();
        }
        assert!(premiere.await.unwrap().is_ok());
        for suivante in suivantes {
            assert!(suivante.await.unwrap().is_ok());
        }
        assert_eq!(groupes.recv().unwrap(), 3);
    }
}
