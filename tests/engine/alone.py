"""Runs scripts where nothing of Espalier can be imported.

A Python that has imported what scripts import is copied (`fork`) for each of them:
starting one and importing PyTorch takes ten times as long as most scripts do.
`tests/gui/test_main_job.py` starts one for itself, as a person does.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
import textwrap
from functools import cache
from pathlib import Path
from threading import Timer

import pytest

_LONGEST = 300.0
"""Seconds that a script may take."""
_THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""Sums are split among threads, and the application's are counted with one, too."""
_ORIGINAL = textwrap.dedent(
    """
    import json, os, runpy, sys
    import numpy, sklearn.datasets, torch, torch._dynamo, torch.utils.data

    class Absent:
        def find_spec(self, name, path=None, target=None):
            if name.split(".")[0] in {"engine", "gui", "templates", "tests"}:
                raise ModuleNotFoundError(f"{name} is not installed here")

    sys.meta_path.insert(0, Absent())
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child:
            _, status = os.waitpid(child, 0)
            print(os.waitstatus_to_exitcode(status), flush=True)
            continue
        new = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        for number, path in enumerate((os.devnull, order["out"], order["err"])):
            os.dup2(os.open(path, new if number else os.O_RDONLY), number)
        sys.stdin = open(0)
        os.chdir(order["folder"])
        sys.path.insert(0, order["folder"])
        sys.argv = order["command"]
        runpy.run_path(sys.argv[0], run_name="__main__")
        break
    """
)


@cache
def _original() -> subprocess.Popen[str]:
    if not hasattr(os, "fork"):
        pytest.skip("needs fork, which Windows has not")
    keep = {key: v for key, v in os.environ.items() if not key.startswith("PYTHON")}
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", _ORIGINAL],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**keep, **_THREADS},
    )
    atexit.register(process.communicate)  # its input ends, and so does it
    return process


def run_alone(path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script in its own folder; gives its exit code and what it wrote."""
    original = _original()
    assert original.stdin is not None
    assert original.stdout is not None
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        order = {
            "command": [path.name, *arguments],
            "folder": str(path.parent),
            "out": str(out),
            "err": str(err),
        }
        too_long = Timer(_LONGEST, original.kill)
        too_long.start()
        original.stdin.write(json.dumps(order) + "\n")
        original.stdin.flush()
        code = original.stdout.readline()
        too_long.cancel()
        assert code, f"{path.name} took longer than {_LONGEST:.0f} s"
        return subprocess.CompletedProcess(
            order["command"], int(code), out.read_text("utf-8"), err.read_text("utf-8")
        )
