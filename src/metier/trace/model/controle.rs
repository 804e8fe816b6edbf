//! The verification of the chain: takes the seals in order, one page after the other, and names what does not hold.
//!
//! Whoever owns the database can drop its triggers and change anything. What is told apart:
//!
//! | what was done | what is seen |
//! |---|---|
//! | a field of a row changed, its date moved | the seal of that rank is not that of its row |
//! | a row deleted | its seal is there, the row is not |
//! | a row and its seal deleted | a rank is missing |
//! | rows or seals exchanged | a seal fits another place |
//! | a row added with an old date | it stands after rows, or after a signed head, that are much younger |
//! | the end deleted | a signed head attests a higher rank |
//! | everything sealed again after a change | a signed head attests another seal |
//! | a row deleted before it was sealed | a number of its process is missing |
//! | the beginning deleted as if its time had come | no signed head attests the seal that the rest follows, or it is too young |

use super::{
    Empreinte, Maillon, ORIGINE, instant_de,
    purge::{CONSERVATION_MINIMALE, Purge},
};
use crate::kernel::{Instant, ids::TraceId};
use chrono::{SecondsFormat, TimeDelta};
use std::fmt;
use uuid::Uuid;

/// How much older than its forerunners a row may be: the longest act, with room.
pub const RETARD_ADMIS: TimeDelta = TimeDelta::hours(1);

/// The faults that are told one by one; beyond, they are counted.
const DETAILLEES: usize = 1000;

/// A rank that was signed outside the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TeteAttestee {
    /// The last rank of that moment.
    pub rang: i64,
    /// Its seal.
    pub empreinte: Empreinte,
    /// When it was signed.
    pub instant: Instant,
}

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Anomalie {
    /// The row is not the one that was sealed.
    Alteree {
        /// Rank.
        rang: i64,
        /// Row.
        id: TraceId,
        /// What the row says of its moment.
        instant: Instant,
    },
    /// The row is sealed and no longer there.
    Disparue {
        /// Rank.
        rang: i64,
        /// Row.
        id: TraceId,
    },
    /// The row was sealed at another rank.
    Deplacee {
        /// Rank where it stands.
        rang: i64,
        /// Row.
        id: TraceId,
        /// Rank where it was sealed.
        place: i64,
    },
    /// Seals are missing.
    RangsManquants {
        /// First.
        du: i64,
        /// Last.
        au: i64,
    },
    /// The row claims a moment at which the chain already stood elsewhere.
    Antidatee {
        /// Rank.
        rang: i64,
        /// Row.
        id: TraceId,
        /// What the row says of its moment.
        instant: Instant,
        /// A moment that had passed when it was sealed.
        deja: Instant,
    },
    /// The chain was sealed again since that head was signed.
    Recrite {
        /// Rank of the head.
        rang: i64,
        /// The head before it, which still holds: what was changed stands after it.
        depuis: i64,
        /// When the head was signed.
        signee: Instant,
    },
    /// The chain ends before what a head attests.
    Tronquee {
        /// The last rank.
        dernier: i64,
        /// The rank attested.
        atteste: i64,
        /// When the head was signed.
        signee: Instant,
    },
    /// Rows of a process vanished before they were sealed, or it ended brutally.
    NumerosManquants {
        /// The process.
        emetteur: Uuid,
        /// First.
        du: i64,
        /// Last.
        au: i64,
        /// When the row that follows was written.
        avant: Instant,
    },
    /// The chain begins after a purge that no signed head attests.
    OrigineNonAttestee {
        /// The last rank that was purged.
        rang: i64,
    },
    /// Rows were purged before their time.
    PurgePrecoce {
        /// The last rank that was purged.
        rang: i64,
        /// What the purge says of the age of its rows.
        avant: Instant,
        /// When the head was signed.
        signee: Instant,
    },
    /// A head that cannot be relied on.
    TeteFausse {
        /// Where it was read.
        ou: String,
        /// Why.
        cause: &'static str,
    },
}

struct Moment(Option<Instant>);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(moment) => f.write_str(&moment.to_rfc3339_opts(SecondsFormat::Millis, true)),
            None => f.write_str("un moment inconnu"),
        }
    }
}

