// A participant's way through a whole study: from the panel's link through every kind of step to the code, and the ways out of it.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { axe, chromium, open, pressAnyKey, savedState, server, withServer } from "./helper.mjs";

const example = (path) => readFileSync(new URL(`../static/studies/examples/${path}`, import.meta.url), "utf8");
const HEAD = `study_version = 2
title = { en = "Wholes", de = "Ganzes" }
languages = ["en", "de"]
`;
const LANGUAGES = ["en", "de", "fr", "es", "zh"];
const ALL_LANGUAGES = `study_version = 2
title = { en = "Wholes", de = "Ganzes", fr = "Entier", es = "Entero", zh = "完整" }
languages = ${JSON.stringify(LANGUAGES)}
`;
const TRIALS = `
[trials]
per_session = 4
[exclude]
trial = { noticed_gap_frames = 100 }
[release]
answers = "after-session"
`;
const steps = (text) => text.trim().split("\n").map((line) => `[[steps]]\n${line.trim().replaceAll("; ", "\n")}\n`).join("");

const JOURNEY = `${HEAD}name = "journey"
${TRIALS}
[recruitment]
panel = "prolific"
codes = { completed = "CDONE", screened_out = "CSCREEN", no_consent = "CNO" }
${steps(`
  kind = "information"; text = "information.md"
  kind = "consent"; text = "consent.md"
  kind = "screening"; devices = ["desktop"]; minimum_refresh_hz = 10
  kind = "calibration"; distance = "ask"
  kind = "instructions"; quiz = "quiz.toml"
  kind = "practice"; trials = 2
  kind = "trials"
  kind = "questionnaire"; file = "questions.toml"
  kind = "debrief"; show_score = true
  kind = "completion"
`)}`;

const PHONES = `${HEAD}name = "phones"
${TRIALS}
[recruitment]
codes = { screened_out = "CSCREEN" }
${steps(`
  kind = "screening"; devices = ["phone"]
  kind = "consent"
  kind = "trials"
`)}`;

const PRACTISING = `${ALL_LANGUAGES}name = "practising"
${TRIALS}
[recruitment]
panel = "link"
${steps(`
  kind = "consent"
  kind = "practice"; trials = 2; feedback = true; repeat_below = 1.0; most_repeats = 1
  kind = "trials"
  kind = "completion"
`)}`;

withServer({
  studies: {
    practising: { "study.toml": PRACTISING },
    journey: {
      "study.toml": JOURNEY,
      "information.md": example("lab/information.en.md"),
      "information.de.md": example("lab/information.md"),
      "consent.md": example("lab/consent.en.md"),
      "quiz.toml": `[[questions]]
text = { en = "What do you look for?", de = "Wonach suchen Sie?" }
options = [{ value = "whole", text = { en = "The whole", de = "Das Ganze" } }, { value = "other", text = { en = "Another", de = "Etwas anderes" } }]
answer = "whole"
`,
      "questions.toml": example("lab/questions.toml"),
    },
    phones: { "study.toml": PHONES },
  },
});

const link = (id) => `${server.url}/study/journey?PROLIFIC_PID=${id}&STUDY_ID=s&SESSION_ID=sub-${id}`;
const next = (page) => page.click("[data-testid=continue-step]");
const records = async () => (await server.exported("journey/steps.ndjson")).split("\n").filter(Boolean).map((line) => JSON.parse(line));

/** Through information, consent, screening and calibration. */
async function toInstructions(page, id) {
  await page.goto(link(id));
  await next(page);
  await page.click("[data-testid=agree]");
  await page.waitForSelector("[data-testid=screening-fits]");
  await next(page);
  await page.fill("[data-testid=card-width]", "400");
  await page.click("[data-testid=card-done]");
  await page.fill("[data-testid=distance-cm]", "57,3");
  await page.click("[data-testid=distance-done]");
  await page.waitForSelector("[data-testid=quiz]");
}

/** The trials, with the keyboard. */
async function trials(page) {
  await page.waitForSelector("[data-phase=break]", { state: "attached", timeout: 60_000 });
  for (let trial = 0; ; ) {
    const now = await page
      .waitForSelector('[data-phase="break"],[data-phase="pause"],[data-phase="triplet"],[data-testid=questionnaire]', { state: "attached" })
      .then((element) => element.getAttribute("data-phase"));
    if (now === null) return;
    if (now === "triplet") await pressAnyKey(page, ++trial);
    else {
      await page.waitForSelector("[data-testid=continue]:enabled");
      await page.keyboard.press("Space");
    }
    await page.waitForFunction((was) => document.querySelector("[data-phase]")?.dataset.phase !== was, now);
  }
}

