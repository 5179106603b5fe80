"""What the detector can tell on the held-out scenes."""
import numpy as np

from .decoders import TRAINED, UNSEEN
from .export import CROP, MIN_SHARPNESS
from .fit import scores
from .journeys import Journey, random_journey
from .network import UpsamplingTrace
from .pictures import KINDS, REAL, Views

QUALITIES = (None, 95, 85, 75, 60)
FAKE_AT, REAL_AT = 0.8, 0.3
_MIXED_JOURNEYS = 2

PictureSet = list[dict[str, np.ndarray]]


def calibration_views(pictures: PictureSet, seed: int) -> tuple[list[tuple[np.ndarray, Journey]], np.ndarray]:
    """
    Random journeys, as in training; returns the views and which are made. There are four up-samplers and two kinds of real pictures, so
    each real view stands twice: both halves weigh the same.
    """
    rng = np.random.default_rng(seed)
    views, made = [], []
    for scene in pictures:
        for _ in range(_MIXED_JOURNEYS):
            journey = random_journey(rng)
            views += [(scene[kind], journey) for kind in REAL * 2 + TRAINED]
            made += [False] * 2 * len(REAL) + [True] * len(TRAINED)
    return views, np.array(made)


def evaluate(network: UpsamplingTrace, pictures: PictureSet, seed: int, temperature: float) -> dict:
    """All the numbers of the model card."""
    journeys = {_name(quality): Journey(quality=quality) for quality in QUALITIES}
    journeys["resized x0.75, JPEG 90"] = Journey(scale=0.75, quality=90)
    journeys["resized x1.3, JPEG 90"] = Journey(scale=1.3, quality=90)
    by_journey = {name: _by_kind(network, pictures, seed, journey) for name, journey in journeys.items()}
    small = [{kind: picture[:128, :128] for kind, picture in scene.items()} for scene in pictures]
    by_journey["128 x 128 pixels, JPEG 90"] = _by_kind(network, small, seed, Journey(quality=90))

    views, made = calibration_views(pictures, seed)
    logits, sharpness = scores(network, Views(views, seed, CROP))
    before, after = sigmoid(logits), sigmoid(logits / temperature)
    return {
        "auc": {name: _auc_row(logit) for name, logit in by_journey.items()},
        "falseAlarms": {name: {kind: _share(sigmoid(logit[kind] / temperature) >= FAKE_AT) for kind in REAL} for name, logit in by_journey.items()},
        "mixed": {"views": len(views), "auc": auc(logits[~made], logits[made]), "bySharpness": _by_sharpness(logits, made, sharpness)},
        "calibration": {"temperature": temperature, "eceBefore": ece(before, made), "eceAfter": ece(after, made)},
        "operatingPoints": {
            "fakeAtOrAbove": FAKE_AT,
            "realAtOrBelow": REAL_AT,
            "made": {"fake": _share(after[made] >= FAKE_AT), "real": _share(after[made] <= REAL_AT)},
            "camera and control": {"fake": _share(after[~made] >= FAKE_AT), "real": _share(after[~made] <= REAL_AT)},
        },
        "gates": {"minSharpness": MIN_SHARPNESS, "mixedViewsBelow": _share(sharpness < MIN_SHARPNESS)},
    }


def sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logits))


def auc(real: np.ndarray, made: np.ndarray) -> float:
    """Chance that a made picture scores above a real one; ties count half."""
    ordered = np.sort(real)
    below = np.searchsorted(ordered, made, "left") + np.searchsorted(ordered, made, "right")
    return round(float(below.mean() / (2 * len(real))), 4)


def ece(probabilities: np.ndarray, made: np.ndarray, bins: int = 15) -> float:
    """Expected calibration error over bins of equal width."""
    index = np.minimum((probabilities * bins).astype(int), bins - 1)
    gaps = [abs(probabilities[index == b].mean() - made[index == b].mean()) * (index == b).mean() for b in range(bins) if (index == b).any()]
    return round(float(sum(gaps)), 4)


def _name(quality: int | None) -> str:
    return f"JPEG {quality}" if quality else "PNG"


def _by_kind(network: UpsamplingTrace, pictures: PictureSet, seed: int, journey: Journey) -> dict[str, np.ndarray]:
    views = [(scene[kind], journey) for kind in KINDS for scene in pictures]
    logits, _ = scores(network, Views(views, seed, CROP))
    return dict(zip(KINDS, np.split(logits, len(KINDS))))


def _auc_row(logits: dict[str, np.ndarray]) -> dict[str, float]:
    """Each up-sampler against camera pictures and controls together."""
    real = np.concatenate([logits[kind] for kind in REAL])
    row = {kind: auc(real, logits[kind]) for kind in TRAINED + (UNSEEN,)}
    row["all trained"] = auc(real, np.concatenate([logits[kind] for kind in TRAINED]))
    return row


def _by_sharpness(logits: np.ndarray, made: np.ndarray, sharpness: np.ndarray) -> list[dict[str, float]]:
    """Sixths of the views by sharpness; where the lowest is no better than chance a gate belongs."""
    edges = np.quantile(sharpness, np.linspace(0, 1, 7))
    rows = []
    for low, high in zip(edges, edges[1:]):
        here = (sharpness >= low) & (sharpness <= high)
        rows.append({"from": round(low, 1), "to": round(high, 1), "auc": auc(logits[here & ~made], logits[here & made])})
    return rows


def _share(condition: np.ndarray) -> float:
    return round(float(condition.mean()), 4)
