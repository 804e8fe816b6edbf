//! Use cases of the kit. The service itself makes it, never a person: what it holds passes the rights of anybody.

use super::model::{Cas, CasRepris, Centre, Contact, FicheReprise, Seance};
use crate::{
    db::{Evenement, Op},
    kernel::{
        Resultat,
        acte::MotifActe,
        clock::date_paris,
        erreur::ErreurCommune,
        ids::{EtablissementId, InscriptionId, PatientId, PraticienId, ReunionId},
        page::Pagination,
    },
    metier::{
        acces, alerte,
        alerte::model::EtatAlerte,
        annuaire,
        compte_rendu::model::{assemblage::Bottin, contenu::PatientRendu},
        fiche,
        inscription::{self, model::Inscription},
        patient::{
            self,
            model::{ObjetOpposition, Patient},
        },
        rcp::{
            self,
            model::{FonctionMembre, Rcp},
        },
        referentiel,
        reunion::{
            self,
            model::{EtatReunion, Reunion, debut_du_jour},
            service::FiltreReunions,
        },
    },
};
use chrono::Days;
use std::collections::{BTreeMap, BTreeSet};

fn exiger_le_service(op: &Op<'_>) -> Resultat<()> {
    if op.acteur.est_systeme() { Ok(()) } else { Err(ErreurCommune::Interdit.into()) }
}

/// The meetings of today and of the `jours` days that follow which are still to be held, by beginning.
pub fn reunions_a_venir(op: &mut Op<'_>, jours: u32) -> Resultat<Vec<ReunionId>> {
    exiger_le_service(op)?;
    let aujourd_hui = date_paris(op.maintenant);
    let apres = aujourd_hui.checked_add_days(Days::new(u64::from(jours) + 1));
    let filtre = FiltreReunions { du: debut_du_jour(aujourd_hui), avant: apres.and_then(debut_du_jour), ..FiltreReunions::default() };
    let mut pagination = Pagination { limite: Some(200), curseur: None };
    let mut ids = Vec::new();
    loop {
        let page = reunion::service::lister(op, &filtre, &pagination)?;
        ids.extend(page.elements.iter().map(|resume| &resume.reunion).filter(|reunion| a_tenir(reunion.etat)).map(|reunion| reunion.id));
        match page.suivant {
            Some(suivant) => pagination.curseur = Some(suivant),
            None => return Ok(ids),
        }
    }
}

const fn a_tenir(etat: EtatReunion) -> bool {
    match etat {
        EtatReunion::Planifiee | EtatReunion::Convoquee | EtatReunion::Ouverte => true,
        EtatReunion::Close | EtatReunion::Validee | EtatReunion::Annulee => false,
    }
}

/// Everything that one meeting needs to be held without the service. Each fiche that is taken is traced.
pub fn composer(op: &mut Op<'_>, id: ReunionId) -> Resultat<Seance> {
    exiger_le_service(op)?;
    let reunion = reunion::service::trouver(op, id)?;
    let rcp = rcp::service::trouver(op, reunion.rcp_id)?;
    let centre = annuaire::service::centre(op, rcp.centre_3c_id)?.saisi;
    op.tracer(Evenement::sur("exporter", "reunion", id.uuid()).version(reunion.version).motif(MotifActe::Continuite))?;
    Ok(Seance {
        reunion_id: id,
        rcp_code: rcp.code.clone(),
        rcp: rcp.nom.clone(),
        centre: Centre { code: centre.code, nom: centre.nom, telephone: centre.telephone, courriel: centre.courriel },
        etablissement: annuaire::service::etablissement(op, rcp.etablissement_id)?.saisi.raison_sociale,
        debut: reunion.debut,
        fin: reunion.fin,
        lieu: reunion.lieu.clone(),
        lien_visio: reunion.lien_visio.clone(),
        etat: reunion.etat,
        secretariat: rcp.secretariat.clone(),
        attendus: contacts(op, &reunion, &rcp)?,
        ordre_du_jour: ordre_du_jour(op, &reunion)?,
        feuille: reunion::service::feuille(op, id)?,
        edite_le: op.maintenant,
    })
}

/// Those on the list of the meeting, the coordinators first.
fn contacts(op: &mut Op<'_>, reunion: &Reunion, rcp: &Rcp) -> Resultat<Vec<Contact>> {
    let membres = rcp::service::membres(op, rcp.id, date_paris(reunion.debut))?;
    let coordonnateurs: BTreeSet<PraticienId> =
        membres.iter().filter(|membre| membre.fonction == FonctionMembre::Coordonnateur).map(|membre| membre.praticien_id).collect();
    let presences = reunion::service::presences(op, reunion.id)?;
    let ids: Vec<PraticienId> = presences.iter().map(|presence| presence.praticien_id).collect();
    let praticiens = annuaire::service::praticiens_par_id(op, &ids)?;
    let mut contacts = Vec::with_capacity(presences.len());
    for presence in presences {
        let Some(praticien) = praticiens.iter().find(|praticien| praticien.id == presence.praticien_id) else { continue };
        let saisi = &praticien.saisi;
        let specialite = match &saisi.specialite {
            Some(code) => referentiel::service::libelle(op, "author-specialty", code)?.or_else(|| Some(code.clone())),
            None => None,
        };
        contacts.push(Contact {
            nom: praticien.nom_complet(),
            coordonnateur: coordonnateurs.contains(&praticien.id),
            specialite,
            etablissement: saisi.etablissement_id.map(|id| nom_de(op, id)).transpose()?,
            telephone: saisi.telephone.clone(),
            courriel: saisi.courriel.clone(),
            adresse_securisee: praticien.adresse_preferee().map(str::to_owned),
            statut: presence.statut,
        });
    }
    contacts.sort_by(|a, b| (!a.coordonnateur, &a.nom).cmp(&(!b.coordonnateur, &b.nom)));
    Ok(contacts)
}

