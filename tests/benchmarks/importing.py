"""Which published networks come to the canvas as what they are, and how long it takes.

    python -m tests.benchmarks.importing [--only NAME ...]

Each is made by torchvision or timm with new weights, run once, drawn, and given the
same weights: `same` are those whose answers agree within 1e-4 of the largest answer.
"""

from __future__ import annotations

import argparse
import platform
import time
import warnings

import torch

from engine.importing import import_network
from engine.importing.samples import Sample
from engine.problems import Refusal

TORCHVISION = {
    "alexnet": 64,
    "convnext_tiny": 64,
    "densenet121": 64,
    "efficientnet_b0": 64,
    "googlenet": 64,
    "inception_v3": 299,
    "maxvit_t": 224,
    "mnasnet0_5": 64,
    "mobilenet_v2": 64,
    "mobilenet_v3_small": 64,
    "regnet_y_400mf": 64,
    "resnet18": 64,
    "resnet50": 64,
    "resnext50_32x4d": 64,
    "shufflenet_v2_x0_5": 64,
    "squeezenet1_0": 64,
    "swin_t": 224,
    "vgg11": 64,
    "vit_b_16": 224,
}
TIMM = {
    "convnext_atto": 64,
    "deit_tiny_patch16_224": 224,
    "efficientnet_lite0": 64,
    "ghostnet_050": 64,
    "levit_128s": 224,
    "mixer_s32_224": 224,
    "mobilenetv3_small_050": 64,
    "poolformer_s12": 64,
    "regnetx_002": 64,
    "repvgg_a0": 64,
    "resnet10t": 64,
    "xception41": 96,
}
"""Names with the side of a picture that is enough for them."""


def main() -> None:
    """Import each, and print what came of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--only", nargs="+", metavar="NAME")
    only = parser.parse_args().only
    warnings.simplefilter("ignore")
    print(f"{platform.machine()}, PyTorch {torch.__version__}, CPU, fp32", flush=True)
    places = [
        (f"torchvision.models:{n}", "", n, side) for n, side in TORCHVISION.items()
    ]
    places += [("timm:create_model", repr(n), n, side) for n, side in TIMM.items()]
    same, count = 0, 0
    for target, arguments, name, side in places:
        if only and name not in only:
            continue
        count += 1
        begun = time.perf_counter()
        try:
            found = import_network(
                target, arguments=arguments, samples=[Sample(shape=(3, side, side))]
            )
        except Refusal as refusal:
            print(f"  {name:24}refused: {refusal}", flush=True)
            continue
        seconds = time.perf_counter() - begun
        same += found.sameness.is_same
        said = "same" if found.sameness.is_same else found.sameness.sentence()
        blocks = len(found.document.blocks)
        print(
            f"  {name:24}{said}  {found.sameness.parameters:>12,} parameters  "
            f"{len(found.document.graph):3} nodes, {blocks:2} blocks  {seconds:5.1f} s",
            flush=True,
        )
    print(f"{same} of {count} the same")


if __name__ == "__main__":
    main()
