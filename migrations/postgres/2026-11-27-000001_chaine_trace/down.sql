DROP TABLE alerte_acces;
DROP TABLE regle_acces;
DROP TABLE scellement;
DROP TRIGGER trace_immuable ON trace;
DROP TRIGGER trace_entiere ON trace;
DROP FUNCTION refuser_de_toucher_a_la_trace();
DROP INDEX trace_emetteur_numero;
ALTER TABLE trace
    DROP COLUMN emetteur,
    DROP COLUMN numero,
    DROP COLUMN role,
    DROP COLUMN perimetre_type,
    DROP COLUMN perimetre_id,
    DROP COLUMN operation,
    DROP COLUMN motif,
    DROP COLUMN code,
    DROP COLUMN adresse;
