-- Typesetting templates of the region, of a 3C or of an établissement, by version; and the letter to the
-- médecin traitant beside the compte-rendu.
CREATE TABLE gabarit (
    id UUID NOT NULL PRIMARY KEY,
    genre TEXT NOT NULL,
    portee TEXT NOT NULL,
    portee_id UUID,
    numero BIGINT NOT NULL,
    etat TEXT NOT NULL,
    nom TEXT NOT NULL,
    source TEXT NOT NULL,
    note TEXT,
    valable_du DATE,
    valable_au DATE,
    auteur_id UUID REFERENCES compte (id),
    version BIGINT NOT NULL,
    cree_le TIMESTAMPTZ NOT NULL,
    modifie_le TIMESTAMPTZ NOT NULL,
    CONSTRAINT gabarit_genre_connu CHECK (genre IN ('compte_rendu', 'lettre_medecin_traitant')),
    CONSTRAINT gabarit_portee_connue CHECK (portee IN ('region', 'centre_3c', 'etablissement')),
    CONSTRAINT gabarit_portee_designee CHECK ((portee = 'region') = (portee_id IS NULL)),
    CONSTRAINT gabarit_etat_connu CHECK (etat IN ('brouillon', 'publie', 'retire')),
    CONSTRAINT gabarit_publie_date CHECK (etat = 'brouillon' OR valable_du IS NOT NULL),
    CONSTRAINT gabarit_dates_ordonnees CHECK (valable_au IS NULL OR valable_au >= valable_du)
);
CREATE UNIQUE INDEX gabarit_numero_unique ON gabarit (genre, portee, COALESCE(portee_id::text, ''), numero);

-- What a published template says never changes: it may only be withdrawn.
CREATE FUNCTION refuser_gabarit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.etat = 'brouillon' THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'gabarit_indelebile';
    END IF;
    IF NEW.etat = 'brouillon' OR to_jsonb(NEW) - 'etat' - 'version' - 'modifie_le' IS DISTINCT FROM to_jsonb(OLD) - 'etat' - 'version' - 'modifie_le' THEN
        RAISE EXCEPTION 'gabarit_immuable';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER gabarit_immuable BEFORE UPDATE ON gabarit FOR EACH ROW EXECUTE FUNCTION refuser_gabarit();
CREATE TRIGGER gabarit_indelebile BEFORE DELETE ON gabarit FOR EACH ROW EXECUTE FUNCTION refuser_gabarit();

-- The templates that a version is printed with; none for those of the program.
ALTER TABLE compte_rendu ADD COLUMN gabarit_id UUID REFERENCES gabarit (id);
ALTER TABLE compte_rendu ADD COLUMN gabarit_lettre_id UUID REFERENCES gabarit (id);

-- The documents that a template could not make, and that left with the template of the program.
CREATE TABLE gabarit_echec (
    id UUID NOT NULL PRIMARY KEY,
    gabarit_id UUID NOT NULL REFERENCES gabarit (id),
    compte_rendu_id UUID NOT NULL REFERENCES compte_rendu (id),
    ligne BIGINT,
    colonne BIGINT,
    cree_le TIMESTAMPTZ NOT NULL,
    CONSTRAINT gabarit_echec_unique UNIQUE (gabarit_id, compte_rendu_id)
);

ALTER TABLE document DROP CONSTRAINT document_genre_connu;
ALTER TABLE document ADD CONSTRAINT document_genre_connu CHECK (genre IN ('pdf', 'lettre_medecin_traitant'));
