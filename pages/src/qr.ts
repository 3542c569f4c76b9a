/**
 * QR codes (ISO/IEC 18004) of texts such as offline codes, at error correction level M: alphanumeric, the `#` as an octet,
 * alphanumeric. Versions 1 to 16, which is all that a code of ours may be (docs/code-format.md).
 */

/** Of each version at level M: octets of error correction in a block, and blocks as [how many, octets of data]. */
const BLOCKS: readonly (readonly [number, ...(readonly [number, number])[]])[] = [
  [10, [1, 16]], [16, [1, 28]], [26, [1, 44]], [18, [2, 32]], [24, [2, 43]], [16, [4, 27]], [18, [4, 31]], [22, [2, 38], [2, 39]],
  [22, [3, 36], [2, 37]], [26, [4, 43], [1, 44]], [30, [1, 50], [4, 51]], [22, [6, 36], [2, 37]], [22, [8, 37], [1, 38]],
  [24, [4, 40], [5, 41]], [24, [5, 41], [5, 42]], [28, [7, 45], [3, 46]],
];
/** Of each version: rows and columns of the middles of alignment patterns. */
const ALIGNMENTS: readonly (readonly number[])[] = [
  [], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50], [6, 30, 54], [6, 32, 58],
  [6, 34, 62], [6, 26, 46, 66], [6, 26, 48, 70], [6, 26, 50, 74],
];
const ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
/** Light modules on each side. */
const MARGIN = 4;

/** A code for a screen: modules each way, the margin on each side included, and the dark ones as path data in modules. */
export interface Drawn {
  readonly side: number;
  readonly path: string;
}

const isAlphanumeric = (one: string): boolean => ALPHANUMERIC.includes(one);

/** Runs of alphanumeric characters, and runs of octets between them. */
const runsOf = (text: string): string[] => {
  const runs: string[] = [];
  for (const one of text) {
    const last = runs[runs.length - 1];
    if (last !== undefined && isAlphanumeric(last.charAt(0)) === isAlphanumeric(one)) runs[runs.length - 1] = last + one;
    else runs.push(one);
  }
  return runs;
};

/** The bits of the text in a version, as noughts and ones. */
const bitsOf = (runs: readonly string[], version: number): number[] => {
  const bits: number[] = [];
  const put = (value: number, length: number): void => {
    for (let at = length - 1; at >= 0; at -= 1) bits.push((value >> at) & 1);
  };
  for (const run of runs) {
    if (isAlphanumeric(run.charAt(0))) {
      put(2, 4);
      put(run.length, version < 10 ? 9 : 11);
      for (let at = 0; at < run.length; at += 2) {
        const [one, two] = [ALPHANUMERIC.indexOf(run.charAt(at)), ALPHANUMERIC.indexOf(run.charAt(at + 1))];
        if (at + 1 < run.length) put(one * 45 + two, 11);
        else put(one, 6);
      }
    } else {
      const octets = new TextEncoder().encode(run);
      put(4, 4);
      put(octets.length, version < 10 ? 8 : 16);
      octets.forEach((octet) => put(octet, 8));
    }
  }
  return bits;
};

/** Multiplication in the field of 256 elements that x^8 + x^4 + x^3 + x^2 + 1 makes. */
const times = (left: number, right: number): number => {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    if ((right >> bit) & 1) product ^= left;
  }
  return product;
};

/** The octets of error correction of a block. */
const correction = (data: readonly number[], count: number): number[] => {
  // the product of x - 2^i, without its leading one
  let divisor: number[] = [...Array<number>(count - 1).fill(0), 1];
  let root = 1;
  for (let i = 0; i < count; i += 1) {
    divisor = divisor.map((one, at) => times(one, root) ^ (divisor[at + 1] ?? 0));
    root = times(root, 2);
  }
  let rest: number[] = Array<number>(count).fill(0);
  for (const octet of data) {
    const factor = octet ^ (rest[0] as number);
    rest = [...rest.slice(1), 0].map((one, at) => one ^ times(divisor[at] as number, factor));
  }
  return rest;
};

const blocksOf = (version: number): readonly [number, number[]] => {
  const [ec, ...groups] = BLOCKS[version - 1] as (typeof BLOCKS)[number];
  return [ec, groups.flatMap(([count, octets]) => Array<number>(count).fill(octets))];
};
const capacity = (version: number): number => blocksOf(version)[1].reduce((sum, octets) => sum + octets, 0);

