"""A program that adds one file after another from the command line, until it is killed.

    python -m tests.adder DATA FOLDER FIRST

The files count from FIRST, and each has ROWS rows of its own. A line on stdout acknowledges what has been added.
"""

import sys
from itertools import count
from pathlib import Path

from commands.main import main

ROWS = 400
HEADER = "provider,model,output_tokens_per_second,endpoint\n"


def content(number: int) -> str:
    """The file of this number: rows that no other file has."""
    return HEADER + "".join(f"Groq,Llama 3.3 70B,{row + 1},file {number} row {row}\n" for row in range(ROWS))


def add_until_killed(data: Path, folder: Path, first: int) -> None:
    for number in count(first):
        path = folder / f"{number}.csv"
        path.write_text(content(number), encoding="utf-8")
        assert main(["add", str(path), "--table", "provider_speed", "--data", str(data)]) == 0
        print(f"added {number}", flush=True)


if __name__ == "__main__":
    add_until_killed(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
