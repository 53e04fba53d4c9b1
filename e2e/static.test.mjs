// Static hosting, without any server of ours: the models run, the page scores, and the log is offered as a file.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
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

let chromium, url;
before(async () => {
  host.listen(0, "127.0.0.1");
  [chromium] = await Promise.all([browser(), once(host, "listening")]);
  url = `http://127.0.0.1:${host.address().port}`;
});
after(async () => {
  await chromium.close();
  host.close();
});

test("models take trials, the page scores them, the log is a file", async () => {
  const page = await open(chromium);
  await page.goto(`${url}/models?trials=3`);
  await page.selectOption("[data-testid=device]", "cpu");
  await page.click("[data-testid=run]");
  await page.waitForFunction(() => !document.querySelector("[data-testid=model-row]:not([data-state=done])"), null, { timeout: 120_000 });
  await page.goto(`${url}/compare`);
  await page.waitForSelector("[data-testid=compare-table]");
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
