-- Persons who sign in by an identity provider: (issuer, subject) names the person, the account gives the rights.
CREATE TABLE identite_federee (
    id TEXT NOT NULL PRIMARY KEY,
    emetteur TEXT NOT NULL,
    sujet TEXT NOT NULL,
    compte_id TEXT NOT NULL REFERENCES compte (id),
    rpps TEXT,
    cree_le TEXT NOT NULL,
    utilisee_le TEXT,
    CONSTRAINT identite_federee_sujet_unique UNIQUE (emetteur, sujet),
    CONSTRAINT identite_federee_compte_unique UNIQUE (compte_id, emetteur)
);

-- A sign-in under way, by the SHA-256 of its state. It serves once.
CREATE TABLE depart_federation (
    empreinte_etat TEXT NOT NULL PRIMARY KEY,
    fournisseur TEXT NOT NULL,
    expire_le TEXT NOT NULL
);
CREATE INDEX depart_federation_expire_le ON depart_federation (expire_le);

-- Who opened a session by a provider, and at which level of authentication.
CREATE TABLE session_federee (
    session_id TEXT NOT NULL PRIMARY KEY,
    identite_id TEXT NOT NULL,
    acr TEXT
);

-- Software of an établissement (its DPI): a technical account gives the rights, certificates prove who calls.
CREATE TABLE client_machine (
    id TEXT NOT NULL PRIMARY KEY,
    etablissement_id TEXT NOT NULL REFERENCES etablissement (id),
    compte_id TEXT NOT NULL CONSTRAINT client_machine_compte_unique UNIQUE REFERENCES compte (id),
    nom TEXT NOT NULL,
    portees TEXT NOT NULL,
    actif BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    cree_le TEXT NOT NULL,
    modifie_le TEXT NOT NULL,
    CONSTRAINT client_machine_portees_json CHECK (json_valid(portees))
);
CREATE INDEX client_machine_etablissement_id ON client_machine (etablissement_id);

-- SHA-256 of a certificate, as `x5t#S256` writes it. A certificate names one client for ever.
CREATE TABLE certificat_machine (
    empreinte TEXT NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES client_machine (id),
    ajoute_le TEXT NOT NULL,
    retire_le TEXT
);
CREATE INDEX certificat_machine_client_id ON certificat_machine (client_id);

-- Times when the software of an établissement was shut out.
CREATE TABLE coupure_machine (
    id TEXT NOT NULL PRIMARY KEY,
    etablissement_id TEXT NOT NULL REFERENCES etablissement (id),
    motif TEXT NOT NULL,
    debut TEXT NOT NULL,
    fin TEXT
);
CREATE UNIQUE INDEX coupure_machine_une_seule_ouverte ON coupure_machine (etablissement_id) WHERE fin IS NULL;

-- The professional in whose name a machine acts.
ALTER TABLE trace ADD COLUMN au_nom_de TEXT;
