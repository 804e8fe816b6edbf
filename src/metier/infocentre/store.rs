//! Queries of the infocentre: the texts are in `sql`, here they get their values and become counts
//! and rows.

mod sql;

use super::model::{
    AUCUN, Axe, ClasseAge, CompteEntites, ComptesPassages, ComptesReunions, Curseur, EntiteComptee, FiltreTerritoire, Indicateur,
    LigneComptee, ObjetCompte, PassageCompte, Periode, Portee, ReunionComptee, Selection,
};
use crate::{
    db::{
        Op,
        requete::{Requete, Valeur},
        schema::{centre_3c, etablissement, rcp, territoire},
        types::{At, DbInstant, DbUuid, Id},
    },
    kernel::{
        Panne, Resultat,
        ids::{Centre3cId, CompteRenduId, EtablissementId, RcpId, ReunionId},
    },
    metier::diffusion::model::Comptage,
};
use chrono::NaiveDate;
use diesel::{
    deserialize::QueryableByName,
    prelude::*,
    sql_types::{BigInt, Bool, Date, Nullable, Text},
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What is counted, and for whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cadre<'a> {
    pub(super) selection: &'a Selection,
    pub(super) jours: Periode,
    pub(super) portee: &'a Portee,
}

impl Cadre<'_> {
    /// Gives every value that a text of `sql` may name.
    fn requete(&self, texte: String) -> Requete {
        let s = self.selection;
        let (debut, fin) = self.jours.moments();
        let mut requete = Requete::new(texte)
            .avec("premier_jour", Valeur::Jour(s.periode.du()))
            .avec("du", Valeur::Jour(self.jours.du()))
            .avec("au", Valeur::Jour(self.jours.au()))
            .avec("debut", Valeur::Moment(debut))
            .avec("fin", Valeur::Moment(fin));
        for (rang, mois) in s.periode.mois().into_iter().enumerate() {
            let (debut, fin) = mois.periode().moments();
            requete = requete
                .avec(format!("mois{rang}"), Valeur::Texte(mois.to_string()))
                .avec(format!("premier{rang}"), Valeur::Jour(mois.periode().du()))
                .avec(format!("dernier{rang}"), Valeur::Jour(mois.periode().au()))
                .avec(format!("debut{rang}"), Valeur::Moment(debut))
                .avec(format!("fin{rang}"), Valeur::Moment(fin));
        }
        self.donner_la_portee(self.donner_les_filtres(requete))
    }

    fn donner_les_filtres(&self, mut requete: Requete) -> Requete {
        let s = self.selection;
        let territoire = match s.territoire {
            Some(FiltreTerritoire::Seul(id)) => Some(id.uuid()),
            Some(FiltreTerritoire::Aucun) | None => None,
        };
        let identifiants = [
            ("rcp", s.rcp.map(RcpId::uuid)),
            ("centre_3c", s.centre_3c.map(Centre3cId::uuid)),
            ("etablissement", s.etablissement.map(EtablissementId::uuid)),
            ("territoire", territoire),
        ];
        for (nom, id) in identifiants {
            requete = requete.avec_liste(nom, id.map(Valeur::Identifiant).into_iter().collect());
        }
        for (nom, texte) in [("theme", &s.theme), ("type_rcp", &s.type_rcp)] {
            requete = requete.avec_liste(nom, texte.clone().map(Valeur::Texte).into_iter().collect());
        }
        requete
    }

    fn donner_la_portee(&self, requete: Requete) -> Requete {
        match self.portee {
            Portee::Region => requete,
            Portee::Parties { rcp, centres, etablissements } => requete
                .avec_liste("vus_rcp", rcp.iter().map(|id| Valeur::Identifiant(id.uuid())).collect())
                .avec_liste("vus_centres", centres.iter().map(|id| Valeur::Identifiant(id.uuid())).collect())
                .avec_liste("vus_etablissements", etablissements.iter().map(|id| Valeur::Identifiant(id.uuid())).collect()),
        }
    }
}

/// Counts by group, and all groups together.
#[derive(Debug, Clone, Default)]
pub(super) struct Groupes<T> {
    pub(super) lignes: BTreeMap<String, T>,
    pub(super) total: T,
}

