-- Programmes are delivered as comptes-rendus are: the documents of both stand in one table, and a delivery is that of
-- a version of one or of the other. A column cannot lose its NOT NULL in place.
CREATE TABLE document_commun (
    id TEXT NOT NULL PRIMARY KEY,
    compte_rendu_id TEXT REFERENCES compte_rendu (id),
    programme_id TEXT REFERENCES programme (id),
    genre TEXT NOT NULL,
    nom TEXT NOT NULL,
    type_mime TEXT NOT NULL,
    empreinte TEXT NOT NULL,
    octets BLOB NOT NULL,
    cree_le TEXT NOT NULL,
    CONSTRAINT document_genre_connu CHECK (genre IN ('pdf', 'lettre_medecin_traitant', 'cda', 'xdm')),
    CONSTRAINT document_d_une_version CHECK ((compte_rendu_id IS NULL) <> (programme_id IS NULL)),
    CONSTRAINT document_lettre_d_un_compte_rendu CHECK (genre <> 'lettre_medecin_traitant' OR compte_rendu_id IS NOT NULL),
    CONSTRAINT document_compte_rendu_id_genre_unique UNIQUE (compte_rendu_id, genre),
    CONSTRAINT document_programme_id_genre_unique UNIQUE (programme_id, genre)
);
INSERT INTO document_commun (id, compte_rendu_id, genre, nom, type_mime, empreinte, octets, cree_le)
SELECT id, compte_rendu_id, genre, nom, type_mime, empreinte, octets, cree_le FROM document;
INSERT INTO document_commun (id, programme_id, genre, nom, type_mime, empreinte, octets, cree_le)
SELECT id, programme_id, genre, nom, type_mime, empreinte, octets, cree_le FROM programme_document;
DROP TABLE document;
DROP TABLE programme_document;
ALTER TABLE document_commun RENAME TO document;

-- The table is made again under its own name, so that those that refer to it need not be: they are looked at when the
-- migration ends.
PRAGMA defer_foreign_keys = ON;
CREATE TABLE diffusion_avant AS SELECT * FROM diffusion;
DROP TABLE diffusion;
CREATE TABLE diffusion (
    id TEXT NOT NULL PRIMARY KEY,
    compte_rendu_id TEXT REFERENCES compte_rendu (id),
    programme_id TEXT REFERENCES programme (id),
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
    CONSTRAINT diffusion_d_une_version CHECK ((compte_rendu_id IS NULL) <> (programme_id IS NULL)),
    CONSTRAINT diffusion_qualite_connu CHECK (qualite IN ('medecin_traitant', 'demandeur', 'correspondant', 'etablissement', 'dmp', 'patient')),
    CONSTRAINT diffusion_destinataire_designe CHECK ((praticien_id IS NOT NULL) = (qualite IN ('medecin_traitant', 'demandeur', 'correspondant'))
        AND (etablissement_id IS NOT NULL) = (qualite IN ('etablissement', 'dmp'))),
    CONSTRAINT diffusion_canal_connu CHECK (canal IN ('mssante', 'courrier', 'depot_dpi', 'dmp', 'aucun')),
    CONSTRAINT diffusion_etat_connu CHECK (etat IN ('sans_adresse', 'a_envoyer', 'en_cours', 'acceptee', 'remise', 'lue', 'integree', 'refusee', 'rejetee', 'echec', 'remplacee', 'imprimee', 'postee', 'opposition')),
    CONSTRAINT diffusion_mssante_adresse CHECK (canal <> 'mssante' OR adresse IS NOT NULL),
    CONSTRAINT diffusion_partie_datee CHECK (etat NOT IN ('acceptee', 'remise', 'lue', 'integree', 'refusee', 'rejetee', 'postee') OR envoyee_le IS NOT NULL),
    CONSTRAINT diffusion_partie_nommee CHECK (canal <> 'mssante' OR etat NOT IN ('acceptee', 'remise', 'lue', 'integree', 'refusee', 'rejetee') OR message_id IS NOT NULL),
    CONSTRAINT diffusion_imprimee_par_lot CHECK (etat <> 'imprimee' OR impression_id IS NOT NULL),
    CONSTRAINT diffusion_compte_rendu_id_praticien_id_unique UNIQUE (compte_rendu_id, praticien_id),
    CONSTRAINT diffusion_programme_id_praticien_id_unique UNIQUE (programme_id, praticien_id)
);
INSERT INTO diffusion (id, compte_rendu_id, patient_id, praticien_id, etablissement_id, qualite, canal, adresse, etat, message_id,
    tentatives, derniere_erreur, code_retour, retardee_le, supprimee_le, impression_id, version, cree_le, modifie_le, envoyee_le)
