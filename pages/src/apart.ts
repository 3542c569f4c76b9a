/**
 * The window without a network. The page and its words come from the service and were kept; here texts are read by the kit,
 * and the state that they come to is shown as the window shows it. Only the licence's identifier or its printed code, the state and
 * the time are kept, to be checked again once there is a network; what is typed off a paper is not.
 */

import { offerCamera } from "./camera.js";
import { cleared, focus, keepReady, take } from "./field.js";
import { admitProof, isFresh, isOld, keepCheck, keepKit, keptClerk, keptKit, type KeptKit, keptPurpose, serviceNow, waitingChecks } from "./kept.js";
import { isKit } from "./kit.js";
import { showQueue } from "./queue.js";
import { onSwitch, switches } from "./switches.js";
import { instant, short } from "./times.js";
import type { Verdict } from "./verifier.js";

type Scanner = typeof import("./scanner.js");
type Verifier = typeof import("./verifier.js");

/** How far this computer's clock may run back before it cannot be relied on, in milliseconds. */
const BACK_MS = 120_000;
/** Between two looks at whether the network is back, in milliseconds. */
const LOOK_MS = 10_000;
/** How long an answer is waited for, and nothing else asked meanwhile, in milliseconds. */
const PATIENCE_MS = 60_000;

/** What a clerk reads off a paper. */
type Typed = Readonly<Record<"holder" | "number" | "until", string>>;

const body = document.querySelector("[data-verifier]") as HTMLElement;
const pages = Array.from(document.querySelectorAll<HTMLElement>(".page[data-title]"));
const all = (selector: string, within: ParentNode = document): HTMLElement[] => Array.from(within.querySelectorAll<HTMLElement>(selector));

let kept: KeptKit | null = null;
let verifier: Promise<Verifier> | null = null;
let isBack = false;
/** What is shown, to be shown in the other language too. */
let last: { readonly verdict: Verdict; readonly at: number; readonly typed?: Typed } | null = null;
/** The check that waits for what is shown. */
let waiting: IDBValidKey | undefined;
/** This computer's clock less its steady one, when the page began. */
const begun = Date.now() - performance.now();

// -- time ------------------------------------------------------------------------------------------------------

/** Why nothing can be said by the kit: none, too old, or a clock that nobody can rely on. */
type Trouble = "no_kit" | "kit_old" | "clock";

/** Milliseconds since 1970 by the clock of the service, or what is wrong. */
const now = (): number | Trouble => {
  if (!kept) return "no_kit";
  const local = Date.now();
  const ranBack = local < kept.seen - BACK_MS || local < kept.fetched - BACK_MS || local - performance.now() < begun - BACK_MS;
  if (ranBack) return "clock";
  const at = kept.kit.given_at + Math.max(0, local - kept.fetched);
  return at > kept.kit.made_at + kept.kit.lasts_seconds * 1000 ? "kit_old" : at;
};

/** Whether somebody signed out in another tab: they took everything with them, and nothing is put back. */
const isSignedOut = async (): Promise<boolean> => (await keptClerk()) === undefined;

/** The clock is never further back than it was seen. */
const seen = async (): Promise<void> => {
  if (await isSignedOut()) kept = null;
  if (!kept || typeof now() !== "number" || Date.now() <= kept.seen) return;
  kept = { ...kept, seen: Date.now() };
  await keepKit(kept);
};

// -- what is shown -----------------------------------------------------------------------------------------------

const set = (place: ParentNode, name: string, text: string | null): void => {
  for (const one of all(`[data-slot=${name}]`, place)) {
    one.textContent = text ?? "";
    const whole = one.closest<HTMLElement>("[data-with]") ?? one;
    whole.hidden = text === null;
  }
};

const stateIn = (page: HTMLElement, { state, reason, isLive, statement }: Verdict): HTMLTemplateElement => {
  const unbound = statement && !isLive ? "no_device" : "";
  const names = [`${state}:${reason ?? unbound}`, state, "CANNOT_CHECK"];
  const found = names.map((name) => page.querySelector<HTMLTemplateElement>(`template[data-state="${name}"]`));
  return found.find((one) => one !== null) as HTMLTemplateElement;
};

