//! The dry run of a fiche model.

use super::{Examen, change, illisible};
use crate::{
    db::Op,
    kernel::{Resultat, clock::date_paris, ids::FicheId},
    metier::{
        atelier::model::essai::{Bilan, BilanModele, Comptes, Verdict, VerdictFiche, sans_rangs},
        fiche::{
            self,
            model::Etape,
            validation::{ModeleCompile, Niveau},
        },
        inscription::model::Inscription,
        patient,
        referentiel::{self, derive::ValeurDerivee, lot::FichierModele},
        reunion::model::{Reunion, ReunionResume},
    },
};
use chrono::NaiveDate;
use serde_json::Value;
use std::collections::BTreeSet;

/// Tries a model on the fiches of its code, each beside the version that it was made with.
pub(super) struct ExamenModele {
    code: String,
    compile: ModeleCompile,
    vues: BTreeSet<FicheId>,
    fautes: Comptes,
    derives: Comptes,
    bilan: BilanModele,
}

impl ExamenModele {
    pub(super) fn nouveau(op: &mut Op<'_>, fichier: &Value) -> Resultat<Self> {
        let modele = FichierModele::lire(fichier).map_err(|faute| illisible(faute.message))?;
        let corps = referentiel::service::composer(op, &modele)?;
        Ok(Self {
            code: modele.reference.code,
            compile: fiche::service::compiler_corps(op, &corps)?.map_err(illisible)?,
            vues: BTreeSet::new(),
            fautes: Comptes::default(),
            derives: Comptes::default(),
            bilan: BilanModele::default(),
        })
    }
}

impl Examen for ExamenModele {
    fn reunion(&mut self, _: &mut Op<'_>, _: &Reunion, _: &[Inscription]) -> Resultat<bool> {
        Ok(true)
    }

    fn cas(&mut self, op: &mut Op<'_>, reunion: &ReunionResume, inscription: &Inscription) -> Resultat<bool> {
        // A fiche goes from meeting to meeting: it is tried once.
        if !self.vues.insert(inscription.fiche_id) {
            return Ok(false);
        }
        let fiche = fiche::service::trouver(op, inscription.fiche_id)?;
        if fiche.modele_code != self.code {
            return Ok(false);
        }
        let sien = fiche::service::compiler_pour(op, &fiche)?;
        let patient = patient::service::trouver(op, fiche.patient_id)?;
        let (aujourd_hui, age) = (date_paris(op.maintenant), patient.age_au(date_paris(reunion.reunion.debut)));
        let (avant, apres) = (juger(&sien, &fiche.contenu, aujourd_hui), juger(&self.compile, &fiche.contenu, aujourd_hui));
        let calculer = |compile: &ModeleCompile| compile.calculer(&fiche.contenu, age, patient.sexe);
        let derives = derives_changes(&calculer(&sien), &calculer(&self.compile));
        let nouvelles = apres.fautes.iter().filter(|pointeur| !avant.fautes.contains(pointeur));
        self.fautes.ajouter(nouvelles.map(|pointeur| sans_rangs(pointeur)));
        self.bilan.compter(&avant, &apres);
        if avant != apres || !derives.is_empty() {
            self.bilan.changements.ajouter(change(reunion, inscription, avant.abrege(), apres.abrege()));
        }
        self.derives.ajouter(derives);
        Ok(true)
    }

    fn conclure(self) -> Bilan {
        let (fautes_nouvelles, derives_changes) = (self.fautes.frequences(), self.derives.frequences());
        Bilan::ModeleFiche(BilanModele { fautes_nouvelles, derives_changes, ..self.bilan })
    }
}

/// What a model says of a content at both steps.
fn juger(modele: &ModeleCompile, contenu: &Value, aujourd_hui: NaiveDate) -> VerdictFiche {
    let pointeurs = |niveau| modele.fautes(contenu, niveau, aujourd_hui).into_iter().map(|faute| faute.pointer);
    let invalide = pointeurs(Niveau::Brouillon).next().is_some();
    let mut fautes = BTreeSet::new();
    let mut verdict = |etape| {
        let siennes: Vec<String> = pointeurs(Niveau::Exige(etape)).collect();
        let verdict = match (invalide, siennes.is_empty()) {
            (true, _) => Verdict::Invalide,
            (false, false) => Verdict::Incomplete,
            (false, true) => Verdict::Conforme,
        };
        fautes.extend(siennes);
        verdict
    };
    let (prete, validation) = (verdict(Etape::Prete), verdict(Etape::Validation));
    let completude = modele.completude(contenu, Etape::Prete, aujourd_hui).pourcentage;
    VerdictFiche { prete, validation, completude, fautes: fautes.into_iter().collect() }
}

/// Codes of the derived values that come, go, or give something else.
fn derives_changes(avant: &[ValeurDerivee], apres: &[ValeurDerivee]) -> Vec<String> {
    let lue = |valeurs: &[ValeurDerivee], code: &str| valeurs.iter().find(|v| v.code == code).map(|v| (v.etat, v.valeur.clone()));
    let codes: BTreeSet<&str> = avant.iter().chain(apres).map(|valeur| valeur.code.as_str()).collect();
    codes.into_iter().filter(|code| lue(avant, code) != lue(apres, code)).map(str::to_owned).collect()
}
