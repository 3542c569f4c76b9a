//! SM3 of many messages at once (GB/T 32905-2016), 16 lanes with AVX-512, 8
//! with AVX2, otherwise one message after the other through RustCrypto's.
//!
//! 1. Messages are sorted by length, the longest first. One that alone holds
//!    an eighth of what is left would keep a lane running after the others:
//!    it is digested on its own.
//! 2. Each lane takes the next message; full blocks are read in place, the
//!    last one or two (padding, bit length) from the lane's own buffer.
//! 3. One step compresses one block in every lane. A lane that is done gives
//!    its digest and takes the next message.
//!
//! No step depends on the content of a message, only on its length.

use crate::sm::sm3::{self, Digest};

/// The initial value, GB/T 32905-2016 4.1.
#[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
const START: [u32; 8] =
    [0x7380_166F, 0x4914_B2B9, 0x1724_42D7, 0xDA8A_0600, 0xA96F_30BC, 0x1631_38AA, 0xE38D_EE4D, 0xB0FB_0E4E];

/// T_j rotated left by j mod 32, GB/T 32905-2016 4.2.
#[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
const T: [u32; 64] = {
    let mut out = [0; 64];
    let mut j = 0;
    while j < 64 {
        let t: u32 = if j < 16 { 0x79CC_4519 } else { 0x7A87_9D8A };
        out[j] = t.rotate_left(j as u32 % 32);
        j += 1;
    }
    out
};

/// How many lanes go in step here: 16, 8 or 1.
pub(crate) fn lanes() -> usize {
    #[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
    {
        if std::arch::is_x86_feature_detected!("avx512f") && std::arch::is_x86_feature_detected!("avx512bw") {
            return 16;
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            return 8;
        }
    }
    1
}

/// The digest of each message, with at most `lanes` lanes.
pub(crate) fn digest_many(messages: &[&[u8]], lanes: usize) -> Vec<Digest> {
    let mut out = vec![[0; 32]; messages.len()];
    let mut order: Vec<usize> = (0..messages.len()).collect();
    order.sort_by_key(|&at| core::cmp::Reverse(messages[at].len()));
    let mut left: usize = order.iter().map(|&at| blocks(messages[at])).sum();

    let alone = order
        .iter()
        .take_while(|&&at| {
            let own = blocks(messages[at]);
            let alone = lanes == 1 || own * 8 > left;
            left -= if alone { own } else { 0 };
            alone
        })
        .count();
    let (alone, together) = order.split_at(alone);
    for &at in alone {
        out[at] = sm3::digest(messages[at]);
    }
    #[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
    if lanes.min(self::lanes()) == 16 {
        #[expect(unsafe_code, reason = "lanes() asked for AVX-512 F and BW")]
        run::<16>(messages, together, &mut out, |state, blocks| unsafe { avx512::compress(state, blocks) });
        return out;
    } else if lanes.min(self::lanes()) == 8 {
        #[expect(unsafe_code, reason = "lanes() asked for AVX2")]
        run::<8>(messages, together, &mut out, |state, blocks| unsafe { avx2::compress(state, blocks) });
        return out;
    }
    for &at in together {
        out[at] = sm3::digest(messages[at]);
    }
    out
}

/// Blocks of a message with its padding: a one bit and 64 bits of length at least.
fn blocks(message: &[u8]) -> usize {
    message.len() / 64 + if message.len() % 64 < 56 { 1 } else { 2 }
}

/// A message on its way through a lane.
#[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
struct Lane<'a> {
    at: usize,
    message: &'a [u8],
    next: usize,
    tail: [[u8; 64]; 2],
}

#[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
impl<'a> Lane<'a> {
    fn new(at: usize, message: &'a [u8]) -> Self {
        let rest = &message[message.len() / 64 * 64..];
        let mut tail = [[0; 64]; 2];
        let octets = tail.as_flattened_mut();
        octets[..rest.len()].copy_from_slice(rest);
        octets[rest.len()] = 0x80;
        let end = if rest.len() < 56 { 64 } else { 128 };
        octets[end - 8..end].copy_from_slice(&(message.len() as u64).wrapping_mul(8).to_be_bytes());
        Self { at, message, next: 0, tail }
    }