fn nom_de(op: &mut Op<'_>, id: EtablissementId) -> Resultat<String> {
    Ok(annuaire::service::etablissement(op, id)?.saisi.raison_sociale)
}

/// The cases that the meeting is to deal with, in order; those of patients who may not be in a kit keep their place and
/// nothing else.
fn ordre_du_jour(op: &mut Op<'_>, reunion: &Reunion) -> Resultat<Vec<Cas>> {
    let inscriptions = inscription::service::de_la_reunion(op, reunion.id)?;
    let retenues: Vec<Inscription> = inscriptions.into_iter().filter(|i| i.etat.a_l_ordre_du_jour()).collect();
    let noms = noms(op, &retenues)?;
    let ids: Vec<InscriptionId> = retenues.iter().map(|i| i.id).collect();
    let alertes = alerte::service::des_inscriptions(op, &ids)?;
    let mut cas = Vec::with_capacity(retenues.len());
    for (rang, inscription) in (1..).zip(&retenues) {
        let demandeur = noms.get(&inscription.demandeur_id).cloned().unwrap_or_default();
        if !peut_figurer(op, inscription.patient_id)? {
            cas.push(Cas::Omis { rang, demandeur });
            continue;
        }
        let siennes = alertes.iter().filter(|a| a.inscription_id == inscription.id && a.etat == EtatAlerte::Active);
        let (patient, dossier, fiche) = lire(op, reunion, inscription)?;
        cas.push(Cas::Repris(Box::new(CasRepris {
            rang,
            inscription_id: inscription.id,
            etat: inscription.etat,
            patient,
            dossier,
            demandeur,
            presentateur: inscription.presentateur_id.and_then(|id| noms.get(&id).cloned()),
            commentaire: inscription.commentaire.clone(),
            alertes: siennes.map(|alerte| alerte.message.clone()).collect(),
            fiche,
        })));
    }
    Ok(cas)
}

fn noms(op: &mut Op<'_>, inscriptions: &[Inscription]) -> Resultat<BTreeMap<PraticienId, String>> {
    let ids: Vec<PraticienId> = inscriptions.iter().flat_map(|i| std::iter::once(i.demandeur_id).chain(i.presentateur_id)).collect();
    Ok(annuaire::service::praticiens_par_id(op, &ids)?.into_iter().map(|praticien| (praticien.id, praticien.nom_complet())).collect())
}

/// False for who opposes the sharing and for who is restricted to named people: nobody knows who will open the kit.
fn peut_figurer(op: &mut Op<'_>, patient: PatientId) -> Resultat<bool> {
    Ok(!patient::service::est_oppose(op, patient, ObjetOpposition::PartageDcc)? && !acces::service::est_restreint(op, patient)?)
}

/// The patient, the label of the dossier and the fiche of a case. Traced.
fn lire(op: &mut Op<'_>, reunion: &Reunion, inscription: &Inscription) -> Resultat<(PatientRendu, String, FicheReprise)> {
    let date = date_paris(reunion.debut);
    let patient = patient::service::trouver(op, inscription.patient_id)?;
    let dossier = patient::service::dossier(op, inscription.dossier_id)?.libelle;
    let fiche = fiche::service::trouver(op, inscription.fiche_id)?;
    let blocs = fiche::service::lire_en_mots(op, &fiche, &patient, date, &[])?;
    let trace = Evenement::sur("exporter", "fiche", fiche.id.uuid()).patient(patient.id).version(fiche.version);
    op.tracer(trace.motif(MotifActe::Continuite))?;
    let rendu = PatientRendu::de(&patient, date, &bottin(op, &patient)?)?;
    let reprise = FicheReprise {
        id: fiche.id,
        modele: format!("{}@{}", fiche.modele_code, fiche.modele_version),
        etat: fiche.etat,
        completude: fiche.completude,
        version: fiche.version,
        modifie_le: fiche.modifie_le,
        blocs,
        contenu: fiche.contenu,
    };
    Ok((rendu, dossier, reprise))
}

/// The établissements that number the patient.
fn bottin(op: &mut Op<'_>, patient: &Patient) -> Resultat<Bottin> {
    let mut bottin = Bottin::default();
    for identifiant in &patient.identifiants {
        let id = identifiant.etablissement_id;
        bottin.etablissements.insert(id, annuaire::service::etablissement(op, id)?);
    }
    Ok(bottin)
}
