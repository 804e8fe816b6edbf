ALTER TABLE presence DROP COLUMN repondu_le;
ALTER TABLE presence DROP COLUMN reponse;
