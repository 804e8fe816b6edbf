-- Programmes handed to patients: the PPS, and the PPAC that follows it.
CREATE TABLE programme (
    id UUID NOT NULL PRIMARY KEY,
    genre TEXT NOT NULL,
    dossier_id UUID NOT NULL REFERENCES dossier (id),
    patient_id UUID NOT NULL REFERENCES patient (id),
    compte_rendu_id UUID REFERENCES compte_rendu (id),
    set_id UUID NOT NULL,
    numero_version BIGINT NOT NULL,
    remplace_id UUID REFERENCES programme (id),
    remplace_par_id UUID REFERENCES programme (id),
    motif_code TEXT,
    motif_precision TEXT,
    etat TEXT NOT NULL,
    modele_code TEXT NOT NULL,
    modele_version TEXT NOT NULL,
    saisie JSONB NOT NULL,
    completude BIGINT NOT NULL,
    contenu JSONB,
    empreinte TEXT,
    remis_le DATE,
    remis_par UUID REFERENCES praticien (id),
    auteur_id UUID,
    auteur_nom TEXT NOT NULL,
    version BIGINT NOT NULL,
    cree_le TIMESTAMPTZ NOT NULL,
    modifie_le TIMESTAMPTZ NOT NULL,
    CONSTRAINT programme_genre_connu CHECK (genre IN ('pps', 'ppac')),
    CONSTRAINT programme_etat_connu CHECK (etat IN ('brouillon', 'remis', 'remplace')),
    CONSTRAINT programme_completude_bornee CHECK (completude BETWEEN 0 AND 100),
    CONSTRAINT programme_fige_a_la_remise CHECK (
        (etat = 'brouillon') = (contenu IS NULL) AND (etat = 'brouillon') = (empreinte IS NULL)
        AND (etat = 'brouillon') = (remis_le IS NULL) AND (etat = 'brouillon') = (remis_par IS NULL)
    ),
    CONSTRAINT programme_remplace_par CHECK ((etat = 'remplace') = (remplace_par_id IS NOT NULL)),
    CONSTRAINT programme_motif_des_versions CHECK ((numero_version = 1) = (remplace_id IS NULL) AND (numero_version = 1) = (motif_code IS NULL)),
    CONSTRAINT programme_set_id_numero_version_unique UNIQUE (set_id, numero_version)
);
-- A dossier has one programme of each kind, and its versions.
CREATE UNIQUE INDEX programme_dossier_id_genre_unique ON programme (dossier_id, genre) WHERE numero_version = 1;
CREATE UNIQUE INDEX programme_remis_unique ON programme (set_id) WHERE etat = 'remis';
CREATE INDEX programme_patient_id ON programme (patient_id);

-- What was handed to a patient never changes: it may only give way to another version.
CREATE FUNCTION refuser_programme() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.etat = 'brouillon' THEN
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'programme_indelebile';
    END IF;
    IF NEW.etat = 'brouillon' OR (OLD.etat = 'remplace' AND NEW.etat <> 'remplace')
        OR to_jsonb(NEW) - 'etat' - 'remplace_par_id' - 'version' - 'modifie_le'
            IS DISTINCT FROM to_jsonb(OLD) - 'etat' - 'remplace_par_id' - 'version' - 'modifie_le' THEN
        RAISE EXCEPTION 'programme_immuable';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER programme_immuable BEFORE UPDATE ON programme FOR EACH ROW EXECUTE FUNCTION refuser_programme();
CREATE TRIGGER programme_indelebile BEFORE DELETE ON programme FOR EACH ROW EXECUTE FUNCTION refuser_programme();

CREATE TABLE programme_document (
    id UUID NOT NULL PRIMARY KEY,
    programme_id UUID NOT NULL REFERENCES programme (id),
    genre TEXT NOT NULL,
    nom TEXT NOT NULL,
    type_mime TEXT NOT NULL,
    empreinte TEXT NOT NULL,
    octets BYTEA NOT NULL,
    cree_le TIMESTAMPTZ NOT NULL,
    CONSTRAINT programme_document_genre_connu CHECK (genre IN ('pdf', 'cda')),
    CONSTRAINT programme_document_programme_id_genre_unique UNIQUE (programme_id, genre)
);

-- What a model is for: the fiche of an RCP, or a programme.
ALTER TABLE modele_fiche ADD COLUMN usage TEXT NOT NULL DEFAULT 'fiche' CONSTRAINT modele_fiche_usage_connu CHECK (usage IN ('fiche', 'pps', 'ppac'));
