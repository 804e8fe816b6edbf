//! Queries on the directory.

mod domaines;

use super::model::{
    AdresseAnnuaire, AdresseSaisie, AnnuaireError, Centre3c, Centre3cSaisi, College, Etablissement, EtablissementSaisi, ModeExercice,
    OrigineAdresse, Praticien, PraticienSaisi, SuiviAnnuaire, Territoire, TypeBal,
};
use crate::{
    db::{
        Op, ou_doublon,
        parmi::parmi,
        schema::{centre_3c, centre_3c_etablissement, etablissement, praticien, praticien_adresse, territoire},
        types::At,
    },
    enum_sql,
    kernel::{
        Erreur, Instant, Panne, Resultat,
        ids::{AdresseId, Centre3cId, EtablissementId, PraticienId, TerritoireId},
        texte::normaliser,
    },
};
use diesel::{delete, insert_into, prelude::*, update};

pub(super) use domaines::{domaines, remplacer_domaines, revision};

enum_sql!(College, ModeExercice, OrigineAdresse, TypeBal);

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = etablissement, treat_none_as_null = true, treat_none_as_default_value = false)]
struct LigneEtablissement {
    id: EtablissementId,
    finess: String,
    finess_juridique: Option<String>,
    raison_sociale: String,
    recherche: String,
    college: College,
    territoire_id: Option<TerritoireId>,
    adresse: Option<String>,
    code_postal: Option<String>,
    commune: Option<String>,
    autorise_cancer: bool,
    actif: bool,
    version: i64,
    cree_le: At,
    modifie_le: At,
}

impl From<&Etablissement> for LigneEtablissement {
    fn from(e: &Etablissement) -> Self {
        let s = &e.saisi;
        Self {
            id: e.id,
            finess: s.finess.to_string(),
            finess_juridique: s.finess_juridique.as_ref().map(ToString::to_string),
            raison_sociale: s.raison_sociale.clone(),
            recherche: normaliser(&format!("{} {}", s.raison_sociale, s.commune.as_deref().unwrap_or_default())),
            college: s.college,
            territoire_id: s.territoire_id,
            adresse: s.adresse.clone(),
            code_postal: s.code_postal.clone(),
            commune: s.commune.clone(),
            autorise_cancer: s.autorise_cancer,
            actif: e.actif,
            version: e.version,
            cree_le: At(e.cree_le),
            modifie_le: At(e.modifie_le),
        }
    }
}

impl TryFrom<LigneEtablissement> for Etablissement {
    type Error = Panne;

    fn try_from(l: LigneEtablissement) -> Result<Self, Panne> {
        let finess = |texte: &str| texte.parse().map_err(|e| Panne::new(format!("établissement {} : FINESS", l.id), e));
        Ok(Self {
            id: l.id,
            saisi: EtablissementSaisi {
                finess: finess(&l.finess)?,
                finess_juridique: l.finess_juridique.as_deref().map(finess).transpose()?,
                raison_sociale: l.raison_sociale,
                college: l.college,
                territoire_id: l.territoire_id,
                adresse: l.adresse,
                code_postal: l.code_postal,
                commune: l.commune,
                autorise_cancer: l.autorise_cancer,
            },
            actif: l.actif,
            version: l.version,
            cree_le: l.cree_le.0,
            modifie_le: l.modifie_le.0,
        })
    }
}

pub(super) fn territoires(op: &mut Op<'_>) -> Resultat<Vec<Territoire>> {
    let lignes: Vec<(TerritoireId, String, String)> = territoire::table.order(territoire::code).load(op.conn)?;
    Ok(lignes.into_iter().map(|(id, code, nom)| Territoire { id, code, nom }).collect())
}

pub(super) fn inserer_territoire(op: &mut Op<'_>, t: &Territoire) -> Resultat<()> {
    insert_into(territoire::table)
        .values((territoire::id.eq(t.id), territoire::code.eq(&t.code), territoire::nom.eq(&t.nom)))
        .execute(op.conn)
        .map_err(|e| ou_doublon(e, "territoire_code_unique", "territoire.code", AnnuaireError::CodePris))?;
    Ok(())
}

