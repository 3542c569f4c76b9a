/** Comfort only: every page works without this file. */

import { offerCamera } from "./camera.js";
import { forget, sayWaiting } from "./forget.js";
import { pickFiles } from "./pickfile.js";
import { onSwitch, setIn, switches } from "./switches.js";

const upload = (form: HTMLFormElement): void => {
  const find = <T extends HTMLElement>(selector: string): T => form.querySelector(selector) as T;
  const drop = find(".drop");
  const field = find<HTMLInputElement>("input[type=file]");
  const chosen = find(".drop__chosen");
  const pick = find(".drop__pick");
  const again = find(".drop__pick span");
  const [choose, another] = [again.textContent, pick.dataset.again ?? ""];
  const button = find("button[type=submit]");
  const words = find("button[type=submit] span");
  const ready = words.textContent;
  const limit = Number(form.dataset.limit);

  const say = (text: string, wrong: boolean): void => {
    chosen.textContent = text;
    chosen.classList.toggle("is-wrong", wrong);
  };
  const size = (n: number): string =>
    n < 1024 ? `${n} B` : n < 1048576 ? `${Math.ceil(n / 1024)} KB` : `${(n / 1048576).toFixed(1)} MB`;
  const tell = (): void => {
    const file = field.files?.[0];
    form.classList.toggle("has-file", Boolean(file));
    again.textContent = file ? another : choose;
    if (!file) say("", false);
    else if (file.size > limit) say(`${file.name} · ${size(file.size)}　${form.dataset.large ?? ""}`, true);
    else say(`${file.name} · ${size(file.size)}`, false);
  };
  const rest = (): void => {
    button.removeAttribute("aria-disabled");
    words.textContent = ready;
  };

  form.classList.add("is-enhanced");
  field.addEventListener("change", tell);
  tell();

  // Anywhere on the page counts: a file that misses the frame must not open in the browser instead.
  let depth = 0;
  const over = (on: boolean): void => { drop.classList.toggle("is-over", on); };
  addEventListener("dragenter", (e) => { e.preventDefault(); depth += 1; over(true); });
  addEventListener("dragleave", () => { depth = Math.max(0, depth - 1); over(depth > 0); });
  addEventListener("dragover", (e) => e.preventDefault());
  addEventListener("drop", (e) => {
    e.preventDefault();
    depth = 0;
    over(false);
    const files = e.dataTransfer?.files;
    if (!files) return;
    if (files.length > 1) {
      say(form.dataset.one ?? "", true);
    } else if (files.length === 1) {
      field.files = files;
      tell();
      button.focus();
    }
  });

  form.addEventListener("submit", (e) => {
    if (button.getAttribute("aria-disabled") === "true") {
      e.preventDefault();
      return;
    }
    button.setAttribute("aria-disabled", "true");
    words.textContent = form.dataset.busy ?? "";
  });
  // Coming back by the browser's own button finds the form usable again.
  addEventListener("pageshow", () => { rest(); tell(); });
};

const form = document.querySelector<HTMLFormElement>("form.upload");
if (form) upload(form);

// A camera reads a code into the form of numbers and codes; what reads its pictures is loaded once it is begun.
const look = document.querySelector<HTMLFormElement>("form.look");
const camera = look?.querySelector<HTMLElement>(".js-camera");
const video = look?.querySelector<HTMLVideoElement>("video.camera");
if (look && camera && video) {
  let scanner: Promise<typeof import("./scanner.js")> | null = null;
  const reading = async (canvas: HTMLCanvasElement): Promise<string | null> => {
    scanner ??= import(camera.dataset.scanner ?? "") as Promise<typeof import("./scanner.js")>;
    const image = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height);
    return image ? (await scanner).read(image) : null;
  };
  offerCamera(camera, video, reading, (text) => {
    (look.elements.namedItem("what") as HTMLInputElement).value = text;
    look.requestSubmit();
  });
}

const pages = Array.from(document.querySelectorAll<HTMLElement>(".page[data-title]"));
const found = switches();
if (pages.length && found) {
  // Style does the switching; here only what style cannot: title, language, and the links that lead on.
  const follow = (): void => {
    const shown = pages[found.lang.checked ? 1 : 0];
    if (!shown) return;
    document.title = shown.dataset.title ?? "";
    document.documentElement.lang = shown.lang;
    for (const link of document.querySelectorAll('.page a[href^="/verify"]')) {
      const query = new URLSearchParams();
      setIn(query, link.closest<HTMLElement>(".page")?.lang ?? "", found);
      link.setAttribute("href", `/verify${query.toString() ? `?${query.toString()}` : ""}`);
    }
  };
  onSwitch(found, follow);
  follow();

  for (const print of document.querySelectorAll<HTMLElement>(".js-print")) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }
}

pickFiles();

// Who signs out leaves nothing of the window behind but the checks that wait, and is told of them first.
const out = document.querySelector<HTMLFormElement>('form[action^="/logout"]');
const soon = <T>(wanted: Promise<T>, otherwise: T): Promise<T> =>
  Promise.race([wanted.catch(() => otherwise), new Promise<T>((resolve) => setTimeout(() => resolve(otherwise), 2000))]);
if (out) {
  const note = out.querySelector<HTMLElement>("[data-waiting]");
  out.addEventListener("submit", (e) => {
    e.preventDefault();
    const leave = async (): Promise<void> => {
      if (note?.hidden && (await soon(sayWaiting(note), false))) return;
      await soon(forget(), undefined);
      out.submit();
    };
    void leave();
  });
} else void sayWaiting(document.querySelector<HTMLElement>("[data-waiting]")).catch(() => { /* nothing is known to wait */ });
