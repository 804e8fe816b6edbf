//! Use cases of templates.

use super::{
    model::{
        self, Diagnostic, EchecGabarit, EtatGabarit, Gabarit, GabaritError, GabaritModifie, GabaritSaisi, GabaritSource, GenreGabarit,
        Portee, Publication,
    },
    store::{self, Vue},
};
use crate::{
    db::{Evenement, Op},
    kernel::{
        Action, Erreur, Faute, Nature, Refus, Resultat,
        clock::date_paris,
        erreur::ErreurCommune,
        ids::{CompteRenduId, EchecGabaritId, GabaritId},
        page::{Page, Pagination},
    },
    metier::{annuaire::service as annuaire, compte_rendu::model::CompteRendu},
};

pub use store::FiltreGabarits;

/// The version that a compte-rendu validated now is printed with; none for the template of the program.
/// Needs no right of its own: the validation authorises.
pub fn applicable(op: &mut Op<'_>, genre: GenreGabarit, compte_rendu: &CompteRendu) -> Resultat<Option<GabaritId>> {
    let lieux = [compte_rendu.etablissement_id.uuid(), compte_rendu.centre_3c_id.uuid()];
    let candidats = store::publies(op, genre, lieux)?;
    Ok(model::applicable(candidats, date_paris(op.maintenant)).map(|gabarit| gabarit.id))
}

/// The source of a version. Needs no right of its own: for the rendering of documents.
pub fn source(op: &mut Op<'_>, id: GabaritId) -> Resultat<String> {
    store::source(op, id)?.ok_or_else(|| GabaritError::Introuvable.into())
}

/// Writes down that a template could not lay out a compte-rendu.
pub fn noter_echec(op: &mut Op<'_>, gabarit_id: GabaritId, compte_rendu_id: CompteRenduId, diagnostic: &Diagnostic) -> Resultat<()> {
    op.exiger(Action::GererDiffusion)?;
    let (ligne, colonne) = (diagnostic.ligne.map(i64::from), diagnostic.colonne.map(i64::from));
    let echec = EchecGabarit { id: op.id(), gabarit_id, compte_rendu_id, ligne, colonne, cree_le: op.maintenant };
    store::noter_echec(op, &echec)
}

/// The failures of the templates that the person manages.
pub fn echecs(op: &mut Op<'_>, pagination: &Pagination) -> Resultat<Page<EchecGabarit>> {
    op.exiger(Action::GererGabarits)?;
    let apres: Option<EchecGabaritId> = pagination.apres().map_err(ErreurCommune::from)?;
    let vue = vue(op);
    let lignes = store::echecs(op, &vue, apres, pagination.limite() + 1)?;
    Ok(Page::depuis(lignes, pagination.limite(), |echec| echec.id))
}

/// What the person sees; agrees with [`visible`].
fn vue(op: &Op<'_>) -> Vue {
    Vue {
        tout: op.acteur.peut_sur(Action::GererGabarits, &Portee::Region.rattachement()),
        lieux: op.acteur.sujets(Action::GererGabarits).ids,
    }
}

/// What the region has published is shown to all who write templates; the rest, to those in charge of its
/// scope.
fn visible(op: &mut Op<'_>, id: GabaritId) -> Resultat<Gabarit> {
    op.exiger(Action::GererGabarits)?;
    let gabarit = store::trouver(op, id)?.ok_or(GabaritError::Introuvable)?;
    let regional = gabarit.portee == Portee::Region && gabarit.etat != EtatGabarit::Brouillon;
    let visible = regional || op.acteur.peut_sur(Action::GererGabarits, &gabarit.portee.rattachement());
    if visible { Ok(gabarit) } else { Err(GabaritError::Introuvable.into()) }
}

/// A version read at `lue` that the person is about to change.
fn a_changer(op: &mut Op<'_>, id: GabaritId, lue: i64) -> Resultat<Gabarit> {
    let gabarit = visible(op, id)?;
    op.exiger_sur(Action::GererGabarits, &gabarit.portee.rattachement())?;
    if gabarit.version == lue { Ok(gabarit) } else { Err(ErreurCommune::VersionPerimee { actuelle: gabarit.version }.into()) }
}

/// The templates that match a filter and that the person sees.
pub fn lister(op: &mut Op<'_>, filtre: FiltreGabarits, pagination: &Pagination) -> Resultat<Page<Gabarit>> {
    op.exiger(Action::GererGabarits)?;
    let apres = pagination.apres().map_err(ErreurCommune::from)?;
    let vue = vue(op);
    let lignes = store::lister(op, filtre, &vue, apres, pagination.limite() + 1)?;
    Ok(Page::depuis(lignes, pagination.limite(), |gabarit| gabarit.id))
}

