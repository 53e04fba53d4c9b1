// Both models take the trials in the browser, on the CPU and through WebGPU; what they say agrees with the command line.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Server, chromium, open, server, withServer } from "./helper.mjs";
import { difference, native } from "./native.mjs";

const root = join(import.meta.dirname, "..");
const gestalt = (...words) => execFileSync(process.env.GESTALT_BIN, words, { stdio: ["ignore", "pipe", "inherit"] });
const modelsIn = (folder) => readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
const names = modelsIn(join(root, "models"));

withServer({ webgpu: true });

/** Runs all `count` models of a server on a device; resolves when each is done. */
async function run(page, device, trials = "", { server: at = server, count = names.length } = {}) {
  await page.goto(`${at.url}/models${trials}`);
  await page.selectOption("[data-testid=device]", device);
  await page.click("[data-testid=run]");
  await page.waitForFunction(
    (count) => document.querySelectorAll("[data-testid=model-row]:is([data-state=done],[data-state=stopped])").length === count,
    count,
    { timeout: 900_000 },
  );
  const states = await page.$$eval("[data-testid=model-row]", (rows) => rows.map((row) => [row.dataset.state, row.innerText]));
  for (const [state, text] of states) assert.equal(state, "done", text);
}

/** Rows of one model on one device in the export, once the outbox has delivered `count` of them. */
async function delivered(model, device, count, at = server) {
  for (;;) {
    const rows = (await at.rows()).filter((row) => row.observer === model && row.device === device);
    if (rows.length >= count) return rows;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

test("on the CPU, the whole demo set, as the command line answers it", async () => {
  const page = await open(chromium);
  await run(page, "cpu");
  for (const model of names) {
    const rows = await delivered(model, "cpu", 56);
    assert.equal(rows.length, 56);
    assert.ok(rows.every((row) => row.reference_output_reproduced && row.target !== null));
    const largest = difference(rows, native(model, server.folder));
    assert.ok(largest < 1e-3, `${model}: distances differ by ${largest}`);
    const ms = rows.map((row) => row.compute_ms).sort((a, b) => a - b)[28];
    console.log(`    ${model} on the CPU: distances within ${largest.toExponential(1)}, median ${ms.toFixed(0)} ms a trial`);
  }
  // A session is scored once the outbox has finished it, which may be a moment after its last row.
  for (let table = ""; !names.every((model) => table.includes(model)); ) {
    await page.goto(`${server.url}/compare`);
    table = await page.textContent("[data-testid=compare-table]");
  }
  for (const [button, lines] of [["download-ndjson", 56 * names.length], ["download-csv", 56 * names.length + 1]]) {
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
    const largest = difference(rows, native(model, server.folder));
    assert.ok(largest < 1e-3, `${model}: distances differ by ${largest}`);
    const ms = rows.map((row) => row.compute_ms).sort((a, b) => a - b)[2];
    console.log(`    ${model} on ${rows[0].adapter}: distances within ${largest.toExponential(1)}, ${ms.toFixed(0)} ms a trial`);
  }
});

// Shapes at which groups and blocks are not full, and every kind of weights: what the kernels of WebGPU might get wrong on the quiet.
const VIT = { kind: "vit", image_px: 32, patch_px: 8, width: 16, depth: 2, heads: 2, mlp_ratio: 4, ln_eps: 1e-6 };
const SMALL = [
  ["deit", "timm_deit", VIT],
  ["clip", "timm_clip", { ...VIT, norm_pre: true, quick_gelu: true, projection: 24, ln_eps: 1e-5 }],
  ["dinov2", "timm_dinov2_reg", { ...VIT, image_px: 28, patch_px: 7, layer_scale: true, registers: 4 }],
  ["convnext", "timm_convnextv2", { kind: "conv_next", image_px: 64, depths: [1, 1, 2, 1], widths: [4, 8, 12, 16], head_norm: true }],
  ["resnet", "torchvision_resnet50", { kind: "res_net", image_px: 64, depths: [1, 1, 1, 1], width: 2, bottleneck: true }],
  ["bagnet", "torchvision_bagnet33", { kind: "bag_net", image_px: 48, receptive_px: 33, depths: [1, 2, 1, 1], width: 1 }],
  [
    "mobilenet",
    "torchvision_mobilenet",
    { kind: "mobile_net_v2", image_px: 64, stem_width: 8, depths: [1, 2, 1, 2, 1, 1, 1], widths: [8, 8, 8, 16, 16, 16, 24], head_width: 40 },
  ],
  ["vgg", "timm_vgg16", { kind: "vgg", image_px: 64, depths: [2, 2, 3, 3, 3], widths: [3, 4, 5, 6, 8] }],
];

/** The network of a parity fixture, whose weights stand under `weights.`, as a checkpoint. */
function checkpoint(fixture) {
  const bytes = readFileSync(join(root, `src/models/fixtures/parity/${fixture}.safetensors`));
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header = {};
  const parts = [];
  let length = 0;
  for (const [key, tensor] of Object.entries(JSON.parse(bytes.toString("utf8", 8, start)))) {
    if (!key.startsWith("weights.")) continue;
    const [from, to] = tensor.data_offsets;
    header[key.slice("weights.".length)] = { ...tensor, data_offsets: [length, length + to - from] };
    parts.push(bytes.subarray(start + from, start + to));
    length += to - from;
  }
  const text = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([size, text, ...parts]);
}

/** A server whose models are small networks with random weights, in every kind of bits. */
async function serverOfSmallModels() {
  const folder = join(server.folder, "small");
  cpSync(process.env.GESTALT_SITE, folder, { recursive: true });
  const models = join(folder, "models");
  rmSync(models, { recursive: true });
  for (const [name, fixture, architecture] of SMALL) {
    const [numbers, weights] = ["json", "safetensors"].map((ending) => join(server.folder, `${name}.${ending}`));
    writeFileSync(numbers, JSON.stringify({ architecture }));
    writeFileSync(weights, checkpoint(fixture));
    for (const bits of ["none", "q8", "q4"]) {
      const words = ["models", "import", "--weights", weights, "--architecture", numbers, "--layout", "timm", "--compare-on", "0", "--calibrate-on", "0"];
      gestalt(...words, "--name", `${name}-${bits}`, "--quantize", bits, "--out", join(models, `${name}-${bits}`));
    }
  }
  gestalt("models", "index", models);
  return [await Server.start({ site: folder }), models];
}

test("the kernels of WebGPU compute any shape and any weights as the command line does", async () => {
  const [at, models] = await serverOfSmallModels();
  try {
    const page = await open(chromium);
    const small = modelsIn(models);
    await run(page, "webgpu", "?trials=3", { server: at, count: small.length });
    for (const model of small) {
      const rows = await delivered(model, "webgpu", 3, at);
      assert.ok(rows.every((row) => row.reference_output_reproduced && row.device === "webgpu"));
      const largest = difference(rows, native(model, server.folder, models));
      assert.ok(largest < 1e-4, `${model}: distances differ by ${largest}`);
      console.log(`    ${model}: distances within ${largest.toExponential(1)}`);
    }
  } finally {
    await at.stop();
  }
});
