// The page of a shown code: counts, and renews the code before it ends. Without this file a button does it.

const form = document.querySelector("#again");
const said = document.querySelector("#code-said");
// A screen that is left on does not make codes for ever.
const MOST_RENEWALS = 30;

let renewals = 0;
let asking = false;
let failed = false;
let begun = performance.now();
let last = Infinity;

const box = () => document.querySelector("#code");
const clock = (seconds) => {
  const two = (n) => String(n).padStart(2, "0");
  const s = ((seconds % 86400) + 86400) % 86400;
  return `${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
};
const say = (text) => { said.textContent = text; };

const begin = (at) => {
  begun = at;
  last = Infinity;
  failed = false;
  form.hidden = true;
  const bar = box().querySelector(".code__bar");
  if (bar) bar.hidden = false;
};

const renew = async () => {
  asking = true;
  const at = performance.now();
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      credentials: "same-origin",
      redirect: "error",
    });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.querySelector("#code");
    if (!answer.ok || !next) throw new Error("no code");
    box().replaceWith(document.adoptNode(next));
    renewals += 1;
    begin(at);
    say(next.dataset.renewed);
  } catch {
    failed = true;
    form.hidden = false;
    say(box().dataset.failed);
  } finally {
    asking = false;
  }
};

const tick = () => {
  const code = box();
  const { seconds, clock: made, left, over } = code.dataset;
  const gone = Math.floor((performance.now() - begun) / 1000);
  const rest = Math.max(0, Number(seconds) - gone);
  code.querySelector(".code__clock").textContent = clock(Number(made) + gone);
  code.querySelector(".code__bar rect").setAttribute("width", String((100 * rest) / Number(seconds)));
  code.querySelector(".code__words").textContent = rest > 0 ? (failed ? code.dataset.failed : left.replace("{n}", rest)) : over;
  code.classList.toggle("is-over", rest === 0);
  if (rest === 0) form.hidden = false;
  for (const n of [30, 10]) if (last > n && rest <= n && rest > 0) say(code.dataset.said.replace("{n}", rest));
  last = rest;

  // Early enough for a slow network, late enough that a code is not made for nothing.
  const margin = Math.max(3, Math.min(10, Math.floor(Number(seconds) / 5)));
  const due = rest <= margin && !document.hidden && !asking && !failed && renewals < MOST_RENEWALS;
  if (due) renew();
};

if (form && box()) {
  begin(begun);
  tick();
  setInterval(tick, 1000);
  // Back from another window, perhaps past its end.
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { failed = false; tick(); } });
}
