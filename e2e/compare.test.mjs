// The compare page reads what the product writes, in every form in which people have it, and names anything else in a sentence.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { chromium, open, server, withServer } from "./helper.mjs";

const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "gestalt-compare-"));

withServer();

let ndjson, csv;
before(() => {
  const gestalt = (...words) => execFileSync(process.env.GESTALT_BIN, words, { stdio: "pipe" });
  const log = join(folder, "log.ndjson");
  gestalt("observe", "--model", join(root, "models/scene-mae-s8"), "--trials", join(root, "static/studies/demo/trial-set"), "--out", log);
  gestalt("export", "--format", "csv", log, "--out", folder);
  [ndjson, csv] = ["log.ndjson", "rows.csv"].map((name) => readFileSync(join(folder, name), "utf8"));
});
after(() => rmSync(folder, { recursive: true }));

/** Opens files on the page: what the table of observers says, and the notes. */
async function compared(files) {
  const page = await open(chromium);
  await page.goto(`${server.url}/compare`);
  await page.waitForSelector("[data-testid=empty]");
  await page.setInputFiles("[data-testid=open-log]", files.map(([name, buffer]) => ({ name, mimeType: "", buffer: Buffer.from(buffer) })));
  await page.waitForSelector("[data-testid=compare-table], .notice.note");
  const table = page.locator("[data-testid=compare-table]");
  const said = { table: (await table.count()) && (await table.innerText()), notes: await page.locator(".notice.note").allInnerTexts() };
  // The study of the command line is none of the server's, which the page asks for its pictures.
  assert.deepEqual(page.problems.filter((problem) => !problem.includes("404")), []);
  await page.close();
  return said;
}

const mark = "\ufeff";
const withTwo = (text) => text.replaceAll("\r\n", "\n").replaceAll("\n", "\r\n");
const utf16 = (text) => Buffer.from(mark + text, "utf16le");
/** With another separator: commas within quotes stay. */
const separated = (text, separator) =>
  text
    .split('"')
    .map((part, place) => (place % 2 === 0 ? part.replaceAll(",", separator) : part))
    .join('"');

test("NDJSON and CSV are read however they were saved since", async () => {
  const plain = await compared([["log.ndjson", ndjson]]);
  assert.match(plain.table, /scene-mae-s8/);
  assert.deepEqual(plain.notes, []);
  const forms = [["rows.csv", csv], ["rows.csv", separated(csv, ";")], ["rows.tsv", separated(csv, "\t")]];
  for (const [name, text] of [["log.ndjson", ndjson], ["rows.csv", csv]]) {
    forms.push([name, mark + text], [name, withTwo(text)], [name, utf16(text)]);
    forms.push([`${name}.gz`, gzipSync(text)], [`${name}.gz`, gzipSync(utf16(text))]);
  }
  for (const form of forms) assert.deepEqual(await compared([form]), plain, form[0]);
});

test("each file that is no log is named in a sentence, and the log beside them is read", async () => {
  const trials = readFileSync(join(root, "static/studies/demo/trial-set/trials.json"));
  const study = readFileSync(join(root, "static/studies/demo/study.toml"));
  const wrong = [
    ["trials.json", trials, /is a trial set/],
    ["study.toml", study, /is a study/],
    ["page.csv", "<!DOCTYPE html><title>404</title>", /is a web page/],
    ["empty.csv", "", /is empty/],
    ["book.xlsx", Buffer.from("PK\x03\x04rest"), /save the table in it as CSV/],
    ["other.csv", "subject,rt\n1,612\n2,580\n", /is a table without the columns/],
    ["cut.gz", gzipSync(ndjson).subarray(0, 400), /cannot be unpacked/],
  ];
  const { table, notes } = await compared([...wrong.map(([name, content]) => [name, content]), ["log.ndjson", ndjson]]);
  assert.match(table, /scene-mae-s8/);
  assert.equal(notes.length, wrong.length, notes.join("\n"));
  for (const [place, [name, , said]] of wrong.entries()) {
    assert.match(notes[place], said);
    assert.ok(notes[place].startsWith(name) && !notes[place].includes("\n"), notes[place]);
  }
});
