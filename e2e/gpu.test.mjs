// A GPU that is lost, runs out of memory or computes nothing: reported, replaced, and no wrong row.

import assert from "node:assert/strict";
import { test } from "node:test";
import { chromium, open, server } from "./helper.mjs";
import { pressRun, proxy, rowsOf, run, withProxy } from "./meddle.mjs";
import { difference, native } from "./native.mjs";

withProxy({ webgpu: true });

/** This many new rows of one device equal those of the command line. */
async function assertRows(ended, before, count, device, fellBackFrom = null) {
  const rows = await rowsOf([ended], server, before);
  assert.equal(rows.length, count);
  for (const row of rows) {
    assert.deepEqual([row.device, row.fell_back_from, row.reference_output_reproduced], [device, fellBackFrom, true]);
  }
  assert.ok(difference(rows, native(rows[0].observer, server.folder)) < 1e-3);
  return before + count;
}

test("one that is lost in the middle is said at once; the row before is right, and so is every one of the next runs", async () => {
  // The device goes away as soon as the worker has given its first answer.
  proxy.sabotageWorker(`
    const asked = GPUAdapter.prototype.requestDevice, post = self.postMessage;
    let device;
    GPUAdapter.prototype.requestDevice = async function (...words) { return (device = await asked.apply(this, words)); };
    self.postMessage = function (message) {
      post.call(self, message);
      if (String(message).includes('"reply":"answered"')) device.destroy();
    };
  `);
  let before = (await server.rows()).length;
  const page = await open(chromium);
  const [only] = await run(page, proxy.url, { device: "webgpu", trials: 2 });
  assert.equal(only.state, "stopped", only.text);
  assert.match(only.text, /choose the CPU/);
  before = await assertRows(only, before, 1, "webgpu");
  proxy.leaveAlone();
  for (const device of ["cpu", "webgpu"]) {
    await page.selectOption("[data-testid=device]", device);
    const [again] = await pressRun(page);
    assert.equal(again.state, "done", again.text);
    before = await assertRows(again, before, 2, device);
  }
  await page.context().close();
});

test("one without the memory for a model is named, and the processor takes over", async () => {
  // What a browser does: the buffer is invalid, and the device says why.
  proxy.sabotageWorker(`
    const whole = GPUDevice.prototype.createBuffer;
    GPUDevice.prototype.createBuffer = function (wanted) {
      if (wanted.size < 100_000) return whole.call(this, wanted);
      this.pushErrorScope("validation");
      const invalid = whole.call(this, { ...wanted, size: 2 ** 50 });
      this.popErrorScope();
      const error = new GPUOutOfMemoryError("no room for a buffer");
      this.queue.onSubmittedWorkDone().then(() => this.dispatchEvent(new GPUUncapturedErrorEvent("uncapturederror", { error })));
      return invalid;
    };
  `);
  const before = (await server.rows()).length;
  const page = await open(chromium);
  const [only] = await run(page, proxy.url, { device: "webgpu" });
  assert.equal(only.state, "done", only.text);
  assert.match(await page.textContent("[data-testid=model-row] details"), /out of memory/i);
  await assertRows(only, before, 3, "cpu", "webgpu");
  await page.context().close();
});

test("one whose shaders are dead for three pictures, but not for one, does not reproduce the reference output", async () => {
  // A shader that fails validation is only logged, and its dispatch skipped. What is written to the device says how many pictures come.
  proxy.sabotageWorker(`
    const one = 3 * 64 * 64 * 4, write = GPUQueue.prototype.writeBuffer;
    let [alive, dead] = [false, false];
    GPUQueue.prototype.writeBuffer = function (...words) {
      const size = words[4] ?? words[2].byteLength;
      alive ||= size === one;
      dead ||= alive && size === 3 * one;
      return write.apply(this, words);
    };
    const dispatch = GPUComputePassEncoder.prototype.dispatchWorkgroups;
    GPUComputePassEncoder.prototype.dispatchWorkgroups = function (...words) {
      if (!dead) dispatch.apply(this, words);
    };
  `);
  const before = (await server.rows()).length;
  const page = await open(chromium);
  const [only] = await run(page, proxy.url, { device: "webgpu" });
  assert.equal(only.state, "done", only.text);
  assert.match(await page.textContent("[data-testid=model-row] details"), /reference output in a batch of 3, 0\.990 is required/);
  await assertRows(only, before, 3, "cpu", "webgpu");
  await page.context().close();
});
