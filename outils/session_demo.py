"""Signs in to a demonstration as one of its accounts, and calls the API: for the tools that measure a running service."""

import json
import subprocess
import time
import urllib.error
import urllib.request


class Compte:
    """An account of the demonstration whose files are in `dossier`; the token serves at every process of the service."""

    def __init__(self, programme, dossier, url, identifiant):
        self.url = url
        with open(f"{dossier}/acces.txt", encoding="utf-8") as acces:
            mot_de_passe = acces.read().strip()
        for _ in range(4):
            etape = self.appeler("POST", "/sessions", {"identifiant": identifiant, "mot_de_passe": mot_de_passe})[1]
            lu = subprocess.run([programme, "demo", "--dossier", dossier, "code", identifiant], capture_output=True, text=True, check=True)
            statut, session, _ = self.appeler("POST", "/sessions/second-facteur", {"defi": etape["defi"], "code": lu.stdout.split()[-1]})
            if statut < 300:
                self.jeton = session["acces"]
                return
            time.sleep(20)  # A code serves once.
        raise SystemExit(f"{identifiant} : {session}")

    def appeler(self, methode, chemin, corps=None, version=None, url=None):
        """Status, body read as JSON, and ETag."""
        entetes = {"Content-Type": "application/json"}
        if hasattr(self, "jeton"):
            entetes["Authorization"] = f"Bearer {self.jeton}"
        if version:
            entetes["If-Match"] = version
        donnees = json.dumps(corps).encode() if corps is not None else None
        requete = urllib.request.Request(f"{url or self.url}/api/v1{chemin}", data=donnees, headers=entetes, method=methode)
        try:
            with urllib.request.urlopen(requete, timeout=60) as reponse:
                return reponse.status, lire(reponse.read()), reponse.headers.get("ETag")
        except urllib.error.HTTPError as erreur:
            return erreur.code, lire(erreur.read()), None


def lire(octets):
    try:
        return json.loads(octets)
    except ValueError:
        return None
