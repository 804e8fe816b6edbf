#!/usr/bin/env python3
"""Measures every indicator of a period beside plain SQL on the same tables, and beside DuckDB on the same rows.

    DCC_BASE=sqlite://dcc.sqlite benches/infocentre.py target/release/dcc dcc.sqlite 2024-01-01 2024-12-31

`dcc region generer` fills the file. Needs the Python package `duckdb` for the last column; does without. Times are the best of
five, in milliseconds, in one process each; opening the file and starting `dcc` are not counted.
"""
import json
import os
import re
import sqlite3
import subprocess
import sys
import time

PASSAGES = """
SELECT COUNT(*) FILTER (WHERE cr), COUNT(*) FILTER (WHERE statut_cas = 'discute'), COUNT(*) FILTER (WHERE statut_cas = 'enregistre'),
    COUNT(*) FILTER (WHERE statut_cas = 'reporte'), COUNT(DISTINCT CASE WHEN cr THEN patient_id END),
    COUNT(DISTINCT CASE WHEN cr AND nouveau THEN patient_id END), COUNT(*) FILTER (WHERE d AND quorum_has), COUNT(*) FILTER (WHERE d),
    COUNT(*) FILTER (WHERE d AND quorum_regle), COUNT(*) FILTER (WHERE d AND quorum_national IS NOT NULL),
    COUNT(*) FILTER (WHERE d AND quorum_national = 'atteint'), COUNT(*) FILTER (WHERE d AND quorum_regional IS NOT NULL),
    COUNT(*) FILTER (WHERE d AND quorum_regional = 'atteint'), COUNT(*) FILTER (WHERE cr AND avec_proposition),
    COUNT(*) FILTER (WHERE cr AND avec_proposition AND quorum_has), COUNT(*) FILTER (WHERE cr AND medecin_traitant),
    COUNT(*) FILTER (WHERE cr AND medecin_traitant AND COALESCE(etat, '') <> 'opposition'),
    COUNT(*) FILTER (WHERE cr AND medecin_traitant AND COALESCE(etat, '') <> 'opposition' AND adresse IS NOT NULL),
    COUNT(*) FILTER (WHERE cr AND envoye), COUNT(*) FILTER (WHERE cr AND envoye AND canal = 'mssante'), COUNT(*) FILTER (WHERE cr AND etat = 'postee'),
    COUNT(*) FILTER (WHERE cr AND canal = 'mssante' AND etat IN ('lue', 'integree')), COUNT(*) FILTER (WHERE cr AND age >= 75),
    COUNT(*) FILTER (WHERE cr AND age >= 75 AND g8 = 'fait'), COUNT(*) FILTER (WHERE cr AND age >= 75 AND g8 = 'fait' AND g8_demi_points <= 28),
    COUNT(*) FILTER (WHERE cr AND age >= 75 AND g8 = 'fait' AND g8_demi_points <= 28 AND geriatrie IN ('demandee', 'faite')),
    COUNT(*) FILTER (WHERE cr AND age BETWEEN 15 AND 24), COUNT(*) FILTER (WHERE statut_cas = 'discute' AND age BETWEEN 15 AND 24),
    COUNT(*) FILTER (WHERE statut_cas = 'discute' AND age BETWEEN 15 AND 24 AND double_expertise IN ('presence', 'avis_ecrit')),
    COUNT(*) FILTER (WHERE statut_cas = 'discute' AND age BETWEEN 15 AND 24 AND double_expertise = 'presence'),
    COUNT(*) FILTER (WHERE cr AND fertile), COUNT(*) FILTER (WHERE cr AND fertile AND fertilite IS NOT NULL),
    COUNT(*) FILTER (WHERE cr AND (essai_propose OR essai IN ('propose', 'aucun', 'non_eligible', 'refuse'))),
    COUNT(*) FILTER (WHERE cr AND (essai_propose OR essai = 'propose')), COUNT(*) FILTER (WHERE cr AND oncogenetique IS NOT NULL),
    COUNT(*) FILTER (WHERE cr AND soins_support IN ('evalues_aucun', 'evalues_orientes', 'refuse')),
    COUNT(*) FILTER (WHERE cr AND soins_palliatifs IN ('evalues_aucun', 'evalues_orientes', 'refuse')),
    COUNT(*) FILTER (WHERE cr AND tabac IN ('jamais', 'sevre', 'actif')), COUNT(*) FILTER (WHERE cr AND alcool IN ('non', 'sevre', 'a_risque')),
    COUNT(*) FILTER (WHERE statut_cas = 'discute' AND recours_propose), SUM(CASE WHEN cr THEN completude END),
    COUNT(*) FILTER (WHERE cr AND departement IS NOT NULL), COUNT(*) FILTER (WHERE cr AND departement IS NOT NULL AND hors),
    COUNT(*) FILTER (WHERE cr AND etablissement_demandeur_id IS NOT NULL),
    COUNT(*) FILTER (WHERE cr AND etablissement_demandeur_id <> etablissement_id)
FROM (
    SELECT c.*, statut_cas <> 'reporte' AS cr, statut_cas = 'discute' AND NOT expertise AS d, e.etat, e.canal, e.adresse,
        e.etat IN ('acceptee', 'remise', 'lue', 'integree', 'postee') AS envoye,
        age < 18 OR (age < 40 AND sexe = 'feminin') OR (age < 50 AND sexe <> 'feminin') AS fertile,
        SUBSTR(departement, 1, 2) NOT IN (SELECT SUBSTR(finess, 1, 2) FROM etablissement) AS hors,
        NOT EXISTS (SELECT 1 FROM fait_passage a WHERE a.patient_id = c.patient_id AND a.courant AND a.statut_cas <> 'reporte' AND a.date_reunion < '{du}') AS nouveau
    FROM fait_passage c LEFT JOIN diffusion e ON e.compte_rendu_id = c.compte_rendu_id AND e.qualite = 'medecin_traitant'
    WHERE c.courant AND c.date_reunion BETWEEN '{du}' AND '{au}'
) x"""
DELAI = "SELECT {v}, COUNT(*) FROM fait_passage c WHERE courant AND statut_cas <> 'reporte' AND date_reunion BETWEEN '{{du}}' AND '{{au}}' AND {v} IS NOT NULL GROUP BY 1"
REUNIONS = """
WITH q AS (
    SELECT reunion_id, MIN(COALESCE(quorum_has, FALSE)) AS has, MIN(COALESCE(quorum_regle, FALSE)) AS regle, COUNT(quorum_national) AS n,
        SUM(CASE WHEN quorum_national <> 'atteint' THEN 1 ELSE 0 END) AS sn, COUNT(quorum_regional) AS r,
        SUM(CASE WHEN quorum_regional <> 'atteint' THEN 1 ELSE 0 END) AS sr
    FROM fait_passage WHERE courant AND statut_cas = 'discute' AND NOT expertise AND date_reunion BETWEEN '{du}' AND '{au}' GROUP BY reunion_id
), v AS (SELECT DISTINCT reunion_id FROM presence WHERE statut = 'visio')
SELECT COUNT(*) FILTER (WHERE etat <> 'annulee'), COUNT(*) FILTER (WHERE etat = 'annulee'), COUNT(DISTINCT CASE WHEN etat <> 'annulee' THEN rcp_id END),
    COUNT(v.reunion_id) FILTER (WHERE etat <> 'annulee'), COUNT(q.reunion_id), SUM(CASE WHEN has THEN 1 ELSE 0 END), SUM(CASE WHEN regle THEN 1 ELSE 0 END),
    COUNT(*) FILTER (WHERE n > 0), COUNT(*) FILTER (WHERE n > 0 AND sn = 0), COUNT(*) FILTER (WHERE r > 0), COUNT(*) FILTER (WHERE r > 0 AND sr = 0)
FROM reunion s LEFT JOIN q ON q.reunion_id = s.id LEFT JOIN v ON v.reunion_id = s.id
WHERE etat IN ('close', 'validee', 'annulee') AND debut BETWEEN '{du}' AND '{au}T23:59:59'"""
PRESENCES = """
SELECT COUNT(*), COUNT(DISTINCT praticien_id), COUNT(*) FILTER (WHERE v.statut = 'visio'), COUNT(*) FILTER (WHERE mode_exercice <> 'salarie'),
    COUNT(DISTINCT CASE WHEN mode_exercice <> 'salarie' THEN praticien_id END)
FROM reunion s JOIN presence v ON v.reunion_id = s.id AND v.statut IN ('present', 'visio') JOIN praticien a ON a.id = v.praticien_id
WHERE s.etat IN ('close', 'validee') AND debut BETWEEN '{du}' AND '{au}T23:59:59'"""
REQUETES = [PASSAGES, REUNIONS, PRESENCES] + [DELAI.format(v=v) for v in ("delai_inscription", "delai_compte_rendu", "delai_diagnostic")]


