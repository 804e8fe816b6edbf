"""Signs in to the demonstration as one of its accounts, with the code of its second factor, and again before the token ends."""

import json
import os
import subprocess
import urllib.request

import schemathesis

URL = os.environ["API_URL"]


def appeler(chemin, corps):
    requete = urllib.request.Request(
        f"{URL}/api/v1{chemin}", data=json.dumps(corps).encode(), headers={"content-type": "application/json"}
    )
    return json.load(urllib.request.urlopen(requete))


def code():
    commande = [os.environ["API_PROGRAMME"], "demo", "--dossier", os.environ["API_DOSSIER"], "code", os.environ["API_COMPTE"]]
    return subprocess.run(commande, capture_output=True, text=True, check=True).stdout.strip().split()[-1]


@schemathesis.auth(refresh_interval=420)
class Jeton:
    def get(self, case, ctx):
        etape = appeler("/sessions", {"identifiant": os.environ["API_COMPTE"], "mot_de_passe": os.environ["API_MOT_DE_PASSE"]})
        return appeler("/sessions/second-facteur", {"defi": etape["defi"], "code": code()})["acces"]

    def set(self, case, data, ctx):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"
