/** Comfort only: every page of the window works without this file, as long as there is a network. */

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

// A camera instead of a scanner: the service reads its pictures, a code is taken as if it had been typed.
const BETWEEN = 400; // milliseconds between two pictures
const WIDE = 960; // pixels of a picture
const camera = document.querySelector<HTMLElement>(".js-camera");
const video = document.querySelector<HTMLVideoElement>("video.camera");
if (camera && video && navigator.mediaDevices?.getUserMedia) {
  let stream: MediaStream | null = null;
  const dark = (words?: string): void => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    video.hidden = true;
    camera.textContent = words ?? camera.dataset.begin ?? "";
    focus();
  };
  const readFrame = async (): Promise<string | null> => {
    const canvas = document.createElement("canvas");
    canvas.width = Math.min(WIDE, video.videoWidth);
    canvas.height = Math.round((canvas.width * video.videoHeight) / (video.videoWidth || 1));
    if (!canvas.width || !canvas.height) return null;
    canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
    const picture = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
    if (!picture) return null;
    const body = new FormData();
    body.append("file", picture, "frame.jpg");
    const answer = await fetch(camera.dataset.frames ?? "", { method: "POST", body, credentials: "same-origin", redirect: "error" }).catch(() => null);
    return answer?.ok ? ((await answer.json()) as { text: string | null }).text : null;
  };
  const look = async (): Promise<void> => {
    if (!stream) return;
    const text = await readFrame();
    if (text && stream) {
      dark();
      take(text);
      return;
    }
    setTimeout(() => void look(), BETWEEN);
  };
  camera.hidden = false;
  camera.addEventListener("click", () => {
    if (stream) return dark();
    const begin = async (): Promise<void> => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.srcObject = stream;
      video.hidden = false;
      camera.textContent = camera.dataset.end ?? "";
      await video.play();
      void look();
    };
    begin().catch(() => dark(camera.dataset.cannot));
  });
}

// A verdict's switches work by style alone; here only what style cannot: the title, and where forms and links lead.
const pages = Array.from(document.querySelectorAll<HTMLElement>(".page[data-title]"));
const found = switches();
if (pages.length && found) {
  const follow = (): void => {
    const page = pages[found.lang.checked ? 1 : 0];
    if (!page) return;
    const title = page.querySelector(".pick:checked + .win__verdict h1");
    if (title) document.title = title.textContent ?? "";
    document.documentElement.lang = page.lang;
    for (const one of document.querySelectorAll("form[action^='/window'], a[href^='/window']")) {
      const name = one.matches("a") ? "href" : "action";
      const address = new URL(one.getAttribute(name) ?? "", location.href);
      setIn(address.searchParams, one.closest<HTMLElement>(".page")?.lang === "en", found);
      one.setAttribute(name, address.pathname + address.search);
    }
  };
  onSwitch(found, () => { follow(); focus(); });
  for (const one of document.querySelectorAll(".pick")) one.addEventListener("change", () => { follow(); focus(); });
  follow();
}

const ready = document.querySelector<HTMLElement>("[data-kit]");
if (ready) prepare(ready).catch(() => { /* no kit: the window without a network says so */ });
