// Our engine beside onnxruntime-web: same machine, same browser, same run, same weights. `cargo xtask bench web` runs it.
//
// Each case alternates between the two in rounds, so that a busy moment of the machine falls on both; the median of all is compared.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { Server, browser, open } from "./helper.mjs";

const peers = resolve(process.env.GESTALT_PEERS);
const docs = process.env.GESTALT_DOCS;
const ort = new URL("node_modules/onnxruntime-web/", import.meta.url).pathname;
const version = JSON.parse(readFileSync(join(ort, "package.json"), "utf8")).version;
const ROUNDS = 5;
const CASES = [
  ["vit_tiny_patch16_224", "cpu", 4],
  ["vit_small_patch16_224", "cpu", 2],
  ["convnextv2_atto", "cpu", 4],
  ["convnextv2_tiny", "cpu", 1],
  ["vit_tiny_patch16_224", "webgpu", 1],
];

/** The built site, with the peers' networks and onnxruntime-web beside it. */
function siteWithPeers() {
  const folder = mkdtempSync(join(tmpdir(), "gestalt-bench-"));
  cpSync(process.env.GESTALT_SITE, folder, { recursive: true });
  mkdirSync(join(folder, "peers"));
  for (const file of readdirSync(join(ort, "dist"))) cpSync(join(ort, "dist", file), join(folder, "peers", file));
  for (const file of readdirSync(peers)) if (file.endsWith(".onnx")) symlinkSync(join(peers, file), join(folder, "peers", file));
  for (const name of new Set(CASES.map(([name]) => name))) {
    for (const [quantise, suffix] of [["none", "f32"], ["q8", "q8"]]) {
      const words = ["models", "import", "--weights", join(peers, `${name}.safetensors`), "--architecture", name, "--layout", "timm"];
      words.push("--compare-on", "0", "--name", `${name}-${suffix}`, "--quantize", quantise, "--out", join(folder, "models", `${name}-${suffix}`));
      execFileSync(process.env.GESTALT_BIN, words, { stdio: ["ignore", "ignore", "inherit"] });
    }
  }
  return folder;
}

/** Runs in the page: one more worker of ours with a model, as functions in `window.ours`. */
const startOurs = async ([base, folder, device]) => {
  const worker = new Worker(new URL("gestalt-worker_loader.js", base), { type: "module" });
  const replies = [];
  let wake = () => {};
  worker.onmessage = ({ data }) => (replies.push(JSON.parse(data)), wake());
  worker.onerror = ({ message }) => (replies.push({ reply: "failed", message }), wake());
  const reply = async (...wanted) => {
    for (;;) {
      while (replies.length === 0) await new Promise((resolve) => (wake = resolve));
      const next = replies.shift();
      if (next.reply === "failed") throw new Error(next.message);
      if (wanted.includes(next.reply)) return next;
    }
  };
  const ask = (request, wanted) => (worker.postMessage(JSON.stringify(request)), reply(wanted));
  await reply("ready");
  const loaded = await ask({ request: "load", folder: new URL(folder, base).href, device, rule: "mean_distance" }, "loaded");
  if (loaded.device !== device) throw new Error(`it runs on ${loaded.device}: ${loaded.fell_back_from}`);
  (window.ours ??= []).push({
    time: async (pictures, repeats) => (await ask({ request: "time", pictures, repeats }, "took")).batch_ms,
    answer: (images, hashes) => ask({ request: "answer", images, hashes }, "answered"),
  });
};

/** Runs in the page: an onnxruntime-web session for each batch. */
const startTheirs = async ([base, name, device]) => {
  const ort = await import(new URL(`peers/ort.${device === "cpu" ? "wasm" : "webgpu"}.min.mjs`, base).href);
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = new URL("peers/", base).href;
  const sessions = {};
  for (const batch of [1, 3]) {
    const file = new URL(`peers/${name}.${batch}.onnx`, base).href;
    sessions[batch] = await ort.InferenceSession.create(file, { executionProviders: [device === "cpu" ? "wasm" : "webgpu"] });
  }
  window.theirs = async (pictures, repeats) => {
    const session = sessions[pictures];
    const batch = new ort.Tensor("float32", new Float32Array(pictures * 3 * 224 * 224).fill(0.1), [pictures, 3, 224, 224]);
    const took = [];
    for (let i = 0; i < repeats; i++) {
      const started = performance.now();
      const answer = await session.run({ [session.inputNames[0]]: batch });
      await answer[session.outputNames[0]].getData();
      took.push(performance.now() - started);
    }
    return took;
  };
};

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const range = (values) => `${median(values).toFixed(0)} (${Math.min(...values).toFixed(0)}–${Math.max(...values).toFixed(0)})`;

