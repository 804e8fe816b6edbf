ALTER TABLE modele_fiche DROP COLUMN usage;
DROP TABLE programme_document;
DROP TABLE programme;
