//! A scene where every situation exists: own patient, neighbouring patient of the same RCP, patient of another
//! region, closed objects; and one account for each role.

use crate::support::{
    Banc,
    client::Client,
    region::Region,
    scene::{chimiotherapie, complete, creer_rcp, planifier},
};
use dcc::{
    app,
    db::{
        schema::{annuaire_import, impression, retour},
        types::{At, Id},
    },
    jobs::runner,
    kernel::{
        Perimetre, Role,
        ids::{CompteId, DiffusionId, FluxIcalId, ImpressionId, PraticienId, RcpId},
    },
    messagerie::{Expediteur, memoire::Memoire},
};
use diesel::prelude::*;
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};

/// Identifiers by the path that leads to them (`patients`, `annuaire/imports`…), and by what bodies name.
pub type Objets = BTreeMap<String, String>;

/// The roles, as the columns of the table name them.
pub const ROLES: [&str; 13] = ["ADM_REG", "ADM_LOC", "COORD_3C", "SECR", "RESP", "PART", "DEM", "MT", "SOIGN", "INFO", "DPI", "DPO", "IDV"];

/// Where an object stands for the person who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Situation {
    /// The person's own, in the perimeter.
    Sien,
    /// Of another doctor, in the same RCP.
    Voisin,
    /// Of another region.
    Hors,
    /// The person's own, closed.
    Clos,
}

pub struct Monde {
    pub clients: BTreeMap<&'static str, Client>,
    pub objets: BTreeMap<Situation, Objets>,
    /// Accounts of the roles, for the list of a restricted patient.
    pub comptes: Vec<Value>,
}

struct Lieu {
    region: Region,
    rcp: RcpId,
    chirurgien: PraticienId,
    /// Secretary and doctor in charge.
    equipe: Client,
    passee: String,
    a_venir: String,
    oncologue: PraticienId,
}

fn lieu(banc: &Banc, rang: u32) -> Lieu {
    let region = banc.region(rang);
    let coordination = banc.personne(&format!("coordination{rang}"), &[(Role::Coordonnateur3c, Perimetre::Centre3c(region.centre))]);
    let medecin = |nom: &str, specialite: &str, n: u32| banc.medecin(&format!("{nom}{rang}"), specialite, rang * 100 + n);
    let oncologue = medecin("Oncologue", "G15_10/SM36", 1);
    let radiotherapeute = medecin("Radiotherapeute", "G15_10/SM45", 2);
    let chirurgien = medecin("Chirurgien", "G15_10/SM14", 3);
    let rcp = creer_rcp(&coordination, &region, &format!("R{rang}"), oncologue, json!({}));
    let droits = [(Role::Secretaire, Perimetre::Rcp(rcp)), (Role::Responsable, Perimetre::Rcp(rcp))];
    let equipe = banc.professionnel(&format!("equipe{rang}"), Some(oncologue), &droits);
    let passee = planifier(&equipe, rcp, "2026-03-05T17:00:00Z", None);
    let a_venir = planifier(&equipe, rcp, "2026-03-06T17:00:00Z", None);
    for reunion in [&passee, &a_venir] {
        for praticien in [oncologue, radiotherapeute, chirurgien] {
            noter_present(&equipe, reunion, praticien);
        }
    }
    Lieu { region, rcp, chirurgien, equipe, passee, a_venir, oncologue }
}

fn noter_present(equipe: &Client, reunion: &str, praticien: PraticienId) {
    let chemin = format!("{reunion}/presences/{praticien}");
    let liste = equipe.get(&format!("{reunion}/presences")).est(200).corps;
    let corps = json!({ "statut": "present" });
    match liste.as_array().unwrap().iter().find(|p| p["praticien_id"] == json!(praticien)) {
        Some(presence) => equipe.put(&chemin, presence["version"].as_i64().unwrap(), corps).est(200),
        None => equipe.envoyer("PUT", &chemin, Some(corps), &[]).est(201),
    };
}

fn id(chemin: &str) -> String {
    chemin.rsplit('/').next().unwrap().to_owned()
}