async function compare(chromium, server, [name, device, repeats]) {
  const lines = [];
  for (const kind of ["f32", "q8"]) {
    const page = await open(chromium);
    await page.goto(`${server.url}/`);
    const base = await page.evaluate(() => document.baseURI);
    await page.evaluate(startOurs, [base, `models/${name}-${kind}/`, device]);
    await page.evaluate(startTheirs, [base, name, device]);
    for (const batch of [1, 3]) {
      const [ours, theirs] = [[], []];
      const rounds = device === "cpu" ? ROUNDS : 2;
      // The first of each is warm-up.
      await page.evaluate(([batch]) => window.ours[0].time(batch, 1), [batch]);
      await page.evaluate(([batch]) => window.theirs(batch, 1), [batch]);
      for (let round = 0; round < rounds; round++) {
        ours.push(...(await page.evaluate(([batch, repeats]) => window.ours[0].time(batch, repeats), [batch, repeats])));
        theirs.push(...(await page.evaluate(([batch, repeats]) => window.theirs(batch, repeats), [batch, repeats])));
      }
      const ratio = (median(ours) / median(theirs)).toFixed(2);
      lines.push(`| ${name} | ${device} | ${kind} | ${batch} | ${range(ours)} | ${range(theirs)} | ${ratio} |`);
      console.log(lines.at(-1));
    }
    await page.context().close();
  }
  return lines;
}

/** Triplets a second of two workers beside each other, over those of one; the two take turns. */
async function pool(chromium, server, name) {
  const page = await open(chromium);
  await page.goto(`${server.url}/`);
  const base = await page.evaluate(() => document.baseURI);
  for (let worker = 0; worker < 2; worker++) await page.evaluate(startOurs, [base, `models/${name}/`, "cpu"]);
  const triplets = 4;
  const seconds = (workers) =>
    page.evaluate(
      async ([workers, triplets]) => {
        const started = performance.now();
        await Promise.all(window.ours.slice(0, workers).map((worker) => worker.time(3, triplets)));
        return (performance.now() - started) / 1000;
      },
      [workers, triplets],
    );
  await seconds(2);
  const rates = { 1: [], 2: [] };
  for (let round = 0; round < ROUNDS; round++) for (const workers of [1, 2]) rates[workers].push((workers * triplets) / (await seconds(workers)));
  await page.context().close();
  const [one, two] = [median(rates[1]), median(rates[2])];
  return `| ${name}, CPU: trials a second of two workers, of one | ${two.toFixed(2)}, ${one.toFixed(2)}: ${(two / one).toFixed(2)} × |`;
}

/** From the start of a worker to its first answer, when browser and page hold all files already. */
async function firstAnswer(chromium, server, name) {
  const page = await open(chromium);
  const hashes = readdirSync(join(server.site, "static/studies/demo/trial-set/images")).slice(0, 3).map((file) => file.split("."));
  const visit = async () => {
    await page.goto(`${server.url}/`);
    const base = await page.evaluate(() => document.baseURI);
    const started = await page.evaluate(() => performance.now());
    await page.evaluate(startOurs, [base, `models/${name}/`, "cpu"]);
    const images = hashes.map(([hash, ending]) => `${server.url}/api/studies/demo/images/${hash}.${ending}`);
    await page.evaluate(([images, hashes]) => window.ours[0].answer(images, hashes), [images, hashes.map(([hash]) => hash)]);
    return (await page.evaluate(() => performance.now())) - started;
  };
  // V8 keeps compiled code only of what it has seen a few times.
  for (let visits = 0; visits < 3; visits++) await visit();
  const took = [];
  for (let round = 0; round < ROUNDS; round++) took.push(await visit());
  await page.context().close();
  return `| ${name}, CPU: first answer after a warm cache, ms: median (range) | ${range(took)} |`;
}

const folder = siteWithPeers();
const server = await Server.start({ site: folder });
const chromium = await browser({ webgpu: true });
try {
  const head = [
    `${cpus().length} × ${cpus()[0].model}, Chromium ${chromium.version()}, onnxruntime-web ${version}, ${new Date().toISOString().slice(0, 10)}; \`cargo xtask bench web\``,
    "",
    "| network, 224 px | device | ours | batch | ours, ms a batch: median (range) | onnxruntime-web, f32, one thread | ratio |",
    "|---|---|---|---|---|---|---|",
  ];
  head.forEach((line) => console.log(line));
  const lines = [];
  const only = process.argv[2];
  for (const one of CASES) if (!only || one.join(" ").includes(only)) lines.push(...(await compare(chromium, server, one)));
  if (!only || only === "rest") {
    const rest = ["", "| what | measured |", "|---|---|", await pool(chromium, server, "vit_tiny_patch16_224-q8"), await firstAnswer(chromium, server, "vit_tiny_patch16_224-q8")];
    rest.forEach((line) => console.log(line));
    lines.push(...rest);
  }
  if (docs && !only) {
    const text = readFileSync(docs, "utf8");
    const [from, to] = ["<!-- bench web: begin -->", "<!-- bench web: end -->"];
    const [before, after] = [text.slice(0, text.indexOf(from) + from.length), text.slice(text.indexOf(to))];
    writeFileSync(docs, `${before}\n${[...head, ...lines].join("\n")}\n${after}`);
  }
} finally {
  await chromium.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
