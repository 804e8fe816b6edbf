-- Who sees whom: bris de glace, restricted patients. A check cannot be changed in place.
CREATE TABLE lien_patient_neuf (
    patient_id TEXT NOT NULL REFERENCES patient (id),
    sujet_id TEXT NOT NULL,
    motif TEXT NOT NULL,
    origine_id TEXT NOT NULL,
    debut TEXT NOT NULL,
    fin TEXT,
    CONSTRAINT lien_patient_motif_connu CHECK (motif IN ('createur', 'etablissement', 'medecin_traitant', 'correspondant', 'referent', 'demandeur', 'rcp', 'centre_3c', 'organisateur', 'reunion', 'bris_de_glace')),
    PRIMARY KEY (patient_id, sujet_id, motif, origine_id)
);
INSERT INTO lien_patient_neuf SELECT patient_id, sujet_id, motif, origine_id, debut, fin FROM lien_patient;
DROP TABLE lien_patient;
ALTER TABLE lien_patient_neuf RENAME TO lien_patient;
CREATE INDEX lien_patient_sujet_id_patient_id ON lien_patient (sujet_id, patient_id);

-- The file of its author: who creates a patient is its author, also where an établissement made the patient readable.
INSERT INTO lien_patient (patient_id, sujet_id, motif, origine_id, debut, fin)
SELECT l.patient_id, l.sujet_id, 'createur', l.patient_id, l.debut, NULL
FROM lien_patient l
WHERE l.motif = 'etablissement' AND l.fin IS NULL
  AND NOT EXISTS (SELECT 1 FROM lien_patient c WHERE c.patient_id = l.patient_id AND c.motif = 'createur');

-- A patient whom only named people see: staff member, public figure, detainee.
CREATE TABLE restriction_acces (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (id),
    motif TEXT NOT NULL,
    posee_par TEXT NOT NULL REFERENCES compte (id),
    posee_le TEXT NOT NULL,
    levee_par TEXT REFERENCES compte (id),
    levee_le TEXT,
    version BIGINT NOT NULL,
    CONSTRAINT restriction_acces_motif_connu CHECK (motif IN ('personnel', 'personnalite', 'detenu', 'autre'))
);
CREATE UNIQUE INDEX restriction_acces_en_vigueur_unique ON restriction_acces (patient_id) WHERE levee_le IS NULL;

-- Who sees a restricted patient: an account, or a professional of the directory.
CREATE TABLE restriction_personne (
    restriction_id TEXT NOT NULL REFERENCES restriction_acces (id),
    personne_id TEXT NOT NULL,
    PRIMARY KEY (restriction_id, personne_id)
);
CREATE INDEX restriction_personne_personne_id ON restriction_personne (personne_id);

-- What was found of the views of a restricted patient, up to a moment.
CREATE TABLE examen_restriction (
    id TEXT NOT NULL PRIMARY KEY,
    restriction_id TEXT NOT NULL REFERENCES restriction_acces (id),
    jusqu_au TEXT NOT NULL,
    verdict TEXT NOT NULL,
    commentaire TEXT,
    examine_par TEXT NOT NULL REFERENCES compte (id),
    examine_le TEXT NOT NULL,
    CONSTRAINT examen_restriction_verdict_connu CHECK (verdict IN ('justifie', 'injustifie'))
);
CREATE INDEX examen_restriction_restriction_id ON examen_restriction (restriction_id, jusqu_au);

-- A patient found by exact traits, named to one account by a token for a few minutes.
CREATE TABLE designation_patient (
    empreinte TEXT NOT NULL PRIMARY KEY,
    compte_id TEXT NOT NULL REFERENCES compte (id),
    patient_id TEXT NOT NULL REFERENCES patient (id),
    expire_le TEXT NOT NULL
);

-- A patient seen in an emergency, outside the équipe de soins.
CREATE TABLE bris_de_glace (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (id),
    compte_id TEXT NOT NULL REFERENCES compte (id),
    acteur TEXT NOT NULL,
    motif TEXT NOT NULL,
    explication TEXT NOT NULL,
    debut TEXT NOT NULL,
    fin TEXT NOT NULL,
    verdict TEXT,
    commentaire TEXT,
    examine_par TEXT REFERENCES compte (id),
    examine_le TEXT,
    CONSTRAINT bris_de_glace_motif_connu CHECK (motif IN ('urgence_vitale', 'continuite_des_soins', 'avis_en_urgence', 'autre')),
    CONSTRAINT bris_de_glace_verdict_connu CHECK (verdict IN ('justifie', 'injustifie')),
    CONSTRAINT bris_de_glace_examine CHECK ((verdict IS NULL) = (examine_le IS NULL))
);
CREATE INDEX bris_de_glace_a_examiner ON bris_de_glace (debut) WHERE verdict IS NULL;
CREATE INDEX bris_de_glace_compte_id_fin ON bris_de_glace (compte_id, fin);
