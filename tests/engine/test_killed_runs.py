"""Runs killed at any moment go on from their last checkpoint to the very same end."""

from __future__ import annotations

import json
import multiprocessing
import random
import time
from pathlib import Path

import pytest

from engine.document import Document
from engine.runs import EVENTS
from tests.engine.documents import digits

KILLS = 20
LOSSES = "losses-network.bin"
TIMES = {"seconds", "samples_per_second"}


def document() -> Document:
    return digits(
        epochs=3,
        checkpoint_seconds=0.0,
        average=0.9,
        schedule="cosine",
        optimizer="AdamW",
        batch_size=100,
        rotation=10.0,
        erasing=0.2,
        mixup=0.4,
    )


def train_in(folder: str, *, resume: bool) -> None:
    """What a process of its own does; it fetches every loss, to keep every step."""
    import torch

    import engine.run_keeper
    import engine.training.loop
    from engine.session import train_document

    torch.set_num_threads(1)
    engine.training.loop.FETCH_SECONDS = -1.0
    engine.run_keeper.MOST_WRITING = 1e9
    for _ in train_document(document(), run_dir=Path(folder), resume=resume):
        pass


def curve(folder: Path) -> list[dict[str, object]]:
    """The epochs and the end of a run, without what depends on the clock."""
    found = [json.loads(line) for line in (folder / EVENTS).read_text().splitlines()]
    return [
        {name: value for name, value in each.items() if name not in TIMES}
        for each in found
        if each["event"] in ("epoch", "finished")
    ]


@pytest.fixture(scope="module")
def processes() -> multiprocessing.context.ForkServerContext:
    """Processes that have PyTorch already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        [
            "engine.session",
            "engine.data.digits",
            "engine.training.supervised",
            "tests.engine.documents",
        ]
    )
    return context


def test_a_killed_run_ends_as_one_that_was_never_interrupted(
    tmp_path: Path, processes: multiprocessing.context.ForkServerContext
) -> None:
    """Checkpoints are written after every step: many kills fall into the writing."""
    moments = random.Random(0)  # noqa: S311  moments, not secrets
    first = processes.Process(target=len, args=((),))
    first.start()  # imports PyTorch: that is not to count as time of a run
    first.join()
    begun = time.monotonic()
    whole = processes.Process(
        target=train_in, args=(str(tmp_path / "whole"),), kwargs={"resume": False}
    )
    whole.start()
    whole.join()
    assert whole.exitcode == 0
    expected = curve(tmp_path / "whole")
    assert len(expected) == 4
    lasts = time.monotonic() - begun

    killed, runs = 0, 0
    while killed < KILLS:
        folder = tmp_path / f"killed{runs}"
        runs += 1
        has_ended = False
        while not has_ended:
            resume = (folder / "checkpoint.safetensors").exists()
            process = processes.Process(
                target=train_in, args=(str(folder),), kwargs={"resume": resume}
            )
            process.start()
            if killed < KILLS:
                process.join(moments.uniform(0.1, 0.8) * lasts)
            else:
                process.join()
            if process.is_alive():
                process.kill()
                process.join()
                killed += 1
            else:
                assert process.exitcode == 0
                has_ended = True
        assert curve(folder) == expected
        kept = [each / LOSSES for each in (tmp_path / "whole", folder)]
        assert kept[0].read_bytes() == kept[1].read_bytes()


def test_a_run_that_is_cut_off_in_its_first_seconds_can_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first checkpoint does not wait as long as the later ones."""
    import engine.run_keeper
    from engine.session import train_document

    assert engine.run_keeper.FIRST_PAUSE <= 1.0
    monkeypatch.setattr(engine.run_keeper, "FIRST_PAUSE", 0.0)
    made = digits(epochs=3, batch_size=100)
    assert made.recipe.checkpoint_seconds >= 10.0
    events = [each.event for each in train_document(made, run_dir=tmp_path)]
    assert events.count("checkpoint") == 1
    assert events.index("checkpoint") < events.index("epoch") + 3
