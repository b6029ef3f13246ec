"""The `.espalier` file: JSON with a node and an edge per line, so that diffs read well.

Opening a file executes nothing of it. What a newer version wrote and this one does not
know is kept and saved again. What is wrong but readable (an unknown layer, a setting of
the wrong type, an edge to nowhere) is loaded and reported as problems; what cannot be
read is refused in one sentence, and the file is left alone.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from engine.annotation_storage import (
    ANNOTATION_KEYS,
    annotations_json,
    edge_json,
    read_annotations,
)
from engine.blocks import REPEAT, Block
from engine.catalog import CATALOG, Layer
from engine.document import UNTITLED, DataConfig, Document
from engine.graph import Edge, Graph, Node, name_problem
from engine.json_fields import Fields, parsed, too_deep
from engine.learning_edits import learning_json, read_rate
from engine.problems import Refusal
from engine.recipe import RECIPE_SETTINGS, Recipe

FORMAT = "espalier"
VERSION = 1
SUFFIX = ".espalier"

_DOCUMENT_KEYS = (
    "format",
    "version",
    "name",
    "nodes",
    "edges",
    *ANNOTATION_KEYS,
    "blocks",
    "data",
    "recipe",
)
_BLOCK_KEYS = ("name", "settings", "help", "nodes", "edges", *ANNOTATION_KEYS)
_DATA_KEYS = ("source", "settings")
_NODE_KEYS = (
    "name",
    "layer",
    "settings",
    "position",
    "shares",
    "bypassed",
    "collapsed",
    "frame",
    "frozen",
    "rate",
)


def dumps(document: Document) -> str:
    """The document as the text of its file."""
    parts = [
        f'  "format": "{FORMAT}"',
        f'  "version": {VERSION}',
        f'  "name": {_json(document.name)}',
        f'  "nodes": {_lines(node_json(node) for node in document.graph)}',
        f'  "edges": {_lines(map(edge_json, document.graph.edges))}',
        *(
            f"  {_json(key)}: {_lines(rows)}"
            for key, rows in annotations_json(document.graph).items()
        ),
        *_blocks_text(document),
        f'  "data": {_json(_data_json(document))}',
        f'  "recipe": {_json(_recipe_json(document))}',
        *(
            f"  {_json(key)}: {_json(value)}"
            for key, value in document.extras.items()
            if key not in _DOCUMENT_KEYS
        ),
    ]
    text = "{\n" + ",\n".join(parts) + "\n}\n"
    # Half a surrogate pair, which a file may hold, is written as JSON escapes it.
    return text.encode("utf-8", "backslashreplace").decode()


def loads(text: str, origin: str = "The file") -> Document:
    """The document that `text` holds; raises Refusal when it holds none.

    `origin` is what messages call it, such as the file's name.
    """
    content = parsed(text, origin)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise Refusal(
            f"{origin} is JSON, and not an Espalier document.",
            "Open a file that Espalier saved.",
            code="not-espalier",
        )
    try:
        return _Reader(origin).document(content)
    except RecursionError:
        raise too_deep(origin) from None


def save(document: Document, path: Path) -> None:
    """Write the document to a file; whatever happens, the old or the new one is whole.

    Raises Refusal when the file cannot be written, a full disk included.
    """
    write_whole(path, dumps(document).encode())


def load(path: Path) -> Document:
    """The document in a file; raises Refusal when there is none to be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Refusal(
            f"{path.name} is not text, so it is no Espalier document.",
            f"Open a file that ends in {SUFFIX}.",
            code="not-json",
        ) from None
    except OSError as error:
        raise Refusal(
            f"{path} cannot be read: {_reason(error)}.",
            "Check the name and the rights of the file.",
            code="unreadable",
        ) from None
    return loads(text, path.name)


def write_whole(path: Path, content: bytes) -> None:
    """Write beside the file, flush to the disk, then replace: never half a file.

    A link stays, and the file it leads to is written. Raises Refusal when it cannot be
    written; what stood there before still stands.
    """
    path = Path(os.path.realpath(path))
    beside: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        beside = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(path.stat().st_mode if path.exists() else 0o644)
        beside.replace(path)
    except OSError as error:
        if beside is not None:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
        kept = " The file that was there is untouched." if path.exists() else ""
        raise Refusal(
            f"{path.name} could not be saved: {_reason(error)}.{kept}",
            "Free some space or choose another folder, and save again.",
            code="unwritable",
        ) from None


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} cannot be saved")


