// A worker that dies, in any way, is named; what it had answered stays, and the next model gets another worker.

import assert from "node:assert/strict";
import { test } from "node:test";
import { chromium, open, server } from "./helper.mjs";
import { choose, pressRun, proxy, rowsOf, run, runEnd, withProxy } from "./meddle.mjs";

withProxy();

/** In the worker: calls `then(folder)` after its answer of this number; the folder is that of the model it holds. */
const afterAnswer = (number, then) => `
  const post = self.postMessage;
  let answered = 0;
  let folder;
  self.addEventListener("message", ({ data }) => (folder = JSON.parse(data).folder ?? folder));
  self.postMessage = (message) => {
    post.call(self, message);
    if (String(message).includes('"reply":"answered"') && ++answered === ${number}) (${then})(folder);
  };
`;

/** The rows of a model that was cut off and of one that was not. */
function assertKept(rows, whole) {
  const of = (observer) => rows.filter((row) => row.observer === observer).length;
  const [one, other] = [...new Set(rows.map((row) => row.observer))].map(of).sort((a, b) => a - b);
  assert.ok(one >= 2 && one < whole && other === whole, `${one} and ${other} rows`);
  assert.ok(rows.every((row) => row.reference_output_reproduced && row.outcome === "answered"));
}

test("an error that ends a worker is given in its words", async () => {
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
          this.dispatchEvent(new ErrorEvent("error", { message: "killed by the test" }));
          this.terminate();
        });
      }
    };
  });
  const [first, second] = await run(page, proxy.url, { trials: 8, models: 2 });
  assert.equal(first.state, "stopped", first.text);
  assert.match(first.text, /killed by the test/);
  assert.equal(second.state, "done", second.text);
  assertKept(await rowsOf([first, second], server, before), 8);
  await page.context().close();
});

test("a worker that is gone without a word is missed at once", async () => {
  const before = (await server.rows()).length;
  const page = await open(chromium);
  // Every worker of the first model ends itself: no event says so.
  const [{ name }] = await (await fetch(`${server.url}/models/index.json`)).json();
  proxy.sabotageWorker(afterAnswer(2, `(folder) => folder.endsWith("/${name}/") && self.close()`));
  await choose(page, proxy.url, { trials: 8, models: 2 });
  await page.click("[data-testid=run]");
  // The page gives up on silence only after five minutes, this test after four.
  const [first, second] = await runEnd(page, 2);
  assert.equal(first.state, "stopped", first.text);
  assert.match(first.text, /the browser ended it without a word/);
  assert.match(first.text, /Its [2-4] answers before that are kept/);
  assert.equal(second.state, "done", second.text);
  assertKept(await rowsOf([first, second], server, before), 8);
  await page.context().close();
});

test("where the browser has no locks, five minutes of silence are taken for death", async () => {
  const noLocks = (prototype) => `Object.defineProperty(${prototype}, "locks", { value: undefined });`;
  const page = await open(chromium);
  await page.addInitScript(noLocks("Navigator.prototype"));
  await page.clock.install();
  proxy.sabotageWorker(noLocks("WorkerNavigator.prototype") + afterAnswer(1, "() => self.close()"));
  await choose(page, proxy.url, { trials: 8 });
  await page.click("[data-testid=run]");
  await page.waitForSelector("[data-state=answering] progress:not([value='0'])");
  await page.clock.runFor("04:00");
  assert.equal(await page.locator("[data-state=answering]").count(), 1, "four minutes may be a long trial");
  await page.clock.runFor("01:10");
  const [silent] = await runEnd(page);
  assert.equal(silent.state, "stopped", silent.text);
  assert.match(silent.text, /it said nothing for 300 s/);
  proxy.sabotageWorker(noLocks("WorkerNavigator.prototype"));
  const [whole] = await pressRun(page);
  assert.equal(whole.state, "done", whole.text);
  await page.context().close();
});

test("a worker that runs out of memory says so, and the next one with enough of it works", async () => {
  // The wasm file's own limit: a number of 64 KiB pages above those it starts with, which is less than the weights take.
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
  proxy.sabotageWorker(`
    WebAssembly.instantiateStreaming = async (response, imports) => {
      const bytes = new Uint8Array(await (await response).arrayBuffer());
      return WebAssembly.instantiate((${cap})(bytes, 80), imports);
    };
  `);
  const before = (await server.rows()).length;
  const page = await open(chromium);
  const [only] = await run(page, proxy.url);
  assert.equal(only.state, "stopped", only.text);
  assert.match(only.text, /ran out of memory with \d+ MB in use/);
  assert.match(only.text, /It gave no answers/);
  assert.equal((await rowsOf([only], server, before)).length, 0);
  proxy.leaveAlone();
  const [again] = await pressRun(page);
  assert.equal(again.state, "done", again.text);
  await page.context().close();
});

test("a fault that is not for want of memory is not called so", async () => {
  const trap = "() => Promise.reject(new WebAssembly.RuntimeError('unreachable'))";
  proxy.sabotageWorker(afterAnswer(1, trap));
  const page = await open(chromium);
  const [only] = await run(page, proxy.url);
  assert.equal(only.state, "stopped", only.text);
  assert.match(only.text, /a fault in its own code \(unreachable\)/);
  assert.doesNotMatch(only.text, /ran out of memory/);
  await page.context().close();
});