/// The structures of a place, under the names that paths and bodies use.
fn structures(lieu: &Lieu) -> Objets {
    let membre = lieu.equipe.get(&format!("/api/v1/rcp/{}/membres", lieu.rcp)).est(200).corps[0]["id"].clone();
    [
        ("rcp", lieu.rcp.to_string()),
        ("membre_id", membre.as_str().unwrap().to_owned()),
        ("centres-3c", lieu.region.centre.to_string()),
        ("etablissements", lieu.region.etablissement.to_string()),
        ("praticiens", lieu.chirurgien.to_string()),
        ("praticien_id", lieu.chirurgien.to_string()),
        ("medecin", lieu.oncologue.to_string()),
        ("reunions", id(&lieu.a_venir)),
        ("reunion_suivante", id(&lieu.a_venir)),
        ("reunion_passee", id(&lieu.passee)),
    ]
    .map(|(nom, valeur)| (nom.to_owned(), valeur))
    .into()
}

/// What a case is registered with.
struct Cas<'a> {
    auteur: &'a Client,
    lieu: &'a Lieu,
    nom: &'a str,
    naissance: &'a str,
    complement: Value,
}

/// A patient with a case that was discussed at the meeting that is over, and another at the one to come.
fn patient(cas: &Cas<'_>) -> (Objets, String) {
    let mut corps = json!({ "nom_naissance": cas.nom, "premier_prenom": "Claude", "sexe": "feminin", "date_naissance": cas.naissance });
    corps.as_object_mut().unwrap().extend(cas.complement.as_object().unwrap().clone());
    let patient = cas.auteur.post("/api/v1/patients", corps).est(201).id();
    let fiche = |libelle: &str| {
        let dossier = cas.auteur.post(&format!("/api/v1/patients/{patient}/dossiers"), json!({ "libelle": libelle })).est(201).id();
        let fiche = cas.auteur.post(&format!("/api/v1/dossiers/{dossier}/fiches"), json!({ "contenu": complete() })).est(201).id();
        (dossier, fiche)
    };
    let inscrire =
        |reunion: &str, fiche: &str| cas.auteur.post(&format!("{reunion}/inscriptions"), json!({ "fiche_id": fiche })).est(201).id();
    let (discute, discutee) = fiche("Côlon");
    let (dossier, a_discuter) = fiche("Rectum");
    let passee = inscrire(&cas.lieu.passee, &discutee);
    let objets = [
        ("patients", patient.clone()),
        ("dossiers", dossier),
        ("fiches", a_discuter.clone()),
        ("inscriptions", inscrire(&cas.lieu.a_venir, &a_discuter)),
        ("dossier_discute", discute),
        ("fiche_discutee", discutee),
        ("inscription_discutee", passee.clone()),
    ];
    (objets.map(|(nom, valeur)| (nom.to_owned(), valeur)).into(), passee)
}

/// The meeting that is over is led to its validation.
fn tenir(lieu: &Lieu, cas: &[String]) -> Vec<Value> {
    let (equipe, reunion) = (&lieu.equipe, &lieu.passee);
    for acte in ["convocation", "ouverture"] {
        equipe.poster_si(&format!("{reunion}/{acte}"), equipe.get(reunion).est(200).version()).est(200);
    }
    for inscription in cas {
        equipe.post(&format!("/api/v1/inscriptions/{inscription}/discussion"), json!({ "proposition": chimiotherapie() })).est(200);
    }
    equipe.poster_si(&format!("{reunion}/cloture"), equipe.get(reunion).est(200).version()).est(200);
    let validee = equipe.poster_si(&format!("{reunion}/validation"), equipe.get(reunion).est(200).version()).est(200);
    validee.corps.as_array().unwrap().clone()
}

