//! The right by which an act was done: what the access trace says of the role and of the structure.

use super::{
    acteur::{Acteur, Action, Habilitation, Perimetre, Rattachement, Role},
    ids::PraticienId,
};
use uuid::Uuid;

/// A role and what it bore on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DroitExerce {
    /// The role that holds the action.
    pub role: Role,
    /// What it bears on; `None` when several perimeters gave the same act (a list over two RCP).
    pub perimetre: Option<Perimetre>,
}

impl From<Habilitation> for DroitExerce {
    fn from(habilitation: Habilitation) -> Self {
        Self { role: habilitation.role, perimetre: Some(habilitation.perimetre) }
    }
}

impl Perimetre {
    /// True when an object that belongs there is covered.
    #[must_use]
    pub fn couvre(self, objet: &Rattachement) -> bool {
        match self {
            Self::Region => true,
            Self::Centre3c(id) => objet.centre_3c == Some(id),
            Self::Etablissement(id) => objet.etablissements.contains(&id),
            Self::Rcp(id) => objet.rcp == Some(id),
            Self::Patients => false,
        }
    }

    /// What the trace writes: the kind of perimeter, and which one.
    #[must_use]
    pub const fn designation(self) -> (&'static str, Option<Uuid>) {
        match self {
            Self::Region => ("region", None),
            Self::Centre3c(id) => ("centre_3c", Some(id.uuid())),
            Self::Etablissement(id) => ("etablissement", Some(id.uuid())),
            Self::Rcp(id) => ("rcp", Some(id.uuid())),
            Self::Patients => ("patients", None),
        }
    }
}

impl Acteur {
    /// The rights that hold the action, in the order in which they were given.
    fn droits(&self, action: Action) -> impl Iterator<Item = Habilitation> {
        self.habilitations.iter().copied().filter(move |h| h.role.permet(action))
    }

    /// The right that lets the person do the action, wherever that is.
    #[must_use]
    pub fn droit(&self, action: Action) -> Option<DroitExerce> {
        let mut droits = self.droits(action);
        let premier = droits.next()?;
        let seul = droits.all(|autre| autre.perimetre == premier.perimetre);
        Some(DroitExerce { role: premier.role, perimetre: seul.then_some(premier.perimetre) })
    }

    /// The right that lets the person do the action where the object belongs.
    #[must_use]
    pub fn droit_sur(&self, action: Action, objet: &Rattachement) -> Option<DroitExerce> {
        self.droits(action).find(|h| h.perimetre.couvre(objet)).map(DroitExerce::from)
    }

    /// The right that makes a patient visible who is tied to those subjects: one of them, else a meeting that the
    /// person attends, else the only right there is.
    #[must_use]
    pub fn droit_par(&self, action: Action, lies: &[Uuid]) -> Option<DroitExerce> {
        let direct = self.droits(action).find(|h| {
            let sujet = match h.perimetre {
                Perimetre::Patients => self.praticien.map(PraticienId::uuid),
                autre => autre.designation().1,
            };
            sujet.is_some_and(|sujet| lies.contains(&sujet))
        });
        let par_reunion = || self.droits(action).find(|h| h.perimetre == Perimetre::Patients);
        let seul = || self.droits(action).find(|h| h.perimetre != Perimetre::Region);
        direct.or_else(par_reunion).or_else(seul).map(DroitExerce::from)
    }

    /// True when more than one right could make a patient visible: which one did is then looked for.
    #[must_use]
    pub fn a_plusieurs_droits(&self, action: Action) -> bool {
        self.droits(action).filter(|h| h.perimetre != Perimetre::Region).nth(1).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ids::{CompteId, EtablissementId, RcpId, SessionId};

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn acteur(habilitations: &[(Role, Perimetre)]) -> Acteur {
        let habilitations = habilitations.iter().map(|&(role, perimetre)| Habilitation { role, perimetre }).collect();
        Acteur::personne(CompteId::new(id(1)), SessionId::new(id(2)), Some(PraticienId::new(id(3))), "essai".to_owned(), habilitations)
    }

    #[test]
    fn le_droit_dit_le_role_et_la_structure_qui_l_ont_donne() {
        let (rcp, autre) = (Perimetre::Rcp(RcpId::new(id(10))), Perimetre::Rcp(RcpId::new(id(11))));
        let hopital = Perimetre::Etablissement(EtablissementId::new(id(12)));
        let personne = acteur(&[
            (Role::Secretaire, rcp),
            (Role::Secretaire, autre),
            (Role::Demandeur, Perimetre::Patients),
            (Role::Analyste, hopital),
        ]);
        let droit = |role, perimetre| Some(DroitExerce { role, perimetre });
        assert_eq!(personne.droit(Action::ConduireReunion), droit(Role::Secretaire, None), "deux RCP donnent la même liste");
        assert_eq!(personne.droit(Action::LireInfocentre), droit(Role::Secretaire, None));
        assert_eq!(personne.droit_par(Action::LirePatient, &[id(11)]), droit(Role::Secretaire, Some(autre)));
        assert_eq!(personne.droit_par(Action::LirePatient, &[id(3)]), droit(Role::Demandeur, Some(Perimetre::Patients)));
        assert_eq!(
            personne.droit_par(Action::LirePatient, &[id(99)]),
            droit(Role::Demandeur, Some(Perimetre::Patients)),
            "par une réunion"
        );
        assert_eq!(personne.droit(Action::GererComptes), None);
        let objet = Rattachement { etablissements: vec![EtablissementId::new(id(12))], ..Rattachement::default() };
        assert_eq!(personne.droit_sur(Action::LireInfocentre, &objet), droit(Role::Analyste, Some(hopital)));
    }
}
