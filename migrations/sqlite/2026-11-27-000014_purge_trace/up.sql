-- The end of the legal period of the access trace: what was removed from the beginning of the chain, and the seal that the rest follows.
CREATE TABLE purge_trace (
    rang BIGINT NOT NULL PRIMARY KEY,
    empreinte BLOB NOT NULL,
    avant TEXT NOT NULL,
    lignes BIGINT NOT NULL,
    purge_le TEXT NOT NULL,
    CONSTRAINT purge_trace_empreinte_entiere CHECK (length(empreinte) = 32)
);
CREATE TRIGGER purge_trace_sans_modification BEFORE UPDATE ON purge_trace BEGIN SELECT RAISE(ABORT, 'une purge de la trace ne se modifie pas'); END;
CREATE TRIGGER purge_trace_sans_suppression BEFORE DELETE ON purge_trace BEGIN SELECT RAISE(ABORT, 'une purge de la trace ne se supprime pas'); END;

-- A row goes only once a purge that holds its rank was written down.
DROP TRIGGER trace_sans_suppression;
CREATE TRIGGER trace_sans_suppression BEFORE DELETE ON trace
WHEN NOT EXISTS (SELECT 1 FROM scellement WHERE trace_id = OLD.id AND rang <= (SELECT max(rang) FROM purge_trace))
BEGIN SELECT RAISE(ABORT, 'la trace ne se supprime pas'); END;
DROP TRIGGER scellement_sans_suppression;
CREATE TRIGGER scellement_sans_suppression BEFORE DELETE ON scellement
WHEN OLD.rang > coalesce((SELECT max(rang) FROM purge_trace), 0)
BEGIN SELECT RAISE(ABORT, 'un sceau ne se supprime pas'); END;
