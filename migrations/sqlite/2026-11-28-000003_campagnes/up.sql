-- The work on the report of a year: an extraction that is frozen, what each 3C says of its figures, the publication.
CREATE TABLE campagne (
    id TEXT NOT NULL PRIMARY KEY,
    annee BIGINT NOT NULL CONSTRAINT campagne_annee_unique UNIQUE,
    etat TEXT NOT NULL,
    instantane_id TEXT REFERENCES instantane (id),
    ouverte_le TEXT NOT NULL,
    version BIGINT NOT NULL,
    modifie_le TEXT NOT NULL,
    CONSTRAINT campagne_etat_connu CHECK (etat IN ('ouverte', 'en_validation', 'publiee')),
    CONSTRAINT campagne_extraite CHECK ((etat = 'ouverte') = (instantane_id IS NULL))
);
-- What each 3C says of its figures. `instantane_id` is the extraction that it decided on.
CREATE TABLE campagne_page (
    campagne_id TEXT NOT NULL REFERENCES campagne (id),
    centre_3c_id TEXT NOT NULL REFERENCES centre_3c (id),
    active BOOLEAN NOT NULL,
    etat TEXT NOT NULL,
    instantane_id TEXT REFERENCES instantane (id),
    decide_le TEXT,
    version BIGINT NOT NULL,
    PRIMARY KEY (campagne_id, centre_3c_id),
    CONSTRAINT campagne_page_etat_connu CHECK (etat IN ('a_valider', 'a_corriger', 'validee')),
    CONSTRAINT campagne_page_decidee CHECK (
        (etat = 'a_valider') = (instantane_id IS NULL) AND (instantane_id IS NULL) = (decide_le IS NULL)
    )
);
-- Everything that was done, in order.
CREATE TABLE campagne_acte (
    id TEXT NOT NULL PRIMARY KEY,
    campagne_id TEXT NOT NULL REFERENCES campagne (id),
    centre_3c_id TEXT REFERENCES centre_3c (id),
    instantane_id TEXT REFERENCES instantane (id),
    acte TEXT NOT NULL,
    texte TEXT,
    ecarts TEXT NOT NULL,
    compte_id TEXT REFERENCES compte (id),
    nom TEXT NOT NULL,
    moment TEXT NOT NULL,
    CONSTRAINT campagne_acte_connu CHECK (
        acte IN ('ouvrir', 'extraire', 'commenter', 'demander_correction', 'valider', 'demander_publication', 'publier', 'echouer')
    ),
    CONSTRAINT campagne_acte_correction_motivee CHECK (acte <> 'demander_correction' OR texte IS NOT NULL),
    CONSTRAINT campagne_acte_ecarts_json CHECK (json_valid(ecarts))
);
CREATE INDEX campagne_acte_campagne_id ON campagne_acte (campagne_id, moment);
-- A report that was published, and its bytes.
CREATE TABLE publication (
    id TEXT NOT NULL PRIMARY KEY,
    campagne_id TEXT NOT NULL REFERENCES campagne (id),
    annee BIGINT NOT NULL,
    numero BIGINT NOT NULL,
    instantane_id TEXT NOT NULL REFERENCES instantane (id),
    publiee_le TEXT NOT NULL,
    motif TEXT,
    mention TEXT,
    CONSTRAINT publication_annee_numero_unique UNIQUE (annee, numero),
    CONSTRAINT publication_numero_positif CHECK (numero >= 1),
    CONSTRAINT publication_remplacement_motive CHECK ((numero = 1) = (motif IS NULL))
);
CREATE TABLE publication_document (
    publication_id TEXT NOT NULL REFERENCES publication (id),
    format TEXT NOT NULL,
    nom TEXT NOT NULL,
    type_mime TEXT NOT NULL,
    taille BIGINT NOT NULL,
    empreinte TEXT NOT NULL,
    octets BLOB NOT NULL,
    PRIMARY KEY (publication_id, format),
    CONSTRAINT publication_document_format_connu CHECK (format IN ('pdf', 'xlsx', 'csv', 'json'))
);

-- What was done and what was published are neither changed nor erased.
CREATE TRIGGER campagne_acte_sans_update BEFORE UPDATE ON campagne_acte BEGIN SELECT RAISE(ABORT, 'campagne_immuable'); END;
CREATE TRIGGER campagne_acte_sans_delete BEFORE DELETE ON campagne_acte BEGIN SELECT RAISE(ABORT, 'campagne_immuable'); END;
CREATE TRIGGER publication_sans_update BEFORE UPDATE ON publication BEGIN SELECT RAISE(ABORT, 'publication_immuable'); END;
CREATE TRIGGER publication_sans_delete BEFORE DELETE ON publication BEGIN SELECT RAISE(ABORT, 'publication_immuable'); END;
CREATE TRIGGER publication_document_sans_update BEFORE UPDATE ON publication_document BEGIN SELECT RAISE(ABORT, 'publication_immuable'); END;
CREATE TRIGGER publication_document_sans_delete BEFORE DELETE ON publication_document BEGIN SELECT RAISE(ABORT, 'publication_immuable'); END;
