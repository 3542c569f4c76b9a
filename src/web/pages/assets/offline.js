// An offline code: this telephone's key, and a fresh signature every twenty seconds. The key is made here,
// cannot be read by any page, and leaves this browser by no way. Without this file there is no offline code.

const EVERY_SECONDS = 20;
// A screen that is left on does not sign for ever.
const MOST_DRAWN = 180;
const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const DOMAIN = "yinxin offline code proof 1\0";

const form = document.querySelector("#offline-make");
const box = document.querySelector("#code");
const said = document.querySelector("#code-said");

const opened = () => new Promise((resolve, reject) => {
  const asked = indexedDB.open("yinxin", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("keys");
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});
const within = (store, mode, ask) => new Promise((resolve, reject) => {
  const asked = ask(store.transaction("keys", mode).objectStore("keys"));
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});
const kept = async () => within(await opened(), "readonly", (keys) => keys.get("device"));
const deviceKey = async () => {
  const found = await kept();
  if (found) return found;
  const pair = await crypto.subtle.generateKey(CURVE, false, ["sign"]);
  await within(await opened(), "readwrite", (keys) => keys.put(pair, "device"));
  return pair;
};

const hex = (octets) => Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g) || [], (two) => parseInt(two, 16));
const base32 = (octets) => {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  let [text, rest, bits] = ["", 0, 0];
  for (const octet of octets) {
    rest = (rest << 8) | octet;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += letters[(rest >> bits) & 31];
    }
    rest &= (1 << bits) - 1;
  }
  return bits > 0 ? text + letters[(rest << (5 - bits)) & 31] : text;
};
const joined = (...parts) => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => { all.set(part, at); return at + part.length; }, 0);
  return all;
};
const big = (value, length) => {
  const octets = new Uint8Array(length);
  for (let at = length - 1, left = value; at >= 0; at -= 1, left = Math.floor(left / 256)) octets[at] = left % 256;
  return octets;
};

// docs/code-format.md: the digest of items 1 to 4, and the time.
const proven = async (code, seconds, key) => {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", code.subarray(1)));
  const message = joined(new TextEncoder().encode(DOMAIN), digest, big(seconds, 8));
  const value = new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, message));
  return joined([0x86], code.subarray(1), [0x1a], big(seconds, 4), [0x58, 0x40], value);
};

// The page on which it is asked for: nothing can be sent before the key is there.
const offer = async () => {
  const cannot = form.querySelector("#offline-cannot");
  try {
    const { publicKey } = await deviceKey();
    const raw = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
    form.querySelector("[name=device]").value = hex(joined([2 + (raw[64] & 1)], raw.subarray(1, 33)));
    form.querySelector("[type=submit]").disabled = false;
    cannot.hidden = true;
  } catch {
    cannot.querySelector("p").textContent = cannot.dataset.cannot;
  }
};

// The page that shows it.
const show = async () => {
  const { code: text, prefix, clock, drawing, failed, other, over } = box.dataset;
  const code = unhex(text);
  // by the clock of the service, however this one stands
  const offset = Number(clock) - performance.now();
  const now = () => Math.floor((performance.now() + offset) / 1000);
  const words = box.querySelector(".code__words");
  const picture = box.querySelector("svg");
  const say = (line) => { words.textContent = line; said.textContent = line; };
  const pair = await kept().catch(() => null);
  if (!pair) { say(other); return; }
  let [drawn, until] = [0, 0];
  const draw = async () => {
    try {
      const seconds = now();
      const shown = `${prefix}${base32(await proven(code, seconds, pair.privateKey))}`;
      const answer = await fetch(drawing, {
        method: "POST", headers: { "yinxin-csrf": document.querySelector("meta[name=csrf]").content },
        body: new URLSearchParams({ text: shown }), credentials: "same-origin", redirect: "error",
      });
      if (answer.status === 404) { say(over); box.classList.add("is-over"); drawn = MOST_DRAWN; return; }
      if (!answer.ok) throw new Error("not drawn");
      const { side, path } = await answer.json();
      picture.setAttribute("viewBox", `0 0 ${side} ${side}`);
      picture.querySelector("rect").setAttribute("width", side);
      picture.querySelector("rect").setAttribute("height", side);
      picture.querySelector("path").setAttribute("d", path);
      drawn += 1;
      until = seconds + 60;
      box.classList.remove("is-over");
      words.textContent = box.dataset.live;
    } catch {
      if (now() >= until) { box.classList.add("is-over"); say(failed); }
    }
  };
  const tick = () => {
    const s = ((now() + 28800) % 86400 + 86400) % 86400;
    const two = (n) => String(n).padStart(2, "0");
    box.querySelector(".code__clock").textContent = `${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
    if (drawn < MOST_DRAWN && !document.hidden && now() >= until - 60 + EVERY_SECONDS) draw();
  };
  await draw();
  setInterval(tick, 1000);
};

if (form) offer();
if (box && box.dataset.code) show();
