//! Colours of a template: `#rrggbb`.

/// Red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Colour(pub(crate) [u8; 3]);

impl Colour {
    pub(crate) const WHITE: Self = Self([255; 3]);
    pub(crate) const BLACK: Self = Self([0; 3]);

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let mut octets = [0; 3];
        hex::decode_to_slice(digits, &mut octets).ok()?;
        Some(Self(octets))
    }

    /// Each channel from 0 to 1.
    pub(crate) fn fractions(self) -> [f32; 3] {
        self.0.map(|channel| f32::from(channel) / 255.0)
    }
}
