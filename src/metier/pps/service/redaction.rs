//! The writing of a draft: what it starts from, its changes, the next version.

use super::{
    super::{
        model::{
            Auteur, EtatProgramme, GenreProgramme, MiseAJour, MotifMiseAJour, NouveauProgramme, Preremplissage, Programme,
            ProgrammeDetaille, ProgrammeError, reprise,
        },
        store,
    },
    compiler_pour, detailler, dossier_visible, enregistrer, evenement, manquants, trouver, visible,
};
use crate::{
    db::{Evenement, Op},
    kernel::{
        Action, Faute, Refus, Resultat,
        clock::date_paris,
        erreur::ErreurCommune,
        ids::{CompteRenduId, DossierId, ProgrammeId},
    },
    metier::{
        compte_rendu::{self, model::CompteRendu},
        fiche::{
            self,
            model::{Etape, fusionner, sections_changees},
            service::Changement,
            validation::{ModeleCompile, Niveau},
        },
        patient::{
            self,
            model::{Dossier, EtatDossier, PatientError},
        },
        referentiel::{self, model::ModeleFiche},
    },
};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// What a new programme of a dossier would start from; nothing is kept.
pub fn preremplir(op: &mut Op<'_>, id: DossierId, genre: GenreProgramme, compte_rendu: Option<CompteRenduId>) -> Resultat<Preremplissage> {
    op.exiger(Action::RedigerProgramme)?;
    let dossier = dossier_visible(op, Action::RedigerProgramme, id)?;
    let modele = modele_en_vigueur(op, genre, None)?;
    let compile = fiche::service::compiler(op, &modele)?;
    let saisie = depart(op, &dossier, genre, compte_rendu, &compile)?;
    op.tracer(Evenement::liste("preremplir", "programme").patient(dossier.patient_id))?;
    Ok(Preremplissage { modele: modele.reference().to_string(), manquants: manquants(op, &compile, &saisie), saisie })
}

/// Begins a programme in an open dossier, with the version of its model that is in force today.
pub fn creer(op: &mut Op<'_>, id: DossierId, nouveau: &NouveauProgramme) -> Resultat<ProgrammeDetaille> {
    op.exiger(Action::RedigerProgramme)?;
    let dossier = dossier_visible(op, Action::RedigerProgramme, id)?;
    exiger_ouvert(&dossier)?;
    let modele = modele_en_vigueur(op, nouveau.genre, nouveau.modele.as_deref())?;
    let compile = fiche::service::compiler(op, &modele)?;
    let depart = depart(op, &dossier, nouveau.genre, nouveau.compte_rendu_id, &compile)?;
    let saisie = nouveau.saisie.iter().fold(depart, |depart, saisie| fusionner(depart, &Value::Object(saisie.clone())));
    exiger_conforme(op, &compile, &saisie)?;
    let programme = Programme {
        id: op.id(),
        genre: nouveau.genre,
        dossier_id: id,
        patient_id: dossier.patient_id,
        compte_rendu_id: nouveau.compte_rendu_id,
        set_id: op.id(),
        numero_version: 1,
        remplace_id: None,
        remplace_par_id: None,
        motif: None,
        etat: EtatProgramme::Brouillon,
        modele_code: modele.code.clone(),
        modele_version: modele.version.clone(),
        completude: completude(op, &compile, &saisie).into(),
        saisie,
        remise: None,
        auteur_id: op.acteur.compte,
        auteur_nom: op.acteur.nom.clone(),
        version: 1,
        cree_le: op.maintenant,
        modifie_le: op.maintenant,
    };
    store::inserer(op, &programme)?;
    op.tracer(evenement("creer", &programme))?;
    detailler(op, programme)
}

