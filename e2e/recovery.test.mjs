// What goes wrong while a model computes is said, costs no row and ends no other model: broken downloads, dead workers, a lost GPU.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request } from "node:http";
import { after, before, test } from "node:test";
import { Server, browser, open } from "./helper.mjs";

const weights = /\/weights\.bpk$/;
let server, chromium, proxy;

/** Stands between browser and server; `meddle(incoming, outgoing, answer)` may take an answer over by returning true. */
class Proxy {
  static async start(target) {
    const proxy = new Proxy();
    proxy.meddle = () => false;
    proxy.asked = [];
    proxy.http = createServer((incoming, outgoing) => {
      proxy.asked.push({ path: incoming.url, range: incoming.headers.range });
      const on = { host: "127.0.0.1", port: target.port, path: incoming.url, method: incoming.method, headers: incoming.headers };
      const forward = request(on, (answer) => {
        if (proxy.meddle(incoming, outgoing, answer)) return;
        outgoing.writeHead(answer.statusCode, answer.headers);
        answer.pipe(outgoing);
      });
      forward.on("error", () => outgoing.destroy());
      incoming.pipe(forward);
    });
    proxy.http.listen(0, "127.0.0.1");
    await once(proxy.http, "listening");
    return proxy;
  }

  get url() {
    return `http://127.0.0.1:${this.http.address().port}`;
  }

  weightsAsked() {
    return this.asked.filter(({ path }) => weights.test(path));
  }
}

before(async () => {
  [server, chromium] = await Promise.all([Server.start(), browser({ webgpu: true })]);
  proxy = await Proxy.start(server);
});
after(async () => {
  await chromium.close();
  proxy.http.close();
  await server.stop();
});

/** Lets the chosen number of models take a few trials; the state and the text of each row once all have ended. */
async function run(page, { device = "cpu", trials = 3, models = 1 } = {}) {
  await page.goto(`${proxy.url}/models?trials=${trials}`);
  await page.selectOption("[data-testid=device]", device);
  for (const box of (await page.$$("[data-testid=model-row] input")).slice(models)) await box.uncheck();
  await page.click("[data-testid=run]");
  const ended = "[data-testid=model-row]:is([data-state=done],[data-state=stopped])";
  await page.waitForFunction(([ended, models]) => document.querySelectorAll(ended).length === models, [ended, models], { timeout: 240_000 });
  return page.$$eval(ended, (rows) => rows.map((row) => ({ state: row.dataset.state, text: row.innerText })));
}

/** Every row that has arrived since `before`, once the page has nothing left to send. */
async function rowsAfter(page, before) {
  await page.waitForFunction(() => document.querySelector("[data-testid=outbox]")?.dataset.waiting !== "1", null);
  return (await server.rows()).slice(before);
}

test("a download that breaks off is taken up where it broke, and is not repeated at the next visit", async () => {
  const page = await open(chromium);
  let broken = 0;
  proxy.meddle = (incoming, outgoing, answer) => {
    if (broken > 0 || !weights.test(incoming.url)) return false;
    broken = Math.floor(Number(answer.headers["content-length"]) / 2);
    assert.ok(broken > 0, "weights have a length");
    outgoing.writeHead(answer.statusCode, answer.headers);
    let sent = 0;
    answer.on("data", (piece) => {
      const rest = piece.subarray(0, broken - sent);
      sent += rest.length;
      outgoing.write(rest, () => sent >= broken && outgoing.destroy());
    });
    return true;
  };
  const [first] = await run(page);
  assert.equal(first.state, "done", first.text);
  const ranges = proxy.weightsAsked().map(({ range }) => range);
  // Whole only once: the rest is taken up (by the browser's own cache in two requests), and the second worker finds all in the store.
  const [whole, ...taken] = ranges;
  const starts = taken.map((range) => Number(/^bytes=(\d+)-/.exec(range)?.[1]));
  const isRest = (start) => start > 0 && start <= broken;
  assert.ok(whole === undefined && starts.length > 0 && starts.every(isRest), `broken at ${broken}: ${JSON.stringify(ranges)}`);

  proxy.asked = [];
  const [second] = await run(page);
  assert.equal(second.state, "done", second.text);
  assert.deepEqual(proxy.weightsAsked(), [], "the browser has kept the weights");
  await page.context().close();
});

test("a worker that dies is named, what it had answered stays, and the next model gets another worker", async () => {
  proxy.meddle = () => false;
  const before = (await server.rows()).length;
  const page = await open(chromium);
  // The first worker dies after its second answer.
  await page.addInitScript(() => {
    const Whole = window.Worker;
    let died = false;
    window.Worker = class extends Whole {
      constructor(...words) {
        super(...words);
        let answered = 0;
        this.addEventListener("message", ({ data }) => {
          answered += Number(String(data).includes('"reply":"answered"'));
          if (answered < 2 || died) return;
          died = true;
          this.terminate();
          this.dispatchEvent(new ErrorEvent("error", { message: "killed by the test" }));
        });
      }
    };
  });
  const [first, second] = await run(page, { trials: 8, models: 2 });
  assert.equal(first.state, "stopped", first.text);
  assert.match(first.text, /killed by the test/);
  assert.equal(second.state, "done", second.text);
  const rows = await rowsAfter(page, before);
  const of = (observer) => rows.filter((row) => row.observer === observer).length;
  const [one, other] = [...new Set(rows.map((row) => row.observer))].map(of).sort((a, b) => a - b);
  assert.ok(one >= 2 && one < 8 && other === 8, `${one} and ${other} rows`);
  assert.ok(rows.every((row) => row.reading.known_answer_passed && row.outcome === "answered"));
  await page.context().close();
});

