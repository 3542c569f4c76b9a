//! Every route of the public address, with who may.
//!
//! A route is registered by a line here and in no other way, and a line without
//! its `[who]` does not compile. The handler of a line `[may X]` must take
//! `Permit<may::X>` as its first argument, that of a line `[holder]` must take the
//! `Holder`, that of a line `[signed_in]` whoever `SignedIn`, that of a line `[kiosk]` the `Kiosk`, or that does not
//! compile either:
//!
//! ```text
//! PATH, Page or Api {
//!     Verb [public] => handler;
//!     Verb [public Asked] => handler;
//!     Verb [may Capability] => handler;
//!     Verb [holder] => handler;
//!     Verb [signed_in] => handler;
//!     Verb [kiosk] => handler;
//! }
//! ```

mod areas;
#[macro_use]
mod lines;

use super::{
    api::{
        self, audit, copies, jobs, licence, licences, objections, people, receipts, redemptions, resolutions,
        seal_applications, seal_grants, seals, stamps, standings, states, tokens, trust, verifications,
    },
    auth::{Face, Rule, Verb, Who, at_kiosk, held, other_method, proven, route, signed_in},
    health, ocsp, openapi,
    pages::{self, my, office, window},
    problem::PROBLEMS_PATH,
    tsa, well_known,
};
use crate::flow::{
    access::{May, may},
    askers::Asked,
};
use actix_web::web;
use areas::Areas;