/// Changes what a draft says, read at version `lue`.
pub fn modifier(op: &mut Op<'_>, id: ProgrammeId, lue: i64, changement: &Changement) -> Resultat<ProgrammeDetaille> {
    op.exiger(Action::RedigerProgramme)?;
    let avant = a_changer(op, id, lue)?;
    let compile = compiler_pour(op, &avant)?;
    let saisie = match changement {
        Changement::Remplacer(saisie) => Value::Object(saisie.clone()),
        Changement::Fusionner(correctif) => fusionner(avant.saisie.clone(), &Value::Object(correctif.clone())),
    };
    exiger_conforme(op, &compile, &saisie)?;
    let completude = completude(op, &compile, &saisie);
    let champs: Vec<String> = sections_changees(&avant.saisie, &saisie).into_iter().map(str::to_owned).collect();
    let apres = avant.avec(saisie, completude, op.maintenant)?;
    enregistrer(op, "modifier", &apres, lue, &champs.iter().map(String::as_str).collect::<Vec<_>>())?;
    detailler(op, apres)
}

/// Takes away a draft that was read at version `lue`; what was handed stays.
pub fn supprimer(op: &mut Op<'_>, id: ProgrammeId, lue: i64) -> Resultat<()> {
    op.exiger(Action::RedigerProgramme)?;
    let brouillon = a_changer(op, id, lue)?;
    if store::supprimer(op, id, lue)? == 0 {
        return Err(ErreurCommune::VersionPerimee { actuelle: trouver(op, id)?.version }.into());
    }
    op.tracer(evenement("supprimer", &brouillon))
}

/// Begins the version that will take the place of the one that holds, which was read at version `lue`.
pub fn nouvelle_version(op: &mut Op<'_>, id: ProgrammeId, lue: i64, demande: &MiseAJour) -> Resultat<ProgrammeDetaille> {
    op.exiger(Action::RedigerProgramme)?;
    let ancien = visible(op, Action::RedigerProgramme, id)?;
    exiger_version(&ancien, lue)?;
    let dossier = patient::service::dossier(op, ancien.dossier_id)?;
    exiger_ouvert(&dossier)?;
    if referentiel::service::concept_code(op, "motif-mise-a-jour", &demande.motif)?.is_none() {
        return Err(Refus::invalide(vec![Faute::new("/motif", "code-inconnu", "Ce motif n'appartient pas au jeu de valeurs.")]).into());
    }
    let motif = MotifMiseAJour { code: demande.motif.clone(), precision: demande.precision.clone() };
    let auteur = Auteur { compte: op.acteur.compte, nom: op.acteur.nom.clone() };
    let mut nouveau = ancien.nouvelle_version(op.id(), motif, auteur, op.maintenant)?;
    if let Some(compte_rendu) = demande.compte_rendu_id {
        nouveau.compte_rendu_id = Some(compte_rendu_du_dossier(op, &dossier, compte_rendu)?.id);
    }
    let modele = modele_en_vigueur(op, nouveau.genre, Some(&nouveau.modele_code))?;
    let compile = fiche::service::compiler(op, &modele)?;
    nouveau.saisie = retenir(op, &compile, nouveau.saisie);
    nouveau.completude = completude(op, &compile, &nouveau.saisie).into();
    nouveau.modele_version.clone_from(&modele.version);
    store::inserer(op, &nouveau)?;
    op.tracer(evenement("creer", &nouveau))?;
    detailler(op, nouveau)
}

const fn exiger_ouvert(dossier: &Dossier) -> Result<(), PatientError> {
    match dossier.etat {
        EtatDossier::Ouvert => Ok(()),
        EtatDossier::Clos => Err(PatientError::DossierClos),
    }
}

fn modele_en_vigueur(op: &mut Op<'_>, genre: GenreProgramme, demande: Option<&str>) -> Resultat<Arc<ModeleFiche>> {
    let date = date_paris(op.maintenant);
    referentiel::service::modele(op, genre.usage(), demande.unwrap_or_else(|| genre.modele()), date).map_err(|erreur| {
        match (demande, erreur.code()) {
            (Some(_), Some(_)) => {
                Refus::invalide(vec![Faute::new("/modele", "inconnu", "Aucun modèle de ce genre et de ce code n'est en vigueur.")]).into()
            }
            _ => erreur,
        }
    })
}

