CREATE TABLE document_restreint (
    id TEXT NOT NULL PRIMARY KEY,
    compte_rendu_id TEXT NOT NULL REFERENCES compte_rendu (id),
    genre TEXT NOT NULL,
    nom TEXT NOT NULL,
    type_mime TEXT NOT NULL,
    empreinte TEXT NOT NULL,
    octets BLOB NOT NULL,
    cree_le TEXT NOT NULL,
    CONSTRAINT document_genre_connu CHECK (genre IN ('pdf')),
    CONSTRAINT document_compte_rendu_id_genre_unique UNIQUE (compte_rendu_id, genre)
);
INSERT INTO document_restreint
SELECT id, compte_rendu_id, genre, nom, type_mime, empreinte, octets, cree_le FROM document WHERE genre = 'pdf';
DROP TABLE document;
ALTER TABLE document_restreint RENAME TO document;
DROP TABLE gabarit_echec;
DROP TRIGGER compte_rendu_gabarit_immuable;
ALTER TABLE compte_rendu DROP COLUMN gabarit_lettre_id;
ALTER TABLE compte_rendu DROP COLUMN gabarit_id;
DROP TABLE gabarit;
