//! Who could come to a meeting: members, guests and substitutes of the RCP, then professionals of the
//! établissements that organise it, then of their territoire.

use crate::{
    db::Op,
    kernel::{
        Resultat,
        clock::date_paris,
        ids::{EtablissementId, PraticienId},
        page::{LIMITE_MAXIMALE, Pagination},
    },
    metier::{
        annuaire::{self, model::Praticien},
        quorum::{
            model::{Besoin, Exigences, MoyenParticipation, OrigineCandidat, Participant},
            service::designations,
        },
        rcp::{
            self,
            model::{FonctionMembre, Rcp},
        },
        reunion::model::{Presence, Reunion},
    },
};
use std::collections::BTreeMap;

/// The most persons named for one missing place.
pub(super) const CANDIDATS_PAR_PLACE: i64 = 10;

/// Somebody who could come to a meeting.
#[derive(Debug, Clone)]
pub(super) struct Connu {
    /// The entry of the directory.
    pub praticien: Praticien,
    /// Where the person is found.
    pub origine: OrigineCandidat,
    /// What the person stands for before the quorum.
    pub personne: Participant,
}

/// The persons of the RCP: those on the list of the meeting and its members, the nearest first.
pub(super) fn de_la_rcp(op: &mut Op<'_>, reunion: &Reunion, presences: &[Presence]) -> Resultat<Vec<Connu>> {
    let mut origines: BTreeMap<PraticienId, OrigineCandidat> = BTreeMap::new();
    let mut noter = |id, origine| {
        let retenue = origines.entry(id).or_insert(origine);
        *retenue = origine.min(*retenue);
    };
    for presence in presences {
        noter(presence.praticien_id, if presence.permanent { OrigineCandidat::Membre } else { OrigineCandidat::Invite });
    }
    for membre in rcp::service::membres(op, reunion.rcp_id, date_paris(reunion.debut))? {
        let origine = match membre.fonction {
            FonctionMembre::Coordonnateur | FonctionMembre::Permanent => OrigineCandidat::Membre,
            FonctionMembre::Suppleant => OrigineCandidat::Suppleant,
        };
        noter(membre.praticien_id, origine);
    }
    let ids: Vec<PraticienId> = origines.keys().copied().collect();
    let mut designations = designations(op, reunion, presences, &[])?;
    let praticiens = annuaire::service::praticiens_par_id(op, &ids)?;
    let connus = praticiens.into_iter().filter_map(|praticien| {
        let origine = *origines.get(&praticien.id)?;
        let designees = designations.remove(&praticien.id).unwrap_or_default();
        Some(Connu { personne: Participant { designations: designees, ..personne(&praticien) }, praticien, origine })
    });
    Ok(ranges(connus.collect()))
}

/// Professionals of the directory who would bring what is missing: of the organising établissements, or
/// of the rest of their territoire when those have nobody.
pub(super) fn de_l_annuaire(op: &mut Op<'_>, rcp: &Rcp, exigences: &Exigences, besoins: &[Besoin<'_>]) -> Resultat<Vec<Connu>> {
    let organisateurs: Vec<EtablissementId> =
        std::iter::once(rcp.saisie.etablissement_id).chain(rcp.saisie.co_organisateurs.iter().copied()).collect();
    let voisins = voisins(op, &organisateurs)?;
    let mut trouves: BTreeMap<PraticienId, Connu> = BTreeMap::new();
    for besoin in besoins {
        for (etablissements, origine) in [(&organisateurs, OrigineCandidat::Etablissement), (&voisins, OrigineCandidat::Territoire)] {
            let (specialites, professions) = besoin.recherche(&exigences.groupes);
            let specialites: Vec<String> = specialites.into_iter().collect();
            for praticien in annuaire::service::en_exercice(op, etablissements, &specialites, &professions, CANDIDATS_PAR_PLACE)? {
                let personne = personne(&praticien);
                if besoin.comble_par(exigences, &personne) {
                    trouves.entry(praticien.id).or_insert(Connu { praticien, origine, personne });
                }
            }
        }
    }
    Ok(ranges(trouves.into_values().collect()))
}

/// The other établissements of the territoires of some.
fn voisins(op: &mut Op<'_>, organisateurs: &[EtablissementId]) -> Resultat<Vec<EtablissementId>> {
    let mut voisins = Vec::new();
    for id in organisateurs {
        let Some(territoire) = annuaire::service::etablissement(op, *id)?.saisi.territoire_id else { continue };
        let pagination = Pagination { limite: Some(LIMITE_MAXIMALE), curseur: None };
        let page = annuaire::service::etablissements(op, None, Some(territoire), &pagination)?;
        voisins.extend(page.elements.into_iter().map(|e| e.id).filter(|voisin| !organisateurs.contains(voisin)));
    }
    voisins.sort_unstable();
    voisins.dedup();
    Ok(voisins)
}

fn personne(praticien: &Praticien) -> Participant {
    Participant {
        praticien_id: praticien.id,
        profession: praticien.saisi.profession.clone(),
        specialite: praticien.saisi.specialite.clone(),
        designations: std::collections::BTreeSet::new(),
        moyen: MoyenParticipation::Presence,
    }
}

fn ranges(mut connus: Vec<Connu>) -> Vec<Connu> {
    connus.sort_by_cached_key(|connu| (connu.origine, connu.praticien.saisi.nom.clone(), connu.praticien.id));
    connus
}
