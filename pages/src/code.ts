/**
 * What an offline code proves (docs/code-format.md, "Checking an offline code"), step by step as the service does it.
 *
 * Nothing of a statement is read before its signature holds.
 */

import { Reader, Refused, UNSIGNED } from "./cbor.js";
import { type Envelope, envelope, LAST_SECOND, OFFLINE } from "./envelope.js";
import { type Identifier, unpacked } from "./identifier.js";
import { isName } from "./names.js";
import { big, hex, joined, utf8 } from "./octets.js";
import { made, sha256, wholePoint } from "./p256.js";
import { type PublicKey, signatureOfRaw, verify } from "./sm2.js";

/** Seven days, in minutes. */
const LONGEST_LIFE = 7 * 24 * 60;
/** 9999-12-31, 1970-01-01 being nought. */
const LAST_DAY = 2932896;
const [DAY, BEIJING] = [86400, 28800];
const [DOMAIN, PROOF_DOMAIN] = ["yinxin offline code 1\0", "yinxin offline code proof 1\0"];

/** A key that somebody vouches for; its period in seconds since 1970. */
export interface CodeKey {
  readonly key: PublicKey;
  readonly from: number;
  readonly until: number | null;
}

/** By the first eight octets of SM3 of its point, in hexadecimal. */
export type FindKey = (id: string) => CodeKey | undefined;

/** In seconds. */
export interface Policy {
  readonly proof: number;
  readonly skew: number;
}

/** Times in seconds since 1970. */
export interface Statement {
  readonly licence: Identifier;
  readonly holder: string;
  readonly asOf: number;
  readonly expires: number;
  /** Its last day, 1970-01-01 being nought; null where it has none. */
  readonly lastDay: number | null;
  readonly device: { readonly point: Uint8Array; readonly expires: number } | null;
}

/** `live`, or why it is not known to be shown live. */
export type Presence = "live" | "no_device" | "no_proof" | "proof_stale" | "proof_ahead" | "device_ended";

export interface Genuine {
  readonly statement: Statement;
  readonly key: string;
  readonly presence: Presence;
  /** Of a live one: by which the proof is known again, and until when it counts as fresh. */
  readonly proof: { readonly id: string; readonly until: number } | null;
}

const NO_STATEMENT = "no_statement";
const belongs = (is: boolean): void => {
  if (!is) throw new Refused(NO_STATEMENT);
};

const statementOf = (octets: Uint8Array): Statement => {
  const reader = new Reader(octets);
  let [licence, whole, masked]: [Identifier | null, string | null, string | null] = [null, null, null];
  let [asOf, life, lastDay, deviceLife]: (number | null)[] = [null, null, null, null];
  let point: Uint8Array | null = null;
  const minutes = (): number => {
    const found = reader.head(UNSIGNED as number);
    belongs(found >= 1 && found <= LONGEST_LIFE);
    return found;
  };
  const name = (): string => {
    const found = reader.text();
    belongs(isName(found));
    return found;
  };
  for (const key of reader.keys()) {
    if (key === 1) {
      licence = unpacked(reader.bytes());
      belongs(licence !== null);
    } else if (key === 2) whole = name();
    else if (key === 3) masked = name();
    else if (key === 4) {
      asOf = reader.head(UNSIGNED as number);
      belongs(asOf <= LAST_SECOND);
    } else if (key === 5) life = minutes();
    else if (key === 6) {
      lastDay = reader.head(UNSIGNED as number);
      belongs(lastDay <= LAST_DAY);
    } else if (key === 7) {
      const compressed = reader.bytes();
      belongs(compressed.length === 33);
      point = wholePoint(compressed);
      belongs(point !== null);
    } else if (key === 8) deviceLife = minutes();
    else belongs(false);
  }
  reader.finish();
  belongs((point === null) === (deviceLife === null || deviceLife === undefined));
  const holder = whole ?? masked;
  // one name, whole without a star or masked with one
  belongs(holder !== null && (whole === null || masked === null) && holder.includes("*") === (whole === null));
  if (!licence || holder === null || typeof asOf !== "number" || typeof life !== "number") throw new Refused(NO_STATEMENT);
  const begin = asOf;
  // an instant past the calendar stays where it is, so that what begins there has ended
  const after = (count: number): number => (begin + count * 60 > LAST_SECOND ? begin : begin + count * 60);
  const expires = after(life);
  const last = typeof lastDay === "number" ? lastDay : null;
  belongs(last === null || expires <= endOf(last));
  const device = point && typeof deviceLife === "number" ? { point, expires: after(deviceLife) } : null;
  return { licence, holder, asOf, expires, lastDay: last, device };
};

/** The first instant that is not of the day any more, in Beijing. */
const endOf = (day: number): number => (day + 1) * DAY - BEIJING;

const presenceOf = async (read: Envelope, statement: Statement, now: number, policy: Policy): Promise<Pick<Genuine, "presence" | "proof">> => {
  const { device } = statement;
  if (!read.proof) return { presence: device ? "no_proof" : "no_device", proof: null };
  // signed by a device that nobody certified
  if (!device) throw new Refused("wrong_proof");
  const { at, value } = read.proof;
  const message = joined(utf8(PROOF_DOMAIN), await sha256(read.certified), big(at, 8));
  if (!(await made(device.point, message, value))) throw new Refused("wrong_proof");
  const age = now - at;
  if (now - device.expires > policy.skew) return { presence: "device_ended", proof: null };
  if (age > policy.proof + policy.skew) return { presence: "proof_stale", proof: null };
  if (age < -policy.skew) return { presence: "proof_ahead", proof: null };
  return { presence: "live", proof: { id: hex(await sha256(message)), until: at + policy.proof + policy.skew } };
};

/**
 * What a payload proves as of `now`, in seconds since 1970.
 *
 * @throws {Refused} the first offence, in the order of the format.
 */
export const check = async (payload: string, find: FindKey, now: number, policy: Policy): Promise<Genuine> => {
  const read = envelope(payload, OFFLINE);
  const known = find(read.key);
  if (!known) throw new Refused("unknown_key");
  const signature = signatureOfRaw(read.signature);
  if (!signature || !verify(known.key, joined(utf8(DOMAIN), read.statement), signature)) throw new Refused("altered");
  let statement: Statement;
  try {
    statement = statementOf(read.statement);
  } catch (error) {
    throw error instanceof Refused ? new Refused(NO_STATEMENT) : error;
  }
  if (statement.asOf < known.from || (known.until !== null && statement.asOf >= known.until)) throw new Refused("key_period");
  if (statement.asOf - now > policy.skew) throw new Refused("not_yet");
  if (statement.lastDay !== null && now - endOf(statement.lastDay) > policy.skew) throw new Refused("licence_ended");
  if (now - statement.expires > policy.skew) throw new Refused("expired");
  return { statement, key: read.key, ...(await presenceOf(read, statement, now, policy)) };
};
