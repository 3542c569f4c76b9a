//! Every state of the one table, as the window shows it. Those that documents and codes of tests come to are seen with
//! all that is known of them in [`super::window`] and the journeys; here each is seen by itself, through the same template.

use super::looked::{Looked, put};
use crate::{pages::browser::in_browser, support::service::Service};
use yinxin::{
    config::Site,
    web::pages::{PageState, state_words, window_specimen},
};

/// The states of one of two halves, so that two browsers share them.
fn half(which: usize) {
    let service = Service::start();
    let site = Site::default();
    in_browser(service.public, true, async |tab| {
        let mut looked = Looked::begin(tab);
        tab.open("/verify").await;
        for state in PageState::every().skip(which).step_by(2) {
            let html = window_specimen(state, &site).unwrap();
            put(tab, &html).await;
            let words = state_words().into_iter().find(|one| one.code == state.code()).unwrap();
            assert_eq!(tab.text(&format!(".win__verdict.tone-{} h1", words.family)).await, words.title.zh);
            // never colour alone: a shape, a sign and words
            let shape = format!(".win__head .mark use[href='#{}']", state.icon());
            assert!(tab.client.find(fantoccini::Locator::Css(&shape)).await.is_ok(), "{}", state.code());
            looked.open(state.code()).await;
        }
        looked.end_beside();
    });
}

#[test]
fn states_of_the_table() {
    half(0);
}

#[test]
fn the_other_states_of_the_table() {
    half(1);
}
