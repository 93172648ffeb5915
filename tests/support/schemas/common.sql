-- What each database had, `{service}` being its name. What follows in its own file stands on this.
CREATE FUNCTION public.audit_is_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'the audit trail is append only'; END $$;
ALTER FUNCTION public.audit_is_append_only() OWNER TO {service}_owner;
CREATE FUNCTION public.audit_queue() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    AS $$ BEGIN INSERT INTO audit_unsealed SELECT audit_id FROM added; RETURN NULL; END $$;
ALTER FUNCTION public.audit_queue() OWNER TO {service}_owner;
CREATE TABLE public.access_enrollment (
    enrollment_id uuid NOT NULL,
    organization_id uuid NOT NULL
);
ALTER TABLE public.access_enrollment OWNER TO {service}_owner;
CREATE TABLE public.access_grant (
    user_id uuid NOT NULL,
    enrollment_id uuid NOT NULL
);
ALTER TABLE public.access_grant OWNER TO {service}_owner;
CREATE TABLE public.access_organization (
    organization_id uuid NOT NULL,
    generation bigint NOT NULL,
    version bigint NOT NULL,
    epoch bigint NOT NULL,
    document jsonb NOT NULL
);
ALTER TABLE public.access_organization OWNER TO {service}_owner;
CREATE TABLE public.access_user (
    user_id uuid NOT NULL,
    generation bigint NOT NULL,
    version bigint NOT NULL,
    epoch bigint NOT NULL,
    organization_id uuid NOT NULL,
    document jsonb NOT NULL
);
ALTER TABLE public.access_user OWNER TO {service}_owner;
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
ALTER TABLE public.alembic_version OWNER TO {service}_owner;
CREATE TABLE public.audit (
    audit_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    action text NOT NULL,
    object_kind text NOT NULL,
    object_id text NOT NULL,
    outcome text NOT NULL,
    reason text NOT NULL,
    actor text NOT NULL,
    enrollment_id uuid,
    permission text NOT NULL,
    session text NOT NULL,
    address text NOT NULL,
    trace_id text NOT NULL,
    CONSTRAINT audit_outcome CHECK ((outcome = ANY (ARRAY['done'::text, 'refused'::text, 'failed'::text])))
);
ALTER TABLE public.audit OWNER TO {service}_owner;
CREATE TABLE public.audit_seal (
    seq bigint NOT NULL,
    audit_id uuid NOT NULL,
    previous bytea NOT NULL,
    hash bytea NOT NULL
);
ALTER TABLE public.audit_seal OWNER TO {service}_owner;
CREATE TABLE public.audit_tree_head (
    size bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    root bytea NOT NULL,
    signature text NOT NULL
);
ALTER TABLE public.audit_tree_head OWNER TO {service}_owner;
CREATE TABLE public.audit_unsealed (
    audit_id uuid NOT NULL
);
ALTER TABLE public.audit_unsealed OWNER TO {service}_owner;
CREATE TABLE public.due_work (
    kind text NOT NULL,
    subject text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    payload jsonb NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    leased_by text,
    leased_until timestamp with time zone
);
ALTER TABLE public.due_work OWNER TO {service}_owner;
CREATE TABLE public.idempotency (
    user_id uuid NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    location text NOT NULL,
    created_at timestamp with time zone NOT NULL
);
ALTER TABLE public.idempotency OWNER TO {service}_owner;
CREATE TABLE public.inbox (
    consumer text NOT NULL,
    event_id uuid NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.inbox OWNER TO {service}_owner;
CREATE TABLE public.outbox (
    id bigint NOT NULL,
    shard smallint NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    headers text NOT NULL,
    payload bytea NOT NULL,
    created_at timestamp with time zone NOT NULL
);
ALTER TABLE public.outbox OWNER TO {service}_owner;
ALTER TABLE public.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.parked (
    id bigint NOT NULL,
    consumer text NOT NULL,
    partition_key text NOT NULL,
    event_id uuid NOT NULL,
    topic text NOT NULL,
    headers text NOT NULL,
    payload bytea NOT NULL,
    state text NOT NULL,
    error_class text NOT NULL,
    attempts integer NOT NULL,
    next_at timestamp with time zone NOT NULL,
    CONSTRAINT parked_state CHECK ((state = ANY (ARRAY['waiting'::text, 'held'::text])))
);
ALTER TABLE public.parked OWNER TO {service}_owner;
ALTER TABLE public.parked ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.parked_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE ONLY public.access_enrollment
    ADD CONSTRAINT access_enrollment_pkey PRIMARY KEY (enrollment_id);
ALTER TABLE ONLY public.access_grant
    ADD CONSTRAINT access_grant_pkey PRIMARY KEY (user_id, enrollment_id);
ALTER TABLE ONLY public.access_organization
    ADD CONSTRAINT access_organization_pkey PRIMARY KEY (organization_id);
ALTER TABLE ONLY public.access_user
    ADD CONSTRAINT access_user_pkey PRIMARY KEY (user_id);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (audit_id);
ALTER TABLE ONLY public.audit_seal
    ADD CONSTRAINT audit_seal_audit_id_key UNIQUE (audit_id);
ALTER TABLE ONLY public.audit_seal
    ADD CONSTRAINT audit_seal_pkey PRIMARY KEY (seq);
ALTER TABLE ONLY public.audit_tree_head
    ADD CONSTRAINT audit_tree_head_pkey PRIMARY KEY (size);
ALTER TABLE ONLY public.audit_unsealed
    ADD CONSTRAINT audit_unsealed_pkey PRIMARY KEY (audit_id);
ALTER TABLE ONLY public.due_work
    ADD CONSTRAINT due_work_pkey PRIMARY KEY (kind, subject);
ALTER TABLE ONLY public.idempotency
    ADD CONSTRAINT idempotency_pkey PRIMARY KEY (user_id, key);
ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (consumer, event_id);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.parked
    ADD CONSTRAINT parked_event UNIQUE (consumer, event_id);
ALTER TABLE ONLY public.parked
    ADD CONSTRAINT parked_pkey PRIMARY KEY (id);
CREATE INDEX access_enrollment_organization ON public.access_enrollment USING btree (organization_id);
CREATE INDEX due_work_due ON public.due_work USING btree (due_at);
CREATE INDEX outbox_shard_id ON public.outbox USING btree (shard, id);
CREATE INDEX parked_key ON public.parked USING btree (consumer, partition_key, id);
CREATE TRIGGER audit_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit FOR EACH STATEMENT EXECUTE FUNCTION public.audit_is_append_only();
CREATE TRIGGER audit_queue AFTER INSERT ON public.audit REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.audit_queue();
CREATE TRIGGER audit_seal_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_seal FOR EACH STATEMENT EXECUTE FUNCTION public.audit_is_append_only();
CREATE TRIGGER audit_tree_head_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_tree_head FOR EACH STATEMENT EXECUTE FUNCTION public.audit_is_append_only();
REVOKE USAGE ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO {service}_owner;
GRANT USAGE ON SCHEMA public TO {service}_web;
GRANT USAGE ON SCHEMA public TO {service}_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_enrollment TO {service}_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_enrollment TO {service}_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_grant TO {service}_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_grant TO {service}_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_organization TO {service}_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_organization TO {service}_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_user TO {service}_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_user TO {service}_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.alembic_version TO {service}_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.alembic_version TO {service}_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit TO {service}_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit TO {service}_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_seal TO {service}_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_seal TO {service}_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_tree_head TO {service}_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_tree_head TO {service}_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_unsealed TO {service}_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_unsealed TO {service}_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.due_work TO {service}_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.due_work TO {service}_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.idempotency TO {service}_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.idempotency TO {service}_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.inbox TO {service}_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.inbox TO {service}_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.outbox TO {service}_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.outbox TO {service}_work;
GRANT USAGE ON SEQUENCE public.outbox_id_seq TO {service}_web;
GRANT USAGE ON SEQUENCE public.outbox_id_seq TO {service}_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.parked TO {service}_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.parked TO {service}_work;
GRANT USAGE ON SEQUENCE public.parked_id_seq TO {service}_web;
GRANT USAGE ON SEQUENCE public.parked_id_seq TO {service}_work;
ALTER DEFAULT PRIVILEGES FOR ROLE {service}_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO {service}_web;
ALTER DEFAULT PRIVILEGES FOR ROLE {service}_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO {service}_work;
ALTER DEFAULT PRIVILEGES FOR ROLE {service}_owner IN SCHEMA public GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO {service}_web;
ALTER DEFAULT PRIVILEGES FOR ROLE {service}_owner IN SCHEMA public GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO {service}_work;
