-- Fiche models composed of a base and of blocks, with values that they compute.
CREATE TABLE bloc_fiche (
    id UUID NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    version TEXT NOT NULL,
    nom TEXT NOT NULL,
    contenu JSONB NOT NULL,
    empreinte TEXT NOT NULL,
    charge_le TIMESTAMPTZ NOT NULL,
    CONSTRAINT bloc_fiche_code_version_unique UNIQUE (code, version)
);

ALTER TABLE modele_fiche ADD COLUMN derives JSONB NOT NULL DEFAULT '[]';
ALTER TABLE modele_fiche ADD COLUMN composition JSONB;