routes! {
    "/", Page {
        Get [public] => pages::root;
    }
    "/verify", Page {
        Get [public] => pages::start;
        Post [public File] => pages::verify;
    }
    pages::looking::PATH, Page {
        Post [public Number] => pages::looking::look;
    }
    pages::factor::PATH, Page {
        Get [signed_in] => pages::factor::show;
        Post [signed_in] => pages::factor::change;
    }
    pages::device::PATH, Page {
        Get [public] => pages::device::form;
        Post [public] => pages::device::enrol;
    }
    pages::kiosk::HOME, Page {
        Get [kiosk] => pages::kiosk::home;
        Post [kiosk] => pages::kiosk::look;
    }
    pages::kiosk::BEGIN, Page {
        Get [public] => pages::kiosk::begin;
    }
    pages::kiosk::CHALLENGE, Page {
        Post [public] => pages::kiosk::challenge;
    }
    pages::kiosk::SESSION, Page {
        Post [public] => pages::kiosk::session;
    }
    pages::device::HERE, Page {
        Get [signed_in] => pages::device::here;
        Post [signed_in] => pages::device::appear;
    }
    pages::device::CHALLENGE, Page {
        Post [signed_in] => pages::device::challenge;
    }
    pages::login::PATH, Page {
        Get [public] => pages::login::show;
        Post [public] => pages::login::begin;
    }
    pages::demo::PATH, Page {
        Post [public] => pages::demo::begin;
    }
    pages::away::PATH, Page {
        Post [public] => pages::away::go;
    }
    pages::away::BACK, Page {
        Get [public] => pages::away::back;
    }
    pages::login::END, Page {
        Post [public] => pages::login::end;
    }
    "/C", Page {
        Get [public] => pages::offline_look::show;
        Post [public Code] => pages::offline_look::ask;
    }
    "/C/{code}", Page {
        Get [public Code] => pages::printed::show;
    }
    "/I/{identifier}", Page {
        Get [public Code] => pages::printed::show_identifier;
    }
    "/S/{code}", Page {
        Get [public Code] => pages::shown::show;
    }
    my::HOME, Page {
        Get [holder] => my::home;
    }
    my::SHOW, Page {
        Get [holder] => my::choose;
        Post [holder] => my::show;
    }
    my::COPIES, Page {
        Get [holder] => my::copies;
    }
    my::COPY_NEW, Page {
        Get [holder] => my::copy_form;
        Post [holder] => my::make_copy;
    }
    my::COPY_DOCUMENT, Page {
        Get [holder] => my::copy_document;
    }
    my::OFFLINE, Page {
        Get [holder] => my::choose_offline;
        Post [holder] => my::make_offline;
    }
    my::DISCLOSURE, Page {
        Get [holder] => my::choose_disclosure;
        Post [holder] => my::disclose;
    }
    my::STOP, Page {
        Post [holder] => my::stop;
    }
    my::USES, Page {
        Get [holder] => my::uses;
    }
    my::OBJECT, Page {
        Get [holder] => my::object_form;
        Post [holder] => my::object;
    }
    my::LETTERS, Page {
        Get [holder] => my::letters;
    }
    my::LETTER_KEY, Page {
        Post [holder] => my::activate;
    }
    my::LETTER_NEW, Page {
        Get [holder] => my::blank_letter;
        Post [holder] => my::fill_letter;
    }
    my::LETTER, Page {
        Get [holder] => my::letter;
        Post [holder] => my::sign_letter;
    }
    my::LETTER_PAGE, Page {
        Get [holder] => my::letter_page;
    }
    my::LETTER_DOCUMENT, Page {
        Get [holder] => my::letter_document;
    }
    my::DELEGATIONS, Page {
        Get [holder] => my::delegations;
    }
    // before the one by id, which would take its address
    my::DELEGATION_NEW, Page {
        Get [holder] => my::delegate_form;
        Post [holder] => my::delegate;
    }
    my::DELEGATION, Page {
        Get [holder] => my::delegation;
    }
    my::DELEGATION_ANSWER, Page {
        Post [holder] => my::answer_delegation;
    }
    my::DELEGATION_END, Page {
        Post [holder] => my::end_delegation;
    }
    my::DELEGATION_STAFF, Page {
        Get [holder] => my::staff;
    }
    my::DELEGATION_LEAVE, Page {
        Post [holder] => my::leave_organisation;
    }
    my::DELEGATION_COPY, Page {
        Get [holder] => my::copy_form_for;
        Post [holder] => my::make_copy_for;
    }
    my::DELEGATION_SHOW, Page {
        Get [holder] => my::choose_for;
        Post [holder] => my::show_for;
    }
    office::HOME, Page {
        Get [may SeeWork] => office::home;
    }
    office::NEW, Page {
        Get [may Apply] => office::choose;
    }
    office::NEW_OF_TYPE, Page {
        Get [may Apply] => office::blank;
        Post [may Apply] => office::enter;
    }
    office::APPLICATION, Page {
        Get [may SeeWork] => office::look;
    }
    office::PREVIEW, Page {
        Get [may SeeWork] => office::preview;
    }
    office::EDIT, Page {
        Get [may Apply] => office::edit;
        Post [may Apply] => office::correct;
    }
    office::APPROVE, Page {
        Post [may Approve] => office::approve;
    }
    office::SEND_BACK, Page {
        Post [may Approve] => office::send_back;
    }
    office::REPORT_SEEN, Page {
        Post [may SeeWork] => office::see_report;
    }
    office::OBJECTIONS, Page {
        Get [may SeeWork] => office::objections_desk;
    }
    office::OBJECTION, Page {
        Get [may SeeWork] => office::objection;
        Post [may AnswerObjections] => office::answer_objection;
    }
    office::LICENCE, Page {
        Get [may Read] => office::licence;
    }
    office::DOCUMENT, Page {
        Get [may Read] => office::document;
    }
    office::ACT, Page {
        Get [may Apply] => office::act_form;
        Post [may Apply] => office::enter_act;
    }
    office::SEALS, Page {
        Get [may SeeSeals] => office::seals;
    }
    office::SEAL, Page {
        Get [may SeeSeals] => office::seal;
    }
    office::SEAL_DOCUMENT, Page {
        Get [may SeeSeals] => office::seal_document;
    }
    office::SEAL_DECISION, Page {
        Post [may DecideSeals] => office::decide_seal;
    }
    office::SEAL_FILING, Page {
        Post [may ManageSeals] => office::file_seal;
    }
    office::SEAL_ACTS, Page {
        Post [may ManageSeals] => office::keep_seal;
    }
    office::SEAL_GRANTS, Page {
        Get [may ManageSeals] => office::grant_form;
        Post [may ManageSeals] => office::give_grant;
    }
    office::SEAL_GRANT_END, Page {
        Post [may ManageSeals] => office::take_grant_back;
    }
    office::SEAL_USE_RULE, Page {
        Post [may ManageSeals] => office::set_use_rule;
    }
    office::SEAL_NEW, Page {
        Get [may ManageSeals] => office::apply_seal_form;
        Post [may ManageSeals] => office::apply_seal;
    }
    office::TRUST, Page {
        Get [may SeeTrust] => office::trust;
    }
    office::TRUST_NEW, Page {
        Get [may AcceptTrust] => office::propose_operator_form;
        Post [may AcceptTrust] => office::propose_operator;
    }
    office::TRUST_PROPOSAL, Page {
        Post [may AcceptTrust] => office::decide_operator;
    }
    office::TRUSTED, Page {
        Get [may SeeTrust] => office::trusted;
        Post [may AcceptTrust] => office::decide_list;
    }
    office::TRUST_MEMBERS, Page {
        Post [may AcceptTrust] => office::follow;
    }
    office::DEVICES, Page {
        Get [may ManageDevices] => office::devices;
        Post [may ManageDevices] => office::enter_device;
    }
    office::DEVICE_END, Page {
        Post [may ManageDevices] => office::end_device;
    }
    office::DELEGATIONS, Page {
        Get [may SeeDelegations] => office::delegations_desk;
    }
    // before the one by id, which would take its address
    office::DELEGATION_NEW, Page {
        Get [may TakeDelegations] => office::paper_form;
        Post [may TakeDelegations] => office::take_paper;
    }
    office::GUARDIAN_NEW, Page {
        Get [may RecordGuardians] => office::guardian_form;
        Post [may RecordGuardians] => office::record_guardian;
    }
    office::DELEGATION, Page {
        Get [may SeeDelegations] => office::recorded_delegation;
    }
    office::DELEGATION_DOCUMENT, Page {
        Get [may SeeDelegations] => office::delegation_document;
    }
    office::DELEGATION_DECISION, Page {
        Post [may DecideDelegations] => office::decide_delegation;
    }
    office::DELEGATION_END, Page {
        Post [may EndDelegations] => office::end_recorded;
    }
    window::HOME, Page {
        Get [may ServeAtWindow] => window::home;
        Post [may ServeAtWindow] => window::look;
    }
    window::FILES, Page {
        Post [may ServeAtWindow] => window::files;
    }
    window::FRAMES, Api {
        Post [may ServeAtWindow] => window::frame;
    }
    window::RECEIPT, Page {
        Post [may ServeAtWindow] => window::receipt;
    }
    window::REPORT, Page {
        Post [may ServeAtWindow] => window::report;
    }
    window::SHELL, Page {
        Get [public] => window::shell;
    }
    window::RECHECK, Page {
        Post [may ServeAtWindow] => window::recheck;
    }
    window::KIT, Api {
        Get [may ServeAtWindow] => window::kit;
    }
    window::WORKER, Page {
        Get [public] => window::worker;
    }
    window::MANIFEST, Page {
        Get [public] => window::manifest;
    }
    "/assets/{name}", Page {
        Get [public] => pages::asset;
    }
    "/healthz", Api {
        Get [public] => health::alive;
    }
    "/readyz", Api {
        Get [public] => health::ready;
    }
    well_known::LIST, Api {
        Get [public] => well_known::list;
    }
    well_known::SIGNATURE, Api {
        Get [public] => well_known::signature;
    }
    well_known::REVOCATION, Api {
        Get [public] => well_known::revocation;
    }
    tsa::PATH, Api {
        Post [public] => tsa::answer;
    }
    well_known::LISTS, Api {
        Get [public] => well_known::authority_list;
    }
    ocsp::PATH, Api {
        Post [public] => ocsp::answer;
    }
    ocsp::BY_GET, Api {
        Get [public] => ocsp::answer_get;
    }
    openapi::PATH, Api {
        Get [public] => api::openapi_document;
    }
    PROBLEMS_PATH, Api {
        Get [public] => api::problems;
    }
    verifications::PATH, Api {
        Post [public File] => verifications::create;
    }
    states::PATH, Api {
        Get [public] => states::list;
    }
    standings::BY_CODE, Api {
        Get [public Code] => standings::by_code;
    }
    standings::BY_IDENTIFIER, Api {
        Get [public Code] => standings::by_identifier;
    }
    standings::BY_NUMBER, Api {
        Post [public Number] => standings::by_number;
    }
    seals::STATUS, Api {
        Get [public Code] => seals::status;
    }
    seals::PATH, Api {
        Get [may SeeSeals] => seals::list;
        Post [may ManageSeals] => seal_applications::apply;
    }
    seals::ONE, Api {
        Get [may SeeSeals] => seals::show;
    }
    seals::ACTS, Api {
        Post [may ManageSeals] => seals::act;
    }
    seal_applications::DECISION, Api {
        Post [may DecideSeals] => seal_applications::decide;
    }
    seal_applications::MAKING, Api {
        Post [may ManageSeals] => seal_applications::make;
    }
    seal_applications::FILING, Api {
        Post [may ManageSeals] => seal_applications::file;
    }
    seal_grants::GRANTS, Api {
        Get [may SeeSeals] => seal_grants::grants;
        Post [may ManageSeals] => seal_grants::grant;
    }
    seal_grants::GRANT, Api {
        Delete [may ManageSeals] => seal_grants::revoke;
    }
    seal_grants::LEDGER, Api {
        Get [may SeeSeals] => seal_grants::ledger;
    }
    stamps::PATH, Api {
        Post [may StampDocuments] => stamps::create;
    }
    stamps::DIGESTS, Api {
        Post [may StampDocuments] => stamps::create_of_digest;
    }
    stamps::SEAL, Api {
        Get [may StampDocuments] => stamps::seal;
    }
    trust::PATH, Api {
        Get [may SeeTrust] => trust::list;
        Post [may AcceptTrust] => trust::propose;
    }
    trust::ONE, Api {
        Get [may SeeTrust] => trust::show;
    }
    trust::MEMBERS, Api {
        Post [may AcceptTrust] => trust::follow;
    }
    trust::DECISION, Api {
        Post [may AcceptTrust] => trust::decide;
    }
    trust::PINNING, Api {
        Post [may AcceptTrust] => trust::pin;
    }
    licences::PATH, Api {
        Get [may Read] => licence::list;
        Post [may Issue] => licences::create;
    }
    // before the one by identifier, which would take its address
    licences::MANY, Api {
        Post [may Issue] => licences::create_many;
    }
    licence::ONE, Api {
        Get [may Read] => licence::show;
    }
    licence::DOCUMENT, Api {
        Get [may Read] => licence::document;
    }
    copies::PATH, Api {
        Post [may Issue] => copies::create;
    }
    copies::DOCUMENT, Api {
        Get [may Read] => copies::document;
    }
    licence::ACTS, Api {
        Post [may Act] => licence::act;
    }
    receipts::PATH, Api {
        Post [may MakeReceipt] => receipts::create;
    }
    receipts::ONE, Api {
        Get [may ReadReceipt] => receipts::show;
    }
    redemptions::PATH, Api {
        Post [may Redeem] => redemptions::create;
    }
    resolutions::PATH, Api {
        Post [public] => resolutions::create;
    }
    objections::PATH, Api {
        Get [may SeeWork] => objections::list;
    }
    objections::ANSWER, Api {
        Post [may AnswerObjections] => objections::answer;
    }
    jobs::PATH, Api {
        Post [may Issue] => jobs::create;
    }
    jobs::ONE, Api {
        Get [may Issue] => jobs::show;
    }
    jobs::RESULTS, Api {
        Get [may Issue] => jobs::results;
    }
    tokens::PATH, Api {
        Get [may ManageTokens] => tokens::list;
        Post [may ManageTokens] => tokens::create;
    }
    tokens::ONE, Api {
        Delete [may ManageTokens] => tokens::revoke;
    }
    people::PATH, Api {
        Get [may ManagePeople] => people::list;
        Post [may ManagePeople] => people::create;
    }
    people::ROLES, Api {
        Post [may ManagePeople] => people::set_roles;
    }
    people::SECOND_FACTOR, Api {
        Delete [may ManagePeople] => people::remove_second_factor;
    }
    people::DISABLE, Api {
        Post [may ManagePeople] => people::disable;
    }
    audit::PATH, Api {
        Get [may ReadAudit] => audit::list;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_stands_twice() {
        for (n, rule) in TABLE.iter().enumerate() {
            let twin = TABLE[..n].iter().find(|other| (other.path, other.verb) == (rule.path, rule.verb));
            assert!(twin.is_none(), "{} {}", rule.verb.as_str(), rule.path);
        }
    }
}
