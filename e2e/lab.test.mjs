// A researcher's way through the lab page: signing in, watching people come, pausing, taking the data home.

import assert from "node:assert/strict";
import { test } from "node:test";
import { KEY, axe, begin, chromium, open, pressAnyKey, savedState, server, takeSession, withServer } from "./helper.mjs";

withServer({ short: 3 });

async function signIn(page) {
  await page.goto(`${server.url}/lab`);
  await page.fill("[data-testid=lab-key]", KEY);
  await page.click("[data-testid=lab-sign-in]");
  await page.waitForSelector("[data-testid=lab-studies] tr[data-study=short]");
}

const count = (page, study, name) => page.textContent(`tr[data-study=${study}] [data-count=${name}]`);

test("a researcher sees people come and go, live, and takes the data home", async () => {
  const lab = await open(chromium);
  await lab.goto(`${server.url}/lab`);
  await lab.fill("[data-testid=lab-key]", "not a key");
  await lab.click("[data-testid=lab-sign-in]");
  await lab.waitForSelector("text=not a key of the lab");
  assert.deepEqual(await axe(lab), []);
  await signIn(lab);
  assert.deepEqual(await axe(lab), []);
  const cookies = await lab.context().cookies();
  assert.ok(cookies.every((cookie) => cookie.httpOnly && cookie.sameSite === "Strict"), JSON.stringify(cookies));
  assert.equal(await count(lab, "short", "in-progress"), "0");

  const person = await open(chromium);
  await begin(person, server, "short");
  // Without a reload.
  await lab.waitForSelector('tr[data-study=short] [data-count=in-progress]:has-text("1")');
  await lab.click("tr[data-study=short] [data-testid=lab-choose]");
  await lab.waitForSelector("[data-testid=lab-people] tr[data-state=in_progress]");
  await takeSession(person, pressAnyKey);
  await savedState(person, "saved");
  await lab.waitForSelector('tr[data-study=short] [data-count=finished]:has-text("1")');
  await lab.waitForSelector("[data-testid=lab-people] tr[data-state=finished]");
  const code = await person.textContent("[data-testid=completion-code]");
  assert.ok((await lab.textContent("[data-testid=lab-people]")).includes(code), "the code that is paid for");
  assert.deepEqual(await axe(lab), []);

  await lab.fill("[data-testid=lab-search]", "nobody");
  await lab.waitForSelector("[data-testid=lab-found] >> text=0 participants");
  await lab.fill("[data-testid=lab-search]", code);
  await lab.waitForSelector("[data-testid=lab-found] >> text=1 participant");

  for (const file of ["rows.csv", "participants.csv", "codebook.csv"]) {
    const saved = lab.waitForEvent("download");
    await lab.click(`[data-testid=lab-exports] >> text="${file}"`);
    assert.equal(await (await saved).failure(), null, file);
  }
  await lab.click("[data-testid=lab-sign-out]");
  await lab.waitForSelector("[data-testid=lab-key]");
  const answer = await lab.evaluate(() => fetch("/api/lab/studies").then((answer) => answer.status));
  assert.equal(answer, 401);
});

test("a paused study tells newcomers so, and opens again", async () => {
  const lab = await open(chromium);
  await signIn(lab);
  await lab.click("tr[data-study=short] [data-testid=lab-choose]");
  await lab.click("[data-testid=lab-pause]");
  await lab.waitForSelector('tr[data-study=short] [data-testid=lab-state]:has-text("paused")');
  const person = await open(chromium);
  await person.goto(`${server.url}/study/short`);
  await person.click("[data-testid=start]");
  await person.waitForSelector("text=this study is paused");
  await lab.click("[data-testid=lab-open]");
  await lab.waitForSelector('tr[data-study=short] [data-testid=lab-state]:has-text("open")');
  await person.click("[data-testid=retry-visit]");
  await person.waitForSelector("[data-phase=break]", { state: "attached" });
});

test("the lab page fits a phone", async () => {
  const lab = await open(chromium, { viewport: { width: 390, height: 800 } });
  await signIn(lab);
  await lab.click("tr[data-study=short] [data-testid=lab-choose]");
  await lab.waitForSelector("[data-testid=lab-people]");
  assert.ok((await lab.evaluate(() => document.documentElement.scrollWidth)) <= 390);
});