TEXTE = "VARCHAR"


def mieux(fois, faire):
    durees = []
    for _ in range(fois):
        debut = time.perf_counter()
        faire()
        durees.append((time.perf_counter() - debut) * 1000)
    return min(durees)


def du_service(dcc, du, au, par):
    """What the command says that the counting took."""
    meilleure = None
    for _ in range(5):
        lu = subprocess.run([dcc, "infocentre", "compter", "--du", du, "--au", au, "--par", par], capture_output=True, text=True,
                            env={**os.environ, "DCC_LOG": "info"}, check=True)
        millisecondes = int(re.search(r'"millisecondes":"?(\d+)', lu.stdout + lu.stderr).group(1))
        meilleure = millisecondes if meilleure is None else min(meilleure, millisecondes)
    return meilleure


def main():
    dcc, fichier, du, au = sys.argv[1:5]
    base = sqlite3.connect(f"file:{fichier}?mode=ro", uri=True)
    textes = [texte.format(du=du, au=au) for texte in REQUETES]
    lignes = base.execute("SELECT COUNT(*) FROM fait_passage WHERE courant AND date_reunion BETWEEN ? AND ?", (du, au)).fetchone()[0]
    sql = mieux(5, lambda: [base.execute(texte).fetchall() for texte in textes])
    region = du_service(dcc, du, au, "region")
    print(f"{lignes} passages, {base.execute('SELECT COUNT(*) FROM fait_passage').fetchone()[0]} en tout")
    print(f"{'':32} {'ms':>9} {'/ SQL nu':>9}")
    print(f"{'SQL nu, SQLite ' + sqlite3.sqlite_version:32} {sql:9.0f} {1:9.2f}")
    try:
        import duckdb
        canard = duckdb.connect()
        for table in ("fait_passage", "diffusion", "reunion", "presence", "praticien", "etablissement"):
            colonnes = [(nom, genre) for _, nom, genre, *_ in base.execute(f"PRAGMA table_info({table})")]
            types = {"BIGINT": "BIGINT", "BOOLEAN": "BOOLEAN"}
            canard.execute(f"CREATE TABLE {table} ({', '.join(f'{nom} {types.get(genre, TEXTE)}' for nom, genre in colonnes)})")
            import pyarrow
            rangs = base.execute(f"SELECT * FROM {table}").fetchall()
            vus = [[bool(v) if genre == "BOOLEAN" and v is not None else v for v in colonne] for (_, genre), colonne in zip(colonnes, zip(*rangs))]
            fleche = pyarrow.table({nom: valeurs for (nom, _), valeurs in zip(colonnes, vus)})
            canard.execute(f"INSERT INTO {table} SELECT * FROM fleche")
        canard.execute("SET threads = 2")
        print(f"{'DuckDB ' + duckdb.__version__ + ', mêmes lignes':32} {(d := mieux(5, lambda: [canard.execute(texte).fetchall() for texte in textes])):9.0f} {d / sql:9.2f}")
    except ImportError:
        print("DuckDB : paquet absent")
    print(f"{'dcc, la région':32} {region:9.0f} {region / sql:9.2f}")
    for par in ("mois", "centre_3c", "theme", "rcp", "classe_age", "departement"):
        duree = du_service(dcc, du, au, par)
        print(f"{'dcc, par ' + par:32} {duree:9.0f} {duree / sql:9.2f}")


if __name__ == "__main__":
    main()
