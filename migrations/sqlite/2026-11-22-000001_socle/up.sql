-- The tables of the service. One statement of the model for each database: the same names, columns,
-- nullability and constraints on both sides (tests/schema_parity.rs).

CREATE TABLE territoire (
    id TEXT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL CONSTRAINT territoire_code_unique UNIQUE,
    nom TEXT NOT NULL
);

CREATE TABLE etablissement (
    id TEXT NOT NULL PRIMARY KEY,
    finess TEXT NOT NULL CONSTRAINT etablissement_finess_unique UNIQUE,
    finess_juridique TEXT,
    raison_sociale TEXT NOT NULL,
    recherche TEXT NOT NULL,
    college TEXT NOT NULL,
    territoire_id TEXT REFERENCES territoire (id),
    adresse TEXT,
    code_postal TEXT,
    commune TEXT,
    autorise_cancer BOOLEAN NOT NULL,
    actif BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    cree_le TEXT NOT NULL,
    modifie_le TEXT NOT NULL,
    CONSTRAINT etablissement_college_connu CHECK (college IN ('public', 'espic', 'prive'))
);
CREATE INDEX etablissement_recherche ON etablissement (recherche);

CREATE TABLE centre_3c (
    id TEXT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL CONSTRAINT centre_3c_code_unique UNIQUE,
    nom TEXT NOT NULL,
    territoire_id TEXT REFERENCES territoire (id),
    etablissement_id TEXT REFERENCES etablissement (id),
    courriel TEXT,
    telephone TEXT,
    version BIGINT NOT NULL,
    cree_le TEXT NOT NULL,
    modifie_le TEXT NOT NULL
);

CREATE TABLE centre_3c_etablissement (
    centre_3c_id TEXT NOT NULL REFERENCES centre_3c (id),
    etablissement_id TEXT NOT NULL REFERENCES etablissement (id),
    PRIMARY KEY (centre_3c_id, etablissement_id)
);

CREATE TABLE praticien (
    id TEXT NOT NULL PRIMARY KEY,
    rpps TEXT CONSTRAINT praticien_rpps_unique UNIQUE,
    civilite TEXT,
    titre TEXT,
    nom TEXT NOT NULL,
    prenom TEXT NOT NULL,
    recherche TEXT NOT NULL,
    profession TEXT NOT NULL,
    specialite TEXT,
    mode_exercice TEXT NOT NULL,
    etablissement_id TEXT REFERENCES etablissement (id),
    telephone TEXT,
    courriel TEXT,
    actif BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    cree_le TEXT NOT NULL,
    modifie_le TEXT NOT NULL,
    CONSTRAINT praticien_mode_exercice_connu CHECK (mode_exercice IN ('salarie', 'liberal', 'mixte'))
);
CREATE INDEX praticien_recherche ON praticien (recherche);

CREATE TABLE praticien_adresse (
    id TEXT NOT NULL PRIMARY KEY,
    praticien_id TEXT NOT NULL REFERENCES praticien (id),
    adresse TEXT NOT NULL,
    type_bal TEXT NOT NULL,
    rang BIGINT NOT NULL,
    active BOOLEAN NOT NULL,
    cree_le TEXT NOT NULL,
    CONSTRAINT praticien_adresse_type_bal_connu CHECK (type_bal IN ('per', 'org', 'app', 'cab')),
    CONSTRAINT praticien_adresse_praticien_id_adresse_unique UNIQUE (praticien_id, adresse)
);

CREATE TABLE compte (
    id TEXT NOT NULL PRIMARY KEY,
    identifiant TEXT NOT NULL CONSTRAINT compte_identifiant_unique UNIQUE,
    empreinte_mot_de_passe TEXT,
    nom TEXT NOT NULL,
    praticien_id TEXT REFERENCES praticien (id),
    actif BOOLEAN NOT NULL,
    fin_le DATE,
    version BIGINT NOT NULL,
    cree_le TEXT NOT NULL,
    modifie_le TEXT NOT NULL
);

CREATE TABLE habilitation (
    id TEXT NOT NULL PRIMARY KEY,
    compte_id TEXT NOT NULL REFERENCES compte (id),
    role TEXT NOT NULL,
    perimetre TEXT NOT NULL,
    perimetre_id TEXT,
    debut DATE NOT NULL,
    fin DATE,
    accordee_par TEXT REFERENCES compte (id),
    cree_le TEXT NOT NULL,
    CONSTRAINT habilitation_perimetre_connu CHECK (perimetre IN ('region', 'centre_3c', 'etablissement', 'rcp', 'patients')),
    CONSTRAINT habilitation_perimetre_designe CHECK ((perimetre IN ('region', 'patients')) = (perimetre_id IS NULL))
);
CREATE INDEX habilitation_compte_id ON habilitation (compte_id);

