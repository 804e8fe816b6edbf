//! The infocentre of a region reads a replica, and leaves its trace in the base.

use super::{analyste, annee_publiee, planter, praticiens};
use crate::support::{
    Banc,
    base::{self, Base},
};
use dcc::{config::Config, db::schema::trace};
use diesel::prelude::*;
use serde_json::json;

const ANNEE: &str = "du=2024-01-01&au=2024-12-31";

#[test]
fn l_infocentre_compte_sur_la_replique_et_le_reste_lit_la_base() {
    let (Some(principale), Some(replique)) = (base::nouvelle(Base::Postgres), base::nouvelle(Base::Postgres)) else {
        println!("PostgreSQL absent : cet essai n'a pas tourné");
        return;
    };
    // A copy that does not follow: what differs tells which one was read.
    let adresse = replique.url.clone();
    let banc = Banc::regle(principale, |config| config.base_infocentre = Some(adresse));
    planter(&banc, &annee_publiee(&banc), praticiens(&banc));
    let client = analyste(&banc);
    let compte = client.get(&format!("/api/v1/infocentre/activite?{ANNEE}")).est(200).corps;
    assert_eq!(compte["total"]["NB_REUNIONS"], json!(0), "la réplique est vide");
    let traces = || -> i64 { banc.systeme(|op| Ok(trace::table.filter(trace::objet_type.eq("infocentre")).count().get_result(op.conn)?)) };
    let avant = traces();
    let lignes = client.get(&format!("/api/v1/infocentre/lignes?{ANNEE}&indicateur=NB_CR")).est(200).corps;
    assert_eq!(lignes["elements"], json!([]));
    assert!(traces() > avant, "la trace de ce qui a été lu sur la réplique est dans la base");
    assert_eq!(client.get("/api/v1/rcp").est(200).corps["elements"].as_array().unwrap().len(), 5);
}

#[test]
fn une_replique_suit_une_base_postgresql_et_rien_d_autre() {
    let avec = |base: &str, replique: &str| {
        let config = Config { base: base.to_owned(), base_infocentre: Some(replique.to_owned()), ..Config::default() };
        config.adresse_infocentre()
    };
    assert!(avec("postgres://a/dcc", "postgres://b/dcc").unwrap().is_some());
    assert!(avec("sqlite://dcc.sqlite", "postgres://b/dcc").unwrap_err().to_string().contains("fichier SQLite"));
    assert!(avec("postgres://a/dcc", "sqlite://dcc.sqlite").unwrap_err().to_string().contains("réplique PostgreSQL"));
    assert!(Config::default().adresse_infocentre().unwrap().is_none());
}
