"""The catalog: what a layer is. One declaration per layer type, a file per family."""

from __future__ import annotations

import importlib
import pkgutil

from engine.catalog.layer import CATALOG as CATALOG
from engine.catalog.layer import Call as Call
from engine.catalog.layer import Layer as Layer
from engine.catalog.layer import Misfit as Misfit
from engine.catalog.layer import Port as Port
from engine.catalog.layer import Specs as Specs
from engine.catalog.layer import Suggestion as Suggestion
from engine.catalog.layer import Variables as Variables
from engine.catalog.settings import Setting as Setting
from engine.catalog.settings import Values as Values
from engine.catalog.spec import TensorSpec as TensorSpec

for _module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
    importlib.import_module(f"{__name__}.{_module.name}")
