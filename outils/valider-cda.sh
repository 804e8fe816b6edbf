#!/usr/bin/env bash
# Runs a CI-SIS validator on every golden CDA document, and only when it finds nothing lists their fingerprints in
# tests/it/attendus/cda/valides.sha256, which a test compares with the documents.
#
#   outils/valider-cda.sh "python3 /somewhere/valider.py"        or the same command in DCC_VALIDEUR_CDA
#
# The validator is a command that takes files and the options --strict and --expect VOLET, prints `[warning] …`
# lines and a last line `ERRORS n`, and exits with 0 when n is 0. A folder of documents is named after its volet;
# the documents of `generique`, if there are any, declare none. Documents named sans-ins* have no INS, which the
# strict mode refuses: they are validated without it, and may be warned of that and of nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."
read -r -a valideur <<< "${1:-${DCC_VALIDEUR_CDA:-}}"
[ "${#valideur[@]}" -gt 0 ] || { echo "no validator: give its command, or set DCC_VALIDEUR_CDA" >&2; exit 2; }
dossier=tests/it/attendus/cda
rapport=$(mktemp)
trap 'rm -f "$rapport"' EXIT

valider() { "${valideur[@]}" "$@" > "$rapport" || { grep -E '^==|\[(error|fatal)\]|^ +at |^ERRORS' "$rapport" >&2; exit 1; }; }

for volet in "$dossier"/*/; do
    nom=$(basename "$volet")
    attendu=()
    [ "$nom" = generique ] || attendu=(--expect "${nom^^}")
    mapfile -t avec < <(find "$volet" -name '*.xml' ! -name 'sans-ins*' | sort)
    mapfile -t sans < <(find "$volet" -name 'sans-ins*.xml' | sort)
    if [ "${#avec[@]}" -gt 0 ]; then valider --strict "${attendu[@]}" "${avec[@]}"; fi
    if [ "${#sans[@]}" -gt 0 ]; then
        valider "${attendu[@]}" "${sans[@]}"
        if grep -F '[warning]' "$rapport" | grep -vF 'no INS in recordTarget'; then exit 1; fi
    fi
    echo "$nom: $((${#avec[@]} + ${#sans[@]})) documents, ERRORS 0"
done
(cd "$dossier" && find . -name '*.xml' -printf '%P\n' | sort | xargs -d '\n' sha256sum) > "$dossier/valides.sha256"
