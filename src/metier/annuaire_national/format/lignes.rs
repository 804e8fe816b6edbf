//! What becomes of the fields of each kind of file.

use super::{Champs, Colonne, LigneRefusee, cle};
use crate::{
    kernel::{courriel::AdresseCourriel, identite::Rpps, texte::normaliser},
    metier::{
        annuaire::model::TypeBal,
        annuaire_national::model::{Activite, Bal, Enregistrement, SavoirFaire, Structure},
    },
};

/// Columns read of `Personne_activite` (56 in the file).
pub(super) const ACTIVITES: &[Colonne] = &[
    Colonne("Type d'identifiant PP", true),
    Colonne("Identifiant PP", true),
    Colonne("Identification nationale PP", true),
    Colonne("Code civilité d'exercice", false),
    Colonne("Code civilité", false),
    Colonne("Nom d'exercice", true),
    Colonne("Prénom d'exercice", true),
    Colonne("Code profession", true),
    Colonne("Code catégorie professionnelle", false),
    Colonne("Code type savoir-faire", false),
    Colonne("Code savoir-faire", true),
    Colonne("Code mode exercice", true),
    Colonne("Numéro SIRET site", false),
    Colonne("Numéro FINESS site", true),
    Colonne("Identifiant technique de la structure", false),
    Colonne("Raison sociale site", false),
    Colonne("Enseigne commerciale site", false),
    Colonne("Numéro Voie", false),
    Colonne("Indice répétition voie", false),
    Colonne("Libellé type de voie", false),
    Colonne("Libellé Voie", false),
    Colonne("Code postal", true),
    Colonne("Libellé commune", false),
    Colonne("Téléphone", false),
    Colonne("Adresse e-mail", false),
    Colonne("Code département", false),
    Colonne("Code secteur d'activité", false),
    Colonne("Code fonction", false),
    Colonne("Code genre d'activité", false),
];

/// Columns read of `SavoirFaire` (13 in the file).
pub(super) const SAVOIR_FAIRE: &[Colonne] = &[
    Colonne("Type d'identifiant PP", true),
    Colonne("Identifiant PP", true),
    Colonne("Identification nationale PP", true),
    Colonne("Code profession", true),
    Colonne("Code catégorie professionnelle", false),
    Colonne("Code type savoir-faire", true),
    Colonne("Code savoir-faire", true),
    Colonne("Libellé savoir-faire", false),
];

/// Columns read of the MSSanté mailboxes (31 in the file).
pub(super) const BAL: &[Colonne] = &[
    Colonne("Type de BAL", true),
    Colonne("Adresse BAL", true),
    Colonne("Identification nationale PP", true),
    Colonne("Type identifiant structure", true),
    Colonne("Identification Structure", true),
    Colonne("Service de rattachement", false),
    Colonne("Nom d'exercice", false),
    Colonne("Prénom d'exercice", false),
    Colonne("Code Profession", false),
    Colonne("Code savoir-faire", false),
    Colonne("Dématérialisation", false),
    Colonne("Raison Sociale structure BAL", false),
    Colonne("Code postal", false),
    Colonne("Département", false),
];

/// Columns read of FINESS (41 in the file).
pub(super) const STRUCTURES: &[Colonne] = &[
    Colonne("nofinesset", true),
    Colonne("nofinessej", true),
    Colonne("rs", true),
    Colonne("rslongue", false),
    Colonne("numvoie", false),
    Colonne("typvoie", false),
    Colonne("voie", false),
    Colonne("compvoie", false),
    Colonne("codepostal", false),
    Colonne("libelle_routage", false),
    Colonne("departement", false),
    Colonne("telephone", false),
    Colonne("categetab", true),
    Colonne("libcategetab", false),
    Colonne("siret", false),
];

/// Identification nationale and, for type 8, the RPPS number (§ identifiers of the ANS: `0` ADELI, `8`
/// RPPS; others, of internal registers, bear no RPPS).
fn identite(c: &Champs<'_>) -> Result<(String, Option<String>), LigneRefusee> {
    let (genre, identifiant, identification) = (c.brut(0), c.brut(1), c.requis(2)?);
    if identification.len() > 40 {
        return Err(LigneRefusee::Identification);
    }
    match genre {
        "8" => {
            let rpps: Rpps = identifiant.parse().map_err(|_| LigneRefusee::Rpps)?;
            let accord = identification.strip_prefix('8') == Some(rpps.as_str());
            if accord { Ok((identification, Some(rpps.into()))) } else { Err(LigneRefusee::Identification) }
        }
        _ if genre.len() == 1 && genre.bytes().all(|b| b.is_ascii_digit()) => Ok((identification, None)),
        _ => Err(LigneRefusee::Valeur("Type d'identifiant PP")),
    }
}

