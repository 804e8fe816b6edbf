-- Identities after the RNIV: attributes, proofs, history; duplicates, merges; rights of the person; retention.
ALTER TABLE patient ADD COLUMN homonyme BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE patient ADD COLUMN douteuse BOOLEAN NOT NULL DEFAULT FALSE CONSTRAINT patient_douteuse_provisoire CHECK (NOT douteuse OR statut_identite = 'provisoire');
ALTER TABLE patient ADD COLUMN fictive BOOLEAN NOT NULL DEFAULT FALSE CONSTRAINT patient_fictive_provisoire CHECK (NOT fictive OR statut_identite = 'provisoire');
ALTER TABLE patient ADD COLUMN justificatif TEXT CONSTRAINT patient_justificatif_connu CHECK (justificatif IN ('carte_identite', 'passeport', 'titre_sejour', 'acte_naissance', 'identite_numerique', 'autre'));
ALTER TABLE patient ADD COLUMN justificatif_le DATE;
ALTER TABLE patient ADD COLUMN insi_le DATE;
ALTER TABLE patient ADD COLUMN absorbe_par_id TEXT REFERENCES patient (id);
CREATE INDEX patient_absorbe_par_id ON patient (absorbe_par_id) WHERE absorbe_par_id IS NOT NULL;

-- What an identity was before each change.
CREATE TABLE historique_identite (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (id),
    version BIGINT NOT NULL,
    acte TEXT NOT NULL,
    champs TEXT NOT NULL,
    avant TEXT NOT NULL,
    motif TEXT,
    compte_id TEXT,
    acteur TEXT NOT NULL,
    instant TEXT NOT NULL,
    CONSTRAINT historique_identite_acte_connu CHECK (acte IN ('modifier', 'attribuer', 'fusionner', 'separer')),
    CONSTRAINT historique_identite_champs_json CHECK (json_valid(champs)),
    CONSTRAINT historique_identite_avant_json CHECK (json_valid(avant))
);
CREATE INDEX historique_identite_patient_id ON historique_identite (patient_id);
CREATE TRIGGER historique_identite_immuable BEFORE UPDATE ON historique_identite
BEGIN
    SELECT RAISE(ABORT, 'historique_identite_immuable');
END;

-- What the region sets on identities; without a row the default of the program holds.
CREATE TABLE reglage_identite (
    cle TEXT NOT NULL PRIMARY KEY,
    contenu TEXT NOT NULL,
    version BIGINT NOT NULL,
    modifie_le TEXT NOT NULL,
    CONSTRAINT reglage_identite_contenu_json CHECK (json_valid(contenu))
);

-- Two patients who may be one. A verdict stays, so that the pair does not come back.
CREATE TABLE doublon (
    id TEXT NOT NULL PRIMARY KEY,
    premier_id TEXT NOT NULL REFERENCES patient (id),
    second_id TEXT NOT NULL REFERENCES patient (id),
    score BIGINT NOT NULL,
    concordances TEXT NOT NULL,
    etat TEXT NOT NULL,
    detecte_le TEXT NOT NULL,
    verdict_par TEXT,
    verdict_le TEXT,
    commentaire TEXT,
    version BIGINT NOT NULL,
    CONSTRAINT doublon_concordances_json CHECK (json_valid(concordances)),
    CONSTRAINT doublon_etat_connu CHECK (etat IN ('a_examiner', 'distinct', 'doublon')),
    CONSTRAINT doublon_ordre CHECK (premier_id < second_id),
    CONSTRAINT doublon_paire_unique UNIQUE (premier_id, second_id),
    CONSTRAINT doublon_verdict_date CHECK ((etat = 'a_examiner') = (verdict_le IS NULL))
);
CREATE INDEX doublon_second_id ON doublon (second_id);
CREATE INDEX doublon_a_examiner ON doublon (score, id) WHERE etat = 'a_examiner';

-- A patient absorbed by another, and every row that followed.
CREATE TABLE rapprochement (
    id TEXT NOT NULL PRIMARY KEY,
    conserve_id TEXT NOT NULL REFERENCES patient (id),
    absorbe_id TEXT NOT NULL REFERENCES patient (id),
    motif TEXT NOT NULL,
    avant TEXT NOT NULL,
    fait_par TEXT,
    acteur TEXT NOT NULL,
    fait_le TEXT NOT NULL,
    defait_par TEXT,
    defait_le TEXT,
    motif_separation TEXT,
    CONSTRAINT rapprochement_avant_json CHECK (json_valid(avant)),
    CONSTRAINT rapprochement_deux_patients CHECK (conserve_id <> absorbe_id),
    CONSTRAINT rapprochement_defait_motive CHECK ((defait_le IS NULL) = (motif_separation IS NULL))
);
CREATE UNIQUE INDEX rapprochement_absorbe_unique ON rapprochement (absorbe_id) WHERE defait_le IS NULL;
CREATE INDEX rapprochement_conserve_id ON rapprochement (conserve_id);
CREATE TABLE deplacement (
    rapprochement_id TEXT NOT NULL REFERENCES rapprochement (id),
    sens TEXT NOT NULL,
    tableau TEXT NOT NULL,
    cle TEXT NOT NULL,
    de_id TEXT NOT NULL,
    vers_id TEXT NOT NULL,
    PRIMARY KEY (rapprochement_id, sens, tableau, cle),
    CONSTRAINT deplacement_sens_connu CHECK (sens IN ('fusion', 'separation'))
);
CREATE INDEX deplacement_tableau_cle ON deplacement (tableau, cle);

