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
ALTER TABLE ONLY public.finalized_claim
    ADD CONSTRAINT finalized_claim_pkey PRIMARY KEY (claim_id);
ALTER TABLE ONLY public.reconsideration_document
    ADD CONSTRAINT reconsideration_document_pkey PRIMARY KEY (document_id);
ALTER TABLE ONLY public.reconsideration_line
    ADD CONSTRAINT reconsideration_line_pkey PRIMARY KEY (appeal_id, number);
ALTER TABLE ONLY public.reconsideration
    ADD CONSTRAINT reconsideration_pkey PRIMARY KEY (appeal_id);
ALTER TABLE ONLY public.remitted_claim
    ADD CONSTRAINT remitted_claim_pkey PRIMARY KEY (claim_id);
CREATE INDEX appeal_claim ON public.appeal USING btree (claim_id);
CREATE INDEX appeal_document_appeal ON public.appeal_document USING btree (appeal_id, document_id);
CREATE INDEX appeal_due ON public.appeal USING btree (outcome, decide_by);
CREATE INDEX appeal_enrollment ON public.appeal USING btree (enrollment_id, appeal_id);
CREATE INDEX finalized_claim_control_number ON public.finalized_claim USING btree (enrollment_id, internal_control_number);
CREATE INDEX reconsideration_document_appeal ON public.reconsideration_document USING btree (appeal_id, document_id);
CREATE INDEX remitted_claim_control_number ON public.remitted_claim USING btree (enrollment_id, internal_control_number);
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
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.appeal TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.appeal TO appeals_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.appeal_document TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.appeal_document TO appeals_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.appeal_line TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.appeal_line TO appeals_work;
GRANT USAGE ON SEQUENCE public.appeal_number TO appeals_web;
GRANT USAGE ON SEQUENCE public.appeal_number TO appeals_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.finalized_claim TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.finalized_claim TO appeals_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reconsideration TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reconsideration TO appeals_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reconsideration_document TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reconsideration_document TO appeals_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reconsideration_line TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reconsideration_line TO appeals_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.remitted_claim TO appeals_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.remitted_claim TO appeals_work;
INSERT INTO public.alembic_version VALUES ('0002');
