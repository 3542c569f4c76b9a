/**
 * Verifying SM2 signatures (GB/T 32918.2-2016, on the curve of GB/T 32918.5-2017).
 *
 * Verification only: everything it sees is public, so that it may take longer for some values than for others.
 * Nothing here may ever see a secret.
 */

import { big, hex, joined, utf8 } from "./octets.js";
import { sm3 } from "./sm3.js";

const P = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn;
const A = P - 3n;
const B = 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n;
const N = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
const GX = 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n;
const GY = 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n;

/** The distinguishing id where nobody says another. */
export const DEFAULT_ID = utf8("1234567812345678");

/** A point of the curve, never the one at infinity. */
export interface PublicKey {
  readonly x: bigint;
  readonly y: bigint;
  /** 04 || x || y. */
  readonly sec1: Uint8Array;
}

/** r and s, each 1 to n - 1. */
export interface Signature {
  readonly r: bigint;
  readonly s: bigint;
}

export const number = (octets: Uint8Array): bigint => (octets.length ? BigInt(`0x${hex(octets)}`) : 0n);
const octets32 = (value: bigint): Uint8Array =>
  Uint8Array.from(value.toString(16).padStart(64, "0").match(/../g) ?? [], (two) => parseInt(two, 16));
const modulo = (value: bigint, modulus: bigint): bigint => {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
};

/** A key from 65 octets, 04 || x || y, of a point on the curve; null for anything else, other forms of points included. */
export const publicKey = (sec1: Uint8Array): PublicKey | null => {
  if (sec1.length !== 65 || sec1[0] !== 4) return null;
  const [x, y] = [number(sec1.subarray(1, 33)), number(sec1.subarray(33))];
  const isOnCurve = x < P && y < P && modulo(y * y - (x * x * x + A * x + B), P) === 0n;
  return isOnCurve ? { x, y, sec1: sec1.slice() } : null;
};

const inRange = (value: bigint): boolean => value >= 1n && value < N;

/** From 64 octets, r || s; null for another length or a number out of range. */
export const signatureOfRaw = (octets: Uint8Array): Signature | null => {
  if (octets.length !== 64) return null;
  const [r, s] = [number(octets.subarray(0, 32)), number(octets.subarray(32))];
  return inRange(r) && inRange(s) ? { r, s } : null;
};

/** From strict DER: SEQUENCE { INTEGER, INTEGER }, each in its shortest form, and nothing else. */
export const signatureOfDer = (octets: Uint8Array): Signature | null => {
  if (octets[0] !== 0x30 || octets[1] === undefined || octets[1] > 0x7f || octets.length !== 2 + octets[1]) return null;
  let at = 2;
  const integer = (): bigint | null => {
    const length = octets[at + 1];
    if (octets[at] !== 2 || length === undefined || length < 1 || length > 33 || at + 2 + length > octets.length) return null;
    const content = octets.subarray(at + 2, at + 2 + length);
    const [first, second] = content;
    if (first === undefined || first > 0x7f || (first === 0 && second !== undefined && second < 0x80)) return null;
    at += 2 + length;
    return number(content);
  };
  const [r, s] = [integer(), integer()];
  return r !== null && s !== null && at === octets.length && inRange(r) && inRange(s) ? { r, s } : null;
};

/** e of a message: SM3(Z || M), Z being SM3 over the length of the id in bits, the id, the curve and the key (5.5). */
export const digestOf = (key: PublicKey, message: Uint8Array, id: Uint8Array = DEFAULT_ID): Uint8Array => {
  const curve = [A, B, GX, GY].map(octets32);
  const z = sm3(joined(big(id.length * 8, 2), id, ...curve, key.sec1.subarray(1)));
  return sm3(joined(z, message));
};

/** Whether the key made the signature over e (7.1, B3 to B7; the ranges of B1 and B2 hold by the type). */
export const verifyDigest = (key: PublicKey, e: Uint8Array, signature: Signature): boolean => {
  const { r, s } = signature;
  const t = (r + s) % N;
  if (t === 0n) return false;
  const x = sum(s, t, key);
  return x !== null && (number(e) + x) % N === r;
};

/** Whether the key made the signature over a message. */
export const verify = (key: PublicKey, message: Uint8Array, signature: Signature, id: Uint8Array = DEFAULT_ID): boolean =>
  id.length <= 0x1fff && verifyDigest(key, digestOf(key, message, id), signature);

/** X / Z^2, Y / Z^3; Z is nought at infinity. */
interface Jacobian {
  readonly X: bigint;
  readonly Y: bigint;
  readonly Z: bigint;
}

const INFINITY: Jacobian = { X: 1n, Y: 1n, Z: 0n };

const doubled = ({ X, Y, Z }: Jacobian): Jacobian => {
  if (Z === 0n || Y === 0n) return INFINITY;
  const zz = (Z * Z) % P;
  const m = (3n * (X - zz) * (X + zz)) % P; // a = -3
  const yy = (Y * Y) % P;
  const four = (4n * X * yy) % P;
  const x = modulo(m * m - 2n * four, P);
  return { X: x, Y: modulo(m * (four - x) - 8n * yy * yy, P), Z: (2n * Y * Z) % P };
};

const added = (one: Jacobian, x2: bigint, y2: bigint): Jacobian => {
  if (one.Z === 0n) return { X: x2, Y: y2, Z: 1n };
  const zz = (one.Z * one.Z) % P;
  const h = modulo(x2 * zz - one.X, P);
  const d = modulo(y2 * zz * one.Z - one.Y, P);
  if (h === 0n) return d === 0n ? doubled(one) : INFINITY;
  const hh = (h * h) % P;
  const hhh = (h * hh) % P;
  const v = (one.X * hh) % P;
  const x = modulo(d * d - hhh - 2n * v, P);
  return { X: x, Y: modulo(d * (v - x) - one.Y * hhh, P), Z: (one.Z * h) % P };
};

/** value^(-1) modulo P, by the extended algorithm of Euclid; value is not nought. */
const inverse = (value: bigint): bigint => {
  let [low, high, lowFactor, highFactor] = [modulo(value, P), P, 1n, 0n];
  while (low > 1n) {
    const quotient = high / low;
    [low, high] = [high % low, low];
    [lowFactor, highFactor] = [highFactor - lowFactor * quotient, lowFactor];
  }
  return modulo(lowFactor, P);
};

const affine = ({ X, Y, Z }: Jacobian): readonly [bigint, bigint] | null => {
  if (Z === 0n) return null;
  const z = inverse(Z);
  const zz = (z * z) % P;
  return [(X * zz) % P, (Y * zz * z) % P];
};

/** The x of s G + t Q; null at infinity. Both are added in one run over their bits. */
const sum = (s: bigint, t: bigint, q: PublicKey): bigint | null => {
  const both = affine(added({ X: GX, Y: GY, Z: 1n }, q.x, q.y));
  let found = INFINITY;
  for (let bit = 255n; bit >= 0n; bit -= 1n) {
    found = doubled(found);
    const [inS, inT] = [(s >> bit) & 1n, (t >> bit) & 1n];
    if (inS && inT) {
      // where G + Q is infinity, adding both adds nothing
      if (both) found = added(found, both[0], both[1]);
    } else if (inS) found = added(found, GX, GY);
    else if (inT) found = added(found, q.x, q.y);
  }
  return affine(found)?.[0] ?? null;
};
