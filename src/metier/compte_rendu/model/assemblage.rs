//! From what the meeting left to what the compte-rendu says: pure.

use super::{
    MoyenParticipation, NatureDocument, StatutCas,
    contenu::{
        Cas, CentreRendu, ContenuCompteRendu, EnTete, FORMAT, IdentifiantLocal, Intervenants, MEDECIN_TRAITANT, MatriculeIns, PatientRendu,
        RcpRendue, ReunionRendue, Validation,
    },
    fiche::{ExtraitFiche, G8Rendu, StatutG8},
    participants::{Correspondant, Etablissement, Participant, Participants, Professionnel},
    proposition::{ClauseRendue, PropositionRendue, QuorumRendu, ReferentielRendu, RegleComparee},
};
use crate::{
    kernel::{
        Panne,
        clock::date_paris,
        ids::{EtablissementId, PraticienId},
    },
    metier::{
        annuaire::model::{self as annuaire, Centre3c, PROFESSION_MEDECIN, Praticien},
        fiche::model::{
            Fiche,
            g8::{self, EtatG8},
            lecture::BlocLu,
        },
        inscription::model::{AvisEcrit, EtatInscription, Inscription, MotifReport},
        patient::model::{self as patients, Dossier, Patient},
        quorum::model::{ClauseEvaluee, Intervalle, ResultatQuorum},
        rcp::model::Rcp,
        reunion::model::{Presence, Reunion, StatutPresence},
    },
};
use chrono::NaiveDate;
use serde_json::Value;
use std::collections::BTreeMap;

/// Everything a content is made of, as it stands when a person validates.
pub struct Pieces<'a> {
    /// Which document this is.
    pub document: EnTete,
    /// The patient.
    pub patient: &'a Patient,
    /// Those to be told.
    pub envois: Envois<'a>,
    /// The dossier.
    pub dossier: &'a Dossier,
    /// The fiche.
    pub fiche: &'a Fiche,
    /// What its blocks say, in words.
    pub blocs: Vec<BlocLu>,
    /// The RCP.
    pub rcp: &'a Rcp,
    /// The 3C of the RCP.
    pub centre: &'a Centre3c,
    /// The coordinator of the RCP.
    pub coordonnateur: Option<PraticienId>,
    /// The meeting.
    pub reunion: &'a Reunion,
    /// The attendance of the meeting.
    pub presences: &'a [Presence],
    /// The registration.
    pub inscription: &'a Inscription,
    /// What was done of the case.
    pub statut: StatutCas,
    /// The composition of the case by the rule of the RCP and by those it is compared with.
    pub comparaisons: Vec<RegleComparee>,
    /// The written opinions on the case.
    pub avis: &'a [AvisEcrit],
    /// Every professional and établissement that is named.
    pub bottin: &'a Bottin,
    /// Who validates.
    pub validation: Validation,
}

/// The part of the directory that a content names.
#[derive(Debug, Clone, Default)]
pub struct Bottin {
    /// Professionals.
    pub praticiens: BTreeMap<PraticienId, Praticien>,
    /// Établissements.
    pub etablissements: BTreeMap<EtablissementId, annuaire::Etablissement>,
}

impl Bottin {
    /// An établissement as the documents name one.
    pub fn etablissement(&self, id: EtablissementId) -> Result<Etablissement, Panne> {
        let e = self.etablissements.get(&id).ok_or_else(|| Panne::dire(format!("établissement {id} absent de l'annuaire")))?;
        Ok(Etablissement {
            id,
            finess: e.saisi.finess.to_string(),
            raison_sociale: e.saisi.raison_sociale.clone(),
            adresse: e.saisi.adresse.clone(),
            code_postal: e.saisi.code_postal.clone(),
            commune: e.saisi.commune.clone(),
        })
    }

    /// A professional as the documents name one.
    pub fn professionnel(&self, id: PraticienId) -> Result<Professionnel, Panne> {
        let p = self.praticiens.get(&id).ok_or_else(|| Panne::dire(format!("professionnel {id} absent de l'annuaire")))?;
        Ok(Professionnel {
            praticien_id: id,
            rpps: p.saisi.rpps.as_ref().map(ToString::to_string),
            civilite: p.saisi.civilite.clone(),
            titre: p.saisi.titre.clone(),
            nom: p.saisi.nom.clone(),
            prenom: p.saisi.prenom.clone(),
            nom_complet: p.nom_complet(),
            profession: p.saisi.profession.as_str().into(),
            specialite: p.saisi.specialite.as_deref().map(Into::into),
            etablissement: p.saisi.etablissement_id.map(|id| self.etablissement(id)).transpose()?,
            telephone: p.saisi.telephone.clone(),
        })
    }
}

