//! What authorities allow below them: name constraints and policies (RFC 5280 4.2.1.4, 4.2.1.10 to 4.2.1.14, 6.1).
//!
//! Asked of a whole path, from the certificate to the anchor, whose own constraints count too, and its policies unless it
//! is a root:
//!
//! 1. a directory name (subject, or in subjectAltName) is below a permitted subtree of every authority that permits
//!    some, and below no excluded one. Names are compared by their text, without regard to case, spaces and string
//!    types; what cannot be compared so is not allowed.
//! 2. of other forms of names constraints are not computed: a certificate below that has a name of such a form is
//!    not allowed (RFC 5280 4.2.1.10 leaves that choice).
//! 3. where a policy is required, one that every certificate names is left at the end. Policies are
//!    never mapped: a path with policyMappings and a required policy is not allowed.
//!
//! Nothing is forgiven to self-issued certificates but what policies forgive them.

use super::Certificate;
use crate::asn1::{Oid, oids};
use x509_parser::{
    extensions::{GeneralName, NameConstraints, ParsedExtension, X509Extension},
    x509::{AttributeTypeAndValue, RelativeDistinguishedName, X509Name},
};

/// What one certificate says of names and policies, and the names that it has beside its subject.
#[derive(Debug, Default)]
pub(super) struct Constraints {
    names: Option<Names>,
    /// certificatePolicies; `None` without the extension.
    policies: Option<Vec<Box<[u8]>>>,
    maps_policies: bool,
    /// requireExplicitPolicy, inhibitAnyPolicy: certificates that may still come below.
    require_explicit: Option<u32>,
    inhibit_any: Option<u32>,
    /// directoryName in subjectAltName.
    directory_names: Vec<DirectoryName>,
    /// Every other form of subjectAltName, and of an address in the subject.
    forms: Forms,
}

#[derive(Debug, Default)]
struct Names {
    permitted: Vec<DirectoryName>,
    excluded: Vec<DirectoryName>,
    /// Other forms that are constrained.
    forms: Forms,
}

/// Forms of names but the directory name: bit n is choice `[n]` of GeneralName.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Forms(u16);

const RFC822: Forms = Forms(1 << 1);

/// A name, one set of attributes after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DirectoryName(Vec<Vec<(Box<[u8]>, Value)>>);

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    /// In small letters, with single spaces.
    Text(String),
    /// Of a type that is no text here.
    Other(Box<[u8]>),
}

impl Constraints {
    /// From the extensions that are read here; whether one of them could not be read.
    pub(super) fn read(subject: &X509Name<'_>, extensions: &[X509Extension<'_>]) -> (Option<Box<Self>>, bool) {
        let (mut found, mut is_empty, mut unreadable) = (Self::default(), true, false);
        if subject.iter_email().next().is_some() {
            found.forms = RFC822;
            is_empty = false;
        }
        for extension in extensions {
            is_empty &= !matches!(
                extension.parsed_extension(),
                ParsedExtension::NameConstraints(_)
                    | ParsedExtension::CertificatePolicies(_)
                    | ParsedExtension::PolicyMappings(_)
                    | ParsedExtension::PolicyConstraints(_)
                    | ParsedExtension::InhibitAnyPolicy(_)
                    | ParsedExtension::SubjectAlternativeName(_)
            );
            match extension.parsed_extension() {
                ParsedExtension::NameConstraints(names) => found.names = Some(Names::read(names)),
                ParsedExtension::CertificatePolicies(policies) => {
                    found.policies = Some(policies.iter().map(|one| one.policy_id.as_bytes().into()).collect());
                }
                ParsedExtension::PolicyMappings(_) => found.maps_policies = true,
                ParsedExtension::PolicyConstraints(constraints) => {
                    found.require_explicit = constraints.require_explicit_policy;
                }
                ParsedExtension::InhibitAnyPolicy(inhibit) => found.inhibit_any = Some(inhibit.skip_certs),
                ParsedExtension::SubjectAlternativeName(names) => {
                    for name in &names.general_names {
                        match name {
                            GeneralName::DirectoryName(name) => found.directory_names.push(DirectoryName::read(name)),
                            other => found.forms = found.forms.and(form(other)),
                        }
                    }
                }
                // of these an unreadable one must not look like none
                ParsedExtension::ParseError { .. } => unreadable |= is_constraint(extension.oid.as_bytes()),
                _ => {}
            }
        }
        ((!is_empty).then(|| Box::new(found)), unreadable)
    }
}

impl Names {
    fn read(names: &NameConstraints<'_>) -> Self {
        let mut found = Self::default();
        for (subtrees, kept) in
            [(&names.permitted_subtrees, &mut found.permitted), (&names.excluded_subtrees, &mut found.excluded)]
        {
            for subtree in subtrees.iter().flatten() {
                match &subtree.base {
                    GeneralName::DirectoryName(name) => kept.push(DirectoryName::read(name)),
                    other => found.forms = found.forms.and(form(other)),
                }
            }
        }
        found
    }

    fn allows(&self, name: &DirectoryName) -> bool {
        let is_permitted =
            self.permitted.is_empty() || self.permitted.iter().any(|base| name.is_below(base) == Some(true));
        is_permitted && self.excluded.iter().all(|base| name.is_below(base) == Some(false))
    }
}

