"""The tables of remittance: each feature's own, and the common ones."""

import sqlalchemy as sa

from libs.common.persistence.tables import common_tables

metadata = sa.MetaData()
common_tables(metadata)

# Whose an NPI or tax identifier is, among all organizations (`quarantine`).
sa.Index(
    "access_organization_facts",
    metadata.tables["access_organization"].c.document,
    postgresql_using="gin",
    postgresql_ops={"document": "jsonb_path_ops"},
)