impl ContenuCompteRendu {
    /// Makes the content of the pieces. Codes come without labels: see [`ContenuCompteRendu::codes`].
    pub fn assembler(pieces: Pieces<'_>) -> Result<Self, Panne> {
        let p = &pieces;
        Ok(Self {
            format: FORMAT,
            document: p.document.clone(),
            patient: PatientRendu::de(p.patient, date_paris(p.reunion.debut), p.bottin)?,
            rcp: rcp(p)?,
            reunion: ReunionRendue {
                id: p.reunion.id,
                debut: p.reunion.debut,
                fin: p.reunion.fin,
                date: date_paris(p.reunion.debut),
                lieu: p.reunion.lieu.clone(),
            },
            intervenants: Intervenants {
                coordonnateur: p.coordonnateur.map(|id| p.bottin.professionnel(id)).transpose()?,
                demandeur: p.bottin.professionnel(p.inscription.demandeur_id)?,
                presentateur: p.inscription.presentateur_id.map(|id| p.bottin.professionnel(id)).transpose()?,
                medecin_traitant: p.patient.medecin_traitant_id.map(|id| p.bottin.professionnel(id)).transpose()?,
            },
            participants: participants(p)?,
            cas: cas(p),
            referentiel: p.inscription.referentiel.as_ref().filter(|_| p.statut == StatutCas::Enregistre).map(|r| ReferentielRendu {
                nom: r.nom.clone(),
                version: r.version.clone(),
                date: r.date,
            }),
            quorum: quorum_compte(p).map(|q| quorum(q, p)),
            proposition: proposition(p)?,
            fiche: fiche(p)?,
            fiche_id: p.fiche.id,
            validation: p.validation.clone(),
        })
    }
}

impl PatientRendu {
    /// A patient as identified now, for a meeting of that date.
    pub fn de(patient: &Patient, date: NaiveDate, bottin: &Bottin) -> Result<Self, Panne> {
        let ipp = |local: &patients::IdentifiantLocal| -> Result<_, Panne> {
            Ok(IdentifiantLocal { finess: bottin.etablissement(local.etablissement_id)?.finess, ipp: local.ipp.clone() })
        };
        Ok(Self {
            id: patient.id,
            nom_naissance: patient.nom_naissance.clone(),
            nom_utilise: patient.nom_utilise.clone(),
            prenoms: patient.prenoms.clone(),
            premier_prenom: patient.premier_prenom.clone(),
            prenom_utilise: patient.prenom_utilise.clone(),
            sexe: patient.sexe,
            date_naissance: patient.date_naissance,
            age: patient.age_au(date),
            lieu_naissance: patient.lieu_naissance.clone(),
            statut_identite: patient.statut_identite,
            ins: patient.ins_utilisable().map(|(ins, oid)| MatriculeIns { valeur: ins.to_string(), oid: oid.to_string() }),
            ipp: patient.identifiants.iter().map(ipp).collect::<Result<_, _>>()?,
            adresse: patient.adresse.clone(),
            code_postal: patient.code_postal.clone(),
            commune: patient.commune.clone(),
            telephone: patient.telephone.clone(),
        })
    }
}

fn rcp(p: &Pieces<'_>) -> Result<RcpRendue, Panne> {
    let r = &p.rcp.saisie;
    Ok(RcpRendue {
        id: p.rcp.id,
        code: r.code.clone(),
        nom: r.nom.clone(),
        acronyme: r.acronyme.clone(),
        type_rcp: r.type_rcp.to_string(),
        theme: r.theme.clone(),
        niveau: Some(r.niveau.to_string()),
        expertise: r.expertise,
        numero_rrc: r.numero_rrc.clone(),
        numero_gestionnaire: r.numero_gestionnaire.clone(),
        numero_national: r.numero_national.clone(),
        etablissement: p.bottin.etablissement(r.etablissement_id)?,
        centre_3c: CentreRendu { id: p.centre.id, code: p.centre.saisi.code.clone(), nom: p.centre.saisi.nom.clone() },
    })
}

/// The quorum of a case that was discussed; the others are not counted.
fn quorum_compte<'a>(p: &Pieces<'a>) -> Option<&'a ResultatQuorum> {
    p.inscription.quorum.as_ref().filter(|_| p.statut == StatutCas::Discute)
}

fn cas(p: &Pieces<'_>) -> Cas {
    let i = p.inscription;
    let reporte = p.statut == StatutCas::Reporte;
    let motif = |code: &String| code.parse::<MotifReport>().map_or_else(|_| code.clone(), |motif| motif.libelle().to_owned());
    Cas {
        inscription_id: i.id,
        dossier_id: i.dossier_id,
        dossier: p.dossier.libelle.clone(),
        rang: i.rang,
        statut: p.statut,
        nature: NatureDocument::de(p.statut, quorum_compte(p).map(|q| q.has.et(q.composition))),
        motif_report: i.motif.as_ref().filter(|_| reporte).map(motif),
        precision_report: i.precision_motif.clone().filter(|_| reporte),
        commentaire: i.commentaire.clone(),
    }
}

