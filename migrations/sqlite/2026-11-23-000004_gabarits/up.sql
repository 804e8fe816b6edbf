-- Typesetting templates of the region, of a 3C or of an établissement, by version; and the letter to the
-- médecin traitant beside the compte-rendu.
CREATE TABLE gabarit (
    id TEXT NOT NULL PRIMARY KEY,
    genre TEXT NOT NULL,
    portee TEXT NOT NULL,
    portee_id TEXT,
    numero BIGINT NOT NULL,
    etat TEXT NOT NULL,
    nom TEXT NOT NULL,
    source TEXT NOT NULL,
    note TEXT,
    valable_du DATE,
    valable_au DATE,
    auteur_id TEXT REFERENCES compte (id),
    version BIGINT NOT NULL,
    cree_le TEXT NOT NULL,
    modifie_le TEXT NOT NULL,
    CONSTRAINT gabarit_genre_connu CHECK (genre IN ('compte_rendu', 'lettre_medecin_traitant')),
    CONSTRAINT gabarit_portee_connue CHECK (portee IN ('region', 'centre_3c', 'etablissement')),
    CONSTRAINT gabarit_portee_designee CHECK ((portee = 'region') = (portee_id IS NULL)),
    CONSTRAINT gabarit_etat_connu CHECK (etat IN ('brouillon', 'publie', 'retire')),
    CONSTRAINT gabarit_publie_date CHECK (etat = 'brouillon' OR valable_du IS NOT NULL),
    CONSTRAINT gabarit_dates_ordonnees CHECK (valable_au IS NULL OR valable_au >= valable_du)
);
CREATE UNIQUE INDEX gabarit_numero_unique ON gabarit (genre, portee, COALESCE(portee_id, ''), numero);

-- What a published template says never changes: it may only be withdrawn.
CREATE TRIGGER gabarit_immuable BEFORE UPDATE ON gabarit
WHEN OLD.etat <> 'brouillon' AND (NEW.etat = 'brouillon' OR NEW.id IS NOT OLD.id OR NEW.genre IS NOT OLD.genre
    OR NEW.portee IS NOT OLD.portee OR NEW.portee_id IS NOT OLD.portee_id OR NEW.numero IS NOT OLD.numero
    OR NEW.nom IS NOT OLD.nom OR NEW.source IS NOT OLD.source OR NEW.note IS NOT OLD.note
    OR NEW.valable_du IS NOT OLD.valable_du OR NEW.valable_au IS NOT OLD.valable_au
    OR NEW.auteur_id IS NOT OLD.auteur_id OR NEW.cree_le IS NOT OLD.cree_le)
BEGIN
    SELECT RAISE(ABORT, 'gabarit_immuable');
END;
CREATE TRIGGER gabarit_indelebile BEFORE DELETE ON gabarit WHEN OLD.etat <> 'brouillon'
BEGIN
    SELECT RAISE(ABORT, 'gabarit_indelebile');
END;

-- The templates that a version is printed with; none for those of the program.
ALTER TABLE compte_rendu ADD COLUMN gabarit_id TEXT REFERENCES gabarit (id);
ALTER TABLE compte_rendu ADD COLUMN gabarit_lettre_id TEXT REFERENCES gabarit (id);
CREATE TRIGGER compte_rendu_gabarit_immuable BEFORE UPDATE ON compte_rendu
WHEN NEW.gabarit_id IS NOT OLD.gabarit_id OR NEW.gabarit_lettre_id IS NOT OLD.gabarit_lettre_id
BEGIN
    SELECT RAISE(ABORT, 'compte_rendu_immuable');
END;

-- The documents that a template could not make, and that left with the template of the program.
CREATE TABLE gabarit_echec (
    id TEXT NOT NULL PRIMARY KEY,
    gabarit_id TEXT NOT NULL REFERENCES gabarit (id),
    compte_rendu_id TEXT NOT NULL REFERENCES compte_rendu (id),
    ligne BIGINT,
    colonne BIGINT,
    cree_le TEXT NOT NULL,
    CONSTRAINT gabarit_echec_unique UNIQUE (gabarit_id, compte_rendu_id)
);

-- A check cannot be changed in place.
CREATE TABLE document_elargi (
    id TEXT NOT NULL PRIMARY KEY,
    compte_rendu_id TEXT NOT NULL REFERENCES compte_rendu (id),
    genre TEXT NOT NULL,
    nom TEXT NOT NULL,
    type_mime TEXT NOT NULL,
    empreinte TEXT NOT NULL,
    octets BLOB NOT NULL,
    cree_le TEXT NOT NULL,
    CONSTRAINT document_genre_connu CHECK (genre IN ('pdf', 'lettre_medecin_traitant')),
    CONSTRAINT document_compte_rendu_id_genre_unique UNIQUE (compte_rendu_id, genre)
);
INSERT INTO document_elargi SELECT id, compte_rendu_id, genre, nom, type_mime, empreinte, octets, cree_le FROM document;
DROP TABLE document;
ALTER TABLE document_elargi RENAME TO document;
