-- What a session owes to the way it was opened. Sessions that were open before are dated by their opening.
ALTER TABLE session ADD COLUMN moyen TEXT NOT NULL DEFAULT 'mot_de_passe_et_facteur';
ALTER TABLE session ADD COLUMN support TEXT NOT NULL DEFAULT 'porteur';
ALTER TABLE session ADD COLUMN inactivite_secondes BIGINT NOT NULL DEFAULT 1800;
ALTER TABLE session ADD COLUMN authentifiee_le TIMESTAMPTZ NOT NULL DEFAULT '1970-01-01T00:00:00.000000Z';
UPDATE session SET authentifiee_le = cree_le;

ALTER TABLE compte ADD COLUMN revu_le TIMESTAMPTZ;

CREATE TABLE facteur (
    id UUID NOT NULL PRIMARY KEY,
    compte_id UUID NOT NULL REFERENCES compte (id),
    genre TEXT NOT NULL,
    libelle TEXT NOT NULL,
    secret_scelle TEXT,
    cle_publique JSONB,
    identifiant_webauthn TEXT CONSTRAINT facteur_identifiant_webauthn_unique UNIQUE,
    dernier_pas BIGINT,
    cree_le TIMESTAMPTZ NOT NULL,
    utilise_le TIMESTAMPTZ,
    retire_le TIMESTAMPTZ,
    CONSTRAINT facteur_genre_connu CHECK (genre IN ('totp', 'webauthn')),
    CONSTRAINT facteur_totp_scelle CHECK ((genre = 'totp') = (secret_scelle IS NOT NULL)),
    CONSTRAINT facteur_webauthn_public CHECK ((genre = 'webauthn') = (cle_publique IS NOT NULL AND identifiant_webauthn IS NOT NULL))
);
CREATE INDEX facteur_compte_id ON facteur (compte_id);

CREATE TABLE code_secours (
    id UUID NOT NULL PRIMARY KEY,
    compte_id UUID NOT NULL REFERENCES compte (id),
    empreinte TEXT NOT NULL CONSTRAINT code_secours_empreinte_unique UNIQUE,
    cree_le TIMESTAMPTZ NOT NULL,
    utilise_le TIMESTAMPTZ
);
CREATE INDEX code_secours_compte_id ON code_secours (compte_id);

CREATE TABLE defi (
    id UUID NOT NULL PRIMARY KEY,
    compte_id UUID NOT NULL REFERENCES compte (id),
    empreinte_jeton TEXT NOT NULL CONSTRAINT defi_empreinte_jeton_unique UNIQUE,
    etape TEXT NOT NULL,
    support TEXT NOT NULL,
    etat JSONB,
    echecs BIGINT NOT NULL,
    cree_le TIMESTAMPTZ NOT NULL,
    expire_le TIMESTAMPTZ NOT NULL,
    consomme_le TIMESTAMPTZ,
    CONSTRAINT defi_etape_connue CHECK (etape IN ('activation', 'enrolement', 'ajout', 'second_facteur', 'reauthentification'))
);
CREATE INDEX defi_compte_id ON defi (compte_id);

CREATE TABLE ralentissement (
    empreinte TEXT NOT NULL PRIMARY KEY,
    echecs BIGINT NOT NULL,
    dernier_le TIMESTAMPTZ NOT NULL,
    bloque_jusqu_a TIMESTAMPTZ
);