const dayOf = (day: number): string => new Date(day * 86400000).toISOString().slice(0, 10);

/** One verdict in one language. */
const fill = (page: HTMLElement, verdict: Verdict, at: number, typed?: Typed): void => {
  const main = page.querySelector("[data-shown]") as HTMLElement;
  all(".win__verdict, .win__side", main).forEach((one) => one.remove());
  const words = stateIn(page, verdict);
  const frame = (page.querySelector("template[data-frame]") as HTMLTemplateElement).content.cloneNode(true) as DocumentFragment;
  const section = frame.querySelector(".win__verdict") as HTMLElement;
  section.classList.add(`tone-${words.dataset.tone ?? ""}`);
  section.classList.toggle("win__verdict--long", words.dataset.long === "true");
  const mark = words.content.querySelector("svg");
  if (mark) section.querySelector(".win__head")?.prepend(mark.cloneNode(true));
  const { statement, host, whose, since, print, paper } = verdict;
  const asOf = verdict.asOf === undefined ? null : verdict.asOf * 1000;
  const text = (name: string): string => words.content.querySelector(`[data-word=${name}]`)?.textContent ?? "";
  set(frame, "title", text("title").replace("{t}", asOf === null ? "" : short(asOf, at, page)));
  set(frame, "why", text("why"));
  set(frame, "next", text("next"));
  set(frame, "host", host ?? null);
  set(frame, "about", whose ? ((print ? page.dataset.whose_print : page.dataset.whose) ?? "").replace("{w}", whose) : null);
  set(frame, "since", since === undefined ? null : instant(since * 1000, page));
  set(frame, "checked", instant(at, page));
  set(frame, "as_of", statement ? instant(statement.asOf * 1000, page) : null);
  set(frame, "signed", print ? instant(print.signedAt * 1000, page) : null);
  set(frame, "kit", kept ? instant(kept.kit.made_at, page) : null);
  all("[data-old]", frame).forEach((one) => { one.hidden = !kept || !isOld(kept); });
  const rows = section.querySelector(".win__rows") as HTMLElement;
  if (verdict.state !== "VALID_OFFLINE") rows.remove();
  else {
    const of = print ? "print" : String(verdict.isLive === true);
    all("[data-of]", rows).forEach((one) => { if (one.dataset.of !== of) one.remove(); });
  }
  const facts = frame.querySelector(".win__facts") as HTMLElement;
  if (!statement && !paper) facts.remove();
  else {
    const lastDay = statement && (statement.lastDay === null ? (page.dataset.forever ?? "") : dayOf(statement.lastDay));
    set(facts, "holder", statement?.holder ?? paper?.holder ?? "");
    set(facts, "number", paper?.number ?? null);
    set(facts, "identifier", statement?.licence.text ?? null);
    set(facts, "until", lastDay ?? paper?.until ?? "");
    set(facts, "ends", statement ? instant(statement.expires * 1000, page) : null);
  }
  const asked = frame.querySelector("form[data-compare]") as HTMLFormElement;
  if (!print || (verdict.reason !== "compare" && verdict.state !== "PRINT_DIFFERS")) asked.remove();
  else {
    fields(asked).forEach(([name, one]) => { one.value = typed?.[name] ?? ""; });
    asked.addEventListener("submit", (e) => { e.preventDefault(); held(asked, page); });
  }
  set(frame, "waits", waiting === undefined ? null : (page.dataset.waits ?? ""));
  main.append(frame);
  main.querySelector(".js-plus")?.addEventListener("click", next);
};

const fields = (form: HTMLFormElement): (readonly [keyof Typed, HTMLInputElement])[] =>
  Array.from(form.querySelectorAll<HTMLInputElement>("input[data-typed]"), (one) => [one.dataset.typed as keyof Typed, one] as const);

const isShowing = (): boolean => last !== null;

/** The note above: that this is offline, and by what. */
const note = (): void => {
  const at = now();
  for (const page of pages) {
    const until = kept ? kept.kit.made_at + kept.kit.lasts_seconds * 1000 : 0;
    const name = isBack ? "back" : typeof at === "number" ? "offline" : at;
    const words = (page.dataset[`note_${name}`] ?? "")
      .replace("{t}", kept ? instant(kept.kit.made_at, page) : "")
      .replace("{u}", kept ? instant(until, page) : "");
    for (const one of all("[data-slot=note]", page)) if (one.textContent !== words) one.textContent = words;
  }
};

