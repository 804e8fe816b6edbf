-- What ends a session at the identity provider too: the ID token that opened it, which the provider asks for back and which is erased
-- with the session, and the session at the provider, which it names when it ends it first.
ALTER TABLE session_federee ADD COLUMN jeton_identite TEXT;
ALTER TABLE session_federee ADD COLUMN sid TEXT;
CREATE INDEX session_federee_identite_id ON session_federee (identite_id);
