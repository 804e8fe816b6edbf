"""What several processes of the service do together; called by `lancer.sh`."""
import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from session_demo import Compte  # noqa: E402


def sql(base, texte):
    return subprocess.run([os.environ["PSQL"], os.environ[base], "-qAtXc", texte], capture_output=True, text=True, check=True).stdout.strip()


def attendre(quoi, condition, delai=60):
    fin = time.time() + delai
    while time.time() < fin:
        if condition():
            return
        time.sleep(0.2)
    raise SystemExit(f"attendu en vain : {quoi}")


def rejoindre_la_replique():
    """Waits until the replica has replayed what was written until now."""
    ou = sql("PRINCIPALE", "SELECT pg_current_wal_lsn()")
    attendre("la réplique", lambda: sql("REPLIQUE", f"SELECT pg_last_wal_replay_lsn() >= '{ou}'") == "t")


def main():
    programme, dossier, a, b = sys.argv[1:5]
    admin = Compte(programme, dossier, a, "admin")
    analyste = Compte(programme, dossier, b, "analyste")
    print("une session ouverte sur A sert sur B :", admin.appeler("GET", "/moi", url=b)[0])

    # What is counted comes from the replica: paused, it still gives what it knew, and B gives what was just written.
    annee = time.strftime("%Y")
    compter = lambda: analyste.appeler("GET", f"/infocentre/activite?du={annee}-01-01&au={annee}-12-31")  # noqa: E731
    rejoindre_la_replique()
    avant = compter()[1]["total"]["NB_ENTITES_ANNUAIRE"]
    sql("REPLIQUE", "SELECT pg_wal_replay_pause()")
    rcp = admin.appeler("GET", "/rcp?limite=1")[1]["elements"][0]["id"]
    etiquette = admin.appeler("GET", f"/rcp/{rcp}")[2]
    print("suspension d'une RCP sur A :", admin.appeler("POST", f"/rcp/{rcp}/suspension", {"motif": "Essai."}, etiquette)[0])
    print("B la lit suspendue :", admin.appeler("GET", f"/rcp/{rcp}", url=b)[1]["etat"])
    pendant = compter()[1]["total"]["NB_ENTITES_ANNUAIRE"]
    sql("REPLIQUE", "SELECT pg_wal_replay_resume()")
    rejoindre_la_replique()
    apres = compter()[1]["total"]["NB_ENTITES_ANNUAIRE"]
    print(f"RCP comptées : {avant}, réplique arrêtée {pendant}, réplique rattrapée {apres}")
    assert avant == pendant == apres + 1, "l'infocentre ne lit pas la réplique"
    refus = subprocess.run([os.environ["PSQL"], os.environ["REPLIQUE"], "-c", "DELETE FROM trace"], capture_output=True, text=True)
    print("écrire dans la réplique :", refus.stderr.strip())

    # An API and a worker die in the middle of the work: the others go on, and nothing is done twice or lost.
    etiquette = admin.appeler("GET", f"/rcp/{rcp}")[2]
    admin.appeler("POST", f"/rcp/{rcp}/reprise", {"motif": "Fin de l'essai."}, etiquette)
    campagne = admin.appeler("POST", "/infocentre/campagnes", {"annee": int(annee)})[1]["id"]
    chemin = f"/infocentre/campagnes/{campagne}"
    print("extraction demandée sur A :", admin.appeler("POST", f"{chemin}/extraction", version=admin.appeler("GET", chemin)[2])[0])
    os.kill(int(os.environ["API_A"]), signal.SIGKILL)
    os.kill(int(os.environ["TRAVAILLEUR"]), signal.SIGKILL)
    # If the worker that died held the work, the other takes it when its lease ends.
    sql("PRINCIPALE", "UPDATE job SET bail_jusqu_a = now() WHERE etat = 'en_cours'")
    attendre("l'extraction", lambda: admin.appeler("GET", chemin, url=b)[1].get("travail") is None)
    lue = admin.appeler("GET", chemin, url=b)[1]
    print("A et un travailleur tués ; sur B la campagne est :", lue["etat"], [acte["acte"] for acte in lue["actes"]])
    assert lue["etat"] == "en_validation"
    par_ouvrier = "SELECT COUNT(*) FILTER (WHERE etat = 'fait'), COUNT(*) FILTER (WHERE etat = 'echoue') FROM job"
    attendre("la file vide", lambda: sql("PRINCIPALE", "SELECT COUNT(*) FROM job WHERE etat IN ('en_cours')") == "0")
    print("travaux faits | échoués :", sql("PRINCIPALE", par_ouvrier))
    # Two processes number the rows of the trace in their own lots: the chain is one.
    print("la chaîne de la trace :", subprocess.run([programme, "audit", "verifier"], capture_output=True, text=True).stdout.strip().splitlines()[-1:])


if __name__ == "__main__":
    main()
