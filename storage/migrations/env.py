"""Alembic asks this file how to migrate; storage.migrate has put the connection it is to use into the config."""

from alembic import context

from storage.indexes import metadata
from storage.models import in_models

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_name=in_models,
    transactional_ddl=False,  # storage.migrate holds one transaction, and a lock, around all of it
    render_as_batch=context.config.attributes["connection"].dialect.name == "sqlite",
)
context.run_migrations()
