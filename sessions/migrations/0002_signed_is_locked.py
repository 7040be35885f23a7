"""A signed session is locked, events and scores are kept, the dead are not booked."""

from django.db import migrations

CHILDREN = ["zonetreatment", "sessionunit", "sessiontopical", "checklisttick",
            "depthoverride", "sheettap", "takeover"]

FORWARD = """
CREATE FUNCTION session_refuse_when_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.signed_at IS NOT NULL THEN
        RAISE EXCEPTION 'A signed session is locked: write an addition.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER session_locked BEFORE UPDATE OR DELETE ON treatments_treatmentsession
    FOR EACH ROW EXECUTE FUNCTION session_refuse_when_signed();

CREATE FUNCTION part_refuse_when_signed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE signed timestamptz;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT signed_at INTO signed FROM treatments_treatmentsession
            WHERE id = OLD.session_id FOR SHARE;
    END IF;
    IF signed IS NULL AND TG_OP <> 'DELETE' THEN
        SELECT signed_at INTO signed FROM treatments_treatmentsession
            WHERE id = NEW.session_id FOR SHARE;
    END IF;
    IF signed IS NOT NULL THEN
        RAISE EXCEPTION 'A signed session is locked: write an addition.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;

CREATE FUNCTION event_refuse_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A clinical record is kept: % on % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER event_never_deleted BEFORE DELETE ON treatments_adverseevent
    FOR EACH ROW EXECUTE FUNCTION event_refuse_delete();
CREATE TRIGGER score_never_deleted BEFORE DELETE ON treatments_score
    FOR EACH ROW EXECUTE FUNCTION event_refuse_delete();
CREATE TRIGGER addition_never_changed BEFORE UPDATE OR DELETE ON treatments_addition
    FOR EACH ROW EXECUTE FUNCTION event_refuse_delete();
CREATE TRIGGER take_over_never_changed
    BEFORE UPDATE OR DELETE ON treatments_takeover
    FOR EACH ROW EXECUTE FUNCTION event_refuse_delete();
CREATE TRIGGER depth_override_never_changed
    BEFORE UPDATE OR DELETE ON treatments_depthoverride
    FOR EACH ROW EXECUTE FUNCTION event_refuse_delete();

CREATE FUNCTION score_refuse_new_value() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.value, OLD.scale, OLD.variant, OLD.rated_on, OLD.condition_id, OLD.items)
       IS DISTINCT FROM
       (NEW.value, NEW.scale, NEW.variant, NEW.rated_on, NEW.condition_id, NEW.items)
       OR OLD.withdrawn_at IS NOT NULL THEN
        RAISE EXCEPTION 'A reading is kept: withdraw it and score again.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER score_value_kept BEFORE UPDATE ON treatments_score
    FOR EACH ROW EXECUTE FUNCTION score_refuse_new_value();

CREATE FUNCTION visit_refuse_the_dead() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status NOT IN ('missed', 'cancelled', 'done') AND EXISTS (
        SELECT 1 FROM patients_patient WHERE id = NEW.patient_id AND is_deceased
    ) THEN
        RAISE EXCEPTION 'This patient has died and cannot be booked.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER visit_of_the_living BEFORE INSERT OR UPDATE ON treatments_visit
    FOR EACH ROW EXECUTE FUNCTION visit_refuse_the_dead();
""" + "".join(
    f"""
CREATE TRIGGER {name}_locked BEFORE INSERT OR UPDATE OR DELETE ON treatments_{name}
    FOR EACH ROW EXECUTE FUNCTION part_refuse_when_signed();
"""
    for name in CHILDREN
)
BACKWARD = (
    "".join(f"DROP TRIGGER {name}_locked ON treatments_{name};\n" for name in CHILDREN)
    + """
DROP TRIGGER visit_of_the_living ON treatments_visit;
DROP FUNCTION visit_refuse_the_dead();
DROP TRIGGER score_value_kept ON treatments_score;
DROP FUNCTION score_refuse_new_value();
DROP TRIGGER take_over_never_changed ON treatments_takeover;
DROP TRIGGER depth_override_never_changed ON treatments_depthoverride;
DROP TRIGGER addition_never_changed ON treatments_addition;
DROP TRIGGER score_never_deleted ON treatments_score;
DROP TRIGGER event_never_deleted ON treatments_adverseevent;
DROP FUNCTION event_refuse_delete();
DROP TRIGGER session_locked ON treatments_treatmentsession;
DROP FUNCTION part_refuse_when_signed();
DROP FUNCTION session_refuse_when_signed();
"""
)


class Migration(migrations.Migration):
    dependencies = [
        ("treatments", "0001_initial"),
        ("patients", "0002_kept_records"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
