//! The forecast of the quorum of meetings to come.

use super::{
    candidats::{self, Connu},
    exigences, reglages,
};
use crate::{
    db::Op,
    kernel::{
        Action, Instant, Resultat,
        clock::date_paris,
        ids::{PraticienId, ReunionId},
        page::{LIMITE_MAXIMALE, Pagination},
    },
    metier::{
        quorum::{
            model::{Assistance, Candidat, Exigences, Participant},
            prevision::{
                Calcul, Echeance, Indices, PersonneAttendue, Prevision, PrevisionError, Reparation, ReunionARisque, arrondir, suffit,
            },
            reglages::ReglagesPrevision,
            regle::Cas,
        },
        rcp::{self, model::Rcp},
        reunion::{
            self,
            model::{Presence, Reunion, StatutPresence},
            service::FiltreReunions,
        },
    },
};
use chrono::Duration;
use std::collections::BTreeMap;

/// The forecast of a meeting to come, for those who plan the meetings of its RCP.
pub fn prevision(op: &mut Op<'_>, id: ReunionId) -> Resultat<Prevision> {
    op.exiger(Action::LireReunion)?;
    let reunion = reunion::service::trouver(op, id)?;
    let rcp = rcp::service::trouver(op, reunion.rcp_id)?;
    op.exiger_sur(Action::PlanifierReunion, &rcp::service::rattachement(&rcp))?;
    if !reunion.etat.attend_des_reponses() {
        return Err(PrevisionError::SansObjet(reunion.etat).into());
    }
    prevoir(op, &rcp, &reunion)
}

/// The meetings to come, among those that the person plans, whose forecast is under the threshold of the
/// region, by date; from the first date at which forecasts are looked at on.
pub fn a_risque(op: &mut Op<'_>) -> Resultat<Vec<ReunionARisque>> {
    op.exiger(Action::PlanifierReunion)?;
    let reglages = reglages(op, date_paris(op.maintenant))?.prevision;
    let horizon = reglages.horizon_jours();
    let filtre = FiltreReunions { du: Some(op.maintenant), avant: Some(op.maintenant + jours(horizon)), ..FiltreReunions::default() };
    let mut pagination = Pagination { limite: Some(LIMITE_MAXIMALE), curseur: None };
    let mut trouvees = Vec::new();
    loop {
        let page = reunion::service::lister(op, &filtre, &pagination)?;
        for resume in page.elements {
            let reunion = resume.reunion;
            let rcp = rcp::service::trouver(op, reunion.rcp_id)?;
            let planifiee = op.acteur.peut_sur(Action::PlanifierReunion, &rcp::service::rattachement(&rcp));
            if !planifiee || !reunion.etat.attend_des_reponses() {
                continue;
            }
            let prevision = prevoir(op, &rcp, &reunion)?;
            if prevision.a_risque {
                let reste = reunion.debut - op.maintenant;
                let echeance_jours = reglages.echeances_jours.iter().copied().filter(|j| reste <= jours(*j)).min().unwrap_or(horizon);
                let (rcp_code, rcp_nom, dossiers) = (resume.rcp_code, resume.rcp_nom, resume.dossiers);
                trouvees.push(ReunionARisque { rcp_code, rcp_nom, dossiers, echeance_jours, prevision });
            }
        }
        if page.suivant.is_none() {
            return Ok(trouvees);
        }
        pagination.curseur = page.suivant;
    }
}

fn jours(nombre: u32) -> Duration {
    Duration::days(i64::from(nombre))
}

