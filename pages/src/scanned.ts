/**
 * What a scanned text is (trust/src/code/scanned, and what src/flow/window/scanned makes of it). Nothing of it is opened:
 * it is taken apart as a browser would, and held against the sites that are vouched for.
 */

import { type Identifier, identifierOf, ROOT } from "./identifier.js";
import { showsNothing } from "./names.js";
import { utf8 } from "./octets.js";
import { label } from "./punycode.js";

/** Longest text that is looked at, in octets. */
const LONGEST_TEXT = 4096;
const CODE = /^[A-Z2-7]{26}$/;

/** A text as it stood in the code, and which site it names; `trick` says why an address is refused. */
export type Scanned =
  | { readonly kind: "printed"; readonly site: string; readonly code: string; readonly payload: string | null }
  | { readonly kind: "presentation"; readonly site: string; readonly code: string }
  | { readonly kind: "offline"; readonly site: string | null; readonly payload: string }
  | { readonly kind: "identifier"; readonly identifier: Identifier }
  | { readonly kind: "refused"; readonly host: string | null; readonly trick: string }
  | { readonly kind: "address"; readonly site: string | null }
  | { readonly kind: "nothing" };

const NOTHING: Scanned = { kind: "nothing" };

const capitals = (text: string): string => text.replace(/[a-z]+/g, (run) => run.toUpperCase());
const small = (text: string): string => text.replace(/[A-Z]+/g, (run) => run.toLowerCase());
const splitOnce = (text: string, at: string): readonly [string, string | null] => {
  const found = text.indexOf(at);
  return found < 0 ? [text, null] : [text.slice(0, found), text.slice(found + at.length)];
};
/** Lone halves of characters are what no text has. */
const wellFormed = (text: string): string => new TextDecoder("utf-8", { ignoreBOM: true }).decode(utf8(text));

const halfWidth = (character: string): string => {
  const point = character.codePointAt(0) as number;
  if (point >= 0xff01 && point <= 0xff5e) return String.fromCharCode(point - 0xfee0);
  return { "\u3002": ".", "\uff61": ".", "\u3001": "/", "\u3000": " " }[character] ?? character;
};

const trimmed = (characters: readonly string[]): string[] => {
  const isShown = (one: string): boolean => !showsNothing(one);
  const begin = characters.findIndex(isShown);
  if (begin < 0) return [];
  let end = characters.length;
  while (!isShown(characters[end - 1] as string)) end -= 1;
  return characters.slice(begin, end);
};

/** Without what scanners and input methods do to it: width, marks, terminators, a symbology identifier (`]Q1`). */
const plain = (text: string): string => {
  const shown = trimmed(Array.from(text, halfWidth)).join("");
  return trimmed(Array.from(shown.replace(/^\][Qq][0-9]/, ""))).join("");
};

const isHost = (text: string): boolean => {
  const isLabel = (one: string): boolean => /^[a-z0-9-]{1,63}$/.test(one) && !one.startsWith("-") && !one.endsWith("-");
  return text.length >= 1 && text.length <= 253 && text.split(".").every(isLabel);
};

/** `host` or `host:port` in its one form; or which part is none. */
export const siteOf = (text: string): { readonly site: string } | { readonly fault: "host" | "port" } => {
  const [host, port] = splitOnce(text, ":");
  if (port !== null && (!/^[1-9][0-9]{0,4}$/.test(port) || Number(port) > 65535)) return { fault: "port" };
  if (!isHost(host)) return { fault: "host" };
  return { site: port === null || port === "443" ? host : `${host}:${port}` };
};

const hostOf = (site: string): string => splitOnce(site, ":")[0];

/** A host in lower case with A-labels, as a browser would look it up. */
const asciiHost = (host: string): string => {
  if (/^[\u0000-\u007f]*$/.test(host)) return small(host);
  const lower = Array.from(host.normalize("NFKC"), (one) => one.toLowerCase()).join("");
  return lower.normalize("NFKC").split(".").map(label).join(".");
};

type Place = { readonly site: string } | { readonly host: string | null; readonly trick: string };

/** The site of what stands between `://` and the path. */
const placeOf = (authority: string): Place => {
  const user = authority.lastIndexOf("@");
  // a browser goes to what stands behind the last @
  const [host, port] = splitOnce(authority.slice(user + 1), ":");
  const undotted = host.endsWith(".") ? host.slice(0, -1) : host;
  const ascii = asciiHost(undotted);
  const found = siteOf(port === null ? ascii : `${ascii}:${port}`);
  const written = user >= 0 ? "user" : host.includes("%") ? "percent" : host !== undotted ? "trailing_dot" : null;
  if (written === null && "site" in found) return found;
  return { host: isHost(ascii) ? ascii : null, trick: written ?? ("fault" in found ? found.fault : "host") };
};

type Form =
  | { readonly form: "printed"; readonly code: string; readonly payload: string | null }
  | { readonly form: "presentation"; readonly code: string }
  | { readonly form: "offline"; readonly payload: string };

