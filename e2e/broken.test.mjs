// Files that were truncated or altered on their way, a device that is not there, a run that is cancelled: named, and the page still works.

import assert from "node:assert/strict";
import { test } from "node:test";
import { chromium, open, server, withServer } from "./helper.mjs";

withServer();

/** Runs the first model on the CPU with altered files; what the page says once it has stopped, and once it runs untouched. */
async function runWith(pattern, alter) {
  const page = await open(chromium);
  await page.goto(`${server.url}/models?trials=2`);
  await page.waitForSelector("[data-testid=run]");
  for (const box of (await page.$$("[data-testid=model-row] input")).slice(1)) await box.uncheck();
  await page.selectOption("[data-testid=device]", "cpu");
  await page.context().route(pattern, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: alter(await answer.body()) });
  });
  await page.click("[data-testid=run]");
  const row = await page.waitForSelector("[data-testid=model-row][data-state=stopped]", { timeout: 120_000 });
  const said = await row.innerText();
  await page.context().unroute(pattern);
  await page.click("[data-testid=run]");
  await page.waitForSelector("[data-testid=model-row][data-state=done]", { timeout: 120_000 });
  return said;
}

test("truncated weights", async () => {
  const said = await runWith("**/weights.bpk", (body) => body.subarray(0, body.length / 2));
  assert.match(said, /weights/);
});

test("a reference output that the device does not reproduce", async () => {
  const shuffled = (body) => {
    const reference = JSON.parse(body);
    for (const layer of Object.keys(reference.features)) reference.features[layer].reverse();
    return JSON.stringify(reference);
  };
  const said = await runWith("**/reference-output.json", shuffled);
  assert.match(said, /reference output/);
});

test("an altered image", async () => {
  // Within the picture: what a server appends to it is taken off before it is hashed.
  const said = await runWith("**/images/*", (body) => Buffer.from(body.map((byte, place) => (place === 100 ? byte ^ 1 : byte))));
  assert.match(said, /is not the image that the trial set names/);
});

test("without WebGPU the processor takes over, and every row says so", async () => {
  const page = await open(chromium);
  await page.goto(`${server.url}/models?trials=2`);
  await page.waitForSelector("[data-testid=run]");
  await page.click("[data-testid=run]");
  await page.waitForFunction(() => !document.querySelector("[data-testid=model-row]:not([data-state=done])"), null, { timeout: 120_000 });
  const devices = await page.$$eval("[data-testid=ready]", (all) => all.map((one) => one.dataset.device));
  assert.ok(devices.length >= 2 && devices.every((device) => device === "cpu"), String(devices));
  // The outbox delivers the last rows a moment after the last answer.
  let rows = [];
  while (rows.length < 2 * devices.length) rows = (await server.rows()).filter((row) => row.fell_back_from !== null);
  assert.ok(rows.every((row) => row.fell_back_from === "webgpu" && row.device === "cpu"));
});

test("a run that is cancelled keeps the answers it has", async () => {
  const page = await open(chromium);
  await page.goto(`${server.url}/models`);
  await page.selectOption("[data-testid=device]", "cpu");
  await page.click("[data-testid=run]");
  await page.waitForSelector("[data-testid=model-row][data-state=answering] progress[value]:not([value='0'])");
  await page.click("[data-testid=cancel]");
  await page.waitForFunction(() => !document.querySelector("[data-testid=run]").disabled);
  const [first, ...rest] = await page.$$eval("[data-testid=model-row]", (rows) => rows.map((row) => [row.dataset.state, row.innerText]));
  assert.equal(first[0], "stopped");
  assert.match(first[1], /cancelled[\s\S]*answers before that are kept/);
  assert.ok(rest.every(([state]) => state === "stopped"));
});