CREATE TABLE session (
    id TEXT NOT NULL PRIMARY KEY,
    compte_id TEXT NOT NULL REFERENCES compte (id),
    empreinte_jeton TEXT NOT NULL CONSTRAINT session_empreinte_jeton_unique UNIQUE,
    empreinte_precedente TEXT,
    cree_le TEXT NOT NULL,
    rafraichie_le TEXT NOT NULL,
    expire_le TEXT NOT NULL,
    revoquee_le TEXT,
    motif_revocation TEXT
);
CREATE INDEX session_compte_id ON session (compte_id);
CREATE INDEX session_empreinte_precedente ON session (empreinte_precedente);

CREATE TABLE trace (
    id TEXT NOT NULL PRIMARY KEY,
    instant TEXT NOT NULL,
    compte_id TEXT,
    acteur TEXT NOT NULL,
    session_id TEXT,
    action TEXT NOT NULL,
    objet_type TEXT NOT NULL,
    objet_id TEXT,
    objet_version BIGINT,
    patient_id TEXT,
    champs TEXT,
    resultat TEXT NOT NULL,
    requete_id TEXT,
    CONSTRAINT trace_champs_json CHECK (json_valid(champs)),
    CONSTRAINT trace_resultat_connu CHECK (resultat IN ('accepte', 'refuse'))
);
CREATE INDEX trace_patient_id_instant ON trace (patient_id, instant);
CREATE INDEX trace_compte_id_instant ON trace (compte_id, instant);

CREATE TABLE idempotence (
    compte_id TEXT NOT NULL,
    cle TEXT NOT NULL,
    empreinte TEXT NOT NULL,
    statut BIGINT NOT NULL,
    reponse TEXT NOT NULL,
    localisation TEXT,
    etag TEXT,
    cree_le TEXT NOT NULL,
    expire_le TEXT NOT NULL,
    CONSTRAINT idempotence_reponse_json CHECK (json_valid(reponse)),
    PRIMARY KEY (compte_id, cle)
);
CREATE INDEX idempotence_expire_le ON idempotence (expire_le);

CREATE TABLE job (
    id TEXT NOT NULL PRIMARY KEY,
    genre TEXT NOT NULL,
    charge TEXT NOT NULL,
    etat TEXT NOT NULL,
    tentatives BIGINT NOT NULL,
    tentatives_max BIGINT NOT NULL,
    pret_le TEXT NOT NULL,
    bail_jusqu_a TEXT,
    bail_par TEXT,
    derniere_erreur TEXT,
    cree_le TEXT NOT NULL,
    termine_le TEXT,
    CONSTRAINT job_charge_json CHECK (json_valid(charge)),
    CONSTRAINT job_etat_connu CHECK (etat IN ('en_attente', 'en_cours', 'fait', 'echoue'))
);
CREATE INDEX job_etat_pret_le ON job (etat, pret_le);

CREATE TABLE jeu_de_valeurs (
    code TEXT NOT NULL,
    version TEXT NOT NULL,
    oid TEXT NOT NULL,
    nom TEXT NOT NULL,
    empreinte TEXT NOT NULL,
    courant BOOLEAN NOT NULL,
    charge_le TEXT NOT NULL,
    PRIMARY KEY (code, version)
);

CREATE TABLE concept (
    jeu TEXT NOT NULL,
    version TEXT NOT NULL,
    code TEXT NOT NULL,
    systeme TEXT NOT NULL,
    libelle TEXT NOT NULL,
    recherche TEXT NOT NULL,
    rang BIGINT NOT NULL,
    PRIMARY KEY (jeu, version, code)
);
CREATE INDEX concept_jeu_recherche ON concept (jeu, recherche);

CREATE TABLE modele_fiche (
    id TEXT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    version TEXT NOT NULL,
    nom TEXT NOT NULL,
    schema_json TEXT NOT NULL,
    presentation TEXT NOT NULL,
    valable_du DATE NOT NULL,
    valable_au DATE,
    empreinte TEXT NOT NULL,
    charge_le TEXT NOT NULL,
    CONSTRAINT modele_fiche_schema_json_json CHECK (json_valid(schema_json)),
    CONSTRAINT modele_fiche_presentation_json CHECK (json_valid(presentation)),
    CONSTRAINT modele_fiche_code_version_unique UNIQUE (code, version)
);

