//! Queries on RCP entities and their members.

use super::model::{CategorieRecours, EtatRcp, FonctionMembre, Gestion, Membre, NatureRcp, NiveauRcp, Rcp, RcpError, RcpSaisie, TypeRcp};
use crate::{
    db::{
        Op, ou_doublon,
        parmi::parmi,
        schema::{rcp, rcp_etablissement, rcp_membre},
        types::{At, Json},
    },
    enum_sql,
    kernel::{
        Erreur, Panne, Resultat,
        ids::{Centre3cId, EtablissementId, MembreId, PraticienId, RcpId},
        texte::normaliser,
    },
};
use chrono::NaiveDate;
use diesel::{delete, insert_into, prelude::*, update};
use serde::{Serialize, de::DeserializeOwned};

enum_sql!(TypeRcp, CategorieRecours, NatureRcp, NiveauRcp, EtatRcp, FonctionMembre);

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = rcp, treat_none_as_null = true, treat_none_as_default_value = false)]
struct LigneRcp {
    id: RcpId,
    code: String,
    nom: String,
    acronyme: Option<String>,
    recherche: String,
    numero_rrc: Option<String>,
    numero_gestionnaire: Option<String>,
    numero_national: Option<String>,
    type_rcp: TypeRcp,
    categorie_recours: Option<CategorieRecours>,
    reseau_cancer_rare: Option<String>,
    nature: NatureRcp,
    appareil: Option<String>,
    organes: Json,
    traitement_soins: Option<String>,
    theme: String,
    niveau: NiveauRcp,
    expertise: bool,
    centre_3c_id: Centre3cId,
    etablissement_id: EtablissementId,
    secretariat: Json,
    lieu: Option<String>,
    lien_visio: Option<String>,
    recurrence: Option<Json>,
    delai_inscription_heures: i64,
    capacite: Option<i64>,
    regle_quorum: String,
    modele_fiche: String,
    modalites: Option<String>,
    etat: EtatRcp,
    motif_etat: Option<String>,
    version: i64,
    cree_le: At,
    modifie_le: At,
}

impl TryFrom<&Rcp> for LigneRcp {
    type Error = Panne;

    fn try_from(r: &Rcp) -> Result<Self, Panne> {
        let s = r.saisie.clone();
        let acronyme = s.acronyme.as_deref().unwrap_or_default();
        Ok(Self {
            id: r.id,
            recherche: normaliser(&format!("{} {} {acronyme} {}", s.nom, s.code, s.theme)),
            code: s.code,
            nom: s.nom,
            acronyme: s.acronyme,
            numero_rrc: s.numero_rrc,
            numero_gestionnaire: s.numero_gestionnaire,
            numero_national: s.numero_national,
            type_rcp: s.type_rcp,
            categorie_recours: s.categorie_recours,
            reseau_cancer_rare: s.reseau_cancer_rare,
            nature: s.nature,
            appareil: s.appareil,
            organes: en_json(&s.organes)?,
            traitement_soins: s.traitement_soins,
            theme: s.theme,
            niveau: s.niveau,
            expertise: s.expertise,
            centre_3c_id: s.centre_3c_id,
            etablissement_id: s.etablissement_id,
            secretariat: en_json(&s.secretariat)?,
            lieu: s.lieu,
            lien_visio: s.lien_visio,
            recurrence: s.recurrence.as_ref().map(en_json).transpose()?,
            delai_inscription_heures: s.delai_inscription_heures,
            capacite: s.capacite,
            regle_quorum: s.regle_quorum,
            modele_fiche: s.modele_fiche,
            modalites: s.modalites,
            etat: r.etat,
            motif_etat: r.motif_etat.clone(),
            version: r.version,
            cree_le: At(r.cree_le),
            modifie_le: At(r.modifie_le),
        })
    }
}

impl LigneRcp {
    fn vers_rcp(self, co_organisateurs: Vec<EtablissementId>) -> Result<Rcp, Panne> {
        Ok(Rcp {
            id: self.id,
            saisie: RcpSaisie {
                organes: de_json(self.id, "organes", self.organes)?,
                secretariat: de_json(self.id, "secretariat", self.secretariat)?,
                recurrence: self.recurrence.map(|json| de_json(self.id, "recurrence", json)).transpose()?,
                code: self.code,
                nom: self.nom,
                acronyme: self.acronyme,
                numero_rrc: self.numero_rrc,
                numero_gestionnaire: self.numero_gestionnaire,
                numero_national: self.numero_national,
                type_rcp: self.type_rcp,
                categorie_recours: self.categorie_recours,
                reseau_cancer_rare: self.reseau_cancer_rare,
                nature: self.nature,
                appareil: self.appareil,
                traitement_soins: self.traitement_soins,
                theme: self.theme,
                niveau: self.niveau,
                expertise: self.expertise,
                centre_3c_id: self.centre_3c_id,
                etablissement_id: self.etablissement_id,
                co_organisateurs,
                lieu: self.lieu,
                lien_visio: self.lien_visio,
                delai_inscription_heures: self.delai_inscription_heures,
                capacite: self.capacite,
                regle_quorum: self.regle_quorum,
                modele_fiche: self.modele_fiche,
                modalites: self.modalites,
            },
            etat: self.etat,
            motif_etat: self.motif_etat,
            version: self.version,
            cree_le: self.cree_le.0,
            modifie_le: self.modifie_le.0,
        })
    }
}

