/** Keys of devices: compressed points of P-256 (SEC 1 2.3.3) made whole, and what they signed, by WebCrypto. */

import { number } from "./sm2.js";

const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

const power = (base: bigint, exponent: bigint): bigint => {
  let [found, square, left] = [1n, base, exponent];
  while (left > 0n) {
    if (left & 1n) found = (found * square) % P;
    square = (square * square) % P;
    left >>= 1n;
  }
  return found;
};

/** 04 || x || y of 33 octets; null for what is no point. */
export const wholePoint = (point: Uint8Array): Uint8Array | null => {
  const [parity] = point;
  if (point.length !== 33 || (parity !== 2 && parity !== 3)) return null;
  const x = number(point.subarray(1));
  if (x >= P) return null;
  const square = (((x * x - 3n) * x + B) % P + P) % P;
  const root = power(square, (P + 1n) / 4n);
  if ((root * root) % P !== square) return null;
  const y = (root & 1n) === BigInt(parity & 1) ? root : P - root;
  const whole = new Uint8Array(65);
  whole[0] = 4;
  whole.set(point.subarray(1), 1);
  whole.set(Uint8Array.from(y.toString(16).padStart(64, "0").match(/../g) ?? [], (two) => parseInt(two, 16)), 33);
  return whole;
};

export const sha256 = async (message: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", message as BufferSource));

/** Whether the key of a whole point made r || s over a message, with SHA-256. */
export const made = async (point: Uint8Array, message: Uint8Array, value: Uint8Array): Promise<boolean> => {
  const key = await crypto.subtle.importKey("raw", point as BufferSource, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, value as BufferSource, message as BufferSource);
};
