/** Signing out: nothing of the window stays in the browser but the checks that wait, which name nobody. */

import { CACHE } from "./cache.js";
import { countWaiting, forgetKept } from "./kept.js";

/** Forgets kit, proofs and pages; the checks that wait stay until somebody makes up for them, or for a day. */
export const forget = async (): Promise<void> => {
  await Promise.all([
    "indexedDB" in self ? forgetKept() : null,
    "caches" in self ? caches.delete(CACHE) : null,
    navigator.serviceWorker?.getRegistrations().then((all) => Promise.all(all.map((one) => one.unregister()))),
  ]);
};

/** Says in a place how many checks wait, by the words in its `data-say`. False where none does. */
export const sayWaiting = async (place: HTMLElement | null): Promise<boolean> => {
  const count = place ? await countWaiting() : 0;
  if (!place || !count) return false;
  const words = place.querySelector<HTMLElement>("[data-say]");
  if (words) words.textContent = (words.dataset.say ?? "").replace(/\{n\}/g, String(count));
  place.hidden = false;
  return true;
};
