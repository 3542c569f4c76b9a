//! Which key has which table: a cache bounded by memory.
//!
//! 1. A **pinned** key (an anchor of the configuration or one of its signers)
//!    has its large table from the start and keeps it; looking it up takes a
//!    read lock and nothing else, whatever happens to other keys.
//! 2. The **first sight** of any other key leaves a fingerprint in a fixed
//!    field of 16,384; no table, no allocation, nothing pushed out.
//! 3. The **second sight** builds the small table, the [`HOT_AFTER`]th use of
//!    that the large one. Tables are built with no lock held; meanwhile other
//!    threads use what there is.
//! 4. Tables beyond the limit push out those least recently used.
//!
//! The cache only ever changes how long a verification takes, not its answer:
//! a table is stored under the very octets of the point it was built from.

use super::{
    point::Affine,
    tables::{Shape, Table},
    verify::{self, KeyForm, Numbers},
};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    hash::{BuildHasher as _, RandomState},
    sync::{
        Arc, LazyLock, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
};

/// Memory for tables of keys that are not pinned, in octets: 16 MiB.
pub const DEFAULT_LIMIT_OCTETS: usize = 16 << 20;

/// Uses of a small table after which the large one pays: building it costs as
/// much as it saves in about 90 verifications.
pub const HOT_AFTER: u32 = 64;

/// Fingerprints kept of keys seen once: 64 KiB.
const SIGHTINGS: usize = 1 << 14;
/// Independent parts, each with its own lock.
const SHARDS: usize = 8;
/// What an entry takes besides its table: key twice, links, counts.
const ENTRY_OCTETS: usize = 320;

/// x || y of a key: what identifies it.
pub(crate) type KeyOctets = [u8; 64];

/// Tables of public keys. One for the process: [`key_cache`].
pub struct KeyCache {
    hasher: RandomState,
    limit: AtomicUsize,
    pinned: RwLock<HashMap<KeyOctets, Arc<Table>>>,
    seen: Box<[AtomicU32]>,
    shards: [Mutex<Shard>; SHARDS],
    counts: Counts,
}

/// A reading of the cache's counters, for the metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyCacheCounters {
    /// Keys pinned now.
    pub pinned_keys: u64,
    /// Octets their tables take.
    pub pinned_octets: u64,
    /// Keys with a small table now.
    pub small_tables: u64,
    /// Keys with a large table now, pinned ones not counted.
    pub large_tables: u64,
    /// Octets the small and large tables take, with what manages them.
    pub octets: u64,
    /// Verifications with a pinned key's table.
    pub pinned_hits: u64,
    /// Verifications with a large table.
    pub large_hits: u64,
    /// Verifications with a small table.
    pub small_hits: u64,
    /// Verifications without a table.
    pub misses: u64,
    /// Tables built, small and large.
    pub built: u64,
    /// Tables pushed out by the limit.
    pub evicted: u64,
}

#[derive(Default)]
struct Counts {
    pinned_hits: AtomicU64,
    large_hits: AtomicU64,
    small_hits: AtomicU64,
    misses: AtomicU64,
    built: AtomicU64,
    evicted: AtomicU64,
}

#[derive(Default)]
struct Shard {
    entries: HashMap<KeyOctets, Entry>,
    /// By time of last use, the oldest first.
    order: BTreeMap<u64, KeyOctets>,
    building: HashSet<KeyOctets>,
    clock: u64,
    octets: usize,
}

struct Entry {
    table: Arc<Table>,
    uses: u32,
    last_use: u64,
}

/// What a look-up found, and what is worth building.
struct Found {
    table: Option<Arc<Table>>,
    build: Option<Shape>,
}

/// The process's cache.
pub fn key_cache() -> &'static KeyCache {
    static CACHE: LazyLock<KeyCache> = LazyLock::new(|| KeyCache::new(DEFAULT_LIMIT_OCTETS));
    &CACHE
}

impl KeyCache {
    /// An empty cache for `limit_octets` of tables. Below 1.25 MiB a large
    /// table no longer fits beside others, and keys keep their small ones.
    pub fn new(limit_octets: usize) -> Self {
        Self {
            hasher: RandomState::new(),
            limit: AtomicUsize::new(limit_octets),
            pinned: RwLock::default(),
            seen: (0..SIGHTINGS).map(|_| AtomicU32::new(0)).collect(),
            shards: std::array::from_fn(|_| Mutex::default()),
            counts: Counts::default(),
        }
    }

