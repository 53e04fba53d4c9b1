// Static hosting, without any server of ours: the models run, the page scores, and the log is offered as a file.

import assert from "node:assert/strict";
import { once } from "node:events";
import { execFileSync } from "node:child_process";
import { createReadStream, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { after, before, test } from "node:test";
import { browser, open } from "./helper.mjs";

const types = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml", ".webp": "image/webp" };

/** As plain as a host can be: files, and the home page for everything else. */
const host = createServer((request, answer) => {
  const file = join(process.env.GESTALT_SITE, normalize(decodeURIComponent(new URL(request.url, "http://host").pathname)));
  const found = existsSync(file) && statSync(file).isFile() ? file : join(process.env.GESTALT_SITE, "index.html");
  answer.setHeader("content-type", types[extname(found)] ?? "application/octet-stream");
  createReadStream(found).pipe(answer);
});

const exported = mkdtempSync(join(tmpdir(), "gestalt-static-"));

/** A host of plain files, as GitHub Pages is: a folder's own page, a slash after folders, and 404.html for the rest. */
const below = createServer((request, answer) => {
  const { pathname, search } = new URL(request.url, "http://host");
  let file = join(exported, normalize(decodeURIComponent(pathname)));
  const isFolder = existsSync(file) && statSync(file).isDirectory();
  if (isFolder && !pathname.endsWith("/")) {
    answer.writeHead(301, { location: `${pathname}/${search}` }).end();
    return;
  }
  if (isFolder) file = join(file, "index.html");
  const isThere = existsSync(file);
  answer.statusCode = isThere ? 200 : 404;
  if (!isThere) file = join(exported, "repo/404.html");
  answer.setHeader("content-type", types[extname(file)] ?? "application/octet-stream");
  createReadStream(file).pipe(answer);
});

let chromium, url, repo;
before(async () => {
  const words = ["site", "export", "--site", process.env.GESTALT_SITE, "--base", "/repo/", "--out", join(exported, "repo")];
  execFileSync(process.env.GESTALT_BIN, words);
  for (const one of [host, below]) one.listen(0, "127.0.0.1");
  [chromium] = await Promise.all([browser(), once(host, "listening"), once(below, "listening")]);
  url = `http://127.0.0.1:${host.address().port}`;
  repo = `http://127.0.0.1:${below.address().port}/repo`;
});
after(async () => {
  await chromium.close();
  host.close();
  below.close();
  rmSync(exported, { recursive: true });
});

test("models take trials, the page scores them, the log is a file", async () => {
  const page = await open(chromium);
  await page.goto(`${url}/models?trials=3`);
  await page.selectOption("[data-testid=device]", "cpu");
  await page.click("[data-testid=run]");
  await page.waitForFunction(() => !document.querySelector("[data-testid=model-row]:not([data-state=done])"), null, { timeout: 120_000 });
  await page.goto(`${url}/compare`);
  await page.waitForSelector("[data-testid=compare-table]");
  // The demo set is judged: what its trials measure leads the page.
  const measured = await page.textContent("[data-testid=wholeness]");
  assert.match(measured, /Whole minus local-only: \+0\.56 \(demo, structure up to 56 px kept\)/);
  const [file] = await Promise.all([page.waitForEvent("download"), page.click("[data-testid=download-ndjson]")]);
  const text = (await file.createReadStream().then((stream) => stream.toArray())).join("");
  const rows = text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  assert.ok(rows.length >= 6);
  assert.ok(rows.every((row) => row.correct === (row.chosen === row.target) && row.target !== null));
});

test("a person can begin", async () => {
  const page = await open(chromium);
  await page.goto(`${url}/study/demo`);
  await page.uncheck("[data-testid=full-screen]");
  await page.click("[data-testid=start]");
  await page.waitForSelector('[data-phase="break"]');
});

/** The heading of a page once the app has drawn it. */
async function heading(page) {
  await page.waitForSelector("main h1");
  return page.innerText("main h1");
}

test("below a path every link, deep link and reload stays there", async () => {
  const page = await open(chromium);
  const outside = [];
  page.on("request", (request) => {
    const { protocol, href } = new URL(request.url());
    if (protocol.startsWith("http") && !href.startsWith(`${repo}/`)) outside.push(href);
  });
  const home = await page.goto(`${repo}/`);
  assert.equal(home.status(), 200);
  const seen = new Set([`${repo}/`]);
  const waiting = [`${repo}/`, `${repo}/study/demo`, `${repo}/models?trials=3`, `${repo}/look/`];
  while (waiting.length > 0) {
    const address = waiting.pop();
    const answer = await page.goto(address);
    assert.equal(answer.status(), 200, `${address} has a file`);
    const title = await heading(page);
    assert.notEqual(title, "This page does not exist", address);
    await page.reload();
    assert.equal(await heading(page), title, `${address}, loaded again`);
    const links = await page.$$eval("a[href]", (all) => all.filter((a) => !a.download).map((a) => a.href.split("#")[0]));
    assert.ok(links.length > 3, `${address} has links`);
    for (const link of links.filter((link) => link.startsWith("http"))) {
      assert.ok(link.startsWith(`${repo}/`) || new URL(link).hostname !== "127.0.0.1", `${address} links to ${link}`);
      if (link.startsWith(`${repo}/`) && !seen.has(link)) waiting.push(link);
      seen.add(link);
    }
  }
  assert.ok(seen.size >= 4, [...seen].join(" "));
  await page.goto(`${repo}/no/such/page`);
  assert.equal(await heading(page), "This page does not exist");
  await page.click("main a");
  await page.waitForURL(`${repo}/`);
  assert.deepEqual(outside, []);
});

test("below a path a model takes trials and a person can begin", async () => {
  const page = await open(chromium);
  await page.goto(`${repo}/models?trials=3`);
  await page.selectOption("[data-testid=device]", "cpu");
  await page.click("[data-testid=run]");
  await page.waitForFunction(() => !document.querySelector("[data-testid=model-row]:not([data-state=done])"), null, { timeout: 120_000 });
  await page.goto(`${repo}/study/demo`);
  await page.uncheck("[data-testid=full-screen]");
  await page.click("[data-testid=start]");
  await page.waitForSelector('[data-phase="break"]');
  // A host without headers of its own: the page's own policy holds.
  assert.equal(await page.evaluate(() => import("data:text/javascript,export default 1").then(() => "ran", () => "refused")), "refused");
});
