-- The public directories, apart from the region's own: what the last imports said, the imports themselves and
-- the lines they refused; the list of the trust space; and what the region's professionals owe to the directory.
CREATE TABLE annuaire_import (
    id UUID NOT NULL PRIMARY KEY,
    numero BIGINT NOT NULL CONSTRAINT annuaire_import_numero_unique UNIQUE,
    genre TEXT NOT NULL,
    fichier TEXT NOT NULL,
    empreinte TEXT NOT NULL,
    octets BIGINT NOT NULL,
    etat TEXT NOT NULL,
    octets_lus BIGINT NOT NULL,
    lignes BIGINT NOT NULL,
    ajoutees BIGINT NOT NULL,
    modifiees BIGINT NOT NULL,
    inchangees BIGINT NOT NULL,
    reapparues BIGINT NOT NULL,
    disparues BIGINT NOT NULL,
    doublons BIGINT NOT NULL,
    refusees BIGINT NOT NULL,
    vus BYTEA NOT NULL,
    debut_le TIMESTAMPTZ NOT NULL,
    modifie_le TIMESTAMPTZ NOT NULL,
    fin_le TIMESTAMPTZ,
    CONSTRAINT annuaire_import_genre_connu CHECK (genre IN ('activites', 'savoir_faire', 'bal', 'structures')),
    CONSTRAINT annuaire_import_etat_connu CHECK (etat IN ('en_cours', 'suspendu', 'termine', 'abandonne')),
    CONSTRAINT annuaire_import_fin_datee CHECK ((etat = 'termine') = (fin_le IS NOT NULL))
);
-- One import of a kind at a time.
CREATE UNIQUE INDEX annuaire_import_un_seul_ouvert ON annuaire_import (genre) WHERE etat IN ('en_cours', 'suspendu');

CREATE TABLE annuaire_refus (
    import_id UUID NOT NULL REFERENCES annuaire_import (id),
    ligne BIGINT NOT NULL,
    code TEXT NOT NULL,
    motif TEXT NOT NULL,
    PRIMARY KEY (import_id, ligne)
);

-- One line of Personne_activite: one professional at one site. The key begins with that of the person.
CREATE TABLE annuaire_activite (
    numero BIGINT NOT NULL PRIMARY KEY,
    cle BYTEA NOT NULL CONSTRAINT annuaire_activite_cle_unique UNIQUE,
    empreinte BIGINT NOT NULL,
    import BIGINT NOT NULL,
    disparu_le TIMESTAMPTZ,
    identification TEXT NOT NULL,
    rpps TEXT,
    nom TEXT NOT NULL,
    prenom TEXT NOT NULL,
    nom_recherche TEXT COLLATE "C" NOT NULL,
    prenom_recherche TEXT COLLATE "C" NOT NULL,
    civilite TEXT,
    titre TEXT,
    profession TEXT NOT NULL,
    categorie TEXT,
    savoir_faire_type TEXT,
    savoir_faire TEXT,
    mode_exercice TEXT,
    structure TEXT,
    finess TEXT,
    siret TEXT,
    raison_sociale TEXT,
    enseigne TEXT,
    adresse TEXT,
    code_postal TEXT,
    commune TEXT,
    commune_recherche TEXT COLLATE "C",
    departement TEXT,
    telephone TEXT,
    courriel TEXT,
    secteur TEXT,
    fonction TEXT,
    genre_activite TEXT
);
CREATE INDEX annuaire_activite_nom ON annuaire_activite (nom_recherche, prenom_recherche);

-- One line of SavoirFaire.
CREATE TABLE annuaire_savoir_faire (
    numero BIGINT NOT NULL PRIMARY KEY,
    cle BYTEA NOT NULL CONSTRAINT annuaire_savoir_faire_cle_unique UNIQUE,
    empreinte BIGINT NOT NULL,
    import BIGINT NOT NULL,
    disparu_le TIMESTAMPTZ,
    identification TEXT NOT NULL,
    profession TEXT NOT NULL,
    categorie TEXT,
    savoir_faire_type TEXT NOT NULL,
    savoir_faire TEXT NOT NULL,
    libelle TEXT
);

-- One line of the MSSanté mailboxes.
CREATE TABLE annuaire_bal (
    numero BIGINT NOT NULL PRIMARY KEY,
    cle BYTEA NOT NULL CONSTRAINT annuaire_bal_cle_unique UNIQUE,
    empreinte BIGINT NOT NULL,
    import BIGINT NOT NULL,
    disparu_le TIMESTAMPTZ,
    type_bal TEXT NOT NULL,
    adresse TEXT NOT NULL,
    identification TEXT,
    structure TEXT,
    service TEXT,
    nom TEXT,
    prenom TEXT,
    profession TEXT,
    savoir_faire TEXT,
    dematerialisation TEXT,
    raison_sociale TEXT,
    code_postal TEXT,
    departement TEXT
);
CREATE INDEX annuaire_bal_identification ON annuaire_bal (identification) WHERE identification IS NOT NULL;
CREATE INDEX annuaire_bal_structure ON annuaire_bal (structure) WHERE structure IS NOT NULL;

-- One FINESS structure.
CREATE TABLE annuaire_structure (
    numero BIGINT NOT NULL PRIMARY KEY,
    cle BYTEA NOT NULL CONSTRAINT annuaire_structure_cle_unique UNIQUE,
    empreinte BIGINT NOT NULL,
    import BIGINT NOT NULL,
    disparu_le TIMESTAMPTZ,
    finess TEXT NOT NULL,
    finess_juridique TEXT,
    raison_sociale TEXT NOT NULL,
    adresse TEXT,
    code_postal TEXT,
    commune TEXT,
    departement TEXT,
    telephone TEXT,
    categorie TEXT,
    libelle_categorie TEXT,
    siret TEXT
);
CREATE INDEX annuaire_structure_finess ON annuaire_structure (finess);

-- The domains of the trust space, each for a time. An empty table leaves the list of the configuration in force.
CREATE TABLE domaine_securise (
    id UUID NOT NULL PRIMARY KEY,
    domaine TEXT NOT NULL,
    depuis DATE NOT NULL,
    jusqu_au DATE,
    source TEXT NOT NULL,
    revision BIGINT NOT NULL,
    cree_le TIMESTAMPTZ NOT NULL,
    CONSTRAINT domaine_securise_domaine_depuis_unique UNIQUE (domaine, depuis)
);
CREATE INDEX domaine_securise_revision ON domaine_securise (revision);

-- What the directory last said of a professional of the region, and since when it says nothing more.
ALTER TABLE praticien ADD COLUMN annuaire_specialite TEXT;
ALTER TABLE praticien ADD COLUMN annuaire_mode_exercice TEXT CONSTRAINT praticien_annuaire_mode_exercice_connu CHECK (annuaire_mode_exercice IN ('salarie', 'liberal', 'mixte'));
ALTER TABLE praticien ADD COLUMN annuaire_lu_le TIMESTAMPTZ;
ALTER TABLE praticien ADD COLUMN annuaire_disparu_le TIMESTAMPTZ;
ALTER TABLE praticien_adresse ADD COLUMN origine TEXT NOT NULL DEFAULT 'saisie' CONSTRAINT praticien_adresse_origine_connue CHECK (origine IN ('saisie', 'annuaire'));
