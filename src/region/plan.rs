//! Who is there and where, before anything is written: professionals, RCP and their members, by ranks.

use super::{
    effectifs::{CENTRES, ETABLISSEMENTS, Effectifs, Part, TERRITOIRES, repartir},
    genres::{GENRES, Genre},
    lieux::{CENTRES_PAR_TERRITOIRE, POPULATION},
    tirage::{Des, a, a_changer, mesure},
};
use crate::{kernel::Panne, metier::rcp::model::TypeRcp};

/// A professional of the region.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pro {
    /// Specialty (JDV J01) and profession.
    pub(super) metier: &'static Metier,
    /// In private practice.
    pub(super) liberal: bool,
    /// Main établissement.
    pub(super) etablissement: usize,
    /// Its territoire.
    pub(super) territoire: usize,
}

/// What professionals are, and in which proportion.
#[derive(Debug)]
pub(super) struct Metier {
    /// Specialty (JDV J01).
    pub(super) specialite: &'static str,
    /// Profession (TRE G15).
    pub(super) profession: &'static str,
    nombre: f64,
    /// Of a hundred, those in private practice.
    liberaux: f64,
}

const fn medecins(specialite: &'static str, nombre: f64, liberaux: f64) -> Metier {
    Metier { specialite, profession: "10", nombre, liberaux }
}

/// Doctors by specialty, then pharmacists and nurses.
pub(super) static METIERS: [Metier; 32] = [
    medecins("G15_10/SM36", 210.0, 20.0),
    medecins("G15_10/SM37", 150.0, 35.0),
    medecins("G15_10/SM44", 250.0, 35.0),
    medecins("G15_10/SM01", 125.0, 35.0),
    medecins("G15_10/SM28", 65.0, 25.0),
    medecins("G15_10/SM14", 215.0, 30.0),
    medecins("G15_10/SM11", 42.0, 15.0),
    medecins("G15_10/SM12", 160.0, 40.0),
    medecins("G15_10/SM20", 180.0, 30.0),
    medecins("G15_10/SM34", 140.0, 35.0),
    medecins("G15_10/SM31", 42.0, 5.0),
    medecins("G15_10/SM08", 55.0, 20.0),
    medecins("G15_10/SM09", 14.0, 0.0),
    medecins("G15_10/SM10", 42.0, 35.0),
    medecins("G15_10/SM24", 205.0, 30.0),
    medecins("G15_10/SM41", 190.0, 10.0),
    medecins("G15_10/SM15", 105.0, 50.0),
    medecins("G15_10/SM16", 55.0, 20.0),
    medecins("G15_10/SM32", 42.0, 10.0),
    medecins("G15_10/SM71", 110.0, 5.0),
    medecins("G15_10/SM18", 66.0, 0.0),
    medecins("G15_10/SST03", 18.0, 0.0),
    medecins("G15_10/SM40", 20.0, 0.0),
    medecins("G15_10/SM17", 16.0, 0.0),
    medecins("G15_10/SM64", 18.0, 10.0),
    medecins("G15_10/SM19", 22.0, 30.0),
    medecins("G15_10/SM27", 32.0, 0.0),
    medecins("G15_10/SM54", 60.0, 10.0),
    medecins("G15_10/SM02", 20.0, 10.0),
    medecins("G15_10/SST17", 30.0, 0.0),
    Metier { specialite: "G15_21", profession: "21", nombre: 24.0, liberaux: 0.0 },
    Metier { specialite: "G15_60", profession: "60", nombre: 20.0, liberaux: 0.0 },
];

impl Metier {
    /// Only a doctor asks for an opinion.
    pub(super) fn est_medecin(&self) -> bool {
        self.profession == "10"
    }
}

/// A member of an RCP.
#[derive(Debug, Clone, Copy)]
pub(super) struct Siege {
    /// The professional.
    pub(super) pro: usize,
    /// Clause that the person answers for.
    pub(super) clause: Option<&'static str>,
    /// The composition fails without it.
    pub(super) requise: bool,
}

/// An RCP.
#[derive(Debug, Clone)]
pub(super) struct RcpPrevue {
    /// Its kind.
    pub(super) genre: &'static Genre,
    /// Which one of its kind, from 0.
    pub(super) numero: usize,
    /// Centre 3C.
    pub(super) centre: usize,
    /// Établissement that organises it.
    pub(super) etablissement: usize,
    /// Territoire.
    pub(super) territoire: usize,
    /// Its members, the coordinator first.
    pub(super) sieges: Vec<Siege>,
    /// Professionals who ask it for opinions.
    pub(super) demandeurs: Vec<usize>,
    /// More or less active than the others of its kind.
    pub(super) poids: f64,
}

