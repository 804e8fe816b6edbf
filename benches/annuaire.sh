#!/usr/bin/env bash
# Measures the import of a directory of LIGNES lines beside the bulk copy of the same file, on SQLite and on PostgreSQL: wall time,
# processor time and peak memory of each command. Needs sqlite3, python3 and the binaries of PostgreSQL; run as root, who hands
# the server over to the `postgres` account.
#
#   cargo build --release && benches/annuaire.sh target/release/dcc 2000000
set -euo pipefail
dcc=$(realpath "$1") lignes=${2:-2000000}
dossier=$(mktemp -d) && chmod a+rx "$dossier" && cd "$dossier"
export DCC_LOG=error

chrono() { python3 - "$@" <<'PYTHON'
import resource, subprocess, sys, time
debut = time.time()
sortie = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{time.time() - debut:8.2f} s  processeur {usage.ru_utime + usage.ru_stime:7.2f} s  pic {usage.ru_maxrss / 1024:6.1f} Mo  {' '.join(sys.argv[1:])[:70]}")
print(sortie.stdout[-900:], flush=True)
sys.exit(sortie.returncode)
PYTHON
}
colonnes=$(python3 -c "print(', '.join(f'c{i} TEXT' for i in range(57)))")
fichier=un/PS_LibreAcces_Personne_activite.txt
autres="un/PS_LibreAcces_SavoirFaire.txt un/Extraction_Correspondance_MSSante.txt un/finess.csv"
mesurer() {
    "$dcc" migrate >/dev/null
    chrono "$dcc" annuaire importer "$fichier"
    chrono "$dcc" annuaire importer --meme-si-fait "$fichier"
    # shellcheck disable=SC2086
    chrono "$dcc" annuaire importer $autres
}

chrono "$dcc" annuaire generer --lignes "$lignes" --graine 7 --dossier un
wc -lc un/*
# COPY refuses the whole file for one line cut short: the floor is measured on those that are whole.
awk -F'|' 'NF == 57' "$fichier" > entieres.txt

echo "== SQLite : plancher, puis import"
cat > plancher.sql <<SQL
PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
CREATE TABLE t ($colonnes);
.mode ascii
.separator "|" "\n"
.import --skip 1 entieres.txt t
SQL
chrono sh -c 'sqlite3 plancher.sqlite < plancher.sql'
export DCC_BASE="sqlite://$dossier/dcc.sqlite"
mesurer

echo "== PostgreSQL : plancher, puis import"
binaires=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
mkdir pg && chown postgres pg
su postgres -c "$binaires/initdb -D $dossier/pg/donnees -U postgres -A trust -E UTF8 --locale=C" >/dev/null
su postgres -c "$binaires/pg_ctl -D $dossier/pg/donnees -w -l $dossier/pg/journal -o '-p 54999 -k $dossier/pg -c listen_addresses=' start" >/dev/null
trap 'su postgres -c "$binaires/pg_ctl -D $dossier/pg/donnees -m immediate stop" >/dev/null; rm -rf "$dossier"' EXIT
psql="psql -h $dossier/pg -p 54999 -U postgres -q"
$psql -c "CREATE DATABASE plancher" -c "CREATE DATABASE dcc"
$psql -d plancher -c "CREATE TABLE t ($colonnes)"
chrono $psql -d plancher -c "\\copy t FROM 'entieres.txt' WITH (FORMAT text, DELIMITER '|', HEADER true)"
export DCC_BASE="postgres://postgres@localhost:54999/dcc?host=$dossier/pg"
mesurer
