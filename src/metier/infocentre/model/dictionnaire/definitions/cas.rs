//! Delays, médecins traitants, what is known of the cases, participation, origin.

use super::super::{Definition, Forme, Indicateur, ObjetCompte, Unite};
use super::{AJA, JOURS, NOMBRE, PARCOURS, PARTICIPATIONS, TAUX};

pub(super) const CAS: &[Definition] = &[
    Definition {
        code: Indicateur::DelaiInscriptionMediane,
        nom: "Délai d'inscription, médiane",
        definition: "Nombre de jours de l'inscription du dossier à la réunion que la moitié des comptes-rendus ne dépasse pas.",
        numerateur: "Comptes-rendus dont le délai est connu, par délai croissant.",
        exclusions: "Comptes-rendus dont le dossier a été inscrit après la réunion.",
        forme: Forme::Rang { pour_cent: 50 },
        ..JOURS
    },
    Definition {
        code: Indicateur::DelaiInscriptionP90,
        nom: "Délai d'inscription, 90e centile",
        definition: "Nombre de jours de l'inscription du dossier à la réunion que neuf comptes-rendus sur dix ne dépassent pas.",
        numerateur: "Comptes-rendus dont le délai est connu, par délai croissant.",
        exclusions: "Comptes-rendus dont le dossier a été inscrit après la réunion.",
        forme: Forme::Rang { pour_cent: 90 },
        ..JOURS
    },
    Definition {
        code: Indicateur::DelaiCrMediane,
        nom: "Délai de validation, médiane",
        definition: "Nombre de jours de la réunion à la validation de la première version du compte-rendu que la moitié des comptes-rendus ne dépasse pas.",
        numerateur: "Comptes-rendus dont le délai est connu, par délai croissant.",
        exclusions: "Cas reportés ; versions remplacées par une correction.",
        forme: Forme::Rang { pour_cent: 50 },
        ..JOURS
    },
    Definition {
        code: Indicateur::DelaiCrP90,
        nom: "Délai de validation, 90e centile",
        definition: "Nombre de jours de la réunion à la validation de la première version du compte-rendu que neuf comptes-rendus sur dix ne dépassent pas.",
        numerateur: "Comptes-rendus dont le délai est connu, par délai croissant.",
        exclusions: "Cas reportés ; versions remplacées par une correction.",
        forme: Forme::Rang { pour_cent: 90 },
        ..JOURS
    },
    Definition {
        code: Indicateur::DelaiEnvoiMtMediane,
        nom: "Délai d'envoi au médecin traitant, médiane",
        definition: "Nombre de jours de la validation du compte-rendu à son envoi au médecin traitant que la moitié des comptes-rendus ne dépasse pas.",
        numerateur: "Comptes-rendus dont le délai est connu, par délai croissant.",
        exclusions: "Comptes-rendus qui n'ont pas été envoyés au médecin traitant.",
        forme: Forme::Rang { pour_cent: 50 },
        ..JOURS
    },
    Definition {
        code: Indicateur::DelaiEnvoiMtP90,
        nom: "Délai d'envoi au médecin traitant, 90e centile",
        definition: "Nombre de jours de la validation du compte-rendu à son envoi au médecin traitant que neuf comptes-rendus sur dix ne dépassent pas.",
        numerateur: "Comptes-rendus dont le délai est connu, par délai croissant.",
        exclusions: "Comptes-rendus qui n'ont pas été envoyés au médecin traitant.",
        forme: Forme::Rang { pour_cent: 90 },
        ..JOURS
    },
    Definition {
        code: Indicateur::DelaiDiagnosticMediane,
        nom: "Délai du diagnostic à la RCP, médiane",
        definition: "Nombre de jours du premier diagnostic à la réunion que la moitié des comptes-rendus ne dépasse pas.",
        numerateur: "Comptes-rendus dont le délai est connu, par délai croissant.",
        exclusions: "Diagnostics datés au mois ou postérieurs à la réunion.",
        forme: Forme::Rang { pour_cent: 50 },
        ..JOURS
    },
    Definition {
        code: Indicateur::DelaiDiagnosticP90,
        nom: "Délai du diagnostic à la RCP, 90e centile",
        definition: "Nombre de jours du premier diagnostic à la réunion que neuf comptes-rendus sur dix ne dépassent pas.",
        numerateur: "Comptes-rendus dont le délai est connu, par délai croissant.",
        exclusions: "Diagnostics datés au mois ou postérieurs à la réunion.",
        forme: Forme::Rang { pour_cent: 90 },
        ..JOURS
    },
    Definition {
        code: Indicateur::TxMtIdentifie,
        nom: "Médecin traitant identifié",
        definition: "Part des comptes-rendus dont le patient a un médecin traitant connu.",
        numerateur: "Comptes-rendus avec un médecin traitant.",
        denominateur: Some("Comptes-rendus (NB_CR)."),
        ..TAUX
    },
    Definition {
        code: Indicateur::TxMtAdresseSecurisee,
        nom: "Médecin traitant joignable par messagerie sécurisée",
        definition: "Part des comptes-rendus dont le médecin traitant connu a une adresse de l'espace de confiance MSSanté.",
        numerateur: "Comptes-rendus dont l'envoi au médecin traitant porte une adresse sécurisée.",
        denominateur: Some("Comptes-rendus avec un médecin traitant."),
        exclusions: "Cas reportés ; patients opposés à l'envoi au médecin traitant.",
        ..TAUX
    },
    Definition {
        code: Indicateur::TxCrEnvoyesMt,
        nom: "Comptes-rendus envoyés au médecin traitant",
        definition: "Part des comptes-rendus que le médecin traitant a reçus : message accepté par sa messagerie sécurisée, remis, lu ou intégré, ou courrier posté.",
        numerateur: "Comptes-rendus dont l'envoi de la version courante au médecin traitant est accepté, remis, lu, intégré ou posté.",
        denominateur: Some("Comptes-rendus (NB_CR), que le médecin traitant soit connu ou non."),
        ..TAUX
    },
    Definition {
        code: Indicateur::TxCrEnvoyesMssante,
        nom: "Envoyés au médecin traitant par messagerie sécurisée",
        definition: "Part des comptes-rendus envoyés au médecin traitant par MSSanté.",
        numerateur: "Comptes-rendus dont l'envoi par MSSanté est accepté, remis, lu ou intégré.",
        denominateur: Some("Comptes-rendus (NB_CR)."),
        ..TAUX
    },
    Definition {
        code: Indicateur::TxCrPostes,
        nom: "Envoyés au médecin traitant par courrier",
        definition: "Part des comptes-rendus postés au médecin traitant.",
        numerateur: "Comptes-rendus dont la lettre est postée.",
        denominateur: Some("Comptes-rendus (NB_CR)."),
        ..TAUX
    },
    Definition {
        code: Indicateur::TxCrLus,
        nom: "Lus par le médecin traitant",
        definition: "Part des comptes-rendus envoyés au médecin traitant par MSSanté dont il a accusé la lecture ou que son logiciel a intégrés.",
        numerateur: "Comptes-rendus lus ou intégrés.",
        denominateur: Some("Comptes-rendus envoyés au médecin traitant par MSSanté."),
        ..TAUX
    },
    Definition {
        code: Indicateur::TxG8Des75Ans,
        nom: "G8 renseigné à partir de 75 ans",
        definition: "Part des comptes-rendus de patients de 75 ans ou plus à la date de la réunion dont le dépistage gériatrique G8 est complet.",
        numerateur: "Comptes-rendus de patients de 75 ans ou plus, G8 fait.",
        denominateur: Some("Comptes-rendus de patients de 75 ans ou plus."),
        exclusions: "Cas reportés ; un G8 incomplet reste au dénominateur.",
        ..TAUX
    },
    Definition {
        code: Indicateur::TxG8Le14,
        nom: "G8 inférieur ou égal à 14",
        definition: "Part des G8 complets de patients de 75 ans ou plus dont le score appelle une évaluation gériatrique.",
        numerateur: "Comptes-rendus dont le G8 est de 14 ou moins.",
        denominateur: Some("Comptes-rendus de patients de 75 ans ou plus, G8 fait."),
        ..TAUX
    },
    Definition {
        code: Indicateur::TxAvisGeriatrique,
        nom: "Évaluation gériatrique demandée ou faite",
        definition: "Part des patients dont le G8 est de 14 ou moins pour lesquels une évaluation gériatrique est demandée ou faite.",
        numerateur: "Comptes-rendus dont l'évaluation gériatrique est demandée ou faite.",
        denominateur: Some("Comptes-rendus de patients de 75 ans ou plus, G8 de 14 ou moins."),
        ..TAUX
    },
    Definition {
        code: Indicateur::NbAja,
        nom: "Comptes-rendus d'adolescents et de jeunes adultes",
        definition: "Comptes-rendus de patients de 15 à 24 ans à la date de la réunion.",
        numerateur: "Comptes-rendus de patients de 15 à 24 ans.",
        source: AJA,
        ..NOMBRE
    },
    Definition {
        code: Indicateur::TxAjaDoubleExpertise,
        nom: "Double expertise des 15-24 ans",
        definition: "Part des cas discutés de patients de 15 à 24 ans auxquels un expert adulte et un expert pédiatrique ont pris part, en séance ou par écrit.",
        numerateur: "Cas discutés dont les deux expertises sont réunies.",
        denominateur: Some("Cas discutés de patients de 15 à 24 ans."),
        exclusions: "Cas enregistrés ou reportés.",
        source: AJA,
        ..TAUX
    },
    Definition {
        code: Indicateur::TxAjaPresence,
        nom: "Double expertise en séance",
        definition: "Part des doubles expertises où les deux experts étaient présents ; les autres ont été complétées par un avis écrit.",
        numerateur: "Cas dont les deux experts étaient en séance.",
        denominateur: Some("Cas discutés dont les deux expertises sont réunies."),
        exclusions: "Cas enregistrés ou reportés.",
        source: AJA,
        ..TAUX
    },
    Definition {
        code: Indicateur::TxFertilite,
        nom: "Fertilité renseignée",
        definition: "Part des comptes-rendus de patients en âge de procréer où l'information sur la préservation de la fertilité est renseignée.",
        numerateur: "Comptes-rendus où l'information est donnée, à donner, refusée, impossible ou sans objet.",
        denominateur: Some("Comptes-rendus de patients de moins de 18 ans, de femmes de moins de 40 ans, d'hommes de moins de 50 ans."),
        source: PARCOURS,
        ..TAUX
    },
    Definition {
        code: Indicateur::TxEssaiCherche,
        nom: "Essai clinique cherché",
        definition: "Part des comptes-rendus où la recherche d'un essai clinique est renseignée.",
        numerateur: "Comptes-rendus dont un essai est proposé, ou cherché sans suite.",
        denominateur: Some("Comptes-rendus (NB_CR)."),
        source: PARCOURS,
        ..TAUX
    },
    Definition {
        code: Indicateur::TxEssaiPropose,
        nom: "Essai clinique proposé",
        definition: "Part des comptes-rendus qui proposent une inclusion dans un essai clinique.",
        numerateur: "Comptes-rendus qui proposent un essai.",
        denominateur: Some("Comptes-rendus (NB_CR)."),
        source: PARCOURS,
        ..TAUX
    },
    Definition {
        code: Indicateur::TxOncogenetique,
        nom: "Oncogénétique renseignée",
        definition: "Part des comptes-rendus où la consultation d'oncogénétique est renseignée.",
        numerateur: "Comptes-rendus où la question a une réponse.",
        denominateur: Some("Comptes-rendus (NB_CR)."),
        source: PARCOURS,
        ..TAUX
    },
    Definition {
        code: Indicateur::TxSoinsSupport,
        nom: "Soins de support évalués",
        definition: "Part des comptes-rendus où les besoins en soins de support sont évalués, ou leur évaluation refusée.",
        numerateur: "Comptes-rendus évalués.",
        denominateur: Some("Comptes-rendus (NB_CR)."),
        source: PARCOURS,
        ..TAUX
    },
    Definition {
        code: Indicateur::TxSoinsPalliatifs,
        nom: "Soins palliatifs évalués",
        definition: "Part des comptes-rendus où les besoins en soins palliatifs sont évalués, ou refusés.",
        numerateur: "Comptes-rendus évalués.",
        denominateur: Some("Comptes-rendus (NB_CR)."),
        source: PARCOURS,
        ..TAUX
    },
    Definition {
        code: Indicateur::TxTabac,
        nom: "Tabac renseigné",
        definition: "Part des comptes-rendus où la consommation de tabac est connue.",
        numerateur: "Comptes-rendus où elle est connue.",
        denominateur: Some("Comptes-rendus (NB_CR)."),
        source: PARCOURS,
        ..TAUX
    },
    Definition {
        code: Indicateur::TxAlcool,
        nom: "Alcool renseigné",
        definition: "Part des comptes-rendus où la consommation d'alcool est connue.",
        numerateur: "Comptes-rendus où elle est connue.",
        denominateur: Some("Comptes-rendus (NB_CR)."),
        source: PARCOURS,
        ..TAUX
    },
    Definition {
        code: Indicateur::TxRecours,
        nom: "Passage en RCP de recours proposé",
        definition: "Part des cas discutés que la réunion adresse à une RCP de recours.",
        numerateur: "Cas discutés adressés à une RCP de recours.",
        denominateur: Some("Cas discutés (NB_DISCUTES)."),
        ..TAUX
    },
    Definition {
        code: Indicateur::Completude,
        nom: "Complétude des fiches",
        definition: "Part moyenne des champs obligatoires de la fiche qui sont remplis, en pour cent.",
        numerateur: "Somme des complétudes.",
        denominateur: Some("Comptes-rendus (NB_CR)."),
        unite: Unite::Quotient,
        forme: Forme::Moyenne,
        ..TAUX
    },
    Definition {
        code: Indicateur::NbParticipations,
        nom: "Participations",
        definition: "Présences d'un professionnel à une réunion tenue, en salle ou en visioconférence.",
        numerateur: "Présences.",
        ..PARTICIPATIONS
    },
    Definition {
        code: Indicateur::NbParticipants,
        nom: "Professionnels participants",
        definition: "Professionnels différents ayant pris part à au moins une réunion tenue.",
        numerateur: "Professionnels distincts des participations.",
        lignes: Some(ObjetCompte::Participant),
        ..PARTICIPATIONS
    },
    Definition {
        code: Indicateur::NbParticipationsLiberales,
        nom: "Participations de libéraux",
        definition: "Participations de professionnels d'exercice libéral ou mixte.",
        numerateur: "Présences de libéraux.",
        ..PARTICIPATIONS
    },
    Definition {
        code: Indicateur::NbLiberaux,
        nom: "Libéraux participants",
        definition: "Professionnels différents d'exercice libéral ou mixte ayant pris part à au moins une réunion tenue.",
        numerateur: "Professionnels distincts des participations de libéraux.",
        lignes: Some(ObjetCompte::Participant),
        ..PARTICIPATIONS
    },
    Definition {
        code: Indicateur::ParticipationsParLiberal,
        nom: "Participations par libéral",
        definition: "Nombre moyen de participations d'un libéral, arrondi au centième.",
        numerateur: "Participations de libéraux (NB_PARTICIPATIONS_LIBERAUX).",
        denominateur: Some("Libéraux participants (NB_LIBERAUX)."),
        unite: Unite::Quotient,
        lignes: None,
        forme: Forme::Quotient { numerateur: Indicateur::NbParticipationsLiberales, denominateur: Indicateur::NbLiberaux, decimales: 2 },
        ..PARTICIPATIONS
    },
    Definition {
        code: Indicateur::HeuresParticipation,
        nom: "Heures de participation",
        definition: "Temps passé en réunion par les participants : durée de la réunion, bornée par leur arrivée et leur départ quand ils sont notés.",
        numerateur: "Minutes de présence.",
        denominateur: Some("Soixante minutes."),
        unite: Unite::Quotient,
        forme: Forme::Somme { par: 60 },
        ..PARTICIPATIONS
    },
    Definition {
        code: Indicateur::TxHorsRegion,
        nom: "Patients résidant hors de la région",
        definition: "Part des comptes-rendus de patients dont le département de résidence n'est celui d'aucun établissement de la région.",
        numerateur: "Comptes-rendus de patients résidant hors de la région.",
        denominateur: Some("Comptes-rendus dont le département de résidence est connu."),
        ..TAUX
    },
    Definition {
        code: Indicateur::TxAutreEtablissement,
        nom: "Dossiers venus d'un autre établissement",
        definition: "Part des comptes-rendus demandés par un médecin d'un autre établissement que l'organisateur de la RCP.",
        numerateur: "Comptes-rendus dont l'établissement demandeur n'est pas l'organisateur.",
        denominateur: Some("Comptes-rendus dont l'établissement demandeur est connu."),
        ..TAUX
    },
];
