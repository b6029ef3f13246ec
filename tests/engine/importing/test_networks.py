"""Networks written in PyTorch come to the canvas as what they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.analysis import analyse
from engine.document import Document
from engine.importing import Imported, import_network
from engine.importing.apart import import_apart
from engine.importing.samples import Sample, sample_from
from engine.problems import Refusal
from engine.storage import dumps, loads

FILE = Path(__file__).parent / "networks.py"


def imported(network: str, *samples: str) -> Imported:
    read = [sample_from(text) for text in samples]
    return import_network(str(FILE), network=network, samples=read)


def layers(document: Document) -> list[str]:
    return [node.layer for node in document.graph]


def written(tmp_path: Path, code: str) -> str:
    path = tmp_path / "mine.py"
    path.write_text(f"import torch\nfrom torch import nn\n\n\n{code}", encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("network", "samples"),
    [
        ("Sentiment", ()),
        ("LastStep", ()),
        ("GPT", ()),
        ("ViT", ()),
        ("UNet", ()),
        ("Siamese", ("8", "8")),
        ("Odd", ()),
        ("Translator", ("7x4", "5x4")),
        ("Encoded", ("9x16",)),
        ("Residual", ()),
        ("Separate", ("5x12",)),
        ("StepsFirst", ("7x4",)),
        ("Functional", ()),
    ],
)
def test_a_network_gives_the_same_answers_on_the_canvas(
    network: str, samples: tuple[str, ...]
) -> None:
    found = imported(network, *samples)
    assert found.sameness.is_same, found.sameness.sentence()
    assert found.sameness.sentence().startswith("Checked: with the same weights")
    assert loads(dumps(found.document)) == found.document
    assert analyse(found.document).first_error is None


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("resnet18", "num_classes=10"),
        ("mobilenet_v3_small", "num_classes=10"),
        ("squeezenet1_1", "num_classes=10"),
        ("shufflenet_v2_x0_5", "num_classes=10"),
        ("convnext_tiny", "num_classes=10"),
    ],
)
def test_models_of_torchvision_are_the_same(name: str, arguments: str) -> None:
    found = import_network(
        f"torchvision.models:{name}",
        arguments=arguments,
        samples=[Sample(shape=(3, 64, 64))],
    )
    assert found.sameness.is_same, found.sameness.sentence()


def test_alike_modules_are_one_block_with_settings() -> None:
    found = import_network(
        "torchvision.models:resnet18", samples=[Sample(shape=(3, 64, 64))]
    )
    blocks = found.document.blocks
    assert {name: dict(layer.block.settings) for name, layer in blocks.items()} == {
        "BasicBlock": {"out_channels": 64},
        "BasicBlock2": {"out_channels": 128},
    }
    uses = [n for n in found.document.graph if n.layer == "BasicBlock"]
    assert [n.name for n in uses] == [
        *("layer1_0", "layer1_1", "layer2_1", "layer3_1", "layer4_1")
    ]
    assert [n.values.out_channels for n in uses] == [64, 64, 128, 256, 512]


def test_a_number_that_goes_with_another_is_written_by_it() -> None:
    block = imported("Residual").document.blocks["Wide"].block
    assert list(block.settings.items()) == [("out_channels", 8), ("kernel_size", 3)]
    settings = {node.name: dict(node.settings) for node in block.graph}
    assert settings["narrow"]["out_channels"] == "out_channels"
    assert settings["wide"]["out_channels"] == "4 * out_channels"
    assert settings["wide"]["padding"] == "kernel_size // 2"
    assert block.help == "Widens, and narrows again."


def test_a_module_called_twice_shares_its_weights() -> None:
    graph = imported("Siamese", "8", "8").document.graph
    assert graph["net_0_1"].shares == "net_0"
    assert graph["net_2_1"].shares == "net_2"


def test_a_tied_weight_is_shared() -> None:
    assert imported("GPT").document.graph["head"].shares == "wte"


def test_what_the_catalog_has_no_layer_for_is_called_in_python() -> None:
    document = imported("Odd").document
    codes = [n.settings["code"] for n in document.graph if n.layer == "Python"]
    assert any("torch.rsqrt(x0)" in code for code in codes)
    assert "Roll" in layers(document)
    assert analyse(document).first_error is None


def test_positions_and_their_sines_are_layers() -> None:
    assert "Positions" in layers(imported("GPT").document)
    assert "PositionalEncoding" in layers(imported("Encoded", "9x16").document)


def test_data_that_fits_is_chosen() -> None:
    assert imported("GPT").document.data.source == "made-up-text"
    data = imported("ViT").document.data
    assert (data.source, dict(data.settings)) == ("cifar10", {})


@pytest.mark.parametrize(
    ("name", "size"),
    [("convnext_atto", 64), ("deit_tiny_patch16_224", 224), ("ghostnet_050", 64)],
)
def test_models_of_timm_are_the_same(name: str, size: int) -> None:
    pytest.importorskip("timm")
    found = import_network(
        "timm:create_model",
        arguments=repr(name),
        samples=[Sample(shape=(3, size, size))],
    )
    assert found.sameness.is_same, found.sameness.sentence()


def test_only_the_definitions_of_a_file_run(tmp_path: Path) -> None:
    code = """\
