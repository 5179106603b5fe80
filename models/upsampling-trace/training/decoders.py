"""
Random up-sampling decoders, as generators end in one. An encoder with random weights shrinks the picture to a latent of half or a quarter the
size; the up-sampler and a convolution after it, random too, bring it back; only the last, linear layer is fitted to the picture (least squares),
so that the result looks like the picture and what is left is the trace of the up-sampling. `none` is the control: the same network without
shrinking and up-sampling. It counts as real, so that a network cannot learn to tell decoders instead of up-samplers.
"""
import numpy as np
import torch
from torch.nn import functional as F

CONTROL = "none"
TRAINED = ("nearest", "bilinear", "transposed", "pixelshuffle")
# Never seen in training or calibration; the evaluation says how far the detector generalises to it.
UNSEEN = "bicubic"

_FITTED_PIXELS = 2500


def decode(rng: np.random.Generator, picture: np.ndarray, kind: str) -> np.ndarray:
    """The picture after a new random decoder; 8 bit, same size. The sides must be multiples of 4."""
    torch.manual_seed(int(rng.integers(2**31)))
    target = torch.from_numpy(picture.copy()).permute(2, 0, 1)[None].float() / 255 - 0.5
    with torch.no_grad():
        features = _features(rng, target, kind)
        output = _readout(rng, features, target)
    # A picture file has no values between the levels; the rounding is part of what leaves a generator.
    return ((output[0] + 0.5) * 255).round().clamp(0, 255).byte().permute(1, 2, 0).contiguous().numpy()


def _features(rng: np.random.Generator, target: torch.Tensor, kind: str) -> torch.Tensor:
    width = int(rng.integers(12, 21))
    if kind == CONTROL:
        return _mix(rng, _activate(rng, _conv(target, 3, width, 3)))
    stages = 2 if rng.random() < 0.15 else 1
    latent = target
    for stage in range(stages):
        latent = _conv(latent, latent.shape[1], width * (stage + 1), 4, stride=2)
    latent = _activate(rng, latent)
    for stage in reversed(range(stages)):
        latent = _mix(rng, _up(rng, latent, kind, width * (stage + 1)))
    return latent


def _up(rng: np.random.Generator, latent: torch.Tensor, kind: str, width: int) -> torch.Tensor:
    channels = latent.shape[1]
    if kind in ("nearest", "bilinear", "bicubic"):
        corners = None if kind == "nearest" else False
        return F.interpolate(latent, scale_factor=2, mode=kind, align_corners=corners)
    # Trained weights are neither free of a checkerboard nor all of it: a smooth kernel plus a disturbance of random strength.
    strength = 10 ** rng.uniform(-1.5, 0)
    if kind == "transposed":
        size = int(rng.choice([2, 3, 4]))
        tent = 1 - (torch.arange(size) - (size - 1) / 2).abs() / 2
        smooth = torch.outer(tent, tent).expand(channels, 1, -1, -1)
        kernel = smooth / smooth.sum((2, 3), keepdim=True) * 4
        kernel = kernel + strength * kernel.mean() * torch.randn_like(kernel)
        return F.conv_transpose2d(latent, kernel, stride=2, padding=(size - 1) // 2, output_padding=size % 2, groups=channels)
    if kind == "pixelshuffle":
        shared = torch.randn(width, 1, channels, 3, 3)
        own = torch.randn(width, 4, channels, 3, 3)
        kernel = ((shared + strength * own) / np.sqrt(channels * 9)).reshape(width * 4, channels, 3, 3)
        return F.pixel_shuffle(F.conv2d(F.pad(latent, (1, 1, 1, 1), "reflect"), kernel), 2)
    raise ValueError(f"no up-sampler {kind}")


def _mix(rng: np.random.Generator, features: torch.Tensor) -> torch.Tensor:
    """One more random layer beside what came in, as in a residual block."""
    return torch.cat([features, _activate(rng, _conv(features, features.shape[1], 12, 3))], 1)


def _conv(x: torch.Tensor, channels: int, width: int, size: int, stride: int = 1) -> torch.Tensor:
    kernel = torch.randn(width, channels, size, size) / np.sqrt(channels * size * size)
    left = (size - 1) // 2
    right = size - 1 - left if stride == 1 else size - stride - left
    return F.conv2d(F.pad(x, (left, right, left, right), "reflect"), kernel, stride=stride)


def _activate(rng: np.random.Generator, x: torch.Tensor) -> torch.Tensor:
    x = x / x.std().clamp(min=1e-6)
    return (F.leaky_relu(x, 0.2), torch.tanh(x), F.elu(x))[int(rng.integers(3))]


def _readout(rng: np.random.Generator, features: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """The last layer, a 3x3 convolution to RGB, fitted on random pixels by ridge regression."""
    channels, height, width = features.shape[1:]
    padded = F.pad(features, (1, 1, 1, 1), "reflect")
    at = torch.from_numpy(rng.integers(0, height * width, _FITTED_PIXELS))
    y, x = torch.div(at, width, rounding_mode="floor"), at % width
    window = torch.arange(3)
    rows = padded[0][:, (y[:, None] + window)[:, :, None], (x[:, None] + window)[:, None, :]]
    rows = rows.permute(1, 0, 2, 3).reshape(_FITTED_PIXELS, -1)
    rows = torch.cat([rows, torch.ones(_FITTED_PIXELS, 1)], 1)
    gram = (rows.T @ rows).double()
    gram += 1e-4 * gram.diagonal().mean() * torch.eye(len(gram), dtype=torch.double)
    fit = torch.linalg.solve(gram, (rows.T @ target[0][:, y, x].T).double()).float()
    return F.conv2d(padded, fit[:-1].T.reshape(3, channels, 3, 3).contiguous(), fit[-1])