test("from the panel's link to the code, through every step", async () => {
  const page = await open(chromium);
  await page.goto(link("ann"));
  await page.waitForSelector("h1");
  assert.ok(!page.url().includes("ann"), "the id is taken out of the address");
  assert.ok(await page.isHidden("header.site"), "a participant sees no menu");
  assert.match(await page.title(), /Step 1 of 9/);
  assert.deepEqual(await axe(page), []);
  await page.selectOption("[data-testid=language]", "de");
  await page.waitForSelector("text=Worum es geht");
  assert.equal(await page.getAttribute("html", "lang"), "de");
  await page.selectOption("[data-testid=language]", "en");
  await next(page);

  assert.equal(await page.evaluate(() => document.activeElement.tagName), "H1", "the focus follows the step");
  assert.deepEqual(await axe(page), []);
  await page.click("[data-testid=agree]");
  await page.waitForSelector("[data-testid=screening-fits]");
  assert.equal(await page.locator("[data-testid=language]").count(), 0, "the language stays once one has consented");
  await next(page);

  assert.deepEqual(await axe(page), []);
  await page.fill("[data-testid=card-width]", "400");
  await page.click("[data-testid=card-done]");
  await page.fill("[data-testid=distance-cm]", "5");
  await page.click("[data-testid=distance-done]");
  await page.waitForSelector(".notice.trouble");
  await page.fill("[data-testid=distance-cm]", "57,3");
  await page.click("[data-testid=distance-done]");

  await page.waitForSelector("[data-testid=quiz]");
  assert.deepEqual(await axe(page), []);
  await page.setChecked("[data-testid=full-screen]", false);
  await page.check("input[value=other]");
  await next(page);
  await page.waitForSelector(".notice.trouble");
  await page.check("input[value=whole]");
  await next(page);
  await trials(page);

  await next(page);
  await page.waitForSelector("text=Please answer this question");
  assert.deepEqual(await axe(page), []);
  await page.fill("#question-age", "17");
  await page.check("input[value=no]");
  await next(page);
  await page.waitForSelector("text=A number from 18 to 120 is needed");
  await page.fill("#question-age", "34");
  await page.check("input[name=difficulty][value='4']");
  await page.fill("#question-remarks", "none, thank you");
  await next(page);

  await page.waitForSelector("[data-testid=score] >> text=/right picture in \\d of 4 trials/");
  await next(page);
  await savedState(page, "saved");
  assert.equal(await page.textContent("[data-testid=completion-code]"), "CDONE");
  const back = await page.getAttribute("[data-testid=back-to-panel]", "href");
  assert.equal(back, "https://app.prolific.com/submissions/complete?cc=CDONE");
  assert.deepEqual(page.problems, []);

  const rows = (await server.rows("journey")).sort((a, b) => a.index - b.index);
  assert.equal(rows.length, 6);
  const all = await records();
  const of = (kind) => all.map(({ record }) => record.content[kind]).find(Boolean);
  const consent = createHash("sha256").update(example("lab/consent.en.md")).digest("hex");
  assert.ok((await server.exported("journey/sessions.csv")).includes(consent), "the text that was agreed to is recorded");
  assert.equal(of("screening").device, "desktop");
  assert.ok(Math.abs(of("calibration").px_per_mm - 400 / 85.6) < 1e-9);
  assert.equal(of("quiz").attempts, 2);
  assert.deepEqual(of("questionnaire").answers, { age: 34, vision: "no", difficulty: 4, remarks: "none, thank you" });
  assert.match(await server.exported("journey/payments.csv"), /^ann,sub-ann,[^,]+,finished,\d+,/m);
  assert.ok(!JSON.stringify(rows).includes("ann\""), "the panel's id is in no row");

  // The code is shown again: here, and in another browser under the same id.
  await page.reload();
  await savedState(page, "saved");
  const other = await open(chromium);
  await other.goto(link("ann"));
  await next(other);
  await other.click("[data-testid=agree]");
  assert.equal(await other.textContent("[data-testid=leaving-code]"), "CDONE");
});

test("who does not consent leaves with the code for that, and nothing is recorded", async () => {
  const before = (await server.exported("journey/sessions.csv")).split("\n").length;
  const page = await open(chromium);
  await page.goto(link("bob"));
  await next(page);
  await page.click("[data-testid=decline]");
  assert.equal(await page.textContent("[data-testid=leaving-code]"), "CNO");
  assert.match(await page.getAttribute("[data-testid=back-to-panel]", "href"), /cc=CNO$/);
  assert.equal((await server.exported("journey/sessions.csv")).split("\n").length, before);
  assert.deepEqual(page.problems, []);
});

test("a device that does not fit is told what is missing, and leaves with its code", async () => {
  const page = await open(chromium);
  await page.goto(`${server.url}/study/phones`);
  await page.waitForSelector("[data-testid=screening-lacks] >> text=a phone");
  await page.click("[data-testid=check-again]");
  await page.waitForSelector("[data-testid=screening-lacks]");
  await page.click("[data-testid=screened-out]");
  assert.equal(await page.textContent("[data-testid=leaving-code]"), "CSCREEN");
});

test("a reload at a step leads back to it, and a link without an id is refused", async () => {
  const page = await open(chromium);
  await toInstructions(page, "cleo");
  await page.reload();
  await page.click("[data-testid=resume]");
  await page.waitForSelector("[data-testid=quiz]");
  const stranger = await open(chromium);
  await stranger.goto(`${server.url}/study/journey`);
  await stranger.waitForSelector("text=the link lacks `PROLIFIC_PID`");
});

