#!/usr/bin/python3
"""Makes the tiny models of these tests; outputs are known in closed form. Run by hand (Debian's python3-onnx), the .onnx files are committed."""
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).parent


def save(name, nodes, inputs, outputs, constants=()):
    graph = helper.make_graph(nodes, name, inputs, outputs, [numpy_helper.from_array(value, key) for key, value in constants])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="make_models.py")
    model.ir_version = 8
    onnx.checker.check_model(model)
    onnx.save(model, HERE / f"{name}.onnx")


def tensor(name, kind, shape):
    return helper.make_tensor_value_info(name, kind, shape)


# Bytes, interleaved: logit = (mean of all values - 128) / 16.
def mean_bytes(name, batch):
    save(name,
         [helper.make_node("Cast", ["image"], ["float"], to=TensorProto.FLOAT),
          helper.make_node("ReduceMean", ["float"], ["mean"], axes=[1, 2, 3], keepdims=0),
          helper.make_node("Sub", ["mean", "middle"], ["centred"]),
          helper.make_node("Div", ["centred", "sixteen"], ["flat"]),
          helper.make_node("Unsqueeze", ["flat", "axis"], ["logit"])],
         [tensor("image", TensorProto.UINT8, [batch, 8, 8, 3])], [tensor("logit", TensorProto.FLOAT, [batch, 1])],
         [("middle", np.float32(128)), ("sixteen", np.float32(16)), ("axis", np.array([1], np.int64))])


mean_bytes("mean_bytes", "N")
mean_bytes("mean_bytes_one", 1)

# Floats, planes: classes = mean of each channel; first = the first value of the first channel.
save("mean_planes",
     [helper.make_node("ReduceMean", ["image"], ["classes"], axes=[2, 3], keepdims=0),
      helper.make_node("Slice", ["classes", "zero", "one", "one"], ["first"])],
     [tensor("image", TensorProto.FLOAT, ["N", 3, 8, 8])],
     [tensor("classes", TensorProto.FLOAT, ["N", 3]), tensor("first", TensorProto.FLOAT, ["N", 1])],
     [("zero", np.array([0], np.int64)), ("one", np.array([1], np.int64))])

# Bytes: the first red value looked up in a table of 200 zeros. A brighter pixel makes the whole run fail.
save("picky",
     [helper.make_node("Slice", ["image", "zeros", "ones", "axes"], ["pixel"]),
      helper.make_node("Cast", ["pixel"], ["index"], to=TensorProto.INT64),
      helper.make_node("Gather", ["table", "index"], ["found"]),
      helper.make_node("Reshape", ["found", "shape"], ["logit"])],
     [tensor("image", TensorProto.UINT8, ["N", 8, 8, 3])], [tensor("logit", TensorProto.FLOAT, ["N", 1])],
     [("table", np.zeros(200, np.float32)), ("zeros", np.zeros(3, np.int64)), ("ones", np.ones(3, np.int64)),
      ("axes", np.array([1, 2, 3], np.int64)), ("shape", np.array([-1, 1], np.int64))])

# Bytes: 0 / 0 for a black picture, else 1.
save("not_a_number",
     [helper.make_node("Cast", ["image"], ["float"], to=TensorProto.FLOAT),
      helper.make_node("ReduceMean", ["float"], ["mean"], axes=[1, 2, 3], keepdims=0),
      helper.make_node("Div", ["mean", "mean"], ["one"]),
      helper.make_node("Unsqueeze", ["one", "axis"], ["probability"])],
     [tensor("image", TensorProto.UINT8, ["N", 8, 8, 3])], [tensor("probability", TensorProto.FLOAT, ["N", 1])],
     [("axis", np.array([1], np.int64))])

