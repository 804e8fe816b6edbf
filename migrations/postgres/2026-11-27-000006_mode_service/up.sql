-- Whether the service takes writings: one row.
CREATE TABLE mode_service (
    cle TEXT NOT NULL PRIMARY KEY,
    lecture_seule BOOLEAN NOT NULL,
    motif TEXT,
    depuis TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT mode_service_une_ligne CHECK (cle = 'region'),
    CONSTRAINT mode_service_motive CHECK (NOT lecture_seule OR motif IS NOT NULL)
);
INSERT INTO mode_service (cle, lecture_seule, depuis, version) VALUES ('region', FALSE, '2026-11-27T00:00:00Z', 1);
