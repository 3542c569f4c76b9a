//! What is vouched for of codes: the sites they stand on, and the keys that sign offline ones.
//!
//! Our own site and the key that signs what our register answers; of the lists in use the hosts
//! of codes, and the keys of status services within their scope. An offline code is a register's
//! word of a licence, to be kept in the hand.

use super::{ListInUse, used::within};
use crate::flow::issuer::Issuer;
use yinxin_trust::{
    base::{Day, Moment},
    code::{CodeKey, CodeKeys, KeyId, Site},
    licence::identifier::LicenceIdentifier,
    suite::PublicKey,
    trust_list::{Identity, Scope, ServiceKind},
};

/// Whose a code is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Of this installation.
    Ours,
    /// Of the locality of this operator.
    Of(String),
}

/// The sites that somebody vouches for.
pub struct Sites {
    own: Site,
    listed: Vec<(Site, String)>,
}

/// The keys that sign offline codes.
pub struct VouchedKeys(Vec<Vouched>);

struct Vouched {
    key: CodeKey,
    whose: Whose,
    /// All of them must cover a licence; none for our own: what our register keeps it is asked about anyway.
    scopes: Vec<Scope>,
}

impl Sites {
    /// Those of the configuration and of the lists, as of `at`. Of a list that counts by another one too: a host says
    /// whose site it is, and what stands there of licences is held against the scopes.
    pub fn of(own: &Site, lists: &[ListInUse], at: Moment) -> Self {
        let hosts = lists.iter().flat_map(|used| {
            let services = used.list.list().services_at(ServiceKind::CodeHost, at);
            services.filter_map(|service| match &service.identity {
                Identity::Host(host) => Some((Site::on_default_port(host.clone()), used.operator.name.clone())),
                Identity::Certificate(_) | Identity::Key(_) => None,
            })
        });
        Self { own: own.clone(), listed: hosts.collect() }
    }

    /// All of them: ours first, then each with the operator whose it is.
    pub fn all(&self) -> impl Iterator<Item = (&Site, Whose)> {
        let listed = self.listed.iter().map(|(site, operator)| (site, Whose::Of(operator.clone())));
        [(&self.own, Whose::Ours)].into_iter().chain(listed)
    }

    /// By their names, for tests.
    #[cfg(test)]
    pub(in crate::flow) fn with(own: &str, listed: &[(&str, &str)]) -> Self {
        let listed = listed.iter().map(|(host, operator)| (host.parse().unwrap(), (*operator).to_owned()));
        Self { own: own.parse().unwrap(), listed: listed.collect() }
    }

    /// Whether a host, with or without a port, is that of a site which somebody vouches for: an address that is written
    /// otherwise leads there all the same.
    pub fn knows_host(&self, place: &str) -> bool {
        let host = place.split_once(':').map_or(place, |(host, _)| host);
        self.all().any(|(site, _)| site.host().as_str() == host)
    }

    /// Whose a site is; none where nobody vouches for it.
    pub fn whose(&self, site: &Site) -> Option<Whose> {
        if *site == self.own {
            return Some(Whose::Ours);
        }
        self.listed.iter().find(|(listed, _)| listed == site).map(|(_, operator)| Whose::Of(operator.clone()))
    }
}

impl VouchedKeys {
    /// Those of our register and of the lists, as of `at`. A service that is granted no more vouches for
    /// no code, whenever that was signed: whoever stole its key writes any date.
    pub fn of(issuer: &Issuer, lists: &[ListInUse], at: Moment) -> Self {
        let own = issuer.code_key().map(|key| Vouched { key: key.clone(), whose: Whose::Ours, scopes: Vec::new() });
        let listed = lists.iter().flat_map(|used| {
            let services = used.list.list().services_at(ServiceKind::Status, at);
            services.filter_map(|service| {
                let Identity::Key(key) = &service.identity else { return None };
                let PublicKey::Sm2(public) = key.key() else { return None };
                let from = service.history.last()?.from;
                let key = CodeKey::new(public.clone(), from, None);
                let scopes = [&service.scope].into_iter().chain(used.granted()).cloned().collect();
                Some(Vouched { key, whose: Whose::Of(used.operator.name.clone()), scopes })
            })
        });
        Self(own.into_iter().chain(listed).collect())
    }

    /// All of them, each with whose it is and the scopes that must all cover a licence.
    pub fn all(&self) -> impl Iterator<Item = (&CodeKey, &Whose, &[Scope])> {
        self.0.iter().map(|vouched| (&vouched.key, &vouched.whose, &*vouched.scopes))
    }

    /// Whether a key is vouched for, on a day, as one that signs the printed codes of this locality. Such a code names no
    /// licence, so that of a scope its first day alone can be held against it.
    pub fn sign_prints_of(&self, key: KeyId, whose: &Whose, on: Option<Day>) -> bool {
        let mut of_key = self.0.iter().filter(|vouched| vouched.key.id() == key && vouched.whose == *whose);
        of_key.any(|vouched| vouched.scopes.iter().all(|scope| on.is_some_and(|on| on >= scope.from)))
    }

    /// Whose the key is, if it speaks for this licence on this day.
    pub fn speaks_for(&self, key: KeyId, licence: &LicenceIdentifier, on: Day) -> Option<&Whose> {
        let of_key = self.0.iter().filter(|vouched| vouched.key.id() == key);
        let mut speaking = of_key.filter(|vouched| within(&vouched.scopes, licence, Some(on)));
        speaking.next().map(|vouched| &vouched.whose)
    }
}

impl CodeKeys for VouchedKeys {
    fn find(&self, id: KeyId) -> Option<&CodeKey> {
        self.0.iter().map(|vouched| &vouched.key).find(|key| key.id() == id)
    }
}