# Clips: frames = mean of each frame (0 to 255 if the input is), logit = first frame - last frame, pixel = frame 0, channel 1, upper left.
def clip(name, shape, rest, index):
    save(name,
         [helper.make_node("ReduceMean", ["clip"], ["frames"], axes=rest, keepdims=0),
          helper.make_node("Slice", ["frames", "zero", "one", "one"], ["first"]),
          helper.make_node("Slice", ["frames", "three", "four", "one"], ["last"]),
          helper.make_node("Sub", ["first", "last"], ["logit"]),
          helper.make_node("Slice", ["clip", "starts", "ends", "axes"], ["corner"]),
          helper.make_node("Reshape", ["corner", "row"], ["pixel"])],
         [tensor("clip", TensorProto.FLOAT, ["N", *shape])],
         [tensor("frames", TensorProto.FLOAT, ["N", 4]), tensor("logit", TensorProto.FLOAT, ["N", 1]), tensor("pixel", TensorProto.FLOAT, ["N", 1])],
         [("zero", np.array([0], np.int64)), ("one", np.array([1], np.int64)), ("three", np.array([3], np.int64)), ("four", np.array([4], np.int64)),
          ("starts", np.array(index, np.int64)), ("ends", np.array(index, np.int64) + 1), ("axes", np.array([1, 2, 3, 4], np.int64)),
          ("row", np.array([-1, 1], np.int64))])


clip("clip_channels_first", [3, 4, 8, 8], [1, 3, 4], [1, 0, 0, 0])
clip("clip_time_first", [4, 3, 8, 8], [2, 3, 4], [0, 1, 0, 0])

# Floats, planes: map = the picture itself; generators = ten times the mean of each channel; distance = mean of all;
# segments = the first six values of the first channel's first row, as two rows of three.
save("answers",
     [helper.make_node("Identity", ["image"], ["map"]),
      helper.make_node("ReduceMean", ["image"], ["means"], axes=[2, 3], keepdims=0),
      helper.make_node("Mul", ["means", "ten"], ["generators"]),
      helper.make_node("ReduceMean", ["image"], ["distance4"], axes=[1, 2, 3], keepdims=1),
      helper.make_node("Reshape", ["distance4", "row"], ["distance"]),
      helper.make_node("Slice", ["image", "starts", "ends", "axes"], ["six"]),
      helper.make_node("Reshape", ["six", "rows"], ["segments"])],
     [tensor("image", TensorProto.FLOAT, ["N", 3, 8, 8])],
     [tensor("map", TensorProto.FLOAT, ["N", 3, 8, 8]), tensor("generators", TensorProto.FLOAT, ["N", 3]),
      tensor("distance", TensorProto.FLOAT, ["N", 1]), tensor("segments", TensorProto.FLOAT, ["N", 2, 3])],
     [("ten", np.float32(10)), ("row", np.array([-1, 1], np.int64)), ("rows", np.array([-1, 2, 3], np.int64)),
      ("starts", np.array([0, 0, 0], np.int64)), ("ends", np.array([1, 1, 6], np.int64)), ("axes", np.array([1, 2, 3], np.int64))])

# A face detector whose answers are in the picture: of the first channel, rows 0, 1 and 2 are three boxes (left, top, right, bottom) and, in column 4,
# their scores; column 5 is the score of "no face".
save("painted_faces",
     [helper.make_node("Slice", ["image", "box_starts", "box_ends", "axes"], ["four"]),
      helper.make_node("Reshape", ["four", "boxes_shape"], ["boxes"]),
      helper.make_node("Slice", ["image", "score_starts", "score_ends", "axes"], ["two"]),
      helper.make_node("Reshape", ["two", "scores_shape"], ["scores"])],
     [tensor("image", TensorProto.FLOAT, ["N", 3, 8, 8])],
     [tensor("boxes", TensorProto.FLOAT, ["N", 3, 4]), tensor("scores", TensorProto.FLOAT, ["N", 3, 2])],
     [("axes", np.array([1, 2, 3], np.int64)),
      ("box_starts", np.array([0, 0, 0], np.int64)), ("box_ends", np.array([1, 3, 4], np.int64)), ("boxes_shape", np.array([-1, 3, 4], np.int64)),
      ("score_starts", np.array([0, 0, 4], np.int64)), ("score_ends", np.array([1, 3, 6], np.int64)), ("scores_shape", np.array([-1, 3, 2], np.int64))])

# Two scores: probabilities = [1 - p, p], p = sigmoid(4 * (first - second)); a label before them, as skl2onnx has it.
save("stack",
     [helper.make_node("MatMul", ["scores", "weights"], ["logits"]),
      helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
      helper.make_node("ArgMax", ["logits"], ["label"], axis=1, keepdims=0)],
     [tensor("scores", TensorProto.FLOAT, ["N", 2])],
     [tensor("label", TensorProto.INT64, ["N"]), tensor("probabilities", TensorProto.FLOAT, ["N", 2])],
     [("weights", np.array([[0, 4], [0, -4]], np.float32))])
