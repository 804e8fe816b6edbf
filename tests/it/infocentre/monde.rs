//! A small world of meetings and comptes-rendus, told as plain data, planted in the database, and
//! counted a second time by hand: what the infocentre answers is compared with [`Monde::compter`].

use crate::support::region::Region;
use chrono::NaiveDate;
use dcc::{
    db::{
        DbConn, Op,
        schema::{compte_rendu, diffusion, dossier, fiche, inscription, patient, presence, rcp, rcp_etablissement, reunion},
        types::{At, Id, Json},
    },
    kernel::{Instant, Resultat, clock::date_paris, ids::PraticienId},
};
use diesel::{delete, insert_into, prelude::*};
use serde_json::json;
use std::collections::{BTreeSet, HashMap, hash_map::Entry};
use uuid::Uuid;

/// An RCP entity. Its comptes-rendus stand at `lieu`; it has moved to `lieu_actuel` since.
#[derive(Debug, Clone)]
pub struct UneRcp {
    pub theme: &'static str,
    pub type_rcp: &'static str,
    pub expertise: bool,
    pub lieu: usize,
    pub lieu_actuel: usize,
    pub validee: bool,
    pub partenaire: Option<usize>,
}

/// A meeting.
#[derive(Debug, Clone)]
pub struct UneReunion {
    pub rcp: usize,
    pub debut: Instant,
    pub etat: &'static str,
    pub visio: bool,
}

/// A compte-rendu.
#[derive(Debug, Clone)]
pub struct UnPassage {
    pub reunion: usize,
    pub patient: usize,
    pub statut: &'static str,
    pub age: i64,
    pub g8: &'static str,
    pub has: Option<bool>,
    pub regle: Option<bool>,
    /// State of the delivery to the médecin traitant, if there is one.
    pub envoi: Option<&'static str>,
    /// A former version, discussed and sent, was corrected.
    pub corrige: bool,
}

/// Everything.
#[derive(Debug, Clone, Default)]
pub struct Monde {
    pub lieux: Vec<Lieu>,
    pub rcp: Vec<UneRcp>,
    pub reunions: Vec<UneReunion>,
    pub passages: Vec<UnPassage>,
}

/// Where an RCP is: an établissement and its 3C, with or without a territoire.
#[derive(Debug, Clone, Copy)]
pub struct Lieu {
    pub region: Region,
    pub avec_territoire: bool,
}

/// Identifiers given at planting, by rank in the world.
#[derive(Debug, Clone, Default)]
pub struct Plantes {
    pub rcp: Vec<Uuid>,
    pub reunions: Vec<Uuid>,
    pub patients: HashMap<usize, Uuid>,
}

/// A filter as the API takes it: axis and key.
pub type Groupe<'a> = (&'a str, &'a str);

impl Monde {
    /// The key of a meeting on an axis.
    fn cle_de_reunion(&self, plantes: &Plantes, axe: &str, rang: usize) -> String {
        let seance = &self.reunions[rang];
        let une = &self.rcp[seance.rcp];
        let fige = self.passages.iter().any(|p| p.reunion == rang);
        self.cle(plantes, axe, seance.rcp, if fige { une.lieu } else { une.lieu_actuel }, date_paris(seance.debut))
    }

    fn cle(&self, plantes: &Plantes, axe: &str, rang_rcp: usize, lieu: usize, date: NaiveDate) -> String {
        let (une, lieu) = (&self.rcp[rang_rcp], &self.lieux[lieu]);
        match axe {
            "region" => "region".to_owned(),
            "rcp" => plantes.rcp[rang_rcp].to_string(),
            "theme" => une.theme.to_owned(),
            "type" => une.type_rcp.to_owned(),
            "centre_3c" => lieu.region.centre.to_string(),
            "etablissement" => lieu.region.etablissement.to_string(),
            "territoire" if lieu.avec_territoire => lieu.region.territoire.to_string(),
            "territoire" => "aucun".to_owned(),
            "mois" => date.format("%Y-%m").to_string(),
            autre => panic!("axe inconnu : {autre}"),
        }
    }