-- The requests by which a person uses the rights of the GDPR.
CREATE TABLE demande_droit (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (id),
    droit TEXT NOT NULL,
    demandeur TEXT NOT NULL,
    identite_verifiee TEXT,
    objet TEXT NOT NULL,
    recue_le DATE NOT NULL,
    echeance DATE NOT NULL,
    motif_prolongation TEXT,
    etat TEXT NOT NULL,
    reponse TEXT,
    repondue_le DATE,
    repondue_par TEXT,
    enregistree_par TEXT,
    version BIGINT NOT NULL,
    cree_le TEXT NOT NULL,
    modifie_le TEXT NOT NULL,
    CONSTRAINT demande_droit_droit_connu CHECK (droit IN ('acces', 'rectification', 'opposition', 'limitation', 'portabilite')),
    CONSTRAINT demande_droit_demandeur_connu CHECK (demandeur IN ('patient', 'representant_legal', 'mandataire', 'ayant_droit')),
    CONSTRAINT demande_droit_etat_connu CHECK (etat IN ('recue', 'en_cours', 'satisfaite', 'refusee')),
    CONSTRAINT demande_droit_reponse_datee CHECK ((etat IN ('satisfaite', 'refusee')) = (repondue_le IS NOT NULL))
);
CREATE INDEX demande_droit_patient_id ON demande_droit (patient_id);
CREATE INDEX demande_droit_echeance ON demande_droit (echeance) WHERE etat IN ('recue', 'en_cours');

-- Litigation: nothing of the patient is purged meanwhile.
CREATE TABLE gel_conservation (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (id),
    motif TEXT NOT NULL,
    pose_par TEXT,
    debut TEXT NOT NULL,
    leve_par TEXT,
    fin TEXT
);
CREATE INDEX gel_conservation_patient_id ON gel_conservation (patient_id);

-- A purge, from its proposal to its end. It outlives the patient and names nobody.
CREATE TABLE purge (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL CONSTRAINT purge_patient_id_unique UNIQUE,
    regle TEXT NOT NULL,
    dernier_contact DATE NOT NULL,
    echeance DATE NOT NULL,
    etat TEXT NOT NULL,
    proposee_le TEXT NOT NULL,
    visee_par TEXT,
    visee_le TEXT,
    visa_archives TEXT,
    accordee_par TEXT,
    accordee_le TEXT,
    executee_le TEXT,
    motif_rejet TEXT,
    version BIGINT NOT NULL,
    CONSTRAINT purge_etat_connu CHECK (etat IN ('proposee', 'visee', 'accordee', 'executee', 'ecartee')),
    CONSTRAINT purge_deux_personnes CHECK (accordee_par IS NULL OR (visee_par IS NOT NULL AND accordee_par <> visee_par))
);
CREATE INDEX purge_etat_echeance ON purge (etat, echeance);
-- What is left of a patient whose rows were erased: neither name nor health data.
CREATE TABLE pierre_tombale (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL CONSTRAINT pierre_tombale_patient_id_unique UNIQUE,
    purgee_le TEXT NOT NULL,
    regle TEXT NOT NULL,
    empreinte TEXT NOT NULL
);

-- What was validated or handed may follow its patient, under a recorded move, and goes with a purged patient.
DROP TRIGGER compte_rendu_immuable;
CREATE TRIGGER compte_rendu_immuable BEFORE UPDATE ON compte_rendu
WHEN NEW.id IS NOT OLD.id OR NEW.inscription_id IS NOT OLD.inscription_id OR NEW.reunion_id IS NOT OLD.reunion_id OR NEW.rcp_id IS NOT OLD.rcp_id
    OR NEW.dossier_id IS NOT OLD.dossier_id OR NEW.set_id IS NOT OLD.set_id
    OR NEW.numero_version IS NOT OLD.numero_version OR NEW.remplace_id IS NOT OLD.remplace_id OR NEW.motif_correction IS NOT OLD.motif_correction
    OR NEW.contenu IS NOT OLD.contenu OR NEW.empreinte IS NOT OLD.empreinte OR NEW.statut_cas IS NOT OLD.statut_cas
    OR NEW.date_reunion IS NOT OLD.date_reunion OR NEW.centre_3c_id IS NOT OLD.centre_3c_id OR NEW.etablissement_id IS NOT OLD.etablissement_id
    OR NEW.etablissement_demandeur_id IS NOT OLD.etablissement_demandeur_id OR NEW.territoire_id IS NOT OLD.territoire_id
    OR NEW.theme IS NOT OLD.theme OR NEW.type_rcp IS NOT OLD.type_rcp OR NEW.expertise IS NOT OLD.expertise
    OR NEW.demandeur_id IS NOT OLD.demandeur_id OR NEW.age IS NOT OLD.age OR NEW.quorum_has IS NOT OLD.quorum_has
    OR NEW.quorum_regle IS NOT OLD.quorum_regle OR NEW.g8 IS NOT OLD.g8 OR NEW.valide_par IS NOT OLD.valide_par
    OR NEW.valide_le IS NOT OLD.valide_le
    OR (NEW.patient_id IS NOT OLD.patient_id AND NOT EXISTS (
        SELECT 1 FROM deplacement d
        WHERE d.tableau = 'compte_rendu' AND d.cle = OLD.id AND d.de_id = OLD.patient_id AND d.vers_id = NEW.patient_id))
