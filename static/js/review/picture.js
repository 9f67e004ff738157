// @ts-check
// The picture: what part of it is seen (viewBox), how it is turned, and which value is emphasised.
// A record whose picture is not ready has none; whoever uses it asks `hasPicture` first.

import { element, find } from "../elements.js";
import {
  between,
  boxOf,
  centredBox,
  centreOf,
  grown,
  scaled,
  turnedPoint,
  turnedSize,
  turnMatrix,
  within,
} from "./geometry.js";

/** @typedef {import("./geometry.js").Box} Box */
/** @typedef {import("./geometry.js").Point} Point */

const QUICK_MS = 180;
const STEP = 1.4;
// What is seen, against the whole picture: the least and the most.
const NEAREST = 1 / 40;
const FARTHEST = 1.5;
// A selected value is shown with at least this share of the picture around it.
const SHARE = 0.3;

export const hasPicture = () => find("#picture", SVGSVGElement) !== null;
export const picture = () => element("#picture", SVGSVGElement);

function size() {
  const { width, height } = picture().dataset;
  return { width: Number(width), height: Number(height) };
}

const turn = () => Number(picture().dataset.turn);
export const whole = () => ({ x: 0, y: 0, ...turnedSize(size(), turn()) });
const prefersStill = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

/** @returns {Box} */
export function seen() {
  const { x, y, width, height } = picture().viewBox.baseVal;
  return { x, y, width, height };
}

/** @param {Box} box */
function show(box) {
  const { x, y, width, height } = within(box, whole());
  picture().setAttribute("viewBox", [x, y, width, height].join(" "));
}

let moving = 0;

/** @param {Box} target */
function glideTo(target) {
  cancelAnimationFrame(moving);
  if (prefersStill()) {
    show(target);
    return;
  }
  const start = seen();
  const begin = performance.now();
  /** @param {number} now */
  const step = (now) => {
    const share = Math.min((now - begin) / QUICK_MS, 1);
    show(between(start, target, 1 - (1 - share) ** 3));
    moving = share < 1 ? requestAnimationFrame(step) : 0;
  };
  moving = requestAnimationFrame(step);
}

export const fit = () => glideTo(whole());

/**
 * @param {number} factor
 * @param {Point} [point]
 */
export function zoom(factor, point = centreOf(seen())) {
  cancelAnimationFrame(moving);
  const { width } = whole();
  const target = scaled(seen(), 1 / factor, point);
  if (target.width >= width * NEAREST && target.width <= width * FARTHEST) {
    show(target);
  }
}

export const zoomIn = () => zoom(STEP);
export const zoomOut = () => zoom(1 / STEP);

/**
 * @param {number} dx
 * @param {number} dy
 */
export function moveBy(dx, dy) {
  cancelAnimationFrame(moving);
  const box = seen();
  show({ ...box, x: box.x + dx, y: box.y + dy });
}

/**
 * A place on the screen as a point of the viewBox.
 *
 * @param {{ clientX: number, clientY: number }} place
 * @returns {Point}
 */
export function pointAt({ clientX, clientY }) {
  const toScreen = picture().getScreenCTM() ?? new DOMMatrix();
  const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(toScreen.inverse());
  return { x, y };
}

/** @param {number} degrees */
function setTurn(degrees) {
  picture().dataset.turn = String((degrees + 360) % 360);
  const matrix = turnMatrix(size(), turn()).join(" ");
  element("#picture-page", SVGGElement).setAttribute("transform", `matrix(${matrix})`);
}

/**
 * @param {SVGPolygonElement} polygon
 * @returns {import("./geometry.js").Corner[]}
 */
const cornersOf = (polygon) => Array.from(polygon.points, ({ x, y }) => [x, y]);

const emphasised = () => find("polygon[data-selected]", SVGPolygonElement, picture());

export function turnPage() {
  cancelAnimationFrame(moving);
  const sawAll = seen().width >= whole().width && seen().height >= whole().height;
  setTurn(turn() + 90);
  show(whole());
  const polygon = emphasised();
  if (polygon && !sawAll) {
    zoomTo(polygon);
  }
}

/** @param {SVGPolygonElement} polygon */
export function zoomTo(polygon) {
  const corners = cornersOf(polygon).map((corner) => turnedPoint(corner, size(), turn()));
  const box = boxOf(corners);
  const all = whole();
  const width = Math.max(box.width * 1.5, all.width * SHARE);
  const height = Math.max(box.height * 3, all.height * SHARE);
  glideTo(centredBox(centreOf(box), width, height));
}

/** @param {SVGPolygonElement} polygon */
function haloOf(polygon) {
  const corners = cornersOf(polygon);
  const { width, height } = boxOf(corners);
  return grown(corners, Math.min(width, height) * 0.2);
}

/** @param {SVGPolygonElement | null} polygon null for a value whose place is not known */
export function emphasise(polygon) {
  emphasised()?.removeAttribute("data-selected");
  polygon?.setAttribute("data-selected", "");
  const halo = polygon ? haloOf(polygon) : [];
  element("#picture-halo", SVGPolygonElement).setAttribute("points", halo.join(" "));
}

// A page that was photographed on its side opens upright.
export function openPicture() {
  cancelAnimationFrame(moving);
  if (hasPicture()) {
    setTurn(-Number(picture().dataset.pageTurn));
    show(whole());
  }
}

openPicture();
