/**
 * While there is a network: the worker fetches what a window needs without one, what no register answered is asked about
 * again, and the page says what the window goes by and how old that is.
 */

import { checkAgain, type Desk } from "./again.js";
import { isOld, keepClerk, keepPurpose, keptKit } from "./kept.js";
import { near } from "./times.js";

/** Between two looks at kit, network and what waits, in milliseconds. */
const LOOK_MS = 60_000;

/** `place` names the addresses, and is where the outcome of checks is shown. */
export const prepare = async (place: HTMLElement): Promise<void> => {
  const { kit = "", shell = "", worker = "", recheck = "", clerk = "" } = place.dataset;
  if (!("serviceWorker" in navigator) || !("indexedDB" in self)) return;
  await keepClerk(clerk);
  const purpose = new URLSearchParams(location.search).get("purpose");
  if (purpose) await keepPurpose(purpose);
  const desk: Desk = { address: recheck, clerk, place, queue: document.querySelector("[data-queue]") };
  const checked = checkAgain(desk);
  navigator.serviceWorker.addEventListener("message", ({ data }: MessageEvent<{ prepared?: boolean }>) => {
    if (!data.prepared) return;
    place.dataset.ready = "true";
    void here();
  });
  await navigator.serviceWorker.register(worker, { scope: "/window", updateViaCache: "none" });
  const { active } = await navigator.serviceWorker.ready;
  const ask = (): void => active?.postMessage({ prepare: { kit, shell } });
  ask();
  const again = (): void => {
    void here();
    if (!navigator.onLine) return;
    ask();
    checkAgain(desk).catch(() => { /* the next look asks again */ });
  };
  setInterval(again, LOOK_MS);
  for (const event of ["online", "offline"]) addEventListener(event, again);
  await checked;
};

/** What the browser knows of this window: whether there is a network, and how old its kit is. */
const here = async (): Promise<void> => {
  for (const one of document.querySelectorAll<HTMLElement>("[data-network]")) {
    one.hidden = (one.dataset.network === "true") !== navigator.onLine;
  }
  const kept = await keptKit();
  if (!kept) return;
  for (const one of document.querySelectorAll<HTMLElement>("[data-kit_age]")) {
    const when = one.querySelector<HTMLElement>("[data-when]");
    if (when) when.textContent = (when.dataset.when ?? "").replace("{t}", near(kept.kit.made_at, Date.now() + kept.kit.given_at - kept.fetched, when));
    one.hidden = one.dataset.kit_age !== (isOld(kept) ? "old" : "fresh");
  }
};
