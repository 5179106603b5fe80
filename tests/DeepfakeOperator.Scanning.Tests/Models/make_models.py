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
