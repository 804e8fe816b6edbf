#!/usr/bin/env bash
# Several processes of the service on loopback: two APIs and two workers on one PostgreSQL, and a replica of it for the infocentre.
# Shows that work is shared, that a process may die, and that what is counted comes from the replica.
# Needs the binaries of PostgreSQL (`apt-get install postgresql`) and Python.
#
#   cargo build --release && outils/grappe/lancer.sh target/release/dcc
set -euo pipefail
programme=$(realpath "$1")
ici=$(dirname "$(realpath "$0")")
binaires=${PG_BINAIRES:-$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)}
dossier=$(mktemp -d)
port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
# PostgreSQL refuses to run as root.
sous=()
if [ "$(id -u)" = 0 ]; then
    chown postgres "$dossier" && chmod 755 "$dossier"
    sous=(setpriv --reuid postgres --regid postgres --clear-groups)
fi
pg() { (cd "$dossier" && "${sous[@]}" "$binaires/$1" "${@:2}"); }
finir() {
    kill $(jobs -p) 2>/dev/null || true
    wait 2>/dev/null || true
    for grappe in replique principale; do pg pg_ctl -D "$dossier/$grappe" -m immediate stop >/dev/null 2>&1 || true; done
    rm -rf "$dossier"
}
trap finir EXIT

principale=$(port) replique=$(port)
pg initdb -D "$dossier/principale" -U dcc -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
cat >>"$dossier/principale/postgresql.conf" <<FIN
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
wal_level = replica
FIN
pg pg_ctl -D "$dossier/principale" -w -o "-p $principale" -l "$dossier/principale.log" start >/dev/null
pg createdb -h 127.0.0.1 -p "$principale" -U dcc dcc
pg pg_basebackup -h 127.0.0.1 -p "$principale" -U dcc -D "$dossier/replique" -R -X stream
pg pg_ctl -D "$dossier/replique" -w -o "-p $replique" -l "$dossier/replique.log" start >/dev/null

export DCC_BASE="postgres://dcc@127.0.0.1:$principale/dcc" DCC_LOG=error
export DCC_COURRIER__DOSSIER="$dossier/demo/courrier" DCC_RECHERCHES_PAR_MINUTE=1000000
mkdir "$dossier/demo"
a=$(port) b=$(port) seule=$(port)
# The demonstration fills the base and makes the accounts and the keys; then it is stopped.
DCC_ECOUTE="127.0.0.1:$seule" "$programme" demo --dossier "$dossier/demo" >"$dossier/demo.txt" 2>&1 &
demo=$!
until curl -sf "http://127.0.0.1:$seule/sante/pret" >/dev/null; do kill -0 $demo; sleep 1; done
kill $demo && wait $demo || true
export DCC_CLE_JETONS_FICHIER="$dossier/demo/cle-jetons" DCC_COMPTES__CLE_FACTEURS_FICHIER="$dossier/demo/cle-facteurs"
export DCC_BASE_INFOCENTRE="postgres://dcc@127.0.0.1:$replique/dcc"
DCC_ECOUTE="127.0.0.1:$a" "$programme" serve 2>"$dossier/a.log" & api_a=$!
DCC_ECOUTE="127.0.0.1:$b" "$programme" serve 2>"$dossier/b.log" &
"$programme" worker 2>"$dossier/w1.log" & travailleur=$!
"$programme" worker 2>"$dossier/w2.log" &
for un in "$a" "$b"; do until curl -sf "http://127.0.0.1:$un/sante/pret" >/dev/null; do sleep 1; done; done
PRINCIPALE="host=127.0.0.1 port=$principale user=dcc dbname=dcc" REPLIQUE="host=127.0.0.1 port=$replique user=dcc dbname=dcc" \
    API_A="$api_a" TRAVAILLEUR="$travailleur" PSQL="$binaires/psql" \
    python3 "$ici/essayer.py" "$programme" "$dossier/demo" "http://127.0.0.1:$a" "http://127.0.0.1:$b"
