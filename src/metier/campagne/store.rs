//! Queries on campaigns, and on what was published.

use super::model::{
    Acte, Campagne, CampagneError, Decision, DocumentPublie, DocumentResume, Etat, EtatCampagne, EtatPage, FormatRapport, GenreActe,
    PageCampagne, Publication, Validation,
};
use crate::{
    db::{
        Op, ou_doublon,
        schema::{campagne as c, campagne_acte as a, campagne_page as p, centre_3c, publication as u, publication_document as d},
        types::{At, Id, Json},
    },
    enum_sql,
    kernel::{
        Panne, Resultat,
        ids::{CampagneId, Centre3cId, CompteId, InstantaneId, PublicationId},
    },
};
use diesel::{dsl::max, insert_into, prelude::*, update};
use std::collections::BTreeMap;

enum_sql!(EtatCampagne, EtatPage, GenreActe, FormatRapport);

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = c, treat_none_as_null = true)]
struct Ligne {
    id: CampagneId,
    annee: i64,
    etat: EtatCampagne,
    instantane_id: Option<InstantaneId>,
    ouverte_le: At,
    version: i64,
    modifie_le: At,
}

impl From<&Campagne> for Ligne {
    fn from(campagne: &Campagne) -> Self {
        Self {
            id: campagne.id,
            annee: campagne.annee.into(),
            etat: campagne.etat.nom(),
            instantane_id: campagne.etat.instantane(),
            ouverte_le: At(campagne.ouverte_le),
            version: campagne.version,
            modifie_le: At(campagne.modifie_le),
        }
    }
}

impl TryFrom<Ligne> for Campagne {
    type Error = Panne;

    fn try_from(l: Ligne) -> Result<Self, Panne> {
        let etat = Etat::lire(l.etat, l.instantane_id);
        Ok(Self {
            id: l.id,
            annee: annee(l.annee)?,
            etat: etat.ok_or_else(|| Panne::dire(format!("campagne {} : son état et son extraction se contredisent", l.id)))?,
            ouverte_le: l.ouverte_le.0,
            version: l.version,
            modifie_le: l.modifie_le.0,
        })
    }
}

fn annee(lue: i64) -> Result<i32, Panne> {
    i32::try_from(lue).map_err(|e| Panne::new("année d'une campagne", e))
}

pub(super) fn inserer(op: &mut Op<'_>, campagne: &Campagne) -> Resultat<()> {
    insert_into(c::table)
        .values(&Ligne::from(campagne))
        .execute(op.conn)
        .map_err(|e| ou_doublon(e, "campagne_annee_unique", "campagne.annee", CampagneError::Existante(campagne.annee)))?;
    Ok(())
}

/// Zero rows when the version is no longer the one that was read.
pub(super) fn enregistrer(op: &mut Op<'_>, campagne: &Campagne, lue: i64) -> Resultat<usize> {
    Ok(update(c::table.find(campagne.id).filter(c::version.eq(lue))).set(&Ligne::from(campagne)).execute(op.conn)?)
}

pub(super) fn trouver(op: &mut Op<'_>, id: CampagneId) -> Resultat<Option<Campagne>> {
    let ligne: Option<Ligne> = c::table.find(id).select(Ligne::as_select()).first(op.conn).optional()?;
    Ok(ligne.map(Campagne::try_from).transpose()?)
}

/// The campaigns, the latest year first.
pub(super) fn lister(op: &mut Op<'_>) -> Resultat<Vec<Campagne>> {
    let lignes: Vec<Ligne> = c::table.order(c::annee.desc()).select(Ligne::as_select()).load(op.conn)?;
    lignes.into_iter().map(|ligne| Ok(Campagne::try_from(ligne)?)).collect()
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = p, treat_none_as_null = true)]
struct LignePage {
    campagne_id: CampagneId,
    centre_3c_id: Centre3cId,
    active: bool,
    etat: EtatPage,
    instantane_id: Option<InstantaneId>,
    decide_le: Option<At>,
    version: i64,
}

impl From<&PageCampagne> for LignePage {
    fn from(page: &PageCampagne) -> Self {
        let decision = page.validation.decision();
        Self {
            campagne_id: page.campagne_id,
            centre_3c_id: page.centre_3c_id,
            active: page.active,
            etat: page.validation.nom(),
            instantane_id: decision.map(|decision| decision.instantane),
            decide_le: decision.map(|decision| At(decision.le)),
            version: page.version,
        }
    }
}

