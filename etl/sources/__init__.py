"""The published sources, in the order in which Evidence lists them."""

from etl.sources import (
    aa_host_pricing,
    artificial_analysis,
    azure_retail,
    azure_token_meters,
    captures,
    cloud_gpu,
    curated,
    curated_prices,
    epoch,
    gateway_stats,
    genai_prices,
    gpu_offers,
    gpu_rents,
    inferencex,
    litellm,
    llm_prices,
    llmperf,
    ml_energy,
    mlperf_inference,
    mlperf_training,
    models_dev,
    openrouter_endpoints,
    openrouter_models,
    openrouter_rankings,
    sec,
    thefastest,
    vendor_verifier,
)
from etl.sources.contract import Source

SOURCES: tuple[Source, ...] = (
    mlperf_inference.SOURCE,
    mlperf_training.SOURCE,
    *captures.SOURCES,
    *openrouter_endpoints.SOURCES,
    *gateway_stats.SOURCES,
    *artificial_analysis.SOURCES,
    llmperf.SOURCE,
    thefastest.SOURCE,
    azure_token_meters.SOURCE,
    litellm.SOURCE,
    models_dev.SOURCE,
    genai_prices.SOURCE,
    llm_prices.SOURCE,
    openrouter_models.SOURCE,
    aa_host_pricing.SOURCE,
    curated_prices.SOURCE,
    cloud_gpu.SOURCE,
    azure_retail.SOURCE,
    *gpu_rents.SOURCES,
    *gpu_offers.SOURCES,
    inferencex.SOURCE,
    ml_energy.SOURCE,
    *vendor_verifier.SOURCES,
    openrouter_rankings.SOURCE,
    *epoch.SOURCES,
    sec.SOURCE,
    *curated.SOURCES,
)


def source(name: str) -> Source:
    """The source with this id; KeyError names the known ones."""
    for candidate in SOURCES:
        if candidate.id == name:
            return candidate
    raise KeyError(f"{name} is not a source; known: {', '.join(s.id for s in SOURCES)}")
