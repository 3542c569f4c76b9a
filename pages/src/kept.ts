/**
 * What a window keeps in its browser: the kit, the checks that wait for a network, and proofs that were seen. No name
 * is ever among it. All of it goes when somebody signs out.
 */

import { type Kit } from "./kit.js";

/** The name of the database. */
export const NAME = "yinxin-window";
const [KIT, CHECKS, PROOFS] = ["kit", "checks", "proofs"] as const;
type StoreName = typeof KIT | typeof CHECKS | typeof PROOFS;
/** A check that nobody could make up for within a day is dropped. */
export const LONGEST_WAIT_MS = 24 * 3600 * 1000;

/** The kit, and this computer's clock when it came and when it was last looked at, in milliseconds since 1970. */
export interface KeptKit {
  readonly kit: Kit;
  readonly fetched: number;
  readonly seen: number;
}

/** A check that was made without a network: the licence or its printed code, what was shown, and when, by the clock of the service. */
export interface Check {
  readonly handle: string;
  readonly state: string;
  readonly at: number;
}

const opened = (): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      for (const store of [KIT, PROOFS]) asked.result.createObjectStore(store);
      asked.result.createObjectStore(CHECKS, { autoIncrement: true });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

/** Runs one request in a transaction, and answers once that is on the disk. */
const within = async <T>(name: StoreName, mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> => {
  const database = await opened();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(name, mode);
      const asked = ask(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
};

export const keptKit = async (): Promise<KeptKit | null> => ((await within(KIT, "readonly", (store) => store.get(KIT))) as KeptKit | undefined) ?? null;

export const keepKit = async (kept: KeptKit): Promise<void> => {
  await within(KIT, "readwrite", (store) => store.put(kept, KIT));
};

/** How long a kit is as good as a new one while there is a network, in milliseconds. */
const FRESH_MS = 5 * 60 * 1000;

/** Whether a kit came a moment ago. */
export const isFresh = (kept: KeptKit | null): boolean => {
  const age = kept ? Date.now() - kept.fetched : -1;
  return age >= 0 && age < FRESH_MS;
};

/** In the place of an earlier one, where that is named. Answers its key. */
export const keepCheck = async (check: Check, before?: IDBValidKey): Promise<IDBValidKey> =>
  within(CHECKS, "readwrite", (store) => (before === undefined ? store.add(check) : store.put(check, before)));

/** The checks that wait, with their keys; those that waited too long are dropped. */
export const waitingChecks = async (now: number): Promise<{ readonly key: IDBValidKey; readonly check: Check }[]> => {
  const keys = await within(CHECKS, "readonly", (store) => store.getAllKeys());
  const checks = (await within(CHECKS, "readonly", (store) => store.getAll())) as Check[];
  const all = keys.flatMap((key, at) => (checks[at] ? [{ key, check: checks[at] as Check }] : []));
  const isOver = ({ check }: { check: Check }): boolean => Math.abs(now - check.at) > LONGEST_WAIT_MS;
  for (const { key } of all.filter(isOver)) await dropCheck(key);
  return all.filter((one) => !isOver(one));
};

export const dropCheck = async (key: IDBValidKey): Promise<void> => {
  await within(CHECKS, "readwrite", (store) => store.delete(key));
};

/** How long the same window may read the same proof again, in milliseconds: scanners read twice. */
const AGAIN_MS = 10_000;

/** Takes a proof; false where this window has seen it before. Times by one clock, in milliseconds. */
export const admitProof = async (id: string, until: number, now: number): Promise<boolean> => {
  const proofs = await within(PROOFS, "readonly", (store) => store.getAllKeys());
  const untils = (await within(PROOFS, "readonly", (store) => store.getAll())) as { first: number; until: number }[];
  let known: number | null = null;
  for (const [at, proof] of proofs.entries()) {
    const seen = untils[at];
    if (proof === id && seen) known = seen.first;
    else if (seen && seen.until < now) await within(PROOFS, "readwrite", (store) => store.delete(proof));
  }
  if (known !== null) return now >= known && now - known <= AGAIN_MS;
  await within(PROOFS, "readwrite", (store) => store.put({ first: now, until }, id));
  return true;
};
