//! Mails of the demonstration: those of the first meetings leave at their time, and what their recipients' mailboxes and
//! systems answer comes back, so that the work lists and the states of the ledger show something.
//!
//! The mails leave by the worker of the service, and what comes back goes through the reading of its mailbox.

use crate::{
    app,
    config::Config,
    db::{Db, Demande},
    jobs::runner::{self, Ouvrier},
    kernel::{Instant, Panne, Resultat, ids::DiffusionId, page::Pagination},
    messagerie::{
        self,
        retour::{BoiteDeRetour, Rangement},
    },
    metier::diffusion::{
        job::{self, RELEVER_LES_RETOURS},
        model::{DiffusionListee, EtatDiffusion},
        service::{self as diffusions, FiltreDiffusions},
    },
};
use chrono::Duration;
use std::{
    collections::BTreeSet,
    mem,
    sync::{Arc, Mutex, PoisonError},
};

/// What comes back of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reponse {
    /// A person displayed it.
    Lu,
    /// A system integrated it.
    Integre,
    /// A system could not.
    Ko,
    /// The mailbox does not exist.
    Inconnue,
    /// It is late; delivered the day after, then read.
    EnRetard,
    /// A person answers in words, which nobody but a person can read.
    EnMots,
    /// Deleted unread.
    Supprime,
    /// Nothing.
    Rien,
}

/// What the recipients do, one after the other.
const REPONSES: &[Reponse] = &[
    Reponse::Lu,
    Reponse::EnMots,
    Reponse::Integre,
    Reponse::Inconnue,
    Reponse::Ko,
    Reponse::EnRetard,
    Reponse::Lu,
    Reponse::Lu,
    Reponse::Integre,
    Reponse::Rien,
    Reponse::Supprime,
];

/// How long after a mail its receipt comes back.
const DELAI: Duration = Duration::hours(3);

/// The mailbox of receipts: what was put into it since it was last read.
#[derive(Default)]
struct Boite(Mutex<Vec<Vec<u8>>>);

impl BoiteDeRetour for Boite {
    fn relever(&self, traiter: &mut dyn FnMut(&[u8]) -> Result<Rangement, Panne>) -> Result<u64, Panne> {
        let arrives = mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let mut releves = 0;
        for courrier in arrives {
            traiter(&courrier)?;
            releves += 1;
        }
        Ok(releves)
    }
}

/// The mails that leave and what comes back of them.
pub(super) struct Correspondance {
    ouvrier: Ouvrier,
    boite: Arc<Boite>,
    domaine: String,
    connues: BTreeSet<DiffusionId>,
}

impl Correspondance {
    /// With the worker of the service, and a mailbox of receipts.
    pub(super) fn nouvelle(config: &Config) -> Result<Self, Panne> {
        let boite = Arc::new(Boite::default());
        let ouvrier = app::ouvrier(config, messagerie::expediteur(&config.courrier)?)?;
        let ouvrier = job::relever_les_retours(ouvrier, Arc::clone(&boite) as Arc<dyn BoiteDeRetour>, None);
        Ok(Self { ouvrier, boite, domaine: messagerie::domaine_de(&config.courrier.expediteur)?, connues: BTreeSet::new() })
    }

    /// Renders the documents and sends the mails that are ready, then lets their answers come back.
    pub(super) fn echanger(&mut self, db: &Db, demande: &Demande) -> Resultat<()> {
        let depart = db.horloge().maintenant();
        runner::vider(db, &self.ouvrier)?;
        let filtre = FiltreDiffusions { etats: vec![EtatDiffusion::Acceptee], ..FiltreDiffusions::default() };
        let page = Pagination { limite: Some(200), curseur: None };
        let parties = db.ecrire_ici(demande, move |op| diffusions::lister(op, &filtre, &page))?.elements;
        let (mut aussitot, mut le_lendemain) = (Vec::new(), Vec::new());
        for partie in parties {
            let reponse = REPONSES.get(self.connues.len() % REPONSES.len()).copied().unwrap_or(Reponse::Rien);
            if self.connues.insert(partie.diffusion.id) {
                let envoi = Envoi { partie: &partie, domaine: &self.domaine, le: depart + DELAI };
                aussitot.extend(envoi.aussitot(reponse));
                le_lendemain.extend(envoi.le_lendemain(reponse));
            }
        }
        self.recevoir(db, depart + DELAI, aussitot)?;
        self.recevoir(db, depart + DELAI + Duration::days(1), le_lendemain)
    }

    /// Reads mails that came back at that moment.
    fn recevoir(&self, db: &Db, quand: Instant, courriers: Vec<String>) -> Resultat<()> {
        db.horloge().regler(quand);
        let courriers: Vec<Vec<u8>> = courriers.into_iter().map(|texte| texte.replace('\n', "\r\n").into_bytes()).collect();
        self.boite.0.lock().unwrap_or_else(PoisonError::into_inner).extend(courriers);
        runner::passer_une_fois(db, &self.ouvrier, RELEVER_LES_RETOURS).map(drop)
    }
}

/// A mail that left, to be answered.
struct Envoi<'a> {
    partie: &'a DiffusionListee,
    domaine: &'a str,
    le: Instant,
}