impl TryFrom<LignePage> for PageCampagne {
    type Error = Panne;

    fn try_from(l: LignePage) -> Result<Self, Panne> {
        let decision = l.instantane_id.zip(l.decide_le).map(|(instantane, le)| Decision { instantane, le: le.0 });
        let contredite = || Panne::dire(format!("campagne {} : la page du 3C {} se contredit", l.campagne_id, l.centre_3c_id));
        Ok(Self {
            campagne_id: l.campagne_id,
            centre_3c_id: l.centre_3c_id,
            active: l.active,
            validation: Validation::lire(l.etat, decision).ok_or_else(contredite)?,
            version: l.version,
        })
    }
}

/// A page, with the code and the name of its 3C.
#[derive(Debug, Clone)]
pub(super) struct PageNommee {
    pub(super) page: PageCampagne,
    pub(super) code: String,
    pub(super) nom: String,
}

/// The pages of a campaign by code of the 3C, or that of one 3C.
pub(super) fn pages(op: &mut Op<'_>, id: CampagneId, centre: Option<Centre3cId>) -> Resultat<Vec<PageNommee>> {
    let mut requete = p::table
        .inner_join(centre_3c::table.on(centre_3c::id.eq(p::centre_3c_id)))
        .filter(p::campagne_id.eq(id))
        .order((centre_3c::code, centre_3c::id))
        .select((LignePage::as_select(), centre_3c::code, centre_3c::nom))
        .into_boxed();
    if let Some(centre) = centre {
        requete = requete.filter(p::centre_3c_id.eq(centre));
    }
    let lignes: Vec<(LignePage, String, String)> = requete.load(op.conn)?;
    lignes.into_iter().map(|(ligne, code, nom)| Ok(PageNommee { page: ligne.try_into()?, code, nom })).collect()
}

pub(super) fn inserer_page(op: &mut Op<'_>, page: &PageCampagne) -> Resultat<()> {
    insert_into(p::table).values(&LignePage::from(page)).execute(op.conn)?;
    Ok(())
}

/// Zero rows when the version is no longer the one that was read.
pub(super) fn enregistrer_page(op: &mut Op<'_>, page: &PageCampagne, lue: i64) -> Resultat<usize> {
    let cible = p::table.find((page.campagne_id, page.centre_3c_id)).filter(p::version.eq(lue));
    Ok(update(cible).set(&LignePage::from(page)).execute(op.conn)?)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = a)]
struct LigneActe {
    id: Id,
    campagne_id: CampagneId,
    centre_3c_id: Option<Centre3cId>,
    instantane_id: Option<InstantaneId>,
    acte: GenreActe,
    texte: Option<String>,
    ecarts: Json,
    compte_id: Option<CompteId>,
    nom: String,
    moment: At,
}

/// Writes an act down, as the person who acts.
pub(super) fn noter(op: &mut Op<'_>, id: CampagneId, acte: &Acte) -> Resultat<()> {
    let ligne = LigneActe {
        id: Id(acte.id),
        campagne_id: id,
        centre_3c_id: acte.centre_3c_id,
        instantane_id: acte.instantane_id,
        acte: acte.acte,
        texte: acte.texte.clone(),
        ecarts: Json(serde_json::to_value(&acte.ecarts).map_err(|e| Panne::new("écarts d'une extraction", e))?),
        compte_id: op.acteur.compte,
        nom: acte.nom.clone(),
        moment: At(acte.moment),
    };
    insert_into(a::table).values(&ligne).execute(op.conn)?;
    Ok(())
}

/// The acts of a campaign, in order.
pub(super) fn actes(op: &mut Op<'_>, id: CampagneId) -> Resultat<Vec<Acte>> {
    let lignes: Vec<LigneActe> = a::table.filter(a::campagne_id.eq(id)).order((a::moment, a::id)).select(LigneActe::as_select()).load(op.conn)?;
    let lire = |l: LigneActe| {
        Ok(Acte {
            id: l.id.0,
            acte: l.acte,
            centre_3c_id: l.centre_3c_id,
            instantane_id: l.instantane_id,
            texte: l.texte,
            ecarts: serde_json::from_value(l.ecarts.0).map_err(|e| Panne::new("écarts d'une extraction", e))?,
            nom: l.nom,
            moment: l.moment.0,
        })
    };
    lignes.into_iter().map(lire).collect()
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = u)]
struct LignePublication {
    id: PublicationId,
    campagne_id: CampagneId,
    annee: i64,
    numero: i64,
    instantane_id: InstantaneId,
    publiee_le: At,
    motif: Option<String>,
    mention: Option<String>,
}

