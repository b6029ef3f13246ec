"""Steps on CUDA from a recording: a whole step is launched at once, not by operation.

What a small network computes takes a GPU less time than Python needs to ask for it,
operation by operation. So the way forward and back is recorded as a CUDA graph, and
played with each further batch ("CUDA semantics", section "CUDA Graphs", of PyTorch's
documentation). The optimizer steps as always: rates, clipping, the scaling of fp16 and
the optimizer's kind have nothing to do with it, and the numbers are the same.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from engine.data.samples import Mixed, Samples
from engine.document import Document
from engine.foreign_code import carried
from engine.training.device import Hardware, free_on_cuda
from engine.training.score import Score

if TYPE_CHECKING:
    from engine.training.loop import State
    from engine.training.objective import Plan, Turn

WARM_UP = 3
"""Steps that are taken before one is recorded: libraries make ready in the first."""
WAITING = frozenset(
    """_local_scalar_dense nonzero masked_select bincount equal histc _unique _unique2
    unique_dim unique_consecutive embedding_renorm_ _linalg_check_errors _ctc_loss
    repeat_interleave""".split()
)
"""Operations for which the processor waits until the device is done."""
_ONE_AT_A_TIME = threading.Lock()
_ShapeOf = tuple[torch.Size, torch.dtype]
Compute = Callable[
    ["State", "Turn", list[Samples], Score, "Plan"],
    Tensor,
]
"""Computes the gradients of a step and gives its loss: `compute` of the loop."""


class Graph(Protocol):
    """What `CudaGraph` offers."""

    @property
    def has_room(self) -> bool: ...
    def record(self, run: Callable[[], Tensor]) -> Tensor: ...
    def play(self) -> None: ...


class CudaGraph:
    """What a function launches on the GPU, to be launched again."""

    def __init__(self) -> None:
        torch.cuda.reset_peak_memory_stats()
        self._graph = torch.cuda.CUDAGraph()

    @property
    def has_room(self) -> bool:
        """Whether a recording, which keeps its memory, fits beside all there was."""
        return free_on_cuda() > torch.cuda.max_memory_allocated()

    def record(self, run: Callable[[], Tensor]) -> Tensor:
        """What `run` gives, once played. Raises RuntimeError for what cannot be."""
        chance = torch.cuda.get_rng_state()
        try:
            # Other threads may go on using the GPU meanwhile, but for a recording.
            with (
                _ONE_AT_A_TIME,
                torch.cuda.graph(self._graph, capture_error_mode="thread_local"),
            ):
                return run()
        except RuntimeError:
            # PyTorch 2.9 would wait for the recording's end, and draw nothing more.
            fresh = torch.Generator("cuda")
            fresh.set_state(chance)
            generators = torch.cuda.default_generators
            there = generators[torch.cuda.current_device()]
            there.graphsafe_set_state(fresh.graphsafe_get_state())
            raise

    def play(self) -> None:
        """Launch it."""
        self._graph.replay()


class Recording:
    """Plays a step from its recording, once there is one; else it is computed."""

    def __init__(self, graph: Callable[[], Graph] = CudaGraph) -> None:
        self._make = graph
        self._graph: Graph | None = None
        self._is_possible = True
        self._is_recorded = False
        self._seen = 0
        self._shapes: list[_ShapeOf] = []
        self._pieces: list[Samples] = []
        self._score = Score((), {})
        self._loss = torch.empty(0)
        self._gradients: list[tuple[nn.Parameter, Tensor | None]] = []

    @property
    def is_recorded(self) -> bool:
        """Whether there is a recording."""
        return self._is_recorded

    def play(
        self,
        compute: Compute,
        state: State,
        turn: Turn,
        pieces: list[Samples],
        score: Score,
        plan: Plan,
    ) -> Tensor:
        """The gradients of the network's weights; gives the loss, as `compute` does.

        The batch that ends an epoch is smaller, and computed.
        """
        shapes = _shapes_of(pieces)
        if self._is_recorded and shapes == self._shapes:
            return self._played(pieces, score)
        if self._is_recorded or not self._may_become(shapes, pieces, state.model):
            return compute(state, turn, pieces, score, plan)
        if self._seen < WARM_UP - 1:
            return compute(state, turn, pieces, score, plan)
        if self._seen < WARM_UP:  # what is done but once is done by now
            with Watch() as watch, torch.autograd.set_multithreading_enabled(False):
                loss = compute(state, turn, pieces, score, plan)
            self._is_possible = not watch.waits
            return loss
        self._record(compute, state, turn, pieces, plan)
        if self._is_recorded:
            return self._played(pieces, score)
        return compute(state, turn, pieces, score, plan)

    def _may_become(
        self, shapes: list[_ShapeOf], pieces: list[Samples], model: nn.Module
    ) -> bool:
        """Whether this step, like the last ones, may be recorded; counts them."""
        if self._graph is None:
            self._graph = self._make()
            # What cuDNN draws between layers is no part of a recording.
            draws = [p for p in model.modules() if isinstance(p, nn.RNNBase)]
            self._is_possible = not any(part.dropout > 0 for part in draws)
        is_blended = any(isinstance(piece, Mixed) for piece in pieces)
        self._is_possible = self._is_possible and not is_blended
        self._seen = self._seen + 1 if shapes == self._shapes else 0
        self._shapes = shapes
        return self._is_possible

    def _record(
        self,
        compute: Compute,
        state: State,
        turn: Turn,
        pieces: list[Samples],
        plan: Plan,
    ) -> None:
        self._is_possible = False  # unless it succeeds there is no second time
        if self._graph is None or not self._graph.has_room:
            return
        self._pieces = [_copied(piece) for piece in pieces]
        self._score = Score(plan.goals, {})

        def run() -> Tensor:
            return compute(state, turn, self._pieces, self._score, plan)

        try:
            with torch.autograd.set_multithreading_enabled(False):
                self._loss = self._graph.record(run)
        except RuntimeError:  # as every network trains without, none has to fail here
            self._pieces = []
            return
        self._gradients = [(each, each.grad) for each in state.model.parameters()]
        self._is_recorded = True

    def _played(self, pieces: list[Samples], score: Score) -> Tensor:
        for kept, piece in zip(self._pieces, pieces, strict=True):
            for name, tensor in kept.inputs.items():
                tensor.copy_(piece.inputs[name])
            for name, tensor in kept.targets.items():
                tensor.copy_(piece.targets[name])
        if self._graph is not None:
            self._graph.play()
        for weight, gradient in self._gradients:
            weight.grad = gradient  # a batch of another size had others
        score.add_all(self._score)
        return self._loss.clone()


def recording_for(document: Document, hardware: Hardware) -> Recording | None:
    """What records a step; None where it would be another one each time.

    That is where several learn in turns, and where a person's code may do anything.
    """
    recipe = document.recipe
    if hardware.device != "cuda" or recipe.method != "supervised" or recipe.compiled:
        return None
    return None if any(True for _ in carried(document)) else Recording()


def _shapes_of(pieces: list[Samples]) -> list[_ShapeOf]:
    return [
        (tensor.shape, tensor.dtype)
        for piece in pieces
        for tensor in (*piece.inputs.values(), *piece.targets.values())
    ]


def _copied(piece: Samples) -> Samples:
    return Samples(
        {name: tensor.clone() for name, tensor in piece.inputs.items()},
        {name: tensor.clone() for name, tensor in piece.targets.items()},
    )


class Watch(TorchDispatchMode):
    """Notes whether anything waits for the device, or goes to another and back."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.waits = False
        self._places: set[torch.device] = set()

    def __torch_dispatch__(
        self,
        func: Callable[..., Any],  # whatever the operation gives
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        result = func(*args, **kwargs or {})
        name = getattr(func, "overloadpacket", func).__name__
        given = [each for each in tree_leaves((args, kwargs)) if _is_tensor(each)]
        picks = name.startswith("index") and any(
            each.dtype in (torch.bool, torch.uint8) for each in given
        )
        if "attention" not in name:  # where it keeps its random state is its affair
            made = [each for each in tree_leaves(result) if _is_tensor(each)]
            self._places |= {each.device for each in (*given, *made)}
        self.waits = self.waits or picks or name in WAITING or len(self._places) > 1
        return result


def _is_tensor(each: object) -> bool:
    return isinstance(each, Tensor)
