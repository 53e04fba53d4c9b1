// What Chromium shows of a picture file is what our reader reads in it: both are held to the same plain twin of each
// (the reader by src/images/tests/photographs.rs).

import assert from "node:assert/strict";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join, parse } from "node:path";
import { after, before, test } from "node:test";
import { browser, open } from "./helper.mjs";

const fixtures = join(import.meta.dirname, "../src/images/fixtures/photographs");
const names = readdirSync(fixtures).filter((name) => statSync(join(fixtures, name)).isFile());

let chromium, page;
before(async () => {
  chromium = await browser();
  page = await open(chromium);
});
after(() => chromium.close());

/** Chromium waits for more of these before it draws the last eight lines; the reader has them all. */
const lastLinesMissing = ["no-end-marker.jpg", "half-end-marker.jpg"];

/** The pixels that an `<img>` shows of a file, over mid-grey: width, height and bytes of red, green, blue. */
const shown = (path) =>
  page.evaluate(async (text) => {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const picture = new Image();
    picture.src = URL.createObjectURL(new Blob([bytes]));
    await picture.decode();
    const { naturalWidth: width, naturalHeight: height } = picture;
    const context = new OffscreenCanvas(width, height).getContext("2d");
    context.fillStyle = "rgb(128 128 128)";
    context.fillRect(0, 0, width, height);
    context.drawImage(picture, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    return { width, height, rgb: [...data].filter((_, at) => at % 4 < 3) };
  }, readFileSync(path).toString("base64"));

test("each file looks as its plain twin", async () => {
  assert.equal(names.length, 63);
  const wrong = [];
  for (const name of names) {
    const own = await shown(join(fixtures, name));
    const twin = await shown(join(fixtures, "expected", `${parse(name).name}.png`));
    assert.deepEqual([own.width, own.height], [twin.width, twin.height], name);
    const lines = own.height - (lastLinesMissing.includes(name) ? 8 : 0);
    const apart = own.rgb.slice(0, 3 * own.width * lines).map((value, at) => Math.abs(value - twin.rgb[at]));
    const mean = apart.reduce((sum, value) => sum + value, 0) / apart.length;
    if (Math.max(...apart) > 4 || mean > 0.5) wrong.push(`${name}: ${Math.max(...apart)} at most, ${mean.toFixed(2)} on average`);
  }
  assert.deepEqual(wrong, []);
});
