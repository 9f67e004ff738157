// The picture: what part of it is seen (viewBox), how it is turned, and which value is emphasised.

import { around, between, boxOf, centreOf, grown, scaled, turnMatrix, turnedPoint, turnedSize, within } from "./geometry.js";

const svg = document.querySelector("#picture");
const page = document.querySelector("#picture-page");
const halo = document.querySelector("#picture-halo");
const QUICK = 180;
const STEP = 1.4;
const NEAREST = 1 / 40;
const FARTHEST = 1.5;
const SHARE = 0.3;

const size = () => ({ width: Number(svg.dataset.width), height: Number(svg.dataset.height) });
const turn = () => Number(svg.dataset.turn);
const whole = () => ({ x: 0, y: 0, ...turnedSize(size(), turn()) });
const prefersStill = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

export const hasPicture = () => svg !== null;
export const picture = svg;

export function seen() {
  const { x, y, width, height } = svg.viewBox.baseVal;
  return { x, y, width, height };
}

export function show(box) {
  const { x, y, width, height } = within(box, whole());
  svg.setAttribute("viewBox", [x, y, width, height].join(" "));
}

let moving = 0;

function glideTo(target) {
  cancelAnimationFrame(moving);
  if (prefersStill()) {
    show(target);
    return;
  }
  const start = seen();
  const begin = performance.now();
  const step = (now) => {
    const share = Math.min((now - begin) / QUICK, 1);
    show(between(start, target, 1 - (1 - share) ** 3));
    moving = share < 1 ? requestAnimationFrame(step) : 0;
  };
  moving = requestAnimationFrame(step);
}

export const fit = () => glideTo(whole());

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

export function moveBy(dx, dy) {
  cancelAnimationFrame(moving);
  const box = seen();
  show({ ...box, x: box.x + dx, y: box.y + dy });
}

// A place on the screen as a point of the viewBox.
export function pointAt({ clientX, clientY }) {
  const point = new DOMPoint(clientX, clientY).matrixTransform(svg.getScreenCTM().inverse());
  return { x: point.x, y: point.y };
}

function setTurn(degrees) {
  svg.dataset.turn = (degrees + 360) % 360;
  page.setAttribute("transform", `matrix(${turnMatrix(size(), turn()).join(" ")})`);
}

const cornersOf = (polygon) => [...polygon.points].map(({ x, y }) => [x, y]);

export function turnPage() {
  cancelAnimationFrame(moving);
  const sawAll = seen().width >= whole().width && seen().height >= whole().height;
  setTurn(turn() + 90);
  show(whole());
  const polygon = svg.querySelector("polygon[data-selected]");
  if (polygon && !sawAll) {
    zoomTo(polygon);
  }
}

export function zoomTo(polygon) {
  const box = boxOf(cornersOf(polygon).map((point) => turnedPoint(point, size(), turn())));
  const all = whole();
  const width = Math.max(box.width * 1.5, all.width * SHARE);
  const height = Math.max(box.height * 3, all.height * SHARE);
  glideTo(around(centreOf(box), width, height));
}

export function emphasise(polygon) {
  svg.querySelector("polygon[data-selected]")?.removeAttribute("data-selected");
  const corners = polygon ? cornersOf(polygon) : [];
  polygon?.setAttribute("data-selected", "");
  const gap = polygon ? Math.min(boxOf(corners).width, boxOf(corners).height) * 0.2 : 0;
  halo.setAttribute("points", grown(corners, gap).join(" "));
}

if (svg) {
  // A page that was photographed on its side opens upright.
  setTurn(-Number(svg.dataset.pageTurn));
  show(whole());
}