BEGIN
    SELECT RAISE(ABORT, 'compte_rendu_immuable');
END;
DROP TRIGGER compte_rendu_indelebile;
CREATE TRIGGER compte_rendu_indelebile BEFORE DELETE ON compte_rendu
WHEN NOT EXISTS (SELECT 1 FROM pierre_tombale t WHERE t.patient_id = OLD.patient_id)
BEGIN
    SELECT RAISE(ABORT, 'compte_rendu_indelebile');
END;
DROP TRIGGER programme_immuable;
CREATE TRIGGER programme_immuable BEFORE UPDATE ON programme
WHEN OLD.etat <> 'brouillon' AND (
    NEW.etat = 'brouillon' OR (OLD.etat = 'remplace' AND NEW.etat <> 'remplace')
    OR NEW.id IS NOT OLD.id OR NEW.genre IS NOT OLD.genre OR NEW.dossier_id IS NOT OLD.dossier_id
    OR NEW.compte_rendu_id IS NOT OLD.compte_rendu_id OR NEW.set_id IS NOT OLD.set_id OR NEW.numero_version IS NOT OLD.numero_version
    OR NEW.remplace_id IS NOT OLD.remplace_id OR NEW.motif_code IS NOT OLD.motif_code OR NEW.motif_precision IS NOT OLD.motif_precision
    OR NEW.modele_code IS NOT OLD.modele_code OR NEW.modele_version IS NOT OLD.modele_version OR NEW.saisie IS NOT OLD.saisie
    OR NEW.completude IS NOT OLD.completude OR NEW.contenu IS NOT OLD.contenu OR NEW.empreinte IS NOT OLD.empreinte
    OR NEW.remis_le IS NOT OLD.remis_le OR NEW.remis_par IS NOT OLD.remis_par OR NEW.auteur_id IS NOT OLD.auteur_id
    OR NEW.auteur_nom IS NOT OLD.auteur_nom OR NEW.cree_le IS NOT OLD.cree_le
    OR (NEW.patient_id IS NOT OLD.patient_id AND NOT EXISTS (
        SELECT 1 FROM deplacement d
        WHERE d.tableau = 'programme' AND d.cle = OLD.id AND d.de_id = OLD.patient_id AND d.vers_id = NEW.patient_id))
)
BEGIN
    SELECT RAISE(ABORT, 'programme_immuable');
END;
DROP TRIGGER programme_indelebile;
CREATE TRIGGER programme_indelebile BEFORE DELETE ON programme
WHEN OLD.etat <> 'brouillon' AND NOT EXISTS (SELECT 1 FROM pierre_tombale t WHERE t.patient_id = OLD.patient_id)
BEGIN
    SELECT RAISE(ABORT, 'programme_indelebile');
END;
DROP TRIGGER transition_diffusion_indelebile;
CREATE TRIGGER transition_diffusion_indelebile BEFORE DELETE ON transition_diffusion
WHEN NOT EXISTS (SELECT 1 FROM diffusion d JOIN pierre_tombale t ON t.patient_id = d.patient_id WHERE d.id = OLD.diffusion_id)
BEGIN
    SELECT RAISE(ABORT, 'transition_diffusion_indelebile');
END;
DROP TRIGGER registre_diffusion_indelebile;
CREATE TRIGGER registre_diffusion_indelebile BEFORE DELETE ON registre_diffusion
WHEN NOT EXISTS (SELECT 1 FROM compte_rendu c JOIN pierre_tombale t ON t.patient_id = c.patient_id WHERE c.id = OLD.compte_rendu_id)
    AND NOT EXISTS (SELECT 1 FROM programme p JOIN pierre_tombale t ON t.patient_id = p.patient_id WHERE p.id = OLD.programme_id)
BEGIN
    SELECT RAISE(ABORT, 'registre_diffusion_indelebile');
END;
DROP TRIGGER retour_indelebile;
CREATE TRIGGER retour_indelebile BEFORE DELETE ON retour
WHEN OLD.diffusion_id IS NULL
    OR NOT EXISTS (SELECT 1 FROM diffusion d JOIN pierre_tombale t ON t.patient_id = d.patient_id WHERE d.id = OLD.diffusion_id)
BEGIN
    SELECT RAISE(ABORT, 'retour_indelebile');
END;
