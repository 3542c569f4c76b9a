// The journeys of the pages in Chromium 86, against a service that `yinxin demo` serves.
//
//   node journeys.mjs PORT STAFF_PASSWORD HOLDER_PASSWORD LICENCE.ofd PRINT [VECTORS]
//
// PRINT is JSON: what is printed of the licence, its address, holder, number and last day.
//
// Fails on a page's error, on what a policy stops, and where a result does not come.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { launched } from "./browser.mjs";
import { gate } from "./gate.mjs";
import { visitors } from "./visitors.mjs";

const [port, staff, holder, licence, printed, vectors] = process.argv.slice(2);
const way = await gate(Number(port));
const browser = await launched();
const { done, faults, go, leads, opened, press, scan, signIn, text, until, whereItStood } = visitors(browser, way.address);

try {
  const version = await browser.version();
  if (!process.env.YINXIN_CHROMIUM) assert.match(version, /Chrome\/86\./);
  done(version);

  // anybody verifies a file
  const anybody = await opened();
  await go(anybody, "/verify");
  const [chooser] = await Promise.all([anybody.waitForFileChooser(), press(anybody, ".drop__pick")]);
  await chooser.accept([licence]);
  await until(anybody, ".has-file");
  await leads(anybody, () => press(anybody, "button[type=submit]"));
  assert.equal(await text(anybody, ".verdict h1"), "证照真实有效");
  await press(anybody, "label[for=switch-lang]");
  assert.match(await text(anybody, ".verdict h1"), /Genuine and in force/);
  done("/verify a file, both languages");

  // a holder shows a code, and an offline code
  const telephone = await opened(390);
  await signIn(telephone, "xiaoman", holder);
  await until(telephone, ".lcard");
  const cards = await telephone.$$eval("a[href*='/show']", (all) => all.map((one) => one.getAttribute("href")));
  assert.ok(cards.length > 0);
  const card = cards[0];
  await go(telephone, card);
  await telephone.type("#words", "接受检查");
  await leads(telephone, () => press(telephone, "form[method=post] button[type=submit]"));
  await until(telephone, "#code path");
  assert.match(await text(telephone, ".code__words"), /还剩/);
  done("/my shows a code, and counts");
  await go(telephone, card.replace("/show", "/offline"));
  await until(telephone, "#offline-make [type=submit]:enabled");
  await leads(telephone, () => press(telephone, "#offline-make [type=submit]"));
  await until(telephone, "#code path[d^=M4]");
  const before = await telephone.$eval("#code path", (one) => one.getAttribute("d"));
  // what the telephone shows, said again by its own script's means: read from the drawing by the page of the test below
  const shown = await telephone.evaluate(() => ({ ...document.querySelector("#code").dataset }));
  const proven = (at) => telephone.evaluate(async ([octets, prefix, seconds]) => {
    const asked = indexedDB.open("yinxin", 1);
    await new Promise((resolve) => { asked.onsuccess = resolve; });
    const got = asked.result.transaction("keys").objectStore("keys").get("device");
    await new Promise((resolve) => { got.onsuccess = resolve; });
    const code = Uint8Array.from(octets.match(/../g), (two) => parseInt(two, 16));
    const time = new DataView(new ArrayBuffer(8));
    time.setBigInt64(0, BigInt(seconds));
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", code.slice(1)));
    const message = new Uint8Array([...new TextEncoder().encode("yinxin offline code proof 1\0"), ...digest, ...new Uint8Array(time.buffer)]);
    const value = new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, got.result.privateKey, message));
    const all = [0x86, ...code.subarray(1), 0x1a, ...new Uint8Array(time.buffer).subarray(4), 0x58, 0x40, ...value];
    let [bits, text] = ["", ""];
    for (const octet of all) bits += octet.toString(2).padStart(8, "0");
    while (bits.length % 5) bits += "0";
    for (let at = 0; at < bits.length; at += 5) text += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[parseInt(bits.slice(at, at + 5), 2)];
    return prefix + text;
  }, [shown.code, shown.prefix, at]);
  const now = Math.floor(Number(shown.clock) / 1000);
  done("/my makes an offline code, and draws it");

  // a clerk, with a network
  const clerk = await opened();
  await signIn(clerk, "clerk", staff);
  await go(clerk, `/window?purpose=${encodeURIComponent("延续")}`);
  await until(clerk, ".scanning");
  await clerk.waitForFunction(() => document.querySelector("[data-kit]").dataset.ready === "true");
  await scan(clerk, await proven(now), "证照真实有效");
  done("/window takes the offline code, with a network");
  await leads(clerk, () => press(clerk, ".js-plus"));

  // and without one
  way.shut();
  await scan(clerk, await proven(now + 1), "签名真实，状态截至");
  assert.match(await text(clerk, ".apart"), /连不上服务器/);
  assert.ok((await text(clerk, ".win__holder")).length > 1);
  done("/window without a network: VALID_OFFLINE");
  await scan(clerk, await proven(now - 400), "可能是截图");
  assert.equal(await text(clerk, ".win__facts"), null);
  done("a picture of a code");
  const altered = await proven(now + 2);
  await scan(clerk, altered.slice(0, 200) + (altered[200] === "A" ? "B" : "A") + altered.slice(201), "码被改动过");
  done("an altered code");
  await scan(clerk, altered.replace(/\/\/[^/]*\//, "//EVIL.EXAMPLE/"), "假冒网站的码");
  assert.equal(await text(clerk, ".win__host"), "evil.example");
  done("a foreign host");
  await scan(clerk, "6901234567892", "这不是证照码");
  await scan(clerk, `${altered.split("/C#")[0]}/S/ABCDEFGHIJKLMNOPQRSTUVWXYZ`, "暂时无法核验");
  done("other texts");
  const print = JSON.parse(printed);
  await scan(clerk, print.address, "请对照纸面");
  const compare = async (holder, title) => {
    for (const [name, value] of Object.entries({ holder, number: print.number, until: print.until })) {
      const field = (await clerk.$$(`[data-typed=${name}]`))[0];
      await field.click({ clickCount: 3 });
      await clerk.keyboard.sendCharacter(value);
    }
    await press(clerk, ".win__compare button");
    await clerk.waitForFunction((words) => document.querySelector(".win__verdict h1")?.textContent.includes(words), {}, title);
  };
  await compare(`${print.holder}。`, "纸面和签发时不一致");
  await compare(print.holder, "签名真实，状态截至");
  assert.equal(await text(clerk, ".win__holder"), print.holder);
  done("a printed code, held against its paper");
  await until(telephone, "#code path[d^=M4]");
  await telephone.waitForFunction((old) => document.querySelector("#code path").getAttribute("d") !== old, { timeout: 30_000 }, before);
  done("/my draws a fresh code without a network");

  const cases = vectors && JSON.parse(readFileSync(vectors, "utf8"));
  if (cases) {
    const verifier = await clerk.$eval("[data-verifier]", (one) => one.dataset.verifier);
    const wrong = await clerk.evaluate(async ([address, { tests, digestTests }]) => {
      const { unhex, publicKey, signatureOfDer, signatureOfRaw, verify, verifyDigest } = await import(address);
      const isRight = ({ result }, holds) => result === "acceptable" || holds === (result === "valid");
      const first = tests.filter((one) => {
        const [key, signature] = [publicKey(unhex(one.pub)), signatureOfDer(unhex(one.sig))];
        return !isRight(one, Boolean(key && signature && verify(key, unhex(one.msg), signature, unhex(one.uid))));
      });
      const second = digestTests.filter((one) => {
        const [key, signature] = [publicKey(unhex(one.pub)), signatureOfRaw(unhex(one.r + one.s))];
        return !isRight(one, Boolean(key && signature && verifyDigest(key, unhex(one.e), signature)));
      });
      return [...first, ...second].map(({ name }) => name);
    }, [verifier, cases]);
    assert.deepEqual(wrong, []);
    done(`SM2: ${cases.tests.length + cases.digestTests.length} cases`);
  }

  // back
  way.reopen();
  await clerk.waitForFunction(() => /网络恢复了/.test(document.body.innerText), { timeout: 30_000 });
  await leads(clerk, () => press(clerk, ".js-plus"));
  await until(clerk, "#rechecked");
  assert.match(await text(clerk, "#rechecked"), /已复核.*证照真实有效/s);
  done("the network is back: what was checked offline is checked again");

  // who signs out leaves nothing
  await go(clerk, "/login");
  await leads(clerk, () => press(clerk, "form[action^='/logout'] button"));
  await until(clerk, "#login");
  const left = await clerk.evaluate(async () => [
    ...(await indexedDB.databases()).map((one) => one.name).filter((name) => name === "yinxin-window"),
    ...(await caches.keys()),
    ...(await navigator.serviceWorker.getRegistrations()).map((one) => one.scope),
  ]);
  assert.deepEqual(left, []);
  done("signed out: nothing is left");
  assert.deepEqual(faults, []);
} catch (error) {
  await whereItStood();
  throw error;
} finally {
  await browser.close();
  way.close();
}
