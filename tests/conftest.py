from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.support.platform"]

# The same examples every time; nothing is measured by the clock, as the machine may be busy with other work.
settings.register_profile("portico", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("portico")