def _lines(items: Iterable[object], indent: int = 4) -> str:
    written = [f"{' ' * indent}{_json(item)}" for item in items]
    closing = " " * (indent - 2)
    return "[\n" + ",\n".join(written) + f"\n{closing}]" if written else "[]"


def node_json(node: Node) -> dict[str, object]:
    """A node as it stands in a file."""
    return {
        "name": node.name,
        "layer": node.layer,
        "settings": dict(node.settings),
        "position": list(node.position),
        **({"shares": node.shares} if node.shares else {}),
        **({"bypassed": True} if node.bypassed else {}),
        **({"collapsed": True} if node.collapsed else {}),
        **({"frame": node.frame} if node.frame else {}),
        **learning_json(node),
        **node.extras,
    }


def _blocks_text(document: Document) -> list[str]:
    """The blocks with a node and an edge per line; nothing where there are none."""
    if not document.blocks:
        return []
    extras = document.extras.get("blocks", {})
    written = [
        _block_text(layer.block, extras.get(name, {}))
        for name, layer in document.blocks.items()
    ]
    return ['  "blocks": [\n' + ",\n".join(written) + "\n  ]"]


def _block_text(block: Block, extras: Mapping[str, object]) -> str:
    head = {"name": block.name, "settings": dict(block.settings), "help": block.help}
    parts = [
        *(f"{_json(key)}: {_json(value)}" for key, value in head.items()),
        f'"nodes": {_lines((node_json(node) for node in block.graph), 8)}',
        f'"edges": {_lines(map(edge_json, block.graph.edges), 8)}',
        *(
            f"{_json(key)}: {_lines(rows, 8)}"
            for key, rows in annotations_json(block.graph).items()
        ),
        *(f"{_json(key)}: {_json(value)}" for key, value in extras.items()),
    ]
    return "    {\n" + ",\n".join(f"      {part}" for part in parts) + "\n    }"


def _data_json(document: Document) -> dict[str, object]:
    data = document.data
    known = {"source": data.source, "settings": dict(data.settings)}
    return {**known, **document.extras.get("data", {})}


def _recipe_json(document: Document) -> dict[str, object]:
    """What every recipe tells, and of the rest what is not as it is by default."""
    kept = {}
    for setting in RECIPE_SETTINGS:
        value = getattr(document.recipe, setting.name)
        is_telling = not setting.advanced and setting.only_with is None
        if is_telling or value != setting.default:
            kept[setting.name] = value
    return {**kept, **document.extras.get("recipe", {})}


