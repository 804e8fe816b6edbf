//! Activity, patients, quorum, videoconference.

use super::super::{Definition, Forme, Indicateur, ObjetCompte, Unite};
use super::{HAS, HORS_QUORUM, INCA, NOMBRE, NON_TENUES, REGIONALE, REGLE, REUNIONS, RIEN, TAUX};

pub(super) const ACTIVITE: &[Definition] = &[
    Definition {
        code: Indicateur::NbEntites,
        nom: "RCP actives",
        definition: "RCP ayant tenu au moins une réunion dans la période.",
        numerateur: "RCP distinctes des réunions tenues (closes ou validées).",
        lignes: Some(ObjetCompte::Entite),
        ..REUNIONS
    },
    Definition {
        code: Indicateur::NbEntitesAnnuaire,
        nom: "RCP de l'annuaire",
        definition: "RCP validées à l'annuaire au jour de la demande, qu'elles se soient réunies ou non. Ne dépend ni de la période ni du mois.",
        numerateur: "RCP à l'état validé.",
        exclusions: "RCP en brouillon, suspendues ou fermées.",
        lignes: Some(ObjetCompte::Entite),
        ..REUNIONS
    },
    Definition {
        code: Indicateur::NbReunions,
        nom: "Réunions tenues",
        definition: "Réunions closes ou validées dont la date, en France métropolitaine, tombe dans la période.",
        numerateur: "Réunions tenues.",
        ..REUNIONS
    },
    Definition {
        code: Indicateur::NbReunionsAnnulees,
        nom: "Réunions annulées",
        definition: "Réunions annulées dont la date prévue tombe dans la période.",
        numerateur: "Réunions annulées.",
        exclusions: RIEN,
        ..REUNIONS
    },
    Definition {
        code: Indicateur::NbCr,
        nom: "Comptes-rendus",
        definition: "Comptes-rendus validés, cas discutés et cas enregistrés : chaque passage d'un patient compte pour un.",
        numerateur: "Versions courantes des comptes-rendus validés.",
        ..NOMBRE
    },
    Definition {
        code: Indicateur::NbDiscutes,
        nom: "Cas discutés",
        definition: "Comptes-rendus de cas discutés en réunion.",
        numerateur: "Versions courantes, cas discutés.",
        ..NOMBRE
    },
    Definition {
        code: Indicateur::NbEnregistres,
        nom: "Cas enregistrés",
        definition: "Comptes-rendus de cas relevant d'une situation traitée selon un référentiel, enregistrés sans discussion.",
        numerateur: "Versions courantes, cas enregistrés.",
        ..NOMBRE
    },
    Definition {
        code: Indicateur::NbReportes,
        nom: "Cas reportés",
        definition: "Cas inscrits dont la réunion validée a reporté la discussion ; comptés à part des comptes-rendus.",
        numerateur: "Versions courantes, cas reportés.",
        exclusions: "Versions remplacées par une correction.",
        ..NOMBRE
    },
    Definition {
        code: Indicateur::NbPatients,
        nom: "Patients différents",
        definition: "Patients ayant au moins un compte-rendu dans la période. Un patient vu dans deux groupes compte dans chacun, et une fois dans le total.",
        numerateur: "Patients distincts des comptes-rendus.",
        lignes: Some(ObjetCompte::Patient),
        ..NOMBRE
    },
    Definition {
        code: Indicateur::NbNouveaux,
        nom: "Nouveaux patients",
        definition: "Patients différents sans compte-rendu dans la région avant le premier jour de la période. Avec nouveaux=rcp : sans compte-rendu antérieur dans la même RCP.",
        numerateur: "Patients distincts des comptes-rendus, sans compte-rendu antérieur.",
        lignes: Some(ObjetCompte::Patient),
        ..NOMBRE
    },
    Definition {
        code: Indicateur::PassagesParPatient,
        nom: "Passages par patient",
        definition: "Nombre moyen de comptes-rendus par patient, arrondi au centième, la demie vers le haut.",
        numerateur: "Comptes-rendus (NB_CR).",
        denominateur: Some("Patients différents (NB_PATIENTS)."),
        unite: Unite::Quotient,
        lignes: None,
        forme: Forme::Quotient { numerateur: Indicateur::NbCr, denominateur: Indicateur::NbPatients, decimales: 2 },
        ..NOMBRE
    },
    Definition {
        code: Indicateur::CrParReunion,
        nom: "Comptes-rendus par réunion",
        definition: "Nombre moyen de comptes-rendus par réunion tenue, arrondi à l'entier, la demie vers le haut.",
        numerateur: "Comptes-rendus (NB_CR).",
        denominateur: Some("Réunions tenues (NB_REUNIONS)."),
        unite: Unite::QuotientEntier,
        lignes: None,
        forme: Forme::Quotient { numerateur: Indicateur::NbCr, denominateur: Indicateur::NbReunions, decimales: 0 },
        ..NOMBRE
    },
    Definition {
        code: Indicateur::TxQuorumHas,
        nom: "Quorum HAS, par cas",
        definition: "Part des cas discutés en présence d'au moins trois médecins de spécialités différentes.",
        numerateur: "Cas discutés dont le quorum HAS est atteint.",
        denominateur: Some("Cas discutés, hors RCP d'expertise."),
        exclusions: HORS_QUORUM,
        source: HAS,
        ..TAUX
    },
    Definition {
        code: Indicateur::TxQuorumHasReunions,
        nom: "Quorum HAS, par réunion",
        definition: "Part des réunions dont tous les cas discutés ont atteint le quorum HAS.",
        numerateur: "Réunions dont tous les cas discutés ont le quorum HAS.",
        denominateur: Some("Réunions tenues ayant discuté au moins un cas, hors RCP d'expertise."),
        exclusions: HORS_QUORUM,
        source: HAS,
        lignes: Some(ObjetCompte::Reunion),
        ..TAUX
    },
    Definition {
        code: Indicateur::TxQuorumRegle,
        nom: "Quorum de la RCP, par cas",
        definition: "Part des cas discutés avec la composition que la règle de quorum de la RCP exige.",
        numerateur: "Cas discutés dont le quorum de la règle est atteint.",
        denominateur: Some("Cas discutés, hors RCP d'expertise."),
        exclusions: HORS_QUORUM,
        source: REGLE,
        ..TAUX
    },
    Definition {
        code: Indicateur::TxQuorumRegleReunions,
        nom: "Quorum de la RCP, par réunion",
        definition: "Part des réunions dont tous les cas discutés ont atteint le quorum de la règle.",
        numerateur: "Réunions dont tous les cas discutés ont le quorum de la règle.",
        denominateur: Some("Réunions tenues ayant discuté au moins un cas, hors RCP d'expertise."),
        exclusions: HORS_QUORUM,
        source: REGLE,
        lignes: Some(ObjetCompte::Reunion),
        ..TAUX
    },
    Definition {
        code: Indicateur::TxQuorumInca,
        nom: "Quorum INCa, par cas",
        definition: "Part des cas discutés avec la composition que la règle nationale applicable à ce type de RCP exige.",
        numerateur: "Cas discutés dont la composition nationale est atteinte.",
        denominateur: Some("Cas discutés, hors RCP d'expertise, d'une RCP à laquelle une règle nationale s'applique."),
        exclusions: HORS_QUORUM,
        source: INCA,
        ..TAUX
    },
    Definition {
        code: Indicateur::TxQuorumIncaReunions,
        nom: "Quorum INCa, par réunion",
        definition: "Part des réunions dont tous les cas discutés ont atteint la composition nationale.",
        numerateur: "Réunions dont tous les cas discutés ont la composition nationale.",
        denominateur: Some(
            "Réunions tenues ayant discuté au moins un cas, hors RCP d'expertise, d'une RCP à laquelle une règle nationale s'applique.",
        ),
        exclusions: HORS_QUORUM,
        source: INCA,
        lignes: Some(ObjetCompte::Reunion),
        ..TAUX
    },
    Definition {
        code: Indicateur::TxQuorumRegional,
        nom: "Quorum régional (DGOS), par cas",
        definition: "Part des cas discutés avec la composition que la règle de la région exige : chirurgie, traitement médicamenteux, radiothérapie.",
        numerateur: "Cas discutés dont la composition régionale est atteinte.",
        denominateur: Some("Cas discutés, hors RCP d'expertise, d'une RCP à laquelle la règle de la région s'applique."),
        exclusions: HORS_QUORUM,
        source: REGIONALE,
        ..TAUX
    },
    Definition {
        code: Indicateur::TxQuorumRegionalReunions,
        nom: "Quorum régional (DGOS), par réunion",
        definition: "Part des réunions dont tous les cas discutés ont atteint la composition régionale.",
        numerateur: "Réunions dont tous les cas discutés ont la composition régionale.",
        denominateur: Some(
            "Réunions tenues ayant discuté au moins un cas, hors RCP d'expertise, d'une RCP à laquelle la règle de la région s'applique.",
        ),
        exclusions: HORS_QUORUM,
        source: REGIONALE,
        lignes: Some(ObjetCompte::Reunion),
        ..TAUX
    },
    Definition {
        code: Indicateur::TxHasNiveau1,
        nom: "Indicateur HAS, niveau 1",
        definition: "Part des comptes-rendus datés qui portent une proposition de prise en charge. Compté sur tous les comptes-rendus, non sur un échantillon de séjours.",
        numerateur: "Comptes-rendus avec une proposition.",
        denominateur: Some("Comptes-rendus (NB_CR)."),
        source: HAS,
        ..TAUX
    },
    Definition {
        code: Indicateur::TxHasNiveau2,
        nom: "Indicateur HAS, niveau 2",
        definition: "Niveau 1, la proposition étant rendue par au moins trois professionnels de spécialités différentes.",
        numerateur: "Comptes-rendus avec une proposition, quorum HAS atteint.",
        denominateur: Some("Comptes-rendus (NB_CR)."),
        source: HAS,
        ..TAUX
    },
    Definition {
        code: Indicateur::TxVisio,
        nom: "Réunions avec visioconférence",
        definition: "Part des réunions tenues où au moins un participant était présent en visioconférence.",
        numerateur: "Réunions tenues avec au moins une présence en visioconférence.",
        denominateur: Some("Réunions tenues (NB_REUNIONS)."),
        exclusions: NON_TENUES,
        lignes: Some(ObjetCompte::Reunion),
        ..TAUX
    },
    Definition {
        code: Indicateur::TxVisioPresences,
        nom: "Participations en visioconférence",
        definition: "Part des participations qui l'ont été en visioconférence.",
        numerateur: "Participations en visioconférence.",
        denominateur: Some("Participations (NB_PARTICIPATIONS)."),
        exclusions: NON_TENUES,
        lignes: Some(ObjetCompte::Participation),
        ..TAUX
    },
];
