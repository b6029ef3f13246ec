"""A lesson's folder is read, tried out, and told what is wrong with it."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import pytest

import main
import templates
from engine.analysis import Analysis
from engine.document import Document
from engine.problems import Problem, Refusal
from templates.actions import changed, read_actions
from templates.conditions import READERS, read_condition
from templates.lesson_files import read_lesson
from templates.rehearsal import faults_of
from templates.showing import plan
from templates.situation import Network, Situation
from templates.tables import Table
from tests.templates.course import analysis_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A lesson of a teacher's own, right in every file."""
    folder = tmp_path / "own-lesson"
    original = Path(templates.__file__).parent / "lessons" / "fnn-iris"
    folder.mkdir()
    shutil.copy(original / "document.espalier", folder)
    (folder / "text.md").write_text("# Mine\n\n## The idea\n\n$$y = x^2$$\n")
    write(folder, STEP)
    return folder


HEAD = """
title = "Mine"
kind = "lesson"
summary = "A lesson."
"""
STEP = """
[[step]]
id = "wider"
title = "Make it wider"
text = "Give fc1 sixteen features."
hint = "Click it."
check = { node = "fc1", setting = "out_features", at_least = 16 }
show = [{ set = "fc1", settings = { out_features = 16 } }]
"""


def write(folder: Path, steps: str) -> None:
    (folder / "lesson.toml").write_text(HEAD + steps)


def told(folder: Path, tmp_path: Path) -> list[str]:
    def study(document: Document) -> Analysis:
        return analysis_of(document, tmp_path)

    return [fault.sentence() for fault in faults_of(folder, study)]


