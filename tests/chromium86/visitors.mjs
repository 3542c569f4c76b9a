// Those who go to the service in Chromium 86, and what they do on its pages.

import assert from "node:assert/strict";

export const visitors = (browser, address) => {
  // a page's error, or what a policy stopped
  const faults = [];
  const done = (what) => console.log(`ok  ${what}`);

  const opened = async (width = 1280) => {
    const context = await browser.createIncognitoBrowserContext();
    const page = await context.newPage();
    await page.setViewport({ width, height: 800 });
    page.setDefaultTimeout(60_000);
    page.on("pageerror", (error) => faults.push(`${page.url()}: ${error.message}`));
    page.on("console", (message) => {
      const isExpected = /Failed to load resource|Autofocus processing/.test(message.text());
      if (["error", "warning"].includes(message.type()) && !isExpected) faults.push(`${page.url()}: ${message.text()}`);
    });
    return page;
  };
  const go = (page, path) => page.goto(address + path, { waitUntil: "load" });
  const text = (page, selector) =>
    page.$$eval(selector, (all) => all.find((one) => one.getClientRects().length)?.textContent.trim() ?? null);
  const press = (page, selector) =>
    page.$$eval(selector, (all) => all.find((one) => one.getClientRects().length).click());
  const until = (page, selector) =>
    page.waitForFunction((which) => [...document.querySelectorAll(which)].some((one) => one.getClientRects().length), {}, selector);
  const leads = (page, act) => Promise.all([page.waitForNavigation({ waitUntil: "load" }), act()]);
  const signIn = async (page, login, password) => {
    await go(page, "/login");
    await page.type("#login", login);
    await page.type("#password", password);
    await leads(page, () => press(page, "button[type=submit]"));
  };
  const verdict = (page, title) =>
    page.waitForFunction(
      (words) => [...document.querySelectorAll(".win__verdict h1")].some((one) => one.getClientRects().length && one.textContent.includes(words)),
      {}, title,
    ).catch(async () => assert.fail(`${title} did not come, but ${await text(page, "h1")}`));
  const scan = async (page, what, title) => {
    await page.waitForFunction(() => document.activeElement?.matches("input.scan"));
    // at once: a machine that is busy types with pauses, and a pause ends a scan
    await page.keyboard.sendCharacter(what);
    await page.keyboard.press("Enter");
    await verdict(page, title);
  };
  // of a run that failed
  const whereItStood = async () => {
    for (const page of (await browser.pages()).filter((one) => one.url().startsWith("http"))) {
      console.error(`at ${page.url()}: ${await text(page, "h1").catch(() => "")}`);
      if (process.env.YINXIN_PICTURES) await page.screenshot({ path: `${process.env.YINXIN_PICTURES}/failed-${faults.length}-${Date.now()}.png` });
    }
    console.error(faults.join("\n"));
  };
  return { done, faults, go, leads, opened, press, scan, signIn, text, until, verdict, whereItStood };
};
