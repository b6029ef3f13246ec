"""How much memory is free: the machine's, or what a container leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.data import room

MEGA = 1024**2


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine of 1000 MB that are free, without control groups."""
    (tmp_path / "meminfo").write_text(
        f"MemTotal: 9999999 kB\nMemAvailable: {1000 * 1024} kB\n"
    )
    monkeypatch.setattr(room, "MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(room, "OWN_CGROUPS", tmp_path / "own")
    monkeypatch.setattr(room, "CGROUPS", tmp_path / "groups")
    return tmp_path


def write_group(folder: Path, **files: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_text(f"{content}\n")


def test_without_control_groups_it_is_the_machine_s(system: Path) -> None:
    assert room.free_bytes() == 1000 * MEGA


def test_a_group_of_version_2_limits_it(system: Path) -> None:
    (system / "own").write_text("0::/outer/inner\n")
    outer = system / "groups/outer"
    write_group(outer / "inner", memory__max="max", memory__current=5 * MEGA)
    assert room.free_bytes() == 1000 * MEGA
    write_group(outer, memory__max=300 * MEGA, memory__current=120 * MEGA)
    assert room.free_bytes() == 180 * MEGA
    write_group(outer, memory__stat=f"anon 7\ninactive_file {20 * MEGA}")
    assert room.free_bytes() == 200 * MEGA
    write_group(outer, memory__current=900 * MEGA)
    assert room.free_bytes() == 0
    write_group(outer, memory__max=9000 * MEGA, memory__current=0)
    assert room.free_bytes() == 1000 * MEGA


def test_a_group_of_version_1_limits_it(system: Path) -> None:
    """As in a container, which sees its own group as the outermost."""
    (system / "own").write_text("5:cpu,cpuacct:/a\n4:memory:/docker/1234\n0::/a\n")
    write_group(
        system / "groups/memory",
        memory__limit_in_bytes=100 * MEGA,
        memory__usage_in_bytes=70 * MEGA,
        memory__stat=f"inactive_file 0\ntotal_inactive_file {MEGA}",
    )
    assert room.free_bytes() == 31 * MEGA
    write_group(system / "groups/memory", memory__limit_in_bytes=9223372036854771712)
    assert room.free_bytes() == 1000 * MEGA
