// The picture under mouse, pen and fingers: wheel and pinch zoom, drag pans, a click on a polygon selects its field.

import { moveBy, picture, pointAt, zoom } from "./picture.js";

const CLICK_SLACK = 4;
const WHEEL_PACE = 0.0016;
const LINE = 16;

const pointers = new Map();
let dragged = false;

const spread = ([one, other]) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
const middle = ([one, other]) => ({
  clientX: (one.clientX + other.clientX) / 2,
  clientY: (one.clientY + other.clientY) / 2,
});

function follow(event) {
  const before = [...pointers.values()];
  const last = pointers.get(event.pointerId);
  pointers.set(event.pointerId, event);
  const after = [...pointers.values()];
  const [from, to] = before.length === 2 ? [middle(before), middle(after)] : [last, event];
  if (before.length === 2 && spread(before) > 0) {
    zoom(spread(after) / spread(before), pointAt(from));
  }
  const [start, end] = [pointAt(from), pointAt(to)];
  moveBy(start.x - end.x, start.y - end.y);
}

function onMove(event) {
  const last = pointers.get(event.pointerId);
  if (!last) {
    return;
  }
  const far = Math.hypot(event.clientX - last.clientX, event.clientY - last.clientY) > CLICK_SLACK;
  if (!dragged && !far && pointers.size < 2) {
    return;
  }
  dragged = true;
  picture.setPointerCapture(event.pointerId);
  follow(event);
}

function onWheel(event) {
  event.preventDefault();
  const delta = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * LINE : event.deltaY;
  zoom(Math.exp(-delta * WHEEL_PACE), pointAt(event));
}

export function listen(select) {
  picture.addEventListener("pointerdown", (event) => {
    if (pointers.size === 0) {
      dragged = false;
    }
    if (event.button === 0 && pointers.size < 2) {
      pointers.set(event.pointerId, event);
    }
  });
  window.addEventListener("pointermove", onMove);
  for (const name of ["pointerup", "pointercancel"]) {
    window.addEventListener(name, (event) => pointers.delete(event.pointerId));
  }
  // Whoever moves the picture goes on typing where they were.
  picture.addEventListener("mousedown", (event) => event.preventDefault());
  picture.addEventListener("wheel", onWheel, { passive: false });
  picture.addEventListener("click", (event) => {
    const polygon = event.target.closest("polygon[data-field]");
    if (polygon && !dragged) {
      select(polygon.dataset.field);
    }
  });
}
