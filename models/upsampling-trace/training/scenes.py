"""Dead-leaves scenes: overlapping textured shapes whose sizes follow a power law, which gives them the statistics of photographs."""
import numpy as np

_FIELDS = 4
_MIN_RADIUS = 2.0


def dead_leaves(rng: np.random.Generator, size: int) -> np.ndarray:
    """One scene in linear light, size x size x 3, values 0 to 1."""
    fields = [_cloud(rng, size, exponent) for exponent in rng.uniform(0.6, 2.0, _FIELDS)]
    tone = rng.uniform(0.1, 0.5)
    palette = np.clip(rng.lognormal(np.log(tone), 0.8, (16, 1)) * rng.dirichlet([4, 4, 4], 16) * 3, 0.005, 1).astype(np.float32)
    scene = np.ones((size, size, 3), np.float32) * palette[0]
    # Large leaves first, so that no bare ground is left; then all sizes, in any order.
    large = rng.uniform(size / 10, size / 3, 30)
    for radius in np.concatenate([large, _radii(rng, int(10 ** rng.uniform(1.8, 3.1)), size / 4)]):
        _leaf(rng, scene, radius, palette[rng.integers(len(palette))], fields[rng.integers(_FIELDS)])
    return np.clip(scene, 0, 1)


def _radii(rng: np.random.Generator, count: int, largest: float) -> np.ndarray:
    """Density r^-3 between the smallest and the largest, by inversion."""
    u = rng.random(count)
    return (_MIN_RADIUS**-2 + u * (largest**-2 - _MIN_RADIUS**-2)) ** -0.5


def _cloud(rng: np.random.Generator, size: int, exponent: float) -> np.ndarray:
    """Noise whose spectrum falls as 1/f^exponent, mean 0 and deviation 1."""
    frequency = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None])
    frequency[0, 0] = 1
    field = np.fft.irfft2(np.fft.rfft2(rng.standard_normal((size, size))) / frequency**exponent, (size, size))
    return ((field - field.mean()) / field.std()).astype(np.float32)


def _leaf(rng: np.random.Generator, scene: np.ndarray, radius: float, colour: np.ndarray, field: np.ndarray) -> None:
    size = scene.shape[0]
    # Edges are soft over one pixel, so that the scene has no aliasing of its own.
    cy, cx, angle, aspect = rng.uniform(0, size), rng.uniform(0, size), rng.uniform(0, np.pi), rng.uniform(0.4, 1)
    box, contrast, shade = rng.random() < 0.4, rng.uniform(0, 0.35), rng.normal(0, 0.4, 2)
    reach = radius * 1.45 + 1
    y0, y1 = max(0, int(cy - reach)), min(size, int(cy + reach) + 2)
    x0, x1 = max(0, int(cx - reach)), min(size, int(cx + reach) + 2)
    if y0 >= y1 or x0 >= x1:
        return
    dy, dx = np.ogrid[y0 - cy:y1 - cy, x0 - cx:x1 - cx]
    dy, dx = dy.astype(np.float32), dx.astype(np.float32)
    along, across = dx * np.cos(angle) + dy * np.sin(angle), (dy * np.cos(angle) - dx * np.sin(angle)) / aspect
    distance = np.maximum(np.abs(along), np.abs(across)) if box else np.sqrt(along * along + across * across)
    alpha = np.clip(0.5 + radius - distance, 0, 1)[..., None]
    light = 1 + contrast * field[y0:y1, x0:x1] + (shade[0] * dy + shade[1] * dx) / (2 * reach)
    scene[y0:y1, x0:x1] += alpha * (np.maximum(light, 0.05)[..., None] * colour - scene[y0:y1, x0:x1])
