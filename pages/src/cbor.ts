/**
 * The part of CBOR (RFC 8949) that codes use, in its core deterministic encoding (4.2.1): unsigned integers, byte
 * strings, texts, arrays, and maps whose keys are unsigned integers. What departs from it is refused by its name.
 */

import { big, joined, utf8 } from "./octets.js";

export const [UNSIGNED, BYTES, TEXT, ARRAY, MAP] = [0, 2, 3, 4, 5];

/** Octets and items of a code, at most. */
const [MOST_OCTETS, MOST_ITEMS] = [410, 32];

/** Why octets are refused: a word of docs/code-format.md. */
export class Refused extends Error {
  constructor(readonly word: string) {
    super(word);
  }
}

/** Reads item by item; whoever reads says what belongs next. */
export class Reader {
  at = 0;
  private left = MOST_ITEMS;

  constructor(private readonly octets: Uint8Array) {
    if (octets.length > MOST_OCTETS) throw new Refused("too_long");
  }

  /** The argument of the next head, which has to be of this major type. Above 2^53 it is not exact, and nothing is so large. */
  head(major: number): number {
    if (this.left === 0) throw new Refused("too_many_items");
    const head = this.octets[this.at];
    if (head === undefined) throw new Refused("cut_short");
    if (head >> 5 !== major) throw new Refused("other_kind");
    const [argument, width] = this.argument(head & 31);
    this.left -= 1;
    this.at += 1 + width;
    return argument;
  }

  bytes(): Uint8Array {
    return this.content(this.head(BYTES as number));
  }

  text(): string {
    const content = this.content(this.head(TEXT as number));
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
    } catch {
      throw new Refused("not_utf8");
    }
  }

  /** Each key of a map, ascending; the value is read before the next is asked for. */
  *keys(): Generator<number> {
    let last = -1;
    for (let left = this.head(MAP as number); left > 0; left -= 1) {
      const key = this.head(UNSIGNED as number);
      if (key <= last) throw new Refused(key === last ? "key_twice" : "key_order");
      last = key;
      yield key;
    }
  }

  finish(): void {
    if (this.at !== this.octets.length) throw new Refused("trailing");
  }

  private argument(information: number): readonly [number, number] {
    if (information < 24) return [information, 0];
    if (information === 31) throw new Refused("indefinite_length");
    if (information > 27) throw new Refused("reserved_head");
    const width = 1 << (information - 24);
    const octets = this.octets.subarray(this.at + 1, this.at + 1 + width);
    if (octets.length < width) throw new Refused("cut_short");
    const argument = octets.reduce((sum, octet) => sum * 256 + octet, 0);
    const least = width === 1 ? 24 : 2 ** (4 * width);
    if (argument < least) throw new Refused("not_shortest");
    return [argument, width];
  }

  private content(length: number): Uint8Array {
    if (length > this.octets.length - this.at) throw new Refused("cut_short");
    const content = this.octets.subarray(this.at, this.at + length);
    this.at += length;
    return content;
  }
}

/** The head of an item: its kind and an argument below 65,536, in its shortest form. */
const headOf = (major: number, argument: number): Uint8Array => {
  const kind = major << 5;
  if (argument < 24) return Uint8Array.of(kind | argument);
  return argument < 256 ? Uint8Array.of(kind | 24, argument) : joined(Uint8Array.of(kind | 25), big(argument, 2));
};

/** An array of texts, each shorter than 65,536 octets. */
export const textsOf = (texts: readonly string[]): Uint8Array => {
  const items = texts.map(utf8).map((octets) => joined(headOf(TEXT as number, octets.length), octets));
  return joined(headOf(ARRAY as number, texts.length), ...items);
};