const show = (verdict: Verdict, at: number, typed?: Typed): void => {
  last = typed ? { verdict, at, typed } : { verdict, at };
  for (const page of pages) {
    fill(page, verdict, at, typed);
    (page.querySelector("[data-shown]") as HTMLElement).hidden = false;
    (page.querySelector("[data-idle]") as HTMLElement).hidden = true;
  }
  all("input.scan").forEach((one) => { (one as HTMLInputElement).value = ""; });
  cleared();
  follow();
  focus();
};

/** The window as it waits; the online one where it is back. */
const next = (e: Event): void => {
  e.preventDefault();
  if (isBack) return online();
  last = null;
  waiting = undefined;
  for (const page of pages) {
    all(".win__verdict, .win__side", page).forEach((one) => one.remove());
    (page.querySelector("[data-shown]") as HTMLElement).hidden = true;
    (page.querySelector("[data-idle]") as HTMLElement).hidden = false;
  }
  all("input.scan").forEach((one) => { (one as HTMLInputElement).value = ""; });
  cleared();
  void queue();
  follow();
  focus();
};

/** What the window works on: as its address says, or as it last did. */
let purpose = new URLSearchParams(location.search).get("purpose");
const online = (): void => {
  const query = new URLSearchParams(location.search);
  if (purpose) query.set("purpose", purpose);
  location.replace(`/window${query.toString() ? `?${query.toString()}` : ""}`);
};

/** What waits; what waited for a day is gone. */
const queue = async (): Promise<void> => {
  const [waiting, clerk, at] = [await waitingChecks(), await keptClerk(), await serviceNow()];
  for (const one of all("[data-queue]")) showQueue(one, waiting, clerk, at);
};

// -- checking ------------------------------------------------------------------------------------------------------

const judged = async (text: string): Promise<void> => {
  await seen();
  const at = now();
  waiting = undefined;
  if (typeof at !== "number") return cannot(at);
  verifier ??= import(body.dataset.verifier ?? "") as Promise<Verifier>;
  const { judge } = await verifier;
  const kit = (kept as KeptKit).kit;
  const verdict = await judge(text, kit, at / 1000, (proof) => admitProof(proof.id, proof.until * 1000, at));
  await keep(verdict, at);
  show(verdict, at);
};

const cannot = (reason: Trouble): void =>
  show({ state: "CANNOT_CHECK", reason }, kept ? kept.kit.given_at + (Date.now() - kept.fetched) : Date.now());

/** What was found out of a licence waits for a network: in the place of what was found out before of the same scan. */
const keep = async ({ handle, state, reason }: Verdict, at: number): Promise<void> => {
  if (handle !== undefined && reason !== "compare") waiting = await keepCheck({ handle, state, at }, waiting);
};

/** Holds what was typed against what was signed. */
const held = (form: HTMLFormElement, page: HTMLElement): void => {
  const typed = Object.fromEntries(fields(form).map(([name, one]) => [name, one.value])) as Typed;
  const asked = last?.verdict;
  after(async () => {
    // another code was scanned meanwhile
    if (!asked || asked !== last?.verdict) return;
    await seen();
    const at = now();
    if (typeof at !== "number") return cannot(at);
    const { compare, paperOf } = await (verifier as Promise<Verifier>);
    const paper = paperOf(typed.holder, typed.number, typed.until);
    if (typeof paper === "string") return say(form, page, paper);
    const verdict = compare(asked, paper, (kept as KeptKit).kit, at / 1000);
    await keep(verdict, at);
    show(verdict, at, verdict.state === "PRINT_DIFFERS" ? typed : undefined);
  });
};

const say = (form: HTMLFormElement, page: HTMLElement, fault: keyof Typed): void => {
  const note = form.querySelector("[data-fault]") as HTMLElement;
  note.textContent = page.dataset[`fault_${fault}`] ?? "";
  note.hidden = false;
  fields(form).find(([name]) => name === fault)?.[1].focus();
};