CREATE TABLE regle_quorum (
    id TEXT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    version TEXT NOT NULL,
    nom TEXT NOT NULL,
    contenu TEXT NOT NULL,
    valable_du DATE NOT NULL,
    valable_au DATE,
    empreinte TEXT NOT NULL,
    charge_le TEXT NOT NULL,
    CONSTRAINT regle_quorum_contenu_json CHECK (json_valid(contenu)),
    CONSTRAINT regle_quorum_code_version_unique UNIQUE (code, version)
);

CREATE TABLE regle_alerte (
    id TEXT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    version TEXT NOT NULL,
    nom TEXT NOT NULL,
    contenu TEXT NOT NULL,
    valable_du DATE NOT NULL,
    valable_au DATE,
    empreinte TEXT NOT NULL,
    charge_le TEXT NOT NULL,
    CONSTRAINT regle_alerte_contenu_json CHECK (json_valid(contenu)),
    CONSTRAINT regle_alerte_code_version_unique UNIQUE (code, version)
);

CREATE TABLE rcp (
    id TEXT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL CONSTRAINT rcp_code_unique UNIQUE,
    nom TEXT NOT NULL,
    acronyme TEXT,
    recherche TEXT NOT NULL,
    numero_rrc TEXT,
    numero_gestionnaire TEXT,
    numero_national TEXT,
    type_rcp TEXT NOT NULL,
    categorie_recours TEXT,
    reseau_cancer_rare TEXT,
    nature TEXT NOT NULL,
    appareil TEXT,
    organes TEXT NOT NULL,
    traitement_soins TEXT,
    theme TEXT NOT NULL,
    niveau TEXT NOT NULL,
    expertise BOOLEAN NOT NULL,
    centre_3c_id TEXT NOT NULL REFERENCES centre_3c (id),
    etablissement_id TEXT NOT NULL REFERENCES etablissement (id),
    secretariat TEXT NOT NULL,
    lieu TEXT,
    lien_visio TEXT,
    recurrence TEXT,
    delai_inscription_heures BIGINT NOT NULL,
    capacite BIGINT,
    regle_quorum TEXT NOT NULL,
    modele_fiche TEXT NOT NULL,
    modalites TEXT,
    etat TEXT NOT NULL,
    motif_etat TEXT,
    version BIGINT NOT NULL,
    cree_le TEXT NOT NULL,
    modifie_le TEXT NOT NULL,
    CONSTRAINT rcp_type_rcp_connu CHECK (type_rcp IN ('standard', 'recours', 'cancer_rare', 'pediatrique')),
    CONSTRAINT rcp_categorie_recours_connu CHECK (categorie_recours IN ('viscerale_digestive', 'thoracique', 'orl_cervico_maxillo_faciale', 'urologique', 'gynecologique')),
    CONSTRAINT rcp_nature_connu CHECK (nature IN ('appareil_organe', 'transversale')),
    CONSTRAINT rcp_organes_json CHECK (json_valid(organes)),
    CONSTRAINT rcp_niveau_connu CHECK (niveau IN ('local', 'territorial', 'regional', 'interregional', 'national')),
    CONSTRAINT rcp_secretariat_json CHECK (json_valid(secretariat)),
    CONSTRAINT rcp_recurrence_json CHECK (json_valid(recurrence)),
    CONSTRAINT rcp_etat_connu CHECK (etat IN ('brouillon', 'validee', 'suspendue', 'fermee')),
    CONSTRAINT rcp_recours_categorie CHECK ((type_rcp = 'recours') = (categorie_recours IS NOT NULL)),
    CONSTRAINT rcp_cancer_rare_reseau CHECK ((type_rcp = 'cancer_rare') = (reseau_cancer_rare IS NOT NULL)),
    CONSTRAINT rcp_capacite_positive CHECK (capacite > 0)
);
CREATE INDEX rcp_recherche ON rcp (recherche);
CREATE INDEX rcp_centre_3c_id ON rcp (centre_3c_id);

CREATE TABLE rcp_etablissement (
    rcp_id TEXT NOT NULL REFERENCES rcp (id),
    etablissement_id TEXT NOT NULL REFERENCES etablissement (id),
    PRIMARY KEY (rcp_id, etablissement_id)
);