/// One version with its source.
pub fn lire(op: &mut Op<'_>, id: GabaritId) -> Resultat<GabaritSource> {
    let gabarit = visible(op, id)?;
    Ok(GabaritSource { source: source(op, id)?, gabarit })
}

/// Who looks at the examples and the templates of the program: all who write templates.
pub fn consulter_les_modeles(op: &mut Op<'_>) -> Resultat<()> {
    op.exiger(Action::GererGabarits)
}

/// Writes a draft.
pub fn creer(op: &mut Op<'_>, saisi: &GabaritSaisi) -> Resultat<GabaritSource> {
    op.exiger_sur(Action::GererGabarits, &saisi.portee.rattachement())?;
    exiger_portee(op, saisi.portee)?;
    let numero = store::dernier_numero(op, saisi.genre, saisi.portee)? + 1;
    let gabarit = Gabarit::brouillon(op.id(), numero, saisi, op.acteur.compte, op.maintenant);
    store::inserer(op, &gabarit, &saisi.source)?;
    op.tracer(Evenement::sur("creer", "gabarit", gabarit.id.uuid()).version(gabarit.version))?;
    Ok(GabaritSource { gabarit, source: saisi.source.clone() })
}

fn exiger_portee(op: &mut Op<'_>, portee: Portee) -> Resultat<()> {
    let issue = match portee {
        Portee::Region => return Ok(()),
        Portee::Centre3c(id) => annuaire::centre(op, id).map(drop),
        Portee::Etablissement(id) => annuaire::etablissement(op, id).map(drop),
    };
    match issue {
        Err(Erreur::Refus(refus)) if refus.nature == Nature::Introuvable => {
            Err(Refus::invalide(vec![Faute::new("/portee/id", "inconnu", refus.message)]).into())
        }
        issue => issue,
    }
}

/// Changes a draft that was read at version `lue`.
pub fn modifier(op: &mut Op<'_>, id: GabaritId, lue: i64, modifie: &GabaritModifie) -> Resultat<GabaritSource> {
    let apres = a_changer(op, id, lue)?.modifier(modifie, op.maintenant)?;
    enregistrer(op, "modifier", &apres, lue)?;
    store::changer_source(op, id, &modifie.source)?;
    Ok(GabaritSource { gabarit: apres, source: modifie.source.clone() })
}

/// Throws a draft away.
pub fn supprimer(op: &mut Op<'_>, id: GabaritId, lue: i64) -> Resultat<()> {
    a_changer(op, id, lue)?.exiger_brouillon()?;
    if store::supprimer(op, id, lue)? == 0 {
        return Err(GabaritError::Introuvable.into());
    }
    op.tracer(Evenement::sur("supprimer", "gabarit", id.uuid()).version(lue))
}

/// The draft, read at version `lue`, that is to be tried on every example before [`publier`].
pub fn a_publier(op: &mut Op<'_>, id: GabaritId, lue: i64) -> Resultat<GabaritSource> {
    let gabarit = a_changer(op, id, lue)?;
    gabarit.exiger_brouillon()?;
    Ok(GabaritSource { source: source(op, id)?, gabarit })
}

/// Publishes a draft that was tried at version `lue`, unless the trial found something.
pub fn publier(op: &mut Op<'_>, id: GabaritId, lue: i64, dates: Publication, diagnostics: Vec<Diagnostic>) -> Resultat<Gabarit> {
    let apres = a_changer(op, id, lue)?.publier(dates, diagnostics, date_paris(op.maintenant), op.maintenant)?;
    enregistrer(op, "publier", &apres, lue)?;
    Ok(apres)
}

/// Withdraws a published version: the comptes-rendus validated from now on no longer use it.
pub fn retirer(op: &mut Op<'_>, id: GabaritId, lue: i64) -> Resultat<Gabarit> {
    let apres = a_changer(op, id, lue)?.retirer(op.maintenant)?;
    enregistrer(op, "retirer", &apres, lue)?;
    Ok(apres)
}

fn enregistrer(op: &mut Op<'_>, acte: &str, apres: &Gabarit, lue: i64) -> Resultat<()> {
    if store::enregistrer(op, apres, lue)? == 0 {
        let actuelle = store::trouver(op, apres.id)?.map_or(lue, |gabarit| gabarit.version);
        return Err(ErreurCommune::VersionPerimee { actuelle }.into());
    }
    op.tracer(Evenement::sur(acte, "gabarit", apres.id.uuid()).version(apres.version))
}
