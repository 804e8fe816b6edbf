-- A project that reuses the data, and who approved it. `secret_scelle` makes its pseudonyms: it goes with the end of the project.
CREATE TABLE projet_recherche (
    id UUID NOT NULL PRIMARY KEY,
    demandeur_id UUID NOT NULL REFERENCES compte (id),
    demandeur_nom TEXT NOT NULL,
    demande JSONB NOT NULL,
    perimetre JSONB NOT NULL,
    etat TEXT NOT NULL,
    premiere_par UUID REFERENCES compte (id),
    premiere_le TIMESTAMPTZ,
    seconde_par UUID REFERENCES compte (id),
    seconde_le TIMESTAMPTZ,
    produit_le TIMESTAMPTZ,
    jusqu_au TIMESTAMPTZ,
    fin_le TIMESTAMPTZ,
    motif_fin TEXT,
    secret_scelle TEXT,
    version BIGINT NOT NULL,
    cree_le TIMESTAMPTZ NOT NULL,
    modifie_le TIMESTAMPTZ NOT NULL,
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
    CONSTRAINT projet_recherche_secret CHECK (secret_scelle IS NULL OR etat IN ('approuve', 'produit'))
);
CREATE INDEX projet_recherche_demandeur_id ON projet_recherche (demandeur_id);
-- Everything that was done, in order.
CREATE TABLE projet_recherche_acte (
    id UUID NOT NULL PRIMARY KEY,
    projet_id UUID NOT NULL REFERENCES projet_recherche (id),
    acte TEXT NOT NULL,
    texte TEXT,
    compte_id UUID REFERENCES compte (id),
    nom TEXT NOT NULL,
    moment TIMESTAMPTZ NOT NULL,
    CONSTRAINT projet_recherche_acte_connu CHECK (
        acte IN ('demander', 'approuver', 'refuser', 'relancer', 'produire', 'echouer', 'telecharger', 'clore', 'revoquer')
    )
);
CREATE INDEX projet_recherche_acte_projet_id ON projet_recherche_acte (projet_id, moment);
-- The archive of a project, as long as the project lasts.
CREATE TABLE extrait_recherche (
    projet_id UUID NOT NULL PRIMARY KEY REFERENCES projet_recherche (id),
    nom TEXT NOT NULL,
    taille BIGINT NOT NULL,
    empreinte TEXT NOT NULL,
    octets BYTEA NOT NULL,
    etabli_le TIMESTAMPTZ NOT NULL
);

-- What was done is neither changed nor erased; an archive never changes, and goes with the end of its project.
CREATE FUNCTION projet_recherche_immuable() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'projet_recherche_immuable'; END $$;
CREATE FUNCTION extrait_recherche_immuable() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT 1 FROM projet_recherche p WHERE p.id = OLD.projet_id AND p.etat = 'produit') THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'extrait_recherche_immuable';
END $$;
CREATE TRIGGER projet_recherche_acte_immuable BEFORE UPDATE OR DELETE ON projet_recherche_acte
FOR EACH ROW EXECUTE FUNCTION projet_recherche_immuable();
CREATE TRIGGER extrait_recherche_immuable BEFORE UPDATE OR DELETE ON extrait_recherche
FOR EACH ROW EXECUTE FUNCTION extrait_recherche_immuable();
