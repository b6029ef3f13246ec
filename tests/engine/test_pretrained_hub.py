"""Models from Hugging Face's hub: a stand-in of it on this machine serves them."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import engine.pretrained.providing as providing
from engine.data.errors import DataError
from engine.data.model_tokens import tokenizer_of
from engine.model_places import snapshot_of
from engine.pretrained.needs import needs_of
from engine.pretrained.providing import provide
from engine.problems import Refusal
from tests.engine.pretrained_models import reader, small_encoder

MODEL = "distilbert/distilbert-base-uncased"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub(BaseHTTPRequestHandler):
    """Answers `/MODEL/resolve/main/FILE` as the hub does."""

    folder = Path()

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        beginning = f"/{MODEL}/resolve/main/"
        path = self.folder / self.path.split("?")[0].removeprefix(beginning)
        if not self.path.startswith(beginning) or not path.is_file():
            self.send_response(404)
            self.send_header("X-Error-Code", "EntryNotFound")
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = path.read_bytes()
        self.send_response(200)
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()}"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is said."""


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder that the stand-in serves as the model's; an empty cache."""
    constants = pytest.importorskip("huggingface_hub.constants")
    folder = small_encoder(tmp_path / "served")
    monkeypatch.setattr(Hub, "folder", folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "ENDPOINT", address)
    template = f"{address}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(providing, "_CHECKED", set())
    yield folder
    server.shutdown()
    server.server_close()


def test_a_model_comes_with_its_tokenizer_and_is_there_from_then_on(hub: Path) -> None:
    document = reader(model=MODEL, tokenizer=MODEL)
    (need,) = needs_of(document)
    assert not need.is_there
    seen: list[tuple[int, int, str]] = []
    folder = provide(need, lambda *news: seen.append(news))
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        assert (folder / name).read_bytes() == (hub / name).read_bytes()
    size = (hub / "model.safetensors").stat().st_size
    assert (size, size, "DistilBERT") in seen
    assert snapshot_of(MODEL, "model.safetensors") == folder
    (need,) = needs_of(document)
    assert need.is_there and need.path == folder


def test_a_model_without_safe_weights_is_not_taken(hub: Path) -> None:
    (hub / "model.safetensors").unlink()
    (hub / "pytorch_model.bin").write_bytes(b"pickled")
    (need,) = needs_of(reader(model=MODEL, tokenizer=MODEL))
    with pytest.raises(Refusal) as refused:
        provide(need)
    assert "and cannot be downloaded: " in str(refused.value)
    assert not list(hub.parent.glob("hub/**/pytorch_model.bin"))


def test_who_is_not_reached_is_asked_once(
    hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its libraries would ask some twenty times, with waits of seconds in between."""
    import huggingface_hub
    import huggingface_hub.constants as constants
    import transformers

    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")  # nobody there
    asked: list[object] = []
    load = transformers.AutoTokenizer.from_pretrained

    def from_pretrained(name: str, **options: Any) -> Any:
        asked.append(options["local_files_only"])
        return load(name, **options)

    monkeypatch.setattr(transformers.AutoTokenizer, "from_pretrained", from_pretrained)
    with pytest.raises(DataError, match="cannot be had from Hugging Face"):
        tokenizer_of(MODEL)
    assert asked == [True], "only what is on this machine"

    def download(*_: object, **__: object) -> str:
        raise AssertionError("the hub's library was asked")

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    (need,) = needs_of(reader(model=MODEL, tokenizer=MODEL))
    with pytest.raises(Refusal, match=r"huggingface\.co is not reached"):
        provide(need)
