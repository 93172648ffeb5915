"""The tables of auth: each feature's own, and the common ones.

The tables of access hold enrollments of every organization and are not under row security: auth is what the rows of
`access_grant`, by which all others are secured, come from. Its web pages ask `decide()` and filter by organization.
"""

from sqlalchemy import MetaData

from libs.common.persistence.tables import common_tables

metadata = MetaData()
common_tables(metadata)