fn en_json(valeur: &impl Serialize) -> Result<Json, Panne> {
    serde_json::to_value(valeur).map(Json).map_err(|e| Panne::new("écriture d'une RCP", e))
}

fn de_json<T: DeserializeOwned>(id: RcpId, colonne: &str, json: Json) -> Result<T, Panne> {
    serde_json::from_value(json.0).map_err(|e| Panne::new(format!("rcp {id} : {colonne}"), e))
}

fn code_pris(erreur: diesel::result::Error) -> Erreur {
    ou_doublon(erreur, "rcp_code_unique", "rcp.code", RcpError::CodePris)
}

pub(super) fn inserer(op: &mut Op<'_>, r: &Rcp) -> Resultat<()> {
    insert_into(rcp::table).values(&LigneRcp::try_from(r)?).execute(op.conn).map_err(code_pris)?;
    remplacer_co_organisateurs(op, r)
}

/// Zero rows when the version is no longer the one that was read.
pub(super) fn enregistrer(op: &mut Op<'_>, r: &Rcp, lue: i64) -> Resultat<usize> {
    let ligne = LigneRcp::try_from(r)?;
    let ecrites = update(rcp::table.find(r.id).filter(rcp::version.eq(lue))).set(&ligne).execute(op.conn).map_err(code_pris)?;
    if ecrites > 0 {
        remplacer_co_organisateurs(op, r)?;
    }
    Ok(ecrites)
}

fn remplacer_co_organisateurs(op: &mut Op<'_>, r: &Rcp) -> Resultat<()> {
    delete(rcp_etablissement::table.filter(rcp_etablissement::rcp_id.eq(r.id))).execute(op.conn)?;
    for etablissement in &r.saisie.co_organisateurs {
        insert_into(rcp_etablissement::table)
            .values((rcp_etablissement::rcp_id.eq(r.id), rcp_etablissement::etablissement_id.eq(*etablissement)))
            .execute(op.conn)?;
    }
    Ok(())
}

pub(super) fn trouver(op: &mut Op<'_>, id: RcpId) -> Resultat<Option<Rcp>> {
    let lignes = rcp::table.find(id).select(LigneRcp::as_select()).load(op.conn)?;
    Ok(avec_co_organisateurs(op, lignes)?.pop())
}

pub(super) fn par_id(op: &mut Op<'_>, ids: &[RcpId]) -> Resultat<Vec<Rcp>> {
    let lignes = rcp::table.filter(parmi(rcp::id, ids.to_vec())).select(LigneRcp::as_select()).load(op.conn)?;
    avec_co_organisateurs(op, lignes)
}

/// The RCP that are not closed, by code.
pub(super) fn vivantes(op: &mut Op<'_>) -> Resultat<Vec<Rcp>> {
    let vivantes = rcp::table.filter(rcp::etat.ne(EtatRcp::Fermee)).order(rcp::code);
    let lignes = vivantes.select(LigneRcp::as_select()).load(op.conn)?;
    avec_co_organisateurs(op, lignes)
}

/// What the directory is filtered by.
#[derive(Debug, Clone, Default)]
pub struct FiltreRcp {
    /// Beginnings of words of the name, the acronym, the code or the theme.
    pub recherche: Option<String>,
    /// Theme.
    pub theme: Option<String>,
    /// Regulatory type.
    pub type_rcp: Option<TypeRcp>,
    /// Territory that it serves.
    pub niveau: Option<NiveauRcp>,
    /// 3C that coordinates it.
    pub centre_3c: Option<Centre3cId>,
    /// Établissement that organises it, alone or with others.
    pub etablissement: Option<EtablissementId>,
    /// State.
    pub etat: Option<EtatRcp>,
}

