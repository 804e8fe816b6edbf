-- Whom to turn to for an alert.
ALTER TABLE alerte ADD COLUMN contact TEXT;
