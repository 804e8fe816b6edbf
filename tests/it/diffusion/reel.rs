//! The whole of a delivery on real mail servers: what leaves is in the mailbox, what comes back is read through
//! IMAP, and each case ends in one right state.

use super::{registre::verifier, *};
use crate::support::serveurs_courrier::{QUOTA, Serveurs, accuse};
use dcc::{jobs::runner::Ouvrier, messagerie, metier::diffusion::model::EtatDiffusion};
use std::time::{Duration, Instant};

/// The worker of a service that is set on those servers, with another sender if need be.
fn ouvrier(banc: &Banc, serveurs: &Serveurs, expediteur: Option<Arc<dyn Expediteur>>) -> Ouvrier {
    let mut config = banc.etat.config.clone();
    config.courrier = serveurs.smtp_config();
    config.courrier.retours = Some(serveurs.imap_config());
    let expediteur = expediteur.unwrap_or_else(|| messagerie::expediteur(&config.courrier).unwrap());
    app::ouvrier(&config, expediteur).unwrap()
}

fn adresser(banc: &Banc, praticien: PraticienId, adresse: String) {
    banc.systeme(move |op| {
        use schema::praticien_adresse as a;
        Ok(update(a::table.filter(a::praticien_id.eq(praticien))).set(a::adresse.eq(&adresse)).execute(op.conn)?)
    });
}