impl<T: Default> Groupes<T> {
    fn depuis<L>(lignes: Vec<L>, lire: impl Fn(L) -> (bool, Option<String>, T)) -> Self {
        let mut groupes = Self { lignes: BTreeMap::new(), total: T::default() };
        for (total, cle, comptes) in lignes.into_iter().map(lire) {
            if total {
                groupes.total = comptes;
            } else {
                groupes.lignes.insert(cle.unwrap_or_else(|| AUCUN.to_owned()), comptes);
            }
        }
        groupes
    }
}

#[derive(QueryableByName)]
struct LigneComptesPassages {
    #[diesel(sql_type = Bool)]
    total: bool,
    #[diesel(sql_type = Nullable<Text>)]
    cle: Option<String>,
    #[diesel(sql_type = BigInt)]
    cr: i64,
    #[diesel(sql_type = BigInt)]
    discutes: i64,
    #[diesel(sql_type = BigInt)]
    enregistres: i64,
    #[diesel(sql_type = BigInt)]
    reportes: i64,
    #[diesel(sql_type = BigInt)]
    patients: i64,
    #[diesel(sql_type = BigInt)]
    nouveaux: i64,
    #[diesel(sql_type = BigInt)]
    discutes_hors_expertise: i64,
    #[diesel(sql_type = BigInt)]
    quorum_has: i64,
    #[diesel(sql_type = BigInt)]
    quorum_regle: i64,
    #[diesel(sql_type = BigInt)]
    envoyes: i64,
    #[diesel(sql_type = BigInt)]
    ages: i64,
    #[diesel(sql_type = BigInt)]
    g8: i64,
}

/// What is counted on comptes-rendus.
pub(super) fn comptes_passages(op: &mut Op<'_>, cadre: &Cadre<'_>, axe: Axe) -> Resultat<Groupes<ComptesPassages>> {
    let requete = cadre.requete(sql::comptes_passages(cadre.selection, cadre.portee, axe));
    let lignes: Vec<LigneComptesPassages> = requete.charger(op.conn)?;
    Ok(Groupes::depuis(lignes, |l| {
        let comptes = ComptesPassages {
            cr: l.cr,
            discutes: l.discutes,
            enregistres: l.enregistres,
            reportes: l.reportes,
            patients: l.patients,
            nouveaux: l.nouveaux,
            discutes_hors_expertise: l.discutes_hors_expertise,
            quorum_has: l.quorum_has,
            quorum_regle: l.quorum_regle,
            envoyes: l.envoyes,
            ages: l.ages,
            g8: l.g8,
        };
        (l.total, l.cle, comptes)
    }))
}

#[derive(QueryableByName)]
struct LigneComptesReunions {
    #[diesel(sql_type = Bool)]
    total: bool,
    #[diesel(sql_type = Nullable<Text>)]
    cle: Option<String>,
    #[diesel(sql_type = BigInt)]
    entites: i64,
    #[diesel(sql_type = BigInt)]
    reunions: i64,
    #[diesel(sql_type = BigInt)]
    annulees: i64,
    #[diesel(sql_type = BigInt)]
    visio: i64,
    #[diesel(sql_type = BigInt)]
    avec_discussion: i64,
    #[diesel(sql_type = BigInt)]
    quorum_has: i64,
    #[diesel(sql_type = BigInt)]
    quorum_regle: i64,
}

/// What is counted on meetings.
pub(super) fn comptes_reunions(op: &mut Op<'_>, cadre: &Cadre<'_>, axe: Axe) -> Resultat<Groupes<ComptesReunions>> {
    let requete = cadre.requete(sql::comptes_reunions(cadre.selection, cadre.portee, axe));
    let lignes: Vec<LigneComptesReunions> = requete.charger(op.conn)?;
    Ok(Groupes::depuis(lignes, |l| {
        let comptes = ComptesReunions {
            entites: l.entites,
            reunions: l.reunions,
            annulees: l.annulees,
            visio: l.visio,
            avec_discussion: l.avec_discussion,
            quorum_has: l.quorum_has,
            quorum_regle: l.quorum_regle,
        };
        (l.total, l.cle, comptes)
    }))
}

#[derive(QueryableByName)]
struct LigneCompteEntites {
    #[diesel(sql_type = Bool)]
    total: bool,
    #[diesel(sql_type = Nullable<Text>)]
    cle: Option<String>,
    #[diesel(sql_type = BigInt)]
    entites: i64,
}

