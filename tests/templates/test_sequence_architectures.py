"""Networks for sequences: parameters as published, the same function, and trainable."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

import templates
from engine.analysis import Analysis, analyse
from engine.compiler import compile_document
from engine.data.source import load
from engine.document import Document
from engine.exporting.script import script
from engine.session import train_document
from engine.training.events import EpochDone, StepDone
from engine.training.fitness import FitsItsData
from tests.engine.test_codegen import assert_clean
from tests.templates.architectures.encoders import ReaderSizes, bert_base, distilbert
from tests.templates.architectures.sequences import SEQUENCE_ARCHITECTURES
from tests.templates.architectures.translators import (
    TranslatorSizes,
    t5_small,
    transformer_base,
)
from tests.templates.architectures.vision_transformer import VitSizes, vit_b_16
from tests.templates.architectures.writers import WriterSizes, gpt_2
from tests.templates.references import scramble
from tests.templates.sequence_references import SEQUENCE_REFERENCES, SMALL, some_tokens

PARAMETERS = {
    "rnn-classifier": 665_090,
    "gru-classifier": 714_754,
    "bilstm-classifier": 839_170,
    "seq2seq-attention": 552_000,
    "transformer-base": 63_082_496,
    "bert-base": 109_482_240,
    "distilbert": 66_955_010,
    "gpt-2": 124_439_808,
    "t5-small": 60_506_624,
    "vit-b-16": 86_567_656,
}
BY_SETTINGS = {
    "rnn-classifier",
    "gru-classifier",
    "bilstm-classifier",
    "seq2seq-attention",
}
MOST_CARDS = 25
CLOSE = 1e-5
"""Of the largest output."""


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Small networks gain nothing from two threads, and tests run beside others."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module", params=SEQUENCE_ARCHITECTURES)
def opened(request: pytest.FixtureRequest) -> tuple[str, Document, Analysis]:
    document = templates.open_lesson(request.param)
    return request.param, document, analyse(document, [FitsItsData()])


def test_every_one_is_in_the_tables() -> None:
    assert PARAMETERS.keys() == SEQUENCE_ARCHITECTURES.keys()
    assert SEQUENCE_REFERENCES.keys() == PARAMETERS.keys() - BY_SETTINGS


def test_it_fits_has_its_parameters_and_can_be_read_at_a_glance(
    opened: tuple[str, Document, Analysis],
) -> None:
    name, document, analysis = opened
    assert [problem.sentence() for problem in analysis.problems] == []
    assert analysis.total_parameters == PARAMETERS[name]
    assert len(document.graph) <= MOST_CARDS
    assert templates.lesson(name).kind == "architecture"
    assert 100 <= len(templates.text(name).split()) <= 300
    assert f"{PARAMETERS[name]:,}" in templates.text(name)


def test_the_stored_document_is_the_drawn_one(
    opened: tuple[str, Document, Analysis],
) -> None:
    """`python -m tests.templates.architectures` writes them anew."""
    name, document, _ = opened
    assert document == SEQUENCE_ARCHITECTURES[name]()


def test_no_two_cards_lie_on_each_other(
    opened: tuple[str, Document, Analysis],
) -> None:
    _, document, _ = opened
    for scope in ("", *document.blocks):
        places = [node.position for node in document.scoped(scope).graph]
        for index, (x, y) in enumerate(places):
            for other_x, other_y in places[:index]:
                assert abs(x - other_x) >= 160 or abs(y - other_y) >= 76


def test_the_modules_are_formatted_and_lint_clean(tmp_path: Path) -> None:
    names = list(SEQUENCE_ARCHITECTURES)
    assert_clean([analyse(templates.open_lesson(n)).code for n in names], tmp_path)


def test_gpt_2_reads_like_a_persons_module() -> None:
    lines = analyse(templates.open_lesson("gpt-2")).code.splitlines()
    assert len(lines) <= 140
    stack = "self.layers = nn.Sequential(*(DecoderLayer() for _ in range(12)))"
    assert f"        {stack}" in lines
    assert "        self.scores.weight = self.words.weight" in lines


@pytest.mark.parametrize("name", SEQUENCE_REFERENCES)
def test_the_published_one_has_as_many_parameters(name: str) -> None:
    with torch.device("meta"):
        published = SEQUENCE_REFERENCES[name].make(True)
    count = sum(weight.numel() for weight in published.parameters())
    # Without memory a tied weight is two tensors of one shape.
    assert count - _tied(published) == PARAMETERS[name]


def _tied(published: nn.Module) -> int:
    """Of the output's weight, what counts twice as long as it is not tied."""
    head = getattr(published, "lm_head", None)
    config = getattr(published, "config", None)
    if head is None or config is None or not config.tie_word_embeddings:
        return 0
    table = published.get_input_embeddings()  # type: ignore[operator]
    return 0 if head.weight is table.weight else int(head.weight.numel())


