// The vocabulary of the browser tests: a real server on a fresh database, a real Chromium, rows read back from the server's export.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { chromium as launcher } from "playwright-core";

const bin = process.env.GESTALT_BIN;
const site = process.env.GESTALT_SITE;
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The key of the researcher on every test server. */
export const KEY = "test-researcher-key";

/** A port that was free a moment ago. */
export async function freePort() {
  const probe = createServer();
  probe.listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

/** A new server with an empty database. */
export class Server {
  static async start(options = {}) {
    const server = new Server();
    server.folder = mkdtempSync(join(tmpdir(), "gestalt-e2e-"));
    server.port = await freePort();
    server.site = options.site ?? site;
    server.studies = [join(server.site, "static/studies")];
    if (options.short) server.studies.push(server.shortStudy(options.short, options.tables));
    // Studies of a test's own: their files by path, and the demo's trial set beside them.
    for (const [name, files] of Object.entries(options.studies ?? {})) server.addStudy(name, files);
    await server.up();
    return server;
  }

  /** A study of these files with the demo's trial set. */
  addStudy(name, files) {
    const folder = join(this.folder, "more-studies");
    if (!this.studies.includes(folder)) this.studies.push(folder);
    cpSync(join(this.site, "static/studies/demo/trial-set"), join(folder, name, "trial-set"), { recursive: true });
    for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, name, path), text);
  }

  /** The study `short`: the demo's trial set, but only so many test trials; `tables` is added to its file. */
  shortStudy(trials, tables = "") {
    const folder = join(this.folder, "studies");
    const demo = join(this.site, "static/studies/demo");
    mkdirSync(folder);
    cpSync(demo, join(folder, "short"), { recursive: true });
    // A machine that runs all these tests may lose frames: here that ends no trial.
    const exclude = "[exclude]\ntrial = { noticed_gap_frames = 100 }\n";
    const study = readFileSync(join(demo, "study.toml"), "utf8")
      .replace('name = "demo"', 'name = "short"')
      .replace(/^title = .*$/m, 'title = "A short session"')
      .replace(/^catch = .*$/m, `per_session = ${trials}`);
    writeFileSync(join(folder, "short/study.toml"), study + exclude + tables);
    return folder;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts (again) on the same port and database. */
  async up() {
    const database = `sqlite://${join(this.folder, "rows.sqlite")}`;
    const words = ["serve", "--listen", `127.0.0.1:${this.port}`, "--database", database, "--site", this.site];
    words.push(...this.studies.flatMap((folder) => ["--studies", folder]), "--researcher-key", KEY);
    this.process = spawn(bin, words, { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    const up = new Promise((resolve, reject) => {
      const listen = (chunk) => {
        said += chunk;
        if (said.includes(`127.0.0.1:${this.port}`)) resolve();
      };
      this.process.stdout.on("data", listen);
      this.process.stderr.on("data", listen);
      this.process.on("exit", (code) => reject(new Error(`the server ended with ${code}:\n${said}`)));
    });
    await up;
  }

  /** Ends without a chance to tidy up. */
  async kill() {
    this.process.removeAllListeners("exit");
    const ended = once(this.process, "exit");
    this.process.kill("SIGKILL");
    await ended;
  }

  async stop() {
    if (this.process.exitCode === null && this.process.signalCode === null) await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Every row of the demo study, as the researcher exports them. */
  async rows(study = "demo") {
    const text = await this.exported(`${study}/rows.ndjson`);
    return text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  }

  /** What the researcher gets from below `/api/studies/`. */
  async exported(path) {
    const answer = await fetch(`${this.url}/api/studies/${path}`, { headers: { authorization: `Bearer ${KEY}` } });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`export: ${answer.status} ${text}`);
    return text;
  }
}

/** Chromium, as a machine without a display runs it. WebGPU is SwiftShader's. */
export async function browser({ webgpu = false } = {}) {
  const quiet = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  const graphics = webgpu ? ["--enable-unsafe-webgpu", "--enable-features=Vulkan"] : ["--disable-gpu"];
  return launcher.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", ...quiet, ...graphics],
  });
}

/** What the tests of a file share, once it has called `withServer`. */
export let server, chromium;

/** A server (`short`, `tables`: see there) and a browser (`webgpu`: see there) from before the first test of a file until after its last. */
export function withServer({ short, tables, studies, webgpu } = {}) {
  before(async () => {
    [server, chromium] = await Promise.all([Server.start({ short, tables, studies }), browser({ webgpu })]);
  });
  after(async () => {
    await chromium.close();
    await server.stop();
  });
}

/** A page whose errors fail the test that looks at `page.problems`. */
export async function open(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  page.problems = [];
  page.on("pageerror", (error) => page.problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") page.problems.push(message.text());
  });
  return page;
}

/** Serious and critical findings of axe. */
export async function axe(page) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
}

/** Waits until the trial screen is in one of these phases; its name. */
export async function phase(page, ...names) {
  const selector = names.map((name) => `[data-phase="${name}"]`).join(",");
  const handle = await page.waitForSelector(selector, { state: "attached", timeout: 60_000 });
  return handle.getAttribute("data-phase");
}

/** Begins a session as a person does. */
export async function begin(page, server, study = "demo", { fullScreen = false } = {}) {
  await page.goto(`${server.url}/study/${study}`);
  await page.setChecked("[data-testid=full-screen]", fullScreen);
  await page.click("[data-testid=start]");
  await phase(page, "break");
}

/**
 * Goes through a session with the keyboard. `answer(page, trial)` is called once for every triplet, counted from 1, while it
 * is seen; it presses a key or does something worse. Ends at the last page, or when `answer` returns "stop".
 */
export async function takeSession(page, answer) {
  for (let trial = 0; ; ) {
    const now = await page
      .waitForSelector('[data-phase="break"],[data-phase="pause"],[data-phase="triplet"],[data-testid=saved]', { state: "attached" })
      .then((element) => element.getAttribute("data-phase"));
    if (now === null) return;
    if (now === "triplet") {
      trial += 1;
      if ((await answer(page, trial)) === "stop") return;
    } else {
      // Pictures of the next block may still be on their way.
      await page.waitForSelector("[data-testid=continue]:enabled");
      await page.keyboard.press("Space");
    }
    // Polled in every animation frame: the phase lasts as long as the trial says.
    await page.waitForFunction((was) => document.querySelector("[data-phase]")?.dataset.phase !== was, now);
  }
}

/** A person's reaction time in milliseconds, above the study's minimum, below which a press does not count. */
const REACTION_TIME_MS = 200;

/** Waits in the page's frames for as long as a person takes to react. */
export const react = (page) =>
  page.evaluate((reactionTimeMs) => new Promise((done) => {
    const start = performance.now();
    const frame = () => (performance.now() - start >= reactionTimeMs ? done() : requestAnimationFrame(frame));
    requestAnimationFrame(frame);
  }), REACTION_TIME_MS);

/** Any of the three keys, another one for every trial, as quickly as a person presses it. */
export async function pressAnyKey(page, trial) {
  await react(page);
  await page.keyboard.press(String((trial % 3) + 1));
}

/** Waits for the last page to say so: `saved`, `waiting`, `kept`, … */
export async function savedState(page, state) {
  await page.waitForSelector(`[data-testid=saved][data-state=${state}]`, { timeout: 60_000 });
}
