from libs.common.persistence.migrate import run_environment
from services.auth.metadata import metadata

run_environment(metadata)
