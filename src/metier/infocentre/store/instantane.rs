//! Takes and reads what is frozen.

use super::sql::{Source, gel};
use crate::{
    db::{
        MultiBackend, Op,
        requete::{Requete, Valeur},
        schema::{instantane as i, instantane_participation as p},
        types::{At, Json},
    },
    kernel::{
        Instant, Panne, Resultat,
        ids::{InstantaneId, PraticienId, PresenceId, RcpId},
        texte::hexadecimal,
    },
    metier::infocentre::model::{
        Axe,
        instantane::{Effectifs, Instantane, ListeFigee, Noms},
    },
};
use chrono::NaiveDate;
use diesel::{deserialize::QueryableByName, prelude::*, sql_types::Text};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

#[derive(Queryable, Selectable)]
#[diesel(table_name = i)]
struct Ligne {
    id: InstantaneId,
    annee: i64,
    du: NaiveDate,
    au: NaiveDate,
    etabli_le: At,
    version_dictionnaire: String,
    passages: i64,
    seances: i64,
    entites: i64,
    participations: i64,
    diffusions: i64,
    noms: Json,
    empreinte: String,
}

impl TryFrom<Ligne> for Instantane {
    type Error = Panne;

    fn try_from(l: Ligne) -> Result<Self, Panne> {
        let Ligne { passages, seances, entites, participations, diffusions, .. } = l;
        Ok(Self {
            id: l.id,
            annee: i32::try_from(l.annee).map_err(|e| Panne::new("année d'un instantané", e))?,
            du: l.du,
            au: l.au,
            etabli_le: l.etabli_le.0,
            version_dictionnaire: l.version_dictionnaire,
            lignes: Effectifs { passages, seances, entites, participations, diffusions },
            empreinte: l.empreinte,
            noms: serde_json::from_value(l.noms.0).map_err(|e| Panne::new("noms d'un instantané", e))?,
        })
    }
}

#[derive(QueryableByName)]
struct Texte {
    #[diesel(sql_type = Text)]
    texte: String,
}

/// SHA-256 of the rows, list after list, and of the names.
pub(in super::super) fn empreinte(op: &mut Op<'_>, id: InstantaneId, noms: &Noms) -> Resultat<String> {
    let mut condense = Sha256::new();
    let requetes = Source::TOUTES.map(gel::lignes).into_iter().chain([gel::LIGNES_DES_DIFFUSIONS.to_owned()]);
    for texte in requetes {
        let lignes: Vec<Texte> = Requete::new(texte).avec("instantane", Valeur::Identifiant(id.uuid())).charger(op.conn)?;
        for ligne in &lignes {
            condense.update(ligne.texte.as_bytes());
            condense.update(b"\n");
        }
        condense.update(b"\n");
    }
    condense.update(serde_json::to_vec(noms).map_err(|e| Panne::new("noms d'un instantané", e))?);
    Ok(hexadecimal(&condense.finalize()))
}

/// Those that are sealed: the others are being written.
fn scelles() -> i::BoxedQuery<'static, MultiBackend> {
    i::table.filter(i::empreinte.ne("")).into_boxed()
}

/// A frozen year; nothing while it is being written.
pub(in super::super) fn trouver(op: &mut Op<'_>, id: InstantaneId) -> Resultat<Option<Instantane>> {
    let ligne = scelles().filter(i::id.eq(id)).select(Ligne::as_select()).first(op.conn).optional()?;
    Ok(ligne.map(Instantane::try_from).transpose()?)
}

/// The latest one of a year.
pub(in super::super) fn dernier(op: &mut Op<'_>, annee: i32) -> Resultat<Option<Instantane>> {
    let ligne = scelles()
        .filter(i::annee.eq(i64::from(annee)))
        .order((i::etabli_le.desc(), i::id.desc()))
        .select(Ligne::as_select())
        .first(op.conn)
        .optional()?;
    Ok(ligne.map(Instantane::try_from).transpose()?)
}

