CREATE FUNCTION public.evidence_is_kept() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'what was signed or decided is kept as it was'; END $$;
ALTER FUNCTION public.evidence_is_kept() OWNER TO auth_owner;
CREATE TABLE public.agreement_signature (
    signature_id uuid NOT NULL,
    user_id uuid NOT NULL,
    agreement text NOT NULL,
    version text NOT NULL,
    digest bytea NOT NULL,
    means text NOT NULL,
    signed_at timestamp with time zone NOT NULL,
    valid_until timestamp with time zone NOT NULL,
    CONSTRAINT agreement_signature_means CHECK ((means = ANY (ARRAY['electronic'::text, 'account-file'::text])))
);
ALTER TABLE public.agreement_signature OWNER TO auth_owner;
CREATE TABLE public.api_client (
    client_id text NOT NULL,
    user_id uuid NOT NULL,
    public_key jsonb NOT NULL
);
ALTER TABLE public.api_client OWNER TO auth_owner;
CREATE TABLE public.attempt_count (
    key bytea NOT NULL,
    since timestamp with time zone NOT NULL,
    count integer NOT NULL
);
ALTER TABLE public.attempt_count OWNER TO auth_owner;
CREATE TABLE public.certification (
    certification_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    user_id uuid NOT NULL,
    enrollment_id uuid NOT NULL,
    verdict text NOT NULL,
    permissions text[] NOT NULL,
    decided_by uuid NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    certified_until timestamp with time zone,
    CONSTRAINT certification_verdict CHECK ((verdict = ANY (ARRAY['certify'::text, 'decline'::text])))
);
ALTER TABLE public.certification OWNER TO auth_owner;
CREATE TABLE public.credential (
    user_id uuid NOT NULL,
    password_hash text NOT NULL,
    changed_at timestamp with time zone NOT NULL
);
ALTER TABLE public.credential OWNER TO auth_owner;
CREATE TABLE public.enrollment (
    enrollment_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    npi text NOT NULL,
    ptan text NOT NULL,
    line_of_business text NOT NULL,
    pecos_active boolean NOT NULL,
    edi_agreement_signed boolean NOT NULL,
    effective timestamp with time zone NOT NULL,
    ends timestamp with time zone,
    tax_id text NOT NULL,
    submitters text[] NOT NULL
);
ALTER TABLE public.enrollment OWNER TO auth_owner;
CREATE TABLE public.failure (
    user_id uuid NOT NULL,
    recent timestamp with time zone[] NOT NULL,
    consecutive integer NOT NULL,
    locked_until timestamp with time zone,
    kind text NOT NULL,
    CONSTRAINT failure_kind CHECK ((kind = ANY (ARRAY['sign-in'::text, 'step-up'::text])))
);
ALTER TABLE public.failure OWNER TO auth_owner;
CREATE TABLE public.feed_file (
    digest bytea NOT NULL,
    name text NOT NULL,
    outcome text NOT NULL,
    at timestamp with time zone NOT NULL
);
ALTER TABLE public.feed_file OWNER TO auth_owner;
CREATE TABLE public.membership (
    user_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    role text NOT NULL
);
ALTER TABLE public.membership OWNER TO auth_owner;
CREATE TABLE public.organization (
    organization_id uuid NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    epoch bigint NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT organization_kind CHECK ((kind = ANY (ARRAY['provider'::text, 'vendor'::text, 'contractor'::text])))
);
ALTER TABLE public.organization OWNER TO auth_owner;
CREATE TABLE public.session (
    key bytea NOT NULL,
    kind text NOT NULL,
    user_id uuid NOT NULL,
    enrollment_id uuid,
    assurance smallint NOT NULL,
    factor_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    csrf text NOT NULL,
    ended_at timestamp with time zone,
    ended_reason text,
    idle interval NOT NULL,
    CONSTRAINT session_kind CHECK ((kind = ANY (ARRAY['person'::text, 'client'::text])))
);
ALTER TABLE public.session OWNER TO auth_owner;
CREATE TABLE public.sign_in_attempt (
    key bytea NOT NULL,
    user_id uuid NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
ALTER TABLE public.sign_in_attempt OWNER TO auth_owner;
CREATE TABLE public.totp (
    user_id uuid NOT NULL,
    secret text NOT NULL,
    last_counter bigint NOT NULL
);
ALTER TABLE public.totp OWNER TO auth_owner;
CREATE TABLE public.used_assertion (
    key bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
ALTER TABLE public.used_assertion OWNER TO auth_owner;
CREATE TABLE public.user_account (
    user_id uuid NOT NULL,
    kind text NOT NULL,
    login text NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    state text NOT NULL,
    rules_of_behavior_until timestamp with time zone NOT NULL,
    training_until timestamp with time zone NOT NULL,
    epoch bigint NOT NULL,
    version bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    rules_of_behavior_version text DEFAULT ''::text NOT NULL,
    CONSTRAINT user_account_kind CHECK ((kind = ANY (ARRAY['person'::text, 'client'::text]))),
    CONSTRAINT user_account_state CHECK ((state = ANY (ARRAY['active'::text, 'disabled'::text, 'removed'::text])))
);
ALTER TABLE public.user_account OWNER TO auth_owner;
CREATE TABLE public.user_grant (
    user_id uuid NOT NULL,
    enrollment_id uuid NOT NULL,
    permission text NOT NULL,
    effective timestamp with time zone NOT NULL,
    ends timestamp with time zone,
    certified_until timestamp with time zone NOT NULL,
    granted_by uuid
);
ALTER TABLE public.user_grant OWNER TO auth_owner;
CREATE TABLE public.vendor_authorization (
    organization_id uuid NOT NULL,
    vendor_id uuid NOT NULL
);
ALTER TABLE public.vendor_authorization OWNER TO auth_owner;
ALTER TABLE ONLY public.agreement_signature
    ADD CONSTRAINT agreement_signature_pkey PRIMARY KEY (signature_id);
ALTER TABLE ONLY public.api_client
    ADD CONSTRAINT api_client_pkey PRIMARY KEY (client_id);
ALTER TABLE ONLY public.api_client
    ADD CONSTRAINT api_client_user_id_key UNIQUE (user_id);
ALTER TABLE ONLY public.attempt_count
    ADD CONSTRAINT attempt_count_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.certification
    ADD CONSTRAINT certification_pkey PRIMARY KEY (certification_id);
ALTER TABLE ONLY public.credential
    ADD CONSTRAINT credential_pkey PRIMARY KEY (user_id);
ALTER TABLE ONLY public.enrollment
    ADD CONSTRAINT enrollment_pkey PRIMARY KEY (enrollment_id);
ALTER TABLE ONLY public.failure
    ADD CONSTRAINT failure_pkey PRIMARY KEY (user_id, kind);
ALTER TABLE ONLY public.feed_file
    ADD CONSTRAINT feed_file_pkey PRIMARY KEY (digest);
ALTER TABLE ONLY public.membership
    ADD CONSTRAINT membership_pkey PRIMARY KEY (user_id);
ALTER TABLE ONLY public.organization
    ADD CONSTRAINT organization_pkey PRIMARY KEY (organization_id);
ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.sign_in_attempt
    ADD CONSTRAINT sign_in_attempt_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.totp
    ADD CONSTRAINT totp_pkey PRIMARY KEY (user_id);
ALTER TABLE ONLY public.used_assertion
    ADD CONSTRAINT used_assertion_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.user_account
    ADD CONSTRAINT user_account_login_key UNIQUE (login);
ALTER TABLE ONLY public.user_account
    ADD CONSTRAINT user_account_pkey PRIMARY KEY (user_id);
ALTER TABLE ONLY public.user_grant
    ADD CONSTRAINT user_grant_pkey PRIMARY KEY (user_id, enrollment_id, permission);
ALTER TABLE ONLY public.vendor_authorization
    ADD CONSTRAINT vendor_authorization_pkey PRIMARY KEY (organization_id, vendor_id);
CREATE INDEX agreement_signature_user ON public.agreement_signature USING btree (user_id, signed_at);
CREATE INDEX certification_organization ON public.certification USING btree (organization_id, decided_at);
CREATE INDEX enrollment_organization ON public.enrollment USING btree (organization_id);
CREATE INDEX membership_organization ON public.membership USING btree (organization_id);
CREATE INDEX "session_user" ON public.session USING btree (user_id) WHERE (ended_at IS NULL);
CREATE INDEX vendor_authorization_vendor ON public.vendor_authorization USING btree (vendor_id);
CREATE TRIGGER agreement_signature_is_kept BEFORE DELETE OR UPDATE OR TRUNCATE ON public.agreement_signature FOR EACH STATEMENT EXECUTE FUNCTION public.evidence_is_kept();
CREATE TRIGGER certification_is_kept BEFORE DELETE OR UPDATE OR TRUNCATE ON public.certification FOR EACH STATEMENT EXECUTE FUNCTION public.evidence_is_kept();
ALTER TABLE ONLY public.agreement_signature
    ADD CONSTRAINT agreement_signature_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.user_account(user_id);
ALTER TABLE ONLY public.api_client
    ADD CONSTRAINT api_client_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.user_account(user_id);
ALTER TABLE ONLY public.certification
    ADD CONSTRAINT certification_enrollment_id_fkey FOREIGN KEY (enrollment_id) REFERENCES public.enrollment(enrollment_id);
ALTER TABLE ONLY public.certification
    ADD CONSTRAINT certification_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.user_account(user_id);
ALTER TABLE ONLY public.credential
    ADD CONSTRAINT credential_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.user_account(user_id);
ALTER TABLE ONLY public.enrollment
    ADD CONSTRAINT enrollment_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organization(organization_id);
ALTER TABLE ONLY public.failure
    ADD CONSTRAINT failure_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.user_account(user_id);
ALTER TABLE ONLY public.membership
    ADD CONSTRAINT membership_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organization(organization_id);
ALTER TABLE ONLY public.membership
    ADD CONSTRAINT membership_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.user_account(user_id);
ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.user_account(user_id);
ALTER TABLE ONLY public.sign_in_attempt
    ADD CONSTRAINT sign_in_attempt_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.user_account(user_id);
ALTER TABLE ONLY public.totp
    ADD CONSTRAINT totp_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.user_account(user_id);
ALTER TABLE ONLY public.user_grant
    ADD CONSTRAINT user_grant_enrollment_id_fkey FOREIGN KEY (enrollment_id) REFERENCES public.enrollment(enrollment_id);
ALTER TABLE ONLY public.user_grant
    ADD CONSTRAINT user_grant_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.user_account(user_id);
ALTER TABLE ONLY public.vendor_authorization
    ADD CONSTRAINT vendor_authorization_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organization(organization_id);
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agreement_signature TO auth_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agreement_signature TO auth_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.api_client TO auth_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.api_client TO auth_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.attempt_count TO auth_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.attempt_count TO auth_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.certification TO auth_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.certification TO auth_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.credential TO auth_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.credential TO auth_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.enrollment TO auth_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.enrollment TO auth_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.failure TO auth_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.failure TO auth_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.feed_file TO auth_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.feed_file TO auth_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.membership TO auth_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.membership TO auth_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.organization TO auth_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.organization TO auth_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.session TO auth_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.session TO auth_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sign_in_attempt TO auth_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sign_in_attempt TO auth_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.totp TO auth_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.totp TO auth_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.used_assertion TO auth_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.used_assertion TO auth_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_account TO auth_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_account TO auth_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_grant TO auth_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_grant TO auth_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.vendor_authorization TO auth_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.vendor_authorization TO auth_work;
INSERT INTO public.alembic_version VALUES ('0004');
INSERT INTO public.due_work (kind, subject, due_at, payload) VALUES ('import-feeds', 'all', now(), '{}');
INSERT INTO public.due_work (kind, subject, due_at, payload) VALUES ('sweep-sessions', 'all', now(), '{}');
INSERT INTO public.due_work (kind, subject, due_at, payload) VALUES ('republish-state', 'all', now(), '{}');
INSERT INTO public.due_work (kind, subject, due_at, payload) VALUES ('lapse-agreements', 'all', now(), '{}');
INSERT INTO public.due_work (kind, subject, due_at, payload) VALUES ('sweep-assertions', 'all', now(), '{}');