    /// Changes the limit; what is too much goes with the next tables built.
    pub fn set_limit_octets(&self, octets: usize) {
        self.limit.store(octets, Relaxed);
    }

    /// The counters now.
    pub fn counters(&self) -> KeyCacheCounters {
        let pinned_keys = self.pinned.read().unwrap_or_else(PoisonError::into_inner).len() as u64;
        let mut out = KeyCacheCounters {
            pinned_keys,
            pinned_octets: pinned_keys * (Shape::LARGE.octets() + ENTRY_OCTETS) as u64,
            pinned_hits: self.counts.pinned_hits.load(Relaxed),
            large_hits: self.counts.large_hits.load(Relaxed),
            small_hits: self.counts.small_hits.load(Relaxed),
            misses: self.counts.misses.load(Relaxed),
            built: self.counts.built.load(Relaxed),
            evicted: self.counts.evicted.load(Relaxed),
            ..KeyCacheCounters::default()
        };
        for shard in &self.shards {
            let shard = lock(shard);
            let large = shard.entries.values().filter(|entry| entry.table.shape() == Shape::LARGE).count();
            out.large_tables += large as u64;
            out.small_tables += (shard.entries.len() - large) as u64;
            out.octets += shard.octets as u64;
        }
        out
    }

    /// Gives a key its large table for good. Pinned tables are outside the
    /// limit: about 148 KiB each, so pin what the configuration names only.
    pub(crate) fn pin(&self, octets: &KeyOctets, point: &Affine) {
        if self.pinned.read().unwrap_or_else(PoisonError::into_inner).contains_key(octets) {
            return;
        }
        let table = Arc::new(Table::build(point, Shape::LARGE));
        self.counts.built.fetch_add(1, Relaxed);
        self.pinned.write().unwrap_or_else(PoisonError::into_inner).insert(*octets, table);
        lock(self.shard(self.hash(octets))).remove(octets);
    }

    /// Takes a pinned key's table away; the key is like any other then.
    pub(crate) fn unpin(&self, octets: &KeyOctets) {
        self.pinned.write().unwrap_or_else(PoisonError::into_inner).remove(octets);
    }

    /// Verifies with the best table there is, building one where it is time.
    pub(crate) fn verify(&self, octets: &KeyOctets, point: &Affine, e: &[u8; 32], r: &[u8; 32], s: &[u8; 32]) -> bool {
        let Some(numbers) = Numbers::new(e, r, s) else { return false };
        match self.table(octets, point, 1) {
            Some(table) => verify::check(&numbers, KeyForm::Table(&table)),
            None => verify::check(&numbers, KeyForm::Point(point)),
        }
    }

    /// The table for `sights` verifications by one key, building one where it
    /// is time; `None` where the point itself is the better choice.
    pub(crate) fn table(&self, octets: &KeyOctets, point: &Affine, sights: u32) -> Option<Arc<Table>> {
        let found = self.find(octets, sights);
        let Some(shape) = found.build else { return found.table };
        let table = Arc::new(Table::build(point, shape));
        self.keep(octets, &table);
        Some(table)
    }

    /// A table there already is; a miss leaves no trace but the count.
    #[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
    pub(crate) fn existing(&self, octets: &KeyOctets, sights: u32) -> Option<Arc<Table>> {
        let pinned = self.pinned(octets, sights);
        pinned.or_else(|| self.touch(&mut lock(self.shard(self.hash(octets))), octets, sights).map(|(table, _)| table))
    }

    /// Counts a miss, and keeps the table built elsewhere if there is one and
    /// the key has been seen before.
    #[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
    pub(crate) fn note(&self, octets: &KeyOctets, sights: u32, table: Option<&Arc<Table>>) {
        self.counts.misses.fetch_add(sights.into(), Relaxed);
        let again = self.sight(self.hash(octets), sights);
        if let Some(table) = table.filter(|table| again && self.room(table.shape())) {
            self.keep(octets, table);
        }
    }

