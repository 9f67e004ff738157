import assert from "node:assert/strict";
import { test } from "node:test";

import { bars, dayLabel, drawn, labelWidth, lines } from "../../static/js/figures/data.js";

const table = {
  heads: ["2026-11-29", "2026-11-30"],
  columns: ["Received", "Approved"],
  numbers: [
    [3, 1],
    [4, 2],
  ],
};

test("days are lines over the days since 1970", () => {
  const [days = [], received, approved] = lines(table, 2);
  assert.deepEqual(days.map(dayLabel), ["11-29", "11-30"]);
  assert.deepEqual(
    [received, approved],
    [
      [3, 4],
      [1, 2],
    ],
  );
});

test("between two days there is no label", () => {
  assert.equal(dayLabel(20_000.5), "");
});

test("bars stand beside each other, each at a place of its own", () => {
  const [places = [], received, approved] = bars(table, 2);
  assert.deepEqual(
    places.map((place) => Math.round(place * 10) / 10),
    [-0.2, 0.2, 0.8, 1.2],
  );
  assert.deepEqual(received, [3, undefined, 4, undefined]);
  assert.deepEqual(approved, [undefined, 1, undefined, 2]);
});

test("of shares the counts beside them are not drawn", () => {
  assert.deepEqual(drawn(table, "%"), ["Received"]);
  assert.deepEqual(drawn(table, ""), table.columns);
});

test("a Chinese character is as wide as it is high", () => {
  assert.equal(labelWidth("母亲住址"), 48);
  assert.equal(labelWidth("Sex"), 21);
});
