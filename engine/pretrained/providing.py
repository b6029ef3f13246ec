"""Bringing pretrained weights to this machine, and making sure of them before use.

A file is loaded by its library only after it was looked through here: a published one
has its publisher's hash, and none holds anything but tensors.
"""

from __future__ import annotations

import hashlib
import http.client
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import safetensors
import torch
from torch import nn

from engine.catalog.text_models import CONFIG, FILES, WEIGHTS
from engine.data.download import (
    DOWNLOAD_CHUNK,
    BrokenOffError,
    fetch_missing,
    reach,
    why_nothing_came,
)
from engine.document import Document
from engine.pretrained.needs import Need, needs_of
from engine.pretrained.problems import missing
from engine.problems import Refusal

if TYPE_CHECKING:
    from engine.data.download import Progress

_CHECKED: set[tuple[Path, int, int]] = set()
"""Files that were looked through: path, size, time of the last change."""


def network_maker(
    document: Document,
    make: Callable[[], nn.Module],
    progress: Progress | None = None,
) -> Callable[[], nn.Module]:
    """What makes a document's network, once its pretrained weights are there.

    They are downloaded where they are missing; `progress` is told meanwhile. Raises
    Refusal where they cannot be had, or are not what they should be.
    """
    needs = needs_of(document)
    for need in needs:
        provide(need, progress)
    if not needs:
        return make

    def made() -> nn.Module:
        try:
            with _from_this_machine():
                return make()
        except (OSError, ValueError, RuntimeError, KeyError) as error:
            first = str(error).strip().split("\n")[0]
            names = " and ".join(need.node for need in needs)
            raise Refusal(
                f"The pretrained weights of {names} cannot be loaded: {first}",
                "Choose other weights in its settings.",
                code="weights-broken",
            ) from error

    return made


def provide(need: Need, progress: Progress | None = None) -> Path:
    """Where the weights lie, downloaded if need be, looked through. Raises Refusal."""
    if not need.is_there:
        if need.is_own:
            problem = missing(need)
            raise Refusal(problem.message, problem.remedy, code=problem.code)
        path = _download(need, progress)
    else:
        path = need.path
    _look_through(need, path / WEIGHTS if need.is_text else path)
    return path


def _download(need: Need, progress: Progress | None) -> Path:
    try:
        if need.is_text:
            return _download_model(need, progress)
        return _download_file(need, progress)
    # A network that is not there, a name that is not; what `progress` raises passes.
    except (
        OSError,
        ValueError,
        BrokenOffError,
        http.client.HTTPException,
    ) as error:
        problem = missing(need)
        why = why_nothing_came(error, need.address)
        raise Refusal(
            f"{problem.message.rstrip('.')}, and cannot be downloaded: {why}.",
            problem.remedy.replace("Training downloads them", "They are to be had"),
            code="weights-missing",
        ) from error


def _download_file(need: Need, progress: Progress | None) -> Path:
    """A file of torchvision's: what has arrived is kept, and checked at the end."""
    path = need.path
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    fetch_missing(need.address, part, progress)
    if not _hash(part).startswith(need.sha256):
        part.unlink()
        raise ValueError(f"{path.name} arrived damaged, try again")
    part.replace(path)
    return path


def _download_model(need: Need, progress: Progress | None) -> Path:
    """A model's folder in Hugging Face's cache; goes on where it broke off."""
    from huggingface_hub import constants, hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError
    from tqdm import tqdm

    class Told(tqdm):  # type: ignore[misc]  # tqdm has no types
        def __init__(self, *args: Any, **kwargs: Any) -> None:  # as tqdm's
            kwargs["disable"] = False
            kwargs["file"] = _Nowhere()
            super().__init__(*args, **kwargs)

        def update(self, n: float | None = 1) -> bool | None:
            answer: bool | None = super().update(n)
            if progress is not None:
                progress(int(self.n), int(self.total or 0), need.title)
            return answer

    if not constants.HF_HUB_OFFLINE:
        reach(constants.ENDPOINT)
    folder = need.path
    for name in FILES:
        try:
            found = hf_hub_download(need.model, name, tqdm_class=Told)
        except LocalEntryNotFoundError:
            raise  # no network: that is one of the other as well
        except EntryNotFoundError:
            if name in (CONFIG, WEIGHTS):
                raise
            continue
        if name == CONFIG:
            folder = Path(found).parent
    return folder


class _Nowhere:
    """Where a progress bar writes that is shown elsewhere."""

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        """Nothing is kept."""


def _look_through(need: Need, path: Path) -> None:
    """Raise Refusal for a file that is not what its name promises."""
    try:
        stat = path.stat()
    except OSError as error:
        raise _broken(need, path, f"it cannot be read ({error.strerror})") from error
    key = (path, stat.st_size, stat.st_mtime_ns)
    if key in _CHECKED:
        return
    if need.sha256 and not _hash(path).startswith(need.sha256):
        raise Refusal(
            f"{path} is not the published file of {need.title}: its SHA-256 does not "
            f"begin with {need.sha256}.",
            "Delete it to download it anew; if it is yours, choose it "
            f"{need.chosen_under}.",
            code="weights-broken",
        )
    if need.is_text:
        _look_through_safetensors(need, path)
    else:
        _look_through_state_dict(need, path)
    _CHECKED.add(key)


def _look_through_safetensors(need: Need, path: Path) -> None:
    try:
        with safetensors.safe_open(path, "pt") as file:
            if not list(file.keys()):
                raise _broken(need, path, "it holds no weights")
    except (OSError, safetensors.SafetensorError) as error:
        raise _broken(need, path, "it is cut off or no safetensors file") from error


def _look_through_state_dict(need: Need, path: Path) -> None:
    """A state dict of that very model, unpickled by what makes tensors alone."""
    import torchvision

    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, OSError, EOFError, RuntimeError, ValueError) as e:
        why = "it is cut off, or holds more than tensors"
        raise _broken(need, path, why) from e
    if not isinstance(found, dict):
        raise _broken(need, path, "it holds no state dict")
    with torch.device("meta"):
        wanted = torchvision.models.get_model(need.model, weights=None).state_dict()
    for name, tensor in wanted.items():
        other = found.get(name)
        if name.endswith("num_batches_tracked"):
            continue  # older files have none
        if not isinstance(other, torch.Tensor) or other.shape != tensor.shape:
            # torchvision renames what old DenseNets call otherwise as it loads them.
            if need.sha256:
                return
            raise _broken(need, path, f"{name} does not fit")


def _broken(need: Need, path: Path, why: str) -> Refusal:
    return Refusal(
        f"{path} holds no weights of {need.title}: {why}.",
        "Choose another file, or delete this one to download it anew."
        if not need.is_own
        else f"Choose another one {need.chosen_under}.",
        code="weights-broken",
    )


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(DOWNLOAD_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def _from_this_machine() -> Iterator[None]:
    """Let models load from here alone, without a word on the terminal."""
    import huggingface_hub.constants as constants
    import transformers

    logging: Any = transformers.utils.logging  # it has no types
    before, level = constants.HF_HUB_OFFLINE, logging.get_verbosity()
    had_bars = logging.is_progress_bar_enabled()
    constants.HF_HUB_OFFLINE = True
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before
        logging.set_verbosity(level)
        if had_bars:
            logging.enable_progress_bar()
