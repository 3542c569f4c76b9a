//! A drawn package, stamped: the product's verifier finds nothing wrong with it.

use super::sample::Sample;
use yinxin_testkit::{
    moment,
    pki::{Period, Pki},
    seal::{Seal, Stamp, Version},
};
use yinxin_trust::{
    anchor::{Anchors, RevocationLists},
    ofd::write::{Part, Stamping},
    verify::{CoverageState, Evidence, Outcome, Policy, Verdict, check},
};

#[test]
fn a_stamped_drawing_is_valid_and_wholly_covered() {
    let pki = Pki::new("face", "演示市市场监督管理局", Period::years(2024, 2035));
    let at = moment("2026-11-20T02:03:04Z");
    let long = Sample::food().with("business_items", &"热食类食品制售；".repeat(60));
    for sample in [Sample::food(), Sample::business(), Sample::construction(), long] {
        let drawing = sample.draw();
        let mut seal = Seal::of(Version::V4, &pki);
        seal.picture_type = sample.seal.kind().to_owned();
        seal.picture = sample.seal.octets().to_vec();
        let seal = seal.make();
        let stamping = Stamping {
            at,
            provider: "yinxin".to_owned(),
            seal: Part::stored(seal.clone()).unwrap(),
            placements: drawing.placements(),
        };
        let plan = drawing.package().unwrap().stamp(&stamping).unwrap();
        let stamp = Stamp::new(Version::V4, seal, &pki.stamper, at).make(plan.digest(), &plan.property());
        let octets = plan.embed(&stamp).unwrap();

        let anchors = Anchors::from_pem(pki.anchors_pem().as_bytes()).unwrap();
        let revocation = RevocationLists::from_pem(pki.lists_pem().as_bytes()).unwrap();
        let evidence = Evidence { revocation, ..Evidence::default() };
        let report = check(&octets, &anchors, &evidence, &Policy::default(), moment("2026-11-22T00:00:00Z")).unwrap();
        assert_eq!(report.verdict, Verdict::Valid, "{:?} {:?}", report.reason, report.signatures);
        assert_eq!(report.coverage.map(|coverage| coverage.state), Some(CoverageState::Complete));
        assert!(report.document.licence);
        assert_eq!(report.document.pages, Some(drawing.pages()));
        assert!(report.document.title.is_some());
        let checks = report.checks.iter().chain(&report.signatures[0].checks);
        let wrong: Vec<_> =
            checks.filter(|check| matches!(check.outcome, Outcome::Failed | Outcome::Indeterminate)).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
        assert!(report.warnings.iter().all(|warning| warning.code.starts_with("time.")), "{:?}", report.warnings);
    }
}
