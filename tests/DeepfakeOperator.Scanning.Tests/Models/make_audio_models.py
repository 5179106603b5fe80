#!/usr/bin/python3
"""Makes the tiny models of the tests of sound; outputs are known in closed form.

Run by hand (Debian's python3-onnx); the .onnx files are committed.
"""
import numpy as np
from onnx import TensorProto, helper

from make_models import save, tensor

FLOAT = TensorProto.FLOAT


def logit_of_loudness(source, axes, result="logit"):
    """8 (mean of the magnitudes - 0.25)."""
    return [helper.make_node("Abs", [source], ["magnitude"]),
            helper.make_node("ReduceMean", ["magnitude"], ["loudness"], axes=axes, keepdims=0),
            helper.make_node("Sub", ["loudness", "quarter"], ["centred"]),
            helper.make_node("Mul", ["centred", "eight"], ["flat"]),
            helper.make_node("Unsqueeze", ["flat", "last"], [result])]


CONSTANTS = [("quarter", np.float32(0.25)), ("eight", np.float32(8)), ("last", np.array([1], np.int64))]

save("loudness", logit_of_loudness("samples", [1]),
     [tensor("samples", FLOAT, ["N", 800])], [tensor("logit", FLOAT, ["N", 1])], CONSTANTS)
save("loudness_channel", logit_of_loudness("samples", [1, 2]),
     [tensor("samples", FLOAT, ["N", 1, 800])], [tensor("logit", FLOAT, ["N", 1])], CONSTANTS)

# The mean of the features of the first time, and of the second, whichever axis is time.
for name, axis in (("features_first", 1), ("times_first", 2)):
    save(name, [helper.make_node("ReduceMean", ["features"], ["means"], axes=[axis], keepdims=0)],
         [tensor("features", FLOAT, ["N", "A", "B"])], [tensor("means", FLOAT, ["N", "M"])])

# Speech: 4 times the loudness of the window, at least 0.9 times what the window before gave, times sr / 16000; that is also the state.
save("loud_is_speech",
     [helper.make_node("Abs", ["samples"], ["magnitude"]),
      helper.make_node("ReduceMean", ["magnitude"], ["loudness"], axes=[1], keepdims=1),
      helper.make_node("Mul", ["loudness", "four"], ["level"]),
      helper.make_node("Mul", ["state", "most"], ["faded"]),
      helper.make_node("Squeeze", ["faded", "first"], ["before"]),
      helper.make_node("Max", ["level", "before"], ["higher"]),
      helper.make_node("Cast", ["sr"], ["rate"], to=FLOAT),
      helper.make_node("Div", ["rate", "usual"], ["share"]),
      helper.make_node("Mul", ["higher", "share"], ["speech"]),
      helper.make_node("Unsqueeze", ["speech", "first"], ["next"])],
     [tensor("samples", FLOAT, ["N", 400]), tensor("state", FLOAT, [1, "N", 1]), tensor("sr", TensorProto.INT64, [])],
     [tensor("speech", FLOAT, ["N", 1]), tensor("next", FLOAT, [1, "N", 1])],
     [("four", np.float32(4)), ("most", np.float32(0.9)), ("usual", np.float32(16000)), ("first", np.array([0], np.int64))])

# Pictures with their sound: 4 (mean of the values / 255 - 2 mean of the magnitudes), 0 where the picture is as bright as the sound is loud.
save("bright_as_loud",
     [helper.make_node("ReduceMean", ["frames"], ["mean"], axes=[1, 2, 3, 4], keepdims=0),
      helper.make_node("Div", ["mean", "white"], ["brightness"]),
      helper.make_node("Abs", ["sound"], ["magnitude"]),
      helper.make_node("ReduceMean", ["magnitude"], ["half"], axes=[1], keepdims=0),
      helper.make_node("Mul", ["half", "two"], ["loudness"]),
      helper.make_node("Sub", ["brightness", "loudness"], ["difference"]),
      helper.make_node("Mul", ["difference", "four"], ["flat"]),
      helper.make_node("Unsqueeze", ["flat", "last"], ["logit"])],
     [tensor("frames", FLOAT, ["N", 3, 5, 8, 8]), tensor("sound", FLOAT, ["N", 16000])], [tensor("logit", FLOAT, ["N", 1])],
     [("white", np.float32(255)), ("two", np.float32(2)), ("four", np.float32(4)), ("last", np.array([1], np.int64))])
