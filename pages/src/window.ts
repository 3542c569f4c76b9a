/** Comfort only: every page of the window works without this file, as long as there is a network. */

import { keepShown } from "./again.js";
import { offerCamera } from "./camera.js";
import { csrf } from "./csrf.js";
import { focus, isOther, keepReady, take } from "./field.js";
import { prepare } from "./prepare.js";
import { onSwitch, setIn, switches } from "./switches.js";

keepReady();

addEventListener("pageshow", (e) => {
  // a page that a browser kept is not shown again
  if (e.persisted) location.reload();
});

// Files and texts that are dropped or pasted anywhere on the page.
const form = document.querySelector<HTMLFormElement>("form.files");
const chosen = form?.querySelector<HTMLInputElement>("input[type=file]");
// what is chosen is sent at once
form?.classList.add("is-enhanced");
const fill = (files: FileList | null): void => {
  if (!form || !chosen || !files?.length) return;
  const say = document.getElementById("files-say");
  if (files.length > Number(form.dataset.most)) {
    if (say) say.textContent = form.dataset.many ?? "";
    say?.classList.add("is-wrong");
    return;
  }
  chosen.files = files;
  form.requestSubmit();
};
chosen?.addEventListener("change", () => fill(chosen.files));
let depth = 0;
const over = (by: number): void => {
  depth = Math.max(0, depth + by);
  form?.classList.toggle("is-over", depth > 0);
};
addEventListener("dragenter", (e) => { e.preventDefault(); over(1); });
addEventListener("dragleave", () => over(-1));
addEventListener("dragover", (e) => e.preventDefault());
addEventListener("drop", (e) => {
  e.preventDefault();
  over(-depth);
  if (!e.dataTransfer) return;
  if (e.dataTransfer.files.length) fill(e.dataTransfer.files);
  else take(e.dataTransfer.getData("text/plain"));
});
addEventListener("paste", (e) => {
  if (isOther(document.activeElement) || !e.clipboardData) return;
  const { files } = e.clipboardData;
  e.preventDefault();
  if (files.length) fill(files);
  else take(e.clipboardData.getData("text/plain"));
});

// The service reads the pictures of a camera.
const camera = document.querySelector<HTMLElement>(".js-camera");
const video = document.querySelector<HTMLVideoElement>("video.camera");
if (camera && video) {
  offerCamera(camera, video, async (canvas) => {
    const picture = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
    if (!picture) return null;
    const body = new FormData();
    body.append("file", picture, "frame.jpg");
    const answer = await fetch(camera.dataset.frames ?? "", { method: "POST", headers: csrf(), body, credentials: "same-origin", redirect: "error" });
    return answer.ok ? ((await answer.json()) as { text: string | null }).text : null;
  });
}

// A verdict's switches work by style alone; here only what style cannot: the title, and where forms and links lead.
const pages = Array.from(document.querySelectorAll<HTMLElement>(".page[data-title]"));
const found = switches();
if (pages.length && found) {
  const follow = (): void => {
    const page = pages[found.lang.checked ? 1 : 0];
    if (!page) return;
    const title = page.querySelector(".pick:checked + .win__verdict h1") ?? page.querySelector(".win__verdict h1");
    if (title) document.title = title.textContent ?? "";
    document.documentElement.lang = page.lang;
    for (const one of document.querySelectorAll("form[action^='/window'], a[href^='/window']")) {
      const name = one.matches("a") ? "href" : "action";
      const address = new URL(one.getAttribute(name) ?? "", location.href);
      setIn(address.searchParams, one.closest<HTMLElement>(".page")?.lang ?? "", found);
      one.setAttribute(name, address.pathname + address.search);
    }
  };
  onSwitch(found, () => { follow(); focus(); });
  for (const one of document.querySelectorAll(".pick")) one.addEventListener("change", () => { follow(); focus(); });
  follow();
}

const ready = document.querySelector<HTMLElement>("[data-kit]");
if (ready) prepare(ready).catch(() => { /* no kit: the window without a network says so */ });
keepShown().catch(() => { /* the verdict says to scan again */ });
