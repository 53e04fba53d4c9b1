// What the command line answers to the demo set, and how far a browser's rows are from that.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

/** The command line's rows of a model in `models`; `folder` keeps them meanwhile. */
export function native(model, folder, models = join(root, "models")) {
  const out = join(folder, `${model}.ndjson`);
  const set = join(root, "static/studies/demo/trial-set");
  execFileSync(process.env.GESTALT_BIN, ["observe", "--model", join(models, model), "--trials", set, "--force", "--out", out]);
  return readFileSync(out, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

/** The largest difference between two runs' distances, pair by pair of images; asserts equal choices. */
export function difference(browserRows, nativeRows) {
  const byTrial = new Map(nativeRows.map((row) => [row.trial, row]));
  const pairs = [[0, 1], [0, 2], [1, 2]];
  const distances = (row) =>
    new Map(pairs.map(([a, b], place) => [[row.shown[a], row.shown[b]].sort().join(), row.distances[place]]));
  const chosen = (row) => row.chosen && row.shown[row.chosen - 1];
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
