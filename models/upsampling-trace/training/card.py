"""
The tables of the model card, between two marks; what people wrote around them stays. `python3 -m training.card` writes them from evaluation.json,
without training anything.
"""
import json
import pathlib

_BEGIN, _END = "<!-- numbers: written by training/card.py -->", "<!-- end of numbers -->"


def update(path: pathlib.Path, evaluation: dict) -> None:
    """Replaces what stands between the marks; without a card there is nothing to do."""
    if not path.exists():
        return
    before, rest = path.read_text().split(_BEGIN)
    path.write_text(f"{before}{_BEGIN}\n{_tables(evaluation)}{_END}{rest.split(_END)[1]}")


def _tables(evaluation: dict) -> str:
    auc, alarms = evaluation["auc"], evaluation["falseAlarms"]
    kinds = list(next(iter(auc.values())))
    lines = ["", "AUC against camera pictures and controls together:", ""]
    lines += ["| Test pictures | " + " | ".join(kinds) + " |", "|---" * (len(kinds) + 1) + "|"]
    lines += [f"| {name} | " + " | ".join(f"{value:.3f}" for value in row.values()) + " |" for name, row in auc.items()]
    lines += ["", "Real pictures called fake at 0.8, after calibration:", "", "| Test pictures | camera | control |", "|---|---|---|"]
    lines += [f"| {name} | {row['camera']:.1%} | {row['none']:.1%} |" for name, row in alarms.items()]
    mixed, calibration, points = evaluation["mixed"], evaluation["calibration"], evaluation["operatingPoints"]
    # evaluate.calibration_views makes half of the views from made pictures and takes each real one twice.
    made = mixed["views"] // 2
    lines += ["", f"Random journeys: AUC {mixed['auc']:.3f} over {mixed['views']} views, {made} of made pictures and {made // 2} of real ones. "
              "Each of the latter counts twice,",
              "so that both halves weigh the same: the same picture on the same journey, at most with other noise. What is said of real pictures",
              f"here rests on {made // 2} views, not on {made}.", "",
              f"Temperature {calibration['temperature']}; expected calibration error (15 bins) {calibration['eceBefore']:.3f} before, "
              f"{calibration['eceAfter']:.3f} after.", "",
              "| Random journeys | Fake (0.8 or more) | Inconclusive | Real (0.3 or less) |", "|---|---|---|---|"]
    for name in ("made", "camera and control"):
        fake, real = points[name]["fake"], points[name]["real"]
        lines.append(f"| {name} | {fake:.1%} | {1 - fake - real:.1%} | {real:.1%} |")
    lines += ["", "| Sharpness (variance of the Laplacian) | AUC |", "|---|---|"]
    lines += [f"| {row['from']} to {row['to']} | {row['auc']:.3f} |" for row in mixed["bySharpness"]]
    model = evaluation["model"]
    lines += ["", f"{model['parameters']} parameters; {model['trainingScenes']} training, {model['validationScenes']} validation and "
              f"{model['testScenes']} test scenes.", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    _folder = pathlib.Path(__file__).parents[1]
    update(_folder / "README.md", json.loads((_folder / "evaluation.json").read_text()))
