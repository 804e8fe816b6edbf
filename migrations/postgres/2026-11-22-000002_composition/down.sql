ALTER TABLE modele_fiche DROP COLUMN composition;
ALTER TABLE modele_fiche DROP COLUMN derives;
DROP TABLE bloc_fiche;
