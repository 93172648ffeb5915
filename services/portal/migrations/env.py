from libs.common.persistence.migrate import run_environment
from services.portal.metadata import metadata

run_environment(metadata)
