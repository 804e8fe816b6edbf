-- The ledger of deliveries: more states, every change of state with its moment and cause, what came back by mail,
-- the letters printed together, and recipients that are not professionals.
CREATE TABLE impression (
    id TEXT NOT NULL PRIMARY KEY,
    compte_id TEXT REFERENCES compte (id),
    nombre BIGINT NOT NULL,
    cree_le TEXT NOT NULL,
    postee_le TEXT
);
CREATE TABLE diffusion_elargie (
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
INSERT INTO diffusion_elargie (id, compte_rendu_id, patient_id, praticien_id, qualite, canal, adresse, etat, message_id, tentatives,
    derniere_erreur, version, cree_le, modifie_le, envoyee_le)
SELECT id, compte_rendu_id, patient_id, praticien_id, qualite, canal, adresse, etat, message_id, tentatives, derniere_erreur, version,
    cree_le, modifie_le, envoyee_le
FROM diffusion;
CREATE TABLE tentative_elargie (
    id TEXT NOT NULL PRIMARY KEY,
    diffusion_id TEXT NOT NULL REFERENCES diffusion_elargie (id),
    numero BIGINT NOT NULL,
    debut TEXT NOT NULL,
    fin TEXT,
    resultat TEXT NOT NULL,
    code TEXT,
    detail TEXT,
    message_id TEXT,
    CONSTRAINT tentative_resultat_connu CHECK (resultat IN ('en_cours', 'acceptee', 'echec_temporaire', 'echec_definitif', 'interrompue')),
    CONSTRAINT tentative_diffusion_id_numero_unique UNIQUE (diffusion_id, numero)
);
INSERT INTO tentative_elargie (id, diffusion_id, numero, debut, fin, resultat, code, detail)
SELECT id, diffusion_id, numero, debut, fin, resultat, code, detail FROM tentative;
-- The rows that refer to others go first: the foreign keys are watched.
DROP TABLE tentative;
DROP TABLE diffusion;
ALTER TABLE diffusion_elargie RENAME TO diffusion;
ALTER TABLE tentative_elargie RENAME TO tentative;
CREATE UNIQUE INDEX diffusion_compte_rendu_id_etablissement_id_unique ON diffusion (compte_rendu_id, etablissement_id, qualite)
WHERE etablissement_id IS NOT NULL;
CREATE UNIQUE INDEX diffusion_compte_rendu_id_patient_unique ON diffusion (compte_rendu_id) WHERE qualite = 'patient';
CREATE INDEX diffusion_etat ON diffusion (etat);
CREATE INDEX diffusion_patient_id ON diffusion (patient_id);
CREATE INDEX diffusion_impression_id ON diffusion (impression_id) WHERE impression_id IS NOT NULL;
CREATE INDEX diffusion_recue_medecin_traitant ON diffusion (compte_rendu_id)
WHERE qualite = 'medecin_traitant' AND etat IN ('acceptee', 'remise', 'lue', 'integree', 'postee');
UPDATE tentative SET message_id = (SELECT d.message_id FROM diffusion d WHERE d.id = tentative.diffusion_id);
CREATE INDEX tentative_message_id ON tentative (message_id);
-- What came back by mail, whole. `cle` tells the same mail read twice.
CREATE TABLE retour (
    id TEXT NOT NULL PRIMARY KEY,
    cle TEXT NOT NULL CONSTRAINT retour_cle_unique UNIQUE,
    message_id TEXT,
    nature TEXT NOT NULL,
    code TEXT,
    detail TEXT,
    original TEXT,
    diffusion_id TEXT REFERENCES diffusion (id),
    etat TEXT NOT NULL,
    octets BLOB NOT NULL,
    recu_le TEXT NOT NULL,
    traite_le TEXT,
    traite_par TEXT REFERENCES compte (id),
    CONSTRAINT retour_nature_connue CHECK (nature IN ('lu', 'integre', 'integration_refusee', 'supprime', 'remis', 'relaye', 'retarde', 'rejete', 'inconnu')),
    CONSTRAINT retour_etat_connu CHECK (etat IN ('rattache', 'a_examiner', 'examine')),
    CONSTRAINT retour_rattache_designe CHECK (etat <> 'rattache' OR diffusion_id IS NOT NULL)
);
CREATE INDEX retour_diffusion_id ON retour (diffusion_id);
CREATE INDEX retour_a_examiner ON retour (id) WHERE etat = 'a_examiner';
-- Every change of a delivery: the row of rank `rang` is the version of that number.
CREATE TABLE transition_diffusion (
    diffusion_id TEXT NOT NULL REFERENCES diffusion (id),
    rang BIGINT NOT NULL,
    avant TEXT,
    apres TEXT NOT NULL,
    acte TEXT NOT NULL,
    moment TEXT NOT NULL,
    compte_id TEXT REFERENCES compte (id),
    tentative BIGINT,
    retour_id TEXT REFERENCES retour (id),
    code TEXT,
    detail TEXT,
    PRIMARY KEY (diffusion_id, rang),
    CONSTRAINT transition_diffusion_avant_connu CHECK (avant IN ('sans_adresse', 'a_envoyer', 'en_cours', 'acceptee', 'remise', 'lue', 'integree', 'refusee', 'rejetee', 'echec', 'remplacee', 'imprimee', 'postee', 'opposition')),
    CONSTRAINT transition_diffusion_apres_connu CHECK (apres IN ('sans_adresse', 'a_envoyer', 'en_cours', 'acceptee', 'remise', 'lue', 'integree', 'refusee', 'rejetee', 'echec', 'remplacee', 'imprimee', 'postee', 'opposition')),
    CONSTRAINT transition_diffusion_acte_connu CHECK (acte IN ('preparer', 'commencer', 'accepter', 'reporter', 'echouer', 'perdre_adresse', 'adresser', 'relancer', 'imprimer', 'poster', 'remplacer', 'opposer', 'remettre', 'lire', 'integrer', 'refuser', 'rejeter', 'retarder', 'relayer', 'supprimer')),
    CONSTRAINT transition_diffusion_premiere CHECK ((avant IS NULL) = (acte = 'preparer'))
);
INSERT INTO transition_diffusion (diffusion_id, rang, apres, acte, moment)
SELECT id, version, etat, 'preparer', modifie_le FROM diffusion;
-- How many recipients each version was prepared for.
CREATE TABLE registre_diffusion (
    compte_rendu_id TEXT NOT NULL PRIMARY KEY REFERENCES compte_rendu (id),
    attendus BIGINT NOT NULL,
    prepare_le TEXT NOT NULL,
    CONSTRAINT registre_diffusion_attendus_positif CHECK (attendus > 0)
);
INSERT INTO registre_diffusion (compte_rendu_id, attendus, prepare_le)
SELECT compte_rendu_id, COUNT(*), MIN(cree_le) FROM diffusion GROUP BY compte_rendu_id;
CREATE TRIGGER transition_diffusion_immuable BEFORE UPDATE ON transition_diffusion
BEGIN
    SELECT RAISE(ABORT, 'transition_diffusion_immuable');
END;
CREATE TRIGGER transition_diffusion_indelebile BEFORE DELETE ON transition_diffusion
BEGIN
    SELECT RAISE(ABORT, 'transition_diffusion_indelebile');
END;
CREATE TRIGGER registre_diffusion_immuable BEFORE UPDATE ON registre_diffusion
BEGIN
    SELECT RAISE(ABORT, 'registre_diffusion_immuable');
END;
CREATE TRIGGER registre_diffusion_indelebile BEFORE DELETE ON registre_diffusion
BEGIN
    SELECT RAISE(ABORT, 'registre_diffusion_indelebile');
END;
CREATE TRIGGER retour_indelebile BEFORE DELETE ON retour
BEGIN
    SELECT RAISE(ABORT, 'retour_indelebile');
END;
CREATE TRIGGER retour_immuable BEFORE UPDATE ON retour
WHEN NEW.cle IS NOT OLD.cle OR NEW.octets IS NOT OLD.octets OR NEW.nature IS NOT OLD.nature OR NEW.recu_le IS NOT OLD.recu_le
BEGIN
    SELECT RAISE(ABORT, 'retour_immuable');
END;
-- What the region decides on deliveries. The values below are defaults of the program, which the region edits.
CREATE TABLE reglage_diffusion (
    id TEXT NOT NULL PRIMARY KEY,
    non_lue_apres_jours BIGINT NOT NULL,
    envoi_dmp BOOLEAN NOT NULL,
    envoi_patient BOOLEAN NOT NULL,
    domaine_patient TEXT NOT NULL,
    version BIGINT NOT NULL,
    modifie_le TEXT NOT NULL,
    CONSTRAINT reglage_diffusion_unique CHECK (id = 'region'),
    CONSTRAINT reglage_diffusion_jours CHECK (non_lue_apres_jours BETWEEN 1 AND 365)
);
INSERT INTO reglage_diffusion (id, non_lue_apres_jours, envoi_dmp, envoi_patient, domaine_patient, version, modifie_le)
VALUES ('region', 15, FALSE, FALSE, 'patient.mssante.fr', 1, '2026-11-26T00:00:00.000000Z');
-- The établissements whose hospital system takes documents from a folder.
CREATE TABLE depot_dpi (
    etablissement_id TEXT NOT NULL PRIMARY KEY REFERENCES etablissement (id),
    actif BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    modifie_le TEXT NOT NULL
);
-- The patients who asked to receive their comptes-rendus in their own secure mailbox.
CREATE TABLE demande_envoi_patient (
    patient_id TEXT NOT NULL PRIMARY KEY REFERENCES patient (id),
    demandee BOOLEAN NOT NULL,
    exprimee_le DATE NOT NULL,
    recueillie_par TEXT REFERENCES compte (id),
    version BIGINT NOT NULL,
    modifie_le TEXT NOT NULL
);
