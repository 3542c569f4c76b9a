/**
 * What a window keeps in its browser: the kit, who works at it and for what, the checks that wait, and proofs that were
 * seen. No name of anybody is ever among it. When somebody signs out, the checks that wait stay and everything else goes.
 * Whoever opens the store drops the checks that waited for a day.
 */

import { isKit, type Kit } from "./kit.js";

/** The name of the database. */
export const NAME = "yinxin-window";
const [KIT, CHECKS, PROOFS] = ["kit", "checks", "proofs"] as const;
type StoreName = typeof KIT | typeof CHECKS | typeof PROOFS;
/** Beside the kit: how far the clock of the service is ahead of this computer's, a digest that tells the clerk, and what they work on. */
const [CLOCK, CLERK, PURPOSE] = ["clock", "clerk", "purpose"] as const;
/** A check that nobody could make up for within a day is dropped. */
export const LONGEST_WAIT_MS = 24 * 3600 * 1000;

/** The kit, and this computer's clock when it came and when it was last looked at, in milliseconds since 1970. */
export interface KeptKit {
  readonly kit: Kit;
  readonly fetched: number;
  readonly seen: number;
}

/** A check that no register answered: the licence or its printed code, what was shown, and when, by the clock of the service. */
export interface Check {
  readonly handle: string;
  readonly state: string;
  readonly at: number;
  /** Whether the service knows of it already. */
  readonly told?: true;
}

/** A check that waits. */
export interface Waiting {
  readonly key: IDBValidKey;
  /** With a digest that tells by which clerk it was made. */
  readonly check: Check & { readonly clerk?: string };
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

/** Runs requests in one transaction, and answers the last one once that is on the disk. */
const within = async <T>(name: StoreName, mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> => {
  const database = await opened();
  try {
    await tidied(database);
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

/** Without the checks that waited too long, or are of a time to come. */
const tidied = (database: IDBDatabase): Promise<void> =>
  new Promise((resolve, reject) => {
    const transaction = database.transaction([KIT, CHECKS], "readwrite");
    const clock = transaction.objectStore(KIT).get(CLOCK);
    clock.onsuccess = () => {
      const now = Date.now() + ((clock.result as number | undefined) ?? 0);
      const looked = transaction.objectStore(CHECKS).openCursor();
      looked.onsuccess = () => {
        const cursor = looked.result;
        if (!cursor) return;
        if (Math.abs(now - (cursor.value as Check).at) > LONGEST_WAIT_MS) cursor.delete();
        cursor.continue();
      };
    };
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });

const beside = async <T>(key: string): Promise<T | undefined> => (await within(KIT, "readonly", (store) => store.get(key))) as T | undefined;

// -- the kit ---------------------------------------------------------------------------------------------------------

/** The kit; none in a form of before. */
export const keptKit = async (): Promise<KeptKit | null> => {
  const kept = await beside<KeptKit>(KIT);
  return kept && isKit(kept.kit) ? kept : null;
};

export const keepKit = async (kept: KeptKit): Promise<void> => {
  await within(KIT, "readwrite", (store) => {
    store.put(kept.kit.given_at - kept.fetched, CLOCK);
    return store.put(kept, KIT);
  });
};

/** How long a kit is as good as a new one while there is a network, in milliseconds. */
const FRESH_MS = 5 * 60 * 1000;

/** Whether a kit came a moment ago. */
export const isFresh = (kept: KeptKit | null): boolean => {
  const age = kept ? Date.now() - kept.fetched : -1;
  return age >= 0 && age < FRESH_MS;
};

/** A kit from then on is called old, in milliseconds: while there is a network a new one comes every few minutes. */
const OLD_MS = 3600 * 1000;

export const isOld = (kept: KeptKit): boolean => Date.now() - kept.fetched > OLD_MS;

/** Now, by the clock of the service as far as it is known, in milliseconds since 1970. */
export const serviceNow = async (): Promise<number> => Date.now() + ((await beside<number>(CLOCK)) ?? 0);

// -- who works here, and for what ------------------------------------------------------------------------------------

/** A digest of the clerk's account. */
export const keepClerk = async (clerk: string): Promise<void> => {
  await within(KIT, "readwrite", (store) => store.put(clerk, CLERK));
};

export const keptClerk = async (): Promise<string | undefined> => beside<string>(CLERK);

/** What the window works on, for a page that is opened without a network. */
export const keepPurpose = async (purpose: string): Promise<void> => {
  await within(KIT, "readwrite", (store) => store.put(purpose, PURPOSE));
};

export const keptPurpose = async (): Promise<string | undefined> => beside<string>(PURPOSE);

// -- checks that wait ------------------------------------------------------------------------------------------------

/** Keeps a check of the clerk who works here; in the place of an earlier one, where that is named. Answers its key. */
export const keepCheck = async (check: Check, before?: IDBValidKey): Promise<IDBValidKey> => {
  const clerk = await keptClerk();
  const whole = clerk === undefined ? check : { ...check, clerk };
  return within(CHECKS, "readwrite", (store) => (before === undefined ? store.add(whole) : store.put(whole, before)));
};

/** The service knows of a check now, and could not answer it. */
export const keepTold = async ({ key, check }: Waiting): Promise<void> => {
  await within(CHECKS, "readwrite", (store) => store.put({ ...check, told: true }, key));
};

/** All that wait. */
export const waitingChecks = async (): Promise<Waiting[]> => {
  const keys = await within(CHECKS, "readonly", (store) => store.getAllKeys());
  const checks = (await within(CHECKS, "readonly", (store) => store.getAll())) as Waiting["check"][];
  return keys.flatMap((key, at) => (checks[at] ? [{ key, check: checks[at] as Waiting["check"] }] : []));
};

export const dropCheck = async (key: IDBValidKey): Promise<void> => {
  await within(CHECKS, "readwrite", (store) => store.delete(key));
};

/** How many checks wait in this browser, without making a store where there is none. */
export const countWaiting = async (): Promise<number> => {
  if (!("indexedDB" in self)) return 0;
  const known = typeof indexedDB.databases === "function" ? await indexedDB.databases() : null;
  if (known && !known.some((one) => one.name === NAME)) return 0;
  return (await waitingChecks()).length;
};

/** Signing out: the checks that wait stay, with the clock that they are measured by; where none waits, nothing stays. */
export const forgetKept = async (): Promise<void> => {
  if ((await countWaiting()) > 0) {
    await within(PROOFS, "readwrite", (store) => store.clear());
    await within(KIT, "readwrite", (store) => {
      for (const key of [KIT, CLERK]) store.delete(key);
      return store.delete(PURPOSE);
    });
    return;
  }
  await new Promise<void>((resolve) => {
    const asked = indexedDB.deleteDatabase(NAME);
    asked.onsuccess = asked.onerror = asked.onblocked = () => resolve();
  });
};

// -- proofs ----------------------------------------------------------------------------------------------------------

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
