//! What the region takes from the public directory.

use crate::{
    db::{Evenement, Op},
    kernel::{Action, Resultat, courriel::AdresseCourriel, erreur::ErreurCommune, identite::Rpps, ids::PraticienId},
    metier::{
        annuaire::{
            model::{Couverture, Praticien, PraticienSaisi},
            rapprochement::{self, Connaissance},
            store,
        },
        annuaire_national::{
            model::{AnnuaireNationalError, ProfessionnelNational},
            service as national,
        },
    },
};

/// Professionals brought closer in one transaction.
const PAR_PAS: i64 = 100;

/// The address to send to. Needs no right of its own: whoever sends authorises.
#[must_use]
pub fn adresse_securisee(op: &Op<'_>, praticien: &Praticien) -> Option<AdresseCourriel> {
    praticien.adresse_securisee(&op.reglages.domaines_securises)
}

/// What became of professionals of the region.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rapprochement {
    /// Looked at.
    pub examines: u32,
    /// Changed in whatever way.
    pub mis_a_jour: u32,
    /// Newly vanished from the directory.
    pub disparus: u32,
    /// Back in the directory.
    pub revenus: u32,
}

impl Rapprochement {
    /// Adds what a further step did.
    pub fn ajouter(&mut self, pas: Self) {
        self.examines += pas.examines;
        self.mis_a_jour += pas.mis_a_jour;
        self.disparus += pas.disparus;
        self.revenus += pas.revenus;
    }
}

/// Brings the next professionals with an RPPS number closer to the public directory as last imported; gives the
/// last of them if there may be more.
pub fn rapprocher(op: &mut Op<'_>, apres: Option<PraticienId>) -> Resultat<(Option<PraticienId>, Rapprochement)> {
    op.exiger(Action::GererAnnuaire)?;
    let praticiens = store::praticiens_numerotes(op, apres, PAR_PAS)?;
    let mut bilan = Rapprochement::default();
    for avant in &praticiens {
        bilan.examines += 1;
        let Some(rpps) = avant.saisi.rpps.as_ref() else { continue };
        let connaissance = connaissance(op, rpps)?;
        let Some(mut rapproche) = rapprochement::rapprocher(avant, &connaissance, op.maintenant) else { continue };
        rapproche.version = avant.version + 1;
        rapproche.modifie_le = op.maintenant;
        if store::enregistrer_praticien(op, &rapproche, avant.version)? == 0 {
            return Err(ErreurCommune::VersionPerimee { actuelle: avant.version }.into());
        }
        op.tracer(Evenement::sur("rapprocher", "praticien", avant.id.uuid()).version(rapproche.version))?;
        bilan.mis_a_jour += 1;
        match (avant.annuaire.disparu_le, rapproche.annuaire.disparu_le) {
            (None, Some(_)) => bilan.disparus += 1,
            (Some(_), None) => bilan.revenus += 1,
            (None, None) | (Some(_), Some(_)) => {}
        }
    }
    let entier = i64::from(bilan.examines) == PAR_PAS;
    Ok((praticiens.last().filter(|_| entier).map(|dernier| dernier.id), bilan))
}

fn connaissance(op: &mut Op<'_>, rpps: &Rpps) -> Resultat<Connaissance> {
    let professionnel = national::professionnel(op, rpps.as_str())?;
    let organisations = match &professionnel {
        Some(connu) if connu.disparu_le.is_none() => national::bals_des_lieux(op, &connu.lieux)?,
        Some(_) | None => Vec::new(),
    };
    Ok(Connaissance { personnelles: national::bals_de_la_personne(op, rpps.as_str())?, professionnel, organisations })
}

/// The professional of the region who bears that RPPS number, made from the public directory if there was
/// none: for a médecin traitant or a correspondent whom the region does not know yet. True when made.
/// Nothing is typed, so that whoever may change a patient may do it.
pub fn prendre(op: &mut Op<'_>, rpps: &Rpps) -> Resultat<(Praticien, bool)> {
    if !op.acteur.peut(Action::GererPatient) {
        op.exiger(Action::GererAnnuaire)?;
    }
    if let Some(connu) = store::praticien_de_numero(op, rpps.as_str())? {
        return Ok((connu, false));
    }
    let connaissance = connaissance(op, rpps)?;
    let Some(connu) = connaissance.professionnel.as_ref().filter(|connu| connu.disparu_le.is_none()) else {
        return Err(AnnuaireNationalError::ProfessionnelIntrouvable.into());
    };
    let (saisi, suivi) = rapprochement::depuis_l_annuaire(rpps, connu);
    let etablissement_id = etablissement_de(op, connu)?;
    let neuf = super::nouveau(op, PraticienSaisi { etablissement_id, ..saisi }, suivi);
    let mut complet = rapprochement::rapprocher(&neuf, &connaissance, op.maintenant).unwrap_or(neuf);
    complet.annuaire.lu_le = Some(op.maintenant);
    store::inserer_praticien(op, &complet)?;
    op.tracer(Evenement::sur("prendre", "praticien", complet.id.uuid()).version(1))?;
    Ok((complet, true))
}

/// The établissement of the region where the person practises, if there is one only.
fn etablissement_de(op: &mut Op<'_>, connu: &ProfessionnelNational) -> Resultat<Option<crate::kernel::ids::EtablissementId>> {
    let mut trouves = Vec::new();
    for finess in connu.lieux.iter().filter_map(|lieu| lieu.finess.as_deref()) {
        trouves.extend(store::etablissement_de_finess(op, finess)?);
    }
    trouves.sort_unstable();
    trouves.dedup();
    Ok(if trouves.len() == 1 { trouves.pop() } else { None })
}

/// How many professionals in practice can be written to, general practitioners apart.
pub fn couverture(op: &mut Op<'_>) -> Resultat<Couverture> {
    op.exiger(Action::LireAnnuaire)?;
    let (mut couverture, mut apres) = (Couverture::default(), None);
    loop {
        let praticiens = store::praticiens(op, &store::FiltrePraticiens::default(), apres, 500)?;
        let Some(dernier) = praticiens.last() else { return Ok(couverture) };
        apres = Some(dernier.id);
        for praticien in praticiens.iter().filter(|p| p.actif) {
            let joignable = u32::from(adresse_securisee(op, praticien).is_some());
            couverture.professionnels += 1;
            couverture.joignables += joignable;
            if praticien.est_generaliste() {
                couverture.generalistes += 1;
                couverture.generalistes_joignables += joignable;
            }
        }
    }
}