/// What hangs on a discussed case: compte-rendu, delivery, batch, mail that came back, programme, opposition.
fn suites(banc: &Banc, auteur: &Client, lieu: &Lieu, objets: &mut Objets, resumes: &[Value]) {
    let resume = resumes.iter().find(|r| r["dossier_id"] == json!(objets["dossier_discute"])).unwrap();
    let compte_rendu = resume["id"].as_str().unwrap().to_owned();
    let liste = auteur.get(&format!("/api/v1/diffusions?compte_rendu={compte_rendu}")).est(200).corps;
    let diffusion = liste["elements"][0]["id"].as_str().unwrap().to_owned();
    let (imprimee, retournee) = annexes(banc, diffusion.parse().unwrap());
    let corps = json!({ "genre": "pps", "compte_rendu_id": compte_rendu, "saisie": crate::pps::ecrit_par_le_medecin() });
    let remis = auteur.post(&format!("/api/v1/dossiers/{}/programmes", objets["dossier_discute"]), corps).est(201).id();
    let remise = json!({ "destinataire": "patient", "etablissement_id": lieu.region.etablissement });
    auteur.post_si(&format!("/api/v1/programmes/{remis}/remise"), 1, remise).est(200);
    let brouillon = auteur.post(&format!("/api/v1/dossiers/{}/programmes", objets["dossiers"]), json!({ "genre": "pps" })).est(201).id();
    let opposition = json!({ "objet": "reutilisation" });
    let opposition = auteur.post(&format!("/api/v1/patients/{}/oppositions", objets["patients"]), opposition).est(201).id();
    objets.extend(
        [
            ("comptes-rendus", compte_rendu),
            ("diffusions", diffusion),
            ("diffusions/impressions", imprimee),
            ("diffusions/retours", retournee),
            ("programmes", brouillon),
            ("programme_remis", remis),
            ("oppositions", opposition),
        ]
        .map(|(nom, valeur)| (nom.to_owned(), valeur)),
    );
}

/// A batch that holds the delivery, and a mail that came back about it.
fn annexes(banc: &Banc, diffusion: DiffusionId) -> (String, String) {
    banc.systeme(move |op| {
        use dcc::db::schema::diffusion as d;
        let lot: ImpressionId = op.id();
        let maintenant = At(op.maintenant);
        diesel::insert_into(impression::table)
            .values((impression::id.eq(lot), impression::nombre.eq(1), impression::cree_le.eq(maintenant)))
            .execute(op.conn)?;
        diesel::update(d::table.find(diffusion)).set(d::impression_id.eq(Some(lot))).execute(op.conn)?;
        let recu: Id = Id(op.id::<dcc::kernel::ids::RetourId>().uuid());
        diesel::insert_into(retour::table)
            .values((
                retour::id.eq(recu),
                retour::cle.eq(diffusion.to_string()),
                retour::nature.eq("inconnu"),
                retour::diffusion_id.eq(Some(diffusion)),
                retour::etat.eq("a_examiner"),
                retour::octets.eq(b"Subject: retour".to_vec()),
                retour::recu_le.eq(maintenant),
            ))
            .execute(op.conn)?;
        Ok((lot.to_string(), recu.0.to_string()))
    })
}

/// An import that is over.
fn import(banc: &Banc) -> String {
    banc.systeme(|op| {
        use annuaire_import as a;
        let id: dcc::kernel::ids::ImportAnnuaireId = op.id();
        let maintenant = At(op.maintenant);
        diesel::insert_into(a::table)
            .values((
                (a::id.eq(id), a::numero.eq(1), a::genre.eq("bal"), a::fichier.eq("bal.csv"), a::empreinte.eq("x"), a::octets.eq(1)),
                (a::etat.eq("termine"), a::octets_lus.eq(1), a::lignes.eq(0), a::ajoutees.eq(0), a::modifiees.eq(0)),
                (a::inchangees.eq(0), a::reapparues.eq(0), a::disparues.eq(0), a::doublons.eq(0), a::refusees.eq(0)),
                (a::vus.eq(Vec::<u8>::new()), a::debut_le.eq(maintenant), a::modifie_le.eq(maintenant), a::fin_le.eq(Some(maintenant))),
            ))
            .execute(op.conn)?;
        Ok(id.to_string())
    })
}