CREATE TABLE rcp_membre (
    id TEXT NOT NULL PRIMARY KEY,
    rcp_id TEXT NOT NULL REFERENCES rcp (id),
    praticien_id TEXT NOT NULL REFERENCES praticien (id),
    fonction TEXT NOT NULL,
    clause TEXT,
    debut DATE NOT NULL,
    fin DATE,
    cree_le TEXT NOT NULL,
    CONSTRAINT rcp_membre_fonction_connu CHECK (fonction IN ('coordonnateur', 'suppleant', 'permanent'))
);
CREATE INDEX rcp_membre_rcp_id ON rcp_membre (rcp_id);
CREATE INDEX rcp_membre_praticien_id ON rcp_membre (praticien_id);

CREATE TABLE reunion (
    id TEXT NOT NULL PRIMARY KEY,
    rcp_id TEXT NOT NULL REFERENCES rcp (id),
    debut TEXT NOT NULL,
    fin TEXT NOT NULL,
    occurrence TEXT,
    lieu TEXT,
    lien_visio TEXT,
    etat TEXT NOT NULL,
    date_limite_inscription TEXT NOT NULL,
    capacite BIGINT,
    motif_annulation TEXT,
    dupliquee_de TEXT REFERENCES reunion (id),
    sequence BIGINT NOT NULL,
    convoquee_le TEXT,
    ouverte_le TEXT,
    close_le TEXT,
    close_par TEXT,
    validee_le TEXT,
    validee_par TEXT,
    version BIGINT NOT NULL,
    cree_le TEXT NOT NULL,
    modifie_le TEXT NOT NULL,
    CONSTRAINT reunion_etat_connu CHECK (etat IN ('planifiee', 'convoquee', 'ouverte', 'close', 'validee', 'annulee')),
    CONSTRAINT reunion_rcp_id_debut_unique UNIQUE (rcp_id, debut),
    CONSTRAINT reunion_rcp_id_occurrence_unique UNIQUE (rcp_id, occurrence),
    CONSTRAINT reunion_duree CHECK (fin > debut),
    CONSTRAINT reunion_annulation_motivee CHECK (etat <> 'annulee' OR motif_annulation IS NOT NULL),
    CONSTRAINT reunion_close_datee CHECK (etat NOT IN ('close', 'validee') OR close_le IS NOT NULL),
    CONSTRAINT reunion_validee_datee CHECK (etat <> 'validee' OR validee_le IS NOT NULL)
);
CREATE INDEX reunion_debut ON reunion (debut);

CREATE TABLE presence (
    id TEXT NOT NULL PRIMARY KEY,
    reunion_id TEXT NOT NULL REFERENCES reunion (id),
    praticien_id TEXT NOT NULL REFERENCES praticien (id),
    clause TEXT,
    permanent BOOLEAN NOT NULL,
    statut TEXT NOT NULL,
    arrivee TEXT,
    depart TEXT,
    version BIGINT NOT NULL,
    modifie_le TEXT NOT NULL,
    CONSTRAINT presence_statut_connu CHECK (statut IN ('attendu', 'present', 'visio', 'excuse', 'absent')),
    CONSTRAINT presence_reunion_id_praticien_id_unique UNIQUE (reunion_id, praticien_id)
);
CREATE INDEX presence_praticien_id ON presence (praticien_id);

CREATE TABLE invitation (
    id TEXT NOT NULL PRIMARY KEY,
    reunion_id TEXT NOT NULL REFERENCES reunion (id),
    praticien_id TEXT NOT NULL REFERENCES praticien (id),
    methode TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    adresse TEXT,
    message_id TEXT,
    etat TEXT NOT NULL,
    tentatives BIGINT NOT NULL,
    derniere_erreur TEXT,
    cree_le TEXT NOT NULL,
    envoyee_le TEXT,
    CONSTRAINT invitation_methode_connu CHECK (methode IN ('request', 'cancel')),
    CONSTRAINT invitation_etat_connu CHECK (etat IN ('a_envoyer', 'envoyee', 'echec', 'sans_adresse')),
    CONSTRAINT invitation_reunion_id_praticien_id_methode_sequence_unique UNIQUE (reunion_id, praticien_id, methode, sequence)
);

CREATE TABLE flux_ical (
    id TEXT NOT NULL PRIMARY KEY,
    empreinte_jeton TEXT NOT NULL CONSTRAINT flux_ical_empreinte_jeton_unique UNIQUE,
    compte_id TEXT NOT NULL REFERENCES compte (id),
    praticien_id TEXT REFERENCES praticien (id),
    rcp_id TEXT REFERENCES rcp (id),
    libelle TEXT NOT NULL,
    cree_le TEXT NOT NULL,
    revoque_le TEXT
);

