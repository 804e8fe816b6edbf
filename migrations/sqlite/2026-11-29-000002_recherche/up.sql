-- A project that reuses the data, and who approved it. `secret_scelle` makes its pseudonyms: it goes with the end of the project.
CREATE TABLE projet_recherche (
    id TEXT NOT NULL PRIMARY KEY,
    demandeur_id TEXT NOT NULL REFERENCES compte (id),
    demandeur_nom TEXT NOT NULL,
    demande TEXT NOT NULL,
    perimetre TEXT NOT NULL,
    etat TEXT NOT NULL,
    premiere_par TEXT REFERENCES compte (id),
    premiere_le TEXT,
    seconde_par TEXT REFERENCES compte (id),
    seconde_le TEXT,
    produit_le TEXT,
    jusqu_au TEXT,
    fin_le TEXT,
    motif_fin TEXT,
    secret_scelle TEXT,
    version BIGINT NOT NULL,
    cree_le TEXT NOT NULL,
    modifie_le TEXT NOT NULL,
    CONSTRAINT projet_recherche_etat_connu CHECK (
        etat IN ('soumis', 'approuve_une_fois', 'approuve', 'produit', 'clos', 'refuse', 'revoque')
    ),
    CONSTRAINT projet_recherche_premiere CHECK (
        (etat IN ('approuve_une_fois', 'approuve', 'produit')) = (premiere_par IS NOT NULL)
        AND (premiere_par IS NULL) = (premiere_le IS NULL)
    ),
    CONSTRAINT projet_recherche_seconde CHECK (
        (etat IN ('approuve', 'produit')) = (seconde_par IS NOT NULL) AND (seconde_par IS NULL) = (seconde_le IS NULL)
    ),
    CONSTRAINT projet_recherche_personnes CHECK (
        (premiere_par IS NULL OR premiere_par <> demandeur_id)
        AND (seconde_par IS NULL OR (seconde_par <> demandeur_id AND seconde_par <> premiere_par))
    ),
    CONSTRAINT projet_recherche_production CHECK (
        (etat = 'produit') = (produit_le IS NOT NULL) AND (produit_le IS NULL) = (jusqu_au IS NULL)
    ),
    CONSTRAINT projet_recherche_fin CHECK (
        (etat IN ('clos', 'refuse', 'revoque')) = (fin_le IS NOT NULL)
        AND (etat NOT IN ('refuse', 'revoque') OR motif_fin IS NOT NULL)
    ),
    CONSTRAINT projet_recherche_secret CHECK (secret_scelle IS NULL OR etat IN ('approuve', 'produit')),
    CONSTRAINT projet_recherche_demande_json CHECK (json_valid(demande)),
    CONSTRAINT projet_recherche_perimetre_json CHECK (json_valid(perimetre))
);
CREATE INDEX projet_recherche_demandeur_id ON projet_recherche (demandeur_id);
-- Everything that was done, in order.
CREATE TABLE projet_recherche_acte (
    id TEXT NOT NULL PRIMARY KEY,
    projet_id TEXT NOT NULL REFERENCES projet_recherche (id),
    acte TEXT NOT NULL,
    texte TEXT,
    compte_id TEXT REFERENCES compte (id),
    nom TEXT NOT NULL,
    moment TEXT NOT NULL,
    CONSTRAINT projet_recherche_acte_connu CHECK (
        acte IN ('demander', 'approuver', 'refuser', 'relancer', 'produire', 'echouer', 'telecharger', 'clore', 'revoquer')
    )
);
CREATE INDEX projet_recherche_acte_projet_id ON projet_recherche_acte (projet_id, moment);
-- The archive of a project, as long as the project lasts.
CREATE TABLE extrait_recherche (
    projet_id TEXT NOT NULL PRIMARY KEY REFERENCES projet_recherche (id),
    nom TEXT NOT NULL,
    taille BIGINT NOT NULL,
    empreinte TEXT NOT NULL,
    octets BLOB NOT NULL,
    etabli_le TEXT NOT NULL
);

-- What was done is neither changed nor erased; an archive never changes, and goes with the end of its project.
CREATE TRIGGER projet_recherche_acte_sans_update BEFORE UPDATE ON projet_recherche_acte
BEGIN SELECT RAISE(ABORT, 'projet_recherche_immuable'); END;
CREATE TRIGGER projet_recherche_acte_sans_delete BEFORE DELETE ON projet_recherche_acte
BEGIN SELECT RAISE(ABORT, 'projet_recherche_immuable'); END;
CREATE TRIGGER extrait_recherche_sans_update BEFORE UPDATE ON extrait_recherche
BEGIN SELECT RAISE(ABORT, 'extrait_recherche_immuable'); END;
CREATE TRIGGER extrait_recherche_sans_delete BEFORE DELETE ON extrait_recherche
WHEN EXISTS (SELECT 1 FROM projet_recherche p WHERE p.id = OLD.projet_id AND p.etat = 'produit')
BEGIN SELECT RAISE(ABORT, 'extrait_recherche_immuable'); END;
