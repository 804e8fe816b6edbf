//! Queries on projects of research, and on the comptes-rendus that an extract is made of.

use super::model::{
    Acte, Approbation, Approbations, Etat, EtatProjet, ExtraitGarde, ExtraitResume, Fin, GenreActeRecherche, PerimetreExtrait, Production,
    Projet, ProjetSaisi,
    manifeste::Exclusion,
    releve::{Fiche, Passage, Personne},
};
use crate::{
    db::{
        Op,
        requete::{Requete, Valeur},
        schema::{extrait_recherche as x, projet_recherche as p, projet_recherche_acte as a},
        types::{At, DbJson, DbUuid, Id, Json},
    },
    enum_sql,
    kernel::{
        Panne, Resultat,
        ids::{CompteId, PatientId, ProjetRechercheId},
    },
};
use chrono::NaiveDate;
use diesel::{
    delete, insert_into,
    prelude::*,
    sql_types::{Date, Nullable, Text},
    update,
};
use uuid::Uuid;

enum_sql!(EtatProjet, GenreActeRecherche);

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = p, treat_none_as_null = true)]
struct Ligne {
    id: ProjetRechercheId,
    demandeur_id: CompteId,
    demandeur_nom: String,
    demande: Json,
    perimetre: Json,
    etat: EtatProjet,
    premiere_par: Option<CompteId>,
    premiere_le: Option<At>,
    seconde_par: Option<CompteId>,
    seconde_le: Option<At>,
    produit_le: Option<At>,
    jusqu_au: Option<At>,
    fin_le: Option<At>,
    motif_fin: Option<String>,
    secret_scelle: Option<String>,
    version: i64,
    cree_le: At,
    modifie_le: At,
}

/// What a state is made of, in columns.
#[derive(Default)]
struct Colonnes {
    premiere: Option<Approbation>,
    seconde: Option<Approbation>,
    production: Option<Production>,
    fin: Option<Fin>,
}

impl From<&Etat> for Colonnes {
    fn from(etat: &Etat) -> Self {
        let vides = Self::default();
        match etat {
            Etat::Soumis => vides,
            Etat::ApprouveUneFois(premiere) => Self { premiere: Some(*premiere), ..vides },
            Etat::Approuve(deux) => Self { premiere: Some(deux.premiere), seconde: Some(deux.seconde), ..vides },
            Etat::Produit(deux, production) => {
                Self { premiere: Some(deux.premiere), seconde: Some(deux.seconde), production: Some(*production), ..vides }
            }
            Etat::Clos(fin) | Etat::Refuse(fin) | Etat::Revoque(fin) => Self { fin: Some(fin.clone()), ..vides },
        }
    }
}

/// The state that a name and columns tell; nothing when they do not agree.
fn etat(nom: EtatProjet, colonnes: Colonnes) -> Option<Etat> {
    let Colonnes { premiere, seconde, production, fin } = colonnes;
    let deux = premiere.zip(seconde).map(|(premiere, seconde)| Approbations { premiere, seconde });
    match nom {
        EtatProjet::Soumis => Some(Etat::Soumis),
        EtatProjet::ApprouveUneFois => premiere.map(Etat::ApprouveUneFois),
        EtatProjet::Approuve => deux.map(Etat::Approuve),
        EtatProjet::Produit => deux.zip(production).map(|(deux, production)| Etat::Produit(deux, production)),
        EtatProjet::Clos => fin.map(Etat::Clos),
        EtatProjet::Refuse => fin.map(Etat::Refuse),
        EtatProjet::Revoque => fin.map(Etat::Revoque),
    }
}

fn ligne(projet: &Projet) -> Resultat<Ligne> {
    let json = |lu: serde_json::Result<serde_json::Value>| lu.map(Json).map_err(|e| Panne::new(format!("projet {}", projet.id), e));
    let colonnes = Colonnes::from(&projet.etat);
    Ok(Ligne {
        id: projet.id,
        demandeur_id: projet.demandeur,
        demandeur_nom: projet.demandeur_nom.clone(),
        demande: json(serde_json::to_value(&projet.demande))?,
        perimetre: json(serde_json::to_value(&projet.perimetre))?,
        etat: projet.etat.nom(),
        premiere_par: colonnes.premiere.map(|une| une.par),
        premiere_le: colonnes.premiere.map(|une| At(une.le)),
        seconde_par: colonnes.seconde.map(|une| une.par),
        seconde_le: colonnes.seconde.map(|une| At(une.le)),
        produit_le: colonnes.production.map(|production| At(production.le)),
        jusqu_au: colonnes.production.map(|production| At(production.jusqu_au)),
        fin_le: colonnes.fin.as_ref().map(|fin| At(fin.le)),
        motif_fin: colonnes.fin.and_then(|fin| fin.motif),
        secret_scelle: projet.secret_scelle.clone(),
        version: projet.version,
        cree_le: At(projet.cree_le),
        modifie_le: At(projet.modifie_le),
    })
}

