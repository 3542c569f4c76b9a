/**
 * Stands between the pages of the window and the network. While there is one it fetches what a window needs without; where
 * the service cannot be reached it shows the page that works without. What had just been scanned is handed to that page
 * and kept nowhere else.
 */

import { CACHE } from "./cache.js";
import { isFresh, keepKit, keptKit } from "./kept.js";
import { isKit } from "./kit.js";

declare const self: ServiceWorkerGlobalScope;

const [HOME, SHELL] = ["/window", "/window/offline"];
/**
 * Milliseconds after which nobody waits any more for a page that was asked for. What was sent is waited for: files take their
 * time, and what the service has taken counts.
 */
const PATIENCE = 10_000;
/** What a proxy answers where the service behind it is gone. */
const GONE = [502, 504];

/** What was being sent last when the network was gone, by the page that is to have it. */
const brought = new Map<string, { readonly text: string } | { readonly file: true }>();

self.addEventListener("install", () => void self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

type Asked = "brought" | { readonly prepare: { readonly kit: string; readonly shell: string } };

self.addEventListener("message", (event) => {
  const source = event.source as Client | null;
  const asked = event.data as Asked;
  if (!source) return;
  if (asked === "brought") {
    source.postMessage({ brought: brought.get(source.id) ?? null });
    brought.delete(source.id);
  } else {
    const { kit, shell } = asked.prepare;
    const prepared = prepare(kit, shell).then(() => source.postMessage({ prepared: true }), () => { /* as it was before */ });
    event.waitUntil(prepared);
  }
});

// -- while there is a network ----------------------------------------------------------------------------------------

const prepare = async (kit: string, shell: string): Promise<void> => {
  const cache = await caches.open(CACHE);
  if (isFresh(await keptKit()) && (await cache.match(shell))) return;
  await keepPages(cache, shell);
  const answer = await fetch(kit, { credentials: "same-origin", redirect: "error", cache: "no-store" });
  const found: unknown = answer.ok ? await answer.json() : null;
  if (isKit(found)) await keepKit({ kit: found, fetched: Date.now(), seen: Date.now() });
};

/** The page, and first all that it names, so that it is never there without them. */
const keepPages = async (cache: Cache, shell: string): Promise<void> => {
  // without a session, so that nothing of one is kept
  const answer = await fetch(shell, { credentials: "omit", redirect: "error", cache: "no-store" });
  if (!answer.ok) return;
  const assets = new Set((await answer.clone().text()).match(/\/assets\/[\w.-]+/g) ?? []);
  const known = new Set((await cache.keys()).map((one) => new URL(one.url).pathname));
  await cache.addAll([...assets].filter((one) => !known.has(one)));
  await cache.put(shell, answer);
  for (const one of known) if (one !== shell && !assets.has(one)) await cache.delete(one);
};

// -- and without -------------------------------------------------------------------------------------------------------

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.method === "GET" && pathname.startsWith("/assets/")) return event.respondWith(asset(request));
  if (request.mode !== "navigate" || (pathname !== HOME && !pathname.startsWith(`${HOME}/`)) || pathname === SHELL) return;
  // a form of another site goes its own way, so that the service sees where it came from
  if (request.method !== "GET" && !request.referrer.startsWith(`${self.location.origin}/`)) return;
  event.respondWith(page(request, pathname, event.resultingClientId));
});

const asset = async (request: Request): Promise<Response> => (await (await caches.open(CACHE)).match(request)) ?? fetch(request);

const page = async (request: Request, pathname: string, client: string): Promise<Response> => {
  const copy = request.method === "POST" && pathname === HOME ? request.clone() : null;
  const asked = fetch(request).catch(() => null);
  const patience = (): Promise<null> => new Promise((resolve) => setTimeout(() => resolve(null), PATIENCE));
  const answered = await (request.method === "GET" ? Promise.race([asked, patience()]) : asked);
  if (answered && !GONE.includes(answered.status)) return answered;
  const shell = await (await caches.open(CACHE)).match(SHELL);
  // nothing stands in for it: it may still come
  if (!shell) return answered ?? (await asked) ?? Response.error();
  brought.clear();
  if (copy) {
    const text = (await copy.formData().catch(() => null))?.get("scan");
    if (typeof text === "string" && text.trim()) brought.set(client, { text });
  } else if (request.method === "POST") brought.set(client, { file: true });
  return shell;
};