/// One account for each role, on the first place.
fn comptes(banc: &Banc, ici: &Lieu, demandeur: PraticienId, traitant: PraticienId) -> BTreeMap<&'static str, Client> {
    let (centre, etablissement, rcp) =
        (Perimetre::Centre3c(ici.region.centre), Perimetre::Etablissement(ici.region.etablissement), Perimetre::Rcp(ici.rcp));
    let region = Perimetre::Region;
    [
        ("ADM_REG", None, vec![(Role::AdministrateurRegional, region)]),
        ("ADM_LOC", None, vec![(Role::AdministrateurLocal, centre), (Role::AdministrateurLocal, etablissement)]),
        ("COORD_3C", None, vec![(Role::Coordonnateur3c, centre)]),
        ("SECR", None, vec![(Role::Secretaire, rcp), (Role::Secretaire, centre)]),
        ("RESP", Some(ici.oncologue), vec![(Role::Responsable, rcp)]),
        ("PART", Some(ici.chirurgien), vec![(Role::Participant, Perimetre::Patients)]),
        ("DEM", Some(demandeur), vec![(Role::Demandeur, Perimetre::Patients)]),
        ("MT", Some(traitant), vec![(Role::MedecinTraitant, Perimetre::Patients)]),
        ("SOIGN", None, vec![(Role::Soignant, etablissement)]),
        ("INFO", None, vec![(Role::Analyste, region)]),
        ("DPI", None, vec![(Role::Interface, etablissement)]),
        ("DPO", None, vec![(Role::DelegueProtectionDonnees, region)]),
        ("IDV", None, vec![(Role::Identitovigilant, region)]),
    ]
    .into_iter()
    .map(|(role, praticien, droits)| (role, banc.professionnel(role, praticien, &droits)))
    .collect()
}

pub fn monde(banc: &Banc) -> Monde {
    let (ici, ailleurs) = (lieu(banc, 1), lieu(banc, 2));
    let medecin = |nom: &str, n: u32| banc.medecin(nom, "G15_10/SM26", 900 + n);
    let (demandeur_id, traitant, voisin_id, loin_id) =
        (medecin("Demandeur", 1), medecin("Traitant", 2), medecin("Voisin", 3), medecin("Loin", 4));
    let clients = comptes(banc, &ici, demandeur_id, traitant);
    let auteur = |nom: &str, praticien| banc.professionnel(nom, Some(praticien), &[(Role::Demandeur, Perimetre::Patients)]);
    let (demandeur, voisin, loin) = (auteur("demandeur", demandeur_id), auteur("voisin", voisin_id), auteur("loin", loin_id));

    let complement =
        json!({ "medecin_traitant_id": traitant, "identifiants": [{ "etablissement_id": ici.region.etablissement, "ipp": "SECRET-IPP" }] });
    let (mut sien, un) = patient(&Cas { auteur: &demandeur, lieu: &ici, nom: "Marqueidentite", naissance: "1940-05-20", complement });
    let complement = json!({ "commune": "Marqueidentite-sur-Lys" });
    let (mut proche, deux) =
        patient(&Cas { auteur: &voisin, lieu: &ici, nom: "Marqueidentitevoisin", naissance: "1961-05-20", complement });
    let (mut hors, trois) =
        patient(&Cas { auteur: &loin, lieu: &ailleurs, nom: "Lointain", naissance: "1962-05-20", complement: json!({}) });
    for (objets, lieu) in [(&mut sien, &ici), (&mut proche, &ici), (&mut hors, &ailleurs)] {
        objets.extend(structures(lieu));
    }
    let resumes = tenir(&ici, &[un, deux]);
    let loin_resumes = tenir(&ailleurs, &[trois]);
    // The day after: the programmes are announced, and the second meeting is still to come.
    banc.regler("2026-03-06T09:00:00Z");
    for (auteur, lieu, objets, resumes) in
        [(&demandeur, &ici, &mut sien, &resumes), (&voisin, &ici, &mut proche, &resumes), (&loin, &ailleurs, &mut hors, &loin_resumes)]
    {
        suites(banc, auteur, lieu, objets, resumes);
    }
    travailler(banc);

    let comptes: Vec<Value> = clients.values().map(|client| client.get("/api/v1/moi").est(200).corps["compte"].clone()).collect();
    regionaux(banc, &clients["ADM_REG"], [&mut sien, &mut proche, &mut hors], [&ici, &ailleurs]);
    acces(&clients, &demandeur, &loin, &ici, [&mut sien, &mut proche, &mut hors]);
    recherche(banc, &clients["INFO"], [&mut sien, &mut proche, &mut hors]);
    for (role, client) in &clients {
        let flux = flux(banc, client);
        sien.insert(format!("flux-ical:{role}"), flux.clone());
        proche.insert(format!("flux-ical:{role}"), flux);
    }
    let clos = clos(&demandeur, &sien, &ici);
    let objets = [(Situation::Sien, sien), (Situation::Voisin, proche), (Situation::Hors, hors), (Situation::Clos, clos)].into();
    Monde { clients, objets, comptes }
}

