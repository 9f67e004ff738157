// @ts-check
// The picture under mouse, pen and fingers: wheel and pinch zoom, drag pans, a click on a polygon
// selects its field.

import { around, element } from "../elements.js";
import { moveBy, picture, pointAt, zoom } from "./picture.js";

/** @typedef {{ clientX: number, clientY: number }} Place */

const CLICK_SLACK_PX = 4;
// Of an exponential: a notch of 100 pixels enlarges by 17 %.
const WHEEL_PACE = 0.0016;
const LINE_PX = 16;

/** @type {Map<number, PointerEvent>} */
const pointers = new Map();
let isDragged = false;

/**
 * @param {Place} first
 * @param {Place} second
 */
const distance = (first, second) =>
  Math.hypot(first.clientX - second.clientX, first.clientY - second.clientY);

/**
 * @param {Place} first
 * @param {Place} second
 */
const middle = (first, second) => ({
  clientX: (first.clientX + second.clientX) / 2,
  clientY: (first.clientY + second.clientY) / 2,
});

/**
 * @param {Place} from
 * @param {Place} to
 */
function pan(from, to) {
  const start = pointAt(from);
  const end = pointAt(to);
  moveBy(start.x - end.x, start.y - end.y);
}

/**
 * One finger has moved while the other rests.
 *
 * @param {PointerEvent} last
 * @param {PointerEvent} event
 * @param {PointerEvent} resting
 */
function pinch(last, event, resting) {
  const from = middle(last, resting);
  const spread = distance(last, resting);
  if (spread > 0) {
    zoom(distance(event, resting) / spread, pointAt(from));
  }
  pan(from, middle(event, resting));
}

/** @param {PointerEvent} event */
function onMove(event) {
  const last = pointers.get(event.pointerId);
  if (!last || (!isDragged && distance(event, last) <= CLICK_SLACK_PX && pointers.size < 2)) {
    return;
  }
  isDragged = true;
  picture().setPointerCapture(event.pointerId);
  const resting = [...pointers.values()].find(({ pointerId }) => pointerId !== event.pointerId);
  pointers.set(event.pointerId, event);
  if (resting) {
    pinch(last, event, resting);
  } else {
    pan(last, event);
  }
}

/** @param {WheelEvent} event */
function onWheel(event) {
  event.preventDefault();
  const isInLines = event.deltaMode === WheelEvent.DOM_DELTA_LINE;
  const delta = isInLines ? event.deltaY * LINE_PX : event.deltaY;
  zoom(Math.exp(-delta * WHEEL_PACE), pointAt(event));
}

/** @param {PointerEvent} event */
function onDown(event) {
  if (pointers.size === 0) {
    isDragged = false;
  }
  if (event.button === 0 && pointers.size < 2) {
    pointers.set(event.pointerId, event);
  }
}

/**
 * Listen where the picture is: another record brings another one.
 *
 * @template {"pointerdown" | "mousedown" | "wheel" | "click"} Name
 * @param {Name} name
 * @param {(event: HTMLElementEventMap[Name]) => void} action
 * @param {AddEventListenerOptions} [options]
 */
function onPicture(name, action, options) {
  element("#main", HTMLElement).addEventListener(
    name,
    (event) => {
      if (around(event, "#picture", SVGSVGElement)) {
        action(event);
      }
    },
    options,
  );
}

/** @param {(field: string | undefined) => void} select */
export function listen(select) {
  onPicture("pointerdown", onDown);
  window.addEventListener("pointermove", onMove);
  window.addEventListener("pointerup", (event) => pointers.delete(event.pointerId));
  window.addEventListener("pointercancel", (event) => pointers.delete(event.pointerId));
  // Whoever moves the picture goes on typing where they were.
  onPicture("mousedown", (event) => event.preventDefault());
  onPicture("wheel", onWheel, { passive: false });
  onPicture("click", (event) => {
    const polygon = around(event, "polygon[data-field]", SVGPolygonElement);
    if (polygon && !isDragged) {
      select(polygon.dataset.field);
    }
  });
}
