"""Imports in a process of its own: the code that runs there may hang, or crash."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection

from engine.allowed_code import ALLOWED
from engine.foreign_code import carried
from engine.importing.network import Imported, import_network
from engine.importing.sameness import Sameness
from engine.importing.samples import Sample
from engine.problems import Problem, Refusal
from engine.storage import dumps, loads

_POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """An imported network as it comes through the pipe."""

    document: str
    samples: tuple[Sample, ...]
    sameness: Sameness
    code: tuple[str, ...]
    """Of its Python layers, which only call what the network called."""


def import_apart(
    target: str,
    *,
    network: str = "",
    arguments: str = "",
    samples: Sequence[Sample] = (),
    code: str | None = None,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Imported:
    """As `import_network`; the network's code runs in a spawned process.

    Blocks until it is done, or until `is_stopped`: then the process is ended and
    Refusal raised.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(
        target=_work,
        args=(theirs, target, network, arguments, tuple(samples), code),
        daemon=True,
    )
    process.start()
    theirs.close()
    try:
        while not ours.poll(_POLL_SECONDS):
            if is_stopped():
                raise Refusal("The import was stopped.", code="stopped")
        answer = ours.recv()
    except EOFError:
        process.join()
        raise Refusal(
            f"The code ended its process (exit code {process.exitcode}).",
            "Run it alone to see why, and try again.",
        ) from None
    finally:
        process.kill()
        process.join()
        ours.close()
    if isinstance(answer, Problem):
        raise Refusal(answer.message, answer.remedy, code=answer.code)
    return _received(answer)


def _received(made: _Made) -> Imported:
    for code in made.code:
        ALLOWED.allow(code)
    return Imported(
        document=loads(made.document), samples=made.samples, sameness=made.sameness
    )


def _work(
    pipe: Connection,
    target: str,
    network: str,
    arguments: str,
    samples: tuple[Sample, ...],
    code: str | None,
) -> None:
    """What the process does."""
    sys.stdout = sys.stderr  # the output may be read by a program
    try:
        found = import_network(
            target, network=network, arguments=arguments, samples=samples, code=code
        )
        calls = tuple(each.code for each in carried(found.document))
        pipe.send(
            _Made(
                document=dumps(found.document),
                samples=found.samples,
                sameness=found.sameness,
                code=calls,
            )
        )
    except Refusal as refusal:
        pipe.send(refusal.problem)
    except Exception as error:  # the edge of the process: nothing may pass it
        said = str(error).split("\n")[0].rstrip(".") or type(error).__name__
        pipe.send(
            Problem(
                message=f"The network could not be drawn: {said}.",
                remedy="Import a part of it alone, to find what it is.",
                code="not-importable",
            )
        )
