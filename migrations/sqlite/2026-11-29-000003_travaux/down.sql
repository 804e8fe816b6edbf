-- What was being frozen cannot be told from what is frozen any more: it goes.
DELETE FROM instantane_passage WHERE instantane_id IN (SELECT id FROM instantane WHERE empreinte = '');
DELETE FROM instantane_seance WHERE instantane_id IN (SELECT id FROM instantane WHERE empreinte = '');
DELETE FROM instantane_entite WHERE instantane_id IN (SELECT id FROM instantane WHERE empreinte = '');
DELETE FROM instantane_participation WHERE instantane_id IN (SELECT id FROM instantane WHERE empreinte = '');
DELETE FROM instantane_diffusion WHERE instantane_id IN (SELECT id FROM instantane WHERE empreinte = '');
DELETE FROM instantane WHERE empreinte = '';
DROP TRIGGER instantane_passage_sans_insert;
DROP TRIGGER instantane_seance_sans_insert;
DROP TRIGGER instantane_entite_sans_insert;
DROP TRIGGER instantane_participation_sans_insert;
DROP TRIGGER instantane_diffusion_sans_insert;
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
CREATE TRIGGER instantane_sans_update BEFORE UPDATE ON instantane BEGIN SELECT RAISE(ABORT, 'instantane_immuable'); END;
CREATE TRIGGER instantane_sans_delete BEFORE DELETE ON instantane BEGIN SELECT RAISE(ABORT, 'instantane_immuable'); END;
CREATE TRIGGER instantane_passage_sans_update BEFORE UPDATE ON instantane_passage BEGIN SELECT RAISE(ABORT, 'instantane_immuable'); END;
CREATE TRIGGER instantane_passage_sans_delete BEFORE DELETE ON instantane_passage BEGIN SELECT RAISE(ABORT, 'instantane_immuable'); END;
CREATE TRIGGER instantane_seance_sans_update BEFORE UPDATE ON instantane_seance BEGIN SELECT RAISE(ABORT, 'instantane_immuable'); END;
CREATE TRIGGER instantane_seance_sans_delete BEFORE DELETE ON instantane_seance BEGIN SELECT RAISE(ABORT, 'instantane_immuable'); END;
CREATE TRIGGER instantane_entite_sans_update BEFORE UPDATE ON instantane_entite BEGIN SELECT RAISE(ABORT, 'instantane_immuable'); END;
CREATE TRIGGER instantane_entite_sans_delete BEFORE DELETE ON instantane_entite BEGIN SELECT RAISE(ABORT, 'instantane_immuable'); END;
CREATE TRIGGER instantane_participation_sans_update BEFORE UPDATE ON instantane_participation BEGIN SELECT RAISE(ABORT, 'instantane_immuable'); END;
CREATE TRIGGER instantane_participation_sans_delete BEFORE DELETE ON instantane_participation BEGIN SELECT RAISE(ABORT, 'instantane_immuable'); END;
CREATE TRIGGER instantane_diffusion_sans_update BEFORE UPDATE ON instantane_diffusion BEGIN SELECT RAISE(ABORT, 'instantane_immuable'); END;
CREATE TRIGGER instantane_diffusion_sans_delete BEFORE DELETE ON instantane_diffusion BEGIN SELECT RAISE(ABORT, 'instantane_immuable'); END;
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
        acte IN ('ouvrir', 'extraire', 'commenter', 'demander_correction', 'valider', 'demander_publication', 'publier', 'echouer')
    ),
    CONSTRAINT campagne_acte_correction_motivee CHECK (acte <> 'demander_correction' OR texte IS NOT NULL),
    CONSTRAINT campagne_acte_ecarts_json CHECK (json_valid(ecarts))
);
INSERT INTO campagne_acte_neuf SELECT * FROM campagne_acte WHERE acte NOT IN ('demander_extraction', 'demander_arret', 'arreter');
DROP TABLE campagne_acte;
ALTER TABLE campagne_acte_neuf RENAME TO campagne_acte;
CREATE INDEX campagne_acte_campagne_id ON campagne_acte (campagne_id, moment);
CREATE TRIGGER campagne_acte_sans_update BEFORE UPDATE ON campagne_acte BEGIN SELECT RAISE(ABORT, 'campagne_immuable'); END;
CREATE TRIGGER campagne_acte_sans_delete BEFORE DELETE ON campagne_acte BEGIN SELECT RAISE(ABORT, 'campagne_immuable'); END;
ALTER TABLE job DROP COLUMN etape;
ALTER TABLE job DROP COLUMN fait;
ALTER TABLE job DROP COLUMN total;
ALTER TABLE job DROP COLUMN arret_demande;
