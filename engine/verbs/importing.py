"""The headless verb that makes a document of a network written in PyTorch."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from engine.problems import Refusal
from engine.verbs.output import DONE, print_json


def import_options(verb: argparse.ArgumentParser) -> None:
    """What `import` can be told."""
    verb.add_argument(
        "target",
        metavar="TARGET",
        help="a Python file, or an installed one as torchvision.models:resnet18",
    )
    verb.add_argument(
        "--network", default="", metavar="NAME", help="a class or function of the file"
    )
    verb.add_argument(
        "--arguments",
        default="",
        metavar="TEXT",
        help="what makes it, as '10, depth=3'",
    )
    verb.add_argument(
        "--sample",
        action="append",
        default=[],
        metavar="SIZES",
        help="what one sample of an input looks like, as 3x32x32 or 16:int64; "
        "guessed where it is not said",
    )
    verb.add_argument("-o", "--output", type=Path, required=True, metavar="PATH")
    verb.add_argument("--json", action="store_true", help="JSON alone on the output")
    verb.add_argument(
        "--allow-code",
        action="store_true",
        help="run the definitions of the file: read it first",
    )


def import_code(options: argparse.Namespace) -> int:
    """Draw a network, save it, and say whether it is the same."""
    from engine.importing.apart import import_apart
    from engine.importing.samples import sample_from
    from engine.storage import save

    if options.target.endswith(".py") and not options.allow_code:
        raise Refusal(
            f"To draw the network its definitions in {options.target} have to run.",
            "Read the file, and say --allow-code if you trust it.",
            code="code-not-allowed",
        )
    found = import_apart(  # what its code prints, or breaks, stays with it
        options.target,
        network=options.network,
        arguments=options.arguments,
        samples=[sample_from(text) for text in options.sample],
    )
    save(found.document, options.output)
    said = found.sameness.sentence()
    if options.json:
        print_json(
            {
                "path": str(options.output),
                "samples": [str(sample) for sample in found.samples],
                "parameters": found.sameness.parameters,
                "is_same": found.sameness.is_same,
                "difference": found.sameness.difference,
            }
        )
    else:
        samples = " and ".join(map(str, found.samples))
        print(f"{options.output}: reads {samples}. {said}", file=sys.stderr)
    return DONE