CREATE TABLE patient (
    id TEXT NOT NULL PRIMARY KEY,
    nom_naissance TEXT NOT NULL,
    nom_utilise TEXT,
    prenoms TEXT NOT NULL,
    premier_prenom TEXT NOT NULL,
    prenom_utilise TEXT,
    sexe TEXT NOT NULL,
    date_naissance DATE NOT NULL,
    lieu_naissance TEXT,
    recherche_nom TEXT NOT NULL,
    recherche_utilise TEXT NOT NULL,
    recherche_prenom TEXT NOT NULL,
    ins TEXT,
    ins_oid TEXT,
    statut_identite TEXT NOT NULL,
    adresse TEXT,
    code_postal TEXT,
    commune TEXT,
    telephone TEXT,
    decede_le DATE,
    medecin_traitant_id TEXT REFERENCES praticien (id),
    version BIGINT NOT NULL,
    cree_le TEXT NOT NULL,
    modifie_le TEXT NOT NULL,
    CONSTRAINT patient_sexe_connu CHECK (sexe IN ('masculin', 'feminin', 'indetermine')),
    CONSTRAINT patient_statut_identite_connu CHECK (statut_identite IN ('provisoire', 'recuperee', 'validee', 'qualifiee')),
    CONSTRAINT patient_ins_ins_oid_unique UNIQUE (ins, ins_oid),
    CONSTRAINT patient_ins_oid CHECK ((ins IS NULL) = (ins_oid IS NULL)),
    CONSTRAINT patient_qualifiee_ins CHECK (statut_identite <> 'qualifiee' OR ins IS NOT NULL)
);
CREATE INDEX patient_recherche_nom_date_naissance ON patient (recherche_nom, date_naissance);
CREATE INDEX patient_recherche_utilise_date_naissance ON patient (recherche_utilise, date_naissance);
CREATE INDEX patient_date_naissance ON patient (date_naissance);

CREATE TABLE patient_identifiant (
    patient_id TEXT NOT NULL REFERENCES patient (id),
    etablissement_id TEXT NOT NULL REFERENCES etablissement (id),
    ipp TEXT NOT NULL,
    PRIMARY KEY (patient_id, etablissement_id),
    CONSTRAINT patient_identifiant_etablissement_id_ipp_unique UNIQUE (etablissement_id, ipp)
);

CREATE TABLE patient_correspondant (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (id),
    praticien_id TEXT NOT NULL REFERENCES praticien (id),
    qualite TEXT NOT NULL,
    CONSTRAINT patient_correspondant_patient_id_praticien_id_unique UNIQUE (patient_id, praticien_id)
);

CREATE TABLE opposition (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (id),
    objet TEXT NOT NULL,
    exprimee_le DATE NOT NULL,
    recueillie_par TEXT,
    commentaire TEXT,
    cree_le TEXT NOT NULL,
    levee_le TEXT,
    CONSTRAINT opposition_objet_connu CHECK (objet IN ('partage_dcc', 'envoi_medecin_traitant', 'dmp', 'reutilisation'))
);
CREATE INDEX opposition_patient_id ON opposition (patient_id);

CREATE TABLE lien_patient (
    patient_id TEXT NOT NULL REFERENCES patient (id),
    sujet_id TEXT NOT NULL,
    motif TEXT NOT NULL,
    origine_id TEXT NOT NULL,
    debut TEXT NOT NULL,
    fin TEXT,
    CONSTRAINT lien_patient_motif_connu CHECK (motif IN ('createur', 'etablissement', 'medecin_traitant', 'correspondant', 'referent', 'demandeur', 'rcp', 'centre_3c', 'organisateur', 'reunion')),
    PRIMARY KEY (patient_id, sujet_id, motif, origine_id)
);
CREATE INDEX lien_patient_sujet_id_patient_id ON lien_patient (sujet_id, patient_id);

CREATE TABLE dossier (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (id),
    libelle TEXT NOT NULL,
    topographie TEXT,
    date_diagnostic DATE,
    referent_id TEXT REFERENCES praticien (id),
    etat TEXT NOT NULL,
    version BIGINT NOT NULL,
    cree_le TEXT NOT NULL,
    modifie_le TEXT NOT NULL,
    CONSTRAINT dossier_etat_connu CHECK (etat IN ('ouvert', 'clos'))
);
CREATE INDEX dossier_patient_id ON dossier (patient_id);

