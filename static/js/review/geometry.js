// Points and boxes of a picture that may be turned by quarters. Pure.
// A box is { x, y, width, height }; `size` is { width, height } of the picture as it lies; `turn` is 0, 90, 180, 270.

export const turnedSize = (size, turn) =>
  turn % 180 ? { width: size.height, height: size.width } : { ...size };

export function turnMatrix(size, turn) {
  const { width, height } = size;
  const matrices = {
    0: [1, 0, 0, 1, 0, 0],
    90: [0, 1, -1, 0, height, 0],
    180: [-1, 0, 0, -1, width, height],
    270: [0, -1, 1, 0, 0, width],
  };
  return matrices[turn];
}

export function turnedPoint([x, y], size, turn) {
  const [a, b, c, d, e, f] = turnMatrix(size, turn);
  return [a * x + c * y + e, b * x + d * y + f];
}

export function boxOf(points) {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

export const centreOf = (box) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });

export const around = ({ x, y }, width, height) => ({ x: x - width / 2, y: y - height / 2, width, height });

// Make a box larger (factor > 1) or smaller about a point that stays where it is.
export const scaled = (box, factor, point) => ({
  x: point.x - (point.x - box.x) * factor,
  y: point.y - (point.y - box.y) * factor,
  width: box.width * factor,
  height: box.height * factor,
});

export const between = (one, other, share) =>
  Object.fromEntries(Object.keys(one).map((key) => [key, one[key] + (other[key] - one[key]) * share]));

const clamped = (value, low, high) => Math.min(Math.max(value, low), high);

// Keep the middle of what is seen inside the picture.
export function within(box, whole) {
  const { x, y } = centreOf(box);
  return around({ x: clamped(x, 0, whole.width), y: clamped(y, 0, whole.height) }, box.width, box.height);
}

// Move the corners of a polygon away from its middle by `gap` along both its sides.
export function grown(points, gap) {
  const middle = centreOf(boxOf(points));
  return points.map(([x, y]) => {
    const length = Math.hypot(x - middle.x, y - middle.y) || 1;
    const share = (length + gap * Math.SQRT2) / length;
    return [middle.x + (x - middle.x) * share, middle.y + (y - middle.y) * share];
  });
}
