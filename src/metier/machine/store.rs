//! Queries on clients, certificates and times when an établissement is shut out.

use super::model::{CertificatMachine, ClientMachine, Coupure, MachineError, Portee};
use crate::{
    db::{
        Op, ou_doublon,
        schema::{certificat_machine, client_machine, coupure_machine},
        types::{At, Json},
    },
    kernel::{
        Panne, Resultat,
        ids::{ClientMachineId, CompteId, CoupureId, EtablissementId},
    },
};
use diesel::{insert_into, prelude::*, update};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = client_machine, treat_none_as_default_value = false)]
struct LigneClient {
    id: ClientMachineId,
    etablissement_id: EtablissementId,
    compte_id: CompteId,
    nom: String,
    portees: Json,
    actif: bool,
    version: i64,
    cree_le: At,
    modifie_le: At,
}

impl LigneClient {
    fn new(c: &ClientMachine) -> Result<Self, Panne> {
        Ok(Self {
            id: c.id,
            etablissement_id: c.etablissement_id,
            compte_id: c.compte_id,
            nom: c.nom.clone(),
            portees: Json(serde_json::to_value(&c.portees).map_err(|e| Panne::new("portées d'un client", e))?),
            actif: c.actif,
            version: c.version,
            cree_le: At(c.cree_le),
            modifie_le: At(c.modifie_le),
        })
    }

    fn avec(self, certificats: Vec<CertificatMachine>) -> Result<ClientMachine, Panne> {
        let portees: Vec<Portee> =
            serde_json::from_value(self.portees.0).map_err(|e| Panne::new(format!("client {} : portées", self.id), e))?;
        Ok(ClientMachine {
            id: self.id,
            etablissement_id: self.etablissement_id,
            compte_id: self.compte_id,
            nom: self.nom,
            portees,
            actif: self.actif,
            version: self.version,
            cree_le: self.cree_le.0,
            modifie_le: self.modifie_le.0,
            certificats,
        })
    }
}

pub(super) fn inserer(op: &mut Op<'_>, client: &ClientMachine) -> Resultat<()> {
    insert_into(client_machine::table).values(&LigneClient::new(client)?).execute(op.conn)?;
    Ok(())
}

pub(super) fn enregistrer(op: &mut Op<'_>, client: &ClientMachine) -> Resultat<()> {
    update(client_machine::table.find(client.id)).set(&LigneClient::new(client)?).execute(op.conn)?;
    Ok(())
}

pub(super) fn trouver(op: &mut Op<'_>, id: ClientMachineId) -> Resultat<Option<ClientMachine>> {
    let ligne: Option<LigneClient> = client_machine::table.find(id).select(LigneClient::as_select()).first(op.conn).optional()?;
    completer(op, ligne)
}

/// The client of a certificate in force.
pub(super) fn par_certificat(op: &mut Op<'_>, empreinte: &str) -> Resultat<Option<ClientMachine>> {
    let ligne: Option<LigneClient> = client_machine::table
        .inner_join(certificat_machine::table.on(certificat_machine::client_id.eq(client_machine::id)))
        .filter(certificat_machine::empreinte.eq(empreinte))
        .filter(certificat_machine::retire_le.is_null())
        .select(LigneClient::as_select())
        .first(op.conn)
        .optional()?;
    completer(op, ligne)
}

pub(super) fn lister(op: &mut Op<'_>, etablissement: Option<EtablissementId>) -> Resultat<Vec<ClientMachine>> {
    let mut requete = client_machine::table.order(client_machine::id).select(LigneClient::as_select()).into_boxed();
    if let Some(etablissement) = etablissement {
        requete = requete.filter(client_machine::etablissement_id.eq(etablissement));
    }
    let lignes: Vec<LigneClient> = requete.load(op.conn)?;
    lignes
        .into_iter()
        .map(|ligne| {
            let certificats = certificats(op, ligne.id)?;
            Ok(ligne.avec(certificats)?)
        })
        .collect()
}

