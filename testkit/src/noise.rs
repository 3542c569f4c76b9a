//! A small generator, so that a failure can be repeated.

/// Numbers that follow from a seed.
#[derive(Clone, Debug)]
pub struct Noise(pub u64);

impl Noise {
    /// A number below `below`; 0 where there is none.
    pub fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % below.max(1)
    }
}
