import assert from "node:assert/strict";
import { test } from "node:test";
import {
  between,
  boxOf,
  centredBox,
  centreOf,
  grown,
  scaled,
  turnedPoint,
  turnedSize,
  within,
} from "../../static/js/review/geometry.js";

const SIZE = { width: 400, height: 300 };
const BOX = { x: 100, y: 50, width: 40, height: 20 };

test("a picture that is turned by a quarter changes width and height", () => {
  assert.deepEqual(turnedSize(SIZE, 0), SIZE);
  assert.deepEqual(turnedSize(SIZE, 90), { width: 300, height: 400 });
  assert.deepEqual(turnedSize(SIZE, 180), SIZE);
  assert.deepEqual(turnedSize(SIZE, 270), { width: 300, height: 400 });
});

test("the top left corner goes round clockwise with the picture", () => {
  assert.deepEqual(turnedPoint([0, 0], SIZE, 0), [0, 0]);
  assert.deepEqual(turnedPoint([0, 0], SIZE, 90), [300, 0]);
  assert.deepEqual(turnedPoint([0, 0], SIZE, 180), [400, 300]);
  assert.deepEqual(turnedPoint([0, 0], SIZE, 270), [0, 400]);
});

test("four quarters bring every point back, and none leaves the picture on the way", () => {
  let point = [30, 70];
  let size = SIZE;
  for (let quarter = 1; quarter <= 4; quarter += 1) {
    point = turnedPoint(point, size, 90);
    size = turnedSize(size, 90);
    assert.ok(point[0] >= 0 && point[0] <= size.width);
    assert.ok(point[1] >= 0 && point[1] <= size.height);
  }
  assert.deepEqual(point, [30, 70]);
});

test("the box of a slanted polygon holds all its corners", () => {
  const corners = [
    [10, 5],
    [30, 0],
    [35, 12],
    [14, 18],
  ];
  assert.deepEqual(boxOf(corners), { x: 10, y: 0, width: 25, height: 18 });
});

test("a box about the centre of another has the same centre", () => {
  const wide = centredBox(centreOf(BOX), 90, 30);
  assert.deepEqual(centreOf(wide), centreOf(BOX));
  assert.deepEqual([wide.width, wide.height], [90, 30]);
});

test("the point under the pointer stays where it is while the picture is enlarged", () => {
  const point = { x: 110, y: 65 };
  const closer = scaled(BOX, 0.5, point);
  const shareBefore = (point.x - BOX.x) / BOX.width;
  assert.equal((point.x - closer.x) / closer.width, shareBefore);
  assert.deepEqual([closer.width, closer.height], [20, 10]);
});

test("a glide begins where it starts, ends at its target and passes the middle", () => {
  const target = { x: 200, y: 150, width: 80, height: 60 };
  assert.deepEqual(between(BOX, target, 0), BOX);
  assert.deepEqual(between(BOX, target, 1), target);
  assert.deepEqual(between(BOX, target, 0.5), { x: 150, y: 100, width: 60, height: 40 });
});

test("the middle of what is seen never leaves the picture", () => {
  const far = within({ x: 900, y: -500, width: 40, height: 20 }, SIZE);
  assert.deepEqual(centreOf(far), { x: 400, y: 0 });
  assert.deepEqual(within(BOX, SIZE), BOX);
});

test("the halo of a square lies outside it by the gap on every side", () => {
  const square = [
    [0, 0],
    [10, 0],
    [10, 10],
    [0, 10],
  ];
  const rounded = grown(square, 2).map(([x, y]) => [Math.round(x), Math.round(y)]);
  assert.deepEqual(rounded, [
    [-2, -2],
    [12, -2],
    [12, 12],
    [-2, 12],
  ]);
});

test("a polygon without extent has a halo of the same point and no impossible number", () => {
  for (const [x, y] of grown([[5, 5]], 0)) {
    assert.deepEqual([x, y], [5, 5]);
  }
});
