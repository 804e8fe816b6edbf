//! Queries on the public directories and their imports.

mod recherche;
mod tables;

use super::model::{AnnuaireNationalError, Avancement, Comptes, EtatImport, Fichier, GenreFichier, ImportAnnuaire, RefusDeLigne, Vus};
use crate::{
    db::{
        Op,
        schema::{annuaire_import, annuaire_refus},
        types::At,
    },
    enum_sql,
    kernel::{Instant, Resultat, ids::ImportAnnuaireId},
};
use diesel::{dsl::max, insert_into, prelude::*, update};

pub(super) use recherche::{bals_de_structures, bals_des_personnes, identifications, lieux, specialites};
pub(super) use tables::{Activites, Bals, Connue, SavoirFaires, Structures, Table};

enum_sql!(GenreFichier, EtatImport);

#[derive(Queryable, Selectable)]
#[diesel(table_name = annuaire_import)]
struct LigneImport {
    id: ImportAnnuaireId,
    numero: i64,
    genre: GenreFichier,
    fichier: String,
    empreinte: String,
    octets: i64,
    etat: EtatImport,
    octets_lus: i64,
    lignes: i64,
    ajoutees: i64,
    modifiees: i64,
    inchangees: i64,
    reapparues: i64,
    disparues: i64,
    doublons: i64,
    refusees: i64,
    debut_le: At,
    modifie_le: At,
    fin_le: Option<At>,
}

impl From<LigneImport> for ImportAnnuaire {
    fn from(l: LigneImport) -> Self {
        Self {
            id: l.id,
            numero: l.numero,
            genre: l.genre,
            fichier: l.fichier,
            empreinte: l.empreinte,
            octets: l.octets,
            octets_lus: l.octets_lus,
            etat: l.etat,
            comptes: Comptes {
                lignes: l.lignes,
                ajoutees: l.ajoutees,
                modifiees: l.modifiees,
                inchangees: l.inchangees,
                reapparues: l.reapparues,
                disparues: l.disparues,
                doublons: l.doublons,
                refusees: l.refusees,
            },
            debut_le: l.debut_le.0,
            modifie_le: l.modifie_le.0,
            fin_le: l.fin_le.map(Instant::from),
        }
    }
}

/// Imports, the newest first.
pub(super) fn imports(op: &mut Op<'_>, avant: Option<ImportAnnuaireId>, limite: i64) -> Resultat<Vec<ImportAnnuaire>> {
    let mut requete = annuaire_import::table.order(annuaire_import::id.desc()).limit(limite).select(LigneImport::as_select()).into_boxed();
    if let Some(avant) = avant {
        requete = requete.filter(annuaire_import::id.lt(avant));
    }
    let lignes: Vec<LigneImport> = requete.load(op.conn)?;
    Ok(lignes.into_iter().map(ImportAnnuaire::from).collect())
}

pub(super) fn import(op: &mut Op<'_>, id: ImportAnnuaireId) -> Resultat<Option<ImportAnnuaire>> {
    let ligne = annuaire_import::table.find(id).select(LigneImport::as_select()).first(op.conn).optional()?;
    Ok(ligne.map(ImportAnnuaire::from))
}

/// The last import of a kind that is over.
pub(super) fn dernier_termine(op: &mut Op<'_>, genre: GenreFichier) -> Resultat<Option<ImportAnnuaire>> {
    let ligne = annuaire_import::table
        .filter(annuaire_import::genre.eq(genre))
        .filter(annuaire_import::etat.eq(EtatImport::Termine))
        .order(annuaire_import::numero.desc())
        .select(LigneImport::as_select())
        .first(op.conn)
        .optional()?;
    Ok(ligne.map(ImportAnnuaire::from))
}

/// The import of a kind that is not over, with the rows it has met.
pub(super) fn ouvert(op: &mut Op<'_>, genre: GenreFichier) -> Resultat<Option<(ImportAnnuaire, Vus)>> {
    let ligne: Option<(LigneImport, Vec<u8>)> = annuaire_import::table
        .filter(annuaire_import::genre.eq(genre))
        .filter(annuaire_import::etat.eq_any([EtatImport::EnCours, EtatImport::Suspendu]))
        .select((LigneImport::as_select(), annuaire_import::vus))
        .first(op.conn)
        .optional()?;
    Ok(ligne.map(|(ligne, vus)| (ligne.into(), Vus::depuis(vus))))
}

