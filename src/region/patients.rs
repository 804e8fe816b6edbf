//! A patient and the dossier of the cancer, as a secretary would have typed them.

use super::{
    lieux::{AILLEURS, COMMUNES},
    localisations::LOCALISATIONS,
    monde::{Monde, Objet},
    population::PatientPrevu,
    tirage::{Des, a},
};
use crate::{
    db::{
        Op,
        perimetre::{LienRepris, MotifLien},
    },
    demo::identites::Personnes,
    kernel::{
        Instant, Panne, Resultat,
        clock::date_paris,
        identite::{Ins, StatutIdentite},
        ids::PraticienId,
    },
    metier::patient::model::{
        Dossier, DossierSaisi, IdentifiantLocal, Justificatif, ObjetOpposition, OidIns, Opposition, Patient, PatientSaisi, Sexe,
    },
};
use chrono::Datelike;

/// A patient who stands in the base until the last passage.
#[derive(Debug, Clone)]
pub(super) struct PatientConnu {
    /// The patient.
    pub(super) patient: Patient,
    /// The dossier.
    pub(super) dossier: Dossier,
    /// The opposition to the sending to the médecin traitant.
    pub(super) opposition: Option<Opposition>,
}

/// Ranks of matricules kept for each region of a base.
const MATRICULES_PAR_REGION: usize = 163_000;
/// Communes and order numbers of the matricules.
const COMMUNES_INS: usize = 990;
const ORDRES_INS: usize = 999;

/// Makes a patient whom an RCP sees for the first time.
pub(super) fn connaitre(
    op: &Op<'_>,
    monde: &Monde,
    (rang, prevu): (usize, &PatientPrevu),
    (rcp, referent): (usize, PraticienId),
    cree_le: Instant,
) -> Resultat<PatientConnu> {
    let mut des = monde.des(Objet::Patient, rang);
    let (prevue, _) = monde.rcp(rcp)?;
    let etablissement = a(&monde.etablissements, prevue.etablissement)?.id;
    let identifiant = IdentifiantLocal { etablissement_id: etablissement, ipp: format!("8{rang:08}") };
    let saisi = saisir(monde, (rang, prevu), identifiant, &mut des)?;
    let fautes = saisi.fautes(date_paris(cree_le), None);
    if let Some(faute) = fautes.first() {
        return Err(Panne::dire(format!("région : patient {rang}, {} : {}", faute.pointer, faute.message)).into());
    }
    let patient = Patient::nouveau(op.chance.id(cree_le), &saisi, cree_le);
    let cancer = a(&LOCALISATIONS, prevu.localisation)?;
    let saisi = DossierSaisi {
        libelle: cancer.libelle.to_owned(),
        topographie: Some(cancer.code.to_owned()),
        date_diagnostic: Some(prevu.diagnostic),
        referent_id: Some(referent),
    };
    let dossier = Dossier::nouveau(op.chance.id(cree_le), patient.id, &saisi, cree_le);
    let opposition = prevu.oppose.then(|| Opposition {
        id: op.chance.id(cree_le),
        patient_id: patient.id,
        objet: ObjetOpposition::EnvoiMedecinTraitant,
        exprimee_le: date_paris(cree_le),
        recueillie_par: None,
        commentaire: Some("Exprimée en consultation.".to_owned()),
        cree_le,
        levee_le: None,
    });
    Ok(PatientConnu { patient, dossier, opposition })
}