/// The RCP that match a filter and are validated or managed by the person, by code.
pub(super) fn lister(op: &mut Op<'_>, filtre: &FiltreRcp, gestion: &Gestion, apres: Option<String>, limite: i64) -> Resultat<Vec<Rcp>> {
    let mut requete = rcp::table.select(LigneRcp::as_select()).order(rcp::code).limit(limite).into_boxed();
    for mot in normaliser(filtre.recherche.as_deref().unwrap_or_default()).split(' ').filter(|mot| !mot.is_empty()) {
        requete = requete.filter(rcp::recherche.like(format!("{mot}%")).or(rcp::recherche.like(format!("% {mot}%"))));
    }
    if let Some(theme) = &filtre.theme {
        requete = requete.filter(rcp::theme.eq(theme.clone()));
    }
    if let Some(type_rcp) = filtre.type_rcp {
        requete = requete.filter(rcp::type_rcp.eq(type_rcp));
    }
    if let Some(niveau) = filtre.niveau {
        requete = requete.filter(rcp::niveau.eq(niveau));
    }
    if let Some(centre) = filtre.centre_3c {
        requete = requete.filter(rcp::centre_3c_id.eq(centre));
    }
    if let Some(etablissement) = filtre.etablissement {
        requete = requete.filter(rcp::etablissement_id.eq(etablissement).or(rcp::id.eq_any(co_organisees(vec![etablissement]))));
    }
    if let Some(etat) = filtre.etat {
        requete = requete.filter(rcp::etat.eq(etat));
    }
    if let Some(apres) = apres {
        requete = requete.filter(rcp::code.gt(apres));
    }
    if !gestion.toutes {
        let geree = rcp::id
            .eq_any(gestion.rcp.clone())
            .or(rcp::centre_3c_id.eq_any(gestion.centres.clone()))
            .or(rcp::etablissement_id.eq_any(gestion.etablissements.clone()))
            .or(rcp::id.eq_any(co_organisees(gestion.etablissements.clone())));
        requete = requete.filter(rcp::etat.eq(EtatRcp::Validee).or(geree));
    }
    let lignes = requete.load(op.conn)?;
    avec_co_organisateurs(op, lignes)
}

#[diesel::dsl::auto_type]
fn co_organisees(etablissements: Vec<EtablissementId>) -> _ {
    rcp_etablissement::table.filter(rcp_etablissement::etablissement_id.eq_any(etablissements)).select(rcp_etablissement::rcp_id)
}

fn avec_co_organisateurs(op: &mut Op<'_>, lignes: Vec<LigneRcp>) -> Resultat<Vec<Rcp>> {
    let ids: Vec<RcpId> = lignes.iter().map(|ligne| ligne.id).collect();
    let couples: Vec<(RcpId, EtablissementId)> = rcp_etablissement::table
        .filter(parmi(rcp_etablissement::rcp_id, ids))
        .order((rcp_etablissement::rcp_id, rcp_etablissement::etablissement_id))
        .load(op.conn)?;
    lignes
        .into_iter()
        .map(|ligne| {
            let siens = couples.iter().filter(|(rcp, _)| *rcp == ligne.id).map(|(_, etablissement)| *etablissement).collect();
            Ok(ligne.vers_rcp(siens)?)
        })
        .collect()
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = rcp_membre, treat_none_as_null = true, treat_none_as_default_value = false)]
struct LigneMembre {
    id: MembreId,
    rcp_id: RcpId,
    praticien_id: PraticienId,
    fonction: FonctionMembre,
    clause: Option<String>,
    debut: NaiveDate,
    fin: Option<NaiveDate>,
    cree_le: At,
}

impl From<&Membre> for LigneMembre {
    fn from(m: &Membre) -> Self {
        Self {
            id: m.id,
            rcp_id: m.rcp_id,
            praticien_id: m.praticien_id,
            fonction: m.fonction,
            clause: m.clause.clone(),
            debut: m.debut,
            fin: m.fin,
            cree_le: At(m.cree_le),
        }
    }
}

impl From<LigneMembre> for Membre {
    fn from(l: LigneMembre) -> Self {
        Self {
            id: l.id,
            rcp_id: l.rcp_id,
            praticien_id: l.praticien_id,
            fonction: l.fonction,
            clause: l.clause,
            debut: l.debut,
            fin: l.fin,
            cree_le: l.cree_le.0,
        }
    }
}

pub(super) fn inserer_membre(op: &mut Op<'_>, m: &Membre) -> Resultat<()> {
    insert_into(rcp_membre::table).values(&LigneMembre::from(m)).execute(op.conn)?;
    Ok(())
}

pub(super) fn enregistrer_membre(op: &mut Op<'_>, m: &Membre) -> Resultat<()> {
    update(rcp_membre::table.find(m.id)).set(&LigneMembre::from(m)).execute(op.conn)?;
    Ok(())
}

/// Every member of an RCP, past ones included, in the order of their function and arrival.
pub(super) fn membres(op: &mut Op<'_>, rcp_id: RcpId) -> Resultat<Vec<Membre>> {
    let lignes: Vec<LigneMembre> = rcp_membre::table
        .filter(rcp_membre::rcp_id.eq(rcp_id))
        .order((rcp_membre::fonction, rcp_membre::debut, rcp_membre::id))
        .select(LigneMembre::as_select())
        .load(op.conn)?;
    Ok(lignes.into_iter().map(Membre::from).collect())
}
