// A window's own key: made here, read by no page, used by this browser alone. `flow/devices` says what is signed.

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGN = { name: "ECDSA", hash: "SHA-256" };
const ENROLMENT = "yinxin device enrolment 1\0";
const PRESENCE = "yinxin device presence 1\0";

const opened = () => new Promise((resolve, reject) => {
  const asked = indexedDB.open("yinxin-device", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("devices");
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});
const within = (store, mode, ask) => new Promise((resolve, reject) => {
  const asked = ask(store.transaction("devices", mode).objectStore("devices"));
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});
const kept = async () => within(await opened(), "readonly", (all) => all.get("window"));
const keep = async (device) => within(await opened(), "readwrite", (all) => all.put(device, "window"));

const hex = (octets) => Array.from(new Uint8Array(octets), (octet) => octet.toString(16).padStart(2, "0")).join("");
const text = (words) => new TextEncoder().encode(words);
const joined = (...parts) => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => { all.set(part, at); return at + part.length; }, 0);
  return all;
};
const send = (to, what) => fetch(to, {
  method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(what),
  credentials: "same-origin", redirect: "error",
});

// The page on which the code is brought.
const form = document.querySelector("#device-enrol");
if (form) {
  const said = document.querySelector("#device-said");
  const button = form.querySelector("[type=submit]");
  const say = (words, tone) => {
    said.hidden = false;
    said.className = `note tone-${tone}`;
    said.querySelector("p").textContent = words;
  };
  button.disabled = false;
  document.querySelector("#device-cannot").hidden = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      const code = form.querySelector("[name=code]").value.replace(/[\s-]/g, "").toUpperCase();
      const pair = await crypto.subtle.generateKey(CURVE, false, ["sign"]);
      const key = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
      const proof = await crypto.subtle.sign(SIGN, pair.privateKey, joined(text(ENROLMENT), text(code), key));
      const answer = await send(form.dataset.to, { code, key: hex(key), proof: hex(proof) });
      if (!answer.ok) {
        say(answer.status === 403 ? form.dataset.wrong : form.dataset.failed, "caution");
        return;
      }
      const { id, kind, window: name } = await answer.json();
      await keep({ id, kind, pair, name });
      form.hidden = true;
      say(form.dataset.done.replace("{window}", name), "valid");
      const next = document.querySelector("#device-next");
      if (kind === "kiosk") next.querySelector("a").href = next.dataset.kiosk;
      next.hidden = false;
    } catch {
      say(form.dataset.failed, "caution");
    } finally {
      button.disabled = false;
    }
  });
}

// Where a session is at no device yet: this browser shows that it is at its own, and the page is loaded again.
const absent = document.querySelector("[data-presence], [data-kiosk].panel");
if (absent) {
  const isKiosk = "kiosk" in absent.dataset;
  const to = isKiosk ? absent.dataset.kiosk : absent.dataset.presence;
  const appear = async () => {
    const device = await kept();
    if (!device || (device.kind === "kiosk") !== isKiosk) return "none";
    const asked = await send(`${to}/challenge`, isKiosk ? { device: device.id } : {});
    if (!asked.ok) return asked.status === 404 ? "refused" : "failed";
    const { challenge } = await asked.json();
    const proof = await crypto.subtle.sign(SIGN, device.pair.privateKey, joined(text(PRESENCE), text(challenge), text(device.id)));
    const answer = await send(to, { device: device.id, challenge, proof: hex(proof) });
    return answer.ok ? "there" : "refused";
  };
  const came = await appear().catch(() => "failed");
  if (came === "there") location.replace(absent.dataset.then || location.href);
  const words = absent.querySelector(`[data-when="${came}"]`);
  if (words) {
    for (const one of absent.querySelectorAll("[data-when]")) one.hidden = one !== words;
  }
}