impl fmt::Display for Anomalie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dit = |instant: &Instant| Moment(Some(*instant));
        match self {
            Self::Alteree { rang, id, instant } => {
                write!(f, "rang {rang} : la ligne {id}, datée du {}, n'est pas celle qui a été scellée", dit(instant))
            }
            Self::Disparue { rang, id } => write!(f, "rang {rang} : la ligne {id}, écrite le {}, a disparu", Moment(instant_de(*id))),
            Self::Deplacee { rang, id, place } => {
                write!(f, "rang {rang} : la ligne {id}, écrite le {}, a été scellée au rang {place}", Moment(instant_de(*id)))
            }
            Self::RangsManquants { du, au } => write!(f, "rangs {du} à {au} : les sceaux ont disparu"),
            Self::Antidatee { rang, id, instant, deja } => {
                write!(f, "rang {rang} : la ligne {id} se dit du {} mais a été scellée après le {}", dit(instant), dit(deja))
            }
            Self::Recrite { rang, depuis, signee } => {
                write!(f, "rangs {} à {rang} : la chaîne a été refaite depuis la tête signée le {}", depuis + 1, dit(signee))
            }
            Self::Tronquee { dernier, atteste, signee } => {
                write!(f, "la chaîne s'arrête au rang {dernier} alors que la tête signée le {} atteste le rang {atteste}", dit(signee))
            }
            Self::NumerosManquants { emetteur, du, au, avant } => {
                write!(f, "processus {emetteur} : les lignes {du} à {au}, écrites avant le {}, n'ont jamais été scellées", dit(avant))
            }
            Self::OrigineNonAttestee { rang } => {
                write!(f, "la chaîne commence après le rang {rang}, dit purgé, mais aucune tête signée n'atteste son sceau")
            }
            Self::PurgePrecoce { rang, avant, signee } => {
                write!(f, "rangs 1 à {rang} : purgés le {} jusqu'au {}, avant leur terme", dit(signee), dit(avant))
            }
            Self::TeteFausse { ou, cause } => write!(f, "tête {ou} : {cause}"),
        }
    }
}

/// What a verification says.
#[derive(Debug, Clone, Default)]
pub struct Rapport {
    /// Seals gone through.
    pub sceaux: u64,
    /// The last rank.
    pub dernier: i64,
    /// Signed heads compared.
    pub tetes: usize,
    /// The last rank that was purged at the end of its time.
    pub purge: Option<i64>,
    /// What does not hold, the first thousand.
    pub anomalies: Vec<Anomalie>,
    /// How many more.
    pub autres: u64,
}

impl Rapport {
    /// True when everything holds.
    #[must_use]
    pub fn tient(&self) -> bool {
        self.anomalies.is_empty()
    }

    /// Adds what does not hold.
    pub fn signaler(&mut self, anomalie: Anomalie) {
        if self.anomalies.len() < DETAILLEES {
            self.anomalies.push(anomalie);
        } else {
            self.autres += 1;
        }
    }
}

impl fmt::Display for Rapport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for anomalie in &self.anomalies {
            writeln!(f, "{anomalie}")?;
        }
        if self.autres > 0 {
            writeln!(f, "et {} autres anomalies", self.autres)?;
        }
        if let Some(rang) = self.purge {
            writeln!(f, "rangs 1 à {rang} purgés au terme de leur conservation")?;
        }
        let fin = if self.tient() { "la trace est intègre" } else { "LA TRACE NE TIENT PAS" };
        writeln!(f, "{} sceaux vérifiés jusqu'au rang {}, {} têtes signées comparées : {fin}", self.sceaux, self.dernier, self.tetes)
    }
}

/// A seal that is not that of its row, kept to find out why.
struct Suspect {
    maillon: Maillon,
    precedente: Empreinte,
}

/// A verification under way. Its memory does not grow with the chain.
pub struct Controle<'a> {
    tetes: std::iter::Peekable<std::slice::Iter<'a, TeteAttestee>>,
    rapport: Rapport,
    precedente: Empreinte,
    plus_recent: Option<Instant>,
    suspects: Vec<Suspect>,
    derniere_tete_sure: i64,
}

impl<'a> Controle<'a> {
    /// Begins, with the heads in the order of their ranks.
    #[must_use]
    pub fn nouveau(tetes: &'a [TeteAttestee]) -> Self {
        Self::apres(None, tetes)
    }

