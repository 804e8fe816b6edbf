-- The ledger of deliveries: more states, every change of state with its moment and cause, what came back by mail,
-- the letters printed together, and recipients that are not professionals.
CREATE TABLE impression (
    id UUID NOT NULL PRIMARY KEY,
    compte_id UUID REFERENCES compte (id),
    nombre BIGINT NOT NULL,
    cree_le TIMESTAMPTZ NOT NULL,
    postee_le TIMESTAMPTZ
);
DROP INDEX diffusion_recue_medecin_traitant;
ALTER TABLE diffusion ALTER COLUMN praticien_id DROP NOT NULL;
ALTER TABLE diffusion
    ADD COLUMN etablissement_id UUID REFERENCES etablissement (id),
    ADD COLUMN code_retour TEXT,
    ADD COLUMN retardee_le TIMESTAMPTZ,
    ADD COLUMN supprimee_le TIMESTAMPTZ,
    ADD COLUMN impression_id UUID REFERENCES impression (id);
ALTER TABLE diffusion
    DROP CONSTRAINT diffusion_qualite_connu,
    DROP CONSTRAINT diffusion_canal_connu,
    DROP CONSTRAINT diffusion_etat_connu,
    DROP CONSTRAINT diffusion_acceptee_datee;
ALTER TABLE diffusion
    ADD CONSTRAINT diffusion_qualite_connu CHECK (qualite IN ('medecin_traitant', 'demandeur', 'correspondant', 'etablissement', 'dmp', 'patient')),
    ADD CONSTRAINT diffusion_destinataire_designe CHECK ((praticien_id IS NOT NULL) = (qualite IN ('medecin_traitant', 'demandeur', 'correspondant'))
        AND (etablissement_id IS NOT NULL) = (qualite IN ('etablissement', 'dmp'))),
    ADD CONSTRAINT diffusion_canal_connu CHECK (canal IN ('mssante', 'courrier', 'depot_dpi', 'dmp', 'aucun')),
    ADD CONSTRAINT diffusion_etat_connu CHECK (etat IN ('sans_adresse', 'a_envoyer', 'en_cours', 'acceptee', 'remise', 'lue', 'integree', 'refusee', 'rejetee', 'echec', 'remplacee', 'imprimee', 'postee', 'opposition')),
    ADD CONSTRAINT diffusion_partie_datee CHECK (etat NOT IN ('acceptee', 'remise', 'lue', 'integree', 'refusee', 'rejetee', 'postee') OR envoyee_le IS NOT NULL),
    ADD CONSTRAINT diffusion_partie_nommee CHECK (canal <> 'mssante' OR etat NOT IN ('acceptee', 'remise', 'lue', 'integree', 'refusee', 'rejetee') OR message_id IS NOT NULL),
    ADD CONSTRAINT diffusion_imprimee_par_lot CHECK (etat <> 'imprimee' OR impression_id IS NOT NULL);
