// Chromium 86, as the package chrome-aws-lambda carries it: unpacked once into a folder beside this file.

import puppeteer from "puppeteer-core";
import { chmodSync, createReadStream, createWriteStream, existsSync, renameSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createBrotliDecompress } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const unpacked = join(here, "node_modules", "chromium-86");

export const program = async () => {
  if (!existsSync(unpacked)) {
    const packed = join(dirname(createRequire(import.meta.url).resolve("chrome-aws-lambda")), "..", "bin", "chromium.br");
    const part = `${unpacked}.${process.pid}`;
    await pipeline(createReadStream(packed), createBrotliDecompress(), createWriteStream(part));
    chmodSync(part, 0o755);
    renameSync(part, unpacked);
  }
  return unpacked;
};

export const launched = async () =>
  puppeteer.launch({
    executablePath: process.env.YINXIN_CHROMIUM ?? (await program()),
    headless: true,
    // it has no processes of its own: the library of graphics that it wants is not there
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-zygote", "--hide-scrollbars", "--lang=zh-CN", "--window-size=1280,800"],
    defaultViewport: { width: 1280, height: 800 },
  });
