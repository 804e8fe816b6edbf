-- The terms of use of the region, by version: that of the latest day in force is asked of everybody. A version never changes.
CREATE TABLE conditions (
    id TEXT NOT NULL PRIMARY KEY,
    version TEXT NOT NULL CONSTRAINT conditions_version_unique UNIQUE,
    texte TEXT NOT NULL,
    en_vigueur_le TEXT NOT NULL CONSTRAINT conditions_en_vigueur_le_unique UNIQUE,
    publiees_par TEXT REFERENCES compte (id),
    publiees_le TEXT NOT NULL
);
-- Who accepted which version, and when.
CREATE TABLE acceptation_conditions (
    conditions_id TEXT NOT NULL REFERENCES conditions (id),
    compte_id TEXT NOT NULL REFERENCES compte (id),
    acceptees_le TEXT NOT NULL,
    PRIMARY KEY (conditions_id, compte_id)
);
CREATE INDEX acceptation_conditions_compte_id ON acceptation_conditions (compte_id);
CREATE TRIGGER conditions_sans_update BEFORE UPDATE ON conditions BEGIN SELECT RAISE(ABORT, 'conditions_immuables'); END;
CREATE TRIGGER conditions_sans_delete BEFORE DELETE ON conditions BEGIN SELECT RAISE(ABORT, 'conditions_immuables'); END;
CREATE TRIGGER acceptation_conditions_sans_update BEFORE UPDATE ON acceptation_conditions
    BEGIN SELECT RAISE(ABORT, 'conditions_immuables'); END;
CREATE TRIGGER acceptation_conditions_sans_delete BEFORE DELETE ON acceptation_conditions
    BEGIN SELECT RAISE(ABORT, 'conditions_immuables'); END;