CREATE UNIQUE INDEX diffusion_compte_rendu_id_etablissement_id_unique ON diffusion (compte_rendu_id, etablissement_id, qualite)
WHERE etablissement_id IS NOT NULL;
CREATE UNIQUE INDEX diffusion_compte_rendu_id_patient_unique ON diffusion (compte_rendu_id) WHERE qualite = 'patient';
CREATE INDEX diffusion_impression_id ON diffusion (impression_id) WHERE impression_id IS NOT NULL;
CREATE INDEX diffusion_recue_medecin_traitant ON diffusion (compte_rendu_id)
WHERE qualite = 'medecin_traitant' AND etat IN ('acceptee', 'remise', 'lue', 'integree', 'postee');
ALTER TABLE tentative ADD COLUMN message_id TEXT;
UPDATE tentative SET message_id = (SELECT d.message_id FROM diffusion d WHERE d.id = tentative.diffusion_id);
CREATE INDEX tentative_message_id ON tentative (message_id);
-- What came back by mail, whole. `cle` tells the same mail read twice.
CREATE TABLE retour (
    id UUID NOT NULL PRIMARY KEY,
    cle TEXT NOT NULL CONSTRAINT retour_cle_unique UNIQUE,
    message_id TEXT,
    nature TEXT NOT NULL,
    code TEXT,
    detail TEXT,
    original TEXT,
    diffusion_id UUID REFERENCES diffusion (id),
    etat TEXT NOT NULL,
    octets BYTEA NOT NULL,
    recu_le TIMESTAMPTZ NOT NULL,
    traite_le TIMESTAMPTZ,
    traite_par UUID REFERENCES compte (id),
    CONSTRAINT retour_nature_connue CHECK (nature IN ('lu', 'integre', 'integration_refusee', 'supprime', 'remis', 'relaye', 'retarde', 'rejete', 'inconnu')),
    CONSTRAINT retour_etat_connu CHECK (etat IN ('rattache', 'a_examiner', 'examine')),
    CONSTRAINT retour_rattache_designe CHECK (etat <> 'rattache' OR diffusion_id IS NOT NULL)
);
CREATE INDEX retour_diffusion_id ON retour (diffusion_id);
CREATE INDEX retour_a_examiner ON retour (id) WHERE etat = 'a_examiner';
-- Every change of a delivery: the row of rank `rang` is the version of that number.
CREATE TABLE transition_diffusion (
    diffusion_id UUID NOT NULL REFERENCES diffusion (id),
    rang BIGINT NOT NULL,
    avant TEXT,
    apres TEXT NOT NULL,
    acte TEXT NOT NULL,
    moment TIMESTAMPTZ NOT NULL,
    compte_id UUID REFERENCES compte (id),
    tentative BIGINT,
    retour_id UUID REFERENCES retour (id),
    code TEXT,
    detail TEXT,
    PRIMARY KEY (diffusion_id, rang),
    CONSTRAINT transition_diffusion_avant_connu CHECK (avant IN ('sans_adresse', 'a_envoyer', 'en_cours', 'acceptee', 'remise', 'lue', 'integree', 'refusee', 'rejetee', 'echec', 'remplacee', 'imprimee', 'postee', 'opposition')),
    CONSTRAINT transition_diffusion_apres_connu CHECK (apres IN ('sans_adresse', 'a_envoyer', 'en_cours', 'acceptee', 'remise', 'lue', 'integree', 'refusee', 'rejetee', 'echec', 'remplacee', 'imprimee', 'postee', 'opposition')),
    CONSTRAINT transition_diffusion_acte_connu CHECK (acte IN ('preparer', 'commencer', 'accepter', 'reporter', 'echouer', 'perdre_adresse', 'adresser', 'relancer', 'imprimer', 'poster', 'remplacer', 'opposer', 'remettre', 'lire', 'integrer', 'refuser', 'rejeter', 'retarder', 'relayer', 'supprimer')),
    CONSTRAINT transition_diffusion_premiere CHECK ((avant IS NULL) = (acte = 'preparer'))
);
INSERT INTO transition_diffusion (diffusion_id, rang, apres, acte, moment)
SELECT id, version, etat, 'preparer', modifie_le FROM diffusion;
-- How many recipients each version was prepared for.
CREATE TABLE registre_diffusion (
    compte_rendu_id UUID NOT NULL PRIMARY KEY REFERENCES compte_rendu (id),
    attendus BIGINT NOT NULL,
    prepare_le TIMESTAMPTZ NOT NULL,
    CONSTRAINT registre_diffusion_attendus_positif CHECK (attendus > 0)
);
INSERT INTO registre_diffusion (compte_rendu_id, attendus, prepare_le)
SELECT compte_rendu_id, COUNT(*), MIN(cree_le) FROM diffusion GROUP BY compte_rendu_id;
CREATE FUNCTION refuser_registre() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%_indelebile', TG_TABLE_NAME;
END
$$;
CREATE TRIGGER transition_diffusion_indelebile BEFORE UPDATE OR DELETE ON transition_diffusion FOR EACH ROW EXECUTE FUNCTION refuser_registre();
CREATE TRIGGER registre_diffusion_indelebile BEFORE UPDATE OR DELETE ON registre_diffusion FOR EACH ROW EXECUTE FUNCTION refuser_registre();
CREATE TRIGGER retour_indelebile BEFORE DELETE ON retour FOR EACH ROW EXECUTE FUNCTION refuser_registre();
CREATE FUNCTION refuser_retour() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.cle IS DISTINCT FROM OLD.cle OR NEW.octets IS DISTINCT FROM OLD.octets OR NEW.nature IS DISTINCT FROM OLD.nature
        OR NEW.recu_le IS DISTINCT FROM OLD.recu_le THEN
        RAISE EXCEPTION 'retour_immuable';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER retour_immuable BEFORE UPDATE ON retour FOR EACH ROW EXECUTE FUNCTION refuser_retour();
-- What the region decides on deliveries. The values below are defaults of the program, which the region edits.
CREATE TABLE reglage_diffusion (
    id TEXT NOT NULL PRIMARY KEY,
    non_lue_apres_jours BIGINT NOT NULL,
    envoi_dmp BOOLEAN NOT NULL,
    envoi_patient BOOLEAN NOT NULL,
    domaine_patient TEXT NOT NULL,
    version BIGINT NOT NULL,
    modifie_le TIMESTAMPTZ NOT NULL,
    CONSTRAINT reglage_diffusion_unique CHECK (id = 'region'),
    CONSTRAINT reglage_diffusion_jours CHECK (non_lue_apres_jours BETWEEN 1 AND 365)
);
INSERT INTO reglage_diffusion (id, non_lue_apres_jours, envoi_dmp, envoi_patient, domaine_patient, version, modifie_le)
VALUES ('region', 15, FALSE, FALSE, 'patient.mssante.fr', 1, '2026-11-26T00:00:00.000000Z');
-- The établissements whose hospital system takes documents from a folder.
CREATE TABLE depot_dpi (
    etablissement_id UUID NOT NULL PRIMARY KEY REFERENCES etablissement (id),
    actif BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    modifie_le TIMESTAMPTZ NOT NULL
);
-- The patients who asked to receive their comptes-rendus in their own secure mailbox.
CREATE TABLE demande_envoi_patient (
    patient_id UUID NOT NULL PRIMARY KEY REFERENCES patient (id),
    demandee BOOLEAN NOT NULL,
    exprimee_le DATE NOT NULL,
    recueillie_par UUID REFERENCES compte (id),
    version BIGINT NOT NULL,
    modifie_le TIMESTAMPTZ NOT NULL
);
