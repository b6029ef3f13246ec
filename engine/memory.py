"""How much memory a training will take, told before it begins.

The network takes its first steps on tensors that have shapes and no content: the very
objective, optimizer and precision of the run, in the time it takes to tell sizes. What
is alive is counted meanwhile.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch._subclasses import FakeTensorMode
from torch._subclasses.fake_tensor import unset_fake_temporarily
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from engine.catalog import TensorSpec
from engine.compiler import Compiled, compile_document
from engine.data.samples import Samples
from engine.data.source import DataInfo, describe
from engine.document import Document
from engine.foreign_code import carried
from engine.pretrained.needs import needs_of
from engine.problems import Refusal
from engine.scratch import scratch_of
from engine.training.assignment import fields_of
from engine.training.device import Hardware, HardwareError, choose_hardware
from engine.training.loop import State, evaluation_batch, learn
from engine.training.methods import learning_of, method_of
from engine.training.objective import Plan, Turn, objective_in
from engine.training.optimizers import freeze, hold, make_optimizers
from engine.training.placing import place
from engine.training.score import Score

_BYTES = {"int64": 8, "float64": 8}
"""Of each number of a sample; any other kind has 4."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Bytes that the tensors of a training take."""

    weights: int
    """The network, and the means and copies of it that the recipe keeps."""
    optimizer: int
    """What the optimizers remember of each weight."""
    batch: int
    """The most that one batch adds: what layers give, and the gradients."""
    copies: int
    """What is kept of the network and its optimizers, to go on from: what that adds
    to the most there is, be it while a batch is learned or while more is kept."""
    data: int
    """The samples, where all are kept; 0 where their number is not known."""

    @property
    def total(self) -> int:
        """The most there is at one time."""
        return sum(getattr(self, part) for part in self.__dataclass_fields__)


def memory_of(document: Document, data_dir: Path | None = None) -> Memory | None:
    """What training a document without errors will take; None where nobody can tell.

    That is where a network brings weights of its own or a person's code, or learns in
    another way than from targets. Raises Refusal for what cannot be trained at all. May
    be called on any thread; takes no memory and draws no random numbers.
    """
    if not _is_foreseeable(document):
        return None
    info = describe(document.data, data_dir)
    compiled = compile_document(document)
    live = _Live()
    try:
        with FakeTensorMode(), live:
            return _trial(document, info, compiled, live)
    except HardwareError as error:
        raise Refusal(error.message, error.remedy, code="no-device") from error
    except (RuntimeError, NotImplementedError, TypeError, ValueError, AttributeError):
        return None  # somewhere the numbers themselves are asked for


def _is_foreseeable(document: Document) -> bool:
    # Drawing random numbers and code of one's own may reach for contents, and there are
    # none: PyTorch would crash rather than complain.
    return (
        document.recipe.method == "supervised"
        and not needs_of(document)
        and not any(True for _ in carried(document))
    )


def _trial(
    document: Document, info: DataInfo, compiled: Compiled, live: _Live
) -> Memory:
    recipe = document.recipe
    model = compiled.module_class()
    hardware = choose_hardware(recipe.device, recipe.precision, model)
    learning = learning_of(document, info, compiled.outputs)
    method = method_of(recipe.method)
    fields = fields_of(document.graph, compiled.inputs, info).values()
    plan = Plan(
        recipe=recipe,
        fields=tuple(field for field in fields if field is not None),
        learning=learning,
        hardware=hardware,
        objective=objective_in(method.module, method.objective),
    )
    _put(model, hardware)
    freeze(model, learning.frozen)
    live.is_on_cpu = hardware.device == "cpu"
    own = live.now
    # A running mean of the weights, and the best ones so far.
    weights = own * (1 + (recipe.average > 0) + (recipe.patience > 0))
    state = _stepped(model, plan, info)  # alive while the network is judged, too
    kept = [each.state for several in state.optimizers.values() for each in several]
    leaves = (leaf for leaf in tree_leaves(kept) if isinstance(leaf, Tensor))
    optimizer = sum(leaf.nbytes for leaf in leaves)
    # In main memory: the last good moment.
    copies = weights + optimizer if hardware.device == "cpu" else 0
    model.eval()
    with torch.no_grad():
        counts = info.counts or {}
        judged = [counts[part] for part in ("validation", "test") if part in counts]
        together = evaluation_batch(recipe)
        batch = _samples(info, min(max(judged, default=together), together), plan)
        score = Score(plan.goals, {}, info.task)
        score.add(plan.objective.judge(1, model, batch, plan), batch)
    batch_bytes = live.most - own - optimizer
    return Memory(
        weights=weights,
        optimizer=optimizer,
        batch=batch_bytes,
        # While the next copy is made there are two, and the gradients.
        copies=max(copies, own + 2 * copies - batch_bytes),
        data=_data(info, hardware),
    )


