//! A real `clamd` on a private socket, one a test, which knows one thing: the test file of EICAR. It ends with the test, or with its
//! process however that dies. Without the program the tests say so and do nothing, except in CI (`CI=true`) where they fail.

use super::base::variable;
use std::{
    fs,
    os::unix::net::UnixStream,
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    time::{Duration, Instant},
};

const PROGRAMME: &str = "/usr/sbin/clamd";
/// MD5, length and name of the test file, as `sigtool --md5` writes them.
const SIGNATURE: &str = "44d88612fea8a8f36de82e1278abb02f:68:Eicar-Test-Signature\n";

/// The antivirus.
pub struct Clamav {
    dossier: tempfile::TempDir,
    // Held open: when this process ends, the pipe closes and the script stops the server.
    _vie: (Child, ChildStdin),
}

impl Clamav {
    /// Starts it; `None` when it is not to be had outside CI.
    pub fn demarrer() -> Option<Self> {
        if !Path::new(PROGRAMME).exists() {
            assert!(variable("CI").as_deref() != Some("true"), "en intégration continue clamd est obligatoire");
            println!("clamd absent : cet essai n'a rien essayé");
            return None;
        }
        let dossier = tempfile::Builder::new().prefix("dcc-clamav-").tempdir().unwrap();
        let ici = dossier.path().display();
        fs::create_dir(dossier.path().join("signatures")).unwrap();
        fs::write(dossier.path().join("signatures/essai.hdb"), SIGNATURE).unwrap();
        let reglages = format!("Foreground yes\nLocalSocket {ici}/clamd.sock\nDatabaseDirectory {ici}/signatures\nStreamMaxLength 1M\n");
        fs::write(dossier.path().join("clamd.conf"), reglages).unwrap();
        let script = r#""$0" --config-file="$1/clamd.conf" >"$1/journal" 2>&1 & serveur=$!; cat >/dev/null; kill $serveur; wait $serveur"#;
        let mut fils = Command::new("sh")
            .args(["-c", script, PROGRAMME])
            .arg(dossier.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let vie = fils.stdin.take().unwrap();
        let clamav = Self { dossier, _vie: (fils, vie) };
        let debut = Instant::now();
        while UnixStream::connect(clamav.dossier.path().join("clamd.sock")).is_err() {
            let journal = || fs::read_to_string(clamav.dossier.path().join("journal")).unwrap_or_default();
            assert!(debut.elapsed() < Duration::from_mins(1), "clamd n'a pas démarré : {}", journal());
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(clamav)
    }

    /// As the settings name it.
    pub fn adresse(&self) -> String {
        format!("unix:{}", self.dossier.path().join("clamd.sock").display())
    }
}
