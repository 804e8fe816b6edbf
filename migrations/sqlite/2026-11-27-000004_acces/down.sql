DROP TABLE bris_de_glace;
DROP TABLE designation_patient;
DROP TABLE examen_restriction;
DROP TABLE restriction_personne;
DROP TABLE restriction_acces;
CREATE TABLE lien_patient_neuf (
    patient_id TEXT NOT NULL REFERENCES patient (id),
    sujet_id TEXT NOT NULL,
    motif TEXT NOT NULL,
    origine_id TEXT NOT NULL,
    debut TEXT NOT NULL,
    fin TEXT,
    CONSTRAINT lien_patient_motif_connu CHECK (motif IN ('createur', 'etablissement', 'medecin_traitant', 'correspondant', 'referent', 'demandeur', 'rcp', 'centre_3c', 'organisateur', 'reunion')),
    PRIMARY KEY (patient_id, sujet_id, motif, origine_id)
);
INSERT INTO lien_patient_neuf SELECT patient_id, sujet_id, motif, origine_id, debut, fin FROM lien_patient WHERE motif <> 'bris_de_glace';
DROP TABLE lien_patient;
ALTER TABLE lien_patient_neuf RENAME TO lien_patient;
CREATE INDEX lien_patient_sujet_id_patient_id ON lien_patient (sujet_id, patient_id);
