//! Where a delivery stands and what may happen to it: the whole state machine.
//!
//! Three kinds of acts: those of the sending, those of people, and what comes back from the recipient.
//! What comes back is never refused: it changes the state, or it is only noted. Among the states of a
//! delivery that has left, the strongest proof stays ([`EtatDiffusion::force`]), so that the order in
//! which returns arrive, and how often, changes nothing to where they end.

crate::enum_texte! {
    /// Why somebody receives a compte-rendu. For a professional, the first that applies, in this order.
    pub enum Qualite {
        /// Médecin traitant of the patient.
        MedecinTraitant => "medecin_traitant",
        /// Asked for the opinion.
        Demandeur => "demandeur",
        /// Correspondent of the patient.
        Correspondant => "correspondant",
        /// Établissement whose hospital system (DPI) takes the documents of the patients it knows.
        Etablissement => "etablissement",
        /// DMP of the patient, fed by the interface platform (PFI) of an établissement.
        Dmp => "dmp",
        /// The patient, who asked for it.
        Patient => "patient",
    }
}

crate::enum_texte! {
    /// How it leaves.
    pub enum Canal {
        /// Secure mail.
        Mssante => "mssante",
        /// Letter.
        Courrier => "courrier",
        /// Folder that a hospital system reads.
        DepotDpi => "depot_dpi",
        /// The same folder, with the mark that asks the platform to feed the DMP.
        Dmp => "dmp",
        /// No way is known.
        Aucun => "aucun",
    }
}

crate::enum_texte! {
    /// Where a delivery stands.
    pub enum EtatDiffusion {
        /// No secure address is known: somebody must find one or send a letter.
        SansAdresse => "sans_adresse",
        /// Waits to be sent, for the first time or again.
        AEnvoyer => "a_envoyer",
        /// Being sent.
        EnCours => "en_cours",
        /// A mail server took charge of it, or it lies in the folder of the hospital system.
        Acceptee => "acceptee",
        /// In the mailbox of the recipient (DSN `delivered`).
        Remise => "remise",
        /// Shown to a person (MDN `displayed`).
        Lue => "lue",
        /// Integrated by the recipient's system.
        Integree => "integree",
        /// Refused by the recipient's system, with a code: somebody must look at it.
        Refusee => "refusee",
        /// Taken in charge, then sent back undelivered: somebody must look at it.
        Rejetee => "rejetee",
        /// Given up before anybody took charge of it: somebody must look at it.
        Echec => "echec",
        /// A newer version goes instead.
        Remplacee => "remplacee",
        /// Printed, to be posted.
        Imprimee => "imprimee",
        /// Printed and posted.
        Postee => "postee",
        /// The patient objects to this sending.
        Opposition => "opposition",
    }
}

crate::enum_texte! {
    /// How one attempt ended.
    pub enum ResultatTentative {
        /// Not ended yet.
        EnCours => "en_cours",
        /// The server took charge of the mail.
        Acceptee => "acceptee",
        /// May pass.
        EchecTemporaire => "echec_temporaire",
        /// Will not pass.
        EchecDefinitif => "echec_definitif",
        /// The process died: whether the mail left is not known.
        Interrompue => "interrompue",
    }
}

crate::enum_texte! {
    /// What may happen to a delivery.
    pub enum Acte {
        /// The delivery is written down, with the validation of its version.
        Preparer => "preparer",
        /// An attempt begins, the first or one after an interruption.
        Commencer => "commencer",
        /// The server took charge of the mail.
        Accepter => "accepter",
        /// The attempt failed and may be repeated.
        Reporter => "reporter",
        /// No further attempt.
        Echouer => "echouer",
        /// The address does not belong to the trust space.
        PerdreAdresse => "perdre_adresse",
        /// Somebody gave a secure address.
        Adresser => "adresser",
        /// Somebody asks to try again.
        Relancer => "relancer",
        /// Somebody printed it.
        Imprimer => "imprimer",
        /// Somebody posted it.
        Poster => "poster",
        /// A new version of the compte-rendu was validated.
        Remplacer => "remplacer",
        /// The patient objects.
        Opposer => "opposer",
        /// Came back: delivered to the mailbox.
        Remettre => "remettre",
        /// Came back: shown to a person.
        Lire => "lire",
        /// Came back: integrated by a system.
        Integrer => "integrer",
        /// Came back: refused by a system.
        Refuser => "refuser",
        /// Came back: will not be delivered.
        Rejeter => "rejeter",
        /// Came back: not delivered yet. Noted only.
        Retarder => "retarder",
        /// Came back: relayed to a server that will say nothing more. Noted only.
        Relayer => "relayer",
        /// Came back: deleted unread. Noted only; it joins what is not read.
        Supprimer => "supprimer",
    }
}

