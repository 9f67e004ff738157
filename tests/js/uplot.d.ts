// What the scripts use of static/vendor/uplot, which a page loads before them.

declare class uPlot {
  constructor(options: object, data: (number | undefined)[][], target: HTMLElement);
  static paths: { bars(options: object): unknown };
  destroy(): void;
}
