from libs.common.persistence.migrate import run_environment
from services.remittance.metadata import metadata

run_environment(metadata)
