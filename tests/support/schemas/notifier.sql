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
ALTER TABLE ONLY public.contractor_alert_attempt
    ADD CONSTRAINT contractor_alert_attempt_pkey PRIMARY KEY (interruption_id, sequence, channel, attempt);
ALTER TABLE ONLY public.contractor_alert
    ADD CONSTRAINT contractor_alert_message_id_key UNIQUE (message_id);
ALTER TABLE ONLY public.contractor_alert
    ADD CONSTRAINT contractor_alert_pkey PRIMARY KEY (interruption_id, sequence, channel);
ALTER TABLE ONLY public.function_activity
    ADD CONSTRAINT function_activity_pkey PRIMARY KEY (contract_id, function, day, counter);
ALTER TABLE ONLY public.function_performance
    ADD CONSTRAINT function_performance_pkey PRIMARY KEY (function);
ALTER TABLE ONLY public.interruption_change
    ADD CONSTRAINT interruption_change_pkey PRIMARY KEY (interruption_id, sequence);
ALTER TABLE ONLY public.interruption
    ADD CONSTRAINT interruption_pkey PRIMARY KEY (interruption_id);
ALTER TABLE ONLY public.message
    ADD CONSTRAINT message_pkey PRIMARY KEY (message_id);
ALTER TABLE ONLY public.portal_state
    ADD CONSTRAINT portal_state_pkey PRIMARY KEY (contract_id);
ALTER TABLE ONLY public.retraction_request
    ADD CONSTRAINT retraction_request_pkey PRIMARY KEY (interruption_id);
CREATE UNIQUE INDEX interruption_one_open ON public.interruption USING btree (contract_id, fault_domain) WHERE (state = 'open'::text);
CREATE INDEX interruption_started ON public.interruption USING btree (started_at);
ALTER TABLE ONLY public.interruption_change
    ADD CONSTRAINT interruption_change_interruption_id_fkey FOREIGN KEY (interruption_id) REFERENCES public.interruption(interruption_id);
ALTER TABLE ONLY public.retraction_request
    ADD CONSTRAINT retraction_request_interruption_id_fkey FOREIGN KEY (interruption_id) REFERENCES public.interruption(interruption_id);
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.contractor_alert TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.contractor_alert TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.contractor_alert_attempt TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.contractor_alert_attempt TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.function_activity TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.function_activity TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.function_performance TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.function_performance TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.interruption TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.interruption TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.interruption_change TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.interruption_change TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.message TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.message TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.portal_state TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.portal_state TO notifier_work;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.retraction_request TO notifier_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.retraction_request TO notifier_work;
INSERT INTO public.alembic_version VALUES ('0002');
