"""The enforcement of network policies, for a chapter whose cells add it once they have shown what lacks it."""

from labkit.cluster import addons
from labkit.report import Report

ADDON = "network-policy"


def enforce() -> None:
    """From now on the cluster's nodes refuse what policies do not allow."""
    report = Report()
    addons.add(ADDON, report)
    report.done()
    print("Network policies are enforced.")


def is_enforced() -> bool:
    """Whether they are, by the add-on's own mark."""
    return ADDON in addons.added()
