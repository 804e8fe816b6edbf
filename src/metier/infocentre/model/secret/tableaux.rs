//! From the tables of a report to one system of counts and sums, and back.

use super::{Rang, SEUIL, Systeme};
use crate::metier::infocentre::model::{
    Ratio,
    rapport::{
        Cellule, Colonne, Comptage, Ligne, Masque, NatureColonne, Rapport, RapportIncoherent, Relation, Reste, SecretApplique, Tableau,
        Terme,
    },
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A sum that everybody knows though no table prints it: the RCP of a theme, when one table has RCP and another
/// has themes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Somme {
    /// Key of the row of the total.
    pub total: String,
    /// Keys of the rows of the parts.
    pub parties: Vec<String>,
}

/// What was withheld.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Bilan {
    /// Cells that were looked at: counts of patients, and what is computed from them.
    pub cellules: usize,
    /// Of which withheld as « < 11 ».
    pub petites: usize,
    /// Of which withheld as « s. ».
    pub secondaires: usize,
}

impl Rapport {
    /// Withholds what statistical secrecy asks for in every table at once, and says so in the report. A report that is
    /// protected already is left as it is. `sommes` are the sums that no table of the report states.
    pub fn proteger(&mut self, sommes: &[Somme]) -> Result<Bilan, RapportIncoherent> {
        self.verifier()?;
        let deja_protege = self.secret.is_some();
        let mut tableaux: Vec<&mut Tableau> = self.chapitres.iter_mut().flat_map(|chapitre| &mut chapitre.tableaux).collect();
        if !deja_protege {
            let construction = Construction::de(&tableaux, sommes)?;
            let Construction { systeme, comptes, .. } = construction;
            let masques = systeme.proteger();
            let masque = |colonne: &str, ligne: &str| {
                let rang = comptes.get(&(colonne.to_owned(), ligne.to_owned()))?;
                masques.get(rang.0).copied().flatten()
            };
            tableaux.iter_mut().for_each(|tableau| masquer(tableau, &masque));
        }
        let bilan = tableaux.iter().fold(Bilan::default(), |bilan, tableau| bilan.avec(tableau));
        self.secret = Some(SecretApplique { seuil: SEUIL });
        Ok(bilan)
    }
}

impl Bilan {
    fn avec(mut self, tableau: &Tableau) -> Self {
        for (colonne, cellule) in tableau.lignes.iter().flat_map(|ligne| tableau.colonnes.iter().zip(&ligne.cellules)) {
            self.cellules += usize::from(colonne.est_sensible());
            self.petites += usize::from(*cellule == Cellule::Masquee(Masque::Petite));
            self.secondaires += usize::from(*cellule == Cellule::Masquee(Masque::Secondaire));
        }
        self
    }
}

impl Colonne {
    /// True when statistical secrecy looks at the column.
    #[must_use]
    pub fn est_sensible(&self) -> bool {
        match &self.nature {
            NatureColonne::Texte | NatureColonne::Date => false,
            NatureColonne::Jours { effectif } => effectif.is_some(),
            NatureColonne::Nombre { comptage } => *comptage != Comptage::Libre,
            NatureColonne::Quotient { numerateur, denominateur } | NatureColonne::Pourcentage { numerateur, denominateur, .. } => {
                numerateur.comptage != Comptage::Libre || denominateur.comptage != Comptage::Libre
            }
        }
    }

    /// The codes of the counts of a quotient: those of the columns that print them, or codes of its own.
    fn codes_des_termes(&self) -> Option<[(String, Comptage); 2]> {
        let (numerateur, denominateur) = self.nature.termes()?;
        let code = |terme: &Terme, nom: &str| (terme.colonne.clone().unwrap_or_else(|| format!("{}/{nom}", self.code)), terme.comptage);
        Some([code(numerateur, "numerateur"), code(denominateur, "denominateur")])
    }
}

