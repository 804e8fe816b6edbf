//! Queries on second factors, recovery codes, challenges and delays.

use super::super::model::{
    CompteError, Support,
    delai::Ralentissement,
    facteur::{Cle, Defi, Etape, EtatDefi, Facteur, GenreFacteur},
};
use crate::{
    db::{
        Op, ou_doublon,
        schema::{code_secours, defi, facteur, ralentissement},
        types::{At, Id, Json},
    },
    enum_sql,
    kernel::{
        Instant, Panne, Resultat,
        ids::{CompteId, DefiId, FacteurId},
    },
};
use diesel::{delete, insert_into, prelude::*, update};

enum_sql!(GenreFacteur, Etape);

#[derive(Queryable, Selectable)]
#[diesel(table_name = facteur)]
struct LigneFacteur {
    id: FacteurId,
    compte_id: CompteId,
    genre: GenreFacteur,
    libelle: String,
    secret_scelle: Option<String>,
    cle_publique: Option<Json>,
    identifiant_webauthn: Option<String>,
    dernier_pas: Option<i64>,
    cree_le: At,
    utilise_le: Option<At>,
}

impl TryFrom<LigneFacteur> for Facteur {
    type Error = Panne;

    fn try_from(l: LigneFacteur) -> Result<Self, Panne> {
        let cle = match (l.genre, l.secret_scelle, l.cle_publique, l.identifiant_webauthn) {
            (GenreFacteur::Totp, Some(scelle), ..) => Cle::Totp { scelle, dernier_pas: l.dernier_pas },
            (GenreFacteur::Webauthn, _, Some(publique), Some(identifiant)) => Cle::Webauthn { publique: publique.0, identifiant },
            _ => return Err(Panne::dire(format!("facteur {} : clé absente", l.id))),
        };
        Ok(Self {
            id: l.id,
            compte_id: l.compte_id,
            cle,
            libelle: l.libelle,
            cree_le: l.cree_le.0,
            utilise_le: l.utilise_le.map(|at| at.0),
        })
    }
}

/// The factors of an account that serve, in the order of their enrolment.
pub fn facteurs(op: &mut Op<'_>, compte: CompteId) -> Resultat<Vec<Facteur>> {
    let lignes: Vec<LigneFacteur> = facteur::table
        .filter(facteur::compte_id.eq(compte))
        .filter(facteur::retire_le.is_null())
        .order(facteur::id)
        .select(LigneFacteur::as_select())
        .load(op.conn)?;
    lignes.into_iter().map(|ligne| Ok(Facteur::try_from(ligne)?)).collect()
}

pub fn inserer_facteur(op: &mut Op<'_>, f: &Facteur) -> Resultat<()> {
    let (scelle, pas, publique, identifiant) = match &f.cle {
        Cle::Totp { scelle, dernier_pas } => (Some(scelle.as_str()), *dernier_pas, None, None),
        Cle::Webauthn { publique, identifiant } => (None, None, Some(Json(publique.clone())), Some(identifiant.as_str())),
    };
    insert_into(facteur::table)
        .values((
            facteur::id.eq(f.id),
            facteur::compte_id.eq(f.compte_id),
            facteur::genre.eq(f.cle.genre()),
            facteur::libelle.eq(&f.libelle),
            facteur::secret_scelle.eq(scelle),
            facteur::cle_publique.eq(publique),
            facteur::identifiant_webauthn.eq(identifiant),
            facteur::dernier_pas.eq(pas),
            facteur::cree_le.eq(At(f.cree_le)),
        ))
        .execute(op.conn)
        .map_err(|e| ou_doublon(e, "facteur_identifiant_webauthn_unique", "facteur.identifiant_webauthn", CompteError::FacteurConnu))?;
    Ok(())
}

/// Remembers that a factor served, with what must change in its key.
pub fn facteur_utilise(op: &mut Op<'_>, id: FacteurId, cle: &Cle) -> Resultat<()> {
    let maintenant = Some(At(op.maintenant));
    match cle {
        Cle::Totp { dernier_pas, .. } => {
            update(facteur::table.find(id))
                .set((facteur::utilise_le.eq(maintenant), facteur::dernier_pas.eq(*dernier_pas)))
                .execute(op.conn)?;
        }
        Cle::Webauthn { publique, .. } => {
            update(facteur::table.find(id))
                .set((facteur::utilise_le.eq(maintenant), facteur::cle_publique.eq(Some(Json(publique.clone())))))
                .execute(op.conn)?;
        }
    }
    Ok(())
}

