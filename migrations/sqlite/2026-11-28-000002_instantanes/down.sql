DROP TABLE instantane_diffusion;
DROP TABLE instantane_participation;
DROP TABLE instantane_entite;
DROP TABLE instantane_seance;
DROP TABLE instantane_passage;
DROP TABLE instantane;
