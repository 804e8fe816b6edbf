DELETE FROM document WHERE genre <> 'pdf';
ALTER TABLE document DROP CONSTRAINT document_genre_connu;
ALTER TABLE document ADD CONSTRAINT document_genre_connu CHECK (genre IN ('pdf'));
DROP TABLE gabarit_echec;
ALTER TABLE compte_rendu DROP COLUMN gabarit_lettre_id;
ALTER TABLE compte_rendu DROP COLUMN gabarit_id;
DROP TABLE gabarit;
DROP FUNCTION refuser_gabarit;