fn completer(op: &mut Op<'_>, ligne: Option<LigneClient>) -> Resultat<Option<ClientMachine>> {
    let Some(ligne) = ligne else { return Ok(None) };
    let certificats = certificats(op, ligne.id)?;
    Ok(Some(ligne.avec(certificats)?))
}

fn certificats(op: &mut Op<'_>, client: ClientMachineId) -> Resultat<Vec<CertificatMachine>> {
    let lignes: Vec<(String, At)> = certificat_machine::table
        .filter(certificat_machine::client_id.eq(client))
        .filter(certificat_machine::retire_le.is_null())
        .order((certificat_machine::ajoute_le, certificat_machine::empreinte))
        .select((certificat_machine::empreinte, certificat_machine::ajoute_le))
        .load(op.conn)?;
    Ok(lignes.into_iter().map(|(empreinte, ajoute_le)| CertificatMachine { empreinte, ajoute_le: ajoute_le.0 }).collect())
}

pub(super) fn ajouter_certificat(op: &mut Op<'_>, client: ClientMachineId, empreinte: &str) -> Resultat<()> {
    insert_into(certificat_machine::table)
        .values((
            certificat_machine::empreinte.eq(empreinte),
            certificat_machine::client_id.eq(client),
            certificat_machine::ajoute_le.eq(At(op.maintenant)),
        ))
        .execute(op.conn)
        .map_err(|e| ou_doublon(e, "certificat_machine_pkey", "certificat_machine.empreinte", MachineError::CertificatPris))?;
    Ok(())
}

pub(super) fn retirer_certificat(op: &mut Op<'_>, client: ClientMachineId, empreinte: &str) -> Resultat<bool> {
    let en_vigueur = certificat_machine::table
        .find(empreinte)
        .filter(certificat_machine::client_id.eq(client))
        .filter(certificat_machine::retire_le.is_null());
    Ok(update(en_vigueur).set(certificat_machine::retire_le.eq(Some(At(op.maintenant)))).execute(op.conn)? == 1)
}

pub(super) fn coupures(op: &mut Op<'_>) -> Resultat<Vec<Coupure>> {
    let lignes: Vec<(CoupureId, EtablissementId, String, At)> = coupure_machine::table
        .filter(coupure_machine::fin.is_null())
        .order(coupure_machine::id)
        .select((coupure_machine::id, coupure_machine::etablissement_id, coupure_machine::motif, coupure_machine::debut))
        .load(op.conn)?;
    Ok(lignes.into_iter().map(|(id, etablissement_id, motif, debut)| Coupure { id, etablissement_id, motif, debut: debut.0 }).collect())
}

pub(super) fn est_coupe(op: &mut Op<'_>, etablissement: EtablissementId) -> Resultat<bool> {
    let ouverte = coupure_machine::table.filter(coupure_machine::etablissement_id.eq(etablissement)).filter(coupure_machine::fin.is_null());
    Ok(ouverte.count().get_result::<i64>(op.conn)? > 0)
}

pub(super) fn couper(op: &mut Op<'_>, coupure: &Coupure) -> Resultat<()> {
    insert_into(coupure_machine::table)
        .values((
            coupure_machine::id.eq(coupure.id),
            coupure_machine::etablissement_id.eq(coupure.etablissement_id),
            coupure_machine::motif.eq(&coupure.motif),
            coupure_machine::debut.eq(At(coupure.debut)),
        ))
        .execute(op.conn)
        .map_err(|e| ou_doublon(e, "coupure_machine_une_seule_ouverte", "coupure_machine.etablissement_id", MachineError::DejaCoupe))?;
    Ok(())
}

pub(super) fn retablir(op: &mut Op<'_>, etablissement: EtablissementId) -> Resultat<bool> {
    let ouverte = coupure_machine::table.filter(coupure_machine::etablissement_id.eq(etablissement)).filter(coupure_machine::fin.is_null());
    Ok(update(ouverte).set(coupure_machine::fin.eq(Some(At(op.maintenant)))).execute(op.conn)? > 0)
}
