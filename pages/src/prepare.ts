/** While there is a network: what a window needs without one is fetched, and what was checked without one is checked again. */

import { CACHE, dropCheck, keepKit, keptKit, waitingChecks } from "./kept.js";
import { isKit } from "./kit.js";

/** Checks that are sent at once. */
const MOST_CHECKS = 20;

/** `place` names the addresses, and is where the outcome of checks is shown. */
export const prepare = async (place: HTMLElement): Promise<void> => {
  const { kit = "", shell = "", worker = "", recheck = "" } = place.dataset;
  if (!("serviceWorker" in navigator) || !("indexedDB" in self)) return;
  const checked = checkAgain(recheck, place);
  await fetchKit(kit);
  await keepPages(shell);
  await navigator.serviceWorker.register(worker, { scope: "/window", updateViaCache: "none" });
  await checked;
  place.dataset.ready = "true";
};

const fetchKit = async (address: string): Promise<void> => {
  const answer = await fetch(address, { credentials: "same-origin", redirect: "error" });
  const found: unknown = answer.ok ? await answer.json() : null;
  if (isKit(found)) await keepKit({ kit: found, fetched: Date.now(), seen: Date.now() });
};

/** The page, and first all that it names, so that it is never there without them. */
const keepPages = async (shell: string): Promise<void> => {
  const answer = await fetch(shell, { credentials: "same-origin", redirect: "error" });
  if (!answer.ok) return;
  const assets = new Set((await answer.clone().text()).match(/\/assets\/[\w.-]+/g) ?? []);
  const cache = await caches.open(CACHE);
  const known = new Set((await cache.keys()).map((one) => new URL(one.url).pathname));
  await cache.addAll([...assets].filter((one) => !known.has(one)));
  await cache.put(shell, answer);
  for (const one of known) if (one !== shell && !assets.has(one)) await cache.delete(one);
};

/** Asks the service about each licence, and shows what came out. What it answered is kept no longer. */
const checkAgain = async (address: string, place: HTMLElement): Promise<void> => {
  const kept = await keptKit();
  const now = kept ? kept.kit.made_at + (Date.now() - kept.fetched) : Date.now();
  const waiting = (await waitingChecks(now)).slice(0, MOST_CHECKS);
  if (!waiting.length) return;
  const body = new URLSearchParams();
  for (const { check } of waiting) body.append("check", `${check.handle} ${check.state} ${Math.floor(check.at / 1000)}`);
  const answer = await fetch(address, { method: "POST", body, credentials: "same-origin", redirect: "error" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const outcome = page.querySelector("#rechecked");
  if (!outcome) return;
  place.replaceChildren(document.adoptNode(outcome));
  for (const { key } of waiting) await dropCheck(key);
};
