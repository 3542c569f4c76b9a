/** The name of the store that holds the window's page and its files. */
export const CACHE = "yinxin-window";
