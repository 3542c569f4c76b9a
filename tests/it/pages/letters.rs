//! Two-step sign-in and letters as Chromium shows them: the code for the app read back by a decoder, the
//! first code, a key of one's own, a letter filled in, seen and signed, and what a verifier says of it.

use super::{
    browser::{Tab, in_browser},
    few_actions::few_actions,
    my::{read_code, seen, sign_in_as, wait_for},
};
use crate::{
    letters::{NAME, NUMBER},
    second_factor::code_at,
    support::{database::Database, desk::Desk, house::House, register::PASSWORD},
};
use fantoccini::Locator;
use yinxin::{
    clock::Clock as _,
    flow::second_factor::{Demand, TotpSecret},
};

async fn fill(tab: &Tab, fields: &[(&str, &str)]) {
    for (name, text) in fields {
        let field = tab.client.find(Locator::Css(&format!("[name={name}]"))).await.unwrap();
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }
}

/// The secret in the address that an app scans.
pub(super) fn secret_of(address: &str, login: &str) -> TotpSecret {
    let (label, query) = address.strip_prefix("otpauth://totp/").unwrap().split_once('?').unwrap();
    assert!(label.ends_with(&format!(":{login}")), "{address}");
    for piece in ["algorithm=SHA1", "digits=6", "period=30", "issuer="] {
        assert!(query.contains(piece), "{piece}: {address}");
    }
    let text = query.split('&').find_map(|pair| pair.strip_prefix("secret=")).unwrap();
    TotpSecret::new(data_encoding::BASE32_NOPAD.decode(text.as_bytes()).unwrap().try_into().unwrap())
}

#[test]
fn from_the_second_factor_to_a_signed_letter() {
    let database = Box::leak(Box::new(Database::sqlite()));
    let house = House::new(database).certifying_persons();
    let desk = Desk::with_factors(house, "", Demand { holders: true, ..Demand::default() });
    desk.account("li.guo", ("111", NUMBER, NAME));
    let clock = std::sync::Arc::clone(&desk.house.clock);
    let next = |secret: &TotpSecret| {
        clock.advance_seconds(30);
        code_at(secret, clock.now().unwrap())
    };
    in_browser(desk.to, true, async |tab| {
        // led to the second factor, whatever was wanted
        sign_in_as(tab, "li.guo").await;
        seen(tab, "两步验证").await;
        tab.picture("factor-off", 1280).await;
        fill(tab, &[("password", PASSWORD)]).await;
        tab.press("[value=begin]").await;
        wait_for(tab, ".code__qr").await;
        tab.picture("factor-app", 1280).await;
        tab.picture("factor-app-phone", 390).await;
        let secret = secret_of(&read_code(tab).await, "li.guo");
        fill(tab, &[("code", "000000")]).await;
        tab.press("[value=confirm]").await;
        wait_for(tab, "#fault").await;
        tab.picture("factor-wrong", 390).await;
        fill(tab, &[("code", &next(&secret))]).await;
        tab.press("[value=confirm]").await;
        wait_for(tab, ".factor-codes").await;
        assert_eq!(tab.client.find_all(Locator::Css(".factor-codes li")).await.unwrap().len(), 10);
        tab.picture("factor-codes", 390).await;
        tab.press(".button--main").await;
        seen(tab, "我的证照").await;
        tab.open("/login/factor").await;
        seen(tab, "两步验证").await;
        tab.picture("factor-on", 1280).await;

        tab.open("/my/letters").await;
        wait_for(tab, "[name=password]").await;
        tab.picture("letters-key", 390).await;
        fill(tab, &[("password", PASSWORD), ("code", &next(&secret))]).await;
        tab.press("form.enter button").await;
        wait_for(tab, "a.button--main").await;
        tab.picture("letters-empty", 390).await;
        tab.press("a.button--main").await;
        wait_for(tab, "[name=matter]").await;
        fill(tab, &[("to", "演示市住房公积金管理中心"), ("matter", "提取住房公积金"), ("purpose", "核对婚姻登记信息")])
            .await;
        let day = "document.querySelector('[name=until]').value = '2026-12-31'";
        tab.client.execute(day, vec![]).await.unwrap();
        tab.picture("letter-form", 390).await;
        tab.press("form.enter button").await;
        wait_for(tab, ".letter img").await;
        tab.picture("letter-draft", 390).await;
        few_actions(tab, "a letter before it is signed").await;
        let shown = tab.text(".letter-digest").await;
        assert_eq!(shown.split(' ').count(), 16, "{shown}");
        fill(tab, &[("code", "000000")]).await;
        tab.press("form.enter button").await;
        wait_for(tab, "#fault").await;
        fill(tab, &[("code", &next(&secret))]).await;
        tab.press("form.enter button").await;
        wait_for(tab, ".note.tone-info").await;
        tab.picture("letter-signed", 390).await;
        few_actions(tab, "a signed letter").await;
        let document = tab.client.find(Locator::Css("a.button--main")).await.unwrap();
        assert!(document.attr("href").await.unwrap().unwrap().ends_with("/document"));

        tab.open("/my/letters?size=large").await;
        wait_for(tab, ".row").await;
        let actions = tab.client.find_all(Locator::Css("main .button, main .row a")).await.unwrap().len();
        assert_eq!(actions, 3, "at most three things to do in large letters");
        tab.picture("letters-large", 390).await;
        tab.press("main a.button--main").await;
        wait_for(tab, "[name=matter]").await;
        assert_eq!(tab.client.find_all(Locator::Css("main .button")).await.unwrap().len(), 1);
        tab.picture("letter-form-large", 390).await;
        tab.open("/my/letters?lang=en").await;
        tab.picture("letters-english", 390).await;
        tab.open("/my").await;
        seen(tab, "我的证照").await;
        tab.picture("my-notice-of-a-letter", 390).await;
        assert!(tab.text("main").await.contains("您签了一份文书"));
        tab.assert_quiet().await;
    });
}