impl TryFrom<Ligne> for Projet {
    type Error = Panne;

    fn try_from(l: Ligne) -> Result<Self, Panne> {
        let ici = |quoi: &str| format!("projet de recherche {} : {quoi}", l.id);
        let approbation = |par: Option<CompteId>, le: Option<At>| par.zip(le).map(|(par, le)| Approbation { par, le: le.0 });
        let colonnes = Colonnes {
            premiere: approbation(l.premiere_par, l.premiere_le),
            seconde: approbation(l.seconde_par, l.seconde_le),
            production: l.produit_le.zip(l.jusqu_au).map(|(le, jusqu_au)| Production { le: le.0, jusqu_au: jusqu_au.0 }),
            fin: l.fin_le.map(|le| Fin { le: le.0, motif: l.motif_fin.clone() }),
        };
        Ok(Self {
            id: l.id,
            demandeur: l.demandeur_id,
            demandeur_nom: l.demandeur_nom.clone(),
            etat: etat(l.etat, colonnes).ok_or_else(|| Panne::dire(ici("son état se contredit")))?,
            demande: serde_json::from_value::<ProjetSaisi>(l.demande.0.clone()).map_err(|e| Panne::new(ici("demande"), e))?,
            perimetre: serde_json::from_value::<PerimetreExtrait>(l.perimetre.0.clone()).map_err(|e| Panne::new(ici("périmètre"), e))?,
            secret_scelle: l.secret_scelle,
            version: l.version,
            cree_le: l.cree_le.0,
            modifie_le: l.modifie_le.0,
        })
    }
}

pub(super) fn inserer(op: &mut Op<'_>, projet: &Projet) -> Resultat<()> {
    insert_into(p::table).values(&ligne(projet)?).execute(op.conn)?;
    Ok(())
}

/// Zero rows when the version is no longer the one that was read.
pub(super) fn enregistrer(op: &mut Op<'_>, projet: &Projet, lue: i64) -> Resultat<usize> {
    Ok(update(p::table.find(projet.id).filter(p::version.eq(lue))).set(&ligne(projet)?).execute(op.conn)?)
}

pub(super) fn trouver(op: &mut Op<'_>, id: ProjetRechercheId) -> Resultat<Option<Projet>> {
    let ligne: Option<Ligne> = p::table.find(id).select(Ligne::as_select()).first(op.conn).optional()?;
    Ok(ligne.map(Projet::try_from).transpose()?)
}

/// The projects, those of one account or all, the latest first.
pub(super) fn lister(op: &mut Op<'_>, demandeur: Option<CompteId>) -> Resultat<Vec<Projet>> {
    let mut requete = p::table.order((p::cree_le.desc(), p::id.desc())).select(Ligne::as_select()).into_boxed();
    if let Some(demandeur) = demandeur {
        requete = requete.filter(p::demandeur_id.eq(demandeur));
    }
    let lignes: Vec<Ligne> = requete.load(op.conn)?;
    lignes.into_iter().map(|ligne| Ok(Projet::try_from(ligne)?)).collect()
}

/// The projects whose archive has reached its term.
pub(super) fn echus(op: &mut Op<'_>) -> Resultat<Vec<Projet>> {
    let lignes: Vec<Ligne> = p::table
        .filter(p::etat.eq(EtatProjet::Produit))
        .filter(p::jusqu_au.le(At(op.maintenant)))
        .order(p::id)
        .select(Ligne::as_select())
        .load(op.conn)?;
    lignes.into_iter().map(|ligne| Ok(Projet::try_from(ligne)?)).collect()
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = a)]
struct LigneActe {
    id: Id,
    projet_id: ProjetRechercheId,
    acte: GenreActeRecherche,
    texte: Option<String>,
    compte_id: Option<CompteId>,
    nom: String,
    moment: At,
}

