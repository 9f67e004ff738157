// @ts-check
// Draw each table of figures above it. Without this script, the tables are what there is to read.

import { element, find } from "../elements.js";
import { bars, dayLabel, drawn, labelWidth, lines } from "./data.js";

const HEIGHT = 240;
const LONGEST_LABEL_PX = 170;
// Beside the labels of a plot: its other axis, and a little between each two of them.
const AXIS_PX = 90;
const BETWEEN_PX = 10;
const LINE_PX = 14;
const PALETTE = 8;
// Of things that are counted there are no halves.
const WHOLE = [0, 1, 2, 3, 4, 5, 6].flatMap((power) => [1, 2, 5].map((one) => one * 10 ** power));

/** Colours as the page's look resolves them: a canvas knows no variables. */
function colours() {
  const parts = [...element("#plot-colours", HTMLElement).children];
  const [ink = "", grid = "", ...palette] = parts.map((part) => getComputedStyle(part).color);
  return { ink, grid, palette };
}

/**
 * @param {HTMLTableElement} table
 * @returns {import("./data.js").Table}
 */
function read(table) {
  const texts = [...table.rows].map((row) =>
    [...row.cells].map((cell) => (cell.textContent ?? "").trim()),
  );
  const [top = [], ...rows] = texts;
  return {
    heads: rows.map((row) => row[0] ?? ""),
    columns: top.slice(1),
    numbers: rows.map((row) => row.slice(1).map(Number)),
  };
}

/**
 * @param {import("./data.js").Table} table
 * @param {boolean} areDays
 * @param {number} width
 */
function axisOf(table, areDays, width) {
  if (areDays) {
    const values = (/** @type {unknown} */ _plot, /** @type {number[]} */ days) =>
      days.map(dayLabel);
    return { values, incrs: [1, 2, 7, 14, 28], space: 56 };
  }
  const widths = table.heads.map((head) => labelWidth(head) + BETWEEN_PX);
  const longest = Math.max(...widths);
  const room = width - AXIS_PX;
  const isLong = longest * widths.length > room;
  // Where the screen is narrow, some labels stand in the table alone.
  const every = Math.ceil((LINE_PX * widths.length) / Math.max(room, LINE_PX));
  return {
    splits: () => table.heads.map((_head, row) => row),
    values: () => table.heads.map((head, row) => (row % every === 0 ? head : "")),
    rotate: isLong ? -90 : 0,
    size: isLong ? Math.min(LONGEST_LABEL_PX, longest) : 30,
  };
}

/**
 * @param {import("./data.js").Table} table
 * @param {string[]} columns
 * @param {boolean} areDays
 * @param {number} width
 */
function optionsOf(table, columns, areDays, width) {
  const { ink, grid, palette } = colours();
  const common = { stroke: ink, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
  const paths = areDays ? {} : { paths: uPlot.paths.bars({ size: [0.7 / columns.length, 48] }) };
  const axis = axisOf(table, areDays, width);
  const height = HEIGHT + ("size" in axis ? (axis.size ?? 0) : 0);
  const series = columns.map((label, at) => {
    const colour = palette[at % PALETTE];
    const fill = areDays ? {} : { fill: colour };
    const points = { show: areDays, size: 6, fill: colour };
    return { label, stroke: colour, width: areDays ? 2 : 0, points, ...fill, ...paths };
  });
  return {
    width,
    height,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: widened },
      y: { range: (/** @type {unknown} */ _plot, _least = 0, most = 0) => [0, most * 1.1 || 1] },
    },
    axes: [
      { ...common, ...axis, grid: { show: false } },
      { ...common, incrs: WHOLE },
    ],
    series: [{}, ...series],
  };
}

/**
 * Half a place more on both sides.
 *
 * @param {unknown} _plot
 * @param {number} least
 * @param {number} most
 */
function widened(_plot, least, most) {
  return [Math.round(least) - 0.5, Math.round(most) + 0.5];
}

/**
 * @param {HTMLElement} figure
 * @param {string[]} columns
 */
function tell(figure, columns) {
  const legend = element("[data-legend]", HTMLElement, figure);
  const lines = columns.map((label, at) => {
    const line = document.createElement("li");
    line.className = `plot-colour--${(at % PALETTE) + 1}`;
    line.append(Object.assign(document.createElement("span"), { textContent: label }));
    return line;
  });
  legend.replaceChildren(...lines);
  legend.hidden = figure.dataset.unit !== "";
}

/**
 * Draw a figure, and anew for another width or other colours.
 *
 * @param {HTMLElement} figure
 */
function show(figure) {
  const place = find("[data-drawing]", HTMLElement, figure);
  if (place === null) {
    return;
  }
  const areDays = figure.dataset.figure === "days";
  const table = read(element("table", HTMLTableElement, figure));
  const columns = drawn(table, figure.dataset.unit ?? "");
  const data = (areDays ? lines : bars)(table, columns.length);
  /** @type {uPlot | null} */
  let plot = null;
  const draw = () => {
    plot?.destroy();
    plot = new uPlot(optionsOf(table, columns, areDays, place.clientWidth), data, place);
  };
  tell(figure, columns);
  let width = 0;
  new ResizeObserver(() => {
    if (place.clientWidth !== width) {
      width = place.clientWidth;
      draw();
    }
  }).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  find("[data-theme-switch]", HTMLSelectElement)?.addEventListener("change", draw);
  element("[data-details]", HTMLDetailsElement, figure).open = false;
}

for (const figure of document.querySelectorAll("[data-figure]")) {
  if (figure instanceof HTMLElement) {
    show(figure);
  }
}
