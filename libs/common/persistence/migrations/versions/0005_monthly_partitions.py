"""Functions that make monthly partitions; the audit trail in such."""

from alembic import op

revision = "0005"
down_revision = "0004"

_FUNCTIONS = (
    # The month of a key: of the time in it, if it is an id.
    """
    CREATE FUNCTION month_of(key uuid) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
        SELECT to_timestamp(('x' || left(replace(key::text, '-', ''), 12))::bit(48)::bigint / 1000.0) $$
    """,
    "CREATE FUNCTION month_of(key timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS 'SELECT key'",
    # The first key of a month, as text.
    """
    CREATE FUNCTION month_begins(month date, kind regtype) RETURNS text LANGUAGE sql IMMUTABLE AS $$
        SELECT CASE kind WHEN 'uuid'::regtype
            THEN (lpad(to_hex(extract(epoch FROM month::timestamp)::bigint * 1000), 12, '0')
                  || repeat('0', 20))::uuid::text
            ELSE month || ' 00:00:00+00' END $$
    """,
    # Whoever names a partition would pass the row security of its table: only the owner may.
    """
    CREATE FUNCTION close_partition(name text) RETURNS void LANGUAGE plpgsql AS $$
        DECLARE other oid; BEGIN
            FOR other IN SELECT DISTINCT a.grantee FROM pg_class c, aclexplode(c.relacl) a
                          WHERE c.oid = name::regclass AND a.grantee <> c.relowner LOOP
                EXECUTE format('REVOKE ALL ON %I FROM %s', name, other::regrole);
            END LOOP;
        END $$
    """,
    # Made by the pattern of the default partition, which has the indexes that hold within a month only. Rows of the
    # month that came too early are taken out of it.
    """
    CREATE FUNCTION make_partition(parent text, key text, kind regtype, month date) RETURNS void LANGUAGE plpgsql AS $$
        DECLARE
            name text := format('%s_%s', parent, to_char(month, 'YYYY_MM'));
            first text := month_begins(month, kind);
            after text := month_begins((month + interval '1 month')::date, kind);
        BEGIN
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', name, parent || '_default');
            PERFORM close_partition(name);
            EXECUTE format('WITH early AS (DELETE FROM %I WHERE %I >= %L AND %I < %L RETURNING *)'
                           ' INSERT INTO %I SELECT * FROM early', parent || '_default', key, first, key, after, name);
            EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                           parent, name, first, after);
        END $$
    """,
    # Makes what is missing from one month to another, in every partitioned table. What is wrong then: a month after
    # the first that is missing, because its table was busy, and default partitions that hold rows.
    """
    CREATE FUNCTION keep_partitions(first_day date, last_day date) RETURNS SETOF text
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
        DECLARE
            one record; month date; held boolean;
        BEGIN
            PERFORM pg_advisory_xact_lock(18);
            FOR one IN SELECT c.relname::text AS parent, a.attname::text AS key, a.atttypid::regtype AS kind
                         FROM pg_partitioned_table p JOIN pg_class c ON c.oid = p.partrelid
                         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.partattrs[0]
                        WHERE c.relnamespace = 'public'::regnamespace ORDER BY c.relname LOOP
                month := date_trunc('month', first_day);
                WHILE month <= last_day LOOP
                    IF to_regclass(format('%s_%s', one.parent, to_char(month, 'YYYY_MM'))) IS NULL THEN
                        BEGIN
                            PERFORM make_partition(one.parent, one.key, one.kind, month);
                        EXCEPTION WHEN lock_not_available THEN
                            RETURN NEXT format('%s_%s is missing', one.parent, to_char(month, 'YYYY_MM'));
                        END;
                    END IF;
                    month := month + interval '1 month';
                END LOOP;
                EXECUTE format('SELECT EXISTS (SELECT FROM %I)', one.parent || '_default') INTO held;
                IF held THEN
                    RETURN NEXT format('%s_default holds rows', one.parent);
                END IF;
            END LOOP;
        END $$
    """,
    # Makes a table one in months by a column of it; rows, rights and indexes stay as they are. A unique index that is
    # not by that column can only hold within a month: it goes to the default partition, the pattern of all. Triggers
    # and row security are for the migration to set on the new table. The rules of the old one would bind its owner too.
    """
    CREATE FUNCTION partition_by_month(parent text, key text, primary_key text) RETURNS void LANGUAGE plpgsql AS $$
        DECLARE
            before text := parent || '_before';
            one record; first date;
        BEGIN
            EXECUTE format('ALTER TABLE %I RENAME TO %I', parent, before);
            EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I', before, parent || '_pkey');
            EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', before);
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE (%I)',
                           parent, before, key);
            EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (%s)', parent, primary_key);
            EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', parent || '_default', parent);
            PERFORM close_partition(parent || '_default');
            FOR one IN SELECT c.relname AS name, pg_get_indexdef(c.oid) AS made, i.indisunique AS is_unique
                         FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                        WHERE i.indrelid = before::regclass ORDER BY c.relname LOOP
                EXECUTE format('DROP INDEX %I', one.name);
                EXECUTE replace(one.made, format('.%I ', before),
                                format('.%I ', parent || CASE WHEN one.is_unique THEN '_default' ELSE '' END));
            END LOOP;
            EXECUTE format('SELECT month_of(%I)::date FROM %I ORDER BY %I LIMIT 1', key, before, key) INTO first;
            PERFORM keep_partitions(
                greatest(coalesce(first, current_date), (current_date - interval '10 years')::date),
                (current_date + interval '3 months')::date);
            EXECUTE format('INSERT INTO %I SELECT * FROM %I', parent, before);
            EXECUTE format('DROP TABLE %I', before);
        END $$
    """,
    # With the rights of whoever calls: only the owner has them.
    """
    CREATE FUNCTION drop_partition(parent text, name text) RETURNS void
        LANGUAGE plpgsql SET lock_timeout = '5s' AS $$
        BEGIN
            EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, name);
            EXECUTE format('DROP TABLE %I', name);
        END $$
    """,
)

# As in 0001, but on the new table: what it takes in waits for its seal, and nothing of it changes.
_AUDIT_RULES = (
    """
    CREATE TRIGGER audit_queue AFTER INSERT ON audit REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION audit_queue()
    """,
    """
    CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
        FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()
    """,
)


def upgrade() -> None:
    for statement in _FUNCTIONS:
        op.execute(statement)
    op.execute("SELECT partition_by_month('audit', 'audit_id', 'audit_id')")
    for statement in _AUDIT_RULES:
        op.execute(statement)
