// The network goes away, the server is killed: no answer is lost and none is doubled.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { begin, chromium, open, pressAnyKey, savedState, server, takeSession, withServer } from "./helper.mjs";

withServer({ short: 6 });

/** Every index of one session once, all answered. */
function assertWhole(rows, count) {
  assert.deepEqual(rows.map((row) => row.index).sort((a, b) => a - b), Array.from({ length: count }, (_, index) => index));
  assert.equal(new Set(rows.map((row) => row.row_id)).size, count);
}

test("the network is pulled during a session and comes back after it", async () => {
  const page = await open(chromium);
  await begin(page, server, "short");
  await takeSession(page, async (page, trial) => {
    if (trial === 5) await page.context().setOffline(true);
    await pressAnyKey(page, trial);
  });
  await savedState(page, "waiting");
  assert.equal(await page.$("[data-testid=completion-code]"), null, "no code before every row is acknowledged");
  const before = await server.rows("short");
  assert.ok(before.length < 10);
  await page.context().setOffline(false);
  await savedState(page, "saved");
  assertWhole(await server.rows("short"), 10);
});

test("the server is killed during a session, the page is closed, and a later visit sends the rest", async () => {
  const earlier = new Set((await server.rows("short")).map((row) => row.row_id));
  const page = await open(chromium);
  await begin(page, server, "short");
  await takeSession(page, async (page, trial) => {
    if (trial === 5) await server.kill();
    await pressAnyKey(page, trial);
  });
  await savedState(page, "waiting");
  const context = page.context();
  await page.close();
  await server.up();
  const again = await context.newPage();
  const sent = again.waitForResponse((answer) => answer.url().endsWith("/finish") && answer.ok());
  await again.goto(server.url);
  await sent;
  assertWhole((await server.rows("short")).filter((row) => !earlier.has(row.row_id)), 10);
});

test("an acknowledgement that is lost on its way does not double the rows", async () => {
  const earlier = new Set((await server.rows("short")).map((row) => row.row_id));
  const page = await open(chromium);
  let lost = 0;
  await page.route("**/api/sessions/*/rows", async (route) => {
    if (route.request().method() !== "POST" || lost >= 2) return route.continue();
    lost += 1;
    await route.fetch(); // the server stores the rows …
    await route.abort(); // … and the page never hears of it
  });
  await begin(page, server, "short");
  await takeSession(page, pressAnyKey);
  await savedState(page, "saved");
  assert.equal(lost, 2);
  assertWhole((await server.rows("short")).filter((row) => !earlier.has(row.row_id)), 10);
});

test("a start whose answer is lost opens one session, after another press and after a reload", async () => {
  const sessions = async () => (await server.exported("short/sessions.csv")).trim().split("\r\n").slice(1);
  const before = (await sessions()).length;
  const page = await open(chromium);
  const opened = [];
  await page.route("**/api/sessions", async (route) => {
    const answer = await route.fetch(); // the server opens the session …
    opened.push((await answer.json()).session);
    return opened.length < 4 ? route.abort() : route.fulfill({ response: answer }); // … and the page hears of it late
  });
  const start = async (press) => {
    const asked = opened.length;
    await page.click(`[data-testid=${press}]`);
    await page.waitForSelector("[data-testid=retry-visit]:visible");
    assert.equal(opened.length, asked + 1);
  };
  await page.goto(`${server.url}/study/short`);
  await page.setChecked("[data-testid=full-screen]", false);
  await start("start");
  await start("retry-visit");
  await page.reload();
  await page.setChecked("[data-testid=full-screen]", false);
  await start("start");
  await page.click("[data-testid=retry-visit]");
  await takeSession(page, pressAnyKey);
  await savedState(page, "saved");
  assert.deepEqual([opened.length, new Set(opened).size], [4, 1]);
  assert.equal((await sessions()).length, before + 1);
});

test("an answer that the server refuses is named on the last page, kept for the file, and no code is given", async () => {
  const page = await open(chromium);
  await page.route("**/api/sessions/*/rows", async (route) => {
    const lines = (route.request().postData() ?? "").split("\n").filter(Boolean).map((line) => JSON.parse(line));
    for (const row of lines) if (row.index === 3) row.reaction_time_ms = -1;
    await route.continue({ postData: lines.map((row) => JSON.stringify(row)).join("\n") });
  });
  await begin(page, server, "short");
  await takeSession(page, pressAnyKey);
  await savedState(page, "refused");
  assert.match(await page.innerText("main"), /answer 3: [\s\S]*reaction_time_ms/);
  assert.equal(await page.$("[data-testid=completion-code]"), null);
  const [file] = await Promise.all([page.waitForEvent("download"), page.click("[data-testid=download-ndjson]")]);
  const kept = readFileSync(await file.path(), "utf8").split("\n").filter(Boolean);
  assert.equal(kept.length, 10);
});
