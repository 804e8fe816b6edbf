//! Use cases of the public directories.

use super::{
    model::{
        Activite, AnnuaireNationalError, Avancement, BalNationale, Commencement, EtatImport, Fichier, GenreFichier, ImportAnnuaire,
        LieuNational, Lignes, Lot, ProfessionnelNational, RechercheNationale, RefusDeLigne, Vus, trop_de_disparitions,
    },
    store::{self, Activites, Bals, Connue, SavoirFaires, Structures, Table},
};
use crate::{
    db::{Evenement, Op},
    kernel::{
        Action, Instant, Resultat,
        erreur::ErreurCommune,
        ids::ImportAnnuaireId,
        page::{Page, Pagination},
        texte::normaliser,
    },
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Refused lines that an import keeps; beyond, they are counted only.
pub const REFUS_GARDES: i64 = 10_000;
/// Rows looked at in one transaction when the vanished are sought.
const EXAMEN: i64 = 20_000;

/// Begins the import of a file, or goes on with it where it was left. An open import of another file of
/// the kind is given up: its lots stay, and the new file tells what vanished. With `meme_si_fait`, a
/// content that was the last one imported is read again.
pub fn commencer(op: &mut Op<'_>, fichier: &Fichier, meme_si_fait: bool) -> Resultat<Commencement> {
    op.exiger(Action::GererAnnuaire)?;
    if let Some((import, vus)) = store::ouvert(op, fichier.genre)? {
        if import.empreinte == fichier.empreinte {
            let prochain = dernier_numero(op, fichier.genre)? + 1;
            return Ok(Commencement::AFaire(Box::new(Avancement { import, vus, prochain })));
        }
        store::abandonner(op, import.id)?;
        op.tracer(Evenement::sur("abandonner", "annuaire_import", import.id.uuid()))?;
    }
    if !meme_si_fait
        && let Some(dernier) = store::dernier_termine(op, fichier.genre)?
        && dernier.empreinte == fichier.empreinte
    {
        return Ok(Commencement::DejaFait(Box::new(dernier)));
    }
    let import = store::ouvrir(op, fichier)?;
    op.tracer(Evenement::sur("commencer", "annuaire_import", import.id.uuid()))?;
    let prochain = dernier_numero(op, fichier.genre)? + 1;
    Ok(Commencement::AFaire(Box::new(Avancement { import, vus: Vus::default(), prochain })))
}

/// Writes a lot, and how far the file has been read with it.
pub fn verser(op: &mut Op<'_>, avant: &Avancement, lot: &Lot) -> Resultat<Avancement> {
    op.exiger(Action::GererAnnuaire)?;
    let mut apres = avant.clone();
    match &lot.lignes {
        Lignes::Activites(lignes) => verser_dans::<Activites>(op, &mut apres, lignes)?,
        Lignes::SavoirFaire(lignes) => verser_dans::<SavoirFaires>(op, &mut apres, lignes)?,
        Lignes::Bal(lignes) => verser_dans::<Bals>(op, &mut apres, lignes)?,
        Lignes::Structures(lignes) => verser_dans::<Structures>(op, &mut apres, lignes)?,
    }
    let import = &mut apres.import;
    let places = usize::try_from(REFUS_GARDES - import.comptes.refusees).unwrap_or(0);
    store::garder_les_refus(op, import.id, lot.refus.get(..places.min(lot.refus.len())).unwrap_or_default())?;
    import.comptes.lignes += lot.nombre;
    import.comptes.refusees += i64::try_from(lot.refus.len()).unwrap_or(0);
    import.octets_lus = lot.octets_lus;
    import.modifie_le = op.maintenant;
    store::avancer(op, &avant.import, &apres)?;
    Ok(apres)
}

fn verser_dans<T: Table>(op: &mut Op<'_>, etat: &mut Avancement, lignes: &[super::model::Enregistrement<T::Contenu>]) -> Resultat<()> {
    let connues: HashMap<Vec<u8>, Connue> =
        T::connues(op, lignes.iter().map(|e| e.cle.to_vec()).collect())?.into_iter().map(|c| (c.cle.clone(), c)).collect();
    let comptes = &mut etat.import.comptes;
    let mut neuves = HashSet::new();
    let (mut a_ecrire, mut a_effacer) = (Vec::new(), Vec::new());
    for ligne in lignes {
        let Some(connue) = connues.get(ligne.cle.as_slice()) else {
            if !neuves.insert(ligne.cle) {
                comptes.doublons += 1;
                continue;
            }
            comptes.ajoutees += 1;
            etat.vus.marquer(etat.prochain);
            a_ecrire.push((etat.prochain, ligne.clone()));
            etat.prochain += 1;
            continue;
        };
        if etat.vus.contient(connue.numero) {
            comptes.doublons += 1;
            continue;
        }
        etat.vus.marquer(connue.numero);
        if !connue.disparue && connue.empreinte == ligne.empreinte {
            comptes.inchangees += 1;
            continue;
        }
        if connue.disparue {
            comptes.reapparues += 1;
        } else {
            comptes.modifiees += 1;
        }
        a_effacer.push(connue.numero);
        a_ecrire.push((connue.numero, ligne.clone()));
    }
    T::effacer(op, &a_effacer)?;
    T::inserer(op, etat.import.numero, a_ecrire)
}

/// How a step of the search for the vanished ended.
#[derive(Debug, Clone)]
pub enum Disparitions {
    /// There is more to look at, after that row.
    Suite(Box<Avancement>, i64),
    /// Too many lines would vanish: nothing is marked, the import waits.
    Suspendues(Box<Avancement>),
    /// Everything was looked at: the import is over.
    Finies(Box<ImportAnnuaire>),
}

/// Looks, after row `apres`, for what the file no longer holds, once it has been read whole.
/// `admises` says that somebody has agreed that many lines vanish.
pub fn chercher_les_disparues(op: &mut Op<'_>, avant: &Avancement, apres: i64, admises: bool) -> Resultat<Disparitions> {
    op.exiger(Action::GererAnnuaire)?;
    match avant.import.genre {
        GenreFichier::Activites => chercher_dans::<Activites>(op, avant, apres, admises),
        GenreFichier::SavoirFaire => chercher_dans::<SavoirFaires>(op, avant, apres, admises),
        GenreFichier::Bal => chercher_dans::<Bals>(op, avant, apres, admises),
        GenreFichier::Structures => chercher_dans::<Structures>(op, avant, apres, admises),
    }
}

fn chercher_dans<T: Table>(op: &mut Op<'_>, avant: &Avancement, apres: i64, admises: bool) -> Resultat<Disparitions> {
    let mut etat = avant.clone();
    etat.import.modifie_le = op.maintenant;
    if apres == 0 && !admises && avant.import.comptes.disparues == 0 {
        let connues = T::compter(op)?;
        if trop_de_disparitions(connues, connues - etat.vus.nombre()) {
            etat.import.etat = EtatImport::Suspendu;
            store::avancer(op, &avant.import, &etat)?;
            return Ok(Disparitions::Suspendues(Box::new(etat)));
        }
    }
    let presentes = T::presentes(op, apres, EXAMEN)?;
    let absentes: Vec<i64> = presentes.iter().copied().filter(|numero| !etat.vus.contient(*numero)).collect();
    T::faire_disparaitre(op, etat.import.numero, &absentes)?;
    etat.import.comptes.disparues += i64::try_from(absentes.len()).unwrap_or(0);
    if let Some(dernier) = presentes.last() {
        etat.import.etat = EtatImport::EnCours;
        store::avancer(op, &avant.import, &etat)?;
        return Ok(Disparitions::Suite(Box::new(etat), *dernier));
    }
    etat.import.etat = EtatImport::Termine;
    etat.import.fin_le = Some(op.maintenant);
    etat.vus = Vus::default();
    store::avancer(op, &avant.import, &etat)?;
    op.tracer(Evenement::sur("terminer", "annuaire_import", etat.import.id.uuid()))?;
    Ok(Disparitions::Finies(Box::new(etat.import)))
}

fn dernier_numero(op: &mut Op<'_>, genre: GenreFichier) -> Resultat<i64> {
    match genre {
        GenreFichier::Activites => Activites::dernier_numero(op),
        GenreFichier::SavoirFaire => SavoirFaires::dernier_numero(op),
        GenreFichier::Bal => Bals::dernier_numero(op),
        GenreFichier::Structures => Structures::dernier_numero(op),
    }
}

/// Imports, the newest first.
pub fn imports(op: &mut Op<'_>, pagination: &Pagination) -> Resultat<Page<ImportAnnuaire>> {
    op.exiger(Action::GererAnnuaire)?;
    let avant = pagination.apres().map_err(ErreurCommune::from)?;
    let lignes = store::imports(op, avant, pagination.limite() + 1)?;
    Ok(Page::depuis(lignes, pagination.limite(), |import| import.id))
}

/// One import.
pub fn import(op: &mut Op<'_>, id: ImportAnnuaireId) -> Resultat<ImportAnnuaire> {
    op.exiger(Action::GererAnnuaire)?;
    store::import(op, id)?.ok_or_else(|| AnnuaireNationalError::ImportIntrouvable.into())
}

/// Refused lines of an import, in the order of the file.
pub fn refus(op: &mut Op<'_>, id: ImportAnnuaireId, pagination: &Pagination) -> Resultat<Page<RefusDeLigne>> {
    import(op, id)?;
    let apres = pagination.apres().map_err(ErreurCommune::from)?.unwrap_or(0);
    let lignes = store::refus(op, id, apres, pagination.limite() + 1)?;
    Ok(Page::depuis(lignes, pagination.limite(), |refusee| refusee.ligne))
}

/// Professionals of the public directory who match.
pub fn rechercher(op: &mut Op<'_>, recherche: &RechercheNationale, pagination: &Pagination) -> Resultat<Page<ProfessionnelNational>> {
    op.exiger(Action::LireAnnuaire)?;
    let lettres = recherche.nom.as_deref().map_or(0, |nom| normaliser(nom).len());
    if recherche.rpps.is_none() && lettres < 2 {
        return Err(AnnuaireNationalError::RechercheTropLarge.into());
    }
    let suite = pagination.apres().map_err(ErreurCommune::from)?;
    let trouves = store::identifications(op, recherche, suite, pagination.limite() + 1)?;
    let page = Page::depuis(trouves, pagination.limite(), Clone::clone);
    let ids: Vec<String> = page.elements.iter().map(|(_, _, identification)| identification.clone()).collect();
    let connus = professionnels(op, &ids)?;
    Ok(page.map(|(_, _, identification)| identification)).map(|page| Page {
        elements: page.elements.iter().filter_map(|identification| connus.get(identification).cloned()).collect(),
        suivant: page.suivant,
    })
}

/// What the public directory says of a person, even of one who has vanished from it. Needs no right of its own: the other
/// use cases of the directory authorise.
pub fn professionnel(op: &mut Op<'_>, rpps: &str) -> Resultat<Option<ProfessionnelNational>> {
    let identification = format!("8{rpps}");
    Ok(professionnels(op, std::slice::from_ref(&identification))?.remove(&identification))
}

fn professionnels(op: &mut Op<'_>, identifications: &[String]) -> Resultat<BTreeMap<String, ProfessionnelNational>> {
    let mut bals: BTreeMap<String, Vec<BalNationale>> = BTreeMap::new();
    for (titulaire, bal) in store::bals_des_personnes(op, identifications)? {
        bals.entry(titulaire.unwrap_or_default()).or_default().push(bal);
    }
    let mut connus = BTreeMap::new();
    for identification in identifications {
        let lignes = store::lieux(op, identification)?;
        let siennes = bals.remove(identification).unwrap_or_default();
        if let Some(mut connu) = rassembler(lignes, siennes) {
            let declares = store::specialites(op, identification)?;
            connu.savoir_faire = connu.savoir_faire.into_iter().chain(declares).collect::<BTreeSet<_>>().into_iter().collect();
            connus.insert(identification.clone(), connu);
        }
    }
    Ok(connus)
}

/// The lines of one person as one: those in force, or all of them when none is.
fn rassembler(lignes: Vec<(Activite, Option<Instant>)>, bal: Vec<BalNationale>) -> Option<ProfessionnelNational> {
    let disparu_le = if lignes.iter().any(|(_, disparu)| disparu.is_none()) { None } else { lignes.iter().filter_map(|(_, d)| *d).max() };
    let retenues: Vec<Activite> =
        lignes.into_iter().filter(|(_, disparu)| disparu.is_none() || disparu_le.is_some()).map(|(activite, _)| activite).collect();
    let derniere = retenues.last()?.clone();
    let specialites = retenues.iter().filter(|activite| activite.savoir_faire_type.as_deref() == Some("S"));
    Some(ProfessionnelNational {
        identification: derniere.identification,
        rpps: derniere.rpps,
        civilite: derniere.civilite,
        titre: derniere.titre,
        nom: derniere.nom,
        prenom: derniere.prenom,
        profession: derniere.profession,
        savoir_faire: specialites.filter_map(|activite| activite.savoir_faire.clone()).collect(),
        lieux: retenues.into_iter().map(LieuNational::from).collect(),
        bal,
        disparu_le,
    })
}

impl From<Activite> for LieuNational {
    fn from(a: Activite) -> Self {
        Self {
            savoir_faire: a.savoir_faire,
            mode_exercice: a.mode_exercice,
            finess: a.finess,
            structure: a.structure,
            raison_sociale: a.raison_sociale.or(a.enseigne),
            adresse: a.adresse,
            code_postal: a.code_postal,
            commune: a.commune,
            telephone: a.telephone,
        }
    }
}

/// Mailboxes of a person. Needs no right of its own.
pub fn bals_de_la_personne(op: &mut Op<'_>, rpps: &str) -> Resultat<Vec<BalNationale>> {
    Ok(store::bals_des_personnes(op, &[format!("8{rpps}")])?.into_iter().map(|(_, bal)| bal).collect())
}

/// Mailboxes of the organisations where a person practises. Needs no right of its own.
pub fn bals_des_lieux(op: &mut Op<'_>, lieux: &[LieuNational]) -> Resultat<Vec<BalNationale>> {
    let structures: BTreeSet<String> = lieux.iter().filter_map(|lieu| lieu.structure.clone()).collect();
    if structures.is_empty() {
        return Ok(Vec::new());
    }
    store::bals_de_structures(op, &structures.into_iter().collect::<Vec<_>>())
}
