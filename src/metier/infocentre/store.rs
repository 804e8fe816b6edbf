//! Queries of the infocentre: the texts are in `sql`, here they get their values and become counts
//! and rows.

mod denombrement;
pub(super) mod gel;
pub(super) mod instantane;
mod sql;

pub(super) use denombrement::{Groupes, compter, compter_sur};

use super::model::{
    AUCUN, Axe, ClasseAge, Cle, Curseur, EntiteComptee, Indicateur, LigneComptee, ObjetCompte, ParticipationComptee, PassageCompte,
    Periode, Portee, ReunionComptee, Selection,
};
use crate::{
    db::{
        Op,
        requete::{Requete, Valeur},
        schema::{centre_3c, etablissement, praticien, rcp, territoire},
        types::{At, DbInstant, DbUuid, Id},
    },
    kernel::{
        Panne, Resultat,
        ids::{CompteRenduId, InstantaneId, PraticienId, PresenceId, RcpId, ReunionId},
    },
    metier::diffusion::model::Comptage,
};
use chrono::NaiveDate;
use diesel::{
    deserialize::QueryableByName,
    prelude::*,
    sql_types::{BigInt, Bool, Date, Nullable, Text},
};
use sql::{Demande, Socle};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What is counted, and for whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cadre<'a> {
    pub(super) selection: &'a Selection,
    pub(super) jours: Periode,
    pub(super) portee: &'a Portee,
    /// What was frozen, in the place of the tables of the service.
    pub(super) instantane: Option<InstantaneId>,
}

