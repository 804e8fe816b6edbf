//! The floor: what actix-web and diesel give on this machine when they do nothing but one query, with
//! no rights, no trace, no validation. The only place besides `db` and the stores that speaks to the
//! database, so that nothing of ours stands in its way.

use crate::{
    db::{
        Adresse, DbConn,
        conn::{self, Reserve, Usage},
    },
    kernel::Panne,
};
use actix_web::{HttpResponse, web};
use diesel::{prelude::*, sql_query, sql_types::Text};
use std::sync::Arc;

#[derive(QueryableByName, serde::Serialize)]
struct Ligne {
    #[diesel(sql_type = Text)]
    texte: String,
}

/// The bare application on its own connections to the same database.
#[derive(Clone)]
pub(super) struct Plancher {
    reserve: Arc<Reserve>,
}

impl Plancher {
    /// Makes its table, with one row to read.
    pub fn nouveau(adresse: &Adresse, connexions: u32) -> Result<Self, Panne> {
        let reserve = Arc::new(conn::ouvrir(adresse, connexions, Usage::Ecriture)?);
        let mut conn = reserve.get().map_err(|e| Panne::new("connexion du plancher", e))?;
        sql_query("CREATE TABLE IF NOT EXISTS charge_plancher (id VARCHAR(36) PRIMARY KEY, texte TEXT NOT NULL)").execute(&mut conn)?;
        inserer(&mut conn, LUE)?;
        Ok(Self { reserve })
    }

    /// `GET /lire` and `POST /ecrire`.
    pub fn routes(&self, config: &mut web::ServiceConfig) {
        config.app_data(web::Data::new(self.clone())).route("/lire", web::get().to(lire)).route("/ecrire", web::post().to(ecrire));
    }
}

/// The row that is read.
const LUE: &str = "00000000-0000-0000-0000-000000000000";

/// As long as a patient of ours.
const TEXTE: &str =
    "{\"nom_naissance\":\"AUBÉPINE\",\"premier_prenom\":\"Camille\",\"sexe\":\"feminin\",\"date_naissance\":\"1950-01-01\"}";

fn inserer(conn: &mut DbConn, id: &str) -> QueryResult<usize> {
    let requete = match conn {
        DbConn::Pg(_) => "INSERT INTO charge_plancher (id, texte) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        DbConn::Sqlite(_) => "INSERT INTO charge_plancher (id, texte) VALUES (?, ?) ON CONFLICT DO NOTHING",
    };
    sql_query(requete).bind::<Text, _>(id).bind::<Text, _>(TEXTE).execute(conn)
}

fn trouver(conn: &mut DbConn) -> QueryResult<Ligne> {
    let requete = match conn {
        DbConn::Pg(_) => "SELECT texte FROM charge_plancher WHERE id = $1",
        DbConn::Sqlite(_) => "SELECT texte FROM charge_plancher WHERE id = ?",
    };
    sql_query(requete).bind::<Text, _>(LUE).get_result(conn)
}

async fn lire(plancher: web::Data<Plancher>) -> HttpResponse {
    let lue = web::block(move || plancher.reserve.get().ok().and_then(|mut conn| trouver(&mut conn).ok())).await;
    lue.ok().flatten().map_or_else(|| HttpResponse::InternalServerError().finish(), |ligne| HttpResponse::Ok().json(ligne))
}

async fn ecrire(plancher: web::Data<Plancher>) -> HttpResponse {
    let id = crate::kernel::Chance::Systeme.uuid(crate::kernel::Horloge::Systeme.maintenant()).to_string();
    let ecrite = web::block(move || plancher.reserve.get().ok().and_then(|mut conn| inserer(&mut conn, &id).ok())).await;
    ecrite.ok().flatten().map_or_else(|| HttpResponse::InternalServerError().finish(), |_| HttpResponse::Created().finish())
}
