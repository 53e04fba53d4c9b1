// The figures of docs/measurements.md that only a browser can give: bytes, frames, milliseconds. `cargo xtask bench` runs it.

import { Server, begin, browser, open, phase, pressAnyKey, savedState, takeSession } from "./helper.mjs";

const server = await Server.start();
const chromium = await browser({ webgpu: true });
const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const row = (...cells) => console.log(`| ${cells.join(" | ")} |`);

/** Counts the bytes that come over the wire from now on, as they were sent (brotli). */
async function meter(page) {
  const wire = await page.context().newCDPSession(page);
  await wire.send("Network.enable");
  await wire.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: true });
  const seen = { bytes: 0 };
  wire.on("Network.loadingFinished", ({ encodedDataLength }) => (seen.bytes += encodedDataLength));
  return seen;
}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;

async function bytes() {
  const person = await open(chromium);
  const forPerson = await meter(person);
  await begin(person, server);
  row("bytes before the first practice trial can start, pictures included", megabytes(forPerson.bytes));
  await person.context().close();

  const page = await open(chromium);
  let sum = 0;
  page.on("response", async (answer) => {
    const { responseBodySize, responseHeadersSize } = await answer.request().sizes().catch(() => ({ responseBodySize: 0, responseHeadersSize: 0 }));
    sum += responseBodySize + responseHeadersSize;
  });
  await page.goto(`${server.url}/models?trials=1`);
  for (const box of (await page.$$("[data-testid=model-row] input")).slice(1)) await box.uncheck();
  await page.selectOption("[data-testid=device]", "cpu");
  const started = Date.now();
  await page.click("[data-testid=run]");
  await page.waitForSelector("[data-testid=model-row][data-state=done]", { timeout: 300_000 });
  row("time from the click to the first model answer, CPU, empty cache, local server", `${((Date.now() - started) / 1000).toFixed(1)} s`);
  row("bytes before the first model answer, weights and pictures included", megabytes(sum));
  await page.context().close();
}

async function models() {
  for (const [device, trials] of [["cpu", ""], ["webgpu", "?trials=6"]]) {
    const page = await open(chromium);
    await page.goto(`${server.url}/models${trials}`);
    await page.selectOption("[data-testid=device]", device);
    await page.click("[data-testid=run]");
    await page.waitForFunction(() => !document.querySelector("[data-testid=model-row]:not([data-state=done])"), null, { timeout: 900_000 });
    await page.waitForFunction(() => document.querySelector("[data-testid=outbox]")?.dataset.waiting !== "1", null);
    await page.context().close();
  }
  const rows = (await server.rows()).filter((one) => one.observer_kind === "model");
  const groups = new Map();
  for (const one of rows) {
    const who = `${one.observer}, ${one.device} (${one.adapter})`;
    groups.set(who, [...(groups.get(who) ?? []), one]);
  }
  for (const [who, answers] of groups) {
    row(`${who}: a trial, median of ${answers.length}`, `${median(answers.map((one) => one.compute_ms)).toFixed(0)} ms`);
  }
}

async function frames() {
  let people = [];
  while (people.length < 200) {
    const page = await open(chromium);
    await begin(page, server);
    await takeSession(page, pressAnyKey);
    await savedState(page, "saved");
    await page.context().close();
    people = (await server.rows()).filter((one) => one.observer_kind === "human");
  }
  const off = people.map((one) => one.displayed_frames - one.planned_frames);
  const exact = off.filter((frames) => frames === 0).length;
  const lengths = people.map((one) => one.actual_offset_ms - one.actual_onset_ms);
  row(`trials shown for exactly the planned frames (${people[0].planned_frames} at ${people[0].refresh_rate_hz.toFixed(1)} Hz)`, `${exact} of ${off.length}`);
  row("frames more than planned, largest", Math.max(...off));
  row("frames less than planned, largest", -Math.min(0, ...off));
  row("time on screen, median (planned 800 ms)", `${median(lengths).toFixed(1)} ms`);
  row("callbacks missed while shown, all trials", people.reduce((sum, one) => sum + one.lost_frames, 0));
}

try {
  row("what", "measured");
  row("---", "---");
  await bytes();
  await models();
  await frames();
} finally {
  await chromium.close();
  await server.stop();
}
