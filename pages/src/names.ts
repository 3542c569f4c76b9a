/** What may stand in a holder's name, and what shows nothing (trust/src/licence/name.rs). */

/** A control character, one that shows nothing or turns the direction of writing, or one for private use. */
const UNREADABLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ue000-\uf8ff\u{f0000}-\u{10ffff}]/u;
const SPACE = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/u;
/** Longest name, in characters. */
const LONGEST = 512;

export const isSpace = (character: string): boolean => SPACE.test(character);
export const isReadable = (character: string): boolean => !UNREADABLE.test(character);
export const showsNothing = (character: string): boolean => isSpace(character) || !isReadable(character);

/** Without space around it. */
export const trimmed = (text: string): string => {
  const characters = Array.from(text);
  const begin = characters.findIndex((one) => !isSpace(one));
  if (begin < 0) return "";
  let end = characters.length;
  while (isSpace(characters[end - 1] as string)) end -= 1;
  return characters.slice(begin, end).join("");
};

export const isName = (text: string): boolean => {
  const characters = Array.from(text);
  const ends = [characters[0], characters[characters.length - 1]];
  if (characters.length < 1 || characters.length > LONGEST || UNREADABLE.test(text)) return false;
  return ends.every((end) => end !== undefined && !SPACE.test(end));
};
