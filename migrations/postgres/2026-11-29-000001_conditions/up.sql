-- The terms of use of the region, by version: that of the latest day in force is asked of everybody. A version never changes.
CREATE TABLE conditions (
    id UUID NOT NULL PRIMARY KEY,
    version TEXT NOT NULL CONSTRAINT conditions_version_unique UNIQUE,
    texte TEXT NOT NULL,
    en_vigueur_le DATE NOT NULL CONSTRAINT conditions_en_vigueur_le_unique UNIQUE,
    publiees_par UUID REFERENCES compte (id),
    publiees_le TIMESTAMPTZ NOT NULL
);
-- Who accepted which version, and when.
CREATE TABLE acceptation_conditions (
    conditions_id UUID NOT NULL REFERENCES conditions (id),
    compte_id UUID NOT NULL REFERENCES compte (id),
    acceptees_le TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (conditions_id, compte_id)
);
CREATE INDEX acceptation_conditions_compte_id ON acceptation_conditions (compte_id);
CREATE FUNCTION conditions_immuables() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'conditions_immuables'; END $$;
CREATE TRIGGER conditions_immuables BEFORE UPDATE OR DELETE ON conditions FOR EACH ROW EXECUTE FUNCTION conditions_immuables();
CREATE TRIGGER acceptation_conditions_immuables BEFORE UPDATE OR DELETE ON acceptation_conditions
    FOR EACH ROW EXECUTE FUNCTION conditions_immuables();
