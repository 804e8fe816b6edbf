-- What was being frozen cannot be told from what is frozen any more: it goes.
DELETE FROM instantane_passage WHERE instantane_id IN (SELECT id FROM instantane WHERE empreinte = '');
DELETE FROM instantane_seance WHERE instantane_id IN (SELECT id FROM instantane WHERE empreinte = '');
DELETE FROM instantane_entite WHERE instantane_id IN (SELECT id FROM instantane WHERE empreinte = '');
DELETE FROM instantane_participation WHERE instantane_id IN (SELECT id FROM instantane WHERE empreinte = '');
DELETE FROM instantane_diffusion WHERE instantane_id IN (SELECT id FROM instantane WHERE empreinte = '');
DELETE FROM instantane WHERE empreinte = '';
DROP TRIGGER instantane_immuable ON instantane;
CREATE TRIGGER instantane_immuable BEFORE UPDATE OR DELETE ON instantane FOR EACH ROW EXECUTE FUNCTION instantane_immuable();
DROP TRIGGER instantane_passage_immuable ON instantane_passage;
DROP TRIGGER instantane_passage_scelle ON instantane_passage;
CREATE TRIGGER instantane_passage_immuable BEFORE UPDATE OR DELETE ON instantane_passage FOR EACH ROW EXECUTE FUNCTION instantane_immuable();
DROP TRIGGER instantane_seance_immuable ON instantane_seance;
DROP TRIGGER instantane_seance_scelle ON instantane_seance;
CREATE TRIGGER instantane_seance_immuable BEFORE UPDATE OR DELETE ON instantane_seance FOR EACH ROW EXECUTE FUNCTION instantane_immuable();
DROP TRIGGER instantane_entite_immuable ON instantane_entite;
DROP TRIGGER instantane_entite_scelle ON instantane_entite;
CREATE TRIGGER instantane_entite_immuable BEFORE UPDATE OR DELETE ON instantane_entite FOR EACH ROW EXECUTE FUNCTION instantane_immuable();
DROP TRIGGER instantane_participation_immuable ON instantane_participation;
DROP TRIGGER instantane_participation_scelle ON instantane_participation;
CREATE TRIGGER instantane_participation_immuable BEFORE UPDATE OR DELETE ON instantane_participation FOR EACH ROW EXECUTE FUNCTION instantane_immuable();
DROP TRIGGER instantane_diffusion_immuable ON instantane_diffusion;
DROP TRIGGER instantane_diffusion_scelle ON instantane_diffusion;
CREATE TRIGGER instantane_diffusion_immuable BEFORE UPDATE OR DELETE ON instantane_diffusion FOR EACH ROW EXECUTE FUNCTION instantane_immuable();
DROP FUNCTION instantane_scelle();
ALTER TABLE campagne_acte DISABLE TRIGGER campagne_acte_immuable;
DELETE FROM campagne_acte WHERE acte IN ('demander_extraction', 'demander_arret', 'arreter');
ALTER TABLE campagne_acte ENABLE TRIGGER campagne_acte_immuable;
ALTER TABLE campagne_acte DROP CONSTRAINT campagne_acte_connu;
ALTER TABLE campagne_acte ADD CONSTRAINT campagne_acte_connu CHECK (
    acte IN ('ouvrir', 'extraire', 'commenter', 'demander_correction', 'valider', 'demander_publication', 'publier', 'echouer')
);
ALTER TABLE job DROP COLUMN etape;
ALTER TABLE job DROP COLUMN fait;
ALTER TABLE job DROP COLUMN total;
ALTER TABLE job DROP COLUMN arret_demande;
