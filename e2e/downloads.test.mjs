// A model's download: how far it is, a connection that breaks, a file that is not what its card names.

import assert from "node:assert/strict";
import { test } from "node:test";
import { axe, chromium, open, server } from "./helper.mjs";
import { choose, pressRun, proxy, run, runEnd, weights, withProxy } from "./meddle.mjs";

withProxy();

/** Lets the first half of the weights through; the rest follows when the function that comes back is called. */
function holdWeights() {
  let letGo;
  const held = new Promise((resolve) => (letGo = resolve));
  proxy.halve(weights, (outgoing, rest) => held.then(() => outgoing.end(rest)));
  return letGo;
}

/** Waits until the page shows that half of the weights are here; the bar as assistive technology has it. */
async function halfWay(page) {
  const bar = page.getByRole("progressbar", { name: /^downloading \d+\.\d MB$/ });
  await bar.and(page.locator("[value^='0.49'],[value^='0.5']")).waitFor();
  return bar;
}

test("how much of a model is here is a progress bar with a name", async () => {
  const letGo = holdWeights();
  const page = await open(chromium);
  await choose(page, proxy.url);
  await page.click("[data-testid=run]");
  const bar = await halfWay(page);
  const [value, most] = await bar.evaluate((bar) => [bar.value, bar.max]);
  assert.ok(most === 1 && Math.abs(value - 0.5) < 1e-3, `${value} of ${most}`);
  assert.deepEqual(await axe(page), []);
  letGo();
  const [only] = await runEnd(page);
  assert.equal(only.state, "done", only.text);
  await page.context().close();
});

test("an hour of sleep during a download is not taken for the worker's death", async () => {
  const letGo = holdWeights();
  const page = await open(chromium);
  await page.clock.install();
  await choose(page, proxy.url);
  await page.click("[data-testid=run]");
  await halfWay(page);
  // What was due meanwhile is due at once, as on a machine that wakes.
  await page.clock.fastForward("01:00:00");
  letGo();
  const [only] = await runEnd(page);
  assert.equal(only.state, "done", only.text);
  await page.context().close();
});

test("a download that breaks off is taken up where it broke, and is not repeated at the next visit", async () => {
  proxy.asked = [];
  const page = await open(chromium);
  let half = 0;
  proxy.halve(weights, (outgoing, rest) => {
    half = rest.length;
    proxy.leaveAlone();
    outgoing.destroy();
  });
  const [first] = await run(page, proxy.url);
  assert.equal(first.state, "done", first.text);
  const ranges = proxy.weightsAsked().map(({ range }) => range);
  // Whole only once: the rest is taken up (by the browser's own cache in two requests), and the second worker finds all in the store.
  const [whole, ...taken] = ranges;
  const starts = taken.map((range) => Number(/^bytes=(\d+)-/.exec(range)?.[1]));
  const isRest = (start) => start > 0 && start <= half;
  assert.ok(whole === undefined && starts.length > 0 && starts.every(isRest), `broken at ${half}: ${JSON.stringify(ranges)}`);

  proxy.asked = [];
  const [second] = await run(page, proxy.url);
  assert.equal(second.state, "done", second.text);
  assert.deepEqual(proxy.weightsAsked(), [], "the browser has kept the weights");
  await page.context().close();
});

test("weights of which one bit is another are refused by their hash, and not kept", async () => {
  const page = await open(chromium);
  await page.context().route("**/weights.bpk", async (route) => {
    const answer = await route.fetch();
    const body = await answer.body();
    body[body.length >> 1] ^= 1;
    await route.fulfill({ response: answer, body });
  });
  proxy.sabotageWorker(`
    Cache.prototype.put = () => self.postMessage(JSON.stringify({ reply: "broken", message: "a wrong file was kept" }));
  `);
  const [refused] = await run(page, proxy.url);
  assert.equal(refused.state, "stopped", refused.text);
  assert.match(refused.text, /weights\.bpk is not the file that its card names: its SHA-256 is [0-9a-f]{64}, not [0-9a-f]{64}/);
  assert.match(refused.text, /It gave no answers/);
  await page.context().unroute("**/weights.bpk");
  proxy.leaveAlone();
  const [whole] = await pressRun(page);
  assert.equal(whole.state, "done", whole.text);
  await page.context().close();
});
