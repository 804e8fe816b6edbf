//! Meetings as iCalendar text (RFC 5545): what a calendar program shows, and nothing of a patient.
//!
//! What comes from people is put on one line first: a carriage return or a quotation mark in a name
//! must not be able to begin another property.

use super::model::{EtatReunion, Methode, Reunion, ReunionResume};
use crate::kernel::Instant;
use chrono::{Datelike, Timelike, Weekday};
use chrono_tz::Europe::Paris;
use icalendar::{Attendee, Calendar, Component, Event, EventLike, EventStatus, PartStat, Property, Role};

/// Who made the object (RFC 5545, 3.7.3).
const PRODUIT: &str = "-//DCC//Réunions de RCP//FR";
/// How often a program is asked to read a feed again.
const RAFRAICHISSEMENT: &str = "PT1H";

/// Somebody with a mailbox.
#[derive(Debug, Clone, Copy)]
pub struct Boite<'a> {
    /// Name to show.
    pub nom: &'a str,
    /// Mailbox.
    pub adresse: &'a str,
}

/// What an invitation is made of.
#[derive(Debug, Clone, Copy)]
pub struct Invitation<'a> {
    /// The meeting.
    pub reunion: &'a Reunion,
    /// Name of its RCP.
    pub rcp: &'a str,
    /// Whether it asks to come or takes the meeting away.
    pub methode: Methode,
    /// Revision of the meeting that it tells.
    pub sequence: i64,
    /// Where answers go.
    pub organisateur: Boite<'a>,
    /// Who is invited.
    pub convie: Boite<'a>,
    /// When it is issued.
    pub emise_le: Instant,
}

impl Invitation<'_> {
    /// The iCalendar object (RFC 5546, 3.2.2 and 3.2.5). The same invitation gives the same bytes.
    #[must_use]
    pub fn texte(&self) -> String {
        let mut evenement = evenement(self.reunion, self.rcp, self.sequence, self.emise_le);
        let annulee = self.methode == Methode::Cancel;
        evenement.status(if annulee { EventStatus::Cancelled } else { EventStatus::Confirmed });
        evenement.description(&description(self.reunion, annulee));
        if let Some(lien) = self.reunion.lien_visio.as_deref().filter(|_| !annulee) {
            evenement.url(&une_ligne(lien));
        }
        let organisateur =
            Property::new("ORGANIZER", mailto(self.organisateur.adresse)).add_parameter("CN", &nom(self.organisateur.nom)).done();
        evenement.append_property(organisateur);
        let convie = Attendee::new(mailto(self.convie.adresse)).cn(nom(self.convie.nom)).role(Role::ReqParticipant);
        evenement.attendee(if annulee { convie } else { convie.partstat(PartStat::NeedsAction).rsvp(true) });
        let mut calendrier = entete(if annulee { "CANCEL" } else { "REQUEST" });
        calendrier.push(evenement.done());
        calendrier.to_string()
    }
}

/// A feed of meetings. The link of the videoconference is left out: whoever holds the address of
/// the feed reads it. The text depends on the meetings only, so that it serves as its own version.
#[must_use]
pub fn flux(titre: &str, reunions: &[ReunionResume]) -> String {
    let mut calendrier = entete("PUBLISH");
    calendrier
        .name(&une_ligne(titre))
        .append_property(Property::new("REFRESH-INTERVAL", RAFRAICHISSEMENT).add_parameter("VALUE", "DURATION").done());
    for resume in reunions {
        let reunion = &resume.reunion;
        let mut evenement = evenement(reunion, &resume.rcp_nom, reunion.sequence, reunion.modifie_le);
        evenement.status(if reunion.etat == EtatReunion::Annulee { EventStatus::Cancelled } else { EventStatus::Confirmed });
        evenement.description(&description_du_flux(resume));
        calendrier.push(evenement.done());
    }
    calendrier.to_string()
}

fn entete(methode: &str) -> Calendar {
    let mut calendrier = Calendar::empty();
    calendrier.append_property(("VERSION", "2.0")).append_property(("PRODID", PRODUIT));
    calendrier.append_property(("CALSCALE", "GREGORIAN")).append_property(("METHOD", methode));
    calendrier
}

fn evenement(reunion: &Reunion, rcp: &str, sequence: i64, estampille: Instant) -> Event {
    let mut evenement = Event::with_uid(&format!("{}@dcc", reunion.id));
    evenement
        .timestamp(estampille)
        .created(reunion.cree_le)
        .last_modified(estampille)
        .sequence(u32::try_from(sequence).unwrap_or(u32::MAX))
        .starts(reunion.debut)
        .ends(reunion.fin)
        .summary(&format!("RCP {}", une_ligne(rcp)));
    if let Some(lieu) = &reunion.lieu {
        evenement.location(&une_ligne(lieu));
    }
    evenement
}