fn quorum(q: &ResultatQuorum, p: &Pieces<'_>) -> QuorumRendu {
    let clause = |c: &ClauseEvaluee| ClauseRendue {
        id: c.id.clone(),
        libelle: c.libelle.clone(),
        niveau: c.niveau.to_string(),
        satisfaite: c.satisfaite,
        praticien_id: c.praticien_id,
        par: c.praticien_id.and_then(|id| p.bottin.praticiens.get(&id)).map(Praticien::nom_complet),
        moyen: c.par,
    };
    QuorumRendu {
        regle_code: q.regle_code.clone(),
        regle_version: q.regle_version.clone(),
        has: q.has,
        composition: q.composition,
        groupes_has: q.groupes_has.clone(),
        clauses: q.clauses.iter().map(clause).collect(),
        manquantes: q.manquantes.clone(),
        comparaisons: p.comparaisons.clone(),
    }
}

/// The proposal, read through its JSON form: same names, and codes that wait for their labels. What
/// was noted of a case before it was postponed is no proposal.
fn proposition(p: &Pieces<'_>) -> Result<Option<PropositionRendue>, Panne> {
    let Some(proposition) = p.inscription.proposition.as_ref().filter(|_| p.statut != StatutCas::Reporte) else { return Ok(None) };
    let relue = serde_json::to_value(proposition).and_then(serde_json::from_value);
    relue.map(Some).map_err(|e| Panne::new(format!("inscription {} : proposition", p.inscription.id), e))
}

fn fiche(p: &Pieces<'_>) -> Result<ExtraitFiche, Panne> {
    let illisible = |e| Panne::new(format!("fiche {} : contenu", p.fiche.id), e);
    let mut contenu = p.fiche.contenu.clone();
    sans_valeurs_nulles(&mut contenu);
    let mut extrait: ExtraitFiche = serde_json::from_value(contenu).map_err(illisible)?;
    extrait.blocs.clone_from(&p.blocs);
    extrait.modele_code.clone_from(&p.fiche.modele_code);
    extrait.modele_version.clone_from(&p.fiche.modele_version);
    extrait.g8 = G8Rendu::de(&p.fiche.contenu, p.patient.age_au(date_paris(p.reunion.debut)));
    Ok(extrait)
}

