// What a model sees, as the page draws it: the same maps as the command line's, from trials and from one's own pictures.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
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
  // The sheet has squares of 224 px, 8 px apart; the first is the picture itself.
  const across = Math.sqrt((await maps(page, 1))[0].length / 4);
  const tile = async (row, column) => {
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
      const native = await tile(picture - 1, 1 + place);
      const apart = map.map((value, at) => Math.abs(value - native[at]));
      // Two ways of computing the same: rounding may fall on either side of a byte.
      assert.ok(Math.max(...apart) <= 2, `picture ${picture}, map ${place}: ${Math.max(...apart)} apart`);
      assert.ok(new Set(map).size > 8, "a map that is the same everywhere shows nothing");
    }
  }
  assert.deepEqual(page.problems, []);
});

test("a file that is no picture is named, and the next look works", async () => {
  const page = await open(chromium);
  await page.goto(`${server.url}/look`);
  await page.setInputFiles("[data-testid=look-own]", { name: "x.png", mimeType: "image/png", buffer: Buffer.from("not a picture") });
  await page.click("[data-testid=look]");
  await page.waitForSelector(".notice.trouble", { timeout: 120_000 });
  assert.match(await page.innerText(".notice.trouble"), /is not a JPEG, PNG or WebP picture/);
  await page.setInputFiles("[data-testid=look-own]", []);
  assert.equal(await look(page), 3);
});
