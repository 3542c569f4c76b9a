//! SM3 of many messages at once (GB/T 32905-2016): 16 lanes with AVX-512, 8 with
//! AVX-512-VL or AVX2, otherwise one message after the other through RustCrypto's.
//!
//! 1. Messages are sorted by length, the longest first. A [`Plan`] says how many of
//!    them are digested on their own, and by how many lanes the rest: a step of all
//!    lanes costs little more than a block alone, and the longest message decides how
//!    many steps there are.
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

/// Instructions by which several messages go in step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// 16 lanes in registers of 512 bits.
    #[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
    Avx512,
    /// 8 lanes in registers of 256 bits, with the rotations of AVX-512.
    #[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
    Avx512Vl,
    /// 8 lanes in registers of 256 bits.
    #[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
    Avx2,
}

impl Kind {
    /// Those that this processor has.
    fn here() -> &'static [Self] {
        #[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
        {
            use std::arch::is_x86_feature_detected;
            if is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512vl")
            {
                return &[Self::Avx512, Self::Avx512Vl];
            }
            if is_x86_feature_detected!("avx2") {
                return &[Self::Avx2];
            }
        }
        &[]
    }

    /// Lanes, and what a step of all of them costs, in tenths of a block alone (measured).
    const fn lanes_and_cost(self) -> (usize, usize) {
        match self {
            #[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
            Self::Avx512 => (16, 32),
            #[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
            Self::Avx512Vl => (8, 16),
            #[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
            Self::Avx2 => (8, 25),
        }
    }
}

/// How many lanes go in step here: 16, 8 or 1.
pub(crate) fn lanes() -> usize {
    Kind::here().iter().map(|kind| kind.lanes_and_cost().0).max().unwrap_or(1)
}

/// Which way some messages go.
struct Plan {
    /// How many of the longest are digested on their own.
    alone: usize,
    /// By what the others are.
    together: Option<Kind>,
}

impl Plan {
    /// The cheapest one for messages of so many blocks each, the longest first.
    fn cheapest(blocks: &[usize], kinds: impl Iterator<Item = Kind>) -> Self {
        let mut best = (blocks.iter().sum::<usize>().saturating_mul(10), Self { alone: blocks.len(), together: None });
        for kind in kinds {
            let (width, cost) = kind.lanes_and_cost();
            let mut left: usize = blocks.iter().sum();
            let mut on_their_own = 0_usize;
            for (alone, &longest) in blocks.iter().enumerate() {
                let steps = longest.max(left.div_ceil(width));
                let all = on_their_own.saturating_mul(10).saturating_add(steps.saturating_mul(cost));
                if all < best.0 {
                    best = (all, Self { alone, together: Some(kind) });
                }
                left -= longest;
                on_their_own += longest;
            }
        }
        best.1
    }
}

/// The digest of each message, with at most `lanes` lanes.
pub(crate) fn digest_many(messages: &[&[u8]], lanes: usize) -> Vec<Digest> {
    let kinds = Kind::here().iter().copied().filter(|kind| kind.lanes_and_cost().0 <= lanes);
    digest_by(messages, |blocks| Plan::cheapest(blocks, kinds))
}

/// All in lanes whatever it costs, by each kind that this processor has, also those that are never the cheapest.
#[cfg(all(test, target_arch = "x86_64", not(feature = "portable")))]
pub(crate) fn digest_by_every_kind(messages: &[&[u8]]) -> Vec<Vec<Digest>> {
    let narrow = std::arch::is_x86_feature_detected!("avx2").then_some(Kind::Avx2);
    let kinds = Kind::here().iter().copied().chain(narrow);
    kinds.map(|kind| digest_by(messages, |_| Plan { alone: 0, together: Some(kind) })).collect()
}

