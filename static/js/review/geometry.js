// @ts-check
// Points and boxes of a picture that may be turned by quarters. Pure.

/** @typedef {{ width: number, height: number }} Size of the picture as it lies */
/** @typedef {{ x: number, y: number }} Point */
/** @typedef {Point & Size} Box */
/** @typedef {[number, number]} Corner x and y */
/** @typedef {number} Turn clockwise, in degrees: 0, 90, 180 or 270 */

/**
 * @param {Size} size
 * @param {Turn} turn
 * @returns {Size}
 */
export const turnedSize = (size, turn) =>
  turn % 180 ? { width: size.height, height: size.width } : { ...size };

/**
 * The six numbers of an SVG matrix that turns a picture and moves it back to the origin.
 *
 * @param {Size} size
 * @param {Turn} turn
 * @returns {[number, number, number, number, number, number]}
 */
export function turnMatrix({ width, height }, turn) {
  switch (turn) {
    case 90:
      return [0, 1, -1, 0, height, 0];
    case 180:
      return [-1, 0, 0, -1, width, height];
    case 270:
      return [0, -1, 1, 0, 0, width];
    default:
      return [1, 0, 0, 1, 0, 0];
  }
}

/**
 * @param {Corner} corner
 * @param {Size} size
 * @param {Turn} turn
 * @returns {Corner}
 */
export function turnedPoint([x, y], size, turn) {
  const [a, b, c, d, e, f] = turnMatrix(size, turn);
  return [a * x + c * y + e, b * x + d * y + f];
}

/**
 * @param {Corner[]} corners
 * @returns {Box}
 */
export function boxOf(corners) {
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  const left = Math.min(...xs);
  const top = Math.min(...ys);
  return { x: left, y: top, width: Math.max(...xs) - left, height: Math.max(...ys) - top };
}

/**
 * @param {Box} box
 * @returns {Point}
 */
export const centreOf = (box) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });

/**
 * The box of this size about its middle.
 *
 * @param {Point} middle
 * @param {number} width
 * @param {number} height
 * @returns {Box}
 */
export const centredBox = ({ x, y }, width, height) => ({
  x: x - width / 2,
  y: y - height / 2,
  width,
  height,
});

/**
 * Make a box larger (factor > 1) or smaller about a point that stays where it is.
 *
 * @param {Box} box
 * @param {number} factor
 * @param {Point} point
 * @returns {Box}
 */
export const scaled = (box, factor, point) => ({
  x: point.x - (point.x - box.x) * factor,
  y: point.y - (point.y - box.y) * factor,
  width: box.width * factor,
  height: box.height * factor,
});

/**
 * The box that lies this share of the way from the start to the end.
 *
 * @param {Box} start
 * @param {Box} end
 * @param {number} share from 0 to 1
 * @returns {Box}
 */
export const between = (start, end, share) => ({
  x: start.x + (end.x - start.x) * share,
  y: start.y + (end.y - start.y) * share,
  width: start.width + (end.width - start.width) * share,
  height: start.height + (end.height - start.height) * share,
});

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
const clamped = (value, low, high) => Math.min(Math.max(value, low), high);

/**
 * Keep the middle of what is seen inside the picture.
 *
 * @param {Box} box
 * @param {Size} whole
 * @returns {Box}
 */
export function within(box, whole) {
  const { x, y } = centreOf(box);
  const middle = { x: clamped(x, 0, whole.width), y: clamped(y, 0, whole.height) };
  return centredBox(middle, box.width, box.height);
}

/**
 * Move the corners of a polygon away from its middle by `gap` along both its sides.
 *
 * @param {Corner[]} corners
 * @param {number} gap
 * @returns {Corner[]}
 */
export function grown(corners, gap) {
  const middle = centreOf(boxOf(corners));
  return corners.map(([x, y]) => {
    const length = Math.hypot(x - middle.x, y - middle.y) || 1;
    const share = (length + gap * Math.SQRT2) / length;
    return [middle.x + (x - middle.x) * share, middle.y + (y - middle.y) * share];
  });
}
