//! `dcc annuaire …`: what an administrator types, and what is answered.

use super::{
    Issue, Options, dire,
    generateur::{self, Reglages},
    importer,
};
use crate::{
    app,
    commandes::dire as annoncer,
    config::Config,
    db::{Db, Demande},
    kernel::{Chance, Horloge, Panne, clock::date_paris, page::Pagination},
    metier::{
        annuaire::{
            model::{Couverture, ListeDomaines},
            service as annuaire,
        },
        annuaire_national::{model::ImportAnnuaire, service as national},
    },
};
use chrono::NaiveDate;
use clap::Subcommand;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What can be done with the public directories.
#[derive(Subcommand)]
pub enum Annuaire {
    /// Imports public files (`PS_LibreAcces`, MSSanté mailboxes, FINESS), zip archives included, then brings
    /// the professionals of the region closer to them.
    Importer {
        /// The files, each recognised by its header.
        #[arg(required = true)]
        fichiers: Vec<PathBuf>,
        /// Reads a file again even if its content was the last one imported.
        #[arg(long)]
        meme_si_fait: bool,
        /// Agrees that more than a fifth of the known lines vanish.
        #[arg(long)]
        accepter_disparitions: bool,
        /// Where the refused lines are written (CSV), one file for each import.
        #[arg(long, default_value = ".")]
        refus: PathBuf,
    },
    /// Brings the professionals of the region closer to the directory as last imported.
    Rapprocher,
    /// Says how many professionals of the region have a secure address.
    Couverture,
    /// Replaces the list of the domains of the trust space by that of a file.
    Domaines {
        /// One domain a line, or a CSV with a `domaine` column.
        fichier: PathBuf,
        /// First day on which the list is in force; today by default.
        #[arg(long)]
        depuis: Option<NaiveDate>,
        /// Where the list comes from; the name of the file by default.
        #[arg(long)]
        source: Option<String>,
    },
    /// Makes synthetic files in the layouts of the public ones.
    Generer {
        /// Lines of `Personne_activite`.
        #[arg(long)]
        lignes: u64,
        /// Same seed, same people.
        #[arg(long, default_value_t = 7)]
        graine: u64,
        /// Where they are written.
        #[arg(long)]
        dossier: PathBuf,
        /// 1 for a first delivery, 2 for the next one, in which some people have moved or vanished…
        #[arg(long, default_value_t = 1)]
        edition: u64,
        /// One more line in so many is a bad one, and one is written twice; 0 for none.
        #[arg(long, default_value_t = 10_000)]
        defauts: u64,
        /// Writes the columns in another order.
        #[arg(long)]
        colonnes_deplacees: bool,
    },
}

/// Does what was typed.
pub fn executer(config: &Config, commande: Annuaire) -> Result<(), Panne> {
    if let Annuaire::Generer { lignes, graine, dossier, edition, defauts, colonnes_deplacees } = commande {
        let reglages = Reglages { lignes, graine, edition: edition.max(1), defauts, colonnes_deplacees, connus: Vec::new() };
        let fichiers = generateur::generer(&dossier, &reglages)?;
        return fichiers.tous().iter().try_for_each(|chemin| annoncer(&chemin.display().to_string()));
    }
    let db = app::ouvrir_la_base(config, Horloge::Systeme, Chance::Systeme)?;
    let demande = Demande::systeme("annuaire");
    match commande {
        Annuaire::Importer { fichiers, meme_si_fait, accepter_disparitions, refus } => {
            let options = Options { meme_si_fait, disparitions_admises: accepter_disparitions };
            importer_tout(&db, &demande, &fichiers, options, &refus)
        }
        Annuaire::Rapprocher => rapprocher(&db, &demande),
        Annuaire::Couverture => annoncer(&phrase(couverture(&db, &demande)?)),
        Annuaire::Domaines { fichier, depuis, source } => {
            let texte = fs::read_to_string(&fichier).map_err(|e| Panne::new(format!("lecture de {}", fichier.display()), e))?;
            let nom = fichier.file_name().map(|nom| nom.to_string_lossy().into_owned()).unwrap_or_default();
            let depuis = depuis.unwrap_or_else(|| date_paris(db.horloge().maintenant()));
            let liste = ListeDomaines::lire(&texte, depuis, source.unwrap_or(nom)).map_err(|e| Panne::new("liste des domaines", e))?;
            let nombre = liste.domaines.len();
            db.ecrire_ici(&demande, move |op| annuaire::remplacer_domaines(op, None, &liste).map(drop)).map_err(dire)?;
            annoncer(&format!("{nombre} domaines de l'espace de confiance à partir du {depuis}"))
        }
        Annuaire::Generer { .. } => Ok(()),
    }
}

