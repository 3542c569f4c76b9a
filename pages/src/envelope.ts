/** The array around a statement, and the text that it stands in (docs/code-format.md, "Payload"). */

import { ARRAY, Reader, Refused, UNSIGNED } from "./cbor.js";
import { hex, unbase32 } from "./octets.js";

/** Kinds of statements. */
export const [OFFLINE, PRINTED] = [1, 2] as const;
/** 9999-12-31T23:59:59Z, in seconds. */
export const LAST_SECOND = 253402300799;
/** Longest payload, in characters. */
const LONGEST_PAYLOAD = 656;

/** What was read; nothing of it was verified. */
export interface Envelope {
  readonly key: string;
  readonly statement: Uint8Array;
  readonly signature: Uint8Array;
  /** From the kind to the signature. */
  readonly certified: Uint8Array;
  readonly proof: { readonly at: number; readonly value: Uint8Array } | null;
}

const sized = (octets: Uint8Array, length: number): Uint8Array => {
  if (octets.length !== length) throw new Refused("no_envelope");
  return octets;
};

const payloadOctets = (payload: string): Uint8Array => {
  if (payload === "") throw new Refused("empty");
  if (payload.length > LONGEST_PAYLOAD) throw new Refused("too_long");
  if (!/^[A-Z2-7]*$/.test(payload)) throw new Refused("no_base32");
  const octets = unbase32(payload);
  if (!octets) throw new Refused("cut_short");
  return octets;
};

/**
 * The envelope of this kind in a payload.
 *
 * @throws {Refused}
 */
export const envelope = (payload: string, kind: typeof OFFLINE | typeof PRINTED): Envelope => {
  const octets = payloadOctets(payload);
  const reader = new Reader(octets);
  const items = reader.head(ARRAY as number);
  const begin = reader.at;
  if (reader.head(UNSIGNED as number) !== kind) throw new Refused("other_kind_of_code");
  if (items !== 4 && (items !== 6 || kind !== OFFLINE)) throw new Refused("no_envelope");
  const key = hex(sized(reader.bytes(), 8));
  const statement = reader.bytes();
  const signature = sized(reader.bytes(), 64);
  const certified = octets.subarray(begin, reader.at);
  let proof: Envelope["proof"] = null;
  if (items === 6) {
    const at = reader.head(UNSIGNED as number);
    if (at > LAST_SECOND) throw new Refused("no_envelope");
    proof = { at, value: sized(reader.bytes(), 64) };
  }
  reader.finish();
  return { key, statement, signature, certified, proof };
};
