//! `dcc audit …`: the key, the signed heads, the verification and the export of the access trace.

use super::dire;
use crate::{
    app,
    config::Config,
    db::{Db, Demande, Evenement},
    kernel::{Chance, Horloge, Instant, Panne},
    metier::trace::{
        job,
        model::{Empreinte, FiltreTrace, fhir::audit_event, purge::limite},
        service::{self, purge, verification},
        tetes::{self, Cle, ClePublique},
    },
};
use clap::Subcommand;
use std::{
    io::{BufWriter, Write},
    path::PathBuf,
};

/// What can be done with the trace.
#[derive(Subcommand)]
pub enum Audit {
    /// Makes the key that signs heads, in `audit.cle_fichier`, and its public half beside it (`.pub`).
    Cle,
    /// Seals what waits and signs the head of the chain at once.
    Tete,
    /// Verifies the whole chain, and compares it with the signed heads. Ends with the code 1 and names the rows when
    /// something does not hold.
    Verifier {
        /// Folder of the signed heads, best a copy kept elsewhere; `audit.dossier` by default.
        #[arg(long)]
        tetes: Option<PathBuf>,
        /// Public keys that heads may be signed with; that of `audit.cle_fichier` by default.
        #[arg(long)]
        cle_publique: Vec<PathBuf>,
    },
    /// Removes the rows whose legal period is over, and signs the seal that the rest follows. PostgreSQL: under the owner of the tables, not
    /// the role of the service.
    Purger {
        /// Months that rows are kept, six at least.
        #[arg(long, default_value_t = 36)]
        mois: u32,
    },
    /// Writes the trace on the standard output as FHIR R4 AuditEvent (IHE BALP), one JSON line each.
    Exporter {
        /// From that moment on (RFC 3339).
        #[arg(long)]
        depuis: Option<Instant>,
        /// Before that moment.
        #[arg(long)]
        avant: Option<Instant>,
    },
}

/// Runs a command.
pub fn executer(config: &Config, commande: Audit) -> Result<(), Panne> {
    if matches!(commande, Audit::Cle) {
        return creer_la_cle(config);
    }
    let db = app::ouvrir_la_base(config, Horloge::Systeme, Chance::Systeme)?;
    let demande = Demande::systeme("audit");
    match commande {
        Audit::Cle => Ok(()),
        Audit::Tete => signer(config, &db, &demande),
        Audit::Purger { mois } => purger(config, &db, &demande, mois),
        Audit::Verifier { tetes, cle_publique } => verifier(config, &db, &demande, (tetes, &cle_publique)),
        Audit::Exporter { depuis, avant } => {
            let filtre = FiltreTrace { depuis, avant, ..FiltreTrace::default() };
            exporter(config, &db, &demande, &filtre)
        }
    }
}

fn creer_la_cle(config: &Config) -> Result<(), Panne> {
    let fichier = config.audit.cle_fichier.as_ref().ok_or_else(|| Panne::dire("donnez audit.cle_fichier (DCC_AUDIT__CLE_FICHIER)"))?;
    let publique = Cle::creer(fichier, Chance::Systeme.secret())?;
    dire(&format!("clé {} ; clé publique, à garder ailleurs : {}", fichier.display(), publique.display()))
}

fn signer(config: &Config, db: &Db, demande: &Demande) -> Result<(), Panne> {
    let manque = || Panne::dire("donnez audit.dossier et audit.cle_fichier");
    let (dossier, cle) = config.audit.signature()?.ok_or_else(manque)?;
    let echec = |e| Panne::new("signature de la tête", e);
    service::sceller(db, demande, None).map_err(echec)?;
    match job::signer(db, demande, &dossier, &cle).map_err(echec)? {
        Some((rang, fichier)) => dire(&format!("rang {rang} attesté dans {}", fichier.display())),
        None => dire("la trace est vide"),
    }
}

fn purger(config: &Config, db: &Db, demande: &Demande, mois: u32) -> Result<(), Panne> {
    let manque = || Panne::dire("donnez audit.dossier et audit.cle_fichier : une purge que nulle tête n'atteste passerait pour un vol");
    let (dossier, cle) = config.audit.signature()?.ok_or_else(manque)?;
    let avant = limite(db.horloge().maintenant(), mois).ok_or_else(|| Panne::dire("la trace se garde six mois au moins"))?;
    let attester = |rang, empreinte: &Empreinte, instant| tetes::ecrire(&dossier, &cle, rang, empreinte, instant).map(drop);
    let bilan = purge::purger(db, demande, avant, attester).map_err(|e| Panne::new("purge de la trace", e))?;
    dire(&format!(
        "{} lignes d'avant le {} effacées ; la chaîne reprend après le rang {}",
        bilan.lignes,
        avant.format("%d/%m/%Y"),
        bilan.rang
    ))
}

fn verifier(config: &Config, db: &Db, demande: &Demande, (dossier, cles): (Option<PathBuf>, &[PathBuf])) -> Result<(), Panne> {
    let publiques = match (cles, &config.audit.cle_fichier) {
        ([], Some(fichier)) => vec![Cle::lire(fichier)?.publique()],
        (cles, _) => cles.iter().map(|fichier| ClePublique::lire(fichier)).collect::<Result<_, _>>()?,
    };
    let (tetes, fausses) = match dossier.or_else(|| config.audit.dossier.clone()) {
        Some(dossier) if publiques.is_empty() => {
            return Err(Panne::dire(format!("donnez --cle-publique pour juger des têtes de {}", dossier.display())));
        }
        Some(dossier) => tetes::lire(&dossier, &publiques)?,
        None => {
            dire("sans têtes signées : une trace coupée ou refaite en entier ne se verrait pas")?;
            (Vec::new(), Vec::new())
        }
    };
    let mut rapport = verification::verifier(db, demande, &tetes).map_err(|e| Panne::new("vérification de la trace", e))?;
    fausses.into_iter().for_each(|fausse| rapport.signaler(fausse));
    dire(rapport.to_string().trim_end())?;
    if rapport.tient() { Ok(()) } else { Err(Panne::dire("la trace ne tient pas")) }
}

/// Rows written at once.
const PAGE: i64 = 1000;

fn exporter(config: &Config, db: &Db, demande: &Demande, filtre: &FiltreTrace) -> Result<(), Panne> {
    let echec = |e| Panne::new("export de la trace", e);
    db.ecrire_ici(demande, |op| op.tracer(Evenement::liste("exporter", "trace"))).map_err(echec)?;
    let mut sortie = BufWriter::new(std::io::stdout().lock());
    let mut apres = None;
    loop {
        let page = db.lire_ici(demande, |op| service::page_d_export(op, filtre, apres, PAGE)).map_err(echec)?;
        for ligne in &page {
            writeln!(sortie, "{}", audit_event(ligne, &config.url_publique)).map_err(|e| Panne::new("sortie standard", e))?;
        }
        match page.last() {
            Some(derniere) => apres = Some(derniere.id),
            None => return sortie.flush().map_err(|e| Panne::new("sortie standard", e)),
        }
    }
}
