-- Programmes handed to patients: the PPS, and the PPAC that follows it.
CREATE TABLE programme (
    id TEXT NOT NULL PRIMARY KEY,
    genre TEXT NOT NULL,
    dossier_id TEXT NOT NULL REFERENCES dossier (id),
    patient_id TEXT NOT NULL REFERENCES patient (id),
    compte_rendu_id TEXT REFERENCES compte_rendu (id),
    set_id TEXT NOT NULL,
    numero_version BIGINT NOT NULL,
    remplace_id TEXT REFERENCES programme (id),
    remplace_par_id TEXT REFERENCES programme (id),
    motif_code TEXT,
    motif_precision TEXT,
    etat TEXT NOT NULL,
    modele_code TEXT NOT NULL,
    modele_version TEXT NOT NULL,
    saisie TEXT NOT NULL,
    completude BIGINT NOT NULL,
    contenu TEXT,
    empreinte TEXT,
    remis_le DATE,
    remis_par TEXT REFERENCES praticien (id),
    auteur_id TEXT,
    auteur_nom TEXT NOT NULL,
    version BIGINT NOT NULL,
    cree_le TEXT NOT NULL,
    modifie_le TEXT NOT NULL,
    CONSTRAINT programme_genre_connu CHECK (genre IN ('pps', 'ppac')),
    CONSTRAINT programme_etat_connu CHECK (etat IN ('brouillon', 'remis', 'remplace')),
    CONSTRAINT programme_saisie_json CHECK (json_valid(saisie)),
    CONSTRAINT programme_contenu_json CHECK (contenu IS NULL OR json_valid(contenu)),
    CONSTRAINT programme_completude_bornee CHECK (completude BETWEEN 0 AND 100),
    CONSTRAINT programme_fige_a_la_remise CHECK (
        (etat = 'brouillon') = (contenu IS NULL) AND (etat = 'brouillon') = (empreinte IS NULL)
        AND (etat = 'brouillon') = (remis_le IS NULL) AND (etat = 'brouillon') = (remis_par IS NULL)
    ),
    CONSTRAINT programme_remplace_par CHECK ((etat = 'remplace') = (remplace_par_id IS NOT NULL)),
    CONSTRAINT programme_motif_des_versions CHECK ((numero_version = 1) = (remplace_id IS NULL) AND (numero_version = 1) = (motif_code IS NULL)),
    CONSTRAINT programme_set_id_numero_version_unique UNIQUE (set_id, numero_version)
);
-- A dossier has one programme of each kind, and its versions.
CREATE UNIQUE INDEX programme_dossier_id_genre_unique ON programme (dossier_id, genre) WHERE numero_version = 1;
CREATE UNIQUE INDEX programme_remis_unique ON programme (set_id) WHERE etat = 'remis';
CREATE INDEX programme_patient_id ON programme (patient_id);

-- What was handed to a patient never changes: it may only give way to another version.
CREATE TRIGGER programme_immuable BEFORE UPDATE ON programme
WHEN OLD.etat <> 'brouillon' AND (
    NEW.etat = 'brouillon' OR (OLD.etat = 'remplace' AND NEW.etat <> 'remplace')
    OR NEW.id IS NOT OLD.id OR NEW.genre IS NOT OLD.genre OR NEW.dossier_id IS NOT OLD.dossier_id OR NEW.patient_id IS NOT OLD.patient_id
    OR NEW.compte_rendu_id IS NOT OLD.compte_rendu_id OR NEW.set_id IS NOT OLD.set_id OR NEW.numero_version IS NOT OLD.numero_version
    OR NEW.remplace_id IS NOT OLD.remplace_id OR NEW.motif_code IS NOT OLD.motif_code OR NEW.motif_precision IS NOT OLD.motif_precision
    OR NEW.modele_code IS NOT OLD.modele_code OR NEW.modele_version IS NOT OLD.modele_version OR NEW.saisie IS NOT OLD.saisie
    OR NEW.completude IS NOT OLD.completude OR NEW.contenu IS NOT OLD.contenu OR NEW.empreinte IS NOT OLD.empreinte
    OR NEW.remis_le IS NOT OLD.remis_le OR NEW.remis_par IS NOT OLD.remis_par OR NEW.auteur_id IS NOT OLD.auteur_id
    OR NEW.auteur_nom IS NOT OLD.auteur_nom OR NEW.cree_le IS NOT OLD.cree_le
)
BEGIN
    SELECT RAISE(ABORT, 'programme_immuable');
END;
CREATE TRIGGER programme_indelebile BEFORE DELETE ON programme
WHEN OLD.etat <> 'brouillon'
BEGIN
    SELECT RAISE(ABORT, 'programme_indelebile');
END;

CREATE TABLE programme_document (
    id TEXT NOT NULL PRIMARY KEY,
    programme_id TEXT NOT NULL REFERENCES programme (id),
    genre TEXT NOT NULL,
    nom TEXT NOT NULL,
    type_mime TEXT NOT NULL,
    empreinte TEXT NOT NULL,
    octets BLOB NOT NULL,
    cree_le TEXT NOT NULL,
    CONSTRAINT programme_document_genre_connu CHECK (genre IN ('pdf', 'cda')),
    CONSTRAINT programme_document_programme_id_genre_unique UNIQUE (programme_id, genre)
);

-- What a model is for: the fiche of an RCP, or a programme.
ALTER TABLE modele_fiche ADD COLUMN usage TEXT NOT NULL DEFAULT 'fiche' CONSTRAINT modele_fiche_usage_connu CHECK (usage IN ('fiche', 'pps', 'ppac'));
