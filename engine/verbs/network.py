"""The headless verbs about one network: what it is made of, its source, its export."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine.verbs.output import (
    DOCUMENT_ERRORS,
    DONE,
    print_errors,
    print_json,
    print_table,
)

if TYPE_CHECKING:
    from engine.analysis import Analysis
    from engine.document import Document


def analysed(document: Document, data_dir: Path | None = None) -> Analysis:
    """All that is known of a document, and whether it fits its data."""
    from engine.analysis import analyse
    from engine.training.fitness import FitsItsData

    return analyse(document, [FitsItsData(data_dir)])


def show_summary(options: argparse.Namespace, document: Document) -> int:
    """Its layers with shapes, parameters and operations, and the totals."""
    analysis = analysed(document)
    layers, rows = [], []
    for name in analysis.network:
        outputs = analysis.outputs(name)
        shown = outputs or analysis.inputs(name) or ()
        layer = document.graph[name].layer
        counts = analysis.parameters(name), analysis.operations(name)
        layers.append(
            {
                "name": name,
                "type": layer,
                "output_shape": list(shown[0].shape) if shown else None,
                "parameters": counts[0],
                "operations": counts[1],
            }
        )
        shape = shown[0].describe() if shown else "?"
        rows.append([name, layer, shape, *(f"{count:,}" for count in counts)])
    total, trainable = analysis.total_parameters, analysis.trainable_parameters
    if options.json:
        print_json(
            {
                "name": document.name,
                "parameters": total,
                "trainable": trainable,
                "operations": analysis.total_operations,
                "layers": layers,
            }
        )
        return DONE
    head = ("name", "type", "output", "parameters", "operations")
    print_table(head, rows, (False, False, False, True, True))
    frozen = f", {total - trainable:,} of them frozen" if trainable < total else ""
    operations = f"{analysis.total_operations:,} operations a sample"
    print(f"{total:,} parameters{frozen}, {operations}")
    return DONE


def show_code(document: Document) -> int:
    """The module's source."""
    analysis = analysed(document)
    if not analysis.is_valid:
        print_errors(analysis.problems)
        return DOCUMENT_ERRORS
    print(analysis.code, end="")
    return DONE


def write_export(options: argparse.Namespace, document: Document) -> int:
    """The network as code, weights or a program, in a file."""
    from engine.exporting import export
    from engine.runs import FINAL

    analysis = analysed(document)
    if not analysis.is_valid:
        print_errors(analysis.problems)
        return DOCUMENT_ERRORS
    weights = options.run_dir / FINAL if options.run_dir else None
    print(export(document, options.to, options.output, weights), file=sys.stderr)
    return DONE
