//! Reads of the public directories.

use crate::{
    db::{
        Op,
        parmi::parmi,
        schema::{annuaire_activite, annuaire_bal, annuaire_savoir_faire},
        types::At,
    },
    kernel::{Instant, Resultat, texte::normaliser},
    metier::{
        annuaire::model::TypeBal,
        annuaire_national::model::{Activite, BalNationale, RechercheNationale, debut_de_cle},
    },
};
use diesel::prelude::*;

/// What a page of a search goes on after: name, first name, identification.
pub(in crate::metier::annuaire_national) type Curseur = (String, String, String);

/// Beyond every normalised text (capitals, digits, blanks) that begins so.
fn apres(debut: &str) -> String {
    format!("{debut}~")
}

/// Persons in practice who match, by name.
pub(in crate::metier::annuaire_national) fn identifications(
    op: &mut Op<'_>,
    recherche: &RechercheNationale,
    suite: Option<Curseur>,
    limite: i64,
) -> Resultat<Vec<Curseur>> {
    use annuaire_activite as a;
    let mut requete = a::table
        .filter(a::disparu_le.is_null())
        .select((a::nom_recherche, a::prenom_recherche, a::identification))
        .distinct()
        .order((a::nom_recherche, a::prenom_recherche, a::identification))
        .limit(limite)
        .into_boxed();
    if let Some(rpps) = &recherche.rpps {
        let debut = debut_de_cle(&format!("8{rpps}")).to_vec();
        let fin = [debut.as_slice(), &[0xff; 9]].concat();
        requete = requete.filter(a::cle.ge(debut)).filter(a::cle.lt(fin)).filter(a::rpps.eq(rpps.clone()));
    }
    if let Some(nom) = recherche.nom.as_deref().map(normaliser) {
        requete = requete.filter(a::nom_recherche.ge(nom.clone())).filter(a::nom_recherche.lt(apres(&nom)));
    }
    if let Some(prenom) = recherche.prenom.as_deref().map(normaliser) {
        requete = requete.filter(a::prenom_recherche.ge(prenom.clone())).filter(a::prenom_recherche.lt(apres(&prenom)));
    }
    if let Some(commune) = recherche.commune.as_deref().map(normaliser) {
        requete = requete.filter(a::commune_recherche.ge(commune.clone())).filter(a::commune_recherche.lt(apres(&commune)));
    }
    if let Some(code) = recherche.code_postal.as_deref().map(normaliser) {
        requete = requete.filter(a::code_postal.ge(code.clone())).filter(a::code_postal.lt(apres(&code)));
    }
    if let Some(profession) = &recherche.profession {
        requete = requete.filter(a::profession.eq(profession.clone()));
    }
    if let Some((nom, prenom, identification)) = suite {
        let meme_prenom =
            a::prenom_recherche.gt(prenom.clone()).or(a::prenom_recherche.eq(prenom).and(a::identification.gt(identification)));
        requete = requete.filter(a::nom_recherche.gt(nom.clone()).or(a::nom_recherche.eq(nom).and(meme_prenom)));
    }
    Ok(requete.load(op.conn)?)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = annuaire_activite)]
struct LigneActivite {
    identification: String,
    rpps: Option<String>,
    nom: String,
    prenom: String,
    nom_recherche: String,
    prenom_recherche: String,
    civilite: Option<String>,
    titre: Option<String>,
    profession: String,
    categorie: Option<String>,
    savoir_faire_type: Option<String>,
    savoir_faire: Option<String>,
    mode_exercice: Option<String>,
    structure: Option<String>,
    finess: Option<String>,
    siret: Option<String>,
    raison_sociale: Option<String>,
    enseigne: Option<String>,
    adresse: Option<String>,
    code_postal: Option<String>,
    commune: Option<String>,
    commune_recherche: Option<String>,
    departement: Option<String>,
    telephone: Option<String>,
    courriel: Option<String>,
    secteur: Option<String>,
    fonction: Option<String>,
    genre_activite: Option<String>,
    disparu_le: Option<At>,
}