/// Reads the returns until the delivery stands there.
#[track_caller]
fn attendre(banc: &Banc, serveurs: &Serveurs, ouvrier: &Ouvrier, quoi: &str, tient: impl Fn() -> bool) {
    let debut = Instant::now();
    loop {
        assert!(runner::passer_une_fois(&banc.etat.db, ouvrier, "relever_les_retours").unwrap());
        if tient() {
            return;
        }
        assert!(debut.elapsed() < Duration::from_mins(1), "{quoi} : jamais\n{}", serveurs.journaux());
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Sends for good, then dies before anybody hears of it.
struct MortApresEnvoi(Arc<dyn Expediteur>);

impl Expediteur for MortApresEnvoi {
    fn envoyer(&self, courrier: &Courrier) -> Result<Accuse, EchecEnvoi> {
        self.0.envoyer(courrier).unwrap();
        panic!("mort entre la prise en charge et son écriture");
    }
}

sur_les_deux_bases! {
    fn chaque_cas_finit_dans_un_etat_juste(banc) {
        let Some(serveurs) = Serveurs::demarrer() else { return };
        let mut s = scene(banc);
        s.demandeur = s.traitant;
        let ouvrier = ouvrier(banc, &serveurs, None);
        // Heavier than the full mailbox holds.
        let pdf = [PDF, &vec![b'.'; QUOTA as usize]].concat();
        let envoyer = |boite: &str| {
            adresser(banc, s.traitant, serveurs.adresse(boite));
            let cr = valider(banc, autre_cas(banc, s), 1);
            rendre_octets(banc, cr, pdf.clone());
            runner::vider(&banc.etat.db, &ouvrier).unwrap();
            cr
        };
        let lue = |cr: CompteRenduId| {
            let id = etat(banc, cr, s.traitant).0;
            banc.systeme(move |op| diffusions::trouver(op, id))
        };
        let arrive_a = |cr: CompteRenduId, etat: EtatDiffusion| {
            attendre(banc, &serveurs, &ouvrier, etat.as_str(), || lue(cr).etat == etat);
        };

        // Delivered, then read by a person.
        let cr = envoyer("anne");
        arrive_a(cr, EtatDiffusion::Remise);
        let recu = serveurs.attendre_boite("anne", 1).remove(0);
        serveurs.deposer("anne", &accuse(&recu, "displayed", None));
        arrive_a(cr, EtatDiffusion::Lue);

        // Integrated by a hospital system, or refused with its code.
        let cr = envoyer("chu");
        arrive_a(cr, EtatDiffusion::Remise);
        serveurs.deposer("chu", &accuse(&serveurs.attendre_boite("chu", 1)[0], "processed", None));
        arrive_a(cr, EtatDiffusion::Integree);
        let cr = envoyer("chu");
        serveurs.deposer("chu", &accuse(&serveurs.attendre_boite("chu", 2)[1], "processed/error", Some("E-INS^INS non rapprochée")));
        arrive_a(cr, EtatDiffusion::Refusee);
        assert_eq!(lue(cr).code_retour.as_deref(), Some("E-INS"));

        // Refused at once: nobody took charge of it.
        let cr = envoyer("inconnue");
        assert_eq!((lue(cr).etat, lue(cr).code_retour.as_deref()), (EtatDiffusion::Echec, Some("550")));

        // Taken in charge, then bounced: unknown behind the gateway, and a full mailbox.
        let cr = envoyer("fantome");
        arrive_a(cr, EtatDiffusion::Rejetee);
        assert_eq!(lue(cr).code_retour.as_deref(), Some("5.1.1"));
        let cr = envoyer("pleine");
        arrive_a(cr, EtatDiffusion::Rejetee);
        assert_eq!(lue(cr).code_retour.as_deref(), Some("5.2.2"));

        // Deferred, then taken at the next attempt; and a slow server.
        let cr = envoyer("grise");
        assert_eq!((lue(cr).etat, lue(cr).code_retour.as_deref()), (EtatDiffusion::AEnvoyer, Some("450")));
        avancer(banc, TimeDelta::minutes(2));
        runner::vider(&banc.etat.db, &ouvrier).unwrap();
        arrive_a(cr, EtatDiffusion::Remise);
        assert_eq!(lue(cr).tentatives, 2);
        arrive_a(envoyer("lente"), EtatDiffusion::Remise);

        // Late, and then there; and a relay that says nothing more.
        let cr = envoyer("absente");
        attendre(banc, &serveurs, &ouvrier, "retard", || lue(cr).retardee_le.is_some());
        assert_eq!(lue(cr).etat, EtatDiffusion::Acceptee);
        serveurs.reparer();
        arrive_a(cr, EtatDiffusion::Remise);
        let cr = envoyer("relais");
        let version = lue(cr).version;
        attendre(banc, &serveurs, &ouvrier, "relais", || lue(cr).version > version);
        assert_eq!(lue(cr).etat, EtatDiffusion::Acceptee);

        let rapport = verifier(banc);
        assert!(rapport.tient(), "{rapport}");
        assert!(serveurs.lire_dossier("retours", ".&AMA- examiner").is_empty(), "tout a été compris et rattaché");
    }

    fn mort_entre_la_prise_en_charge_et_son_ecriture_le_meme_courrier_repart(banc) {
        let Some(serveurs) = Serveurs::demarrer() else { return };
        let mut s = scene(banc);
        s.demandeur = s.traitant;
        adresser(banc, s.traitant, serveurs.adresse("anne"));
        let vrai = messagerie::expediteur(&serveurs.smtp_config()).unwrap();
        let mourant = ouvrier(banc, &serveurs, Some(Arc::new(MortApresEnvoi(vrai))));
        let cr = valider(banc, s, 1);
        rendre(banc, cr);
        runner::vider(&banc.etat.db, &mourant).unwrap();
        assert_eq!(etat(banc, cr, s.traitant).1, "en_cours");
        serveurs.attendre_boite("anne", 1);
        avancer(banc, BAIL);
        let ouvrier = ouvrier(banc, &serveurs, None);
        runner::vider(&banc.etat.db, &ouvrier).unwrap();
        let recus = serveurs.attendre_boite("anne", 2);
        let (_, _, message_id) = etat(banc, cr, s.traitant);
        for recu in &recus {
            let lu = mail_parser::MessageParser::default().parse(recu).unwrap();
            assert_eq!(lu.message_id().map(|id| format!("<{id}>")), message_id);
        }
        attendre(banc, &serveurs, &ouvrier, "remise", || etat(banc, cr, s.traitant).1 == "remise");
        assert!(verifier(banc).tient());
    }
}
