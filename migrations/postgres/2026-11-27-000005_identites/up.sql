-- Identities after the RNIV: attributes, proofs, history; duplicates, merges; rights of the person; retention.
ALTER TABLE patient ADD COLUMN homonyme BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE patient ADD COLUMN douteuse BOOLEAN NOT NULL DEFAULT FALSE CONSTRAINT patient_douteuse_provisoire CHECK (NOT douteuse OR statut_identite = 'provisoire');
ALTER TABLE patient ADD COLUMN fictive BOOLEAN NOT NULL DEFAULT FALSE CONSTRAINT patient_fictive_provisoire CHECK (NOT fictive OR statut_identite = 'provisoire');
ALTER TABLE patient ADD COLUMN justificatif TEXT CONSTRAINT patient_justificatif_connu CHECK (justificatif IN ('carte_identite', 'passeport', 'titre_sejour', 'acte_naissance', 'identite_numerique', 'autre'));
ALTER TABLE patient ADD COLUMN justificatif_le DATE;
ALTER TABLE patient ADD COLUMN insi_le DATE;
ALTER TABLE patient ADD COLUMN absorbe_par_id UUID REFERENCES patient (id);
CREATE INDEX patient_absorbe_par_id ON patient (absorbe_par_id) WHERE absorbe_par_id IS NOT NULL;

-- What an identity was before each change.
CREATE TABLE historique_identite (
    id UUID NOT NULL PRIMARY KEY,
    patient_id UUID NOT NULL REFERENCES patient (id),
    version BIGINT NOT NULL,
    acte TEXT NOT NULL,
    champs JSONB NOT NULL,
    avant JSONB NOT NULL,
    motif TEXT,
    compte_id UUID,
    acteur TEXT NOT NULL,
    instant TIMESTAMPTZ NOT NULL,
    CONSTRAINT historique_identite_acte_connu CHECK (acte IN ('modifier', 'attribuer', 'fusionner', 'separer'))
);
CREATE INDEX historique_identite_patient_id ON historique_identite (patient_id);

-- What the region sets on identities; without a row the default of the program holds.
CREATE TABLE reglage_identite (
    cle TEXT NOT NULL PRIMARY KEY,
    contenu JSONB NOT NULL,
    version BIGINT NOT NULL,
    modifie_le TIMESTAMPTZ NOT NULL
);

-- Two patients who may be one. A verdict stays, so that the pair does not come back.
CREATE TABLE doublon (
    id UUID NOT NULL PRIMARY KEY,
    premier_id UUID NOT NULL REFERENCES patient (id),
    second_id UUID NOT NULL REFERENCES patient (id),
    score BIGINT NOT NULL,
    concordances JSONB NOT NULL,
    etat TEXT NOT NULL,
    detecte_le TIMESTAMPTZ NOT NULL,
    verdict_par UUID,
    verdict_le TIMESTAMPTZ,
    commentaire TEXT,
    version BIGINT NOT NULL,
    CONSTRAINT doublon_etat_connu CHECK (etat IN ('a_examiner', 'distinct', 'doublon')),
    CONSTRAINT doublon_ordre CHECK (premier_id < second_id),
    CONSTRAINT doublon_paire_unique UNIQUE (premier_id, second_id),
    CONSTRAINT doublon_verdict_date CHECK ((etat = 'a_examiner') = (verdict_le IS NULL))
);
CREATE INDEX doublon_second_id ON doublon (second_id);
CREATE INDEX doublon_a_examiner ON doublon (score, id) WHERE etat = 'a_examiner';

