CREATE TABLE public.item (
    item_id uuid NOT NULL,
    enrollment_id uuid NOT NULL,
    user_id uuid,
    kind text NOT NULL,
    object_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    count integer NOT NULL,
    amount_cents bigint NOT NULL,
    number text NOT NULL,
    outcome text NOT NULL,
    CONSTRAINT item_kind CHECK ((kind = ANY (ARRAY['file-sent'::text, 'claims-not-accepted'::text, 'inquiry'::text, 'remittance'::text, 'appeal-filed'::text, 'appeal-decided'::text, 'appeal-reconsidered'::text])))
);
ALTER TABLE ONLY public.item FORCE ROW LEVEL SECURITY;
ALTER TABLE public.item OWNER TO portal_owner;
CREATE TABLE public.portal_state (
    contract_id text NOT NULL,
    generation bigint NOT NULL,
    version bigint NOT NULL,
    document jsonb NOT NULL
);
ALTER TABLE public.portal_state OWNER TO portal_owner;
ALTER TABLE ONLY public.item
    ADD CONSTRAINT item_pkey PRIMARY KEY (item_id);
ALTER TABLE ONLY public.portal_state
    ADD CONSTRAINT portal_state_pkey PRIMARY KEY (contract_id);
CREATE INDEX item_at ON public.item USING btree (at);
CREATE INDEX item_of_enrollment ON public.item USING btree (enrollment_id, at);
ALTER TABLE public.item ENABLE ROW LEVEL SECURITY;
CREATE POLICY item_acting ON public.item USING ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = item.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text))))))) WITH CHECK ((((enrollment_id = (NULLIF(current_setting('portico.enrollment'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.access_grant g
  WHERE ((g.enrollment_id = item.enrollment_id) AND (g.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid))))) OR ((current_setting('portico.staff'::text, true) = 'yes'::text) AND (EXISTS ( SELECT 1
   FROM (public.access_user u
     JOIN public.access_organization o USING (organization_id))
  WHERE ((u.user_id = (NULLIF(current_setting('portico.user'::text, true), ''::text))::uuid) AND ((u.document ->> 'state'::text) = 'active'::text) AND ((o.document ->> 'kind'::text) = 'contractor'::text)))))));
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.item TO portal_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.item TO portal_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.portal_state TO portal_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.portal_state TO portal_work;
INSERT INTO public.alembic_version VALUES ('0003');
