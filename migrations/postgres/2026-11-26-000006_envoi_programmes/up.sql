-- Programmes are delivered as comptes-rendus are: the documents of both stand in one table, and a delivery is that of
-- a version of one or of the other.
ALTER TABLE document ALTER COLUMN compte_rendu_id DROP NOT NULL;
ALTER TABLE document
    ADD COLUMN programme_id UUID REFERENCES programme (id),
    ADD CONSTRAINT document_d_une_version CHECK ((compte_rendu_id IS NULL) <> (programme_id IS NULL)),
    ADD CONSTRAINT document_lettre_d_un_compte_rendu CHECK (genre <> 'lettre_medecin_traitant' OR compte_rendu_id IS NOT NULL),
    ADD CONSTRAINT document_programme_id_genre_unique UNIQUE (programme_id, genre);
INSERT INTO document (id, programme_id, genre, nom, type_mime, empreinte, octets, cree_le)
SELECT id, programme_id, genre, nom, type_mime, empreinte, octets, cree_le FROM programme_document;
DROP TABLE programme_document;

ALTER TABLE diffusion ALTER COLUMN compte_rendu_id DROP NOT NULL;
ALTER TABLE diffusion
    ADD COLUMN programme_id UUID REFERENCES programme (id),
    ADD CONSTRAINT diffusion_d_une_version CHECK ((compte_rendu_id IS NULL) <> (programme_id IS NULL)),
    ADD CONSTRAINT diffusion_programme_id_praticien_id_unique UNIQUE (programme_id, praticien_id);
CREATE UNIQUE INDEX diffusion_programme_id_etablissement_id_unique ON diffusion (programme_id, etablissement_id, qualite)
WHERE etablissement_id IS NOT NULL;
CREATE UNIQUE INDEX diffusion_programme_id_patient_unique ON diffusion (programme_id) WHERE qualite = 'patient';

-- How many recipients each version was prepared for: none is possible for a programme, and is that of those handed
-- before programmes were sent.
DROP TRIGGER registre_diffusion_indelebile ON registre_diffusion;
ALTER TABLE registre_diffusion
    DROP CONSTRAINT registre_diffusion_pkey,
    DROP CONSTRAINT registre_diffusion_attendus_positif,
    ADD COLUMN version_id UUID,
    ADD COLUMN programme_id UUID CONSTRAINT registre_diffusion_programme_id_unique UNIQUE REFERENCES programme (id);
ALTER TABLE registre_diffusion ALTER COLUMN compte_rendu_id DROP NOT NULL;
UPDATE registre_diffusion SET version_id = compte_rendu_id;
INSERT INTO registre_diffusion (version_id, programme_id, attendus, prepare_le)
SELECT id, id, 0, modifie_le FROM programme WHERE etat <> 'brouillon';
ALTER TABLE registre_diffusion
    ADD CONSTRAINT registre_diffusion_pkey PRIMARY KEY (version_id),
    ADD CONSTRAINT registre_diffusion_compte_rendu_id_unique UNIQUE (compte_rendu_id),
    ADD CONSTRAINT registre_diffusion_d_une_version CHECK ((compte_rendu_id IS NULL) <> (programme_id IS NULL)
        AND version_id = COALESCE(compte_rendu_id, programme_id)),
    ADD CONSTRAINT registre_diffusion_attendus_positif CHECK (attendus >= 0 AND (attendus > 0 OR programme_id IS NOT NULL));
CREATE TRIGGER registre_diffusion_indelebile BEFORE UPDATE OR DELETE ON registre_diffusion FOR EACH ROW EXECUTE FUNCTION refuser_registre();