    fn block(&self) -> &[u8; 64] {
        let full = self.message.as_chunks::<64>().0;
        full.get(self.next).unwrap_or_else(|| &self.tail[(self.next - full.len()).min(1)])
    }
}

#[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
fn run<const N: usize>(
    messages: &[&[u8]],
    order: &[usize],
    out: &mut [Digest],
    compress: impl Fn(&mut [[u32; N]; 8], &[&[u8; 64]; N]),
) {
    const IDLE: [u8; 64] = [0; 64];
    let mut waiting = order.iter().map(|&at| Lane::new(at, messages[at]));
    let mut lanes: [Option<Lane<'_>>; N] = core::array::from_fn(|_| waiting.next());
    let mut state: [[u32; N]; 8] = START.map(|word| [word; N]);
    while lanes.iter().any(Option::is_some) {
        let blocks = core::array::from_fn(|n| lanes[n].as_ref().map_or(&IDLE, Lane::block));
        compress(&mut state, &blocks);
        for (n, slot) in lanes.iter_mut().enumerate() {
            let Some(lane) = slot else { continue };
            lane.next += 1;
            if lane.next < self::blocks(lane.message) {
                continue;
            }
            for (octets, words) in out[lane.at].chunks_exact_mut(4).zip(&state) {
                octets.copy_from_slice(&words[n].to_be_bytes());
            }
            for (words, start) in state.iter_mut().zip(START) {
                words[n] = start;
            }
            *slot = waiting.next();
        }
    }
}

/// One round in place: instead of moving eight words, the next round reads
/// them under the names they would have moved to.
#[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
macro_rules! round {
    ($w:ident, $j:expr, $ff:ident, $gg:ident, $a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident) => {
        let a12 = rotate::<12, 20>($a);
        let ss1 = rotate::<7, 25>(add(add(a12, $e), set(T[$j])));
        let tt2 = add(add($gg($e, $f, $g), $h), add(ss1, $w[$j]));
        $d = add(add($ff($a, $b, $c), $d), add(xor(ss1, a12), xor($w[$j], $w[$j + 4])));
        $h = xor3(tt2, rotate::<9, 23>(tt2), rotate::<17, 15>(tt2));
        $b = rotate::<9, 23>($b);
        $f = rotate::<19, 13>($f);
    };
}

/// The compression function, GB/T 32905-2016 5.3, for one vector type. The
/// operations are passed by name: a generic function would not carry the
/// processor features that they need.
#[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
macro_rules! compression {
    ($features:literal, $lanes:literal) => {
        /// One block in every lane.
        #[target_feature(enable = $features)]
        pub(super) fn compress(state: &mut [[u32; $lanes]; 8], blocks: &[&[u8; 64]; $lanes]) {
            let mut w = [set(0); 68];
            w[..16].copy_from_slice(&load_blocks(blocks));
            for j in 16..68 {
                let x = xor3(w[j - 16], w[j - 9], rotate::<15, 17>(w[j - 3]));
                let p1 = xor3(x, rotate::<15, 17>(x), rotate::<23, 9>(x));
                w[j] = xor3(p1, rotate::<7, 25>(w[j - 13]), w[j - 6]);
            }
            let old = state.each_ref().map(|words| load(words));
            let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = old;
            for j in (0..16).step_by(4) {
                round!(w, j, xor3, xor3, a b c d e f g h);
                round!(w, j + 1, xor3, xor3, d a b c h e f g);
                round!(w, j + 2, xor3, xor3, c d a b g h e f);
                round!(w, j + 3, xor3, xor3, b c d a f g h e);
            }
            for j in (16..64).step_by(4) {
                round!(w, j, majority, choose, a b c d e f g h);
                round!(w, j + 1, majority, choose, d a b c h e f g);
                round!(w, j + 2, majority, choose, c d a b g h e f);
                round!(w, j + 3, majority, choose, b c d a f g h e);
            }
            for ((words, old), new) in state.iter_mut().zip(old).zip([a, b, c, d, e, f, g, h]) {
                *words = store(xor(old, new));
            }
        }
    };
}

#[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
mod avx2;
#[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
mod avx512;

#[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
use compression;