    /// Every count of a group, by hand: code, numerator, denominator (0 for a plain count).
    pub fn compter(
        &self,
        plantes: &Plantes,
        (axe, cle): Groupe<'_>,
        (du, au): (NaiveDate, NaiveDate),
        dans_la_rcp: bool,
    ) -> Vec<(&'static str, usize, usize)> {
        let du_jour = |rang: usize| date_paris(self.reunions[rang].debut);
        let dans = |rang: usize| du <= du_jour(rang) && du_jour(rang) <= au;
        let du_groupe = |rang: usize| self.cle_de_reunion(plantes, axe, rang) == cle;
        let cas: Vec<&UnPassage> = self.passages.iter().filter(|p| dans(p.reunion) && du_groupe(p.reunion)).collect();
        let cr: Vec<&UnPassage> = cas.iter().copied().filter(|p| p.statut != "reporte").collect();
        let deja_vu = |p: &UnPassage| {
            self.passages.iter().any(|a| {
                let meme_rcp = self.reunions[a.reunion].rcp == self.reunions[p.reunion].rcp;
                a.patient == p.patient && a.statut != "reporte" && du_jour(a.reunion) < du && (meme_rcp || !dans_la_rcp)
            })
        };
        let patients =
            |choisis: &dyn Fn(&UnPassage) -> bool| cr.iter().filter(|p| choisis(p)).map(|p| p.patient).collect::<BTreeSet<_>>().len();
        let discutes = |rang: usize| self.passages.iter().filter(move |p| p.reunion == rang && p.statut == "discute");
        let hors_expertise: Vec<&UnPassage> =
            cas.iter().copied().filter(|p| p.statut == "discute" && !self.rcp[self.reunions[p.reunion].rcp].expertise).collect();
        let seances = |etats: &'static [&'static str]| {
            (0..self.reunions.len())
                .filter(move |r| etats.contains(&self.reunions[*r].etat) && dans(*r) && du_groupe(*r))
                .collect::<Vec<_>>()
        };
        let tenues = seances(&["close", "validee"]);
        let avec_discussion: Vec<usize> =
            tenues.iter().copied().filter(|r| !self.rcp[self.reunions[*r].rcp].expertise && discutes(*r).count() > 0).collect();
        let ages: Vec<&UnPassage> = cr.iter().copied().filter(|p| p.age >= 75).collect();
        let annuaire = (0..self.rcp.len())
            .filter(|r| self.rcp[*r].validee && (axe == "mois" || self.cle(plantes, axe, *r, self.rcp[*r].lieu_actuel, du) == cle));
        vec![
            ("NB_ENTITES", tenues.iter().map(|r| self.reunions[*r].rcp).collect::<BTreeSet<_>>().len(), 0),
            ("NB_ENTITES_ANNUAIRE", annuaire.count(), 0),
            ("NB_REUNIONS", tenues.len(), 0),
            ("NB_REUNIONS_ANNULEES", seances(&["annulee"]).len(), 0),
            ("NB_CR", cr.len(), 0),
            ("NB_DISCUTES", cas.iter().filter(|p| p.statut == "discute").count(), 0),
            ("NB_ENREGISTRES", cas.iter().filter(|p| p.statut == "enregistre").count(), 0),
            ("NB_REPORTES", cas.iter().filter(|p| p.statut == "reporte").count(), 0),
            ("NB_PATIENTS", patients(&|_| true), 0),
            ("NB_NOUVEAUX", patients(&|p| !deja_vu(p)), 0),
            ("PASSAGES_PAR_PATIENT", cr.len(), patients(&|_| true)),
            ("CR_PAR_REUNION", cr.len(), tenues.len()),
            ("TX_QUORUM_HAS", hors_expertise.iter().filter(|p| p.has == Some(true)).count(), hors_expertise.len()),
            (
                "TX_QUORUM_HAS_REUNIONS",
                avec_discussion.iter().filter(|r| discutes(**r).all(|p| p.has == Some(true))).count(),
                avec_discussion.len(),
            ),
            ("TX_QUORUM_REGLE", hors_expertise.iter().filter(|p| p.regle == Some(true)).count(), hors_expertise.len()),
            (
                "TX_QUORUM_REGLE_REUNIONS",
                avec_discussion.iter().filter(|r| discutes(**r).all(|p| p.regle == Some(true))).count(),
                avec_discussion.len(),
            ),
            ("TX_VISIO", tenues.iter().filter(|r| self.reunions[**r].visio).count(), tenues.len()),
            (
                "TX_CR_ENVOYES_MT",
                cr.iter().filter(|p| matches!(p.envoi, Some("acceptee" | "remise" | "lue" | "integree" | "postee"))).count(),
                cr.len(),
            ),
            ("TX_G8_75", ages.iter().filter(|p| p.g8 == "fait").count(), ages.len()),
        ]
    }

    /// Plants the world in the database. `praticiens`: a médecin traitant, and two who attend.
    pub fn planter(&self, op: &mut Op<'_>, praticiens: &[PraticienId; 3]) -> Resultat<Plantes> {
        for lieu in self.lieux.iter().filter(|lieu| !lieu.avec_territoire) {
            use dcc::db::schema::etablissement;
            diesel::update(etablissement::table.find(lieu.region.etablissement))
                .set(etablissement::territoire_id.eq(None::<Id>))
                .execute(op.conn)?;
        }
        let mut plantes = Plantes::default();
        for (rang, une) in self.rcp.iter().enumerate() {
            plantes.rcp.push(self.planter_rcp(op, rang, une)?);
        }
        for seance in &self.reunions {
            let id = planter_reunion(op, seance, plantes.rcp[seance.rcp], praticiens)?;
            plantes.reunions.push(id);
        }
        let mut fiches = HashMap::new();
        for passage in &self.passages {
            if let Entry::Vacant(place) = plantes.patients.entry(passage.patient) {
                let (un_patient, fiche) = planter_patient(op, passage)?;
                place.insert(un_patient);
                fiches.insert(passage.patient, fiche);
            }
            self.planter_passage(op, passage, &plantes, fiches[&passage.patient], praticiens)?;
        }
        Ok(plantes)
    }

    fn planter_rcp(&self, op: &mut Op<'_>, rang: usize, une: &UneRcp) -> Resultat<Uuid> {
        let id = op.id();
        let lieu = &self.lieux[une.lieu_actuel].region;
        let lignes = (
            (rcp::id.eq(Id(id)), rcp::code.eq(format!("RCP{rang}")), rcp::nom.eq(format!("RCP d'essai {rang}"))),
            (rcp::recherche.eq("RCP"), rcp::type_rcp.eq(une.type_rcp), rcp::nature.eq("appareil_organe"), rcp::organes.eq(Json(json!([])))),
            (rcp::theme.eq(une.theme), rcp::niveau.eq("local"), rcp::expertise.eq(une.expertise)),
            (rcp::centre_3c_id.eq(lieu.centre), rcp::etablissement_id.eq(lieu.etablissement), rcp::secretariat.eq(Json(json!({})))),
            (rcp::delai_inscription_heures.eq(48), rcp::regle_quorum.eq("socle"), rcp::modele_fiche.eq("socle-frcp")),
            (rcp::etat.eq(if une.validee { "validee" } else { "suspendue" }), rcp::version.eq(1)),
            (rcp::cree_le.eq(At(op.maintenant)), rcp::modifie_le.eq(At(op.maintenant))),
        );
        insert_into(rcp::table).values(lignes).execute(op.conn)?;
        if let Some(partenaire) = une.partenaire {
            let partenaire = self.lieux[partenaire].region.etablissement;
            insert_into(rcp_etablissement::table)
                .values((rcp_etablissement::rcp_id.eq(Id(id)), rcp_etablissement::etablissement_id.eq(partenaire)))
                .execute(op.conn)?;
        }
        Ok(id)
    }

    fn planter_passage(
        &self,
        op: &mut Op<'_>,
        passage: &UnPassage,
        plantes: &Plantes,
        (dossier, fiche): (Uuid, Uuid),
        praticiens: &[PraticienId; 3],
    ) -> Resultat<()> {
        let (ensemble, inscription): (Uuid, Uuid) = (op.id(), op.id());
        let lieu = &self.lieux[self.rcp[self.reunions[passage.reunion].rcp].lieu];
        let un_patient = plantes.patients[&passage.patient];
        let etat = match passage.statut {
            "reporte" => "reportee",
            "enregistre" => "enregistree",
            _ => "discutee",
        };
        let lignes = (
            (inscription::id.eq(Id(inscription)), inscription::reunion_id.eq(Id(plantes.reunions[passage.reunion]))),
            (inscription::fiche_id.eq(Id(fiche)), inscription::dossier_id.eq(Id(dossier)), inscription::patient_id.eq(Id(un_patient))),
            (inscription::demandeur_id.eq(praticiens[1]), inscription::rang.eq(1), inscription::etat.eq(etat)),
            (inscription::motif.eq("essai"), inscription::referentiel.eq(Json(json!({}))), inscription::version.eq(1)),
            (inscription::cree_le.eq(At(op.maintenant)), inscription::modifie_le.eq(At(op.maintenant))),
        );
        insert_into(inscription::table).values(lignes).execute(op.conn)?;
        let ancienne = UnPassage { statut: "discute", envoi: Some("acceptee"), has: Some(true), g8: "fait", ..passage.clone() };
        let versions: &[&UnPassage] = if passage.corrige { &[&ancienne, passage] } else { &[passage] };
        for (rang, version) in versions.iter().enumerate() {
            let id = op.id();
            self.planter_version(op, version, plantes, lieu, (id, inscription, ensemble, dossier), (rang, rang + 1 == versions.len()))?;
            if let Some(etat) = version.envoi {
                planter_envoi(op, id, un_patient, praticiens[0], etat)?;
            }
        }
        Ok(())
    }

    fn planter_version(
        &self,
        op: &mut Op<'_>,
        passage: &UnPassage,
        plantes: &Plantes,
        lieu: &Lieu,
        (id, inscription, ensemble, dossier): (Uuid, Uuid, Uuid, Uuid),
        (rang, courante): (usize, bool),
    ) -> Resultat<()> {
        use compte_rendu as c;
        let seance = &self.reunions[passage.reunion];
        let une = &self.rcp[seance.rcp];
        let demandeur: Id = plantes_demandeur(op)?;
        let lignes = (
            (c::id.eq(Id(id)), c::inscription_id.eq(Id(inscription)), c::reunion_id.eq(Id(plantes.reunions[passage.reunion]))),
            (c::rcp_id.eq(Id(plantes.rcp[seance.rcp])), c::dossier_id.eq(Id(dossier))),
            (c::patient_id.eq(Id(plantes.patients[&passage.patient])), c::set_id.eq(Id(ensemble))),
            (c::numero_version.eq(i64::try_from(rang).unwrap() + 1), c::courant.eq(courante), c::motif_correction.eq("erreur de saisie")),
            (c::contenu.eq(Json(json!({}))), c::empreinte.eq("0"), c::statut_cas.eq(passage.statut)),
            (c::date_reunion.eq(date_paris(seance.debut)), c::centre_3c_id.eq(lieu.region.centre)),
            c::etablissement_id.eq(lieu.region.etablissement),
            c::territoire_id.eq(lieu.avec_territoire.then_some(lieu.region.territoire)),
            (c::theme.eq(une.theme), c::type_rcp.eq(une.type_rcp), c::expertise.eq(une.expertise)),
            (c::demandeur_id.eq(demandeur), c::age.eq(passage.age), c::g8.eq(passage.g8)),
            (c::quorum_has.eq(passage.has), c::quorum_regle.eq(passage.regle), c::valide_le.eq(At(op.maintenant))),
        );
        insert_into(compte_rendu::table).values(lignes).execute(op.conn)?;
        Ok(())
    }
}

