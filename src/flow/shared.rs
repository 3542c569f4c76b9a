//! What many files of the register have in common, kept once: the fonts and
//! templates of a face, the file of a seal.

use crate::store::documents::SharedPart;
use std::sync::Arc;
use yinxin_trust::{
    ofd::write::{PackagePlan, Part},
    sm::sm3,
};

/// Smaller parts are not worth a row of their own, octets.
const LEAST: usize = 1 << 10;

/// Parts that are the same in many packages.
#[derive(Clone, Default)]
pub(super) struct Shared(Vec<(Part, SharedPart)>);

impl Shared {
    /// Those that are large enough.
    pub(super) fn of<'a>(parts: impl Iterator<Item = &'a Part>) -> Self {
        let large = parts.filter(|part| part.packed().len() >= LEAST);
        Self(
            large
                .map(|part| {
                    let octets = Arc::clone(part.packed());
                    (part.clone(), SharedPart { sm3: sm3::digest(&octets), octets })
                })
                .collect(),
        )
    }

    /// Where a seal stands within the last part of a package, the value of its stamp.
    pub(super) fn within(seal: &SharedPart, package: &PackagePlan) -> Option<(usize, SharedPart)> {
        let (offset, value) = package.offsets().last()?;
        let at = value.packed().windows(seal.octets.len()).position(|window| window == &*seal.octets)?;
        Some((offset + at, seal.clone()))
    }

    /// The parts themselves.
    pub(super) fn parts(&self) -> impl Iterator<Item = &Part> {
        self.0.iter().map(|(part, _)| part)
    }

    /// Where they stand in a package, in the order of offsets.
    pub(super) fn places(all: [&Self; 2], package: &PackagePlan) -> Vec<(usize, SharedPart)> {
        let known = |part: &Part| {
            let found = all.into_iter().flat_map(|shared| &shared.0).find(|(known, _)| known.is(part));
            found.map(|(_, shared)| shared.clone())
        };
        package.offsets().filter_map(|(offset, part)| Some((offset, known(part)?))).collect()
    }
}