fn importer_tout(db: &Db, demande: &Demande, fichiers: &[PathBuf], options: Options, refus: &Path) -> Result<(), Panne> {
    let avant = couverture(db, demande)?;
    let mut suspendus = Vec::new();
    for fichier in fichiers {
        for issue in importer(db, demande, fichier, options)? {
            raconter(db, demande, &issue, refus)?;
            if let Issue::Suspendu(import) = issue {
                suspendus.push(import.fichier);
            }
        }
    }
    rapprocher(db, demande)?;
    annoncer(&format!("avant : {}", phrase(avant)))?;
    annoncer(&format!("après : {}", phrase(couverture(db, demande)?)))?;
    if suspendus.is_empty() {
        return Ok(());
    }
    Err(Panne::dire(format!(
        "{} : plus d'un cinquième des lignes connues n'y figurent plus. Le fichier est sans doute incomplet ; rien n'est marqué disparu. \
         S'il est entier, recommencez avec --accepter-disparitions.",
        suspendus.join(", ")
    )))
}

fn raconter(db: &Db, demande: &Demande, issue: &Issue, refus: &Path) -> Result<(), Panne> {
    let import = issue.import();
    let c = &import.comptes;
    let debut = format!("{} ({})", import.fichier, import.genre);
    match issue {
        Issue::DejaFait(import) => {
            let fin = import.fin_le.map(|fin| date_paris(fin).to_string()).unwrap_or_default();
            return annoncer(&format!("{debut} : rien à faire, ce contenu a été importé le {fin}"));
        }
        Issue::Suspendu(_) => annoncer(&format!("{debut} : suspendu"))?,
        Issue::Fini(_) => annoncer(&format!("{debut} : importé"))?,
    }
    annoncer(&format!(
        "  {} lignes : {} ajoutées, {} modifiées, {} inchangées, {} réapparues, {} disparues, {} doublons, {} refusées",
        c.lignes, c.ajoutees, c.modifiees, c.inchangees, c.reapparues, c.disparues, c.doublons, c.refusees
    ))?;
    if c.refusees > 0 {
        let chemin = refus.join(format!("refus-{}-{}.csv", import.numero, import.genre));
        ecrire_les_refus(db, demande, import, &chemin)?;
        annoncer(&format!("  lignes refusées : {}", chemin.display()))?;
    }
    Ok(())
}

/// The refused lines that the base keeps, in a file that a spreadsheet opens.
fn ecrire_les_refus(db: &Db, demande: &Demande, import: &ImportAnnuaire, chemin: &Path) -> Result<(), Panne> {
    let contexte = || format!("écriture de {}", chemin.display());
    let mut csv = csv::WriterBuilder::new().delimiter(b';').from_path(chemin).map_err(|e| Panne::new(contexte(), e))?;
    csv.write_record(["ligne", "code", "motif"]).map_err(|e| Panne::new(contexte(), e))?;
    let mut pagination = Pagination { limite: Some(200), curseur: None };
    loop {
        let (id, page) = (import.id, pagination.clone());
        let page = db.lire_ici(demande, move |op| national::refus(op, id, &page)).map_err(dire)?;
        for refusee in &page.elements {
            csv.write_record([&refusee.ligne.to_string(), &refusee.code, &refusee.motif]).map_err(|e| Panne::new(contexte(), e))?;
        }
        let Some(suivant) = page.suivant else { break };
        pagination.curseur = Some(suivant);
    }
    csv.flush().map_err(|e| Panne::new(contexte(), e))
}

/// Brings the professionals of the region closer to the directory, a hundred at a time.
pub fn rapprocher(db: &Db, demande: &Demande) -> Result<(), Panne> {
    let (mut apres, mut total) = (None, annuaire::Rapprochement::default());
    loop {
        let (suite, pas) = db.ecrire_ici(demande, move |op| annuaire::rapprocher(op, apres)).map_err(dire)?;
        total.ajouter(pas);
        match suite {
            Some(dernier) => apres = Some(dernier),
            None => break,
        }
    }
    annoncer(&format!(
        "rapprochement : {} professionnels de la région examinés, {} mis à jour, {} disparus de l'annuaire, {} de retour",
        total.examines, total.mis_a_jour, total.disparus, total.revenus
    ))
}

fn couverture(db: &Db, demande: &Demande) -> Result<Couverture, Panne> {
    db.lire_ici(demande, annuaire::couverture).map_err(dire)
}

fn phrase(c: Couverture) -> String {
    format!(
        "{} médecins généralistes sur {} ont une adresse sécurisée ({:.1} %) ; {} professionnels sur {}",
        c.generalistes_joignables,
        c.generalistes,
        c.part_des_generalistes(),
        c.joignables,
        c.professionnels
    )
}
