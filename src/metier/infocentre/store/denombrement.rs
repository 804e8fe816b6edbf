//! Counts: the rows of each list are read once, with the conditions that they answer, and added up here by group of as many axes as
//! are asked for. A year of a region is one reading of a second's part; the long periods are read year after year, so that memory
//! does not grow with them.

use super::{
    Cadre,
    sql::{self, Calcul, ENTRE_CLES, Place, Source, VALEURS},
};
use crate::{
    db::{
        Op,
        types::{At, DbInstant},
    },
    kernel::{Resultat, clock::date_paris},
    metier::infocentre::model::{Axe, Comptes, Pas, Tranche},
};
use chrono::NaiveDate;
use diesel::{
    deserialize::QueryableByName,
    sql_types::{BigInt, Date, Nullable, Text},
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Counts by group, and all groups together.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Groupes {
    pub(in super::super) lignes: BTreeMap<String, Comptes>,
    pub(in super::super) total: Comptes,
}

/// Everything that is counted, by group. What an axis does not share out is counted together.
pub(in super::super) fn compter(op: &mut Op<'_>, cadre: &Cadre<'_>, axe: Axe) -> Resultat<Groupes> {
    Ok(compter_sur(op, cadre, &[axe])?.remove(&axe).unwrap_or_default())
}

/// The same by several axes, in the time of one.
pub(in super::super) fn compter_sur(op: &mut Op<'_>, cadre: &Cadre<'_>, axes: &[Axe]) -> Resultat<BTreeMap<Axe, Groupes>> {
    let mut groupes: BTreeMap<Axe, Groupes> = axes.iter().map(|axe| (*axe, Groupes::default())).collect();
    for source in Source::TOUTES {
        let partages: Vec<Axe> = axes.iter().copied().filter(|axe| *axe != Axe::Region && axe.repartit(source.objet())).collect();
        let plan = Plan::nouveau(cadre, source, partages);
        let mut cumuls = Cumuls::nouveaux(&plan);
        for part in parts(cadre, source) {
            let lignes: Vec<Ligne> = part.requete(plan.texte.clone()).charger(op.conn)?;
            for ligne in &lignes {
                cumuls.ajouter(&plan, ligne);
            }
        }
        cumuls.rendre(&plan, &mut groupes);
    }
    Ok(groupes)
}

/// What is read at a time: one year, where rows have a day.
fn parts<'c>(cadre: &Cadre<'c>, source: Source) -> Vec<Cadre<'c>> {
    if source == Source::Entites {
        return vec![*cadre];
    }
    let jours = cadre.jours.tranches(Pas::Annee).into_iter().filter_map(|annee| cadre.jours.dans(annee));
    jours.map(|jours| Cadre { jours, ..*cadre }).collect()
}

/// A row of a list: where it lies, what it is of, the conditions that it answers, its values.
#[derive(QueryableByName)]
struct Ligne {
    #[diesel(sql_type = Text)]
    cles: String,
    #[diesel(sql_type = Nullable<Date>)]
    jour: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<DbInstant>)]
    moment: Option<At>,
    #[diesel(sql_type = Nullable<Text>)]
    qui: Option<String>,
    #[diesel(sql_type = BigInt)]
    vrais: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    valeur_0: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    valeur_1: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    valeur_2: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    valeur_3: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    valeur_4: Option<i64>,
}

impl Ligne {
    fn vrai(&self, condition: usize) -> bool {
        self.vrais >> condition & 1 == 1
    }

    const fn valeurs(&self) -> [Option<i64>; VALEURS] {
        [self.valeur_0, self.valeur_1, self.valeur_2, self.valeur_3, self.valeur_4]
    }

    fn valeur(&self, rang: usize) -> Option<i64> {
        self.valeurs().get(rang).copied().flatten()
    }

    /// The day of its meeting; none for an entity.
    fn jour(&self) -> Option<NaiveDate> {
        self.jour.or_else(|| self.moment.map(|moment| date_paris(moment.0)))
    }
}

/// What is read of a list, and what is made of it.
struct Plan {
    texte: String,
    places: Vec<Place>,
    /// The axes whose keys the rows bear, in their order.
    cles: Vec<Axe>,
    /// The axes of time, and all the parts of the period: an entity lies in each.
    temps: Vec<(Axe, Pas, Vec<String>)>,
}

impl Plan {
    fn nouveau(cadre: &Cadre<'_>, source: Source, axes: Vec<Axe>) -> Self {
        let (temps, cles): (Vec<Axe>, Vec<Axe>) = axes.into_iter().partition(|axe| axe.pas().is_some());
        let sql::Lecture { texte, places } = sql::lecture(&cadre.demande(), source, &cles);
        let tranches = |pas| cadre.selection.periode.tranches(pas).iter().map(ToString::to_string).collect();
        let temps = temps.into_iter().filter_map(|axe| axe.pas().map(|pas| (axe, pas, tranches(pas)))).collect();
        Self { texte, places, cles, temps }
    }
}

