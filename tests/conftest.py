"""What all tests share: hypothesis decides by what it finds, never by how long a machine took."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "untimed",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("untimed")
