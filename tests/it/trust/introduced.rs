//! A register of another locality says that it is one: what it asks in vain shuts nobody out.

use super::{
    places::{Fuyang, Wanted},
    presented::{Both, trusts},
};
use crate::support::{
    house::{BODY, food},
    register::{FORM_BODY, Shown, send},
};
use std::{
    io::{BufRead as _, BufReader},
    net::TcpListener,
    sync::Arc,
    thread,
};
use yinxin::flow::{
    introduction::introduced,
    issue,
    issuer::Issuer,
    register::{Register as _, RegisterFault},
    trust::{self, ForeignRegisters, NewOperator},
};
use yinxin_trust::{base::Moment, code::ShortCode};

const FUYANG: &str = "阜阳";
/// Three codes that nobody has, and ten questions of a register.
const MEASURED: &str =
    "trusted_proxies = [\"127.0.0.1\"]\nlimits = { misses = 3, register_look_ups = 10, window_seconds = 60 }";

impl Both {
    /// The registers that Hefei asks, in its own name or in none.
    fn asked_by(&self, issuer: Option<&Arc<Issuer>>) -> ForeignRegisters {
        let of = &self.hefei.house;
        let registers = ForeignRegisters::new(Arc::clone(&of.issuer.store), Arc::clone(&of.clock) as _, 60, None);
        let registers = match issuer {
            Some(issuer) => registers.asking_as(Arc::clone(issuer)),
            None => registers,
        };
        registers.replace(&trust::in_use(&of.issuer.store).unwrap());
        registers
    }

    /// Of a licence of Fuyang.
    fn printed(&self) -> ShortCode {
        let issuer = &self.fuyang.house.issuer;
        issue::issue(issuer, &self.fuyang.house.may_issue(), &[food(1)]).remove(0).unwrap().code.parse().unwrap()
    }
}

fn nobodys(n: char) -> ShortCode {
    n.to_string().repeat(26).parse().unwrap()
}

fn is_refused(told: &RegisterFault) -> bool {
    *told == RegisterFault::Unreachable("status 429".to_owned())
}

#[test]
fn codes_that_nobody_has_shut_no_register_out() {
    let both = Both::of(Fuyang::serving(MEASURED), Fuyang::new());
    both.hefei_trusts(&Wanted::sound());
    let genuine = both.printed();
    let (named, nameless) = (both.asked_by(Some(&both.window)), both.asked_by(None));
    // Fuyang does not know Hefei: it is a network like any other
    for n in ['A', 'B', 'C'] {
        assert!(!is_refused(&named.by_code(FUYANG, &nobodys(n)).unwrap_err()), "{n}");
    }
    assert!(is_refused(&named.by_code(FUYANG, &genuine).unwrap_err()), "a kept answer is all that there would be");
    assert!(is_refused(&nameless.by_code(FUYANG, &genuine).unwrap_err()));
    // with the list of Hefei in use it does
    both.fuyang_trusts();
    for n in ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'] {
        assert!(!is_refused(&named.by_code(FUYANG, &nobodys(n)).unwrap_err()), "{n}");
    }
    let told = named.by_code(FUYANG, &genuine).unwrap();
    assert_eq!(told.issuing_body, BODY);
    // a measure of its own, which is wide and not without end; what stands in is the answer of just now
    assert!(!named.by_code(FUYANG, &genuine).unwrap().registered.source.contains("留存"));
    assert!(named.by_code(FUYANG, &genuine).unwrap().registered.source.contains("留存"));
    assert!(
        is_refused(&nameless.by_code(FUYANG, &nobodys('A')).unwrap_err()),
        "who does not say so is a network still"
    );
}

#[test]
fn an_introduction_counts_there_and_then_and_nowhere_else() {
    let both = Both::of(Fuyang::new(), Fuyang::new());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let list = both.fuyang.make(&Wanted::sound());
    let address = Some(format!("http://{}", listener.local_addr().unwrap()));
    trusts(&both.hefei, NewOperator { status_address: address, ..both.fuyang.operator() }, &list);
    both.fuyang_trusts();
    let asking = thread::spawn(move || {
        let heard = |listener: &TcpListener| {
            let (stream, _) = listener.accept().unwrap();
            let lines = BufReader::new(stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
            let found = lines.filter_map(|line| line.strip_prefix("yinxin-asker: ").map(str::to_owned)).last();
            found.unwrap()
        };
        [heard(&listener), heard(&listener)]
    });
    let registers = both.asked_by(Some(&both.window));
    assert!(registers.by_code(FUYANG, &nobodys('A')).is_err());
    both.hefei.house.clock.advance_seconds(30);
    // one that was silent is left alone for five seconds
    thread::sleep(std::time::Duration::from_millis(5100));
    assert!(registers.by_code(FUYANG, &nobodys('B')).is_err());
    let [header, again] = asking.join().unwrap();
    assert_eq!(header, again, "the key signs once a minute");

    let (ours, theirs) = (&both.fuyang.house.issuer, &both.window);
    let lists = trust::in_use(&ours.store).unwrap();
    let now = ours.clock.now().unwrap();
    let at = |seconds: i64| Moment::from_unix_milliseconds(now.unix_milliseconds() + seconds * 1000).unwrap();
    let key = header.split(' ').next().unwrap();
    for (seconds, counts) in [(0, true), (299, true), (-299, true), (301, false), (-301, false)] {
        let found = introduced(ours, &lists, &header, at(seconds));
        assert_eq!(found.as_deref(), counts.then_some(key), "{seconds}");
    }
    assert_eq!(introduced(theirs, &lists, &header, now), None, "it was not shown to them");
    assert_eq!(introduced(ours, &[], &header, now), None, "no list that is in use has the key");
    let later = header.replace(&now.to_string(), &at(60).to_string());
    assert_ne!(later, header);
    for bad in [&*later, &header[..header.len() - 9], "", " ", "a b c", &header.replace(' ', "  "), &"x".repeat(5000)] {
        assert_eq!(introduced(ours, &lists, bad, now), None, "{bad}");
    }
}

#[test]
fn whoever_has_others_asked_in_vain_is_measured_for_it() {
    let few = "trusted_proxies = [\"127.0.0.1\"]\nlimits = { number_misses = 2 }";
    let both = Both::of(Fuyang::new(), Fuyang::serving(few));
    let host = "[[services]]\nkind = \"code-host\"\nname = \"亮证码\"\nhost = \"yx.fuyang.gov.cn.example\"\n\
        history = [{ state = \"granted\", from = \"2026-01-01T00:00:00Z\" }]\nscope = { from = \"2026-01-01\" }\n";
    both.hefei_trusts(&Wanted { more: host, ..Wanted::sound() });
    let to = both.hefei.address().trim_start_matches("http://").parse().unwrap();
    let ask = |n: char| {
        let body = format!("what=https%3A%2F%2Fyx.fuyang.gov.cn.example%2FC%2F{}", nobodys(n).as_str());
        send(to, "POST", "/verify/number", &Shown::Nothing, FORM_BODY, &body)
    };
    for n in ['A', 'B'] {
        let answer = ask(n);
        assert!(answer.status == 200 && answer.body.contains("外地的证照码"), "{answer:?}");
    }
    assert_eq!(ask('C').status, 429);
}