/// The region on paper.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// Territoire of each centre 3C.
    pub(super) centres: Vec<usize>,
    /// Centre 3C of each établissement.
    pub(super) etablissements: Vec<usize>,
    /// Professionals.
    pub(super) pros: Vec<Pro>,
    /// RCP.
    pub(super) rcp: Vec<RcpPrevue>,
}

impl Plan {
    /// Draws the region.
    pub(super) fn dresser(effectifs: &Effectifs, des: &mut Des) -> Result<Self, Panne> {
        let centres: Vec<usize> = (0..TERRITOIRES).flat_map(|t| vec![t; CENTRES_PAR_TERRITOIRE.get(t).copied().unwrap_or(0)]).collect();
        let etablissements: Vec<usize> = (0..ETABLISSEMENTS).map(|rang| rang % CENTRES).collect();
        let pros = professionnels(effectifs, &centres, &etablissements, des)?;
        let mut plan = Self { centres, etablissements, pros, rcp: Vec::new() };
        plan.placer_les_rcp(effectifs, des)?;
        plan.pourvoir(des)?;
        plan.donner_des_demandeurs(des)?;
        Ok(plan)
    }

    fn placer_les_rcp(&mut self, effectifs: &Effectifs, des: &mut Des) -> Result<(), Panne> {
        let parts: Vec<Part> = GENRES.iter().map(|g| Part { poids: mesure(g.nombre), minimum: 1, maximum: g.nombre }).collect();
        let nombres = repartir(effectifs.rcp, &parts).ok_or_else(|| Panne::dire("région : les RCP ne se répartissent pas"))?;
        let mut suivant = 0;
        for (genre, nombre) in GENRES.iter().zip(nombres) {
            for numero in 0..nombre {
                // What the whole region needs stands in its first centre; the rest goes round.
                let centre = if genre.type_rcp == TypeRcp::Standard { suivant } else { numero % 2 };
                suivant = (suivant + usize::from(genre.type_rcp == TypeRcp::Standard)) % CENTRES;
                let siens: Vec<usize> =
                    self.etablissements.iter().enumerate().filter(|(_, c)| **c == centre).map(|(rang, _)| rang).collect();
                let etablissement = *a(&siens, numero % siens.len().max(1))?;
                let territoire = *a(&self.centres, centre)?;
                let poids = des.lognormale(1.0, 0.35);
                self.rcp.push(RcpPrevue {
                    genre,
                    numero,
                    centre,
                    etablissement,
                    territoire,
                    sieges: Vec::new(),
                    demandeurs: Vec::new(),
                    poids,
                });
            }
        }
        Ok(())
    }

    /// Gives every place somebody of its specialty, of the territoire where there is one, the least busy first. Those in
    /// private practice come besides, as often as they are to come.
    fn pourvoir(&mut self, des: &mut Des) -> Result<(), Panne> {
        let mut charges = vec![0_usize; self.pros.len()];
        for rang in 0..self.rcp.len() {
            let (genre, territoire) = (a(&self.rcp, rang)?.genre, a(&self.rcp, rang)?.territoire);
            let mut sieges: Vec<Siege> = Vec::new();
            for place in genre.equipe {
                let libre = |(pro, p): &(usize, &Pro)| {
                    p.metier.specialite == place.specialite && !p.liberal && !sieges.iter().any(|siege| siege.pro == *pro)
                };
                let cle = |pro: usize, p: &Pro| (charges.get(pro).copied().unwrap_or(0) + 3 * usize::from(p.territoire != territoire), pro);
                let choisi = self.pros.iter().enumerate().filter(libre).min_by_key(|(pro, p)| cle(*pro, p)).map(|(pro, _)| pro);
                let Some(pro) = choisi else { continue };
                *a_changer(&mut charges, pro)? += 1;
                sieges.push(Siege { pro, clause: place.clause, requise: place.requise });
            }
            a_changer(&mut self.rcp, rang)?.sieges = sieges;
        }
        self.asseoir_les_autres_professions(des)
    }

    /// Pharmacists and nurses each sit in an RCP of their territoire.
    fn asseoir_les_autres_professions(&mut self, des: &mut Des) -> Result<(), Panne> {
        let autres: Vec<(usize, usize)> =
            self.pros.iter().enumerate().filter(|(_, p)| !p.metier.est_medecin()).map(|(rang, p)| (rang, p.territoire)).collect();
        for (pro, territoire) in autres {
            let proches: Vec<usize> =
                (0..self.rcp.len()).filter(|&r| self.rcp.get(r).is_some_and(|r| r.territoire == territoire)).collect();
            let rang = des.un(&proches).copied().unwrap_or(0);
            a_changer(&mut self.rcp, rang)?.sieges.push(Siege { pro, clause: None, requise: false });
        }
        Ok(())
    }

