//! A tree of digests over statements (the shape of RFC 9162 2.1): one root for many, and for each a path of a few
//! digests from its leaf to the root.
//!
//! A leaf is the digest of 0x00 and the statement, a node that of 0x01 and both below it; a side is split at the
//! largest power of two that is smaller than it.

use super::DigestKind;

/// Digests of a path at most.
pub const LONGEST_PATH: usize = 32;

/// The leaves of one time stamp.
#[derive(Clone, Debug)]
pub struct Tree {
    digest: DigestKind,
    leaves: Vec<[u8; 32]>,
}

impl Tree {
    /// Of leaves that were computed before, in their order.
    pub const fn of(digest: DigestKind, leaves: Vec<[u8; 32]>) -> Self {
        Self { digest, leaves }
    }

    /// The leaf of a statement.
    pub fn leaf(digest: DigestKind, statement: &[u8]) -> [u8; 32] {
        digest.of(&[&[0], statement].concat())
    }

    /// How many leaves.
    pub fn size(&self) -> u32 {
        u32::try_from(self.leaves.len()).unwrap_or(u32::MAX)
    }

    /// The root; the digest of nothing where there is no leaf.
    pub fn root(&self) -> [u8; 32] {
        root(self.digest, &self.leaves)
    }

    /// From a leaf to the root; `None` for a leaf that is not there.
    pub fn path(&self, index: u32) -> Option<Vec<[u8; 32]>> {
        let mut index = usize::try_from(index).ok().filter(|index| *index < self.leaves.len())?;
        let (mut side, mut path) = (&self.leaves[..], Vec::new());
        while side.len() > 1 {
            let (left, right) = side.split_at(split(side.len()));
            if index < left.len() {
                path.push(root(self.digest, right));
                side = left;
            } else {
                path.push(root(self.digest, left));
                index -= left.len();
                side = right;
            }
        }
        path.reverse();
        Some(path)
    }
}

fn split(leaves: usize) -> usize {
    leaves.next_power_of_two() / 2
}

fn root(digest: DigestKind, leaves: &[[u8; 32]]) -> [u8; 32] {
    match leaves {
        [] => digest.of(&[]),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node(digest, &root(digest, left), &root(digest, right))
        }
    }
}

fn node(digest: DigestKind, left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    digest.of(&[&[1], &left[..], right].concat())
}

/// The root that a statement leads to from its place (RFC 9162 2.1.3.2); `None` where no tree of that size has a path
/// of that length there.
pub fn root_by(digest: DigestKind, statement: &[u8], index: u32, size: u32, path: &[[u8; 32]]) -> Option<[u8; 32]> {
    let (mut at, mut last) = (index, size.checked_sub(1).filter(|last| index <= *last)?);
    let mut found = Tree::leaf(digest, statement);
    for side in path {
        if last == 0 {
            return None;
        }
        if at % 2 == 1 || at == last {
            found = node(digest, side, &found);
            while at.is_multiple_of(2) && at != 0 {
                at /= 2;
                last /= 2;
            }
        } else {
            found = node(digest, &found, side);
        }
        at /= 2;
        last /= 2;
    }
    (last == 0).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(n: u32) -> Vec<u8> {
        format!("statement {n}").into_bytes()
    }

    #[test]
    fn every_leaf_leads_to_the_root_and_to_no_other() {
        for digest in DigestKind::ALL {
            for size in 1..40_u32 {
                let leaves = (0..size).map(|n| Tree::leaf(digest, &statement(n))).collect();
                let tree = Tree::of(digest, leaves);
                let root = tree.root();
                for index in 0..size {
                    let path = tree.path(index).unwrap();
                    let by = |statement: &[u8], index, size, path: &[_]| root_by(digest, statement, index, size, path);
                    assert_eq!(by(&statement(index), index, size, &path), Some(root), "{index} of {size}");
                    assert_ne!(by(&statement(size), index, size, &path), Some(root));
                    assert_eq!(by(&statement(index), size, size, &path), None);
                    if size > 1 {
                        assert_ne!(by(&statement(index), (index + 1) % size, size, &path), Some(root));
                        assert_eq!(by(&statement(index), index, size, &path[1..]), None, "{index} of {size}");
                        let longer = [&path[..], &[root]].concat();
                        assert_eq!(by(&statement(index), index, size, &longer), None);
                    }
                }
                assert_eq!(tree.path(size), None);
            }
        }
        // "a", "b", "c" with SHA-256: the root that RFC 6962 gives
        let leaves = [b"a", b"b", b"c"].map(|text| Tree::leaf(DigestKind::Sha256, text)).to_vec();
        let root = "36642e73c2540ab121e3a6bf9545b0a24982cd830eb13d3cd19de3ce6c021ec1";
        assert_eq!(hex::encode(Tree::of(DigestKind::Sha256, leaves).root()), root);
    }
}
