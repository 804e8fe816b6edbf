DROP TRIGGER transition_diffusion_indelebile ON transition_diffusion;
UPDATE retour SET diffusion_id = NULL, etat = 'a_examiner'
WHERE diffusion_id IN (SELECT id FROM diffusion WHERE programme_id IS NOT NULL);
DELETE FROM transition_diffusion WHERE diffusion_id IN (SELECT id FROM diffusion WHERE programme_id IS NOT NULL);
DELETE FROM tentative WHERE diffusion_id IN (SELECT id FROM diffusion WHERE programme_id IS NOT NULL);
DELETE FROM diffusion WHERE programme_id IS NOT NULL;
CREATE TRIGGER transition_diffusion_indelebile BEFORE UPDATE OR DELETE ON transition_diffusion FOR EACH ROW EXECUTE FUNCTION refuser_registre();
DROP TRIGGER registre_diffusion_indelebile ON registre_diffusion;
DELETE FROM registre_diffusion WHERE programme_id IS NOT NULL;
ALTER TABLE registre_diffusion
    DROP CONSTRAINT registre_diffusion_pkey,
    DROP CONSTRAINT registre_diffusion_compte_rendu_id_unique,
    DROP CONSTRAINT registre_diffusion_d_une_version,
    DROP CONSTRAINT registre_diffusion_attendus_positif,
    DROP COLUMN version_id,
    DROP COLUMN programme_id,
    ADD CONSTRAINT registre_diffusion_pkey PRIMARY KEY (compte_rendu_id),
    ADD CONSTRAINT registre_diffusion_attendus_positif CHECK (attendus > 0);
CREATE TRIGGER registre_diffusion_indelebile BEFORE UPDATE OR DELETE ON registre_diffusion FOR EACH ROW EXECUTE FUNCTION refuser_registre();
DROP INDEX diffusion_programme_id_patient_unique;
DROP INDEX diffusion_programme_id_etablissement_id_unique;
ALTER TABLE diffusion
    DROP CONSTRAINT diffusion_programme_id_praticien_id_unique,
    DROP CONSTRAINT diffusion_d_une_version,
    DROP COLUMN programme_id;
ALTER TABLE diffusion ALTER COLUMN compte_rendu_id SET NOT NULL;
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
INSERT INTO programme_document (id, programme_id, genre, nom, type_mime, empreinte, octets, cree_le)
SELECT id, programme_id, genre, nom, type_mime, empreinte, octets, cree_le FROM document
WHERE programme_id IS NOT NULL AND genre IN ('pdf', 'cda');
DELETE FROM document WHERE programme_id IS NOT NULL;
ALTER TABLE document
    DROP CONSTRAINT document_programme_id_genre_unique,
    DROP CONSTRAINT document_lettre_d_un_compte_rendu,
    DROP CONSTRAINT document_d_une_version,
    DROP COLUMN programme_id;
ALTER TABLE document ALTER COLUMN compte_rendu_id SET NOT NULL;
