/** Switches of a page that exists once and in both languages: style does the switching; here only what style cannot. */

export interface Switches {
  readonly lang: HTMLInputElement;
  readonly large: HTMLInputElement;
  readonly contrast: HTMLInputElement;
}

export const switches = (): Switches | null => {
  const [lang, large, contrast] = ["switch-lang", "switch-size", "switch-contrast"].map((id) => document.getElementById(id));
  return lang && large && contrast
    ? { lang: lang as HTMLInputElement, large: large as HTMLInputElement, contrast: contrast as HTMLInputElement }
    : null;
};

/** What an address says of language and display. */
export const setIn = (query: URLSearchParams, lang: string, { large, contrast }: Switches): void => {
  const set = (key: string, value: string, on: boolean): void => (on ? query.set(key, value) : query.delete(key));
  set("lang", lang, lang !== "" && !lang.startsWith("zh"));
  set("size", "large", large.checked);
  set("contrast", "high", contrast.checked);
};

export const onSwitch = (all: Switches, then: () => void): void => {
  for (const one of [all.lang, all.large, all.contrast]) one.addEventListener("change", then);
};
