//! The tables as the queries see them, over the portable SQL types of `crate::db::types`. Written by
//! hand beside the migrations; `tests/schema_parity.rs` proves that both databases agree with it.

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    territoire (id) {
        id -> DbUuid,
        code -> Text,
        nom -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    etablissement (id) {
        id -> DbUuid,
        finess -> Text,
        finess_juridique -> Nullable<Text>,
        raison_sociale -> Text,
        recherche -> Text,
        college -> Text,
        territoire_id -> Nullable<DbUuid>,
        adresse -> Nullable<Text>,
        code_postal -> Nullable<Text>,
        commune -> Nullable<Text>,
        autorise_cancer -> Bool,
        actif -> Bool,
        version -> BigInt,
        cree_le -> DbInstant,
        modifie_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    centre_3c (id) {
        id -> DbUuid,
        code -> Text,
        nom -> Text,
        territoire_id -> Nullable<DbUuid>,
        etablissement_id -> Nullable<DbUuid>,
        courriel -> Nullable<Text>,
        telephone -> Nullable<Text>,
        version -> BigInt,
        cree_le -> DbInstant,
        modifie_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    centre_3c_etablissement (centre_3c_id, etablissement_id) {
        centre_3c_id -> DbUuid,
        etablissement_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    praticien (id) {
        id -> DbUuid,
        rpps -> Nullable<Text>,
        civilite -> Nullable<Text>,
        titre -> Nullable<Text>,
        nom -> Text,
        prenom -> Text,
        recherche -> Text,
        profession -> Text,
        specialite -> Nullable<Text>,
        mode_exercice -> Text,
        etablissement_id -> Nullable<DbUuid>,
        telephone -> Nullable<Text>,
        courriel -> Nullable<Text>,
        actif -> Bool,
        version -> BigInt,
        cree_le -> DbInstant,
        modifie_le -> DbInstant,
        annuaire_specialite -> Nullable<Text>,
        annuaire_mode_exercice -> Nullable<Text>,
        annuaire_lu_le -> Nullable<DbInstant>,
        annuaire_disparu_le -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    praticien_adresse (id) {
        id -> DbUuid,
        praticien_id -> DbUuid,
        adresse -> Text,
        type_bal -> Text,
        rang -> BigInt,
        active -> Bool,
        cree_le -> DbInstant,
        origine -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    compte (id) {
        id -> DbUuid,
        identifiant -> Text,
        empreinte_mot_de_passe -> Nullable<Text>,
        nom -> Text,
        praticien_id -> Nullable<DbUuid>,
        actif -> Bool,
        fin_le -> Nullable<Date>,
        version -> BigInt,
        cree_le -> DbInstant,
        modifie_le -> DbInstant,
        revu_le -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    habilitation (id) {
        id -> DbUuid,
        compte_id -> DbUuid,
        role -> Text,
        perimetre -> Text,
        perimetre_id -> Nullable<DbUuid>,
        debut -> Date,
        fin -> Nullable<Date>,
        accordee_par -> Nullable<DbUuid>,
        cree_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    session (id) {
        id -> DbUuid,
        compte_id -> DbUuid,
        empreinte_jeton -> Text,
        empreinte_precedente -> Nullable<Text>,
        cree_le -> DbInstant,
        rafraichie_le -> DbInstant,
        expire_le -> DbInstant,
        revoquee_le -> Nullable<DbInstant>,
        motif_revocation -> Nullable<Text>,
        moyen -> Text,
        support -> Text,
        inactivite_secondes -> BigInt,
        authentifiee_le -> DbInstant,
        entiere_le -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    facteur (id) {
        id -> DbUuid,
        compte_id -> DbUuid,
        genre -> Text,
        libelle -> Text,
        secret_scelle -> Nullable<Text>,
        cle_publique -> Nullable<DbJson>,
        identifiant_webauthn -> Nullable<Text>,
        dernier_pas -> Nullable<BigInt>,
        cree_le -> DbInstant,
        utilise_le -> Nullable<DbInstant>,
        retire_le -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    code_secours (id) {
        id -> DbUuid,
        compte_id -> DbUuid,
        empreinte -> Text,
        cree_le -> DbInstant,
        utilise_le -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    defi (id) {
        id -> DbUuid,
        compte_id -> DbUuid,
        empreinte_jeton -> Text,
        etape -> Text,
        support -> Text,
        etat -> Nullable<DbJson>,
        echecs -> BigInt,
        cree_le -> DbInstant,
        expire_le -> DbInstant,
        consomme_le -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    ralentissement (empreinte) {
        empreinte -> Text,
        echecs -> BigInt,
        dernier_le -> DbInstant,
        bloque_jusqu_a -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::DbUuid;

    scellement (rang) {
        rang -> BigInt,
        trace_id -> DbUuid,
        empreinte -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::DbInstant;

    purge_trace (rang) {
        rang -> BigInt,
        empreinte -> Binary,
        avant -> DbInstant,
        lignes -> BigInt,
        purge_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson};

    regle_acces (code) {
        code -> Text,
        libelle -> Text,
        active -> Bool,
        seuil -> BigInt,
        parametres -> Nullable<DbJson>,
        version -> BigInt,
        modifie_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    alerte_acces (id) {
        id -> DbUuid,
        regle -> Text,
        jour -> Date,
        sujet -> Text,
        compte_id -> Nullable<DbUuid>,
        patient_id -> Nullable<DbUuid>,
        nombre -> BigInt,
        seuil -> BigInt,
        details -> DbJson,
        verdict -> Nullable<Text>,
        commentaire -> Nullable<Text>,
        juge_par -> Nullable<DbUuid>,
        juge_le -> Nullable<DbInstant>,
        version -> BigInt,
        cree_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    trace (id) {
        id -> DbUuid,
        instant -> DbInstant,
        emetteur -> DbUuid,
        numero -> BigInt,
        compte_id -> Nullable<DbUuid>,
        acteur -> Text,
        session_id -> Nullable<DbUuid>,
        role -> Nullable<Text>,
        perimetre_type -> Nullable<Text>,
        perimetre_id -> Nullable<DbUuid>,
        operation -> Nullable<Text>,
        action -> Text,
        objet_type -> Text,
        objet_id -> Nullable<DbUuid>,
        objet_version -> Nullable<BigInt>,
        patient_id -> Nullable<DbUuid>,
        champs -> Nullable<DbJson>,
        motif -> Nullable<Text>,
        resultat -> Text,
        code -> Nullable<Text>,
        requete_id -> Nullable<Text>,
        adresse -> Nullable<Text>,
        au_nom_de -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    idempotence (compte_id, cle) {
        compte_id -> DbUuid,
        cle -> Text,
        empreinte -> Text,
        statut -> BigInt,
        reponse -> DbJson,
        localisation -> Nullable<Text>,
        etag -> Nullable<Text>,
        cree_le -> DbInstant,
        expire_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    job (id) {
        id -> DbUuid,
        genre -> Text,
        charge -> DbJson,
        etat -> Text,
        tentatives -> BigInt,
        tentatives_max -> BigInt,
        pret_le -> DbInstant,
        bail_jusqu_a -> Nullable<DbInstant>,
        bail_par -> Nullable<Text>,
        derniere_erreur -> Nullable<Text>,
        cree_le -> DbInstant,
        termine_le -> Nullable<DbInstant>,
        etape -> Nullable<Text>,
        fait -> BigInt,
        total -> BigInt,
        arret_demande -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    jeu_de_valeurs (code, version) {
        code -> Text,
        version -> Text,
        oid -> Text,
        nom -> Text,
        empreinte -> Text,
        courant -> Bool,
        charge_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    concept (jeu, version, code) {
        jeu -> Text,
        version -> Text,
        code -> Text,
        systeme -> Text,
        libelle -> Text,
        rang -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    synonymes (jeu, version) {
        jeu -> Text,
        version -> Text,
        contenu -> DbJson,
        empreinte -> Text,
        charge_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    bloc_fiche (id) {
        id -> DbUuid,
        code -> Text,
        version -> Text,
        nom -> Text,
        contenu -> DbJson,
        empreinte -> Text,
        charge_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    modele_fiche (id) {
        id -> DbUuid,
        code -> Text,
        version -> Text,
        nom -> Text,
        schema_json -> DbJson,
        presentation -> DbJson,
        valable_du -> Date,
        valable_au -> Nullable<Date>,
        empreinte -> Text,
        charge_le -> DbInstant,
        derives -> DbJson,
        composition -> Nullable<DbJson>,
        usage -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    regle_quorum (id) {
        id -> DbUuid,
        code -> Text,
        version -> Text,
        nom -> Text,
        contenu -> DbJson,
        valable_du -> Date,
        valable_au -> Nullable<Date>,
        empreinte -> Text,
        charge_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    regle_alerte (id) {
        id -> DbUuid,
        code -> Text,
        version -> Text,
        nom -> Text,
        contenu -> DbJson,
        valable_du -> Date,
        valable_au -> Nullable<Date>,
        empreinte -> Text,
        charge_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    brouillon_referentiel (id) {
        id -> DbUuid,
        genre -> Text,
        code -> Text,
        contenu -> Text,
        note -> Nullable<Text>,
        version -> BigInt,
        auteur_id -> Nullable<DbUuid>,
        auteur_nom -> Text,
        cree_le -> DbInstant,
        modifie_le -> DbInstant,
        publie_version -> Nullable<Text>,
        publie_le -> Nullable<DbInstant>,
        publie_par -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    retrait_referentiel (id) {
        id -> DbUuid,
        genre -> Text,
        code -> Text,
        version -> Text,
        valable_au -> Date,
        motif -> Text,
        auteur_id -> Nullable<DbUuid>,
        auteur_nom -> Text,
        cree_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    rcp (id) {
        id -> DbUuid,
        code -> Text,
        nom -> Text,
        acronyme -> Nullable<Text>,
        recherche -> Text,
        numero_rrc -> Nullable<Text>,
        numero_gestionnaire -> Nullable<Text>,
        numero_national -> Nullable<Text>,
        type_rcp -> Text,
        categorie_recours -> Nullable<Text>,
        reseau_cancer_rare -> Nullable<Text>,
        nature -> Text,
        appareil -> Nullable<Text>,
        organes -> DbJson,
        traitement_soins -> Nullable<Text>,
        theme -> Text,
        niveau -> Text,
        expertise -> Bool,
        centre_3c_id -> DbUuid,
        etablissement_id -> DbUuid,
        secretariat -> DbJson,
        lieu -> Nullable<Text>,
        lien_visio -> Nullable<Text>,
        recurrence -> Nullable<DbJson>,
        delai_inscription_heures -> BigInt,
        capacite -> Nullable<BigInt>,
        regle_quorum -> Text,
        modele_fiche -> Text,
        modalites -> Nullable<Text>,
        etat -> Text,
        motif_etat -> Nullable<Text>,
        version -> BigInt,
        cree_le -> DbInstant,
        modifie_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    rcp_etablissement (rcp_id, etablissement_id) {
        rcp_id -> DbUuid,
        etablissement_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    rcp_membre (id) {
        id -> DbUuid,
        rcp_id -> DbUuid,
        praticien_id -> DbUuid,
        fonction -> Text,
        clause -> Nullable<Text>,
        debut -> Date,
        fin -> Nullable<Date>,
        cree_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    reunion (id) {
        id -> DbUuid,
        rcp_id -> DbUuid,
        debut -> DbInstant,
        fin -> DbInstant,
        occurrence -> Nullable<DbInstant>,
        lieu -> Nullable<Text>,
        lien_visio -> Nullable<Text>,
        etat -> Text,
        date_limite_inscription -> DbInstant,
        capacite -> Nullable<BigInt>,
        motif_annulation -> Nullable<Text>,
        dupliquee_de -> Nullable<DbUuid>,
        sequence -> BigInt,
        convoquee_le -> Nullable<DbInstant>,
        ouverte_le -> Nullable<DbInstant>,
        close_le -> Nullable<DbInstant>,
        close_par -> Nullable<DbUuid>,
        validee_le -> Nullable<DbInstant>,
        validee_par -> Nullable<DbUuid>,
        version -> BigInt,
        cree_le -> DbInstant,
        modifie_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    presence (id) {
        id -> DbUuid,
        reunion_id -> DbUuid,
        praticien_id -> DbUuid,
        clause -> Nullable<Text>,
        permanent -> Bool,
        statut -> Text,
        arrivee -> Nullable<DbInstant>,
        depart -> Nullable<DbInstant>,
        version -> BigInt,
        modifie_le -> DbInstant,
        reponse -> Nullable<Text>,
        repondu_le -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    invitation (id) {
        id -> DbUuid,
        reunion_id -> DbUuid,
        praticien_id -> DbUuid,
        methode -> Text,
        sequence -> BigInt,
        adresse -> Nullable<Text>,
        message_id -> Nullable<Text>,
        etat -> Text,
        tentatives -> BigInt,
        derniere_erreur -> Nullable<Text>,
        cree_le -> DbInstant,
        envoyee_le -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    flux_ical (id) {
        id -> DbUuid,
        empreinte_jeton -> Text,
        compte_id -> DbUuid,
        praticien_id -> Nullable<DbUuid>,
        rcp_id -> Nullable<DbUuid>,
        libelle -> Text,
        cree_le -> DbInstant,
        revoque_le -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    patient (id) {
        id -> DbUuid,
        nom_naissance -> Text,
        nom_utilise -> Nullable<Text>,
        prenoms -> Text,
        premier_prenom -> Text,
        prenom_utilise -> Nullable<Text>,
        sexe -> Text,
        date_naissance -> Date,
        lieu_naissance -> Nullable<Text>,
        recherche_nom -> Text,
        recherche_utilise -> Text,
        recherche_prenom -> Text,
        ins -> Nullable<Text>,
        ins_oid -> Nullable<Text>,
        statut_identite -> Text,
        adresse -> Nullable<Text>,
        code_postal -> Nullable<Text>,
        commune -> Nullable<Text>,
        telephone -> Nullable<Text>,
        decede_le -> Nullable<Date>,
        medecin_traitant_id -> Nullable<DbUuid>,
        version -> BigInt,
        cree_le -> DbInstant,
        modifie_le -> DbInstant,
        homonyme -> Bool,
        douteuse -> Bool,
        fictive -> Bool,
        justificatif -> Nullable<Text>,
        justificatif_le -> Nullable<Date>,
        insi_le -> Nullable<Date>,
        absorbe_par_id -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    patient_identifiant (patient_id, etablissement_id) {
        patient_id -> DbUuid,
        etablissement_id -> DbUuid,
        ipp -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    patient_correspondant (id) {
        id -> DbUuid,
        patient_id -> DbUuid,
        praticien_id -> DbUuid,
        qualite -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    opposition (id) {
        id -> DbUuid,
        patient_id -> DbUuid,
        objet -> Text,
        exprimee_le -> Date,
        recueillie_par -> Nullable<DbUuid>,
        commentaire -> Nullable<Text>,
        cree_le -> DbInstant,
        levee_le -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    lien_patient (patient_id, sujet_id, motif, origine_id) {
        patient_id -> DbUuid,
        sujet_id -> DbUuid,
        motif -> Text,
        origine_id -> DbUuid,
        debut -> DbInstant,
        fin -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    dossier (id) {
        id -> DbUuid,
        patient_id -> DbUuid,
        libelle -> Text,
        topographie -> Nullable<Text>,
        date_diagnostic -> Nullable<Date>,
        referent_id -> Nullable<DbUuid>,
        etat -> Text,
        version -> BigInt,
        cree_le -> DbInstant,
        modifie_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    fiche (id) {
        id -> DbUuid,
        dossier_id -> DbUuid,
        patient_id -> DbUuid,
        modele_code -> Text,
        modele_version -> Text,
        contenu -> DbJson,
        completude -> BigInt,
        etat -> Text,
        auteur_id -> Nullable<DbUuid>,
        auteur_nom -> Text,
        version -> BigInt,
        cree_le -> DbInstant,
        modifie_le -> DbInstant,
        origines -> DbJson,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    inscription (id) {
        id -> DbUuid,
        reunion_id -> DbUuid,
        fiche_id -> DbUuid,
        dossier_id -> DbUuid,
        patient_id -> DbUuid,
        demandeur_id -> DbUuid,
        presentateur_id -> Nullable<DbUuid>,
        rang -> BigInt,
        etat -> Text,
        motif -> Nullable<Text>,
        precision_motif -> Nullable<Text>,
        commentaire -> Nullable<Text>,
        report_de -> Nullable<DbUuid>,
        debut_discussion -> Nullable<DbInstant>,
        fin_discussion -> Nullable<DbInstant>,
        referentiel -> Nullable<DbJson>,
        proposition -> Nullable<DbJson>,
        quorum -> Nullable<DbJson>,
        version -> BigInt,
        cree_le -> DbInstant,
        modifie_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    avis_ecrit (id) {
        id -> DbUuid,
        inscription_id -> DbUuid,
        praticien_id -> DbUuid,
        clause -> Nullable<Text>,
        texte -> Text,
        recu_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    alerte (id) {
        id -> DbUuid,
        inscription_id -> DbUuid,
        patient_id -> DbUuid,
        regle_code -> Text,
        regle_version -> Text,
        niveau -> Text,
        acquittable -> Bool,
        message -> Text,
        action_conseillee -> Nullable<Text>,
        etat -> Text,
        motif_acquittement -> Nullable<Text>,
        acquittee_par -> Nullable<DbUuid>,
        acquittee_le -> Nullable<DbInstant>,
        version -> BigInt,
        cree_le -> DbInstant,
        modifie_le -> DbInstant,
        contact -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    compte_rendu (id) {
        id -> DbUuid,
        inscription_id -> DbUuid,
        reunion_id -> DbUuid,
        rcp_id -> DbUuid,
        dossier_id -> DbUuid,
        patient_id -> DbUuid,
        set_id -> DbUuid,
        numero_version -> BigInt,
        remplace_id -> Nullable<DbUuid>,
        remplace_par_id -> Nullable<DbUuid>,
        courant -> Bool,
        motif_correction -> Nullable<Text>,
        contenu -> DbJson,
        empreinte -> Text,
        statut_cas -> Text,
        date_reunion -> Date,
        centre_3c_id -> DbUuid,
        etablissement_id -> DbUuid,
        etablissement_demandeur_id -> Nullable<DbUuid>,
        territoire_id -> Nullable<DbUuid>,
        theme -> Text,
        type_rcp -> Text,
        expertise -> Bool,
        demandeur_id -> DbUuid,
        age -> BigInt,
        quorum_has -> Nullable<Bool>,
        quorum_regle -> Nullable<Bool>,
        g8 -> Text,
        valide_par -> Nullable<DbUuid>,
        valide_le -> DbInstant,
        gabarit_id -> Nullable<DbUuid>,
        gabarit_lettre_id -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    gabarit (id) {
        id -> DbUuid,
        genre -> Text,
        portee -> Text,
        portee_id -> Nullable<DbUuid>,
        numero -> BigInt,
        etat -> Text,
        nom -> Text,
        source -> Text,
        note -> Nullable<Text>,
        valable_du -> Nullable<Date>,
        valable_au -> Nullable<Date>,
        auteur_id -> Nullable<DbUuid>,
        version -> BigInt,
        cree_le -> DbInstant,
        modifie_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    gabarit_echec (id) {
        id -> DbUuid,
        gabarit_id -> DbUuid,
        compte_rendu_id -> DbUuid,
        ligne -> Nullable<BigInt>,
        colonne -> Nullable<BigInt>,
        cree_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    document (id) {
        id -> DbUuid,
        compte_rendu_id -> Nullable<DbUuid>,
        programme_id -> Nullable<DbUuid>,
        genre -> Text,
        nom -> Text,
        type_mime -> Text,
        empreinte -> Text,
        octets -> Binary,
        cree_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    diffusion (id) {
        id -> DbUuid,
        compte_rendu_id -> Nullable<DbUuid>,
        programme_id -> Nullable<DbUuid>,
        patient_id -> DbUuid,
        praticien_id -> Nullable<DbUuid>,
        etablissement_id -> Nullable<DbUuid>,
        qualite -> Text,
        canal -> Text,
        adresse -> Nullable<Text>,
        etat -> Text,
        message_id -> Nullable<Text>,
        tentatives -> BigInt,
        derniere_erreur -> Nullable<Text>,
        code_retour -> Nullable<Text>,
        retardee_le -> Nullable<DbInstant>,
        supprimee_le -> Nullable<DbInstant>,
        impression_id -> Nullable<DbUuid>,
        version -> BigInt,
        cree_le -> DbInstant,
        modifie_le -> DbInstant,
        envoyee_le -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    tentative (id) {
        id -> DbUuid,
        diffusion_id -> DbUuid,
        numero -> BigInt,
        debut -> DbInstant,
        fin -> Nullable<DbInstant>,
        resultat -> Text,
        code -> Nullable<Text>,
        detail -> Nullable<Text>,
        message_id -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    impression (id) {
        id -> DbUuid,
        compte_id -> Nullable<DbUuid>,
        nombre -> BigInt,
        cree_le -> DbInstant,
        postee_le -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    retour (id) {
        id -> DbUuid,
        cle -> Text,
        message_id -> Nullable<Text>,
        nature -> Text,
        code -> Nullable<Text>,
        detail -> Nullable<Text>,
        original -> Nullable<Text>,
        diffusion_id -> Nullable<DbUuid>,
        etat -> Text,
        octets -> Binary,
        recu_le -> DbInstant,
        traite_le -> Nullable<DbInstant>,
        traite_par -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    transition_diffusion (diffusion_id, rang) {
        diffusion_id -> DbUuid,
        rang -> BigInt,
        avant -> Nullable<Text>,
        apres -> Text,
        acte -> Text,
        moment -> DbInstant,
        compte_id -> Nullable<DbUuid>,
        tentative -> Nullable<BigInt>,
        retour_id -> Nullable<DbUuid>,
        code -> Nullable<Text>,
        detail -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    fait_passage (date_reunion, compte_rendu_id) {
        date_reunion -> Date,
        compte_rendu_id -> DbUuid,
        courant -> Bool,
        patient_id -> DbUuid,
        reunion_id -> DbUuid,
        rcp_id -> DbUuid,
        centre_3c_id -> DbUuid,
        etablissement_id -> DbUuid,
        territoire_id -> Nullable<DbUuid>,
        etablissement_demandeur_id -> Nullable<DbUuid>,
        demandeur_id -> DbUuid,
        theme -> Text,
        type_rcp -> Text,
        niveau -> Text,
        expertise -> Bool,
        statut_cas -> Text,
        motif_report -> Nullable<Text>,
        age -> BigInt,
        sexe -> Text,
        departement -> Nullable<Text>,
        localisation -> Nullable<Text>,
        quorum_has -> Nullable<Bool>,
        quorum_regle -> Nullable<Bool>,
        quorum_national -> Nullable<Text>,
        quorum_regional -> Nullable<Text>,
        double_expertise -> Nullable<Text>,
        avec_proposition -> Bool,
        recours_propose -> Bool,
        essai_propose -> Bool,
        g8 -> Text,
        g8_demi_points -> Nullable<BigInt>,
        geriatrie -> Nullable<Text>,
        fertilite -> Nullable<Text>,
        essai -> Nullable<Text>,
        oncogenetique -> Nullable<Text>,
        soins_support -> Nullable<Text>,
        soins_palliatifs -> Nullable<Text>,
        tabac -> Nullable<Text>,
        alcool -> Nullable<Text>,
        completude -> BigInt,
        medecin_traitant -> Bool,
        delai_inscription -> Nullable<BigInt>,
        delai_compte_rendu -> BigInt,
        delai_diagnostic -> Nullable<BigInt>,
        valide_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    registre_diffusion (version_id) {
        version_id -> DbUuid,
        compte_rendu_id -> Nullable<DbUuid>,
        programme_id -> Nullable<DbUuid>,
        attendus -> BigInt,
        prepare_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    reglage_diffusion (id) {
        id -> Text,
        non_lue_apres_jours -> BigInt,
        envoi_dmp -> Bool,
        envoi_patient -> Bool,
        domaine_patient -> Text,
        version -> BigInt,
        modifie_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    depot_dpi (etablissement_id) {
        etablissement_id -> DbUuid,
        actif -> Bool,
        version -> BigInt,
        modifie_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    demande_envoi_patient (patient_id) {
        patient_id -> DbUuid,
        demandee -> Bool,
        exprimee_le -> Date,
        recueillie_par -> Nullable<DbUuid>,
        version -> BigInt,
        modifie_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    programme (id) {
        id -> DbUuid,
        genre -> Text,
        dossier_id -> DbUuid,
        patient_id -> DbUuid,
        compte_rendu_id -> Nullable<DbUuid>,
        set_id -> DbUuid,
        numero_version -> BigInt,
        remplace_id -> Nullable<DbUuid>,
        remplace_par_id -> Nullable<DbUuid>,
        motif_code -> Nullable<Text>,
        motif_precision -> Nullable<Text>,
        etat -> Text,
        modele_code -> Text,
        modele_version -> Text,
        saisie -> DbJson,
        completude -> BigInt,
        contenu -> Nullable<DbJson>,
        empreinte -> Nullable<Text>,
        remis_le -> Nullable<Date>,
        remis_par -> Nullable<DbUuid>,
        auteur_id -> Nullable<DbUuid>,
        auteur_nom -> Text,
        version -> BigInt,
        cree_le -> DbInstant,
        modifie_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    annuaire_import (id) {
        id -> DbUuid,
        numero -> BigInt,
        genre -> Text,
        fichier -> Text,
        empreinte -> Text,
        octets -> BigInt,
        etat -> Text,
        octets_lus -> BigInt,
        lignes -> BigInt,
        ajoutees -> BigInt,
        modifiees -> BigInt,
        inchangees -> BigInt,
        reapparues -> BigInt,
        disparues -> BigInt,
        doublons -> BigInt,
        refusees -> BigInt,
        vus -> Binary,
        debut_le -> DbInstant,
        modifie_le -> DbInstant,
        fin_le -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    annuaire_refus (import_id, ligne) {
        import_id -> DbUuid,
        ligne -> BigInt,
        code -> Text,
        motif -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    annuaire_activite (numero) {
        numero -> BigInt,
        cle -> Binary,
        empreinte -> BigInt,
        import -> BigInt,
        disparu_le -> Nullable<DbInstant>,
        identification -> Text,
        rpps -> Nullable<Text>,
        nom -> Text,
        prenom -> Text,
        nom_recherche -> Text,
        prenom_recherche -> Text,
        civilite -> Nullable<Text>,
        titre -> Nullable<Text>,
        profession -> Text,
        categorie -> Nullable<Text>,
        savoir_faire_type -> Nullable<Text>,
        savoir_faire -> Nullable<Text>,
        mode_exercice -> Nullable<Text>,
        structure -> Nullable<Text>,
        finess -> Nullable<Text>,
        siret -> Nullable<Text>,
        raison_sociale -> Nullable<Text>,
        enseigne -> Nullable<Text>,
        adresse -> Nullable<Text>,
        code_postal -> Nullable<Text>,
        commune -> Nullable<Text>,
        commune_recherche -> Nullable<Text>,
        departement -> Nullable<Text>,
        telephone -> Nullable<Text>,
        courriel -> Nullable<Text>,
        secteur -> Nullable<Text>,
        fonction -> Nullable<Text>,
        genre_activite -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    annuaire_savoir_faire (numero) {
        numero -> BigInt,
        cle -> Binary,
        empreinte -> BigInt,
        import -> BigInt,
        disparu_le -> Nullable<DbInstant>,
        identification -> Text,
        profession -> Text,
        categorie -> Nullable<Text>,
        savoir_faire_type -> Text,
        savoir_faire -> Text,
        libelle -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    annuaire_bal (numero) {
        numero -> BigInt,
        cle -> Binary,
        empreinte -> BigInt,
        import -> BigInt,
        disparu_le -> Nullable<DbInstant>,
        type_bal -> Text,
        adresse -> Text,
        identification -> Nullable<Text>,
        structure -> Nullable<Text>,
        service -> Nullable<Text>,
        nom -> Nullable<Text>,
        prenom -> Nullable<Text>,
        profession -> Nullable<Text>,
        savoir_faire -> Nullable<Text>,
        dematerialisation -> Nullable<Text>,
        raison_sociale -> Nullable<Text>,
        code_postal -> Nullable<Text>,
        departement -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    annuaire_structure (numero) {
        numero -> BigInt,
        cle -> Binary,
        empreinte -> BigInt,
        import -> BigInt,
        disparu_le -> Nullable<DbInstant>,
        finess -> Text,
        finess_juridique -> Nullable<Text>,
        raison_sociale -> Text,
        adresse -> Nullable<Text>,
        code_postal -> Nullable<Text>,
        commune -> Nullable<Text>,
        departement -> Nullable<Text>,
        telephone -> Nullable<Text>,
        categorie -> Nullable<Text>,
        libelle_categorie -> Nullable<Text>,
        siret -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    domaine_securise (id) {
        id -> DbUuid,
        domaine -> Text,
        depuis -> Date,
        jusqu_au -> Nullable<Date>,
        source -> Text,
        revision -> BigInt,
        cree_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::DbInstant;

    mode_service (cle) {
        cle -> Text,
        lecture_seule -> Bool,
        motif -> Nullable<Text>,
        depuis -> DbInstant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    restriction_acces (id) {
        id -> DbUuid,
        patient_id -> DbUuid,
        motif -> Text,
        posee_par -> DbUuid,
        posee_le -> DbInstant,
        levee_par -> Nullable<DbUuid>,
        levee_le -> Nullable<DbInstant>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    restriction_personne (restriction_id, personne_id) {
        restriction_id -> DbUuid,
        personne_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    examen_restriction (id) {
        id -> DbUuid,
        restriction_id -> DbUuid,
        jusqu_au -> DbInstant,
        verdict -> Text,
        commentaire -> Nullable<Text>,
        examine_par -> DbUuid,
        examine_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    designation_patient (empreinte) {
        empreinte -> Text,
        compte_id -> DbUuid,
        patient_id -> DbUuid,
        expire_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    bris_de_glace (id) {
        id -> DbUuid,
        patient_id -> DbUuid,
        compte_id -> DbUuid,
        acteur -> Text,
        motif -> Text,
        explication -> Text,
        debut -> DbInstant,
        fin -> DbInstant,
        verdict -> Nullable<Text>,
        commentaire -> Nullable<Text>,
        examine_par -> Nullable<DbUuid>,
        examine_le -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    historique_identite (id) {
        id -> DbUuid,
        patient_id -> DbUuid,
        version -> BigInt,
        acte -> Text,
        champs -> DbJson,
        avant -> DbJson,
        motif -> Nullable<Text>,
        compte_id -> Nullable<DbUuid>,
        acteur -> Text,
        instant -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    reglage_identite (cle) {
        cle -> Text,
        contenu -> DbJson,
        version -> BigInt,
        modifie_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    doublon (id) {
        id -> DbUuid,
        premier_id -> DbUuid,
        second_id -> DbUuid,
        score -> BigInt,
        concordances -> DbJson,
        etat -> Text,
        detecte_le -> DbInstant,
        verdict_par -> Nullable<DbUuid>,
        verdict_le -> Nullable<DbInstant>,
        commentaire -> Nullable<Text>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    rapprochement (id) {
        id -> DbUuid,
        conserve_id -> DbUuid,
        absorbe_id -> DbUuid,
        motif -> Text,
        avant -> DbJson,
        fait_par -> Nullable<DbUuid>,
        acteur -> Text,
        fait_le -> DbInstant,
        defait_par -> Nullable<DbUuid>,
        defait_le -> Nullable<DbInstant>,
        motif_separation -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    deplacement (rapprochement_id, sens, tableau, cle) {
        rapprochement_id -> DbUuid,
        sens -> Text,
        tableau -> Text,
        cle -> Text,
        de_id -> DbUuid,
        vers_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    demande_droit (id) {
        id -> DbUuid,
        patient_id -> DbUuid,
        droit -> Text,
        demandeur -> Text,
        identite_verifiee -> Nullable<Text>,
        objet -> Text,
        recue_le -> Date,
        echeance -> Date,
        motif_prolongation -> Nullable<Text>,
        etat -> Text,
        reponse -> Nullable<Text>,
        repondue_le -> Nullable<Date>,
        repondue_par -> Nullable<DbUuid>,
        enregistree_par -> Nullable<DbUuid>,
        version -> BigInt,
        cree_le -> DbInstant,
        modifie_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    gel_conservation (id) {
        id -> DbUuid,
        patient_id -> DbUuid,
        motif -> Text,
        pose_par -> Nullable<DbUuid>,
        debut -> DbInstant,
        leve_par -> Nullable<DbUuid>,
        fin -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    purge (id) {
        id -> DbUuid,
        patient_id -> DbUuid,
        regle -> Text,
        dernier_contact -> Date,
        echeance -> Date,
        etat -> Text,
        proposee_le -> DbInstant,
        visee_par -> Nullable<DbUuid>,
        visee_le -> Nullable<DbInstant>,
        visa_archives -> Nullable<Text>,
        accordee_par -> Nullable<DbUuid>,
        accordee_le -> Nullable<DbInstant>,
        executee_le -> Nullable<DbInstant>,
        motif_rejet -> Nullable<Text>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    pierre_tombale (id) {
        id -> DbUuid,
        patient_id -> DbUuid,
        purgee_le -> DbInstant,
        regle -> Text,
        empreinte -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    identite_federee (id) {
        id -> DbUuid,
        emetteur -> Text,
        sujet -> Text,
        compte_id -> DbUuid,
        rpps -> Nullable<Text>,
        cree_le -> DbInstant,
        utilisee_le -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    depart_federation (empreinte_etat) {
        empreinte_etat -> Text,
        fournisseur -> Text,
        expire_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    session_federee (session_id) {
        session_id -> DbUuid,
        identite_id -> DbUuid,
        acr -> Nullable<Text>,
        jeton_identite -> Nullable<Text>,
        sid -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    client_machine (id) {
        id -> DbUuid,
        etablissement_id -> DbUuid,
        compte_id -> DbUuid,
        nom -> Text,
        portees -> DbJson,
        actif -> Bool,
        version -> BigInt,
        cree_le -> DbInstant,
        modifie_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    certificat_machine (empreinte) {
        empreinte -> Text,
        client_id -> DbUuid,
        ajoute_le -> DbInstant,
        retire_le -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    coupure_machine (id) {
        id -> DbUuid,
        etablissement_id -> DbUuid,
        motif -> Text,
        debut -> DbInstant,
        fin -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    instantane (id) {
        id -> DbUuid,
        annee -> BigInt,
        du -> Date,
        au -> Date,
        etabli_le -> DbInstant,
        etabli_par -> Nullable<DbUuid>,
        version_dictionnaire -> Text,
        passages -> BigInt,
        seances -> BigInt,
        entites -> BigInt,
        participations -> BigInt,
        diffusions -> BigInt,
        noms -> DbJson,
        empreinte -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    instantane_passage (instantane_id, date_reunion, compte_rendu_id) {
        instantane_id -> DbUuid,
        date_reunion -> Date,
        compte_rendu_id -> DbUuid,
        patient -> BigInt,
        reunion_id -> DbUuid,
        rcp_id -> DbUuid,
        centre_3c_id -> DbUuid,
        etablissement_id -> DbUuid,
        territoire_id -> Nullable<DbUuid>,
        etablissement_demandeur_id -> Nullable<DbUuid>,
        theme -> Text,
        type_rcp -> Text,
        niveau -> Text,
        expertise -> Bool,
        statut_cas -> Text,
        motif_report -> Nullable<Text>,
        age -> BigInt,
        sexe -> Text,
        departement -> Nullable<Text>,
        localisation -> Nullable<Text>,
        quorum_has -> Nullable<Bool>,
        quorum_regle -> Nullable<Bool>,
        quorum_national -> Nullable<Text>,
        quorum_regional -> Nullable<Text>,
        double_expertise -> Nullable<Text>,
        avec_proposition -> Bool,
        recours_propose -> Bool,
        essai_propose -> Bool,
        g8 -> Text,
        g8_demi_points -> Nullable<BigInt>,
        geriatrie -> Nullable<Text>,
        fertilite -> Nullable<Text>,
        essai -> Nullable<Text>,
        oncogenetique -> Nullable<Text>,
        soins_support -> Nullable<Text>,
        soins_palliatifs -> Nullable<Text>,
        tabac -> Nullable<Text>,
        alcool -> Nullable<Text>,
        completude -> BigInt,
        medecin_traitant -> Bool,
        delai_inscription -> Nullable<BigInt>,
        delai_compte_rendu -> BigInt,
        delai_diagnostic -> Nullable<BigInt>,
        nouveau_region -> Bool,
        nouveau_rcp -> Bool,
        mt_etat -> Nullable<Text>,
        mt_canal -> Nullable<Text>,
        mt_adresse -> Bool,
        envoye -> Bool,
        delai_envoi -> Nullable<BigInt>,
        hors_region -> Nullable<Bool>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    instantane_seance (instantane_id, id) {
        instantane_id -> DbUuid,
        id -> DbUuid,
        rcp_id -> DbUuid,
        etat -> Text,
        debut -> DbInstant,
        centre_3c_id -> DbUuid,
        etablissement_id -> DbUuid,
        territoire_id -> Nullable<DbUuid>,
        theme -> Text,
        type_rcp -> Text,
        niveau -> Text,
        visio -> Bool,
        discute -> Bool,
        sans_has -> Bool,
        sans_regle -> Bool,
        discute_national -> Bool,
        sans_national -> Bool,
        discute_regional -> Bool,
        sans_regional -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    instantane_entite (instantane_id, id) {
        instantane_id -> DbUuid,
        id -> DbUuid,
        code -> Text,
        nom -> Text,
        centre_3c_id -> DbUuid,
        etablissement_id -> DbUuid,
        territoire_id -> Nullable<DbUuid>,
        theme -> Text,
        type_rcp -> Text,
        niveau -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    instantane_participation (instantane_id, id) {
        instantane_id -> DbUuid,
        id -> DbUuid,
        reunion_id -> DbUuid,
        rcp_id -> DbUuid,
        debut -> DbInstant,
        centre_3c_id -> DbUuid,
        etablissement_id -> DbUuid,
        territoire_id -> Nullable<DbUuid>,
        theme -> Text,
        type_rcp -> Text,
        niveau -> Text,
        praticien_id -> DbUuid,
        nom -> Text,
        prenom -> Text,
        specialite -> Nullable<Text>,
        mode_exercice -> Text,
        visio -> Bool,
        minutes -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    instantane_diffusion (instantane_id, qualite, canal, etat) {
        instantane_id -> DbUuid,
        qualite -> Text,
        canal -> Text,
        etat -> Text,
        nombre -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    campagne (id) {
        id -> DbUuid,
        annee -> BigInt,
        etat -> Text,
        instantane_id -> Nullable<DbUuid>,
        ouverte_le -> DbInstant,
        version -> BigInt,
        modifie_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    campagne_page (campagne_id, centre_3c_id) {
        campagne_id -> DbUuid,
        centre_3c_id -> DbUuid,
        active -> Bool,
        etat -> Text,
        instantane_id -> Nullable<DbUuid>,
        decide_le -> Nullable<DbInstant>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    campagne_acte (id) {
        id -> DbUuid,
        campagne_id -> DbUuid,
        centre_3c_id -> Nullable<DbUuid>,
        instantane_id -> Nullable<DbUuid>,
        acte -> Text,
        texte -> Nullable<Text>,
        ecarts -> DbJson,
        compte_id -> Nullable<DbUuid>,
        nom -> Text,
        moment -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    publication (id) {
        id -> DbUuid,
        campagne_id -> DbUuid,
        annee -> BigInt,
        numero -> BigInt,
        instantane_id -> DbUuid,
        publiee_le -> DbInstant,
        motif -> Nullable<Text>,
        mention -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    publication_document (publication_id, format) {
        publication_id -> DbUuid,
        format -> Text,
        nom -> Text,
        type_mime -> Text,
        taille -> BigInt,
        empreinte -> Text,
        octets -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    projet_recherche (id) {
        id -> DbUuid,
        demandeur_id -> DbUuid,
        demandeur_nom -> Text,
        demande -> DbJson,
        perimetre -> DbJson,
        etat -> Text,
        premiere_par -> Nullable<DbUuid>,
        premiere_le -> Nullable<DbInstant>,
        seconde_par -> Nullable<DbUuid>,
        seconde_le -> Nullable<DbInstant>,
        produit_le -> Nullable<DbInstant>,
        jusqu_au -> Nullable<DbInstant>,
        fin_le -> Nullable<DbInstant>,
        motif_fin -> Nullable<Text>,
        secret_scelle -> Nullable<Text>,
        version -> BigInt,
        cree_le -> DbInstant,
        modifie_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    projet_recherche_acte (id) {
        id -> DbUuid,
        projet_id -> DbUuid,
        acte -> Text,
        texte -> Nullable<Text>,
        compte_id -> Nullable<DbUuid>,
        nom -> Text,
        moment -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbJson, DbUuid};

    extrait_recherche (projet_id) {
        projet_id -> DbUuid,
        nom -> Text,
        taille -> BigInt,
        empreinte -> Text,
        octets -> Binary,
        etabli_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbUuid};

    conditions (id) {
        id -> DbUuid,
        version -> Text,
        texte -> Text,
        en_vigueur_le -> Date,
        publiees_par -> Nullable<DbUuid>,
        publiees_le -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbInstant, DbUuid};

    acceptation_conditions (conditions_id, compte_id) {
        conditions_id -> DbUuid,
        compte_id -> DbUuid,
        acceptees_le -> DbInstant,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    territoire,
    etablissement,
    centre_3c,
    centre_3c_etablissement,
    praticien,
    praticien_adresse,
    compte,
    habilitation,
    session,
    trace,
    idempotence,
    job,
    jeu_de_valeurs,
    concept,
    bloc_fiche,
    modele_fiche,
    regle_quorum,
    regle_alerte,
    brouillon_referentiel,
    retrait_referentiel,
    rcp,
    rcp_etablissement,
    rcp_membre,
    reunion,
    presence,
    invitation,
    flux_ical,
    patient,
    patient_identifiant,
    patient_correspondant,
    opposition,
    lien_patient,
    dossier,
    fiche,
    inscription,
    avis_ecrit,
    alerte,
    compte_rendu,
    fait_passage,
    gabarit,
    gabarit_echec,
    document,
    diffusion,
    tentative,
    programme,
    impression,
    retour,
    transition_diffusion,
    registre_diffusion,
    reglage_diffusion,
    depot_dpi,
    demande_envoi_patient,
    restriction_acces,
    restriction_personne,
    examen_restriction,
    designation_patient,
    bris_de_glace,
    historique_identite,
    reglage_identite,
    doublon,
    rapprochement,
    deplacement,
    demande_droit,
    gel_conservation,
    purge,
    pierre_tombale,
    identite_federee,
    depart_federation,
    session_federee,
    client_machine,
    certificat_machine,
    coupure_machine,
    instantane,
    instantane_passage,
    instantane_seance,
    instantane_entite,
    instantane_participation,
    instantane_diffusion,
    campagne,
    campagne_page,
    campagne_acte,
    publication,
    publication_document,
    conditions,
    acceptation_conditions,
);

diesel::allow_tables_to_appear_in_same_query!(scellement, trace);
diesel::allow_tables_to_appear_in_same_query!(projet_recherche, projet_recherche_acte, extrait_recherche);
