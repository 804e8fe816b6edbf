-- The patients absorbed by others become patients again, without what they had.
DROP TRIGGER compte_rendu_immuable;
DROP TRIGGER compte_rendu_indelebile;
DROP TRIGGER programme_immuable;
DROP TRIGGER programme_indelebile;
DROP TRIGGER transition_diffusion_indelebile;
DROP TRIGGER registre_diffusion_indelebile;
DROP TRIGGER retour_indelebile;
DROP TABLE pierre_tombale;
DROP TABLE purge;
DROP TABLE gel_conservation;
DROP TABLE demande_droit;
DROP TABLE deplacement;
DROP TABLE rapprochement;
DROP TABLE doublon;
DROP TABLE reglage_identite;
DROP TABLE historique_identite;
DROP INDEX patient_absorbe_par_id;
ALTER TABLE patient DROP COLUMN absorbe_par_id;
ALTER TABLE patient DROP COLUMN insi_le;
ALTER TABLE patient DROP COLUMN justificatif_le;
ALTER TABLE patient DROP COLUMN justificatif;
ALTER TABLE patient DROP COLUMN fictive;
ALTER TABLE patient DROP COLUMN douteuse;
ALTER TABLE patient DROP COLUMN homonyme;
CREATE TRIGGER compte_rendu_immuable BEFORE UPDATE ON compte_rendu
WHEN NEW.id IS NOT OLD.id OR NEW.inscription_id IS NOT OLD.inscription_id OR NEW.reunion_id IS NOT OLD.reunion_id OR NEW.rcp_id IS NOT OLD.rcp_id
    OR NEW.dossier_id IS NOT OLD.dossier_id OR NEW.patient_id IS NOT OLD.patient_id OR NEW.set_id IS NOT OLD.set_id
    OR NEW.numero_version IS NOT OLD.numero_version OR NEW.remplace_id IS NOT OLD.remplace_id OR NEW.motif_correction IS NOT OLD.motif_correction
    OR NEW.contenu IS NOT OLD.contenu OR NEW.empreinte IS NOT OLD.empreinte OR NEW.statut_cas IS NOT OLD.statut_cas
    OR NEW.date_reunion IS NOT OLD.date_reunion OR NEW.centre_3c_id IS NOT OLD.centre_3c_id OR NEW.etablissement_id IS NOT OLD.etablissement_id
    OR NEW.etablissement_demandeur_id IS NOT OLD.etablissement_demandeur_id OR NEW.territoire_id IS NOT OLD.territoire_id
    OR NEW.theme IS NOT OLD.theme OR NEW.type_rcp IS NOT OLD.type_rcp OR NEW.expertise IS NOT OLD.expertise
    OR NEW.demandeur_id IS NOT OLD.demandeur_id OR NEW.age IS NOT OLD.age OR NEW.quorum_has IS NOT OLD.quorum_has
    OR NEW.quorum_regle IS NOT OLD.quorum_regle OR NEW.g8 IS NOT OLD.g8 OR NEW.valide_par IS NOT OLD.valide_par
    OR NEW.valide_le IS NOT OLD.valide_le
BEGIN
    SELECT RAISE(ABORT, 'compte_rendu_immuable');
END;
CREATE TRIGGER compte_rendu_indelebile BEFORE DELETE ON compte_rendu
BEGIN
    SELECT RAISE(ABORT, 'compte_rendu_indelebile');
END;
CREATE TRIGGER programme_immuable BEFORE UPDATE ON programme
WHEN OLD.etat <> 'brouillon' AND (
    NEW.etat = 'brouillon' OR (OLD.etat = 'remplace' AND NEW.etat <> 'remplace')
    OR NEW.id IS NOT OLD.id OR NEW.genre IS NOT OLD.genre OR NEW.dossier_id IS NOT OLD.dossier_id OR NEW.patient_id IS NOT OLD.patient_id
    OR NEW.compte_rendu_id IS NOT OLD.compte_rendu_id OR NEW.set_id IS NOT OLD.set_id OR NEW.numero_version IS NOT OLD.numero_version
    OR NEW.remplace_id IS NOT OLD.remplace_id OR NEW.motif_code IS NOT OLD.motif_code OR NEW.motif_precision IS NOT OLD.motif_precision
    OR NEW.modele_code IS NOT OLD.modele_code OR NEW.modele_version IS NOT OLD.modele_version OR NEW.saisie IS NOT OLD.saisie
    OR NEW.completude IS NOT OLD.completude OR NEW.contenu IS NOT OLD.contenu OR NEW.empreinte IS NOT OLD.empreinte
    OR NEW.remis_le IS NOT OLD.remis_le OR NEW.remis_par IS NOT OLD.remis_par OR NEW.auteur_id IS NOT OLD.auteur_id
    OR NEW.auteur_nom IS NOT OLD.auteur_nom OR NEW.cree_le IS NOT OLD.cree_le
)
BEGIN
    SELECT RAISE(ABORT, 'programme_immuable');
END;
CREATE TRIGGER programme_indelebile BEFORE DELETE ON programme
WHEN OLD.etat <> 'brouillon'
BEGIN
    SELECT RAISE(ABORT, 'programme_indelebile');
END;
CREATE TRIGGER transition_diffusion_indelebile BEFORE DELETE ON transition_diffusion
BEGIN
    SELECT RAISE(ABORT, 'transition_diffusion_indelebile');
END;
CREATE TRIGGER registre_diffusion_indelebile BEFORE DELETE ON registre_diffusion
BEGIN
    SELECT RAISE(ABORT, 'registre_diffusion_indelebile');
END;
CREATE TRIGGER retour_indelebile BEFORE DELETE ON retour
BEGIN
    SELECT RAISE(ABORT, 'retour_indelebile');
END;
