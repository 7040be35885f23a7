"""What came out of a lot, and how deep: a unit stays with one session of its site,
nothing is put on the skin out of a lot that was not usable on that day (DESIGN 2, 6),
and a zone has a pen's depth or a roller's needle length as its session has (CLINICAL
3.4), whoever writes it.
"""

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

CREATE FUNCTION topical_refuse_unusable() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE lot record; held record;
BEGIN
    IF NEW.lot_id IS NULL THEN
        RETURN NEW;
    ELSIF TG_OP = 'UPDATE' AND (OLD.lot_id, OLD.session_id)
        IS NOT DISTINCT FROM (NEW.lot_id, NEW.session_id)
    THEN
        RETURN NEW;
    END IF;
    SELECT kind, number, site_id, withdrawn_on, expires_on
        INTO lot FROM clinic_lot WHERE id = NEW.lot_id FOR SHARE;
    SELECT site_id, performed_on
        INTO held FROM treatments_treatmentsession WHERE id = NEW.session_id;
    IF lot.site_id <> held.site_id THEN
        RAISE EXCEPTION 'Lot % belongs to another site.', lot.number
            USING ERRCODE = 'restrict_violation';
    ELSIF lot.kind IN ('cartridge', 'roller') THEN
        RAISE EXCEPTION 'Lot % holds nothing for the skin.', lot.number
            USING ERRCODE = 'restrict_violation';
    ELSIF lot.expires_on < held.performed_on THEN
        RAISE EXCEPTION 'Lot % expired on %.', lot.number, lot.expires_on
            USING ERRCODE = 'restrict_violation';
    ELSIF lot.withdrawn_on <= held.performed_on THEN
        RAISE EXCEPTION 'Lot % was withdrawn on %.', lot.number, lot.withdrawn_on
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER topical_of_a_usable_lot
    BEFORE INSERT OR UPDATE ON treatments_sessiontopical
    FOR EACH ROW EXECUTE FUNCTION topical_refuse_unusable();

CREATE FUNCTION zone_refuse_other_device() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM treatments_treatmentsession s WHERE s.id = NEW.session_id
            AND ((s.device_kind = 'roller' AND NEW.depth_setting_mm IS NOT NULL)
                OR (s.device_kind <> 'roller' AND NEW.needle_length_mm IS NOT NULL))
    ) THEN
        RAISE EXCEPTION 'A pen has a depth setting, a roller a needle length.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER zone_of_its_device
    BEFORE INSERT OR UPDATE OF session_id, depth_setting_mm, needle_length_mm
    ON treatments_zonetreatment
    FOR EACH ROW EXECUTE FUNCTION zone_refuse_other_device();

CREATE FUNCTION session_refuse_other_device() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM treatments_zonetreatment z WHERE z.session_id = NEW.id
            AND (z.depth_setting_mm IS NOT NULL OR z.needle_length_mm IS NOT NULL)
    ) THEN
        RAISE EXCEPTION 'A session keeps its kind of device while a zone has a depth.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER session_keeps_its_device BEFORE UPDATE OF device_kind
    ON treatments_treatmentsession
    FOR EACH ROW WHEN (OLD.device_kind IS DISTINCT FROM NEW.device_kind)
    EXECUTE FUNCTION session_refuse_other_device();
"""
BACKWARD = """
DROP TRIGGER session_keeps_its_device ON treatments_treatmentsession;
DROP FUNCTION session_refuse_other_device();
DROP TRIGGER zone_of_its_device ON treatments_zonetreatment;
DROP FUNCTION zone_refuse_other_device();
DROP TRIGGER topical_of_a_usable_lot ON treatments_sessiontopical;
DROP FUNCTION topical_refuse_unusable();
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
