/**
 * The signed digest of a printed code, and what somebody reads off the paper (docs/code-format.md, "Statement of a printed
 * code"), step by step as the service does it.
 */

import { Reader, Refused, textsOf, UNSIGNED } from "./cbor.js";
import { type FindKey } from "./code.js";
import { envelope, LAST_SECOND, PRINTED } from "./envelope.js";
import { isName, isReadable, isSpace, trimmed } from "./names.js";
import { equal, joined, utf8 } from "./octets.js";
import { asTyped } from "./scanned.js";
import { signatureOfRaw, verify } from "./sm2.js";
import { sm3 } from "./sm3.js";

const [DOMAIN, DIGEST_DOMAIN] = ["yinxin printed code 1\0", "yinxin printed licence 1\0"];
/** Longest number, in characters. */
const LONGEST_NUMBER = 128;
/** The last day of what has none. */
export const FOREVER = "长期";
/** Dots between the parts of a name, all of which count as the first. */
const MIDDLE_DOTS = /[\u00b7\u2022\u2027\u2219\u22c5\u2e31\u30fb\uff65\u0387]/g;

/** A printed code that was signed, before the paper is held against it. */
export interface GenuinePrint {
  readonly code: string;
  readonly key: string;
  /** In seconds since 1970. */
  readonly signedAt: number;
  readonly digest: Uint8Array;
}

/** What was read off the paper, in the form in which it is compared. */
export interface Paper {
  readonly holder: string;
  readonly number: string;
  /** yyyy-MM-dd, or {@link FOREVER}. */
  readonly until: string;
}

/** What of it cannot be read. */
export type PaperFault = "holder" | "number" | "until";

const statementOf = (octets: Uint8Array): { readonly digest: Uint8Array; readonly signedAt: number } => {
  const reader = new Reader(octets);
  let [digest, signedAt]: [Uint8Array | null, number | null] = [null, null];
  for (const key of reader.keys()) {
    if (key === 1) digest = reader.bytes();
    else if (key === 2) signedAt = reader.head(UNSIGNED as number);
    else throw new Refused("no_statement");
  }
  reader.finish();
  if (digest?.length !== 32 || signedAt === null || signedAt > LAST_SECOND) throw new Refused("no_statement");
  return { digest, signedAt };
};

/**
 * What stands behind the `#` of a printed code, as of `now`; times in seconds.
 *
 * @throws {Refused} the first offence, in the order of the format.
 */
export const checkPrint = (code: string, payload: string, find: FindKey, now: number, skew: number): GenuinePrint => {
  const read = envelope(payload, PRINTED);
  const known = find(read.key);
  if (!known) throw new Refused("unknown_key");
  const signature = signatureOfRaw(read.signature);
  if (!signature || !verify(known.key, joined(utf8(DOMAIN), read.statement), signature)) throw new Refused("altered");
  let statement: ReturnType<typeof statementOf>;
  try {
    statement = statementOf(read.statement);
  } catch (error) {
    throw error instanceof Refused ? new Refused("no_statement") : error;
  }
  const { signedAt } = statement;
  if (signedAt < known.from || (known.until !== null && signedAt >= known.until)) throw new Refused("key_period");
  if (signedAt - now > skew) throw new Refused("not_yet");
  return { code, key: read.key, ...statement };
};

const numberOf = (text: string): string | null => {
  const characters = Array.from(text);
  if (characters.length > LONGEST_NUMBER || !characters.every(isReadable)) return null;
  const narrow = Array.from(text.normalize("NFC"), (one) => {
    const point = one.codePointAt(0) as number;
    return point >= 0xff01 && point <= 0xff5e ? String.fromCharCode(point - 0xfee0) : one;
  });
  const compared = narrow.filter((one) => !isSpace(one)).join("").replace(/[a-z]+/g, (run) => run.toUpperCase());
  return compared === "" ? null : compared;
};

/** With any signs between year, month and day. */
const lastDayOf = (text: string): string | null => {
  const plain = asTyped(text);
  if (plain === FOREVER) return FOREVER;
  const parts = plain.split(/[^0-9]+/).filter((part) => part !== "");
  const [whole = ""] = parts;
  const isWhole = parts.length === 1 && whole.length === 8;
  const [year = "", month = "", day = "", ...more] = isWhole ? [whole.slice(0, 4), whole.slice(4, 6), whole.slice(6)] : parts;
  const date = `${year.padStart(4, "0")}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  if (more.length || !day || !/^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$/.test(date)) return null;
  const at = new Date(`${date}T00:00:00Z`);
  return Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== date ? null : date;
};

/** What somebody typed, or the first of its faults. */
export const paperOf = (holder: string, number: string, until: string): Paper | PaperFault => {
  const lastDay = lastDayOf(trimmed(until));
  if (lastDay === null) return "until";
  const name = trimmed(holder);
  if (!isName(name)) return "holder";
  const compared = numberOf(trimmed(number));
  if (compared === null) return "number";
  return { holder: name.normalize("NFC").replace(MIDDLE_DOTS, "\u00b7"), number: compared, until: lastDay };
};

/** The digest of a paper beside a code. */
export const digestOfPaper = (code: string, { holder, number, until }: Paper): Uint8Array =>
  sm3(joined(utf8(DIGEST_DOMAIN), textsOf([code, holder, number, until])));

/** Whether the paper says what was signed. */
export const isAsSigned = (print: GenuinePrint, paper: Paper): boolean => equal(digestOfPaper(print.code, paper), print.digest);
