"""Files: read, refused in one sentence, never half written."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from engine import storage
from engine.analysis import analyse
from engine.document import Document
from engine.problems import Refusal
from tests.engine.drawing import Drawing, chain


@pytest.fixture
def document() -> Document:
    return chain(
        ("fc1", "Linear", {"out_features": 8}),
        ("fc2", "Linear", {"out_features": 3, "bias": False}),
        shape=(4,),
    )


def _content(document: Document) -> dict[str, object]:
    content: dict[str, object] = json.loads(storage.dumps(document))
    return content


def test_a_document_survives_its_file(document: Document, tmp_path: Path) -> None:
    path = tmp_path / "net.espalier"
    storage.save(document, path)
    assert storage.load(path) == document
    storage.save(storage.load(path), tmp_path / "again.espalier")
    assert path.read_bytes() == (tmp_path / "again.espalier").read_bytes()


def test_a_node_stands_on_a_line_of_its_own(document: Document) -> None:
    lines = storage.dumps(document).split("\n")
    for node in document.graph:
        assert sum(f'"name": "{node.name}"' in line for line in lines) == 1


def test_what_a_newer_version_wrote_is_kept(document: Document) -> None:
    content = _content(document)
    content["regions"] = [{"title": "encoder"}]
    content["nodes"][1]["folded"] = True  # type: ignore[index]
    content["recipe"]["moon_phase"] = 3  # type: ignore[index]
    content["data"]["settings"]["shuffle"] = "often"  # type: ignore[index]
    content["data"]["shuffled_by"] = "hand"  # type: ignore[index]
    content["blocks"] = [
        {"name": "Cell", "settings": {"c": 2}, "help": "", "nodes": [], "edges": [],
         "icon": {"shape": "round"}},
    ]  # fmt: skip
    again = _content(storage.loads(json.dumps(content)))
    assert again == content


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file is empty."),
        ("layers: 3", "is not an Espalier document: it is no JSON at line 1, column 1"),
        ('{"format": "espalier", "version": 1, "nodes": [', "is cut off at line 1"),
        ("[1, 2]", "is JSON, and not an Espalier document"),
        ('{"format": "espalier"}', "has no version"),
        (
            '{"format": "espalier", "version": 99}',
            "saved by a newer Espalier (format 99",
        ),
        ('{"format": "espalier", "version": 1, "nodes": 3}', "no list as its nodes"),
        (
            '{"format":"espalier","version":1,"nodes":[{"name":"a","layer":3}]}',
            "has no text as its node 1: layer",
        ),
        (
            '{"format":"espalier","version":1,"nodes":[{"name":"a","layer":"ReLU",'
            '"position":["left",0]}]}',
            "has a node 1 without a position",
        ),
        # What could be opened, and then not be saved or computed with.
        (
            '{"format":"espalier","version":1,"nodes":[{"name":"a","layer":"Dropout",'
            '"settings":{"p":1e999}}]}',
            "holds a number that cannot be computed with: 1e999.",
        ),
        (
            '{"format":"espalier","version":1,"later":NaN}',
            "holds a number that cannot be computed with: NaN.",
        ),
        (
            '{"format":"espalier","version":1,"recipe":{"learning_rate":1'
            + "0" * 400
            + "}}",
            "cannot be computed with: 10000000000000000000… of 401 digits.",
        ),
        (
            '{"format":"espalier","version":1,"nodes":[{"name":"a","layer":"ReLU",'
            '"settings":{"p":' + "[" * 900 + "]" * 900 + "}}]}",
            "is nested too deep",
        ),
        (
            '{"format":"espalier","version":1,"nodes":[{"name":"a","layer":"X"},'
            '{"name":"a","layer":"X"}]}',
            "has two nodes called 'a'",
        ),
        (
            '{"format":"espalier","version":1,"edges":[["a","b"]]}',
            "has an edge 1 that is not four names",
        ),
        (
            '{"format":"espalier","version":1,"recipe":{"learning_rate":-1}}',
            "has a recipe whose learning_rate must be a number above 0; got -1",
        ),
        ("[" * 100_000, "is nested too deep"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(Refusal) as caught:
        storage.loads(text)
    assert sentence in caught.value.problem.message
    assert caught.value.problem.remedy.endswith(".")


def test_bytes_and_missing_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "net.espalier"
    with pytest.raises(Refusal, match="cannot be read: no such file"):
        storage.load(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Refusal, match=r"net\.espalier is not text"):
        storage.load(path)


def test_what_is_wrong_but_readable_opens_with_problems(document: Document) -> None:
    content = _content(document)
    nodes = content["nodes"]
    assert isinstance(nodes, list)
    nodes[1]["settings"] = {"out_features": "many"}
    nodes[2]["layer"] = "Transmogrifier"
    hostile = {"name": "__import__('os')", "layer": "Linear", "settings": {}}
    nodes.append({**hostile, "position": [0, 0]})
    content["edges"].append(["fc2", "output", "conv9", "input"])  # type: ignore[attr-defined]
    opened = storage.loads(json.dumps(content))
    messages = [problem.message for problem in analyse(opened).problems]
    assert "fc1: out_features must be a whole number" in " ".join(messages)
    assert any("fc2 is a Transmogrifier, a layer that" in each for each in messages)
    assert any("\"__import__('os')\" is no name" in each for each in messages)
    assert any("ends nowhere: there is no node conv9" in each for each in messages)
    assert _content(opened) == content  # and nothing is lost when it is saved


@pytest.mark.skipif(os.name == "nt", reason="needs symbolic links")
def test_a_link_stays_and_its_file_is_written(
    document: Document, tmp_path: Path
) -> None:
    (tmp_path / "kept").mkdir()
    file, link = tmp_path / "kept" / "net.espalier", tmp_path / "link.espalier"
    file.write_text("before")
    link.symlink_to(file)
    storage.save(document, link)
    assert link.is_symlink()
    assert storage.load(file) == document
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [link.name]


def test_a_full_disk_leaves_the_old_file(
    document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "net.espalier"
    storage.save(document, path)
    before = path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refusal) as caught:
        storage.save(Drawing("other").document, path)
    assert "no space left on device" in caught.value.problem.message
    assert "The file that was there is untouched." in caught.value.problem.message
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
