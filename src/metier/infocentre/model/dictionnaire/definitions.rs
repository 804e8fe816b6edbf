//! The definitions, one a row.

use super::{Definition, Forme, Indicateur, ObjetCompte, Unite, VERSION};

const RAPPORT: &str = "Rapport régional d'activité des RCP";
const HAS: &str = "HAS, fiche méthode « Réunion de concertation pluridisciplinaire », 2014 ; rapport régional d'activité des RCP";
const REGLE: &str = "Règle de quorum de la RCP, à la version appliquée au cas ; rapport régional d'activité des RCP";
const INCA: &str =
    "INCa, référentiel organisationnel national des RCP, décembre 2023 ; composition par défaut que la région tient comme donnée";
const REGIONALE: &str = "Règle régionale « dgos-region », que la région tient comme donnée ; rapport régional d'activité des RCP";
const AJA: &str = "CSP R6123-91-2 ; instruction DGOS 2016 sur les adolescents et jeunes adultes";
const PARCOURS: &str = "CSP D6124-131-1 à -3 et R6123-91-5 ; bloc « parcours » de la fiche";
const RIEN: &str = "Aucune.";
const REPORTS: &str = "Cas reportés ; versions remplacées par une correction.";
const NON_TENUES: &str = "Réunions annulées, planifiées ou encore ouvertes.";
const HORS_QUORUM: &str = "Cas enregistrés ou reportés ; RCP d'expertise. Un quorum indéterminé reste au dénominateur.";

/// A count of comptes-rendus, from which the others differ by what they say.
const NOMBRE: Definition = Definition {
    code: Indicateur::NbCr,
    nom: "",
    unite: Unite::Nombre,
    definition: "",
    numerateur: "",
    denominateur: None,
    exclusions: REPORTS,
    source: RAPPORT,
    version: VERSION,
    lignes: Some(ObjetCompte::Passage),
    forme: Forme::Nombre,
};
const TAUX: Definition = Definition { unite: Unite::Pourcentage, forme: Forme::Taux, ..NOMBRE };
const JOURS: Definition = Definition { unite: Unite::Jours, ..NOMBRE };
const REUNIONS: Definition = Definition { exclusions: NON_TENUES, lignes: Some(ObjetCompte::Reunion), ..NOMBRE };
const PARTICIPATIONS: Definition = Definition { exclusions: NON_TENUES, lignes: Some(ObjetCompte::Participation), ..NOMBRE };

/// The dictionary, in the order of [`Indicateur::TOUS`].
pub const DICTIONNAIRE: &[Definition] = &[
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