-- A patient absorbed by another, and every row that followed.
CREATE TABLE rapprochement (
    id UUID NOT NULL PRIMARY KEY,
    conserve_id UUID NOT NULL REFERENCES patient (id),
    absorbe_id UUID NOT NULL REFERENCES patient (id),
    motif TEXT NOT NULL,
    avant JSONB NOT NULL,
    fait_par UUID,
    acteur TEXT NOT NULL,
    fait_le TIMESTAMPTZ NOT NULL,
    defait_par UUID,
    defait_le TIMESTAMPTZ,
    motif_separation TEXT,
    CONSTRAINT rapprochement_deux_patients CHECK (conserve_id <> absorbe_id),
    CONSTRAINT rapprochement_defait_motive CHECK ((defait_le IS NULL) = (motif_separation IS NULL))
);
CREATE UNIQUE INDEX rapprochement_absorbe_unique ON rapprochement (absorbe_id) WHERE defait_le IS NULL;
CREATE INDEX rapprochement_conserve_id ON rapprochement (conserve_id);
CREATE TABLE deplacement (
    rapprochement_id UUID NOT NULL REFERENCES rapprochement (id),
    sens TEXT NOT NULL,
    tableau TEXT NOT NULL,
    cle TEXT NOT NULL,
    de_id UUID NOT NULL,
    vers_id UUID NOT NULL,
    PRIMARY KEY (rapprochement_id, sens, tableau, cle),
    CONSTRAINT deplacement_sens_connu CHECK (sens IN ('fusion', 'separation'))
);
CREATE INDEX deplacement_tableau_cle ON deplacement (tableau, cle);

-- The requests by which a person uses the rights of the GDPR.
CREATE TABLE demande_droit (
    id UUID NOT NULL PRIMARY KEY,
    patient_id UUID NOT NULL REFERENCES patient (id),
    droit TEXT NOT NULL,
    demandeur TEXT NOT NULL,
    identite_verifiee TEXT,
    objet TEXT NOT NULL,
    recue_le DATE NOT NULL,
    echeance DATE NOT NULL,
    motif_prolongation TEXT,
    etat TEXT NOT NULL,
    reponse TEXT,
    repondue_le DATE,
    repondue_par UUID,
    enregistree_par UUID,
    version BIGINT NOT NULL,
    cree_le TIMESTAMPTZ NOT NULL,
    modifie_le TIMESTAMPTZ NOT NULL,
    CONSTRAINT demande_droit_droit_connu CHECK (droit IN ('acces', 'rectification', 'opposition', 'limitation', 'portabilite')),
    CONSTRAINT demande_droit_demandeur_connu CHECK (demandeur IN ('patient', 'representant_legal', 'mandataire', 'ayant_droit')),
    CONSTRAINT demande_droit_etat_connu CHECK (etat IN ('recue', 'en_cours', 'satisfaite', 'refusee')),
    CONSTRAINT demande_droit_reponse_datee CHECK ((etat IN ('satisfaite', 'refusee')) = (repondue_le IS NOT NULL))
);
CREATE INDEX demande_droit_patient_id ON demande_droit (patient_id);
CREATE INDEX demande_droit_echeance ON demande_droit (echeance) WHERE etat IN ('recue', 'en_cours');

-- Litigation: nothing of the patient is purged meanwhile.
CREATE TABLE gel_conservation (
    id UUID NOT NULL PRIMARY KEY,
    patient_id UUID NOT NULL REFERENCES patient (id),
    motif TEXT NOT NULL,
    pose_par UUID,
    debut TIMESTAMPTZ NOT NULL,
    leve_par UUID,
    fin TIMESTAMPTZ
);
CREATE INDEX gel_conservation_patient_id ON gel_conservation (patient_id);

