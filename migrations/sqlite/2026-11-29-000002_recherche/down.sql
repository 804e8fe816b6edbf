DROP TABLE extrait_recherche;
DROP TABLE projet_recherche_acte;
DROP TABLE projet_recherche;
