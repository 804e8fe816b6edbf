//! Which rows each indicator counts: the one place that says it, for its number and for the rows behind it.

use crate::metier::infocentre::model::Indicateur;

/// Which rows of a list an indicator counts, which of them are in the numerator, and the value that is ranked or summed.
/// The row is `x`.
pub(in super::super) struct Comptage {
    pub(in super::super) retenu: &'static str,
    pub(in super::super) numerateur: &'static str,
    pub(in super::super) valeur: Option<&'static str>,
}

const CR: &str = "x.statut_cas <> 'reporte'";
const DISCUTE: &str = "x.statut_cas = 'discute'";
const DISCUTE_HORS_EXPERTISE: &str = "x.statut_cas = 'discute' AND NOT x.expertise";
const A_75_ANS: &str = "x.statut_cas <> 'reporte' AND x.age >= 75";
const G8_FAIT: &str = "x.statut_cas <> 'reporte' AND x.age >= 75 AND x.g8 = 'fait'";
const G8_BAS: &str = "x.statut_cas <> 'reporte' AND x.age >= 75 AND x.g8 = 'fait' AND x.g8_demi_points <= 28";
const AJA: &str = "x.statut_cas <> 'reporte' AND x.age BETWEEN 15 AND 24";
const AJA_DISCUTE: &str = "x.statut_cas = 'discute' AND x.age BETWEEN 15 AND 24";
const AJA_EXPERTISES: &str = "x.statut_cas = 'discute' AND x.age BETWEEN 15 AND 24 AND x.double_expertise IN ('presence', 'avis_ecrit')";
const EN_AGE_DE_PROCREER: &str =
    "x.statut_cas <> 'reporte' AND (x.age < 18 OR (x.age < 40 AND x.sexe = 'feminin') OR (x.age < 50 AND x.sexe <> 'feminin'))";
const ENVOYE_MSSANTE: &str = "x.statut_cas <> 'reporte' AND x.envoye AND x.mt_canal = 'mssante'";
const TENUE: &str = "x.etat <> 'annulee'";
const TENUE_AVEC_DISCUSSION: &str = "x.etat <> 'annulee' AND x.discute";
const TENUE_NATIONALE: &str = "x.etat <> 'annulee' AND x.discute_national";
const TENUE_REGIONALE: &str = "x.etat <> 'annulee' AND x.discute_regional";
const LIBERAL: &str = "x.mode_exercice <> 'salarie'";
const TOUT: &str = "TRUE";