test("no step is wider than a phone, in any language", async () => {
  const page = await open(chromium, { viewport: { width: 390, height: 800 } });
  const fits = async (what) => {
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 390, `${width} px: ${what}`);
  };
  for (const language of ["en", "de"]) {
    await page.goto(link(`dan-${language}`));
    await page.selectOption("[data-testid=language]", language);
    await next(page);
    await fits(`consent in ${language}`);
  }
  for (const language of LANGUAGES) {
    const fresh = await open(chromium, { viewport: { width: 390, height: 800 } });
    await fresh.goto(`${server.url}/study/practising?id=dan-${language}`);
    await fresh.selectOption("[data-testid=language]", language);
    await fresh.setChecked("[data-testid=full-screen]", false);
    const consent = await fresh.evaluate(() => document.documentElement.scrollWidth);
    await fresh.click("[data-testid=start]");
    await fresh.waitForSelector("[data-phase=break]", { state: "attached", timeout: 60_000 });
    const trial = await fresh.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(Math.max(consent, trial) <= 390, `${consent} and ${trial} px in ${language}`);
    if (language !== "en") assert.equal(await fresh.locator("text=A few trials to get used to it").count(), 0, language);
    await fresh.context().close();
  }
});

/** Begins the study `practising` under this id. */
async function practise(page, id) {
  await page.goto(`${server.url}/study/practising?id=${id}`);
  await page.setChecked("[data-testid=full-screen]", false);
  await page.click("[data-testid=start]");
  await page.waitForSelector("[data-phase=break]", { state: "attached", timeout: 60_000 });
}

/** Answers this many trials; what was said of the answers. */
async function answer(page, count) {
  const said = [];
  const wanted = ["break", "pause", "triplet", "right", "wrong"].map((name) => `[data-phase="${name}"]`).join(",");
  for (let trial = 0; trial < count; ) {
    const now = await page.waitForSelector(wanted, { state: "attached" }).then((element) => element.getAttribute("data-phase"));
    if (now === "triplet") await pressAnyKey(page, ++trial);
    else if (now === "right" || now === "wrong") said.push(now);
    else {
      await page.waitForSelector("[data-testid=continue]:enabled");
      await page.keyboard.press("Space");
    }
    await page.waitForFunction((was) => document.querySelector("[data-phase]")?.dataset.phase !== was, now);
  }
  const last = await page.waitForSelector('[data-phase="right"],[data-phase="wrong"],[data-phase="break"],[data-testid=saved]', { state: "attached" });
  const phase = await last.getAttribute("data-phase");
  return phase === "right" || phase === "wrong" ? [...said, phase] : said;
}

test("practice says what was right and comes again; a second tab and another browser take the session over", async () => {
  const page = await open(chromium);
  await practise(page, "eve");
  const said = await answer(page, 2);
  assert.equal(said.length, 2);
  if (said.includes("wrong")) await page.waitForSelector("text=Practise the same trials once more");

  const second = await page.context().newPage();
  await second.goto(`${server.url}/study/practising?id=eve`);
  await second.waitForSelector("text=This study is open in another tab");
  assert.deepEqual(await axe(second), []);
  await second.setChecked("[data-testid=full-screen]", false);
  await second.click("[data-testid=resume]");
  await page.waitForSelector("[data-testid=taken-over]");
  await second.waitForSelector("[data-phase=break]", { state: "attached" });

  // A browser that knows nothing of the session.
  const other = await open(chromium);
  await other.goto(`${server.url}/study/practising?id=eve`);
  await other.setChecked("[data-testid=full-screen]", false);
  await other.click("[data-testid=start]");
  await other.waitForSelector("[data-testid=resume]");
  await other.click("[data-testid=resume]");
  await other.waitForSelector("[data-phase=break]", { state: "attached", timeout: 60_000 });
  const rest = said.includes("wrong") ? 6 : 4;
  await answer(other, rest);
  await savedState(other, "saved");
  const rows = (await server.rows("practising")).sort((a, b) => a.index - b.index);
  assert.equal(new Set(rows.map((row) => row.session)).size, 1, "one person in the log");
  const practice = rows.filter((row) => row.role === "practice");
  assert.deepEqual(practice.slice(0, 2).map((row) => (row.correct ? "right" : "wrong")), said);
  assert.equal(practice.length, said.includes("wrong") ? 4 : 2);
  assert.equal(rows.filter((row) => row.role === "test").length, 4);

  // Withdrawal later, from anywhere.
  const receipt = await other.textContent("[data-testid=receipt]");
  const anywhere = await open(chromium);
  await anywhere.goto(`${server.url}/withdraw`);
  assert.deepEqual(await axe(anywhere), []);
  await anywhere.fill("[data-testid=receipt-field]", receipt.toUpperCase());
  await anywhere.click("[data-testid=withdraw-by-receipt]");
  await anywhere.waitForSelector("[data-testid=withdrawn]");
  assert.equal((await server.rows("practising")).length, 0);
});
