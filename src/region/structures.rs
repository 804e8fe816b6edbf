//! Writes the structures by the use cases of the directory and of the RCP, as an administrator would type them.

use super::{
    genres::Genre,
    lieux::{COMMUNES, NOMS, departement, genre_d_etablissement},
    localisations::{LOCALISATIONS, localisation},
    plan::{Plan, RcpPrevue},
    seances::horaire,
    tirage::{Des, a},
};
use crate::{
    db::Op,
    demo::{identites::Personnes, plans::Objet, region::recurrence},
    kernel::{
        Panne, Resultat,
        identite::completer_luhn,
        ids::{Centre3cId, EtablissementId, PraticienId},
        texte::normaliser,
    },
    metier::{
        annuaire::{
            model::{
                AdresseSaisie, Centre3c, Centre3cSaisi, Etablissement, EtablissementSaisi, ModeExercice, Praticien, PraticienSaisi, TypeBal,
            },
            service as annuaire,
        },
        patient::model::Sexe,
        rcp::{
            model::{FonctionMembre, Membre, MembreSaisi, NatureRcp, NiveauRcp, Rcp, RcpSaisie, Secretariat, TypeRcp},
            service as rcps,
        },
    },
};
use chrono::NaiveDate;

/// An RCP that stands in the directory.
#[derive(Debug, Clone)]
pub(super) struct RcpEnPlace {
    /// The RCP.
    pub(super) rcp: Rcp,
    /// Its members.
    pub(super) membres: Vec<Membre>,
}

/// What distinguishes this region from the others of the base.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marque {
    /// 1 for the first region of the base.
    pub(super) rang: usize,
    /// First day of the first year.
    pub(super) debut: NaiveDate,
}

impl Marque {
    /// A code or a name of this region: the first one goes without a mark.
    pub(super) fn code(self, code: &str) -> String {
        if self.rang == 1 { code.to_owned() } else { format!("R{}-{code}", self.rang) }
    }

    fn nom(self, nom: &str) -> String {
        if self.rang == 1 { nom.to_owned() } else { format!("{nom} (région {})", self.rang) }
    }
}

/// Territoires, établissements, centres 3C.
pub(super) fn lieux(op: &mut Op<'_>, marque: Marque, plan: &Plan) -> Resultat<(Vec<Etablissement>, Vec<Centre3c>)> {
    let mut territoires = Vec::new();
    for (code, nom) in NOMS {
        territoires.push(annuaire::creer_territoire(op, &marque.code(code), &marque.nom(nom))?.id);
    }
    let mut etablissements: Vec<Etablissement> = Vec::new();
    for (rang, &centre) in plan.etablissements.iter().enumerate() {
        let territoire = *a(&plan.centres, centre)?;
        let numero = rang / plan.centres.len();
        let communes = *a(&COMMUNES, territoire)?;
        let (code_postal, commune) = communes.get((centre + numero) % communes.len().max(1)).copied().unwrap_or(("59000", "Lille"));
        let (genre, college) = genre_d_etablissement(numero);
        let debut = format!("{}9{}{rang:04}", departement(territoire, centre), marque.rang % 10);
        let saisi = EtablissementSaisi {
            finess: completer_luhn(&debut).parse().map_err(|e| Panne::new("FINESS de la région", e))?,
            finess_juridique: None,
            raison_sociale: marque.nom(&format!("{genre} de {commune} n° {}", rang + 1)),
            college,
            territoire_id: territoires.get(territoire).copied(),
            adresse: Some(format!("{} rue de la Région synthétique", rang + 1)),
            code_postal: Some(code_postal.to_owned()),
            commune: Some(commune.to_owned()),
            autorise_cancer: true,
        };
        etablissements.push(annuaire::creer_etablissement(op, &saisi)?);
    }
    let mut centres = Vec::new();
    for (rang, &territoire) in plan.centres.iter().enumerate() {
        let siens = etablissements.iter().zip(&plan.etablissements).filter(|(_, centre)| **centre == rang).map(|(e, _)| e.id);
        let siens: Vec<EtablissementId> = siens.collect();
        let (code, nom) = *a(&NOMS, territoire)?;
        let saisi = Centre3cSaisi {
            code: marque.code(&format!("3C-{:02}", rang + 1)),
            nom: marque.nom(&format!("3C n° {} ({nom})", rang + 1)),
            territoire_id: territoires.get(territoire).copied(),
            etablissement_id: siens.first().copied(),
            courriel: Some(format!("3c-{}-{:02}@region.example", code.to_lowercase(), rang + 1)),
            telephone: Some("03 20 00 00 00".to_owned()),
            etablissements: siens,
        };
        centres.push(annuaire::creer_centre(op, &saisi)?);
    }
    Ok((etablissements, centres))
}

