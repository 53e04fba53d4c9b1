// What a model sees, as the page draws it: the same maps as the command line's, from trials and from one's own pictures.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join, parse } from "node:path";
import { test } from "node:test";
import { axe, chromium, open, server, withServer } from "./helper.mjs";

const root = join(import.meta.dirname, "..");
const images = join(root, "static/studies/demo/trial-set/images");

withServer();

/** Presses the button; the number of pictures that are drawn then. */
async function look(page) {
  await page.click("[data-testid=look]");
  await page.waitForSelector("[data-testid=looked], .notice.trouble", { timeout: 120_000 });
  assert.equal(await page.locator(".notice.trouble").count(), 0, await page.innerText("main"));
  return page.locator("[data-testid=looked]").count();
}

/** The pixels of one picture's maps: red, green, blue, opacity of each patch. */
const maps = (page, picture) =>
  page.$$eval(
    `[data-testid=looked]:nth-child(${picture}) canvas`,
    (all) => all.map((canvas) => [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]),
  );

test("a trial's pictures, then one's own at another layer, as the command line draws them", async () => {
  const page = await open(chromium);
  await page.goto(`${server.url}/look`);
  assert.equal(await look(page), 3);
  assert.deepEqual(await axe(page), []);
  const ofTrial = await maps(page, 1);
  assert.ok(ofTrial.length > 1, "colours and at least one head");

  await page.selectOption("[data-testid=look-model]", { label: "scene-mae-s8" });
  await page.selectOption("[data-testid=look-layer]", "blocks.2.patches");
  const own = readdirSync(images).sort().slice(0, 2).map((name) => join(images, name));
  await page.setInputFiles("[data-testid=look-own]", own);
  assert.equal(await look(page), 2);
  assert.equal(await page.inputValue("[data-testid=look-layer]"), "blocks.2.patches");

  const sheet = join(server.folder, "look.png");
  const words = ["models", "look", join(root, "models/scene-mae-s8"), "--layer", "blocks.2.patches", "--out", sheet, ...own];
  execFileSync(process.env.GESTALT_BIN, words);
  // The sheet has squares of 224 px, 8 px apart.
  const tile = async (row, column, across) => {
    const bytes = `data:image/png;base64,${execFileSync("base64", ["-w0", sheet])}`;
    return page.evaluate(
      async ([bytes, row, column, across]) => {
        const picture = await createImageBitmap(await (await fetch(bytes)).blob());
        const canvas = new OffscreenCanvas(picture.width, picture.height);
        const context = canvas.getContext("2d");
        context.drawImage(picture, 0, 0);
        const middle = (place) => Math.floor(((place + 0.5) * 224) / across);
        const pixels = [];
        for (let y = 0; y < across; y++)
          for (let x = 0; x < across; x++)
            pixels.push(...context.getImageData(column * 232 + middle(x), row * 232 + middle(y), 1, 1).data);
        return pixels;
      },
      [bytes, row, column, across],
    );
  };
  for (const picture of [1, 2]) {
    const drawn = await maps(page, picture);
    for (const [place, map] of drawn.entries()) {
      const native = await tile(picture - 1, place, Math.sqrt(map.length / 4));
      const apart = map.map((value, at) => Math.abs(value - native[at]));
      // Two ways of computing the same: rounding may fall on either side of a byte.
      assert.ok(Math.max(...apart) <= 2, `picture ${picture}, map ${place}: ${Math.max(...apart)} apart`);
      assert.ok(new Set(map).size > 8, "a map that is the same everywhere shows nothing");
    }
  }
  assert.deepEqual(page.problems, []);
});

const fixtures = join(root, "src/images/fixtures/photographs");
/** Each fixture with the picture that other software sees in it, stored plainly. */
const twins = readdirSync(fixtures)
  .filter((name) => statSync(join(fixtures, name)).isFile())
  .map((name) => [join(fixtures, name), join(fixtures, "expected", `${parse(name).name}.png`)]);
/** Colours at half the resolution, which decoders stretch differently. */
const halved = (path) => ["progressive-420", "lossy", "lossy-alpha"].includes(parse(path).name);