fn travailler(banc: &Banc) {
    let memoire = Arc::new(Memoire::default()) as Arc<dyn Expediteur>;
    runner::vider(&banc.etat.db, &app::ouvrier(&banc.etat.config, memoire).unwrap()).unwrap();
}

/// What the region owns: an account to close, a template, a draft of reference data, an import, a campaign of the report.
fn regionaux(banc: &Banc, admin: &Client, objets: [&mut Objets; 3], lieux: [&Lieu; 2]) {
    let import = import(banc);
    let modele = admin.get("/api/v1/gabarits/modeles/lettre_medecin_traitant").est(200).corps["source"].clone();
    let brouillon = admin.post("/api/v1/referentiels/brouillons", json!({ "genre": "regle_alerte", "depuis": regle(admin) })).est(201).id();
    let campagne = admin.post("/api/v1/infocentre/campagnes", json!({ "annee": 2026 })).est(201).id();
    admin.poster_si(&format!("/api/v1/infocentre/campagnes/{campagne}/extraction"), 1).est(202);
    travailler(banc);
    for (rang, objets) in objets.into_iter().enumerate() {
        let centre = lieux[usize::from(rang == 2)].region.centre;
        let rapport =
            [("infocentre/campagnes", campagne.clone()), ("pages", centre.to_string()), ("annee", "2026".into()), ("format", "pdf".into())];
        objets.extend(rapport.map(|(nom, valeur)| (nom.to_owned(), valeur)));
        let compte = banc.personne(&format!("a-fermer-{rang}"), &[(Role::Secretaire, Perimetre::Centre3c(centre))]);
        let portee = json!({ "type": "centre_3c", "id": centre });
        let gabarit = json!({ "genre": "lettre_medecin_traitant", "portee": portee, "nom": "Essai", "source": modele });
        objets.insert("comptes".into(), compte.get("/api/v1/moi").est(200).corps["compte"].as_str().unwrap().to_owned());
        objets.insert("gabarits".into(), admin.post("/api/v1/gabarits", gabarit).est(201).id());
        objets.insert("referentiels/brouillons".into(), brouillon.clone());
        objets.insert("annuaire/imports".into(), import.clone());
    }
}

/// A project of research of the analyst, and two of another one.
fn recherche(banc: &Banc, analyste: &Client, objets: [&mut Objets; 3]) {
    let autre = banc.personne("autre-analyste", &[(Role::Analyste, Perimetre::Region)]);
    for (objets, demandeur) in objets.into_iter().zip([analyste, &autre, &autre]) {
        let projet = demandeur.post("/api/v1/recherche/projets", crate::recherche::demande(json!({}))).est(201).id();
        objets.insert("recherche/projets".into(), projet);
    }
}

/// A published alert rule, as a draft starts from it.
pub fn regle(client: &Client) -> String {
    let regles = client.get("/api/v1/regles-alerte").est(200).corps;
    format!("{}@{}", regles[0]["code"].as_str().unwrap(), regles[0]["version"].as_str().unwrap())
}

