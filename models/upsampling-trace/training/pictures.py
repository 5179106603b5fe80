"""Sets of pictures: each scene once as a camera saw it, and the same picture after each kind of decoder."""
import multiprocessing
import os

import numpy as np
import torch
from PIL import Image
from torch.utils.data import Dataset

from .camera import blur, photograph
from .decoders import CONTROL, TRAINED, UNSEEN, decode
from .journeys import Journey, random_journey, saved, travel
from .scenes import dead_leaves

CAMERA = "camera"
REAL = (CAMERA, CONTROL)
KINDS = REAL + TRAINED + (UNSEEN,)

# Pixels that are cut off at a random corner after saving, so that JPEG's blocks begin anywhere in a crop.
_SLACK = 8


def base_picture(rng: np.random.Generator, size: int) -> np.ndarray:
    """What a camera, or the data set that a generator learned from, would hold: photographed, maybe made smaller, maybe saved."""
    picture = photograph(rng, dead_leaves(rng, size))
    if rng.random() < 0.7:
        side = round(size * rng.uniform(0.66, 0.95))
        picture = np.asarray(Image.fromarray(picture).resize((side, side), Image.Resampling.LANCZOS))
    if rng.random() < 0.5:
        picture = saved(picture, int(rng.integers(85, 99)), int(rng.choice([0, 2])))
    side = picture.shape[0] // 4 * 4
    return picture[:side, :side]


def after(rng: np.random.Generator, picture: np.ndarray, kind: str) -> np.ndarray:
    """The picture itself (camera), or what a decoder of this kind makes of it."""
    if kind == CAMERA:
        return picture
    if kind == CONTROL and rng.random() < 0.7:
        # Decoders soften; so must the control, or softness alone would tell.
        picture = (blur(picture.astype(np.float32), rng.uniform(0.3, 1.0)) + 0.5).astype(np.uint8)
    return decode(rng, picture, kind)


def make_set(seed: int, count: int, size: int, kinds_each: int | None = None) -> list[dict[str, np.ndarray]]:
    """`count` scenes; kinds_each: only so many random trained kinds of each (training), else every kind (evaluation)."""
    tasks = [(seed, index, size, kinds_each) for index in range(count)]
    with multiprocessing.Pool(os.cpu_count()) as pool:
        return pool.map(_make_one, tasks, chunksize=8)


def _make_one(task: tuple[int, int, int, int | None]) -> dict[str, np.ndarray]:
    seed, index, size, kinds_each = task
    torch.set_num_threads(1)
    rng = np.random.default_rng([seed, index])
    picture = base_picture(rng, size)
    kinds = KINDS if kinds_each is None else REAL + tuple(rng.choice(TRAINED, kinds_each, replace=False))
    return {kind: after(rng, picture, kind) for kind in kinds}


class TrainingPairs(Dataset):
    """Pairs of equal crops, real and made, of one scene after one journey. Pair i is the same in each run."""

    def __init__(self, pictures: list[dict[str, np.ndarray]], seed: int, count: int, crop: int) -> None:
        self._pictures, self._seed, self._count, self._crop = pictures, seed, count, crop

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> torch.Tensor:
        rng = np.random.default_rng([self._seed, index])
        scene = self._pictures[rng.integers(len(self._pictures))]
        real = scene[CONTROL if rng.random() < 0.35 else CAMERA]
        made = scene[rng.choice([kind for kind in scene if kind not in REAL])]
        journey = random_journey(rng)
        window = min(real.shape[0], int((self._crop + _SLACK) / journey.scale) + 2)
        top, left = rng.integers(0, real.shape[0] - window + 1, 2)
        dy, dx = rng.integers(0, _SLACK, 2)
        crops = []
        for picture in (real, made):
            end = travel(rng, picture[top:top + window, left:left + window], journey)
            crops.append(end[dy:dy + self._crop, dx:dx + self._crop])
        return torch.from_numpy(np.stack(crops))


class Views(Dataset):
    """Listed (picture, journey) pairs, cut to the detector's input as a worker cuts them."""

    def __init__(self, views: list[tuple[np.ndarray, Journey]], seed: int, crop: int) -> None:
        self._views, self._seed, self._crop = views, seed, crop

    def __len__(self) -> int:
        return len(self._views)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, float]:
        picture, journey = self._views[index]
        end = travel(np.random.default_rng([self._seed, index]), picture, journey)
        return torch.from_numpy(centre_crop(end, self._crop)), sharpness(end)


def centre_crop(picture: np.ndarray, crop: int) -> np.ndarray:
    """The middle; what is missing is mirrored, which keeps even columns even, so that the traces stay in step."""
    for axis in (0, 1):
        offset = (picture.shape[axis] - crop) // 2
        if offset < 0:
            padding = [(0, 0)] * 3
            padding[axis] = (-offset, crop - picture.shape[axis] + offset)
            picture = np.pad(picture, padding, "reflect")
        else:
            picture = np.take(picture, range(offset, offset + crop), axis)
    return np.ascontiguousarray(picture)


def sharpness(picture: np.ndarray) -> float:
    """Variance of the luma's Laplacian, as the worker's gate measures it."""
    luma = np.asarray(Image.fromarray(picture).convert("L")).astype(np.float32)
    return float((luma[:-2, 1:-1] + luma[2:, 1:-1] + luma[1:-1, :-2] + luma[1:-1, 2:] - 4 * luma[1:-1, 1:-1]).var())