/// Every sealed secret, withdrawn factors included.
pub fn secrets_scelles(op: &mut Op<'_>) -> Resultat<Vec<(FacteurId, CompteId, String)>> {
    Ok(facteur::table
        .filter(facteur::secret_scelle.is_not_null())
        .order(facteur::id)
        .select((facteur::id, facteur::compte_id, facteur::secret_scelle.assume_not_null()))
        .load(op.conn)?)
}

/// Puts a secret that was sealed again in the place of the former one.
pub fn resceller(op: &mut Op<'_>, id: FacteurId, scelle: &str) -> Resultat<()> {
    update(facteur::table.find(id)).set(facteur::secret_scelle.eq(Some(scelle))).execute(op.conn)?;
    Ok(())
}

/// Withdraws a factor, or all those of the account; the rows stay, so that a key that was withdrawn is not enrolled elsewhere.
pub fn retirer_facteurs(op: &mut Op<'_>, compte: CompteId, un_seul: Option<FacteurId>) -> Resultat<usize> {
    let maintenant = Some(At(op.maintenant));
    let de_ce_compte = facteur::table.filter(facteur::compte_id.eq(compte)).filter(facteur::retire_le.is_null());
    Ok(match un_seul {
        Some(id) => update(de_ce_compte.filter(facteur::id.eq(id))).set(facteur::retire_le.eq(maintenant)).execute(op.conn)?,
        None => update(de_ce_compte).set(facteur::retire_le.eq(maintenant)).execute(op.conn)?,
    })
}

/// Puts new recovery codes in the place of the former ones.
pub fn remplacer_codes(op: &mut Op<'_>, compte: CompteId, empreintes: &[String]) -> Resultat<()> {
    delete(code_secours::table.filter(code_secours::compte_id.eq(compte))).execute(op.conn)?;
    for empreinte in empreintes {
        let id: Id = op.id();
        insert_into(code_secours::table)
            .values((
                code_secours::id.eq(id),
                code_secours::compte_id.eq(compte),
                code_secours::empreinte.eq(empreinte),
                code_secours::cree_le.eq(At(op.maintenant)),
            ))
            .execute(op.conn)?;
    }
    Ok(())
}

/// Uses a recovery code; false when the account has no such code left.
pub fn utiliser_code(op: &mut Op<'_>, compte: CompteId, empreinte: &str) -> Resultat<bool> {
    let pris = update(
        code_secours::table
            .filter(code_secours::compte_id.eq(compte))
            .filter(code_secours::empreinte.eq(empreinte))
            .filter(code_secours::utilise_le.is_null()),
    )
    .set(code_secours::utilise_le.eq(Some(At(op.maintenant))))
    .execute(op.conn)?;
    Ok(pris == 1)
}

/// Recovery codes left.
pub fn codes_restants(op: &mut Op<'_>, compte: CompteId) -> Resultat<i64> {
    Ok(code_secours::table
        .filter(code_secours::compte_id.eq(compte))
        .filter(code_secours::utilise_le.is_null())
        .count()
        .get_result(op.conn)?)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = defi)]
struct LigneDefi {
    id: DefiId,
    compte_id: CompteId,
    etape: Etape,
    support: Support,
    etat: Option<Json>,
    echecs: i64,
    expire_le: At,
    consomme_le: Option<At>,
}

impl TryFrom<LigneDefi> for Defi {
    type Error = Panne;

    fn try_from(l: LigneDefi) -> Result<Self, Panne> {
        let etat = l.etat.map(|json| serde_json::from_value(json.0)).transpose();
        Ok(Self {
            id: l.id,
            compte_id: l.compte_id,
            etape: l.etape,
            support: l.support,
            etat: etat.map_err(|e| Panne::new(format!("état du défi {}", l.id), e))?,
            echecs: l.echecs,
            expire_le: l.expire_le.0,
            consomme_le: l.consomme_le.map(|at| at.0),
        })
    }
}

