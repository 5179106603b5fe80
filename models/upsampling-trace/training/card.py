"""The tables of the model card, between two marks; what people wrote around them stays."""
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
    lines += ["", f"Random journeys ({mixed['views']} views, half of them made, each real one counted twice): AUC {mixed['auc']:.3f}. "
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
