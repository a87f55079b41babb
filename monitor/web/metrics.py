"""How everything stands as OpenMetrics, for whoever scrapes this machine."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.responses import Response

from monitor.reports.gauges import PREFIX, gauges
from monitor.reports.standing import StatusNow


class _Standing(Collector):
    """Hands over what is measured, in the form in which the library writes it."""

    def __init__(self, now: StatusNow) -> None:
        self._now = now

    def collect(self) -> Iterator[Metric]:
        """One family a gauge, and which program this is."""
        about = GaugeMetricFamily(f"{PREFIX}build", "This program's version.", labels=["version"])
        about.add_metric([version("tthc-monitor")], 1)
        yield about
        for gauge in gauges(self._now):
            family = Metric(gauge.name, gauge.help, "gauge")
            for labels, value in gauge.samples:
                family.add_sample(gauge.name, dict(labels), value)
            yield family


def exposed(now: StatusNow, accept: str) -> Response:
    """The measurements as OpenMetrics, or in Prometheus' older text where the reader asks for no more."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Standing(now))
    encode, content_type = choose_encoder(accept)
    return Response(encode(registry), headers={"Content-Type": content_type})
