-- When a session last saw its person prove the identity in full: the password and a second factor, or the identity provider.
ALTER TABLE session ADD COLUMN entiere_le TEXT;
UPDATE session SET entiere_le = cree_le;