fn description(reunion: &Reunion, annulee: bool) -> String {
    if annulee {
        let motif = reunion.motif_annulation.as_deref().map_or_else(String::new, |motif| format!(" : {}", une_ligne(motif)));
        return format!("Réunion de concertation pluridisciplinaire annulée{motif}.");
    }
    let visio = reunion.lien_visio.as_deref().map_or_else(String::new, |lien| format!("\nVisioconférence : {}", une_ligne(lien)));
    format!("Réunion de concertation pluridisciplinaire.\n{}{visio}", limite(reunion))
}

fn description_du_flux(resume: &ReunionResume) -> String {
    let reunion = &resume.reunion;
    if reunion.etat == EtatReunion::Annulee {
        return description(reunion, true);
    }
    let dossiers = match resume.dossiers {
        0 => "Aucun dossier inscrit".to_owned(),
        1 => "1 dossier inscrit".to_owned(),
        nombre => format!("{nombre} dossiers inscrits"),
    };
    format!("{dossiers}.\n{}", limite(reunion))
}

fn limite(reunion: &Reunion) -> String {
    format!("Inscription des dossiers jusqu'au {}.", moment(reunion.date_limite_inscription))
}

/// « mardi 10 mars 2026 à 18 h 05 », in Paris.
#[must_use]
pub fn moment(instant: Instant) -> String {
    let local = instant.with_timezone(&Paris);
    let jour = match local.weekday() {
        Weekday::Mon => "lundi",
        Weekday::Tue => "mardi",
        Weekday::Wed => "mercredi",
        Weekday::Thu => "jeudi",
        Weekday::Fri => "vendredi",
        Weekday::Sat => "samedi",
        Weekday::Sun => "dimanche",
    };
    let mois = match local.month() {
        1 => "janvier",
        2 => "février",
        3 => "mars",
        4 => "avril",
        5 => "mai",
        6 => "juin",
        7 => "juillet",
        8 => "août",
        9 => "septembre",
        10 => "octobre",
        11 => "novembre",
        _ => "décembre",
    };
    let quantieme = if local.day() == 1 { "1er".to_owned() } else { local.day().to_string() };
    format!("{jour} {quantieme} {mois} {} à {} h {:02}", local.year(), local.hour(), local.minute())
}

