// Builds the scripts and the style of the pages into src/web/pages/assets/built, where the service embeds them.
//
//   node build.mjs           writes them
//   node build.mjs --check   fails where they are not what would be written

import { build, transform } from "esbuild";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const to = fileURLToPath(new URL("../src/web/pages/assets/built/", import.meta.url));

// One file each: what is lazy is imported by the address that the page names, because an asset's name has its digest.
const ENTRIES = ["verify", "window", "show", "offline", "look", "apart", "verifier", "scanner", "worker", "device"];

const { outputFiles } = await build({
  entryPoints: ENTRIES.map((name) => `${here}src/${name}.ts`),
  outdir: to,
  bundle: true,
  write: false,
  format: "esm",
  target: "chrome86",
  charset: "utf8",
  minify: true,
  legalComments: "none",
  logLevel: "warning",
});
// One style for all pages, in this order; what Chromium 86 does not know is written in what it knows.
const STYLES = ["tokens", "base", "parts", "result", "office", "window", "my", "print"];
const styles = await Promise.all(STYLES.map((name) => readFile(new URL(`../src/web/pages/assets/${name}.css`, import.meta.url), "utf8")));
const style = await transform(styles.join(""), { loader: "css", target: "chrome86", charset: "utf8", minify: true, legalComments: "none" });
// The one thing that is not ours stands in a file of its own, and says whose it is.
const NOTICES = { "scanner.js": "/* jsQR 1.4.0 (github.com/cozmo/jsQR), Apache License 2.0 */\n" };
const built = new Map(outputFiles.map(({ path, text }) => [basename(path), (NOTICES[basename(path)] ?? "") + text]));
built.set("yinxin.css", style.code);

if (process.argv.includes("--check")) {
  const found = new Set(await readdir(to));
  const differing = [...new Set([...found, ...built.keys()])].filter((name) => !found.has(name) || !built.has(name));
  for (const [name, text] of built) if (found.has(name) && (await readFile(to + name, "utf8")) !== text) differing.push(name);
  if (differing.length) {
    console.error(`pages: not what pages/src builds: ${differing.join(", ")}; run npm run build --prefix pages`);
    process.exit(1);
  }
} else {
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  for (const [name, text] of built) await writeFile(to + name, text);
}
for (const [name, text] of built) console.log(`${name.padEnd(14)} ${String(new TextEncoder().encode(text).length).padStart(7)}`);
