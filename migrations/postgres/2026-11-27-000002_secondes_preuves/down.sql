DROP TABLE ralentissement;
DROP TABLE defi;
DROP TABLE code_secours;
DROP TABLE facteur;
ALTER TABLE compte DROP COLUMN revu_le;
ALTER TABLE session DROP COLUMN authentifiee_le;
ALTER TABLE session DROP COLUMN inactivite_secondes;
ALTER TABLE session DROP COLUMN support;
ALTER TABLE session DROP COLUMN moyen;
