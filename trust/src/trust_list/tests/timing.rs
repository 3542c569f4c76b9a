//! How long a large list takes to load. Needs a quiet machine, so it runs only when
//! asked for: `cargo nextest run --release -p yinxin-trust --run-ignored only loading --no-capture`.

use super::*;
use std::time::{Duration, Instant};
use yinxin_testkit::pki::{Draft, name};

#[test]
#[ignore = "a measurement for a quiet machine"]
fn loading_five_thousand_services() {
    let root = pki().root;
    let mut draft = draft();
    draft.services = (0..5_000)
        .map(|number| {
            let subject = name("演示信任服务机构（测试专用）", &format!("演示签章者证书机构 {number}"));
            let seed = format!("trust-list/{number}");
            let authority = Draft::authority(subject, &seed, Period::years(2024, 2035), Some(0)).issued_by(&root);
            let mut service =
                service(ServiceKind::StamperCa, &format!("签章者证书机构 {number}"), certificate(&authority));
            service.scope.bodies = [BODY.parse().unwrap(), "12110000400777687U".parse().unwrap()].into();
            service.scope.licence_types = [TYPE.parse().unwrap()].into();
            service.scope.regions = ["3412".parse().unwrap()].into();
            service
        })
        .collect();
    let made = signed(&draft);
    let (limits, key, signature) = (TrustListLimits::default(), public(&operator()), made.signature());
    let mut times: Vec<Duration> = (0..11)
        .map(|_| {
            let begun = Instant::now();
            let read = SignedList::verify(made.octets(), &signature, &key, &limits).unwrap();
            let taken = begun.elapsed();
            assert_eq!(read.list().services().len(), 5_000);
            taken
        })
        .collect();
    times.sort();
    println!("5,000 services, {} octets: fastest {:?}, median {:?}", made.octets().len(), times[0], times[5]);
    assert!(times[0] < Duration::from_millis(200), "{:?}", times[0]);
}
