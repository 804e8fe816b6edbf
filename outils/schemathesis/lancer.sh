#!/usr/bin/env bash
# Calls the whole API of a demonstration as each of its accounts, with what its document says and with what it does not say,
# operation by operation and in sequences. No answer may be a failure of ours (5xx), undocumented, or of another shape.
# Needs Python and schemathesis (`pip install schemathesis`), here 4.32.
#
#   cargo build --release && outils/schemathesis/lancer.sh target/release/dcc 300
set -euo pipefail
programme=$(realpath "$1") secondes=${2:-300}
ici=$(dirname "$(realpath "$0")")
dossier=$(mktemp -d)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export API_URL="http://127.0.0.1:$port" API_PROGRAMME=$programme API_DOSSIER=$dossier/demo
DCC_ECOUTE="127.0.0.1:$port" DCC_LOG=error DCC_RECHERCHES_PAR_MINUTE=1000000 DCC_DOCUMENTS_PAR_MINUTE=1000000 DCC_EXPORTS_PAR_HEURE=1000000 "$programme" demo --dossier "$API_DOSSIER" >"$dossier/demo.txt" 2>"$dossier/journal" &
service=$!
trap 'kill $service 2>/dev/null; wait $service 2>/dev/null; rm -rf "$dossier"' EXIT
until curl -sf "$API_URL/sante/pret" >/dev/null; do kill -0 $service; sleep 1; done
API_MOT_DE_PASSE=$(sed -n 's/^Mot de passe *//p' "$dossier/demo.txt")
export API_MOT_DE_PASSE
curl -sf "$API_URL/api/openapi.json" >"$dossier/api.json"
cd "$ici"
echec=0
for compte in ${COMPTES:-secretaire responsable oncologue analyste delegue admin}; do
    printf '\n== %s\n' "$compte"
    # What ends the session under the feet of the others is left out.
    API_COMPTE=$compte SCHEMATHESIS_HOOKS=hooks "${SCHEMATHESIS:-schemathesis}" run "$dossier/api.json" --url "$API_URL" \
        --phases examples,coverage,fuzzing,stateful --max-time "$secondes" --continue-on-failure --warnings off \
        --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
        --exclude-path-regex '^/api/v1/(sessions|moi/|comptes/\{id\}/(sessions|reinitialisation|desactivation)|service/lecture-seule)' || echec=1
done
exit $echec
