-- What those invited to a meeting answered, and when.
ALTER TABLE presence ADD COLUMN reponse TEXT CONSTRAINT presence_reponse_connu CHECK (reponse IN ('accepte', 'visio', 'refuse'));
ALTER TABLE presence ADD COLUMN repondu_le TEXT;
