-- +goose Up
-- Recovery codes are stored with a password hash and a salt of their set. Those with the former hash, which was never released, are gone:
-- their owners make new ones.
DELETE FROM recovery_codes;
