DROP TRIGGER trace_sans_suppression ON trace;
DROP TRIGGER trace_immuable ON trace;
CREATE TRIGGER trace_immuable BEFORE UPDATE OR DELETE ON trace FOR EACH ROW EXECUTE FUNCTION refuser_de_toucher_a_la_trace();
DROP TRIGGER scellement_sans_suppression ON scellement;
DROP TRIGGER scellement_immuable ON scellement;
CREATE TRIGGER scellement_immuable BEFORE UPDATE OR DELETE ON scellement FOR EACH ROW EXECUTE FUNCTION refuser_de_toucher_a_la_trace();
DROP FUNCTION refuser_de_supprimer_la_trace();
DROP FUNCTION refuser_de_supprimer_un_sceau();
DROP TABLE purge_trace;