/** All octets of a code in the order in which they are drawn. */
const codewords = (bits: readonly number[], version: number): number[] => {
  const whole = [...bits];
  const most = capacity(version) * 8;
  whole.push(...Array<number>(Math.min(4, most - whole.length)).fill(0));
  while (whole.length % 8 !== 0) whole.push(0);
  const data: number[] = [];
  for (let at = 0; at < whole.length; at += 8) data.push(whole.slice(at, at + 8).reduce((octet, bit) => octet * 2 + bit, 0));
  for (let pad = 0xec; data.length < most / 8; pad ^= 0xec ^ 0x11) data.push(pad);

  const [ec, sizes] = blocksOf(version);
  let begin = 0;
  const blocks = sizes.map((size) => data.slice(begin, (begin += size)));
  const corrections = blocks.map((block) => correction(block, ec));
  const interleaved = (parts: readonly (readonly number[])[], length: number): number[] =>
    Array.from({ length }, (_, at) => parts.flatMap((part) => part[at] ?? [])).flat();
  return [...interleaved(blocks, Math.max(...sizes)), ...interleaved(corrections, ec)];
};

/** Modules: dark or not, and whether a pattern has them, so that no data go there. */
class Modules {
  readonly dark: boolean[][];
  private readonly fixed: boolean[][];

  constructor(private readonly version: number, readonly side: number = 17 + 4 * version) {
    this.dark = Array.from({ length: side }, () => Array<boolean>(side).fill(false));
    this.fixed = Array.from({ length: side }, () => Array<boolean>(side).fill(false));
    for (let at = 0; at < side; at += 1) {
      this.fix(at, 6, at % 2 === 0);
      this.fix(6, at, at % 2 === 0);
    }
    for (const [row, column] of [[3, 3], [3, side - 4], [side - 4, 3]] as const) this.square(row, column, 4, [2, 4]);
    const middles = ALIGNMENTS[version - 1] as readonly number[];
    const isCorner = (row: number, column: number): boolean =>
      (row === 6 && column === 6) || (row === 6 && column === side - 7) || (row === side - 7 && column === 6);
    for (const row of middles) for (const column of middles) if (!isCorner(row, column)) this.square(row, column, 2, [1]);
    this.format(0);
    if (version >= 7) this.versions();
  }

  /** A square pattern around a middle: light on these distances from it, dark on the others. */
  private square(row: number, column: number, reach: number, light: readonly number[]): void {
    for (let dr = -reach; dr <= reach; dr += 1) {
      for (let dc = -reach; dc <= reach; dc += 1) this.fix(row + dr, column + dc, !light.includes(Math.max(Math.abs(dr), Math.abs(dc))));
    }
  }

  private fix(row: number, column: number, dark: boolean): void {
    const [line, fixed] = [this.dark[row], this.fixed[row]];
    if (!line || !fixed || column < 0 || column >= this.side) return;
    line[column] = dark;
    fixed[column] = true;
  }

  /** Level M, which is 00, and the mask, with their correction, twice (7.9). */
  format(mask: number): void {
    let rest = mask;
    for (let i = 0; i < 10; i += 1) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
    const bits = ((mask << 10) | rest) ^ 0x5412;
    const bit = (at: number): boolean => ((bits >> at) & 1) === 1;
    for (let i = 0; i < 6; i += 1) this.fix(i, 8, bit(i));
    this.fix(7, 8, bit(6));
    this.fix(8, 8, bit(7));
    this.fix(8, 7, bit(8));
    for (let i = 9; i < 15; i += 1) this.fix(8, 14 - i, bit(i));
    for (let i = 0; i < 8; i += 1) this.fix(8, this.side - 1 - i, bit(i));
    for (let i = 8; i < 15; i += 1) this.fix(this.side - 15 + i, 8, bit(i));
    this.fix(this.side - 8, 8, true);
  }

