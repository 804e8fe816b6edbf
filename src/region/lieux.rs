//! Where things are: territoires, their towns, and the names of the places.

use crate::metier::annuaire::model::College;

/// Code and name of each territoire.
pub(super) const NOMS: [(&str, &str); 6] = [
    ("METRO", "Métropole"),
    ("HAINAUT", "Hainaut"),
    ("ARTOIS", "Artois"),
    ("LITTORAL", "Littoral"),
    ("SOMME", "Somme"),
    ("AISNE-OISE", "Aisne et Oise"),
];

/// Share of the people and of the professionals of the region, by territoire.
pub(super) const POPULATION: [(usize, f64); 6] = [(0, 33.0), (1, 14.0), (2, 17.0), (3, 10.0), (4, 12.0), (5, 14.0)];

/// Centres 3C by territoire.
pub(super) const CENTRES_PAR_TERRITOIRE: [usize; 6] = [6, 4, 4, 3, 3, 5];

/// Postal code and town, by territoire; the département is the beginning of the code.
pub(super) const COMMUNES: [&[(&str, &str)]; 6] = [
    &[("59000", "Lille"), ("59100", "Roubaix"), ("59200", "Tourcoing"), ("59650", "Villeneuve-d'Ascq"), ("59280", "Armentières")],
    &[("59300", "Valenciennes"), ("59500", "Douai"), ("59400", "Cambrai"), ("59600", "Maubeuge"), ("59220", "Denain")],
    &[("62000", "Arras"), ("62300", "Lens"), ("62400", "Béthune"), ("62800", "Liévin"), ("62110", "Hénin-Beaumont")],
    &[("62200", "Boulogne-sur-Mer"), ("62100", "Calais"), ("59140", "Dunkerque"), ("62500", "Saint-Omer"), ("62180", "Rang-du-Fliers")],
    &[("80000", "Amiens"), ("80100", "Abbeville"), ("80200", "Péronne"), ("80500", "Montdidier"), ("80600", "Doullens")],
    &[
        ("02100", "Saint-Quentin"),
        ("02000", "Laon"),
        ("02200", "Soissons"),
        ("60000", "Beauvais"),
        ("60100", "Creil"),
        ("60200", "Compiègne"),
    ],
];

/// Where those come from who live out of the region.
pub(super) const AILLEURS: &[(&str, &str)] = &[
    ("76000", "Rouen"),
    ("51100", "Reims"),
    ("95000", "Cergy"),
    ("75011", "Paris"),
    ("77100", "Meaux"),
    ("76200", "Dieppe"),
    ("08000", "Charleville"),
];

/// The department that begins the FINESS numbers of a territoire: the last one has two.
pub(super) const fn departement(territoire: usize, rang: usize) -> &'static str {
    match territoire {
        0 | 1 => "59",
        2 | 3 => "62",
        4 => "80",
        _ if rang.is_multiple_of(2) => "02",
        _ => "60",
    }
}

/// Kind of the n-th établissement of a centre: the first is its seat.
pub(super) const fn genre_d_etablissement(numero: usize) -> (&'static str, College) {
    match numero {
        0 => ("Centre hospitalier", College::Public),
        1 => ("Clinique", College::Prive),
        2 => ("Hôpital privé", College::Espic),
        _ => ("Polyclinique", College::Prive),
    }
}