def _put(model: nn.Module, hardware: Hardware) -> None:
    """On the device and laid out pixel by pixel, as `Module.to`.

    That cannot do it with weights that have no content.
    """

    def put(tensor: Tensor) -> Tensor:
        by_pixel = hardware.channels_last and tensor.dim() == 4
        layout = torch.channels_last if by_pixel else torch.preserve_format
        return tensor.detach().to(hardware.device, memory_format=layout)

    made: dict[nn.Parameter, nn.Parameter] = {}
    for module in model.modules():
        for name, weight in list(module.named_parameters(recurse=False)):
            # One that is shared stays so.
            there = made.get(weight)
            if there is None:
                there = made[weight] = nn.Parameter(put(weight), weight.requires_grad)
            setattr(module, name, there)
        for name, buffer in list(module.named_buffers(recurse=False)):
            setattr(module, name, put(buffer))


def _stepped(model: nn.Module, plan: Plan, info: DataInfo) -> State:
    """What is there after two steps of every player, taken by the loop itself.

    The first makes what the optimizers remember, the second is as all others.
    """
    recipe = plan.recipe
    optimizers = make_optimizers(recipe, plan.learning, model)
    scaler = torch.amp.GradScaler(plan.hardware.device, enabled=False)
    state = State(model=model, optimizers=optimizers, scaler=scaler)
    model.train()
    hold(model, plan.learning.frozen)
    score = Score(plan.goals, {})
    for _ in range(2):
        pieces = [
            _samples(info, recipe.batch_size, plan) for _ in range(recipe.accumulation)
        ]
        for player in plan.objective.turns(1, plan):
            turn = Turn(player=player, epoch=1, share=0.0)
            learn(state, turn, pieces, score, plan)
    return state


def _samples(info: DataInfo, count: int, plan: Plan) -> Samples:
    def made(specs: Mapping[str, TensorSpec]) -> dict[str, Tensor]:
        found = {}
        for name, spec in specs.items():
            dtype = getattr(torch, spec.dtype, torch.float32)
            found[name] = torch.empty(count, *spec.shape, dtype=dtype)
        return found

    samples = Samples(made(info.inputs), made(info.targets))
    return place(samples, plan.hardware).to(plan.hardware.device)


def _data(info: DataInfo, hardware: Hardware) -> int:
    """What all samples take, without what stays on disk.

    In main memory pictures of several channels take it twice: as read, and pixel by
    pixel.
    """
    is_here = hardware.device == "cpu"
    if info.shared_numbers is not None and is_here:
        return 4 * info.shared_numbers
    each = 0
    inputs = {} if info.is_on_disk else info.inputs
    for name, spec in {**info.targets, **inputs}.items():
        size = prod(spec.shape) * _BYTES.get(spec.dtype, 4)
        is_picture = name in inputs and len(spec.shape) == 3 and spec.shape[0] > 1
        each += 2 * size if is_picture and hardware.channels_last and is_here else size
    return each * sum((info.counts or {}).values())


class _Live(TorchDispatchMode):
    """Counts the bytes of all tensors that are made meanwhile, while they are alive."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.now = self.most = 0
        self.is_on_cpu = True
        """Whether what a CPU's operations take counts: the trial itself always is."""
        self._known: dict[int, weakref.ref[torch.UntypedStorage]] = {}

    def __torch_dispatch__(
        self,
        func: Callable[..., Any],  # whatever the operation gives
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        if func is torch.ops.aten.bincount.default:  # how many depends on contents
            given: Any = torch.empty(args[2], dtype=torch.int64)
        else:
            given = func(*args, **kwargs or {})
        if self.is_on_cpu and func is torch.ops.aten.mkldnn_rnn_layer.default:
            given = (*given[:3], torch.empty(_workspace(args), dtype=torch.uint8))
        for leaf in tree_leaves(given):
            if isinstance(leaf, Tensor):
                self._note(leaf.untyped_storage())
        if self.is_on_cpu:
            self.most = max(self.most, self.now + scratch_of(func, args, given))
        return given

    def _note(self, storage: torch.UntypedStorage) -> None:
        # Views share one storage, and its Python object lives as long as it does.
        key, size = id(storage), storage.nbytes()
        if key in self._known:
            return

        def forget(_: object) -> None:
            del self._known[key]
            self.now -= size

        self._known[key] = weakref.ref(storage, forget)
        self.now += size
        self.most = max(self.most, self.now)


def _workspace(arguments: tuple[Any, ...]) -> int:
    """Bytes that an LSTM on a CPU keeps for its backward pass, of (L, N, I) steps.

    Only oneDNN knows, and it tells where the layer is really run: for one step and for
    two; each further step takes as much again. Without a gradient it keeps nothing.
    """
    if not arguments[-1]:
        return 0
    steps, *rest = arguments[0].shape
    sizes = []
    with unset_fake_temporarily():
        for count in (1, 2):
            real = [
                torch.zeros(each.shape, dtype=each.dtype)
                if isinstance(each, Tensor)
                else each
                for each in arguments
            ]
            real[0] = torch.zeros(count, *rest, dtype=arguments[0].dtype)
            made = torch.ops.aten.mkldnn_rnn_layer.default(*real)
            sizes.append(made[3].numel())
    first, second = sizes
    return int(first + (steps - 1) * (second - first))
