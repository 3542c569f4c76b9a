/**
 * While there is a network: the worker fetches what a window needs without one, and what was checked without one is
 * checked again.
 */

import { csrf } from "./csrf.js";
import { dropCheck, keptKit, waitingChecks } from "./kept.js";

/** Checks that are sent at once. */
const MOST_CHECKS = 20;

/** `place` names the addresses, and is where the outcome of checks is shown. */
export const prepare = async (place: HTMLElement): Promise<void> => {
  const { kit = "", shell = "", worker = "", recheck = "" } = place.dataset;
  if (!("serviceWorker" in navigator) || !("indexedDB" in self)) return;
  const checked = checkAgain(recheck, place);
  navigator.serviceWorker.addEventListener("message", ({ data }: MessageEvent<{ prepared?: boolean }>) => {
    if (data.prepared) place.dataset.ready = "true";
  });
  await navigator.serviceWorker.register(worker, { scope: "/window", updateViaCache: "none" });
  const { active } = await navigator.serviceWorker.ready;
  active?.postMessage({ prepare: { kit, shell } });
  await checked;
};

/** Asks the service about each licence, and shows what came out. What it answered is kept no longer. */
const checkAgain = async (address: string, place: HTMLElement): Promise<void> => {
  const kept = await keptKit();
  const now = kept ? kept.kit.made_at + (Date.now() - kept.fetched) : Date.now();
  const waiting = (await waitingChecks(now)).slice(0, MOST_CHECKS);
  if (!waiting.length) return;
  const body = new URLSearchParams();
  for (const { check } of waiting) body.append("check", `${check.handle} ${check.state} ${Math.floor(check.at / 1000)}`);
  const answer = await fetch(address, { method: "POST", headers: csrf(), body, credentials: "same-origin", redirect: "error" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const outcome = page.querySelector("#rechecked");
  if (!outcome) return;
  place.replaceChildren(document.adoptNode(outcome));
  for (const { key } of waiting) await dropCheck(key);
};
