//! Queries on value sets, models and rules.

use super::{
    composition::{Bloc, Composition, Corps, Reference},
    derive::Derive,
    lot::{ContenuModele, FichierBloc, FichierJeu, FichierModele, FichierRegle},
    model::{Codes, Concept, JeuDeValeurs, ModeleFiche, ModeleResume, UsageModele, empreinte_corps, jeux_cites},
    recherche::{Synonyme, Synonymes},
};
use crate::{
    db::{
        Op,
        parmi::parmi,
        schema::{bloc_fiche, concept, jeu_de_valeurs, modele_fiche, regle_alerte, regle_quorum, synonymes},
        types::{At, Json},
    },
    enum_sql,
    kernel::{
        Panne, Resultat,
        ids::{BlocFicheId, ModeleFicheId, RegleAlerteId, RegleQuorumId},
    },
    on_either,
};
use chrono::NaiveDate;
use diesel::{dsl::count_star, insert_into, prelude::*, update};
use serde_json::{Value, json};
use std::collections::HashMap;

enum_sql!(UsageModele);

/// Rows of one insertion: six columns each, well below the parameters that either database takes.
const LIGNES_PAR_INSERTION: usize = 500;

/// Code, version and fingerprint of the current version of each value set.
pub(super) type Courant = (String, String, String);

pub(super) fn jeux(op: &mut Op<'_>) -> Resultat<Vec<JeuDeValeurs>> {
    type Ligne = (String, String, String, String, At);
    let lignes: Vec<Ligne> = jeu_de_valeurs::table
        .filter(jeu_de_valeurs::courant.eq(true))
        .order(jeu_de_valeurs::code)
        .select((jeu_de_valeurs::code, jeu_de_valeurs::version, jeu_de_valeurs::oid, jeu_de_valeurs::nom, jeu_de_valeurs::charge_le))
        .load(op.conn)?;
    let nombres: Vec<(String, String, i64)> =
        concept::table.group_by((concept::jeu, concept::version)).select((concept::jeu, concept::version, count_star())).load(op.conn)?;
    let nombres: HashMap<(String, String), i64> = nombres.into_iter().map(|(jeu, version, n)| ((jeu, version), n)).collect();
    Ok(lignes
        .into_iter()
        .map(|(code, version, oid, nom, charge_le)| JeuDeValeurs {
            nombre: nombres.get(&(code.clone(), version.clone())).copied().unwrap_or_default(),
            code,
            version,
            oid,
            nom,
            charge_le: charge_le.0,
        })
        .collect())
}

pub(super) fn courants(op: &mut Op<'_>, jeux: Vec<&str>) -> Resultat<Vec<Courant>> {
    Ok(jeu_de_valeurs::table
        .filter(jeu_de_valeurs::courant.eq(true))
        .filter(parmi(jeu_de_valeurs::code, jeux))
        .order(jeu_de_valeurs::code)
        .select((jeu_de_valeurs::code, jeu_de_valeurs::version, jeu_de_valeurs::empreinte))
        .load(op.conn)?)
}

pub(super) fn codes(op: &mut Op<'_>, (jeu, version, empreinte): Courant) -> Resultat<Codes> {
    let codes: Vec<String> =
        concept::table.filter(concept::jeu.eq(&jeu)).filter(concept::version.eq(&version)).select(concept::code).load(op.conn)?;
    Ok(Codes { jeu, version, empreinte, codes: codes.into_iter().collect() })
}

/// OID and name of a version of a set.
pub(super) fn identite_jeu(op: &mut Op<'_>, jeu: &str, version: &str) -> Resultat<(String, String)> {
    Ok(jeu_de_valeurs::table.find((jeu, version)).select((jeu_de_valeurs::oid, jeu_de_valeurs::nom)).first(op.conn)?)
}

/// Version and fingerprint of every loaded version of a set.
pub(super) fn versions(op: &mut Op<'_>, jeu: &str) -> Resultat<Vec<(String, String)>> {
    Ok(jeu_de_valeurs::table
        .filter(jeu_de_valeurs::code.eq(jeu))
        .select((jeu_de_valeurs::version, jeu_de_valeurs::empreinte))
        .load(op.conn)?)
}

#[derive(Insertable)]
#[diesel(table_name = concept, treat_none_as_default_value = false)]
struct LigneConcept<'a> {
    jeu: &'a str,
    version: &'a str,
    code: &'a str,
    systeme: &'a str,
    libelle: &'a str,
    rang: i64,
}

