#!/usr/bin/env python3
"""Recomputes indicators of the infocentre outside the service, and compares them with what it says.

    dcc infocentre compter --du 2024-01-01 --au 2024-12-31 > comptes.json
    outils/recalculer-infocentre.py dcc.sqlite comptes.json

Reads the frozen contents of the comptes-rendus, the fiches, the registrations, the meetings, the attendance and the
deliveries of a SQLite file; never the table of facts that the service counts on. Prints one line an indicator and ends with
the code 1 when one differs.
"""
import datetime
import json
import sqlite3
import sys
from collections import defaultdict
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def moment(texte):
    return datetime.datetime.fromisoformat(texte.replace("Z", "+00:00"))


def jour(texte):
    return moment(texte).astimezone(PARIS).date()


def rang(valeurs, part):
    """The smallest value that `part` percent of the values do not exceed."""
    valeurs = sorted(valeurs)
    return valeurs[-(-len(valeurs) * part // 100) - 1] if valeurs else None


def charger(base, du, au):
    """The cases of the period: what the current version of each compte-rendu says, and what its fiche does."""
    lignes = base.execute(
        """SELECT c.id, c.patient_id, c.reunion_id, c.contenu, c.valide_le, c.numero_version, c.set_id, f.contenu, f.completude, i.cree_le, i.etat
           FROM compte_rendu c JOIN inscription i ON i.id = c.inscription_id JOIN fiche f ON f.id = i.fiche_id
           WHERE c.courant AND c.date_reunion BETWEEN ? AND ?""",
        (du, au),
    )
    cas = []
    for id_, patient, reunion, contenu, valide, numero, ensemble, fiche, completude, inscrit, etat in lignes:
        cas.append({
            "id": id_, "patient": patient, "reunion": reunion, "contenu": json.loads(contenu), "valide": valide, "numero": numero,
            "set": ensemble, "parcours": json.loads(fiche).get("parcours") or {}, "completude": completude, "inscrit": inscrit, "etat": etat,
        })
    return cas


def recalculer(base, du, au):
    cas = charger(base, du, au)
    debut = datetime.date.fromisoformat(du)
    premiers = dict(base.execute("SELECT set_id, valide_le FROM compte_rendu WHERE numero_version = 1"))
    traitants = {
        ligne[0]: ligne[1:]
        for ligne in base.execute("SELECT compte_rendu_id, etat, canal, adresse, envoyee_le FROM diffusion WHERE qualite = 'medecin_traitant' AND compte_rendu_id IS NOT NULL")
    }
    deja = {ligne[0] for ligne in base.execute("SELECT DISTINCT patient_id FROM compte_rendu WHERE courant AND statut_cas <> 'reporte' AND date_reunion < ?", (du,))}
    departements = {finess[:2] for (finess,) in base.execute("SELECT finess FROM etablissement")}
    bornes = [datetime.datetime.combine(debut, datetime.time(), PARIS),
              datetime.datetime.combine(datetime.date.fromisoformat(au) + datetime.timedelta(days=1), datetime.time(), PARIS)]
    reunions = {
        id_: (rcp, etat, moment(d), moment(f))
        for id_, rcp, etat, d, f in base.execute("SELECT id, rcp_id, etat, debut, fin FROM reunion WHERE etat IN ('close', 'validee', 'annulee')")
        if bornes[0] <= moment(d) < bornes[1]
    }
    tenues = {id_: r for id_, r in reunions.items() if r[1] != "annulee"}

    cr = [c for c in cas if c["contenu"]["cas"]["statut"] != "reporte"]
    discutes = [c for c in cas if c["contenu"]["cas"]["statut"] == "discute"]
    hors_expertise = [c for c in discutes if not c["contenu"]["rcp"]["expertise"]]
    age = lambda c: c["contenu"]["patient"]["age"]
    atteint = lambda c, regle: (c["contenu"].get("quorum") or {}).get(regle) == "atteint"

    def compare(c, regionale):
        for regle in (c["contenu"].get("quorum") or {}).get("comparaisons", []):
            if (regle["statut"] == "regionale") if regionale else (regle["statut"] != "regionale" and regle["regle_code"] != "has"):
                return regle["composition"]
        return None

    def proposition(c):
        p = c["contenu"].get("proposition")
        return bool(p) and (bool(p["intentions"]) or bool(p["examens"]) or p["passage_recours"] or p["arret_traitement"]
                            or bool((p.get("essai_clinique") or {}).get("propose")) or bool((p.get("surveillance") or "").strip())
                            or bool((p.get("synthese") or "").strip()))

    def essai(c):
        return bool((c["contenu"].get("proposition") or {}).get("essai_clinique") and c["contenu"]["proposition"]["essai_clinique"]["propose"])

    def envoye(c):
        return traitants.get(c["id"], ("",))[0] in ("acceptee", "remise", "lue", "integree", "postee")

    def departement(c):
        code = c["contenu"]["patient"].get("code_postal") or ""
        return code[:2] if len(code) == 5 and code.isdigit() else None

    ages = [c for c in cr if age(c) >= 75]
    g8 = [c for c in ages if c["contenu"]["fiche"]["g8"]["statut"] == "fait"]
    bas = [c for c in g8 if c["contenu"]["fiche"]["g8"]["demi_points"] <= 28]
    sexe = lambda c: c["contenu"]["patient"]["sexe"]
    fertiles = [c for c in cr if age(c) < 18 or age(c) < (40 if sexe(c) == "feminin" else 50)]
    presences = [(r, p, s, a, d, m) for r, p, s, a, d, m in base.execute(
        "SELECT v.reunion_id, v.praticien_id, v.statut, v.arrivee, v.depart, p.mode_exercice FROM presence v JOIN praticien p ON p.id = v.praticien_id WHERE v.statut IN ('present', 'visio')")
        if r in tenues]
    par_reunion = defaultdict(list)
    for c in hors_expertise:
        par_reunion[c["reunion"]].append(c)
    discutees = [par_reunion[id_] for id_ in tenues if par_reunion.get(id_)]

    def minutes(reunion, arrivee, depart):
        _, _, d, f = tenues[reunion]
        d, f = (moment(arrivee) if arrivee else d), (moment(depart) if depart else f)
        return (int(f.timestamp()) - int(d.timestamp())) // 60 if f > d else 0

    part = lambda parmi, test: (sum(1 for c in parmi if test(c)), len(parmi))
    joignables = [c for c in cr if c["contenu"]["intervenants"].get("medecin_traitant") and traitants.get(c["id"], ("",))[0] != "opposition"]
    connus = [c for c in cr if departement(c)]
    liberaux = [p for p in presences if p[5] != "salarie"]
    delais = {
        "INSCRIPTION": [d for d in ((datetime.date.fromisoformat(c["contenu"]["reunion"]["date"]) - jour(c["inscrit"])).days for c in cr) if d >= 0],
        "CR": [(jour(premiers[c["set"]]) - datetime.date.fromisoformat(c["contenu"]["reunion"]["date"])).days for c in cr],
        "ENVOI_MT": [(int(moment(traitants[c["id"]][3]).timestamp()) - int(moment(c["valide"]).timestamp())) // 86400 for c in cr if envoye(c)],
    }
    valeurs = {
        "NB_ENTITES": len({r[0] for r in tenues.values()}),
        "NB_REUNIONS": len(tenues),
        "NB_REUNIONS_ANNULEES": len(reunions) - len(tenues),
        "NB_CR": len(cr),
        "NB_DISCUTES": len(discutes),
        "NB_ENREGISTRES": len(cr) - len(discutes),
        "NB_REPORTES": len(cas) - len(cr),
        "NB_PATIENTS": len({c["patient"] for c in cr}),
        "NB_NOUVEAUX": len({c["patient"] for c in cr} - deja),
        "TX_QUORUM_HAS": part(hors_expertise, lambda c: atteint(c, "has")),
        "TX_QUORUM_REGLE": part(hors_expertise, lambda c: atteint(c, "composition")),
        "TX_QUORUM_INCA": part([c for c in hors_expertise if compare(c, False)], lambda c: compare(c, False) == "atteint"),
        "TX_QUORUM_REGIONAL": part([c for c in hors_expertise if compare(c, True)], lambda c: compare(c, True) == "atteint"),
        "TX_QUORUM_HAS_REUNIONS": part(discutees, lambda cs: all(atteint(c, "has") for c in cs)),
        "TX_QUORUM_REGLE_REUNIONS": part(discutees, lambda cs: all(atteint(c, "composition") for c in cs)),
        "TX_HAS_NIVEAU_1": part(cr, proposition),
        "TX_HAS_NIVEAU_2": part(cr, lambda c: proposition(c) and atteint(c, "has")),
        "TX_VISIO": (len({p[0] for p in presences if p[2] == "visio"}), len(tenues)),
        "TX_VISIO_PRESENCES": part(presences, lambda p: p[2] == "visio"),
        "TX_MT_IDENTIFIE": part(cr, lambda c: bool(c["contenu"]["intervenants"].get("medecin_traitant"))),
        "TX_MT_ADRESSE_SECURISEE": part(joignables, lambda c: bool(traitants.get(c["id"], (None, None, None))[2])),
        "TX_CR_ENVOYES_MT": part(cr, envoye),
        "TX_CR_ENVOYES_MT_MSSANTE": part(cr, lambda c: envoye(c) and traitants[c["id"]][1] == "mssante"),
        "TX_G8_75": (len(g8), len(ages)),
        "TX_G8_LE14": (len(bas), len(g8)),
        "TX_AVIS_GERIATRIQUE": part(bas, lambda c: c["parcours"].get("geriatrie") in ("demandee", "faite")),
        "NB_AJA": sum(1 for c in cr if 15 <= age(c) <= 24),
        "TX_FERTILITE": part(fertiles, lambda c: c["parcours"].get("fertilite")),
        "TX_ESSAI_PROPOSE": part(cr, lambda c: essai(c) or c["parcours"].get("essai") == "propose"),
        "TX_ONCOGENETIQUE": part(cr, lambda c: c["parcours"].get("oncogenetique")),
        "TX_TABAC": part(cr, lambda c: c["parcours"].get("tabac") in ("jamais", "sevre", "actif")),
        "COMPLETUDE": (sum(c["completude"] for c in cr), len(cr)),
        "NB_PARTICIPATIONS": len(presences),
        "NB_PARTICIPANTS": len({p[1] for p in presences}),
        "NB_PARTICIPATIONS_LIBERAUX": len(liberaux),
        "NB_LIBERAUX": len({p[1] for p in liberaux}),
        "HEURES_PARTICIPATION": (sum(minutes(p[0], p[3], p[4]) for p in presences), 60),
        "TX_HORS_REGION": part(connus, lambda c: departement(c) not in departements),
    }
    for nom, liste in delais.items():
        valeurs[f"DELAI_{nom}_MEDIANE"], valeurs[f"DELAI_{nom}_P90"] = (rang(liste, 50), len(liste)), (rang(liste, 90), len(liste))
    return valeurs


def lire(mesure):
    if isinstance(mesure, dict):
        return (mesure["numerateur"], mesure["denominateur"]) if "numerateur" in mesure else (mesure["jours"], mesure["effectif"])
    return mesure


def main():
    base, comptes = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True), json.load(open(sys.argv[2]))
    ecarts = 0
    for code, valeur in recalculer(base, comptes["du"], comptes["au"]).items():
        dit = lire(comptes["total"][code])
        ecarts += dit != valeur
        print(f"{'=' if dit == valeur else 'ÉCART'}\t{code}\t{valeur}\t{dit}")
    print(f"{ecarts} écart(s)")
    return 1 if ecarts else 0


if __name__ == "__main__":
    sys.exit(main())