class _Reader(Fields):
    """Reads the parts of a document, refusing what is of the wrong form."""

    def document(self, content: dict[str, Any]) -> Document:
        version = content.get("version")
        if not isinstance(version, int) or version < 1:
            raise self.refusal("has no version", "version")
        if version > VERSION:
            raise Refusal(
                f"{self.origin} was saved by a newer Espalier (format {version}; this "
                f"one reads up to {VERSION}).",
                "Update Espalier to open it.",
                code="newer-version",
            )
        document = Document(
            name=self.text(content.get("name", UNTITLED), "name"),
            data=self._data(content.get("data", {})),
            recipe=self._recipe(content.get("recipe", {})),
            extras=self._extras(content),
        )
        for item in self.list_(content.get("blocks", []), "blocks"):
            self._block(self.object_(item, "block"), document)
        self._fill(document.graph, content)
        return document

    def _block(self, content: dict[str, Any], document: Document) -> None:
        name = self.text(content.get("name"), "block: name")
        problem = name_problem(name)
        if problem is not None or name in CATALOG or name in document.blocks:
            problem = problem or "is the name of a layer or of another block"
            raise self.refusal(f"has a block {name!r}, which {problem}", "blocks")
        settings = self.object_(content.get("settings", {}), f"block {name}: settings")
        for setting, value in settings.items():
            wrong = name_problem(setting) or (setting == REPEAT.name and "is taken")
            if wrong or not isinstance(value, int) or isinstance(value, bool):
                raise self.refusal(
                    f"has a block {name} whose setting {setting!r} is no named whole "
                    "number",
                    "blocks",
                )
        block = document.new_block(
            name, settings, self.text(content.get("help", ""), f"block {name}: help")
        )
        self._fill(block.graph, content)
        document.put_block(block)
        if others := _others(content, _BLOCK_KEYS):
            blocks = {**document.extras.get("blocks", {}), name: others}
            document.extras = {**document.extras, "blocks": blocks}

    def _extras(self, content: dict[str, Any]) -> dict[str, Any]:
        """What this version does not know, to be saved again as it was."""
        extras = _others(content, _DOCUMENT_KEYS)
        known = [setting.name for setting in RECIPE_SETTINGS]
        if recipe := _others(content.get("recipe", {}), known):
            extras["recipe"] = recipe
        if data := _others(content.get("data", {}), _DATA_KEYS):
            extras["data"] = data
        return extras

    def _fill(self, graph: Graph, content: dict[str, Any]) -> None:
        for place, item in enumerate(self.list_(content.get("nodes", []), "nodes"), 1):
            node = self._node(item, place, graph.blocks)
            if node.name in graph:
                raise self.refusal(f"has two nodes called {node.name!r}", "nodes")
            graph.add_node(node)
        seen: set[Edge] = set()
        for place, item in enumerate(self.list_(content.get("edges", []), "edges"), 1):
            parts = self.list_(item, f"edge {place}")
            if len(parts) != 4 or not all(isinstance(part, str) for part in parts):
                raise self.refusal(
                    f"has an edge {place} that is not four names", "edges"
                )
            edge = Edge(*parts)
            if edge not in seen:  # drawn twice is drawn once
                graph.add_edge(edge)
                seen.add(edge)
        read_annotations(graph, content, self)

    def _node(self, item: object, place: int, blocks: Mapping[str, Layer]) -> Node:
        content = self.object_(item, f"node {place}")
        settings = self.object_(content.get("settings", {}), f"node {place}: settings")
        return Node(
            name=self.text(content.get("name"), f"node {place}: name"),
            layer=self.text(content.get("layer"), f"node {place}: layer"),
            settings={key: _tuples(value) for key, value in settings.items()},
            position=self.place(content.get("position", [0, 0]), f"node {place}"),
            shares=self.text(content.get("shares", ""), f"node {place}: shares"),
            bypassed=content.get("bypassed") is True,
            collapsed=content.get("collapsed") is True,
            frame=self.text(content.get("frame", ""), f"node {place}: frame"),
            frozen=content.get("frozen") is True,
            rate=self._rate(content.get("rate", 1.0), place),
            extras=_others(content, _NODE_KEYS),
            blocks=blocks,  # as the graph binds it: no copy has to be made
        )

    def _rate(self, value: object, place: int) -> float:
        try:
            return read_rate(value)
        except ValueError as error:
            raise self.refusal(
                f"has a node {place} whose rate {error}", f"node {place}: rate"
            ) from None

    def _data(self, item: object) -> DataConfig:
        content = self.object_(item, "data")
        settings = self.object_(content.get("settings", {}), "data: settings")
        return DataConfig(
            source=self.text(content.get("source", "digits"), "data: source"),
            settings={key: _tuples(value) for key, value in settings.items()},
        )

    def _recipe(self, item: object) -> Recipe:
        content = self.object_(item, "recipe")
        values: dict[str, Any] = {}
        for setting in RECIPE_SETTINGS:
            if setting.name in content:
                value = setting.normalise(_tuples(content[setting.name]))
                problem = setting.problem(value)
                if problem is not None:
                    raise self.refusal(
                        f"has a recipe whose {setting.name} {problem}", "recipe"
                    )
                values[setting.name] = value
        return Recipe(**values)


def _others(content: Mapping[str, Any], known: Iterable[str]) -> dict[str, Any]:
    """What has other keys than those that are `known`."""
    return {key: value for key, value in content.items() if key not in known}


def _tuples(value: Any) -> Any:
    """JSON's lists as the tuples that settings hold."""
    if isinstance(value, list):
        return tuple(_tuples(each) for each in value)
    return value