pub(super) fn inserer_jeu(op: &mut Op<'_>, jeu: &FichierJeu) -> Resultat<()> {
    insert_into(jeu_de_valeurs::table)
        .values((
            jeu_de_valeurs::code.eq(&jeu.code),
            jeu_de_valeurs::version.eq(&jeu.version),
            jeu_de_valeurs::oid.eq(&jeu.oid),
            jeu_de_valeurs::nom.eq(&jeu.nom),
            jeu_de_valeurs::empreinte.eq(jeu.empreinte()),
            jeu_de_valeurs::courant.eq(false),
            jeu_de_valeurs::charge_le.eq(At(op.maintenant)),
        ))
        .execute(op.conn)?;
    let lignes: Vec<LigneConcept<'_>> = (0_i64..)
        .zip(&jeu.concepts)
        .map(|(rang, c)| LigneConcept {
            jeu: &jeu.code,
            version: &jeu.version,
            code: &c.code,
            systeme: &c.systeme,
            libelle: &c.libelle,
            rang,
        })
        .collect();
    for lignes in lignes.chunks(LIGNES_PAR_INSERTION) {
        on_either!(op.conn, |c| insert_into(concept::table).values(lignes).execute(c))?;
    }
    Ok(())
}

/// Makes one version of a set the current one.
pub(super) fn rendre_courant(op: &mut Op<'_>, jeu: &str, version: &str) -> Resultat<()> {
    update(jeu_de_valeurs::table.filter(jeu_de_valeurs::code.eq(jeu)))
        .set(jeu_de_valeurs::courant.eq(jeu_de_valeurs::version.eq(version)))
        .execute(op.conn)?;
    Ok(())
}

/// The concepts of a version, in the order of the publisher.
pub(super) fn concepts(op: &mut Op<'_>, jeu: &str, version: &str) -> Resultat<Vec<Concept>> {
    let lignes: Vec<(String, String, String)> = concept::table
        .filter(concept::jeu.eq(jeu))
        .filter(concept::version.eq(version))
        .order(concept::rang)
        .select((concept::code, concept::systeme, concept::libelle))
        .load(op.conn)?;
    Ok(lignes.into_iter().map(|(code, systeme, libelle)| Concept { code, systeme, libelle }).collect())
}

/// Fingerprint of a version of the synonyms of a set.
pub(super) fn empreinte_synonymes(op: &mut Op<'_>, jeu: &str, version: &str) -> Resultat<Option<String>> {
    Ok(synonymes::table.find((jeu, version)).select(synonymes::empreinte).first(op.conn).optional()?)
}

/// Version and fingerprint of the current synonyms of a set: those of the highest version.
pub(super) fn synonymes_courants(op: &mut Op<'_>, jeu: &str) -> Resultat<Option<(String, String)>> {
    let versions = synonymes::table.filter(synonymes::jeu.eq(jeu)).order(synonymes::version.desc());
    Ok(versions.select((synonymes::version, synonymes::empreinte)).first(op.conn).optional()?)
}

pub(super) fn synonymes(op: &mut Op<'_>, jeu: &str, version: &str) -> Resultat<Vec<Synonyme>> {
    let contenu: Option<Json> = synonymes::table.find((jeu, version)).select(synonymes::contenu).first(op.conn).optional()?;
    let lire =
        |contenu: Json| serde_json::from_value(contenu.0).map_err(|e| Panne::new(format!("synonymes de « {jeu} », version {version}"), e));
    Ok(contenu.map(lire).transpose()?.unwrap_or_default())
}

pub(super) fn inserer_synonymes(op: &mut Op<'_>, lus: &Synonymes) -> Resultat<()> {
    insert_into(synonymes::table)
        .values((
            synonymes::jeu.eq(&lus.jeu),
            synonymes::version.eq(&lus.version),
            synonymes::contenu.eq(Json(json!(lus.synonymes))),
            synonymes::empreinte.eq(lus.empreinte()),
            synonymes::charge_le.eq(At(op.maintenant)),
        ))
        .execute(op.conn)?;
    Ok(())
}

/// A concept of the current version, or else of the newest version that holds it.
pub(super) fn concept(op: &mut Op<'_>, jeu: &str, code: &str) -> Resultat<Option<Concept>> {
    let ligne: Option<(String, String, String)> = concept::table
        .filter(concept::jeu.eq(jeu))
        .filter(concept::code.eq(code))
        .select((concept::code, concept::systeme, concept::libelle))
        .order(concept::version.desc())
        .first(op.conn)
        .optional()?;
    Ok(ligne.map(|(code, systeme, libelle)| Concept { code, systeme, libelle }))
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = modele_fiche, treat_none_as_default_value = false)]
struct LigneModele {
    id: ModeleFicheId,
    code: String,
    version: String,
    nom: String,
    schema_json: Json,
    presentation: Json,
    valable_du: NaiveDate,
    valable_au: Option<NaiveDate>,
    empreinte: String,
    charge_le: At,
    derives: Json,
    composition: Option<Json>,
    usage: UsageModele,
}

