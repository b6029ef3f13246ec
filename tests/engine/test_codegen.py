"""The generated source: as a careful author writes it, formatted, and safe."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings

import templates
from engine.analysis import analyse
from engine.codegen import class_name
from engine.compiler import compile_document
from engine.document import Document
from engine.layout import lay_out
from engine.problems import Refusal
from tests.engine.drawing import Drawing, chain
from tests.engine.random_graphs import documents

RESIDUAL = '''\
from torch import Tensor, nn


class Residual(nn.Module):
    """(N, 3, 8, 8) -> (N, 3, 8, 8), (N, 10)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 3, kernel_size=3, padding=1)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(3, 3, kernel_size=3, padding=1)
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(192, 10)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        x = self.conv1(image)  # (N, 3, 8, 8)
        relu = self.relu(x)  # (N, 3, 8, 8)
        relu = self.conv2(relu)  # (N, 3, 8, 8)
        features = x + relu  # (N, 3, 8, 8)
        x = self.flatten(features)  # (N, 192)
        digit = self.fc(x)  # (N, 10)
        return features, digit
'''


def _residual() -> Document:
    drawing = Drawing("residual").node("image", "Input", shape=(3, 8, 8))
    for name in ("conv1", "conv2"):
        drawing.node(name, "Conv2d", out_channels=3, padding=1)
    drawing.node("relu", "ReLU").node("sum", "Add").node("flatten", "Flatten")
    drawing.node("fc", "Linear", out_features=10)
    drawing.node("features", "Output").node("digit", "Output")
    return drawing.edges(
        "image > conv1 > sum > features",
        "conv1 > relu > conv2 > sum",
        "sum > flatten > fc > digit",
    ).document


def test_a_network_with_branches_and_two_answers_is_written_as_a_person_would() -> None:
    # `sum` is a builtin and cannot name a node: it is reported, then renamed.
    document = _residual()
    problem = analyse(document).first_error
    assert problem is not None
    assert problem.code == "bad-name"
    document.graph.rename_node("sum", "added")
    assert analyse(document).code == RESIDUAL


def test_every_line_belongs_to_its_node() -> None:
    document = _residual()
    document.graph.rename_node("sum", "added")
    analysis = analyse(document)
    assert analysis.constructor_of("conv1") == (
        "self.conv1 = nn.Conv2d(3, 3, kernel_size=3, padding=1)\n"
        "x = self.conv1(image)  # (N, 3, 8, 8)"
    )
    assert analysis.constructor_of("added") == "features = x + relu  # (N, 3, 8, 8)"


def test_what_joins_branches_and_parts_have_names_of_their_own() -> None:
    drawing = Drawing("joined").node("vector", "Input", shape=(6,))
    drawing.node("before", "Linear", out_features=6).node("parts", "Chunk2")
    for name in ("left", "right"):
        drawing.node(name, "ReLU")
    drawing.node("gated", "Multiply").node("tanh", "Tanh")
    drawing.node("joined", "Concatenate").node("answer", "Output")
    drawing.edges("vector > before > parts", "parts.first > left > gated")
    drawing.edges(
        "parts.second > right > gated > tanh > joined > answer", "before > joined"
    )
    lines = analyse(drawing.document).code.split("def forward")[1].splitlines()[1:]
    assert [line.split("  #")[0].strip() for line in lines if line] == [
        "x = self.before(vector)",
        "parts_first, parts_second = x.chunk(2, dim=-1)",
        "left = self.left(parts_first)",
        "right = self.right(parts_second)",
        "gated = left * right",
        "gated = self.tanh(gated)",
        "x = torch.cat((gated, x), dim=1)",
        "return x",
    ]


def test_what_cannot_be_generated_yet_is_a_comment() -> None:
    document = chain(
        ("conv1", "Conv2d", {"kernel_size": 9}), ("fc", "Linear", {}), shape=(1, 4, 4)
    )
    code = analyse(document).code
    assert "        # conv1: Conv2d waits until the network is mended\n" in code
    compile(code, "partial", "exec")


def test_the_source_of_each_lesson_is_formatted_and_lint_clean(tmp_path: Path) -> None:
    sources = []
    for lesson in templates.lessons():
        code = analyse(templates.open_lesson(lesson.id)).code
        assert code == analyse(templates.open_lesson(lesson.id)).code, lesson.id
        sources.append(code)
    assert_clean(sources, tmp_path)


def test_the_source_of_random_graphs_is_formatted_and_lint_clean(
    tmp_path: Path,
) -> None:
    sources: list[str] = []

    @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
    @given(documents(most=12))
    def collect(document: Document) -> None:
        analysis = analyse(document)
        assume(analysis.is_valid)
        sources.append(analysis.code)

    collect()
    assert_clean(sources, tmp_path)


def assert_clean(sources: list[str], folder: Path) -> None:
    """Formatted and clean by ruff's own defaults, wherever the file may land."""
    for number, source in enumerate(sources):
        (folder / f"network_{number}.py").write_text(source)
    for command in (
        ["format", "--diff"],
        ["check", "--select", "E4,E7,E9,F,I,UP,B"],
    ):
        ruff = [sys.executable, "-m", "ruff", *command, "--isolated", str(folder)]
        done = subprocess.run(ruff, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_many_branches_into_one_node_are_split_over_lines(tmp_path: Path) -> None:
    drawing = Drawing("wide").node("image", "Input", shape=(3, 8, 8))
    drawing.node("joined_branches", "Concatenate").node("answer", "Output")
    for number in range(9):
        drawing.node(f"a_branch_with_a_long_name_{number}", "Conv2d", padding=1)
        drawing.edges(f"image > a_branch_with_a_long_name_{number} > joined_branches")
    drawing.edges("joined_branches > answer")
    code = analyse(drawing.document).code
    assert max(map(len, code.split("\n"))) <= 88
    assert_clean([code], tmp_path)


@pytest.mark.parametrize(
    ("statement", "lines"),
    [
        ("x = f(1)", ["x = f(1)"]),
        (
            "x = function(" + ", ".join(["argument"] * 8) + ")",
            ["x = function(", "    " + ", ".join(["argument"] * 8), ")"],
        ),
        (
            "x = function(" + ", ".join(["argument"] * 12) + ")",
            ["x = function(", *["    argument,"] * 12, ")"],
        ),
        (
            "x = {" + ", ".join(f'"{letter}": (1,) * 30' for letter in "abcdef") + "}",
            ["x = {", *(f'    "{letter}": (1,) * 30,' for letter in "abcdef"), "}"],
        ),
    ],
)
def test_long_lines_are_laid_out_as_ruff_does(statement: str, lines: list[str]) -> None:
    assert lay_out(statement, 0) == lines


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Handwritten digits", "HandwrittenDigits"),
        ("CIFAR-10 CNN", "CIFAR10CNN"),
        ("3 layers", "Network3Layers"),
        ("", "Network"),
        ("größe; import os", "GrEImportOs"),
        ("None", "NoneModule"),
        ("Tensor", "TensorModule"),
    ],
)
def test_titles_become_class_names(title: str, name: str) -> None:
    assert class_name(title) == name


def test_a_hostile_title_name_or_setting_puts_no_code_into_the_source() -> None:
    document = chain(("fc", "Linear", {"out_features": 3}), shape=(4,))
    document.name = '"""\nimport os\nclass X('
    assert "import os" not in analyse(document).code
    document = chain(("fc", "Linear", {"out_features": "3) or exit("}), shape=(4,))
    with pytest.raises(Refusal, match="fc: out_features must be a whole number"):
        compile_document(document)
    document = chain(("__import__('os')", "Linear", {}), shape=(4,))
    assert "__import__" not in analyse(document).code


def test_an_error_while_running_is_traced_to_its_node() -> None:
    import torch

    document = chain(("fc1", "Linear", {}), ("fc2", "Linear", {}), shape=(4,))
    compiled = compile_document(document)
    module = compiled.module_class()
    module.fc2 = torch.nn.Linear(3, 3)
    with pytest.raises(RuntimeError) as caught:
        module(torch.zeros(2, 4))
    assert compiled.node_of(caught.value) == "fc2"