CREATE TABLE fiche (
    id TEXT NOT NULL PRIMARY KEY,
    dossier_id TEXT NOT NULL REFERENCES dossier (id),
    patient_id TEXT NOT NULL REFERENCES patient (id),
    modele_code TEXT NOT NULL,
    modele_version TEXT NOT NULL,
    contenu TEXT NOT NULL,
    completude BIGINT NOT NULL,
    etat TEXT NOT NULL,
    auteur_id TEXT,
    auteur_nom TEXT NOT NULL,
    version BIGINT NOT NULL,
    cree_le TEXT NOT NULL,
    modifie_le TEXT NOT NULL,
    CONSTRAINT fiche_contenu_json CHECK (json_valid(contenu)),
    CONSTRAINT fiche_etat_connu CHECK (etat IN ('brouillon', 'prete', 'verrouillee')),
    CONSTRAINT fiche_completude_pourcentage CHECK (completude BETWEEN 0 AND 100)
);
CREATE INDEX fiche_dossier_id ON fiche (dossier_id);
CREATE INDEX fiche_patient_id ON fiche (patient_id);

CREATE TABLE inscription (
    id TEXT NOT NULL PRIMARY KEY,
    reunion_id TEXT NOT NULL REFERENCES reunion (id),
    fiche_id TEXT NOT NULL REFERENCES fiche (id),
    dossier_id TEXT NOT NULL REFERENCES dossier (id),
    patient_id TEXT NOT NULL REFERENCES patient (id),
    demandeur_id TEXT NOT NULL REFERENCES praticien (id),
    presentateur_id TEXT REFERENCES praticien (id),
    rang BIGINT NOT NULL,
    etat TEXT NOT NULL,
    motif TEXT,
    precision_motif TEXT,
    commentaire TEXT,
    report_de TEXT REFERENCES inscription (id),
    debut_discussion TEXT,
    fin_discussion TEXT,
    referentiel TEXT,
    proposition TEXT,
    quorum TEXT,
    version BIGINT NOT NULL,
    cree_le TEXT NOT NULL,
    modifie_le TEXT NOT NULL,
    CONSTRAINT inscription_etat_connu CHECK (etat IN ('inscrite', 'discutee', 'enregistree', 'reportee', 'retiree')),
    CONSTRAINT inscription_referentiel_json CHECK (json_valid(referentiel)),
    CONSTRAINT inscription_proposition_json CHECK (json_valid(proposition)),
    CONSTRAINT inscription_quorum_json CHECK (json_valid(quorum)),
    CONSTRAINT inscription_report_motive CHECK (etat NOT IN ('reportee', 'retiree') OR motif IS NOT NULL),
    CONSTRAINT inscription_enregistree_referentiel CHECK (etat <> 'enregistree' OR referentiel IS NOT NULL)
);
CREATE INDEX inscription_reunion_id_rang ON inscription (reunion_id, rang);
CREATE INDEX inscription_patient_id ON inscription (patient_id);
CREATE INDEX inscription_fiche_id ON inscription (fiche_id);
-- A fiche is registered once at a meeting, unless it was withdrawn or postponed from it.
CREATE UNIQUE INDEX inscription_reunion_fiche_unique ON inscription (reunion_id, fiche_id) WHERE etat NOT IN ('retiree', 'reportee');

CREATE TABLE avis_ecrit (
    id TEXT NOT NULL PRIMARY KEY,
    inscription_id TEXT NOT NULL REFERENCES inscription (id),
    praticien_id TEXT NOT NULL REFERENCES praticien (id),
    clause TEXT,
    texte TEXT NOT NULL,
    recu_le TEXT NOT NULL,
    CONSTRAINT avis_ecrit_inscription_id_praticien_id_unique UNIQUE (inscription_id, praticien_id)
);

CREATE TABLE alerte (
    id TEXT NOT NULL PRIMARY KEY,
    inscription_id TEXT NOT NULL REFERENCES inscription (id),
    patient_id TEXT NOT NULL REFERENCES patient (id),
    regle_code TEXT NOT NULL,
    regle_version TEXT NOT NULL,
    niveau TEXT NOT NULL,
    acquittable BOOLEAN NOT NULL,
    message TEXT NOT NULL,
    action_conseillee TEXT,
    etat TEXT NOT NULL,
    motif_acquittement TEXT,
    acquittee_par TEXT,
    acquittee_le TEXT,
    version BIGINT NOT NULL,
    cree_le TEXT NOT NULL,
    modifie_le TEXT NOT NULL,
    CONSTRAINT alerte_niveau_connu CHECK (niveau IN ('bloquante', 'a_traiter', 'information')),
    CONSTRAINT alerte_etat_connu CHECK (etat IN ('active', 'acquittee', 'levee')),
    CONSTRAINT alerte_inscription_id_regle_code_unique UNIQUE (inscription_id, regle_code),
    CONSTRAINT alerte_bloquante_non_acquittable CHECK (niveau <> 'bloquante' OR NOT acquittable),
    CONSTRAINT alerte_acquittee_motivee CHECK (etat <> 'acquittee' OR motif_acquittement IS NOT NULL)
);

