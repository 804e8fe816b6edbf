//! Freezes a year: its rows are read in one snapshot, then written lot by lot, so that nobody who writes waits for long.

use super::{
    Cadre, noms,
    sql::{Source, gel},
};
use crate::{
    db::{
        LIGNES_PAR_ORDRE, Op,
        requete::Valeur,
        schema::{
            instantane as i, instantane_diffusion, instantane_entite, instantane_participation, instantane_passage, instantane_seance,
        },
        types::{At, Id, Json},
    },
    kernel::{
        Panne, Resultat,
        ids::{CompteId, InstantaneId},
    },
    metier::infocentre::model::{
        Axe,
        instantane::{Effectifs, Instantane, Noms},
    },
    on_either,
};
use chrono::NaiveDate;
use diesel::{delete, deserialize::QueryableByName, insert_into, prelude::*, update};
use std::{collections::BTreeSet, ops::Range};

/// A compte-rendu, or a postponed case.
#[derive(Debug, Clone, QueryableByName, Insertable)]
#[diesel(table_name = instantane_passage, treat_none_as_default_value = false)]
struct Passage {
    instantane_id: InstantaneId,
    date_reunion: NaiveDate,
    compte_rendu_id: Id,
    patient: i64,
    reunion_id: Id,
    rcp_id: Id,
    centre_3c_id: Id,
    etablissement_id: Id,
    territoire_id: Option<Id>,
    etablissement_demandeur_id: Option<Id>,
    theme: String,
    type_rcp: String,
    niveau: String,
    expertise: bool,
    statut_cas: String,
    motif_report: Option<String>,
    age: i64,
    sexe: String,
    departement: Option<String>,
    localisation: Option<String>,
    quorum_has: Option<bool>,
    quorum_regle: Option<bool>,
    quorum_national: Option<String>,
    quorum_regional: Option<String>,
    double_expertise: Option<String>,
    avec_proposition: bool,
    recours_propose: bool,
    essai_propose: bool,
    g8: String,
    g8_demi_points: Option<i64>,
    geriatrie: Option<String>,
    fertilite: Option<String>,
    essai: Option<String>,
    oncogenetique: Option<String>,
    soins_support: Option<String>,
    soins_palliatifs: Option<String>,
    tabac: Option<String>,
    alcool: Option<String>,
    completude: i64,
    medecin_traitant: bool,
    delai_inscription: Option<i64>,
    delai_compte_rendu: i64,
    delai_diagnostic: Option<i64>,
    nouveau_region: bool,
    nouveau_rcp: bool,
    mt_etat: Option<String>,
    mt_canal: Option<String>,
    mt_adresse: bool,
    envoye: bool,
    delai_envoi: Option<i64>,
    hors_region: Option<bool>,
}

/// A meeting held or cancelled.
#[derive(Debug, Clone, QueryableByName, Insertable)]
#[diesel(table_name = instantane_seance, treat_none_as_default_value = false)]
struct Seance {
    instantane_id: InstantaneId,
    id: Id,
    rcp_id: Id,
    etat: String,
    debut: At,
    centre_3c_id: Id,
    etablissement_id: Id,
    territoire_id: Option<Id>,
    theme: String,
    type_rcp: String,
    niveau: String,
    visio: bool,
    discute: bool,
    sans_has: bool,
    sans_regle: bool,
    discute_national: bool,
    sans_national: bool,
    discute_regional: bool,
    sans_regional: bool,
}

/// An RCP entity of the directory.
#[derive(Debug, Clone, QueryableByName, Insertable)]
#[diesel(table_name = instantane_entite, treat_none_as_default_value = false)]
struct Entite {
    instantane_id: InstantaneId,
    id: Id,
    code: String,
    nom: String,
    centre_3c_id: Id,
    etablissement_id: Id,
    territoire_id: Option<Id>,
    theme: String,
    type_rcp: String,
    niveau: String,
}

/// An attendance.
#[derive(Debug, Clone, QueryableByName, Insertable)]
#[diesel(table_name = instantane_participation, treat_none_as_default_value = false)]
struct Participation {
    instantane_id: InstantaneId,
    id: Id,
    reunion_id: Id,
    rcp_id: Id,
    debut: At,
    centre_3c_id: Id,
    etablissement_id: Id,
    territoire_id: Option<Id>,
    theme: String,
    type_rcp: String,
    niveau: String,
    praticien_id: Id,
    nom: String,
    prenom: String,
    specialite: Option<String>,
    mode_exercice: String,
    visio: bool,
    minutes: i64,
}