pub fn inserer_defi(op: &mut Op<'_>, d: &Defi, empreinte: &str) -> Resultat<()> {
    insert_into(defi::table)
        .values((
            defi::id.eq(d.id),
            defi::compte_id.eq(d.compte_id),
            defi::empreinte_jeton.eq(empreinte),
            defi::etape.eq(d.etape),
            defi::support.eq(d.support),
            defi::etat.eq(d.etat.as_ref().map(etat_json).transpose()?),
            defi::echecs.eq(d.echecs),
            defi::cree_le.eq(At(op.maintenant)),
            defi::expire_le.eq(At(d.expire_le)),
        ))
        .execute(op.conn)?;
    Ok(())
}

pub fn defi_par_jeton(op: &mut Op<'_>, empreinte: &str) -> Resultat<Option<Defi>> {
    let ligne = defi::table.filter(defi::empreinte_jeton.eq(empreinte)).select(LigneDefi::as_select()).first(op.conn).optional()?;
    Ok(ligne.map(Defi::try_from).transpose()?)
}

pub fn retenir(op: &mut Op<'_>, id: DefiId, etat: &EtatDefi) -> Resultat<()> {
    update(defi::table.find(id)).set(defi::etat.eq(Some(etat_json(etat)?))).execute(op.conn)?;
    Ok(())
}

fn etat_json(etat: &EtatDefi) -> Result<Json, Panne> {
    serde_json::to_value(etat).map(Json).map_err(|e| Panne::new("état d'un défi", e))
}

pub fn echec_du_defi(op: &mut Op<'_>, id: DefiId) -> Resultat<()> {
    update(defi::table.find(id)).set(defi::echecs.eq(defi::echecs + 1)).execute(op.conn)?;
    Ok(())
}

/// Ends a challenge, or all those of an account that are pending.
pub fn consommer(op: &mut Op<'_>, id: DefiId) -> Resultat<()> {
    update(defi::table.find(id)).set((defi::consomme_le.eq(Some(At(op.maintenant))), defi::etat.eq(None::<Json>))).execute(op.conn)?;
    Ok(())
}

pub fn annuler_les_defis(op: &mut Op<'_>, compte: CompteId) -> Resultat<()> {
    update(defi::table.filter(defi::compte_id.eq(compte)).filter(defi::consomme_le.is_null()))
        .set(defi::consomme_le.eq(Some(At(op.maintenant))))
        .execute(op.conn)?;
    Ok(())
}

pub fn ralenti(op: &mut Op<'_>, cle: &str) -> Resultat<Option<Ralentissement>> {
    let ligne: Option<(i64, At, Option<At>)> = ralentissement::table
        .find(cle)
        .select((ralentissement::echecs, ralentissement::dernier_le, ralentissement::bloque_jusqu_a))
        .first(op.conn)
        .optional()?;
    Ok(ligne.map(|(echecs, dernier, bloque)| Ralentissement { echecs, dernier_le: dernier.0, bloque_jusqu_a: bloque.map(|at| at.0) }))
}

pub fn garder_ralentissement(op: &mut Op<'_>, cle: &str, r: &Ralentissement) -> Resultat<()> {
    oublier_ralentissement(op, cle)?;
    insert_into(ralentissement::table)
        .values((
            ralentissement::empreinte.eq(cle),
            ralentissement::echecs.eq(r.echecs),
            ralentissement::dernier_le.eq(At(r.dernier_le)),
            ralentissement::bloque_jusqu_a.eq(r.bloque_jusqu_a.map(At)),
        ))
        .execute(op.conn)?;
    Ok(())
}

pub fn oublier_ralentissement(op: &mut Op<'_>, cle: &str) -> Resultat<()> {
    delete(ralentissement::table.find(cle)).execute(op.conn)?;
    Ok(())
}

/// Erases the challenges that ended and the failures that are forgotten before that moment.
pub fn purger(op: &mut Op<'_>, avant: Instant) -> Resultat<usize> {
    let defis = delete(defi::table.filter(defi::expire_le.lt(At(avant)))).execute(op.conn)?;
    Ok(defis + delete(ralentissement::table.filter(ralentissement::dernier_le.lt(At(avant)))).execute(op.conn)?)
}