/// What is added up of a list.
struct Cumuls {
    total: Cumul,
    groupes: BTreeMap<Axe, HashMap<String, Cumul>>,
    /// What rows are of, each under a small number.
    connus: HashMap<String, usize>,
}

impl Cumuls {
    fn nouveaux(plan: &Plan) -> Self {
        let axes = plan.cles.iter().copied().chain(plan.temps.iter().map(|(axe, ..)| *axe));
        Self { total: Cumul::nouveau(plan.places.len()), groupes: axes.map(|axe| (axe, HashMap::new())).collect(), connus: HashMap::new() }
    }

    fn ajouter(&mut self, plan: &Plan, ligne: &Ligne) {
        let qui = ligne.qui.as_deref().map(|qui| numero(&mut self.connus, qui));
        self.total.ajouter(plan, ligne, qui);
        let mut dans = |axe: Axe, cle: &str| {
            let Some(groupes) = self.groupes.get_mut(&axe) else { return };
            match groupes.get_mut(cle) {
                Some(cumul) => cumul.ajouter(plan, ligne, qui),
                None => groupes.entry(cle.to_owned()).or_insert_with(|| Cumul::nouveau(plan.places.len())).ajouter(plan, ligne, qui),
            }
        };
        for (axe, cle) in plan.cles.iter().zip(ligne.cles.split(ENTRE_CLES)) {
            dans(*axe, cle);
        }
        for (axe, pas, tranches) in &plan.temps {
            match ligne.jour() {
                Some(jour) => dans(*axe, &Tranche::de(jour, *pas).to_string()),
                None => tranches.iter().for_each(|tranche| dans(*axe, tranche)),
            }
        }
    }

    /// Gives what was added up to the groups of every axis.
    fn rendre(self, plan: &Plan, groupes: &mut BTreeMap<Axe, Groupes>) {
        for de_l_axe in groupes.values_mut() {
            self.total.rendre(plan, &mut de_l_axe.total);
        }
        for (axe, cumuls) in self.groupes {
            let Some(de_l_axe) = groupes.get_mut(&axe) else { continue };
            for (cle, cumul) in cumuls {
                cumul.rendre(plan, de_l_axe.lignes.entry(cle).or_default());
            }
        }
    }
}

/// The number of a text, a new one if it has none.
fn numero(connus: &mut HashMap<String, usize>, texte: &str) -> usize {
    if let Some(numero) = connus.get(texte) {
        return *numero;
    }
    let numero = connus.len();
    connus.insert(texte.to_owned(), numero);
    numero
}

/// What is added up of a group, indicator by indicator.
struct Cumul(Vec<Compte>);

#[derive(Default, Clone)]
struct Compte {
    retenus: i64,
    numerateur: i64,
    distincts: HashSet<usize>,
    repartition: HashMap<i64, i64>,
}

impl Cumul {
    fn nouveau(places: usize) -> Self {
        Self(vec![Compte::default(); places])
    }

    fn ajouter(&mut self, plan: &Plan, ligne: &Ligne, qui: Option<usize>) {
        for (place, compte) in plan.places.iter().zip(&mut self.0).filter(|(place, _)| ligne.vrai(place.retenu)) {
            compte.retenus += 1;
            match place.calcul {
                Calcul::Nombre => {}
                Calcul::Distincts => compte.distincts.extend(qui),
                Calcul::Taux { numerateur } => compte.numerateur += i64::from(ligne.vrai(numerateur)),
                Calcul::Somme { valeur } => compte.numerateur += ligne.valeur(valeur).unwrap_or_default(),
                Calcul::Repartition { valeur } => {
                    if let Some(valeur) = ligne.valeur(valeur) {
                        *compte.repartition.entry(valeur).or_default() += 1;
                    }
                }
            }
        }
    }

    fn rendre(&self, plan: &Plan, comptes: &mut Comptes) {
        for (Place { indicateur, calcul, .. }, compte) in plan.places.iter().zip(&self.0) {
            let distincts = i64::try_from(compte.distincts.len()).unwrap_or(i64::MAX);
            let (numerateur, denominateur) = match calcul {
                Calcul::Nombre => (compte.retenus, compte.retenus),
                Calcul::Distincts => (distincts, distincts),
                Calcul::Taux { .. } | Calcul::Somme { .. } => (compte.numerateur, compte.retenus),
                Calcul::Repartition { .. } => {
                    comptes.repartitions.insert(*indicateur, compte.repartition.iter().map(|(valeur, n)| (*valeur, *n)).collect());
                    continue;
                }
            };
            comptes.numerateurs.insert(*indicateur, numerateur);
            comptes.denominateurs.insert(*indicateur, denominateur);
        }
    }
}
