// The page against the outside: a headed browser under Xvfb, its framebuffer sampled, keys pressed by XTEST, jsPsych in the same run.
// Started by `cargo xtask bench timing`. TRIALS: of each program and load. LOADS: busy loops, for example 0,1,3. BROWSERS: chromium,firefox.
// BLOCKED_MS: our page is held up for as long, every BLOCKED_EVERY_MS. OUT: a folder for the logs. GESTALT_JSPSYCH: a folder of node_modules with jspsych and its plugins.

import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join as path } from "node:path";
import { launch } from "./browsers.mjs";
import { serveJsPsych } from "./jspsych.mjs";
import { Server } from "../helper.mjs";
import { startScreen } from "../screen.mjs";
import { join, line, markdown, showings } from "./table.mjs";

const SCREEN = { width: 1280, height: 800 };
const BOX = 0x8c8c8c, GREY = 0x808080;
/** Trials of a session of the demo, and of a run of jsPsych. */
const SESSION_TRIALS = 60, JSPSYCH_TRIALS = 30;
/** A part takes about two minutes; one that takes longer hangs. */
const MOST_MS = 400_000;
/** No multiple of a trial's length, so that every part of a trial is met. */
const BLOCKED_EVERY_MS = 733;

const trials = Number(process.env.TRIALS ?? 500);
const loads = (process.env.LOADS ?? "0,1,3").split(",").map(Number);
const blockedMs = Number(process.env.BLOCKED_MS ?? 0);
const browsers = (process.env.BROWSERS ?? "chromium").split(",");
const out = process.env.OUT;
const here = import.meta.dirname;
const screenFolder = path(out, "screen");
mkdirSync(screenFolder, { recursive: true });

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const children = new Set();
function start(program, words, options = {}) {
  const child = spawn(program, words, { stdio: ["pipe", "ignore", "inherit"], ...options });
  children.add(child);
  child.once("exit", () => children.delete(child));
  return child;
}
process.on("exit", () => children.forEach((child) => child.kill()));

/** Watches these elements on the screen and answers, until it is stopped. */
async function startRobot(page, name, selector, seed) {
  const slots = await page.evaluate(
    (selector) => [...document.querySelectorAll(selector)].map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return [x + window.screenX, y + window.screenY + window.outerHeight - window.innerHeight, width, height];
    }), selector);
  const given = path(out, `${name}.slots.json`), log = path(out, `${name}.jsonl`);
  writeFileSync(given, JSON.stringify({ slots, box: BOX, grey: GREY }));
  const robot = start("python3", [path(here, "robot.py"), path(screenFolder, "Xvfb_screen0"), given, log, String(seed)]);
  return {
    async stop() {
      robot.stdin.end();
      await new Promise((done) => robot.once("exit", done));
      return readFileSync(log, "utf8").split("\n").filter(Boolean).map((text) => JSON.parse(text));
    },
  };
}

/** Waits for a selector or condition without asking the page more than now and then. */
async function until(page, isOver) {
  for (const start = Date.now(); Date.now() - start < MOST_MS; await sleep(2000)) {
    if (await page.evaluate(isOver)) return;
  }
  throw new Error(`not over after ${MOST_MS / 1000} s`);
}

async function ours(browser, server, name, seed) {
  const before = (await server.rows()).length;
  const page = await browser.open(`${server.url}/study/demo`);
  await page.waitFor("[data-testid=start]");
  await page.evaluate(() => {
    const fullScreen = document.querySelector("[data-testid=full-screen]");
    if (fullScreen?.checked) fullScreen.click();
    document.querySelector("[data-testid=start]").click();
  });
  await page.waitFor("[data-testid=continue]:enabled");
  if (blockedMs) {
    await page.evaluate((ms, everyMs) => setInterval(() => {
      for (const start = performance.now(); performance.now() - start < ms; );
    }, everyMs), blockedMs, BLOCKED_EVERY_MS);
  }
  const zero = await page.clock();
  const robot = await startRobot(page, name, ".slot .cover", seed);
  await until(page, () => document.querySelector("[data-testid=saved][data-state=saved]") !== null);
  const seen = showings(await robot.stop());
  await page.close();
  const rows = (await server.rows()).slice(before).map((row) => ({ ...row, ...row.showing }));
  const records = rows.filter((row) => row.actual_onset_ms !== null).map((row) => ({
    onset: zero + row.actual_onset_ms, reaction_time_ms: row.reaction_time_ms, planned_frames: row.planned_frames, planned_ms: 800,
    // A trial that the page interrupted because of lost frames has said so more clearly still.
    flagged: row.timing_flagged === true || row.interrupted_by === "frames_lost",
    // For whoever looks into the logs.
    late_ms: [row.onset_callback_late_ms, row.offset_callback_late_ms], longest_gap_ms: row.longest_gap_ms,
  }));
  return join(records, seen);
}

