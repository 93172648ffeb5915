"""The tables of remittance: each feature's own, and the common ones."""

from sqlalchemy import MetaData

from libs.common.persistence.tables import common_tables

metadata = MetaData()
common_tables(metadata)