/// Somebody of the directory.
#[derive(Debug, Clone)]
pub(super) struct Personne {
    specialite: &'static str,
    profession: &'static str,
    mode: ModeExercice,
    etablissement: Option<EtablissementId>,
    /// Has a mailbox of the trust space.
    joignable: bool,
}

/// The professionals of the plan, then the médecins traitants, those with a secure address first.
pub(super) fn personnes(
    plan: &Plan,
    etablissements: &[Etablissement],
    (medecins_traitants, joignables): (usize, usize),
    des: &mut Des,
) -> Result<Vec<Personne>, Panne> {
    let mut personnes = Vec::with_capacity(plan.pros.len() + medecins_traitants);
    for pro in &plan.pros {
        personnes.push(Personne {
            specialite: pro.metier.specialite,
            profession: pro.metier.profession,
            mode: if pro.liberal { ModeExercice::Liberal } else { ModeExercice::Salarie },
            etablissement: Some(a(etablissements, pro.etablissement)?.id),
            joignable: des.vrai(0.97),
        });
    }
    let generaliste = |rang: usize| Personne {
        specialite: "G15_10/SM54",
        profession: "10",
        mode: ModeExercice::Liberal,
        etablissement: None,
        joignable: rang < joignables,
    };
    personnes.extend((0..medecins_traitants).map(generaliste));
    Ok(personnes)
}

/// Ranks of RPPS numbers kept for each region of a base.
const PERSONNES_PAR_REGION: usize = 100_000;

/// Enters some people into the directory.
pub(super) fn inscrire(
    op: &mut Op<'_>,
    personnes: &[Personne],
    noms: &mut Personnes,
    (marque, premier): (Marque, usize),
) -> Resultat<Vec<Praticien>> {
    let inscrire = |(rang, personne): (usize, &Personne)| {
        let saisi = saisir(personne, noms, (marque.rang - 1) * PERSONNES_PAR_REGION + premier + rang)?;
        annuaire::creer_praticien(op, &saisi)
    };
    personnes.iter().enumerate().map(inscrire).collect()
}

fn saisir(personne: &Personne, noms: &mut Personnes, rang: usize) -> Result<PraticienSaisi, Panne> {
    let sexe = noms.choisir(&[Sexe::Feminin, Sexe::Masculin], Sexe::Feminin);
    let (prenom, nom) = noms.nom_rare(sexe);
    let rpps = completer_luhn(&format!("109{rang:07}"));
    let boite = format!("{}.{}.{rang}", normaliser(&prenom), normaliser(&nom)).to_lowercase().replace(' ', "-");
    let adresse = || AdresseSaisie { adresse: format!("{boite}@region-synthetique.mssante.fr"), type_bal: TypeBal::Per, rang: 1 };
    Ok(PraticienSaisi {
        rpps: Some(rpps.parse().map_err(|e| Panne::new("RPPS de la région", e))?),
        civilite: Some(if sexe == Sexe::Feminin { "MME" } else { "M" }.to_owned()),
        titre: (personne.profession == "10").then(|| "DR".to_owned()),
        nom,
        prenom,
        profession: personne.profession.to_owned(),
        specialite: Some(personne.specialite.to_owned()),
        mode_exercice: personne.mode,
        etablissement_id: personne.etablissement,
        telephone: None,
        courriel: None,
        adresses: personne.joignable.then(adresse).into_iter().collect(),
    })
}

/// What an RCP is written with.
pub(super) struct Contexte<'a> {
    /// The mark of this region.
    pub(super) marque: Marque,
    /// Its établissements.
    pub(super) etablissements: &'a [Etablissement],
    /// Its centres 3C.
    pub(super) centres: &'a [Centre3c],
    /// Its professionals, by rank.
    pub(super) pros: &'a [Praticien],
}

