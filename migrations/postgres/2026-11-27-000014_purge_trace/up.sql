-- The end of the legal period of the access trace: what was removed from the beginning of the chain, and the seal that the rest follows.
CREATE TABLE purge_trace (
    rang BIGINT NOT NULL PRIMARY KEY,
    empreinte BYTEA NOT NULL,
    avant TIMESTAMPTZ NOT NULL,
    lignes BIGINT NOT NULL,
    purge_le TIMESTAMPTZ NOT NULL,
    CONSTRAINT purge_trace_empreinte_entiere CHECK (octet_length(empreinte) = 32)
);
CREATE TRIGGER purge_trace_immuable BEFORE UPDATE OR DELETE ON purge_trace FOR EACH ROW EXECUTE FUNCTION refuser_de_toucher_a_la_trace();
CREATE TRIGGER purge_trace_entiere BEFORE TRUNCATE ON purge_trace FOR EACH STATEMENT EXECUTE FUNCTION refuser_de_toucher_a_la_trace();

-- A row goes only once a purge that holds its rank was written down.
CREATE FUNCTION refuser_de_supprimer_la_trace() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM scellement WHERE trace_id = OLD.id AND rang <= (SELECT max(rang) FROM purge_trace)) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'la trace ne se modifie ni ne se supprime (%)', TG_TABLE_NAME;
END
$$;
CREATE FUNCTION refuser_de_supprimer_un_sceau() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.rang <= (SELECT max(rang) FROM purge_trace) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'la trace ne se modifie ni ne se supprime (%)', TG_TABLE_NAME;
END
$$;
DROP TRIGGER trace_immuable ON trace;
CREATE TRIGGER trace_immuable BEFORE UPDATE ON trace FOR EACH ROW EXECUTE FUNCTION refuser_de_toucher_a_la_trace();
CREATE TRIGGER trace_sans_suppression BEFORE DELETE ON trace FOR EACH ROW EXECUTE FUNCTION refuser_de_supprimer_la_trace();
DROP TRIGGER scellement_immuable ON scellement;
CREATE TRIGGER scellement_immuable BEFORE UPDATE ON scellement FOR EACH ROW EXECUTE FUNCTION refuser_de_toucher_a_la_trace();
CREATE TRIGGER scellement_sans_suppression BEFORE DELETE ON scellement FOR EACH ROW EXECUTE FUNCTION refuser_de_supprimer_un_sceau();
