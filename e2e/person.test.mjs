// A person takes the whole demo session with the keyboard, at its real pace; every answer is in the server's export.

import assert from "node:assert/strict";
import { test } from "node:test";
import { begin, chromium, open, pressAnyKey, react, savedState, server, takeSession, withServer } from "./helper.mjs";

withServer({ short: 6 });

test("a whole session with the keyboard, in real time", async () => {
  const page = await open(chromium);
  await begin(page, server);
  await takeSession(page, async (page, trial) => {
    if (trial === 3) return; // too late
    await pressAnyKey(page, trial);
  });
  await savedState(page, "saved");
  assert.match(await page.textContent("[data-testid=completion-code]"), /\S{6,}/);
  assert.deepEqual(page.problems, []);

  const rows = (await server.rows()).sort((a, b) => a.index - b.index);
  assert.deepEqual(rows.map((row) => row.index), rows.map((_, index) => index));
  const roles = (role) => rows.filter((row) => row.role === role).length;
  assert.deepEqual([roles("practice"), roles("test"), roles("catch")], [4, 48, 8]);
  // A busy machine may lose enough frames that a trial does not count; the demo has no reserve trials.
  const lost = rows.filter((row) => row.interrupted_by === "frames_lost");
  assert.ok(lost.length <= 3, `${lost.length} trials lost frames`);
  assert.equal(rows.filter((row) => row.outcome === "missed").length, lost.some((row) => row.index === 2) ? 0 : 1);
  const answered = rows.filter((row) => row.outcome === "answered");
  assert.equal(rows.length - answered.length, lost.some((row) => row.index === 2) ? lost.length : lost.length + 1);
  for (const row of answered) {
    assert.equal(row.correct, row.chosen === row.target);
    assert.equal(row.input_device, "keyboard");
    assert.ok(row.reaction_time_ms > 0 && row.reaction_time_ms < 2000);
  }
  assert.equal(new Set(rows.map((row) => row.target)).size, 3, "the intact picture moves between slots");
  for (const row of rows.filter((row) => row.outcome !== "interrupted")) {
    // The triplet is never shorter than planned; a machine that is busy may show it for a refresh longer.
    assert.equal(row.planned_frames, Math.round(0.8 * row.refresh_rate_hz));
    assert.ok(row.displayed_frames >= row.planned_frames, JSON.stringify(row));
  }
  const exact = rows.filter((row) => row.displayed_frames === row.planned_frames).length;
  const flagged = rows.filter((row) => row.timing_flagged).length;
  console.log(`    frames: ${exact} of ${rows.length} trials with the planned number by their stamps, ${flagged} flagged`);

  // The same person, never right: there is no reaction time to speak of, and the page says so.
  const other = (slot) => String((slot % 3) + 1);
  const wrong = rows.map((row) => ({ ...row, chosen: row.chosen && other(row.target), correct: row.chosen ? false : row.correct }));
  const stranger = await open(chromium);
  await stranger.goto(`${server.url}/compare`);
  const file = { name: "wrong.ndjson", mimeType: "application/x-ndjson", buffer: Buffer.from(wrong.map((row) => JSON.stringify(row)).join("\n")) };
  await stranger.setInputFiles("[data-testid=open-log]", file);
  const line = stranger.locator("[data-testid=times-table] tbody tr").first();
  await line.waitFor();
  const cells = await line.locator("td").allInnerTexts();
  assert.deepEqual(cells, ["keyboard", "0", "–", "–"]);
  assert.match(await stranger.textContent("main"), /No correct answers yet/);
  assert.deepEqual(stranger.problems, []);
});

for (const [what, flag, cause, lose] of [
  ["the focus", "in_focus", "focus_lost", () => window.dispatchEvent(new Event("blur"))],
  ["full screen", "full_screen", "full_screen_left", () => document.exitFullscreen()],
]) {
  test(`losing ${what} ends the trial, and one like it takes its place`, async () => {
    const page = await open(chromium);
    const before = (await server.rows("short")).length;
    await begin(page, server, "short", { fullScreen: true });
    assert.ok(await page.evaluate(() => document.fullscreenElement !== null), "the session fills the screen");
    await takeSession(page, async (page, trial) => {
      if (trial === 6) await page.evaluate(lose);
      else await pressAnyKey(page, trial);
    });
    await savedState(page, "saved");
    const session = (await server.rows("short")).slice(before).sort((a, b) => a.index - b.index);
    assert.equal(session.length, 4 + 6 + 1);
    const [lost, ...others] = session.filter((row) => row.outcome === "interrupted");
    assert.deepEqual([others.length, lost.correct, lost[flag], lost.repeat], [0, null, false, 0]);
    assert.equal(lost.interrupted_by, cause);
    assert.ok(lost.already_seen_ms > 0 && lost.already_seen_ms < 2000, `${lost.already_seen_ms} ms`);
    assert.ok(session.slice(0, lost.index).every((row) => row.full_screen && row.in_focus));
    const last = session.at(-1);
    assert.deepEqual([last.role, last.condition, last.repeat, last.outcome], [lost.role, lost.condition, 0, "answered"]);
    assert.equal(session.filter((row) => row.trial === lost.trial).length, 1, "nobody answers pictures at a second look");
  });
}

test("a mouse and a finger answer too", async () => {
  for (const [options, answer, device] of [
    [{}, (page) => page.click("[data-testid=slot-3]"), "mouse"],
    [{ hasTouch: true, isMobile: true, viewport: { width: 390, height: 780 } }, (page) => page.tap("[data-testid=slot-1]"), "touch"],
  ]) {
    const page = await open(chromium, options);
    await begin(page, server, "short");
    await takeSession(page, async (page) => {
      await react(page);
      await answer(page);
    });
    await savedState(page, "saved");
    const rows = await server.rows("short");
    assert.equal(rows.filter((row) => row.input_device === device).length, 10, device);
  }
});

test("the answers cannot be read in the browser", async () => {
  const opened = await (await fetch(`${server.url}/api/studies/demo`)).text();
  // As a field: titles in other languages have the word.
  assert.doesNotMatch(opened, /"(intact|intact_slot|target)"/, "the trial set that the page gets says which one is intact");
  for (const address of ["/static/studies/demo/trial-set/trials.json", "/static/studies/demo/trial-set/%74rials.json"]) {
    assert.equal((await fetch(server.url + address)).status, 404, address);
  }
});

test("a person can withdraw, and the rows are gone", async () => {
  const page = await open(chromium);
  await begin(page, server, "short");
  const before = (await server.rows("short")).length;
  await takeSession(page, pressAnyKey);
  await savedState(page, "saved");
  assert.equal((await server.rows("short")).length, before + 10);
  await page.click("[data-testid=withdraw]");
  await page.click("[data-testid=withdraw-yes]");
  await page.waitForSelector("[data-testid=withdrawn]");
  assert.equal((await server.rows("short")).length, before);
});
