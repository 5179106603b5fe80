#!/usr/bin/env python3
"""
Makes samples/corpus anew: stills and videos of both kinds, one of each thing that goes wrong, and manifest.jsonl, which lists them. Seeded; the
same tools make the same bytes. Needs ffmpeg and what models/upsampling-trace/train.sh installs.
"""
import io
import json
import math
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import wave

DEBIAN_PYTHON = "/usr/bin/python3"
HERE = pathlib.Path(__file__).resolve().parent

try:
    import numpy as np
    import torch
    from PIL import Image
except ImportError:
    # Debian's packages are not seen by another Python that comes first on PATH.
    if os.path.realpath(sys.executable) == os.path.realpath(DEBIAN_PYTHON):
        sys.exit("Debian's python3-torch, python3-numpy and python3-pil are missing; `make model` installs them")
    os.execv(DEBIAN_PYTHON, [DEBIAN_PYTHON, *sys.argv])

sys.path.insert(0, str(HERE.parent / "models" / "upsampling-trace"))
from training.camera import photograph  # noqa: E402
from training.decoders import TRAINED, decode  # noqa: E402
from training.scenes import dead_leaves  # noqa: E402

CORPUS = HERE / "corpus"
# None of the training's splits.
SEED = 4004

# Width, height, format, quality: each once real and once made.
STILLS = [
    (256, 256, "png", None), (224, 160, "png", None),
    (384, 256, "jpg", 95), (320, 320, "jpg", 92), (256, 384, "jpg", 88), (288, 288, "jpg", 80), (352, 288, "jpg", 75), (200, 200, "jpg", 60),
    (320, 240, "webp", 95), (256, 256, "webp", 85),
    (640, 480, "jpg", 90), (512, 384, "jpg", 85), (240, 320, "jpg", 70), (288, 224, "webp", 75),
]
INLINE = (160, 160, 85)
FRAMES, FRAME_RATE, FRAME_SIDE = 16, 8, 256


def main() -> None:
    torch.set_num_threads(1)
    shutil.rmtree(CORPUS, ignore_errors=True)
    CORPUS.mkdir()
    manifest = [*stills(), *inline(), *videos(), *gated(), *troubles()]
    (CORPUS / "manifest.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in manifest))
    size = sum(path.stat().st_size for path in CORPUS.iterdir())
    print(f"{len(manifest)} items, {size / 1e6:.2f} MB in {CORPUS}")


def stills():
    for index, (width, height, kind, quality) in enumerate(STILLS):
        real = picture(index, width, height)
        name = f"{index:02}-{width}x{height}" + (f"-q{quality}" if quality else "")
        upsampler = TRAINED[index % len(TRAINED)]
        made = decode(np.random.default_rng([SEED, index, 1]), real, upsampler)
        yield save(f"real-{name}.{kind}", real, quality, {"label": "real"})
        yield save(f"made-{name}.{kind}", made, quality, {"label": "made", "upsampler": upsampler})


def inline():
    """Small enough to travel in a record."""
    width, height, quality = INLINE
    real = picture(100, width, height)
    made = decode(np.random.default_rng([SEED, 101, 1]), picture(101, width, height), "nearest")
    for name, pixels in (("inline-real.jpg", real), ("inline-made.jpg", made)):
        entry = save(name, pixels, quality, {})
        yield {"id": entry["id"], "file": name, "contentType": "image/jpeg", "inline": True}


def videos():
    """A slow pan over one scene, photographed frame by frame; made: each frame through the same decoder."""
    scene = dead_leaves(np.random.default_rng([SEED, 200]), FRAME_SIDE + 2 * FRAMES)
    for label in ("real", "made"):
        frames = []
        for index in range(FRAMES):
            # One seed for all frames: one camera, one decoder.
            view = scene[index:index + FRAME_SIDE, 2 * index:2 * index + FRAME_SIDE]
            frame = photograph(np.random.default_rng([SEED, 201]), view)
            frames.append(frame if label == "real" else decode(np.random.default_rng([SEED, 202]), frame, "nearest"))
        name = f"video-{label}.mp4"
        encode(frames, CORPUS / name)
        yield {"id": name, "file": name, "contentType": "video/mp4", "metadata": {"label": label}}


def gated():
    """Too little to go by: flat, and too small."""
    yield save("flat.png", np.full((256, 256, 3), 140, np.uint8), None, {"label": "flat"})
    yield save("tiny.jpg", picture(301, 64, 64), 90, {"label": "tiny"})


def troubles():
    """What a real topic also holds: a broken file, an address that leads nowhere, and something no detector of the sample takes."""
    file = io.BytesIO()
    Image.fromarray(picture(300, 256, 256)).save(file, "JPEG", quality=90)
    (CORPUS / "corrupt.jpg").write_bytes(file.getvalue()[:2000])
    yield {"id": "corrupt.jpg", "file": "corrupt.jpg", "contentType": "image/jpeg", "metadata": {"label": "corrupt"}, "error": "CorruptMedia"}
    yield {"id": "missing.jpg", "file": "missing.jpg", "contentType": "image/jpeg", "metadata": {"label": "missing"}, "error": "FetchNotFound"}
    with wave.open(str(CORPUS / "tone.wav"), "wb") as tone:
        tone.setparams((1, 2, 8000, 0, "NONE", ""))
        tone.writeframes(b"".join(struct.pack("<h", int(8000 * math.sin(2 * math.pi * 440 * n / 8000))) for n in range(8000)))
    yield {"id": "tone.wav", "file": "tone.wav", "contentType": "audio/wav", "metadata": {"label": "audio"}}


def picture(index: int, width: int, height: int) -> np.ndarray:
    """A photographed scene of its own."""
    rng = np.random.default_rng([SEED, index])
    return np.ascontiguousarray(photograph(rng, dead_leaves(rng, max(width, height)))[:height, :width])


def save(name: str, pixels: np.ndarray, quality: int | None, metadata: dict[str, str]) -> dict:
    image, path = Image.fromarray(pixels), CORPUS / name
    kind = {".png": "png", ".jpg": "jpeg", ".webp": "webp"}[path.suffix]
    image.save(path, kind, **({"quality": quality} if quality else {"optimize": True}))
    return {"id": name, "file": name, "contentType": f"image/{kind}", "metadata": metadata}


def encode(frames: list[np.ndarray], path: pathlib.Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for index, frame in enumerate(frames):
            Image.fromarray(frame).save(f"{folder}/{index:03}.png")
        subprocess.run(
            ["ffmpeg", "-y", "-loglevel", "error", "-framerate", str(FRAME_RATE), "-i", f"{folder}/%03d.png", "-c:v", "libx264", "-crf", "18",
             "-pix_fmt", "yuv420p", "-threads", "1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-movflags", "+faststart", str(path)],
            check=True)


if __name__ == "__main__":
    main()