pub(super) fn activite(c: &Champs<'_>) -> Result<Enregistrement<Activite>, LigneRefusee> {
    let (identification, rpps) = identite(c)?;
    let (nom, prenom, profession) = (c.requis(5)?, c.option(6)?.unwrap_or_default(), c.requis(7)?);
    let (siret, finess, technique) = (c.option(12)?, c.option(13)?, c.brut(14));
    let structure = finess.as_ref().map(|finess| format!("1{finess}")).or_else(|| siret.as_ref().map(|siret| format!("3{siret}")));
    let site = structure.as_deref().unwrap_or(technique);
    let cle = cle(&identification, &[site, &profession, c.brut(10), c.brut(11), c.brut(27), c.brut(28)]);
    let contenu = Activite {
        nom_recherche: normaliser(&nom),
        prenom_recherche: normaliser(&prenom),
        identification,
        rpps,
        nom,
        prenom,
        civilite: c.option(4)?,
        titre: c.option(3)?,
        profession,
        categorie: c.option(8)?,
        savoir_faire_type: c.option(9)?,
        savoir_faire: c.option(10)?,
        mode_exercice: c.option(11)?,
        structure,
        finess,
        siret,
        raison_sociale: c.option(15)?,
        enseigne: c.option(16)?,
        adresse: c.ensemble(&[17, 18, 19, 20]),
        code_postal: c.option(21)?,
        commune: c.option(22)?,
        commune_recherche: c.option(22)?.map(|commune| normaliser(&commune)),
        departement: c.option(25)?,
        telephone: c.option(23)?,
        courriel: c.option(24)?,
        secteur: c.option(26)?,
        fonction: c.option(27)?,
        genre_activite: c.option(28)?,
    };
    Ok(Enregistrement { cle, empreinte: c.empreinte(), contenu })
}

pub(super) fn savoir_faire(c: &Champs<'_>) -> Result<Enregistrement<SavoirFaire>, LigneRefusee> {
    let (identification, _) = identite(c)?;
    let contenu = SavoirFaire {
        identification,
        profession: c.requis(3)?,
        categorie: c.option(4)?,
        savoir_faire_type: c.requis(5)?,
        savoir_faire: c.requis(6)?,
        libelle: c.option(7)?,
    };
    let cle = cle(&contenu.identification, &[&contenu.profession, c.brut(4), &contenu.savoir_faire_type, &contenu.savoir_faire]);
    Ok(Enregistrement { cle, empreinte: c.empreinte(), contenu })
}

pub(super) fn bal(c: &Champs<'_>) -> Result<Enregistrement<Bal>, LigneRefusee> {
    let type_bal = match c.brut(0).to_ascii_uppercase().as_str() {
        "PER" => TypeBal::Per,
        "ORG" => TypeBal::Org,
        "APP" => TypeBal::App,
        "CAB" => TypeBal::Cab,
        _ => return Err(LigneRefusee::Valeur("Type de BAL")),
    };
    let adresse: AdresseCourriel = c.requis(1)?.parse().map_err(|_| LigneRefusee::Adresse)?;
    let identification = c.option(2)?;
    let structure = structure_de_bal(c.brut(3), c.brut(4));
    if type_bal == TypeBal::Per && identification.is_none() {
        return Err(LigneRefusee::Vide("Identification nationale PP"));
    }
    let contenu = Bal {
        type_bal,
        adresse: adresse.to_string(),
        identification,
        structure,
        service: c.option(5)?,
        nom: c.option(6)?,
        prenom: c.option(7)?,
        profession: c.option(8)?,
        savoir_faire: c.option(9)?,
        dematerialisation: c.option(10)?,
        raison_sociale: c.option(11)?,
        code_postal: c.option(12)?,
        departement: c.option(13)?,
    };
    // The part before the @ is compared without case too: operators do not tell two boxes by it.
    let adresse = contenu.adresse.to_lowercase();
    let lien = [c.brut(2), contenu.structure.as_deref().unwrap_or_default(), c.brut(5), c.brut(9)];
    Ok(Enregistrement { cle: cle(&adresse, &lien), empreinte: c.empreinte(), contenu })
}

/// `1` and the FINESS, `2` the SIREN, `3` the SIRET, `4` RPPS and rank (§ identifiers of the ANS). The
/// file gives the type apart; the number is taken with or without its prefix.
fn structure_de_bal(genre: &str, identification: &str) -> Option<String> {
    if identification.is_empty() {
        return None;
    }
    let longueur = match genre {
        "1" => 9,
        "2" => 9,
        "3" => 14,
        _ => return Some(identification.to_owned()),
    };
    Some(if identification.len() == longueur { format!("{genre}{identification}") } else { identification.to_owned() })
}

pub(super) fn structure(c: &Champs<'_>) -> Result<Enregistrement<Structure>, LigneRefusee> {
    let finess = c.requis(0)?.to_ascii_uppercase();
    // Some published numbers miss the key: the form alone is asked for.
    if finess.len() != 9 || !finess.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(LigneRefusee::Valeur("nofinesset"));
    }
    let contenu = Structure {
        finess_juridique: c.option(1)?,
        raison_sociale: c.option(3)?.map_or_else(|| c.requis(2), Ok)?,
        adresse: c.ensemble(&[4, 5, 6, 7]),
        code_postal: c.option(8)?,
        commune: c.option(9)?,
        departement: c.option(10)?,
        telephone: c.option(11)?,
        categorie: c.option(12)?,
        libelle_categorie: c.option(13)?,
        siret: c.option(14)?,
        finess,
    };
    Ok(Enregistrement { cle: cle(&contenu.finess, &[]), empreinte: c.empreinte(), contenu })
}
