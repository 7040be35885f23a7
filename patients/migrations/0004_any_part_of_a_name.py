"""An index on every three letters in a row of a name, for the search by any part."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION letters_in_threes(name text) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ARRAY(SELECT substr(name, place, 3)
        FROM generate_series(1, length(name) - 2) AS place)
$$;
CREATE INDEX patient_by_any_part ON patients_patient
    USING gin (letters_in_threes(search_name));
"""
BACKWARD = """
DROP INDEX patient_by_any_part;
DROP FUNCTION letters_in_threes(text);
"""


class Migration(migrations.Migration):
    dependencies = [("patients", "0003_facts_and_consents_only_end")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
