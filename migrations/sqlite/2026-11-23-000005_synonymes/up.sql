-- Words that the field says for the concepts of a value set; value sets are now searched in memory.
CREATE TABLE synonymes (
    jeu TEXT NOT NULL,
    version TEXT NOT NULL,
    contenu TEXT NOT NULL,
    empreinte TEXT NOT NULL,
    charge_le TEXT NOT NULL,
    CONSTRAINT synonymes_contenu_json CHECK (json_valid(contenu)),
    PRIMARY KEY (jeu, version)
);

DROP INDEX concept_jeu_recherche;
ALTER TABLE concept DROP COLUMN recherche;

-- Where the answers of a fiche come from that were carried from a former one, by pointer.
ALTER TABLE fiche ADD COLUMN origines TEXT NOT NULL DEFAULT '{}' CONSTRAINT fiche_origines_json CHECK (json_valid(origines));
