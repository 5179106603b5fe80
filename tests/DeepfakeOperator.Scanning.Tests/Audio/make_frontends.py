#!/usr/bin/python3
"""Makes frontends.json: features of one short signal as scipy and numpy see them, an oracle independent of the code under test.

Run by hand (Debian's python3-scipy); the file is committed.
"""
import json
import pathlib

import numpy as np
import scipy.fft
import scipy.signal

RATE = 16000
HERE = pathlib.Path(__file__).parent


def signal():
    t = np.arange(2400) / RATE
    noise = np.random.default_rng(7).standard_normal(t.size)
    chirp = scipy.signal.chirp(t, 200, t[-1], 7000)
    return np.round(0.3 * np.sin(2 * np.pi * 440 * t) + 0.2 * chirp + 0.02 * noise, 5).astype(np.float32)


def magnitudes(x, fft, window, hop, function, edge):
    """|STFT|, bins by times, through scipy.signal.stft, which divides by the sum of the window."""
    weights = scipy.signal.get_window(function, window)
    boundary = {"Reflect": "even", "Zero": "zeros", "None": None}[edge]
    if edge == "None":
        # A shorter window lies in the middle of the transform.
        x = x[(fft - window) // 2: x.size - (fft - window + 1) // 2]
    _, _, z = scipy.signal.stft(x, RATE, weights, window, window - hop, fft, boundary=boundary, padded=False)
    return np.abs(z) * weights.sum()


def triangles(edges, fft):
    hz = np.arange(fft // 2 + 1) * RATE / fft
    return np.array([np.interp(hz, [left, middle, right], [0, 1, 0], 0, 0) for left, middle, right in zip(edges, edges[1:], edges[2:])])


def htk(bands, low, high):
    mel = np.linspace(*(2595 * np.log10(1 + f / 700) for f in (low, high)), bands + 2)
    return 700 * (10 ** (mel / 2595) - 1)


def slaney(bands, low, high):
    def to_mel(f):
        return f * 3 / 200 if f < 1000 else 15 + np.log(f / 1000) * 27 / np.log(6.4)

    def to_hz(m):
        return m * 200 / 3 if m < 15 else 1000 * 6.4 ** ((m - 15) / 27)
    return np.array([to_hz(m) for m in np.linspace(to_mel(low), to_mel(high), bands + 2)])


def decibel(x, span=0):
    values = 10 * np.log10(np.maximum(x, 1e-10))
    return np.maximum(values, values.max() - span) if span else values


def lfcc(x, fft, window, hop, count, energy):
    x = np.append(x[:1], x[1:] - 0.97 * x[:-1])
    power = magnitudes(x, fft, window, hop, "hamming", "Zero") ** 2
    bands = triangles(np.linspace(0, RATE / 2, count + 2), fft) @ power
    eps = np.finfo(np.float32).eps
    values = scipy.fft.dct(np.log10(bands + eps), norm="ortho", axis=0)
    if energy:
        values[0] = np.log10(power.sum(axis=0) / fft + eps)

    def delta(v):
        return np.hstack([v[:, 1:], v[:, -1:]]) - np.hstack([v[:, :1], v[:, :-1]])
    return np.vstack([values, delta(values), delta(delta(values))])


x = signal().astype(np.float64)
areas = slaney(12, 0, 8000)
cases = {
    # The spectrogram of the ASVspoof 2019 ResNet, shortened: librosa's STFT in decibel.
    "stft-decibel": (dict(kind="Stft", fft=512, window=512, hop=128, decibel=True, dynamicRange=80),
                     decibel(magnitudes(x, 512, 512, 128, "hann", "Reflect") ** 2, 80)),
    # XMAD-Bench: a transform whose size is no power of two, magnitude to the power 0.3.
    "stft-root": (dict(kind="Stft", fft=320, window=320, hop=160, power=0.3, edge="None"),
                  magnitudes(x, 320, 320, 160, "hann", "None") ** 0.3),
    "stft-short-window": (dict(kind="Stft", fft=256, window=200, hop=100, power=1, windowFunction="Rectangular", edge="None"),
                          magnitudes(x, 256, 200, 100, "boxcar", "None")),
    # SONICS, with fewer bands.
    "mel-htk": (dict(kind="Mel", fft=2048, window=2048, hop=512, mels=16, minHz=20, maxHz=8000),
                triangles(htk(16, 20, 8000), 2048) @ magnitudes(x, 2048, 2048, 512, "hann", "Reflect") ** 2),
    "mel-slaney": (dict(kind="Mel", fft=512, window=400, hop=160, mels=12, melScale="Slaney", decibel=True),
                   decibel((2 / (areas[2:] - areas[:-2]))[:, None] * triangles(areas, 512) @ magnitudes(x, 512, 400, 160, "hann", "Reflect") ** 2)),
    # LFCC of the ASVspoof baselines.
    "lfcc": (dict(kind="Lfcc", fft=512, window=320, hop=160, coefficients=20, deltas=True, energy=True, preEmphasis=0.97,
                  windowFunction="Hamming", edge="Zero"), lfcc(x, 512, 320, 160, 20, True)),
    "lfcc-plain": (dict(kind="Lfcc", fft=512, window=320, hop=160, coefficients=13, deltas=True, preEmphasis=0.97,
                        windowFunction="Hamming", edge="Zero"), lfcc(x, 512, 320, 160, 13, False)),
}
HERE.joinpath("frontends.json").write_text(json.dumps({
    "samples": [float(f"{value:.5f}") for value in x],
    "cases": [{"name": name, "frontend": frontend, "features": values.shape[0], "times": values.shape[1],
               "values": [float(f"{value:.7g}") for value in values.ravel()]} for name, (frontend, values) in cases.items()],
}, separators=(",", ":")) + "\n")