    fn pinned(&self, octets: &KeyOctets, sights: u32) -> Option<Arc<Table>> {
        let table = self.pinned.read().unwrap_or_else(PoisonError::into_inner).get(octets).map(Arc::clone)?;
        self.counts.pinned_hits.fetch_add(sights.into(), Relaxed);
        Some(table)
    }

    fn find(&self, octets: &KeyOctets, sights: u32) -> Found {
        if let Some(table) = self.pinned(octets, sights) {
            return Found { table: Some(table), build: None };
        }
        let hash = self.hash(octets);
        let mut shard = lock(self.shard(hash));
        if let Some((table, uses)) = self.touch(&mut shard, octets, sights) {
            let hot = table.shape() == Shape::SMALL && uses >= HOT_AFTER && self.room(Shape::LARGE);
            let build = (hot && shard.building.insert(*octets)).then_some(Shape::LARGE);
            return Found { table: Some(table), build };
        }
        self.counts.misses.fetch_add(sights.into(), Relaxed);
        let again = self.sight(hash, sights) && self.room(Shape::SMALL);
        let build = (again && shard.building.insert(*octets)).then_some(Shape::SMALL);
        Found { table: None, build }
    }

    /// The key's table and its uses, now the most recently used one.
    fn touch(&self, shard: &mut Shard, octets: &KeyOctets, sights: u32) -> Option<(Arc<Table>, u32)> {
        let Shard { entries, order, clock, .. } = shard;
        let entry = entries.get_mut(octets)?;
        *clock += 1;
        order.remove(&entry.last_use);
        order.insert(*clock, *octets);
        entry.last_use = *clock;
        entry.uses = entry.uses.saturating_add(sights);
        let hits = if entry.table.shape() == Shape::LARGE { &self.counts.large_hits } else { &self.counts.small_hits };
        hits.fetch_add(sights.into(), Relaxed);
        Some((Arc::clone(&entry.table), entry.uses))
    }

    /// Whether the key was seen before, or is now seen more than once.
    fn sight(&self, hash: u64, sights: u32) -> bool {
        let fingerprint = (hash >> 32) as u32 | 1; // 0 is the empty slot
        let before = self.seen[hash as usize % SIGHTINGS].swap(fingerprint, Relaxed);
        before == fingerprint || sights > 1
    }

    /// Whether a table of this shape fits in a shard at all.
    fn room(&self, shape: Shape) -> bool {
        shape.octets() + ENTRY_OCTETS <= self.limit.load(Relaxed) / SHARDS
    }

    fn keep(&self, octets: &KeyOctets, table: &Arc<Table>) {
        self.counts.built.fetch_add(1, Relaxed);
        let mut shard = lock(self.shard(self.hash(octets)));
        shard.building.remove(octets);
        shard.insert(octets, table);
        let limit = self.limit.load(Relaxed) / SHARDS;
        while shard.octets > limit && shard.evict() {
            self.counts.evicted.fetch_add(1, Relaxed);
        }
    }

    fn hash(&self, octets: &KeyOctets) -> u64 {
        self.hasher.hash_one(octets)
    }

    fn shard(&self, hash: u64) -> &Mutex<Shard> {
        &self.shards[(hash >> 20) as usize % SHARDS]
    }
}

impl core::fmt::Debug for KeyCache {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "KeyCache({:?})", self.counters())
    }
}

impl Shard {
    fn insert(&mut self, octets: &KeyOctets, table: &Arc<Table>) {
        self.remove(octets);
        self.clock += 1;
        self.octets += table.shape().octets() + ENTRY_OCTETS;
        self.order.insert(self.clock, *octets);
        self.entries.insert(*octets, Entry { table: Arc::clone(table), uses: 1, last_use: self.clock });
    }

    fn remove(&mut self, octets: &KeyOctets) {
        if let Some(old) = self.entries.remove(octets) {
            self.order.remove(&old.last_use);
            self.octets -= old.table.shape().octets() + ENTRY_OCTETS;
        }
    }

    /// Removes the least recently used table; `false` when there is none.
    fn evict(&mut self) -> bool {
        let oldest = self.order.first_key_value().map(|(_, octets)| *octets);
        oldest.map(|octets| self.remove(&octets)).is_some()
    }
}

/// A thread that died holding the lock left whole entries: each change is a
/// few map operations that do not panic.
fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}
