//! Mails written as `.eml` files: for a trial on one machine, without a mail server.

use super::{Accuse, Courrier, EchecEnvoi, Expediteur, mime};
use crate::kernel::Panne;
use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// A folder of `.eml` files, one a mail. The name comes from the Message-ID: a mail sent again
/// replaces itself.
#[derive(Debug)]
pub struct Fichier {
    dossier: PathBuf,
}

impl Fichier {
    /// Opens the folder, made if need be.
    pub fn new(dossier: &Path) -> Result<Self, Panne> {
        fs::create_dir_all(dossier).map_err(|e| Panne::new("ouverture du dossier du courrier", e))?;
        Ok(Self { dossier: dossier.to_owned() })
    }

    /// Writes beside, then renames: whoever looks at the folder never sees half a mail.
    fn ecrire(&self, nom: &str, octets: &[u8]) -> io::Result<()> {
        let brouillon = self.dossier.join(format!(".{nom}.partiel"));
        let mut fichier = File::create(&brouillon)?;
        fichier.write_all(octets)?;
        fichier.sync_all()?;
        fs::rename(&brouillon, self.dossier.join(nom))
    }
}

impl Expediteur for Fichier {
    fn envoyer(&self, courrier: &Courrier) -> Result<Accuse, EchecEnvoi> {
        let nom = nom_du_fichier(&courrier.message_id);
        let octets = mime::composer(courrier)?.formatted();
        self.ecrire(&nom, &octets).map_err(|e| EchecEnvoi::temporaire("dossier", e.to_string()))?;
        Ok(Accuse { detail: "écrit dans le dossier du courrier".to_owned() })
    }
}

/// Letters, digits, dots and hyphens of the Message-ID; anything else becomes an underscore, so that
/// no Message-ID leaves the folder.
fn nom_du_fichier(message_id: &str) -> String {
    let nom: String = message_id
        .trim_matches(['<', '>'])
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '.' || c == '-' { c } else { '_' })
        .collect();
    format!("{}.eml", nom.trim_start_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn courrier(message_id: &str, texte: &str) -> Courrier {
        Courrier {
            message_id: message_id.to_owned(),
            date: "2026-03-02T09:00:00Z".parse().unwrap(),
            de: "rcp@essai.mssante.fr".to_owned(),
            a: "anne.delta@medecin.mssante.fr".to_owned(),
            sujet: "Essai".to_owned(),
            texte: texte.to_owned(),
            pieces: Vec::new(),
            entetes: Vec::new(),
            calendrier: None,
            reponse_a: None,
        }
    }

    #[test]
    fn un_courrier_renvoye_remplace_son_fichier() {
        let dossier = tempfile::tempdir().unwrap();
        let fichier = Fichier::new(&dossier.path().join("sortants")).unwrap();
        fichier.envoyer(&courrier("<1@essai.mssante.fr>", "un")).unwrap();
        fichier.envoyer(&courrier("<1@essai.mssante.fr>", "deux")).unwrap();
        fichier.envoyer(&courrier("<2@essai.mssante.fr>", "trois")).unwrap();
        let mut noms: Vec<_> =
            fs::read_dir(dossier.path().join("sortants")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        noms.sort();
        assert_eq!(noms, ["1_essai.mssante.fr.eml", "2_essai.mssante.fr.eml"]);
        let lu = fs::read_to_string(dossier.path().join("sortants/1_essai.mssante.fr.eml")).unwrap();
        assert!(lu.contains("deux") && !lu.contains("un\r\n"), "{lu}");
    }

    #[test]
    fn aucun_message_id_ne_sort_du_dossier() {
        assert_eq!(nom_du_fichier("<../../etc/passwd@x>"), "_.._etc_passwd_x.eml");
        assert_eq!(nom_du_fichier("<a/b\\c\0@d>"), "a_b_c__d.eml");
    }

    #[test]
    fn un_dossier_disparu_est_un_echec_passager() {
        let dossier = tempfile::tempdir().unwrap();
        let fichier = Fichier::new(&dossier.path().join("sortants")).unwrap();
        fs::remove_dir_all(dossier.path().join("sortants")).unwrap();
        let issue = fichier.envoyer(&courrier("<1@essai.mssante.fr>", "un"));
        assert!(matches!(issue, Err(EchecEnvoi::Temporaire { code, .. }) if code == "dossier"));
    }
}