/// How many deliveries of a kind.
#[derive(Debug, Clone, QueryableByName, Insertable)]
#[diesel(table_name = instantane_diffusion, treat_none_as_default_value = false)]
struct Diffusion {
    instantane_id: InstantaneId,
    qualite: String,
    canal: String,
    etat: String,
    nombre: i64,
}

/// What is to be frozen, as it stood at one moment.
#[derive(Debug)]
pub(in super::super) struct Releve {
    passages: Vec<Passage>,
    seances: Vec<Seance>,
    entites: Vec<Entite>,
    participations: Vec<Participation>,
    diffusions: Vec<Diffusion>,
}

/// Some rows of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Lot {
    liste: Liste,
    rangs: Range<usize>,
}

impl Lot {
    /// How many rows it has.
    pub(in super::super) fn lignes(&self) -> usize {
        self.rangs.len()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Liste {
    Comptee(Source),
    Diffusions,
}

/// Reads the four lists and the deliveries as they stand.
pub(in super::super) fn relever(op: &mut Op<'_>, id: InstantaneId, cadre: &Cadre<'_>) -> Resultat<Releve> {
    let requete = |texte: String| cadre.requete(texte).avec("instantane", Valeur::Identifiant(id.uuid()));
    let texte = |source| gel::relever(&cadre.demande(), source);
    Ok(Releve {
        passages: requete(texte(Source::Passages)).charger(op.conn)?,
        seances: requete(texte(Source::Seances)).charger(op.conn)?,
        entites: requete(texte(Source::Entites)).charger(op.conn)?,
        participations: requete(texte(Source::Participations)).charger(op.conn)?,
        diffusions: requete(gel::RELEVER_LES_DIFFUSIONS.to_owned()).charger(op.conn)?,
    })
}

impl Releve {
    fn longueur(&self, liste: Liste) -> usize {
        match liste {
            Liste::Comptee(Source::Passages) => self.passages.len(),
            Liste::Comptee(Source::Seances) => self.seances.len(),
            Liste::Comptee(Source::Entites) => self.entites.len(),
            Liste::Comptee(Source::Participations) => self.participations.len(),
            Liste::Diffusions => self.diffusions.len(),
        }
    }

    /// All its rows, in lots of `taille` at most.
    pub(in super::super) fn lots(&self, taille: usize) -> Vec<Lot> {
        let listes = Source::TOUTES.map(Liste::Comptee).into_iter().chain([Liste::Diffusions]);
        listes
            .flat_map(|liste| {
                let fin = self.longueur(liste);
                (0..fin).step_by(taille).map(move |debut| Lot { liste, rangs: debut..fin.min(debut + taille) })
            })
            .collect()
    }

    /// How many rows of each list.
    pub(in super::super) fn effectifs(&self) -> Resultat<Effectifs> {
        let nombre = |liste| i64::try_from(self.longueur(liste)).map_err(|e| Panne::new("lignes d'un instantané", e));
        Ok(Effectifs {
            passages: nombre(Liste::Comptee(Source::Passages))?,
            seances: nombre(Liste::Comptee(Source::Seances))?,
            entites: nombre(Liste::Comptee(Source::Entites))?,
            participations: nombre(Liste::Comptee(Source::Participations))?,
            diffusions: nombre(Liste::Diffusions)?,
        })
    }

    /// The groups of an axis that its rows belong to; none for an axis whose groups the directory does not name.
    fn groupes(&self, axe: Axe) -> BTreeSet<Id> {
        let Self { passages: p, seances: s, entites: e, participations: a, .. } = self;
        macro_rules! partout {
            ($colonne:ident) => {
                p.iter()
                    .map(|x| x.$colonne)
                    .chain(s.iter().map(|x| x.$colonne))
                    .chain(e.iter().map(|x| x.$colonne))
                    .chain(a.iter().map(|x| x.$colonne))
            };
        }
        match axe {
            Axe::Rcp => {
                let reunies = p.iter().map(|x| x.rcp_id).chain(s.iter().map(|x| x.rcp_id)).chain(a.iter().map(|x| x.rcp_id));
                reunies.chain(e.iter().map(|x| x.id)).collect()
            }
            Axe::Centre3c => partout!(centre_3c_id).collect(),
            Axe::Etablissement => partout!(etablissement_id).collect(),
            Axe::Territoire => partout!(territoire_id).flatten().collect(),
            Axe::Demandeur => p.iter().filter_map(|x| x.etablissement_demandeur_id).collect(),
            Axe::Region
            | Axe::Theme
            | Axe::Type
            | Axe::Niveau
            | Axe::Mois
            | Axe::Trimestre
            | Axe::Annee
            | Axe::Departement
            | Axe::Sexe
            | Axe::ClasseAge
            | Axe::Localisation
            | Axe::MotifReport
            | Axe::Specialite
            | Axe::ModeExercice
            | Axe::Praticien => BTreeSet::new(),
        }
    }

    /// The names, today, of the groups that its rows belong to.
    pub(in super::super) fn noms(&self, op: &mut Op<'_>) -> Resultat<Noms> {
        let nommes = [Axe::Rcp, Axe::Centre3c, Axe::Etablissement, Axe::Demandeur, Axe::Territoire];
        nommes
            .into_iter()
            .map(|axe| {
                let cles: Vec<String> = self.groupes(axe).iter().map(|id| id.0.to_string()).collect();
                Ok((axe.to_string(), noms(op, axe, &cles)?))
            })
            .collect()
    }
}

/// Writes the row of an instantané that has no other row yet, and no fingerprint: it is not one until it is sealed.
pub(in super::super) fn commencer(op: &mut Op<'_>, un: &Instantane, par: Option<CompteId>) -> Resultat<()> {
    insert_into(i::table)
        .values((
            (i::id.eq(un.id), i::annee.eq(i64::from(un.annee)), i::du.eq(un.du), i::au.eq(un.au)),
            (i::etabli_le.eq(At(un.etabli_le)), i::etabli_par.eq(par), i::version_dictionnaire.eq(&un.version_dictionnaire)),
            (i::passages.eq(0), i::seances.eq(0), i::entites.eq(0), i::participations.eq(0), i::diffusions.eq(0)),
            (i::noms.eq(Json(serde_json::json!({}))), i::empreinte.eq("")),
        ))
        .execute(op.conn)?;
    Ok(())
}

/// Writes a lot.
pub(in super::super) fn inserer(op: &mut Op<'_>, releve: &Releve, lot: &Lot) -> Resultat<()> {
    macro_rules! inserer {
        ($table:ident, $lignes:expr) => {
            for lignes in $lignes.get(lot.rangs.clone()).unwrap_or_default().chunks(LIGNES_PAR_ORDRE) {
                on_either!(op.conn, |c| insert_into($table::table).values(lignes).execute(c))?;
            }
        };
    }
    match lot.liste {
        Liste::Comptee(Source::Passages) => inserer!(instantane_passage, releve.passages),
        Liste::Comptee(Source::Seances) => inserer!(instantane_seance, releve.seances),
        Liste::Comptee(Source::Entites) => inserer!(instantane_entite, releve.entites),
        Liste::Comptee(Source::Participations) => inserer!(instantane_participation, releve.participations),
        Liste::Diffusions => inserer!(instantane_diffusion, releve.diffusions),
    }
    Ok(())
}

/// Writes how many rows there are, their names and their fingerprint: nothing of it changes any more.
pub(in super::super) fn sceller(op: &mut Op<'_>, un: &Instantane) -> Resultat<()> {
    let noms = serde_json::to_value(&un.noms).map_err(|e| Panne::new("noms d'un instantané", e))?;
    let e = un.lignes;
    update(i::table.find(un.id))
        .set((
            (i::passages.eq(e.passages), i::seances.eq(e.seances), i::entites.eq(e.entites)),
            (i::participations.eq(e.participations), i::diffusions.eq(e.diffusions)),
            (i::noms.eq(Json(noms)), i::empreinte.eq(&un.empreinte)),
        ))
        .execute(op.conn)?;
    Ok(())
}

/// Erases at most `taille` rows of an instantané that was never sealed, then its own row; gives how many rows went.
pub(in super::super) fn effacer(op: &mut Op<'_>, id: InstantaneId, taille: i64) -> Resultat<usize> {
    macro_rules! effacer {
        ($table:ident, $cle:ident) => {{
            let cles: Vec<Id> = $table::table.filter($table::instantane_id.eq(id)).select($table::$cle).limit(taille).load(op.conn)?;
            let effacees = delete($table::table.filter($table::instantane_id.eq(id)).filter($table::$cle.eq_any(cles))).execute(op.conn)?;
            if effacees > 0 {
                return Ok(effacees);
            }
        }};
    }
    effacer!(instantane_passage, compte_rendu_id);
    effacer!(instantane_seance, id);
    effacer!(instantane_entite, id);
    effacer!(instantane_participation, id);
    delete(instantane_diffusion::table.filter(instantane_diffusion::instantane_id.eq(id))).execute(op.conn)?;
    Ok(delete(i::table.find(id)).execute(op.conn)?)
}