impl TryFrom<LigneModele> for ModeleFiche {
    type Error = Panne;

    fn try_from(l: LigneModele) -> Result<Self, Panne> {
        let illisible = |e| Panne::new(format!("modèle de fiche {}@{}", l.code, l.version), e);
        Ok(Self {
            derives: serde_json::from_value::<Vec<Derive>>(l.derives.0).map_err(illisible)?,
            composition: l.composition.map(|c| serde_json::from_value::<Composition>(c.0)).transpose().map_err(illisible)?,
            jeux: jeux_cites(&l.schema_json.0).into_iter().map(str::to_owned).collect(),
            id: l.id,
            code: l.code,
            version: l.version,
            nom: l.nom,
            usage: l.usage,
            schema: l.schema_json.0,
            presentation: l.presentation.0,
            valable_du: l.valable_du,
            valable_au: l.valable_au,
            empreinte: l.empreinte,
        })
    }
}

/// Every version of every model, or of one.
pub(super) fn modeles(op: &mut Op<'_>, code: Option<&str>) -> Resultat<Vec<ModeleResume>> {
    let mut requete = modele_fiche::table
        .select((
            modele_fiche::code,
            modele_fiche::version,
            modele_fiche::nom,
            modele_fiche::usage,
            modele_fiche::valable_du,
            modele_fiche::valable_au,
        ))
        .order((modele_fiche::code, modele_fiche::version))
        .into_boxed();
    if let Some(code) = code {
        requete = requete.filter(modele_fiche::code.eq(code));
    }
    let lignes: Vec<(String, String, String, UsageModele, NaiveDate, Option<NaiveDate>)> = requete.load(op.conn)?;
    Ok(lignes
        .into_iter()
        .map(|(code, version, nom, usage, valable_du, valable_au)| ModeleResume { code, version, nom, usage, valable_du, valable_au })
        .collect())
}

/// Fingerprint and end of validity of a version.
pub(super) fn empreinte_modele(op: &mut Op<'_>, code: &str, version: &str) -> Resultat<Option<(String, Option<NaiveDate>)>> {
    Ok(modele_fiche::table
        .filter(modele_fiche::code.eq(code))
        .filter(modele_fiche::version.eq(version))
        .select((modele_fiche::empreinte, modele_fiche::valable_au))
        .first(op.conn)
        .optional()?)
}

pub(super) fn modele(op: &mut Op<'_>, code: &str, version: &str) -> Resultat<Option<ModeleFiche>> {
    let ligne = modele_fiche::table
        .filter(modele_fiche::code.eq(code))
        .filter(modele_fiche::version.eq(version))
        .select(LigneModele::as_select())
        .first(op.conn)
        .optional()?;
    Ok(ligne.map(ModeleFiche::try_from).transpose()?)
}

pub(super) fn inserer_modele(op: &mut Op<'_>, modele: &FichierModele, corps: &Corps) -> Resultat<()> {
    let composition = match &modele.contenu {
        ContenuModele::Entier(_) => None,
        ContenuModele::Compose(composition) => Some(Json(json!(composition))),
    };
    let ligne = LigneModele {
        id: op.id(),
        code: modele.reference.code.clone(),
        version: modele.reference.version.clone(),
        nom: modele.nom.clone(),
        schema_json: Json(corps.schema.clone()),
        presentation: Json(corps.presentation.clone()),
        valable_du: modele.valable_du,
        valable_au: modele.valable_au,
        empreinte: empreinte_corps(corps),
        charge_le: At(op.maintenant),
        derives: Json(json!(corps.derives)),
        composition,
        usage: UsageModele::du_schema(&corps.schema).map_err(|dit| Panne::dire(format!("x-usage {dit} : inconnu")))?,
    };
    insert_into(modele_fiche::table).values(&ligne).execute(op.conn)?;
    Ok(())
}

/// Fingerprint of a version of a block.
pub(super) fn empreinte_bloc(op: &mut Op<'_>, code: &str, version: &str) -> Resultat<Option<String>> {
    let bloc = bloc_fiche::table.filter(bloc_fiche::code.eq(code)).filter(bloc_fiche::version.eq(version));
    Ok(bloc.select(bloc_fiche::empreinte).first(op.conn).optional()?)
}

pub(super) fn contenu_bloc(op: &mut Op<'_>, reference: &Reference) -> Resultat<Option<Value>> {
    let bloc = bloc_fiche::table.filter(bloc_fiche::code.eq(&reference.code)).filter(bloc_fiche::version.eq(&reference.version));
    let contenu: Option<Json> = bloc.select(bloc_fiche::contenu).first(op.conn).optional()?;
    Ok(contenu.map(|json| json.0))
}

