// Which device a model runs on: measured once, remembered, shown, chosen by hand; and on how many cores.

import assert from "node:assert/strict";
import { test } from "node:test";
import { axe, chromium, open, server, withServer } from "./helper.mjs";
import { run } from "./meddle.mjs";

withServer({ webgpu: true });

/** Runs one trial; the device and what the page says about it. */
async function runs(page, device) {
  const [only] = await run(page, server.url, { device, trials: 1 });
  assert.equal(only.state, "done", only.text);
  const ready = page.locator("[data-testid=ready]");
  return [await ready.getAttribute("data-device"), await ready.innerText()];
}

/** What the browser remembers of all models. */
const kept = (page) => page.evaluate(() => Object.entries(localStorage).filter(([key]) => key.startsWith("timed/")));

test("the device that is fastest is measured once, shown with its time, and gives way to a choice by hand", async () => {
  const page = await open(chromium);
  await page.goto(`${server.url}/look`);
  const look = async (device) => {
    await page.selectOption("[data-testid=device]", device);
    await page.click("[data-testid=look]");
    await page.waitForSelector("[data-testid=look]:not([disabled])", { timeout: 600_000 });
    assert.equal(await page.locator("[data-testid=looked]").count(), 3, await page.innerText("main"));
    return page.innerText("[data-testid=ready]");
  };
  assert.match(await look("cpu"), /^Runs on the CPU\. Reference output reproduced, cosine [\d.]+$/);
  assert.deepEqual(await kept(page), [], "a choice by hand measures nothing");
  const said = await look("");
  const memory = await kept(page);
  assert.equal(memory.length, 1);
  const timed = JSON.parse(memory[0][1]);
  const [fastest] = [...timed].sort((a, b) => a.picture_ms - b.picture_ms);
  assert.ok(fastest.device === "cpu" && timed.length === 2, "SwiftShader is slower than the processor");
  const words = { cpu: "CPU", webgpu: "GPU (WebGPU)" };
  const times = timed.map(({ device, picture_ms }) => `${words[device]} ${picture_ms.toFixed(0)} ms`).join(", ");
  assert.ok(said.startsWith("Runs on the CPU.") && said.endsWith(`Time for one picture: ${times}.`), said);
  assert.deepEqual(await axe(page), []);
  assert.deepEqual(page.problems, []);

  // The other page knows it too, and measures no more.
  const [remembered, again] = await runs(page, "");
  assert.equal(remembered, "cpu");
  assert.ok(again.includes(`Time for one picture: ${times}.`), again);
  // What is remembered decides, and the choice by hand goes before it.
  const faster = timed.map((one) => (one.device === "webgpu" ? { ...one, picture_ms: 0.4 } : one));
  await page.evaluate(([key, value]) => localStorage.setItem(key, value), [memory[0][0], JSON.stringify(faster)]);
  const altered = await kept(page);
  const [byHand, ofIt] = await runs(page, "cpu");
  assert.equal(byHand, "cpu");
  assert.doesNotMatch(ofIt, /Time for one picture/);
  assert.deepEqual(await kept(page), altered, "a choice by hand is not kept");
  assert.match(await page.locator("#device-note").innerText(), /A device that you choose is used until you leave this page/);
  await page.reload();
  assert.equal(await page.inputValue("[data-testid=device]"), "");
  const [decided, ofMemory] = await runs(page, "");
  assert.equal(decided, "webgpu");
  assert.match(ofMemory, /\(WebGPU\) 0 ms/);
  await page.context().close();
});

test("as many workers share a model as the memory of its unpacked weights allows", async () => {
  const page = await open(chromium);
  await page.addInitScript(() => Object.defineProperty(Navigator.prototype, "hardwareConcurrency", { value: 2 }));
  const workers = async (facts) => {
    await page.route("**/models/index.json", async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: (await answer.json()).map((model) => ({ ...model, ...facts })) });
    });
    const [only] = await run(page, server.url, { trials: 2 });
    await page.unroute("**/models/index.json");
    assert.equal(only.state, "done", only.text);
    return Number(/(\d+) workers/.exec(only.text)?.[1] ?? 1);
  };
  assert.equal(await workers({}), 2);
  // A file of 4 bits of which two copies fit only packed, and one of 32-bit floats of which two copies fit.
  assert.equal(await workers({ size_bytes: 100e6, unpacked_bytes: 800e6 }), 1);
  assert.equal(await workers({ size_bytes: 400e6, unpacked_bytes: 400e6 }), 2);
  assert.equal(await workers({ size_bytes: 100e6, unpacked_bytes: null }), 1, "a list that does not say is taken for 4 bits");
  await page.context().close();
});
