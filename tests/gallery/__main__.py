"""Takes the pictures: `python -m tests.gallery -o FOLDER [--only NAME ...]`.

All of it takes some minutes. The pictures are called `SCENE/THEME-SIZE.png`, those at
150 % `SCENE/THEME-SIZE-150.png`, those with larger text `SCENE/THEME-SIZE-text130.png`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

THEMES = ("dark", "light")
CONTRASTS = ("dark-contrast", "light-contrast")
SIZES = ((1280, 800), (1920, 1080), (2560, 1440))
LARGER = 150
"""The other scale of the screen, in percent."""
SCREEN = (7680, 4320)
"""Where nothing is too large for it: Qt's own offscreen one has 800 x 800 pixels, and
moves what opens over a window into them."""


def main(arguments: Sequence[str]) -> int:
    """Take the pictures that are asked for."""
    options = _parser().parse_args(arguments)
    if options.scale != 100:
        os.environ["QT_SCALE_FACTOR"] = str(options.scale / 100)
    with TemporaryDirectory() as folder:
        if os.environ.get("QT_QPA_PLATFORM", "offscreen") == "offscreen":
            screen = _large_screen(Path(folder))
            os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={screen}"
        _take(options)
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
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
    parser.add_argument("--text", type=int, default=100, help="percent")
    return parser


def _large_screen(folder: Path) -> Path:
    """A file that tells Qt's offscreen platform of a screen with room for all."""
    screen = {
        "name": "large",
        **dict(zip(("x", "y", "width", "height"), (0, 0, *SCREEN), strict=True)),
        **{"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1.0},
    }
    path = folder / "screen.json"
    path.write_text(json.dumps({"screens": [screen]}), encoding="utf-8")
    return path


def _take(options: argparse.Namespace) -> None:
    from engine.analysis import load_shapes
    from tests.gallery.scenes import scenes
    from tests.gallery.stage import Look, Stage

    load_shapes()
    with TemporaryDirectory() as folder:
        stage = Stage(Path(folder), options.text)
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
                end += "" if options.text == 100 else f"-text{options.text}"
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
