//! The structures of the demonstration: 6 territoires, 8 établissements, 4 centres 3C, 52
//! professionals, 12 RCP of several types.

use super::{
    identites::Personnes,
    plans::{Objet, PLANS, Plan, RADIOTHERAPEUTE},
};
use crate::{
    db::Op,
    kernel::{
        Panne, Resultat,
        identite::completer_luhn,
        ids::{Centre3cId, EtablissementId, PraticienId, RcpId, TerritoireId},
        texte::normaliser,
    },
    metier::{
        annuaire::{
            model::{AdresseSaisie, Centre3cSaisi, College, EtablissementSaisi, ModeExercice, PraticienSaisi, TypeBal},
            service as annuaire,
        },
        patient::model::Sexe,
        rcp::{
            model::{
                FonctionMembre, MembreSaisi, NatureRcp, NiveauRcp, RcpSaisie, Recurrence, Secretariat, TypeRcp,
                recurrence::{Fuseau, JoursFeries},
            },
            service as rcp,
        },
    },
};
use chrono::{Datelike, Days, NaiveDate, NaiveTime, Weekday};

/// What the rest of the story needs of the region.
#[derive(Debug, Clone, Default)]
pub struct Region {
    /// Établissements, the first one hosts the demonstration accounts.
    pub etablissements: Vec<EtablissementId>,
    /// Centres 3C.
    pub centres: Vec<Centre3cId>,
    /// RCP with what they are made of.
    pub rcp: Vec<RcpDemo>,
    /// General practitioners; one in three has no secure address.
    pub generalistes: Vec<PraticienId>,
}

/// An RCP of the demonstration.
#[derive(Debug, Clone)]
pub struct RcpDemo {
    /// Identifier.
    pub id: RcpId,
    /// Établissement that organises it.
    pub etablissement: EtablissementId,
    /// Its plan.
    pub plan: &'static Plan,
    /// Permanent members, the coordinator first.
    pub membres: Vec<PraticienId>,
}

const TERRITOIRES: &[(&str, &str)] = &[
    ("METRO", "Métropole"),
    ("HAINAUT", "Hainaut"),
    ("ARTOIS", "Artois"),
    ("LITTORAL", "Littoral"),
    ("SOMME", "Somme"),
    ("AISNE-OISE", "Aisne et Oise"),
];

const ETABLISSEMENTS: &[(&str, &str, College, usize)] = &[
    ("Centre hospitalier universitaire de la Métropole", "Lille", College::Public, 0),
    ("Centre de lutte contre le cancer de la Métropole", "Lille", College::Espic, 0),
    ("Centre hospitalier du Hainaut", "Valenciennes", College::Public, 1),
    ("Clinique des Dentellières", "Valenciennes", College::Prive, 1),
    ("Centre hospitalier de l'Artois", "Lens", College::Public, 2),
    ("Centre hospitalier du Littoral", "Boulogne-sur-Mer", College::Public, 3),
    ("Centre hospitalier universitaire de la Somme", "Amiens", College::Public, 4),
    ("Centre hospitalier de l'Aisne", "Saint-Quentin", College::Public, 5),
];

/// Codes of centres 3C and the établissements they coordinate.
const CENTRES: &[(&str, &str, &[usize])] = &[
    ("3C-METRO", "3C de la Métropole", &[0, 1]),
    ("3C-HAINAUT", "3C du Hainaut", &[2, 3]),
    ("3C-ARTOIS-LITTORAL", "3C Artois et Littoral", &[4, 5]),
    ("3C-SUD", "3C Somme et Aisne", &[6, 7]),
];