/// The latest one of a year that was taken at a moment, at the latest.
pub(in super::super) fn dernier_avant(op: &mut Op<'_>, annee: i32, moment: Instant) -> Resultat<Option<Instantane>> {
    let ligne = scelles()
        .filter(i::annee.eq(i64::from(annee)).and(i::etabli_le.le(At(moment))))
        .order((i::etabli_le.desc(), i::id.desc()))
        .select(Ligne::as_select())
        .first(op.conn)
        .optional()?;
    Ok(ligne.map(Instantane::try_from).transpose()?)
}

/// Frozen deliveries: quality, channel, state, how many.
pub(in super::super) fn diffusions(op: &mut Op<'_>, id: InstantaneId) -> Resultat<Vec<(String, String, String, i64)>> {
    use crate::db::schema::instantane_diffusion as d;
    Ok(d::table
        .filter(d::instantane_id.eq(id))
        .order((d::qualite, d::canal, d::etat))
        .select((d::qualite, d::canal, d::etat, d::nombre))
        .load(op.conn)?)
}

/// Columns that never leave: names, and what leads back to a compte-rendu or to a line of attendance.
const GARDEES: [&str; 4] = ["compte_rendu_id", "id", "nom", "prenom"];

/// A frozen list for outside tools, in a fixed order.
fn liste(op: &mut Op<'_>, id: InstantaneId, nom: &'static str, source: Source) -> Resultat<ListeFigee> {
    let lignes: Vec<Texte> = Requete::new(gel::lignes(source)).avec("instantane", Valeur::Identifiant(id.uuid())).charger(op.conn)?;
    let sort = |colonne: &str| source == Source::Seances || !GARDEES.contains(&colonne);
    let colonnes: Vec<_> = gel::colonnes(source).collect();
    let lire = |ligne: &Texte| {
        let valeurs = ligne.texte.split(gel::SEPARATEUR).zip(&colonnes).filter(|(_, (colonne, _))| sort(colonne));
        valeurs.map(|(valeur, _)| Some(valeur.to_owned()).filter(|valeur| valeur != gel::RIEN)).collect()
    };
    let lignes = lignes.iter().map(lire).collect();
    Ok(ListeFigee { nom, lignes, colonnes: colonnes.iter().filter(|(colonne, _)| sort(colonne)).copied().collect() })
}

/// The frozen lists for outside tools.
pub(in super::super) fn listes(op: &mut Op<'_>, id: InstantaneId) -> Resultat<Vec<ListeFigee>> {
    [("passages", Source::Passages), ("reunions", Source::Seances), ("participations", Source::Participations)]
        .into_iter()
        .map(|(nom, source)| liste(op, id, nom, source))
        .collect()
}

/// Attendances of private practitioners, by name then in the order of time.
pub(in super::super) fn participations(op: &mut Op<'_>, id: InstantaneId) -> Resultat<Vec<Participation>> {
    let mut lignes: Vec<Participation> =
        p::table.filter(p::instantane_id.eq(id)).filter(p::mode_exercice.ne("salarie")).select(Participation::as_select()).load(op.conn)?;
    // The two databases do not sort names alike.
    lignes.sort_by(|a, b| (&a.nom, &a.prenom, a.praticien_id, a.debut.0, a.id).cmp(&(&b.nom, &b.prenom, b.praticien_id, b.debut.0, b.id)));
    Ok(lignes)
}

/// One frozen attendance of a private practitioner.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = p)]
pub(in super::super) struct Participation {
    pub(in super::super) id: PresenceId,
    pub(in super::super) rcp_id: RcpId,
    pub(in super::super) praticien_id: PraticienId,
    pub(in super::super) nom: String,
    pub(in super::super) prenom: String,
    pub(in super::super) specialite: Option<String>,
    pub(in super::super) mode_exercice: String,
    pub(in super::super) debut: At,
    pub(in super::super) minutes: i64,
    pub(in super::super) visio: bool,
}

/// The name of a group: that of the day of the freezing, or what the axis makes of its key.
pub(in super::super) fn nom_gele(noms: &Noms, axe: Axe, cle: &str) -> (Option<String>, String) {
    let vide = BTreeMap::new();
    let trouve = noms.get(axe.as_str()).unwrap_or(&vide).get(cle);
    trouve.map_or_else(|| (None, axe.libelle(cle)), |(code, nom)| (Some(code.clone()), nom.clone()))
}
