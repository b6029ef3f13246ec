"""From generated source to a PyTorch module, and from a traceback back to its node."""

from __future__ import annotations

import itertools
import linecache
from dataclasses import dataclass

from torch import nn

from engine.allowed_code import ALLOWED
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
        lines = self.code.lines.items()
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == self.filename:
                line = trace.tb_lineno
                # A line of a class that a person wrote belongs to no node: the node
                # is the one that called it.
                found = next((n for n, ls in lines if line in ls), found)
            trace = trace.tb_next
        return found

    def line_of_code(self, error: BaseException) -> int | None:
        """The line, from 1, of a Python layer's own code that raised `error`."""
        trace, last = error.__traceback__, 0
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == self.filename:
                last = trace.tb_lineno
            trace = trace.tb_next
        for code in self.code.foreign:
            text = code.replace("\r\n", "\n")
            above = len(text) - len(text.lstrip("\n"))
            start = self.code.source.find(text.strip("\n"))
            first = self.code.source.count("\n", 0, start) + 1
            count = text.strip("\n").count("\n") + 1
            if start >= 0 and first <= last < first + count:
                return last - first + above + 1
        return None


def compile_document(document: Document, analysis: Analysis | None = None) -> Compiled:
    """The module that a document describes; raises Refusal naming the first error."""
    analysis = analysis or analyse(document)
    problem = analysis.first_error
    if problem is not None:
        raise Refusal(problem.message, problem.remedy, code=problem.code)
    code = analysis.generated
    # The analysis says so with more words; it may be older than what is allowed now.
    if not all(map(ALLOWED.allows, code.foreign)):
        raise Refusal(
            "The document carries Python code that was not allowed.",
            "Read it in the inspector, and allow it if you trust it.",
            code="code-not-allowed",
        )
    filename = f"<espalier {code.class_name} {next(_serial)}>"
    # Tracebacks and inspect.getsource show the generated lines.
    linecache.cache[filename] = (
        len(code.source),
        None,
        code.source.splitlines(keepends=True),
        filename,
    )
    namespace: dict[str, object] = {"__name__": f"espalier_{code.class_name}"}
    # Checked identifiers, literals, and what was allowed right above; see codegen.
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
