// The Good Gestalt sets compiled for the browser draw the same bits as native code: both are held to one committed list.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { browser } from "./helper.mjs";

const fixture = join(import.meta.dirname, "../src/figures/fixtures/gestalt-sets-fingerprints.csv");
const listed = readFileSync(fixture, "utf8").trim().split("\n").filter((line) => !line.startsWith("#"));
const sets = ["closure", "continuity", "kanizsa", "illusory-occlusion", "gradient-occlusion", "proximity"];
const splits = ["train", "validation", "test"];

test("the browser draws the Good Gestalt sets bit for bit as native code does", async () => {
  const code = readFileSync(process.env.GESTALT_FIGURES_WASM).toString("base64");
  const asked = listed.map((line) => line.split(",")).map(([set, split, seed, index]) => [sets.indexOf(set), splits.indexOf(split), seed, Number(index)]);
  const chromium = await browser();
  try {
    const page = await chromium.newPage();
    const drawn = await page.evaluate(async ([code, asked]) => {
      const bytes = Uint8Array.from(atob(code), (letter) => letter.charCodeAt(0));
      const { instance } = await WebAssembly.instantiate(bytes);
      const fingerprint = (one) => BigInt.asUintN(64, instance.exports.fingerprint(one[0], one[1], BigInt(one[2]), one[3]));
      return asked.map((one) => fingerprint(one).toString(16).padStart(16, "0"));
    }, [code, asked]);
    assert.ok(drawn.length > 0);
    drawn.forEach((fingerprint, place) => assert.equal(fingerprint, listed[place].split(",")[4], listed[place]));
  } finally {
    await chromium.close();
  }
});