/// What a programme starts from: the compte-rendu that is named, or the PPS that was handed.
fn depart(
    op: &mut Op<'_>,
    dossier: &Dossier,
    genre: GenreProgramme,
    compte_rendu: Option<CompteRenduId>,
    compile: &ModeleCompile,
) -> Resultat<Value> {
    let compte_rendu = compte_rendu.map(|id| compte_rendu_du_dossier(op, dossier, id)).transpose()?;
    let depart = match genre {
        GenreProgramme::Pps => compte_rendu.map(|cr| reprise::depuis_compte_rendu(&cr.contenu)),
        GenreProgramme::Ppac => {
            let pps = store::en_vigueur(op, dossier.id, GenreProgramme::Pps)?;
            if let Some(pps) = &pps {
                op.tracer(evenement("lire", pps))?;
            }
            pps.and_then(|pps| pps.remise).map(|remise| reprise::depuis_pps(&remise.contenu))
        }
    };
    Ok(retenir(op, compile, depart.unwrap_or_else(|| json!({}))))
}

/// A compte-rendu in force of a dossier.
fn compte_rendu_du_dossier(op: &mut Op<'_>, dossier: &Dossier, id: CompteRenduId) -> Resultat<CompteRendu> {
    let etranger = || ProgrammeError::CompteRenduEtranger.into();
    let lu = compte_rendu::service::trouver(op, id).map_err(|erreur| if erreur.code().is_some() { etranger() } else { erreur })?;
    if lu.dossier_id != dossier.id || !lu.courant {
        return Err(etranger());
    }
    op.tracer(Evenement::sur("lire", "compte_rendu", id.uuid()).patient(lu.patient_id).version(lu.numero_version))?;
    Ok(lu)
}

/// What a model takes of a content: a fault takes away the item it stands in, or its whole section.
fn retenir(op: &Op<'_>, compile: &ModeleCompile, mut contenu: Value) -> Value {
    let aujourd_hui = date_paris(op.maintenant);
    for _ in 0..ESSAIS {
        let fautes = compile.fautes(&contenu, Niveau::Brouillon, aujourd_hui);
        if fautes.is_empty() {
            return contenu;
        }
        for faute in &fautes {
            retirer(&mut contenu, &faute.pointer);
        }
    }
    Value::Object(Map::new())
}

/// Rounds of faults that are taken away: a section may show its own once those of its items are gone.
const ESSAIS: usize = 20;

/// Takes away the member that a pointer names; the section, when it names an item of a list or nothing.
fn retirer(contenu: &mut Value, pointeur: &str) {
    let (parent, nom) = pointeur.rsplit_once('/').unwrap_or_default();
    if let Some(membres) = contenu.pointer_mut(parent).and_then(Value::as_object_mut)
        && membres.shift_remove(nom).is_some()
    {
        return;
    }
    let section = pointeur.trim_start_matches('/').split('/').next().unwrap_or_default().to_owned();
    if let Some(membres) = contenu.as_object_mut() {
        membres.shift_remove(&section);
    }
}

fn a_changer(op: &mut Op<'_>, id: ProgrammeId, lue: i64) -> Resultat<Programme> {
    let programme = visible(op, Action::RedigerProgramme, id)?;
    programme.exiger_brouillon()?;
    exiger_version(&programme, lue)?;
    Ok(programme)
}

fn exiger_version(programme: &Programme, lue: i64) -> Resultat<()> {
    if programme.version == lue { Ok(()) } else { Err(ErreurCommune::VersionPerimee { actuelle: programme.version }.into()) }
}

fn exiger_conforme(op: &Op<'_>, compile: &ModeleCompile, saisie: &Value) -> Resultat<()> {
    let fautes = compile.fautes(saisie, Niveau::Brouillon, date_paris(op.maintenant));
    if fautes.is_empty() { Ok(()) } else { Err(Refus::invalide(fautes).into()) }
}

fn completude(op: &Op<'_>, compile: &ModeleCompile, saisie: &Value) -> u8 {
    compile.completude(saisie, Etape::Validation, date_paris(op.maintenant)).pourcentage
}
