"""Whatever kills the process, an upload is entirely in or entirely out."""

import random
import re
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from etl.upload import importer
from tests.adder import ROWS
from tests.etl.upload.uploading import SPEED, check_file, copied

ROOT = Path(__file__).parents[3]
# How long after its first file a program is killed: within its next commits, at no moment in particular.
LONGEST_LIFE = 0.6


@pytest.fixture
def folders(built_data, tmp_path):
    return copied(built_data, tmp_path)


def killed(folders, place: Path, first: int, life: float) -> list[int]:
    """Runs the adder and kills it; the numbers of the files that it acknowledged."""
    command = [sys.executable, "-m", "tests.adder", str(folders.data), str(place), str(first)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as program:
        said = next((line for line in program.stdout if line.startswith("added ")), "")
        time.sleep(life)
        program.kill()
        said += program.stdout.read()
    return [int(number) for number in re.findall(r"^added (\d+)$", said, re.MULTILINE)]


@pytest.mark.soak(short=4, long=60)
def test_a_batch_is_entirely_in_or_entirely_out_wherever_the_program_is_killed(folders, tmp_path, rounds):
    place = tmp_path / "files"
    place.mkdir()
    chance = random.Random(20260508)
    acknowledged: set[int] = set()
    first = 0
    for _ in range(rounds):
        acknowledged |= set(killed(folders, place, first, chance.uniform(0, LONGEST_LIFE)))
        batches = importer.history(folders)
        rows = importer.export(folders, SPEED)
        held = dict(rows["source"].value_counts().iter_rows())
        assert held == {f"upload:{batch.batch}": ROWS for batch in batches}
        stored = {int(batch.file_name.removesuffix(".csv")) for batch in batches}
        assert acknowledged <= stored
        first = max(stored, default=0) + 1
    assert len(acknowledged) >= rounds
    # What killed programs left behind hinders nobody, and is cleared away.
    checked = check_file(folders, (place / "0.csv").read_bytes(), name="0.csv")
    assert not importer.commit(folders, checked).is_new
    checked.sheet.close()
    assert [path.name for path in (folders.data / "uploads/.work").iterdir()] == []
    newest = importer.history(folders)[0]
    importer.undo(folders, newest.batch)
    assert newest.batch not in importer.export(folders, SPEED)["source"].str.strip_prefix("upload:")


def test_a_failure_within_the_transaction_leaves_nothing(folders, monkeypatch):
    from etl.store import Writer

    before = folders.store.rows(SPEED), folders.store.generation()

    def break_off(self, table: str, frame: pl.DataFrame) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Writer, "add", break_off)
    checked = check_file(folders, "provider,model,speed\nGroq,Llama 3.3 70B,276\n")
    with pytest.raises(OSError, match="No space left"):
        importer.commit(folders, checked)
    assert (folders.store.rows(SPEED).equals(before[0]), folders.store.generation()) == (True, before[1])
    assert importer.history(folders) == ()
