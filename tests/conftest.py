"""What several rooms test with: a data folder with a real store, built from the figures that ship."""

from pathlib import Path

import pytest
from hypothesis import settings

from etl.folders import Folders
from etl.publish import build

# A test says what is true, not how fast this computer is today.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def built_data(tmp_path_factory) -> Path:
    """A data folder whose store holds the shipped figures. Read it; what writes needs a copy."""
    data = tmp_path_factory.mktemp("built") / "data"
    build.build(Folders(data=data))
    return data
