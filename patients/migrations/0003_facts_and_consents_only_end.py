"""A fact can be ended or withdrawn, a consent withdrawn, once; nothing else changes."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION fact_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE now_row jsonb := to_jsonb(NEW) - ARRAY['stopped_on', 'ended', 'withdrawn_at', 'withdrawn_by_id'];
        old_row jsonb := to_jsonb(OLD) - ARRAY['stopped_on', 'ended', 'withdrawn_at', 'withdrawn_by_id'];
BEGIN
    IF OLD.withdrawn_at IS NOT NULL OR now_row <> old_row THEN
        RAISE EXCEPTION 'A history fact is ended or withdrawn, never rewritten.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fact_only_ends BEFORE UPDATE ON patients_historyfact
    FOR EACH ROW EXECUTE FUNCTION fact_refuse_rewriting();

CREATE FUNCTION consent_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE now_row jsonb := to_jsonb(NEW) - ARRAY['withdrawn_at', 'withdrawn_by_id', 'withdrawn_reason'];
        old_row jsonb := to_jsonb(OLD) - ARRAY['withdrawn_at', 'withdrawn_by_id', 'withdrawn_reason'];
BEGIN
    IF OLD.withdrawn_at IS NOT NULL OR now_row <> old_row THEN
        RAISE EXCEPTION 'A consent is withdrawn, never rewritten.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consent_only_withdrawn BEFORE UPDATE ON patients_consent
    FOR EACH ROW EXECUTE FUNCTION consent_refuse_rewriting();
"""
BACKWARD = """
DROP TRIGGER consent_only_withdrawn ON patients_consent;
DROP FUNCTION consent_refuse_rewriting();
DROP TRIGGER fact_only_ends ON patients_historyfact;
DROP FUNCTION fact_refuse_rewriting();
"""


class Migration(migrations.Migration):
    dependencies = [("patients", "0002_kept_records")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
