// Firefox and WebKitGTK: a person takes a short session there, and a model takes a few trials.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import puppeteer from "puppeteer-core";
import { Server } from "./helper.mjs";
import { startScreen } from "./screen.mjs";
import { isInstalled, openWebKit } from "./webkit.mjs";

const firefox = process.env.FIREFOX;
const TRIALS = 3;

async function openFirefox() {
  const browser = await puppeteer.launch({ browser: "firefox", executablePath: firefox, headless: true });
  const page = await browser.newPage();
  return {
    goto: (url) => page.goto(url),
    evaluate: (script, ...words) => page.evaluate(script, ...words),
    press: (key) => page.keyboard.press(key),
    close: () => browser.close(),
  };
}

let server, screen;
before(async () => {
  [server, screen] = [await Server.start({ short: TRIALS }), isInstalled ? await startScreen() : null];
});
after(async () => {
  screen?.stop();
  await server.stop();
});

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Asks the page until it says something else than null. */
async function until(page, question, ...words) {
  for (let attempt = 0; attempt < 1200; attempt++) {
    const said = await page.evaluate(question, ...words);
    if (said !== null) return said;
    await pause(50);
  }
  throw new Error(`${question} was never answered; the page says:\n${await page.evaluate(() => document.body.innerText)}`);
}

const click = (page, id) => until(page, (id) => {
  const element = document.querySelector(`[data-testid=${id}]`);
  if (!element || element.disabled) return null;
  element.click();
  return true;
}, id);

/** What the page waits for: an answer, the space key, or nothing any more. */
function awaited() {
  if (document.querySelector("[data-testid=saved][data-state=saved]")) return "saved";
  if (document.querySelector("[data-testid=continue]:enabled")) return "continue";
  return document.querySelector("[data-phase=triplet]") ? "answer" : null;
}

/** Takes the session; the rows it left. */
async function takeSession(page) {
  await page.goto(`${server.url}/study/short`);
  await until(page, () => {
    const box = document.querySelector("[data-testid=full-screen]");
    if (!box) return null;
    if (box.checked) box.click();
    return true;
  });
  await click(page, "start");
  for (let now = ""; now !== "saved"; ) {
    now = await until(page, awaited);
    if (now === "continue") await page.press(" ");
    if (now === "answer") {
      await pause(250);
      await page.press("2");
      await until(page, () => (document.querySelector("[data-phase=triplet]") ? null : true));
    }
  }
  return server.rows("short");
}

/** A model takes as many trials on the CPU; what its line says. */
async function runModel(page) {
  await page.goto(`${server.url}/models?trials=${TRIALS}`);
  await until(page, () => {
    const rows = [...document.querySelectorAll("[data-testid=model-row] input")];
    if (!rows.length) return null;
    rows.slice(1).filter((box) => box.checked).forEach((box) => box.click());
    const device = document.querySelector("[data-testid=device]");
    device.value = "cpu";
    device.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  });
  await click(page, "run");
  return until(page, () => document.querySelector("[data-testid=model-row]:is([data-state=done],[data-state=stopped])")?.dataset.state ?? null);
}

for (const [name, isThere, open] of [["Firefox", Boolean(firefox), openFirefox], ["WebKitGTK", isInstalled, openWebKit]]) {
  test(`${name} runs a session and a model`, { skip: !isThere && `${name} is not installed` }, async () => {
    const before = (await server.rows("short")).length;
    const page = await open();
    try {
      const rows = (await takeSession(page)).slice(before);
      assert.ok(rows.length >= 4 + TRIALS, `${rows.length} rows`);
      const answered = rows.filter((row) => row.outcome === "answered");
      assert.ok(answered.length >= 4 + TRIALS - 2, JSON.stringify(rows));
      assert.ok(answered.every((row) => row.reaction_time_ms >= 150 && row.reaction_time_ms < 2000));
      assert.equal(await runModel(page), "done");
    } finally {
      await page.close();
    }
  });
}
