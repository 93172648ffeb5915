pytest_plugins = ["tests.support.platform"]
