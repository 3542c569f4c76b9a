//! Who shows licences of somebody else.

use diesel::table;

table! {
    delegations (id) {
        id -> Text,
        basis -> Text,
        principal_kind -> Text,
        principal_code -> Text,
        principal_name -> Text,
        agent_id -> Text,
        scope -> Nullable<Binary>,
        matter -> Nullable<Text>,
        copies -> Integer,
        first_day -> Text,
        last_day -> Text,
        body_id -> Nullable<Text>,
        opened_kind -> Text,
        opened_by -> Text,
        opened_at -> BigInt,
        settled_kind -> Nullable<Text>,
        settled_by -> Nullable<Text>,
        settled_at -> Nullable<BigInt>,
        ending -> Nullable<Text>,
        ended_kind -> Nullable<Text>,
        ended_by -> Nullable<Text>,
        ended_at -> Nullable<BigInt>,
    }
}

table! {
    delegation_refusals (id) {
        id -> Text,
        delegation_id -> Text,
        licence_id -> Text,
        body_id -> Text,
        window_name -> Nullable<Text>,
        actor_kind -> Text,
        actor_id -> Text,
        purpose -> Text,
        reason -> Text,
        at -> BigInt,
        used_by -> Nullable<Text>,
    }
}

table! {
    delegation_papers (delegation_id) {
        delegation_id -> Text,
        document_number -> Text,
        name -> Text,
        sm3 -> Binary,
        octets -> Binary,
    }
}
