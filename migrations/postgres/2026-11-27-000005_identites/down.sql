-- The patients absorbed by others become patients again, without what they had.
CREATE OR REPLACE FUNCTION refuser_compte_rendu() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'compte_rendu_indelebile';
    END IF;
    IF to_jsonb(NEW) - 'courant' - 'remplace_par_id' IS DISTINCT FROM to_jsonb(OLD) - 'courant' - 'remplace_par_id' THEN
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
CREATE OR REPLACE FUNCTION refuser_registre() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%_indelebile', TG_TABLE_NAME;
END
$$;
DROP TABLE pierre_tombale;
DROP TABLE purge;
DROP TABLE gel_conservation;
DROP TABLE demande_droit;
DROP TABLE deplacement;
DROP TABLE rapprochement;
DROP TABLE doublon;
DROP TABLE reglage_identite;
DROP TABLE historique_identite;
DROP FUNCTION refuser_historique_identite();
DROP INDEX patient_absorbe_par_id;
ALTER TABLE patient DROP COLUMN absorbe_par_id;
ALTER TABLE patient DROP COLUMN insi_le;
ALTER TABLE patient DROP COLUMN justificatif_le;
ALTER TABLE patient DROP COLUMN justificatif;
ALTER TABLE patient DROP COLUMN fictive;
ALTER TABLE patient DROP COLUMN douteuse;
ALTER TABLE patient DROP COLUMN homonyme;