impl LignePublication {
    fn avec(self, documents: Vec<DocumentResume>) -> Result<Publication, Panne> {
        Ok(Publication {
            id: self.id,
            campagne_id: self.campagne_id,
            annee: annee(self.annee)?,
            numero: self.numero,
            instantane_id: self.instantane_id,
            publiee_le: self.publiee_le.0,
            motif: self.motif,
            mention: self.mention,
            documents,
        })
    }
}

/// Writes a report and its documents.
pub(super) fn publier(op: &mut Op<'_>, publication: &Publication, documents: &[DocumentPublie]) -> Resultat<()> {
    let ligne = LignePublication {
        id: publication.id,
        campagne_id: publication.campagne_id,
        annee: publication.annee.into(),
        numero: publication.numero,
        instantane_id: publication.instantane_id,
        publiee_le: At(publication.publiee_le),
        motif: publication.motif.clone(),
        mention: publication.mention.clone(),
    };
    insert_into(u::table).values(&ligne).execute(op.conn)?;
    for document in documents {
        insert_into(d::table)
            .values((
                (d::publication_id.eq(publication.id), d::format.eq(document.format), d::nom.eq(&document.nom)),
                (d::type_mime.eq(document.format.type_mime()), d::taille.eq(taille(&document.octets)?)),
                (d::empreinte.eq(&document.empreinte), d::octets.eq(&document.octets)),
            ))
            .execute(op.conn)?;
    }
    Ok(())
}

fn taille(octets: &[u8]) -> Result<i64, Panne> {
    i64::try_from(octets.len()).map_err(|e| Panne::new("taille d'un rapport", e))
}

/// Whose publications are asked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cible {
    /// All of them.
    Toutes,
    /// Those of a campaign.
    Campagne(CampagneId),
    /// One.
    Une(PublicationId),
    /// The one of that rank of a year, the latest one by default.
    DeLAnnee(i32, Option<i64>),
}

/// Reports that were published, the latest year and the highest rank first.
pub(super) fn publications(op: &mut Op<'_>, cible: Cible) -> Resultat<Vec<Publication>> {
    let mut requete = u::table.order((u::annee.desc(), u::numero.desc())).select(LignePublication::as_select()).into_boxed();
    requete = match cible {
        Cible::Toutes => requete,
        Cible::Campagne(id) => requete.filter(u::campagne_id.eq(id)),
        Cible::Une(id) => requete.filter(u::id.eq(id)),
        Cible::DeLAnnee(annee, None) => requete.filter(u::annee.eq(i64::from(annee))).limit(1),
        Cible::DeLAnnee(annee, Some(numero)) => requete.filter(u::annee.eq(i64::from(annee))).filter(u::numero.eq(numero)),
    };
    let lignes: Vec<LignePublication> = requete.load(op.conn)?;
    let ids: Vec<PublicationId> = lignes.iter().map(|ligne| ligne.id).collect();
    let documents: Vec<(PublicationId, FormatRapport, String, i64, String)> = d::table
        .filter(d::publication_id.eq_any(ids))
        .order((d::publication_id, d::format))
        .select((d::publication_id, d::format, d::nom, d::taille, d::empreinte))
        .load(op.conn)?;
    let mut par_publication: BTreeMap<PublicationId, Vec<DocumentResume>> = BTreeMap::new();
    for (id, format, nom, taille, empreinte) in documents {
        par_publication.entry(id).or_default().push(DocumentResume { format, nom, taille, empreinte });
    }
    lignes
        .into_iter()
        .map(|ligne| {
            let documents = par_publication.remove(&ligne.id).unwrap_or_default();
            Ok(ligne.avec(documents)?)
        })
        .collect()
}

/// The highest rank of a year.
pub(super) fn dernier_numero(op: &mut Op<'_>, annee: i32) -> Resultat<Option<i64>> {
    Ok(u::table.filter(u::annee.eq(i64::from(annee))).select(max(u::numero)).first(op.conn)?)
}

pub(super) fn document(op: &mut Op<'_>, id: PublicationId, format: FormatRapport) -> Resultat<Option<DocumentPublie>> {
    let ligne: Option<(String, String, Vec<u8>)> =
        d::table.find((id, format)).select((d::nom, d::empreinte, d::octets)).first(op.conn).optional()?;
    Ok(ligne.map(|(nom, empreinte, octets)| DocumentPublie { format, nom, empreinte, octets }))
}