    /// Begins after the last purge, if there was one: where the rest of the chain starts is believed only if a head that was signed
    /// long enough after says the same.
    #[must_use]
    pub fn apres(purge: Option<&Purge>, tetes: &'a [TeteAttestee]) -> Self {
        let origine = purge.map_or(0, |purge| purge.rang);
        let restantes = tetes.get(tetes.partition_point(|tete| tete.rang <= origine)..).unwrap_or_default();
        let mut controle = Self {
            tetes: restantes.iter().peekable(),
            rapport: Rapport { tetes: tetes.len(), dernier: origine, purge: purge.map(|purge| purge.rang), ..Rapport::default() },
            precedente: purge.map_or(ORIGINE, |purge| purge.empreinte),
            plus_recent: None,
            suspects: Vec::new(),
            derniere_tete_sure: origine,
        };
        if let Some(purge) = purge.filter(|_| !tetes.is_empty()) {
            let mut attestees = tetes.iter().filter(|tete| tete.rang == purge.rang && tete.empreinte == purge.empreinte);
            match attestees.next_back() {
                None => controle.rapport.signaler(Anomalie::OrigineNonAttestee { rang: purge.rang }),
                Some(tete) if tete.instant.checked_sub_months(CONSERVATION_MINIMALE).is_none_or(|limite| purge.avant > limite) => {
                    let (rang, avant, signee) = (purge.rang, purge.avant, tete.instant);
                    controle.rapport.signaler(Anomalie::PurgePrecoce { rang, avant, signee });
                }
                Some(_) => {}
            }
        }
        controle
    }

    /// Takes the next seal.
    pub fn suivre(&mut self, maillon: Maillon) -> Result<(), serde_json::Error> {
        let (rang, id, empreinte) = (maillon.rang, maillon.trace_id, maillon.empreinte);
        let attendu = self.rapport.dernier + 1;
        let suivi = rang == attendu;
        if !suivi {
            self.rapport.signaler(Anomalie::RangsManquants { du: attendu, au: rang - 1 });
        }
        match &maillon.ligne {
            None => self.rapport.signaler(Anomalie::Disparue { rang, id }),
            Some(ligne) if suivi && ligne.sceller(&self.precedente)? != empreinte => self.suspecter(maillon),
            Some(ligne) => self.dater(rang, id, ligne.instant),
        }
        self.rapport.sceaux += 1;
        self.rapport.dernier = rang;
        self.precedente = empreinte;
        self.comparer(rang, &empreinte);
        Ok(())
    }

    fn suspecter(&mut self, maillon: Maillon) {
        let precedente = self.precedente;
        if self.suspects.len() < DETAILLEES {
            self.suspects.push(Suspect { maillon, precedente });
        } else {
            self.rapport.autres += 1;
        }
    }

    fn dater(&mut self, rang: i64, id: TraceId, instant: Instant) {
        match self.plus_recent {
            Some(deja) if instant < deja - RETARD_ADMIS => self.rapport.signaler(Anomalie::Antidatee { rang, id, instant, deja }),
            Some(deja) => self.plus_recent = Some(deja.max(instant)),
            None => self.plus_recent = Some(instant),
        }
    }

    fn comparer(&mut self, rang: i64, empreinte: &Empreinte) {
        while let Some(tete) = self.tetes.next_if(|tete| tete.rang <= rang) {
            if tete.rang == rang && tete.empreinte == *empreinte {
                self.derniere_tete_sure = rang;
                self.plus_recent = self.plus_recent.max(Some(tete.instant));
            } else {
                let depuis = self.derniere_tete_sure;
                self.rapport.signaler(Anomalie::Recrite { rang: tete.rang, depuis, signee: tete.instant });
            }
        }
    }

    /// Ends: says of each suspect what happened to it, and whether a head attests more.
    pub fn finir(mut self) -> Result<Rapport, serde_json::Error> {
        let dernier = self.rapport.dernier;
        if let Some(tete) = self.tetes.last() {
            self.rapport.signaler(Anomalie::Tronquee { dernier, atteste: tete.rang, signee: tete.instant });
        }
        for suspect in &self.suspects {
            if let Some(anomalie) = juger(suspect, &self.suspects)? {
                self.rapport.signaler(anomalie);
            }
        }
        Ok(self.rapport)
    }
}