pub(super) fn inserer_etablissement(op: &mut Op<'_>, e: &Etablissement) -> Resultat<()> {
    insert_into(etablissement::table).values(&LigneEtablissement::from(e)).execute(op.conn).map_err(finess_pris)?;
    Ok(())
}

fn finess_pris(erreur: diesel::result::Error) -> Erreur {
    ou_doublon(erreur, "etablissement_finess_unique", "etablissement.finess", AnnuaireError::FinessPris)
}

/// Zero rows when the version is no longer the one that was read.
pub(super) fn enregistrer_etablissement(op: &mut Op<'_>, e: &Etablissement, lue: i64) -> Resultat<usize> {
    update(etablissement::table.find(e.id).filter(etablissement::version.eq(lue)))
        .set(&LigneEtablissement::from(e))
        .execute(op.conn)
        .map_err(finess_pris)
}

pub(super) fn etablissement(op: &mut Op<'_>, id: EtablissementId) -> Resultat<Option<Etablissement>> {
    let ligne = etablissement::table.find(id).select(LigneEtablissement::as_select()).first(op.conn).optional()?;
    Ok(ligne.map(Etablissement::try_from).transpose()?)
}

/// Établissements whose words begin with each word searched, by id.
pub(super) fn etablissements(
    op: &mut Op<'_>,
    recherche: Option<&str>,
    territoire: Option<TerritoireId>,
    apres: Option<EtablissementId>,
    limite: i64,
) -> Resultat<Vec<Etablissement>> {
    let mut requete = etablissement::table.select(LigneEtablissement::as_select()).order(etablissement::id).limit(limite).into_boxed();
    for mot in normaliser(recherche.unwrap_or_default()).split(' ').filter(|mot| !mot.is_empty()) {
        requete = requete.filter(etablissement::recherche.like(format!("{mot}%")).or(etablissement::recherche.like(format!("% {mot}%"))));
    }
    if let Some(territoire) = territoire {
        requete = requete.filter(etablissement::territoire_id.eq(territoire));
    }
    if let Some(apres) = apres {
        requete = requete.filter(etablissement::id.gt(apres));
    }
    let lignes: Vec<LigneEtablissement> = requete.load(op.conn)?;
    lignes.into_iter().map(|ligne| Ok(ligne.try_into()?)).collect()
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = centre_3c, treat_none_as_default_value = false)]
struct LigneCentre {
    id: Centre3cId,
    code: String,
    nom: String,
    territoire_id: Option<TerritoireId>,
    etablissement_id: Option<EtablissementId>,
    courriel: Option<String>,
    telephone: Option<String>,
    version: i64,
    cree_le: At,
    modifie_le: At,
}

pub(super) fn inserer_centre(op: &mut Op<'_>, c: &Centre3c) -> Resultat<()> {
    let ligne = LigneCentre {
        id: c.id,
        code: c.saisi.code.clone(),
        nom: c.saisi.nom.clone(),
        territoire_id: c.saisi.territoire_id,
        etablissement_id: c.saisi.etablissement_id,
        courriel: c.saisi.courriel.clone(),
        telephone: c.saisi.telephone.clone(),
        version: c.version,
        cree_le: At(c.cree_le),
        modifie_le: At(c.modifie_le),
    };
    insert_into(centre_3c::table)
        .values(&ligne)
        .execute(op.conn)
        .map_err(|e| ou_doublon(e, "centre_3c_code_unique", "centre_3c.code", AnnuaireError::CodePris))?;
    for etablissement in &c.saisi.etablissements {
        insert_into(centre_3c_etablissement::table)
            .values((centre_3c_etablissement::centre_3c_id.eq(c.id), centre_3c_etablissement::etablissement_id.eq(*etablissement)))
            .execute(op.conn)?;
    }
    Ok(())
}

pub(super) fn centre(op: &mut Op<'_>, id: Centre3cId) -> Resultat<Option<Centre3c>> {
    let ligne = centre_3c::table.find(id).select(LigneCentre::as_select()).first(op.conn).optional()?;
    ligne.map(|ligne| avec_etablissements(op, ligne)).transpose()
}

