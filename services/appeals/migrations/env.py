from libs.common.persistence.migrate import run_environment
from services.appeals.metadata import metadata

run_environment(metadata)
