//! Queries of the infocentre: the texts are in `sql`, here they get their values and become counts
//! and rows.

pub(super) mod instantane;
mod sql;

use super::model::{
    AUCUN, Axe, ClasseAge, Cle, Comptes, Curseur, EntiteComptee, Indicateur, LigneComptee, ObjetCompte, ParticipationComptee,
    PassageCompte, Periode, Portee, ReunionComptee, Selection,
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
use sql::{Demande, Place, Socle, Source};
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
    fn demande(&self, axe: Axe) -> Demande<'a> {
        let socle = if self.instantane.is_some() { Socle::Instantane } else { Socle::Vif };
        Demande { selection: self.selection, portee: self.portee, axe, socle }
    }

    /// Gives every value that a text of `sql` may name.
    fn requete(&self, texte: String, axe: Axe) -> Requete {
        let s = self.selection;
        let (debut, fin) = self.jours.moments();
        let mut requete = Requete::new(texte)
            .avec("premier_jour", Valeur::Jour(s.periode.du()))
            .avec("du", Valeur::Jour(self.jours.du()))
            .avec("au", Valeur::Jour(self.jours.au()))
            .avec("debut", Valeur::Moment(debut))
            .avec("fin", Valeur::Moment(fin));
        for (rang, tranche) in axe.pas().map(|pas| s.periode.tranches(pas)).unwrap_or_default().into_iter().enumerate() {
            let (debut, fin) = tranche.periode().moments();
            requete = requete
                .avec(format!("tranche{rang}"), Valeur::Texte(tranche.to_string()))
                .avec(format!("premier{rang}"), Valeur::Jour(tranche.periode().du()))
                .avec(format!("dernier{rang}"), Valeur::Jour(tranche.periode().au()))
                .avec(format!("debut{rang}"), Valeur::Moment(debut))
                .avec(format!("fin{rang}"), Valeur::Moment(fin));
        }
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
pub(super) struct Groupes {
    pub(super) lignes: BTreeMap<String, Comptes>,
    pub(super) total: Comptes,
}

#[derive(QueryableByName)]
struct LigneNombres {
    #[diesel(sql_type = Bool)]
    total: bool,
    #[diesel(sql_type = Nullable<Text>)]
    cle: Option<String>,
    #[diesel(sql_type = Text)]
    nombres: String,
}

impl LigneNombres {
    /// The numbers in the order of the query; nothing where the row does not give one.
    fn lire(&self) -> Result<Vec<Option<i64>>, Panne> {
        let lire = |nombre: &str| match nombre {
            "-" => Ok(None),
            nombre => nombre.parse().map(Some).map_err(|e| Panne::new("nombre de l'infocentre", e)),
        };
        self.nombres.split(' ').map(lire).collect()
    }
}

#[derive(QueryableByName)]
struct LigneRepartition {
    #[diesel(sql_type = Nullable<Text>)]
    cle: Option<String>,
    #[diesel(sql_type = BigInt)]
    valeur: i64,
    #[diesel(sql_type = BigInt)]
    nombre: i64,
}

/// Everything that is counted, by group. What an axis does not share out is counted together.
pub(super) fn compter(op: &mut Op<'_>, cadre: &Cadre<'_>, axe: Axe) -> Resultat<Groupes> {
    let mut groupes = Groupes::default();
    for source in Source::TOUTES {
        let axe = if axe.repartit(source.objet()) { axe } else { Axe::Region };
        denombrer(op, cadre, source, axe, &mut groupes)?;
    }
    // Delays are those of comptes-rendus.
    let axe = if axe.repartit(ObjetCompte::Passage) { axe } else { Axe::Region };
    ranger(op, cadre, axe, &mut groupes)?;
    Ok(groupes)
}

fn denombrer(op: &mut Op<'_>, cadre: &Cadre<'_>, source: Source, axe: Axe, groupes: &mut Groupes) -> Resultat<()> {
    let sql::Comptes { texte, places } = sql::comptes(&cadre.demande(axe), source);
    let lignes: Vec<LigneNombres> = cadre.requete(texte, axe).charger(op.conn)?;
    let mut total: Vec<Option<i64>> = Vec::new();
    let mut somme: Vec<i64> = Vec::new();
    for ligne in &lignes {
        let nombres = ligne.lire()?;
        if ligne.total {
            total = nombres;
            continue;
        }
        somme.resize(nombres.len(), 0);
        for (cumul, nombre) in somme.iter_mut().zip(&nombres) {
            *cumul += nombre.unwrap_or_default();
        }
        let comptes = groupes.lignes.entry(ligne.cle.clone().unwrap_or_else(|| AUCUN.to_owned())).or_default();
        remplir(comptes, &places, |place| nombres.get(place).copied().flatten());
    }
    remplir(&mut groupes.total, &places, |place| total.get(place).copied().flatten().or_else(|| somme.get(place).copied()));
    Ok(())
}

fn remplir(comptes: &mut Comptes, places: &[Place], nombre: impl Fn(usize) -> Option<i64>) {
    for place in places {
        comptes.numerateurs.insert(place.indicateur, nombre(place.numerateur).unwrap_or_default());
        comptes.denominateurs.insert(place.indicateur, nombre(place.denominateur).unwrap_or_default());
    }
}

/// How the delays are shared out.
fn ranger(op: &mut Op<'_>, cadre: &Cadre<'_>, axe: Axe, groupes: &mut Groupes) -> Resultat<()> {
    for (texte, indicateurs) in sql::repartitions(&cadre.demande(axe)) {
        let lignes: Vec<LigneRepartition> = cadre.requete(texte, axe).charger(op.conn)?;
        for indicateur in indicateurs {
            for ligne in &lignes {
                if axe != Axe::Region {
                    let comptes = groupes.lignes.entry(ligne.cle.clone().unwrap_or_else(|| AUCUN.to_owned())).or_default();
                    *comptes.repartitions.entry(indicateur).or_default().entry(ligne.valeur).or_default() += ligne.nombre;
                }
                *groupes.total.repartitions.entry(indicateur).or_default().entry(ligne.valeur).or_default() += ligne.nombre;
            }
        }
    }
    Ok(())
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
    let lignes: Vec<LigneDiffusion> = cadre.requete(sql::diffusions(&cadre.demande(axe)), axe).charger(op.conn)?;
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
    let (demande, suite) = (cadre.demande(Axe::Region), apres.is_some());
    let texte = match objet {
        ObjetCompte::Passage => sql::passages(&demande, &comptage, false, suite),
        ObjetCompte::Patient => sql::passages(&demande, &comptage, true, suite),
        ObjetCompte::Reunion => sql::reunions(&demande, &comptage, suite),
        ObjetCompte::Participation => sql::participations(&demande, &comptage, false, suite),
        ObjetCompte::Participant => sql::participations(&demande, &comptage, true, suite),
        ObjetCompte::Entite if indicateur == Indicateur::NbEntitesAnnuaire => sql::entites_de_l_annuaire(&demande, suite),
        ObjetCompte::Entite => sql::entites_reunies(&demande, &comptage, suite),
    };
    let requete = donner_le_curseur(cadre.requete(texte, Axe::Region).avec("limite", Valeur::Entier(limite)), apres);
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
