"""Which pretrained weights a document's nodes load, and where those lie.

Reads names alone: needs neither torch nor the network.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.block_edits import scopes
from engine.catalog.image_models import IMAGE_MODELS, address_of, hash_of
from engine.catalog.pretrained import NONE, PretrainedImageModel
from engine.catalog.pretrained_text import PretrainedTextModel
from engine.catalog.settings import wrong_values
from engine.catalog.text_models import ADDRESS, CONFIG, TEXT_MODELS, WEIGHTS
from engine.document import Document
from engine.graph import Node
from engine.model_places import hugging_face_folder, snapshot_of, torch_hub_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Weights that a node loads when its network is made."""

    node: str
    scope: str
    """The block that the node is in; "" for none."""
    title: str
    model: str
    """torchvision's name, or the hub's."""
    is_text: bool
    path: Path
    """The file of an image model, the folder of a text model: where it is, or will be.
    """
    is_own: bool
    """Whether a person named the place, and nothing is to be downloaded there."""
    size: int = 0
    """Bytes to download, about."""
    address: str = ""
    sha256: str = ""
    """How the file's hash begins, where its publisher tells."""

    @property
    def is_there(self) -> bool:
        """Whether the files lie where they belong, whole or not."""
        if not self.is_text:
            return self.path.is_file()
        return (self.path / CONFIG).is_file() and (self.path / WEIGHTS).is_file()

    @property
    def chosen_under(self) -> str:
        """Where a person names other files: the inspector folds it away."""
        title = "Folder" if self.is_text else "Weights file"
        return f"under “{title}”, folded at the end of the node's settings"


def needs_of(document: Document) -> list[Need]:
    """What each node that begins with others' weights needs, block by block."""
    return [
        need
        for scope, graph in scopes(document)
        for node in graph
        if (need := need_of(node, scope)) is not None
    ]


def need_of(node: Node, scope: str = "") -> Need | None:
    """The weights that a node loads; None where it loads none."""
    layer = node.type
    if node.bypassed or not isinstance(
        layer, (PretrainedImageModel, PretrainedTextModel)
    ):
        return None
    if wrong_values(layer.settings, node.settings) or node.shares:
        return None  # told of where it stands
    if isinstance(layer, PretrainedTextModel):
        return _of_text(node, scope)
    return _of_images(node, scope)


def _of_images(node: Node, scope: str) -> Need | None:
    s = node.values
    model = IMAGE_MODELS[s.model]
    if s.file:
        return Need(
            node=node.name,
            scope=scope,
            title=model.title,
            model=s.model,
            is_text=False,
            path=Path(s.file),
            is_own=True,
        )
    if s.weights == NONE or s.weights not in model.files:
        return None
    file, megabytes = model.files[s.weights]
    return Need(
        node=node.name,
        scope=scope,
        title=model.title,
        model=s.model,
        is_text=False,
        path=torch_hub_folder() / file,
        is_own=False,
        size=round(megabytes * 1024**2),
        address=address_of(file),
        sha256=hash_of(file),
    )


def _of_text(node: Node, scope: str) -> Need | None:
    s = node.values
    if s.weights == NONE:
        return None
    model = TEXT_MODELS[s.model]
    cached = snapshot_of(s.model, WEIGHTS)
    place = hugging_face_folder() / f"models--{s.model.replace('/', '--')}"
    return Need(
        node=node.name,
        scope=scope,
        title=Path(s.folder).name if s.folder else model.title,
        model=s.model,
        is_text=True,
        path=Path(s.folder).expanduser() if s.folder else cached or place,
        is_own=bool(s.folder),
        size=0 if s.folder else model.size,
        address="" if s.folder else ADDRESS + s.model,
    )
