/** Signing out: nothing of the window stays in the browser. */

import { CACHE } from "./cache.js";
import { NAME } from "./kept.js";

/** Forgets everything, the pages too. */
export const forget = async (): Promise<void> => {
  await Promise.all([
    new Promise<void>((resolve) => {
      const asked = indexedDB.deleteDatabase(NAME);
      asked.onsuccess = asked.onerror = asked.onblocked = () => resolve();
    }),
    "caches" in self ? caches.delete(CACHE) : null,
    navigator.serviceWorker?.getRegistrations().then((all) => Promise.all(all.map((one) => one.unregister()))),
  ]);
};
