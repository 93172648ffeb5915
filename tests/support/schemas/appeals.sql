CREATE FUNCTION public.audit_is_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'the audit trail is append only'; END $$;
ALTER FUNCTION public.audit_is_append_only() OWNER TO appeals_owner;
CREATE FUNCTION public.audit_queue() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    AS $$ BEGIN INSERT INTO audit_unsealed SELECT audit_id FROM added; RETURN NULL; END $$;
ALTER FUNCTION public.audit_queue() OWNER TO appeals_owner;
CREATE TABLE public.access_enrollment (
    enrollment_id uuid NOT NULL,
    organization_id uuid NOT NULL
);
ALTER TABLE public.access_enrollment OWNER TO appeals_owner;
CREATE TABLE public.access_grant (
    user_id uuid NOT NULL,
    enrollment_id uuid NOT NULL
);
ALTER TABLE public.access_grant OWNER TO appeals_owner;
CREATE TABLE public.access_organization (
    organization_id uuid NOT NULL,
    generation bigint NOT NULL,
    version bigint NOT NULL,
    epoch bigint NOT NULL,
    document jsonb NOT NULL
);
ALTER TABLE public.access_organization OWNER TO appeals_owner;
CREATE TABLE public.access_user (
    user_id uuid NOT NULL,
    generation bigint NOT NULL,
    version bigint NOT NULL,
    epoch bigint NOT NULL,
    organization_id uuid NOT NULL,
    document jsonb NOT NULL
);
ALTER TABLE public.access_user OWNER TO appeals_owner;
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
ALTER TABLE public.alembic_version OWNER TO appeals_owner;
CREATE TABLE public.appeal (
    appeal_id uuid NOT NULL,
    number text NOT NULL,
    enrollment_id uuid NOT NULL,
    claim_id uuid NOT NULL,
    internal_control_number text NOT NULL,
    provider_name text NOT NULL,
    provider_npi text NOT NULL,
    provider_ptan text NOT NULL,
    filed_by uuid NOT NULL,
    filed_at timestamp with time zone NOT NULL,
    received_on date NOT NULL,
    notice_on date NOT NULL,
    filed_until date NOT NULL,
    late boolean NOT NULL,
    argument text NOT NULL,
    decide_by date NOT NULL,
    outcome text DEFAULT ''::text NOT NULL,
    decided_at timestamp with time zone,
    decided_on date,
    decided_by uuid,
    letter text,
    next_level text DEFAULT ''::text NOT NULL,
    CONSTRAINT appeal_decided CHECK (((outcome = ''::text) = (decided_on IS NULL))),
    CONSTRAINT appeal_next_level CHECK ((next_level = ANY (ARRAY[''::text, 'asked'::text, 'favorable'::text, 'partially-favorable'::text, 'unfavorable'::text]))),
    CONSTRAINT appeal_outcome CHECK ((outcome = ANY (ARRAY[''::text, 'favorable'::text, 'partially-favorable'::text, 'unfavorable'::text])))
);
ALTER TABLE ONLY public.appeal FORCE ROW LEVEL SECURITY;
ALTER TABLE public.appeal OWNER TO appeals_owner;
CREATE TABLE public.appeal_document (
    document_id uuid NOT NULL,
    appeal_id uuid NOT NULL,
    enrollment_id uuid NOT NULL,
    name text NOT NULL,
    document text NOT NULL,
    size_bytes bigint NOT NULL,
    digest text NOT NULL,
    pages integer NOT NULL,
    added_by uuid NOT NULL,
    added_at timestamp with time zone NOT NULL,
    received_on date NOT NULL
);
ALTER TABLE ONLY public.appeal_document FORCE ROW LEVEL SECURITY;
ALTER TABLE public.appeal_document OWNER TO appeals_owner;
CREATE TABLE public.appeal_line (
    appeal_id uuid NOT NULL,
    number integer NOT NULL,
    enrollment_id uuid NOT NULL,
    claim_id uuid NOT NULL,
    procedure text NOT NULL,
    charge_cents bigint NOT NULL,
    paid_cents bigint NOT NULL,
    reasons text NOT NULL,
    remarks text NOT NULL,
    favorable boolean,
    rationale text
);
ALTER TABLE ONLY public.appeal_line FORCE ROW LEVEL SECURITY;
ALTER TABLE public.appeal_line OWNER TO appeals_owner;
CREATE SEQUENCE public.appeal_number
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.appeal_number OWNER TO appeals_owner;
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
ALTER TABLE public.audit OWNER TO appeals_owner;
CREATE TABLE public.audit_seal (
    seq bigint NOT NULL,
    audit_id uuid NOT NULL,
    previous bytea NOT NULL,
    hash bytea NOT NULL
);
ALTER TABLE public.audit_seal OWNER TO appeals_owner;
CREATE TABLE public.audit_tree_head (
    size bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    root bytea NOT NULL,
    signature text NOT NULL
);
ALTER TABLE public.audit_tree_head OWNER TO appeals_owner;
CREATE TABLE public.audit_unsealed (
    audit_id uuid NOT NULL
);
ALTER TABLE public.audit_unsealed OWNER TO appeals_owner;
CREATE TABLE public.due_work (
    kind text NOT NULL,
    subject text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    payload jsonb NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    leased_by text,
    leased_until timestamp with time zone
);
ALTER TABLE public.due_work OWNER TO appeals_owner;
CREATE TABLE public.finalized_claim (
    claim_id uuid NOT NULL,
    enrollment_id uuid NOT NULL,
    internal_control_number text NOT NULL,
    finalized_on date NOT NULL,
    sealed_facts text NOT NULL,
    told_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public.finalized_claim FORCE ROW LEVEL SECURITY;
ALTER TABLE public.finalized_claim OWNER TO appeals_owner;
CREATE TABLE public.idempotency (
    user_id uuid NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    location text NOT NULL,
    created_at timestamp with time zone NOT NULL
);
ALTER TABLE public.idempotency OWNER TO appeals_owner;
CREATE TABLE public.inbox (
    consumer text NOT NULL,
    event_id uuid NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.inbox OWNER TO appeals_owner;
CREATE TABLE public.outbox (
    id bigint NOT NULL,
    shard smallint NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    headers text NOT NULL,
    payload bytea NOT NULL,
    created_at timestamp with time zone NOT NULL
);
ALTER TABLE public.outbox OWNER TO appeals_owner;
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
ALTER TABLE public.parked OWNER TO appeals_owner;
ALTER TABLE public.parked ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.parked_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.reconsideration (
    appeal_id uuid NOT NULL,
    enrollment_id uuid NOT NULL,
    asked_by uuid NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    asked_until date NOT NULL,
    late boolean NOT NULL,
    argument text NOT NULL,
    number text DEFAULT ''::text NOT NULL,
    received_at timestamp with time zone,
    received_on date,
    outcome text DEFAULT ''::text NOT NULL,
    decided_at timestamp with time zone,
    decided_on date,
    CONSTRAINT reconsideration_decided CHECK (((outcome = ''::text) = (decided_on IS NULL))),
    CONSTRAINT reconsideration_outcome CHECK ((outcome = ANY (ARRAY[''::text, 'favorable'::text, 'partially-favorable'::text, 'unfavorable'::text]))),
    CONSTRAINT reconsideration_received CHECK (((number = ''::text) = (received_on IS NULL)))
);
ALTER TABLE ONLY public.reconsideration FORCE ROW LEVEL SECURITY;
ALTER TABLE public.reconsideration OWNER TO appeals_owner;
CREATE TABLE public.reconsideration_document (
    document_id uuid NOT NULL,
    appeal_id uuid NOT NULL,
    enrollment_id uuid NOT NULL,
    name text NOT NULL,
    document text NOT NULL,
    size_bytes bigint NOT NULL,
    digest text NOT NULL,
    pages integer NOT NULL
);
ALTER TABLE ONLY public.reconsideration_document FORCE ROW LEVEL SECURITY;
ALTER TABLE public.reconsideration_document OWNER TO appeals_owner;
CREATE TABLE public.reconsideration_line (
    appeal_id uuid NOT NULL,
    number integer NOT NULL,
    enrollment_id uuid NOT NULL,
    favorable boolean,
    rationale text
);
ALTER TABLE ONLY public.reconsideration_line FORCE ROW LEVEL SECURITY;
ALTER TABLE public.reconsideration_line OWNER TO appeals_owner;
CREATE TABLE public.remitted_claim (
    claim_id uuid NOT NULL,
    enrollment_id uuid NOT NULL,
    internal_control_number text NOT NULL,
    sequence integer NOT NULL,
    remitted_on date NOT NULL,
    status text NOT NULL,
    whole jsonb NOT NULL,
    lines jsonb NOT NULL
);
ALTER TABLE ONLY public.remitted_claim FORCE ROW LEVEL SECURITY;
ALTER TABLE public.remitted_claim OWNER TO appeals_owner;
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
ALTER TABLE ONLY public.appeal_document
    ADD CONSTRAINT appeal_document_pkey PRIMARY KEY (document_id);
ALTER TABLE ONLY public.appeal_line
    ADD CONSTRAINT appeal_line_once UNIQUE (claim_id, number);
ALTER TABLE ONLY public.appeal_line
    ADD CONSTRAINT appeal_line_pkey PRIMARY KEY (appeal_id, number);
ALTER TABLE ONLY public.appeal
    ADD CONSTRAINT appeal_number_key UNIQUE (number);
ALTER TABLE ONLY public.appeal
    ADD CONSTRAINT appeal_pkey PRIMARY KEY (appeal_id);
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
ALTER TABLE ONLY public.finalized_claim
    ADD CONSTRAINT finalized_claim_pkey PRIMARY KEY (claim_id);
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
ALTER TABLE ONLY public.reconsideration_document
    ADD CONSTRAINT reconsideration_document_pkey PRIMARY KEY (document_id);
ALTER TABLE ONLY public.reconsideration_line
    ADD CONSTRAINT reconsideration_line_pkey PRIMARY KEY (appeal_id, number);
ALTER TABLE ONLY public.reconsideration
    ADD CONSTRAINT reconsideration_pkey PRIMARY KEY (appeal_id);
ALTER TABLE ONLY public.remitted_claim
    ADD CONSTRAINT remitted_claim_pkey PRIMARY KEY (claim_id);
CREATE INDEX access_enrollment_organization ON public.access_enrollment USING btree (organization_id);
CREATE INDEX appeal_claim ON public.appeal USING btree (claim_id);
CREATE INDEX appeal_document_appeal ON public.appeal_document USING btree (appeal_id, document_id);
CREATE INDEX appeal_due ON public.appeal USING btree (outcome, decide_by);
CREATE INDEX appeal_enrollment ON public.appeal USING btree (enrollment_id, appeal_id);
CREATE INDEX due_work_due ON public.due_work USING btree (due_at);
CREATE INDEX finalized_claim_control_number ON public.finalized_claim USING btree (enrollment_id, internal_control_number);
CREATE INDEX outbox_shard_id ON public.outbox USING btree (shard, id);
CREATE INDEX parked_key ON public.parked USING btree (consumer, partition_key, id);
CREATE INDEX reconsideration_document_appeal ON public.reconsideration_document USING btree (appeal_id, document_id);
CREATE INDEX remitted_claim_control_number ON public.remitted_claim USING btree (enrollment_id, internal_control_number);
CREATE TRIGGER audit_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit FOR EACH STATEMENT EXECUTE FUNCTION public.audit_is_append_only();
CREATE TRIGGER audit_queue AFTER INSERT ON public.audit REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.audit_queue();
CREATE TRIGGER audit_seal_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_seal FOR EACH STATEMENT EXECUTE FUNCTION public.audit_is_append_only();
CREATE TRIGGER audit_tree_head_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_tree_head FOR EACH STATEMENT EXECUTE FUNCTION public.audit_is_append_only();
ALTER TABLE public.appeal ENABLE ROW LEVEL SECURITY;
CREATE POLICY appeal_acting ON public.appeal USING ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = appeal.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text))))))) WITH CHECK ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = appeal.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text)))))));
ALTER TABLE public.appeal_document ENABLE ROW LEVEL SECURITY;
CREATE POLICY appeal_document_acting ON public.appeal_document USING ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = appeal_document.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text))))))) WITH CHECK ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = appeal_document.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text)))))));
ALTER TABLE public.appeal_line ENABLE ROW LEVEL SECURITY;
CREATE POLICY appeal_line_acting ON public.appeal_line USING ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = appeal_line.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text))))))) WITH CHECK ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = appeal_line.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text)))))));
ALTER TABLE public.finalized_claim ENABLE ROW LEVEL SECURITY;
CREATE POLICY finalized_claim_acting ON public.finalized_claim USING ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = finalized_claim.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text))))))) WITH CHECK ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = finalized_claim.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text)))))));
ALTER TABLE public.reconsideration ENABLE ROW LEVEL SECURITY;
CREATE POLICY reconsideration_acting ON public.reconsideration USING ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = reconsideration.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text))))))) WITH CHECK ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = reconsideration.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text)))))));
ALTER TABLE public.reconsideration_document ENABLE ROW LEVEL SECURITY;
CREATE POLICY reconsideration_document_acting ON public.reconsideration_document USING ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = reconsideration_document.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text))))))) WITH CHECK ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = reconsideration_document.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text)))))));
ALTER TABLE public.reconsideration_line ENABLE ROW LEVEL SECURITY;
CREATE POLICY reconsideration_line_acting ON public.reconsideration_line USING ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = reconsideration_line.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text))))))) WITH CHECK ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = reconsideration_line.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
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
REVOKE USAGE ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO appeals_owner;
GRANT USAGE ON SCHEMA public TO appeals_web;
GRANT USAGE ON SCHEMA public TO appeals_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_enrollment TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_enrollment TO appeals_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_grant TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_grant TO appeals_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_organization TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_organization TO appeals_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_user TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_user TO appeals_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.alembic_version TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.alembic_version TO appeals_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.appeal TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.appeal TO appeals_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.appeal_document TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.appeal_document TO appeals_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.appeal_line TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.appeal_line TO appeals_work;
GRANT USAGE ON SEQUENCE public.appeal_number TO appeals_web;
GRANT USAGE ON SEQUENCE public.appeal_number TO appeals_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit TO appeals_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_seal TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_seal TO appeals_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_tree_head TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_tree_head TO appeals_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_unsealed TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_unsealed TO appeals_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.due_work TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.due_work TO appeals_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.finalized_claim TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.finalized_claim TO appeals_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.idempotency TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.idempotency TO appeals_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.inbox TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.inbox TO appeals_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.outbox TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.outbox TO appeals_work;
GRANT USAGE ON SEQUENCE public.outbox_id_seq TO appeals_web;
GRANT USAGE ON SEQUENCE public.outbox_id_seq TO appeals_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.parked TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.parked TO appeals_work;
GRANT USAGE ON SEQUENCE public.parked_id_seq TO appeals_web;
GRANT USAGE ON SEQUENCE public.parked_id_seq TO appeals_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reconsideration TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reconsideration TO appeals_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reconsideration_document TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reconsideration_document TO appeals_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reconsideration_line TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reconsideration_line TO appeals_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.remitted_claim TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.remitted_claim TO appeals_work;
ALTER DEFAULT PRIVILEGES FOR ROLE appeals_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO appeals_web;
ALTER DEFAULT PRIVILEGES FOR ROLE appeals_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO appeals_work;
ALTER DEFAULT PRIVILEGES FOR ROLE appeals_owner IN SCHEMA public GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO appeals_web;
ALTER DEFAULT PRIVILEGES FOR ROLE appeals_owner IN SCHEMA public GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO appeals_work;
INSERT INTO public.alembic_version VALUES ('0002');
