/**
 * An offline code: this telephone's key, and a fresh signature every twenty seconds, drawn here, so that no network is
 * needed once the code was made. The key is made here, cannot be read by any page, and leaves this browser by no way.
 * Without this file there is no offline code.
 */

import { base32, big, hex, joined, unhex, utf8 } from "./octets.js";
import { drawn } from "./qr.js";

const EVERY_SECONDS = 20;
const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const DOMAIN = "yinxin offline code proof 1\0";

const opened = (): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const asked = indexedDB.open("yinxin", 1);
    asked.onupgradeneeded = () => { asked.result.createObjectStore("keys"); };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
const within = <T>(database: IDBDatabase, mode: IDBTransactionMode, ask: (keys: IDBObjectStore) => IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const asked = ask(database.transaction("keys", mode).objectStore("keys"));
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
const kept = async (): Promise<CryptoKeyPair | undefined> =>
  (await within(await opened(), "readonly", (keys) => keys.get("device"))) as CryptoKeyPair | undefined;
const deviceKey = async (): Promise<CryptoKeyPair> => {
  const found = await kept();
  if (found) return found;
  const pair = (await crypto.subtle.generateKey(CURVE, false, ["sign"])) as CryptoKeyPair;
  await within(await opened(), "readwrite", (keys) => keys.put(pair, "device"));
  return pair;
};

/** docs/code-format.md: the digest of items 1 to 4, and the time. */
const proven = async (code: Uint8Array, seconds: number, key: CryptoKey): Promise<Uint8Array> => {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", code.slice(1)));
  const message = joined(utf8(DOMAIN), digest, big(seconds, 8));
  const value = new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, message as BufferSource));
  return joined(Uint8Array.of(0x86), code.subarray(1), Uint8Array.of(0x1a), big(seconds, 4), Uint8Array.of(0x58, 0x40), value);
};

/** The page on which it is asked for: nothing can be sent before the key is there. */
const offer = async (form: HTMLFormElement): Promise<void> => {
  const cannot = form.querySelector("#offline-cannot") as HTMLElement;
  try {
    const { publicKey } = await deviceKey();
    const raw = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
    const parity = 2 + ((raw[64] ?? 0) & 1);
    (form.querySelector("[name=device]") as HTMLInputElement).value = hex(joined(Uint8Array.of(parity), raw.subarray(1, 33)));
    (form.querySelector("[type=submit]") as HTMLButtonElement).disabled = false;
    cannot.hidden = true;
  } catch {
    (cannot.querySelector("p") as Element).textContent = cannot.dataset.cannot ?? "";
  }
};

/** The page that shows it. */
const show = async (box: HTMLElement): Promise<void> => {
  const { code: text = "", prefix = "", clock = "0", ends = "0", live = "", failed = "", over = "" } = box.dataset;
  const code = unhex(text);
  // By the clock of the service, however this one stands. The steady clock of some telephones sleeps with them.
  const offsets = [Number(clock) - performance.now(), Number(clock) - Date.now()] as const;
  const now = (): number => Math.floor(Math.max(performance.now() + offsets[0], Date.now() + offsets[1]) / 1000);
  const find = (selector: string): Element => box.querySelector(selector) as Element;
  const said = document.querySelector("#code-said");
  const say = (line: string): void => {
    find(".code__words").textContent = line;
    if (said) said.textContent = line;
  };
  const pair = await kept().catch(() => undefined);
  if (!pair) {
    // the words stand in the place of a code that nobody can draw, and of what would be seen by it
    for (const one of document.querySelectorAll<HTMLElement>("#code, #code ~ *")) one.hidden = true;
    (document.querySelector("#offline-other") as HTMLElement).hidden = false;
    return;
  }
  let until = 0;
  let isOver = false;
  const draw = async (): Promise<void> => {
    try {
      const seconds = now();
      if (seconds * 1000 > Number(ends)) {
        isOver = true;
        box.classList.add("is-over");
        return say(over);
      }
      const picture = drawn(prefix + base32(await proven(code, seconds, pair.privateKey)));
      if (!picture) throw new Error("longer than any code");
      const svg = find(".code__qr svg");
      const side = String(picture.side);
      svg.setAttribute("viewBox", `0 0 ${side} ${side}`);
      find(".code__qr rect").setAttribute("width", side);
      find(".code__qr rect").setAttribute("height", side);
      find(".code__qr path").setAttribute("d", picture.path);
      until = seconds + 60;
      box.classList.remove("is-over");
      find(".code__words").textContent = live;
    } catch {
      if (now() >= until) {
        box.classList.add("is-over");
        say(failed);
      }
    }
  };
  const tick = (): void => {
    const s = (((now() + 28800) % 86400) + 86400) % 86400;
    const two = (n: number): string => String(n).padStart(2, "0");
    find(".code__clock").textContent = `${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
    if (!isOver && !document.hidden && now() >= until - 60 + EVERY_SECONDS) void draw();
  };
  await draw();
  setInterval(tick, 1000);
  // back from another window: at once, and not at the next second
  document.addEventListener("visibilitychange", () => { if (!document.hidden) tick(); });
};

const form = document.querySelector<HTMLFormElement>("#offline-make");
const box = document.querySelector<HTMLElement>("#code");
if (form) void offer(form);
if (box?.dataset.code) void show(box);