/// What happened to a row whose seal does not fit: it was moved, or its seal was (and then its neighbour only
/// follows a seal that moved), or it was altered.
fn juger(suspect: &Suspect, tous: &[Suspect]) -> Result<Option<Anomalie>, serde_json::Error> {
    let Maillon { rang, trace_id: id, empreinte, ligne } = &suspect.maillon;
    let Some(ligne) = ligne else { return Ok(None) };
    for autre in tous.iter().filter(|autre| autre.maillon.rang != *rang) {
        let place = autre.maillon.rang;
        let scelle = ligne.sceller(&autre.precedente)?;
        // A seal that moved is not a place: its neighbour would be taken for another that moved.
        let place_sure = || tous.iter().all(|tiers| tiers.maillon.empreinte != autre.precedente);
        if scelle == autre.maillon.empreinte || (scelle == *empreinte && place_sure()) {
            return Ok(Some(Anomalie::Deplacee { rang: *rang, id: *id, place }));
        }
    }
    for autre in tous {
        if ligne.sceller(&autre.maillon.empreinte)? == *empreinte {
            return Ok(None);
        }
    }
    Ok(Some(Anomalie::Alteree { rang: *rang, id: *id, instant: ligne.instant }))
}

#[cfg(test)]
mod tests {
    use super::{super::tests::ligne, *};

    fn chaine(n: u128) -> Vec<Maillon> {
        let mut precedente = ORIGINE;
        let maillon = |rang| {
            let ligne = ligne(rang);
            precedente = ligne.sceller(&precedente).unwrap();
            Maillon { rang: i64::try_from(rang).unwrap(), trace_id: ligne.id, empreinte: precedente, ligne: Some(ligne) }
        };
        (1..=n).map(maillon).collect()
    }

    fn controler(chaine: Vec<Maillon>, tetes: &[TeteAttestee]) -> Vec<Anomalie> {
        let mut controle = Controle::nouveau(tetes);
        chaine.into_iter().for_each(|maillon| controle.suivre(maillon).unwrap());
        controle.finir().unwrap().anomalies
    }

    fn tete(chaine: &[Maillon], rang: i64) -> TeteAttestee {
        let empreinte = chaine.iter().find(|m| m.rang == rang).unwrap().empreinte;
        TeteAttestee { rang, empreinte, instant: "2026-03-01T09:10:00Z".parse().unwrap() }
    }

    #[test]
    fn une_chaine_intacte_tient() {
        let chaine = chaine(50);
        let tetes = [tete(&chaine, 10), tete(&chaine, 50)];
        assert_eq!(controler(chaine, &tetes), []);
    }

    #[test]
    fn une_ligne_alteree_ou_redatee_est_nommee_seule() {
        let mut alteree = chaine(50);
        let ligne = alteree[20].ligne.as_mut().unwrap();
        ligne.action = "modifier".to_owned();
        let (id, instant) = (ligne.id, ligne.instant);
        assert_eq!(controler(alteree, &[]), [Anomalie::Alteree { rang: 21, id, instant }]);
        let mut redatee = chaine(50);
        let ligne = redatee[30].ligne.as_mut().unwrap();
        ligne.instant -= TimeDelta::days(2);
        let (id, instant) = (ligne.id, ligne.instant);
        assert_eq!(controler(redatee, &[]), [Anomalie::Alteree { rang: 31, id, instant }]);
    }

    #[test]
    fn une_ligne_supprimee_est_nommee_avec_ou_sans_son_sceau() {
        let mut sans_ligne = chaine(50);
        sans_ligne[4].ligne = None;
        let id = sans_ligne[4].trace_id;
        assert_eq!(controler(sans_ligne, &[]), [Anomalie::Disparue { rang: 5, id }]);
        let mut sans_sceau = chaine(50);
        sans_sceau.drain(4..6);
        assert_eq!(controler(sans_sceau, &[]), [Anomalie::RangsManquants { du: 5, au: 6 }]);
    }

    #[test]
    fn deux_lignes_echangees_sont_nommees_avec_leur_place() {
        let intacte = chaine(50);
        let (a, b) = (intacte[9].trace_id, intacte[29].trace_id);
        let attendu = [Anomalie::Deplacee { rang: 10, id: b, place: 30 }, Anomalie::Deplacee { rang: 30, id: a, place: 10 }];
        let mut lignes = chaine(50);
        let (ligne_a, ligne_b) = (lignes[9].ligne.clone(), lignes[29].ligne.clone());
        (lignes[9].trace_id, lignes[9].ligne) = (b, ligne_b);
        (lignes[29].trace_id, lignes[29].ligne) = (a, ligne_a);
        assert_eq!(controler(lignes, &[]), attendu, "les lignes, sous les mêmes sceaux");
        let mut sceaux = chaine(50);
        sceaux.swap(9, 29);
        (sceaux[9].rang, sceaux[29].rang) = (10, 30);
        assert_eq!(controler(sceaux, &[]), attendu, "les sceaux avec leurs lignes");
    }