WIDTH = 5


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(WIDTH, 2)

    def forward(self, x):
        return self.fc(x)


model = Net()
raise SystemExit("trained for hours")
"""
    found = import_network(written(tmp_path, code))
    assert [str(sample) for sample in found.samples] == ["5"]
    assert layers(found.document) == ["Input", "Linear", "Output"]


def test_modules_beside_the_file_are_found(tmp_path: Path) -> None:
    (tmp_path / "sizes_of_mine.py").write_text("WIDTH = 6\n", encoding="utf-8")
    code = "import sizes_of_mine\n\n\n" + FORWARD.format("x").replace(
        "nn.Linear(4,", "nn.Linear(sizes_of_mine.WIDTH,"
    )
    found = import_network(written(tmp_path, code))
    assert [str(sample) for sample in found.samples] == ["6"]


def test_what_was_read_runs_and_not_what_the_file_holds_now(tmp_path: Path) -> None:
    path = written(tmp_path, "raise SystemExit('changed meanwhile')")
    read = "from torch import nn\n\n\n" + FORWARD.format("x")
    assert layers(import_network(path, code=read).document) == [
        *("Input", "Linear", "Output")
    ]


def test_any_key_of_a_module_becomes_a_name(tmp_path: Path) -> None:
    code = FORWARD.format("self.parts['größe-1'](self.parts['class'](x))").replace(
        "4)\n",
        "4)\n        self.parts = nn.ModuleDict("
        "{'größe-1': nn.ReLU(), 'class': nn.Tanh()})\n",
    )
    graph = import_network(written(tmp_path, code)).document.graph
    assert [node.name for node in graph] == [
        *("input", "fc", "parts_class", "parts_gr__e_1", "output")
    ]


def test_what_is_computed_and_dropped_is_left_out(tmp_path: Path) -> None:
    code = FORWARD.format("x").replace(
        "        return x", "        dropped = torch.tanh(x)\n        return x"
    )
    found = import_network(written(tmp_path, code))
    assert layers(found.document) == ["Input", "Linear", "Output"]


def test_tokens_turned_into_numbers_are_a_step(tmp_path: Path) -> None:
    code = FORWARD.format("x").replace("self.fc(x)", "self.fc(x.float())")
    found = import_network(
        written(tmp_path, code), samples=[Sample(shape=(4,), is_whole=True)]
    )
    assert found.sameness.is_same
    assert layers(found.document)[1] == "Python"


def test_the_last_class_is_the_network(tmp_path: Path) -> None:
    code = """\
class Part(nn.Module):
    def forward(self, x):
        return x * 2


