-- Long work says how far it is, and stops when it is asked to.
ALTER TABLE job ADD COLUMN etape TEXT;
ALTER TABLE job ADD COLUMN fait BIGINT NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN total BIGINT NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN arret_demande BOOLEAN NOT NULL DEFAULT FALSE;

-- What is done in a campaign by work that goes on while nobody waits for it.
CREATE TABLE campagne_acte_neuf (
    id TEXT NOT NULL PRIMARY KEY,
    campagne_id TEXT NOT NULL REFERENCES campagne (id),
    centre_3c_id TEXT REFERENCES centre_3c (id),
    instantane_id TEXT REFERENCES instantane (id),
    acte TEXT NOT NULL,
    texte TEXT,
    ecarts TEXT NOT NULL,
    compte_id TEXT REFERENCES compte (id),
    nom TEXT NOT NULL,
    moment TEXT NOT NULL,
    CONSTRAINT campagne_acte_connu CHECK (
        acte IN ('ouvrir', 'demander_extraction', 'extraire', 'commenter', 'demander_correction', 'valider', 'demander_publication', 'publier',
            'demander_arret', 'arreter', 'echouer')
    ),
    CONSTRAINT campagne_acte_correction_motivee CHECK (acte <> 'demander_correction' OR texte IS NOT NULL),
    CONSTRAINT campagne_acte_ecarts_json CHECK (json_valid(ecarts))
);
INSERT INTO campagne_acte_neuf SELECT * FROM campagne_acte;
DROP TABLE campagne_acte;
ALTER TABLE campagne_acte_neuf RENAME TO campagne_acte;
CREATE INDEX campagne_acte_campagne_id ON campagne_acte (campagne_id, moment);
CREATE TRIGGER campagne_acte_sans_update BEFORE UPDATE ON campagne_acte BEGIN SELECT RAISE(ABORT, 'campagne_immuable'); END;
CREATE TRIGGER campagne_acte_sans_delete BEFORE DELETE ON campagne_acte BEGIN SELECT RAISE(ABORT, 'campagne_immuable'); END;

-- An instantané is written lot by lot: its row comes first, without a fingerprint, which is written last and seals the whole.
DROP TRIGGER instantane_sans_update;
DROP TRIGGER instantane_sans_delete;
DROP TRIGGER instantane_passage_sans_update;
DROP TRIGGER instantane_passage_sans_delete;
DROP TRIGGER instantane_seance_sans_update;
DROP TRIGGER instantane_seance_sans_delete;
DROP TRIGGER instantane_entite_sans_update;
DROP TRIGGER instantane_entite_sans_delete;
DROP TRIGGER instantane_participation_sans_update;
DROP TRIGGER instantane_participation_sans_delete;
DROP TRIGGER instantane_diffusion_sans_update;
DROP TRIGGER instantane_diffusion_sans_delete;
CREATE TRIGGER instantane_sans_update BEFORE UPDATE ON instantane WHEN OLD.empreinte <> '' BEGIN SELECT RAISE(ABORT, 'instantane_immuable'); END;
CREATE TRIGGER instantane_sans_delete BEFORE DELETE ON instantane WHEN OLD.empreinte <> '' BEGIN SELECT RAISE(ABORT, 'instantane_immuable'); END;
CREATE TRIGGER instantane_passage_sans_update BEFORE UPDATE ON instantane_passage BEGIN SELECT RAISE(ABORT, 'instantane_immuable'); END;
CREATE TRIGGER instantane_passage_sans_delete BEFORE DELETE ON instantane_passage WHEN (SELECT i.empreinte FROM instantane i WHERE i.id = OLD.instantane_id) <> ''
    BEGIN SELECT RAISE(ABORT, 'instantane_immuable'); END;
CREATE TRIGGER instantane_passage_sans_insert BEFORE INSERT ON instantane_passage WHEN (SELECT i.empreinte FROM instantane i WHERE i.id = NEW.instantane_id) <> ''
    BEGIN SELECT RAISE(ABORT, 'instantane_immuable'); END;
CREATE TRIGGER instantane_seance_sans_update BEFORE UPDATE ON instantane_seance BEGIN SELECT RAISE(ABORT, 'instantane_immuable'); END;
CREATE TRIGGER instantane_seance_sans_delete BEFORE DELETE ON instantane_seance WHEN (SELECT i.empreinte FROM instantane i WHERE i.id = OLD.instantane_id) <> ''
    BEGIN SELECT RAISE(ABORT, 'instantane_immuable'); END;
CREATE TRIGGER instantane_seance_sans_insert BEFORE INSERT ON instantane_seance WHEN (SELECT i.empreinte FROM instantane i WHERE i.id = NEW.instantane_id) <> ''
    BEGIN SELECT RAISE(ABORT, 'instantane_immuable'); END;
CREATE TRIGGER instantane_entite_sans_update BEFORE UPDATE ON instantane_entite BEGIN SELECT RAISE(ABORT, 'instantane_immuable'); END;
CREATE TRIGGER instantane_entite_sans_delete BEFORE DELETE ON instantane_entite WHEN (SELECT i.empreinte FROM instantane i WHERE i.id = OLD.instantane_id) <> ''
    BEGIN SELECT RAISE(ABORT, 'instantane_immuable'); END;
CREATE TRIGGER instantane_entite_sans_insert BEFORE INSERT ON instantane_entite WHEN (SELECT i.empreinte FROM instantane i WHERE i.id = NEW.instantane_id) <> ''
    BEGIN SELECT RAISE(ABORT, 'instantane_immuable'); END;
CREATE TRIGGER instantane_participation_sans_update BEFORE UPDATE ON instantane_participation BEGIN SELECT RAISE(ABORT, 'instantane_immuable'); END;
CREATE TRIGGER instantane_participation_sans_delete BEFORE DELETE ON instantane_participation WHEN (SELECT i.empreinte FROM instantane i WHERE i.id = OLD.instantane_id) <> ''
    BEGIN SELECT RAISE(ABORT, 'instantane_immuable'); END;
CREATE TRIGGER instantane_participation_sans_insert BEFORE INSERT ON instantane_participation WHEN (SELECT i.empreinte FROM instantane i WHERE i.id = NEW.instantane_id) <> ''
    BEGIN SELECT RAISE(ABORT, 'instantane_immuable'); END;
CREATE TRIGGER instantane_diffusion_sans_update BEFORE UPDATE ON instantane_diffusion BEGIN SELECT RAISE(ABORT, 'instantane_immuable'); END;
CREATE TRIGGER instantane_diffusion_sans_delete BEFORE DELETE ON instantane_diffusion WHEN (SELECT i.empreinte FROM instantane i WHERE i.id = OLD.instantane_id) <> ''
    BEGIN SELECT RAISE(ABORT, 'instantane_immuable'); END;
CREATE TRIGGER instantane_diffusion_sans_insert BEFORE INSERT ON instantane_diffusion WHEN (SELECT i.empreinte FROM instantane i WHERE i.id = NEW.instantane_id) <> ''
    BEGIN SELECT RAISE(ABORT, 'instantane_immuable'); END;