const formOf = (tail: string): Form | null => {
  const [path, fragment] = splitOnce(tail, "#");
  const place = capitals(splitOnce(path, "?")[0]);
  const behind = (begin: string): string | null => {
    const code = place.startsWith(begin) ? place.slice(begin.length) : "";
    return CODE.test(code) ? code : null;
  };
  const printed = behind("/C/");
  if (printed) return { form: "printed", code: printed, payload: fragment ? capitals(fragment) : null };
  const shown = behind("/S/");
  if (shown) return { form: "presentation", code: shown };
  return fragment !== null && capitals(path) === "/C" ? { form: "offline", payload: capitals(fragment) } : null;
};

/** Whether a code's form stands at the end, behind whatever path. */
const hasForm = (tail: string): boolean => {
  for (const slash of tail.matchAll(/[/\\]/g)) {
    const rest = tail.slice((slash.index as number) + 1);
    if (/^[CcSs]/.test(rest) && formOf(`/${rest.replace(/\\/g, "/")}`)) return true;
  }
  return false;
};

const addressOf = (text: string): Scanned | null => {
  const [before, after] = splitOnce(text, "://");
  const [scheme, rest] = after === null ? [null, before] : [before, after];
  const end = rest.search(/[/\\?#]/);
  const [authority, tail] = end < 0 ? [rest, ""] : [rest.slice(0, end), rest.slice(end)];
  let found: Place = { host: null, trick: "scheme" };
  if (scheme !== null) {
    found = placeOf(authority);
    if (small(scheme) !== "https") found = { host: "site" in found ? hostOf(found.site) : null, trick: "scheme" };
  }
  if (!("site" in found)) {
    if (hasForm(tail)) return { kind: "refused", ...found };
    return scheme === null ? null : { kind: "address", site: null };
  }
  const { site } = found;
  const form = formOf(tail);
  if (form?.form === "printed") return { kind: "printed", site, code: form.code, payload: form.payload };
  if (form?.form === "presentation") return { kind: "presentation", site, code: form.code };
  if (form) return { kind: "offline", site, payload: form.payload };
  if (tail.includes("\\") && hasForm(tail)) return { kind: "refused", host: hostOf(site), trick: "backslash" };
  return { kind: "address", site };
};

/** What a text is; nothing of it was looked up or verified. */
export const scannedOf = (typed: string): Scanned => {
  const whole = wellFormed(typed);
  if (utf8(whole).length > LONGEST_TEXT) return NOTHING;
  const text = plain(whole);
  if (text === "") return NOTHING;
  const address = addressOf(text);
  if (address) return address;
  const upper = capitals(text);
  if (/^Q[QY]AU[0-9A-Z]*$/.test(upper)) return { kind: "offline", site: null, payload: upper };
  const identifier = upper.startsWith(`${ROOT}.`) ? identifierOf(upper) : null;
  return identifier ? { kind: "identifier", identifier } : NOTHING;
};

/** A printed code: whose it is, an empty text for ours; its site, where it was not typed alone; what stands behind its `#`. */
export interface Printed {
  readonly kind: "printed";
  readonly whose: string;
  readonly site: string | null;
  readonly code: string;
  readonly payload: string | null;
}

/** What a text is at a window: whose code it is, or the host that nobody vouches for. */
export type Brought =
  | { readonly kind: "offline"; readonly payload: string }
  | Printed
  | { readonly kind: "presentation" | "identifier" }
  | { readonly kind: "of_others"; readonly whose: string }
  | { readonly kind: "elsewhere"; readonly host: string }
  | { readonly kind: "nothing" };

/** Whose a site is: an empty text for ours, the name of its operator for another's; undefined where nobody vouches for it. */
export type Whose = (site: string) => string | undefined;

const broughtOf = (text: string, whose: Whose): Brought => {
  const found = scannedOf(text);
  switch (found.kind) {
    case "printed":
    case "presentation": {
      const owner = whose(found.site);
      if (owner === undefined) return { kind: "elsewhere", host: found.site };
      if (found.kind === "printed") return { ...found, whose: owner };
      return owner === "" ? { kind: found.kind } : { kind: "of_others", whose: owner };
    }
    case "offline":
      if (found.site !== null && whose(found.site) === undefined) return { kind: "elsewhere", host: found.site };
      return { kind: "offline", payload: found.payload };
    case "identifier":
      return { kind: "identifier" };
    case "refused":
      // printed without its scheme
      if (found.host === null && found.trick === "scheme" && !text.includes("://")) return broughtOf(`https://${asTyped(text)}`, whose);
      return found.host === null ? NOTHING : { kind: "elsewhere", host: found.host };
    case "address":
      return found.site !== null && whose(found.site) === undefined ? { kind: "elsewhere", host: found.site } : NOTHING;
    default:
      return NOTHING;
  }
};

/** As a plain keyboard would have typed it, with nothing that cannot be seen and no space, around or within. */
export const asTyped = (text: string): string => {
  const isSeen = (one: string): boolean => !showsNothing(one) || /[\u00ad\ue000-\uf8ff\u{f0000}-\u{10ffff}]/u.test(one);
  return Array.from(text).slice(0, LONGEST_TEXT).filter(isSeen).map(halfWidth).join("");
};

export const read = (typed: string, whose: Whose): Brought => {
  const text = wellFormed(typed);
  const found = broughtOf(text, whose);
  if (found.kind !== "nothing") return found;
  const again = asTyped(text);
  if (!/^[0-9A-Za-z]{26}$/.test(again)) return broughtOf(again, whose);
  return { kind: "printed", whose: "", site: null, code: capitals(again), payload: null };
};