pub(super) fn centres(op: &mut Op<'_>) -> Resultat<Vec<Centre3c>> {
    let lignes: Vec<LigneCentre> = centre_3c::table.order(centre_3c::code).select(LigneCentre::as_select()).load(op.conn)?;
    lignes.into_iter().map(|ligne| avec_etablissements(op, ligne)).collect()
}

fn avec_etablissements(op: &mut Op<'_>, l: LigneCentre) -> Resultat<Centre3c> {
    let etablissements = centre_3c_etablissement::table
        .filter(centre_3c_etablissement::centre_3c_id.eq(l.id))
        .order(centre_3c_etablissement::etablissement_id)
        .select(centre_3c_etablissement::etablissement_id)
        .load(op.conn)?;
    Ok(Centre3c {
        id: l.id,
        saisi: Centre3cSaisi {
            code: l.code,
            nom: l.nom,
            territoire_id: l.territoire_id,
            etablissement_id: l.etablissement_id,
            courriel: l.courriel,
            telephone: l.telephone,
            etablissements,
        },
        version: l.version,
        cree_le: l.cree_le.0,
        modifie_le: l.modifie_le.0,
    })
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = praticien, treat_none_as_null = true, treat_none_as_default_value = false)]
struct LignePraticien {
    id: PraticienId,
    rpps: Option<String>,
    civilite: Option<String>,
    titre: Option<String>,
    nom: String,
    prenom: String,
    recherche: String,
    profession: String,
    specialite: Option<String>,
    mode_exercice: ModeExercice,
    etablissement_id: Option<EtablissementId>,
    telephone: Option<String>,
    courriel: Option<String>,
    actif: bool,
    version: i64,
    cree_le: At,
    modifie_le: At,
    annuaire_specialite: Option<String>,
    annuaire_mode_exercice: Option<ModeExercice>,
    annuaire_lu_le: Option<At>,
    annuaire_disparu_le: Option<At>,
}

impl From<&Praticien> for LignePraticien {
    fn from(p: &Praticien) -> Self {
        let s = &p.saisi;
        Self {
            id: p.id,
            rpps: s.rpps.as_ref().map(ToString::to_string),
            civilite: s.civilite.clone(),
            titre: s.titre.clone(),
            nom: s.nom.clone(),
            prenom: s.prenom.clone(),
            recherche: normaliser(&format!("{} {}", s.nom, s.prenom)),
            profession: s.profession.clone(),
            specialite: s.specialite.clone(),
            mode_exercice: s.mode_exercice,
            etablissement_id: s.etablissement_id,
            telephone: s.telephone.clone(),
            courriel: s.courriel.clone(),
            actif: p.actif,
            version: p.version,
            cree_le: At(p.cree_le),
            modifie_le: At(p.modifie_le),
            annuaire_specialite: p.annuaire.specialite.clone(),
            annuaire_mode_exercice: p.annuaire.mode_exercice,
            annuaire_lu_le: p.annuaire.lu_le.map(At),
            annuaire_disparu_le: p.annuaire.disparu_le.map(At),
        }
    }
}

pub(super) fn inserer_praticien(op: &mut Op<'_>, p: &Praticien) -> Resultat<()> {
    insert_into(praticien::table).values(&LignePraticien::from(p)).execute(op.conn).map_err(rpps_pris)?;
    remplacer_adresses(op, p)
}

fn rpps_pris(erreur: diesel::result::Error) -> Erreur {
    ou_doublon(erreur, "praticien_rpps_unique", "praticien.rpps", AnnuaireError::RppsPris)
}

/// Zero rows when the version is no longer the one that was read.
pub(super) fn enregistrer_praticien(op: &mut Op<'_>, p: &Praticien, lue: i64) -> Resultat<usize> {
    let ecrites = update(praticien::table.find(p.id).filter(praticien::version.eq(lue)))
        .set(&LignePraticien::from(p))
        .execute(op.conn)
        .map_err(rpps_pris)?;
    if ecrites > 0 {
        remplacer_adresses(op, p)?;
    }
    Ok(ecrites)
}