async function jsPsych(browser, url, variant, name, seed) {
  const page = await browser.open(`${url}?trials=${JSPSYCH_TRIALS}&variant=${variant}`);
  await page.waitUntil(() => window.go !== undefined);
  const zero = await page.clock();
  const robot = await startRobot(page, name, ".measure", seed);
  await sleep(500);
  await page.evaluate(() => window.go());
  await until(page, () => window.finished === true);
  const seen = showings(await robot.stop());
  const rows = await page.evaluate(() => window.rows);
  await page.close();
  const record = ({ onset, rt }) => ({ onset: zero + onset, reaction_time_ms: rt, planned_frames: 48, planned_ms: 800 });
  return join(rows.map(record), seen);
}

await startScreen({ ...SCREEN, framebuffer: screenFolder });
const server = await Server.start();
const peer = await serveJsPsych(path(server.site, "static/studies/demo/trial-set/images"));
const lines = [];
for (const kind of browsers) {
  const profile = path(out, `profile-${kind}`);
  // Nothing of an earlier run.
  rmSync(profile, { recursive: true, force: true });
  const browser = await launch(kind, SCREEN, profile);
  for (const load of loads) {
    const loops = Array.from({ length: load }, () => start("sh", ["-c", "while :; do :; done"]));
    const joined = { ours: [], html: [], image: [] };
    // The programs take turns, so that whatever else the machine does meets them alike.
    for (let turn = 0; joined.ours.length < trials && turn < 2 * Math.ceil(trials / SESSION_TRIALS); turn++) {
      joined.ours.push(...(await ours(browser, server, `${kind}-${load}-${turn}-ours`, turn)));
      for (const variant of ["html", "image"]) {
        joined[variant].push(...(await jsPsych(browser, peer.url, variant, `${kind}-${load}-${turn}-${variant}`, turn)));
      }
      console.error(`  · ${kind}, ${load} busy loops: ${joined.ours.length} of ${trials} trials, load ${loadavg()[0].toFixed(1)}`);
    }
    loops.forEach((loop) => loop.kill());
    writeFileSync(path(out, `${kind}-${load}.json`), JSON.stringify(joined));
    const held = blockedMs ? `, page blocked for ${blockedMs} ms every ${BLOCKED_EVERY_MS} ms` : "";
    const where = `${kind}, ${load ? `${load} busy loop${load > 1 ? "s" : ""}` : "idle"}${held}`;
    lines.push(line(`ours, ${where}`, joined.ours));
    lines.push(line(`jsPsych html, ${where}`, joined.html), line(`jsPsych image, ${where}`, joined.image));
    console.error(markdown(lines));
  }
  await browser.close();
}
await server.stop();
peer.close();
const table = markdown(lines);
console.log(table);
if (process.env.GESTALT_DOCS) {
  const text = readFileSync(process.env.GESTALT_DOCS, "utf8");
  const marked = /(<!-- timing begins -->\n)[\s\S]*?(<!-- timing ends -->)/;
  if (!marked.test(text)) throw new Error(`${process.env.GESTALT_DOCS} has no place for the timing table`);
  writeFileSync(process.env.GESTALT_DOCS, text.replace(marked, `$1${table}\n$2`));
}
process.exit(0);