  /** The version with its correction, twice (7.10). */
  private versions(): void {
    let rest = this.version;
    for (let i = 0; i < 12; i += 1) rest = (rest << 1) ^ ((rest >> 11) * 0x1f25);
    const bits = (this.version << 12) | rest;
    for (let i = 0; i < 18; i += 1) {
      const [far, near] = [this.side - 11 + (i % 3), Math.floor(i / 3)];
      this.fix(far, near, ((bits >> i) & 1) === 1);
      this.fix(near, far, ((bits >> i) & 1) === 1);
    }
  }

  /** Places of data in their order: pairs of columns from the right, up and down in turns, without column 6 (7.7.3). */
  *places(): Generator<readonly [number, number]> {
    for (let right = this.side - 1; right >= 1; right -= 2) {
      if (right === 6) right = 5;
      for (let step = 0; step < this.side; step += 1) {
        const row = ((right + 1) & 2) === 0 ? this.side - 1 - step : step;
        for (const column of [right, right - 1]) if (!this.fixed[row]?.[column]) yield [row, column];
      }
    }
  }

  turn(row: number, column: number): void {
    const line = this.dark[row];
    if (line) line[column] = !line[column];
  }
}

/** Which modules a mask turns (7.8.2). */
const MASKS: readonly ((i: number, j: number) => boolean)[] = [
  (i, j) => (i + j) % 2 === 0,
  (i) => i % 2 === 0,
  (_, j) => j % 3 === 0,
  (i, j) => (i + j) % 3 === 0,
  (i, j) => (Math.floor(i / 2) + Math.floor(j / 3)) % 2 === 0,
  (i, j) => ((i * j) % 2) + ((i * j) % 3) === 0,
  (i, j) => (((i * j) % 2) + ((i * j) % 3)) % 2 === 0,
  (i, j) => (((i + j) % 2) + ((i * j) % 3)) % 2 === 0,
];

/** How hard a code is to read (7.8.3). */
const penalty = (dark: readonly (readonly boolean[])[]): number => {
  const side = dark.length;
  const columns = dark.map((_, at) => dark.map((row) => row[at] as boolean));
  let sum = 0;
  for (const line of [...dark, ...columns]) {
    const text = line.map(Number).join("");
    for (const run of text.match(/0{5,}|1{5,}/g) ?? []) sum += run.length - 2;
    // each of them, overlapping ones too
    for (let at = 0; at + 11 <= side; at += 1) {
      const part = text.slice(at, at + 11);
      if (part === "10111010000" || part === "00001011101") sum += 40;
    }
  }
  let count = 0;
  for (let row = 0; row < side; row += 1) {
    for (let column = 0; column < side; column += 1) {
      const one = dark[row]?.[column];
      if (one) count += 1;
      const isLast = row + 1 === side || column + 1 === side;
      if (!isLast && dark[row]?.[column + 1] === one && dark[row + 1]?.[column] === one && dark[row + 1]?.[column + 1] === one) sum += 3;
    }
  }
  return sum + 10 * Math.floor(Math.abs((count * 20) / (side * side) - 10));
};

/** The code of a text; null where it is longer than version 16 holds. */
export const drawn = (text: string): Drawn | null => {
  const runs = runsOf(text);
  const versions = BLOCKS.map((_, at) => at + 1);
  const version = versions.find((one) => bitsOf(runs, one).length <= capacity(one) * 8);
  if (!version) return null;
  const words = codewords(bitsOf(runs, version), version);
  let [best, least]: [Modules | null, number] = [null, Infinity];
  MASKS.forEach((turns, mask) => {
    const modules = new Modules(version);
    modules.format(mask);
    let at = 0;
    for (const [row, column] of modules.places()) {
      const bit = ((words[at >> 3] ?? 0) >> (7 - (at & 7))) & 1;
      if ((bit === 1) !== turns(row, column)) modules.turn(row, column);
      at += 1;
    }
    const found = penalty(modules.dark);
    if (found < least) [best, least] = [modules, found];
  });
  return best && pathOf((best as Modules).dark);
};

const pathOf = (dark: readonly (readonly boolean[])[]): Drawn => {
  let path = "";
  dark.forEach((row, y) => {
    for (let x = 0; x < row.length; x += 1) {
      if (!row[x]) continue;
      let run = 1;
      while (row[x + run]) run += 1;
      path += `M${x + MARGIN} ${y + MARGIN}h${run}v1h-${run}z`;
      x += run;
    }
  });
  return { side: dark.length + 2 * MARGIN, path };
};
