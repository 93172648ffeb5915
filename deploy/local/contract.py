"""The contract that a portal of this machine serves."""

from pathlib import Path

from pydantic import ValidationError

from deploy.local.errors import PlatformError
from libs.common.deployment import Deployment, load_deployment
from libs.common.settings import Settings

_WRITTEN = "contract"


def contract_of(settings: Settings) -> Deployment:
    """What its file says. Raises `PlatformError` with what is to be corrected."""
    file = settings.contract_file
    try:
        return load_deployment(file)
    except OSError as problem:
        raise PlatformError(
            f"The contract {file} cannot be read: {problem.strerror}. Name one with CONTRACT, as contract-dme.toml."
        ) from problem
    except ValidationError as wrong:
        faults = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in wrong.errors()]
        raise PlatformError(f"The contract {file} cannot be served. {' '.join(faults)}") from wrong
    except ValueError as wrong:
        raise PlatformError(f"The contract {file} is no TOML: {wrong}.") from wrong


def check_contract(settings: Settings) -> None:
    """Hold a state directory to the contract of its first start: what is kept for one is not served under another.

    Raises `PlatformError`.
    """
    contract = contract_of(settings).contract_id
    written: Path = settings.state_directory / _WRITTEN
    kept = written.read_text(encoding="utf-8").strip() if written.exists() else ""
    if kept and kept != contract:
        raise PlatformError(
            f"{settings.state_directory} holds the data of contract {kept}, and you want contract {contract}: choose "
            "another directory with PORTICO_STATE_DIRECTORY, or forget the data with 'make clean'."
        )
    if not kept and settings.state_directory.exists():
        written.write_text(f"{contract}\n", encoding="utf-8")
