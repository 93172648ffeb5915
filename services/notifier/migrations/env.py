from libs.common.persistence.migrate import run_environment
from services.notifier.metadata import metadata

run_environment(metadata)
