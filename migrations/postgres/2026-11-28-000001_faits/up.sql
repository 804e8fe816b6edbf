-- What the infocentre counts of each version of a compte-rendu, in one narrow row written with it: a year is read without
-- the documents beside it, in the order of the dates.
CREATE TABLE fait_passage (
    date_reunion DATE NOT NULL,
    compte_rendu_id UUID NOT NULL CONSTRAINT fait_passage_compte_rendu_id_unique UNIQUE REFERENCES compte_rendu (id),
    courant BOOLEAN NOT NULL,
    patient_id UUID NOT NULL REFERENCES patient (id),
    reunion_id UUID NOT NULL REFERENCES reunion (id),
    rcp_id UUID NOT NULL REFERENCES rcp (id),
    centre_3c_id UUID NOT NULL REFERENCES centre_3c (id),
    etablissement_id UUID NOT NULL REFERENCES etablissement (id),
    territoire_id UUID REFERENCES territoire (id),
    etablissement_demandeur_id UUID REFERENCES etablissement (id),
    demandeur_id UUID NOT NULL REFERENCES praticien (id),
    theme TEXT NOT NULL,
    type_rcp TEXT NOT NULL,
    niveau TEXT NOT NULL,
    expertise BOOLEAN NOT NULL,
    statut_cas TEXT NOT NULL,
    motif_report TEXT,
    age BIGINT NOT NULL,
    sexe TEXT NOT NULL,
    departement TEXT,
    localisation TEXT,
    quorum_has BOOLEAN,
    quorum_regle BOOLEAN,
    quorum_national TEXT,
    quorum_regional TEXT,
    double_expertise TEXT,
    avec_proposition BOOLEAN NOT NULL,
    recours_propose BOOLEAN NOT NULL,
    essai_propose BOOLEAN NOT NULL,
    g8 TEXT NOT NULL,
    g8_demi_points BIGINT,
    geriatrie TEXT,
    fertilite TEXT,
    essai TEXT,
    oncogenetique TEXT,
    soins_support TEXT,
    soins_palliatifs TEXT,
    tabac TEXT,
    alcool TEXT,
    completude BIGINT NOT NULL,
    medecin_traitant BOOLEAN NOT NULL,
    delai_inscription BIGINT,
    delai_compte_rendu BIGINT NOT NULL,
    delai_diagnostic BIGINT,
    valide_le TIMESTAMPTZ NOT NULL,
    CONSTRAINT fait_passage_statut_cas_connu CHECK (statut_cas IN ('discute', 'enregistre', 'reporte')),
    CONSTRAINT fait_passage_g8_connu CHECK (g8 IN ('non_concerne', 'non_fait', 'incomplet', 'fait')),
    CONSTRAINT fait_passage_quorum_national_connu CHECK (quorum_national IN ('atteint', 'non_atteint', 'indetermine')),
    CONSTRAINT fait_passage_quorum_regional_connu CHECK (quorum_regional IN ('atteint', 'non_atteint', 'indetermine')),
    CONSTRAINT fait_passage_double_expertise_connue CHECK (double_expertise IN ('presence', 'avis_ecrit', 'absente')),
    PRIMARY KEY (date_reunion, compte_rendu_id)
);
-- Whether a patient came before.
CREATE INDEX fait_passage_patient_id_date_reunion ON fait_passage (patient_id, date_reunion);
CREATE INDEX fait_passage_reunion_id ON fait_passage (reunion_id);
-- What became of the version for the médecin traitant.
DROP INDEX diffusion_recue_medecin_traitant;
CREATE INDEX diffusion_medecin_traitant ON diffusion (compte_rendu_id, etat, canal, envoyee_le, adresse) WHERE qualite = 'medecin_traitant';
-- The table above is read instead.
DROP INDEX compte_rendu_activite;
-- Whole seconds since 1970, as `unixepoch` gives them on SQLite.
CREATE FUNCTION secondes_de(moment TIMESTAMPTZ) RETURNS BIGINT LANGUAGE SQL IMMUTABLE PARALLEL SAFE
    AS 'SELECT CAST(FLOOR(EXTRACT(EPOCH FROM moment)) AS BIGINT)';
