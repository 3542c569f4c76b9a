/** Octets and the texts that stand for them. */

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export const hex = (octets: Uint8Array): string => Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");

/** Of an even number of hexadecimal digits; what is none is left out. */
export const unhex = (text: string): Uint8Array => Uint8Array.from(text.match(/[0-9a-f]{2}/gi) ?? [], (two) => parseInt(two, 16));

export const joined = (...parts: readonly Uint8Array[]): Uint8Array => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

/** An unsigned number below 2^53 in so many octets, big-endian. */
export const big = (value: number, length: number): Uint8Array => {
  const octets = new Uint8Array(length);
  for (let at = length - 1, left = value; at >= 0; at -= 1, left = Math.floor(left / 256)) octets[at] = left % 256;
  return octets;
};

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

export const equal = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && left.every((octet, at) => octet === right[at]);

/** Base32 (RFC 4648 6) without padding. */
export const base32 = (octets: Uint8Array): string => {
  let [text, rest, bits] = ["", 0, 0];
  for (const octet of octets) {
    rest = (rest << 8) | octet;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += LETTERS.charAt((rest >> bits) & 31);
    }
    rest &= (1 << bits) - 1;
  }
  return bits > 0 ? text + LETTERS.charAt((rest << (5 - bits)) & 31) : text;
};

/** What {@link base32} made; null where the text ends within an octet or has bits left over. Of its letters only. */
export const unbase32 = (text: string): Uint8Array | null => {
  // 1, 3 and 6 characters more than whole groups are those of no octets
  if ([1, 3, 6].includes(text.length % 8)) return null;
  const octets = new Uint8Array(Math.floor((text.length * 5) / 8));
  let [rest, bits, at] = [0, 0, 0];
  for (const letter of text) {
    rest = (rest << 5) | LETTERS.indexOf(letter);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      octets[at] = rest >> bits;
      at += 1;
      rest &= (1 << bits) - 1;
    }
  }
  return rest === 0 ? octets : null;
};
