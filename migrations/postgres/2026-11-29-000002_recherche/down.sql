DROP TABLE extrait_recherche;
DROP TABLE projet_recherche_acte;
DROP TABLE projet_recherche;
DROP FUNCTION extrait_recherche_immuable();
DROP FUNCTION projet_recherche_immuable();