/// The lines of one person, those that have vanished included, in the order in which they came to be known.
pub(in crate::metier::annuaire_national) fn lieux(op: &mut Op<'_>, identification: &str) -> Resultat<Vec<(Activite, Option<Instant>)>> {
    use annuaire_activite as a;
    let debut = debut_de_cle(identification).to_vec();
    let fin = [debut.as_slice(), &[0xff; 9]].concat();
    let lignes: Vec<LigneActivite> = a::table
        .filter(a::cle.ge(debut))
        .filter(a::cle.lt(fin))
        .filter(a::identification.eq(identification))
        .order(a::numero)
        .select(LigneActivite::as_select())
        .load(op.conn)?;
    Ok(lignes
        .into_iter()
        .map(|l| {
            let activite = Activite {
                identification: l.identification,
                rpps: l.rpps,
                nom: l.nom,
                prenom: l.prenom,
                nom_recherche: l.nom_recherche,
                prenom_recherche: l.prenom_recherche,
                civilite: l.civilite,
                titre: l.titre,
                profession: l.profession,
                categorie: l.categorie,
                savoir_faire_type: l.savoir_faire_type,
                savoir_faire: l.savoir_faire,
                mode_exercice: l.mode_exercice,
                structure: l.structure,
                finess: l.finess,
                siret: l.siret,
                raison_sociale: l.raison_sociale,
                enseigne: l.enseigne,
                adresse: l.adresse,
                code_postal: l.code_postal,
                commune: l.commune,
                commune_recherche: l.commune_recherche,
                departement: l.departement,
                telephone: l.telephone,
                courriel: l.courriel,
                secteur: l.secteur,
                fonction: l.fonction,
                genre_activite: l.genre_activite,
            };
            (activite, l.disparu_le.map(Instant::from))
        })
        .collect())
}

/// Specialties that the file of know-how gives to a person.
pub(in crate::metier::annuaire_national) fn specialites(op: &mut Op<'_>, identification: &str) -> Resultat<Vec<String>> {
    use annuaire_savoir_faire as s;
    let debut = debut_de_cle(identification).to_vec();
    let fin = [debut.as_slice(), &[0xff; 9]].concat();
    Ok(s::table
        .filter(s::cle.ge(debut))
        .filter(s::cle.lt(fin))
        .filter(s::identification.eq(identification))
        .filter(s::savoir_faire_type.eq("S"))
        .filter(s::disparu_le.is_null())
        .order(s::savoir_faire)
        .select(s::savoir_faire)
        .load(op.conn)?)
}

type LigneBal = (Option<String>, TypeBal, String, Option<String>, Option<String>);

fn bal((titulaire, type_bal, adresse, structure, dematerialisation): LigneBal) -> (Option<String>, BalNationale) {
    let dematerialisation = dematerialisation.as_deref() == Some("O");
    (titulaire, BalNationale { type_bal, adresse, structure, dematerialisation })
}

/// Mailboxes of some persons with the identification of each, in the order in which they came to be known.
pub(in crate::metier::annuaire_national) fn bals_des_personnes(
    op: &mut Op<'_>,
    identifications: &[String],
) -> Resultat<Vec<(Option<String>, BalNationale)>> {
    use annuaire_bal as b;
    let lignes: Vec<LigneBal> = b::table
        .filter(parmi(b::identification, identifications.iter().map(|i| Some(i.clone())).collect()))
        .filter(b::disparu_le.is_null())
        .order(b::numero)
        .select((b::identification, b::type_bal, b::adresse, b::structure, b::dematerialisation))
        .load(op.conn)?;
    Ok(lignes.into_iter().map(bal).collect())
}

/// Mailboxes of some structures, in the order in which they came to be known.
pub(in crate::metier::annuaire_national) fn bals_de_structures(op: &mut Op<'_>, structures: &[String]) -> Resultat<Vec<BalNationale>> {
    use annuaire_bal as b;
    let lignes: Vec<LigneBal> = b::table
        .filter(parmi(b::structure, structures.iter().map(|s| Some(s.clone())).collect()))
        .filter(b::type_bal.eq(TypeBal::Org))
        .filter(b::disparu_le.is_null())
        .order(b::numero)
        .select((b::identification, b::type_bal, b::adresse, b::structure, b::dematerialisation))
        .load(op.conn)?;
    Ok(lignes.into_iter().map(|ligne| bal(ligne).1).collect())
}
