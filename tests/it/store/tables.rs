//! Every table of bodies, people, seals and licences: what goes in comes out,
//! and only for its body.

use super::rows::*;
use crate::support::database::Database;
use yinxin::store::{
    Conn, Store, StoreError, acts,
    bodies::{self, Body, BodyName, Succession},
    catalogue::{self, Entry, Face, TypeUse},
    documents,
    licences::{self, After},
    people::{self, Session},
    seals,
    tokens::{self, Token},
};

on_both!(
    bodies_names_and_successions,
    people_roles_and_sessions,
    tokens_by_their_secret,
    catalogue_faces_and_uses,
    seals_change_for_their_body_only,
    licences_versions_acts_and_documents,
    files_share_parts_and_come_back_whole,
    licences_are_listed_page_by_page,
    what_is_taken_is_named_alike,
);

fn write<T: Send + 'static>(
    store: &Store,
    closure: impl FnMut(&mut Conn) -> Result<T, StoreError> + Send + 'static,
) -> T {
    store.write(closure).unwrap()
}

fn bodies_names_and_successions(database: &Database) {
    let store = database.store();
    let child = Body { parent_id: Some(body(1).id), ..body(2) };
    let name = |from_day: &str, name: &str| BodyName {
        body_id: body(1).id,
        from_day: from_day.to_owned(),
        name: name.to_owned(),
        credit_code: "11430000006122244L".to_owned(),
        region: "430000".to_owned(),
    };
    let (old, new) = (name("2010-01-01", "工商局"), name("2018-11-01", "市场监督管理局"));
    let succession = Succession { body_id: body(1).id, successor_id: body(2).id, from_day: "2026-01-01".to_owned() };
    let rows = (child.clone(), new.clone(), old.clone(), succession.clone());
    write(&store, move |c| {
        bodies::insert(c, &body(1))?;
        bodies::insert(c, &rows.0)?;
        bodies::insert_name(c, &rows.1)?;
        bodies::insert_name(c, &rows.2)?;
        bodies::insert_succession(c, &rows.3)
    });
    store
        .read(|c| {
            let id = &body(1).id;
            assert_eq!(bodies::find(c, &child.id)?, Some(child.clone()));
            assert_eq!(bodies::find(c, "none")?, None);
            assert_eq!(bodies::list(c, "", 1)?, [body(1)]);
            assert_eq!(bodies::list(c, id, 5)?, [child]);
            assert_eq!(bodies::names(c, id)?, [old.clone(), new.clone()]);
            assert_eq!(bodies::name_on(c, id, "2009-12-31")?, None);
            assert_eq!(bodies::name_on(c, id, "2018-10-31")?, Some(old.clone()));
            assert_eq!(bodies::name_on(c, id, "2018-11-01")?, Some(new.clone()));
            assert_eq!(bodies::names_by_credit_code(c, "11430000006122244L")?, [old, new]);
            assert_eq!(bodies::successions(c, id)?, [succession]);
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

fn people_roles_and_sessions(database: &Database) {
    let store = database.store();
    let (own, other) = (body(1).id, body(2).id);
    let officer = person(1, &body(1));
    let session = |mark: u8, expires_at| Session {
        token_hash: vec![mark; 32],
        person_id: person(1, &body(1)).id,
        created_at: 5,
        expires_at,
    };
    write(&store, move |c| {
        two_bodies(c)?;
        people::insert_session(c, &session(1, 100))?;
        people::insert_session(c, &session(2, 200))?;
        people::insert_session(c, &session(3, 300))
    });
    let id = officer.id.clone();
    let changed = write(&store, move |c| {
        Ok([
            people::set_roles(c, &body(1).id, &id, &["officer".to_owned(), "clerk".to_owned()])?,
            people::set_roles(c, &body(2).id, &id, &["operator".to_owned()])?,
            people::set_password_hash(c, &body(1).id, &id, "new")?,
            people::set_password_hash(c, &body(2).id, &id, "stolen")?,
            people::set_disabled(c, &body(1).id, &id, Some(9))?,
            people::set_disabled(c, &body(2).id, &id, None)?,
        ])
    });
    assert_eq!(changed, [true, false, true, false, true, false]);
    let now = people::Person { password_hash: "new".to_owned(), disabled_at: Some(9), ..officer };
    store
        .read(|c| {
            assert_eq!(people::find(c, &own, &now.id)?, Some(now.clone()));
            assert_eq!(people::find(c, &other, &now.id)?, None);
            assert_eq!(people::find_by_login(c, "officer-1")?, Some(now.clone()));
            assert_eq!(people::list(c, &own, "", 9)?, std::slice::from_ref(&now));
            assert_eq!(people::roles(c, &own, &now.id)?, ["clerk", "officer"]);
            assert!(people::roles(c, &other, &now.id)?.is_empty());
            assert_eq!(people::find_session(c, &[1; 32])?, Some((session(1, 100), now.clone())));
            assert_eq!(people::find_session(c, &[9; 32])?, None);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    let id = now.id;
    let ended = write(&store, move |c| {
        let one = people::delete_session(c, &[1; 32])?;
        let again = people::delete_session(c, &[1; 32])?;
        let old = people::delete_sessions_before(c, 201)?;
        let others = people::delete_sessions_of(c, &body(2).id, &id)?;
        Ok((one, again, old, others, people::delete_sessions_of(c, &body(1).id, &id)?))
    });
    assert_eq!(ended, (true, false, 1, 0, 1));
}

fn tokens_by_their_secret(database: &Database) {
    let store = database.store();
    let token = Token {
        id: id(9, 1),
        body_id: body(1).id,
        name: "窗口系统".to_owned(),
        secret_hash: vec![5; 32],
        scopes: "verify issue".to_owned(),
        created_by: Some(id(2, 1)),
        created_at: 1,
        expires_at: Some(2),
        revoked_at: None,
    };
    let row = token.clone();
    let revoked = write(&store, move |c| {
        two_bodies(c)?;
        tokens::insert(c, &row)?;
        assert_eq!(tokens::find_by_secret_hash(c, &row.secret_hash)?, Some(row.clone()));
        let foreign = tokens::revoke(c, &body(2).id, &row.id, 7)?;
        Ok((foreign, tokens::revoke(c, &body(1).id, &row.id, 7)?, tokens::revoke(c, &body(1).id, &row.id, 8)?))
    });
    assert_eq!(revoked, (false, true, false));
    let token = Token { revoked_at: Some(7), ..token };
    store
        .read(|c| {
            assert_eq!(tokens::find(c, &body(1).id, &token.id)?, Some(token.clone()));
            assert_eq!(tokens::find(c, &body(2).id, &token.id)?, None);
            assert_eq!(tokens::list(c, &body(1).id, "", 9)?, std::slice::from_ref(&token));
            assert!(tokens::list(c, &body(1).id, &token.id, 9)?.is_empty());
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

fn catalogue_faces_and_uses(database: &Database) {
    let store = database.store();
    let entry = |type_code: &str, revision, from: &str| Entry {
        type_code: type_code.to_owned(),
        revision,
        entry: br#"{"z":0,"a":[]}"#.to_vec(),
        in_force_from: from.to_owned(),
        recorded_at: 3,
    };
    let entries = [entry("A", 1, "2020-01-01"), entry("A", 2, "2026-01-01"), entry("B", 1, "2020-01-01")];
    let face = |version| Face { name: "food".to_owned(), version, template: vec![0, 1, 2], recorded_at: 4 };
    let used = |type_code: &str, from: &str| TypeUse {
        body_id: body(1).id,
        type_code: type_code.to_owned(),
        from_day: from.to_owned(),
        seal_id: id(3, 1),
        until_day: None,
    };
    let rows = entries.clone();
    let ended = write(&store, move |c| {
        two_bodies(c)?;
        for row in &rows {
            catalogue::insert_entry(c, row)?;
        }
        catalogue::insert_face(c, &face(1))?;
        catalogue::insert_face(c, &face(2))?;
        catalogue::insert_use(c, &used("A", "2026-01-01"))?;
        catalogue::insert_use(c, &used("B", "2026-02-01"))?;
        let own = catalogue::end_use(c, &body(1).id, "A", "2026-01-01", "2026-06-30")?;
        Ok((own, catalogue::end_use(c, &body(2).id, "B", "2026-02-01", "2026-06-30")?))
    });
    assert_eq!(ended, (true, false));
    let [first, second, other] = entries;
    let over = TypeUse { until_day: Some("2026-06-30".to_owned()), ..used("A", "2026-01-01") };
    store
        .read(|c| {
            let own = &body(1).id;
            assert_eq!(catalogue::entry(c, "A", 1)?, Some(first.clone()));
            assert_eq!(catalogue::entry_on(c, "A", "2019-12-31")?, None);
            assert_eq!(catalogue::entry_on(c, "A", "2025-12-31")?, Some(first.clone()));
            assert_eq!(catalogue::entry_on(c, "A", "2026-01-01")?, Some(second.clone()));
            assert_eq!(catalogue::entries(c, ("", 0), 2)?, [first, second]);
            assert_eq!(catalogue::entries(c, ("A", 2), 2)?, [other]);
            assert_eq!(catalogue::face(c, "food", 1)?, Some(face(1)));
            assert_eq!(catalogue::latest_face(c, "food")?, Some(face(2)));
            assert_eq!(catalogue::use_on(c, own, "A", "2026-06-30")?, Some(over.clone()));
            assert_eq!(catalogue::use_on(c, own, "A", "2026-07-01")?, None);
            assert_eq!(catalogue::use_on(c, &body(2).id, "A", "2026-06-30")?, None);
            assert_eq!(catalogue::uses(c, own, ("", ""), 9)?, [over, used("B", "2026-02-01")]);
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

fn seals_change_for_their_body_only(database: &Database) {
    let store = database.store();
    let changed = write(&store, |c| {
        two_bodies(c)?;
        let (own, other, id) = (body(1).id, body(2).id, id(3, 1));
        Ok([
            seals::set_state(c, &other, &id, "lost")?,
            seals::set_use_rule(c, &other, &id, seals::BY_GRANT)?,
            seals::set_state(c, &own, &id, "ended")?,
            seals::set_use_rule(c, &own, &id, seals::BY_GRANT)?,
        ])
    });
    assert_eq!(changed, [false, false, true, true]);
    let ended = seals::Seal { state: "ended".to_owned(), use_rule: "by_grant".to_owned(), ..seal(1, &body(1)) };
    store
        .read(|c| {
            assert_eq!(seals::find(c, &body(1).id, &ended.id)?, Some(ended.clone()));
            assert_eq!(seals::find(c, &body(2).id, &ended.id)?, None);
            assert_eq!(seals::list(c, &body(1).id, "", 9)?, [ended]);
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

fn licences_versions_acts_and_documents(database: &Database) {
    let store = database.store();
    let (own, other) = (body(1), body(2));
    let licence = licence(1, &own);
    let versions = [1, 2].map(|n| version(1, n, &licence, &seal(1, &own)));
    let versions = [versions[0].clone(), licences::LicenceVersion { valid_until: None, ..versions[1].clone() }];
    let acts = [act(1, &licence), acts::Act { replacement: Some("x".to_owned()), until_day: None, ..act(2, &licence) }];
    let octets: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    let rows = (licence.clone(), versions.clone(), acts.clone(), octets.clone());
    let moved = write(&store, move |c| {
        let (licence, versions, acts, octets) = &rows;
        two_bodies(c)?;
        licences::insert(c, licence)?;
        for version in versions {
            licences::insert_version(c, version)?;
        }
        for act in acts {
            acts::insert(c, act)?;
        }
        documents::put(c, &versions[0].id, octets)?;
        licences::insert_line(c, &licence.id, "further")?;
        Ok([
            licences::set_current_version(c, &body(2).id, &licence.id, 1, 2)?,
            licences::set_current_version(c, &body(1).id, &licence.id, 1, 2)?,
            licences::set_current_version(c, &body(1).id, &licence.id, 1, 2)?,
        ])
    });
    assert_eq!(moved, [false, true, false]);
    let licence = licences::Licence { current_version: 2, ..licence };
    let [first, second] = versions;
    store
        .read(|c| {
            let (own, other, id) = (&own.id, &other.id, &licence.id);
            let whole = Some(licence.clone());
            assert_eq!(licences::find(c, &[own.to_owned()], id)?, whole);
            assert_eq!(licences::find_by_number(c, &[own.to_owned()], &licence.type_code, &licence.number)?, whole);
            assert_eq!(licences::find_by_line(c, &[own.to_owned()], &licence.line_identifier)?, whole);
            assert_eq!(licences::list_by_holder(c, own, &licence.holder_code, "", 9)?, std::slice::from_ref(&licence));
            assert_eq!(licences::version(c, own, id, 2)?, Some(second.clone()));
            assert_eq!(licences::versions(c, own, id)?, [first.clone(), second.clone()]);
            let both = Some((licence.clone(), second.clone()));
            assert_eq!(licences::public_by_code(c, &second.code)?, both);
            assert_eq!(licences::public_by_line(c, &licence.line_identifier)?, whole);
            assert_eq!(licences::public_by_line(c, "none")?, None);
            assert_eq!(licences::public_by_line(c, "further")?, whole);
            assert_eq!(licences::find_by_line(c, &[own.to_owned()], "further")?, whole);
            assert_eq!(licences::public_versions(c, id)?, [first.clone(), second.clone()]);
            let both = [own.to_owned(), other.to_owned()];
            assert_eq!(licences::list(c, &both, After::START, 9)?, std::slice::from_ref(&licence));
            assert_eq!(licences::latest_versions(c, &both, &[id, "none"])?, std::slice::from_ref(&second));
            assert_eq!(acts::of_licences(c, &both, &[id, "none"])?, acts);
            assert!(licences::latest_versions(c, &[other.to_owned()], &[id])?.is_empty());
            assert!(acts::of_licences(c, &[other.to_owned()], &[id])?.is_empty());
            assert_eq!(licences::public_by_code(c, "none")?, None);
            assert_eq!(acts::of_licence(c, own, id)?, acts);
            assert_eq!(acts::public_of_licence(c, id)?, acts);
            assert_eq!(documents::get(c, own, &first.id)?, Some(octets.clone()));
            assert_eq!(documents::get(c, own, &second.id)?, None);
            assert_eq!(documents::public_by_code(c, &first.code)?, Some(octets.clone()));
            // nothing of it for another body
            assert_eq!(licences::find(c, &[other.to_owned()], id)?, None);
            assert_eq!(licences::find_by_number(c, &[other.to_owned()], &licence.type_code, &licence.number)?, None);
            assert_eq!(licences::find_by_line(c, &[other.to_owned()], &licence.line_identifier)?, None);
            assert_eq!(licences::find_by_line(c, &[other.to_owned()], "further")?, None);
            assert!(licences::list(c, &[other.to_owned()], After::START, 9)?.is_empty());
            assert!(licences::list_by_holder(c, other, &licence.holder_code, "", 9)?.is_empty());
            assert_eq!(licences::version(c, other, id, 2)?, None);
            assert!(licences::versions(c, other, id)?.is_empty());
            assert!(acts::of_licence(c, other, id)?.is_empty());
            assert_eq!(documents::get(c, other, &first.id)?, None);
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

fn files_share_parts_and_come_back_whole(database: &Database) {
    let store = database.store();
    let octets: Vec<u8> = (0..=255).cycle().take(9_000).collect();
    let part = |from: usize, to: usize| {
        let octets: std::sync::Arc<[u8]> = octets[from..to].into();
        documents::SharedPart { sm3: yinxin_trust::sm::sm3::digest(&octets), octets }
    };
    let shared = vec![(0, part(0, 3_000)), (3_100, part(3_100, 7_000)), (8_000, part(8_000, 9_000))];
    let document = |n: u32, octets: &[u8], shared: Vec<_>| documents::Document {
        version_id: version(n, 1, &licence(n, &body(1)), &seal(1, &body(1))).id,
        octets: octets.to_vec().into(),
        shared,
    };
    let other: Vec<u8> = [&octets[..3_000], b"of its own", &octets[3_100..7_000]].concat();
    let places = vec![(0, part(0, 3_000)), (3_010, part(3_100, 7_000))];
    let rows = [document(1, &octets, shared), document(2, &other, places), document(3, &octets, Vec::new())];
    write(&store, move |c| {
        two_bodies(c)?;
        (1..=3).try_for_each(|number| whole_licence(c, number, 1))?;
        documents::put_all(c, &rows[..2])?;
        // parts that are there are not written again
        documents::put_all(c, &rows[2..])
    });
    for (number, due) in [(1, &octets), (2, &other), (3, &octets)] {
        let version = version(number, 1, &licence(number, &body(1)), &seal(1, &body(1)));
        let found = store.read(|c| documents::get(c, &body(1).id, &version.id));
        assert_eq!(found.as_ref().map(Option::as_ref), Ok(Some(due)), "{number}");
        assert_eq!(store.read(|c| documents::public_by_code(c, &version.code)).unwrap().as_ref(), Some(due));
    }
}

fn licences_are_listed_page_by_page(database: &Database) {
    let store = database.store();
    write(&store, |c| {
        two_bodies(c)?;
        (1..=20).try_for_each(|number| whole_licence(c, number, 1 + u32::from(number > 17)))
    });
    let (mut found, mut pages) = (Vec::new(), 0);
    let (mut created_at, mut last) = (After::START.created_at, String::new());
    loop {
        let after = After { created_at, id: &last };
        let page = store.read(|c| licences::list(c, &[body(1).id], after, 5)).unwrap();
        let Some(end) = page.last() else { break };
        (created_at, last) = (end.created_at, end.id.clone());
        found.extend(page);
        pages += 1;
    }
    assert_eq!(found, (1..=17).map(|number| licence(number, &body(1))).collect::<Vec<_>>());
    assert_eq!(pages, 4);
}

fn what_is_taken_is_named_alike(database: &Database) {
    let store = database.store();
    write(&store, |c| {
        two_bodies(c)?;
        whole_licence(c, 1, 1)
    });
    let refused = |closure: fn(&mut Conn) -> Result<(), StoreError>| store.write(closure).unwrap_err();
    let taken = |constraint: &str| StoreError::Conflict { constraint: constraint.to_owned() };
    assert_eq!(refused(|c| bodies::insert(c, &body(1))), taken("bodies_id"));
    let twin = |c: &mut Conn| people::insert(c, &people::Person { id: id(2, 9), ..person(1, &body(1)) });
    assert_eq!(refused(twin), taken("people_login"));
    let twin = |c: &mut Conn| {
        let twin = licences::Licence { id: id(4, 9), line_identifier: "x".to_owned(), ..licence(1, &body(1)) };
        licences::insert(c, &twin)
    };
    assert_eq!(refused(twin), taken("licences_type_code_number"));
    let twin = |c: &mut Conn| {
        let twin = licences::Licence { id: id(4, 9), number: "x".to_owned(), ..licence(1, &body(1)) };
        licences::insert(c, &twin)
    };
    assert_eq!(refused(twin), taken("licences_line_identifier"));
    let orphan = |c: &mut Conn| bodies::insert(c, &Body { parent_id: Some("none".to_owned()), ..body(7) });
    assert_eq!(refused(orphan), StoreError::Reference);
    assert_eq!(refused(|c| documents::put(c, "none", b"x")), StoreError::Reference);
}