/// Puts the marks where the values were.
fn masquer(tableau: &mut Tableau, masque: &dyn Fn(&str, &str) -> Option<Masque>) {
    let Tableau { colonnes, lignes, .. } = tableau;
    for Ligne { cle, cellules, .. } in lignes {
        for (colonne, cellule) in colonnes.iter().zip(cellules) {
            let trouve = match &colonne.nature {
                NatureColonne::Texte | NatureColonne::Date => None,
                NatureColonne::Nombre { .. } => masque(&colonne.code, cle),
                NatureColonne::Jours { effectif } => effectif.as_ref().and_then(|code| masque(code, cle)).map(|_| Masque::Secondaire),
                NatureColonne::Quotient { .. } | NatureColonne::Pourcentage { .. } => {
                    let mut termes = colonne.codes_des_termes().into_iter().flatten();
                    termes.find_map(|(code, _)| masque(&code, cle)).map(|_| Masque::Secondaire)
                }
            };
            if let Some(masque) = trouve.filter(|_| *cellule != Cellule::Absente) {
                *cellule = Cellule::Masquee(masque);
            }
        }
    }
}

/// The system of a report, while it is built.
#[derive(Default)]
struct Construction {
    systeme: Systeme,
    /// The counts by code of column and key of row.
    comptes: BTreeMap<(String, String), Rang>,
    /// Sums already declared: two tables may state the same.
    declarees: BTreeSet<(Rang, Vec<Rang>, Reste)>,
}

impl Construction {
    fn de(tableaux: &[&mut Tableau], sommes: &[Somme]) -> Result<Self, RapportIncoherent> {
        let mut construction = Self::default();
        for tableau in tableaux {
            construction.imprimes(tableau)?;
        }
        for tableau in tableaux {
            construction.termes(tableau)?;
        }
        let mut comptages = BTreeMap::new();
        for tableau in tableaux {
            construction.hierarchies(tableau)?;
            construction.relations(tableau)?;
            comptages.extend(comptages_de(tableau));
        }
        for somme in sommes {
            let connues: Vec<&str> = somme.parties.iter().map(String::as_str).collect();
            for (colonne, comptage) in &comptages {
                construction.partager(colonne, *comptage, &somme.total, &connues)?;
            }
        }
        Ok(construction)
    }

    fn compte(&self, colonne: &str, ligne: &str) -> Option<Rang> {
        self.comptes.get(&(colonne.to_owned(), ligne.to_owned())).copied()
    }

    /// The counts that columns print.
    fn imprimes(&mut self, tableau: &Tableau) -> Result<(), RapportIncoherent> {
        for (ligne, colonne, cellule) in cellules(tableau) {
            if let (NatureColonne::Nombre { comptage }, Cellule::Entier(nombre)) = (&colonne.nature, cellule)
                && *comptage != Comptage::Libre
            {
                self.noter(&colonne.code, &ligne.cle, *nombre, Systeme::imprimer)?;
            }
        }
        Ok(())
    }

    /// The counts that only quotients give away.
    fn termes(&mut self, tableau: &Tableau) -> Result<(), RapportIncoherent> {
        for (ligne, colonne, cellule) in cellules(tableau) {
            let (Cellule::Quotient(Ratio { numerateur, denominateur, .. }) | Cellule::Pourcentage(Ratio { numerateur, denominateur, .. })) =
                cellule
            else {
                continue;
            };
            for ((code, comptage), nombre) in colonne.codes_des_termes().into_iter().flatten().zip([*numerateur, *denominateur]) {
                if comptage != Comptage::Libre {
                    self.noter(&code, &ligne.cle, nombre, Systeme::donner)?;
                }
            }
            let propres = colonne.nature.termes().is_some_and(|(un, autre)| un.colonne.is_none() && autre.colonne.is_none());
            if let (true, Some([(un, _), (autre, _)])) = (propres, colonne.codes_des_termes())
                && let (Some(un), Some(autre)) = (self.compte(&un, &ligne.cle), self.compte(&autre, &ligne.cle))
            {
                self.systeme.solidariser(un, autre);
            }
        }
        Ok(())
    }