-- A purge, from its proposal to its end. It outlives the patient and names nobody.
CREATE TABLE purge (
    id UUID NOT NULL PRIMARY KEY,
    patient_id UUID NOT NULL CONSTRAINT purge_patient_id_unique UNIQUE,
    regle TEXT NOT NULL,
    dernier_contact DATE NOT NULL,
    echeance DATE NOT NULL,
    etat TEXT NOT NULL,
    proposee_le TIMESTAMPTZ NOT NULL,
    visee_par UUID,
    visee_le TIMESTAMPTZ,
    visa_archives TEXT,
    accordee_par UUID,
    accordee_le TIMESTAMPTZ,
    executee_le TIMESTAMPTZ,
    motif_rejet TEXT,
    version BIGINT NOT NULL,
    CONSTRAINT purge_etat_connu CHECK (etat IN ('proposee', 'visee', 'accordee', 'executee', 'ecartee')),
    CONSTRAINT purge_deux_personnes CHECK (accordee_par IS NULL OR (visee_par IS NOT NULL AND accordee_par <> visee_par))
);
CREATE INDEX purge_etat_echeance ON purge (etat, echeance);
-- What is left of a patient whose rows were erased: neither name nor health data.
CREATE TABLE pierre_tombale (
    id UUID NOT NULL PRIMARY KEY,
    patient_id UUID NOT NULL CONSTRAINT pierre_tombale_patient_id_unique UNIQUE,
    purgee_le TIMESTAMPTZ NOT NULL,
    regle TEXT NOT NULL,
    empreinte TEXT NOT NULL
);

CREATE FUNCTION refuser_historique_identite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'historique_identite_immuable';
END
$$;
CREATE TRIGGER historique_identite_immuable BEFORE UPDATE ON historique_identite FOR EACH ROW EXECUTE FUNCTION refuser_historique_identite();

-- What was validated or handed may follow its patient, under a recorded move, and goes with a purged patient.
CREATE OR REPLACE FUNCTION refuser_compte_rendu() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF EXISTS (SELECT 1 FROM pierre_tombale t WHERE t.patient_id = OLD.patient_id) THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'compte_rendu_indelebile';
    END IF;
    IF to_jsonb(NEW) - 'courant' - 'remplace_par_id' - 'patient_id' IS DISTINCT FROM to_jsonb(OLD) - 'courant' - 'remplace_par_id' - 'patient_id'
        OR (NEW.patient_id <> OLD.patient_id AND NOT EXISTS (
            SELECT 1 FROM deplacement d
            WHERE d.tableau = 'compte_rendu' AND d.cle = OLD.id::text AND d.de_id = OLD.patient_id AND d.vers_id = NEW.patient_id)) THEN
        RAISE EXCEPTION 'compte_rendu_immuable';
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE FUNCTION refuser_programme() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.etat = 'brouillon' THEN
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF EXISTS (SELECT 1 FROM pierre_tombale t WHERE t.patient_id = OLD.patient_id) THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'programme_indelebile';
    END IF;
    IF NEW.etat = 'brouillon' OR (OLD.etat = 'remplace' AND NEW.etat <> 'remplace')
        OR to_jsonb(NEW) - 'etat' - 'remplace_par_id' - 'version' - 'modifie_le' - 'patient_id'
            IS DISTINCT FROM to_jsonb(OLD) - 'etat' - 'remplace_par_id' - 'version' - 'modifie_le' - 'patient_id'
        OR (NEW.patient_id <> OLD.patient_id AND NOT EXISTS (
            SELECT 1 FROM deplacement d
            WHERE d.tableau = 'programme' AND d.cle = OLD.id::text AND d.de_id = OLD.patient_id AND d.vers_id = NEW.patient_id)) THEN
        RAISE EXCEPTION 'programme_immuable';
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE FUNCTION refuser_registre() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF TG_TABLE_NAME = 'registre_diffusion' THEN
            IF EXISTS (SELECT 1 FROM compte_rendu c JOIN pierre_tombale t ON t.patient_id = c.patient_id WHERE c.id = OLD.compte_rendu_id)
                OR EXISTS (SELECT 1 FROM programme p JOIN pierre_tombale t ON t.patient_id = p.patient_id WHERE p.id = OLD.programme_id) THEN
                RETURN OLD;
            END IF;
        ELSE
            IF EXISTS (SELECT 1 FROM diffusion d JOIN pierre_tombale t ON t.patient_id = d.patient_id WHERE d.id = OLD.diffusion_id) THEN
                RETURN OLD;
            END IF;
        END IF;
    END IF;
    RAISE EXCEPTION '%_indelebile', TG_TABLE_NAME;
END
$$;