CREATE TABLE compte_rendu (
    id TEXT NOT NULL PRIMARY KEY,
    inscription_id TEXT NOT NULL REFERENCES inscription (id),
    reunion_id TEXT NOT NULL REFERENCES reunion (id),
    rcp_id TEXT NOT NULL REFERENCES rcp (id),
    dossier_id TEXT NOT NULL REFERENCES dossier (id),
    patient_id TEXT NOT NULL REFERENCES patient (id),
    set_id TEXT NOT NULL,
    numero_version BIGINT NOT NULL,
    remplace_id TEXT REFERENCES compte_rendu (id),
    remplace_par_id TEXT,
    courant BOOLEAN NOT NULL,
    motif_correction TEXT,
    contenu TEXT NOT NULL,
    empreinte TEXT NOT NULL,
    statut_cas TEXT NOT NULL,
    date_reunion DATE NOT NULL,
    centre_3c_id TEXT NOT NULL REFERENCES centre_3c (id),
    etablissement_id TEXT NOT NULL REFERENCES etablissement (id),
    etablissement_demandeur_id TEXT REFERENCES etablissement (id),
    territoire_id TEXT REFERENCES territoire (id),
    theme TEXT NOT NULL,
    type_rcp TEXT NOT NULL,
    expertise BOOLEAN NOT NULL,
    demandeur_id TEXT NOT NULL REFERENCES praticien (id),
    age BIGINT NOT NULL,
    quorum_has BOOLEAN,
    quorum_regle BOOLEAN,
    g8 TEXT NOT NULL,
    valide_par TEXT,
    valide_le TEXT NOT NULL,
    CONSTRAINT compte_rendu_contenu_json CHECK (json_valid(contenu)),
    CONSTRAINT compte_rendu_statut_cas_connu CHECK (statut_cas IN ('discute', 'enregistre', 'reporte')),
    CONSTRAINT compte_rendu_g8_connu CHECK (g8 IN ('non_concerne', 'non_fait', 'incomplet', 'fait')),
    CONSTRAINT compte_rendu_inscription_id_numero_version_unique UNIQUE (inscription_id, numero_version),
    CONSTRAINT compte_rendu_set_id_numero_version_unique UNIQUE (set_id, numero_version),
    CONSTRAINT compte_rendu_version_positive CHECK (numero_version > 0),
    CONSTRAINT compte_rendu_correction_motivee CHECK (numero_version = 1 OR motif_correction IS NOT NULL)
);
-- Holds all that the infocentre counts, so that a year is read without the documents beside it.
CREATE INDEX compte_rendu_activite ON compte_rendu (
    date_reunion, statut_cas, rcp_id, centre_3c_id, etablissement_id, territoire_id, theme, type_rcp, expertise,
    patient_id, reunion_id, age, g8, quorum_has, quorum_regle, id
) WHERE courant;
CREATE INDEX compte_rendu_rcp_id_date_reunion ON compte_rendu (rcp_id, date_reunion);
CREATE INDEX compte_rendu_patient_id_date_reunion ON compte_rendu (patient_id, date_reunion);
CREATE INDEX compte_rendu_reunion_id ON compte_rendu (reunion_id);
-- Only one version of a compte-rendu is the current one.
CREATE UNIQUE INDEX compte_rendu_courant_unique ON compte_rendu (set_id) WHERE courant;

