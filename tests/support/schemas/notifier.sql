CREATE FUNCTION public.audit_is_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'the audit trail is append only'; END $$;
ALTER FUNCTION public.audit_is_append_only() OWNER TO notifier_owner;
CREATE FUNCTION public.audit_queue() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    AS $$ BEGIN INSERT INTO audit_unsealed SELECT audit_id FROM added; RETURN NULL; END $$;
ALTER FUNCTION public.audit_queue() OWNER TO notifier_owner;
CREATE TABLE public.access_enrollment (
    enrollment_id uuid NOT NULL,
    organization_id uuid NOT NULL
);
ALTER TABLE public.access_enrollment OWNER TO notifier_owner;
CREATE TABLE public.access_grant (
    user_id uuid NOT NULL,
    enrollment_id uuid NOT NULL
);
ALTER TABLE public.access_grant OWNER TO notifier_owner;
CREATE TABLE public.access_organization (
    organization_id uuid NOT NULL,
    generation bigint NOT NULL,
    version bigint NOT NULL,
    epoch bigint NOT NULL,
    document jsonb NOT NULL
);
ALTER TABLE public.access_organization OWNER TO notifier_owner;
CREATE TABLE public.access_user (
    user_id uuid NOT NULL,
    generation bigint NOT NULL,
    version bigint NOT NULL,
    epoch bigint NOT NULL,
    organization_id uuid NOT NULL,
    document jsonb NOT NULL
);
ALTER TABLE public.access_user OWNER TO notifier_owner;
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
ALTER TABLE public.alembic_version OWNER TO notifier_owner;
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
ALTER TABLE public.audit OWNER TO notifier_owner;
CREATE TABLE public.audit_seal (
    seq bigint NOT NULL,
    audit_id uuid NOT NULL,
    previous bytea NOT NULL,
    hash bytea NOT NULL
);
ALTER TABLE public.audit_seal OWNER TO notifier_owner;
CREATE TABLE public.audit_tree_head (
    size bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    root bytea NOT NULL,
    signature text NOT NULL
);
ALTER TABLE public.audit_tree_head OWNER TO notifier_owner;
CREATE TABLE public.audit_unsealed (
    audit_id uuid NOT NULL
);
ALTER TABLE public.audit_unsealed OWNER TO notifier_owner;
CREATE TABLE public.contractor_alert (
    interruption_id uuid NOT NULL,
    sequence integer NOT NULL,
    channel text NOT NULL,
    message_id text NOT NULL,
    state text NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    accepted_at timestamp with time zone,
    CONSTRAINT contractor_alert_state CHECK ((state = ANY (ARRAY['queued'::text, 'accepted'::text, 'merged'::text, 'failed'::text])))
);
ALTER TABLE public.contractor_alert OWNER TO notifier_owner;
CREATE TABLE public.contractor_alert_attempt (
    interruption_id uuid NOT NULL,
    sequence integer NOT NULL,
    channel text NOT NULL,
    attempt integer NOT NULL,
    at timestamp with time zone NOT NULL,
    outcome text NOT NULL,
    code integer NOT NULL
);
ALTER TABLE public.contractor_alert_attempt OWNER TO notifier_owner;
CREATE TABLE public.due_work (
    kind text NOT NULL,
    subject text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    payload jsonb NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    leased_by text,
    leased_until timestamp with time zone
);
ALTER TABLE public.due_work OWNER TO notifier_owner;
CREATE TABLE public.function_activity (
    contract_id text NOT NULL,
    function text NOT NULL,
    day date NOT NULL,
    counter text NOT NULL,
    count bigint NOT NULL
);
ALTER TABLE public.function_activity OWNER TO notifier_owner;
CREATE TABLE public.function_performance (
    function text NOT NULL,
    at timestamp with time zone NOT NULL,
    degraded boolean NOT NULL
);
ALTER TABLE public.function_performance OWNER TO notifier_owner;
CREATE TABLE public.idempotency (
    user_id uuid NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    location text NOT NULL,
    created_at timestamp with time zone NOT NULL
);
ALTER TABLE public.idempotency OWNER TO notifier_owner;
CREATE TABLE public.inbox (
    consumer text NOT NULL,
    event_id uuid NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.inbox OWNER TO notifier_owner;
CREATE TABLE public.interruption (
    interruption_id uuid NOT NULL,
    contract_id text NOT NULL,
    fault_domain text NOT NULL,
    functions text[] NOT NULL,
    state text NOT NULL,
    flapping boolean NOT NULL,
    sequence integer NOT NULL,
    started_at timestamp with time zone NOT NULL,
    detected_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    retracted_at timestamp with time zone,
    CONSTRAINT interruption_state CHECK ((state = ANY (ARRAY['open'::text, 'closed'::text, 'retracted'::text])))
);
ALTER TABLE public.interruption OWNER TO notifier_owner;
CREATE TABLE public.interruption_change (
    interruption_id uuid NOT NULL,
    sequence integer NOT NULL,
    kind text NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT interruption_change_kind CHECK ((kind = ANY (ARRAY['opened'::text, 'updated'::text, 'closed'::text, 'retracted'::text])))
);
ALTER TABLE public.interruption_change OWNER TO notifier_owner;
CREATE TABLE public.message (
    message_id uuid NOT NULL,
    kind text NOT NULL,
    user_id uuid NOT NULL,
    organization text NOT NULL,
    npi_last_four text NOT NULL,
    function text NOT NULL,
    sealed_contact text,
    state text NOT NULL,
    attempts integer NOT NULL,
    code integer,
    queued_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT message_contact CHECK (((state = 'waiting'::text) = (sealed_contact IS NOT NULL))),
    CONSTRAINT message_state CHECK ((state = ANY (ARRAY['waiting'::text, 'accepted'::text, 'failed'::text])))
);
ALTER TABLE public.message OWNER TO notifier_owner;
CREATE TABLE public.outbox (
    id bigint NOT NULL,
    shard smallint NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    headers text NOT NULL,
    payload bytea NOT NULL,
    created_at timestamp with time zone NOT NULL
);
ALTER TABLE public.outbox OWNER TO notifier_owner;
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
ALTER TABLE public.parked OWNER TO notifier_owner;
ALTER TABLE public.parked ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.parked_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.portal_state (
    contract_id text NOT NULL,
    generation bigint DEFAULT '1'::bigint NOT NULL,
    version bigint NOT NULL,
    situation jsonb NOT NULL
);
ALTER TABLE public.portal_state OWNER TO notifier_owner;
CREATE TABLE public.retraction_request (
    interruption_id uuid NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    requested_by text NOT NULL
);
ALTER TABLE public.retraction_request OWNER TO notifier_owner;
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
ALTER TABLE ONLY public.contractor_alert_attempt
    ADD CONSTRAINT contractor_alert_attempt_pkey PRIMARY KEY (interruption_id, sequence, channel, attempt);
ALTER TABLE ONLY public.contractor_alert
    ADD CONSTRAINT contractor_alert_message_id_key UNIQUE (message_id);
ALTER TABLE ONLY public.contractor_alert
    ADD CONSTRAINT contractor_alert_pkey PRIMARY KEY (interruption_id, sequence, channel);
ALTER TABLE ONLY public.due_work
    ADD CONSTRAINT due_work_pkey PRIMARY KEY (kind, subject);
ALTER TABLE ONLY public.function_activity
    ADD CONSTRAINT function_activity_pkey PRIMARY KEY (contract_id, function, day, counter);
ALTER TABLE ONLY public.function_performance
    ADD CONSTRAINT function_performance_pkey PRIMARY KEY (function);
ALTER TABLE ONLY public.idempotency
    ADD CONSTRAINT idempotency_pkey PRIMARY KEY (user_id, key);
ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (consumer, event_id);
ALTER TABLE ONLY public.interruption_change
    ADD CONSTRAINT interruption_change_pkey PRIMARY KEY (interruption_id, sequence);
ALTER TABLE ONLY public.interruption
    ADD CONSTRAINT interruption_pkey PRIMARY KEY (interruption_id);
ALTER TABLE ONLY public.message
    ADD CONSTRAINT message_pkey PRIMARY KEY (message_id);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.parked
    ADD CONSTRAINT parked_event UNIQUE (consumer, event_id);
ALTER TABLE ONLY public.parked
    ADD CONSTRAINT parked_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.portal_state
    ADD CONSTRAINT portal_state_pkey PRIMARY KEY (contract_id);
ALTER TABLE ONLY public.retraction_request
    ADD CONSTRAINT retraction_request_pkey PRIMARY KEY (interruption_id);
CREATE INDEX access_enrollment_organization ON public.access_enrollment USING btree (organization_id);
CREATE INDEX due_work_due ON public.due_work USING btree (due_at);
CREATE UNIQUE INDEX interruption_one_open ON public.interruption USING btree (contract_id, fault_domain) WHERE (state = 'open'::text);
CREATE INDEX interruption_started ON public.interruption USING btree (started_at);
CREATE INDEX outbox_shard_id ON public.outbox USING btree (shard, id);
CREATE INDEX parked_key ON public.parked USING btree (consumer, partition_key, id);
CREATE TRIGGER audit_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit FOR EACH STATEMENT EXECUTE FUNCTION public.audit_is_append_only();
CREATE TRIGGER audit_queue AFTER INSERT ON public.audit REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.audit_queue();
CREATE TRIGGER audit_seal_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_seal FOR EACH STATEMENT EXECUTE FUNCTION public.audit_is_append_only();
CREATE TRIGGER audit_tree_head_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_tree_head FOR EACH STATEMENT EXECUTE FUNCTION public.audit_is_append_only();
ALTER TABLE ONLY public.interruption_change
    ADD CONSTRAINT interruption_change_interruption_id_fkey FOREIGN KEY (interruption_id) REFERENCES public.interruption(interruption_id);
ALTER TABLE ONLY public.retraction_request
    ADD CONSTRAINT retraction_request_interruption_id_fkey FOREIGN KEY (interruption_id) REFERENCES public.interruption(interruption_id);
REVOKE USAGE ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO notifier_owner;
GRANT USAGE ON SCHEMA public TO notifier_web;
GRANT USAGE ON SCHEMA public TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_enrollment TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_enrollment TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_grant TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_grant TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_organization TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_organization TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_user TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_user TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.alembic_version TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.alembic_version TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_seal TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_seal TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_tree_head TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_tree_head TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_unsealed TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_unsealed TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.contractor_alert TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.contractor_alert TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.contractor_alert_attempt TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.contractor_alert_attempt TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.due_work TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.due_work TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.function_activity TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.function_activity TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.function_performance TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.function_performance TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.idempotency TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.idempotency TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.inbox TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.inbox TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.interruption TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.interruption TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.interruption_change TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.interruption_change TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.message TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.message TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.outbox TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.outbox TO notifier_work;
GRANT USAGE ON SEQUENCE public.outbox_id_seq TO notifier_web;
GRANT USAGE ON SEQUENCE public.outbox_id_seq TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.parked TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.parked TO notifier_work;
GRANT USAGE ON SEQUENCE public.parked_id_seq TO notifier_web;
GRANT USAGE ON SEQUENCE public.parked_id_seq TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.portal_state TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.portal_state TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.retraction_request TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.retraction_request TO notifier_work;
ALTER DEFAULT PRIVILEGES FOR ROLE notifier_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO notifier_web;
ALTER DEFAULT PRIVILEGES FOR ROLE notifier_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO notifier_work;
ALTER DEFAULT PRIVILEGES FOR ROLE notifier_owner IN SCHEMA public GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO notifier_web;
ALTER DEFAULT PRIVILEGES FOR ROLE notifier_owner IN SCHEMA public GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO notifier_work;
INSERT INTO public.alembic_version VALUES ('0002');
