ALTER TABLE session DROP COLUMN entiere_le;