impl Envoi<'_> {
    fn aussitot(&self, reponse: Reponse) -> Option<String> {
        match reponse {
            Reponse::Lu => Some(self.accuse("manual-action/MDN-sent-manually; displayed", "Le message a été affiché.")),
            Reponse::Integre => Some(self.accuse("automatic-action/MDN-sent-automatically; processed", "Document intégré.")),
            Reponse::Supprime => Some(self.accuse("manual-action/MDN-sent-automatically; deleted", "Le message a été supprimé.")),
            Reponse::Ko => Some(self.ko_integration()),
            Reponse::Inconnue => {
                Some(self.rapport("failed", "5.1.1", "smtp; 550 5.1.1 Recipient address rejected: User unknown in virtual mailbox table"))
            }
            Reponse::EnRetard => Some(self.rapport("delayed", "4.4.1", "X-Postfix; connect to mail server: Connection timed out")),
            Reponse::EnMots => Some(self.en_mots()),
            Reponse::Rien => None,
        }
    }

    fn le_lendemain(&self, reponse: Reponse) -> Option<String> {
        match reponse {
            Reponse::EnRetard => Some(self.rapport("delivered", "2.0.0", "smtp; 250 2.0.0 Ok: queued")),
            Reponse::Lu | Reponse::Integre | Reponse::Supprime | Reponse::Ko | Reponse::Inconnue | Reponse::EnMots | Reponse::Rien => None,
        }
    }

    /// The mailbox of the recipient.
    fn adresse(&self) -> &str {
        self.partie.diffusion.adresse.as_deref().unwrap_or("inconnue@medecin.mssante.fr")
    }

    /// The `Message-ID` of the mail that is answered.
    fn original(&self) -> &str {
        self.partie.diffusion.message_id.as_deref().unwrap_or_default()
    }

    /// Headers of an answer of that kind.
    fn entetes(&self, de: &str, genre: &str, sujet: &str) -> String {
        format!(
            "From: {de}\nTo: retours@{domaine}\nDate: {date}\nSubject: {sujet}\nMessage-ID: <{genre}.{id}@operateur.mssante.fr>\n\
             MIME-Version: 1.0\n",
            domaine = self.domaine,
            date = self.le.to_rfc2822(),
            id = self.partie.diffusion.id,
        )
    }

    /// A receipt (RFC 8098).
    fn accuse(&self, disposition: &str, texte: &str) -> String {
        let genre = disposition.rsplit(' ').next().unwrap_or_default();
        format!(
            "{entetes}Content-Type: multipart/report; report-type=disposition-notification; boundary=\"b1\"\n\n\
             --b1\nContent-Type: text/plain; charset=utf-8\n\n{texte}\n\n\
             --b1\nContent-Type: message/disposition-notification\n\n\
             Final-Recipient: rfc822;{adresse}\nOriginal-Message-ID: {original}\nDisposition: {disposition}\n\n--b1--\n",
            entetes = self.entetes(self.adresse(), genre, "Accuse de reception"),
            adresse = self.adresse(),
            original = self.original(),
        )
    }

    /// A report of a mail server (RFC 3464).
    fn rapport(&self, action: &str, statut: &str, diagnostic: &str) -> String {
        format!(
            "{entetes}Auto-Submitted: auto-replied\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=\"b1\"\n\n\
             --b1\nContent-Type: message/delivery-status\n\n\
             Reporting-MTA: dns; operateur.mssante.fr\nOriginal-Envelope-Id: {enveloppe}\n\n\
             Final-Recipient: rfc822; {adresse}\nAction: {action}\nStatus: {statut}\nDiagnostic-Code: {diagnostic}\n\n\
             --b1\nContent-Type: text/rfc822-headers\n\nMessage-ID: {original}\n\n--b1--\n",
            entetes = self.entetes("Mail Delivery System <MAILER-DAEMON@operateur.mssante.fr>", action, "Delivery Status Notification"),
            enveloppe = self.original().trim_matches(['<', '>']),
            adresse = self.adresse(),
            original = self.original(),
        )
    }

    /// The mail of a hospital system that could not integrate a document.
    fn ko_integration(&self) -> String {
        format!(
            "{entetes}In-Reply-To: {original}\nReferences: {original}\nContent-Type: text/plain; charset=utf-8\n\n\
             Le document n'a pas pu etre rapproche d'un patient connu.\n",
            entetes = self.entetes(self.adresse(), "ko", "[KO =?UTF-8?Q?Int=C3=A9gration_syst=C3=A8me_!=5D?=[E202]"),
            original = self.original(),
        )
    }

    /// The answer of a person.
    fn en_mots(&self) -> String {
        format!(
            "{entetes}In-Reply-To: {original}\nContent-Type: text/plain; charset=utf-8\n\n\
             Bonjour,\n\nMerci pour ce document. Je n'exerce plus a ce cabinet depuis janvier, adressez la suite a ma consoeur.\n",
            entetes = self.entetes(self.adresse(), "reponse", "RE: votre envoi"),
            original = self.original(),
        )
    }
}
