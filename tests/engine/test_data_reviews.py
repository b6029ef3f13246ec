"""Sentences with labels: words, numbers, vectors; files and folders."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.data.made_up_reviews import BLAME, PRAISE, made_up_reviews
from engine.data.sentences import token_numbers, vocabulary_of, words_of
from engine.data.source import describe, load
from engine.document import DataConfig
from engine.problems import Refusal


def reviews(**settings: Any) -> DataConfig:
    return DataConfig(source="reviews", settings={"path": "a.tsv", **settings})


def sentences_of(tokens: torch.Tensor, vocabulary: tuple[str, ...]) -> list[str]:
    return [" ".join(vocabulary[number] for number in row if number) for row in tokens]


def test_words_are_found_by_a_simple_rule() -> None:
    assert words_of("It's GREAT, isn't it? (5/5) — déjà vu") == [
        *("it's", "great", ",", "isn't", "it", "?", "(", "5", "/", "5", ")"),
        *("—", "déjà", "vu"),
    ]


def test_the_vocabulary_ranks_by_count_then_alphabet() -> None:
    texts = ["b a b", "c a d", "b"]
    assert vocabulary_of(texts, 10, 1) == (
        *("<padding>", "<unknown>", "b", "a", "c", "d"),
    )
    assert vocabulary_of(texts, 4, 1) == ("<padding>", "<unknown>", "b", "a")
    assert vocabulary_of(texts, 10, 2) == ("<padding>", "<unknown>", "b", "a")


def test_sentences_are_cut_and_padded() -> None:
    numbers = {"a": 2, "b": 3}
    assert token_numbers("a b z", numbers, 5, "left") == [0, 0, 2, 3, 1]
    assert token_numbers("a b z", numbers, 5, "right") == [2, 3, 1, 0, 0]
    assert token_numbers("a b z", numbers, 2, "left") == [2, 3]


def test_the_vocabulary_is_that_of_the_training_part(data_dir: Path) -> None:
    settings = {"path": "sst2/train.tsv", "test_path": "sst2/dev.tsv", "length": 60}
    splits = load(DataConfig(source="reviews", settings=settings), data_dir)
    used = set(splits.train.inputs["tokens"].unique().tolist())
    # Every word but "unknown" occurs in training; only there is none unknown, apart
    # from what the size of the vocabulary cuts off.
    assert used >= set(range(2, len(splits.vocabulary)))
    test = splits.test.inputs["tokens"]
    assert bool((test == 1).any())
    raw = (data_dir / "sst2/dev.tsv").read_text(encoding="utf-8").splitlines()
    texts = [line.split("\t")[0] for line in raw]
    for row, text in zip(sentences_of(test, splits.vocabulary), texts, strict=True):
        for mine, theirs in zip(row.split(), words_of(text), strict=False):
            assert mine in {theirs, "<unknown>"}
    assert splits.test.targets["label"].bincount().tolist() == [428, 444]


def test_a_folder_holds_a_file_for_each_class(data_dir: Path) -> None:
    settings = {"path": "rt-polarity", "encoding": "latin-1"}
    splits = load(DataConfig(source="reviews", settings=settings), data_dir)
    assert splits.classes == ("neg", "pos")
    parts = (splits.train, splits.validation, splits.test)
    counts = sum(part.targets["label"].bincount() for part in parts)
    assert counts.tolist() == [5331, 5331]
    assert splits.test.targets["label"].bincount().tolist() == [1066, 1066]


def test_latin_1_is_suggested(data_dir: Path) -> None:
    config = DataConfig(source="reviews", settings={"path": "rt-polarity"})
    with pytest.raises(Refusal) as caught:
        describe(config, data_dir)
    assert str(caught.value) == (
        "rt-polarity.neg is not utf-8 text: line 32 holds the byte 0xe9, which has no "
        "meaning there. Set the encoding to latin-1."
    )


def test_made_up_reviews_differ_and_single_words_do_not_tell() -> None:
    made = made_up_reviews()
    assert len({text for text, _ in made}) == len(made) == 320
    assert Counter(label for _, label in made) == {"positive": 160, "negative": 160}
    negative = [text.lower() for text, label in made if label == "negative"]
    # Words of praise stand in more than half of the unkind reviews.
    assert sum(any(word in text for word in PRAISE) for text in negative) > 80
    used = " ".join(text.lower() for text, _ in made)
    assert all(word in used for word in PRAISE + BLAME)


def test_vectors_are_fixed_directions_and_padding_is_zero() -> None:
    tokens = load(DataConfig(source="reviews-small"))
    settings = {"as_vectors": 100}
    vectors = load(DataConfig(source="reviews-small", settings=settings))
    numbers = tokens.test.inputs["tokens"]
    given = vectors.test.inputs["vectors"]
    norms = given.norm(dim=2)
    assert torch.equal(norms == 0, numbers == 0)
    assert torch.allclose(norms[numbers > 0], torch.tensor(1.0))
    # One word, one vector, wherever it stands.
    word = int(numbers[0, -1])
    assert len(given[numbers == word].unique(dim=0)) == 1
    other = load(
        DataConfig(source="reviews-small", settings={**settings, "vector_seed": 1})
    )
    assert not torch.equal(other.test.inputs["vectors"], given)


def test_columns_are_chosen_by_name_or_number(tmp_path: Path) -> None:
    rows = "".join(f"{i}\tgood {i}\tyes\n{i}\tbad {i}\tno\n" for i in range(20))
    (tmp_path / "a.tsv").write_text("id\ttext\tkind\n" + rows)
    named = load(reviews(text_column="text", label_column="kind"), tmp_path)
    numbered = load(reviews(text_column="2", label_column="3"), tmp_path)
    assert named.classes == ("no", "yes")
    for one in (named, numbered):
        texts = sentences_of(one.train.inputs["tokens"], one.vocabulary)
        for text, label in zip(texts, one.train.targets["label"], strict=True):
            assert text.split()[0] == ("bad", "good")[int(label)]


@pytest.mark.parametrize(
    ("text", "settings", "sentence"),
    [
        (
            "fine\t1\ngood\t1\n",
            {},
            "a.tsv holds one class only: “1”. Choose another label column: there is "
            "nothing to tell apart.",
        ),
        (
            "fine\t1\nbad\t0\n",
            {"label_column": "1"},
            "a.tsv: the column “1” cannot be both the sentence and its label. Choose "
            "two different columns.",
        ),
        (
            "fine\t1\nbad\t\n",
            {},
            "a.tsv, row 2: the column “2” has no value. Fill it, or take the row out.",
        ),
        (
            "fine\t1\n \t0\n",
            {},
            "a.tsv, row 2: the column “1” has no value. Fill it, or take the row out.",
        ),
        (
            "fine\t1\nbad\t0\n",
            {"label_column": "label"},
            "a.tsv has no column “label”; it has “1”, “2”. Choose one of these.",
        ),
        (
            "".join(f"{i}\tword {i}\n" for i in range(150)),
            {},
            "a.tsv holds 150 different labels; at most 100 are taken. The first is "
            "“word 0”. Choose the column that holds the label.",
        ),
        (
            "fine\t1\n" * 20 + "bad\t0\n",
            {},
            "a.tsv: the label “0” has 1 sentence(s); at least 3 are needed to train, "
            "watch and test. Take such sentences out, or add more.",
        ),
    ],
)
def test_bad_reviews(
    text: str, settings: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    (tmp_path / "a.tsv").write_text(text)
    with pytest.raises(Refusal) as caught:
        load(reviews(**settings), tmp_path)
    assert str(caught.value) == sentence
    with pytest.raises(Refusal) as described:
        describe(reviews(**settings), tmp_path)
    assert str(described.value) == sentence


def test_an_unknown_label_in_the_test_file(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("fine\t1\nbad\t0\n" * 10)
    (tmp_path / "b.tsv").write_text("so so\t2\n")
    with pytest.raises(Refusal) as caught:
        load(reviews(test_path="b.tsv"), tmp_path)
    assert str(caught.value) == (
        "The test file holds the label “2”, and the training file only “0”, “1”. Use "
        "the same labels in both files."
    )


def test_a_folder_of_one_file(tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "good.txt").write_text("fine\n")
    with pytest.raises(Refusal) as caught:
        load(reviews(path="texts"), tmp_path)
    assert str(caught.value) == (
        f"The folder {tmp_path / 'texts'} holds 1 file(s), and one for each of at "
        f"least two classes was expected. Choose a table, or a folder with a file for "
        f"each class."
    )


def test_vectors_that_need_too_much_memory(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("fine\t1\nbad\t0\n" * 20)
    settings = {"as_vectors": 4096, "length": 10_000}
    with pytest.raises(Refusal) as caught:
        load(reviews(**settings, kept="in memory"), tmp_path)
    assert str(caught.value) == (
        "40 sentences of 10000 vectors of 4096 numbers need 6 GiB of memory. Set "
        "as_vectors to 0 and put an Embedding into the network."
    )
    some = load(reviews(**settings), tmp_path).train.batch(torch.tensor([2, 0]))
    assert some.inputs["vectors"].shape == (2, 10_000, 4096)
    assert describe(reviews(**settings), tmp_path).is_on_disk


def write_texts(folder: Path, counts: dict[str, int]) -> None:
    for name, count in counts.items():
        (folder / name).mkdir(parents=True)
        for number in range(count):
            path = folder / name / f"{number}.txt"
            path.write_text(f"It is {name}.\n\nNumber {number}, déjà vu.", "latin-1")


def test_a_folder_of_folders_holds_a_text_a_file(tmp_path: Path) -> None:
    write_texts(tmp_path / "a/train", {"neg": 10, "pos": 10})
    write_texts(tmp_path / "a/test", {"neg": 3, "pos": 2})
    settings = {"test_path": "a/test", "encoding": "latin-1", "length": 20}
    config = reviews(path="a/train", **settings)
    splits, info = load(config, tmp_path), describe(config, tmp_path)
    assert info.counts == {"train": 18, "validation": 2, "test": 5}
    assert splits.classes == ("neg", "pos")
    texts = sentences_of(splits.test.inputs["tokens"], splits.vocabulary)
    assert texts[4] == "it is pos . number 1 , déjà vu ."
    assert splits.test.targets["label"].tolist() == [0, 0, 0, 1, 1]
    with pytest.raises(Refusal) as caught:
        load(reviews(path="a", **settings), tmp_path)
    assert str(caught.value) == (
        f"The folder {tmp_path / 'a'} holds a training part of its own. Choose its "
        f"folder train as the file, and its folder test as the test file."
    )


def test_an_empty_text_in_a_folder(tmp_path: Path) -> None:
    write_texts(tmp_path / "a", {"neg": 10, "pos": 10})
    path = tmp_path / "a/neg/4.txt"
    path.write_text(" \n")
    with pytest.raises(Refusal) as caught:
        load(reviews(path="a", encoding="latin-1"), tmp_path)
    assert str(caught.value) == f"{path} holds no text. Fill it, or delete it."
