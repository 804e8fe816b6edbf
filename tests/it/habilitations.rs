//! Who may do what: every operation, by every role, on what is own, neighbouring, elsewhere and closed, held to
//! the table that clinicians read (`docs/habilitations.csv`).

mod canari;
mod demande;
mod monde;
mod table;
mod visibilite;

use crate::support::client::{Client, Reponse};
use demande::{Appel, Demande, appeler};
use monde::{Monde, ROLES, Situation, monde};
use serde_json::Value;
use std::{collections::BTreeSet, fmt::Write};
use table::{Droit, Ligne};

fn document() -> Value {
    serde_json::to_value(dcc::app::document()).unwrap()
}

fn operations(document: &Value) -> BTreeSet<String> {
    let chemins = document["paths"].as_object().unwrap();
    chemins.iter().flat_map(|(chemin, o)| o.as_object().unwrap().keys().map(move |m| format!("{} {chemin}", m.to_uppercase()))).collect()
}

#[test]
fn chaque_operation_a_sa_ligne_dans_la_table_et_une_seule() {
    let attendues = operations(&document());
    let lignes = table::lire();
    let lues: BTreeSet<String> = lignes.iter().map(|ligne| ligne.operation.clone()).collect();
    assert_eq!(lues.len(), lignes.len(), "une opération figure deux fois dans docs/habilitations.csv");
    let mut ecarts = String::new();
    for manque in attendues.difference(&lues) {
        writeln!(ecarts, "à ajouter : {manque};INTITULÉ;PROFIL;introuvable;sans objet;aucune donnée de patient;").unwrap();
    }
    for trop in lues.difference(&attendues) {
        writeln!(ecarts, "à retirer : {trop}").unwrap();
    }
    assert!(ecarts.is_empty(), "docs/habilitations.csv n'est pas à jour :\n{ecarts}");
}

/// What an answer says of the authorisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Issue {
    Permis,
    Interdit,
    Introuvable,
    Panne,
}

/// Everything that is counted and everything that surprises.
struct Essai<'a> {
    demande: Demande<'a>,
    appels: usize,
    inattendus: Vec<String>,
}