/** One after another, so that no verdict comes late and takes the place of the next one's. */
let turn: Promise<void> = Promise.resolve();
const after = (act: () => Promise<void>): void => {
  turn = turn.then(act).catch(() => {
    [verifier, waiting] = [null, undefined];
    show({ state: "CANNOT_CHECK" }, Date.now());
  });
};
const scanned = (text: string): void => after(() => judged(text));

for (const form of all("form[data-scan]")) {
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    const field = (form as HTMLFormElement).elements.namedItem("scan") as HTMLInputElement;
    if (field.value.trim()) scanned(field.value);
  });
}

// -- around it -------------------------------------------------------------------------------------------------------

const found = switches();
const follow = (): void => {
  const page = pages[found?.lang.checked ? 1 : 0];
  if (!page) return;
  document.documentElement.lang = page.lang;
  document.title = page.querySelector("[data-shown]:not([hidden]) h1")?.textContent ?? page.dataset.title ?? "";
};
if (found) {
  const query = new URLSearchParams(location.search);
  found.lang.checked = query.get("lang") === "en";
  found.large.checked = query.get("size") === "large";
  found.contrast.checked = query.get("contrast") === "high";
  onSwitch(found, () => { follow(); focus(); });
}

addEventListener("paste", (e) => {
  e.preventDefault();
  take(e.clipboardData?.getData("text/plain") ?? "");
});
addEventListener("dragover", (e) => e.preventDefault());
addEventListener("drop", (e) => {
  e.preventDefault();
  if (e.dataTransfer?.files.length) show({ state: "CANNOT_CHECK", reason: "file" }, Date.now());
  else take(e.dataTransfer?.getData("text/plain") ?? "");
});

// Nobody else reads the pictures of a camera.
let scanner: Promise<Scanner> | null = null;
for (const page of pages) {
  const [button, video] = [page.querySelector<HTMLElement>(".js-camera"), page.querySelector<HTMLVideoElement>("video.camera")];
  if (!button || !video) continue;
  offerCamera(button, video, async (canvas) => {
    scanner ??= import(body.dataset.scanner ?? "") as Promise<Scanner>;
    const image = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height);
    return image ? (await scanner).read(image) : null;
  });
}

let isLooking = false;
const look = async (): Promise<void> => {
  void queue();
  if (isLooking) return;
  isLooking = true;
  const impatience = new AbortController();
  const waited = setTimeout(() => impatience.abort(), PATIENCE_MS);
  await asked(impatience.signal).finally(() => {
    clearTimeout(waited);
    isLooking = false;
  });
};

/** Whether the service is there; for a kit where that is not a fresh one. */
const asked = async (signal: AbortSignal): Promise<void> => {
  const { kit = "", alive = "" } = body.dataset;
  const answer = await fetch(isFresh(kept) ? alive : kit, { cache: "no-store", credentials: "same-origin", signal }).catch(() => null);
  // who is not signed in any more finds that out there
  isBack = answer !== null && answer.status < 500;
  const fresh: unknown = answer?.ok && !isFresh(kept) ? await answer.json().catch(() => null) : null;
  if (isKit(fresh) && !(await isSignedOut())) {
    kept = { kit: fresh, fetched: Date.now(), seen: Date.now() };
    await keepKit(kept);
  }
  note();
  if (isBack && !isShowing()) online();
};

const begin = async (): Promise<void> => {
  kept = await keptKit().catch(() => null);
  purpose ??= (await keptPurpose().catch(() => undefined)) ?? null;
  for (const page of pages) set(page, "purpose", purpose);
  await seen();
  await queue().catch(() => { /* nothing is known to wait */ });
  note();
  follow();
  keepReady();
  navigator.serviceWorker?.addEventListener("message", ({ data }: MessageEvent<{ brought: { text?: string; file?: true } | null }>) => {
    if (data.brought?.text) scanned(data.brought.text);
    else if (data.brought?.file) show({ state: "CANNOT_CHECK", reason: "file" }, Date.now());
  });
  navigator.serviceWorker?.controller?.postMessage("brought");
  document.body.dataset.ready = "true";
  setInterval(() => void look(), LOOK_MS);
  setInterval(() => { note(); void seen(); }, 60_000);
};
void begin();