/// Specialists of the pool, by specialty: the plans draw from them, so that a doctor sits in
/// several RCP.
struct Annuaire {
    specialistes: Vec<(&'static str, Vec<PraticienId>)>,
}

impl Annuaire {
    /// The `rang`-th doctor of a specialty who is not yet a member.
    fn tirer(&self, specialite: &str, rang: usize, deja: &[PraticienId]) -> Option<PraticienId> {
        let (_, medecins) = self.specialistes.iter().find(|(code, _)| *code == specialite)?;
        medecins.iter().cycle().skip(rang % medecins.len().max(1)).take(medecins.len()).copied().find(|id| !deja.contains(id))
    }
}

/// Makes the whole region; meetings recur from the Monday of `debut`.
pub fn creer(op: &mut Op<'_>, personnes: &mut Personnes, debut: NaiveDate) -> Resultat<Region> {
    let territoires =
        TERRITOIRES.iter().map(|(code, nom)| Ok(annuaire::creer_territoire(op, code, nom)?.id)).collect::<Resultat<Vec<_>>>()?;
    let mut region = Region::default();
    for (rang, (nom, commune, college, territoire)) in (0_u32..).zip(ETABLISSEMENTS) {
        let territoire_id: Option<TerritoireId> = territoires.get(*territoire).copied();
        region.etablissements.push(annuaire::creer_etablissement(op, &etablissement(rang, nom, commune, *college, territoire_id)?)?.id);
    }
    for (code, nom, coordonnes) in CENTRES {
        let etablissements: Vec<EtablissementId> = coordonnes.iter().filter_map(|&i| region.etablissements.get(i).copied()).collect();
        let siege = etablissements.first().copied();
        let saisi = Centre3cSaisi {
            code: (*code).to_owned(),
            nom: (*nom).to_owned(),
            territoire_id: None,
            etablissement_id: siege,
            courriel: Some(format!("{}@demo.example", code.to_lowercase())),
            telephone: Some("03 20 00 00 00".to_owned()),
            etablissements,
        };
        region.centres.push(annuaire::creer_centre(op, &saisi)?.id);
    }
    let annuaire = specialistes(op, personnes, &region)?;
    for rang in 0..12 {
        region.generalistes.push(praticien(op, personnes, "G15_10/SM54", ModeExercice::Liberal, None, rang % 3 != 2)?);
    }
    for (rang, plan) in PLANS.iter().enumerate() {
        let rcp = creer_rcp(op, &region, &annuaire, plan, rang, debut)?;
        region.rcp.push(rcp);
    }
    Ok(region)
}

fn etablissement(
    rang: u32,
    nom: &str,
    commune: &str,
    college: College,
    territoire_id: Option<TerritoireId>,
) -> Resultat<EtablissementSaisi> {
    let finess = completer_luhn(&format!("5999{rang:04}")).parse().map_err(|e| Panne::new("FINESS de démonstration", e))?;
    Ok(EtablissementSaisi {
        finess,
        finess_juridique: None,
        raison_sociale: nom.to_owned(),
        college,
        territoire_id,
        adresse: Some("1 place de la Démonstration".to_owned()),
        code_postal: None,
        commune: Some(commune.to_owned()),
        autorise_cancer: true,
    })
}

/// Three doctors of each specialty that a plan names, some in private practice.
fn specialistes(op: &mut Op<'_>, personnes: &mut Personnes, region: &Region) -> Resultat<Annuaire> {
    let mut codes: Vec<&'static str> = PLANS.iter().flat_map(|plan| plan.membres.iter().map(|(code, _)| *code)).collect();
    codes.sort_unstable();
    codes.dedup();
    let mut specialistes = Vec::new();
    for (rang, code) in codes.into_iter().enumerate() {
        let mut medecins = Vec::new();
        let nombre = if matches!(code, "G15_10/SM36" | "G15_10/SM37" | "G15_10/SM44" | "G15_10/SM71") { 4 } else { 2 };
        for numero in 0..nombre {
            let mode = if numero == 1 { ModeExercice::Liberal } else { ModeExercice::Salarie };
            let etablissement = region.etablissements.get((rang + numero) % region.etablissements.len().max(1)).copied();
            medecins.push(praticien(op, personnes, code, mode, etablissement, true)?);
        }
        specialistes.push((code, medecins));
    }
    Ok(Annuaire { specialistes })
}

fn praticien(
    op: &mut Op<'_>,
    personnes: &mut Personnes,
    specialite: &str,
    mode_exercice: ModeExercice,
    etablissement_id: Option<EtablissementId>,
    adresse_securisee: bool,
) -> Resultat<PraticienId> {
    let sexe = personnes.choisir(&[Sexe::Feminin, Sexe::Masculin], Sexe::Feminin);
    let (prenom, nom) = personnes.nom(sexe);
    let rpps = personnes.rpps();
    let boite = format!("{}.{}.{}", normaliser(&prenom), normaliser(&nom), rpps.get(7..).unwrap_or_default());
    let boite = boite.to_lowercase().replace(' ', "-");
    let adresses =
        adresse_securisee.then(|| AdresseSaisie { adresse: format!("{boite}@medecin.mssante.fr"), type_bal: TypeBal::Per, rang: 1 });
    let saisi = PraticienSaisi {
        rpps: Some(rpps.parse().map_err(|e| Panne::new("RPPS de démonstration", e))?),
        civilite: Some(if sexe == Sexe::Feminin { "MME" } else { "M" }.to_owned()),
        titre: Some("DR".to_owned()),
        nom,
        prenom,
        profession: "10".to_owned(),
        specialite: Some(specialite.to_owned()),
        mode_exercice,
        etablissement_id,
        telephone: None,
        courriel: Some(format!("{boite}@demo.example")),
        adresses: adresses.into_iter().collect(),
    };
    Ok(annuaire::creer_praticien(op, &saisi)?.id)
}

fn creer_rcp(
    op: &mut Op<'_>,
    region: &Region,
    annuaire: &Annuaire,
    plan: &'static Plan,
    rang: usize,
    debut: NaiveDate,
) -> Resultat<RcpDemo> {
    let (centre, lieu) = plan.lieu;
    let (Some(&centre_3c_id), Some(&etablissement)) = (region.centres.get(centre), region.etablissements.get(lieu)) else {
        return Err(Panne::dire(format!("plan {} sans structure", plan.code)).into());
    };
    let creee = rcp::creer(op, &saisie(plan, centre_3c_id, etablissement, debut))?;
    let mut membres = Vec::new();
    for (place, (specialite, clause)) in plan.membres.iter().enumerate() {
        let Some(praticien_id) = annuaire.tirer(specialite, rang, &membres) else { continue };
        let fonction = match place {
            0 => FonctionMembre::Coordonnateur,
            // Whose place nothing requires: a substitute is not on the list of attendance.
            3 => FonctionMembre::Suppleant,
            _ => FonctionMembre::Permanent,
        };
        let membre = MembreSaisi { praticien_id, fonction, clause: clause.map(ToOwned::to_owned), debut: Some(debut) };
        rcp::ajouter_membre(op, creee.id, &membre)?;
        membres.push(praticien_id);
    }
    if let (true, Some(praticien_id)) = (plan.membres.contains(&RADIOTHERAPEUTE), annuaire.tirer(RADIOTHERAPEUTE.0, rang + 1, &membres)) {
        let clause = RADIOTHERAPEUTE.1.map(ToOwned::to_owned);
        rcp::ajouter_membre(op, creee.id, &MembreSaisi { praticien_id, fonction: FonctionMembre::Suppleant, clause, debut: Some(debut) })?;
    }
    let lue = rcp::trouver(op, creee.id)?.version;
    rcp::valider(op, creee.id, lue)?;
    Ok(RcpDemo { id: creee.id, etablissement, plan, membres })
}

fn saisie(plan: &'static Plan, centre_3c_id: Centre3cId, etablissement_id: EtablissementId, debut: NaiveDate) -> RcpSaisie {
    let (nature, appareil, organes, traitement_soins) = match plan.objet {
        Objet::Organe(appareil, organe) => (NatureRcp::AppareilOrgane, Some(appareil.to_owned()), vec![organe.to_owned()], None),
        Objet::Soins(soins) => (NatureRcp::Transversale, None, Vec::new(), Some(soins.to_owned())),
    };
    RcpSaisie {
        code: plan.code.to_owned(),
        nom: plan.nom.to_owned(),
        acronyme: Some(plan.code.to_owned()),
        numero_rrc: None,
        numero_gestionnaire: None,
        numero_national: None,
        type_rcp: plan.type_rcp,
        categorie_recours: plan.categorie,
        reseau_cancer_rare: plan.reseau.map(ToOwned::to_owned),
        nature,
        appareil,
        organes,
        traitement_soins,
        theme: plan.theme.to_owned(),
        niveau: match plan.type_rcp {
            TypeRcp::Standard => NiveauRcp::Territorial,
            TypeRcp::Recours | TypeRcp::CancerRare => NiveauRcp::Regional,
            TypeRcp::Pediatrique => NiveauRcp::Interregional,
        },
        expertise: plan.type_rcp == TypeRcp::Recours,
        centre_3c_id,
        etablissement_id,
        co_organisateurs: Vec::new(),
        secretariat: Secretariat {
            nom: Some("Secrétariat des RCP".to_owned()),
            telephone: Some("03 20 00 00 01".to_owned()),
            ..Secretariat::default()
        },
        lieu: Some("Salle des RCP".to_owned()),
        lien_visio: Some(format!("https://visio.demo.example/{}", plan.code.to_lowercase())),
        recurrence: Some(recurrence((plan.horaire.0, plan.horaire.1, 0), "FREQ=WEEKLY;INTERVAL=2", debut)),
        delai_inscription_heures: 48,
        capacite: Some(20),
        regle_quorum: plan.regle.to_owned(),
        modele_fiche: "socle-frcp".to_owned(),
        modalites: Some("Inscription en ligne par tout médecin de la région, jusqu'à 48 heures avant la réunion.".to_owned()),
    }
}

/// A calendar of two hours on a day of the week, at that rate, from the first such day on or after `debut`.
pub(crate) fn recurrence((jour, heure, minute): (Weekday, u32, u32), rythme: &str, debut: NaiveDate) -> Recurrence {
    let attente = u64::from((7 + jour.num_days_from_monday() - debut.weekday().num_days_from_monday()) % 7);
    let code = match jour {
        Weekday::Mon => "MO",
        Weekday::Tue => "TU",
        Weekday::Wed => "WE",
        Weekday::Thu => "TH",
        Weekday::Fri => "FR",
        Weekday::Sat => "SA",
        Weekday::Sun => "SU",
    };
    Recurrence {
        rrule: format!("{rythme};BYDAY={code}"),
        premiere_date: debut + Days::new(attente),
        heure: NaiveTime::from_hms_opt(heure, minute, 0).unwrap_or_default(),
        duree_minutes: 120,
        fuseau: Fuseau::EuropeParis,
        exceptions: Vec::new(),
        jours_feries: JoursFeries::Supprimer,
    }
}