fn digest_by(messages: &[&[u8]], plan: impl FnOnce(&[usize]) -> Plan) -> Vec<Digest> {
    let mut out = vec![[0; 32]; messages.len()];
    let mut order: Vec<usize> = (0..messages.len()).collect();
    order.sort_by_key(|&at| core::cmp::Reverse(messages[at].len()));
    let lengths: Vec<usize> = order.iter().map(|&at| blocks(messages[at])).collect();
    let plan = plan(&lengths);
    let (alone, together) = order.split_at(plan.alone);
    for &at in alone {
        out[at] = sm3::digest(messages[at]);
    }
    match plan.together {
        None => {}
        #[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
        Some(Kind::Avx512) => {
            #[expect(unsafe_code, reason = "Kind::here() asked for AVX-512 F, BW and VL")]
            run::<16>(messages, together, &mut out, |state, runs, steps| unsafe {
                avx512::compress(state, runs, steps)
            });
        }
        #[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
        Some(Kind::Avx512Vl) => {
            #[expect(unsafe_code, reason = "Kind::here() asked for AVX-512 F, BW and VL")]
            run::<8>(messages, together, &mut out, |state, runs, steps| unsafe {
                avx512vl::compress(state, runs, steps)
            });
        }
        #[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
        Some(Kind::Avx2) => {
            #[expect(unsafe_code, reason = "Kind::here() asked for AVX2")]
            run::<8>(messages, together, &mut out, |state, runs, steps| unsafe { avx2::compress(state, runs, steps) });
        }
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
    /// Full blocks that are left.
    full: &'a [[u8; 64]],
    /// What follows them.
    tail: [[u8; 64]; 2],
    /// Where in `tail` the next block stands; none is left at 2.
    next: usize,
}

#[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
impl<'a> Lane<'a> {
    fn new(at: usize, message: &'a [u8]) -> Self {
        let (full, rest) = message.as_chunks::<64>();
        let mut tail = [[0; 64]; 2];
        let next = if rest.len() < 56 { 1 } else { 0 };
        let octets = tail[next..].as_flattened_mut();
        octets[..rest.len()].copy_from_slice(rest);
        octets[rest.len()] = 0x80;
        tail[1][56..].copy_from_slice(&(message.len() as u64).wrapping_mul(8).to_be_bytes());
        Self { at, full, tail, next }
    }

    /// The blocks that come next and stand one behind the other; empty at the end.
    fn run(&self) -> &[[u8; 64]] {
        if self.full.is_empty() { &self.tail[self.next..] } else { self.full }
    }

    fn advance(&mut self, steps: usize) {
        if self.full.is_empty() {
            self.next += steps;
        } else {
            self.full = &self.full[steps..];
        }
    }
}

#[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
fn run<const N: usize>(
    messages: &[&[u8]],
    order: &[usize],
    out: &mut [Digest],
    compress: impl Fn(&mut [[u32; N]; 8], &[&[[u8; 64]]; N], usize),
) {
    let mut waiting = order.iter().map(|&at| Lane::new(at, messages[at]));
    let mut lanes: [Option<Lane<'_>>; N] = core::array::from_fn(|_| waiting.next());
    let mut state: [[u32; N]; 8] = START.map(|word| [word; N]);
    while let Some(any) = lanes.iter().flatten().map(Lane::run).min_by_key(|run| run.len()) {
        let steps = any.len();
        // a lane without a message goes along with the blocks of another
        let runs = core::array::from_fn(|n| lanes[n].as_ref().map_or(any, Lane::run));
        compress(&mut state, &runs, steps);
        for (n, slot) in lanes.iter_mut().enumerate() {
            let Some(lane) = slot else { continue };
            lane.advance(steps);
            if !lane.run().is_empty() {
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
        let ss1 = rotate::<7, 25>(add(add(a12, set(T[$j])), $e));
        let tt2 = add(add($gg($e, $f, $g), add($h, $w[$j])), ss1);
        $d = add(add($ff($a, $b, $c), add($d, xor($w[$j], $w[$j + 4]))), xor(ss1, a12));
        $h = xor3(tt2, rotate::<9, 23>(tt2), rotate::<17, 15>(tt2));
        $b = rotate::<9, 23>($b);
        $f = rotate::<19, 13>($f);
    };
}

/// Four words of the expanded message from the j-th on, GB/T 32905-2016 5.3.2.
#[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
macro_rules! four_words {
    ($w:ident, $from:expr) => {
        for j in $from..$from + 4 {
            let x = xor3($w[j - 16], $w[j - 9], rotate::<15, 17>($w[j - 3]));
            let p1 = xor3(x, rotate::<15, 17>(x), rotate::<23, 9>(x));
            $w[j] = xor3(p1, rotate::<7, 25>($w[j - 13]), $w[j - 6]);
        }
    };
}

/// The compression function, GB/T 32905-2016 5.3, for one vector type. The
/// operations are passed by name: a generic function would not carry the
/// processor features that they need.
#[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
macro_rules! compression {
    ($features:literal, $lanes:literal) => {
        /// The first blocks of each run, one step after the other, in every lane.
        #[target_feature(enable = $features)]
        pub(super) fn compress(state: &mut [[u32; $lanes]; 8], runs: &[&[[u8; 64]]; $lanes], steps: usize) {
            let mut now = state.each_ref().map(|words| load(words));
            for step in 0..steps {
                let blocks: [&[u8; 64]; $lanes] = core::array::from_fn(|lane| &runs[lane][step]);
                let mut w = [set(0); 68];
                w[..16].copy_from_slice(&load_blocks(&blocks));
                let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = now;
                // words are made twelve rounds before they are needed: beside the rounds, which wait
                // for one another
                for j in (0..16).step_by(4) {
                    four_words!(w, j + 16);
                    round!(w, j, xor3, xor3, a b c d e f g h);
                    round!(w, j + 1, xor3, xor3, d a b c h e f g);
                    round!(w, j + 2, xor3, xor3, c d a b g h e f);
                    round!(w, j + 3, xor3, xor3, b c d a f g h e);
                }
                for j in (16..64).step_by(4) {
                    if j <= 48 {
                        four_words!(w, j + 16);
                    }
                    round!(w, j, majority, choose, a b c d e f g h);
                    round!(w, j + 1, majority, choose, d a b c h e f g);
                    round!(w, j + 2, majority, choose, c d a b g h e f);
                    round!(w, j + 3, majority, choose, b c d a f g h e);
                }
                for (old, new) in now.iter_mut().zip([a, b, c, d, e, f, g, h]) {
                    *old = xor(*old, new);
                }
            }
            for (words, now) in state.iter_mut().zip(now) {
                *words = store(now);
            }
        }
    };
}

#[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
mod avx2;
#[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
mod avx512;
#[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
mod avx512vl;

#[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
use compression;