    #[test]
    fn une_fin_coupee_ou_une_chaine_refaite_contredit_une_tete_signee() {
        let intacte = chaine(50);
        let tetes = [tete(&intacte, 20), tete(&intacte, 50)];
        let signee = tetes[1].instant;
        assert_eq!(controler(chaine(40), &tetes), [Anomalie::Tronquee { dernier: 40, atteste: 50, signee }]);
        let mut refaite = chaine(30);
        let mut precedente = refaite[29].empreinte;
        for n in 31..=50 {
            let mut ligne = ligne(n);
            ligne.acteur = "Quelqu'un d'autre".to_owned();
            precedente = ligne.sceller(&precedente).unwrap();
            refaite.push(Maillon { rang: i64::try_from(n).unwrap(), trace_id: ligne.id, empreinte: precedente, ligne: Some(ligne) });
        }
        assert_eq!(controler(refaite, &tetes), [Anomalie::Recrite { rang: 50, depuis: 20, signee }]);
    }

    #[test]
    fn une_chaine_purgee_tient_si_une_tete_signee_a_son_heure_dit_ou_elle_reprend() {
        let entiere = chaine(50);
        let signee: Instant = "2029-03-02T09:00:00Z".parse().unwrap();
        let purge = Purge {
            rang: 20,
            empreinte: entiere[19].empreinte,
            avant: "2026-03-02T09:00:00Z".parse().unwrap(),
            lignes: 20,
            purge_le: signee,
        };
        let controler = |purge: &Purge, chaine: &[Maillon], tetes: &[TeteAttestee]| {
            let mut controle = Controle::apres(Some(purge), tetes);
            chaine.iter().cloned().for_each(|maillon| controle.suivre(maillon).unwrap());
            controle.finir().unwrap().anomalies
        };
        let (reste, tardive) = (&entiere[20..], TeteAttestee { instant: signee, ..tete(&entiere, 20) });
        let tetes = [tete(&entiere, 10), tardive, TeteAttestee { instant: signee, ..tete(&entiere, 50) }];
        assert_eq!(controler(&purge, reste, &tetes), []);
        assert_eq!(controler(&purge, reste, &[]), [], "sans têtes, rien ne le contredit");
        // What follows is still watched.
        let mut alteree = reste.to_vec();
        let ligne = alteree[5].ligne.as_mut().unwrap();
        ligne.action = "modifier".to_owned();
        let (id, instant) = (ligne.id, ligne.instant);
        assert_eq!(controler(&purge, &alteree, &tetes), [Anomalie::Alteree { rang: 26, id, instant }]);
        assert_eq!(controler(&purge, &reste[2..], &tetes), [Anomalie::RangsManquants { du: 21, au: 22 }]);
        // Nobody signed that purge, or too early.
        let autres = [tete(&entiere, 10), tete(&entiere, 50)];
        assert_eq!(controler(&purge, reste, &autres), [Anomalie::OrigineNonAttestee { rang: 20 }]);
        let forgee = Purge { empreinte: [9; 32], ..purge.clone() };
        assert!(controler(&forgee, reste, &tetes).contains(&Anomalie::OrigineNonAttestee { rang: 20 }));
        let hative = Purge { avant: "2029-01-01T00:00:00Z".parse().unwrap(), ..purge };
        let avant = hative.avant;
        assert_eq!(controler(&hative, reste, &tetes), [Anomalie::PurgePrecoce { rang: 20, avant, signee }]);
    }

    #[test]
    fn une_ligne_ajoutee_sous_une_date_ancienne_est_nommee() {
        let mut augmentee = chaine(50);
        let tetes = [tete(&augmentee, 50)];
        let mut ajoutee = ligne(51);
        ajoutee.instant -= TimeDelta::days(30);
        let empreinte = ajoutee.sceller(&augmentee[49].empreinte).unwrap();
        let (id, instant) = (ajoutee.id, ajoutee.instant);
        augmentee.push(Maillon { rang: 51, trace_id: id, empreinte, ligne: Some(ajoutee) });
        assert_eq!(controler(augmentee, &tetes), [Anomalie::Antidatee { rang: 51, id, instant, deja: tetes[0].instant }]);
    }
}
