"""Which accelerators a machine size of Azure holds, which no price list of it says."""

from collections.abc import Mapping

# Machine size: accelerator and how many, from the size series at
# https://learn.microsoft.com/azure/virtual-machines/sizes/overview#gpu-accelerated.
MACHINES: Mapping[str, tuple[str, int]] = {
    "Standard_NC24ads_A100_v4": ("A100 PCIe 80GB", 1),
    "Standard_NC48ads_A100_v4": ("A100 PCIe 80GB", 2),
    "Standard_NC96ads_A100_v4": ("A100 PCIe 80GB", 4),
    "Standard_ND96asr_v4": ("A100 SXM 40GB", 8),
    "Standard_ND96amsr_A100_v4": ("A100 SXM 80GB", 8),
    "Standard_ND96ams_A100_v4": ("A100 SXM 80GB", 8),
    "Standard_NC40ads_H100_v5": ("H100 NVL", 1),
    "Standard_NC80adis_H100_v5": ("H100 NVL", 2),
    "Standard_NCC40ads_H100_v5": ("H100 NVL", 1),
    "Standard_ND96isr_H100_v5": ("H100 SXM", 8),
    "Standard_ND96is_H100_v5": ("H100 SXM", 8),
    "Standard_ND96isr_H200_v5": ("H200 SXM", 8),
    "Standard_ND96is_H200_v5": ("H200 SXM", 8),
    "Standard_ND96isr_MI300X_v5": ("MI300X", 8),
    "Standard_ND96is_MI300X_v5": ("MI300X", 8),
    "Standard_ND128isr_NDR_GB200_v6": ("GB200", 4),
    "Standard_ND128isr_GB300_v6": ("GB300", 4),
}


def holds_another(accelerator: str, count: int) -> str | None:
    """The accelerator that Azure's machines of this count hold where those of the named one have other counts."""
    counts = {known for name, known in MACHINES.values() if name == accelerator}
    if not counts or count in counts:
        return None
    family = accelerator.split(" ")[0]
    return next((name for name, known in MACHINES.values() if known == count and name.startswith(family)), None)
