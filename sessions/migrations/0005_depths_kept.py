"""What a report asks of each session is kept at its signature, by the database.

The zones of a signed session are locked, so what is taken from them then can never
differ from them. It is no part of the record's fingerprint: the zones are.
"""

from django.db import migrations, models

FORWARD = """
CREATE FUNCTION session_keep_depths() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT max(COALESCE(zone.depth_setting_mm, zone.needle_length_mm)),
           COALESCE(bool_or(COALESCE(zone.depth_setting_mm, zone.needle_length_mm)
                    > limits.high_mm), false)
      INTO NEW.deepest_mm, NEW.past_protocol
      FROM treatments_zonetreatment zone
      LEFT JOIN treatments_plan plan ON plan.id = NEW.plan_id
      LEFT JOIN treatments_protocolzone limits
             ON limits.protocol_id = plan.protocol_id AND limits.zone = zone.zone
     WHERE zone.session_id = NEW.id AND NOT zone.is_left_out;
    RETURN NEW;
END $$;
CREATE TRIGGER session_keep_depths BEFORE UPDATE ON treatments_treatmentsession
    FOR EACH ROW WHEN (NEW.signed_at IS NOT NULL)
    EXECUTE FUNCTION session_keep_depths();

-- Sessions that were signed before get theirs now, once, past the lock.
ALTER TABLE treatments_treatmentsession DISABLE TRIGGER session_locked;
UPDATE treatments_treatmentsession SET version = version WHERE signed_at IS NOT NULL;
ALTER TABLE treatments_treatmentsession ENABLE TRIGGER session_locked;
"""
BACKWARD = """
DROP TRIGGER session_keep_depths ON treatments_treatmentsession;
DROP FUNCTION session_keep_depths();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('treatments', '0004_planned_past'),
    ]

    operations = [
        migrations.AddField(
            model_name='treatmentsession',
            name='deepest_mm',
            field=models.DecimalField(decimal_places=2, editable=False, max_digits=4, null=True),
        ),
        migrations.AddField(
            model_name='treatmentsession',
            name='past_protocol',
            field=models.BooleanField(editable=False, null=True),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.AddConstraint(
            model_name='treatmentsession',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('signed_at__isnull', True), ('deepest_mm__isnull', True), ('past_protocol__isnull', True)), models.Q(('signed_at__isnull', False), ('past_protocol__isnull', False)), _connector='OR'), name='session_depths_of_the_signed'),
        ),
        migrations.RemoveIndex(
            model_name='treatmentsession',
            name='session_of_plan',
        ),
        migrations.AddIndex(
            model_name='treatmentsession',
            index=models.Index(condition=models.Q(('signed_at__isnull', False)), fields=['plan', 'performed_on'], include=('deepest_mm', 'past_protocol'), name='session_of_plan'),
        ),
        migrations.RemoveIndex(
            model_name='score',
            name='score_of_plan',
        ),
        migrations.AddIndex(
            model_name='score',
            index=models.Index(condition=models.Q(('withdrawn_at__isnull', True)), fields=['plan', 'scale', 'rated_on', 'id'], name='score_of_plan'),
        ),
    ]
