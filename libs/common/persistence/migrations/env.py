from libs.common.persistence.migrate import COMMON_VERSIONS, run_environment

run_environment(None, version_table=COMMON_VERSIONS)