impl Essai<'_> {
    /// Calls, and says how it ended: a 404 that is not that of an unknown identifier is told within an
    /// object that the person sees.
    fn essayer(&mut self, client: &Client, role: &str, operation: &str, situation: Situation, version: Option<i64>) -> (Issue, Reponse) {
        let appel = self.demande.preparer(operation, situation, role, false);
        let reponse = appeler(client, &appel, version);
        self.appels += 1;
        if operation.starts_with("DELETE /api/v1/sessions") {
            client.oublier_la_session();
        }
        let issue = match reponse.statut {
            200..=299 | 409 | 412 | 422 | 428 => Issue::Permis,
            // The challenge that the body gives is not one: whose it would be was known.
            401 if ["defi-perime", "second-facteur-refuse"].iter().any(|code| reponse.corps["type"] == format!("/problemes/{code}")) => {
                Issue::Permis
            }
            403 => Issue::Interdit,
            404 if appel.sans_objet => Issue::Permis,
            404 if operation.contains('{') => {
                self.appels += 1;
                let inconnu = appeler(client, &self.demande.preparer(operation, situation, role, true), version);
                if meme_absence(&reponse, &inconnu) { Issue::Introuvable } else { Issue::Permis }
            }
            404 => Issue::Permis,
            _ => Issue::Panne,
        };
        (issue, reponse)
    }

    fn noter(&mut self, ligne: &Ligne, role: &str, situation: Situation, attendu: &str, reponse: &Reponse) {
        let Ligne { operation, profil, .. } = ligne;
        let (statut, corps) = (reponse.statut, &reponse.corps);
        self.inattendus.push(format!("{operation} [{profil}] {role} {situation:?} : attendu {attendu}, obtenu {statut} {corps}"));
    }

    fn verifier(&mut self, monde: &Monde, ligne: &Ligne, role: &'static str) {
        let client = &monde.clients[role];
        for situation in [Situation::Sien, Situation::Voisin, Situation::Hors] {
            // Who may nothing is refused on the own object and elsewhere; the neighbouring one says no more.
            let superflue = situation == Situation::Voisin && ligne.droits[role] == Droit::Non;
            if superflue || !self.distincte(ligne, role, situation) {
                continue;
            }
            let (issue, reponse) = self.essayer(client, role, &ligne.operation, situation, None);
            let permis = match (ligne.droits[role], situation) {
                (Droit::Non, _) => false,
                (Droit::Oui, _) => true,
                (Droit::Perimetre, Situation::Sien | Situation::Voisin) => true,
                (Droit::Siens, Situation::Sien) => true,
                _ => ligne.hors == "sans objet",
            };
            let (juste, attendu) = match (permis, ligne.droits[role], situation) {
                (true, ..) => (issue == Issue::Permis, "permis"),
                (false, Droit::Non, Situation::Hors) if ligne.hors != "interdit" => {
                    (matches!(issue, Issue::Interdit | Issue::Introuvable), "interdit ou introuvable")
                }
                (false, Droit::Non, _) => (issue == Issue::Interdit, "interdit"),
                (false, ..) if ligne.hors == "introuvable" => (issue == Issue::Introuvable, "introuvable"),
                (false, ..) if ligne.hors == "interdit" => (issue == Issue::Interdit, "interdit"),
                (false, ..) => (issue != Issue::Panne && reponse.statut >= 400, "refusé"),
            };
            if !juste {
                self.noter(ligne, role, situation, attendu, &reponse);
            }
        }
    }

    /// A situation is called once when it designates nothing else than the former one.
    fn distincte(&self, ligne: &Ligne, role: &str, situation: Situation) -> bool {
        if situation == Situation::Sien {
            return true;
        }
        let cle = |appel: Appel| (appel.chemin, appel.corps.map(|corps| corps.to_string()));
        let ici = cle(self.demande.preparer(&ligne.operation, situation, role, false));
        let sien = cle(self.demande.preparer(&ligne.operation, Situation::Sien, role, false));
        let hasard = ["/comptes", "/rcp", "/rcp/{id}", "/sessions"].iter().any(|fin| ligne.operation.ends_with(fin));
        ici.0 != sien.0 || (ici.1 != sien.1 && (!hasard || situation == Situation::Hors))
    }

    /// A closed object refuses the change to those who could make it.
    fn verifier_clos(&mut self, monde: &Monde, ligne: &Ligne, role: &'static str) {
        let client = &monde.clients[role];
        let appel = self.demande.preparer(&ligne.operation, Situation::Clos, role, false);
        let objet = appel.chemin.split('/').take(5).collect::<Vec<_>>().join("/");
        let lecture = client.get(&objet);
        let version = (lecture.statut == 200).then(|| lecture.version());
        let (issue, reponse) = self.essayer(client, role, &ligne.operation, Situation::Clos, version);
        if issue == Issue::Panne || !matches!(reponse.statut, 403 | 409 | 412 | 422) {
            self.noter(ligne, role, Situation::Clos, "refusé : l'objet est clos", &reponse);
        }
    }
}

/// True when two absences are told with the same words.
fn meme_absence(a: &Reponse, b: &Reponse) -> bool {
    let dit = |r: &Reponse| ["type", "title", "status", "detail"].map(|champ| r.corps[champ].clone());
    a.statut == b.statut && dit(a) == dit(b)
}

/// Reads first, then writes guarded by a version, then the others; what takes a patient away comes last.
fn rang(ligne: &Ligne) -> u8 {
    let fin = ["/retrait", "/report", "/restriction", "/levee", "/desactivation"];
    match ligne.operation.split(' ').next().unwrap() {
        _ if ligne.operation.starts_with("DELETE /api/v1/sessions") => 5,
        _ if fin.iter().any(|f| ligne.operation.ends_with(f)) && !ligne.operation.starts_with("GET") => 4,
        "GET" => 0,
        "PUT" | "PATCH" => 1,
        "DELETE" => 2,
        _ => 3,
    }
}

