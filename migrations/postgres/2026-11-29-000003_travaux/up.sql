-- Long work says how far it is, and stops when it is asked to.
ALTER TABLE job ADD COLUMN etape TEXT;
ALTER TABLE job ADD COLUMN fait BIGINT NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN total BIGINT NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN arret_demande BOOLEAN NOT NULL DEFAULT FALSE;

-- What is done in a campaign by work that goes on while nobody waits for it.
ALTER TABLE campagne_acte DROP CONSTRAINT campagne_acte_connu;
ALTER TABLE campagne_acte ADD CONSTRAINT campagne_acte_connu CHECK (
    acte IN ('ouvrir', 'demander_extraction', 'extraire', 'commenter', 'demander_correction', 'valider', 'demander_publication', 'publier',
        'demander_arret', 'arreter', 'echouer')
);

-- An instantané is written lot by lot: its row comes first, without a fingerprint, which is written last and seals the whole.
CREATE FUNCTION instantane_scelle() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE ligne RECORD;
BEGIN
    IF TG_OP = 'INSERT' THEN ligne := NEW; ELSE ligne := OLD; END IF;
    IF EXISTS (SELECT 1 FROM instantane i WHERE i.id = ligne.instantane_id AND i.empreinte <> '') THEN
        RAISE EXCEPTION 'instantane_immuable';
    END IF;
    RETURN ligne;
END $$;
DROP TRIGGER instantane_immuable ON instantane;
CREATE TRIGGER instantane_immuable BEFORE UPDATE OR DELETE ON instantane FOR EACH ROW WHEN (OLD.empreinte <> '')
    EXECUTE FUNCTION instantane_immuable();
DROP TRIGGER instantane_passage_immuable ON instantane_passage;
CREATE TRIGGER instantane_passage_immuable BEFORE UPDATE ON instantane_passage FOR EACH ROW EXECUTE FUNCTION instantane_immuable();
CREATE TRIGGER instantane_passage_scelle BEFORE INSERT OR DELETE ON instantane_passage FOR EACH ROW EXECUTE FUNCTION instantane_scelle();
DROP TRIGGER instantane_seance_immuable ON instantane_seance;
CREATE TRIGGER instantane_seance_immuable BEFORE UPDATE ON instantane_seance FOR EACH ROW EXECUTE FUNCTION instantane_immuable();
CREATE TRIGGER instantane_seance_scelle BEFORE INSERT OR DELETE ON instantane_seance FOR EACH ROW EXECUTE FUNCTION instantane_scelle();
DROP TRIGGER instantane_entite_immuable ON instantane_entite;
CREATE TRIGGER instantane_entite_immuable BEFORE UPDATE ON instantane_entite FOR EACH ROW EXECUTE FUNCTION instantane_immuable();
CREATE TRIGGER instantane_entite_scelle BEFORE INSERT OR DELETE ON instantane_entite FOR EACH ROW EXECUTE FUNCTION instantane_scelle();
DROP TRIGGER instantane_participation_immuable ON instantane_participation;
CREATE TRIGGER instantane_participation_immuable BEFORE UPDATE ON instantane_participation FOR EACH ROW EXECUTE FUNCTION instantane_immuable();
CREATE TRIGGER instantane_participation_scelle BEFORE INSERT OR DELETE ON instantane_participation FOR EACH ROW EXECUTE FUNCTION instantane_scelle();
DROP TRIGGER instantane_diffusion_immuable ON instantane_diffusion;
CREATE TRIGGER instantane_diffusion_immuable BEFORE UPDATE ON instantane_diffusion FOR EACH ROW EXECUTE FUNCTION instantane_immuable();
CREATE TRIGGER instantane_diffusion_scelle BEFORE INSERT OR DELETE ON instantane_diffusion FOR EACH ROW EXECUTE FUNCTION instantane_scelle();