impl Acte {
    /// The state that a return bears witness of; none for what is only noted and for what is not a
    /// return.
    #[must_use]
    pub const fn temoigne(self) -> Option<EtatDiffusion> {
        match self {
            Self::Remettre => Some(EtatDiffusion::Remise),
            Self::Lire => Some(EtatDiffusion::Lue),
            Self::Integrer => Some(EtatDiffusion::Integree),
            Self::Refuser => Some(EtatDiffusion::Refusee),
            Self::Rejeter => Some(EtatDiffusion::Rejetee),
            Self::Retarder | Self::Relayer | Self::Supprimer => None,
            Self::Preparer
            | Self::Commencer
            | Self::Accepter
            | Self::Reporter
            | Self::Echouer
            | Self::PerdreAdresse
            | Self::Adresser
            | Self::Relancer
            | Self::Imprimer
            | Self::Poster
            | Self::Remplacer
            | Self::Opposer => None,
        }
    }

    /// True for what comes back from the recipient or from a server on the way.
    #[must_use]
    pub const fn est_un_retour(self) -> bool {
        self.temoigne().is_some() || matches!(self, Self::Retarder | Self::Relayer | Self::Supprimer)
    }
}

impl EtatDiffusion {
    /// States that somebody must look at.
    pub const EN_SOUFFRANCE: &'static [Self] = &[Self::Refusee, Self::Rejetee, Self::Echec];
    /// States in which it has left and nobody is known to have read it.
    pub const PARTIES_NON_LUES: &'static [Self] = &[Self::Acceptee, Self::Remise];

    /// How strong a proof the state is, for a delivery that has left; a return only replaces a weaker
    /// one. A bounce weighs more than a delivery (a relay may have said « delivered » first) and less
    /// than a refusal by the recipient's system, which shows that it arrived; a person who read it
    /// settles both.
    #[must_use]
    pub const fn force(self) -> Option<u8> {
        match self {
            Self::Acceptee => Some(1),
            Self::Remise => Some(2),
            Self::Rejetee => Some(3),
            Self::Refusee => Some(4),
            Self::Lue => Some(5),
            Self::Integree => Some(6),
            Self::SansAdresse
            | Self::AEnvoyer
            | Self::EnCours
            | Self::Echec
            | Self::Remplacee
            | Self::Imprimee
            | Self::Postee
            | Self::Opposition => None,
        }
    }

    /// The state after an act, or none where the act may not happen. A mail that leaves while its
    /// version is replaced or objected to is written down as accepted: it did leave.
    #[must_use]
    pub fn apres(self, acte: Acte) -> Option<Self> {
        use Acte as A;
        let (depuis, vers): (&[Self], Self) = match acte {
            A::Preparer => return None,
            A::Commencer => (&[Self::AEnvoyer, Self::EnCours], Self::EnCours),
            A::Accepter => {
                (&[Self::EnCours, Self::AEnvoyer, Self::SansAdresse, Self::Echec, Self::Remplacee, Self::Opposition], Self::Acceptee)
            }
            A::Reporter => (&[Self::EnCours], Self::AEnvoyer),
            A::Echouer => (&[Self::AEnvoyer, Self::EnCours], Self::Echec),
            A::PerdreAdresse => (&[Self::AEnvoyer, Self::EnCours], Self::SansAdresse),
            A::Adresser => (
                &[
                    Self::SansAdresse,
                    Self::AEnvoyer,
                    Self::Acceptee,
                    Self::Remise,
                    Self::Refusee,
                    Self::Rejetee,
                    Self::Echec,
                    Self::Imprimee,
                ],
                Self::AEnvoyer,
            ),
            A::Relancer => (&[Self::AEnvoyer, Self::Acceptee, Self::Remise, Self::Refusee, Self::Rejetee, Self::Echec], Self::AEnvoyer),
            A::Imprimer => (Self::IMPRIMABLES, Self::Imprimee),
            A::Poster => (Self::IMPRIMABLES, Self::Postee),
            A::Remplacer => (
                &[Self::SansAdresse, Self::AEnvoyer, Self::EnCours, Self::Refusee, Self::Rejetee, Self::Echec, Self::Imprimee],
                Self::Remplacee,
            ),
            A::Opposer => (
                &[Self::SansAdresse, Self::AEnvoyer, Self::EnCours, Self::Refusee, Self::Rejetee, Self::Echec, Self::Imprimee],
                Self::Opposition,
            ),
            A::Remettre | A::Lire | A::Integrer | A::Refuser | A::Rejeter => {
                return acte.temoigne().map(|preuve| self.apres_preuve(preuve));
            }
            A::Retarder | A::Relayer | A::Supprimer => return Some(self),
        };
        depuis.contains(&self).then_some(vers)
    }