def test_a_lesson_that_is_right_has_no_fault(folder: Path, tmp_path: Path) -> None:
    assert told(folder, tmp_path) == []
    assert main.main(["check", str(folder)]) == main.DONE


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            'id = "wider"\n',
            "",
            "lesson.toml, step 1 “Make it wider”: “id” is missing.",
        ),
        ("hint =", "hnit =", "lesson.toml, step 1 “wider”: “hnit” is not known here."),
        (
            "at_least = 16",
            "at_least = 8",
            "lesson.toml, step “wider”: its check holds before anything was done.",
        ),
        (
            "at_least = 16",
            "at_least = 17",
            "lesson.toml, step “wider”: its check does not hold after its “show”.",
        ),
        (
            'set = "fc1"',
            'set = "fc7"',
            "lesson.toml, step “wider”: its “show” cannot be done: The network is "
            "another than the lesson's: there is no node fc7.",
        ),
        (
            "show = [{ set",
            "show = [{ sett",
            "lesson.toml, step 1 “wider”: { sett, settings } is nothing to do.",
        ),
        (
            "sixteen features.",
            "![a drawing](drawing.png) features.",
            "lesson.toml, step “wider”: the picture “drawing.png” is not there.",
        ),
        (
            "sixteen features.",
            "features ([more](lesson:nowhere)).",
            "lesson.toml, step “wider”: the link “lesson:nowhere” leads nowhere.",
        ),
        (
            'hint = "Click it."',
            'hint = "Click it."\nquestion = { text = "Which?", options = '
            '[{ text = "a" }] }',
            "lesson.toml, step 1 “wider”: no option is the right one.",
        ),
        (
            'hint = "Click it."',
            'hint = "Click it."\nquestion = { text = "Which?", options = '
            '[{ text = "a" }], decided_by = { run = true } }',
            "lesson.toml, step 1 “wider”: a prediction is decided by runs, and an "
            "option does not say when it is the right one.",
        ),
        (
            "check = { node",
            'check = { step = "narrower" }\nunused = { node',
            "lesson.toml: step “wider” waits for “narrower”, which is no step.",
        ),
        (
            "check = { node",
            "check = { ",
            "lesson.toml: it is no TOML: ",
        ),
        (
            'check = { node = "fc1", setting = "out_features", at_least = 16 }\n',
            "",
            "lesson.toml, step 1 “wider”: nothing says when it is done. Add “check” or "
            "“question”.",
        ),
        (
            '{ node = "fc1", setting = "out_features", at_least = 16 }',
            '{ layer = "Convolve" }',
            "lesson.toml, step 1 “wider”: there is no layer “Convolve”. Take a name of "
            "the Layers tab.",
        ),
        (
            "hint =",
            'figure = "drawing"\nhint =',
            "lesson.toml, step 1 “wider”: there is no figure “drawing”. Take "
            "activation, convolution or shown.",
        ),
        (
            'show = [{ set = "fc1", settings = { out_features = 16 } }]\n',
            "",
            "lesson.toml, step 1 “wider”: there is no “show”.",
        ),
    ],
)
def test_a_fault_names_the_file_and_the_step(
    folder: Path, tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    assert old in STEP
    write(folder, STEP.replace(old, new))
    sentences = told(folder, tmp_path)
    assert any(each.startswith(sentence) for each in sentences), sentences
    assert main.main(["check", str(folder)]) == main.DOCUMENT_ERRORS


def test_two_steps_at_once_are_told(folder: Path, tmp_path: Path) -> None:
    second = STEP.replace('"wider"', '"as-wide"')
    write(folder, STEP + second)
    assert told(folder, tmp_path) == [
        "lesson.toml, step “as-wide”: its check holds already when the steps before it "
        "are done. Let it ask for more, or put the steps together."
    ]


def test_two_steps_of_one_id_are_told(folder: Path, tmp_path: Path) -> None:
    write(folder, STEP + STEP)
    assert "lesson.toml: 2 steps have the id “wider”. Give each its own." in told(
        folder, tmp_path
    )


def test_a_training_of_a_broken_network_is_told(folder: Path, tmp_path: Path) -> None:
    write(
        folder,
        STEP.replace("show = [{", 'show = [{ remove = "flower" }, { train = true }, {'),
    )
    assert (
        "lesson.toml, step “wider”: its “show” trains a network with an error. Let it "
        "mend the network first." in told(folder, tmp_path)
    )


def test_a_formula_that_cannot_be_drawn_is_told(folder: Path, tmp_path: Path) -> None:
    (folder / "text.md").write_text("# Mine\n\n$$\\frac{1}$$\n")
    assert any(
        each.startswith("text.md: the formula “\\frac{1}” cannot be drawn")
        for each in told(folder, tmp_path)
    )


def test_of_a_head_that_cannot_be_read_nothing_else_is_told(
    folder: Path, tmp_path: Path
) -> None:
    write(folder, STEP.replace("check = { node", "check = { "))
    (sentence,) = told(folder, tmp_path)
    assert sentence.startswith("lesson.toml: it is no TOML: ")


def test_another_title_over_the_text_is_told(folder: Path, tmp_path: Path) -> None:
    (folder / "text.md").write_text("# Yours\n\n## The idea\n\nIt is.\n")
    assert told(folder, tmp_path) == [
        "text.md: its title is “Yours”, in lesson.toml it is “Mine”. Write the same in "
        "both."
    ]


def test_missing_files_are_told(folder: Path, tmp_path: Path) -> None:
    (folder / "text.md").unlink()
    (folder / "document.espalier").unlink()
    sentences = told(folder, tmp_path)
    assert sentences[0].startswith("text.md: it cannot be read.")
    assert sentences[1].startswith("document.espalier: ")


# Show me, on a network that is another by now.


def test_show_me_works_on_the_learners_own_network_where_it_can() -> None:
    course = templates.course("digits-cnn")
    step = next(each for each in course.steps if each.id == "add-pool")
    start = templates.open_lesson("digits-cnn")
    own = templates.open_lesson("digits-cnn")
    own.recipe = type(own.recipe)(epochs=77)
    situation = Situation(network=Network(own, _study))
    showing = plan(course, step, situation, start, _study)
    assert not showing.begins_anew
    after = changed(own, showing.actions, start)
    assert after.recipe.epochs == 77
    assert step.is_met(Situation(network=Network(after, _study)))


def test_show_me_begins_anew_where_the_network_is_another() -> None:
    course = templates.course("digits-cnn")
    start = templates.open_lesson("digits-cnn")
    of_nodes = {"add-pool", "break"}
    for own, ids in (
        (Document(), {"one-epoch", "reach-97", *of_nodes}),
        (templates.open_lesson("fnn-iris"), of_nodes),
    ):
        for step in (each for each in course.steps if each.id in ids):
            situation = Situation(network=Network(own, _study))
            showing = plan(course, step, situation, start, _study)
            assert showing.begins_anew
            after = changed(own, showing.actions, start)
            assert after.graph.nodes.keys() >= start.graph.nodes.keys()


def _study(document: Document) -> Analysis:
    from engine.analysis import analyse

    return analyse(document)


def test_edits_that_cannot_be_done_are_refused_and_change_nothing() -> None:
    course = templates.course("digits-cnn")
    step = next(each for each in course.steps if each.id == "break")
    with pytest.raises(Refusal, match="there is no node conv1"):
        changed(Document(), step.show, Document())


def test_a_block_of_the_document_takes_the_place_of_another() -> None:
    start = templates.open_lesson("cnn-or-transformer")
    step = next(
        each
        for each in templates.course("cnn-or-transformer").steps
        if each.id == "swap"
    )
    after = changed(start, step.show, start)
    assert after.graph["transformer"].layer == "PatchTransformer"
    found = _study(after)
    assert found.problems == []
    # The comparison is fair by this: as many weights in both.
    assert found.total_parameters == _study(start).total_parameters == 13_706


def test_a_layer_that_is_not_there_is_refused() -> None:
    faults: list[Problem] = []
    table = {"insert": "Convolve", "name": "conv9", "after": "flower"}
    actions = read_actions([Table(table, "a step", faults)])
    iris = templates.open_lesson("fnn-iris")
    with pytest.raises(Refusal, match="there is no layer or block Convolve"):
        changed(iris, actions, iris)


def test_a_broken_head_keeps_the_list_of_lessons(tmp_path: Path) -> None:
    (tmp_path / "lesson.toml").write_text("title = ")
    lesson, course, faults = read_lesson(tmp_path)
    assert lesson.title == tmp_path.name
    assert course.tasks == ()
    assert faults


GUIDE = Path(templates.__file__).parent / "WRITING_LESSONS.md"


def _written(part: str) -> list[dict[str, object]]:
    """The tables in TOML that a part of the guide shows, those without dots."""
    section = GUIDE.read_text(encoding="utf-8").split(f"## {part}\n")[1]
    section = section.split("\n## ")[0]
    found = re.findall(r"`(\{ .+? \})`", section)
    return [tomllib.loads(f"x = {each}")["x"] for each in found if "..." not in each]


@pytest.mark.parametrize("part", ["Checks: the network", "Checks: runs"])
def test_every_check_that_the_guide_shows_can_be_written(part: str) -> None:
    faults: list[Problem] = []
    tables = [each for each in _written(part) if set(each) & set(READERS)]
    for table in tables:
        read_condition(Table(table, "guide", faults))
    assert [fault.sentence() for fault in faults] == []
    assert len(tables) >= 3


def test_every_action_that_the_guide_shows_can_be_written() -> None:
    faults: list[Problem] = []
    tables = _written("Show me")
    read_actions([Table(each, "guide", faults) for each in tables])
    assert [fault.sentence() for fault in faults] == []
    assert len(tables) >= 10


def test_the_guide_names_every_verb() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    for verb in READERS:
        assert f"{{ {verb} =" in guide, verb
