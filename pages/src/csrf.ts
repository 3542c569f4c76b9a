/** What a script sends with a form of its own, where the page names a token for that. */

export const csrf = (): Record<string, string> => {
  const token = document.querySelector<HTMLMetaElement>("meta[name=csrf]")?.content;
  return token ? { "yinxin-csrf": token } : {};
};