/// Opens an import.
pub(super) fn ouvrir(op: &mut Op<'_>, fichier: &Fichier) -> Resultat<ImportAnnuaire> {
    let dernier: Option<i64> = annuaire_import::table.select(max(annuaire_import::numero)).first(op.conn)?;
    let import = ImportAnnuaire {
        id: op.id(),
        numero: dernier.unwrap_or(0) + 1,
        genre: fichier.genre,
        fichier: fichier.nom.clone(),
        empreinte: fichier.empreinte.clone(),
        octets: fichier.octets,
        octets_lus: 0,
        etat: EtatImport::EnCours,
        comptes: Comptes::default(),
        debut_le: op.maintenant,
        modifie_le: op.maintenant,
        fin_le: None,
    };
    insert_into(annuaire_import::table)
        .values((
            annuaire_import::id.eq(import.id),
            annuaire_import::numero.eq(import.numero),
            annuaire_import::genre.eq(import.genre),
            annuaire_import::fichier.eq(&import.fichier),
            annuaire_import::empreinte.eq(&import.empreinte),
            annuaire_import::octets.eq(import.octets),
            annuaire_import::etat.eq(import.etat),
            (
                annuaire_import::octets_lus.eq(0),
                annuaire_import::lignes.eq(0),
                annuaire_import::ajoutees.eq(0),
                annuaire_import::modifiees.eq(0),
                annuaire_import::inchangees.eq(0),
                annuaire_import::reapparues.eq(0),
                annuaire_import::disparues.eq(0),
                annuaire_import::doublons.eq(0),
                annuaire_import::refusees.eq(0),
            ),
            annuaire_import::vus.eq(Vec::<u8>::new()),
            annuaire_import::debut_le.eq(At(import.debut_le)),
            annuaire_import::modifie_le.eq(At(import.modifie_le)),
        ))
        .execute(op.conn)?;
    Ok(import)
}

/// Writes how far an import has come since `avant`; refuses when another process has moved it.
pub(super) fn avancer(op: &mut Op<'_>, avant: &ImportAnnuaire, apres: &Avancement) -> Resultat<()> {
    let (import, c) = (&apres.import, &apres.import.comptes);
    let ici = annuaire_import::table
        .find(import.id)
        .filter(annuaire_import::octets_lus.eq(avant.octets_lus))
        .filter(annuaire_import::etat.eq(avant.etat))
        .filter(annuaire_import::disparues.eq(avant.comptes.disparues));
    let ecrites = update(ici)
        .set((
            annuaire_import::etat.eq(import.etat),
            annuaire_import::octets_lus.eq(import.octets_lus),
            annuaire_import::lignes.eq(c.lignes),
            annuaire_import::ajoutees.eq(c.ajoutees),
            annuaire_import::modifiees.eq(c.modifiees),
            annuaire_import::inchangees.eq(c.inchangees),
            annuaire_import::reapparues.eq(c.reapparues),
            annuaire_import::disparues.eq(c.disparues),
            annuaire_import::doublons.eq(c.doublons),
            annuaire_import::refusees.eq(c.refusees),
            annuaire_import::vus.eq(apres.vus.octets()),
            annuaire_import::modifie_le.eq(At(import.modifie_le)),
            annuaire_import::fin_le.eq(import.fin_le.map(At)),
        ))
        .execute(op.conn)?;
    if ecrites == 0 { Err(AnnuaireNationalError::ImportConcurrent.into()) } else { Ok(()) }
}

/// Gives an open import up.
pub(super) fn abandonner(op: &mut Op<'_>, id: ImportAnnuaireId) -> Resultat<()> {
    update(annuaire_import::table.find(id))
        .set((
            annuaire_import::etat.eq(EtatImport::Abandonne),
            annuaire_import::vus.eq(Vec::<u8>::new()),
            annuaire_import::modifie_le.eq(At(op.maintenant)),
        ))
        .execute(op.conn)?;
    Ok(())
}

/// Keeps refused lines.
pub(super) fn garder_les_refus(op: &mut Op<'_>, import: ImportAnnuaireId, refus: &[RefusDeLigne]) -> Resultat<()> {
    for refusee in refus {
        insert_into(annuaire_refus::table)
            .values((
                annuaire_refus::import_id.eq(import),
                annuaire_refus::ligne.eq(refusee.ligne),
                annuaire_refus::code.eq(&refusee.code),
                annuaire_refus::motif.eq(&refusee.motif),
            ))
            .execute(op.conn)?;
    }
    Ok(())
}

/// Refused lines of an import after one, in the order of the file.
pub(super) fn refus(op: &mut Op<'_>, import: ImportAnnuaireId, apres: i64, limite: i64) -> Resultat<Vec<RefusDeLigne>> {
    let lignes: Vec<(i64, String, String)> = annuaire_refus::table
        .filter(annuaire_refus::import_id.eq(import))
        .filter(annuaire_refus::ligne.gt(apres))
        .order(annuaire_refus::ligne)
        .limit(limite)
        .select((annuaire_refus::ligne, annuaire_refus::code, annuaire_refus::motif))
        .load(op.conn)?;
    Ok(lignes.into_iter().map(|(ligne, code, motif)| RefusDeLigne { ligne, code, motif }).collect())
}
