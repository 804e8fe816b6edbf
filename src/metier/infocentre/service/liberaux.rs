//! The attendances of private practitioners, by name: what the payer of their indemnity is handed, with the line of the
//! attendance sheet behind each one.

use super::{
    super::{
        model::{
            Axe, Ratio,
            instantane::Instantane,
            rapport::{Cellule, Chapitre, Colonne, Comptage, Ligne, NatureColonne, Niveau, Rapport, Tableau, Terme},
        },
        store::instantane::{self as store, Participation},
    },
    instantane::{document, sain},
};
use crate::{
    db::{Evenement, Op},
    kernel::{
        Action, Resultat,
        clock::date_paris,
        ids::{InstantaneId, PraticienId},
    },
    metier::annuaire::{self, model::Praticien},
};
use chrono::Datelike;
use std::collections::BTreeMap;

/// The nominative list of a frozen year and its evidence. `region` is its name.
pub fn composer(op: &mut Op<'_>, id: InstantaneId, region: &str) -> Resultat<Rapport> {
    op.exiger(Action::ExtraireRapport)?;
    let instantane = sain(op, id)?;
    let participations = store::participations(op, id)?;
    let mut ids: Vec<PraticienId> = participations.iter().map(|p| p.praticien_id).collect();
    ids.dedup();
    let annuaire: BTreeMap<PraticienId, Praticien> =
        annuaire::service::praticiens_par_id(op, &ids)?.into_iter().map(|praticien| (praticien.id, praticien)).collect();
    op.tracer(Evenement::liste("exporter", "participation"))?;
    Ok(Rapport {
        mention: Some("Document nominatif : à l'usage du seul organisme payeur.".to_owned()),
        chapitres: vec![synthese(&participations, &annuaire), preuves(&participations, &instantane)],
        ..document(&instantane, "Participation des libéraux aux réunions de concertation pluridisciplinaire", region)?
    })
}

fn colonne(code: &str, titre: &str, nature: NatureColonne) -> Colonne {
    Colonne { code: code.to_owned(), titre: titre.to_owned(), nature }
}

fn nombre(code: &str, titre: &str) -> Colonne {
    colonne(code, titre, NatureColonne::Nombre { comptage: Comptage::Libre })
}

fn heures(code: &str, titre: &str) -> Colonne {
    let terme = || Terme::propre(Comptage::Libre);
    colonne(code, titre, NatureColonne::Quotient { numerateur: terme(), denominateur: terme() })
}

/// What one person did.
#[derive(Default)]
struct Bilan {
    premier_semestre: i64,
    second_semestre: i64,
    visio: i64,
    minutes: i64,
}

impl Bilan {
    fn ajouter(&mut self, participation: &Participation) {
        if date_paris(participation.debut.0).month() <= 6 {
            self.premier_semestre += 1;
        } else {
            self.second_semestre += 1;
        }
        self.visio += i64::from(participation.visio);
        self.minutes += participation.minutes;
    }

    fn cellules(&self) -> [Cellule; 5] {
        [
            Cellule::Entier(self.premier_semestre),
            Cellule::Entier(self.second_semestre),
            Cellule::Entier(self.premier_semestre + self.second_semestre),
            Cellule::Entier(self.visio),
            Cellule::Quotient(Ratio::quotient(self.minutes, 60, 2)),
        ]
    }
}

