// What else people do in Chromium 86: the office, delegations, copies, chosen fields, devices and kiosks, pictures of
// codes, what is dropped and pasted, receipts, large letters and high contrast.
//
//   node further.mjs PORT PASSWORD FIELDS.json
//
// FIELDS.json holds what is entered at the office (`enter`), and who delegates what to whom (`delegate`). Everybody has
// the same password.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { launched } from "./browser.mjs";
import { visitors } from "./visitors.mjs";

const [port, password, fields] = process.argv.slice(2);
const { enter, delegate } = JSON.parse(readFileSync(fields, "utf8"));
const browser = await launched();
const visit = visitors(browser, `http://127.0.0.1:${port}`);
const { done, faults, go, leads, opened, press, scan, signIn, text, until, verdict } = visit;

const as = async (login, width) => {
  const page = await opened(width);
  await signIn(page, login, password);
  return page;
};
const fill = (page, name, value) =>
  page.$eval(`[name="${name}"]`, (one, words) => { one.value = words; one.dispatchEvent(new Event("input", { bubbles: true })); }, value);
const path = (page) => new URL(page.url()).pathname;
const contains = async (page, selector, words) => {
  const found = await text(page, selector);
  assert.ok(found?.includes(words), `${words} is missing in ${found}`);
};
const window_ = (purpose) => `/window?purpose=${encodeURIComponent(purpose)}`;
const idle = async (page, purpose) => {
  await go(page, window_(purpose));
  await page.waitForFunction(() => document.activeElement?.id === "scan");
};
// what a mouse or a clipboard brings, as the page gets it
const bring = (page, how, files, words) =>
  page.evaluate(([kind, named, said]) => {
    const data = new DataTransfer();
    for (const { name, octets } of named) data.items.add(new File([Uint8Array.from(atob(octets), (one) => one.charCodeAt(0))], name));
    if (said) data.setData("text/plain", said);
    const of = { bubbles: true, cancelable: true };
    document.body.dispatchEvent(kind === "drop" ? new DragEvent("drop", { ...of, dataTransfer: data }) : new ClipboardEvent("paste", { ...of, clipboardData: data }));
  }, [how, files, words]);
