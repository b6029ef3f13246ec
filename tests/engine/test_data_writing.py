"""Texts to be continued and dates to be translated: what follows is what follows."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.data.date_words import DATE_SIGNS, FORMS, LONGEST_DATE, in_words
from engine.data.made_up_text import TEXT_SUBJECTS, made_up_sentences
from engine.data.samples import Samples, Splits
from engine.data.source import describe, load
from engine.data.text_pieces import UNSEEN, pieces_of
from engine.document import DataConfig
from engine.problems import Refusal


def written(numbers: torch.Tensor, splits: Splits) -> str:
    return "".join(splits.vocabulary[number] for number in numbers.flatten().tolist())


def text_file(folder: Path, text: str, **settings: Any) -> DataConfig:
    (folder / "a.txt").write_text(text, encoding="utf-8")
    return DataConfig(source="text-file", settings={"path": "a.txt", **settings})


def test_the_windows_are_the_text_and_each_token_has_its_follower(
    tmp_path: Path,
) -> None:
    text = "Hummeln summen über Blüten.\n" * 40
    splits = load(text_file(tmp_path, text, window=16), tmp_path)
    parts = (splits.train, splits.validation, splits.test)
    given = torch.cat([part.inputs["tokens"] for part in parts])
    following = torch.cat([part.targets["following"] for part in parts])
    assert written(given, splits) == text[: given.numel()]
    assert written(following, splits) == text[1 : given.numel() + 1]
    assert len(text) - 16 <= given.numel() < len(text)
    # By position: what tests comes last.
    assert [len(part) for part in parts] == [48, 7, 14]


def test_only_the_token_after_the_window(tmp_path: Path) -> None:
    every = load(text_file(tmp_path, "abc d" * 99, window=8), tmp_path)
    last = load(
        text_file(tmp_path, "abc d" * 99, window=8, answers="last step"), tmp_path
    )
    assert torch.equal(last.train.inputs["tokens"], every.train.inputs["tokens"])
    whole = every.train.targets["following"]
    assert torch.equal(last.train.targets["following"], whole[:, -1])


def test_what_training_never_saw_and_the_rarest_are_unknown(tmp_path: Path) -> None:
    text = "ab" * 80 + "c" + "ab" * 20 + "z" * 60
    splits = load(text_file(tmp_path, text, window=4, vocabulary=3), tmp_path)
    assert splits.vocabulary == (UNSEEN, "a", "b")
    assert 0 in splits.train.inputs["tokens"]
    assert splits.test.targets["following"].unique().tolist() == [0]


def test_words_are_small_letters_and_line_ends_count() -> None:
    assert pieces_of("It's FINE,\nisn't it?", "words") == [
        *("it's", "fine", ",", "\n", "isn't", "it", "?"),
    ]
    assert pieces_of("A b", "characters") == ["A", " ", "b"]


def test_too_short_a_text_is_refused(tmp_path: Path) -> None:
    config = text_file(tmp_path, "too short", window=8)
    for act in (describe, load):
        with pytest.raises(Refusal) as caught:
            act(config, tmp_path)
        assert str(caught.value) == (
            "The text has 9 tokens, too few for windows of 8. "
            "Use a longer text, or a smaller window."
        )


def test_a_picture_is_no_text(tmp_path: Path) -> None:
    config = text_file(tmp_path, "")
    (tmp_path / "a.txt").write_bytes(b"\x89PNG\0\0")
    with pytest.raises(Refusal) as caught:
        load(config, tmp_path)
    assert str(caught.value) == (
        "a.txt is not a text file: it holds bytes that are no text. "
        "Choose a file of plain text, such as CSV or TSV."
    )


def test_verbs_of_the_made_up_text_agree_with_their_subjects() -> None:
    text = made_up_sentences(400, 0)
    many = {subject for subject, pronoun in TEXT_SUBJECTS if pronoun == "they"}
    sentences = [each.strip().lower() for each in text.split(".") if each.strip()]
    assert len(sentences) == 400
    plural = [s for s in sentences if s.startswith((*many, "they "))]
    assert 80 < len(plural) < 240
    assert not any(" waits " in s or " sleeps " in s for s in plural)
    one = [s for s in sentences if s not in plural]
    assert not any(" wait " in s or " sleep " in s for s in one)
    # A pronoun stands for the subject of the sentence before.
    pronouns = dict(TEXT_SUBJECTS)
    for before, after in pairwise(sentences):
        word = after.split()[0]
        if word in {"he", "she", "it", "they"}:
            (who,) = (s for s in pronouns if before.startswith(s))
            assert pronouns[who] == word
    assert made_up_sentences(400, 0) == text != made_up_sentences(400, 1)


def test_dates_are_said_as_people_say_them() -> None:
    day = date(1998, 3, 3)
    assert [in_words(day, form) for form in FORMS] == [
        "3 march 1998",
        "march 3, 1998",
        "mar 3 1998",
        "tuesday 3 march 1998",
        "the 3rd of march 1998",
        "3.3.1998",
    ]
    endings = {
        number: in_words(date(2001, 5, number), FORMS[4]).split()[1]
        for number in (1, 2, 11, 12, 13, 21, 22, 31)
    }
    assert list(endings.values()) == [
        *("1st", "2nd", "11th", "12th", "13th", "21st", "22nd", "31st"),
    ]
    days = [date(2026, month, day) for month in range(1, 13) for day in range(1, 29)]
    longest = max(len(in_words(day, form)) for day in days for form in FORMS)
    assert longest <= LONGEST_DATE


def _sign(numbers: torch.Tensor) -> str:
    return "".join(DATE_SIGNS[number] for number in numbers.tolist() if number > 1)


def test_a_date_in_words_and_its_figures_are_the_same_day() -> None:
    splits = load(DataConfig(source="made-up-dates"))
    seen: set[str] = set()
    parts: list[Samples] = [splits.train, splits.validation, splits.test]
    for part in parts:
        rows = zip(
            part.inputs["tokens"],
            part.inputs["written"],
            part.targets["following"],
            strict=True,
        )
        for words, so_far, answer in rows:
            day = date.fromisoformat(_sign(answer))
            assert _sign(words) in {in_words(day, form) for form in FORMS}
            assert int(so_far[0]) == DATE_SIGNS.index("<start>")
            assert torch.equal(so_far[1:], answer[:-1])
            seen.add(_sign(words))
    assert len(seen) == 4_000


def test_made_up_texts_say_so() -> None:
    assert describe(DataConfig(source="made-up-text")).note == (
        "Made-up text: nobody wrote it."
    )
    assert describe(DataConfig(source="made-up-dates")).note == (
        "Made-up dates, said in six ways."
    )
    assert describe(DataConfig(source="reviews-small")).note == (
        "Made-up reviews: nobody wrote them."
    )


def test_what_an_own_text_takes_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("to be or not " * 200)
    for answers in ("every step", "last step"):
        settings = {"path": "a.txt", "window": 32, "answers": answers}
        config = DataConfig(source="text-file", settings=settings)
        splits, info = load(config, tmp_path), describe(config, tmp_path)
        if answers == "every step":  # inputs and targets are views of the same tokens
            first = splits.train.inputs["tokens"].data_ptr()
            assert splits.train.targets["following"].data_ptr() == first + 8
        assert info.note == (
            "Read once and kept: in memory they take 20.3 KiB, not more than 2 GiB."
        )
