//! The handing of a programme: it is complete, fixed with the words of the day, and takes the place of the
//! version before it.

use super::{
    super::{
        job,
        model::{
            Programme, ProgrammeDetaille, ProgrammeError, Remise, RemiseSaisie,
            contenu::{CompteRenduCite, ContenuProgramme, EnTete, FORMAT, RemiseFaite, Remplacement},
            saisie::Saisie,
        },
    },
    detailler, enregistrer, trouver, visible,
};
use crate::{
    db::Op,
    jobs::queue,
    kernel::{
        Action, Faute, Panne, Refus, Resultat,
        clock::date_paris,
        erreur::ErreurCommune,
        ids::{EtablissementId, PraticienId, ProgrammeId},
    },
    metier::{
        annuaire,
        compte_rendu::{
            self,
            model::{Code, CompteRendu, assemblage::Bottin, contenu::PatientRendu},
        },
        diffusion::service as diffusion,
        fiche::{
            self,
            model::{Etape, lecture::lire_blocs},
            validation::Niveau,
        },
        patient::{
            self,
            model::{Dossier, Patient},
        },
        referentiel::{self, lexique},
    },
};
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Hands a draft that was read at version `lue` and lacks nothing, then prepares its deliveries: what was handed on
/// paper is sent to those who follow the patient.
pub fn remettre(op: &mut Op<'_>, id: ProgrammeId, lue: i64, saisie: &RemiseSaisie) -> Resultat<ProgrammeDetaille> {
    op.exiger(Action::RemettreProgramme)?;
    let brouillon = visible(op, Action::RemettreProgramme, id)?;
    brouillon.exiger_brouillon()?;
    if brouillon.version != lue {
        return Err(ErreurCommune::VersionPerimee { actuelle: brouillon.version }.into());
    }
    let ancien = brouillon.remplace_id.map(|id| trouver(op, id)).transpose()?;
    let (remise, completude) = fixer(op, &brouillon, ancien.as_ref(), saisie)?;
    if let Some(ancien) = ancien {
        let lue = ancien.version;
        let remplace = ancien.remplacer(id, op.maintenant)?;
        enregistrer(op, "remplacer", &remplace, lue, &[])?;
    }
    let remis = brouillon.remettre(remise, completude, op.maintenant)?;
    enregistrer(op, "remettre", &remis, lue, &[])?;
    diffusion::preparer(op, &(&remis).into())?;
    queue::enfiler(op, job::RENDRE_PROGRAMME, &json!({ "programme_id": id }))?;
    detailler(op, remis)
}

/// Everything that a programme is made of besides what is written in it.
struct Pieces {
    patient: Patient,
    dossier: Dossier,
    compte_rendu: Option<CompteRendu>,
    bottin: Bottin,
    professionnel: PraticienId,
    etablissement: EtablissementId,
    date: NaiveDate,
}

/// What is handed, and how complete it is.
fn fixer(op: &mut Op<'_>, brouillon: &Programme, ancien: Option<&Programme>, saisie: &RemiseSaisie) -> Resultat<(Remise, u8)> {
    let aujourd_hui = date_paris(op.maintenant);
    let modele = referentiel::service::modele_en_memoire(op, &brouillon.modele_code, &brouillon.modele_version)?;
    let compile = fiche::service::compiler(op, &modele)?;
    let fautes = compile.fautes(&brouillon.saisie, Niveau::Exige(Etape::Validation), aujourd_hui);
    if !fautes.is_empty() {
        let fautes = fautes.into_iter().map(|faute| Faute { pointer: format!("/saisie{}", faute.pointer), ..faute });
        return Err(Refus::invalide(fautes.collect()).into());
    }
    let completude = compile.completude(&brouillon.saisie, Etape::Validation, aujourd_hui).pourcentage;
    let lue = Saisie::lire(brouillon.genre, brouillon.saisie.clone()).map_err(|_| ProgrammeError::ModeleIncompatible(brouillon.genre))?;
    let pieces = reunir(op, brouillon, ancien, saisie, &lue)?;
    let (age, sexe) = (pieces.patient.age_au(pieces.date), pieces.patient.sexe);
    let derives = compile.calculer(&brouillon.saisie, age, sexe);
    let membres = Saisie::membres(brouillon.genre);
    let blocs =
        lire_blocs(&modele.schema, &brouillon.saisie, membres, &derives, &mut |jeu, code| referentiel::service::libelle(op, jeu, code))?;
    let mut contenu = ContenuProgramme {
        format: FORMAT,
        document: EnTete {
            id: brouillon.id,
            set_id: brouillon.set_id,
            numero_version: brouillon.numero_version,
            remplace: remplacement(brouillon, ancien),
            etabli_le: op.maintenant,
        },
        modele: modele.reference().to_string(),
        patient: PatientRendu::de(&pieces.patient, pieces.date, &pieces.bottin)?,
        dossier_id: pieces.dossier.id,
        dossier: pieces.dossier.libelle.clone(),
        compte_rendu: pieces.compte_rendu.as_ref().map(|cr| CompteRenduCite::de(&cr.contenu)),
        remise: RemiseFaite {
            date: pieces.date,
            destinataire: saisie.destinataire,
            destinataire_nom: saisie.destinataire_nom.as_deref().map(|nom| nom.trim().to_owned()),
            professionnel: pieces.bottin.professionnel(pieces.professionnel)?,
        },
        referent: pieces.dossier.referent_id.map(|id| pieces.bottin.professionnel(id)).transpose()?,
        medecin_traitant: pieces.patient.medecin_traitant_id.map(|id| pieces.bottin.professionnel(id)).transpose()?,
        etablissement: pieces.bottin.etablissement(pieces.etablissement)?,
        saisie: lue,
        blocs,
        lexique: Vec::new(),
        information: lexique::information(&modele.schema),
    };
    libeller(op, &mut contenu)?;
    contenu.lexique = lexique::employe(&modele.schema, &dit(&contenu)?).map_err(Panne::dire)?;
    let remise = Remise { date: pieces.date, professionnel_id: pieces.professionnel, empreinte: contenu.empreinte()?, contenu };
    Ok((remise, completude))
}