const named = (name, octets) => ({ name, octets: Buffer.from(octets).toString("base64") });
// a file of the session that a page is in; most pages may not ask for anything themselves
const fetched = async (page, address, more = {}) => {
  const cookie = (await page.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const headers = { cookie, origin: new URL(page.url()).origin, "sec-fetch-site": "same-origin" };
  const answer = await fetch(new URL(address, page.url()), { headers, ...more });
  assert.equal(answer.status, 200, address);
  return Buffer.from(await answer.arrayBuffer());
};
const linked = async (page, selector) => fetched(page, await page.$eval(selector, (one) => one.getAttribute("href")));

try {
  done(await browser.version());

  // one enters a licence, another approves
  const officer = await as("officer");
  await go(officer, "/office");
  await leads(officer, () => officer.$$eval("a", (all) => all.find((one) => one.textContent.trim() === "制发证照").click()));
  await leads(officer, () => officer.$$eval("a", (all) => all.find((one) => one.textContent.includes("食品经营许可证")).click()));
  for (const [name, value] of Object.entries(enter)) await fill(officer, name, value);
  await leads(officer, () => press(officer, "button[value=submit]"));
  assert.equal(await text(officer, "#state"), "待复核");
  const approver = await as("approver");
  await go(approver, path(officer));
  await leads(approver, () => press(approver, ".button--main"));
  assert.equal(await text(approver, "#state"), "已签章入库");
  done("/office: entered, approved and issued");

  // delegated, accepted, shown by the agent
  const principal = await as("principal", 390);
  await go(principal, "/my/delegations/new");
  for (const [name, value] of Object.entries(delegate)) await fill(principal, name, value);
  await principal.$eval("[name^='may.operator_name.']", (one) => { one.checked = true; });
  await leads(principal, () => press(principal, "form.enter button"));
  assert.equal(await text(principal, "#state"), "待代办人接受");
  const agent = await as("agent", 390);
  await go(agent, path(principal));
  await leads(agent, () => press(agent, "button[value=accept]"));
  assert.equal(await text(agent, "#state"), "有效");
  await leads(agent, () => press(agent, ".my-deleg__licence a"));
  await leads(agent, () => press(agent, "form.enter button"));
  await until(agent, "#code path");
  const square = await (await agent.$(".code__qr")).screenshot();
  done("/my: delegated, accepted, shown by the agent");

  // the picture of that code at the window: dropped, read by the lazily loaded scanner too
  const clerk = await as("clerk");
  await idle(clerk, delegate.matter);
  await leads(clerk, () => bring(clerk, "drop", [named("code.png", square)]));
  await verdict(clerk, "证照真实有效");
  await contains(clerk, ".deleg", delegate.matter);
  done("/window: a picture of a code that is dropped, with the panel of the delegation");
  await idle(clerk, delegate.matter);
  const read = await clerk.evaluate(async (octets) => {
    const apart = new DOMParser().parseFromString(await (await fetch("/window/offline")).text(), "text/html");
    const { read: from } = await import(apart.querySelector("[data-scanner]").dataset.scanner);
    const picture = await createImageBitmap(new Blob([Uint8Array.from(atob(octets), (one) => one.charCodeAt(0))]));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [picture.width + 80, picture.height + 80];
    const drawing = canvas.getContext("2d");
    drawing.fillStyle = "#fff";
    drawing.fillRect(0, 0, canvas.width, canvas.height);
    drawing.drawImage(picture, 40, 40);
    return from(drawing.getImageData(0, 0, canvas.width, canvas.height));
  }, square.toString("base64"));
  assert.match(read, /^HTTPS:\/\/YX\.EXAMPLE\.GOV\.CN\/S\/[A-Z2-7]{26}$/);
  done("the scanner of the camera reads the picture");

  // pasted, and a receipt by one key
  await idle(clerk, delegate.matter);
  await leads(clerk, () => bring(clerk, "paste", [], read));
  await verdict(clerk, "证照真实有效");
  await clerk.waitForFunction(() => document.activeElement?.matches("input.scan"));
  await leads(clerk, () => clerk.keyboard.press("Slash"));
  await until(clerk, "#receipt-made a");
  const receipt = JSON.parse((await linked(clerk, "#receipt-made a")).toString("utf8"));
  assert.equal(receipt.receipt.shown, "VALID");
  done("/window: a pasted code, and its receipt by one key");

  // an annotated copy, and chosen fields
  await go(principal, "/my");
  const card = await principal.$eval("a.lcard", (one) => one.getAttribute("href"));
  await go(principal, card.replace("/show", "/copy"));
  for (const [name, value] of [["purpose", "办理贷款"], ["recipient", "演示市农商银行"], ["until", delegate.last]]) await fill(principal, name, value);
  await leads(principal, () => press(principal, "form.enter button"));
  await contains(principal, ".my-copy", "做好了，已盖章");
  const copy = await linked(principal, ".my-copy a.button--main");
  done("/my makes a copy");
  await go(principal, card.replace("/show", "/disclosure"));
  const asked = await principal.$eval("form.enter", (form) => {
    for (const box of form.querySelectorAll("[type=checkbox]")) box.checked = true;
    return [form.getAttribute("action"), [...new FormData(form)]];
  });
  const disclosure = await fetched(principal, asked[0], { method: "POST", body: new URLSearchParams(asked[1]) });
  const several = [named("copy.ofd", copy), named("fields.yxd", disclosure)];
  await idle(clerk, "办理贷款");
  await leads(clerk, () => bring(clerk, "drop", several));
  await until(clerk, ".win__lines");
  await contains(clerk, ".win__lines", "2 份");
  done("/window: copy and chosen fields dropped at once");
  await idle(clerk, "办理贷款");
  await bring(clerk, "drop", Array(9).fill(several[0]));
  await until(clerk, "#files-say.is-wrong");
  done("/window: nine files are refused");

  // a computer becomes a window, another a kiosk
  for (const [kind, where] of [["window", "3 号窗口"], ["kiosk", "大厅 1 号"]]) {
    const chief = await as("chief");
    await go(chief, "/office/devices");
    if (kind === "kiosk") await press(chief, "[value=kiosk]");
    await fill(chief, "window", where);
    await fill(chief, "name", "一台电脑");
    await leads(chief, () => press(chief, "form[action^='/office/devices'] .button--main"));
    const code = await text(chief, ".device-code");
    const client = await chief.target().createCDPSession();
    await client.send("Network.clearBrowserCookies");
    await go(chief, "/device");
    await chief.waitForFunction(() => !document.querySelector("#device-enrol [type=submit]").disabled);
    await fill(chief, "code", code);
    await press(chief, "#device-enrol [type=submit]");
    await until(chief, "#device-next");
    await contains(chief, "#device-said", where);
    if (kind === "window") {
      await signIn(chief, "clerk", password);
      // its key shows where the session is, and leads on
      await go(chief, "/login/device");
      await chief.waitForFunction((words) => document.querySelector(".top__where")?.textContent.includes(words), {}, where);
    } else {
      await press(chief, "#device-next a");
      await until(chief, "#scan");
      await chief.type("#scan", "https://evil.example/C/AAAA");
      await leads(chief, () => press(chief, ".button--main"));
    }
    done(`a ${kind} with its own key`);
  }

  // large letters and high contrast
  const sizes = async (page, address, selector) => {
    const found = [];
    for (const more of ["", "size=large", "contrast=high"]) {
      await go(page, address + (address.includes("?") ? "&" : "?") + more);
      found.push(await page.$eval(selector, (one) => {
        const { backgroundColor } = getComputedStyle(one.closest(".page"));
        return { size: parseFloat(getComputedStyle(one).fontSize), backgroundColor, wide: document.documentElement.scrollWidth <= innerWidth };
      }));
    }
    assert.ok(found.every(({ wide }) => wide), `${address} scrolls sideways`);
    assert.ok(found[1].size >= 1.5 * found[0].size, `${address}: ${JSON.stringify(found)}`);
    assert.equal(found[2].size, found[0].size);
    return found;
  };
  await sizes(principal, "/my", ".lcard__body");
  await sizes(clerk, window_("延续"), "#scan-hint");
  await sizes(await opened(390), "/verify", "main p");
  done("large letters and high contrast");
  assert.deepEqual(faults, []);
} catch (error) {
  await visit.whereItStood();
  throw error;
} finally {
  await browser.close();
}
