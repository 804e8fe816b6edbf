DROP INDEX session_federee_identite_id;
ALTER TABLE session_federee DROP COLUMN sid;
ALTER TABLE session_federee DROP COLUMN jeton_identite;
