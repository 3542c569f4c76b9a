/** A-labels of host names: Punycode (RFC 3492), to be compared and shown instead of the characters that look like others. */

const [BASE, LEAST, MOST, SKEW, DAMP] = [36, 1, 26, 38, 700];
const DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789";
/** Longest label that is encoded, in characters. */
const LONGEST = 63;
const MOST_DELTA = 0xffffffff;

/** RFC 3492 6.1. */
const adapted = (given: number, handled: number, isFirst: boolean): number => {
  let delta = Math.floor(given / (isFirst ? DAMP : 2));
  delta += Math.floor(delta / handled);
  let k = 0;
  while (delta > ((BASE - LEAST) * MOST) / 2) {
    delta = Math.floor(delta / (BASE - LEAST));
    k += BASE;
  }
  return k + Math.floor(((BASE - LEAST + 1) * delta) / (delta + SKEW));
};

/** A delta as a variable-length integer. */
const digits = (delta: number, bias: number): string => {
  let [rest, text] = [delta, ""];
  for (let k = BASE; ; k += BASE) {
    const threshold = Math.min(Math.max(k - bias, LEAST), MOST);
    if (rest < threshold) return text + DIGITS.charAt(rest);
    text += DIGITS.charAt(threshold + ((rest - threshold) % (BASE - threshold)));
    rest = Math.floor((rest - threshold) / (BASE - threshold));
  }
};

/** RFC 3492 6.3; null where a delta would overflow. */
const encoded = (points: readonly number[]): string | null => {
  const basic = points.filter((point) => point < 128);
  let out = String.fromCharCode(...basic) + (basic.length ? "-" : "");
  let [next, delta, bias, handled] = [128, 0, 72, basic.length];
  while (handled < points.length) {
    const least = Math.min(...points.filter((point) => point >= next));
    delta += (least - next) * (handled + 1);
    if (delta > MOST_DELTA) return null;
    next = least;
    for (const point of points) {
      if (point < next) delta += 1;
      if (point === next) {
        out += digits(delta, bias);
        bias = adapted(delta, handled + 1, handled === basic.length);
        delta = 0;
        handled += 1;
      }
    }
    delta += 1;
    next += 1;
  }
  return out;
};

/** The label, `xn--…` where it has other characters than ASCII. What is too long stays as it is, and is no host name then. */
export const label = (text: string): string => {
  const points = Array.from(text, (one) => one.codePointAt(0) as number);
  if (points.every((point) => point < 128) || points.length > LONGEST) return text;
  const found = encoded(points);
  return found === null ? text : `xn--${found}`;
};