impl PatientConnu {
    /// Who is tied to the patient from the beginning.
    pub(super) fn liens(&self) -> Vec<LienRepris> {
        let (patient, depuis) = (&self.patient, (self.patient.cree_le, None));
        let soi = patient.id.uuid();
        let lien = |sujet, motif| LienRepris::nouveau(patient.id, sujet, (motif, soi), depuis);
        let mut liens = Vec::new();
        for identifiant in &patient.identifiants {
            liens.push(lien(identifiant.etablissement_id.uuid(), MotifLien::Etablissement));
            liens.push(lien(identifiant.etablissement_id.uuid(), MotifLien::Createur));
        }
        liens.extend(patient.medecin_traitant_id.map(|medecin| lien(medecin.uuid(), MotifLien::MedecinTraitant)));
        let referent = self
            .dossier
            .referent_id
            .map(|referent| LienRepris::nouveau(patient.id, referent.uuid(), (MotifLien::Referent, self.dossier.id.uuid()), depuis));
        liens.extend(referent);
        liens
    }
}

fn saisir(
    monde: &Monde,
    (rang, prevu): (usize, &PatientPrevu),
    identifiant: IdentifiantLocal,
    des: &mut Des,
) -> Result<PatientSaisi, Panne> {
    let mut noms = Personnes::nouvelles(des.graine());
    let (prenom, nom) = noms.nom_rare(prevu.sexe);
    let residence = match prevu.territoire {
        Some(territoire) => des.un(a(&COMMUNES, territoire)?),
        None => des.un(AILLEURS),
    };
    let (code_postal, commune) = residence.copied().unwrap_or(("59000", "Lille"));
    let (lieu, ins) = matricule(monde.marque.rang, rang, prevu, code_postal)?;
    let sort = des.unite();
    let statut_identite = match sort {
        _ if sort < 0.86 => StatutIdentite::Qualifiee,
        _ if sort < 0.95 => StatutIdentite::Validee,
        _ => StatutIdentite::Provisoire,
    };
    let qualifiee = statut_identite == StatutIdentite::Qualifiee;
    let mariee = prevu.sexe == Sexe::Feminin && des.vrai(0.45);
    Ok(PatientSaisi {
        nom_utilise: mariee.then(|| noms.nom_rare(Sexe::Feminin).1),
        nom_naissance: nom,
        prenoms: None,
        premier_prenom: prenom,
        prenom_utilise: None,
        sexe: prevu.sexe,
        date_naissance: prevu.naissance,
        lieu_naissance: Some(lieu),
        ins: qualifiee.then_some(ins),
        ins_oid: qualifiee.then_some(OidIns::Test),
        statut_identite,
        justificatif: (statut_identite != StatutIdentite::Provisoire).then_some(Justificatif::CarteIdentite),
        adresse: Some(format!("{} rue de la Région synthétique", des.entre(1, 140))),
        code_postal: Some(code_postal.to_owned()),
        commune: Some(commune.to_owned()),
        telephone: None,
        decede_le: None,
        medecin_traitant_id: prevu.medecin.map(|medecin| a(&monde.traitants, medecin).copied()).transpose()?,
        identifiants: vec![identifiant],
        confirmer_distinct: true,
    })
}

/// A birth place and a matricule of the test environment, coherent with the traits. The commune and the order number tell
/// the rank of the patient: no two patients have the same.
fn matricule(region: usize, rang: usize, prevu: &PatientPrevu, code_postal: &str) -> Result<(String, Ins), Panne> {
    let rang = (region - 1) * MATRICULES_PAR_REGION + rang;
    let (place, tour) = (rang % COMMUNES_INS, rang / COMMUNES_INS);
    let commune = 1 + place * 577 % COMMUNES_INS;
    let ordre = 1 + (tour * 311 + place) % ORDRES_INS;
    let departement = code_postal.get(..2).unwrap_or("59");
    let sexe = if prevu.sexe == Sexe::Feminin { 2 } else { 1 };
    let (annee, mois) = (prevu.naissance.year() % 100, prevu.naissance.month());
    let treize = format!("{sexe}{annee:02}{mois:02}{departement}{commune:03}{ordre:03}");
    let ins = Ins::avec_cle(&treize).map_err(|e| Panne::new("matricule de la région", e))?;
    Ok((format!("{departement}{commune:03}"), ins))
}