fn remplacer_adresses(op: &mut Op<'_>, p: &Praticien) -> Resultat<()> {
    delete(praticien_adresse::table.filter(praticien_adresse::praticien_id.eq(p.id))).execute(op.conn)?;
    for adresse in &p.saisi.adresses {
        inserer_adresse(op, p.id, &adresse.adresse, adresse.type_bal, adresse.rang, OrigineAdresse::Saisie)?;
    }
    for (rang, adresse) in (1..).zip(&p.adresses_annuaire) {
        inserer_adresse(op, p.id, &adresse.adresse, adresse.type_bal, rang, OrigineAdresse::Annuaire)?;
    }
    Ok(())
}

fn inserer_adresse(
    op: &mut Op<'_>,
    praticien: PraticienId,
    adresse: &str,
    type_bal: TypeBal,
    rang: i64,
    origine: OrigineAdresse,
) -> Resultat<()> {
    let id: AdresseId = op.id();
    insert_into(praticien_adresse::table)
        .values((
            praticien_adresse::id.eq(id),
            praticien_adresse::praticien_id.eq(praticien),
            praticien_adresse::adresse.eq(adresse),
            praticien_adresse::type_bal.eq(type_bal),
            praticien_adresse::rang.eq(rang),
            praticien_adresse::active.eq(true),
            praticien_adresse::cree_le.eq(At(op.maintenant)),
            praticien_adresse::origine.eq(origine),
        ))
        .execute(op.conn)?;
    Ok(())
}

pub(super) fn praticien(op: &mut Op<'_>, id: PraticienId) -> Resultat<Option<Praticien>> {
    Ok(praticiens_par_id(op, &[id])?.pop())
}

pub(super) fn praticiens_par_id(op: &mut Op<'_>, ids: &[PraticienId]) -> Resultat<Vec<Praticien>> {
    let lignes = praticien::table.filter(parmi(praticien::id, ids.to_vec())).select(LignePraticien::as_select()).load(op.conn)?;
    avec_adresses(op, lignes)
}

/// Professionals with an RPPS number, by id after one.
pub(super) fn praticiens_numerotes(op: &mut Op<'_>, apres: Option<PraticienId>, limite: i64) -> Resultat<Vec<Praticien>> {
    let mut requete = praticien::table
        .filter(praticien::rpps.is_not_null())
        .order(praticien::id)
        .limit(limite)
        .select(LignePraticien::as_select())
        .into_boxed();
    if let Some(apres) = apres {
        requete = requete.filter(praticien::id.gt(apres));
    }
    let lignes = requete.load(op.conn)?;
    avec_adresses(op, lignes)
}

/// The professional of that RPPS number.
pub(super) fn praticien_de_numero(op: &mut Op<'_>, rpps: &str) -> Resultat<Option<Praticien>> {
    let lignes = praticien::table.filter(praticien::rpps.eq(rpps)).select(LignePraticien::as_select()).load(op.conn)?;
    Ok(avec_adresses(op, lignes)?.pop())
}

/// The établissement of that FINESS number.
pub(super) fn etablissement_de_finess(op: &mut Op<'_>, finess: &str) -> Resultat<Option<EtablissementId>> {
    Ok(etablissement::table.filter(etablissement::finess.eq(finess)).select(etablissement::id).first(op.conn).optional()?)
}

pub(super) fn en_exercice(
    op: &mut Op<'_>,
    etablissements: &[EtablissementId],
    specialites: &[String],
    professions: &[String],
    limite: i64,
) -> Resultat<Vec<Praticien>> {
    let lignes = praticien::table
        .filter(praticien::actif.eq(true))
        .filter(praticien::etablissement_id.eq_any(etablissements.to_vec()))
        .filter(praticien::specialite.eq_any(specialites.to_vec()).or(praticien::profession.eq_any(professions.to_vec())))
        .order((praticien::nom, praticien::id))
        .limit(limite)
        .select(LignePraticien::as_select())
        .load(op.conn)?;
    avec_adresses(op, lignes)
}

/// What a search of professionals filters by.
#[derive(Debug, Clone, Default)]
pub struct FiltrePraticiens {
    /// Beginnings of words of the names.
    pub recherche: Option<String>,
    /// RPPS number.
    pub rpps: Option<String>,
    /// Specialty code (JDV J01).
    pub specialite: Option<String>,
    /// Main établissement.
    pub etablissement: Option<EtablissementId>,
}

