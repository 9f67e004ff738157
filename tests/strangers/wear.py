"""What scanners, cameras, copiers and pockets do to a sheet. Every warp is a homography, which the polygons follow."""

import random
from dataclasses import dataclass

import albumentations
import cv2
import numpy as np

Corners = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Picture:
    image: np.ndarray  # (H, W, 3) RGB uint8
    matrix: np.ndarray  # (3, 3): from the drawn sheet's pixels into this picture's

    def warped(self, matrix: np.ndarray, size: tuple[int, int], ground: np.ndarray | tuple[int, int, int]) -> "Picture":
        """Return the picture warped into a canvas of (width, height), over a colour or a picture of that size."""
        if isinstance(ground, tuple):
            image = cv2.warpPerspective(self.image, matrix, size, flags=cv2.INTER_LINEAR, borderValue=ground)
        else:
            image = cv2.warpPerspective(
                self.image, matrix, size, ground.copy(), cv2.INTER_LINEAR, cv2.BORDER_TRANSPARENT
            )
        return Picture(image, matrix @ self.matrix)

    def changed(self, image: np.ndarray) -> "Picture":
        return Picture(image, self.matrix)


def carry(matrix: np.ndarray, corners: Corners) -> Corners:
    """Return where a homography takes points."""
    moved = cv2.perspectiveTransform(np.array([corners], np.float64), matrix)[0]
    return [(float(x), float(y)) for x, y in moved]


def apply(random_: random.Random, image: np.ndarray, *steps: albumentations.BasicTransform) -> np.ndarray:
    return albumentations.Compose(list(steps), seed=random_.getrandbits(31))(image=image)["image"]


def scan(random_: random.Random, picture: Picture, blur: float = 0.35) -> Picture:
    """Lay the sheet a little askew under a scanner; tone and noise follow."""
    height, width = picture.image.shape[:2]
    angle = max(-2.0, min(2.0, random_.gauss(0, 0.7)))
    margin = random_.choice((0, 0, 0.01, 0.03))
    size = (round(width * (1 + 2 * margin)), round(height * (1 + 2 * margin)))
    matrix = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1), [0, 0, 1]])
    matrix = np.array([[1, 0, width * margin], [0, 1, height * margin], [0, 0, 1]]) @ matrix
    lid = random_.choice(((255, 255, 255), (248, 248, 246), (238, 238, 236), (70, 70, 72)))
    picture = picture.warped(matrix, size, lid)
    image = apply(
        random_,
        picture.image,
        albumentations.RandomBrightnessContrast(brightness_limit=(-0.08, 0.08), contrast_limit=(-0.12, 0.18), p=0.8),
        albumentations.RandomGamma(gamma_limit=(80, 125), p=0.5),
        albumentations.GaussianBlur(sigma_limit=(0.3, 0.9), blur_limit=0, p=blur),
        albumentations.GaussNoise(std_range=(0.005, 0.03), noise_scale_factor=0.5, p=0.6),
        albumentations.Sharpen(alpha=(0.1, 0.35), lightness=(0.9, 1.0), p=0.3),
    )
    return picture.changed(image)


