-- The annual report is made of what was frozen of the infocentre at a moment. The row that names it is written last, with the
-- fingerprint of the others.
CREATE TABLE instantane (
    id UUID NOT NULL PRIMARY KEY,
    annee BIGINT NOT NULL,
    du DATE NOT NULL,
    au DATE NOT NULL,
    etabli_le TIMESTAMPTZ NOT NULL,
    etabli_par UUID REFERENCES compte (id),
    version_dictionnaire TEXT NOT NULL,
    passages BIGINT NOT NULL,
    seances BIGINT NOT NULL,
    entites BIGINT NOT NULL,
    participations BIGINT NOT NULL,
    diffusions BIGINT NOT NULL,
    noms JSONB NOT NULL,
    empreinte TEXT NOT NULL
);
CREATE INDEX instantane_annee_etabli_le ON instantane (annee, etabli_le);
-- The rows of a frozen list keep no identifier of a patient: a number that holds within the list.
CREATE TABLE instantane_passage (
    instantane_id UUID NOT NULL REFERENCES instantane (id) DEFERRABLE INITIALLY DEFERRED,
    date_reunion DATE NOT NULL,
    compte_rendu_id UUID NOT NULL,
    patient BIGINT NOT NULL,
    reunion_id UUID NOT NULL,
    rcp_id UUID NOT NULL,
    centre_3c_id UUID NOT NULL,
    etablissement_id UUID NOT NULL,
    territoire_id UUID,
    etablissement_demandeur_id UUID,
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
    nouveau_region BOOLEAN NOT NULL,
    nouveau_rcp BOOLEAN NOT NULL,
    mt_etat TEXT,
    mt_canal TEXT,
    mt_adresse BOOLEAN NOT NULL,
    envoye BOOLEAN NOT NULL,
    delai_envoi BIGINT,
    hors_region BOOLEAN,
    PRIMARY KEY (instantane_id, date_reunion, compte_rendu_id)
);
CREATE TABLE instantane_seance (
    instantane_id UUID NOT NULL REFERENCES instantane (id) DEFERRABLE INITIALLY DEFERRED,
    id UUID NOT NULL,
    rcp_id UUID NOT NULL,
    etat TEXT NOT NULL,
    debut TIMESTAMPTZ NOT NULL,
    centre_3c_id UUID NOT NULL,
    etablissement_id UUID NOT NULL,
    territoire_id UUID,
    theme TEXT NOT NULL,
    type_rcp TEXT NOT NULL,
    niveau TEXT NOT NULL,
    visio BOOLEAN NOT NULL,
    discute BOOLEAN NOT NULL,
    sans_has BOOLEAN NOT NULL,
    sans_regle BOOLEAN NOT NULL,
    discute_national BOOLEAN NOT NULL,
    sans_national BOOLEAN NOT NULL,
    discute_regional BOOLEAN NOT NULL,
    sans_regional BOOLEAN NOT NULL,
    PRIMARY KEY (instantane_id, id)
);
CREATE TABLE instantane_entite (
    instantane_id UUID NOT NULL REFERENCES instantane (id) DEFERRABLE INITIALLY DEFERRED,
    id UUID NOT NULL,
    code TEXT NOT NULL,
    nom TEXT NOT NULL,
    centre_3c_id UUID NOT NULL,
    etablissement_id UUID NOT NULL,
    territoire_id UUID,
    theme TEXT NOT NULL,
    type_rcp TEXT NOT NULL,
    niveau TEXT NOT NULL,
    PRIMARY KEY (instantane_id, id)
);
CREATE TABLE instantane_participation (
    instantane_id UUID NOT NULL REFERENCES instantane (id) DEFERRABLE INITIALLY DEFERRED,
    id UUID NOT NULL,
    reunion_id UUID NOT NULL,
    rcp_id UUID NOT NULL,
    debut TIMESTAMPTZ NOT NULL,
    centre_3c_id UUID NOT NULL,
    etablissement_id UUID NOT NULL,
    territoire_id UUID,
    theme TEXT NOT NULL,
    type_rcp TEXT NOT NULL,
    niveau TEXT NOT NULL,
    praticien_id UUID NOT NULL,
    nom TEXT NOT NULL,
    prenom TEXT NOT NULL,
    specialite TEXT,
    mode_exercice TEXT NOT NULL,
    visio BOOLEAN NOT NULL,
    minutes BIGINT NOT NULL,
    PRIMARY KEY (instantane_id, id)
);
CREATE TABLE instantane_diffusion (
    instantane_id UUID NOT NULL REFERENCES instantane (id) DEFERRABLE INITIALLY DEFERRED,
    qualite TEXT NOT NULL,
    canal TEXT NOT NULL,
    etat TEXT NOT NULL,
    nombre BIGINT NOT NULL,
    PRIMARY KEY (instantane_id, qualite, canal, etat)
);

-- What was frozen is neither changed nor erased.
CREATE FUNCTION instantane_immuable() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'instantane_immuable'; END $$;
CREATE TRIGGER instantane_immuable BEFORE UPDATE OR DELETE ON instantane FOR EACH ROW EXECUTE FUNCTION instantane_immuable();
CREATE TRIGGER instantane_passage_immuable BEFORE UPDATE OR DELETE ON instantane_passage FOR EACH ROW EXECUTE FUNCTION instantane_immuable();
CREATE TRIGGER instantane_seance_immuable BEFORE UPDATE OR DELETE ON instantane_seance FOR EACH ROW EXECUTE FUNCTION instantane_immuable();
CREATE TRIGGER instantane_entite_immuable BEFORE UPDATE OR DELETE ON instantane_entite FOR EACH ROW EXECUTE FUNCTION instantane_immuable();
CREATE TRIGGER instantane_participation_immuable BEFORE UPDATE OR DELETE ON instantane_participation FOR EACH ROW EXECUTE FUNCTION instantane_immuable();
CREATE TRIGGER instantane_diffusion_immuable BEFORE UPDATE OR DELETE ON instantane_diffusion FOR EACH ROW EXECUTE FUNCTION instantane_immuable();
