// The table of the timing bench, on a log whose truth is known.

import assert from "node:assert/strict";
import { test } from "node:test";
import { join, line, showings } from "./timing/table.mjs";

const ms = (at) => at * 1e6;

test("a lost frame that no row admits is counted as wrong and not flagged", () => {
  const frame = 1000 / 60;
  const log = [
    { t: ms(0), seen: "BBB" },
    { t: ms(300), seen: "PoB" },
    { t: ms(301), seen: "PPP" },
    { t: ms(301 + 48 * frame), seen: "BBB" },
    { t: ms(1500), key: "2" },
    { t: ms(2000), seen: "PPP" },
    { t: ms(2400), key: "1" },
    { t: ms(2000 + 49 * frame), seen: "BBB" },
  ];
  const seen = showings(log);
  assert.equal(seen.length, 2);
  assert.deepEqual([seen[0].torn, seen[0].digit, seen[1].key], [1, "2", 2400]);
  const record = (onset, reaction_time_ms) => ({ onset, reaction_time_ms, planned_frames: 48, planned_ms: 800, flagged: false });
  const joined = join([record(296, 1204), record(1995, 405), record(9000, 1)], seen);
  assert.deepEqual(joined.map((one) => one.frames), [48, 49]);
  const cells = line("ours", joined);
  assert.equal(cells[1], "1 of 2 (50.0 %)");
  assert.equal(cells[2], "1 of 1 / 0 of 1");
  assert.equal(cells[4], "−5.0 ± 0.0");
  assert.equal(cells[5], "+5.0 ± 0.0");
  assert.equal(cells[6], "0 of 1");
  assert.equal(cells[7], "0 of 1");
});