/// What the patient reads of a content, where the words of the lexicon are looked for.
fn dit(contenu: &ContenuProgramme) -> Resultat<Value> {
    let illisible = |e| Panne::new("lecture d'un programme", e);
    let (saisie, blocs) =
        (serde_json::to_value(&contenu.saisie).map_err(illisible)?, serde_json::to_value(&contenu.blocs).map_err(illisible)?);
    Ok(json!([saisie, blocs, contenu.compte_rendu.as_ref().map(|_| "RCP")]))
}

fn remplacement(brouillon: &Programme, ancien: Option<&Programme>) -> Option<Remplacement> {
    let (ancien, motif) = ancien.zip(brouillon.motif.as_ref())?;
    let remis_le = ancien.remise.as_ref()?.date;
    Some(Remplacement::nouveau(ancien.id, ancien.numero_version, remis_le, motif))
}

/// Gathers what the content names, or the faults of the handing.
fn reunir(op: &mut Op<'_>, brouillon: &Programme, ancien: Option<&Programme>, saisie: &RemiseSaisie, lue: &Saisie) -> Resultat<Pieces> {
    let aujourd_hui = date_paris(op.maintenant);
    let date = saisie.date.unwrap_or(aujourd_hui);
    let rcp = match lue {
        Saisie::Pps(pps) => pps.annonce.date_rcp,
        Saisie::Ppac(_) => None,
    };
    let precedente = ancien.and_then(|ancien| ancien.remise.as_ref()).map(|remise| remise.date);
    let mut fautes = saisie.fautes(date, aujourd_hui, rcp, precedente);
    let patient = patient::service::trouver(op, brouillon.patient_id)?;
    let dossier = patient::service::dossier(op, brouillon.dossier_id)?;
    let compte_rendu = brouillon.compte_rendu_id.map(|id| compte_rendu::service::trouver(op, id)).transpose()?;
    let par = saisie.professionnel_id.or(op.acteur.praticien);
    let nommes: BTreeSet<PraticienId> = [par, dossier.referent_id, patient.medecin_traitant_id].into_iter().flatten().collect();
    let praticiens = annuaire::service::praticiens_par_id(op, &nommes.into_iter().collect::<Vec<_>>())?;
    let mut bottin = Bottin { praticiens: praticiens.into_iter().map(|p| (p.id, p)).collect(), ..Bottin::default() };
    let professionnel = par.filter(|id| bottin.praticiens.contains_key(id));
    if professionnel.is_none() {
        fautes.push(Faute::new("/professionnel_id", "obligatoire", "Nommez le professionnel de l'annuaire qui remet le programme."));
    }
    let exerce = |id: Option<PraticienId>| bottin.praticiens.get(&id?)?.saisi.etablissement_id;
    let du_compte_rendu = compte_rendu.as_ref().map(|cr| cr.etablissement_id);
    let etablissement = saisie.etablissement_id.or(du_compte_rendu).or_else(|| exerce(par)).or_else(|| exerce(dossier.referent_id));
    let lieux: BTreeSet<EtablissementId> = bottin.praticiens.values().filter_map(|p| p.saisi.etablissement_id).collect();
    let lieux = lieux.into_iter().chain(patient.identifiants.iter().map(|i| i.etablissement_id)).chain(du_compte_rendu);
    for id in lieux.collect::<BTreeSet<_>>() {
        bottin.etablissements.insert(id, annuaire::service::etablissement(op, id)?);
    }
    if let Some(id) = saisie.etablissement_id {
        match annuaire::service::etablissement(op, id) {
            Ok(etablissement) => drop(bottin.etablissements.insert(id, etablissement)),
            Err(erreur) if erreur.code().is_some() => {
                fautes.push(Faute::new("/etablissement_id", "inconnu", "Cet établissement n'existe pas."));
            }
            Err(panne) => return Err(panne),
        }
    } else if etablissement.is_none() {
        fautes.push(Faute::new("/etablissement_id", "obligatoire", "Nommez l'établissement qui conserve le programme."));
    }
    match (professionnel, etablissement) {
        (Some(professionnel), Some(etablissement)) if fautes.is_empty() => {
            Ok(Pieces { patient, dossier, compte_rendu, bottin, professionnel, etablissement, date })
        }
        _ => Err(Refus::invalide(fautes).into()),
    }
}

/// Gives each code the label and the system of the value set in force.
fn libeller(op: &mut Op<'_>, contenu: &mut ContenuProgramme) -> Resultat<()> {
    for (jeu, code) in contenu.codes() {
        if let Some(concept) = referentiel::service::concept_code(op, jeu, &code.code)? {
            *code = Code { code: concept.code, systeme: Some(concept.systeme), libelle: concept.libelle };
        }
    }
    Ok(())
}
