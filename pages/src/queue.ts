/** The checks that wait, as a window shows them: a short handle, what was shown then, when, and until when they wait. */

import { LONGEST_WAIT_MS, type Waiting } from "./kept.js";
import { near } from "./times.js";

/** The end of a handle: enough to tell one from another on a screen. */
const shortly = (handle: string): string => {
  const [, code] = handle.split("/C/");
  return `…${code ? code.slice(-6) : handle.split(".").slice(-3).join(".")}`;
};

const words = (place: HTMLElement, name: string, number: number): string => (place.dataset[name] ?? "").replace("{n}", String(number));

/** Fills the panel; where nothing waits it is not there. Of other clerks' checks there is only how many they are. */
export const showQueue = (place: HTMLElement, all: readonly Waiting[], clerk: string | undefined, at: number): void => {
  const own = all.filter(({ check }) => clerk === undefined || check.clerk === clerk);
  const row = place.querySelector<HTMLTemplateElement>("template[data-row]");
  const rows = own.map(({ check }) => {
    const one = row?.content.cloneNode(true) as DocumentFragment;
    const cell = (name: string): HTMLElement | null => one.querySelector(`[data-cell=${name}]`);
    const set = (name: string, text: string): void => { const found = cell(name); if (found) found.textContent = text; };
    set("handle", shortly(check.handle));
    cell("handle")?.setAttribute("title", check.handle);
    set("at", near(check.at, at, place));
    set("until", near(check.at + LONGEST_WAIT_MS, at, place));
    const then = place.querySelector<HTMLTemplateElement>(`template[data-then="${CSS.escape(check.state)}"]`);
    const shown = cell("shown");
    if (then && shown) {
      shown.classList.add(`tone-${then.dataset.tone ?? ""}`);
      shown.replaceChildren(then.content.cloneNode(true));
    }
    return one;
  });
  place.querySelector("tbody")?.replaceChildren(...rows);
  const count = place.querySelector("[data-count]");
  if (count) count.textContent = words(place, "count", own.length);
  const others = place.querySelector<HTMLElement>("[data-others]");
  if (others) {
    others.textContent = words(place, "others", all.length - own.length);
    others.hidden = all.length === own.length;
  }
  for (const one of place.querySelectorAll<HTMLElement>("[data-own]")) one.hidden = own.length === 0;
  place.hidden = all.length === 0;
};

/** How far asking again has come. */
export const sayProgress = (place: HTMLElement, done: number, all: number): void => {
  const say = place.querySelector("[data-progress]");
  if (say) say.textContent = all ? words(place, "progress", done).replace("{m}", String(all)) : "";
};