/** Pearson's r. */
function correlation(a, b) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const sum = (f) => a.reduce((so, value, at) => so + f(value - meanA, b[at] - meanB), 0);
  return sum((x, y) => x * y) / Math.sqrt(sum((x) => x * x) * sum((_, y) => y * y));
}

test("a tagged file is given to the model, and shown, as its plain twin", async () => {
  const page = await open(chromium);
  await page.goto(`${server.url}/look`);
  assert.equal(twins.length, 63);
  for (let at = 0; at < twins.length; at += 3) {
    const some = twins.slice(at, at + 3);
    await page.setInputFiles("[data-testid=look-own]", some.flat());
    assert.equal(await look(page), some.flat().length);
    for (const [place, [tagged]] of some.entries()) {
      const [[given], [plain]] = [await maps(page, 2 * place + 1), await maps(page, 2 * place + 2)];
      const r = correlation(given, plain);
      assert.ok(r >= (halved(tagged) ? 0.99 : 0.9999), `${tagged}: ${r}`);
    }
  }
  assert.deepEqual(page.problems, []);
});

test("the features of a tagged file are those of its plain twin", async () => {
  const page = await open(chromium);
  await page.goto(`${server.url}/look`);
  await look(page);
  const script = page.workers().map((worker) => worker.url()).find((url) => url.includes("gestalt-worker"));
  await page.evaluate(async (script) => {
    const worker = new Worker(script, { type: "module", name: "of-the-test" });
    const reply = () =>
      new Promise((resolve) => worker.addEventListener("message", ({ data }) => resolve(JSON.parse(data)), { once: true }));
    window.ask = async (request) => {
      worker.postMessage(JSON.stringify(request));
      for (;;) {
        const said = await reply();
        if (!["downloading", "preparing"].includes(said.reply)) return said;
      }
    };
    await reply();
  }, script);
  const folder = `${server.url}/models/scene-mae-s8/`;
  const loaded = await page.evaluate((folder) => window.ask({ request: "load", folder, device: "cpu", rule: "mean_distance" }), folder);
  assert.equal(loaded.reply, "loaded", JSON.stringify(loaded));
  const other = join(fixtures, "expected/grey.png");
  let compared = 0;
  for (const [tagged, plain] of twins) {
    const files = [tagged, plain, other].map((path) => readFileSync(path));
    const hashes = files.map((bytes) => createHash("sha256").update(bytes).digest("hex"));
    const answer = await page.evaluate(
      ([files, hashes]) => {
        const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
        const images = files.map((text) => URL.createObjectURL(new Blob([bytes(text)])));
        return window.ask({ request: "answer", images, hashes });
      },
      [files.map((bytes) => bytes.toString("base64")), hashes],
    );
    assert.equal(answer.reply, "answered", `${tagged}: ${JSON.stringify(answer)}`);
    // One minus Pearson's r of the features.
    const [apart] = answer.readout.distances;
    assert.ok(apart <= 0.0001, `${tagged}: r is ${1 - apart}`);
    compared += 1;
  }
  assert.equal(compared, 63);
});

test("a file that is no picture is named, the others are shown, and the next look works", async () => {
  const page = await open(chromium);
  await page.goto(`${server.url}/look`);
  const broken = { name: "holiday.png", mimeType: "image/png", buffer: Buffer.from("not a picture") };
  await page.setInputFiles("[data-testid=look-own]", broken);
  await page.click("[data-testid=look]");
  await page.waitForSelector(".notice.trouble", { timeout: 120_000 });
  assert.match(await page.innerText(".notice.trouble"), /holiday\.png: is not a JPEG, PNG or WebP picture/);
  const whole = { name: "without-an-ending", mimeType: "", buffer: readFileSync(join(fixtures, "no-ending")) };
  await page.setInputFiles("[data-testid=look-own]", [broken, whole]);
  await page.click("[data-testid=look]");
  await page.waitForSelector("[data-testid=looked]");
  assert.match(await page.innerText(".notice.trouble"), /holiday\.png/);
  assert.equal(await page.innerText("[data-testid=looked] h3"), "without-an-ending");
  assert.match(await page.innerText("main"), /1 file whose ending does not name the format inside/);
  await page.setInputFiles("[data-testid=look-own]", []);
  assert.equal(await look(page), 3);
});
