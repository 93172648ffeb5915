CREATE FUNCTION public.audit_is_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'the audit trail is append only'; END $$;
ALTER FUNCTION public.audit_is_append_only() OWNER TO remittance_owner;
CREATE FUNCTION public.audit_queue() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    AS $$ BEGIN INSERT INTO audit_unsealed SELECT audit_id FROM added; RETURN NULL; END $$;
ALTER FUNCTION public.audit_queue() OWNER TO remittance_owner;
CREATE TABLE public.access_enrollment (
    enrollment_id uuid NOT NULL,
    organization_id uuid NOT NULL
);
ALTER TABLE public.access_enrollment OWNER TO remittance_owner;
CREATE TABLE public.access_grant (
    user_id uuid NOT NULL,
    enrollment_id uuid NOT NULL
);
ALTER TABLE public.access_grant OWNER TO remittance_owner;
CREATE TABLE public.access_organization (
    organization_id uuid NOT NULL,
    generation bigint NOT NULL,
    version bigint NOT NULL,
    epoch bigint NOT NULL,
    document jsonb NOT NULL
);
ALTER TABLE public.access_organization OWNER TO remittance_owner;
CREATE TABLE public.access_user (
    user_id uuid NOT NULL,
    generation bigint NOT NULL,
    version bigint NOT NULL,
    epoch bigint NOT NULL,
    organization_id uuid NOT NULL,
    document jsonb NOT NULL
);
ALTER TABLE public.access_user OWNER TO remittance_owner;
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
ALTER TABLE public.alembic_version OWNER TO remittance_owner;
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
ALTER TABLE public.audit OWNER TO remittance_owner;
CREATE TABLE public.audit_seal (
    seq bigint NOT NULL,
    audit_id uuid NOT NULL,
    previous bytea NOT NULL,
    hash bytea NOT NULL
);
ALTER TABLE public.audit_seal OWNER TO remittance_owner;
CREATE TABLE public.audit_tree_head (
    size bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    root bytea NOT NULL,
    signature text NOT NULL
);
ALTER TABLE public.audit_tree_head OWNER TO remittance_owner;
CREATE TABLE public.audit_unsealed (
    audit_id uuid NOT NULL
);
ALTER TABLE public.audit_unsealed OWNER TO remittance_owner;
CREATE TABLE public.due_work (
    kind text NOT NULL,
    subject text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    payload jsonb NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    leased_by text,
    leased_until timestamp with time zone
);
ALTER TABLE public.due_work OWNER TO remittance_owner;
CREATE TABLE public.idempotency (
    user_id uuid NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    location text NOT NULL,
    created_at timestamp with time zone NOT NULL
);
ALTER TABLE public.idempotency OWNER TO remittance_owner;
CREATE TABLE public.inbox (
    consumer text NOT NULL,
    event_id uuid NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.inbox OWNER TO remittance_owner;
CREATE TABLE public.known_claim (
    internal_control_number text NOT NULL,
    claim_id uuid NOT NULL,
    enrollment_id uuid NOT NULL,
    sealed_lines text DEFAULT ''::text NOT NULL
);
ALTER TABLE ONLY public.known_claim FORCE ROW LEVEL SECURITY;
ALTER TABLE public.known_claim OWNER TO remittance_owner;
CREATE TABLE public.outbox (
    id bigint NOT NULL,
    shard smallint NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    headers text NOT NULL,
    payload bytea NOT NULL,
    created_at timestamp with time zone NOT NULL
);
ALTER TABLE public.outbox OWNER TO remittance_owner;
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
ALTER TABLE public.parked OWNER TO remittance_owner;
ALTER TABLE public.parked ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.parked_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.remittance (
    remittance_id uuid NOT NULL,
    enrollment_id uuid,
    trace_number text NOT NULL,
    method text NOT NULL,
    paid_cents bigint NOT NULL,
    issued_on date NOT NULL,
    payer text NOT NULL,
    claims integer NOT NULL,
    provider_adjustments jsonb NOT NULL,
    document text NOT NULL,
    received_at timestamp with time zone NOT NULL,
    payer_identifier text DEFAULT ''::text NOT NULL,
    digest text DEFAULT ''::text NOT NULL,
    facts jsonb DEFAULT '[]'::jsonb NOT NULL,
    payee_npi text NOT NULL,
    payee_tax_id text NOT NULL,
    quarantine text DEFAULT ''::text NOT NULL
);
ALTER TABLE ONLY public.remittance FORCE ROW LEVEL SECURITY;
ALTER TABLE public.remittance OWNER TO remittance_owner;
CREATE TABLE public.remitted_claim (
    remittance_id uuid NOT NULL,
    number integer NOT NULL,
    enrollment_id uuid,
    claim_id uuid,
    internal_control_number text NOT NULL,
    sequence integer NOT NULL,
    patient_control_number text NOT NULL,
    details text CONSTRAINT remitted_claim_patient_not_null NOT NULL,
    status text NOT NULL,
    charge_cents bigint NOT NULL,
    paid_cents bigint NOT NULL,
    patient_responsibility_cents bigint NOT NULL,
    service_from date,
    service_to date,
    adjustments jsonb NOT NULL,
    remarks text NOT NULL,
    outcome text DEFAULT 'without-payment'::text NOT NULL,
    allowed_cents bigint
);
ALTER TABLE ONLY public.remitted_claim FORCE ROW LEVEL SECURITY;
ALTER TABLE public.remitted_claim OWNER TO remittance_owner;
CREATE TABLE public.remitted_line (
    remittance_id uuid NOT NULL,
    claim_number integer NOT NULL,
    number integer NOT NULL,
    enrollment_id uuid,
    procedure text NOT NULL,
    modifiers text NOT NULL,
    charge_cents bigint NOT NULL,
    paid_cents bigint NOT NULL,
    units text NOT NULL,
    service_from date,
    service_to date,
    adjustments jsonb NOT NULL,
    remarks text NOT NULL,
    control_number text DEFAULT ''::text NOT NULL,
    claim_line integer,
    billed text DEFAULT ''::text NOT NULL,
    allowed_cents bigint,
    denied boolean DEFAULT false NOT NULL,
    facts jsonb DEFAULT '[]'::jsonb NOT NULL
);
ALTER TABLE ONLY public.remitted_line FORCE ROW LEVEL SECURITY;
ALTER TABLE public.remitted_line OWNER TO remittance_owner;
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
ALTER TABLE ONLY public.known_claim
    ADD CONSTRAINT known_claim_pkey PRIMARY KEY (internal_control_number);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.parked
    ADD CONSTRAINT parked_event UNIQUE (consumer, event_id);
ALTER TABLE ONLY public.parked
    ADD CONSTRAINT parked_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.remittance
    ADD CONSTRAINT remittance_pkey PRIMARY KEY (remittance_id);
ALTER TABLE ONLY public.remittance
    ADD CONSTRAINT remittance_trace UNIQUE (enrollment_id, payer_identifier, trace_number);
ALTER TABLE ONLY public.remitted_claim
    ADD CONSTRAINT remitted_claim_pkey PRIMARY KEY (remittance_id, number);
ALTER TABLE ONLY public.remitted_line
    ADD CONSTRAINT remitted_line_pkey PRIMARY KEY (remittance_id, claim_number, number);
CREATE INDEX access_enrollment_organization ON public.access_enrollment USING btree (organization_id);
CREATE INDEX due_work_due ON public.due_work USING btree (due_at);
CREATE INDEX outbox_shard_id ON public.outbox USING btree (shard, id);
CREATE INDEX parked_key ON public.parked USING btree (consumer, partition_key, id);
CREATE INDEX remittance_enrollment ON public.remittance USING btree (enrollment_id, issued_on);
CREATE INDEX remitted_claim_icn ON public.remitted_claim USING btree (internal_control_number);
CREATE INDEX remitted_claim_patient_control_number ON public.remitted_claim USING btree (enrollment_id, patient_control_number);
CREATE TRIGGER audit_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit FOR EACH STATEMENT EXECUTE FUNCTION public.audit_is_append_only();
CREATE TRIGGER audit_queue AFTER INSERT ON public.audit REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.audit_queue();
CREATE TRIGGER audit_seal_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_seal FOR EACH STATEMENT EXECUTE FUNCTION public.audit_is_append_only();
CREATE TRIGGER audit_tree_head_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_tree_head FOR EACH STATEMENT EXECUTE FUNCTION public.audit_is_append_only();
ALTER TABLE public.known_claim ENABLE ROW LEVEL SECURITY;
CREATE POLICY known_claim_acting ON public.known_claim USING ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = known_claim.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text))))))) WITH CHECK ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = known_claim.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text)))))));
ALTER TABLE public.remittance ENABLE ROW LEVEL SECURITY;
CREATE POLICY remittance_acting ON public.remittance USING ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = remittance.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text))))))) WITH CHECK ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = remittance.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text)))))));
ALTER TABLE public.remitted_claim ENABLE ROW LEVEL SECURITY;
CREATE POLICY remitted_claim_acting ON public.remitted_claim USING ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = remitted_claim.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text))))))) WITH CHECK ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = remitted_claim.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text)))))));
ALTER TABLE public.remitted_line ENABLE ROW LEVEL SECURITY;
CREATE POLICY remitted_line_acting ON public.remitted_line USING ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = remitted_line.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text))))))) WITH CHECK ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = remitted_line.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text)))))));
REVOKE USAGE ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO remittance_owner;
GRANT USAGE ON SCHEMA public TO remittance_web;
GRANT USAGE ON SCHEMA public TO remittance_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_enrollment TO remittance_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_enrollment TO remittance_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_grant TO remittance_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_grant TO remittance_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_organization TO remittance_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_organization TO remittance_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_user TO remittance_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_user TO remittance_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.alembic_version TO remittance_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.alembic_version TO remittance_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit TO remittance_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit TO remittance_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_seal TO remittance_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_seal TO remittance_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_tree_head TO remittance_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_tree_head TO remittance_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_unsealed TO remittance_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_unsealed TO remittance_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.due_work TO remittance_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.due_work TO remittance_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.idempotency TO remittance_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.idempotency TO remittance_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.inbox TO remittance_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.inbox TO remittance_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.known_claim TO remittance_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.known_claim TO remittance_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.outbox TO remittance_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.outbox TO remittance_work;
GRANT USAGE ON SEQUENCE public.outbox_id_seq TO remittance_web;
GRANT USAGE ON SEQUENCE public.outbox_id_seq TO remittance_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.parked TO remittance_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.parked TO remittance_work;
GRANT USAGE ON SEQUENCE public.parked_id_seq TO remittance_web;
GRANT USAGE ON SEQUENCE public.parked_id_seq TO remittance_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.remittance TO remittance_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.remittance TO remittance_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.remitted_claim TO remittance_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.remitted_claim TO remittance_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.remitted_line TO remittance_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.remitted_line TO remittance_work;
ALTER DEFAULT PRIVILEGES FOR ROLE remittance_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO remittance_web;
ALTER DEFAULT PRIVILEGES FOR ROLE remittance_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO remittance_work;
ALTER DEFAULT PRIVILEGES FOR ROLE remittance_owner IN SCHEMA public GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO remittance_web;
ALTER DEFAULT PRIVILEGES FOR ROLE remittance_owner IN SCHEMA public GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO remittance_work;
INSERT INTO public.alembic_version VALUES ('0003');
