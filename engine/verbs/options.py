"""Options that several verbs take, and how they are read."""

from __future__ import annotations

import argparse
from pathlib import Path


def json_option(verb: argparse.ArgumentParser) -> None:
    """`--json`: for a program that reads the output."""
    verb.add_argument("--json", action="store_true", help="JSON alone on the output")


def data_option(verb: argparse.ArgumentParser) -> None:
    """`--data-dir`: the folder of data sets."""
    verb.add_argument(
        "--data-dir",
        type=Path,
        metavar="DIR",
        help="where data sets are looked for and downloaded to",
    )


def check_options(verb: argparse.ArgumentParser) -> None:
    """What verbs take that look at a network and its data."""
    json_option(verb)
    data_option(verb)


def allow_option(verb: argparse.ArgumentParser) -> None:
    """`--allow-code`: for documents that carry code."""
    verb.add_argument(
        "--allow-code",
        action="store_true",
        help="run the Python code that the document carries: read it first",
    )


def positive(text: str) -> int:
    """A whole number of at least 1; raises ArgumentTypeError for anything else."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no whole number of at least 1")
    return int(text)


def natural(text: str) -> int:
    """A whole number of at least 0; raises ArgumentTypeError for anything else."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is no whole number of at least 0")
    return int(text)


def size(text: str) -> tuple[int, int]:
    """Pixels such as 1600x1000; raises ArgumentTypeError for anything else."""
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text} is no size such as 1600x1000")
    return int(width), int(height)
