DROP TABLE demande_envoi_patient;
DROP TABLE depot_dpi;
DROP TABLE reglage_diffusion;
DROP TABLE transition_diffusion;
DROP TABLE registre_diffusion;
DROP TABLE retour;
DELETE FROM tentative WHERE diffusion_id IN (SELECT id FROM diffusion WHERE praticien_id IS NULL);
DELETE FROM diffusion WHERE praticien_id IS NULL;
CREATE TABLE diffusion_restreinte (
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
INSERT INTO diffusion_restreinte
SELECT id, compte_rendu_id, patient_id, praticien_id, qualite, canal, adresse,
CASE
    WHEN etat IN ('remise', 'lue', 'integree') THEN 'acceptee'
    WHEN etat IN ('refusee', 'rejetee') THEN 'echec'
    WHEN etat = 'imprimee' THEN 'sans_adresse'
    ELSE etat
END, message_id, tentatives, derniere_erreur, version, cree_le, modifie_le, envoyee_le
FROM diffusion;
CREATE TABLE tentative_restreinte (
    id TEXT NOT NULL PRIMARY KEY,
    diffusion_id TEXT NOT NULL REFERENCES diffusion_restreinte (id),
    numero BIGINT NOT NULL,
    debut TEXT NOT NULL,
    fin TEXT,
    resultat TEXT NOT NULL,
    code TEXT,
    detail TEXT,
    CONSTRAINT tentative_resultat_connu CHECK (resultat IN ('en_cours', 'acceptee', 'echec_temporaire', 'echec_definitif', 'interrompue')),
    CONSTRAINT tentative_diffusion_id_numero_unique UNIQUE (diffusion_id, numero)
);
INSERT INTO tentative_restreinte
SELECT id, diffusion_id, numero, debut, fin, resultat, code, detail FROM tentative;
DROP TABLE tentative;
DROP TABLE diffusion;
ALTER TABLE diffusion_restreinte RENAME TO diffusion;
ALTER TABLE tentative_restreinte RENAME TO tentative;
CREATE INDEX diffusion_etat ON diffusion (etat);
CREATE INDEX diffusion_recue_medecin_traitant ON diffusion (compte_rendu_id)
WHERE qualite = 'medecin_traitant' AND etat IN ('acceptee', 'postee');
CREATE INDEX diffusion_patient_id ON diffusion (patient_id);
DROP TABLE impression;
