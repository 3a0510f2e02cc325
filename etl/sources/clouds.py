"""Who rents out accelerators: our name of a cloud for each published spelling, and which kind of seller it is.

- Hyperscalers are the general clouds; GPU clouds rent out accelerators, by the hour or by the second;
  marketplaces show what many owners ask.
- A spelling that is not here stays as published, and its seller is of no kind.
"""

from collections.abc import Mapping

import polars as pl

from etl.schema import GPU_CLOUD, HYPERSCALER, MARKETPLACE

_NAMES = {
    HYPERSCALER: {
        "aws": "AWS",
        "azure": "Azure",
        "gcp": "Google Cloud",
        "google cloud": "Google Cloud",
        "oracle": "Oracle",
    },
    GPU_CLOUD: {
        "acecloud": "AceCloud",
        "beam": "Beam",
        "beyondpl": "Beyond.pl",
        "build ai": "Build AI",
        "cerebrium": "Cerebrium",
        "civo": "Civo",
        "coreweave": "CoreWeave",
        "crusoe": "Crusoe",
        "cudo": "Cudo Compute",
        "datacrunch": "Verda (DataCrunch)",
        "digitalocean": "DigitalOcean",
        "enverge": "Enverge",
        "fluidstack": "Fluidstack",
        "flyio": "Fly.io",
        "gcore": "Gcore",
        "hotaisle": "Hot Aisle",
        "hyperstack": "Hyperstack",
        "koyeb": "Koyeb",
        "lambda": "Lambda",
        "lyceum": "Lyceum",
        "massed compute": "Massed Compute",
        "nebius": "Nebius",
        "novita": "Novita",
        "oblivus": "Oblivus",
        "ovh": "OVHcloud",
        "packetai": "Packet.ai",
        "paperspace": "Paperspace",
        "replicate": "Replicate",
        "scaleway": "Scaleway",
        "sesterce": "Sesterce",
        "theta": "Theta",
        "thunder": "Thunder Compute",
        "together": "Together AI",
        "verda": "Verda (DataCrunch)",
        "vultr": "Vultr",
    },
    MARKETPLACE: {
        "runpod": "RunPod",
        "sfcompute": "SF Compute",
        "tensordock": "TensorDock",
        "vast.ai": "Vast.ai",
    },
}

NAME: Mapping[str, str] = {spelling: name for named in _NAMES.values() for spelling, name in named.items()}
KIND: Mapping[str, str] = {name: kind for kind, named in _NAMES.items() for name in named.values()}


def named(spelling: str) -> str:
    """Our name of the cloud; the spelling itself where it is not known."""
    return NAME.get(spelling.strip().lower(), spelling.strip())


def kind(spelling: str) -> str | None:
    """Which kind of seller the cloud of this spelling is, null where it is not known."""
    return KIND.get(named(spelling))


def add_kind(rents: pl.DataFrame) -> pl.DataFrame:
    """The rents with `seller_kind` told by the name of the cloud, null where it is not known."""
    return rents.with_columns(seller_kind=pl.col("cloud").replace_strict(KIND, default=None, return_dtype=pl.String))
