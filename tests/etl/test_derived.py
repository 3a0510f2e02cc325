"""What is computed from a generation is kept beside it: computed once, never in the way, gone with it."""

import os
import shutil
from datetime import UTC, date, datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from etl import disk
from etl.store import KEPT_GENERATIONS, GenerationGone, Store, StoreDamaged

VERDICTS = pl.DataFrame(
    {
        "claim_id": ["C05", "C06"],
        "verdict": ["SUPPORTED", None],
        "as_of": [date(2026, 8, 1), None],
        "reach": [2.4, None],
        "met": [12, 0],
        "is_own": [False, None],
        "built_at": [datetime(2026, 8, 1, 6, 30, tzinfo=UTC), None],
    }
)


@pytest.fixture
def store(tmp_path) -> Store:
    store = Store(tmp_path / "store")
    add_generation(store)
    return store


def add_generation(store: Store) -> str:
    return store.write(lambda writer: None)


def judge(store: Store, code: str = "version 1", frame: pl.DataFrame = VERDICTS, generation: str = "") -> bool:
    """Whether the verdicts of a generation had to be computed."""
    computed = []

    def compute() -> pl.DataFrame:
        computed.append(True)
        return frame

    found = store.derived("verdicts", generation or store.generation(), code, compute)
    assert_frame_equal(found, frame)
    return bool(computed)


def kept(store: Store) -> list:
    return sorted((store.folder / "derived").glob("*"))


def test_what_a_generation_gives_is_computed_once(store):
    assert judge(store)
    assert not judge(store)
    assert not judge(Store(store.folder))


def test_each_generation_and_each_result_has_its_own(store):
    assert judge(store)
    add_generation(store)
    assert judge(store)
    other = store.derived("replay", store.generation(), "version 1", lambda: VERDICTS.head(1))
    assert other.height == 1
    assert not judge(store)


def test_another_version_of_the_code_computes_again_and_leaves_nothing_of_the_old(store):
    judge(store)
    assert judge(store, code="version 2")
    assert not judge(store, code="version 2")
    assert len(kept(store)) == 1


def test_a_generation_of_the_same_name_with_other_figures_is_another(store):
    judge(store)
    name = store.generation()
    beside = store.folder.with_name("kept aside")
    shutil.move(store.folder / "derived", beside)
    shutil.rmtree(store.folder)
    assert add_generation(store) == name
    shutil.move(beside, store.folder / "derived")
    assert judge(store)


@pytest.mark.parametrize("bytes_kept", [0, 10, 500, -1])
def test_a_file_that_breaks_off_is_computed_again_and_put_right(store, bytes_kept):
    judge(store)
    (file,) = kept(store)
    file.write_bytes(file.read_bytes()[:bytes_kept])
    assert judge(store)
    assert not judge(store)


def test_a_file_with_one_changed_byte_is_computed_again(store):
    judge(store)
    (file,) = kept(store)
    content = bytearray(file.read_bytes())
    for place in range(0, len(content), 97):
        content[place] ^= 1
        file.write_bytes(content)
        assert judge(store), place
        content[place] ^= 1


def test_a_folder_that_cannot_be_written_to_keeps_nothing_and_stops_nothing(store):
    (store.folder / "derived").write_text("in the way")
    assert judge(store)
    assert judge(store)


def test_a_full_disk_leaves_no_half_file(store, monkeypatch):
    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("etl.disk.replace", full)
    assert judge(store)
    assert kept(store) == []


def test_what_was_derived_goes_with_its_generation(store):
    first = store.generation()
    judge(store)
    for _ in range(KEPT_GENERATIONS):
        add_generation(store)
    judge(store)
    assert first not in store.generations()
    assert [path.name.partition(".")[0] for path in kept(store)] == [store.generation()]


def test_what_a_killed_writer_left_is_swept(store):
    judge(store)
    left = store.folder / "derived" / f"left{disk.PARTIAL_SUFFIX}"
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    add_generation(store)
    assert [path.suffix for path in kept(store)] == [".parquet"]


def test_what_cannot_be_computed_is_told_and_not_kept(store):
    def gone() -> pl.DataFrame:
        return store.rows("build", generation="store-000999")

    with pytest.raises(GenerationGone, match="store-000999 is not kept any more; store-000001 to store-000001 are"):
        store.derived("verdicts", "store-000999", "version 1", gone)
    assert issubclass(GenerationGone, StoreDamaged)
    assert kept(store) == []
