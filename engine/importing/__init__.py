"""Networks written in PyTorch become documents: run once, noted, drawn, compared.

`definitions` makes the network, `recording` runs it and notes what its values pass
through, `declared` and `functions` find the catalog's layer for each call, `drawing`
makes graphs and blocks of them, `sameness` gives both the same weights and compares
their answers. `layer_calls` reads a few lines that make layers, and runs nothing.
"""

from __future__ import annotations

from engine.importing.network import Imported, import_network

__all__ = ["Imported", "import_network"]
