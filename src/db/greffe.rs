//! The clerk who keeps the rows of reads and of refusals: a thread that inserts and commits together the
//! rows of all those who wait. Nobody is answered before the commit of its rows has reached the disk, and
//! a read costs a share of a commit instead of a whole one.

use super::trace::LigneTrace;
use crate::kernel::{Erreur, Panne, Resultat};
use std::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;

/// The reads whose rows one commit carries, at most.
const GROUPE: usize = 256;

/// The clerk who keeps the rows of reads.
#[derive(Clone)]
pub(super) struct Greffe {
    file: Sender<Depot>,
}

/// Whether rows were kept, or why not.
type Garde = Result<(), String>;

/// The rows of a read, and who waits for them.
struct Depot {
    lignes: Vec<LigneTrace>,
    reponse: oneshot::Sender<Garde>,
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
        conclure(self.confier(lignes)?.await)
    }

    /// The same, on the calling thread.
    pub(super) fn deposer_ici(&self, lignes: Vec<LigneTrace>) -> Resultat<()> {
        if lignes.is_empty() {
            return Ok(());
        }
        conclure(self.confier(lignes)?.blocking_recv())
    }

    fn confier(&self, lignes: Vec<LigneTrace>) -> Resultat<oneshot::Receiver<Garde>> {
        let (reponse, attente) = oneshot::channel();
        self.file.send(Depot { lignes, reponse }).map_err(|_| arrete())?;
        Ok(attente)
    }
}

fn conclure(garde: Result<Garde, oneshot::error::RecvError>) -> Resultat<()> {
    garde.map_err(|_| arrete())?.map_err(|cause| Panne::dire(format!("trace non gardée : {cause}")).into())
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

    #[tokio::test]
    async fn une_lecture_dont_la_trace_n_est_pas_gardee_ne_se_repond_pas() {
        let greffe = Greffe::demarrer(|_| Err(Panne::dire("disque plein").into())).unwrap();
        assert!(greffe.deposer(vec![LigneTrace::d_essai()]).await.is_err());
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
            tokio::spawn(async move { greffe.deposer(vec![LigneTrace::d_essai()]).await })
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
