//! What the report says, chapter by chapter.

use super::{
    Matiere,
    mise_en_tableau::{Plan, cellules, colonnes, relations, tableau},
};
use crate::{
    kernel::ids::PraticienId,
    metier::{
        diffusion::model::{Canal, EtatDiffusion, Qualite},
        infocentre::model::{
            Axe, Indicateur as I, Ratio,
            rapport::{Cellule, Chapitre, Colonne, Comptage, Figure, GenreFigure, Ligne, NatureColonne, Niveau, Tableau, Terme},
        },
    },
};
use chrono::Datelike;
use std::collections::BTreeMap;

/// The seven columns of the published report.
const ACTIVITE: &[I] = &[I::NbEntites, I::NbReunions, I::NbCr, I::NbPatients, I::NbNouveaux, I::PassagesParPatient, I::CrParReunion];
const ESSENTIEL: &[I] = &[
    I::NbEntites,
    I::NbReunions,
    I::NbCr,
    I::NbPatients,
    I::NbNouveaux,
    I::TxQuorumHas,
    I::TxQuorumRegional,
    I::TxVisio,
    I::TxCrEnvoyesMt,
    I::TxG8Des75Ans,
];
const STATUTS: &[I] = &[I::NbCr, I::NbDiscutes, I::NbEnregistres, I::NbReportes];
const PATIENTS: &[I] = &[I::NbCr, I::NbPatients, I::NbNouveaux];
const QUORUM: &[I] = &[
    I::TxQuorumHas,
    I::TxQuorumHasReunions,
    I::TxQuorumInca,
    I::TxQuorumIncaReunions,
    I::TxQuorumRegional,
    I::TxQuorumRegionalReunions,
    I::TxQuorumRegle,
    I::TxQuorumRegleReunions,
];
const VISIO: &[I] = &[I::NbReunions, I::TxVisio, I::NbParticipations, I::TxVisioPresences];
const DELAIS: &[I] = &[
    I::NbCr,
    I::DelaiInscriptionMediane,
    I::DelaiInscriptionP90,
    I::DelaiCrMediane,
    I::DelaiCrP90,
    I::DelaiEnvoiMtMediane,
    I::DelaiEnvoiMtP90,
    I::DelaiDiagnosticMediane,
    I::DelaiDiagnosticP90,
];
const TRAITANTS: &[I] =
    &[I::NbCr, I::TxMtIdentifie, I::TxMtAdresseSecurisee, I::TxCrEnvoyesMt, I::TxCrEnvoyesMssante, I::TxCrPostes, I::TxCrLus];
const GERIATRIE: &[I] = &[I::NbCr, I::TxG8Des75Ans, I::TxG8Le14, I::TxAvisGeriatrique];
const JEUNES: &[I] = &[I::NbCr, I::NbAja, I::TxAjaDoubleExpertise, I::TxAjaPresence, I::TxFertilite];
const QUALITE: &[I] = &[I::NbCr, I::Completude, I::TxHasNiveau1, I::TxHasNiveau2, I::TxRecours, I::TxEssaiCherche, I::TxEssaiPropose];
const PARCOURS: &[I] = &[I::NbCr, I::TxOncogenetique, I::TxSoinsSupport, I::TxSoinsPalliatifs, I::TxTabac, I::TxAlcool];
const ORIGINE: &[I] = &[I::NbCr, I::TxHorsRegion, I::TxAutreEtablissement];
const PRESENCES: &[I] = &[I::NbParticipations, I::NbParticipants, I::TxVisioPresences, I::HeuresParticipation];
const LIBERAUX: &[I] = &[I::NbParticipations, I::NbParticipationsLiberales, I::NbLiberaux, I::ParticipationsParLiberal];

/// Every chapter, in order.
pub(super) fn tous(m: &Matiere) -> Vec<Chapitre> {
    vec![essentiel(m), activite(m), patients(m), quorum(m), delais(m), traitants(m), particuliers(m), qualite(m), participations(m)]
}

