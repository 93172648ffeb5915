-- One claim of December 2024, by the time in its id, as the first schema had it.
INSERT INTO claim (claim_id, submission_id, ordinal, enrollment_id, state, category, status_code, internal_control_number,
    patient_control_number, patient, beneficiary_token, total_charge_cents, billing_npi, rendering_npi, place_of_service,
    diagnoses, received_on)
VALUES ('0193c79d-6000-8000-8000-000000000001', '0193c79d-6000-7000-8000-000000000001', 1,
    '01932f00-0000-7000-8000-00000000000a', 'accepted', 'A2', '20', '2226324000001', 'P-1', '', '', 10000, '1234567893',
    '', '11', '', '2026-11-20');