SELECT id, compte_rendu_id, patient_id, praticien_id, etablissement_id, qualite, canal, adresse, etat, message_id,
    tentatives, derniere_erreur, code_retour, retardee_le, supprimee_le, impression_id, version, cree_le, modifie_le, envoyee_le
FROM diffusion_avant;
DROP TABLE diffusion_avant;
CREATE UNIQUE INDEX diffusion_compte_rendu_id_etablissement_id_unique ON diffusion (compte_rendu_id, etablissement_id, qualite)
WHERE etablissement_id IS NOT NULL;
CREATE UNIQUE INDEX diffusion_compte_rendu_id_patient_unique ON diffusion (compte_rendu_id) WHERE qualite = 'patient';
CREATE UNIQUE INDEX diffusion_programme_id_etablissement_id_unique ON diffusion (programme_id, etablissement_id, qualite)
WHERE etablissement_id IS NOT NULL;
CREATE UNIQUE INDEX diffusion_programme_id_patient_unique ON diffusion (programme_id) WHERE qualite = 'patient';
CREATE INDEX diffusion_etat ON diffusion (etat);
CREATE INDEX diffusion_patient_id ON diffusion (patient_id);
CREATE INDEX diffusion_impression_id ON diffusion (impression_id) WHERE impression_id IS NOT NULL;
CREATE INDEX diffusion_recue_medecin_traitant ON diffusion (compte_rendu_id)
WHERE qualite = 'medecin_traitant' AND etat IN ('acceptee', 'remise', 'lue', 'integree', 'postee');

-- How many recipients each version was prepared for: none is possible for a programme, and is that of those handed
-- before programmes were sent.
CREATE TABLE registre_diffusion_commun (
    version_id TEXT NOT NULL PRIMARY KEY,
    compte_rendu_id TEXT CONSTRAINT registre_diffusion_compte_rendu_id_unique UNIQUE REFERENCES compte_rendu (id),
    programme_id TEXT CONSTRAINT registre_diffusion_programme_id_unique UNIQUE REFERENCES programme (id),
    attendus BIGINT NOT NULL,
    prepare_le TEXT NOT NULL,
    CONSTRAINT registre_diffusion_d_une_version CHECK ((compte_rendu_id IS NULL) <> (programme_id IS NULL)
        AND version_id = COALESCE(compte_rendu_id, programme_id)),
    CONSTRAINT registre_diffusion_attendus_positif CHECK (attendus >= 0 AND (attendus > 0 OR programme_id IS NOT NULL))
);
INSERT INTO registre_diffusion_commun (version_id, compte_rendu_id, attendus, prepare_le)
SELECT compte_rendu_id, compte_rendu_id, attendus, prepare_le FROM registre_diffusion;
INSERT INTO registre_diffusion_commun (version_id, programme_id, attendus, prepare_le)
SELECT id, id, 0, modifie_le FROM programme WHERE etat <> 'brouillon';
DROP TABLE registre_diffusion;
ALTER TABLE registre_diffusion_commun RENAME TO registre_diffusion;
CREATE TRIGGER registre_diffusion_immuable BEFORE UPDATE ON registre_diffusion
BEGIN
    SELECT RAISE(ABORT, 'registre_diffusion_immuable');
END;
CREATE TRIGGER registre_diffusion_indelebile BEFORE DELETE ON registre_diffusion
BEGIN
    SELECT RAISE(ABORT, 'registre_diffusion_indelebile');
END;
