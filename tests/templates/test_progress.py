"""What was done in a lesson is kept, and read back as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

import templates
from engine.problems import Refusal
from templates.progress import Progress, ProgressBook
from templates.situation import Answer


def test_progress_is_the_same_when_it_is_read_again(tmp_path: Path) -> None:
    book = ProgressBook(tmp_path)
    progress = Progress(
        done=["one-epoch", "count"],
        answers={"count": Answer(value=4640.0), "a": Answer(value="ä", runs_before=3)},
        runs=["/somewhere"],
    )
    book.write("digits-cnn", progress)
    assert ProgressBook(tmp_path).read("digits-cnn") == progress
    assert book.read("fnn-iris") == Progress()


def test_progress_of_counts_steps_and_no_exercises(tmp_path: Path) -> None:
    book = ProgressBook(tmp_path)
    course = templates.course("digits-cnn")
    total = len(course.steps)
    assert book.progress_of("digits-cnn") == (0, total)
    done = [course.steps[2].id, course.exercises[0].id, "of-an-older-version"]
    book.write("digits-cnn", Progress(done=done))
    assert book.progress_of("digits-cnn") == (1, total)
    assert book.progress_of("resnet-50") == (0, 0)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"done": 3}', "\x00"])
def test_a_damaged_file_is_no_progress(tmp_path: Path, text: str) -> None:
    (tmp_path / "lessons").mkdir()
    (tmp_path / "lessons" / "digits-cnn.json").write_text(text)
    assert ProgressBook(tmp_path).read("digits-cnn") == Progress()


def test_without_a_folder_nothing_is_kept() -> None:
    book = ProgressBook(None)
    book.write("digits-cnn", Progress(done=["count"]))
    assert book.read("digits-cnn") == Progress()


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "lessons").write_text("in the way")
    with pytest.raises(Refusal, match="Your progress in the lesson cannot be kept"):
        ProgressBook(tmp_path).write("digits-cnn", Progress())


def test_lessons_of_ones_own_are_kept_apart_by_their_whole_path(tmp_path: Path) -> None:
    book = ProgressBook(tmp_path)
    first, second = str(tmp_path / "a" / "mine"), str(tmp_path / "b" / "mine")
    book.write(first, Progress(done=["wider"]))
    assert book.read(first).done == ["wider"]
    assert book.read(second) == Progress()


def test_a_folder_without_a_lesson_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"lesson\.toml is not there"):
        templates.open_lesson(str(tmp_path))
    (tmp_path / "lesson.toml").write_text('title = "Mine"')
    with pytest.raises(Refusal, match="The text of the lesson cannot be read"):
        templates.text(str(tmp_path))
