from libs.common.persistence.migrate import run_environment
from services.claims.metadata import metadata

run_environment(metadata)