-- What a compte-rendu says never changes: only which version is the current one.
CREATE TRIGGER compte_rendu_immuable BEFORE UPDATE ON compte_rendu
WHEN NEW.id IS NOT OLD.id OR NEW.inscription_id IS NOT OLD.inscription_id OR NEW.reunion_id IS NOT OLD.reunion_id OR NEW.rcp_id IS NOT OLD.rcp_id
    OR NEW.dossier_id IS NOT OLD.dossier_id OR NEW.patient_id IS NOT OLD.patient_id OR NEW.set_id IS NOT OLD.set_id
    OR NEW.numero_version IS NOT OLD.numero_version OR NEW.remplace_id IS NOT OLD.remplace_id OR NEW.motif_correction IS NOT OLD.motif_correction
    OR NEW.contenu IS NOT OLD.contenu OR NEW.empreinte IS NOT OLD.empreinte OR NEW.statut_cas IS NOT OLD.statut_cas
    OR NEW.date_reunion IS NOT OLD.date_reunion OR NEW.centre_3c_id IS NOT OLD.centre_3c_id OR NEW.etablissement_id IS NOT OLD.etablissement_id
    OR NEW.etablissement_demandeur_id IS NOT OLD.etablissement_demandeur_id OR NEW.territoire_id IS NOT OLD.territoire_id
    OR NEW.theme IS NOT OLD.theme OR NEW.type_rcp IS NOT OLD.type_rcp OR NEW.expertise IS NOT OLD.expertise
    OR NEW.demandeur_id IS NOT OLD.demandeur_id OR NEW.age IS NOT OLD.age OR NEW.quorum_has IS NOT OLD.quorum_has
    OR NEW.quorum_regle IS NOT OLD.quorum_regle OR NEW.g8 IS NOT OLD.g8 OR NEW.valide_par IS NOT OLD.valide_par
    OR NEW.valide_le IS NOT OLD.valide_le
BEGIN
    SELECT RAISE(ABORT, 'compte_rendu_immuable');
END;
CREATE TRIGGER compte_rendu_indelebile BEFORE DELETE ON compte_rendu
BEGIN
    SELECT RAISE(ABORT, 'compte_rendu_indelebile');
END;

CREATE TABLE document (
    id TEXT NOT NULL PRIMARY KEY,
    compte_rendu_id TEXT NOT NULL REFERENCES compte_rendu (id),
    genre TEXT NOT NULL,
    nom TEXT NOT NULL,
    type_mime TEXT NOT NULL,
    empreinte TEXT NOT NULL,
    octets BLOB NOT NULL,
    cree_le TEXT NOT NULL,
    CONSTRAINT document_genre_connu CHECK (genre IN ('pdf')),
    CONSTRAINT document_compte_rendu_id_genre_unique UNIQUE (compte_rendu_id, genre)
);

CREATE TABLE diffusion (
    id TEXT NOT NULL PRIMARY KEY,
    compte_rendu_id TEXT NOT NULL REFERENCES compte_rendu (id),
    patient_id TEXT NOT NULL REFERENCES patient (id),
    praticien_id TEXT NOT NULL REFERENCES praticien (id),
    qualite TEXT NOT NULL,
    canal TEXT NOT NULL,
    adresse TEXT,
    etat TEXT NOT NULL,
    message_id TEXT CONSTRAINT diffusion_message_id_unique UNIQUE,
    tentatives BIGINT NOT NULL,
    derniere_erreur TEXT,
    version BIGINT NOT NULL,
    cree_le TEXT NOT NULL,
    modifie_le TEXT NOT NULL,
    envoyee_le TEXT,
    CONSTRAINT diffusion_qualite_connu CHECK (qualite IN ('medecin_traitant', 'correspondant', 'demandeur')),
    CONSTRAINT diffusion_canal_connu CHECK (canal IN ('mssante', 'courrier', 'aucun')),
    CONSTRAINT diffusion_etat_connu CHECK (etat IN ('sans_adresse', 'a_envoyer', 'en_cours', 'acceptee', 'echec', 'remplacee', 'opposition', 'postee')),
    CONSTRAINT diffusion_compte_rendu_id_praticien_id_unique UNIQUE (compte_rendu_id, praticien_id),
    CONSTRAINT diffusion_mssante_adresse CHECK (canal <> 'mssante' OR adresse IS NOT NULL),
    CONSTRAINT diffusion_acceptee_datee CHECK (etat <> 'acceptee' OR envoyee_le IS NOT NULL)
);
CREATE INDEX diffusion_etat ON diffusion (etat);
CREATE INDEX diffusion_recue_medecin_traitant ON diffusion (compte_rendu_id)
WHERE qualite = 'medecin_traitant' AND etat IN ('acceptee', 'postee');
CREATE INDEX diffusion_patient_id ON diffusion (patient_id);

CREATE TABLE tentative (
    id TEXT NOT NULL PRIMARY KEY,
    diffusion_id TEXT NOT NULL REFERENCES diffusion (id),
    numero BIGINT NOT NULL,
    debut TEXT NOT NULL,
    fin TEXT,
    resultat TEXT NOT NULL,
    code TEXT,
    detail TEXT,
    CONSTRAINT tentative_resultat_connu CHECK (resultat IN ('en_cours', 'acceptee', 'echec_temporaire', 'echec_definitif', 'interrompue')),
    CONSTRAINT tentative_diffusion_id_numero_unique UNIQUE (diffusion_id, numero)
);