/// RCP entities of the directory.
pub(super) fn comptes_entites(op: &mut Op<'_>, cadre: &Cadre<'_>, axe: Axe) -> Resultat<Groupes<CompteEntites>> {
    let requete = cadre.requete(sql::comptes_entites(cadre.selection, cadre.portee, axe));
    let lignes: Vec<LigneCompteEntites> = requete.charger(op.conn)?;
    Ok(Groupes::depuis(lignes, |l| (l.total, l.cle, CompteEntites(l.entites))))
}

#[derive(QueryableByName)]
struct LigneDiffusion {
    #[diesel(sql_type = Nullable<Text>)]
    cle: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    etat: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    canal: Option<String>,
    #[diesel(sql_type = BigInt)]
    nombre: i64,
    #[diesel(sql_type = BigInt)]
    attendus: i64,
}

/// Deliveries, by group.
pub(super) fn diffusions(op: &mut Op<'_>, cadre: &Cadre<'_>, axe: Axe) -> Resultat<BTreeMap<String, Comptage>> {
    let lignes: Vec<LigneDiffusion> = cadre.requete(sql::diffusions(cadre.selection, cadre.portee, axe)).charger(op.conn)?;
    let mut groupes: BTreeMap<String, Comptage> = BTreeMap::new();
    for ligne in lignes {
        let groupe = groupes.entry(ligne.cle.unwrap_or_else(|| AUCUN.to_owned())).or_default();
        if let Some((etat, canal)) = ligne.etat.zip(ligne.canal) {
            let inconnu = |e| Panne::new("état ou canal d'une diffusion", e);
            groupe.lignes.push((etat.parse().map_err(inconnu)?, canal.parse().map_err(inconnu)?, ligne.nombre));
        } else {
            (groupe.versions, groupe.produites) = (ligne.nombre, ligne.attendus);
        }
    }
    Ok(groupes)
}

/// Code and name of the groups of an axis that the directory names; nothing for the other axes.
pub(super) fn noms(op: &mut Op<'_>, axe: Axe, cles: &[String]) -> Resultat<BTreeMap<String, (String, String)>> {
    let ids: Vec<Id> = cles.iter().filter_map(|cle| cle.parse::<Uuid>().ok().map(Id)).collect();
    macro_rules! noms {
        ($table:ident, $code:ident, $nom:ident) => {
            $table::table.filter($table::id.eq_any(ids)).select(($table::id, $table::$code, $table::$nom)).load(op.conn)?
        };
    }
    let lignes: Vec<(Id, String, String)> = match axe {
        Axe::Rcp => noms!(rcp, code, nom),
        Axe::Centre3c => noms!(centre_3c, code, nom),
        Axe::Etablissement => noms!(etablissement, finess, raison_sociale),
        Axe::Territoire => noms!(territoire, code, nom),
        Axe::Region | Axe::Theme | Axe::Type | Axe::Mois => Vec::new(),
    };
    Ok(lignes.into_iter().map(|(id, code, nom)| (id.0.to_string(), (code, nom))).collect())
}

#[derive(QueryableByName)]
struct LignePassage {
    #[diesel(sql_type = DbUuid)]
    id: CompteRenduId,
    #[diesel(sql_type = DbUuid)]
    reunion_id: ReunionId,
    #[diesel(sql_type = DbUuid)]
    rcp_id: RcpId,
    #[diesel(sql_type = Text)]
    rcp: String,
    #[diesel(sql_type = Date)]
    date_reunion: NaiveDate,
    #[diesel(sql_type = Text)]
    statut_cas: String,
    #[diesel(sql_type = Bool)]
    expertise: bool,
    #[diesel(sql_type = Nullable<Bool>)]
    quorum_has: Option<bool>,
    #[diesel(sql_type = Nullable<Bool>)]
    quorum_regle: Option<bool>,
    #[diesel(sql_type = Text)]
    g8: String,
    #[diesel(sql_type = BigInt)]
    age: i64,
    #[diesel(sql_type = Bool)]
    nouveau: bool,
    #[diesel(sql_type = Bool)]
    envoye: bool,
    #[diesel(sql_type = Bool)]
    numerateur: bool,
    #[diesel(sql_type = BigInt)]
    nb_passages: i64,
}

