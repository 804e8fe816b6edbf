//! What prevents a draft from being published, at its place in the content.

use crate::{
    db::Op,
    kernel::{Faute, Resultat, clock::date_paris, lecture},
    metier::{
        fiche, quorum,
        quorum::regle::{Clause, RegleQuorum},
        referentiel::{
            self,
            lot::{ContenuModele, FichierModele, Lot},
            model::Genre,
        },
    },
};
use chrono::NaiveDate;
use serde_json::Value;

/// The defects of a file; none when it may be published.
pub(super) fn trouver(op: &mut Op<'_>, genre: Genre, fichier: &Value) -> Resultat<Vec<Faute>> {
    let lot = match Lot::unique(genre, fichier) {
        Ok(lot) => lot,
        Err(faute) => return Ok(vec![faute]),
    };
    let mut defauts = Vec::new();
    for fichier in &lot.blocs {
        defauts.extend(referentiel::service::defauts_bloc(op, &fichier.bloc)?);
    }
    for modele in &lot.modeles {
        defauts.extend(du_modele(op, modele)?);
        defauts.extend(validite(modele.valable_du, modele.valable_au));
    }
    for regle in &lot.quorum {
        defauts.extend(du_quorum(op, &regle.contenu)?);
        defauts.extend(validite(regle.valable_du, regle.valable_au));
    }
    for regle in &lot.alertes {
        defauts.extend(validite(regle.valable_du, regle.valable_au));
    }
    Ok(defauts)
}

fn validite(du: NaiveDate, au: Option<NaiveDate>) -> Option<Faute> {
    let inversee = au.is_some_and(|au| au < du);
    inversee.then(|| Faute::new("/valable_au", "periode-inversee", "La fin de validité précède le premier jour."))
}

/// The defects of a model; one that has none of its own must besides be able to check fiches.
fn du_modele(op: &mut Op<'_>, modele: &FichierModele) -> Resultat<Vec<Faute>> {
    let defauts = referentiel::service::defauts_modele(op, modele)?;
    if !defauts.is_empty() {
        return Ok(defauts);
    }
    let corps = referentiel::service::composer(op, modele)?;
    let ou = match modele.contenu {
        ContenuModele::Entier(_) => "/schema",
        ContenuModele::Compose(_) => "/blocs",
    };
    let refus = fiche::service::compiler_corps(op, &corps)?.err();
    Ok(refus.into_iter().map(|cause| Faute::new(ou, "schema-invalide", format!("schéma : {cause}"))).collect())
}

fn du_quorum(op: &mut Op<'_>, contenu: &Value) -> Resultat<Vec<Faute>> {
    let regle: RegleQuorum = match lecture::depuis_json(contenu) {
        Ok(regle) => regle,
        Err(faute) => return Ok(vec![faute]),
    };
    let aujourd_hui = date_paris(op.maintenant);
    let mut defauts = regle.defauts();
    defauts.extend(regle.groupes_inconnus(&quorum::service::groupes(op, aujourd_hui)?));
    for (rang, complement) in regle.complements.iter().enumerate() {
        if *complement == regle.code || referentiel::service::validites(op, Genre::RegleQuorum, complement)?.is_empty() {
            let message = format!("le complément « {complement} » n'est pas une autre règle publiée");
            defauts.push(Faute::new(format!("/complements/{rang}"), "regle-inconnue", message));
        }
    }
    defauts.extend(codes_inconnus(op, &regle)?);
    Ok(defauts)
}

/// The codes of a rule that the national value sets do not hold: nobody would ever fill the clause.
fn codes_inconnus(op: &mut Op<'_>, regle: &RegleQuorum) -> Resultat<Vec<Faute>> {
    let jeux = referentiel::service::codes(op, vec!["author-specialty", "profession", "type-traitement-frcp"])?;
    let absent = |jeu: &str, code: &str| jeux.iter().any(|codes| codes.jeu == jeu && !codes.codes.contains(code));
    let mut defauts = Vec::new();
    for (place, clause) in regle.clauses.iter().enumerate() {
        for (champ, jeu, codes) in codes_de(clause) {
            for (rang, code) in codes.iter().enumerate().filter(|(_, code)| absent(jeu, code)) {
                let message = format!("clause {} : le code « {code} » n'est pas dans le jeu de valeurs « {jeu} »", clause.id);
                defauts.push(Faute::new(format!("/clauses/{place}/{champ}/{rang}"), "code-inconnu", message));
            }
        }
    }
    Ok(defauts)
}

fn codes_de(clause: &Clause) -> [(&'static str, &'static str, &[String]); 3] {
    let traitements = clause.condition.as_ref().map_or(&[][..], |condition| &condition.traitements);
    [
        ("specialites", "author-specialty", &clause.specialites),
        ("professions", "profession", &clause.professions),
        ("condition/traitements", "type-traitement-frcp", traitements),
    ]
}