fn plantes_demandeur(op: &mut Op<'_>) -> Resultat<Id> {
    use dcc::db::schema::praticien;
    Ok(praticien::table.select(praticien::id).order(praticien::id).first(op.conn)?)
}

fn planter_reunion(op: &mut Op<'_>, seance: &UneReunion, une_rcp: Uuid, praticiens: &[PraticienId; 3]) -> Resultat<Uuid> {
    let id = op.id();
    let lignes = (
        (reunion::id.eq(Id(id)), reunion::rcp_id.eq(Id(une_rcp)), reunion::debut.eq(At(seance.debut))),
        (
            reunion::fin.eq(At(seance.debut + chrono::Duration::hours(1))),
            reunion::etat.eq(seance.etat),
            reunion::motif_annulation.eq("essai"),
        ),
        (reunion::date_limite_inscription.eq(At(seance.debut)), reunion::sequence.eq(1), reunion::version.eq(1)),
        (reunion::close_le.eq(At(op.maintenant)), reunion::validee_le.eq(At(op.maintenant))),
        (reunion::cree_le.eq(At(op.maintenant)), reunion::modifie_le.eq(At(op.maintenant))),
    );
    insert_into(reunion::table).values(lignes).execute(op.conn)?;
    for (rang, praticien) in praticiens.iter().enumerate() {
        let visio = seance.visio && rang > 0;
        let lignes = (
            (presence::id.eq(Id(op.id())), presence::reunion_id.eq(Id(id)), presence::praticien_id.eq(*praticien)),
            (presence::permanent.eq(true), presence::statut.eq(if visio { "visio" } else { "present" })),
            (presence::version.eq(1), presence::modifie_le.eq(At(op.maintenant))),
        );
        insert_into(presence::table).values(lignes).execute(op.conn)?;
    }
    Ok(id)
}