    fn noter(
        &mut self,
        colonne: &str,
        ligne: &str,
        nombre: i64,
        ajouter: fn(&mut Systeme, i64, bool) -> Rang,
    ) -> Result<(), RapportIncoherent> {
        let lieu = || (colonne.to_owned(), ligne.to_owned());
        if nombre < 0 {
            let (colonne, ligne) = lieu();
            return Err(RapportIncoherent::Negatif { colonne, ligne });
        }
        match self.compte(colonne, ligne).map(|rang| self.systeme.valeur_de(rang)) {
            Some(autre) if autre != nombre => {
                let (colonne, ligne) = lieu();
                Err(RapportIncoherent::DeuxValeurs { colonne, ligne, un: autre, autre: nombre })
            }
            Some(_) => Ok(()),
            None => {
                let rang = ajouter(&mut self.systeme, nombre, true);
                self.comptes.insert(lieu(), rang);
                Ok(())
            }
        }
    }

    /// The rows of a table that share out another one, for each of its counts.
    fn hierarchies(&mut self, tableau: &Tableau) -> Result<(), RapportIncoherent> {
        let enfants = enfants(tableau);
        for (colonne, comptage) in comptages_de(tableau) {
            for (parent, parties) in &enfants {
                self.partager(&colonne, comptage, parent, parties)?;
            }
        }
        Ok(())
    }

    /// Declares that rows share out another one, for a column. What they leave or count twice is never printed.
    fn partager(&mut self, colonne: &str, comptage: Comptage, total: &str, parties: &[&str]) -> Result<(), RapportIncoherent> {
        let Some(du_total) = self.compte(colonne, total) else { return Ok(()) };
        let connues: Vec<Rang> = parties.iter().filter_map(|ligne| self.compte(colonne, ligne)).collect();
        let complet = connues.len() == parties.len();
        let reste = match comptage {
            Comptage::Libre => return Ok(()),
            Comptage::Passages if complet => Reste::Aucun,
            Comptage::Passages => Reste::Sensible,
            Comptage::Patients => Reste::Recouvrement,
        };
        self.declarer((colonne, total), du_total, connues, reste, complet)
    }

    /// The columns of a table that share out another one, on each row, and the parts that percentages are.
    fn relations(&mut self, tableau: &Tableau) -> Result<(), RapportIncoherent> {
        let comptages: BTreeMap<String, Comptage> = comptages_de(tableau).into_iter().collect();
        let enfants = enfants(tableau);
        for ligne in &tableau.lignes {
            let somme_de_lignes = enfants.contains_key(ligne.cle.as_str());
            for Relation { total, parties, reste } in &tableau.relations {
                // The rows that make this one say it already, when everything adds up.
                let passages = parties.iter().chain([total]).all(|code| comptages.get(code) == Some(&Comptage::Passages));
                if somme_de_lignes && passages && *reste == Reste::Aucun && self.s_additionne(parties, total, ligne, &enfants) {
                    continue;
                }
                let Some(du_total) = self.compte(total, &ligne.cle) else { continue };
                let connues: Vec<Rang> = parties.iter().filter_map(|code| self.compte(code, &ligne.cle)).collect();
                let complet = connues.len() == parties.len();
                self.declarer((total, &ligne.cle), du_total, connues, *reste, complet)?;
            }
            for colonne in &tableau.colonnes {
                self.pourcentage(colonne, ligne)?;
            }
        }
        Ok(())
    }

    /// True when a row is the sum of others for all these columns.
    fn s_additionne(&self, parties: &[String], total: &String, ligne: &Ligne, enfants: &BTreeMap<&str, Vec<&str>>) -> bool {
        let lignes = enfants.get(ligne.cle.as_str()).map_or(&[][..], Vec::as_slice);
        parties.iter().chain([total]).all(|code| {
            let valeurs: Option<Vec<i64>> = lignes.iter().map(|cle| Some(self.systeme.valeur_de(self.compte(code, cle)?))).collect();
            let somme = valeurs.map(|valeurs| valeurs.iter().sum::<i64>());
            somme.is_some() && somme == self.compte(code, &ligne.cle).map(|rang| self.systeme.valeur_de(rang))
        })
    }

