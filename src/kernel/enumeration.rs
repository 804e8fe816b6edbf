//! One macro for the closed lists of the field.

/// Declares a closed list whose values travel as text, the same in JSON, in the database and in
/// the API document.
///
/// ```
/// dcc::enum_texte! {
///     /// How a person attends a meeting.
///     pub enum Mode {
///         /// In the room.
///         Salle => "salle",
///         /// By videoconference.
///         Visio => "visio",
///     }
/// }
/// assert_eq!(Mode::Visio.as_str(), "visio");
/// assert_eq!("salle".parse::<Mode>().unwrap(), Mode::Salle);
/// ```
#[macro_export]
macro_rules! enum_texte {
    ($(#[$meta:meta])* pub enum $nom:ident { $($(#[$vmeta:meta])* $variante:ident => $texte:tt),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        pub enum $nom { $($(#[$vmeta])* #[serde(rename = $texte)] $variante),+ }

        impl $nom {
            /// Every value, in the order of declaration.
            pub const TOUS: &'static [Self] = &[$(Self::$variante),+];

            /// The text that stands for the value in JSON and in the database.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variante => $texte),+ } }
        }

        impl std::fmt::Display for $nom {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }

        impl std::str::FromStr for $nom {
            type Err = $crate::kernel::enumeration::ValeurInconnue;
            fn from_str(texte: &str) -> Result<Self, Self::Err> {
                match texte {
                    $($texte => Ok(Self::$variante),)+
                    autre => Err($crate::kernel::enumeration::ValeurInconnue { liste: stringify!($nom), valeur: autre.to_owned() }),
                }
            }
        }
    };
}

/// A text that is not in the closed list it was read for.
#[derive(Debug, Clone, thiserror::Error)]
#[error("« {valeur} » n'est pas une valeur de {liste}")]
pub struct ValeurInconnue {
    /// Name of the list.
    pub liste: &'static str,
    /// The text that was met.
    pub valeur: String,
}

#[cfg(test)]
mod tests {
    crate::enum_texte! {
        /// How a person attends a meeting.
        pub enum Mode {
            /// In the room.
            EnSalle => "en_salle",
            /// By videoconference.
            Visio => "visio",
        }
    }

    #[test]
    fn le_document_de_l_api_donne_les_textes_du_json() {
        let schema = serde_json::to_value(<Mode as utoipa::PartialSchema>::schema()).unwrap();
        assert_eq!(schema["enum"], serde_json::to_value(Mode::TOUS).unwrap());
        assert_eq!(schema["enum"], serde_json::json!(["en_salle", "visio"]));
    }
}
