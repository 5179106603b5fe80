"""The whole training: pictures, network, temperature, evaluation, files."""
import argparse
import pathlib
import time

import torch

from . import export
from .evaluate import calibration_views, evaluate
from .fit import scores, temperature, train
from .network import parameters
from .pictures import TrainingPairs, Views, make_set

# Seeds of the three splits; samples/make-corpus.py uses one of its own.
SEEDS = {"train": 1001, "validation": 2002, "test": 3003}
TRAINING_CROP = 96


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--scale", type=float, default=1, help="share of the pictures and steps, for a quick try")
    options.add_argument("--output", type=pathlib.Path, default=pathlib.Path(__file__).parents[1])
    arguments = options.parse_args()
    torch.use_deterministic_algorithms(True)
    # One core computes while another prepares the next batch; more threads would only wait for each other.
    torch.set_num_threads(1)
    started = time.monotonic()

    def say(line: str) -> None:
        print(f"[{time.monotonic() - started:5.0f} s] {line}", flush=True)

    def count(full: int) -> int:
        return max(4, round(full * arguments.scale))

    training = make_set(SEEDS["train"], count(180), 320, kinds_each=2)
    say(f"made {len(training)} training scenes")
    validation = make_set(SEEDS["validation"], count(30), 352)
    test = make_set(SEEDS["test"], count(40), 352)
    say(f"made {len(validation)} validation and {len(test)} test scenes")

    torch.manual_seed(SEEDS["train"])
    network = train(TrainingPairs(training, SEEDS["train"], 32 * count(600), TRAINING_CROP), 32)
    say(f"trained {parameters(network)} parameters")

    views, made = calibration_views(validation, SEEDS["validation"])
    logits, _ = scores(network, Views(views, SEEDS["validation"], export.CROP))
    divisor = temperature(logits, made)
    say(f"temperature {divisor}")
    evaluation = evaluate(network, test, SEEDS["test"], divisor)
    evaluation["model"] = {
        "parameters": parameters(network), "trainingScenes": len(training), "validationScenes": len(validation), "testScenes": len(test)}
    export.write(arguments.output, network, test[0]["nearest"], evaluation)
    say("written")


if __name__ == "__main__":
    main()