fn synthese(participations: &[Participation], annuaire: &BTreeMap<PraticienId, Praticien>) -> Chapitre {
    let mut bilans: Vec<(&Participation, Bilan)> = Vec::new();
    let mut total = Bilan::default();
    for participation in participations {
        if bilans.last().is_none_or(|(dernier, _)| dernier.praticien_id != participation.praticien_id) {
            bilans.push((participation, Bilan::default()));
        }
        if let Some((_, bilan)) = bilans.last_mut() {
            bilan.ajouter(participation);
        }
        total.ajouter(participation);
    }
    let texte = |texte: Option<String>| texte.map_or(Cellule::Absente, Cellule::Texte);
    let mut lignes: Vec<Ligne> = bilans
        .iter()
        .map(|(p, bilan)| {
            let rpps = annuaire.get(&p.praticien_id).and_then(|praticien| praticien.saisi.rpps.as_ref()).map(ToString::to_string);
            let qui = [Cellule::Texte(format!("{} {}", p.nom, p.prenom)), texte(rpps), texte(p.specialite.clone())];
            let cellules = qui.into_iter().chain([Cellule::Texte(p.mode_exercice.clone())]).chain(bilan.cellules()).collect();
            Ligne { cle: format!("praticien:{}", p.praticien_id), niveau: Niveau::Detail, parent: Some("ensemble".to_owned()), cellules }
        })
        .collect();
    let ensemble = [Cellule::Texte("Ensemble".to_owned()), Cellule::Absente, Cellule::Absente, Cellule::Absente];
    lignes.push(Ligne {
        cle: "ensemble".to_owned(),
        niveau: Niveau::Total,
        parent: None,
        cellules: ensemble.into_iter().chain(total.cellules()).collect(),
    });
    let textes = [("LIBELLE", "Professionnel"), ("RPPS", "RPPS"), ("SPECIALITE", "Spécialité"), ("MODE", "Exercice")];
    let comptes = [("S1", "1er semestre"), ("S2", "2e semestre"), ("TOTAL", "Participations"), ("VISIO", "Dont visioconférence")];
    let colonnes = textes.iter().map(|(code, titre)| colonne(code, titre, NatureColonne::Texte));
    let colonnes = colonnes.chain(comptes.iter().map(|(code, titre)| nombre(code, titre))).chain([heures("HEURES", "Heures")]);
    let personnes = bilans.iter().map(|(_, bilan)| bilan.premier_semestre + bilan.second_semestre);
    let (minimum, maximum) = (personnes.clone().min().unwrap_or_default(), personnes.clone().max().unwrap_or_default());
    let effectif = i64::try_from(bilans.len()).unwrap_or(i64::MAX);
    let moyenne = Ratio::quotient(personnes.sum(), effectif, 2).valeur.unwrap_or_default().replace('.', ",");
    Chapitre {
        code: "SYNTHESE".to_owned(),
        titre: "Participations par professionnel".to_owned(),
        paragraphes: vec![format!(
            "Professionnels d'exercice libéral ou mixte : {effectif}. De {minimum} à {maximum} participations chacun, {moyenne} en moyenne."
        )],
        tableaux: vec![Tableau {
            code: "LIBERAUX".to_owned(),
            titre: "Participations par semestre".to_owned(),
            colonnes: colonnes.collect(),
            lignes,
            relations: Vec::new(),
            notes: Vec::new(),
        }],
        figures: Vec::new(),
    }
}

fn preuves(participations: &[Participation], instantane: &Instantane) -> Chapitre {
    let lignes = participations.iter().map(|p| Ligne {
        cle: format!("presence:{}", p.id),
        niveau: Niveau::Detail,
        parent: None,
        cellules: vec![
            Cellule::Texte(format!("{} {}", p.nom, p.prenom)),
            Cellule::Date(date_paris(p.debut.0)),
            Cellule::Texte(store::nom_gele(&instantane.noms, Axe::Rcp, &p.rcp_id.to_string()).1),
            Cellule::Texte(if p.visio { "visioconférence" } else { "salle" }.to_owned()),
            Cellule::Entier(p.minutes),
            Cellule::Texte(p.id.to_string()),
        ],
    });
    let colonnes = vec![
        colonne("LIBELLE", "Professionnel", NatureColonne::Texte),
        colonne("DATE", "Réunion du", NatureColonne::Date),
        colonne("RCP", "RCP", NatureColonne::Texte),
        colonne("MOYEN", "Présence", NatureColonne::Texte),
        nombre("MINUTES", "Minutes"),
        colonne("PREUVE", "Ligne de la feuille de présence", NatureColonne::Texte),
    ];
    Chapitre {
        code: "PREUVES".to_owned(),
        titre: "Présences".to_owned(),
        paragraphes: vec!["Une ligne par présence, avec la ligne de la feuille de présence qui la prouve.".to_owned()],
        tableaux: vec![Tableau {
            code: "PRESENCES".to_owned(),
            titre: "Présences en réunion".to_owned(),
            colonnes,
            lignes: lignes.collect(),
            relations: Vec::new(),
            notes: Vec::new(),
        }],
        figures: Vec::new(),
    }
}
