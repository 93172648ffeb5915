from libs.common.persistence.migrate import run_environment
from services.eligibility.metadata import metadata

run_environment(metadata)
