DROP TRIGGER trace_sans_suppression;
DROP TRIGGER scellement_sans_suppression;
DROP TABLE purge_trace;
CREATE TRIGGER trace_sans_suppression BEFORE DELETE ON trace BEGIN SELECT RAISE(ABORT, 'la trace ne se supprime pas'); END;
CREATE TRIGGER scellement_sans_suppression BEFORE DELETE ON scellement BEGIN SELECT RAISE(ABORT, 'un sceau ne se supprime pas'); END;
