// A tab that the browser freezes while a model computes resumes where it was.

import assert from "node:assert/strict";
import { test } from "node:test";
import { BarePage } from "./bare-page.mjs";
import { chromium, open, server, withServer } from "./helper.mjs";
import { rowsOf, run } from "./meddle.mjs";
import { difference, native } from "./native.mjs";

withServer();

test("a tab that is frozen while another one works gives every row once, and the right ones", async () => {
  const page = await BarePage.open(chromium, `${server.url}/models`);
  await page.until(() => document.querySelector("[data-testid=run]") !== null);
  await page.evaluate(() => {
    window.lived = [];
    for (const state of ["freeze", "resume"]) document.addEventListener(state, () => window.lived.push(state));
    const device = document.querySelector("[data-testid=device]");
    device.value = "cpu";
    device.dispatchEvent(new Event("change", { bubbles: true }));
    for (const box of [...document.querySelectorAll("[data-testid=model-row] input")].slice(1)) box.click();
    document.querySelector("[data-testid=run]").click();
  });
  await page.until(() => document.querySelector("[data-state=answering] progress")?.value > 0);
  await page.live("frozen");
  const standing = () => document.querySelector("[data-state=answering]")?.innerText;
  const asleep = await page.evaluate(standing);
  assert.match(asleep, /trial \d+ of 56/);
  // The pause lasts as long as another tab needs for its run.
  const front = await open(chromium);
  const [other] = await run(front, server.url, { trials: 8 });
  assert.equal(other.state, "done", other.text);
  await rowsOf([other], server, 0);
  assert.equal(await page.evaluate(standing), asleep, "nothing moves");
  await page.live("active");
  await page.until(() => document.querySelector("[data-state=done],[data-state=stopped]") !== null);
  const woken = { text: await page.evaluate(() => document.querySelector("[data-testid=model-row]").innerText) };
  assert.match(woken.text, /Done: 56 trials/);
  assert.deepEqual(await page.evaluate(() => window.lived), ["freeze", "resume"]);

  const rows = await rowsOf([other, woken], server, 0);
  const sessions = [...new Set(rows.map((row) => row.session))].map((one) => rows.filter((row) => row.session === one));
  const [whole] = sessions.filter((rows) => rows.length === 56);
  assert.ok(sessions.length === 2 && whole, JSON.stringify(sessions.map((rows) => rows.length)));
  assert.equal(new Set(whole.map((row) => row.trial)).size, 56);
  assert.ok(difference(whole, native(whole[0].observer, server.folder)) < 1e-3);
});