/// A bris de glace and a restricted patient to examine, an alert, a feed of somebody else.
fn acces(clients: &BTreeMap<&'static str, Client>, demandeur: &Client, loin: &Client, ici: &Lieu, objets: [&mut Objets; 3]) {
    let traits = json!({ "nom_naissance": "Lointain", "premier_prenom": "Claude", "sexe": "feminin", "date_naissance": "1962-05-20" });
    let jeton = clients["RESP"].post("/api/v1/patients/bris-de-glace/recherche", traits).est(200).corps["jeton"].clone();
    // The token of one is worth nothing to another.
    let corps = json!({ "jeton": jeton, "motif": "urgence_vitale", "explication": "Patient inconscient aux urgences" });
    demandeur.post("/api/v1/bris-de-glace", corps).refuse(409, "jeton-perime");
    let traits = json!({ "nom_naissance": "Lointain", "premier_prenom": "Claude", "sexe": "feminin", "date_naissance": "1962-05-20" });
    let jeton = ici.equipe.post("/api/v1/patients/bris-de-glace/recherche", traits).est(200).corps["jeton"].clone();
    let corps = json!({ "jeton": jeton, "motif": "urgence_vitale", "explication": "Patient inconscient aux urgences" });
    let bris = ici.equipe.post("/api/v1/bris-de-glace", corps).est(201).id();
    let reserve = json!({ "nom_naissance": "Reserve", "premier_prenom": "Claude", "sexe": "feminin", "date_naissance": "1963-05-20" });
    let reserve = loin.post("/api/v1/patients", reserve).est(201).id();
    let restriction = loin.post(&format!("/api/v1/patients/{reserve}/restriction"), json!({ "motif": "personnel" })).est(201).id();
    let flux = demandeur.post("/api/v1/flux-ical", json!({ "libelle": "Agenda", "rcp_id": ici.rcp })).est(201).id();
    for objets in objets {
        objets.insert("bris-de-glace".into(), bris.clone());
        objets.insert("restrictions".into(), restriction.clone());
        objets.insert("flux-ical".into(), flux.clone());
        let alertes = format!("/api/v1/inscriptions/{}/alertes", objets["inscriptions"]);
        for lecteur in [&ici.equipe, loin] {
            let lues = lecteur.get(&alertes);
            if lues.statut == 200 && lues.corps[0]["id"].is_string() {
                objets.insert("alertes".into(), lues.corps[0]["id"].as_str().unwrap().to_owned());
            }
        }
    }
}

/// A calendar feed of an account, whatever its role was when it was opened.
fn flux(banc: &Banc, client: &Client) -> String {
    use dcc::db::schema::flux_ical as f;
    let compte: CompteId = client.get("/api/v1/moi").est(200).corps["compte"].as_str().unwrap().parse().unwrap();
    banc.systeme(move |op| {
        let id: FluxIcalId = op.id();
        let colonnes = (f::id.eq(id), f::compte_id.eq(compte), f::empreinte_jeton.eq(id.to_string()), f::libelle.eq("Agenda"));
        diesel::insert_into(f::table).values((colonnes, f::cree_le.eq(At(op.maintenant)))).execute(op.conn)?;
        Ok(id.to_string())
    })
}

/// The own objects that no longer change.
fn clos(demandeur: &Client, sien: &Objets, ici: &Lieu) -> Objets {
    let dossier = demandeur.post(&format!("/api/v1/patients/{}/dossiers", sien["patients"]), json!({ "libelle": "Clos" })).est(201).id();
    demandeur.poster_si(&format!("/api/v1/dossiers/{dossier}/cloture"), 1).est(200);
    let mut clos = sien.clone();
    clos.extend(
        [
            ("reunions", id(&ici.passee)),
            ("dossiers", dossier),
            ("fiches", sien["fiche_discutee"].clone()),
            ("inscriptions", sien["inscription_discutee"].clone()),
            ("programmes", sien["programme_remis"].clone()),
        ]
        .map(|(nom, valeur)| (nom.to_owned(), valeur)),
    );
    clos
}
