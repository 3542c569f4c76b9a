/**
 * Checks that no register answered, asked about again while there is a network: those of a window without one, and those
 * whose register, elsewhere, was silent. Each clerk asks about their own; nothing is dropped before it was answered.
 */

import { csrf } from "./csrf.js";
import { dropCheck, keepCheck, keepClerk, keepTold, serviceNow, waitingChecks, type Waiting } from "./kept.js";
import { bringMarks } from "./marks.js";
import { sayProgress, showQueue } from "./queue.js";

/** Checks that are sent at once (src/flow/window/recheck.rs). */
const MOST_CHECKS = 20;

/** Where the window shows what waits and what came of it, and where it asks. */
export interface Desk {
  readonly address: string;
  readonly clerk: string;
  /** What came of it. */
  readonly place: HTMLElement;
  /** What waits. */
  readonly queue: HTMLElement | null;
}

/** Shows what waits now. */
const look = async ({ clerk, place, queue }: Desk): Promise<Waiting[]> => {
  const all = await waitingChecks();
  if (queue) showQueue(queue, all, clerk, await serviceNow());
  place.closest(".more")?.classList.toggle("more--left", all.length > 0 || place.childElementCount > 0);
  return all.filter(({ check }) => check.clerk === clerk);
};

/** Asks about all of the clerk's checks, a few at once; one page of a browser does so at a time. */
export const checkAgain = async (desk: Desk): Promise<void> => {
  await look(desk);
  const ask = (): Promise<void> => inTurns(desk);
  // a browser without locks has one window
  if ("locks" in navigator) await navigator.locks.request("yinxin-recheck", { ifAvailable: true }, (lock) => (lock ? ask() : undefined));
  else await ask();
};

const inTurns = async (desk: Desk): Promise<void> => {
  const own = await look(desk);
  // those of which the service does not know yet come first
  const turns = [own.filter(({ check }) => !check.told), own.filter(({ check }) => check.told)].flatMap((some) =>
    Array.from({ length: Math.ceil(some.length / MOST_CHECKS) }, (_, n) => some.slice(n * MOST_CHECKS, (n + 1) * MOST_CHECKS)),
  );
  let done = 0;
  for (const turn of turns) {
    if (desk.queue) sayProgress(desk.queue, done, own.length);
    if (!(await asked(desk, turn))) break;
    done += turn.length;
  }
  if (desk.queue) sayProgress(desk.queue, 0, 0);
  await look(desk);
};

/** As the service reads it, and names it in its answer. */
const sent = ({ check }: Waiting): string => `${check.handle} ${check.state} ${Math.floor(check.at / 1000)}`;

/** One question; false where nobody answered it. */
const asked = async ({ address, clerk, place }: Desk, turn: readonly Waiting[]): Promise<boolean> => {
  const body = new URLSearchParams({ clerk });
  for (const one of turn) body.append(one.check.told ? "again" : "check", sent(one));
  const answer = await fetch(address, { method: "POST", headers: csrf(), body, credentials: "same-origin", redirect: "error" }).catch(() => null);
  if (!answer?.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const outcome = page.querySelector<HTMLElement>("#rechecked");
  if (!outcome) return false;
  bringMarks(page);
  for (const line of outcome.querySelectorAll<HTMLElement>("[data-check]")) {
    const isOpen = line.dataset.open !== undefined;
    for (const one of turn.filter((one) => sent(one) === line.dataset.check)) {
      if (!isOpen) await dropCheck(one.key);
      else if (!one.check.told) await keepTold(one);
    }
    if (isOpen) line.remove();
  }
  told(place, outcome);
  return true;
};

/** Adds to what came out, the worst first. */
const told = (place: HTMLElement, outcome: HTMLElement): void => {
  const before = place.querySelector<HTMLElement>("#rechecked");
  const section = before ?? outcome;
  const lines = [before, outcome].flatMap((one) => Array.from(one?.querySelectorAll<HTMLElement>("[data-check]") ?? []));
  if (!lines.length) return;
  const bad = lines.filter((line) => line.dataset.worse !== undefined);
  section.querySelector("ul")?.replaceChildren(...bad, ...lines.filter((line) => line.dataset.worse === undefined));
  const title = section.querySelector("h2");
  const { all = "", worse = "" } = section.dataset;
  if (title) title.textContent = all.replace("{n}", String(lines.length)) + (bad.length ? worse.replace("{n}", String(bad.length)) : "");
  if (before) return;
  place.replaceChildren(document.adoptNode(section));
  place.closest(".more")?.classList.add("more--left");
};

/** A verdict that no register answered, on a page of the service: it waits as the others do. Its page says so in both languages. */
export const keepShown = async (): Promise<void> => {
  const notes = Array.from(document.querySelectorAll<HTMLElement>("[data-keep]"));
  if (!notes.length || !("indexedDB" in self)) return;
  const seen = new Set<string>();
  for (const note of notes) {
    const { keep = "", state = "", at = "", clerk = "" } = note.dataset;
    if (!seen.has(`${keep} ${at}`)) {
      await keepClerk(clerk);
      await keepCheck({ handle: keep, state, at: Number(at), told: true });
    }
    seen.add(`${keep} ${at}`);
    note.hidden = false;
  }
};