    fn pourcentage(&mut self, colonne: &Colonne, ligne: &Ligne) -> Result<(), RapportIncoherent> {
        let NatureColonne::Pourcentage { reste_sensible, .. } = &colonne.nature else { return Ok(()) };
        let Some([(numerateur, _), (denominateur, _)]) = colonne.codes_des_termes() else { return Ok(()) };
        let (Some(partie), Some(total)) = (self.compte(&numerateur, &ligne.cle), self.compte(&denominateur, &ligne.cle)) else {
            return Ok(());
        };
        let reste = if *reste_sensible { Reste::Sensible } else { Reste::Libre };
        self.declarer((&colonne.code, &ligne.cle), total, vec![partie], reste, true)
    }

    /// Declares what a total is made of.
    fn declarer(
        &mut self,
        lieu: (&str, &str),
        total: Rang,
        parties: Vec<Rang>,
        reste: Reste,
        complet: bool,
    ) -> Result<(), RapportIncoherent> {
        if parties.is_empty() || !self.declarees.insert((total, parties.clone(), reste)) {
            return Ok(());
        }
        let valeur = self.systeme.valeur_de(total);
        let somme: i64 = parties.iter().map(|rang| self.systeme.valeur_de(*rang)).sum();
        let laisse = valeur - somme;
        if laisse < 0 && reste != Reste::Recouvrement {
            let (colonne, ligne) = (lieu.0.to_owned(), lieu.1.to_owned());
            return Err(RapportIncoherent::Depassement { colonne, ligne, somme, total: valeur });
        }
        let (mut uns, mut autres) = (parties, vec![total]);
        match reste {
            Reste::Aucun if laisse == 0 && complet => {}
            Reste::Aucun | Reste::Sensible => uns.push(self.systeme.cacher(laisse, true)),
            // What is left may be anything: the parts and the total say nothing of each other.
            Reste::Libre => return Ok(()),
            Reste::Recouvrement => {
                autres.push(self.systeme.cacher((-laisse).max(0), false));
                if laisse > 0 || !complet {
                    uns.push(self.systeme.cacher(laisse.max(0), false));
                }
            }
        }
        self.systeme.egaler(&uns, &autres).map_err(|desequilibre| RapportIncoherent::Depassement {
            colonne: lieu.0.to_owned(),
            ligne: lieu.1.to_owned(),
            somme: valeur + desequilibre.0,
            total: valeur,
        })
    }
}

fn cellules(tableau: &Tableau) -> impl Iterator<Item = (&Ligne, &Colonne, &Cellule)> {
    tableau
        .lignes
        .iter()
        .flat_map(|ligne| tableau.colonnes.iter().zip(&ligne.cellules).map(move |(colonne, cellule)| (ligne, colonne, cellule)))
}

/// Every count of a table: the columns of counts and the terms of quotients.
fn comptages_de(tableau: &Tableau) -> Vec<(String, Comptage)> {
    let mut comptages = Vec::new();
    for colonne in &tableau.colonnes {
        if let NatureColonne::Nombre { comptage } = &colonne.nature {
            comptages.push((colonne.code.clone(), *comptage));
        }
        comptages.extend(colonne.codes_des_termes().into_iter().flatten());
    }
    comptages
}

/// The rows that each parent is made of.
fn enfants(tableau: &Tableau) -> BTreeMap<&str, Vec<&str>> {
    let mut enfants: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for ligne in &tableau.lignes {
        if let Some(parent) = &ligne.parent {
            enfants.entry(parent).or_default().push(&ligne.cle);
        }
    }
    enfants
}
