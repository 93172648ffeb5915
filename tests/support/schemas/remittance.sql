CREATE TABLE public.known_claim (
    internal_control_number text NOT NULL,
    claim_id uuid NOT NULL,
    enrollment_id uuid NOT NULL,
    sealed_lines text DEFAULT ''::text NOT NULL
);
ALTER TABLE ONLY public.known_claim FORCE ROW LEVEL SECURITY;
ALTER TABLE public.known_claim OWNER TO remittance_owner;
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
ALTER TABLE ONLY public.known_claim
    ADD CONSTRAINT known_claim_pkey PRIMARY KEY (internal_control_number);
ALTER TABLE ONLY public.remittance
    ADD CONSTRAINT remittance_pkey PRIMARY KEY (remittance_id);
ALTER TABLE ONLY public.remittance
    ADD CONSTRAINT remittance_trace UNIQUE (enrollment_id, payer_identifier, trace_number);
ALTER TABLE ONLY public.remitted_claim
    ADD CONSTRAINT remitted_claim_pkey PRIMARY KEY (remittance_id, number);
ALTER TABLE ONLY public.remitted_line
    ADD CONSTRAINT remitted_line_pkey PRIMARY KEY (remittance_id, claim_number, number);
CREATE INDEX remittance_enrollment ON public.remittance USING btree (enrollment_id, issued_on);
CREATE INDEX remitted_claim_icn ON public.remitted_claim USING btree (internal_control_number);
CREATE INDEX remitted_claim_patient_control_number ON public.remitted_claim USING btree (enrollment_id, patient_control_number);
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
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.known_claim TO remittance_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.known_claim TO remittance_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.remittance TO remittance_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.remittance TO remittance_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.remitted_claim TO remittance_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.remitted_claim TO remittance_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.remitted_line TO remittance_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.remitted_line TO remittance_work;
INSERT INTO public.alembic_version VALUES ('0003');