/// Without line breaks nor other control characters.
#[must_use]
pub fn une_ligne(texte: &str) -> String {
    texte.split(|c: char| c.is_control() || c.is_whitespace()).filter(|mot| !mot.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A name as the value of a parameter, where quotation marks have no escape (RFC 5545, 3.1).
fn nom(texte: &str) -> String {
    une_ligne(texte).replace('"', "'")
}

fn mailto(adresse: &str) -> String {
    format!("mailto:{}", adresse.split(|c: char| c.is_control() || c.is_whitespace()).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::ids::ReunionId,
        metier::{
            rcp::model::{Rcp, RcpSaisie, recurrence::Creneau, regles::tests::saisie},
            reunion::model::Reunion,
        },
    };
    use uuid::Uuid;

    fn instant(texte: &str) -> Instant {
        texte.parse().unwrap()
    }

    fn reunion() -> Reunion {
        let rcp = RcpSaisie {
            lieu: Some("Salle Curie; bâtiment B".to_owned()),
            lien_visio: Some("https://visio.example/rcp".to_owned()),
            ..saisie()
        };
        let rcp = Rcp::brouillon(Uuid::from_u128(9).into(), rcp, instant("2026-01-01T00:00:00Z"));
        let creneau = Creneau { debut: instant("2026-03-10T17:00:00Z"), fin: instant("2026-03-10T19:00:00Z") };
        Reunion::planifier(ReunionId::new(Uuid::from_u128(1)), &rcp, creneau, instant("2026-03-02T09:00:00Z"))
    }

    fn invitation(reunion: &Reunion, methode: Methode, convie: &str) -> String {
        let organisateur = Boite { nom: "Secrétariat du 3C", adresse: "secretariat@hopital.example" };
        let convie = Boite { nom: convie, adresse: "anne.delta@hopital.example" };
        let emise_le = instant("2026-03-03T08:00:00Z");
        Invitation { reunion, rcp: "Sénologie", methode, sequence: reunion.sequence, organisateur, convie, emise_le }.texte()
    }

    /// The lines, unfolded.
    fn lignes(texte: &str) -> Vec<String> {
        assert!(texte.ends_with("END:VCALENDAR\r\n"), "{texte}");
        assert!(texte.split("\r\n").all(|ligne| ligne.len() <= 75 && !ligne.contains('\n')), "{texte}");
        texte.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn une_invitation_est_un_objet_icalendar_complet() {
        assert_eq!(
            lignes(&invitation(&reunion(), Methode::Request, "Dr Anne DELTA")),
            [
                "BEGIN:VCALENDAR",
                "VERSION:2.0",
                "PRODID:-//DCC//Réunions de RCP//FR",
                "CALSCALE:GREGORIAN",
                "METHOD:REQUEST",
                "BEGIN:VEVENT",
                "CREATED:20260302T090000Z",
                "DESCRIPTION:Réunion de concertation pluridisciplinaire.\\nInscription des dossiers jusqu'au dimanche 8 mars 2026 à 18 h 00.\\nVisioconférence : https://visio.example/rcp",
                "DTEND:20260310T190000Z",
                "DTSTAMP:20260303T080000Z",
                "DTSTART:20260310T170000Z",
                "LAST-MODIFIED:20260303T080000Z",
                "LOCATION:Salle Curie\\; bâtiment B",
                "ORGANIZER;CN=Secrétariat du 3C:mailto:secretariat@hopital.example",
                "SEQUENCE:0",
                "STATUS:CONFIRMED",
                "SUMMARY:RCP Sénologie",
                "UID:00000000-0000-0000-0000-000000000001@dcc",
                "URL:https://visio.example/rcp",
                "ATTENDEE;CN=Dr Anne DELTA;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:anne.delta@hopital.example",
                "END:VEVENT",
                "END:VCALENDAR",
            ]
        );
    }

    #[test]
    fn une_annulation_garde_l_identifiant_et_change_la_revision() {
        let annulee = reunion().annuler("Grève, reportée").unwrap();
        let lignes = lignes(&invitation(&annulee, Methode::Cancel, "Dr Anne DELTA"));
        for attendue in [
            "METHOD:CANCEL",
            "STATUS:CANCELLED",
            "SEQUENCE:1",
            "UID:00000000-0000-0000-0000-000000000001@dcc",
            "DESCRIPTION:Réunion de concertation pluridisciplinaire annulée : Grève\\, reportée.",
        ] {
            assert!(lignes.iter().any(|ligne| ligne == attendue), "{attendue} : {lignes:#?}");
        }
        assert!(!lignes.iter().any(|ligne| ligne.contains("visio") || ligne.contains("RSVP")));
    }

    #[test]
    fn un_nom_ne_peut_pas_ecrire_une_autre_propriete() {
        let hostile = "DELTA\"\r\nATTENDEE:mailto:intrus@example.org\r\nX:";
        let mut piegee = reunion();
        piegee.lieu = Some("Salle\r\nURL:https://intrus.example".to_owned());
        piegee.lien_visio = Some("https://visio.example/\r\nATTACH:https://intrus.example".to_owned());
        let lignes = lignes(&invitation(&piegee, Methode::Request, hostile));
        assert_eq!(lignes.len(), 22, "{lignes:#?}");
        assert_eq!(lignes.iter().filter(|ligne| ligne.starts_with("ATTENDEE")).count(), 1);
        assert!(
            lignes.iter().any(|ligne| ligne.starts_with("ATTENDEE;CN=\"DELTA' ATTENDEE:mailto:intrus@example.org X:\";")),
            "{lignes:#?}"
        );
    }

    fn resume(reunion: Reunion, dossiers: i64) -> ReunionResume {
        ReunionResume { reunion, rcp_code: "SENO".to_owned(), rcp_nom: "Sénologie".to_owned(), dossiers }
    }

    #[test]
    fn un_flux_dit_le_nombre_de_dossiers_et_jamais_le_lien_de_visioconference() {
        let annulee = Reunion { id: ReunionId::new(Uuid::from_u128(2)), ..reunion().annuler("Grève").unwrap() };
        let texte = flux("Mes réunions", &[resume(reunion(), 12), resume(annulee, 3)]);
        let lignes = lignes(&texte);
        for attendue in [
            "METHOD:PUBLISH",
            "X-WR-CALNAME:Mes réunions",
            "DESCRIPTION:12 dossiers inscrits.\\nInscription des dossiers jusqu'au dimanche 8 mars 2026 à 18 h 00.",
            "STATUS:CONFIRMED",
            "STATUS:CANCELLED",
        ] {
            assert!(lignes.iter().any(|ligne| ligne == attendue), "{attendue} : {lignes:#?}");
        }
        assert_eq!(lignes.iter().filter(|ligne| *ligne == "BEGIN:VEVENT").count(), 2);
        assert!(!texte.contains("visio.example"));
        assert!(flux("Vide", &[]).ends_with("END:VCALENDAR\r\n"));
    }

    #[test]
    fn une_date_se_lit_en_francais_a_l_heure_de_paris() {
        assert_eq!(moment(instant("2026-07-31T22:05:00Z")), "samedi 1er août 2026 à 0 h 05");
    }
}
