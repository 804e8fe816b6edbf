#!/usr/bin/env python3
"""How long the pages of a meeting take, at rest and while the report of a year is extracted and made.

    dcc demo --dossier D               # once, for its accounts; stop it
    DCC_BASE=… dcc region generer --annee 2024 --ajouter
    dcc demo --dossier D &             # the API and the worker
    outils/latence-rapport.py target/release/dcc D http://127.0.0.1:8080 2024
"""
import statistics
import sys
import threading
import time

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from session_demo import Compte  # noqa: E402

REPOS = 20


def une_reunion(secretaire):
    reunions = secretaire.appeler("GET", "/reunions?etat=planifiee&limite=1")[1]["elements"]
    return reunions[0]["id"]


class Ecran(threading.Thread):
    """A secretary who looks at a meeting and notes an attendance, again and again."""

    def __init__(self, secretaire):
        super().__init__(daemon=True)
        self.secretaire, self.mesures, self.fini = secretaire, [], False
        self.reunion = une_reunion(secretaire)
        self.invite = secretaire.appeler("GET", f"/reunions/{self.reunion}/presences")[1][0]["praticien_id"]

    def gestes(self):
        chemin = f"/reunions/{self.reunion}"
        yield "la réunion", "GET", chemin, None
        yield "l'ordre du jour", "GET", f"{chemin}/ordre-du-jour", None
        yield "les présences", "GET", f"{chemin}/presences", None
        yield "noter une présence", "PUT", f"{chemin}/presences/{self.invite}", {"statut": "present"}

    def run(self):
        while not self.fini:
            for nom, methode, chemin, corps in self.gestes():
                version = None
                if methode == "PUT":
                    presences = self.secretaire.appeler("GET", f"/reunions/{self.reunion}/presences")[1]
                    ligne = next(ligne for ligne in presences if ligne["praticien_id"] == self.invite)
                    version = f'"v{ligne["version"]}"' if ligne.get("version") else None
                debut = time.perf_counter()
                statut, dit, _ = self.secretaire.appeler(methode, chemin, corps, version)
                duree = (time.perf_counter() - debut) * 1000
                if statut >= 300:
                    raise SystemExit(f"{nom} : {statut} {dit}")
                self.mesures.append((nom, duree))
            time.sleep(0.02)


def dire(titre, mesures):
    print(f"\n{titre}")
    print(f"{'':24} {'appels':>7} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8} {'max ms':>8}")
    for nom in dict.fromkeys(nom for nom, _ in mesures):
        durees = sorted(duree for autre, duree in mesures if autre == nom)
        rang = lambda part: durees[min(len(durees) - 1, int(len(durees) * part))]  # noqa: E731
        print(f"{nom:24} {len(durees):7} {statistics.median(durees):8.1f} {rang(0.95):8.1f} {rang(0.99):8.1f} {durees[-1]:8.1f}")


def attendre(admin, campagne, ecran, titre):
    """Waits for the work under way, and says what it was at."""
    debut, etapes, depuis = time.perf_counter(), [], len(ecran.mesures)
    while True:
        lue = admin.appeler("GET", campagne)[1]
        travail = lue.get("travail")
        if travail is None:
            break
        if not etapes or etapes[-1] != travail["etape"]:
            etapes.append(travail["etape"])
        time.sleep(0.5)
    dire(f"{titre} : {time.perf_counter() - debut:.1f} s ({', '.join(etapes)})", ecran.mesures[depuis:])
    return lue


def main():
    programme, dossier, url, annee = sys.argv[1:5]
    secretaire, admin = Compte(programme, dossier, url, "secretaire"), Compte(programme, dossier, url, "admin")
    ecran = Ecran(secretaire)
    ecran.start()
    time.sleep(REPOS)
    dire(f"au repos : {REPOS} s", list(ecran.mesures))
    statut, lue, _ = admin.appeler("POST", "/infocentre/campagnes", {"annee": int(annee)})
    if statut == 409:
        lue = next(c for c in admin.appeler("GET", "/infocentre/campagnes")[1] if c["annee"] == int(annee))
    campagne = f"/infocentre/campagnes/{lue['id']}"
    etiquette = lambda: admin.appeler("GET", campagne)[2]  # noqa: E731
    print(admin.appeler("POST", f"{campagne}/extraction", version=etiquette())[0], "extraction demandée")
    lue = attendre(admin, campagne, ecran, "pendant l'extraction")
    motif = {"malgre": "Mesure."} | ({"motif": "Mesure."} if lue["publications"] else {})
    print(admin.appeler("POST", f"{campagne}/publication", motif, etiquette())[0], "publication demandée")
    lue = attendre(admin, campagne, ecran, "pendant le rapport")
    print(lue["etat"], [acte["acte"] for acte in lue["actes"]][-3:])
    ecran.fini = True


if __name__ == "__main__":
    main()
