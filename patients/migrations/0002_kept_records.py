"""What was recorded stays: facts, consents, completed screenings, overrides."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION record_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A clinical record is kept: % on % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER fact_never_deleted BEFORE DELETE ON patients_historyfact
    FOR EACH ROW EXECUTE FUNCTION record_refuse();
CREATE TRIGGER consent_never_deleted BEFORE DELETE ON patients_consent
    FOR EACH ROW EXECUTE FUNCTION record_refuse();
CREATE TRIGGER override_never_changed BEFORE UPDATE OR DELETE ON patients_ruleoverride
    FOR EACH ROW EXECUTE FUNCTION record_refuse();
CREATE TRIGGER break_glass_never_changed BEFORE UPDATE OR DELETE ON patients_breakglass
    FOR EACH ROW EXECUTE FUNCTION record_refuse();

CREATE FUNCTION consent_text_refuse_when_used() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM patients_consent WHERE text_id = OLD.id) THEN
        RAISE EXCEPTION 'A consent text somebody agreed to is kept: publish a new version.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER consent_text_kept BEFORE UPDATE OR DELETE ON patients_consenttext
    FOR EACH ROW EXECUTE FUNCTION consent_text_refuse_when_used();

CREATE FUNCTION screening_refuse_when_completed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.completed_at IS NOT NULL THEN
        RAISE EXCEPTION 'A completed screening is kept: start a new one.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER screening_kept BEFORE UPDATE OR DELETE ON patients_screening
    FOR EACH ROW EXECUTE FUNCTION screening_refuse_when_completed();

CREATE FUNCTION answer_refuse_when_completed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE done timestamptz;
BEGIN
    SELECT completed_at INTO done FROM patients_screening
        WHERE id = COALESCE(NEW.screening_id, OLD.screening_id) FOR SHARE;
    IF done IS NOT NULL THEN
        RAISE EXCEPTION 'A completed screening is kept: start a new one.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER answer_kept BEFORE INSERT OR UPDATE OR DELETE ON patients_screeninganswer
    FOR EACH ROW EXECUTE FUNCTION answer_refuse_when_completed();
"""
BACKWARD = """
DROP TRIGGER answer_kept ON patients_screeninganswer;
DROP FUNCTION answer_refuse_when_completed();
DROP TRIGGER screening_kept ON patients_screening;
DROP FUNCTION screening_refuse_when_completed();
DROP TRIGGER consent_text_kept ON patients_consenttext;
DROP FUNCTION consent_text_refuse_when_used();
DROP TRIGGER break_glass_never_changed ON patients_breakglass;
DROP TRIGGER override_never_changed ON patients_ruleoverride;
DROP TRIGGER consent_never_deleted ON patients_consent;
DROP TRIGGER fact_never_deleted ON patients_historyfact;
DROP FUNCTION record_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("patients", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
