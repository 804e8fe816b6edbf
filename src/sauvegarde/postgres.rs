//! The tools of PostgreSQL. The password travels by the environment of the tool, not by its arguments, which any
//! account of the machine can read.

use crate::kernel::Panne;
use std::{
    io::{self, Read, Write},
    path::Path,
    process::{Command, Stdio},
};

/// Pours the base of an exported snapshot, in the format that `pg_restore` reads.
pub fn extraire(outils: Option<&Path>, url: &str, cliche: &str, vers: &mut dyn Write) -> Result<(), Panne> {
    let mut commande = outil(outils, "pg_dump", url);
    // Compressed once, with the rest of the backup.
    commande.args(["--format=custom", "--compress=0", "--no-owner", "--no-privileges"]).arg(format!("--snapshot={cliche}"));
    let mut enfant = commande.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(|e| Panne::new("lancement de pg_dump", e))?;
    let mut sortie = enfant.stdout.take().ok_or_else(|| Panne::dire("pg_dump sans sortie"))?;
    let verse = io::copy(&mut sortie, vers);
    drop(sortie);
    conclure("pg_dump", enfant, verse)
}

/// Restores into an empty base, whole or not at all.
pub fn verser(outils: Option<&Path>, url: &str, copie: &mut impl Read) -> Result<(), Panne> {
    let mut commande = outil(outils, "pg_restore", url);
    commande.args(["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]);
    let mut enfant = commande.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(|e| Panne::new("lancement de pg_restore", e))?;
    let mut entree = enfant.stdin.take().ok_or_else(|| Panne::dire("pg_restore sans entrée"))?;
    let verse = io::copy(copie, &mut entree);
    drop(entree);
    conclure("pg_restore", enfant, verse)
}

/// What the tool says of its failure goes before that of the pipe, which is only its consequence.
fn conclure(nom: &str, enfant: std::process::Child, verse: io::Result<u64>) -> Result<(), Panne> {
    let fin = enfant.wait_with_output().map_err(|e| Panne::new(nom, e))?;
    if !fin.status.success() {
        return Err(Panne::dire(format!("{nom} : {}", String::from_utf8_lossy(&fin.stderr).trim())));
    }
    verse.map_err(|e| Panne::new(nom, e)).map(drop)
}

fn outil(outils: Option<&Path>, nom: &str, url: &str) -> Command {
    let mut commande = Command::new(outils.map_or_else(|| nom.into(), |dossier| dossier.join(nom)));
    let (url, mot_de_passe) = sans_mot_de_passe(url);
    if let Some(mot_de_passe) = mot_de_passe {
        commande.env("PGPASSWORD", mot_de_passe);
    }
    commande.arg(format!("--dbname={url}"));
    commande
}

/// Takes the password out of `postgres://nom:secret@hôte/base`.
fn sans_mot_de_passe(url: &str) -> (String, Option<String>) {
    let separe = || {
        let (schema, suite) = url.split_once("://")?;
        let fin = suite.find(['/', '?']).unwrap_or(suite.len());
        let (autorite, reste) = suite.split_at_checked(fin)?;
        let (compte, hote) = autorite.rsplit_once('@')?;
        let (nom, secret) = compte.split_once(':')?;
        let secret = percent_encoding::percent_decode_str(secret).decode_utf8_lossy().into_owned();
        Some((format!("{schema}://{nom}@{hote}{reste}"), Some(secret)))
    };
    separe().unwrap_or_else(|| (url.to_owned(), None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn le_mot_de_passe_ne_passe_pas_par_les_arguments() {
        for (url, attendu, secret) in [
            ("postgres://dcc:s%40cret@bdd:5432/dcc?sslmode=require", "postgres://dcc@bdd:5432/dcc?sslmode=require", Some("s@cret")),
            ("postgres://postgres@/dcc?host=/run/pg", "postgres://postgres@/dcc?host=/run/pg", None),
            ("postgresql://bdd/dcc", "postgresql://bdd/dcc", None),
            ("postgres://dcc:a:b@bdd", "postgres://dcc@bdd", Some("a:b")),
        ] {
            assert_eq!(sans_mot_de_passe(url), (attendu.to_owned(), secret.map(str::to_owned)), "{url}");
        }
    }
}
