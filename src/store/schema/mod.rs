//! The tables as diesel sees them; made by the migrations.

mod of_accounts;
mod of_bodies;
mod of_delegations;
mod of_devices;
mod of_holders;
mod of_licences;
mod of_outside;
mod of_seals;
mod of_trust;

use diesel::{allow_tables_to_appear_in_same_query, joinable};

pub(in crate::store) use self::{
    of_accounts::*, of_bodies::*, of_delegations::*, of_devices::*, of_holders::*, of_licences::*, of_outside::*,
    of_seals::*, of_trust::*,
};

joinable!(body_names -> bodies (body_id));
joinable!(person_roles -> people (person_id));
joinable!(sessions -> people (person_id));
joinable!(licence_versions -> licences (licence_id));
joinable!(licence_lines -> licences (licence_id));
joinable!(documents -> licence_versions (version_id));
joinable!(acts -> licences (licence_id));
joinable!(job_lines -> jobs (job_id));
joinable!(trust_acceptances -> people (person_id));
joinable!(proposed_operators -> people (proposed_by));
joinable!(holder_sessions -> holders (holder_id));
joinable!(licence_uses -> licences (licence_id));
joinable!(objections -> licence_uses (use_id));
joinable!(document_evidence -> licence_versions (version_id));
joinable!(renewal_members -> renewal_batches (batch_id));
joinable!(delegations -> holders (agent_id));
joinable!(session_devices -> devices (device_id));
joinable!(device_sessions -> devices (device_id));
joinable!(delegation_refusals -> delegations (delegation_id));
joinable!(licence_copies -> licences (licence_id));
joinable!(copy_uses -> licence_copies (copy_id));

allow_tables_to_appear_in_same_query!(bodies, body_names);
allow_tables_to_appear_in_same_query!(jobs, job_lines);
allow_tables_to_appear_in_same_query!(document_evidence, licence_versions, receipts, renewal_batches, renewal_members);
allow_tables_to_appear_in_same_query!(people, person_roles, sessions, trust_acceptances, proposed_operators);
allow_tables_to_appear_in_same_query!(holders, holder_sessions, delegations);
allow_tables_to_appear_in_same_query!(presentations, delegations);
allow_tables_to_appear_in_same_query!(devices, session_devices, device_sessions);
allow_tables_to_appear_in_same_query!(delegation_refusals, delegations);
allow_tables_to_appear_in_same_query!(
    licences,
    licence_versions,
    licence_lines,
    documents,
    acts,
    licence_uses,
    objections,
    licence_copies,
    copy_uses
);
