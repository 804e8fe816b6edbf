//! Queries on duplicates.

pub(super) mod fusion;

use super::model::{Concordances, Doublon, EtatDoublon, ReglagesDoublons, ReglagesLus, Traits};
use crate::{
    db::{
        MultiBackend, Op,
        parmi::parmi,
        schema::{doublon as d, patient, reglage_identite as r},
        types::{At, Json},
    },
    enum_sql,
    kernel::{
        Action, Panne, Resultat,
        ids::{CompteId, DoublonId, PatientId},
        texte::normaliser,
    },
    metier::patient::model::Sexe,
    on_either, visible,
};
use chrono::NaiveDate;
use diesel::{insert_into, prelude::*, update};

enum_sql!(EtatDoublon);

/// Key of the weights among the settings on identities.
const CLE: &str = "rapprochement";
/// Patients compared with a new one, at most.
const VOISINS: i64 = 1000;

pub(super) fn reglages(op: &mut Op<'_>) -> Resultat<ReglagesLus> {
    let ligne: Option<(Json, i64)> = r::table.find(CLE).select((r::contenu, r::version)).first(op.conn).optional()?;
    Ok(match ligne {
        Some((contenu, version)) => {
            let reglages = serde_json::from_value(contenu.0).map_err(|e| Panne::new("réglages des rapprochements", e))?;
            ReglagesLus { reglages, version }
        }
        None => ReglagesLus { reglages: ReglagesDoublons::defaut()?, version: 0 },
    })
}

/// Zero rows when the version is no longer the one that was read.
pub(super) fn regler(op: &mut Op<'_>, reglages: &ReglagesDoublons, lue: i64) -> Resultat<usize> {
    let contenu = Json(serde_json::to_value(reglages).map_err(|e| Panne::new("réglages des rapprochements", e))?);
    let maintenant = At(op.maintenant);
    if lue == 0 {
        let ligne = (r::cle.eq(CLE), r::contenu.eq(contenu), r::version.eq(1_i64), r::modifie_le.eq(maintenant));
        return Ok(on_either!(op.conn, |c| insert_into(r::table).values(ligne).on_conflict_do_nothing().execute(c))?);
    }
    Ok(update(r::table.find(CLE).filter(r::version.eq(lue)))
        .set((r::contenu.eq(contenu), r::version.eq(lue + 1), r::modifie_le.eq(maintenant)))
        .execute(op.conn)?)
}

type LigneTraits = (PatientId, String, Option<String>, String, Option<String>, Sexe, NaiveDate, Option<String>, Option<String>);

fn traits() -> patient::BoxedQuery<'static, MultiBackend> {
    patient::table.filter(patient::absorbe_par_id.is_null()).order(patient::id).into_boxed()
}

fn charger(op: &mut Op<'_>, requete: patient::BoxedQuery<'static, MultiBackend>) -> Resultat<Vec<Traits>> {
    let lignes: Vec<LigneTraits> = requete
        .select((
            patient::id,
            patient::nom_naissance,
            patient::nom_utilise,
            patient::prenoms,
            patient::prenom_utilise,
            patient::sexe,
            patient::date_naissance,
            patient::lieu_naissance,
            patient::ins,
        ))
        .load(op.conn)?;
    lignes
        .into_iter()
        .map(|(id, nom_naissance, nom_utilise, prenoms, prenom_utilise, sexe, date_naissance, lieu_naissance, ins)| {
            let ins = ins.map(|ins| ins.parse()).transpose().map_err(|e| Panne::new(format!("patient {id} : INS"), e))?;
            Ok(Traits { id, nom_naissance, nom_utilise, prenoms, prenom_utilise, sexe, date_naissance, lieu_naissance, ins })
        })
        .collect()
}

/// The traits of every patient.
pub(super) fn tous_les_traits(op: &mut Op<'_>) -> Resultat<Vec<Traits>> {
    charger(op, traits())
}

/// The traits of some patients.
pub(super) fn traits_de(op: &mut Op<'_>, ids: Vec<PatientId>) -> Resultat<Vec<Traits>> {
    charger(op, traits().filter(parmi(patient::id, ids)))
}

/// The traits of those who share a birth date, or its day and month exchanged, or a name: by index only.
pub(super) fn voisins(op: &mut Op<'_>, de: &Traits, dates: Vec<NaiveDate>) -> Resultat<Vec<Traits>> {
    let noms: Vec<String> = [Some(&de.nom_naissance), de.nom_utilise.as_ref()].into_iter().flatten().map(|nom| normaliser(nom)).collect();
    let autres = || traits().filter(patient::id.ne(de.id)).limit(VOISINS);
    let mut tous = charger(op, autres().filter(parmi(patient::date_naissance, dates)))?;
    tous.extend(charger(op, autres().filter(parmi(patient::recherche_nom, noms.clone())))?);
    tous.extend(charger(op, autres().filter(parmi(patient::recherche_utilise, noms)))?);
    tous.sort_unstable_by_key(|t| t.id);
    tous.dedup_by_key(|t| t.id);
    Ok(tous)
}

