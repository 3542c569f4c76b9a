/** Instants in the words that a page has for them, Beijing time (src/web/pages/time.rs). */

const DAY_MS = 86_400_000;

const parts = (ms: number): string[] => new Date(ms + 8 * 3600 * 1000).toISOString().split(/[-T:.]/);

const hour = (ms: number): string => parts(ms).slice(3, 5).join(":");

/** Whole, by the words in `data-instant` and `data-months` of a place. */
export const instant = (ms: number, place: HTMLElement): string => {
  const [y = "", m = "", d = ""] = parts(ms);
  const months = (place.dataset.months ?? "").split(" ");
  const words: Readonly<Record<string, string>> = { y, m: String(Number(m)), M: months[Number(m) - 1] ?? "", d: String(Number(d)), t: hour(ms) };
  return (place.dataset.instant ?? "").replace(/\{(\w)\}/g, (_, key: string) => words[key] ?? "");
};

const isSameDay = (one: number, other: number): boolean => parts(one).slice(0, 3).join() === parts(other).slice(0, 3).join();

/** The hour alone where it is of the same day. */
export const short = (ms: number, at: number, place: HTMLElement): string => (isSameDay(ms, at) ? hour(ms) : instant(ms, place));

/** The hour with today, yesterday or tomorrow, by the words in `data-today` and so on; whole where it is none of them. */
export const near = (ms: number, at: number, place: HTMLElement): string => {
  const { today, yesterday, tomorrow } = place.dataset;
  const words = isSameDay(ms, at) ? today : isSameDay(ms + DAY_MS, at) ? yesterday : isSameDay(ms - DAY_MS, at) ? tomorrow : undefined;
  return words?.replace("{t}", hour(ms)) ?? instant(ms, place);
};
