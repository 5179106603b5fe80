"""The files that the worker and the model card need."""
import datetime
import hashlib
import json
import math
import pathlib

import numpy as np
import onnx
import torch
from PIL import Image

from . import card
from .network import UpsamplingTrace
from .pictures import centre_crop

CROP = 256
MIN_SIDE = 128
MIN_SHARPNESS = 2.0

_MODEL, _GOLDEN = "upsampling-trace.onnx", "golden.png"


def write(folder: pathlib.Path, network: UpsamplingTrace, picture: np.ndarray, evaluation: dict) -> None:
    """Model, golden picture, descriptor, evaluation and the tables of the model card."""
    _write_model(folder / _MODEL, network)
    # Odd sides smaller than the input: the golden picture also checks how the worker mirrors the edges.
    golden = picture[:133, :149]
    Image.fromarray(golden).save(folder / _GOLDEN, optimize=True)
    with torch.no_grad():
        logit = network(torch.from_numpy(centre_crop(golden, CROP))[None]).item()
    (folder / "detector.yaml").write_text(_descriptor(folder, logit, evaluation["calibration"]))
    (folder / "evaluation.json").write_text(json.dumps(evaluation, indent=2) + "\n")
    card.update(folder / "README.md", evaluation)


def _write_model(path: pathlib.Path, network: UpsamplingTrace) -> None:
    torch.onnx.export(
        network, torch.zeros(2, CROP, CROP, 3, dtype=torch.uint8), str(path), opset_version=13, input_names=["image"], output_names=["logit"],
        dynamic_axes={"image": {0: "N"}, "logit": {0: "N"}})
    model = onnx.load(str(path))
    onnx.checker.check_model(model, full_check=True)


def _sha256(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _descriptor(folder: pathlib.Path, logit: float, calibration: dict) -> str:
    return f"""\
# Written by training/export.py; `make model` writes it anew.
apiVersion: deepfakeoperator.io/v1alpha1
kind: ClusterDetector
metadata:
  name: upsampling-trace
spec:
  version: "1.0.0"
  category: UpsamplingTrace
  role: Detector
  modality: Image
  licence: {{spdx: Apache-2.0, commercial: true}}
  sources:
    - https://arxiv.org/abs/2312.10461 # the idea: neighbouring pixel relationships
  trainedOn: ["dead-leaves scenes, photographed and decoded by training/"]
  model:
    uri: bundled:upsampling-trace/{_MODEL}
    sha256: "{_sha256(folder / _MODEL)}"
  inputs:
    - {{name: image, layout: NHWC, shape: [-1, {CROP}, {CROP}, 3], type: UInt8}} # normalisation is in the graph
  maxBatch: 64
  image:
    colour: RGB
    width: {CROP}
    height: {CROP}
    resize: None # resizing would wipe out what is looked for
    crop: Centre
    pad: Mirror
  outputs:
    - {{name: logit, kind: SigmoidLogit, polarity: {{highIsFake: true}}}}
  calibration:
    method: Temperature
    temperature: {calibration["temperature"]}
    fittedOn: validation split of training/, random noise, resizing and JPEG
    fittedAt: "{datetime.date.today().isoformat()}"
    ece: {calibration["eceAfter"]} # on the test split; {calibration["eceBefore"]} before
  aggregation: {{space: Logit, method: Mean}}
  gates:
    minSide: {MIN_SIDE} # smaller pictures were not evaluated
    minSharpness: {MIN_SHARPNESS} # flat pictures hold no traces
  conformance:
    input:
      uri: bundled:upsampling-trace/{_GOLDEN}
      sha256: "{_sha256(folder / _GOLDEN)}"
    expected:
      - {{output: logit, values: [{logit:.6f}]}}
    score: {1 / (1 + math.exp(-logit)):.6f} # the logit alone would not show a wrong polarity
    tolerance: 0.0001
"""
