ALTER TABLE fiche DROP COLUMN origines;
ALTER TABLE concept ADD COLUMN recherche TEXT NOT NULL DEFAULT '';
CREATE INDEX concept_jeu_recherche ON concept (jeu, recherche);
DROP TABLE synonymes;
