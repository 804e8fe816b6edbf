ALTER TABLE trace DROP COLUMN au_nom_de;
DROP TABLE coupure_machine;
DROP TABLE certificat_machine;
DROP TABLE client_machine;
DROP TABLE session_federee;
DROP TABLE depart_federation;
DROP TABLE identite_federee;
