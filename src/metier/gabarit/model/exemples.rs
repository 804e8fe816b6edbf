//! The examples that a template is looked at on, and that a publication lays out: one compte-rendu, and
//! what changes in each other one, under `referentiels/modeles/`.

use super::{GabaritError, GenreGabarit};
use crate::{
    kernel::{Panne, Resultat},
    metier::{compte_rendu::model::ContenuCompteRendu, fiche::model::fusionner},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

const DEPART: &str = include_str!("../../../../referentiels/modeles/exemple.json");
const RETOUCHES: &str = include_str!("../../../../referentiels/modeles/exemples.json");

/// An example as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExempleResume {
    /// Code.
    #[schema(example = "report")]
    pub code: String,
    /// What it shows.
    pub titre: String,
    /// True when this example has a letter to the médecin traitant.
    pub lettre: bool,
}

/// An example of what templates lay out.
#[derive(Debug, Clone)]
pub struct Exemple {
    /// Code.
    pub code: String,
    /// What it shows.
    pub titre: String,
    /// What it says.
    pub contenu: ContenuCompteRendu,
}

impl Exemple {
    /// What a list shows of it.
    #[must_use]
    pub fn resume(&self) -> ExempleResume {
        ExempleResume { code: self.code.clone(), titre: self.titre.clone(), lettre: self.contenu.destinataire_de_la_lettre().is_some() }
    }

    /// True when there is a document of that kind for it.
    #[must_use]
    pub fn porte(&self, genre: GenreGabarit) -> bool {
        match genre {
            GenreGabarit::CompteRendu => true,
            GenreGabarit::LettreMedecinTraitant => self.contenu.destinataire_de_la_lettre().is_some(),
        }
    }
}

/// A merge patch (RFC 7396) on the first example.
#[derive(Deserialize)]
struct Ligne {
    code: String,
    titre: String,
    retouche: Value,
}

/// Every example.
pub fn tous() -> Result<Vec<Exemple>, Panne> {
    let illisible = |e| Panne::new("exemples des gabarits", e);
    let depart: Value = serde_json::from_str(DEPART).map_err(illisible)?;
    let retouches: Vec<Ligne> = serde_json::from_str(RETOUCHES).map_err(illisible)?;
    retouches
        .into_iter()
        .map(|r| {
            let contenu = serde_json::from_value(fusionner(depart.clone(), &r.retouche))
                .map_err(|e| Panne::new(format!("exemple de gabarit « {} »", r.code), e))?;
            Ok(Exemple { code: r.code, titre: r.titre, contenu })
        })
        .collect()
}

/// One example.
pub fn trouver(code: &str) -> Resultat<Exemple> {
    tous()?.into_iter().find(|exemple| exemple.code == code).ok_or_else(|| GabaritError::ExempleInconnu.into())
}
