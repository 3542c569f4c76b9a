//! Who counted when.

use super::*;

#[test]
fn states_have_their_instants() {
    let list = plan(&draft()).list().clone();
    let count = |kind, at: &str| list.services_at(kind, moment(at)).count();
    for kind in draft().services.iter().map(|service| service.kind) {
        assert_eq!(count(kind, "2024-05-31T23:59:59Z"), 0, "{kind}");
        assert_eq!(count(kind, "2024-06-01T00:00:00Z"), 1, "{kind}");
    }
    assert_eq!(count(ServiceKind::SealMakerCa, "2026-02-28T23:59:59Z"), 1);
    assert_eq!(count(ServiceKind::SealMakerCa, "2026-03-01T00:00:00Z"), 0);
    let stampers = list.services_at(ServiceKind::StamperCa, moment("2026-06-01T00:00:00Z")).next().unwrap();
    assert!(!stampers.requires_log_on(day("2025-12-31")) && stampers.requires_log_on(day("2026-01-01")));
    // granted again after a time
    let mut again = draft();
    let makers = &mut again.services[1];
    makers.history.push(StateFrom { state: State::Granted, from: moment("2026-05-01T00:00:00Z") });
    let list = plan(&again).list().clone();
    let granted = |at| list.services_at(ServiceKind::SealMakerCa, moment(at)).count();
    assert_eq!((granted("2026-04-30T23:59:59Z"), granted("2026-05-01T00:00:00Z")), (0, 1));
}
