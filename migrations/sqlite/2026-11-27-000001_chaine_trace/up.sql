-- The trace that cannot be bent: each row says more of the act, bears a number of the process that wrote it, and is sealed by a chain.
CREATE TABLE trace_nouvelle (
    id TEXT NOT NULL PRIMARY KEY,
    instant TEXT NOT NULL,
    emetteur TEXT NOT NULL,
    numero BIGINT NOT NULL,
    compte_id TEXT,
    acteur TEXT NOT NULL,
    session_id TEXT,
    role TEXT,
    perimetre_type TEXT,
    perimetre_id TEXT,
    operation TEXT,
    action TEXT NOT NULL,
    objet_type TEXT NOT NULL,
    objet_id TEXT,
    objet_version BIGINT,
    patient_id TEXT,
    champs TEXT,
    motif TEXT,
    resultat TEXT NOT NULL,
    code TEXT,
    requete_id TEXT,
    adresse TEXT,
    CONSTRAINT trace_champs_json CHECK (json_valid(champs)),
    CONSTRAINT trace_resultat_connu CHECK (resultat IN ('accepte', 'refuse'))
);
-- Rows written before this migration get the numbers of a process that never was.
INSERT INTO trace_nouvelle (id, instant, emetteur, numero, compte_id, acteur, session_id, action, objet_type, objet_id, objet_version,
    patient_id, champs, resultat, requete_id)
SELECT id, instant, '00000000-0000-0000-0000-000000000000', ROW_NUMBER() OVER (ORDER BY id), compte_id, acteur, session_id, action,
    objet_type, objet_id, objet_version, patient_id, champs, resultat, requete_id
FROM trace;
DROP TABLE trace;
ALTER TABLE trace_nouvelle RENAME TO trace;
CREATE INDEX trace_patient_id_instant ON trace (patient_id, instant);
CREATE INDEX trace_compte_id_instant ON trace (compte_id, instant);
CREATE UNIQUE INDEX trace_emetteur_numero ON trace (emetteur, numero);

-- One seal a row, in an unbroken sequence of ranks: SHA-256 of the former seal and of the row.
CREATE TABLE scellement (
    rang BIGINT NOT NULL PRIMARY KEY,
    trace_id TEXT NOT NULL,
    empreinte BLOB NOT NULL,
    CONSTRAINT scellement_empreinte_entiere CHECK (length(empreinte) = 32)
);
CREATE UNIQUE INDEX scellement_trace_id ON scellement (trace_id);

CREATE TRIGGER trace_sans_modification BEFORE UPDATE ON trace BEGIN SELECT RAISE(ABORT, 'la trace ne se modifie pas'); END;
CREATE TRIGGER trace_sans_suppression BEFORE DELETE ON trace BEGIN SELECT RAISE(ABORT, 'la trace ne se supprime pas'); END;
CREATE TRIGGER scellement_sans_modification BEFORE UPDATE ON scellement BEGIN SELECT RAISE(ABORT, 'un sceau ne se modifie pas'); END;
CREATE TRIGGER scellement_sans_suppression BEFORE DELETE ON scellement BEGIN SELECT RAISE(ABORT, 'un sceau ne se supprime pas'); END;

-- What the nightly look at the trace searches for.
CREATE TABLE regle_acces (
    code TEXT NOT NULL PRIMARY KEY,
    libelle TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    seuil BIGINT NOT NULL,
    parametres TEXT,
    version BIGINT NOT NULL,
    modifie_le TEXT NOT NULL,
    CONSTRAINT regle_acces_parametres_json CHECK (json_valid(parametres)),
    CONSTRAINT regle_acces_seuil_positif CHECK (seuil >= 1)
);
INSERT INTO regle_acces (code, libelle, active, seuil, parametres, version, modifie_le) VALUES
    ('volume_horaire', 'Patients distincts consultés en une heure par un même compte.', TRUE, 100, NULL, 1, '2026-11-27T00:00:00.000000Z'),
    ('hors_horaires', 'Patients distincts consultés la nuit ou le week-end par un même compte.', TRUE, 20, '{"du": "20:00", "au": "07:00"}', 1, '2026-11-27T00:00:00.000000Z'),
    ('meme_nom', 'Dossier d''une personne qui porte le nom de famille de l''utilisateur.', TRUE, 1, NULL, 1, '2026-11-27T00:00:00.000000Z'),
    ('propre_dossier', 'Dossier d''une personne qui porte le nom et le prénom de l''utilisateur.', TRUE, 1, NULL, 1, '2026-11-27T00:00:00.000000Z'),
    ('dossier_collegue', 'Dossier d''une personne qui porte le nom et le prénom d''un professionnel du même établissement.', TRUE, 1, NULL, 1, '2026-11-27T00:00:00.000000Z'),
    ('refus_nombreux', 'Refus opposés à un même compte en un jour.', TRUE, 20, NULL, 1, '2026-11-27T00:00:00.000000Z'),
    ('pic_exports', 'Exports, téléchargements et impressions d''un même compte en un jour.', TRUE, 50, NULL, 1, '2026-11-27T00:00:00.000000Z'),
    ('connexions_refusees', 'Connexions refusées depuis une même adresse en un jour.', TRUE, 10, NULL, 1, '2026-11-27T00:00:00.000000Z');

-- What it found, for the data protection officer to judge.
CREATE TABLE alerte_acces (
    id TEXT NOT NULL PRIMARY KEY,
    regle TEXT NOT NULL,
    jour DATE NOT NULL,
    sujet TEXT NOT NULL,
    compte_id TEXT,
    patient_id TEXT,
    nombre BIGINT NOT NULL,
    seuil BIGINT NOT NULL,
    details TEXT NOT NULL,
    verdict TEXT,
    commentaire TEXT,
    juge_par TEXT,
    juge_le TEXT,
    version BIGINT NOT NULL,
    cree_le TEXT NOT NULL,
    CONSTRAINT alerte_acces_regle_fk FOREIGN KEY (regle) REFERENCES regle_acces (code),
    CONSTRAINT alerte_acces_details_json CHECK (json_valid(details)),
    CONSTRAINT alerte_acces_verdict_connu CHECK (verdict IN ('justifie', 'a_surveiller', 'injustifie'))
);
CREATE UNIQUE INDEX alerte_acces_une_par_jour ON alerte_acces (regle, jour, sujet);
CREATE INDEX alerte_acces_attente ON alerte_acces (verdict, id);
