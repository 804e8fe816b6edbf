DROP TABLE fait_passage;
CREATE INDEX compte_rendu_activite ON compte_rendu (
    date_reunion, statut_cas, rcp_id, centre_3c_id, etablissement_id, territoire_id, theme, type_rcp, expertise,
    patient_id, reunion_id, age, g8, quorum_has, quorum_regle, id
) WHERE courant;
