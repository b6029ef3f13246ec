"""From generated source to a PyTorch module, and from a traceback back to its node."""

from __future__ import annotations

import itertools
import linecache
from dataclasses import dataclass

from torch import nn

from engine.analysis import Analysis, analyse
from engine.catalog import TensorSpec
from engine.codegen import GeneratedCode
from engine.document import Document
from engine.problems import Refusal

_serial = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A module class with the source it was made of."""

    code: GeneratedCode
    module_class: type[nn.Module]
    filename: str
    """What tracebacks call the source."""
    inputs: dict[str, TensorSpec]
    """What `forward` takes, by Input node, in order."""
    outputs: dict[str, TensorSpec]
    """What `forward` returns, by Output node, in order."""

    def node_of(self, error: BaseException) -> str | None:
        """The node whose line raised `error`, or None when none did."""
        found = None
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == self.filename:
                found = trace.tb_lineno
            trace = trace.tb_next
        return next(
            (name for name, lines in self.code.lines.items() if found in lines), None
        )


def compile_document(document: Document, analysis: Analysis | None = None) -> Compiled:
    """The module that a document describes; raises Refusal naming the first error."""
    analysis = analysis or analyse(document)
    problem = analysis.first_error
    if problem is not None:
        raise Refusal(problem.message, problem.remedy, code=problem.code)
    code = analysis.generated
    filename = f"<espalier {code.class_name} {next(_serial)}>"
    # Tracebacks and inspect.getsource show the generated lines.
    linecache.cache[filename] = (
        len(code.source),
        None,
        code.source.splitlines(keepends=True),
        filename,
    )
    namespace: dict[str, object] = {"__name__": f"espalier_{code.class_name}"}
    # The source is made of checked identifiers and literals alone; see codegen.
    exec(compile(code.source, filename, "exec"), namespace)  # noqa: S102
    module_class = namespace[code.class_name]
    if not isinstance(module_class, type) or not issubclass(module_class, nn.Module):
        raise TypeError(f"{code.class_name} is no module class")
    return Compiled(
        code,
        module_class,
        filename,
        {name: _only(analysis.outputs(name)) for name in code.inputs},
        {name: _only(analysis.inputs(name)) for name in code.outputs},
    )


def _only(specs: tuple[TensorSpec, ...] | None) -> TensorSpec:
    if not specs:
        raise ValueError("a valid document knows what enters and what leaves")
    return specs[0]
