CREATE FUNCTION public.audit_is_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'the audit trail is append only'; END $$;
ALTER FUNCTION public.audit_is_append_only() OWNER TO claims_owner;
CREATE FUNCTION public.audit_queue() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    AS $$ BEGIN INSERT INTO audit_unsealed SELECT audit_id FROM added; RETURN NULL; END $$;
ALTER FUNCTION public.audit_queue() OWNER TO claims_owner;
CREATE TABLE public.access_enrollment (
    enrollment_id uuid NOT NULL,
    organization_id uuid NOT NULL
);
ALTER TABLE public.access_enrollment OWNER TO claims_owner;
CREATE TABLE public.access_grant (
    user_id uuid NOT NULL,
    enrollment_id uuid NOT NULL
);
ALTER TABLE public.access_grant OWNER TO claims_owner;
CREATE TABLE public.access_organization (
    organization_id uuid NOT NULL,
    generation bigint NOT NULL,
    version bigint NOT NULL,
    epoch bigint NOT NULL,
    document jsonb NOT NULL
);
ALTER TABLE public.access_organization OWNER TO claims_owner;
CREATE TABLE public.access_user (
    user_id uuid NOT NULL,
    generation bigint NOT NULL,
    version bigint NOT NULL,
    epoch bigint NOT NULL,
    organization_id uuid NOT NULL,
    document jsonb NOT NULL
);
ALTER TABLE public.access_user OWNER TO claims_owner;
CREATE TABLE public.acknowledgment (
    submission_id uuid NOT NULL,
    kind text NOT NULL,
    enrollment_id uuid NOT NULL,
    document text NOT NULL,
    size_bytes bigint NOT NULL,
    CONSTRAINT acknowledgment_kind CHECK ((kind = ANY (ARRAY['TA1'::text, '999'::text, '277CA'::text])))
);
ALTER TABLE ONLY public.acknowledgment FORCE ROW LEVEL SECURITY;
ALTER TABLE public.acknowledgment OWNER TO claims_owner;
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
ALTER TABLE public.alembic_version OWNER TO claims_owner;
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
ALTER TABLE public.audit OWNER TO claims_owner;
CREATE TABLE public.audit_seal (
    seq bigint NOT NULL,
    audit_id uuid NOT NULL,
    previous bytea NOT NULL,
    hash bytea NOT NULL
);
ALTER TABLE public.audit_seal OWNER TO claims_owner;
CREATE TABLE public.audit_tree_head (
    size bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    root bytea NOT NULL,
    signature text NOT NULL
);
ALTER TABLE public.audit_tree_head OWNER TO claims_owner;
CREATE TABLE public.audit_unsealed (
    audit_id uuid NOT NULL
);
ALTER TABLE public.audit_unsealed OWNER TO claims_owner;
CREATE TABLE public.claim (
    claim_id uuid NOT NULL,
    submission_id uuid NOT NULL,
    ordinal integer NOT NULL,
    enrollment_id uuid NOT NULL,
    state text NOT NULL,
    category text NOT NULL,
    status_code text NOT NULL,
    internal_control_number text,
    patient_control_number text NOT NULL,
    patient text NOT NULL,
    beneficiary_token text NOT NULL,
    total_charge_cents bigint NOT NULL,
    service_from date,
    service_to date,
    billing_npi text NOT NULL,
    rendering_npi text NOT NULL,
    place_of_service text NOT NULL,
    diagnoses text NOT NULL,
    received_on date NOT NULL,
    paid_cents bigint,
    finalized_on date,
    status_version integer DEFAULT 0 NOT NULL,
    pays_on date,
    type_of_bill text DEFAULT ''::text NOT NULL,
    attending_npi text DEFAULT ''::text NOT NULL,
    check_number text DEFAULT ''::text NOT NULL,
    CONSTRAINT claim_state CHECK ((state = ANY (ARRAY['not-accepted'::text, 'accepted'::text, 'split'::text, 'in-process'::text, 'information-requested'::text, 'returned'::text, 'paid'::text, 'denied'::text, 'finalized'::text, 'adjusted'::text])))
);
ALTER TABLE ONLY public.claim FORCE ROW LEVEL SECURITY;
ALTER TABLE public.claim OWNER TO claims_owner;
CREATE TABLE public.claim_finding (
    claim_id uuid NOT NULL,
    number smallint NOT NULL,
    enrollment_id uuid NOT NULL,
    code text NOT NULL,
    field text NOT NULL,
    sentence text NOT NULL,
    category text NOT NULL,
    status_code text NOT NULL
);
ALTER TABLE ONLY public.claim_finding FORCE ROW LEVEL SECURITY;
ALTER TABLE public.claim_finding OWNER TO claims_owner;
CREATE TABLE public.claim_line (
    claim_id uuid NOT NULL,
    number smallint NOT NULL,
    enrollment_id uuid NOT NULL,
    procedure text NOT NULL,
    modifiers text NOT NULL,
    charge_cents bigint NOT NULL,
    units_thousandths bigint NOT NULL,
    pointers text NOT NULL,
    service_from date,
    service_to date,
    revenue_code text DEFAULT ''::text NOT NULL,
    control_number text DEFAULT ''::text NOT NULL
);
ALTER TABLE ONLY public.claim_line FORCE ROW LEVEL SECURITY;
ALTER TABLE public.claim_line OWNER TO claims_owner;
CREATE TABLE public.claim_status (
    claim_id uuid NOT NULL,
    version integer CONSTRAINT claim_status_version_not_null1 NOT NULL,
    enrollment_id uuid NOT NULL,
    category text NOT NULL,
    status_code text NOT NULL,
    effective_on date NOT NULL,
    paid_cents bigint,
    received_at timestamp with time zone NOT NULL,
    account jsonb DEFAULT '{}'::jsonb NOT NULL
);
ALTER TABLE ONLY public.claim_status FORCE ROW LEVEL SECURITY;
ALTER TABLE public.claim_status OWNER TO claims_owner;
CREATE TABLE public.due_work (
    kind text NOT NULL,
    subject text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    payload jsonb NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    leased_by text,
    leased_until timestamp with time zone
);
ALTER TABLE public.due_work OWNER TO claims_owner;
CREATE TABLE public.idempotency (
    user_id uuid NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    location text NOT NULL,
    created_at timestamp with time zone NOT NULL
);
ALTER TABLE public.idempotency OWNER TO claims_owner;
CREATE TABLE public.inbox (
    consumer text NOT NULL,
    event_id uuid NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.inbox OWNER TO claims_owner;
CREATE TABLE public.number_block (
    purpose text NOT NULL,
    next bigint NOT NULL
);
ALTER TABLE public.number_block OWNER TO claims_owner;
CREATE TABLE public.outbox (
    id bigint NOT NULL,
    shard smallint NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    headers text NOT NULL,
    payload bytea NOT NULL,
    created_at timestamp with time zone NOT NULL
);
ALTER TABLE public.outbox OWNER TO claims_owner;
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
ALTER TABLE public.parked OWNER TO claims_owner;
ALTER TABLE public.parked ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.parked_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.submission (
    submission_id uuid NOT NULL,
    number text NOT NULL,
    enrollment_id uuid NOT NULL,
    submitted_by uuid NOT NULL,
    state text NOT NULL,
    document text NOT NULL,
    size_bytes bigint NOT NULL,
    digest text NOT NULL,
    received_at timestamp with time zone NOT NULL,
    business_date date NOT NULL,
    started_at timestamp with time zone,
    verdict text DEFAULT ''::text NOT NULL,
    claims_accepted integer DEFAULT 0 NOT NULL,
    claims_rejected integer DEFAULT 0 NOT NULL,
    first_control_number bigint,
    first_interchange_number bigint,
    next_chunk integer DEFAULT 0 NOT NULL,
    claims_stored integer DEFAULT 0 NOT NULL,
    acknowledged_at timestamp with time zone,
    enrollment jsonb NOT NULL,
    CONSTRAINT submission_state CHECK ((state = ANY (ARRAY['received'::text, 'processing'::text, 'acknowledged'::text]))),
    CONSTRAINT submission_verdict CHECK ((verdict = ANY (ARRAY[''::text, 'accepted'::text, 'partial'::text, 'rejected'::text])))
);
ALTER TABLE ONLY public.submission FORCE ROW LEVEL SECURITY;
ALTER TABLE public.submission OWNER TO claims_owner;
CREATE TABLE public.submission_finding (
    submission_id uuid NOT NULL,
    number integer NOT NULL,
    enrollment_id uuid NOT NULL,
    code text NOT NULL,
    field text NOT NULL,
    sentence text NOT NULL,
    place text NOT NULL
);
ALTER TABLE ONLY public.submission_finding FORCE ROW LEVEL SECURITY;
ALTER TABLE public.submission_finding OWNER TO claims_owner;
CREATE SEQUENCE public.submission_number
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.submission_number OWNER TO claims_owner;
ALTER TABLE ONLY public.access_enrollment
    ADD CONSTRAINT access_enrollment_pkey PRIMARY KEY (enrollment_id);
ALTER TABLE ONLY public.access_grant
    ADD CONSTRAINT access_grant_pkey PRIMARY KEY (user_id, enrollment_id);
ALTER TABLE ONLY public.access_organization
    ADD CONSTRAINT access_organization_pkey PRIMARY KEY (organization_id);
ALTER TABLE ONLY public.access_user
    ADD CONSTRAINT access_user_pkey PRIMARY KEY (user_id);
ALTER TABLE ONLY public.acknowledgment
    ADD CONSTRAINT acknowledgment_pkey PRIMARY KEY (submission_id, kind);
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
ALTER TABLE ONLY public.claim_finding
    ADD CONSTRAINT claim_finding_pkey PRIMARY KEY (claim_id, number);
ALTER TABLE ONLY public.claim_line
    ADD CONSTRAINT claim_line_pkey PRIMARY KEY (claim_id, number);
ALTER TABLE ONLY public.claim
    ADD CONSTRAINT claim_pkey PRIMARY KEY (claim_id);
ALTER TABLE ONLY public.claim_status
    ADD CONSTRAINT claim_status_pkey PRIMARY KEY (claim_id, version);
ALTER TABLE ONLY public.due_work
    ADD CONSTRAINT due_work_pkey PRIMARY KEY (kind, subject);
ALTER TABLE ONLY public.idempotency
    ADD CONSTRAINT idempotency_pkey PRIMARY KEY (user_id, key);
ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (consumer, event_id);
ALTER TABLE ONLY public.number_block
    ADD CONSTRAINT number_block_pkey PRIMARY KEY (purpose);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.parked
    ADD CONSTRAINT parked_event UNIQUE (consumer, event_id);
ALTER TABLE ONLY public.parked
    ADD CONSTRAINT parked_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.submission_finding
    ADD CONSTRAINT submission_finding_pkey PRIMARY KEY (submission_id, number);
ALTER TABLE ONLY public.submission
    ADD CONSTRAINT submission_number_key UNIQUE (number);
ALTER TABLE ONLY public.submission
    ADD CONSTRAINT submission_pkey PRIMARY KEY (submission_id);
CREATE INDEX access_enrollment_organization ON public.access_enrollment USING btree (organization_id);
CREATE UNIQUE INDEX claim_control_number ON public.claim USING btree (internal_control_number);
CREATE INDEX claim_listed ON public.claim USING btree (enrollment_id, submission_id, ordinal);
CREATE INDEX claim_patient_control_number ON public.claim USING btree (enrollment_id, patient_control_number);
CREATE INDEX due_work_due ON public.due_work USING btree (due_at);
CREATE INDEX outbox_shard_id ON public.outbox USING btree (shard, id);
CREATE INDEX parked_key ON public.parked USING btree (consumer, partition_key, id);
CREATE INDEX submission_enrollment ON public.submission USING btree (enrollment_id, submission_id);
CREATE TRIGGER audit_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit FOR EACH STATEMENT EXECUTE FUNCTION public.audit_is_append_only();
CREATE TRIGGER audit_queue AFTER INSERT ON public.audit REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.audit_queue();
CREATE TRIGGER audit_seal_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_seal FOR EACH STATEMENT EXECUTE FUNCTION public.audit_is_append_only();
CREATE TRIGGER audit_tree_head_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_tree_head FOR EACH STATEMENT EXECUTE FUNCTION public.audit_is_append_only();
ALTER TABLE public.acknowledgment ENABLE ROW LEVEL SECURITY;
CREATE POLICY acknowledgment_acting ON public.acknowledgment USING ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = acknowledgment.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text))))))) WITH CHECK ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = acknowledgment.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text)))))));
ALTER TABLE public.claim ENABLE ROW LEVEL SECURITY;
CREATE POLICY claim_acting ON public.claim USING ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = claim.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text))))))) WITH CHECK ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = claim.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text)))))));
ALTER TABLE public.claim_finding ENABLE ROW LEVEL SECURITY;
CREATE POLICY claim_finding_acting ON public.claim_finding USING ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = claim_finding.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text))))))) WITH CHECK ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = claim_finding.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text)))))));
ALTER TABLE public.claim_line ENABLE ROW LEVEL SECURITY;
CREATE POLICY claim_line_acting ON public.claim_line USING ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = claim_line.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text))))))) WITH CHECK ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = claim_line.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text)))))));
ALTER TABLE public.claim_status ENABLE ROW LEVEL SECURITY;
CREATE POLICY claim_status_acting ON public.claim_status USING ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = claim_status.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text))))))) WITH CHECK ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = claim_status.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text)))))));
ALTER TABLE public.submission ENABLE ROW LEVEL SECURITY;
CREATE POLICY submission_acting ON public.submission USING ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = submission.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text))))))) WITH CHECK ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = submission.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text)))))));
ALTER TABLE public.submission_finding ENABLE ROW LEVEL SECURITY;
CREATE POLICY submission_finding_acting ON public.submission_finding USING ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = submission_finding.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text))))))) WITH CHECK ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = submission_finding.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text)))))));
REVOKE USAGE ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO claims_owner;
GRANT USAGE ON SCHEMA public TO claims_web;
GRANT USAGE ON SCHEMA public TO claims_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_enrollment TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_enrollment TO claims_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_grant TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_grant TO claims_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_organization TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_organization TO claims_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_user TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_user TO claims_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.acknowledgment TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.acknowledgment TO claims_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.alembic_version TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.alembic_version TO claims_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit TO claims_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_seal TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_seal TO claims_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_tree_head TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_tree_head TO claims_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_unsealed TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_unsealed TO claims_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.claim TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.claim TO claims_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.claim_finding TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.claim_finding TO claims_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.claim_line TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.claim_line TO claims_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.claim_status TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.claim_status TO claims_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.due_work TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.due_work TO claims_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.idempotency TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.idempotency TO claims_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.inbox TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.inbox TO claims_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.number_block TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.number_block TO claims_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.outbox TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.outbox TO claims_work;
GRANT USAGE ON SEQUENCE public.outbox_id_seq TO claims_web;
GRANT USAGE ON SEQUENCE public.outbox_id_seq TO claims_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.parked TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.parked TO claims_work;
GRANT USAGE ON SEQUENCE public.parked_id_seq TO claims_web;
GRANT USAGE ON SEQUENCE public.parked_id_seq TO claims_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.submission TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.submission TO claims_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.submission_finding TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.submission_finding TO claims_work;
GRANT USAGE ON SEQUENCE public.submission_number TO claims_web;
GRANT USAGE ON SEQUENCE public.submission_number TO claims_work;
ALTER DEFAULT PRIVILEGES FOR ROLE claims_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO claims_web;
ALTER DEFAULT PRIVILEGES FOR ROLE claims_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO claims_work;
ALTER DEFAULT PRIVILEGES FOR ROLE claims_owner IN SCHEMA public GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO claims_web;
ALTER DEFAULT PRIVILEGES FOR ROLE claims_owner IN SCHEMA public GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO claims_work;
INSERT INTO public.alembic_version VALUES ('0007');
