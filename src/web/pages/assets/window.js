// Comfort only: every page of the window works without this file.
// A scanner types. This keeps the field ready for it, whatever the keyboard is set to
// and whatever ends the text. Nothing that was scanned is ever opened.

const FAST = 60; // milliseconds between keys: people are slower, scanners faster
const LEAST = 8; // keys in a row from which they are a scanner's
const QUIET = 180; // milliseconds after which a scan without an end is one

const shown = (selector) => [...document.querySelectorAll(selector)].find((one) => one.getClientRects().length > 0);
const scan = () => shown("input.scan");
const isOther = (one) => one && one.matches("input:not(.scan):not(.pick):not(.switch), textarea, select, summary");

const focus = () => {
  const field = scan();
  if (field && !isOther(document.activeElement)) field.focus({ preventScroll: true });
};
const send = (field) => {
  if (field.value.trim() && field.form) field.form.requestSubmit();
};

// What a key types on the keyboard that scanners play, whatever an input method makes of it.
const SIGNS = { Slash: "/?", Period: ".>", Semicolon: ";:", Minus: "-_", Equal: "=+", Comma: ",<", Digit1: "1!", Digit2: "2@", Digit3: "3#",
  Digit4: "4$", Digit5: "5%", Digit6: "6^", Digit7: "7&", Digit8: "8*", Digit9: "9(", Digit0: "0)", Space: "  ", NumpadDivide: "//",
  NumpadMultiply: "**", NumpadSubtract: "--", NumpadAdd: "++", NumpadDecimal: ".." };
const typedBy = (e) => {
  const letter = /^Key([A-Z])$/.exec(e.code);
  if (letter) return e.shiftKey !== e.getModifierState("CapsLock") ? letter[1] : letter[1].toLowerCase();
  const digit = /^Numpad([0-9])$/.exec(e.code);
  if (digit) return digit[1];
  const sign = SIGNS[e.code];
  return sign ? sign[e.shiftKey ? 1 : 0] : "";
};

let run = { text: "", keys: 0, last: 0, composed: false };
let quiet = 0;
const fresh = () => {
  run = { text: "", keys: 0, last: 0, composed: false };
  clearTimeout(quiet);
};
const isScan = () => run.keys >= LEAST;
// An input method has made something else of it: what the keys say counts.
const settle = (field) => {
  if (run.composed && isScan()) field.value = run.text;
};

// Keys that no browser takes: the signs of the number pad, only while the field is
// empty. No code and no identifier begins with one, so a scanner never presses them first.
const COMMANDS = { NumpadAdd: ".js-plus", Equal: ".js-plus", NumpadMultiply: ".js-star", NumpadSubtract: ".js-minus", Minus: ".js-minus",
  NumpadDivide: ".js-slash", Slash: ".js-slash", NumpadDecimal: ".js-dot", Period: ".js-dot" };
const command = (e) => {
  const selector = e.code === "Digit8" && e.shiftKey ? ".js-star" : COMMANDS[e.code];
  const target = selector && shown(selector);
  if (!target) return false;
  e.preventDefault();
  if (target.matches("input:not([type=file])")) target.focus();
  else target.click();
  return true;
};

addEventListener("keydown", (e) => {
  const field = scan();
  if (!field || e.ctrlKey || e.metaKey || e.altKey || isOther(document.activeElement)) return;
  const composed = e.isComposing || e.key === "Process";
  if (e.code === "Enter" || e.code === "NumpadEnter" || e.key === "Enter") {
    // an end that comes twice must not clear the verdict of the first
    if (!field.value.trim() && !isScan()) {
      if (document.activeElement === field) e.preventDefault();
    } else if (document.activeElement === field && (composed || run.composed)) {
      e.preventDefault();
      settle(field);
      send(field);
    }
    return fresh();
  }
  if (e.key === "Tab") {
    if (!isScan() || !field.value.trim()) return;
    e.preventDefault();
    settle(field);
    send(field);
    return fresh();
  }
  if (!field.value && !e.repeat && run.keys === 0 && command(e)) return;
  const sign = !composed && e.key.length === 1 ? e.key : composed ? typedBy(e) : "";
  if (!sign) return;
  if (document.activeElement !== field) field.focus({ preventScroll: true });
  if (run.keys && e.timeStamp - run.last > FAST) fresh();
  run = { text: run.text + sign, keys: run.keys + 1, last: e.timeStamp, composed: run.composed || composed };
  clearTimeout(quiet);
  quiet = setTimeout(() => {
    if (isScan() && document.activeElement === field) {
      settle(field);
      send(field);
    }
    fresh();
  }, QUIET);
});
addEventListener("compositionend", (e) => {
  if (e.target === scan()) settle(e.target);
});

