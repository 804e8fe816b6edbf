-- The national documents of a version: CDA R2 and IHE XDM.
ALTER TABLE document DROP CONSTRAINT document_genre_connu;
ALTER TABLE document ADD CONSTRAINT document_genre_connu CHECK (genre IN ('pdf', 'lettre_medecin_traitant', 'cda', 'xdm'));