pub(super) fn praticiens(op: &mut Op<'_>, filtre: &FiltrePraticiens, apres: Option<PraticienId>, limite: i64) -> Resultat<Vec<Praticien>> {
    let mut requete = praticien::table.select(LignePraticien::as_select()).order(praticien::id).limit(limite).into_boxed();
    for mot in normaliser(filtre.recherche.as_deref().unwrap_or_default()).split(' ').filter(|mot| !mot.is_empty()) {
        requete = requete.filter(praticien::recherche.like(format!("{mot}%")).or(praticien::recherche.like(format!("% {mot}%"))));
    }
    if let Some(rpps) = &filtre.rpps {
        requete = requete.filter(praticien::rpps.eq(rpps.clone()));
    }
    if let Some(specialite) = &filtre.specialite {
        requete = requete.filter(praticien::specialite.eq(specialite.clone()));
    }
    if let Some(etablissement) = filtre.etablissement {
        requete = requete.filter(praticien::etablissement_id.eq(etablissement));
    }
    if let Some(apres) = apres {
        requete = requete.filter(praticien::id.gt(apres));
    }
    let lignes = requete.load(op.conn)?;
    avec_adresses(op, lignes)
}

fn avec_adresses(op: &mut Op<'_>, lignes: Vec<LignePraticien>) -> Resultat<Vec<Praticien>> {
    let ids: Vec<PraticienId> = lignes.iter().map(|ligne| ligne.id).collect();
    let adresses: Vec<(PraticienId, String, TypeBal, i64, OrigineAdresse)> = praticien_adresse::table
        .filter(parmi(praticien_adresse::praticien_id, ids))
        .filter(praticien_adresse::active.eq(true))
        .order((praticien_adresse::rang, praticien_adresse::adresse))
        .select((
            praticien_adresse::praticien_id,
            praticien_adresse::adresse,
            praticien_adresse::type_bal,
            praticien_adresse::rang,
            praticien_adresse::origine,
        ))
        .load(op.conn)?;
    lignes
        .into_iter()
        .map(|ligne| {
            let (mut saisies, mut annuaire) = (Vec::new(), Vec::new());
            for (_, adresse, type_bal, rang, origine) in adresses.iter().filter(|(praticien, ..)| *praticien == ligne.id) {
                match origine {
                    OrigineAdresse::Saisie => saisies.push(AdresseSaisie { adresse: adresse.clone(), type_bal: *type_bal, rang: *rang }),
                    OrigineAdresse::Annuaire => annuaire.push(AdresseAnnuaire { adresse: adresse.clone(), type_bal: *type_bal }),
                }
            }
            Ok(vers_praticien(ligne, saisies, annuaire)?)
        })
        .collect()
}

fn vers_praticien(l: LignePraticien, adresses: Vec<AdresseSaisie>, adresses_annuaire: Vec<AdresseAnnuaire>) -> Result<Praticien, Panne> {
    let rpps = l.rpps.map(|rpps| rpps.parse()).transpose().map_err(|e| Panne::new(format!("praticien {} : RPPS", l.id), e))?;
    Ok(Praticien {
        id: l.id,
        saisi: PraticienSaisi {
            rpps,
            civilite: l.civilite,
            titre: l.titre,
            nom: l.nom,
            prenom: l.prenom,
            profession: l.profession,
            specialite: l.specialite,
            mode_exercice: l.mode_exercice,
            etablissement_id: l.etablissement_id,
            telephone: l.telephone,
            courriel: l.courriel,
            adresses,
        },
        adresses_annuaire,
        annuaire: SuiviAnnuaire {
            specialite: l.annuaire_specialite,
            mode_exercice: l.annuaire_mode_exercice,
            lu_le: l.annuaire_lu_le.map(Instant::from),
            disparu_le: l.annuaire_disparu_le.map(Instant::from),
        },
        actif: l.actif,
        version: l.version,
        cree_le: l.cree_le.0,
        modifie_le: l.modifie_le.0,
    })
}
