/**
 * What a window needs without a network: whose sites and keys count, what ended lately, and how old all of that is.
 * The service makes it (src/flow/window/kit.rs); it holds nothing about anybody.
 */

import { type CodeKey, type FindKey, type Policy } from "./code.js";
import { type Identifier, isCreditCode, regionOf } from "./identifier.js";
import { hex, unhex, utf8 } from "./octets.js";
import { publicKey } from "./sm2.js";
import { sm3 } from "./sm3.js";
import { type Whose } from "./scanned.js";

export interface Scope {
  readonly bodies: readonly string[];
  readonly licence_types: readonly string[];
  readonly regions: readonly string[];
  /** First day, yyyy-MM-dd. */
  readonly from: string;
}

/** What something is, and since when, in seconds since 1970: that may be to come. Of what is not in force yet, until when. */
export interface End {
  readonly state: string;
  readonly at: number;
}

export interface Kit {
  readonly format: "yinxin-kit/3";
  /** When it was handed out by the clock of the service, in milliseconds since 1970. */
  readonly given_at: number;
  /** As of when the register stands in it, by the same clock. */
  readonly made_at: number;
  /** For how long it counts, in seconds. */
  readonly lasts_seconds: number;
  readonly proof_seconds: number;
  readonly skew_seconds: number;
  /** Whose site: an empty text for ours. */
  readonly sites: readonly { readonly site: string; readonly whose: string }[];
  readonly keys: readonly {
    /** 04 || x || y, in hexadecimal. */
    readonly point: string;
    readonly from: number;
    readonly until: number | null;
    readonly whose: string;
    readonly scopes: readonly Scope[];
  }[];
  /**
   * What is not in force any more, or will not be, and may still be in a code: the first half of SM3 of each identifier, which is of one
   * version, and its end. Of one that becomes something else the later state comes first.
   */
  readonly ended: readonly (End & { readonly licence: string })[];
  /** Of codes of our register that were signed from then on all are listed that ended, in seconds since 1970. */
  readonly ended_since: number;
  /**
   * Of the printed codes of our register that were signed from `known_from` on all that ended, as far as their last day does
   * not tell it; of older ones the latest. The first half of SM3 of each code, and its end, in the same order.
   */
  readonly prints: {
    readonly known_from: number;
    readonly ended: readonly (End & { readonly code: string })[];
  };
}

export const isKit = (value: unknown): value is Kit => (value as Kit | null)?.format === "yinxin-kit/3";

export const policyOf = (kit: Kit): Policy => ({ proof: kit.proof_seconds, skew: kit.skew_seconds });

export const whoseSite = (kit: Kit): Whose => (site) => kit.sites.find((one) => one.site === site)?.whose;

/** By what a code names a key. */
export const keyId = (point: string): string => hex(sm3(unhex(point)).subarray(0, 8));

export const findKey = (kit: Kit): FindKey => (id) => {
  const found = kit.keys.find((one) => keyId(one.point) === id);
  const key = found && publicKey(unhex(found.point));
  return found && key ? ({ key, from: found.from, until: found.until } satisfies CodeKey) : undefined;
};

const covers = (scope: Scope, licence: Identifier, today: string): boolean => {
  const body = isCreditCode(licence.issuer) ? licence.issuer : null;
  const region = body && regionOf(body);
  return (
    (scope.bodies.length === 0 || (body !== null && scope.bodies.includes(body))) &&
    (scope.regions.length === 0 || (!!region && scope.regions.some((one) => region.startsWith(one)))) &&
    (scope.licence_types.length === 0 || scope.licence_types.includes(licence.typeCode)) &&
    today >= scope.from
  );
};

/** Whose the key is, if it speaks for this licence on a day (yyyy-MM-dd); undefined where it does not. */
export const speaksFor = (kit: Kit, id: string, licence: Identifier, today: string): string | undefined =>
  kit.keys.find((one) => keyId(one.point) === id && one.scopes.every((scope) => covers(scope, licence, today)))?.whose;

/** Half of the SM3 of an identifier or a code, in hexadecimal. */
const half = (text: string): string => hex(sm3(utf8(text)).subarray(0, 16));

/** Whether the key is one of these for what is printed: a printed code names no licence, so that of a scope its first day counts alone. */
export const signsPrints = (kit: Kit, id: string, whose: string, today: string): boolean =>
  kit.keys.some((one) => one.whose === whose && keyId(one.point) === id && one.scopes.every(({ from }) => today >= from));

/** Whether it is so at an instant, in seconds since 1970. */
const holds = ({ state, at }: End, now: number): boolean => (state === "NOT_YET" ? now < at : now >= at);

/** The state of what a printed code of ours stands on, where the kit has it as ended. */
export const endedPrint = (kit: Kit, code: string, now: number): End | undefined => {
  const digest = half(code);
  return kit.prints.ended.find((one) => one.code === digest && holds(one, now));
};

/** Whether the kit would have it where a print that was signed then has ended. */
export const knowsPrint = (kit: Kit, whose: string, signedAt: number): boolean => whose === "" && signedAt >= kit.prints.known_from;

/** The state of a licence that ended after a code was signed, as far as the kit knows. */
export const endedSince = (kit: Kit, licence: Identifier, asOf: number, now: number): End | undefined => {
  const digest = half(licence.text);
  return kit.ended.find((one) => one.licence === digest && one.at >= asOf && holds(one, now));
};

/** Whether the kit would have it where what a code says that was signed then has ended; of another locality it has nothing anyway. */
export const knowsEnds = (kit: Kit, whose: string, asOf: number): boolean => whose !== "" || asOf >= kit.ended_since;