document.addEventListener("focusout", () => setTimeout(focus, 0));
addEventListener("focus", focus);
addEventListener("pageshow", (e) => {
  // a page that a browser kept is not shown again
  if (e.persisted) location.reload();
});

// Files and texts that are dropped or pasted anywhere on the page.
const form = document.querySelector("form.files");
const fill = (files) => {
  if (!form || !files.length) return;
  const say = document.getElementById("files-say");
  if (files.length > Number(form.dataset.most)) {
    say.textContent = form.dataset.many;
    say.classList.add("is-wrong");
    return;
  }
  form.querySelector("input[type=file]").files = files;
  form.requestSubmit();
};
const take = (text) => {
  const field = scan();
  if (!field || !text.trim()) return;
  field.value = text;
  send(field);
};
if (form) {
  form.querySelector("input[type=file]").addEventListener("change", (e) => fill(e.target.files));
}
let depth = 0;
const over = (by) => {
  depth = Math.max(0, depth + by);
  if (form) form.classList.toggle("is-over", depth > 0);
};
addEventListener("dragenter", (e) => { e.preventDefault(); over(1); });
addEventListener("dragleave", () => over(-1));
addEventListener("dragover", (e) => e.preventDefault());
addEventListener("drop", (e) => {
  e.preventDefault();
  over(-depth);
  const { files } = e.dataTransfer;
  if (files.length) fill(files);
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
const camera = document.querySelector(".js-camera");
const video = document.querySelector("video.camera");
let stream = null;
const dark = (words) => {
  for (const track of stream ? stream.getTracks() : []) track.stop();
  stream = null;
  video.hidden = true;
  camera.textContent = words || camera.dataset.begin;
  focus();
};
const look = async () => {
  if (!stream) return;
  const canvas = document.createElement("canvas");
  canvas.width = Math.min(WIDE, video.videoWidth);
  canvas.height = Math.round((canvas.width * video.videoHeight) / (video.videoWidth || 1));
  if (canvas.width && canvas.height) {
    canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
    const picture = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
    const body = new FormData();
    body.append("file", picture, "frame.jpg");
    const answer = await fetch(camera.dataset.frames, { method: "POST", body, credentials: "same-origin", redirect: "error" }).catch(() => null);
    const text = answer && answer.ok ? (await answer.json()).text : null;
    if (text && stream) {
      dark();
      take(text);
      return;
    }
  }
  setTimeout(look, BETWEEN);
};
if (camera && video && navigator.mediaDevices && navigator.mediaDevices.getUserMedia) {
  camera.hidden = false;
  camera.addEventListener("click", async () => {
    if (stream) return dark();
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.srcObject = stream;
      video.hidden = false;
      camera.textContent = camera.dataset.end;
      await video.play();
      look();
    } catch {
      dark(camera.dataset.cannot);
    }
  });
}

// A verdict's switches work by style alone; here only what style cannot: the title, and where forms and links lead.
const pages = document.querySelectorAll(".page[data-title]");
if (pages.length) {
  const [lang, large, contrast] = ["switch-lang", "switch-size", "switch-contrast"].map((id) => document.getElementById(id));
  const follow = () => {
    const page = pages[lang.checked ? 1 : 0];
    const title = page.querySelector(".pick:checked + .win__verdict h1");
    if (title) document.title = title.textContent;
    document.documentElement.lang = page.lang;
    for (const one of document.querySelectorAll("form[action^='/window'], a[href^='/window']")) {
      const name = one.matches("a") ? "href" : "action";
      const address = new URL(one.getAttribute(name), location.href);
      const set = (key, value, on) => (on ? address.searchParams.set(key, value) : address.searchParams.delete(key));
      set("lang", "en", one.closest(".page").lang === "en");
      set("size", "large", large.checked);
      set("contrast", "high", contrast.checked);
      one.setAttribute(name, address.pathname + address.search);
    }
  };
  for (const one of [lang, large, contrast, ...document.querySelectorAll(".pick")]) one.addEventListener("change", () => { follow(); focus(); });
  follow();
}
// after the field's own autofocus, which a frame comes later than
requestAnimationFrame(focus);
