"""A unit belongs to one session for ever, and to one of its own site (DESIGN 2)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION session_unit_refuse_another_site() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM clinic_unit u JOIN clinic_lot l ON l.id = u.lot_id
            JOIN treatments_treatmentsession s ON s.site_id = l.site_id
            WHERE u.id = NEW.unit_id AND s.id = NEW.session_id
    ) THEN
        RAISE EXCEPTION 'This unit belongs to another site.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER session_unit_of_its_site BEFORE INSERT ON treatments_sessionunit
    FOR EACH ROW EXECUTE FUNCTION session_unit_refuse_another_site();

CREATE FUNCTION session_unit_refuse_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
        OR (OLD.unit_id, OLD.session_id) IS DISTINCT FROM (NEW.unit_id, NEW.session_id)
    THEN
        RAISE EXCEPTION 'An opened unit stays with its session.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER session_unit_stays BEFORE UPDATE OR DELETE ON treatments_sessionunit
    FOR EACH ROW EXECUTE FUNCTION session_unit_refuse_move();
"""
BACKWARD = """
DROP TRIGGER session_unit_stays ON treatments_sessionunit;
DROP FUNCTION session_unit_refuse_move();
DROP TRIGGER session_unit_of_its_site ON treatments_sessionunit;
DROP FUNCTION session_unit_refuse_another_site();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("treatments", "0002_signed_is_locked"),
        ("clinic", "0004_units_once"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
