/** The page of a shown code: counts, and renews the code before it ends. Without this file a button does it. */

import { bringMarks } from "./marks.js";

/** A screen that is left on does not make codes for ever. */
const MOST_RENEWALS = 30;

const form = document.querySelector<HTMLFormElement>("#again");
const said = document.querySelector("#code-said");
const box = (): HTMLElement => document.querySelector("#code") as HTMLElement;

let renewals = 0;
let asking = false;
let failed = false;
let begun = performance.now();
let last = Infinity;

const clock = (seconds: number): string => {
  const two = (n: number): string => String(n).padStart(2, "0");
  const s = ((seconds % 86400) + 86400) % 86400;
  return `${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
};
const say = (text: string | undefined): void => {
  if (said) said.textContent = text ?? "";
};

const run = (again: HTMLFormElement): void => {
  const begin = (at: number): void => {
    begun = at;
    last = Infinity;
    failed = false;
    again.hidden = true;
    const bar = box().querySelector<HTMLElement>(".code__bar");
    if (bar) bar.hidden = false;
  };

  const renew = async (): Promise<void> => {
    asking = true;
    const at = performance.now();
    try {
      const body = new URLSearchParams();
      new FormData(again).forEach((value, name) => body.append(name, String(value)));
      const answer = await fetch(again.action, { method: "POST", body, credentials: "same-origin", redirect: "error" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.querySelector<HTMLElement>("#code");
      if (!answer.ok || !next) throw new Error("no code");
      bringMarks(page);
      box().replaceWith(document.adoptNode(next));
      renewals += 1;
      begin(at);
      say(next.dataset.renewed);
    } catch {
      failed = true;
      again.hidden = false;
      say(box().dataset.failed);
    } finally {
      asking = false;
    }
  };

  const tick = (): void => {
    const code = box();
    const { seconds = "0", clock: made = "0", left = "", over = "", failed: failedWords = "", said: saidWords = "" } = code.dataset;
    const gone = Math.floor((performance.now() - begun) / 1000);
    const rest = Math.max(0, Number(seconds) - gone);
    (code.querySelector(".code__clock") as Element).textContent = clock(Number(made) + gone);
    (code.querySelector(".code__bar rect") as Element).setAttribute("width", String((100 * rest) / Number(seconds)));
    const words = rest > 0 ? (failed ? failedWords : left.replace("{n}", String(rest))) : over;
    (code.querySelector(".code__words") as Element).textContent = words;
    code.classList.toggle("is-over", rest === 0);
    if (rest === 0) again.hidden = false;
    for (const n of [30, 10]) if (last > n && rest <= n && rest > 0) say(saidWords.replace("{n}", String(rest)));
    last = rest;

    // Early enough for a slow network, late enough that a code is not made for nothing.
    const margin = Math.max(3, Math.min(10, Math.floor(Number(seconds) / 5)));
    if (rest <= margin && !document.hidden && !asking && !failed && renewals < MOST_RENEWALS) void renew();
  };

  begin(begun);
  tick();
  setInterval(tick, 1000);
  // Back from another window, perhaps past its end.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) {
      failed = false;
      tick();
    }
  });
};

if (form && document.querySelector("#code")) run(form);
