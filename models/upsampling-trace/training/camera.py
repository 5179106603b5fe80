"""From a scene to a picture as a camera gives it: optics, sensor noise, Bayer mosaic, demosaicing, tone curve, denoising, sharpening."""
import numpy as np
from PIL import Image, ImageFilter

_MOSAICS = ("RGGB", "GRBG", "GBRG", "BGGR")


def photograph(rng: np.random.Generator, scene: np.ndarray) -> np.ndarray:
    """8-bit sRGB, the scene's size."""
    light = blur(scene, rng.uniform(0.35, 1.1)) * rng.uniform(0.7, 1.3)
    sensor = _expose(rng, _mosaic(light, _MOSAICS[rng.integers(4)]))
    planes = _demosaic(*sensor, corrected=rng.random() < 0.6)
    gain = rng.uniform(0.9, 1.1, 3).astype(np.float32)
    toned = np.clip(planes * gain, 0, 1) ** np.float32(1 / rng.uniform(2.0, 2.4))
    picture = Image.fromarray(_bytes(toned * 255))
    if rng.random() < 0.4:
        denoiser = ImageFilter.MedianFilter(3) if rng.random() < 0.3 else ImageFilter.GaussianBlur(rng.uniform(0.3, 0.7))
        picture = picture.filter(denoiser)
    if rng.random() < 0.5:
        picture = picture.filter(ImageFilter.UnsharpMask(rng.uniform(0.6, 1.5), int(rng.uniform(30, 150)), 0))
    return np.asarray(picture)


def blur(image: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian, edges repeated."""
    reach = max(1, int(3 * sigma + 0.5))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel = (kernel / kernel.sum()).astype(np.float32)
    for axis in (0, 1):
        padded = np.pad(image, [(reach, reach) if i == axis else (0, 0) for i in range(3)], "edge")
        length = image.shape[axis]
        image = sum(weight * np.take(padded, range(i, i + length), axis) for i, weight in enumerate(kernel))
    return image


def _mosaic(light: np.ndarray, pattern: str) -> tuple[np.ndarray, np.ndarray]:
    """What each pixel of the sensor sees, and which colour it is (one-hot)."""
    mask = np.zeros_like(light)
    for i, colour in enumerate(pattern):
        mask[i // 2::2, i % 2::2, "RGB".index(colour)] = 1
    return (light * mask).sum(2), mask


def _expose(rng: np.random.Generator, mosaic: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    values, mask = mosaic
    shot, read = 10 ** rng.uniform(-4.5, -2.3), 10 ** rng.uniform(-3.5, -2.2)
    noise = rng.standard_normal(values.shape, np.float32) * np.sqrt(shot * np.maximum(values, 0) + read * read)
    return np.clip(values + noise, 0, 1).astype(np.float32), mask


def _demosaic(values: np.ndarray, mask: np.ndarray, corrected: bool) -> np.ndarray:
    """Bilinear; corrected: the colours' differences from green are interpolated, which keeps edges as real converters do."""
    mosaic = values[..., None] * mask
    green = _fill(mosaic[..., 1:2], mask[..., 1:2])
    if not corrected:
        return np.concatenate([_fill(mosaic[..., :1], mask[..., :1]), green, _fill(mosaic[..., 2:], mask[..., 2:])], 2)
    # A green pixel that was not measured follows the second difference of what was measured there (Hamilton and Adams' correction).
    padded = np.pad(values, 2, "reflect")
    core = padded[2:-2, 2:-2]
    detail = (4 * core - padded[:-4, 2:-2] - padded[4:, 2:-2] - padded[2:-2, :-4] - padded[2:-2, 4:]) / 8
    green = green + (1 - mask[..., 1:2]) * detail[..., None]
    others = [green + _fill((values[..., None] - green) * mask[..., c:c + 1], mask[..., c:c + 1]) for c in (0, 2)]
    return np.concatenate([others[0], green, others[1]], 2)


def _fill(values: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Missing pixels from their measured neighbours, weights 1 2 1."""
    return _smooth(values) / np.maximum(_smooth(mask), 1e-6) * (1 - mask) + values


def _smooth(plane: np.ndarray) -> np.ndarray:
    padded = np.pad(plane, [(1, 1), (1, 1), (0, 0)], "reflect")
    rows = padded[:-2] + 2 * padded[1:-1] + padded[2:]
    return rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]


def _bytes(values: np.ndarray) -> np.ndarray:
    return np.clip(values + 0.5, 0, 255).astype(np.uint8)
