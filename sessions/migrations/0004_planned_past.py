"""A prescriber's reason to plan past the gap rule; it is only ever added."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


FORWARD = """
CREATE TRIGGER planned_past_never_changed
    BEFORE UPDATE OR DELETE ON treatments_plannedpast
    FOR EACH ROW EXECUTE FUNCTION event_refuse_delete();
"""
BACKWARD = "DROP TRIGGER planned_past_never_changed ON treatments_plannedpast;"


class Migration(migrations.Migration):

    dependencies = [
        ('treatments', '0003_units_stay'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PlannedPast',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20)),
                ('sentence', models.TextField()),
                ('reason', models.TextField(verbose_name='reason')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='planned_past', to='treatments.visit')),
            ],
            options={
                'indexes': [models.Index(fields=['visit', 'at'], name='planned_past_latest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='planned_past_has_reason', violation_error_message='Write down why.')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