fn prevoir(op: &mut Op<'_>, rcp: &Rcp, reunion: &Reunion) -> Resultat<Prevision> {
    let date = date_paris(reunion.debut);
    let reglages = reglages(op, date)?.prevision;
    let exigences = exigences(op, &rcp.saisie.regle_quorum, date)?;
    let presences = reunion::service::presences(op, reunion.id)?;
    let liste = Liste {
        assiduite: reunion::service::assiduite(op, rcp.id, reunion.debut, reglages.reunions_passees)?,
        connus: connus(op, rcp, reunion, &exigences, &presences)?,
        presences,
    };
    let personnes: Vec<Participant> = liste.connus.iter().map(|connu| connu.personne.clone()).collect();
    let calcul = Calcul::nouveau(&exigences, &personnes);
    let venues = liste.venues(op.maintenant, &reglages);
    let chances = calcul.chances(&venues);
    let echeances = reglages.echeances_jours.iter().map(|&avant| {
        let le = reunion.debut - jours(avant);
        let probabilite = arrondir(calcul.chances(&liste.venues(le.min(op.maintenant), &reglages)).probabilite);
        Echeance { jours: avant, le, passee: le <= op.maintenant, probabilite }
    });
    Ok(Prevision {
        reunion_id: reunion.id,
        debut: reunion.debut,
        regle_code: exigences.regle.code.clone(),
        regle_version: exigences.regle.version.clone(),
        seuil: reglages.seuil,
        a_risque: !suffit(chances.probabilite, reglages.seuil),
        echeances: echeances.collect(),
        personnes: liste.attendues(&venues),
        reparation: liste.reparation(&calcul, &venues, &reglages),
        chances: chances.arrondies(),
    })
}

/// Everybody who could come: those of the RCP, then of the directory for what the rule requires.
fn connus(op: &mut Op<'_>, rcp: &Rcp, reunion: &Reunion, exigences: &Exigences, presences: &[Presence]) -> Resultat<Vec<Connu>> {
    let mut connus = candidats::de_la_rcp(op, reunion, presences)?;
    let salle_vide = exigences.evaluer(&Cas::default(), &Assistance::default());
    for connu in candidats::de_l_annuaire(op, rcp, exigences, &exigences.besoins(&salle_vide))? {
        if connus.iter().all(|deja| deja.praticien.id != connu.praticien.id) {
            connus.push(connu);
        }
    }
    Ok(connus)
}

/// Everybody who could come to a meeting, and what is known of each.
struct Liste {
    connus: Vec<Connu>,
    presences: Vec<Presence>,
    assiduite: BTreeMap<PraticienId, (u32, u32)>,
}

impl Liste {
    fn presence(&self, connu: &Connu) -> Option<&Presence> {
        self.presences.iter().find(|presence| presence.praticien_id == connu.praticien.id)
    }

    fn indices(&self, presence: &Presence, au: Instant) -> Indices {
        let (venues, reunions) = self.assiduite.get(&presence.praticien_id).copied().unwrap_or_default();
        let connue = presence.modifie_le <= au;
        Indices {
            statut: if connue { presence.statut } else { StatutPresence::Attendu },
            reponse: presence.reponse.filter(|_| connue),
            venues,
            reunions,
        }
    }

    /// The probability that each person comes, as far as was known at a moment. Who is not on the list comes
    /// only when called.
    fn venues(&self, au: Instant, reglages: &ReglagesPrevision) -> Vec<f64> {
        let venue = |connu| self.presence(connu).map_or(0.0, |presence| self.indices(presence, au).venue(reglages));
        self.connus.iter().map(venue).collect()
    }

    fn attendues(&self, venues: &[f64]) -> Vec<PersonneAttendue> {
        let attendues = self.connus.iter().zip(venues).filter_map(|(connu, venue)| {
            let presence = self.presence(connu)?;
            let (venues, reunions) = self.assiduite.get(&presence.praticien_id).copied().unwrap_or_default();
            Some(PersonneAttendue {
                praticien_id: presence.praticien_id,
                nom: connu.praticien.nom_complet(),
                reponse: presence.reponse,
                venues,
                reunions,
                probabilite: arrondir(*venue),
            })
        });
        attendues.collect()
    }

    /// Whom to call: anybody but those who said not to come.
    fn reparation(&self, calcul: &Calcul<'_>, venues: &[f64], reglages: &ReglagesPrevision) -> Option<Reparation> {
        let empeche = |connu: &Connu| self.presence(connu).is_some_and(|presence| !presence.statut.a_inviter());
        let appelables: Vec<_> = (0_usize..)
            .zip(&self.connus)
            .filter(|(_, connu)| connu.praticien.actif && !empeche(connu))
            .map(|(rang, connu)| (rang, connu.origine))
            .collect();
        let appels = calcul.reparer(venues, &appelables, reglages)?;
        let personnes = appels.personnes.iter().filter_map(|rang| self.connus.get(*rang));
        Some(Reparation {
            personnes: personnes.map(|connu| Candidat::nouveau(&connu.praticien, connu.origine)).collect(),
            probabilite: arrondir(appels.probabilite),
        })
    }
}
