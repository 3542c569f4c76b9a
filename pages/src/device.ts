/** A window's own key: made here, read by no page, used by this browser alone. `flow/devices` says what is signed. */

import { hex, joined, utf8 } from "./octets.js";

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGN = { name: "ECDSA", hash: "SHA-256" };
const ENROLMENT = utf8("yinxin device enrolment 1\0");
const PRESENCE = utf8("yinxin device presence 1\0");
const STORE = "devices";
const KEY = "window";

interface Device {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly pair: CryptoKeyPair;
}

const opened = (): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const asked = indexedDB.open("yinxin-device", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
const within = async <T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> => {
  const database = await opened();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const asked = ask(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
};
const kept = (): Promise<Device | undefined> => within("readonly", (all) => all.get(KEY) as IDBRequest<Device | undefined>);

const signed = async (pair: CryptoKeyPair, ...parts: readonly Uint8Array[]): Promise<string> =>
  hex(new Uint8Array(await crypto.subtle.sign(SIGN, pair.privateKey, joined(...parts) as BufferSource)));

const send = (to: string, what: unknown): Promise<Response> =>
  fetch(to, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(what),
    credentials: "same-origin",
    redirect: "error",
  });

/** The page on which the code is brought. */
const enrol = (form: HTMLFormElement): void => {
  const said = document.querySelector<HTMLElement>("#device-said");
  const button = form.querySelector<HTMLButtonElement>("[type=submit]");
  const field = form.querySelector<HTMLInputElement>("[name=code]");
  const cannot = document.querySelector<HTMLElement>("#device-cannot");
  if (!said || !button || !field) return;
  const say = (words: string | undefined, tone: string): void => {
    said.hidden = false;
    said.className = `note tone-${tone}`;
    const line = said.querySelector("p");
    if (line) line.textContent = words ?? "";
  };
  const bring = async (): Promise<void> => {
    const code = field.value.replace(/[\s-]/g, "").toUpperCase();
    const pair = (await crypto.subtle.generateKey(CURVE, false, ["sign"])) as CryptoKeyPair;
    const key = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
    const proof = await signed(pair, ENROLMENT, utf8(code), key);
    const answer = await send(form.dataset.to ?? "", { code, key: hex(key), proof });
    if (!answer.ok) {
      say(answer.status === 403 ? form.dataset.wrong : form.dataset.failed, "caution");
      return;
    }
    const { id, kind, window: name } = (await answer.json()) as { id: string; kind: string; window: string };
    const device: Device = { id, kind, name, pair };
    await within("readwrite", (all) => all.put(device, KEY));
    form.hidden = true;
    say(form.dataset.done?.replace("{window}", name), "valid");
    const next = document.querySelector<HTMLElement>("#device-next");
    const link = next?.querySelector<HTMLAnchorElement>("a");
    if (kind === "kiosk" && link) link.href = next?.dataset.kiosk ?? "";
    if (next) next.hidden = false;
  };
  button.disabled = false;
  if (cannot) cannot.hidden = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    button.disabled = true;
    bring()
      .catch(() => say(form.dataset.failed, "caution"))
      .finally(() => {
        button.disabled = false;
      });
  });
};

/** Where a session is at no device yet: this browser shows that it is at its own, and the page is loaded again. */
const appear = async (absent: HTMLElement): Promise<string> => {
  const isKiosk = absent.dataset.kiosk !== undefined;
  const to = absent.dataset.kiosk ?? absent.dataset.presence ?? "";
  const device = await kept();
  if (!device || (device.kind === "kiosk") !== isKiosk) return "none";
  const asked = await send(`${to}/challenge`, isKiosk ? { device: device.id } : {});
  if (!asked.ok) return asked.status === 404 ? "refused" : "failed";
  const { challenge } = (await asked.json()) as { challenge: string };
  const proof = await signed(device.pair, PRESENCE, utf8(challenge), utf8(device.id));
  const answer = await send(to, { device: device.id, challenge, proof });
  return answer.ok ? "there" : "refused";
};

const found = async (absent: HTMLElement): Promise<void> => {
  const came = await appear(absent).catch(() => "failed");
  if (came === "there") location.replace(absent.dataset.then || location.href);
  const words = absent.querySelector<HTMLElement>(`[data-when="${came}"]`);
  if (!words) return;
  for (const one of absent.querySelectorAll<HTMLElement>("[data-when]")) one.hidden = one !== words;
};

const form = document.querySelector<HTMLFormElement>("#device-enrol");
if (form) enrol(form);
const absent = document.querySelector<HTMLElement>("[data-presence], [data-kiosk].panel");
if (absent) void found(absent);