/// A pair that was found.
pub(super) struct Trouvee {
    pub(super) un: PatientId,
    pub(super) autre: PatientId,
    pub(super) score: i64,
    pub(super) concordances: Concordances,
}

/// Keeps the pairs that are not known yet, whatever was made of those that are. Gives how many are new.
pub(super) fn garder(op: &mut Op<'_>, trouvees: &[Trouvee]) -> Resultat<usize> {
    let mut nouvelles = 0;
    for t in trouvees {
        let (premier, second) = if t.un < t.autre { (t.un, t.autre) } else { (t.autre, t.un) };
        let id: DoublonId = op.id();
        let concordances = Json(serde_json::to_value(t.concordances).map_err(|e| Panne::new("écriture d'une paire", e))?);
        let ligne = (
            d::id.eq(id),
            d::premier_id.eq(premier),
            d::second_id.eq(second),
            d::score.eq(t.score),
            d::concordances.eq(concordances),
            d::etat.eq(EtatDoublon::AExaminer),
            d::detecte_le.eq(At(op.maintenant)),
            d::version.eq(1_i64),
        );
        nouvelles += on_either!(op.conn, |c| insert_into(d::table).values(ligne).on_conflict_do_nothing().execute(c))?;
    }
    Ok(nouvelles)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = d)]
struct Ligne {
    id: DoublonId,
    premier_id: PatientId,
    second_id: PatientId,
    score: i64,
    concordances: Json,
    etat: EtatDoublon,
    detecte_le: At,
    verdict_par: Option<CompteId>,
    verdict_le: Option<At>,
    commentaire: Option<String>,
    version: i64,
}

impl Ligne {
    fn lire(self) -> Result<Doublon, Panne> {
        Ok(Doublon {
            concordances: serde_json::from_value(self.concordances.0).map_err(|e| Panne::new(format!("paire {}", self.id), e))?,
            id: self.id,
            premier_id: self.premier_id,
            second_id: self.second_id,
            score: self.score,
            etat: self.etat,
            detecte_le: self.detecte_le.0,
            verdict_par: self.verdict_par,
            verdict_le: self.verdict_le.map(|at| at.0),
            commentaire: self.commentaire,
            version: self.version,
        })
    }
}

/// The pairs in a state that the person may judge, the likeliest first, after the one that a cursor names.
pub(super) fn lister(
    op: &mut Op<'_>,
    etat: EtatDoublon,
    partout: bool,
    apres: Option<(i64, DoublonId)>,
    limite: i64,
) -> Resultat<Vec<Doublon>> {
    let mut requete =
        d::table.filter(d::etat.eq(etat)).order((d::score.desc(), d::id)).limit(limite).select(Ligne::as_select()).into_boxed();
    if !partout {
        let (un, autre) =
            (visible!(op, Action::RapprocherIdentites, d::premier_id), visible!(op, Action::RapprocherIdentites, d::second_id));
        requete = requete.filter(un).filter(autre);
    }
    if let Some((score, id)) = apres {
        requete = requete.filter(d::score.lt(score).or(d::score.eq(score).and(d::id.gt(id))));
    }
    let lignes: Vec<Ligne> = requete.load(op.conn)?;
    lignes.into_iter().map(|ligne| Ok(ligne.lire()?)).collect()
}

pub(super) fn trouver(op: &mut Op<'_>, id: DoublonId) -> Resultat<Option<Doublon>> {
    let ligne = d::table.find(id).select(Ligne::as_select()).first::<Ligne>(op.conn).optional()?;
    Ok(ligne.map(Ligne::lire).transpose()?)
}

/// Writes a verdict; zero rows when the version is no longer the one that was read.
pub(super) fn juger(op: &mut Op<'_>, id: DoublonId, lue: i64, etat: EtatDoublon, commentaire: &str) -> Resultat<usize> {
    Ok(update(d::table.find(id).filter(d::version.eq(lue)))
        .set((
            d::etat.eq(etat),
            d::commentaire.eq(Some(commentaire)),
            d::verdict_par.eq(op.acteur.compte),
            d::verdict_le.eq(Some(At(op.maintenant))),
            d::version.eq(lue + 1),
        ))
        .execute(op.conn)?)
}

/// Writes what a merge or its undoing says of a pair, known or not.
pub(super) fn conclure(op: &mut Op<'_>, (un, autre): (PatientId, PatientId), etat: EtatDoublon, commentaire: &str) -> Resultat<()> {
    let (premier, second) = if un < autre { (un, autre) } else { (autre, un) };
    let paire = d::table.filter(d::premier_id.eq(premier)).filter(d::second_id.eq(second));
    let connue: Option<(DoublonId, i64)> = paire.select((d::id, d::version)).first(op.conn).optional()?;
    if let Some((id, version)) = connue {
        juger(op, id, version, etat, commentaire)?;
    }
    Ok(())
}

/// Pairs that wait for a person, for the metrics.
pub(super) fn en_attente(op: &mut Op<'_>) -> Resultat<i64> {
    Ok(d::table.filter(d::etat.eq(EtatDoublon::AExaminer)).count().get_result(op.conn)?)
}