/// The conditions of an indicator; `None` for a quotient of two others.
#[expect(clippy::too_many_lines, reason = "one line an indicator")]
pub(in super::super) const fn comptage(indicateur: Indicateur) -> Option<Comptage> {
    use Indicateur as I;
    let (retenu, numerateur) = match indicateur {
        I::NbEntites | I::NbReunions => (TENUE, TOUT),
        I::NbEntitesAnnuaire => (TOUT, TOUT),
        I::NbReunionsAnnulees => ("x.etat = 'annulee'", TOUT),
        I::NbCr | I::NbPatients => (CR, TOUT),
        I::NbDiscutes => (DISCUTE, TOUT),
        I::NbEnregistres => ("x.statut_cas = 'enregistre'", TOUT),
        I::NbReportes => ("x.statut_cas = 'reporte'", TOUT),
        I::NbNouveaux => ("x.statut_cas <> 'reporte' AND x.nouveau", TOUT),
        I::TxQuorumHas => (DISCUTE_HORS_EXPERTISE, "x.quorum_has IS TRUE"),
        I::TxQuorumRegle => (DISCUTE_HORS_EXPERTISE, "x.quorum_regle IS TRUE"),
        I::TxQuorumInca => {
            ("x.statut_cas = 'discute' AND NOT x.expertise AND x.quorum_national IS NOT NULL", "x.quorum_national = 'atteint'")
        }
        I::TxQuorumRegional => {
            ("x.statut_cas = 'discute' AND NOT x.expertise AND x.quorum_regional IS NOT NULL", "x.quorum_regional = 'atteint'")
        }
        I::TxQuorumHasReunions => (TENUE_AVEC_DISCUSSION, "NOT x.sans_has"),
        I::TxQuorumRegleReunions => (TENUE_AVEC_DISCUSSION, "NOT x.sans_regle"),
        I::TxQuorumIncaReunions => (TENUE_NATIONALE, "NOT x.sans_national"),
        I::TxQuorumRegionalReunions => (TENUE_REGIONALE, "NOT x.sans_regional"),
        I::TxHasNiveau1 => (CR, "x.avec_proposition"),
        I::TxHasNiveau2 => (CR, "x.avec_proposition AND x.quorum_has IS TRUE"),
        I::TxVisio => (TENUE, "x.visio"),
        I::TxVisioPresences => (TOUT, "x.visio"),
        I::DelaiInscriptionMediane | I::DelaiInscriptionP90 => {
            return Some(valeur("x.statut_cas <> 'reporte' AND x.delai_inscription IS NOT NULL", "x.delai_inscription"));
        }
        I::DelaiCrMediane | I::DelaiCrP90 => return Some(valeur(CR, "x.delai_compte_rendu")),
        I::DelaiEnvoiMtMediane | I::DelaiEnvoiMtP90 => {
            return Some(valeur("x.statut_cas <> 'reporte' AND x.envoye AND x.delai_envoi IS NOT NULL", "x.delai_envoi"));
        }
        I::DelaiDiagnosticMediane | I::DelaiDiagnosticP90 => {
            return Some(valeur("x.statut_cas <> 'reporte' AND x.delai_diagnostic IS NOT NULL", "x.delai_diagnostic"));
        }
        I::TxMtIdentifie => (CR, "x.medecin_traitant"),
        I::TxMtAdresseSecurisee => {
            ("x.statut_cas <> 'reporte' AND x.medecin_traitant AND COALESCE(x.mt_etat, '') <> 'opposition'", "x.mt_adresse")
        }
        I::TxCrEnvoyesMt => (CR, "x.envoye"),
        I::TxCrEnvoyesMssante => (CR, "x.envoye AND x.mt_canal = 'mssante'"),
        I::TxCrPostes => (CR, "x.mt_etat = 'postee'"),
        I::TxCrLus => (ENVOYE_MSSANTE, "x.mt_etat IN ('lue', 'integree')"),
        I::TxG8Des75Ans => (A_75_ANS, "x.g8 = 'fait'"),
        I::TxG8Le14 => (G8_FAIT, "x.g8_demi_points <= 28"),
        I::TxAvisGeriatrique => (G8_BAS, "x.geriatrie IN ('demandee', 'faite')"),
        I::NbAja => (AJA, TOUT),
        I::TxAjaDoubleExpertise => (AJA_DISCUTE, "x.double_expertise IN ('presence', 'avis_ecrit')"),
        I::TxAjaPresence => (AJA_EXPERTISES, "x.double_expertise = 'presence'"),
        I::TxFertilite => (EN_AGE_DE_PROCREER, "x.fertilite IS NOT NULL"),
        I::TxEssaiCherche => (CR, "(x.essai_propose OR x.essai IN ('propose', 'aucun', 'non_eligible', 'refuse'))"),
        I::TxEssaiPropose => (CR, "(x.essai_propose OR x.essai = 'propose')"),
        I::TxOncogenetique => (CR, "x.oncogenetique IS NOT NULL"),
        I::TxSoinsSupport => (CR, "x.soins_support IN ('evalues_aucun', 'evalues_orientes', 'refuse')"),
        I::TxSoinsPalliatifs => (CR, "x.soins_palliatifs IN ('evalues_aucun', 'evalues_orientes', 'refuse')"),
        I::TxTabac => (CR, "x.tabac IN ('jamais', 'sevre', 'actif')"),
        I::TxAlcool => (CR, "x.alcool IN ('non', 'sevre', 'a_risque')"),
        I::TxRecours => (DISCUTE, "x.recours_propose"),
        I::Completude => return Some(valeur(CR, "x.completude")),
        I::NbParticipations | I::NbParticipants => (TOUT, TOUT),
        I::NbParticipationsLiberales | I::NbLiberaux => (LIBERAL, TOUT),
        I::HeuresParticipation => return Some(valeur(TOUT, "x.minutes")),
        I::TxHorsRegion => ("x.statut_cas <> 'reporte' AND x.hors_region IS NOT NULL", "x.hors_region"),
        I::TxAutreEtablissement => {
            ("x.statut_cas <> 'reporte' AND x.etablissement_demandeur_id IS NOT NULL", "x.etablissement_demandeur_id <> x.etablissement_id")
        }
        I::PassagesParPatient | I::CrParReunion | I::ParticipationsParLiberal => return None,
    };
    Some(Comptage { retenu, numerateur, valeur: None })
}

const fn valeur(retenu: &'static str, valeur: &'static str) -> Comptage {
    Comptage { retenu, numerateur: TOUT, valeur: Some(valeur) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metier::infocentre::model::dictionnaire::Forme;

    #[test]
    fn un_indicateur_a_des_lignes_si_et_seulement_s_il_a_une_condition() {
        for indicateur in Indicateur::TOUS {
            assert_eq!(indicateur.objet().is_some(), comptage(*indicateur).is_some(), "{indicateur}");
        }
    }

    #[test]
    fn ce_qui_s_ordonne_ou_s_additionne_a_une_valeur_et_rien_d_autre() {
        for indicateur in Indicateur::TOUS {
            let attendue = matches!(indicateur.forme(), Forme::Rang { .. } | Forme::Moyenne | Forme::Somme { .. });
            assert_eq!(comptage(*indicateur).is_some_and(|c| c.valeur.is_some()), attendue, "{indicateur}");
        }
    }
}
