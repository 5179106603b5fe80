"""What happens to a picture after it was made: noise, saving, resizing, saving again. Real and made ones take the same journeys."""
import dataclasses
import io

import numpy as np
from PIL import Image

_FILTERS = (Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS, Image.Resampling.BOX)


@dataclasses.dataclass(frozen=True)
class Journey:
    """One journey. Quality None: not saved with loss."""

    noise: float = 0
    first_quality: int | None = None
    scale: float = 1
    filter: Image.Resampling = Image.Resampling.BICUBIC
    quality: int | None = None
    webp: bool = False
    chroma: int = 2


def random_journey(rng: np.random.Generator) -> Journey:
    """A third are resized, most are saved as JPEG at qualities from 50 to 98."""
    resized = rng.random() < 0.35
    return Journey(
        noise=rng.uniform(0.3, 3) if rng.random() < 0.25 else 0,
        first_quality=int(rng.integers(75, 99)) if rng.random() < 0.25 else None,
        scale=rng.uniform(0.7, 1.4) if resized else 1,
        filter=_FILTERS[rng.integers(len(_FILTERS))],
        quality=int(rng.integers(50, 99)) if rng.random() < 0.8 else None,
        webp=rng.random() < 0.08,
        chroma=int(rng.choice([0, 2])))


def travel(rng: np.random.Generator, picture: np.ndarray, journey: Journey) -> np.ndarray:
    """The picture at the journey's end."""
    if journey.noise:
        picture = np.clip(picture + rng.normal(0, journey.noise, picture.shape) + 0.5, 0, 255).astype(np.uint8)
    if journey.first_quality:
        picture = saved(picture, journey.first_quality, journey.chroma)
    if journey.scale != 1:
        size = [round(side * journey.scale) for side in (picture.shape[1], picture.shape[0])]
        picture = np.asarray(Image.fromarray(picture).resize(size, journey.filter))
    if journey.quality:
        picture = saved(picture, journey.quality, journey.chroma, journey.webp)
    return picture


def saved(picture: np.ndarray, quality: int, chroma: int = 2, webp: bool = False) -> np.ndarray:
    """Through a JPEG (or WebP) file and back; chroma 2 keeps a quarter of the colour, 0 all of it."""
    file = io.BytesIO()
    if webp:
        Image.fromarray(picture).save(file, "WEBP", quality=quality, method=1)
    else:
        Image.fromarray(picture).save(file, "JPEG", quality=quality, subsampling=chroma)
    return np.asarray(Image.open(file).convert("RGB"))