impl<'a> Cadre<'a> {
    fn demande(&self) -> Demande<'a> {
        let socle = if self.instantane.is_some() { Socle::Instantane } else { Socle::Vif };
        Demande { selection: self.selection, portee: self.portee, socle }
    }

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
        if let Some(id) = self.instantane {
            requete = requete.avec("instantane", Valeur::Identifiant(id.uuid()));
        }
        for (axe, cle) in &s.filtres {
            let valeur = match cle {
                Cle::Identifiant(id) => Valeur::Identifiant(*id),
                Cle::Texte(texte) => Valeur::Texte(texte.clone()),
                Cle::Aucune | Cle::Tranche(_) | Cle::Ages(_) => continue,
            };
            requete = requete.avec(sql::parametre(*axe), valeur);
        }
        self.donner_la_portee(requete)
    }

    /// Gives the parts of the period, when an axis cuts time.
    fn donner_les_tranches(&self, mut requete: Requete, axe: Axe) -> Requete {
        let tranches = axe.pas().map(|pas| self.selection.periode.tranches(pas)).unwrap_or_default();
        for (rang, tranche) in tranches.into_iter().enumerate() {
            let (debut, fin) = tranche.periode().moments();
            requete = requete
                .avec(format!("tranche{rang}"), Valeur::Texte(tranche.to_string()))
                .avec(format!("premier{rang}"), Valeur::Jour(tranche.periode().du()))
                .avec(format!("dernier{rang}"), Valeur::Jour(tranche.periode().au()))
                .avec(format!("debut{rang}"), Valeur::Moment(debut))
                .avec(format!("fin{rang}"), Valeur::Moment(fin));
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
    let lignes: Vec<LigneDiffusion> =
        cadre.donner_les_tranches(cadre.requete(sql::diffusions(&cadre.demande(), axe)), axe).charger(op.conn)?;
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
        Axe::Etablissement | Axe::Demandeur => noms!(etablissement, finess, raison_sociale),
        Axe::Territoire => noms!(territoire, code, nom),
        Axe::Praticien => {
            let lignes: Vec<(Id, Option<String>, String, String)> = praticien::table
                .filter(praticien::id.eq_any(ids))
                .select((praticien::id, praticien::rpps, praticien::nom, praticien::prenom))
                .load(op.conn)?;
            lignes.into_iter().map(|(id, rpps, nom, prenom)| (id, rpps.unwrap_or_default(), format!("{nom} {prenom}"))).collect()
        }
        Axe::Region
        | Axe::Theme
        | Axe::Type
        | Axe::Niveau
        | Axe::Mois
        | Axe::Trimestre
        | Axe::Annee
        | Axe::Departement
        | Axe::Sexe
        | Axe::ClasseAge
        | Axe::Localisation
        | Axe::MotifReport
        | Axe::Specialite
        | Axe::ModeExercice => Vec::new(),
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
    #[diesel(sql_type = Nullable<BigInt>)]
    valeur: Option<i64>,
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
            valeur: l.valeur,
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
struct LigneParticipation {
    #[diesel(sql_type = DbUuid)]
    id: PresenceId,
    #[diesel(sql_type = DbUuid)]
    reunion_id: ReunionId,
    #[diesel(sql_type = DbUuid)]
    rcp_id: RcpId,
    #[diesel(sql_type = Text)]
    rcp: String,
    #[diesel(sql_type = DbInstant)]
    debut: At,
    #[diesel(sql_type = DbUuid)]
    praticien_id: PraticienId,
    #[diesel(sql_type = Text)]
    praticien: String,
    #[diesel(sql_type = Nullable<Text>)]
    specialite: Option<String>,
    #[diesel(sql_type = Text)]
    mode_exercice: String,
    #[diesel(sql_type = Bool)]
    visio: bool,
    #[diesel(sql_type = BigInt)]
    minutes: i64,
    #[diesel(sql_type = BigInt)]
    nb_participations: i64,
    #[diesel(sql_type = Bool)]
    numerateur: bool,
}

impl From<LigneParticipation> for LigneComptee {
    fn from(l: LigneParticipation) -> Self {
        Self::Participation(ParticipationComptee {
            presence_id: l.id,
            reunion_id: l.reunion_id,
            rcp_id: l.rcp_id,
            rcp: l.rcp,
            debut: l.debut.0,
            praticien_id: l.praticien_id,
            praticien: l.praticien,
            specialite: l.specialite,
            mode_exercice: l.mode_exercice,
            visio: l.visio,
            minutes: l.minutes,
            nb_participations: l.nb_participations,
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
    let (demande, suite) = (cadre.demande(), apres.is_some());
    let texte = match objet {
        ObjetCompte::Passage => sql::passages(&demande, &comptage, false, suite),
        ObjetCompte::Patient => sql::passages(&demande, &comptage, true, suite),
        ObjetCompte::Reunion => sql::reunions(&demande, &comptage, suite),
        ObjetCompte::Participation => sql::participations(&demande, &comptage, false, suite),
        ObjetCompte::Participant => sql::participations(&demande, &comptage, true, suite),
        ObjetCompte::Entite if indicateur == Indicateur::NbEntitesAnnuaire => sql::entites_de_l_annuaire(&demande, suite),
        ObjetCompte::Entite => sql::entites_reunies(&demande, &comptage, suite),
    };
    let requete = donner_le_curseur(cadre.requete(texte).avec("limite", Valeur::Entier(limite)), apres);
    match objet {
        ObjetCompte::Passage | ObjetCompte::Patient => charger::<LignePassage>(op, &requete),
        ObjetCompte::Reunion => charger::<LigneReunion>(op, &requete),
        ObjetCompte::Participation | ObjetCompte::Participant => charger::<LigneParticipation>(op, &requete),
        ObjetCompte::Entite => charger::<LigneEntite>(op, &requete),
    }
}

fn donner_le_curseur(requete: Requete, apres: Option<Curseur>) -> Requete {
    match apres {
        None => requete,
        Some(Curseur::Passage(jour, id)) => requete.avec("apres_jour", Valeur::Jour(jour)).avec("apres_id", Valeur::Identifiant(id.uuid())),
        Some(Curseur::Reunion(moment, id)) => {
            requete.avec("apres_moment", Valeur::Moment(moment)).avec("apres_id", Valeur::Identifiant(id))
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
