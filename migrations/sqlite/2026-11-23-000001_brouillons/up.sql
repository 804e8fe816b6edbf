-- Reference data that a region writes by itself: drafts, and withdrawals of what was published.
-- The content of a draft is text: it keeps the order in which it was written.
CREATE TABLE brouillon_referentiel (
    id TEXT NOT NULL PRIMARY KEY,
    genre TEXT NOT NULL,
    code TEXT NOT NULL,
    contenu TEXT NOT NULL,
    note TEXT,
    version BIGINT NOT NULL,
    auteur_id TEXT REFERENCES compte (id),
    auteur_nom TEXT NOT NULL,
    cree_le TEXT NOT NULL,
    modifie_le TEXT NOT NULL,
    publie_version TEXT,
    publie_le TEXT,
    publie_par TEXT,
    CONSTRAINT brouillon_referentiel_genre_connu CHECK (genre IN ('bloc', 'modele_fiche', 'regle_alerte', 'regle_quorum')),
    CONSTRAINT brouillon_referentiel_publication_entiere CHECK ((publie_version IS NULL) = (publie_le IS NULL) AND (publie_le IS NULL) = (publie_par IS NULL))
);
CREATE INDEX brouillon_referentiel_genre_code ON brouillon_referentiel (genre, code);

CREATE TABLE retrait_referentiel (
    id TEXT NOT NULL PRIMARY KEY,
    genre TEXT NOT NULL,
    code TEXT NOT NULL,
    version TEXT NOT NULL,
    valable_au DATE NOT NULL,
    motif TEXT NOT NULL,
    auteur_id TEXT REFERENCES compte (id),
    auteur_nom TEXT NOT NULL,
    cree_le TEXT NOT NULL,
    CONSTRAINT retrait_referentiel_genre_connu CHECK (genre IN ('modele_fiche', 'regle_alerte', 'regle_quorum'))
);
