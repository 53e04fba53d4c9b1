// Joins what a robot saw on the screen with what a program recorded, and makes the table of docs/measurements.md.

/** Time between two refreshes of Xvfb's screen under Chromium. */
const PERIOD_MS = 1000 / 60;
/** A recorded onset belongs to the showing that began this near. */
const NEAR_MS = 200;

/** The showings in a robot's log: onset, offset and key press, in ms on its clock. */
export function showings(events) {
  const found = [];
  let open = null, first = null;
  for (const { t, seen, key } of events) {
    const at = t / 1e6;
    if (seen !== undefined) {
      const isChanging = /[Po]/.test(seen);
      if (isChanging && first === null) first = at;
      if (seen === "PPP" && open === null) open = { on: at, torn: at - first };
      if (!isChanging) {
        if (open) found.push({ ...open, off: at });
        [open, first] = [null, null];
      }
    }
    if (key) {
      const of = open ?? found.at(-1);
      if (of && of.key === undefined) [of.key, of.digit] = [at, key];
    }
  }
  return found;
}

/** Each record with its showing. A record: onset (ms on the robot's clock), reaction_time_ms, planned_frames, flagged, answer. */
export function join(records, seen) {
  return records.flatMap((record) => {
    const showing = seen.find(({ on }) => Math.abs(on - record.onset) < NEAR_MS);
    if (!showing || showing.off === undefined) return [];
    const shown_ms = showing.off - showing.on;
    return [{ ...record, ...showing, shown_ms, frames: Math.round(shown_ms / PERIOD_MS), lag: record.onset - showing.on }];
  });
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const sd = (values) => Math.sqrt(values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1));
const signed = (value) => (value < 0 ? "−" : "+") + Math.abs(value).toFixed(1);
const spread = (values) => (values.length > 1 ? `${signed(mean(values))} ± ${sd(values).toFixed(1)}` : "–");
const percent = (part, whole) => (whole ? `${((100 * part) / whole).toFixed(1)} %` : "–");

/** A line of the table. */
export function line(name, joined) {
  const exact = joined.filter((one) => one.frames === one.planned_frames);
  const median = joined.map((one) => one.lag).sort((a, b) => a - b)[joined.length >> 1];
  // What a person was really shown for another time than planned, or later than its stamp says by more than half a refresh.
  const off = (one) => one.frames !== one.planned_frames || Math.abs(one.lag - median) > PERIOD_MS / 2;
  const wrong = joined.filter(off), right = joined.filter((one) => !off(one));
  const timed = joined.filter((one) => one.key !== undefined && one.reaction_time_ms !== null);
  const flagged = (ones) => ones.filter((one) => one.flagged).length;
  const knows = joined.some((one) => one.flagged !== undefined);
  const [early, late] = [true, false].map((isEarly) => joined.filter((one) => one.key !== undefined && one.key < one.off === isEarly));
  const isExact = (ones) => `${ones.filter((one) => one.frames === one.planned_frames).length} of ${ones.length}`;
  return [
    name,
    `${isExact(joined)} (${percent(exact.length, joined.length)})`,
    `${isExact(late)} / ${isExact(early)}`,
    spread(joined.map((one) => one.shown_ms - one.planned_ms)),
    spread(joined.map((one) => one.lag)),
    spread(timed.map((one) => one.reaction_time_ms - (one.key - one.on))),
    knows ? `${flagged(wrong)} of ${wrong.length}` : "–",
    knows ? `${flagged(right)} of ${right.length}` : "–",
  ];
}

const HEAD = [
  "", "exactly the planned frames", "answered after / before offset", "shown − planned, ms", "onset, recorded − true, ms",
  "reaction time error, ms", "off and flagged", "right and flagged",
];

/** The table in Markdown. */
export function markdown(lines) {
  const row = (cells) => `| ${cells.join(" | ")} |`;
  return [row(HEAD), row(HEAD.map(() => "---")), ...lines.map(row)].join("\n");
}
