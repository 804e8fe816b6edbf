-- What a session owes to the way it was opened. Sessions that were open before are dated by their opening.
ALTER TABLE session ADD COLUMN moyen TEXT NOT NULL DEFAULT 'mot_de_passe_et_facteur';
ALTER TABLE session ADD COLUMN support TEXT NOT NULL DEFAULT 'porteur';
ALTER TABLE session ADD COLUMN inactivite_secondes BIGINT NOT NULL DEFAULT 1800;
ALTER TABLE session ADD COLUMN authentifiee_le TEXT NOT NULL DEFAULT '1970-01-01T00:00:00.000000Z';
UPDATE session SET authentifiee_le = cree_le;

ALTER TABLE compte ADD COLUMN revu_le TEXT;

CREATE TABLE facteur (
    id TEXT NOT NULL PRIMARY KEY,
    compte_id TEXT NOT NULL REFERENCES compte (id),
    genre TEXT NOT NULL,
    libelle TEXT NOT NULL,
    secret_scelle TEXT,
    cle_publique TEXT,
    identifiant_webauthn TEXT CONSTRAINT facteur_identifiant_webauthn_unique UNIQUE,
    dernier_pas BIGINT,
    cree_le TEXT NOT NULL,
    utilise_le TEXT,
    retire_le TEXT,
    CONSTRAINT facteur_genre_connu CHECK (genre IN ('totp', 'webauthn')),
    CONSTRAINT facteur_cle_publique_json CHECK (json_valid(cle_publique)),
    CONSTRAINT facteur_totp_scelle CHECK ((genre = 'totp') = (secret_scelle IS NOT NULL)),
    CONSTRAINT facteur_webauthn_public CHECK ((genre = 'webauthn') = (cle_publique IS NOT NULL AND identifiant_webauthn IS NOT NULL))
);
CREATE INDEX facteur_compte_id ON facteur (compte_id);

CREATE TABLE code_secours (
    id TEXT NOT NULL PRIMARY KEY,
    compte_id TEXT NOT NULL REFERENCES compte (id),
    empreinte TEXT NOT NULL CONSTRAINT code_secours_empreinte_unique UNIQUE,
    cree_le TEXT NOT NULL,
    utilise_le TEXT
);
CREATE INDEX code_secours_compte_id ON code_secours (compte_id);

CREATE TABLE defi (
    id TEXT NOT NULL PRIMARY KEY,
    compte_id TEXT NOT NULL REFERENCES compte (id),
    empreinte_jeton TEXT NOT NULL CONSTRAINT defi_empreinte_jeton_unique UNIQUE,
    etape TEXT NOT NULL,
    support TEXT NOT NULL,
    etat TEXT,
    echecs BIGINT NOT NULL,
    cree_le TEXT NOT NULL,
    expire_le TEXT NOT NULL,
    consomme_le TEXT,
    CONSTRAINT defi_etat_json CHECK (json_valid(etat)),
    CONSTRAINT defi_etape_connue CHECK (etape IN ('activation', 'enrolement', 'ajout', 'second_facteur', 'reauthentification'))
);
CREATE INDEX defi_compte_id ON defi (compte_id);

CREATE TABLE ralentissement (
    empreinte TEXT NOT NULL PRIMARY KEY,
    echecs BIGINT NOT NULL,
    dernier_le TEXT NOT NULL,
    bloque_jusqu_a TEXT
);
