/** What a scanned text comes to where no register can be asked. Loaded when the first one is scanned. */

import { Refused } from "./cbor.js";
import { check, type Genuine, type Statement } from "./code.js";
import { endedPrint, endedSince, findKey, type Kit, knowsEnds, knowsPrint, policyOf, signsPrints, speaksFor, whoseSite } from "./kit.js";
import { checkPrint, FOREVER, type GenuinePrint, isAsSigned, type Paper } from "./print.js";
import { type Printed, read } from "./scanned.js";

/** A state of the one table (src/flow/shown.rs), and what it is so by where words differ. */
export interface Verdict {
  readonly state: string;
  readonly reason?: "needs_network" | "no_kit" | "kit_old" | "kit_short" | "clock" | "file" | "compare" | "print" | "print_signed";
  /** The host that nobody vouches for. */
  readonly host?: string;
  /** Of a genuine code: what it says, and whether its telephone showed it. */
  readonly statement?: Statement;
  readonly isLive?: boolean;
  /** A printed code that its register signed. */
  readonly print?: GenuinePrint;
  /** Of a paper that says what was signed: what it says. */
  readonly paper?: Paper;
  /** Until when it is known that it is what it is, in seconds since 1970. */
  readonly asOf?: number;
  /** By what the service knows what was checked. */
  readonly handle?: string;
  /** Whose register signed it: an empty text for ours. */
  readonly whose?: string;
  /** Since when it is what it is, in seconds since 1970. */
  readonly since?: number;
}

/** Takes a proof that was seen; false where it was seen before. */
export type Admit = (proof: { readonly id: string; readonly until: number }) => Promise<boolean>;

/** What the refusal of a code comes to, by its word. */
const REFUSALS: Readonly<Record<string, string>> = {
  unknown_key: "UNTRUSTED",
  altered: "CODE_ALTERED",
  wrong_proof: "CODE_ALTERED",
  not_yet: "CODE_EXPIRED",
  licence_ended: "CODE_EXPIRED",
  expired: "CODE_EXPIRED",
  other_kind_of_code: "CANNOT_CONCLUDE",
  no_statement: "CANNOT_CONCLUDE",
  key_period: "CANNOT_CONCLUDE",
};

export const stateOfRefusal = (word: string): string => REFUSALS[word] ?? "CODE_UNREADABLE";

/** The day in Beijing, yyyy-MM-dd. */
const dayOf = (seconds: number): string => new Date((seconds + 28800) * 1000).toISOString().slice(0, 10);

/** Of a text, by a kit, as of `now` in seconds since 1970. */
export const judge = async (text: string, kit: Kit, now: number, admit: Admit): Promise<Verdict> => {
  const brought = read(text, whoseSite(kit));
  switch (brought.kind) {
    case "nothing":
      return { state: "NOT_OURS" };
    case "elsewhere":
      return { state: "COUNTERFEIT_SITE", host: brought.host };
    case "of_others":
      return { state: "CODE_OF_OTHERS", whose: brought.whose };
    case "presentation":
    case "identifier":
      return { state: "CANNOT_CHECK", reason: "needs_network" };
    case "printed":
      return ofPrint(brought, kit, now);
    case "offline":
      return ofCode(brought.payload, kit, now, admit);
  }
};

const ofCode = async (payload: string, kit: Kit, now: number, admit: Admit): Promise<Verdict> => {
  let genuine: Genuine;
  try {
    genuine = await check(payload, findKey(kit), now, policyOf(kit));
  } catch (error) {
    if (error instanceof Refused) return { state: stateOfRefusal(error.word) };
    throw error;
  }
  const { statement, presence, proof } = genuine;
  const isLive = presence === "live" && proof !== null && (await admit(proof));
  // who sends a picture on takes the old proof off as well
  if (!isLive && presence !== "no_device") return { state: "CODE_PICTURE" };
  const whose = speaksFor(kit, genuine.key, statement.licence, dayOf(now));
  if (whose === undefined) return { state: "UNTRUSTED" };
  const handle = statement.licence.text;
  const of = { statement, isLive, whose, asOf: statement.asOf, handle };
  const ended = endedSince(kit, statement.licence, statement.asOf, now);
  if (ended) return { ...of, state: ended.state, since: ended.at };
  if (!knowsEnds(kit, whose, statement.asOf)) return { state: "CANNOT_CHECK", reason: "kit_short", handle };
  return { ...of, state: "VALID_OFFLINE" };
};

/** What the refusal of a printed code comes to; null where nothing can be said of it here, and its register may say more. */
export const stateOfPrintRefusal = (word: string): string | null => {
  if (["unknown_key", "no_statement", "key_period", "not_yet"].includes(word)) return null;
  return word === "altered" ? "CODE_ALTERED" : "CODE_UNREADABLE";
};

const ofPrint = ({ whose, site, code, payload }: Printed, kit: Kit, now: number): Verdict => {
  let print: GenuinePrint | null = null;
  try {
    if (payload !== null) print = checkPrint(code, payload, findKey(kit), now, kit.skew_seconds);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const state = stateOfPrintRefusal(error.word);
    if (state !== null) return { state };
  }
  if (print && !signsPrints(kit, print.key, whose, dayOf(now))) print = null;
  const own = kit.sites.find((one) => one.whose === "")?.site ?? "";
  const of = { whose, handle: `${site ?? own}/C/${code}` };
  const ended = whose === "" ? endedPrint(kit, code, now) : undefined;
  if (ended) return { ...of, state: ended.state, since: ended.at };
  const state = whose === "" ? "CANNOT_CHECK" : "CODE_OF_OTHERS";
  if (print) return { ...of, state, reason: "compare", print };
  return whose === "" ? { state, reason: "needs_network" } : { state, whose };
};

/** Of a printed code that its register signed, with what stands on the paper. */
export const compare = (asked: Verdict, paper: Paper, kit: Kit, now: number): Verdict => {
  const { print, whose = "", handle = "" } = asked;
  if (!print) return asked;
  const of = { print, whose, handle };
  if (!isAsSigned(print, paper)) return { ...of, state: "PRINT_DIFFERS" };
  if (paper.until !== FOREVER && paper.until < dayOf(now)) return { ...of, state: "EXPIRED", reason: "print", paper };
  const isKnown = knowsPrint(kit, whose, print.signedAt);
  const known = isKnown ? ({ reason: "print", asOf: kit.made_at / 1000 } as const) : ({ reason: "print_signed", asOf: print.signedAt } as const);
  return { ...of, ...known, state: "VALID_OFFLINE", paper };
};

export { paperOf } from "./print.js";

// What the tests ask for itself.
export { check } from "./code.js";
export { checkPrint, digestOfPaper, isAsSigned } from "./print.js";
export { Refused } from "./cbor.js";
export { unhex, hex } from "./octets.js";
export { read, scannedOf } from "./scanned.js";
export { digestOf, publicKey, signatureOfDer, signatureOfRaw, verify, verifyDigest } from "./sm2.js";
export { sm3 } from "./sm3.js";