impl From<LignePassage> for LigneComptee {
    fn from(l: LignePassage) -> Self {
        Self::Passage(PassageCompte {
            compte_rendu_id: l.id,
            reunion_id: l.reunion_id,
            rcp_id: l.rcp_id,
            rcp: l.rcp,
            date: l.date_reunion,
            statut_cas: l.statut_cas,
            expertise: l.expertise,
            quorum_has: l.quorum_has,
            quorum_regle: l.quorum_regle,
            g8: l.g8,
            classe_age: ClasseAge::de(l.age),
            patient_nouveau: l.nouveau,
            envoye_medecin_traitant: l.envoye,
            nb_passages_patient: l.nb_passages,
            numerateur: l.numerateur,
        })
    }
}

#[derive(QueryableByName)]
struct LigneReunion {
    #[diesel(sql_type = DbUuid)]
    id: ReunionId,
    #[diesel(sql_type = DbUuid)]
    rcp_id: RcpId,
    #[diesel(sql_type = Text)]
    rcp: String,
    #[diesel(sql_type = DbInstant)]
    debut: At,
    #[diesel(sql_type = Text)]
    etat: String,
    #[diesel(sql_type = Bool)]
    visio: bool,
    #[diesel(sql_type = Bool)]
    numerateur: bool,
}

impl From<LigneReunion> for LigneComptee {
    fn from(l: LigneReunion) -> Self {
        Self::Reunion(ReunionComptee {
            reunion_id: l.id,
            rcp_id: l.rcp_id,
            rcp: l.rcp,
            debut: l.debut.0,
            etat: l.etat,
            visio: l.visio,
            numerateur: l.numerateur,
        })
    }
}

#[derive(QueryableByName)]
struct LigneEntite {
    #[diesel(sql_type = DbUuid)]
    id: RcpId,
    #[diesel(sql_type = Text)]
    code: String,
    #[diesel(sql_type = Text)]
    rcp: String,
    #[diesel(sql_type = BigInt)]
    reunions: i64,
}

impl From<LigneEntite> for LigneComptee {
    fn from(l: LigneEntite) -> Self {
        Self::Entite(EntiteComptee { rcp_id: l.id, code: l.code, rcp: l.rcp, nb_reunions: l.reunions })
    }
}

/// The rows that an indicator counts, after a cursor; none for a quotient of two others.
pub(super) fn lignes(
    op: &mut Op<'_>,
    cadre: &Cadre<'_>,
    indicateur: Indicateur,
    apres: Option<Curseur>,
    limite: i64,
) -> Resultat<Vec<LigneComptee>> {
    let (Some(objet), Some(comptage)) = (indicateur.objet(), sql::comptage(indicateur)) else { return Ok(Vec::new()) };
    let (s, portee, suite) = (cadre.selection, cadre.portee, apres.is_some());
    let texte = match objet {
        ObjetCompte::Passage => sql::passages(s, portee, &comptage, false, suite),
        ObjetCompte::Patient => sql::passages(s, portee, &comptage, true, suite),
        ObjetCompte::Reunion => sql::reunions(s, portee, &comptage, suite),
        ObjetCompte::Entite if indicateur == Indicateur::NbEntitesAnnuaire => sql::entites_de_l_annuaire(s, portee, suite),
        ObjetCompte::Entite => sql::entites_reunies(s, portee, &comptage, suite),
    };
    let requete = donner_le_curseur(cadre.requete(texte).avec("limite", Valeur::Entier(limite)), apres);
    match objet {
        ObjetCompte::Passage | ObjetCompte::Patient => charger::<LignePassage>(op, &requete),
        ObjetCompte::Reunion => charger::<LigneReunion>(op, &requete),
        ObjetCompte::Entite => charger::<LigneEntite>(op, &requete),
    }
}

fn donner_le_curseur(requete: Requete, apres: Option<Curseur>) -> Requete {
    match apres {
        None => requete,
        Some(Curseur::Passage(jour, id)) => requete.avec("apres_jour", Valeur::Jour(jour)).avec("apres_id", Valeur::Identifiant(id.uuid())),
        Some(Curseur::Reunion(moment, id)) => {
            requete.avec("apres_moment", Valeur::Moment(moment)).avec("apres_id", Valeur::Identifiant(id.uuid()))
        }
        Some(Curseur::Entite(id)) => requete.avec("apres_id", Valeur::Identifiant(id.uuid())),
    }
}

fn charger<L>(op: &mut Op<'_>, requete: &Requete) -> Resultat<Vec<LigneComptee>>
where
    L: QueryableByName<crate::db::MultiBackend> + Into<LigneComptee> + 'static,
{
    Ok(requete.charger::<L>(op.conn)?.into_iter().map(Into::into).collect())
}
