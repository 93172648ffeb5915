"""Every event type. Whoever imports one finds all of them in `base.REGISTRY`."""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
