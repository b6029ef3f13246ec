"""Takes the pictures: `python -m tests.gallery -o FOLDER [--only NAME ...]`.

All of it takes some minutes. The pictures are called `SCENE/THEME-SIZE.png`, those at
150 % `SCENE/THEME-SIZE-150.png`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

THEMES = ("dark", "light")
CONTRASTS = ("dark-contrast", "light-contrast")
SIZES = ((1280, 800), (1680, 1050), (2560, 1440))
LARGER = 150
"""The other scale of the screen, in percent."""


def main(arguments: Sequence[str]) -> int:
    """Take the pictures that are asked for."""
    options = _parser().parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if options.scale != 100:
        os.environ["QT_SCALE_FACTOR"] = str(options.scale / 100)
    _take(options)
    if options.scale == 100 and not options.quick:  # Qt reads its scale once, at first
        again = [*arguments, "--scale", str(LARGER)]
        command = [sys.executable, "-m", "tests.gallery", *again]
        return subprocess.run(command, check=False).returncode
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.gallery")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--only", nargs="+", help="scenes whose names begin so")
    parser.add_argument("--quick", action="store_true", help="dark, 1280 × 800, alone")
    parser.add_argument("--theme", choices=(*THEMES, *CONTRASTS))
    parser.add_argument("--scale", type=int, default=100, help="percent")
    return parser


def _take(options: argparse.Namespace) -> None:
    from engine.analysis import load_shapes
    from tests.gallery.scenes import scenes
    from tests.gallery.stage import Look, Stage

    load_shapes()
    with TemporaryDirectory() as folder:
        stage = Stage(Path(folder))
        begun: object = None
        for scene in scenes():
            if options.only and not scene.name.startswith(tuple(options.only)):
                continue
            if scene.begin is not begun:  # the scenes of one window follow each other
                scene.begin(stage)
                begun = scene.begin
            for theme, size in _looks(options, scene.is_main):
                look = Look(theme=theme, size=size)
                stage.dress(look)
                scene.act(stage)
                stage.rest(scene.rest)
                end = "" if options.scale == 100 else f"-{options.scale}"
                path = options.output / scene.name / f"{look.name}{end}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                if not stage.picture().save(str(path)):
                    raise OSError(f"{path} could not be written")
                stage.close_what_is_over()
            sys.stdout.write(f"{scene.name}\n")
            sys.stdout.flush()
        stage.close()


def _looks(
    options: argparse.Namespace, is_main: bool
) -> Iterator[tuple[str, tuple[int, int]]]:
    """The themes and sizes of a scene's pictures."""
    themes = [options.theme] if options.theme else list(THEMES)
    if options.quick:
        yield options.theme or THEMES[0], SIZES[0]
    elif options.scale != 100:
        yield from ((theme, SIZES[0]) for theme in themes)
    else:
        yield from ((theme, size) for theme in themes for size in SIZES)
        if is_main and not options.theme:
            yield from ((theme, SIZES[0]) for theme in CONTRASTS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
