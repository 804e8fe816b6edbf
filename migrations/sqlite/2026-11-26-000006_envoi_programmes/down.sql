DROP TRIGGER transition_diffusion_indelebile;
UPDATE retour SET diffusion_id = NULL, etat = 'a_examiner'
WHERE diffusion_id IN (SELECT id FROM diffusion WHERE programme_id IS NOT NULL);
DELETE FROM transition_diffusion WHERE diffusion_id IN (SELECT id FROM diffusion WHERE programme_id IS NOT NULL);
DELETE FROM tentative WHERE diffusion_id IN (SELECT id FROM diffusion WHERE programme_id IS NOT NULL);
DELETE FROM diffusion WHERE programme_id IS NOT NULL;
CREATE TRIGGER transition_diffusion_indelebile BEFORE DELETE ON transition_diffusion
BEGIN
    SELECT RAISE(ABORT, 'transition_diffusion_indelebile');
END;
CREATE TABLE registre_diffusion_avant (
    compte_rendu_id TEXT NOT NULL PRIMARY KEY REFERENCES compte_rendu (id),
    attendus BIGINT NOT NULL,
    prepare_le TEXT NOT NULL,
    CONSTRAINT registre_diffusion_attendus_positif CHECK (attendus > 0)
);
INSERT INTO registre_diffusion_avant
SELECT compte_rendu_id, attendus, prepare_le FROM registre_diffusion WHERE compte_rendu_id IS NOT NULL;
DROP TABLE registre_diffusion;
ALTER TABLE registre_diffusion_avant RENAME TO registre_diffusion;
CREATE TRIGGER registre_diffusion_immuable BEFORE UPDATE ON registre_diffusion
BEGIN
    SELECT RAISE(ABORT, 'registre_diffusion_immuable');
END;
CREATE TRIGGER registre_diffusion_indelebile BEFORE DELETE ON registre_diffusion
BEGIN
    SELECT RAISE(ABORT, 'registre_diffusion_indelebile');
END;
PRAGMA defer_foreign_keys = ON;
CREATE TABLE diffusion_commune AS SELECT * FROM diffusion;
DROP TABLE diffusion;
CREATE TABLE diffusion (
    id TEXT NOT NULL PRIMARY KEY,
    compte_rendu_id TEXT NOT NULL REFERENCES compte_rendu (id),
    patient_id TEXT NOT NULL REFERENCES patient (id),
    praticien_id TEXT REFERENCES praticien (id),
    etablissement_id TEXT REFERENCES etablissement (id),
    qualite TEXT NOT NULL,
    canal TEXT NOT NULL,
    adresse TEXT,
    etat TEXT NOT NULL,
    message_id TEXT CONSTRAINT diffusion_message_id_unique UNIQUE,
    tentatives BIGINT NOT NULL,
    derniere_erreur TEXT,
    code_retour TEXT,
    retardee_le TEXT,
    supprimee_le TEXT,
    impression_id TEXT REFERENCES impression (id),
    version BIGINT NOT NULL,
    cree_le TEXT NOT NULL,
    modifie_le TEXT NOT NULL,
    envoyee_le TEXT,
    CONSTRAINT diffusion_qualite_connu CHECK (qualite IN ('medecin_traitant', 'demandeur', 'correspondant', 'etablissement', 'dmp', 'patient')),
    CONSTRAINT diffusion_destinataire_designe CHECK ((praticien_id IS NOT NULL) = (qualite IN ('medecin_traitant', 'demandeur', 'correspondant'))
        AND (etablissement_id IS NOT NULL) = (qualite IN ('etablissement', 'dmp'))),
    CONSTRAINT diffusion_canal_connu CHECK (canal IN ('mssante', 'courrier', 'depot_dpi', 'dmp', 'aucun')),
    CONSTRAINT diffusion_etat_connu CHECK (etat IN ('sans_adresse', 'a_envoyer', 'en_cours', 'acceptee', 'remise', 'lue', 'integree', 'refusee', 'rejetee', 'echec', 'remplacee', 'imprimee', 'postee', 'opposition')),
    CONSTRAINT diffusion_mssante_adresse CHECK (canal <> 'mssante' OR adresse IS NOT NULL),
    CONSTRAINT diffusion_partie_datee CHECK (etat NOT IN ('acceptee', 'remise', 'lue', 'integree', 'refusee', 'rejetee', 'postee') OR envoyee_le IS NOT NULL),
    CONSTRAINT diffusion_partie_nommee CHECK (canal <> 'mssante' OR etat NOT IN ('acceptee', 'remise', 'lue', 'integree', 'refusee', 'rejetee') OR message_id IS NOT NULL),
    CONSTRAINT diffusion_imprimee_par_lot CHECK (etat <> 'imprimee' OR impression_id IS NOT NULL),
    CONSTRAINT diffusion_compte_rendu_id_praticien_id_unique UNIQUE (compte_rendu_id, praticien_id)
);
INSERT INTO diffusion
SELECT id, compte_rendu_id, patient_id, praticien_id, etablissement_id, qualite, canal, adresse, etat, message_id,
    tentatives, derniere_erreur, code_retour, retardee_le, supprimee_le, impression_id, version, cree_le, modifie_le, envoyee_le
FROM diffusion_commune;
DROP TABLE diffusion_commune;
CREATE UNIQUE INDEX diffusion_compte_rendu_id_etablissement_id_unique ON diffusion (compte_rendu_id, etablissement_id, qualite)
WHERE etablissement_id IS NOT NULL;
CREATE UNIQUE INDEX diffusion_compte_rendu_id_patient_unique ON diffusion (compte_rendu_id) WHERE qualite = 'patient';
CREATE INDEX diffusion_etat ON diffusion (etat);
CREATE INDEX diffusion_patient_id ON diffusion (patient_id);
CREATE INDEX diffusion_impression_id ON diffusion (impression_id) WHERE impression_id IS NOT NULL;
CREATE INDEX diffusion_recue_medecin_traitant ON diffusion (compte_rendu_id)
WHERE qualite = 'medecin_traitant' AND etat IN ('acceptee', 'remise', 'lue', 'integree', 'postee');
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
INSERT INTO programme_document
SELECT id, programme_id, genre, nom, type_mime, empreinte, octets, cree_le FROM document
WHERE programme_id IS NOT NULL AND genre IN ('pdf', 'cda');
CREATE TABLE document_avant (
    id TEXT NOT NULL PRIMARY KEY,
    compte_rendu_id TEXT NOT NULL REFERENCES compte_rendu (id),
    genre TEXT NOT NULL,
    nom TEXT NOT NULL,
    type_mime TEXT NOT NULL,
    empreinte TEXT NOT NULL,
    octets BLOB NOT NULL,
    cree_le TEXT NOT NULL,
    CONSTRAINT document_genre_connu CHECK (genre IN ('pdf', 'lettre_medecin_traitant', 'cda', 'xdm')),
    CONSTRAINT document_compte_rendu_id_genre_unique UNIQUE (compte_rendu_id, genre)
);
INSERT INTO document_avant
SELECT id, compte_rendu_id, genre, nom, type_mime, empreinte, octets, cree_le FROM document WHERE compte_rendu_id IS NOT NULL;
DROP TABLE document;
ALTER TABLE document_avant RENAME TO document;
