DROP TABLE fait_passage;
DROP INDEX diffusion_medecin_traitant;
CREATE INDEX diffusion_recue_medecin_traitant ON diffusion (compte_rendu_id)
WHERE qualite = 'medecin_traitant' AND etat IN ('acceptee', 'remise', 'lue', 'integree', 'postee');
CREATE INDEX compte_rendu_activite ON compte_rendu (
    date_reunion, statut_cas, rcp_id, centre_3c_id, etablissement_id, territoire_id, theme, type_rcp, expertise,
    patient_id, reunion_id, age, g8, quorum_has, quorum_regle, id
) WHERE courant;