/// A member without a value is an absent member.
fn sans_valeurs_nulles(valeur: &mut Value) {
    match valeur {
        Value::Object(membres) => {
            membres.retain(|_, membre| !membre.is_null());
            membres.values_mut().for_each(sans_valeurs_nulles);
        }
        Value::Array(elements) => elements.iter_mut().for_each(sans_valeurs_nulles),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

impl G8Rendu {
    /// The G8 of a fiche for a patient of that age at the meeting.
    #[must_use]
    pub fn de(contenu: &Value, age: u32) -> Self {
        let etat = g8::evaluer(contenu, age);
        let texte = |cle: &str| contenu.pointer(&format!("/evaluation/g8/{cle}")).and_then(Value::as_str);
        Self {
            statut: StatutG8::from(etat),
            demi_points: match etat {
                EtatG8::Fait(score) => Some(score.demi_points),
                EtatG8::NonConcerne | EtatG8::NonFait | EtatG8::Incomplet => None,
            },
            variante: texte("variante").map(str::to_owned),
            date: texte("date").and_then(|date| date.parse().ok()),
        }
    }
}

impl From<EtatG8> for StatutG8 {
    fn from(etat: EtatG8) -> Self {
        match etat {
            EtatG8::NonConcerne => Self::NonConcerne,
            EtatG8::NonFait => Self::NonFait,
            EtatG8::Incomplet => Self::Incomplet,
            EtatG8::Fait(_) => Self::Fait,
        }
    }
}

impl StatutCas {
    /// What was done of a registration; nothing for one that was withdrawn or not dealt with.
    #[must_use]
    pub const fn de(etat: EtatInscription) -> Option<Self> {
        match etat {
            EtatInscription::Discutee => Some(Self::Discute),
            EtatInscription::Enregistree => Some(Self::Enregistre),
            EtatInscription::Reportee => Some(Self::Reporte),
            EtatInscription::Inscrite | EtatInscription::Retiree => None,
        }
    }
}

/// Somebody who attended or wrote.
struct Venu {
    praticien_id: PraticienId,
    moyen: MoyenParticipation,
    /// Took part in the whole of the discussion, or wrote an opinion on it.
    au_cas: bool,
}

/// The three lists. Counted are those whom the rules of the quorum count: doctors who attended the
/// whole discussion of the case, and whoever holds a place of the composition, in session or in
/// writing. Somebody who had left before the discussion or came after it took no part in the case.
fn participants(p: &Pieces<'_>) -> Result<Participants, Panne> {
    let mut liste = Participants { correspondants: p.envois.correspondants(p.bottin)?, ..Participants::default() };
    for venu in venus(p) {
        let professionnel = p.bottin.professionnel(venu.praticien_id)?;
        let clause = quorum_compte(p).and_then(|q| q.clauses.iter().find(|c| c.praticien_id == Some(venu.praticien_id)));
        let medecin = professionnel.profession.code == PROFESSION_MEDECIN && professionnel.specialite.is_some();
        let en_seance = venu.moyen != MoyenParticipation::AvisEcrit;
        let compte = quorum_compte(p).is_some() && venu.au_cas && (clause.is_some() || (medecin && en_seance));
        let avis = p.avis.iter().find(|a| a.praticien_id == venu.praticien_id);
        let participant = Participant {
            professionnel,
            moyen: venu.moyen,
            clause: clause.map(|c| c.libelle.clone()),
            avis: avis.map(|a| a.texte.clone()),
            avis_recu_le: avis.map(|a| a.recu_le),
        };
        if compte { liste.quorum.push(participant) } else { liste.autres.push(participant) }
    }
    let cle = |p: &Participant| (p.professionnel.nom.to_uppercase(), p.professionnel.prenom.clone(), p.professionnel.praticien_id);
    liste.quorum.sort_by_key(cle);
    liste.autres.sort_by_key(cle);
    Ok(liste)
}

/// Each person once: who attended and wrote besides, attended.
fn venus(p: &Pieces<'_>) -> Vec<Venu> {
    let discussion = p.inscription.discussion();
    let mut venus: Vec<Venu> = p
        .presences
        .iter()
        .filter(|presence| discussion.is_none_or(|d| croise(d, presence)))
        .filter_map(|presence| {
            let moyen = match presence.statut {
                StatutPresence::Present => MoyenParticipation::Presence,
                StatutPresence::Visio => MoyenParticipation::Visio,
                StatutPresence::Attendu | StatutPresence::Excuse | StatutPresence::Absent => return None,
            };
            let au_cas = discussion.is_none_or(|d| d.couvert(presence.arrivee, presence.depart));
            Some(Venu { praticien_id: presence.praticien_id, moyen, au_cas })
        })
        .collect();
    for avis in p.avis {
        if !venus.iter().any(|venu| venu.praticien_id == avis.praticien_id) {
            venus.push(Venu { praticien_id: avis.praticien_id, moyen: MoyenParticipation::AvisEcrit, au_cas: true });
        }
    }
    venus
}

/// True when the person was there during some of the discussion.
fn croise(discussion: Intervalle, presence: &Presence) -> bool {
    presence.arrivee.is_none_or(|arrivee| arrivee <= discussion.fin) && presence.depart.is_none_or(|depart| depart >= discussion.debut)
}

/// What the list of those to be told is made of.
pub struct Envois<'a> {
    /// The patient.
    pub patient: &'a Patient,
    /// The patient's correspondents.
    pub correspondants: &'a [patients::Correspondant],
    /// True when the patient opposes the sending to the médecin traitant.
    pub oppose_au_medecin_traitant: bool,
    /// The doctor who asked for the opinion.
    pub demandeur: PraticienId,
}

impl Envois<'_> {
    /// Those to be told, each once, under the first of the qualities: médecin traitant, demandeur,
    /// correspondent.
    pub fn correspondants(&self, bottin: &Bottin) -> Result<Vec<Correspondant>, Panne> {
        let traitant = self.patient.medecin_traitant_id;
        let mut choisis: Vec<(PraticienId, String)> = Vec::new();
        let tous = traitant
            .filter(|_| !self.oppose_au_medecin_traitant)
            .map(|id| (id, MEDECIN_TRAITANT.to_owned()))
            .into_iter()
            .chain([(self.demandeur, "demandeur".to_owned())])
            .chain(self.correspondants.iter().filter(|c| Some(c.praticien_id) != traitant).map(|c| (c.praticien_id, c.qualite.clone())));
        for (id, qualite) in tous {
            if !choisis.iter().any(|(deja, _)| *deja == id) {
                choisis.push((id, qualite));
            }
        }
        choisis.into_iter().map(|(id, qualite)| Ok(Correspondant { professionnel: bottin.professionnel(id)?, qualite })).collect()
    }
}