/// Enters an RCP, with its members, and validates it.
pub(super) fn rcp(op: &mut Op<'_>, contexte: &Contexte<'_>, rang: usize, prevue: &RcpPrevue) -> Resultat<RcpEnPlace> {
    let (centre, etablissement) = (a(contexte.centres, prevue.centre)?.id, a(contexte.etablissements, prevue.etablissement)?.id);
    let creee = rcps::creer(op, &saisie(contexte.marque, rang, prevue, centre, etablissement)?)?;
    for (place, siege) in prevue.sieges.iter().enumerate() {
        let praticien_id: PraticienId = a(contexte.pros, siege.pro)?.id;
        let fonction = if place == 0 { FonctionMembre::Coordonnateur } else { FonctionMembre::Permanent };
        let clause = siege.clause.map(ToOwned::to_owned);
        rcps::ajouter_membre(op, creee.id, &MembreSaisi { praticien_id, fonction, clause, debut: Some(contexte.marque.debut) })?;
    }
    let validee = rcps::valider(op, creee.id, creee.version)?;
    let membres = rcps::membres(op, creee.id, contexte.marque.debut)?;
    Ok(RcpEnPlace { rcp: validee, membres })
}

fn saisie(
    marque: Marque,
    rang: usize,
    prevue: &RcpPrevue,
    centre_3c_id: Centre3cId,
    etablissement_id: EtablissementId,
) -> Result<RcpSaisie, Panne> {
    let genre = prevue.genre;
    let (nature, appareil, organes, traitement_soins) = match genre.objet {
        Objet::Organe(appareil, organe) => (NatureRcp::AppareilOrgane, Some(appareil.to_owned()), vec![organe.to_owned()], None),
        Objet::Soins(soins) => (NatureRcp::Transversale, None, Vec::new(), Some(soins.to_owned())),
    };
    let code = marque.code(&format!("{}-{:02}", genre.prefixe, prevue.numero + 1));
    let reseau = genre.reseaux.get(prevue.numero % genre.reseaux.len().max(1));
    let (territoire, _) = (a(&NOMS, prevue.territoire)?.1, rang);
    let nom =
        reseau.map_or_else(|| format!("{} — {territoire} {}", genre.nom, prevue.numero + 1), |reseau| format!("{} — {reseau}", genre.nom));
    Ok(RcpSaisie {
        acronyme: Some(code.clone()),
        numero_rrc: Some("32".to_owned()),
        numero_gestionnaire: Some(format!("32-{:03}", prevue.centre + 1)),
        numero_national: Some(format!("32-{}-{:04}", marque.rang, rang + 1)),
        nom: marque.nom(&nom),
        type_rcp: genre.type_rcp,
        categorie_recours: genre.categorie,
        reseau_cancer_rare: reseau.map(|reseau| (*reseau).to_owned()),
        nature,
        appareil,
        organes,
        traitement_soins,
        theme: genre.theme.to_owned(),
        niveau: niveau(genre, prevue.numero),
        expertise: genre.expertise,
        centre_3c_id,
        etablissement_id,
        co_organisateurs: Vec::new(),
        secretariat: Secretariat {
            nom: Some("Secrétariat du 3C".to_owned()),
            telephone: Some("03 20 00 00 01".to_owned()),
            ..Secretariat::default()
        },
        lieu: Some("Salle des RCP".to_owned()),
        lien_visio: Some(format!("https://visio.region.example/{}", code.to_lowercase())),
        // Every week: it does not meet each time.
        recurrence: Some(recurrence(horaire(rang), "FREQ=WEEKLY", marque.debut)),
        delai_inscription_heures: 48,
        capacite: None,
        regle_quorum: genre.regle.to_owned(),
        modele_fiche: modele(genre)?.to_owned(),
        modalites: None,
        code,
    })
}

/// The fiche model that a kind proposes: its own, or that of its first cancer.
fn modele(genre: &Genre) -> Result<&'static str, Panne> {
    if let Some(modele) = genre.modele {
        return Ok(modele);
    }
    let premier = genre.localisations.first().and_then(|(code, _)| localisation(code));
    Ok(a(&LOCALISATIONS, premier.unwrap_or(usize::MAX))?.modele)
}

/// Half of the RCP of one établissement serve it alone, the others a territoire.
const fn niveau(genre: &Genre, numero: usize) -> NiveauRcp {
    match genre.type_rcp {
        TypeRcp::Standard if numero.is_multiple_of(2) => NiveauRcp::Territorial,
        TypeRcp::Standard => NiveauRcp::Local,
        TypeRcp::Recours => NiveauRcp::Regional,
        TypeRcp::CancerRare => NiveauRcp::Regional,
        TypeRcp::Pediatrique => NiveauRcp::Interregional,
    }
}