fn plan(code: &'static str, titre: &'static str, (entete, axe): (&'static str, Axe), indicateurs: &'static [I]) -> Plan {
    Plan { code, titre, entete, axe, indicateurs }
}

fn chapitre(code: &str, titre: &str, paragraphe: &str, tableaux: Vec<Tableau>, figures: Vec<Figure>) -> Chapitre {
    let (code, titre) = (code.to_owned(), titre.to_owned());
    Chapitre { code, titre, paragraphes: vec![paragraphe.to_owned()], tableaux, figures }
}

fn figure(genre: GenreFigure, (code, titre): (&str, &str), tableau: &Tableau, series: &[I]) -> Figure {
    let noms: Vec<String> = series.iter().filter_map(|i| i.definition()).map(|d| d.nom.to_lowercase()).collect();
    Figure {
        code: code.to_owned(),
        titre: titre.to_owned(),
        genre,
        tableau: tableau.code.clone(),
        etiquette: "LIBELLE".to_owned(),
        series: series.iter().map(ToString::to_string).collect(),
        lignes: Vec::new(),
        description: format!("{titre} : {}. Les nombres sont ceux du tableau « {} ».", noms.join(", "), tableau.titre),
    }
}

const CENTRE: (&str, Axe) = ("Centre de coordination", Axe::Centre3c);
const TERRITOIRE: (&str, Axe) = ("Territoire", Axe::Territoire);
const THEME: (&str, Axe) = ("Thème", Axe::Theme);

fn essentiel(m: &Matiere) -> Chapitre {
    let lignes = m.annees.iter().map(|(annee, comptes)| Ligne {
        cle: format!("annee:{annee}"),
        niveau: Niveau::Detail,
        parent: None,
        cellules: cellules(&annee.to_string(), comptes, ESSENTIEL),
    });
    let annees = Tableau {
        code: "ESSENTIEL".to_owned(),
        titre: "La région, année après année".to_owned(),
        colonnes: colonnes("Année", ESSENTIEL),
        lignes: lignes.collect(),
        relations: relations(ESSENTIEL),
        notes: vec!["Une année antérieure figure quand elle a été extraite avant celle de ce rapport.".to_owned()],
    };
    let mois = tableau(m, &plan("MOIS", "Activité mois par mois", ("Mois", Axe::Mois), ACTIVITE));
    let figures = vec![
        figure(GenreFigure::Barres, ("ANNEES_CR", "Comptes-rendus et patients par année"), &annees, &[I::NbCr, I::NbPatients]),
        figure(GenreFigure::Courbe, ("MOIS_CR", "Comptes-rendus par mois"), &mois, &[I::NbCr]),
    ];
    let dit = "Chaque passage d'un patient en réunion fait un compte-rendu ; un patient vu plusieurs fois est un seul patient différent. Les définitions des indicateurs sont en annexe.";
    chapitre("ESSENTIEL", "L'essentiel", dit, vec![annees, mois], figures)
}

fn activite(m: &Matiere) -> Chapitre {
    let territoires = tableau(m, &plan("ACTIVITE_TERRITOIRE", "Activité par territoire", TERRITOIRE, ACTIVITE));
    let centres = tableau(m, &plan("ACTIVITE_3C", "Activité par centre de coordination", CENTRE, ACTIVITE));
    let themes = tableau(m, &plan("ACTIVITE_THEME", "Activité par thème", THEME, ACTIVITE));
    let figures = vec![
        figure(GenreFigure::Barres, ("FIGURE_3C", "Comptes-rendus par centre de coordination"), &centres, &[I::NbCr]),
        figure(GenreFigure::Barres, ("FIGURE_THEME", "Comptes-rendus par thème"), &themes, &[I::NbCr]),
    ];
    let suite = [
        plan("ACTIVITE_TYPE", "Activité par type de RCP", ("Type", Axe::Type), ACTIVITE),
        plan("ACTIVITE_NIVEAU", "Activité par niveau de RCP", ("Niveau", Axe::Niveau), ACTIVITE),
        plan("ACTIVITE_ETABLISSEMENT", "Activité par établissement organisateur", ("Établissement", Axe::Etablissement), ACTIVITE),
        plan("ACTIVITE_DEMANDEUR", "Dossiers par établissement du médecin demandeur", ("Établissement", Axe::Demandeur), PATIENTS),
        plan("ACTIVITE_RCP", "Activité par RCP", ("RCP", Axe::Rcp), ACTIVITE),
        plan("STATUTS", "Cas discutés, enregistrés et reportés", CENTRE, STATUTS),
        plan("REPORTS", "Cas reportés, par motif", ("Motif", Axe::MotifReport), &[I::NbReportes]),
    ];
    let tableaux = [territoires, centres, themes].into_iter().chain(suite.iter().map(|plan| tableau(m, plan))).collect();
    let dit = "L'activité compte où elle se trouvait le jour de la validation : un chiffre ne change pas quand une RCP change de centre.";
    chapitre("ACTIVITE", "Activité des RCP", dit, tableaux, figures)
}

fn patients(m: &Matiere) -> Chapitre {
    let ages = tableau(m, &plan("AGES", "Patients par classe d'âge", ("Âge à la réunion", Axe::ClasseAge), PATIENTS));
    let figures = vec![figure(GenreFigure::Barres, ("FIGURE_AGES", "Comptes-rendus par classe d'âge"), &ages, &[I::NbCr])];
    let suite = [
        plan("SEXES", "Patients par sexe", ("Sexe", Axe::Sexe), PATIENTS),
        plan("LOCALISATIONS", "Patients par localisation de la tumeur", ("Catégorie CIM-10", Axe::Localisation), PATIENTS),
        plan("DEPARTEMENTS", "Patients par département de résidence", ("Département", Axe::Departement), PATIENTS),
        plan("ORIGINE", "Origine des dossiers", CENTRE, ORIGINE),
    ];
    let tableaux = std::iter::once(ages).chain(suite.iter().map(|plan| tableau(m, plan))).collect();
    chapitre("PATIENTS", "Patients", "L'âge est celui du jour de la réunion.", tableaux, figures)
}

fn quorum(m: &Matiere) -> Chapitre {
    let centres = tableau(m, &plan("QUORUM_3C", "Quorum par centre de coordination", CENTRE, QUORUM));
    let series = [I::TxQuorumHas, I::TxQuorumRegional];
    let figures = vec![figure(GenreFigure::Barres, ("FIGURE_QUORUM", "Quorum par cas"), &centres, &series)];
    let tableaux = vec![
        centres,
        tableau(m, &plan("QUORUM_THEME", "Quorum par thème", THEME, QUORUM)),
        tableau(m, &plan("QUORUM_TYPE", "Quorum par type de RCP", ("Type", Axe::Type), QUORUM)),
        tableau(m, &plan("VISIO", "Visioconférence", CENTRE, VISIO)),
    ];
    let dit = "Le quorum se compte par cas et par réunion, hors RCP d'expertise : une réunion l'atteint quand tous ses cas discutés l'atteignent. Une règle de composition ne compte que les RCP auxquelles elle s'applique.";
    chapitre("QUORUM", "Quorum et visioconférence", dit, tableaux, figures)
}

fn delais(m: &Matiere) -> Chapitre {
    let centres = tableau(m, &plan("DELAIS_3C", "Délais par centre de coordination", CENTRE, DELAIS));
    let series = [I::DelaiCrMediane, I::DelaiCrP90];
    let figures = vec![figure(GenreFigure::Barres, ("FIGURE_DELAIS", "Délai de validation du compte-rendu, en jours"), &centres, &series)];
    let tableaux = vec![centres, tableau(m, &plan("DELAIS_THEME", "Délais par thème", THEME, DELAIS))];
    let dit =
        "La médiane est le délai que la moitié des comptes-rendus ne dépasse pas, le 90e centile celui que neuf sur dix ne dépassent pas.";
    chapitre("DELAIS", "Délais", dit, tableaux, figures)
}

fn traitants(m: &Matiere) -> Chapitre {
    let centres = tableau(m, &plan("TRAITANTS_3C", "Médecins traitants par centre de coordination", CENTRE, TRAITANTS));
    let figures = vec![figure(
        GenreFigure::Barres,
        ("FIGURE_TRAITANTS", "Comptes-rendus envoyés au médecin traitant"),
        &centres,
        &[I::TxCrEnvoyesMt],
    )];
    let tableaux =
        vec![centres, tableau(m, &plan("TRAITANTS_TERRITOIRE", "Médecins traitants par territoire", TERRITOIRE, TRAITANTS)), diffusions(m)];
    let dit = "Un compte-rendu est envoyé quand la messagerie sécurisée du médecin traitant l'a accepté, ou quand la lettre est postée.";
    chapitre("TRAITANTS", "Médecins traitants et diffusion", dit, tableaux, figures)
}

/// The deliveries of every version by recipient, channel and state.
fn diffusions(m: &Matiere) -> Tableau {
    let texte = |code: &str, titre: &str| Colonne { code: code.to_owned(), titre: titre.to_owned(), nature: NatureColonne::Texte };
    let lignes = m.diffusions.iter().map(|(qualite, canal, etat, nombre)| Ligne {
        cle: format!("diffusion:{qualite}:{canal}:{etat}"),
        niveau: Niveau::Detail,
        parent: None,
        cellules: vec![
            Cellule::Texte(qualite.parse::<Qualite>().map_or_else(|_| qualite.clone(), |q| phrase(q.as_str()))),
            Cellule::Texte(canal.parse::<Canal>().map_or_else(|_| canal.clone(), |c| phrase(c.as_str()))),
            Cellule::Texte(etat.parse::<EtatDiffusion>().map_or_else(|_| etat.clone(), |e| phrase(e.as_str()))),
            Cellule::Entier(*nombre),
        ],
    });
    Tableau {
        code: "DIFFUSIONS".to_owned(),
        titre: "Envois par destinataire, canal et état".to_owned(),
        colonnes: vec![
            texte("LIBELLE", "Destinataire"),
            texte("CANAL", "Canal"),
            texte("ETAT", "État"),
            Colonne {
                code: "NB_DIFFUSIONS".to_owned(),
                titre: "Envois".to_owned(),
                nature: NatureColonne::Nombre { comptage: Comptage::Passages },
            },
        ],
        lignes: lignes.collect(),
        relations: Vec::new(),
        notes: vec!["Toutes les versions des comptes-rendus de l'année, remplacées comprises.".to_owned()],
    }
}

/// « a_envoyer » becomes « A envoyer ».
fn phrase(code: &str) -> String {
    let texte = code.replace('_', " ");
    let mut lettres = texte.chars();
    lettres.next().map_or_else(String::new, |premiere| premiere.to_uppercase().chain(lettres).collect())
}

fn particuliers(m: &Matiere) -> Chapitre {
    let g8 = tableau(m, &plan("GERIATRIE_3C", "Dépistage gériatrique par centre de coordination", CENTRE, GERIATRIE));
    let figures = vec![figure(GenreFigure::Barres, ("FIGURE_G8", "G8 renseigné à partir de 75 ans"), &g8, &[I::TxG8Des75Ans])];
    let tableaux = vec![
        g8,
        tableau(m, &plan("GERIATRIE_THEME", "Dépistage gériatrique par thème", THEME, GERIATRIE)),
        tableau(m, &plan("JEUNES_3C", "Adolescents, jeunes adultes et fertilité", CENTRE, JEUNES)),
    ];
    let dit = "Le dépistage G8 est dû à partir de 75 ans ; un score de 14 ou moins appelle une évaluation gériatrique. De 15 à 24 ans, un expert adulte et un expert pédiatrique prennent part au cas, en séance ou par écrit.";
    chapitre("PARTICULIERS", "Patients âgés, adolescents et jeunes adultes", dit, tableaux, figures)
}

fn qualite(m: &Matiere) -> Chapitre {
    let tableaux = vec![
        tableau(m, &plan("QUALITE_3C", "Complétude, indicateur HAS, essais et recours", CENTRE, QUALITE)),
        tableau(m, &plan("QUALITE_THEME", "Complétude, indicateur HAS, essais et recours, par thème", THEME, QUALITE)),
        tableau(m, &plan("PARCOURS_3C", "Parcours du patient", CENTRE, PARCOURS)),
    ];
    let dit = "L'indicateur HAS est compté sur tous les comptes-rendus, non sur un échantillon de séjours.";
    chapitre("QUALITE", "Qualité des dossiers et parcours", dit, tableaux, Vec::new())
}

fn participations(m: &Matiere) -> Chapitre {
    let specialites =
        tableau(m, &plan("PRESENCES_SPECIALITE", "Participations par spécialité", ("Spécialité", Axe::Specialite), PRESENCES));
    let tableaux = vec![
        tableau(m, &plan("PRESENCES_3C", "Participations par centre de coordination", CENTRE, LIBERAUX)),
        tableau(m, &plan("PRESENCES_MODE", "Participations par mode d'exercice", ("Mode d'exercice", Axe::ModeExercice), PRESENCES)),
        specialites,
        liberaux(m),
    ];
    let dit = "Une participation est la présence d'un professionnel à une réunion tenue, en salle ou en visioconférence.";
    chapitre("PARTICIPATIONS", "Participation des professionnels", dit, tableaux, Vec::new())
}

/// How the attendances of private practitioners are spread, for the year and each half of it.
fn liberaux(m: &Matiere) -> Tableau {
    let mut lignes = Vec::new();
    for (cle, nom, mois) in [("annee", "Année", 1..=12), ("s1", "1er semestre", 1..=6), ("s2", "2e semestre", 7..=12)] {
        let mut par_personne: BTreeMap<PraticienId, i64> = BTreeMap::new();
        let dates = m.liberaux.iter().map(|p| (p.praticien_id, crate::kernel::clock::date_paris(p.debut.0).month()));
        for (praticien, _) in dates.filter(|(_, m)| mois.contains(m)) {
            *par_personne.entry(praticien).or_default() += 1;
        }
        let total: i64 = par_personne.values().sum();
        let nombre = i64::try_from(par_personne.len()).unwrap_or(i64::MAX);
        let borne = |borne: Option<&i64>| borne.map_or(Cellule::Absente, |borne| Cellule::Entier(*borne));
        lignes.push(Ligne {
            cle: format!("liberaux:{cle}"),
            niveau: Niveau::Detail,
            parent: None,
            cellules: vec![
                Cellule::Texte(nom.to_owned()),
                Cellule::Entier(nombre),
                Cellule::Entier(total),
                borne(par_personne.values().min()),
                borne(par_personne.values().max()),
                Cellule::Quotient(Ratio::quotient(total, nombre, 2)),
            ],
        });
    }
    let nombre = |code: &str, titre: &str| Colonne {
        code: code.to_owned(),
        titre: titre.to_owned(),
        nature: NatureColonne::Nombre { comptage: Comptage::Libre },
    };
    Tableau {
        code: "LIBERAUX".to_owned(),
        titre: "Participations des libéraux".to_owned(),
        colonnes: vec![
            Colonne { code: "LIBELLE".to_owned(), titre: "Période".to_owned(), nature: NatureColonne::Texte },
            nombre("LIBERAUX", "Libéraux"),
            nombre("LIBERAUX_PARTICIPATIONS", "Participations"),
            nombre("LIBERAUX_MINIMUM", "Minimum"),
            nombre("LIBERAUX_MAXIMUM", "Maximum"),
            Colonne {
                code: "LIBERAUX_MOYENNE".to_owned(),
                titre: "Moyenne".to_owned(),
                nature: NatureColonne::Quotient {
                    numerateur: Terme::propre(Comptage::Libre),
                    denominateur: Terme::propre(Comptage::Libre),
                },
            },
        ],
        lignes,
        relations: Vec::new(),
        notes: vec!["La liste nominative est remise à part, à qui en a le droit : `dcc infocentre liberaux`.".to_owned()],
    }
}
