#!/bin/sh
# The main job with curl: a case comes to the next meeting of the first RCP, is discussed, and its
# compte-rendu leaves by secure mail.
set -eu
URL='@URL@/api/v1'
MOT_DE_PASSE='@MOT_DE_PASSE@'

code() { '@DCC@' demo --dossier '@DOSSIER@' code "$1"; }
champ() { grep -o "\"$1\":\"[^\"]*\"" | head -n 1 | cut -d '"' -f 4; }
# The password, then the code of the application. A code serves once: a second walk within 30 seconds waits for the next one.
connecter() {
    DEFI=$(curl -sS --fail-with-body -H 'Content-Type: application/json' "$URL/sessions" \
        -d "{\"identifiant\":\"$1\",\"mot_de_passe\":\"$MOT_DE_PASSE\"}" | champ defi)
    for ESSAI in 1 2 3; do
        JETON=$(curl -sS -H 'Content-Type: application/json' "$URL/sessions/second-facteur" \
            -d "{\"defi\":\"$DEFI\",\"code\":\"$(code "$1")\"}" | champ acces)
        [ -z "$JETON" ] || { echo "$JETON"; return 0; }
        sleep 20
    done
    echo "la connexion de $1 a échoué" >&2
    return 1
}
lire() { curl -sS --fail-with-body -H "Authorization: Bearer $1" "$URL$2"; }
version() { curl -sS -o /dev/null -D - -H "Authorization: Bearer $1" "$URL$2" | tr -d '\r' | sed -n 's/^[Ee][Tt][Aa][Gg]: //p'; }
poster() { curl -sS --fail-with-body -H "Authorization: Bearer $1" -H 'Content-Type: application/json' "$URL$2" -d "$3"; }

SECRETAIRE=$(connecter secretaire)
RESPONSABLE=$(connecter responsable)
ANALYSTE=$(connecter analyste)

echo '== Les RCP de l’annuaire (première page)'
lire "$SECRETAIRE" '/rcp?limite=3'; echo
RCP=$(lire "$SECRETAIRE" '/rcp?theme=senologie' | champ id)

echo '== Une réunion tenue, ses comptes-rendus et leur diffusion'
TENUE=$(lire "$SECRETAIRE" "/reunions?rcp=$RCP&etat=validee&limite=1" | champ id)
lire "$SECRETAIRE" "/reunions/$TENUE/comptes-rendus"; echo
CR=$(lire "$SECRETAIRE" "/reunions/$TENUE/comptes-rendus" | champ id)
lire "$SECRETAIRE" "/comptes-rendus/$CR/document.pdf" > compte-rendu.pdf && echo 'compte-rendu.pdf est écrit'
lire "$SECRETAIRE" "/reunions/$TENUE/diffusions"; echo

echo '== Les listes de travail du secrétariat, et ce qui n’a pas d’adresse'
lire "$SECRETAIRE" '/diffusions/listes-de-travail'; echo
lire "$SECRETAIRE" '/diffusions?a_traiter=true&limite=3'; echo

echo '== La prochaine réunion : ordre du jour, convocation, présences, quorum'
PROCHAINE=$(lire "$SECRETAIRE" "/reunions?rcp=$RCP&etat=planifiee&limite=1" | champ id)
lire "$SECRETAIRE" "/reunions/$PROCHAINE/ordre-du-jour"; echo
curl -sS --fail-with-body -X POST -H "Authorization: Bearer $SECRETAIRE" \
    -H "If-Match: $(version "$SECRETAIRE" "/reunions/$PROCHAINE")" "$URL/reunions/$PROCHAINE/convocation"; echo
lire "$RESPONSABLE" "/reunions/$PROCHAINE/presences"; echo
lire "$RESPONSABLE" "/reunions/$PROCHAINE/quorum"; echo
lire "$RESPONSABLE" "/reunions/$PROCHAINE/quorum/regles"; echo

echo '== Les réunions dont le quorum est à risque, et qui appeler'
lire "$SECRETAIRE" '/quorum/a-risque'; echo

echo '== L’annuaire : combien de généralistes ont une adresse sécurisée (à relire après dcc annuaire importer)'
lire "$SECRETAIRE" '/annuaire/couverture'; echo

echo '== L’infocentre'
lire "$ANALYSTE" '/infocentre/activite?du=2026-01-01&au=2027-12-31&par=theme'; echo
lire "$ANALYSTE" '/infocentre/diffusions?du=2026-01-01&au=2027-12-31&par=centre_3c'; echo
