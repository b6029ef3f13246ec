"""The loading functions, cut out of the engine, give the same bits without it."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from engine.data.samples import Splits
from engine.data.source import SOURCES, load
from engine.document import DataConfig
from engine.exporting.bundle import Root, bundle, write_imports
from tests.engine.data_files import write_pictures, write_published, write_tones

SETTINGS: dict[str, dict[str, Any]] = {
    "reviews-small": {"as_vectors": 100},
    "csv-series": {"path": "a.csv", "window": 5, "column": "x"},
    "csv-table": {"path": "a.csv"},
    "reviews": {"path": "a.tsv"},
    "text-file": {"path": "a.tsv", "window": 11},
    "image-folder": {"path": "pictures", "picture_size": 8},
    "wav-folder": {"path": "tones", "sample_rate": 8000, "seconds": 0.2},
    "npz": {"path": "a.npz"},
}
TAIL = """
import hashlib
import sys


def digest(splits):
    total = hashlib.sha256()
    for part in (splits.train, splits.validation, splits.test):
        for fields in (part.inputs, part.targets):
            for tensor in fields.values():
                total.update(tensor.numpy().tobytes())
    return total.hexdigest()


data_dir = Path(sys.argv[1])
"""


def digest(splits: Splits) -> str:
    total = hashlib.sha256()
    for part in (splits.train, splits.validation, splits.test):
        for fields in (part.inputs, part.targets):
            for tensor in fields.values():
                total.update(tensor.numpy().tobytes())
    return total.hexdigest()


def test_cut_out_loading_gives_the_same_bits(tmp_path: Path) -> None:
    rows = "".join(f"{i * i % 17},{'ab'[i % 2]}\n" for i in range(60))
    (tmp_path / "a.csv").write_text("x,y\n" + rows)
    rows = "".join(f"it is number {i}\t{i % 2}\n" for i in range(60))
    (tmp_path / "a.tsv").write_text(rows)
    write_published(tmp_path)
    write_pictures(tmp_path / "pictures", {"cat": 9, "dog": 9})
    write_tones(tmp_path / "tones")
    np.savez(tmp_path / "a.npz", x=np.eye(40), y=np.arange(40) % 2)
    calls = {
        name: source.loading(SETTINGS.get(name, {})) for name, source in SOURCES.items()
    }
    # One script that holds them all: no two of them may disagree about a name.
    cut = bundle([Root(source.module, source.function) for source in SOURCES.values()])
    code = "\n".join(
        [
            "from __future__ import annotations",
            write_imports(cut.imports),
            *(section.text for section in cut.sections),
            TAIL,
            *(f"print({name!r}, digest({call}))" for name, call in calls.items()),
        ]
    )
    (tmp_path / "script.py").write_text(code, encoding="utf-8")
    done = subprocess.run(
        # -P and -E: neither this folder nor PYTHONPATH can bring the engine in.
        [sys.executable, "-P", "-E", "script.py", str(tmp_path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    wanted = [
        f"{name} "
        + digest(
            load(DataConfig(source=name, settings=SETTINGS.get(name, {})), tmp_path)
        )
        for name in calls
    ]
    assert done.stdout.splitlines() == wanted
    assert "import engine" not in code
    assert "from engine" not in code
