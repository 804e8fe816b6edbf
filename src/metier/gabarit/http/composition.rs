//! Laying templates out while somebody waits for the answer: outside any transaction, in the workshop.

use super::{
    super::model::{
        Diagnostic, GabaritError, GabaritSource, GenreGabarit,
        exemples::{self, Exemple},
    },
    Apercu,
};
use crate::{
    documents::{atelier::Composee, pdf::Matiere},
    http::Ctx,
    kernel::{Panne, Resultat},
    metier::compte_rendu::{model::ContenuCompteRendu, service as comptes_rendus},
};
use actix_web::web;

/// What a preview is about. Reading a compte-rendu is traced as such.
pub(super) async fn contenu(ctx: &Ctx, apercu: Apercu) -> Resultat<ContenuCompteRendu> {
    match (apercu.exemple, apercu.compte_rendu_id) {
        (Some(code), None) => Ok(exemples::trouver(&code)?.contenu),
        (None, Some(id)) => Ok(ctx.consulter(move |op| comptes_rendus::lire(op, id)).await?.contenu),
        (Some(_), Some(_)) | (None, None) => Err(GabaritError::ApercuAmbigu.into()),
    }
}

/// What a template of that kind is given.
pub(super) fn matiere(genre: GenreGabarit, contenu: &ContenuCompteRendu) -> Resultat<Matiere> {
    Matiere::de(genre, contenu).map_err(Panne::from)?.ok_or_else(|| GabaritError::SansLettre.into())
}

/// The document of a template, or what is wrong with it.
pub(super) async fn apercevoir(ctx: &Ctx, source: String, matiere: Matiere) -> Resultat<Vec<u8>> {
    let composee = composer(ctx, source, vec![matiere]).await?.pop().ok_or_else(|| Panne::dire("atelier sans réponse"))?;
    composee.map_err(|diagnostics| GabaritError::NeSeComposePas { diagnostics }.into())
}

/// What is wrong with a template on the examples. The first example at fault is enough.
pub(super) async fn eprouver(ctx: &Ctx, brouillon: GabaritSource) -> Resultat<Vec<Diagnostic>> {
    let genre = brouillon.gabarit.genre;
    let exemples: Vec<Exemple> = exemples::tous()?.into_iter().filter(|exemple| exemple.porte(genre)).collect();
    let matieres = exemples.iter().map(|exemple| matiere(genre, &exemple.contenu)).collect::<Resultat<_>>()?;
    let composees = composer(ctx, brouillon.source, matieres).await?;
    let fautes = exemples.iter().zip(composees).find_map(|(exemple, composee)| Some((exemple, composee.err()?)));
    Ok(fautes.map_or_else(Vec::new, |(exemple, fautes)| fautes.into_iter().map(|faute| faute.sur(&exemple.code)).collect()))
}

async fn composer(ctx: &Ctx, source: String, matieres: Vec<Matiere>) -> Resultat<Vec<Composee>> {
    let atelier = ctx.etat.atelier.clone();
    let place = atelier.place().ok_or(GabaritError::Occupe)?;
    let issue = web::block(move || {
        let issue = atelier.eprouver(source, matieres);
        drop(place);
        issue
    });
    Ok(issue.await.map_err(|e| Panne::new("atelier", e))??)
}