def assert_same_function(name: str, *, full: bool) -> None:
    reference = SEQUENCE_REFERENCES[name]
    published = reference.make(full).eval()
    scramble(published)
    network = compile_document(reference.draw(full)).module_class().eval()
    reference.copy(published, network)
    count = sum(weight.numel() for weight in network.parameters())
    assert count == sum(weight.numel() for weight in published.parameters())
    x = reference.inputs()
    if name == "vit-b-16" and full:
        x = (torch.randn(3, 3, 224, 224, generator=torch.Generator().manual_seed(1)),)
    with torch.inference_mode():
        answer, wanted = network(*x), reference.answer(published, x)
    largest = float(wanted.abs().max())
    # The answer depends on what is read, so that equal answers say something.
    assert float((wanted[1] - wanted[2]).abs().max()) > 1e-2 * largest
    assert float((answer - wanted).abs().max()) <= CLOSE * largest


@pytest.mark.parametrize("name", SEQUENCE_REFERENCES)
def test_a_small_sibling_computes_what_the_published_one_computes(name: str) -> None:
    assert_same_function(name, full=False)


@pytest.mark.parametrize("name", ["vit-b-16", "gpt-2"])
def test_in_full_size_too(name: str) -> None:
    assert_same_function(name, full=True)


@pytest.mark.parametrize("name", ["bert-base", "distilbert", "t5-small"])
def test_what_fills_a_short_text_changes_nothing(name: str) -> None:
    reference = SEQUENCE_REFERENCES[name]
    network = compile_document(reference.draw(False)).module_class().eval()
    scramble(network)
    short = some_tokens(8, 90)
    filled = torch.cat((short, torch.zeros(3, 4, dtype=torch.int64)), 1)
    others = reference.inputs()[1:]
    with torch.inference_mode():
        one, other = network(short, *others), network(filled, *others)
    assert torch.allclose(one, other, atol=1e-5)


def _classifier(
    words: nn.Embedding, reader: nn.RNNBase, scores: nn.Linear, both_ways: bool
) -> Callable[[Tensor], Tensor]:
    def answer(tokens: Tensor) -> Tensor:
        sequence, hidden = reader(words(tokens))
        if both_ways:
            return scores(torch.cat((hidden[0][0], hidden[0][1]), 1))  # type: ignore[no-any-return]
        return scores(sequence[:, -1])  # type: ignore[no-any-return]

    return answer


@pytest.mark.parametrize(
    ("name", "reader", "size"),
    [
        ("rnn-classifier", nn.RNN(64, 128, batch_first=True), 128),
        ("gru-classifier", nn.GRU(64, 128, batch_first=True), 128),
        (
            "bilstm-classifier",
            nn.LSTM(64, 128, batch_first=True, bidirectional=True),
            256,
        ),
    ],
)
def test_a_classifier_is_pytorchs_layers_in_a_row(
    name: str, reader: nn.RNNBase, size: int
) -> None:
    words, scores = nn.Embedding(10_000, 64), nn.Linear(size, 2)
    layers = nn.ModuleList([words, reader, scores])
    network = compile_document(templates.open_lesson(name)).module_class().eval()
    assert sum(w.numel() for w in layers.parameters()) == PARAMETERS[name]
    copied = zip(network.parameters(), layers.parameters(), strict=True)
    with torch.no_grad():
        for ours, theirs in copied:
            ours.copy_(theirs)
        tokens = some_tokens(20, 10_000)
        both_ways = isinstance(reader, nn.LSTM)
        wanted = _classifier(words, reader, scores, both_ways)(tokens)
        assert torch.allclose(network(tokens), wanted, atol=1e-6)