/// Name that every planted patient bears, to look for where it must not be.
pub const NOM: &str = "SYNTHETIQUE";

/// The patient, and the dossier with the fiche.
fn planter_patient(op: &mut Op<'_>, passage: &UnPassage) -> Resultat<(Uuid, (Uuid, Uuid))> {
    let (id, un_dossier, une_fiche): (Uuid, Uuid, Uuid) = (op.id(), op.id(), op.id());
    let lignes = (
        (patient::id.eq(Id(id)), patient::nom_naissance.eq(NOM), patient::prenoms.eq("Essai"), patient::premier_prenom.eq("Essai")),
        (patient::sexe.eq("feminin"), patient::date_naissance.eq(NaiveDate::from_ymd_opt(1950, 1, 1).unwrap())),
        (patient::recherche_nom.eq(NOM), patient::recherche_utilise.eq(NOM), patient::recherche_prenom.eq("ESSAI")),
        (patient::statut_identite.eq("provisoire"), patient::version.eq(i64::try_from(passage.patient).unwrap() + 1)),
        (patient::cree_le.eq(At(op.maintenant)), patient::modifie_le.eq(At(op.maintenant))),
    );
    insert_into(patient::table).values(lignes).execute(op.conn)?;
    let lignes = (
        (dossier::id.eq(Id(un_dossier)), dossier::patient_id.eq(Id(id)), dossier::libelle.eq("Essai"), dossier::etat.eq("ouvert")),
        (dossier::version.eq(1), dossier::cree_le.eq(At(op.maintenant)), dossier::modifie_le.eq(At(op.maintenant))),
    );
    insert_into(dossier::table).values(lignes).execute(op.conn)?;
    let lignes = (
        (fiche::id.eq(Id(une_fiche)), fiche::dossier_id.eq(Id(un_dossier)), fiche::patient_id.eq(Id(id))),
        (fiche::modele_code.eq("socle-frcp"), fiche::modele_version.eq("2025.01"), fiche::contenu.eq(Json(json!({})))),
        (fiche::completude.eq(0), fiche::etat.eq("verrouillee"), fiche::auteur_nom.eq("essai"), fiche::version.eq(1)),
        (fiche::cree_le.eq(At(op.maintenant)), fiche::modifie_le.eq(At(op.maintenant))),
    );
    insert_into(fiche::table).values(lignes).execute(op.conn)?;
    Ok((id, (un_dossier, une_fiche)))
}

