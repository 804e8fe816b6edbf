-- The trace that cannot be bent: each row says more of the act, bears a number of the process that wrote it, and is sealed by a chain.
ALTER TABLE trace
    ADD COLUMN emetteur UUID,
    ADD COLUMN numero BIGINT,
    ADD COLUMN role TEXT,
    ADD COLUMN perimetre_type TEXT,
    ADD COLUMN perimetre_id UUID,
    ADD COLUMN operation TEXT,
    ADD COLUMN motif TEXT,
    ADD COLUMN code TEXT,
    ADD COLUMN adresse TEXT;
-- Rows written before this migration get the numbers of a process that never was.
UPDATE trace SET emetteur = '00000000-0000-0000-0000-000000000000', numero = anciennes.numero
FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS numero FROM trace) AS anciennes
WHERE anciennes.id = trace.id;
ALTER TABLE trace ALTER COLUMN emetteur SET NOT NULL, ALTER COLUMN numero SET NOT NULL;
CREATE UNIQUE INDEX trace_emetteur_numero ON trace (emetteur, numero);

-- One seal a row, in an unbroken sequence of ranks: SHA-256 of the former seal and of the row.
CREATE TABLE scellement (
    rang BIGINT NOT NULL PRIMARY KEY,
    trace_id UUID NOT NULL,
    empreinte BYTEA NOT NULL,
    CONSTRAINT scellement_empreinte_entiere CHECK (octet_length(empreinte) = 32)
);
CREATE UNIQUE INDEX scellement_trace_id ON scellement (trace_id);

CREATE FUNCTION refuser_de_toucher_a_la_trace() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'la trace ne se modifie ni ne se supprime (%)', TG_TABLE_NAME;
END
$$;
CREATE TRIGGER trace_immuable BEFORE UPDATE OR DELETE ON trace FOR EACH ROW EXECUTE FUNCTION refuser_de_toucher_a_la_trace();
CREATE TRIGGER trace_entiere BEFORE TRUNCATE ON trace FOR EACH STATEMENT EXECUTE FUNCTION refuser_de_toucher_a_la_trace();
CREATE TRIGGER scellement_immuable BEFORE UPDATE OR DELETE ON scellement FOR EACH ROW EXECUTE FUNCTION refuser_de_toucher_a_la_trace();
CREATE TRIGGER scellement_entier BEFORE TRUNCATE ON scellement FOR EACH STATEMENT EXECUTE FUNCTION refuser_de_toucher_a_la_trace();

-- What the nightly look at the trace searches for.
CREATE TABLE regle_acces (
    code TEXT NOT NULL PRIMARY KEY,
    libelle TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    seuil BIGINT NOT NULL,
    parametres JSONB,
    version BIGINT NOT NULL,
    modifie_le TIMESTAMPTZ NOT NULL,
    CONSTRAINT regle_acces_seuil_positif CHECK (seuil >= 1)
);
INSERT INTO regle_acces (code, libelle, active, seuil, parametres, version, modifie_le) VALUES
    ('volume_horaire', 'Patients distincts consultés en une heure par un même compte.', TRUE, 100, NULL, 1, '2026-11-27T00:00:00Z'),
    ('hors_horaires', 'Patients distincts consultés la nuit ou le week-end par un même compte.', TRUE, 20, '{"du": "20:00", "au": "07:00"}', 1, '2026-11-27T00:00:00Z'),
    ('meme_nom', 'Dossier d''une personne qui porte le nom de famille de l''utilisateur.', TRUE, 1, NULL, 1, '2026-11-27T00:00:00Z'),
    ('propre_dossier', 'Dossier d''une personne qui porte le nom et le prénom de l''utilisateur.', TRUE, 1, NULL, 1, '2026-11-27T00:00:00Z'),
    ('dossier_collegue', 'Dossier d''une personne qui porte le nom et le prénom d''un professionnel du même établissement.', TRUE, 1, NULL, 1, '2026-11-27T00:00:00Z'),
    ('refus_nombreux', 'Refus opposés à un même compte en un jour.', TRUE, 20, NULL, 1, '2026-11-27T00:00:00Z'),
    ('pic_exports', 'Exports, téléchargements et impressions d''un même compte en un jour.', TRUE, 50, NULL, 1, '2026-11-27T00:00:00Z'),
    ('connexions_refusees', 'Connexions refusées depuis une même adresse en un jour.', TRUE, 10, NULL, 1, '2026-11-27T00:00:00Z');

-- What it found, for the data protection officer to judge.
CREATE TABLE alerte_acces (
    id UUID NOT NULL PRIMARY KEY,
    regle TEXT NOT NULL,
    jour DATE NOT NULL,
    sujet TEXT NOT NULL,
    compte_id UUID,
    patient_id UUID,
    nombre BIGINT NOT NULL,
    seuil BIGINT NOT NULL,
    details JSONB NOT NULL,
    verdict TEXT,
    commentaire TEXT,
    juge_par UUID,
    juge_le TIMESTAMPTZ,
    version BIGINT NOT NULL,
    cree_le TIMESTAMPTZ NOT NULL,
    CONSTRAINT alerte_acces_regle_fk FOREIGN KEY (regle) REFERENCES regle_acces (code),
    CONSTRAINT alerte_acces_verdict_connu CHECK (verdict IN ('justifie', 'a_surveiller', 'injustifie'))
);
CREATE UNIQUE INDEX alerte_acces_une_par_jour ON alerte_acces (regle, jour, sujet);
CREATE INDEX alerte_acces_attente ON alerte_acces (verdict, id);
