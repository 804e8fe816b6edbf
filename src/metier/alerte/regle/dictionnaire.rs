//! The variables of conditions, told in French: the table of `docs/guides/contexte-des-alertes.md` is
//! written from here, and a test compares it with the types of [`super::donnees`].

/// A variable of conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Path; `[]` stands for the elements of a list.
    pub chemin: &'static str,
    /// Type, in French.
    pub genre: &'static str,
    /// Meaning, in French.
    pub sens: &'static str,
}

const fn v(chemin: &'static str, genre: &'static str, sens: &'static str) -> Variable {
    Variable { chemin, genre, sens }
}

const TEXTE: &str = "texte";
const ENTIER: &str = "entier";
const BOOLEEN: &str = "vrai ou faux";
const LISTE: &str = "liste de textes";
const FACULTATIF: &str = "texte, facultatif";
const JOURS: &str = "entier, facultatif";

/// Every variable, in the order of the guide.
pub const DICTIONNAIRE: &[Variable] = &[
    v("patient.age", ENTIER, "Années révolues le jour de la réunion, à Paris."),
    v("patient.sexe", TEXTE, "`feminin`, `masculin` ou `indetermine`."),
    v("patient.statut_identite", TEXTE, "`provisoire`, `recuperee`, `validee` ou `qualifiee`."),
    v("patient.medecin_traitant", BOOLEEN, "Le médecin traitant est connu."),
    v("patient.adresse_securisee", BOOLEEN, "Le médecin traitant a une adresse de messagerie sécurisée."),
    v("patient.oppositions", LISTE, "Oppositions en vigueur : `partage_dcc`, `envoi_medecin_traitant`, `dmp`, `reutilisation`."),
    v("dossier.topographie", FACULTATIF, "Topographie du dossier (CIM-10)."),
    v("dossier.date_diagnostic", "date, facultative", "Date du diagnostic (`AAAA-MM-JJ`)."),
    v("dossier.referent", BOOLEEN, "Le dossier a un médecin référent."),
    v("fiche", "objet", "Réponses de la fiche, telles que son modèle les décrit. Un brouillon peut tout ignorer : `has(…)` avant de lire."),
    v("modele.code", TEXTE, "Code du modèle de la fiche."),
    v("modele.version", TEXTE, "Version du modèle."),
    v("modele.champs", LISTE, "Groupes de réponses que la fiche peut contenir : `'parcours' in modele.champs`."),
    v("tumeurs[].topographie", TEXTE, "Topographie de la tumeur (CIM-10) ; vide si elle n'est pas codée."),
    v("tumeurs[].morphologie", TEXTE, "Morphologie (CIM-O-3) ; vide si elle n'est pas codée."),
    v(
        "calcul",
        "objet",
        "Valeurs calculées de la fiche, par code : `'prostate-isup' in calcul && calcul['prostate-isup'] >= 4`. L'indice de masse corporelle \
         est `calcul.imc`.",
    ),
    v("g8.etat", TEXTE, "`non_concerne` (moins de 75 ans), `non_fait`, `incomplet` ou `fait`."),
    v("g8.demi_points", JOURS, "Deux fois le score, quand le G8 est fait : 28 vaut 14 sur 17."),
    v("g8.score", FACULTATIF, "Le score tel qu'il s'écrit (« 13,5 »), quand le G8 est fait."),
    v("reunion.date", "date", "Jour de la réunion, à Paris (`AAAA-MM-JJ`)."),
    v("reunion.etat", TEXTE, "`planifiee`, `convoquee`, `ouverte` ou `close`."),
    v("rcp.code", TEXTE, "Code de la RCP : `rcp.code in ['SENO-LILLE']`."),
    v("rcp.type_rcp", TEXTE, "`standard`, `recours`, `cancer_rare` ou `pediatrique`."),
    v(
        "rcp.categorie_recours",
        FACULTATIF,
        "`viscerale_digestive`, `thoracique`, `orl_cervico_maxillo_faciale`, `urologique` ou `gynecologique`.",
    ),
    v("rcp.reseau_cancer_rare", FACULTATIF, "Réseau national d'une RCP de cancers rares."),
    v("rcp.nature", TEXTE, "`appareil_organe` ou `transversale`."),
    v("rcp.appareil", FACULTATIF, "Code du jeu `rcp-appareil`."),
    v("rcp.organes", LISTE, "Codes du jeu `rcp-organe`."),
    v("rcp.traitement_soins", FACULTATIF, "Code du jeu `traitement-soins-frcp` : `ORG-129` oncogénétique, `ORG-130` oncogériatrie…"),
    v("rcp.theme", TEXTE, "Thème sous lequel la région compte la RCP."),
    v("rcp.niveau", TEXTE, "`local`, `territorial`, `regional`, `interregional` ou `national`."),
    v("rcp.expertise", BOOLEEN, "RCP comptée à part, comme RCP d'expertise."),
    v("inscription.etat", TEXTE, "`inscrite`, `discutee` ou `enregistree`."),
    v("inscription.hors_delai", BOOLEEN, "Le dossier a été inscrit après la date limite de la réunion."),
    v("inscription.reportee", BOOLEEN, "Le dossier vient d'une réunion qui l'a reporté."),
    v("inscription.traitements_proposes", LISTE, "Traitements de la proposition (codes du jeu `type-traitement-frcp`)."),
    v("inscription.passage_recours", BOOLEEN, "La proposition adresse le dossier à une RCP de recours."),
    v("inscription.arret_traitement", BOOLEEN, "La proposition arrête les traitements du cancer."),
    v("inscription.essai", TEXTE, "Ce que la proposition dit d'un essai : `non_renseigne`, `propose` ou `non_propose`."),
    v("delais.fiche", JOURS, "Jours de la création de la fiche à la réunion."),
    v("delais.inscription", JOURS, "Jours de l'inscription à la réunion."),
    v("delais.diagnostic", JOURS, "Jours du diagnostic du dossier à la réunion."),
    v("delais.prelevement", JOURS, "Jours du prélèvement (`fiche.anatomopathologie.date_prelevement`) à la réunion."),
    v("delais.anatomopathologie", JOURS, "Jours de l'examen anatomopathologique (`date_examen`) à la réunion."),
    v("delais.operation", JOURS, "Jours de l'opération (`fiche.compte_rendu_operatoire.date`) à la réunion."),
    v(
        "quorum.has",
        TEXTE,
        "`atteint`, `non_atteint`, `indetermine` : règle des trois spécialités ; indéterminé tant que le cas n'est pas décidé.",
    ),
    v("quorum.composition", TEXTE, "De même, pour la règle de composition de la RCP."),
    v("quorum.manquantes", LISTE, "Noms des places qui manquent à la composition."),
    v("participants[].profession", TEXTE, "Profession (TRE G15) : `10` médecin, `21` pharmacien."),
    v("participants[].specialite", TEXTE, "Spécialité (JDV J01) ; vide si l'annuaire l'ignore."),
    v(
        "participants[].groupe",
        TEXTE,
        "Groupe de la spécialité (`specialites.json`) : `oncologie_pediatrique`, `geriatrie`… ; vide sans groupe.",
    ),
    v("participants[].moyen", TEXTE, "`presence`, `visio` ou `avis_ecrit` (avis écrit sur ce cas)."),
    v("participants[].clauses", LISTE, "Places du quorum pour lesquelles la RCP a désigné la personne : `AJA_PEDIATRIQUE`…"),
    v("historique.nombre", ENTIER, "Réunions passées qui ont discuté ou enregistré un dossier du patient."),
    v("historique.nombre_dossier", ENTIER, "De même, pour ce dossier seulement."),
    v("historique.dernier", "date, facultative", "Jour de la dernière de ces réunions."),
    v("historique.jours_depuis_dernier", JOURS, "Jours de cette réunion à celle-ci."),
    v("historique.passages[].date", "date", "Jour de la réunion ; les passages sont donnés du plus récent au plus ancien."),
    v("historique.passages[].rcp", TEXTE, "Code de la RCP."),
    v("historique.passages[].type_rcp", TEXTE, "Type de la RCP, comme `rcp.type_rcp`."),
    v("historique.passages[].categorie_recours", TEXTE, "Catégorie d'une RCP de recours ; vide sinon."),
    v("historique.passages[].reseau_cancer_rare", TEXTE, "Réseau d'une RCP de cancers rares ; vide sinon."),
    v("historique.passages[].appareil", TEXTE, "Appareil de la RCP ; vide sinon."),
    v("historique.passages[].traitement_soins", TEXTE, "Traitement ou soins d'une RCP transversale ; vide sinon."),
    v("historique.passages[].theme", TEXTE, "Thème de la RCP."),
    v("historique.passages[].meme_dossier", BOOLEEN, "Le passage concerne le même dossier."),
    v("historique.passages[].etat", TEXTE, "`inscrite`, `discutee`, `enregistree`, `reportee` ou `retiree`."),
    v("historique.passages[].a_venir", BOOLEEN, "Le dossier est à l'ordre du jour d'une réunion qui n'est pas encore validée."),
    v(
        "historique.passages[].avis_rendu",
        BOOLEEN,
        "La réunion est validée et sa réponse est un avis de RCP (quorum atteint, ou cas enregistré).",
    ),
];

/// The table of the guide, in Markdown.
#[must_use]
pub fn table() -> String {
    let lignes = DICTIONNAIRE.iter().map(|v| format!("| `{}` | {} | {} |\n", v.chemin, v.genre, v.sens));
    format!("| Variable | Type | Sens |\n|---|---|---|\n{}", lignes.collect::<String>())
}
