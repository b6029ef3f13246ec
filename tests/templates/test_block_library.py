"""The blocks that ship with the application, and those a user keeps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from engine import edits
from engine.analysis import analyse
from engine.block_parts import bring
from engine.compiler import compile_document
from engine.document import Document
from engine.graph import Node
from engine.problems import Refusal
from templates.block_library import KeptBlock, keep, library, own_blocks
from tests.engine.test_codegen import assert_clean
from tests.engine.test_grouping import done_and_undone, nested
from tests.templates.references import scramble

NAMES = {
    "Residual": (64, 16, 16),
    "ResidualDown": (64, 8, 8),
    "Bottleneck": (64, 16, 16),
    "Inception": (256, 14, 14),
    "DenseLayer": (24 + 4 * 12, 16, 16),
    "SqueezeExcite": (64, 16, 16),
    "SeparableConv": (64, 16, 16),
    "TransformerEncoder": (16, 64),
    "TransformerDecoder": (12, 64),
    "UNetDown": (32, 16, 16),
    "UNetUp": (32, 32, 32),
}


def block(name: str) -> KeptBlock:
    return next(each for each in library() if each.name == name)


def test_these_ship_with_the_application() -> None:
    assert {each.name for each in library()} == set(NAMES)
    for each in library():
        assert each.layer.help.endswith(".")
        assert each.title[0].isupper()


@pytest.mark.parametrize("name", NAMES)
def test_each_infers_compiles_and_learns(name: str, tmp_path: Path) -> None:
    document = block(name).document
    analysis = analyse(document)
    assert analysis.problems == []
    assert_clean([analysis.code], tmp_path)
    compiled = compile_document(document, analysis)
    torch.manual_seed(0)
    module = compiled.module_class()
    given = [torch.randn(2, *spec.shape) for spec in compiled.inputs.values()]
    answers = module(*given)
    first = answers[0] if isinstance(answers, tuple) else answers
    assert tuple(first.shape) == (2, *NAMES[name])
    sum(
        each.square().mean()
        for each in (answers if isinstance(answers, tuple) else [answers])
    ).backward()
    assert all(weight.grad is not None for weight in module.parameters())
    count = sum(weight.numel() for weight in module.parameters())
    assert analysis.total_parameters == count


@pytest.mark.parametrize("name", NAMES)
def test_each_is_known_by_itself_with_its_defaults(name: str) -> None:
    kept = block(name)
    inside = analyse(kept.document).inside(name)
    assert inside.problems == []
    for leaves in kept.layer.exits:
        assert inside.inputs(leaves.name) is not None


def test_the_transformer_blocks_have_as_many_weights_as_pytorchs_own() -> None:
    encoder = nn.TransformerEncoderLayer(64, 4, 256)
    decoder = nn.TransformerDecoderLayer(64, 4, 256)
    for name, module in (
        ("TransformerEncoder", encoder),
        ("TransformerDecoder", decoder),
    ):
        count = sum(weight.numel() for weight in module.parameters())
        assert analyse(block(name).document).total_parameters == count


def test_the_encoder_gives_what_pytorchs_own_gives() -> None:
    reference = nn.TransformerEncoderLayer(64, 4, 256, batch_first=True).eval()
    module = compile_document(block("TransformerEncoder").document).module_class()
    ours, theirs = module.state_dict(), reference.state_dict()
    parts = {
        "attention": "self_attn",
        "widen": "linear1",
        "narrow": "linear2",
        "norm1": "norm1",
        "norm2": "norm2",
    }
    module.load_state_dict(
        {key: theirs[_by_part(key.removeprefix("block."), parts)] for key in ours}
    )
    x = torch.randn(2, 16, 64, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(module.eval()(x), reference(x), rtol=1e-5, atol=1e-5)


def test_the_decoder_gives_what_pytorchs_own_gives() -> None:
    reference = nn.TransformerDecoderLayer(64, 4, 256, batch_first=True).eval()
    scramble(reference)
    module = compile_document(block("TransformerDecoder").document).module_class()
    ours, theirs = module.state_dict(), reference.state_dict()
    parts = {
        "attention": "self_attn",
        "cross": "multihead_attn",
        "widen": "linear1",
        "narrow": "linear2",
        **{f"norm{number}": f"norm{number}" for number in (1, 2, 3)},
    }
    module.load_state_dict(
        {key: theirs[_by_part(key.removeprefix("block."), parts)] for key in ours}
    )
    chance = torch.Generator().manual_seed(0)
    target = torch.randn(2, 12, 64, generator=chance)
    memory = torch.randn(2, 16, 64, generator=chance)
    later = nn.Transformer.generate_square_subsequent_mask(12)
    wanted = reference(target, memory, tgt_mask=later, tgt_is_causal=True)
    answer = module.eval()(target, memory)
    torch.testing.assert_close(answer, wanted, rtol=1e-5, atol=1e-5)


def _by_part(key: str, parts: dict[str, str]) -> str:
    part, rest = key.split(".", 1)
    return f"{parts[part]}.{rest}"


def test_settings_reach_what_is_inside() -> None:
    document = block("SqueezeExcite").document.copy()
    edits.change_settings(document.graph, "block", {"reduction": 4}).apply(document)
    assert analyse(document).total_parameters == 64 * 16 + 16 + 16 * 64 + 64


def test_a_block_is_brought_into_a_document_and_taken_back() -> None:
    document = Document()
    done_and_undone(document, bring(document, block("Residual").document, "Residual"))
    assert list(document.blocks) == ["Residual"]
    done_and_undone(document, bring(document, block("Residual").document, "Residual"))
    assert list(document.blocks) == ["Residual"]


def test_a_block_is_brought_with_what_it_is_made_of() -> None:
    document = Document()
    bring(document, nested(), "Outer").apply(document)
    assert list(document.blocks) == ["Bottleneck", "Outer"]
    other = Document()
    other.put_block(other.new_block("Bottleneck", {}))
    with pytest.raises(Refusal) as caught:
        bring(other, nested(), "Outer")
    assert str(caught.value) == (
        "Outer is made of a block called Bottleneck, and this document has another of "
        "that name. Rename the block Bottleneck of this document first."
    )


def test_a_kept_block_is_there_for_other_documents(tmp_path: Path) -> None:
    folder = tmp_path / "mine" / "blocks"
    assert own_blocks(folder) == ()
    keep(nested(), "Outer", folder)
    keep(nested(), "Outer", folder)  # the same again changes nothing
    (kept,) = own_blocks(folder)
    assert kept.name == "Outer"
    assert set(kept.document.blocks) == {"Bottleneck", "Outer"}
    (folder / "broken.espalier").write_text("{")
    assert len(own_blocks(folder)) == 1


def test_another_block_of_that_name_is_not_overwritten(tmp_path: Path) -> None:
    document = nested()
    keep(document, "Bottleneck", tmp_path)
    other = document.copy()
    changed = other.blocks["Bottleneck"].block
    other.put_block(replace(changed, settings={"channels": 99}))
    with pytest.raises(Refusal) as caught:
        keep(other, "Bottleneck", tmp_path)
    assert str(caught.value) == (
        "Another block called Bottleneck is kept already. Rename this one, or forget "
        "the other first."
    )


def test_a_file_about_no_block_is_no_block(tmp_path: Path) -> None:
    from engine import storage

    document = Document()
    document.graph.add_node(Node(name="data", layer="Input"))
    storage.save(document, tmp_path / "plain.espalier")
    assert own_blocks(tmp_path) == ()
