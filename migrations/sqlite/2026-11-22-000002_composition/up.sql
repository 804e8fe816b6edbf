-- Fiche models composed of a base and of blocks, with values that they compute.
CREATE TABLE bloc_fiche (
    id TEXT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    version TEXT NOT NULL,
    nom TEXT NOT NULL,
    contenu TEXT NOT NULL,
    empreinte TEXT NOT NULL,
    charge_le TEXT NOT NULL,
    CONSTRAINT bloc_fiche_contenu_json CHECK (json_valid(contenu)),
    CONSTRAINT bloc_fiche_code_version_unique UNIQUE (code, version)
);

ALTER TABLE modele_fiche ADD COLUMN derives TEXT NOT NULL DEFAULT '[]' CONSTRAINT modele_fiche_derives_json CHECK (json_valid(derives));
ALTER TABLE modele_fiche ADD COLUMN composition TEXT CONSTRAINT modele_fiche_composition_json CHECK (json_valid(composition));
