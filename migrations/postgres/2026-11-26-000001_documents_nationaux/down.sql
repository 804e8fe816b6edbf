DELETE FROM document WHERE genre IN ('cda', 'xdm');
ALTER TABLE document DROP CONSTRAINT document_genre_connu;
ALTER TABLE document ADD CONSTRAINT document_genre_connu CHECK (genre IN ('pdf', 'lettre_medecin_traitant'));
