//! Paths from a certificate to an anchor (RFC 5280 6.1, without revocation, which is looked up afterwards;
//! names and policies by [`super::constraints`]; policies that are mapped by a critical extension end the path).
//!
//! A path is looked for from the certificate upwards: an issuer is a
//! certificate whose subject is the issuer's name, whose key verifies the
//! signature, and which may issue at the given time. The budget bounds the
//! signatures tried, so that a bag of look-alike CAs costs no more than a real one.

use super::{AnchorRefusal, Certificate, Ends, constraints};
use crate::{algorithms::Objection, base::Moment};

/// Certificates between a certificate and its anchor, both included.
const LONGEST: usize = 8;

/// Why there is no path, the nearest miss first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum PathFault {
    /// More signatures to try than the budget allows.
    #[error("too many candidate issuers")]
    Budget,
    /// A whole path, but the trust list that names the anchor does not vouch for this.
    #[error("“{service}” is on the trust list of {operator}, but {refusal}")]
    NotVouched {
        /// Why not.
        refusal: AnchorRefusal,
        /// Name of the service on the list.
        service: String,
        /// Who keeps the list.
        operator: String,
    },
    /// A whole path, but an algorithm on it does not count by the policy.
    #[error("{subject} was issued with {algorithm}, and {objection}")]
    Algorithm {
        /// Why not.
        objection: Objection,
        /// Its word in the policy.
        algorithm: &'static str,
        /// Subject of the certificate.
        subject: String,
    },
    /// A whole path, but the trust list that names its anchor is signed with an algorithm that does not count.
    #[error("the trust list of {operator} is signed with sm2-sm3, and {objection}")]
    ListAlgorithm {
        /// Why not.
        objection: Objection,
        /// Who keeps the list.
        operator: String,
    },
    /// A whole path, but the anchor does not vouch for a suite that is used on it.
    #[error("{anchor} vouches for the national suite only, and {suite} is used")]
    Suite {
        /// Subject of the anchor.
        anchor: String,
        /// The foreign suite.
        suite: &'static str,
    },
    /// An issuer with the right key exists, but may not issue this.
    #[error("{issuer} may not issue: {why}")]
    NotAllowed {
        /// Subject of the issuer.
        issuer: String,
        /// What forbids it.
        why: &'static str,
    },
    /// The right key, but out of its period.
    #[error("{issuer} was out of its period")]
    Period {
        /// Subject of the issuer.
        issuer: String,
    },
    /// It goes on, past as many certificates as are followed.
    #[error("the path is longer than {LONGEST} certificates")]
    TooLong,
    /// A certificate bears the issuer's name, but its key did not sign.
    #[error("not signed by the key of {issuer}")]
    WrongKey {
        /// Subject of the namesake.
        issuer: String,
    },
    /// Nobody of that name is known.
    #[error("issuer {issuer} is not known")]
    UnknownIssuer {
        /// Issuer named by the certificate.
        issuer: String,
    },
}

/// Finds a path from `leaf` over `pool` to one of `anchors` at time `at`.
/// Returns the certificates from the leaf to the anchor. `budget` counts down
/// with each signature tried.
///
/// # Errors
/// The nearest miss.
pub fn build_path(
    leaf: &Certificate,
    pool: &[Certificate],
    anchors: &[Certificate],
    at: Moment,
    budget: &mut usize,
) -> Result<Vec<Certificate>, PathFault> {
    build_path_that(leaf, pool, &anchors.iter().cloned().collect(), at, budget, &|_| Ok(()))
}

/// As [`build_path`], but goes on looking where `accept` refuses a whole path, from
/// the leaf to the anchor.
///
/// # Errors
/// The nearest miss, what `accept` said included.
pub fn build_path_that(
    leaf: &Certificate,
    pool: &[Certificate],
    anchors: &Ends,
    at: Moment,
    budget: &mut usize,
    accept: &dyn Fn(&[Certificate]) -> Result<(), PathFault>,
) -> Result<Vec<Certificate>, PathFault> {
    if leaf.unknown_critical_extension().is_some() {
        return Err(PathFault::NotAllowed {
            issuer: leaf.issuer().to_owned(),
            why: "the certificate has a critical extension that is not understood",
        });
    }
    let mut search = Search { pool, anchors, at, budget, accept };
    let mut path = vec![leaf.clone()];
    search.climb(&mut path).map(|()| path)
}

struct Search<'a> {
    pool: &'a [Certificate],
    anchors: &'a Ends,
    at: Moment,
    budget: &'a mut usize,
    accept: &'a dyn Fn(&[Certificate]) -> Result<(), PathFault>,
}

impl Search<'_> {
    fn climb(&mut self, path: &mut Vec<Certificate>) -> Result<(), PathFault> {
        let Some(top) = path.last().cloned() else { return Err(PathFault::Budget) };
        let mut nearest = PathFault::UnknownIssuer { issuer: top.issuer().to_owned() };
        if self.anchors.contains(&top) {
            match self.whole(path) {
                Ok(()) => return Ok(()),
                Err(miss) => nearest = nearest.min(miss),
            }
        }
        let anchors = self.anchors.named(top.issuer_der());
        let pool = self.pool.iter().filter(|certificate| certificate.subject_der() == top.issuer_der());
        for (issuer, is_anchor) in anchors.iter().map(|c| (c, true)).chain(pool.map(|c| (c, false))) {
            // round in a circle is no way up
            if path.contains(issuer) {
                continue;
            }
            if path.len() >= LONGEST {
                nearest = nearest.min(PathFault::TooLong);
                continue;
            }
            if *self.budget == 0 {
                return Err(PathFault::Budget);
            }
            *self.budget -= 1;
            let miss = match self.issued(&top, issuer, is_anchor, path.len() - 1) {
                Err(miss) => miss,
                Ok(()) => {
                    path.push(issuer.clone());
                    let rest = if is_anchor { self.whole(path) } else { self.climb(path) };
                    match rest {
                        Ok(()) => return Ok(()),
                        Err(miss) => {
                            path.pop();
                            miss
                        }
                    }
                }
            };
            nearest = nearest.min(miss);
        }
        Err(nearest)
    }

    /// Whether a path up to an anchor counts.
    fn whole(&self, path: &[Certificate]) -> Result<(), PathFault> {
        constraints::allowed(path)
            .map_err(|(by, why)| PathFault::NotAllowed { issuer: by.subject().to_owned(), why })?;
        (self.accept)(path)
    }

    /// Whether `issuer` issued `subject`, with `below` CAs between it and the leaf.
    fn issued(
        &self,
        subject: &Certificate,
        issuer: &Certificate,
        is_anchor: bool,
        below: usize,
    ) -> Result<(), PathFault> {
        let name = || issuer.subject().to_owned();
        subject.verify_signature(issuer).map_err(|_| PathFault::WrongKey { issuer: name() })?;
        let forbid = |why| Err(PathFault::NotAllowed { issuer: name(), why });
        // an anchor is trusted as configured; a root of 2005 may lack basic constraints
        if !issuer.is_authority() && !is_anchor {
            return forbid("it is not a CA");
        }
        if issuer.key_usage().is_some_and(|usage| !usage.may_issue()) {
            return forbid("its key usage has no keyCertSign");
        }
        if issuer.path_length().is_some_and(|longest| below > longest as usize) {
            return forbid("its path length is exceeded");
        }
        if issuer.unknown_critical_extension().is_some() {
            return forbid("it has a critical extension that is not understood");
        }
        if !issuer.is_valid_at(self.at) {
            return Err(PathFault::Period { issuer: name() });
        }
        Ok(())
    }
}
