"""A unit is opened out of a usable lot, once, and stays what it is (DESIGN 2, 6)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION unit_refuse_unusable() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE lot record; day date;
BEGIN
    SELECT l.kind, l.number, l.quantity, l.withdrawn_on, l.expires_on, s.time_zone
        INTO lot FROM clinic_lot l JOIN clinic_site s ON s.id = l.site_id
        WHERE l.id = NEW.lot_id FOR NO KEY UPDATE OF l;
    day := (NEW.opened_at AT TIME ZONE lot.time_zone)::date;
    IF lot.kind NOT IN ('cartridge', 'roller') THEN
        RAISE EXCEPTION 'Only cartridges and rollers are opened one by one.'
            USING ERRCODE = 'restrict_violation';
    ELSIF lot.expires_on < day THEN
        RAISE EXCEPTION 'Lot % expired on %.', lot.number, lot.expires_on
            USING ERRCODE = 'restrict_violation';
    ELSIF lot.withdrawn_on <= day THEN
        RAISE EXCEPTION 'Lot % was withdrawn on %.', lot.number, lot.withdrawn_on
            USING ERRCODE = 'restrict_violation';
    ELSIF (SELECT count(*) FROM clinic_unit WHERE lot_id = NEW.lot_id) >= lot.quantity THEN
        RAISE EXCEPTION 'Every unit of lot % was opened.', lot.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER unit_of_a_usable_lot BEFORE INSERT ON clinic_unit
    FOR EACH ROW EXECUTE FUNCTION unit_refuse_unusable();

CREATE FUNCTION unit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'An opened unit stays opened: % on % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER unit_stays_opened BEFORE UPDATE OR DELETE ON clinic_unit
    FOR EACH ROW EXECUTE FUNCTION unit_refuse_change();
"""
BACKWARD = """
DROP TRIGGER unit_stays_opened ON clinic_unit;
DROP FUNCTION unit_refuse_change();
DROP TRIGGER unit_of_a_usable_lot ON clinic_unit;
DROP FUNCTION unit_refuse_unusable();
"""


class Migration(migrations.Migration):
    dependencies = [("clinic", "0003_the_demos_day")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