    /// Members ask; so does everybody who sits nowhere, where the specialty is that of a place.
    fn donner_des_demandeurs(&mut self, des: &mut Des) -> Result<(), Panne> {
        let mut assis = vec![false; self.pros.len()];
        for rcp in &mut self.rcp {
            for siege in &rcp.sieges {
                *a_changer(&mut assis, siege.pro)? = true;
                if a(&self.pros, siege.pro)?.metier.est_medecin() {
                    rcp.demandeurs.push(siege.pro);
                }
            }
        }
        for (pro, p) in self.pros.iter().enumerate() {
            if *a(&assis, pro)? || !p.metier.est_medecin() {
                continue;
            }
            let du_metier = |r: &RcpPrevue| r.genre.equipe.iter().any(|place| place.specialite == p.metier.specialite);
            let ici = |r: &RcpPrevue| r.territoire == p.territoire;
            let choix: Vec<usize> = [true, false]
                .into_iter()
                .map(|proche| {
                    let convient = |r: &RcpPrevue| du_metier(r) && (!proche || ici(r));
                    self.rcp.iter().enumerate().filter(|(_, r)| convient(r)).map(|(rang, _)| rang).collect::<Vec<_>>()
                })
                .find(|choix| !choix.is_empty())
                .unwrap_or_else(|| (0..self.rcp.len()).collect());
            let rang = des.un(&choix).copied().unwrap_or(0);
            a_changer(&mut self.rcp, rang)?.demandeurs.push(pro);
        }
        Ok(())
    }

    /// An RCP de recours of the same theme, or a transversal one: where a patient of that RCP goes besides.
    pub(super) fn autre_rcp(&self, rcp: usize, age: u32, des: &mut Des) -> Result<usize, Panne> {
        let ici = a(&self.rcp, rcp)?;
        if ici.genre.enfants || ici.genre.type_rcp != TypeRcp::Standard {
            return Ok(rcp);
        }
        let recours = des.vrai(0.4);
        let convient = |r: &RcpPrevue| {
            let transversale = r.genre.modele.is_some() && r.genre.type_rcp == TypeRcp::Standard && !["fertilite"].contains(&r.genre.theme);
            let de_recours = r.genre.type_rcp == TypeRcp::Recours && r.genre.theme == ici.genre.theme;
            let en_age = i64::from(age) >= if r.genre.theme == "oncogeriatrie" { 75 } else { 18 };
            en_age && if recours { de_recours } else { transversale }
        };
        let mut choix: Vec<usize> = self.rcp.iter().enumerate().filter(|(_, r)| convient(r)).map(|(rang, _)| rang).collect();
        let proches: Vec<usize> =
            choix.iter().copied().filter(|&rang| self.rcp.get(rang).is_some_and(|r| r.territoire == ici.territoire)).collect();
        if !proches.is_empty() {
            choix = proches;
        }
        Ok(des.un(&choix).copied().unwrap_or(rcp))
    }

    /// The ranks of those in private practice.
    pub(super) fn liberaux(&self) -> Vec<usize> {
        self.pros.iter().enumerate().filter(|(_, p)| p.liberal).map(|(rang, _)| rang).collect()
    }
}

fn professionnels(effectifs: &Effectifs, centres: &[usize], etablissements: &[usize], des: &mut Des) -> Result<Vec<Pro>, Panne> {
    let impossible = || Panne::dire("région : les professionnels ne se répartissent pas");
    let sans_borne = effectifs.professionnels;
    let parts: Vec<Part> = METIERS.iter().map(|m| Part { poids: m.nombre, minimum: 3, maximum: sans_borne }).collect();
    let nombres = repartir(effectifs.professionnels, &parts).ok_or_else(impossible)?;
    let parts: Vec<Part> = METIERS
        .iter()
        .zip(&nombres)
        // The places of an RCP are held by those who are employed: two of each specialty at least.
        .map(|(m, &n)| Part { poids: mesure(n) * m.liberaux, minimum: 0, maximum: if m.liberaux > 0.0 { n.saturating_sub(2) } else { 0 } })
        .collect();
    let liberaux = repartir(effectifs.liberaux, &parts).ok_or_else(impossible)?;
    let mut pros = Vec::with_capacity(effectifs.professionnels);
    for ((metier, nombre), liberaux) in METIERS.iter().zip(nombres).zip(liberaux) {
        for numero in 0..nombre {
            let territoire = des.pondere(&POPULATION, |(_, poids)| *poids).map_or(0, |(territoire, _)| *territoire);
            let siens: Vec<usize> = (0..etablissements.len())
                .filter(|&e| etablissements.get(e).and_then(|&centre| centres.get(centre)) == Some(&territoire))
                .collect();
            let etablissement = des.un(&siens).copied().unwrap_or(0);
            pros.push(Pro { metier, liberal: numero < liberaux, etablissement, territoire });
        }
    }
    Ok(pros)
}