    /// What may be sent by post: all that has not been read.
    const IMPRIMABLES: &'static [Self] =
        &[Self::SansAdresse, Self::AEnvoyer, Self::Acceptee, Self::Remise, Self::Refusee, Self::Rejetee, Self::Echec, Self::Imprimee];

    /// The state once a return bore witness of `preuve`.
    fn apres_preuve(self, preuve: Self) -> Self {
        match self {
            Self::Acceptee | Self::Remise | Self::Rejetee | Self::Refusee | Self::Lue | Self::Integree => {
                if preuve.force() > self.force() {
                    preuve
                } else {
                    self
                }
            }
            // An attempt is to come or under way: only what settles the matter stops it. The rest is noted,
            // and weighed once the attempt has been accepted.
            Self::AEnvoyer | Self::EnCours | Self::Imprimee => {
                if matches!(preuve, Self::Lue | Self::Integree) {
                    preuve
                } else {
                    self
                }
            }
            // It did leave, though the answer of the server was lost.
            Self::SansAdresse | Self::Echec | Self::Remplacee | Self::Opposition => {
                if matches!(preuve, Self::Remise | Self::Lue | Self::Integree) { preuve } else { self }
            }
            Self::Postee => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Where an act leads from each state; « = » where it is only noted.
    fn table() -> String {
        let mut table = String::new();
        for etat in EtatDiffusion::TOUS {
            let mut notes = Vec::new();
            for acte in Acte::TOUS {
                match etat.apres(*acte) {
                    Some(apres) if apres == *etat && acte.est_un_retour() => notes.push(acte.as_str()),
                    Some(apres) => table.push_str(&format!("{etat} --{acte}--> {apres}\n")),
                    None => {}
                }
            }
            if !notes.is_empty() {
                table.push_str(&format!("{etat} = {}\n", notes.join(" ")));
            }
        }
        table
    }

    #[test]
    fn la_table_des_transitions() {
        let attendue = include_str!("transitions.txt");
        assert_eq!(table(), attendue, "\n{}", table());
    }

    #[test]
    fn rien_ne_part_jamais_d_une_diffusion_qui_n_attend_pas() {
        for etat in EtatDiffusion::TOUS {
            let part = etat.apres(Acte::Commencer).is_some();
            assert_eq!(part, matches!(etat, EtatDiffusion::AEnvoyer | EtatDiffusion::EnCours), "{etat}");
        }
        for etat in
            [EtatDiffusion::Lue, EtatDiffusion::Integree, EtatDiffusion::Remplacee, EtatDiffusion::Opposition, EtatDiffusion::Postee]
        {
            assert_eq!(etat.apres(Acte::Relancer), None, "{etat}");
            assert_eq!(etat.apres(Acte::Adresser), None, "{etat}");
        }
    }

    #[test]
    fn un_retour_n_est_jamais_refuse_et_ne_remet_jamais_en_route() {
        for etat in EtatDiffusion::TOUS {
            for acte in Acte::TOUS.iter().filter(|acte| acte.est_un_retour()) {
                let apres = etat.apres(*acte).unwrap();
                assert!(apres == *etat || apres.force().is_some(), "{etat} --{acte}--> {apres}");
            }
        }
    }

    #[test]
    fn un_accuse_de_remise_apres_la_lecture_ne_fait_pas_reculer() {
        let lue = EtatDiffusion::Acceptee.apres(Acte::Lire).unwrap();
        assert_eq!(lue, EtatDiffusion::Lue);
        for tardif in [Acte::Remettre, Acte::Rejeter, Acte::Refuser, Acte::Retarder, Acte::Supprimer] {
            assert_eq!(lue.apres(tardif), Some(EtatDiffusion::Lue), "{tardif}");
        }
    }

    proptest! {
        #[test]
        fn l_ordre_et_la_repetition_des_retours_ne_changent_pas_la_fin(
            retours in prop::collection::vec(prop::sample::select(
                Acte::TOUS.iter().copied().filter(|acte| acte.est_un_retour()).collect::<Vec<_>>()), 0..8),
            graine in any::<u64>(),
        ) {
            let finir = |actes: &[Acte]| actes.iter().fold(EtatDiffusion::Acceptee, |etat, acte| etat.apres(*acte).unwrap());
            let mut autres = retours.clone();
            // A shuffle that depends on the seed, then everything a second time.
            for i in (1..autres.len()).rev() {
                let j = usize::try_from(graine.rotate_left(u32::try_from(i).unwrap()) % (u64::try_from(i).unwrap() + 1)).unwrap();
                autres.swap(i, j);
            }
            autres.extend(retours.clone());
            prop_assert_eq!(finir(&retours), finir(&autres));
        }
    }
}
