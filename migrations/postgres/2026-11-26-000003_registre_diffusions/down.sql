DROP TABLE demande_envoi_patient;
DROP TABLE depot_dpi;
DROP TABLE reglage_diffusion;
DROP TABLE transition_diffusion;
DROP TABLE registre_diffusion;
DROP TABLE retour;
DROP FUNCTION refuser_registre;
DROP FUNCTION refuser_retour;
DELETE FROM tentative WHERE diffusion_id IN (SELECT id FROM diffusion WHERE praticien_id IS NULL);
DELETE FROM diffusion WHERE praticien_id IS NULL;
DROP INDEX tentative_message_id;
ALTER TABLE tentative DROP COLUMN message_id;
DROP INDEX diffusion_recue_medecin_traitant;
DROP INDEX diffusion_impression_id;
DROP INDEX diffusion_compte_rendu_id_patient_unique;
DROP INDEX diffusion_compte_rendu_id_etablissement_id_unique;
ALTER TABLE diffusion
    DROP CONSTRAINT diffusion_qualite_connu,
    DROP CONSTRAINT diffusion_destinataire_designe,
    DROP CONSTRAINT diffusion_canal_connu,
    DROP CONSTRAINT diffusion_etat_connu,
    DROP CONSTRAINT diffusion_partie_datee,
    DROP CONSTRAINT diffusion_partie_nommee,
    DROP CONSTRAINT diffusion_imprimee_par_lot;
UPDATE diffusion SET etat = CASE
    WHEN etat IN ('remise', 'lue', 'integree') THEN 'acceptee'
    WHEN etat IN ('refusee', 'rejetee') THEN 'echec'
    WHEN etat = 'imprimee' THEN 'sans_adresse'
    ELSE etat
END;
ALTER TABLE diffusion
    ADD CONSTRAINT diffusion_qualite_connu CHECK (qualite IN ('medecin_traitant', 'correspondant', 'demandeur')),
    ADD CONSTRAINT diffusion_canal_connu CHECK (canal IN ('mssante', 'courrier', 'aucun')),
    ADD CONSTRAINT diffusion_etat_connu CHECK (etat IN ('sans_adresse', 'a_envoyer', 'en_cours', 'acceptee', 'echec', 'remplacee', 'opposition', 'postee')),
    ADD CONSTRAINT diffusion_acceptee_datee CHECK (etat <> 'acceptee' OR envoyee_le IS NOT NULL);
ALTER TABLE diffusion
    DROP COLUMN etablissement_id,
    DROP COLUMN code_retour,
    DROP COLUMN retardee_le,
    DROP COLUMN supprimee_le,
    DROP COLUMN impression_id;
ALTER TABLE diffusion ALTER COLUMN praticien_id SET NOT NULL;
CREATE INDEX diffusion_recue_medecin_traitant ON diffusion (compte_rendu_id)
WHERE qualite = 'medecin_traitant' AND etat IN ('acceptee', 'postee');
DROP TABLE impression;