pub(super) fn bloc(op: &mut Op<'_>, reference: &Reference) -> Resultat<Option<Bloc>> {
    let contenu = contenu_bloc(op, reference)?;
    Ok(contenu.map(|c| serde_json::from_value(c).map_err(|e| Panne::new(format!("bloc {reference}"), e))).transpose()?)
}

pub(super) fn inserer_bloc(op: &mut Op<'_>, fichier: &FichierBloc) -> Resultat<()> {
    let id: BlocFicheId = op.id();
    insert_into(bloc_fiche::table)
        .values((
            bloc_fiche::id.eq(id),
            bloc_fiche::code.eq(&fichier.bloc.code),
            bloc_fiche::version.eq(&fichier.bloc.version),
            bloc_fiche::nom.eq(&fichier.bloc.nom),
            bloc_fiche::contenu.eq(Json(fichier.contenu.clone())),
            bloc_fiche::empreinte.eq(fichier.empreinte()),
            bloc_fiche::charge_le.eq(At(op.maintenant)),
        ))
        .execute(op.conn)?;
    Ok(())
}

/// Sets the end of validity of a version.
pub(super) fn echeance_modele(op: &mut Op<'_>, modele: &FichierModele) -> Resultat<()> {
    update(
        modele_fiche::table
            .filter(modele_fiche::code.eq(&modele.reference.code))
            .filter(modele_fiche::version.eq(&modele.reference.version)),
    )
    .set(modele_fiche::valable_au.eq(modele.valable_au))
    .execute(op.conn)?;
    Ok(())
}

/// A version of a dated rule, without its content. Names that content for ever: everything of it but the
/// end of validity is in the fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Queryable)]
pub(super) struct VersionRegle {
    pub(super) code: String,
    pub(super) version: String,
    pub(super) nom: String,
    pub(super) valable_du: NaiveDate,
    pub(super) valable_au: Option<NaiveDate>,
    pub(super) empreinte: String,
}

/// The two tables of rules have the same columns and are read and written alike.
macro_rules! regles {
    ($table:ident, $id:ident, $versions:ident, $contenu:ident, $inserer:ident, $echeance:ident) => {
        /// Every version of every rule, or of one.
        pub(super) fn $versions(op: &mut Op<'_>, code: Option<&str>) -> Resultat<Vec<VersionRegle>> {
            let mut requete = $table::table
                .select(($table::code, $table::version, $table::nom, $table::valable_du, $table::valable_au, $table::empreinte))
                .order(($table::code, $table::version))
                .into_boxed();
            if let Some(code) = code {
                requete = requete.filter($table::code.eq(code));
            }
            Ok(requete.load(op.conn)?)
        }

        /// The content of a version.
        pub(super) fn $contenu(op: &mut Op<'_>, code: &str, version: &str) -> Resultat<Option<Value>> {
            let version = $table::table.filter($table::code.eq(code)).filter($table::version.eq(version));
            let contenu: Option<Json> = version.select($table::contenu).first(op.conn).optional()?;
            Ok(contenu.map(|json| json.0))
        }

        pub(super) fn $inserer(op: &mut Op<'_>, regle: &FichierRegle) -> Resultat<()> {
            let id: $id = op.id();
            insert_into($table::table)
                .values((
                    $table::id.eq(id),
                    $table::code.eq(&regle.code),
                    $table::version.eq(&regle.version),
                    $table::nom.eq(&regle.nom),
                    $table::contenu.eq(Json(regle.contenu.clone())),
                    $table::valable_du.eq(regle.valable_du),
                    $table::valable_au.eq(regle.valable_au),
                    $table::empreinte.eq(regle.empreinte()),
                    $table::charge_le.eq(At(op.maintenant)),
                ))
                .execute(op.conn)?;
            Ok(())
        }

        /// Sets the end of validity of a version.
        pub(super) fn $echeance(op: &mut Op<'_>, regle: &FichierRegle) -> Resultat<()> {
            update($table::table.filter($table::code.eq(&regle.code)).filter($table::version.eq(&regle.version)))
                .set(($table::valable_au.eq(regle.valable_au), $table::contenu.eq(Json(regle.contenu.clone()))))
                .execute(op.conn)?;
            Ok(())
        }
    };
}

regles!(regle_quorum, RegleQuorumId, versions_regle_quorum, contenu_regle_quorum, inserer_regle_quorum, echeance_regle_quorum);
regles!(regle_alerte, RegleAlerteId, versions_regle_alerte, contenu_regle_alerte, inserer_regle_alerte, echeance_regle_alerte);
