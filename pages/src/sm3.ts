/** SM3 (GB/T 32905-2016). */

const FIRST = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e];

const rotated = (x: number, by: number): number => (x << (by & 31)) | (x >>> ((32 - by) & 31));
const p0 = (x: number): number => x ^ rotated(x, 9) ^ rotated(x, 17);
const p1 = (x: number): number => x ^ rotated(x, 15) ^ rotated(x, 23);

/** 5.2: the message, a bit of one, noughts, and its length in bits in eight octets. */
const padded = (message: Uint8Array): DataView => {
  const whole = new Uint8Array((((message.length + 8) >> 6) + 1) << 6);
  whole.set(message);
  whole[message.length] = 0x80;
  const view = new DataView(whole.buffer);
  view.setUint32(whole.length - 8, Math.floor(message.length / 0x20000000));
  view.setUint32(whole.length - 4, (message.length << 3) >>> 0);
  return view;
};

/** The 32 octets of the digest. */
export const sm3 = (message: Uint8Array): Uint8Array => {
  const blocks = padded(message);
  const state = Int32Array.from(FIRST);
  const w = new Int32Array(68);
  const at = (words: Int32Array, index: number): number => words[index] as number;
  for (let begin = 0; begin < blocks.byteLength; begin += 64) {
    for (let j = 0; j < 16; j += 1) w[j] = blocks.getInt32(begin + 4 * j);
    for (let j = 16; j < 68; j += 1) {
      w[j] = p1(at(w, j - 16) ^ at(w, j - 9) ^ rotated(at(w, j - 3), 15)) ^ rotated(at(w, j - 13), 7) ^ at(w, j - 6);
    }
    let [a, b, c, d, e, f, g, h] = Array.from(state) as [number, number, number, number, number, number, number, number];
    for (let j = 0; j < 64; j += 1) {
      const early = j < 16;
      const ss1 = rotated((rotated(a, 12) + e + rotated(early ? 0x79cc4519 : 0x7a879d8a, j % 32)) | 0, 7);
      const ss2 = ss1 ^ rotated(a, 12);
      const tt1 = ((early ? a ^ b ^ c : (a & b) | (a & c) | (b & c)) + d + ss2 + (at(w, j) ^ at(w, j + 4))) | 0;
      const tt2 = ((early ? e ^ f ^ g : (e & f) | (~e & g)) + h + ss1 + at(w, j)) | 0;
      [d, c, b, a] = [c, rotated(b, 9), a, tt1];
      [h, g, f, e] = [g, rotated(f, 19), e, p0(tt2)];
    }
    [a, b, c, d, e, f, g, h].forEach((word, index) => { state[index] = at(state, index) ^ word; });
  }
  const digest = new DataView(new ArrayBuffer(32));
  state.forEach((word, index) => digest.setInt32(4 * index, word));
  return new Uint8Array(digest.buffer);
};
