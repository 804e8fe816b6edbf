//! Why an act was done and how it ended, as the access trace tells it.

crate::enum_texte! {
    /// Why an act was done (`purposeOfUse` of an AuditEvent).
    pub enum MotifActe {
        /// Care of the patient: the ordinary case.
        Soins => "soins",
        /// Emergency access beyond the ordinary rights (bris de glace).
        Urgence => "urgence",
        /// Running the service: directory, accounts, templates, statistics.
        Administration => "administration",
        /// Data protection: reading the trace, answering a patient.
        Controle => "controle",
        /// What keeps meetings going when the service cannot be reached: the continuity kit.
        Continuite => "continuite",
        /// The service itself.
        Technique => "technique",
    }
}

crate::enum_texte! {
    /// How an act ended.
    pub enum IssueActe {
        /// It was done.
        Accepte => "accepte",
        /// It was refused.
        Refuse => "refuse",
    }
}
