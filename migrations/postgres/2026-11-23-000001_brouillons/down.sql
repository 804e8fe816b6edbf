DROP TABLE retrait_referentiel;
DROP TABLE brouillon_referentiel;
