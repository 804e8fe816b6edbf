//! The publication of a report: decided by the region, made by a job, given as it is for ever.

use super::{
    super::{
        model::{
            AEditer, Acte, CampagneDetaillee, CampagneError, DemandePublication, DocumentPublie, FormatRapport, GenreActe, Publication,
            mention,
        },
        store::{self, Cible},
    },
    a_mener, acte, detailler, enregistrer,
    travail::PUBLIER_RAPPORT,
    trouver,
};
use crate::{
    db::{Evenement, Op},
    jobs::queue,
    kernel::{Action, Panne, Resultat, ids::CampagneId, texte::sha256},
    metier::infocentre::{model::rapport::Remplacement, service::rapport::Edition},
};

/// Decides to publish: every 3C that has activity must have validated its page, unless the region says why it publishes all
/// the same. The report is made by a job.
pub fn publier(op: &mut Op<'_>, id: CampagneId, lue: i64, demande: &DemandePublication) -> Resultat<CampagneDetaillee> {
    let campagne = a_mener(op, id, lue)?;
    let instantane_id = campagne.en_validation()?;
    let remplace = store::dernier_numero(op, campagne.annee)?.is_some();
    let motif = demande.motif.as_ref().map(|motif| motif.trim().to_owned()).filter(|_| remplace);
    if remplace && motif.is_none() {
        return Err(CampagneError::MotifAttendu.into());
    }
    let a_editer = AEditer {
        publication_id: op.id(),
        campagne_id: id,
        instantane_id,
        decidee_le: op.maintenant,
        mention: sans_validation(op, id, demande)?,
        motif,
    };
    let campagne = campagne.demander_publication(op.maintenant)?;
    enregistrer(op, &campagne, lue)?;
    queue::enfiler(op, PUBLIER_RAPPORT, &a_editer)?;
    let dit: Vec<String> = a_editer.motif.into_iter().chain(a_editer.mention).collect();
    let texte = (!dit.is_empty()).then(|| dit.join(" — "));
    let fait = Acte { texte, ..acte(op, &campagne, GenreActe::DemanderPublication) };
    store::noter(op, id, &fait)?;
    op.tracer(Evenement::sur("demander_publication", "campagne", id.uuid()).version(campagne.version))?;
    detailler(op, &campagne)
}

/// What the report says of the 3C that have not validated; refused when some have not and no reason is given.
fn sans_validation(op: &mut Op<'_>, id: CampagneId, demande: &DemandePublication) -> Resultat<Option<String>> {
    let attendus: Vec<String> = store::pages(op, id, None)?.into_iter().filter(|lue| lue.page.attendue()).map(|lue| lue.nom).collect();
    if attendus.is_empty() {
        return Ok(None);
    }
    match &demande.malgre {
        Some(malgre) => Ok(Some(mention(&attendus, malgre))),
        None => Err(CampagneError::PagesAValider(attendus).into()),
    }
}

/// A report to make, and what it bears.
#[derive(Debug, Clone)]
pub struct AComposer {
    /// The publication to be, without its documents.
    pub publication: Publication,
    /// What the report bears besides its figures.
    pub edition: Edition,
}

/// What a job has to make; nothing when it is published already. `region` is the name of the region.
pub fn a_composer(op: &mut Op<'_>, a_editer: &AEditer, region: &str) -> Resultat<Option<AComposer>> {
    op.exiger(Action::ExtraireRapport)?;
    if !store::publications(op, Cible::Une(a_editer.publication_id))?.is_empty() {
        return Ok(None);
    }
    let campagne = trouver(op, a_editer.campagne_id)?;
    let ancienne = store::publications(op, Cible::DeLAnnee(campagne.annee, None))?.into_iter().next();
    let numero = ancienne.as_ref().map_or(1, |ancienne| ancienne.numero + 1);
    let remplace = ancienne.map(|ancienne| Remplacement {
        version: ancienne.numero,
        etabli_le: ancienne.publiee_le,
        motif: a_editer.motif.clone().unwrap_or_default(),
    });
    let edition = Edition {
        region: region.to_owned(),
        etabli_le: Some(a_editer.decidee_le),
        version: Some(numero),
        remplace,
        mention: a_editer.mention.clone(),
    };
    let publication = Publication {
        id: a_editer.publication_id,
        campagne_id: campagne.id,
        annee: campagne.annee,
        numero,
        instantane_id: a_editer.instantane_id,
        publiee_le: a_editer.decidee_le,
        motif: a_editer.motif.clone(),
        mention: a_editer.mention.clone(),
        documents: Vec::new(),
    };
    Ok(Some(AComposer { publication, edition }))
}

/// The report is made: writes it with its documents, once, and ends the campaign.
pub fn paraitre(op: &mut Op<'_>, publication: &Publication, documents: &[(FormatRapport, Vec<u8>)]) -> Resultat<()> {
    op.exiger(Action::ExtraireRapport)?;
    if !store::publications(op, Cible::Une(publication.id))?.is_empty() {
        return Ok(());
    }
    let avant = trouver(op, publication.campagne_id)?;
    let lue = avant.version;
    if avant.en_validation()? != publication.instantane_id {
        return Err(Panne::dire(format!("campagne {} : une autre extraction a pris la place", avant.id)).into());
    }
    let campagne = avant.publier(op.maintenant)?;
    enregistrer(op, &campagne, lue)?;
    let Publication { annee, numero, .. } = publication;
    let documents: Vec<DocumentPublie> = documents
        .iter()
        .map(|(format, octets)| DocumentPublie {
            format: *format,
            nom: format!("rapport-rcp-{annee}-v{numero}.{format}"),
            empreinte: sha256(octets),
            octets: octets.clone(),
        })
        .collect();
    store::publier(op, publication, &documents)?;
    let fait = Acte { texte: Some(format!("Rapport n° {numero}")), ..acte(op, &campagne, GenreActe::Publier) };
    store::noter(op, campagne.id, &fait)?;
    op.tracer(Evenement::sur("publier", "rapport", publication.id.uuid()).version(*numero))
}

/// The reports that were published, the latest year and the highest rank first.
pub fn publications(op: &mut Op<'_>) -> Resultat<Vec<Publication>> {
    op.exiger(Action::LireInfocentre)?;
    store::publications(op, Cible::Toutes)
}

/// The bytes of a published report: those of the latest rank of a year, or of a given one.
pub fn document(op: &mut Op<'_>, annee: i32, numero: Option<i64>, format: FormatRapport) -> Resultat<DocumentPublie> {
    op.exiger(Action::LireInfocentre)?;
    let publication = store::publications(op, Cible::DeLAnnee(annee, numero))?.into_iter().next();
    let publication = publication.ok_or(CampagneError::PublicationIntrouvable)?;
    let document = store::document(op, publication.id, format)?.ok_or(CampagneError::PublicationIntrouvable)?;
    if sha256(&document.octets) != document.empreinte {
        return Err(Panne::dire(format!("publication {} : le document {format} n'a plus son empreinte", publication.id)).into());
    }
    op.tracer(Evenement::sur("telecharger", "rapport", publication.id.uuid()).version(publication.numero).champs(&[format.as_str()]))?;
    Ok(document)
}
