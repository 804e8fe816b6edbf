ALTER TABLE alerte DROP COLUMN contact;