sur_les_deux_bases! {
    fn ce_qui_est_liste_est_ce_qui_se_lit(banc) {
        visibilite::eprouver(banc, &monde(banc));
    }

    fn ce_qui_est_marque_ne_sort_que_pour_ceux_qui_le_voient(banc) {
        canari::chercher(&document(), &monde(banc));
    }

    fn sec_a10_sans_avoir_accepte_les_conditions_rien_ne_s_ouvre(banc) {
        let monde = monde(banc);
        let document = document();
        let demande = Demande { document: &document, monde: &monde };
        // What a body needs is read before everything closes.
        let preparer = |ligne: Ligne| {
            let role = *ROLES.iter().find(|role| ligne.droits[**role] != Droit::Non).unwrap();
            let appel = demande.preparer(&ligne.operation, Situation::Sien, role, false);
            (ligne, role, appel)
        };
        let appels: Vec<_> = table::lire().into_iter().filter(|ligne| ligne.profil != "public").map(preparer).collect();
        let jour = dcc::kernel::clock::date_paris(banc.maintenant());
        let conditions = serde_json::json!({ "version": "1", "texte": "Le dossier sert aux soins.", "en_vigueur_le": jour });
        monde.clients["ADM_REG"].post("/api/v1/conditions", conditions).est(201);
        let mut ouvertes = BTreeSet::new();
        for (ligne, role, appel) in appels {
            let client = &monde.clients[role];
            let reponse = appeler(client, &appel, None);
            if ligne.operation.starts_with("DELETE /api/v1/sessions") {
                client.oublier_la_session();
            }
            if reponse.statut != 403 || reponse.corps["type"] != "/problemes/conditions-a-accepter" {
                ouvertes.insert(ligne.operation.as_str().to_owned());
            }
        }
        let attendues = [
            "DELETE /api/v1/sessions", "DELETE /api/v1/sessions/courante", "DELETE /api/v1/sessions/{id}", "GET /api/v1/conditions/en-vigueur",
            "GET /api/v1/moi", "GET /api/v1/sessions", "POST /api/v1/sessions/reauthentification", "POST /api/v1/sessions/reauthentification/defi",
            "PUT /api/v1/conditions/acceptation",
        ];
        assert_eq!(ouvertes, attendues.map(str::to_owned).into());
    }

    fn chaque_role_fait_ce_que_dit_la_table_et_rien_d_autre(banc) {
        let monde = monde(banc);
        let document = document();
        let mut essai = Essai { demande: Demande { document: &document, monde: &monde }, appels: 0, inattendus: Vec::new() };
        let mut lignes = table::lire();
        lignes.sort_by_key(rang);
        let anonyme = banc.anonyme();
        for ligne in &lignes {
            if ligne.profil == "public" {
                let (issue, reponse) = essai.essayer(&anonyme, "DEM", &ligne.operation, Situation::Sien, None);
                // The logout token that the body gives is none.
                let jeton_faux = reponse.corps["type"] == "/problemes/fin-de-session-refusee";
                if issue == Issue::Panne && reponse.statut != 401 && !jeton_faux {
                    essai.noter(ligne, "personne", Situation::Sien, "permis", &reponse);
                }
                continue;
            }
            let (_, reponse) = essai.essayer(&anonyme, "DEM", &ligne.operation, Situation::Sien, None);
            if reponse.statut != 401 {
                essai.noter(ligne, "personne", Situation::Sien, "401", &reponse);
            }
            let mut roles = ROLES;
            if ligne.operation.ends_with("/retrait") {
                // The doctor who asked takes back what nobody has withdrawn yet.
                roles.sort_by_key(|role| *role != "DEM");
            }
            for role in roles {
                essai.verifier(&monde, ligne, role);
                if ligne.clos == "refusé" && ligne.droits[role] != Droit::Non {
                    essai.verifier_clos(&monde, ligne, role);
                }
            }
        }
        println!("habilitations : {} appels, {} inattendus", essai.appels, essai.inattendus.len());
        assert!(essai.inattendus.is_empty(), "{} inattendus :\n{}", essai.inattendus.len(), essai.inattendus.join("\n"));
    }
}
