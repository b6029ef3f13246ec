"""Everything that `lessons` lists: it opens, passes `check`, and leaves as a module."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import main
import templates
from tests.templates import test_generative as generative
from tests.templates import test_own_ways as own_ways
from tests.templates import test_sequence_architectures as sequences
from tests.templates.course import PARAMETERS, WITH_WEIGHTS
from tests.templates.test_architectures import PARAMETERS as PICTURES

EXPECTED = {
    **PARAMETERS,
    **WITH_WEIGHTS,
    **PICTURES,
    **sequences.PARAMETERS,
    **own_ways.PARAMETERS,
    **generative.PARAMETERS,
}
"""Of every lesson and architecture, the parameters that its own tests look after."""


def test_each_is_in_a_table_of_its_own_tests(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main.main(["lessons", "--json"]) == main.DONE
    rows = json.loads(capsys.readouterr().out)
    assert {row["id"]: row["parameters"] for row in rows} == EXPECTED


@pytest.mark.parametrize("lesson", [each.id for each in templates.lessons()])
def test_it_passes_check_and_exports(
    lesson: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = f"lesson:{lesson}"
    assert main.main(["check", target]) == main.DONE, capsys.readouterr()
    told = capsys.readouterr().out
    if lesson in WITH_WEIGHTS:  # which no test downloads
        assert told.count("\n") <= 1 and (not told or "needs the weights of" in told)
    else:
        assert told == ""
    path = tmp_path / "module.py"
    assert main.main(["export", target, "--to", "module", "-o", str(path)]) == main.DONE
    source = path.read_text(encoding="utf-8")
    assert "(nn.Module):" in source
    compile(source, str(path), "exec")
