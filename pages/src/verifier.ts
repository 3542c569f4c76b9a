/** What a scanned text comes to where no register can be asked. Loaded when the first one is scanned. */

import { Refused } from "./cbor.js";
import { check, type Genuine, type Statement } from "./code.js";
import { endedSince, findKey, type Kit, policyOf, speaksFor, whoseSite } from "./kit.js";
import { read } from "./scanned.js";

/** A state of the one table (src/flow/shown.rs), and why it cannot be checked where that is so. */
export interface Verdict {
  readonly state: string;
  readonly reason?: "needs_network" | "no_kit" | "kit_old" | "clock" | "file";
  /** The host that nobody vouches for. */
  readonly host?: string;
  /** Of a genuine code: what it says, and whether its telephone showed it. */
  readonly statement?: Statement;
  readonly isLive?: boolean;
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
    case "printed":
    case "presentation":
    case "identifier":
      return { state: "CANNOT_CHECK", reason: "needs_network" };
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
  const ended = endedSince(kit, statement.licence, statement.asOf);
  if (ended) return { state: ended.state, since: ended.at, statement, isLive, whose };
  return { state: "VALID_OFFLINE", statement, isLive, whose };
};

// What the tests ask for itself.
export { check } from "./code.js";
export { Refused } from "./cbor.js";
export { unhex, hex } from "./octets.js";
export { read, scannedOf } from "./scanned.js";
export { digestOf, publicKey, signatureOfDer, signatureOfRaw, verify, verifyDigest } from "./sm2.js";
export { sm3 } from "./sm3.js";
