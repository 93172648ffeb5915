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
CREATE TABLE public.number_block (
    purpose text NOT NULL,
    next bigint NOT NULL
);
ALTER TABLE public.number_block OWNER TO claims_owner;
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
ALTER TABLE ONLY public.acknowledgment
    ADD CONSTRAINT acknowledgment_pkey PRIMARY KEY (submission_id, kind);
ALTER TABLE ONLY public.claim_finding
    ADD CONSTRAINT claim_finding_pkey PRIMARY KEY (claim_id, number);
ALTER TABLE ONLY public.claim_line
    ADD CONSTRAINT claim_line_pkey PRIMARY KEY (claim_id, number);
ALTER TABLE ONLY public.claim
    ADD CONSTRAINT claim_pkey PRIMARY KEY (claim_id);
ALTER TABLE ONLY public.claim_status
    ADD CONSTRAINT claim_status_pkey PRIMARY KEY (claim_id, version);
ALTER TABLE ONLY public.number_block
    ADD CONSTRAINT number_block_pkey PRIMARY KEY (purpose);
ALTER TABLE ONLY public.submission_finding
    ADD CONSTRAINT submission_finding_pkey PRIMARY KEY (submission_id, number);
ALTER TABLE ONLY public.submission
    ADD CONSTRAINT submission_number_key UNIQUE (number);
ALTER TABLE ONLY public.submission
    ADD CONSTRAINT submission_pkey PRIMARY KEY (submission_id);
CREATE UNIQUE INDEX claim_control_number ON public.claim USING btree (internal_control_number);
CREATE INDEX claim_listed ON public.claim USING btree (enrollment_id, submission_id, ordinal);
CREATE INDEX claim_patient_control_number ON public.claim USING btree (enrollment_id, patient_control_number);
CREATE INDEX submission_enrollment ON public.submission USING btree (enrollment_id, submission_id);
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
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.acknowledgment TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.acknowledgment TO claims_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.claim TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.claim TO claims_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.claim_finding TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.claim_finding TO claims_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.claim_line TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.claim_line TO claims_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.claim_status TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.claim_status TO claims_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.number_block TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.number_block TO claims_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.submission TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.submission TO claims_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.submission_finding TO claims_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.submission_finding TO claims_work;
GRANT USAGE ON SEQUENCE public.submission_number TO claims_web;
GRANT USAGE ON SEQUENCE public.submission_number TO claims_work;
INSERT INTO public.alembic_version VALUES ('0007');
