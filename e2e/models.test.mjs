// Both models take the trials in the browser, on the CPU and through WebGPU; what they say agrees with the command line.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Server, browser, open } from "./helper.mjs";

const root = join(import.meta.dirname, "..");
const names = readdirSync(join(root, "models"), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);

let server, chromium;
before(async () => {
  [server, chromium] = await Promise.all([Server.start(), browser({ webgpu: true })]);
});
after(async () => {
  await chromium.close();
  await server.stop();
});

/** Runs all models on a device; resolves when each is done. */
async function run(page, device, trials = "") {
  await page.goto(`${server.url}/models${trials}`);
  await page.selectOption("[data-testid=device]", device);
  await page.click("[data-testid=run]");
  await page.waitForFunction(
    (count) => document.querySelectorAll("[data-testid=model-row]:is([data-state=done],[data-state=stopped])").length === count,
    names.length,
    { timeout: 900_000 },
  );
  const states = await page.$$eval("[data-testid=model-row]", (rows) => rows.map((row) => [row.dataset.state, row.innerText]));
  for (const [state, text] of states) assert.equal(state, "done", text);
}

/** Rows of one model on one device in the export, once the outbox has delivered `count` of them. */
async function delivered(model, device, count) {
  for (;;) {
    const rows = (await server.rows()).filter((row) => row.observer === model && row.reading.device === device);
    if (rows.length >= count) return rows;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** The largest difference between two runs' distances, pair by pair of images; asserts equal choices. */
function difference(browserRows, nativeRows) {
  const byTrial = new Map(nativeRows.map((row) => [row.trial, row]));
  const pairs = [[0, 1], [0, 2], [1, 2]];
  const distances = (row) =>
    new Map(pairs.map(([a, b], place) => [[row.shown[a], row.shown[b]].sort().join(), row.reading.distances[place]]));
  const chosen = (row) => row.chosen_slot && row.shown[row.chosen_slot - 1];
  let largest = 0;
  for (const row of browserRows) {
    const native = byTrial.get(row.trial);
    assert.equal(row.outcome, native.outcome, row.trial);
    assert.equal(chosen(row), chosen(native), `${row.trial}: another choice than the command line's`);
    const expected = distances(native);
    for (const [pair, distance] of distances(row)) largest = Math.max(largest, Math.abs(distance - expected.get(pair)));
  }
  return largest;
}

function native(model) {
  const out = join(server.folder, `${model}.ndjson`);
  const set = join(root, "static/studies/demo/trial-set");
  execFileSync(process.env.GESTALT_BIN, ["observe", "--model", join(root, "models", model), "--trials", set, "--out", out]);
  return readFileSync(out, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

test("on the CPU, the whole demo set, as the command line answers it", async () => {
  const page = await open(chromium);
  await run(page, "cpu");
  for (const model of names) {
    const rows = await delivered(model, "cpu", 56);
    assert.equal(rows.length, 56);
    assert.ok(rows.every((row) => row.reading.known_answer_passed && row.intact_slot !== null));
    const largest = difference(rows, native(model));
    assert.ok(largest < 1e-3, `${model}: distances differ by ${largest}`);
    const ms = rows.map((row) => row.reading.compute_ms).sort((a, b) => a - b)[28];
    console.log(`    ${model} on the CPU: distances within ${largest.toExponential(1)}, median ${ms.toFixed(0)} ms a trial`);
  }
  // A session is scored once the outbox has finished it, which may be a moment after its last row.
  for (let table = ""; !names.every((model) => table.includes(model)); ) {
    await page.goto(`${server.url}/compare`);
    table = await page.textContent("[data-testid=compare-table]");
  }
  for (const [button, lines] of [["download-ndjson", 112], ["download-csv", 113]]) {
    const [file] = await Promise.all([page.waitForEvent("download"), page.click(`[data-testid=${button}]`)]);
    const text = readFileSync(await file.path(), "utf8");
    assert.equal(text.split("\n").filter(Boolean).length, lines, button);
  }
});

test("through WebGPU, the first trials, as the command line answers them", async () => {
  const page = await open(chromium);
  await run(page, "webgpu", "?trials=4");
  for (const model of names) {
    const rows = await delivered(model, "webgpu", 4);
    const largest = difference(rows, native(model));
    assert.ok(largest < 1e-3, `${model}: distances differ by ${largest}`);
    const ms = rows.map((row) => row.reading.compute_ms).sort((a, b) => a - b)[2];
    console.log(`    ${model} on ${rows[0].reading.adapter}: distances within ${largest.toExponential(1)}, ${ms.toFixed(0)} ms a trial`);
  }
});