class Whole(nn.Module):
    def __init__(self):
        super().__init__()
        self.part, self.fc = Part(), nn.Linear(3, 2)

    def forward(self, x):
        return self.fc(self.part(x))
"""
    assert import_network(written(tmp_path, code)).document.name == "Whole"


FORWARD = """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        x = self.fc(x)
        return {}
"""


def test_a_class_keeps_its_name(tmp_path: Path) -> None:
    code = FORWARD.format("x").replace("class Net(", "class SmallResNet(")
    document = import_network(written(tmp_path, code)).document
    assert document.name == "SmallResNet"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (FORWARD.format("x.view(-1)"), "joins the batch with another dimension"),
        (FORWARD.format("x.sum(0)"), "works along the batch (sum, dimension 0)"),
        (FORWARD.format("x[0]"), "takes single samples out of the batch"),
        (FORWARD.format("x * self.fc.weight.sum()"), "computes with its weights"),
        (FORWARD.format("x.t()"), "calls t on something other than samples"),
        (FORWARD.format("torch.zeros(3)"), "does not come from its input"),
        (FORWARD.format("x.nothing"), "cannot read samples of 4"),
        ("class Net(nn.Module:\n    pass", "line 5 is no Python"),
        ("import antigravity_and_more", "defines no class that is an nn.Module"),
        ("import antigravity_and_more\n\n" + FORWARD.format("x"), "not installed here"),
        ("class Net(nn.Module):\n    def __init__(self, n): ...", "missing a required"),
        (
            FORWARD.format("x").replace("nn.Linear(4, 4)", "nn.Linear(WIDTH, 4)"),
            "WIDTH is not defined",
        ),
        (
            FORWARD.format("self.rnn(x[:, None])[0]").replace(
                "4)", "4); self.rnn = nn.RNN(4, 4)"
            ),
            "rnn has batch_first off, and the batch comes first here",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(
    tmp_path: Path, code: str, said: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        import_network(written(tmp_path, code))
    assert said in str(refusal.value)
    assert refusal.value.problem.remedy


def test_a_setting_without_a_word_here_is_refused(tmp_path: Path) -> None:
    code = FORWARD.format("self.e(x.long())").replace(
        "4)", "4); self.e = nn.Embedding(9, 4, max_norm=1.0)"
    )
    with pytest.raises(Refusal, match=r"is made with max_norm=1\.0"):
        import_network(written(tmp_path, code))


def test_numbers_that_change_from_call_to_call_are_told(tmp_path: Path) -> None:
    code = FORWARD.format("x * self.n()").replace(
        "4)\n",
        "4); self.calls = 0\n\n    def n(self):\n"
        "        self.calls += 1\n        return self.calls\n",
    )
    sameness = import_network(written(tmp_path, code)).sameness
    assert not sameness.is_same
    assert "its answers differ from the code's" in sameness.sentence()


def test_samples_are_read_from_text() -> None:
    assert sample_from("3 × 32 × 32") == Sample(shape=(3, 32, 32))
    assert sample_from("16:int64") == Sample(shape=(16,), is_whole=True)
    with pytest.raises(Refusal, match="cannot be read"):
        sample_from("large")


def test_a_process_of_its_own_gives_the_same() -> None:
    found = import_apart(str(FILE), network="Odd")
    assert found.sameness.is_same
    assert found.document.has_network_of(imported("Odd").document)


def test_what_ends_the_process_is_told(tmp_path: Path) -> None:
    code = FORWARD.format("__import__('os')._exit(7)")
    with pytest.raises(Refusal, match=r"ended its process \(exit code 7\)"):
        import_apart(written(tmp_path, code))


def test_code_that_hangs_can_be_stopped(tmp_path: Path) -> None:
    code = FORWARD.format("__import__('time').sleep(600)")
    with pytest.raises(Refusal, match="stopped"):
        import_apart(written(tmp_path, code), is_stopped=lambda: True)