def test_the_translator_with_attention_is_its_equations_by_hand() -> None:
    document = templates.open_lesson("seq2seq-attention")
    network = compile_document(document).module_class().eval()
    scramble(network)
    modules = dict(network.named_children())
    tokens, written = some_tokens(28, 42, filled=9), some_tokens(10, 42)
    with torch.inference_mode():
        read, last = modules["encoder"](modules["letters"](tokens))
        start = torch.cat((last[0], last[1]), 1)[None]
        states, _ = modules["decoder"](modules["letters_written"](written), start)
        # Luong et al. 2015, equations 5, 7 and 8, with dot products for scores.
        matches = states @ read.mT
        matches = matches.masked_fill((tokens == 0)[:, None], -torch.inf)
        context = matches.softmax(-1) @ read
        mixed = torch.tanh(modules["mixed"](torch.cat((context, states), -1)))
        wanted = modules["scores"](mixed)
        answer = network(tokens, written)
    assert float((answer - wanted).abs().max()) <= CLOSE * float(wanted.abs().max())


def siblings() -> dict[str, Callable[[], Document]]:
    """Each network as small as a step of it is quick, with its published vocabulary."""
    translator = TranslatorSizes(vocabulary=99, **SMALL)
    reader, writer = ReaderSizes(**SMALL), WriterSizes(vocabulary=99, **SMALL)
    vit = VitSizes(image=32, patch=8, **SMALL)
    return SEQUENCE_ARCHITECTURES | {
        "transformer-base": lambda: transformer_base(translator),
        # Its outputs are scores of the words that may follow: there are 68.
        "bert-base": lambda: bert_base(replace(reader, width=72)),
        "distilbert": lambda: distilbert(reader),
        "gpt-2": lambda: gpt_2(writer),
        "t5-small": lambda: t5_small(translator),
        "vit-b-16": lambda: vit_b_16(vit),
    }


@pytest.mark.parametrize("name", SEQUENCE_ARCHITECTURES)
def test_it_trains(name: str, tmp_path: Path) -> None:
    document = siblings()[name]()
    events = train_document(document, run_dir=tmp_path)
    first = next(event for event in events if isinstance(event, StepDone))
    events.close()
    assert torch.tensor(first.losses).isfinite().all()


@pytest.mark.parametrize("name", SEQUENCE_ARCHITECTURES)
def test_its_script_is_clean(name: str, tmp_path: Path) -> None:
    assert_clean([script(siblings()[name]())], tmp_path)


def test_a_small_gpt_learns_more_than_pairs_of_letters(tmp_path: Path) -> None:
    size = WriterSizes(vocabulary=64, window=32, width=32, heads=4, layers=1)
    document = gpt_2(size)
    document.recipe = replace(
        document.recipe, learning_rate=1e-2, epochs=3, batch_size=16, precision="fp32"
    )
    events = list(train_document(document, run_dir=tmp_path))
    accuracies = [e.val_metrics["accuracy"] for e in events if isinstance(e, EpochDone)]
    splits = load(document.data)
    pairs = torch.zeros(64, 64)
    train, watched = splits.train, splits.validation
    seen = (train.inputs["tokens"].flatten(), train.targets["following"].flatten())
    pairs.index_put_(seen, torch.ones(seen[0].shape), accumulate=True)
    guessed = pairs.argmax(1)[watched.inputs["tokens"]]
    by_pairs = float((guessed == watched.targets["following"]).float().mean())
    assert 0.2 < by_pairs < accuracies[-1] - 0.2
