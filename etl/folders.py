"""Where things lie: the project, the folder that is written at run time, and what came with the project."""

from dataclasses import dataclass
from pathlib import Path

from etl.fetch.snapshots import Snapshots
from etl.store import Store

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Folders:
    """Where things lie: `data` is written at run time, `shipped` came with the project."""

    data: Path = PROJECT / "data"
    shipped: Path = PROJECT / "data"

    @property
    def snapshots(self) -> Snapshots:
        return Snapshots(self.data / "snapshots")

    @property
    def store(self) -> Store:
        return Store(self.data / "store")

    @property
    def uploads(self) -> Path:
        return self.data / "uploads"

    @property
    def published(self) -> Path:
        return self.shipped / "published"

    @property
    def names(self) -> Path:
        return self.shipped / "names"

    @property
    def corrections(self) -> Path:
        return self.shipped / "corrections"

    @property
    def history(self) -> Path:
        return self.shipped / "history"

    @property
    def facts(self) -> Path:
        return self.shipped / "facts"