/** Puts a script before the worker's own. */
function sabotageWorker(script) {
  proxy.meddle = (incoming, outgoing, answer) => {
    if (!incoming.url.endsWith("gestalt-worker_loader.js")) return false;
    const { "content-length": _, "content-encoding": __, ...headers } = answer.headers;
    outgoing.writeHead(200, headers);
    outgoing.write(script);
    answer.pipe(outgoing);
    return true;
  };
}

test("a GPU that is lost in the middle is said at once, and no row comes from it", async () => {
  // Into the worker's own script: the device goes away as soon as the worker has given its first answer.
  const sabotage = `
    const asked = GPUAdapter.prototype.requestDevice, post = self.postMessage;
    let device;
    GPUAdapter.prototype.requestDevice = async function (...words) { return (device = await asked.apply(this, words)); };
    self.postMessage = function (message) {
      post.call(self, message);
      if (String(message).includes('"reply":"answered"')) device.destroy();
    };
  `;
  sabotageWorker(sabotage);
  const before = (await server.rows()).length;
  const page = await open(chromium, { extraHTTPHeaders: { "accept-encoding": "identity" } });
  const [only] = await run(page, { device: "webgpu", trials: 3 });
  assert.equal(only.state, "stopped", only.text);
  assert.match(only.text, /choose the processor/);
  const rows = await rowsAfter(page, before);
  assert.equal(rows.length, 1, "the answer that was given before");
  assert.ok(rows[0].reading.distances.every((distance) => distance > 0));
  await page.context().close();
});

test("a worker that runs out of memory says so, and the next one with enough of it works", async () => {
  // The wasm file's own limit: so many pages of 64 KiB more than it starts with, which is less than the weights take.
  const cap = (bytes, more) => {
    const number = (at) => {
      let [value, shift] = [0, 0];
      for (; ; at++, shift += 7) {
        value |= (bytes[at] & 127) << shift;
        if (bytes[at] < 128) return [value, at + 1];
      }
    };
    const written = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...written(value >> 7)]);
    for (let at = 8; at < bytes.length; ) {
      const [size, start] = number(at + 1);
      if (bytes[at] === 5) {
        const [least] = number(start + 2);
        const section = [1, 1, ...written(least), ...written(least + more)];
        return new Uint8Array([...bytes.slice(0, at), 5, ...written(section.length), ...section, ...bytes.slice(start + size)]);
      }
      at = start + size;
    }
  };
  sabotageWorker(`
    WebAssembly.instantiateStreaming = async (response, imports) => {
      const bytes = new Uint8Array(await (await response).arrayBuffer());
      return WebAssembly.instantiate((${cap})(bytes, 80), imports);
    };
  `);
  const before = (await server.rows()).length;
  const page = await open(chromium, { extraHTTPHeaders: { "accept-encoding": "identity" } });
  const [only] = await run(page);
  assert.equal(only.state, "stopped", only.text);
  assert.match(only.text, /ran out of memory/);
  assert.equal((await rowsAfter(page, before)).length, 0);
  await page.context().close();
  // Another profile: this one keeps the worker's script.
  proxy.meddle = () => false;
  const other = await open(chromium);
  const [again] = await run(other);
  assert.equal(again.state, "done", again.text);
  await other.context().close();
});

test("a tab in the background, frozen and woken, goes on and gives every row once", async () => {
  const before = (await server.rows()).length;
  const page = await open(chromium);
  await page.goto(`${proxy.url}/models?trials=30`);
  await page.selectOption("[data-testid=device]", "cpu");
  for (const box of (await page.$$("[data-testid=model-row] input")).slice(1)) await box.uncheck();
  await page.click("[data-testid=run]");
  await page.waitForSelector("[data-state=answering]");
  const front = await page.context().newPage();
  await front.goto(`${proxy.url}/`);
  await front.bringToFront();
  const protocol = await page.context().newCDPSession(page);
  for (const state of ["frozen", "active"]) await protocol.send("Page.setWebLifecycleState", { state });
  await page.waitForSelector("[data-state=done]", { timeout: 240_000 });
  const rows = await rowsAfter(page, before);
  assert.equal(rows.length, 30);
  assert.equal(new Set(rows.map((row) => row.trial)).size, 30);
  await page.context().close();
});

test("the device that was fastest is remembered, and a choice by hand goes before it", async () => {
  proxy.meddle = () => false;
  const page = await open(chromium);
  const timed = async (device) => {
    const [only] = await run(page, { device, trials: 1 });
    assert.equal(only.state, "done", only.text);
    return page.evaluate(() => Object.entries(localStorage).filter(([key]) => key.startsWith("timed/")));
  };
  assert.deepEqual(await timed("cpu"), [], "a choice by hand measures nothing");
  const kept = await timed("");
  assert.equal(kept.length, 1);
  const [fastest] = JSON.parse(kept[0][1]).sort((a, b) => a.picture_ms - b.picture_ms);
  assert.equal(fastest.device, "cpu", "SwiftShader is slower than the processor");
  assert.deepEqual(await timed(""), kept, "measured once");
  await page.context().close();
});