/// Writes an act down, as the person who acts.
pub(super) fn noter(op: &mut Op<'_>, id: ProjetRechercheId, acte: &Acte) -> Resultat<()> {
    let ligne = LigneActe {
        id: Id(acte.id),
        projet_id: id,
        acte: acte.acte,
        texte: acte.texte.clone(),
        compte_id: op.acteur.compte,
        nom: acte.nom.clone(),
        moment: At(acte.moment),
    };
    insert_into(a::table).values(&ligne).execute(op.conn)?;
    Ok(())
}

/// What was done of a project, in order.
pub(super) fn actes(op: &mut Op<'_>, id: ProjetRechercheId) -> Resultat<Vec<Acte>> {
    let lignes: Vec<LigneActe> =
        a::table.filter(a::projet_id.eq(id)).order((a::moment, a::id)).select(LigneActe::as_select()).load(op.conn)?;
    Ok(lignes.into_iter().map(|l| Acte { id: l.id.0, acte: l.acte, texte: l.texte, nom: l.nom, moment: l.moment.0 }).collect())
}

pub(super) fn garder(op: &mut Op<'_>, id: ProjetRechercheId, extrait: &ExtraitGarde) -> Resultat<()> {
    let resume = &extrait.resume;
    insert_into(x::table)
        .values((
            (x::projet_id.eq(id), x::nom.eq(&resume.nom), x::taille.eq(resume.taille), x::empreinte.eq(&resume.empreinte)),
            (x::octets.eq(&extrait.octets), x::etabli_le.eq(At(resume.etabli_le))),
        ))
        .execute(op.conn)?;
    Ok(())
}

type LigneExtrait = (String, i64, String, At);

fn resume((nom, taille, empreinte, etabli_le): LigneExtrait) -> ExtraitResume {
    ExtraitResume { nom, taille, empreinte, etabli_le: etabli_le.0 }
}

/// What is said of the archive of a project.
pub(super) fn extrait(op: &mut Op<'_>, id: ProjetRechercheId) -> Resultat<Option<ExtraitResume>> {
    let ligne: Option<LigneExtrait> =
        x::table.find(id).select((x::nom, x::taille, x::empreinte, x::etabli_le)).first(op.conn).optional()?;
    Ok(ligne.map(resume))
}

/// The archive of a project.
pub(super) fn octets(op: &mut Op<'_>, id: ProjetRechercheId) -> Resultat<Option<ExtraitGarde>> {
    let ligne: Option<(LigneExtrait, Vec<u8>)> =
        x::table.find(id).select(((x::nom, x::taille, x::empreinte, x::etabli_le), x::octets)).first(op.conn).optional()?;
    Ok(ligne.map(|(ligne, octets)| ExtraitGarde { resume: resume(ligne), octets }))
}

/// Erases the archive of a project that has ended.
pub(super) fn effacer(op: &mut Op<'_>, id: ProjetRechercheId) -> Resultat<()> {
    delete(x::table.find(id)).execute(op.conn)?;
    Ok(())
}

/// Why the patient `pa` is left out; null for who is taken.
const EXCLUSION: &str = "CASE WHEN pa.fictive THEN 'identite_fictive' \
     WHEN EXISTS (SELECT 1 FROM opposition o WHERE o.patient_id = pa.id AND o.levee_le IS NULL \
         AND o.objet IN ('reutilisation', 'partage_dcc')) THEN 'opposition' \
     WHEN EXISTS (SELECT 1 FROM restriction_acces r WHERE r.patient_id = pa.id AND r.levee_le IS NULL) THEN 'acces_restreint' END";

/// Comptes-rendus that are read at once.
const PAGE: i64 = 500;

#[derive(QueryableByName)]
struct LignePassage {
    #[diesel(sql_type = DbUuid)]
    id: Id,
    #[diesel(sql_type = DbUuid)]
    patient_id: Id,
    #[diesel(sql_type = DbUuid)]
    dossier_id: Id,
    #[diesel(sql_type = Date)]
    date_reunion: NaiveDate,
    #[diesel(sql_type = DbJson)]
    contenu: Json,
    #[diesel(sql_type = Nullable<Text>)]
    departement: Option<String>,
    #[diesel(sql_type = Text)]
    sexe: String,
    #[diesel(sql_type = Date)]
    naissance: NaiveDate,
    #[diesel(sql_type = Nullable<Date>)]
    deces: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Text>)]
    exclusion: Option<String>,
}

/// A compte-rendu of a project, and why its patient is left out.
pub(super) struct Lu {
    pub(super) passage: Passage,
    pub(super) exclusion: Option<Exclusion>,
}

impl TryFrom<LignePassage> for Lu {
    type Error = Panne;

