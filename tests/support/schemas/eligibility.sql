CREATE TABLE public.guess (
    user_id uuid NOT NULL,
    beneficiary_token text NOT NULL,
    count smallint NOT NULL,
    since timestamp with time zone NOT NULL
);
ALTER TABLE public.guess OWNER TO eligibility_owner;
CREATE TABLE public.inquiry (
    inquiry_id uuid NOT NULL,
    enrollment_id uuid NOT NULL,
    asked_by uuid NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    state text NOT NULL,
    trace text NOT NULL,
    beneficiary_token text NOT NULL,
    question text NOT NULL,
    answer text,
    codes text DEFAULT ''::text NOT NULL,
    answered_at timestamp with time zone,
    CONSTRAINT inquiry_state CHECK ((state = ANY (ARRAY['pending'::text, 'answered'::text, 'refused'::text, 'unreadable'::text, 'no-answer'::text])))
);
ALTER TABLE ONLY public.inquiry FORCE ROW LEVEL SECURITY;
ALTER TABLE public.inquiry OWNER TO eligibility_owner;
ALTER TABLE ONLY public.guess
    ADD CONSTRAINT guess_pkey PRIMARY KEY (user_id, beneficiary_token);
ALTER TABLE ONLY public.inquiry
    ADD CONSTRAINT inquiry_pkey PRIMARY KEY (inquiry_id);
ALTER TABLE ONLY public.inquiry
    ADD CONSTRAINT inquiry_trace_key UNIQUE (trace);
CREATE INDEX inquiry_enrollment ON public.inquiry USING btree (enrollment_id, asked_at);
CREATE INDEX inquiry_pending ON public.inquiry USING btree (asked_at) WHERE (state = 'pending'::text);
ALTER TABLE public.inquiry ENABLE ROW LEVEL SECURITY;
CREATE POLICY inquiry_acting ON public.inquiry USING ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = inquiry.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text))))))) WITH CHECK ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = inquiry.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text)))))));
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.guess TO eligibility_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.guess TO eligibility_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.inquiry TO eligibility_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.inquiry TO eligibility_work;
INSERT INTO public.alembic_version VALUES ('0002');
INSERT INTO public.due_work (kind, subject, due_at, payload) VALUES ('sweep-inquiries', 'all', now(), '{}');
