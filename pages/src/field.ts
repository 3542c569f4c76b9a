/**
 * A scanner types. This keeps the field ready for it, whatever the keyboard is set to and whatever ends the text.
 * Nothing that was scanned is ever opened.
 */

/** Milliseconds between keys: people are slower, scanners faster. */
const FAST = 60;
/** Keys in a row from which they are a scanner's. */
const LEAST = 8;
/** Milliseconds after which a scan without an end is one. */
const QUIET = 180;

export const shown = <T extends Element>(selector: string): T | undefined =>
  Array.from(document.querySelectorAll<T>(selector)).find((one) => one.getClientRects().length > 0);
export const field = (): HTMLInputElement | undefined => shown<HTMLInputElement>("input.scan");
export const isOther = (one: Element | null): boolean =>
  !!one && one.matches("input:not(.scan):not(.pick):not(.switch), textarea, select, summary");

// Whoever goes through the page by Tab keeps the focus where they are; what a scanner types goes to the field all the same.
let byTab = false;
const isHeld = (one: Element | null): boolean => byTab && !!one && one !== document.body && one.getClientRects().length > 0;

export const focus = (): void => {
  const one = field();
  const held = document.activeElement;
  if (one && !isOther(held) && !isHeld(held)) one.focus({ preventScroll: true });
};

/** As if the scanner had typed it and pressed Enter. */
export const take = (text: string): void => {
  const one = field();
  if (!one || !text.trim()) return;
  one.value = text;
  send(one);
};
const send = (one: HTMLInputElement): void => {
  if (one.value.trim() && one.form) one.form.requestSubmit();
};

// What a key types on the keyboard that scanners play, whatever an input method makes of it.
const SIGNS: Readonly<Record<string, string>> = {
  Slash: "/?", Period: ".>", Semicolon: ";:", Minus: "-_", Equal: "=+", Comma: ",<", Digit1: "1!", Digit2: "2@", Digit3: "3#",
  Digit4: "4$", Digit5: "5%", Digit6: "6^", Digit7: "7&", Digit8: "8*", Digit9: "9(", Digit0: "0)", Space: "  ", NumpadDivide: "//",
  NumpadMultiply: "**", NumpadSubtract: "--", NumpadAdd: "++", NumpadDecimal: "..",
};
const typedBy = (e: KeyboardEvent): string => {
  const letter = /^Key([A-Z])$/.exec(e.code)?.[1];
  if (letter) return e.shiftKey !== e.getModifierState("CapsLock") ? letter : letter.toLowerCase();
  const digit = /^Numpad([0-9])$/.exec(e.code)?.[1];
  if (digit) return digit;
  return SIGNS[e.code]?.[e.shiftKey ? 1 : 0] ?? "";
};

const NONE = { text: "", keys: 0, last: 0, composed: false };
let run = NONE;
let quiet = 0;
const fresh = (): void => {
  run = NONE;
  clearTimeout(quiet);
};
const isScan = (): boolean => run.keys >= LEAST;
// An input method has made something else of it: what the keys say counts.
const settle = (one: HTMLInputElement): void => {
  if (run.composed && isScan()) one.value = run.text;
};

// Keys that no browser takes: the signs of the number pad, only while the field is
// empty. No code and no identifier begins with one, so a scanner never presses them first.
const COMMANDS: Readonly<Record<string, string>> = {
  NumpadAdd: ".js-plus", Equal: ".js-plus", NumpadMultiply: ".js-star", NumpadSubtract: ".js-minus", Minus: ".js-minus",
  NumpadDivide: ".js-slash", Slash: ".js-slash", NumpadDecimal: ".js-dot", Period: ".js-dot",
};
const command = (e: KeyboardEvent): boolean => {
  const selector = e.code === "Digit8" && e.shiftKey ? ".js-star" : COMMANDS[e.code];
  const target = selector ? shown<HTMLElement>(selector) : undefined;
  if (!target) return false;
  e.preventDefault();
  if (target.matches("input:not([type=file])")) target.focus();
  else target.click();
  return true;
};

// Scanners that play a keyboard send control characters with the key Ctrl: CR is Ctrl-M and LF is Ctrl-J, on which a
// browser would open its list of downloads.
const isEndByCtrl = (e: KeyboardEvent): boolean => e.ctrlKey && !e.shiftKey && (e.code === "KeyJ" || e.code === "KeyM");

const key = (e: KeyboardEvent): void => {
  const one = field();
  if (!one || e.metaKey || e.altKey || isOther(document.activeElement)) return;
  if (isEndByCtrl(e)) {
    e.preventDefault();
    settle(one);
    send(one);
    return fresh();
  }
  // what else a scanner sends with Ctrl before or behind a code is no part of it
  if (e.ctrlKey) return;
  const composed = e.isComposing || e.key === "Process";
  if (e.code === "Enter" || e.code === "NumpadEnter" || e.key === "Enter") {
    // an end that comes twice must not clear the verdict of the first
    if (!one.value.trim() && !isScan()) {
      if (document.activeElement === one) e.preventDefault();
    } else if (document.activeElement === one && (composed || run.composed)) {
      e.preventDefault();
      settle(one);
      send(one);
    }
    return fresh();
  }
  if (e.key === "Tab") {
    if (!isScan() || !one.value.trim()) return;
    e.preventDefault();
    settle(one);
    send(one);
    return fresh();
  }
  if (!one.value && !e.repeat && run.keys === 0 && command(e)) return;
  // it presses the button that has the focus
  if (e.key === " " && isHeld(document.activeElement) && document.activeElement !== one) return;
  const sign = !composed && e.key.length === 1 ? e.key : composed ? typedBy(e) : "";
  if (!sign) return;
  if (document.activeElement !== one) one.focus({ preventScroll: true });
  if (run.keys && e.timeStamp - run.last > FAST) fresh();
  run = { text: run.text + sign, keys: run.keys + 1, last: e.timeStamp, composed: run.composed || composed };
  clearTimeout(quiet);
  quiet = self.setTimeout(() => {
    if (isScan() && document.activeElement === one) {
      settle(one);
      send(one);
    }
    fresh();
  }, QUIET);
};

/** Milliseconds within which the same text is the second end of one scan (CR and LF, or Enter twice). */
const SECOND_END = 1000;
const NOTHING = { text: "", at: -SECOND_END };
let sent = NOTHING;
/** The field waits for the next scan, which may be of the same code: a scanner that reads twice. */
export const cleared = (): void => { sent = NOTHING; };
// One scan is one check, however many ends it has.
const once = (e: Event): void => {
  const one = (e.target as HTMLFormElement).elements.namedItem("scan");
  if (!(one instanceof HTMLInputElement) || !one.matches("input.scan")) return;
  if (one.value === sent.text && e.timeStamp - sent.at < SECOND_END) {
    e.preventDefault();
    e.stopImmediatePropagation();
    return;
  }
  sent = { text: one.value, at: e.timeStamp };
};

/** Makes the field of the page ready, and keeps it so. */
export const keepReady = (): void => {
  addEventListener("keydown", (e) => { if (e.key === "Tab") byTab = true; }, true);
  addEventListener("pointerdown", () => { byTab = false; }, true);
  addEventListener("keydown", key);
  addEventListener("submit", once, true);
  addEventListener("compositionend", (e) => {
    const one = field();
    if (one && e.target === one) settle(one);
  });
  document.addEventListener("focusout", () => setTimeout(focus, 0));
  addEventListener("focus", focus);
  // after the field's own autofocus, which a frame comes later than
  requestAnimationFrame(focus);
};