impl Forms {
    const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

fn form(name: &GeneralName<'_>) -> Forms {
    Forms(match name {
        GeneralName::OtherName(..) => 1,
        GeneralName::RFC822Name(_) => 1 << 1,
        GeneralName::DNSName(_) => 1 << 2,
        GeneralName::X400Address(_) => 1 << 3,
        GeneralName::DirectoryName(_) => 1 << 4,
        GeneralName::EDIPartyName(_) => 1 << 5,
        GeneralName::URI(_) => 1 << 6,
        GeneralName::IPAddress(_) => 1 << 7,
        GeneralName::RegisteredID(_) => 1 << 8,
        // whatever it was meant to be
        GeneralName::Invalid(..) => u16::MAX,
    })
}

impl DirectoryName {
    pub(super) fn read(name: &X509Name<'_>) -> Self {
        let part = |one: &AttributeTypeAndValue<'_>| {
            let value = match one.as_str() {
                Ok(text) => Value::Text(text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()),
                Err(_) => Value::Other(one.attr_value().data.into()),
            };
            (Box::from(one.attr_type().as_bytes()), value)
        };
        let set = |set: &RelativeDistinguishedName<'_>| {
            let mut parts: Vec<_> = set.iter().map(part).collect();
            parts.sort_unstable();
            parts
        };
        Self(name.iter_rdn().map(set).collect())
    }

    /// Whether it begins as `base` does; `None` where that cannot be told.
    fn is_below(&self, base: &Self) -> Option<bool> {
        if self.0.len() < base.0.len() {
            return Some(false);
        }
        let mut answer = Some(true);
        for (own, wanted) in self.0.iter().zip(&base.0) {
            if own == wanted {
                continue;
            }
            let is_other = |(_, value): &(Box<[u8]>, Value)| matches!(value, Value::Other(_));
            if own.iter().chain(wanted).any(is_other) {
                answer = None;
            } else {
                return Some(false);
            }
        }
        answer
    }
}

/// Why a whole path is not allowed: who forbids it, and in which words.
pub(super) type Forbidden<'a> = (&'a Certificate, &'static str);

/// Whether the names and policies on a path, from a certificate to its anchor, are allowed.
pub(super) fn allowed(path: &[Certificate]) -> Result<(), Forbidden<'_>> {
    for (place, issuer) in path.iter().enumerate() {
        let Some(names) = issuer.constraints().and_then(|constraints| constraints.names.as_ref()) else { continue };
        for below in path.iter().take(place) {
            let more = below.constraints();
            let forms = more.map(|more| more.forms).unwrap_or_default();
            if names.forms.meets(forms) {
                return Err((issuer, "it constrains a form of names that is not compared here, and one is below it"));
            }
            let others = more.map(|more| more.directory_names.as_slice()).unwrap_or_default();
            let subject = below.directory_name();
            let is_allowed = subject.is_some_and(|subject| names.allows(&subject));
            if !is_allowed || !others.iter().all(|name| names.allows(name)) {
                return Err((issuer, "its name constraints do not allow a name below it"));
            }
        }
    }
    policies(path)
}

/// Step 3: RFC 5280 6.1.3 d to f and 6.1.4, with any policy to begin with, without mapping.
fn policies(path: &[Certificate]) -> Result<(), Forbidden<'_>> {
    const ANY: Oid<'static> = oids::ANY_POLICY;
    // certificates that may still come before a policy is needed, or before "any" names none
    let (mut needed_after, mut any_until) = (usize::MAX, usize::MAX);
    // `None` is any policy
    let mut valid: Option<Vec<&[u8]>> = None;
    let (mut requires, mut mapped) = (None, false);
    for (place, certificate) in path.iter().enumerate().rev() {
        let is_last = place == 0;
        let is_self_issued = certificate.subject_der() == certificate.issuer_der();
        let is_root = is_self_issued && !is_last && place + 1 == path.len();
        let said = certificate.constraints();
        match said.and_then(|said| said.policies.as_ref()) {
            // what a root names itself is no part of a path
            _ if is_root => {}
            None => valid = Some(Vec::new()),
            Some(policies) => {
                let any_counts = any_until > 0 || (!is_last && is_self_issued);
                let names_any = policies.iter().any(|policy| **policy == *ANY.content());
                if !(names_any && any_counts) {
                    let named = policies.iter().map(|policy| &**policy).filter(|policy| *policy != ANY.content());
                    valid = Some(match valid {
                        None => named.collect(),
                        Some(before) => named.filter(|policy| before.contains(policy)).collect(),
                    });
                }
            }
        }
        mapped |= said.is_some_and(|said| said.maps_policies);
        let is_none_left = valid.as_ref().is_some_and(Vec::is_empty) || mapped;
        if needed_after == 0 && is_none_left {
            return Err((requires.unwrap_or(certificate), "it requires a policy, and none is named by all below it"));
        }
        let step = |count: usize| if count == usize::MAX { count } else { count.saturating_sub(1) };
        if !is_self_issued || is_last {
            needed_after = step(needed_after);
            any_until = step(any_until);
        }
        if let Some(skip) = said.and_then(|said| said.require_explicit).map(|skip| skip as usize)
            && skip < needed_after
            && (!is_last || skip == 0)
        {
            (needed_after, requires) = (skip, Some(certificate));
        }
        if let Some(skip) = said.and_then(|said| said.inhibit_any) {
            any_until = any_until.min(skip as usize);
        }
        if is_last && needed_after == 0 && is_none_left {
            return Err((requires.unwrap_or(certificate), "it requires a policy, and none is named by all below it"));
        }
    }
    Ok(())
}

/// Of the extensions that are read here.
fn is_constraint(kind: &[u8]) -> bool {
    [
        oids::NAME_CONSTRAINTS,
        oids::CERTIFICATE_POLICIES,
        oids::POLICY_MAPPINGS,
        oids::POLICY_CONSTRAINTS,
        oids::INHIBIT_ANY_POLICY,
        oids::SUBJECT_ALT_NAME,
    ]
    .iter()
    .any(|one| one.content() == kind)
}