    fn try_from(l: LignePassage) -> Result<Self, Panne> {
        let ici = |quoi: &str| format!("compte-rendu {} : {quoi}", l.id.0);
        let fiche = Fiche::lire(l.contenu.0).map_err(|e| Panne::new(ici("fiche"), e))?;
        let exclusion = l.exclusion.as_deref().map(str::parse).transpose();
        Ok(Self {
            exclusion: exclusion.map_err(|e| Panne::new(ici("exclusion"), e))?,
            passage: Passage {
                personne: Personne {
                    id: PatientId::new(l.patient_id.0),
                    sexe: l.sexe.parse().map_err(|e| Panne::new(ici("sexe"), e))?,
                    naissance: l.naissance,
                    deces: l.deces,
                },
                dossier: l.dossier_id.0.into(),
                date: l.date_reunion,
                departement: l.departement,
                fiche,
            },
        })
    }
}

/// The comptes-rendus in force of a project, discussed or registered, `PAGE` at a time, after one of them. Gives the last one.
pub(super) fn passages(op: &mut Op<'_>, projet: &Projet, apres: Option<Uuid>) -> Resultat<(Vec<Lu>, Option<Uuid>)> {
    let (demande, perimetre) = (&projet.demande, &projet.perimetre);
    let ou = if perimetre.region {
        ""
    } else {
        "AND (c.rcp_id IN (:perimetre_rcp) OR c.centre_3c_id IN (:centres) OR c.etablissement_id IN (:etablissements))"
    };
    let rcp = if demande.rcp.is_empty() { "" } else { "AND c.rcp_id IN (:rcp)" };
    let suite = if apres.is_some() { "AND c.id > :apres" } else { "" };
    let texte = format!(
        "SELECT c.id AS id, c.patient_id AS patient_id, c.dossier_id AS dossier_id, c.date_reunion AS date_reunion, \
             c.contenu AS contenu, f.departement AS departement, pa.sexe AS sexe, pa.date_naissance AS naissance, \
             pa.decede_le AS deces, {EXCLUSION} AS exclusion \
         FROM compte_rendu c JOIN patient pa ON pa.id = c.patient_id \
         LEFT JOIN fait_passage f ON f.date_reunion = c.date_reunion AND f.compte_rendu_id = c.id \
         WHERE c.courant AND c.statut_cas <> 'reporte' AND c.date_reunion BETWEEN :du AND :au {ou} {rcp} {suite} \
         ORDER BY c.id LIMIT :limite"
    );
    let liste = |ids: &mut dyn Iterator<Item = Uuid>| ids.map(Valeur::Identifiant).collect::<Vec<_>>();
    let mut requete = Requete::new(texte)
        .avec("du", Valeur::Jour(demande.du))
        .avec("au", Valeur::Jour(demande.au))
        .avec("limite", Valeur::Entier(PAGE))
        .avec_liste("rcp", liste(&mut demande.rcp.iter().map(|id| id.uuid())))
        .avec_liste("perimetre_rcp", liste(&mut perimetre.rcp.iter().map(|id| id.uuid())))
        .avec_liste("centres", liste(&mut perimetre.centres.iter().map(|id| id.uuid())))
        .avec_liste("etablissements", liste(&mut perimetre.etablissements.iter().map(|id| id.uuid())));
    if let Some(apres) = apres {
        requete = requete.avec("apres", Valeur::Identifiant(apres));
    }
    let lignes: Vec<LignePassage> = requete.charger(op.conn)?;
    let derniere = lignes.last().map(|ligne| ligne.id.0);
    let lus: Result<Vec<Lu>, Panne> = lignes.into_iter().map(Lu::try_from).collect();
    Ok((lus?, derniere))
}

#[derive(QueryableByName)]
struct Compte {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    nombre: i64,
}

/// How many of these patients are to be left out at this moment.
pub(super) fn exclus(op: &mut Op<'_>, patients: &[PatientId]) -> Resultat<i64> {
    let mut tous = 0;
    for lot in patients.chunks(usize::try_from(PAGE).unwrap_or(1)) {
        let requete =
            Requete::new(format!("SELECT COUNT(*) AS nombre FROM patient pa WHERE pa.id IN (:patients) AND ({EXCLUSION}) IS NOT NULL"));
        let lot = lot.iter().map(|id| Valeur::Identifiant(id.uuid())).collect();
        let comptes: Vec<Compte> = requete.avec_liste("patients", lot).charger(op.conn)?;
        tous += comptes.iter().map(|compte| compte.nombre).sum::<i64>();
    }
    Ok(tous)
}
