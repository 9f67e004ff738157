"""One headless Chromium for the process, which draws sheets and tells where their ink is."""

import atexit
import base64
import functools
import os
import queue
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from math import ceil

import cv2
import numpy as np
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PIXELS_PER_MM = 96 / 25.4  # of CSS

# What a value's lines cover on the screen, in CSS pixels: key → left, top, right, bottom of each part.
BOXES = """() => {
  const boxes = {};
  for (const part of document.querySelectorAll('.value[data-key]')) {
    const box = part.getBoundingClientRect();
    (boxes[part.dataset.key] ||= []).push([box.left, box.top, box.right, box.bottom]);
  }
  return boxes;
}"""


@dataclass(frozen=True, slots=True)
class Drawing:
    image: np.ndarray  # (H, W, 3) RGB uint8
    ink: np.ndarray  # (H, W, 3) uint8: values alone, on black, each in the channel of its `data-channel`
    boxes: dict[str, list[list[float]]]  # in pixels of the image


class Chromium:
    """A page of a browser in a thread of its own, because Playwright allows one event loop in a thread."""

    def __init__(self) -> None:
        self.jobs: queue.SimpleQueue[tuple[str, float, float, float, Future[Drawing]] | None] = queue.SimpleQueue()
        self.started: Future[None] = Future()
        self.thread = threading.Thread(target=self.work, name="strangers-chromium", daemon=True)
        self.thread.start()
        atexit.register(self.close)
        self.started.result(timeout=60)

    def work(self) -> None:
        with sync_playwright() as playwright:
            try:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            except PlaywrightError as error:
                self.started.set_exception(error)
                return
            self.started.set_result(None)
            self.take_jobs(browser.new_page())
            browser.close()

    def take_jobs(self, page: Page) -> None:
        while job := self.jobs.get():
            *arguments, future = job
            try:
                future.set_result(draw_on(page, *arguments))
            except PlaywrightError as error:
                future.set_exception(error)

    def draw(self, html: str, width_mm: float, height_mm: float, dpi: float) -> Drawing:
        future: Future[Drawing] = Future()
        self.jobs.put((html, width_mm, height_mm, dpi, future))
        return future.result(timeout=60)

    def close(self) -> None:
        self.jobs.put(None)
        self.thread.join(timeout=10)


@functools.cache
def chromium(process: int) -> Chromium:
    """Return the browser of a process: a forked one has inherited no thread."""
    return Chromium()


def draw(html: str, width_mm: float, height_mm: float, dpi: float) -> Drawing:
    """Draw a page of HTML twice: as it is, and its values alone."""
    return chromium(os.getpid()).draw(html, width_mm, height_mm, dpi)


def draw_on(page: Page, html: str, width_mm: float, height_mm: float, dpi: float) -> Drawing:
    """Draw on a page.

    The clip's scale draws at a resolution; a context with that device scale factor would be needed for each otherwise.
    """
    width, height, scale = width_mm * PIXELS_PER_MM, height_mm * PIXELS_PER_MM, dpi / 96
    page.set_viewport_size({"width": ceil(width), "height": ceil(height)})
    page.set_content(html)
    session = page.context.new_cdp_session(page)

    def screenshot() -> np.ndarray:
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": scale}
        answer = session.send("Page.captureScreenshot", {"format": "png", "optimizeForSpeed": True, "clip": clip})
        data = np.frombuffer(base64.b64decode(answer["data"]), np.uint8)
        return cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)

    image = screenshot()
    boxes = page.evaluate(BOXES)
    page.evaluate("() => document.documentElement.classList.add('ink')")
    ink = screenshot()
    session.detach()
    scaled = {key: [[edge * scale for edge in box] for box in parts] for key, parts in boxes.items()}
    return Drawing(image, ink, scaled)


def polygons(drawing: Drawing, channels: dict[str, int], angle: float) -> dict[str, list[tuple[float, float]]]:
    """Return for every value the rectangle round its ink, turned by `angle` degrees as its lines are.

    A part's ink is what its own channel shows in its box: no neighbour of the same channel comes near.
    """
    found = {}
    for key, parts in drawing.boxes.items():
        points = [ink_points(drawing.ink[:, :, channels[key]], box) for box in parts]
        found[key] = turned_rectangle(np.concatenate(points), angle)
    return found


def ink_points(channel: np.ndarray, box: list[float]) -> np.ndarray:
    """Return the (n, 2) pixels of ink in a box, a little of its surroundings included."""
    height, width = channel.shape
    margin = 3
    left, top = max(int(box[0]) - margin, 0), max(int(box[1]) - margin, 0)
    right, bottom = min(int(box[2]) + margin + 1, width), min(int(box[3]) + margin + 1, height)
    rows, columns = np.nonzero(channel[top:bottom, left:right] > 100)
    return np.stack([columns + left, rows + top], axis=1).astype(float)


def turned_rectangle(points: np.ndarray, angle: float) -> list[tuple[float, float]]:
    cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    turn = np.array([[cosine, sine], [-sine, cosine]])  # from the picture into the lines' own axes
    level = points @ turn.T
    (left, top), (right, bottom) = level.min(axis=0), level.max(axis=0) + 1
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]]) @ turn
    return [(float(x), float(y)) for x, y in corners]
