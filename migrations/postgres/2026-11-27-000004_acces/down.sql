DROP TABLE bris_de_glace;
DROP TABLE designation_patient;
DROP TABLE examen_restriction;
DROP TABLE restriction_personne;
DROP TABLE restriction_acces;
DELETE FROM lien_patient WHERE motif = 'bris_de_glace';
ALTER TABLE lien_patient DROP CONSTRAINT lien_patient_motif_connu;
ALTER TABLE lien_patient ADD CONSTRAINT lien_patient_motif_connu CHECK (motif IN ('createur', 'etablissement', 'medecin_traitant', 'correspondant', 'referent', 'demandeur', 'rcp', 'centre_3c', 'organisateur', 'reunion'));