def table(random_: random.Random, size: tuple[int, int]) -> np.ndarray:
    """Return a table or cloth of (width, height): a colour with grain or checks."""
    width, height = size
    noise = np.random.default_rng(random_.getrandbits(32))
    colour = np.array(
        random_.choice(((120, 84, 56), (90, 92, 96), (168, 150, 124), (60, 46, 40), (190, 190, 186), (70, 90, 84))),
        float,
    )
    stretch = random_.choice(((12, 300), (60, 60), (300, 14)))
    small = noise.normal(0, 16, (max(height // stretch[0], 3), max(width // stretch[1], 3)))
    grain = cv2.resize(small, size, interpolation=cv2.INTER_CUBIC)
    shade = np.linspace(random_.uniform(-25, 0), random_.uniform(0, 25), width)
    return np.clip(colour + (grain + shade)[:, :, None], 0, 255).astype(np.uint8)


def photo(random_: random.Random, picture: Picture, blur: float = 0.6) -> Picture:
    """Photograph the sheet on a table: perspective, a shadow, light of one side, blur, colour of the lamp."""
    height, width = picture.image.shape[:2]
    edge = random_.uniform(0.03, 0.14)
    size = (round(width * (1 + 2 * edge)), round(height * (1 + 2 * edge)))
    turn = random_.gauss(0, 2.5)
    centre = (size[0] / 2, size[1] / 2)
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    corners = source + np.array([width * edge, height * edge])
    turned = cv2.transform(corners[None], cv2.getRotationMatrix2D(centre, turn, 1))[0]
    skew = random_.choice((0.02, 0.02, 0.03, 0.055))  # of the width: a hand-held camera looks askew
    jitter = np.array([[random_.uniform(-skew, skew) * width, random_.uniform(-skew, skew) * height] for _ in range(4)])
    matrix = cv2.getPerspectiveTransform(source, (turned + jitter).astype(np.float32))
    picture = picture.warped(matrix.astype(np.float64), size, table(random_, size))
    image = lit(random_, picture.image)
    image = apply(
        random_,
        image,
        albumentations.PlanckianJitter(mode="blackbody", temperature_limit=(4800, 8000), p=0.7),
        albumentations.GaussianBlur(sigma_limit=(0.5, 1.3), blur_limit=0, p=blur),
        albumentations.MotionBlur(blur_limit=(3, 5), p=blur / 4),
        albumentations.ISONoise(color_shift=(0.01, 0.03), intensity=(0.05, 0.25), p=0.6),
        albumentations.Sharpen(alpha=(0.1, 0.3), lightness=(0.9, 1.0), p=0.3),
    )
    return picture.changed(image)


def lit(random_: random.Random, image: np.ndarray) -> np.ndarray:
    """Return an image under light that falls off to one side, often with the shadow of a hand or a phone."""
    height, width = image.shape[:2]
    across = np.linspace(random_.uniform(0.72, 1.0), random_.uniform(0.85, 1.08), width, dtype=np.float32)
    down = np.linspace(random_.uniform(0.8, 1.0), random_.uniform(0.9, 1.05), height, dtype=np.float32)
    light = down[:, None] * across
    if random_.random() < 0.55:
        small = np.ones((60, 80), np.float32)
        points = [(random_.randint(-20, 100), random_.randint(-20, 80)) for _ in range(4)]
        cv2.fillConvexPoly(small, cv2.convexHull(np.array(points, np.int32)), random_.uniform(0.6, 0.85))
        small = cv2.GaussianBlur(small, (0, 0), random_.uniform(1.5, 6))
        light = light * cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    lightened = image * light[:, :, None]
    if random_.random() < 0.15:
        lightened += glare(random_, width, height)[:, :, None]
    return np.clip(lightened, 0, 255).astype(np.uint8)


def glare(random_: random.Random, width: int, height: int) -> np.ndarray:
    """Return the light of a lamp that a smooth sheet throws back: a spot not so bright that it hides a value."""
    small = np.zeros((60, 80), np.float32)
    middle, reach = (random_.randint(0, 80), random_.randint(0, 60)), (random_.randint(4, 16), random_.randint(3, 10))
    cv2.ellipse(small, middle, reach, random_.uniform(0, 180), 0, 360, random_.uniform(35, 80), -1)
    small = cv2.GaussianBlur(small, (0, 0), random_.uniform(3, 7))
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)


def copy(random_: random.Random, picture: Picture) -> Picture:
    """Photocopy: grey, hard tones, speckles, streaks of the drum; some with dark edges."""
    picture = scan(random_, picture)
    noise = np.random.default_rng(random_.getrandbits(32))
    grey = cv2.cvtColor(picture.image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    middle, steep = random_.uniform(165, 205), random_.uniform(0.02, 0.055)
    tones = 255 / (1 + np.exp(-(np.arange(256) - middle) * steep))
    tones = (tones - tones[0]) * 255 / (tones[255] - tones[0])
    grey = tones[np.clip(grey, 0, 255).astype(np.uint8)]
    height, width = grey.shape
    for _ in range(random_.randint(0, 3)):
        x = random_.randint(0, width - 4)
        grey[:, x : x + random_.randint(1, 3)] -= random_.uniform(20, 90)
    specks = noise.random((height // 3, width // 3)) < random_.uniform(0.0001, 0.0012)
    grey -= 150 * cv2.resize(specks.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    grey += (
        noise.normal(0, random_.uniform(2, 9), (height // 2 + 1, width // 2 + 1))
        .repeat(2, 0)
        .repeat(2, 1)[:height, :width]
    )
    image = np.clip(grey, 0, 255).astype(np.uint8)
    return picture.changed(np.repeat(image[:, :, None], 3, axis=2))


def crumple(random_: random.Random, image: np.ndarray) -> np.ndarray:
    """Return an image of a sheet that was folded: light and shade along the folds."""
    height, width = image.shape[:2]
    shade = np.zeros((height, width), np.float32)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    for _ in range(random_.randint(2, 6)):
        angle = random_.choice((0, np.pi / 2, random_.uniform(0, np.pi)))
        distance = (columns - random_.uniform(0, width)) * np.cos(angle) + (rows - random_.uniform(0, height)) * np.sin(
            angle
        )
        shade += random_.uniform(8, 26) * np.sign(distance) * np.exp(-np.abs(distance) / random_.uniform(10, 60))
    return np.clip(image + shade[:, :, None], 0, 255).astype(np.uint8)


def hard(random_: random.Random, picture: Picture) -> Picture:
    """Wear of every kind at once: folds, blur, noise."""
    picture = picture.changed(crumple(random_, picture.image))
    picture = (photo if random_.random() < 0.5 else scan)(random_, picture, blur=0)
    image = apply(
        random_,
        picture.image,
        albumentations.OneOf(
            [
                albumentations.GaussianBlur(sigma_limit=(0.6, 0.95), blur_limit=0, p=1),
                albumentations.MotionBlur(blur_limit=3, p=1),
                albumentations.Defocus(radius=1, alias_blur=(0.05, 0.15), p=1),
            ],
            p=0.9,
        ),
        albumentations.GaussNoise(std_range=(0.01, 0.05), noise_scale_factor=0.5, p=0.8),
        albumentations.RandomBrightnessContrast(brightness_limit=(-0.1, 0.1), contrast_limit=(-0.25, 0.0), p=0.7),
    )
    return picture.changed(image)


def rotated(picture: Picture, quarters: int) -> Picture:
    """Turn a picture by quarters, clockwise."""
    height, width = picture.image.shape[:2]
    turns = {
        1: np.array([[0, -1, height], [1, 0, 0], [0, 0, 1.0]]),
        2: np.array([[-1, 0, width], [0, -1, height], [0, 0, 1.0]]),
        3: np.array([[0, 1, 0], [-1, 0, width], [0, 0, 1.0]]),
    }
    return Picture(np.ascontiguousarray(np.rot90(picture.image, -quarters)), turns[quarters] @ picture.matrix)
