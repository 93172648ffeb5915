-- One user with grants for two enrollments, one of them of the organization that is known, as the first schema had it.
INSERT INTO access_user VALUES ('01932f00-0000-7000-8000-00000000000a', 1, 1, 1, '01932f00-0000-7000-8000-00000000000a',
    '{"state": "active", "grants": [
        {"enrollment_id": "01932f00-0000-7000-8000-00000000000a", "permission": "claims.status"},
        {"enrollment_id": "01932f00-0000-7000-8000-00000000000b", "permission": "claims.submit"}]}');
INSERT INTO access_organization VALUES ('01932f00-0000-7000-8000-00000000000a', 1, 1, 1,
    '{"name": "Clinic", "enrollments": [
        {"enrollment_id": "01932f00-0000-7000-8000-00000000000a", "npi": "1234567893"}]}');
INSERT INTO access_grant VALUES ('01932f00-0000-7000-8000-00000000000a', '01932f00-0000-7000-8000-00000000000a');
INSERT INTO access_enrollment VALUES ('01932f00-0000-7000-8000-00000000000a', '01932f00-0000-7000-8000-00000000000a');