fn planter_envoi(op: &mut Op<'_>, compte_rendu: Uuid, un_patient: Uuid, praticien: PraticienId, etat: &str) -> Resultat<()> {
    let lignes = (
        (diffusion::id.eq(Id(op.id())), diffusion::compte_rendu_id.eq(Id(compte_rendu)), diffusion::patient_id.eq(Id(un_patient))),
        (diffusion::praticien_id.eq(praticien), diffusion::qualite.eq("medecin_traitant"), diffusion::canal.eq("courrier")),
        (diffusion::etat.eq(etat), diffusion::tentatives.eq(1), diffusion::version.eq(1), diffusion::envoyee_le.eq(At(op.maintenant))),
        (diffusion::cree_le.eq(At(op.maintenant)), diffusion::modifie_le.eq(At(op.maintenant))),
    );
    insert_into(diffusion::table).values(lignes).execute(op.conn)?;
    Ok(())
}

/// Takes every planted world away. The trigger that keeps comptes-rendus for ever is lifted on this
/// bench first.
pub fn effacer(op: &mut Op<'_>) -> Resultat<()> {
    let lever = match op.conn {
        DbConn::Sqlite(_) => "DROP TRIGGER IF EXISTS compte_rendu_indelebile",
        DbConn::Pg(_) => "DROP TRIGGER IF EXISTS compte_rendu_indelebile ON compte_rendu",
    };
    diesel::sql_query(lever).execute(op.conn)?;
    macro_rules! vider { ($($table:ident),+) => { $(delete($table::table).execute(op.conn)?;)+ } }
    vider!(diffusion, compte_rendu, inscription, fiche, dossier, patient, presence, reunion, rcp_etablissement, rcp);
    Ok(())
}
