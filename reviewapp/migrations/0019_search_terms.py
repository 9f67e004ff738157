"""The index of search, filled from the records that are there; filters that people keep."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from reviewapp.search.fill import fill



def _compare_bytes(apps: Any, schema_editor: Any) -> None:
    """Let PostgreSQL compare terms as SQLite does: where a term begins is a range of bytes."""
    if schema_editor.connection.vendor == "postgresql":
        column = 'ALTER TABLE reviewapp_searchterm ALTER COLUMN term TYPE varchar(40) COLLATE "C"'
        schema_editor.execute(column)


def _fill(apps: Any, schema_editor: Any) -> None:
    fill(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('reviewapp', '0018_order_of_records'),
    ]

    operations = [
        migrations.CreateModel(
            name='SavedFilter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('query', models.CharField(help_text='of the address, without page and cursor', max_length=1000)),
            ],
        ),
        migrations.CreateModel(
            name='SearchTerm',
            fields=[
                ('pk', models.CompositePrimaryKey('kind', 'term', 'submission_id', 'position', blank=True, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('n', 'Name'), ('p', 'Pinyin'), ('c', 'Number'), ('e', 'End of a number'), ('w', 'File name')], max_length=1)),
                ('term', models.CharField(max_length=40)),
                ('submission', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='reviewapp.submission')),
                ('position', models.PositiveSmallIntegerField(help_text="of the field in the form; one behind the last for the file's name")),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='event',
            name='event_kind_known',
        ),
        migrations.AlterField(
            model_name='event',
            name='kind',
            field=models.CharField(choices=[('received', 'Received'), ('recognised', 'Read'), ('failed', 'Reading failed'), ('retried', 'Reading tried again'), ('claimed', 'Opened for review'), ('released', 'Given back'), ('taken_over', 'Taken over'), ('skipped', 'Skipped'), ('postponed', 'Postponed'), ('corrected', 'Corrected'), ('verified', 'Verified'), ('overridden', 'Kept against a rule'), ('marked', 'Marked'), ('submitted', 'Submitted'), ('sent_on', 'Sent to a second reader'), ('second_read', 'Read by a second person'), ('escalated', 'Supervisor asked'), ('answered', 'Question answered'), ('undone', 'Taken back'), ('override_seen', 'Override looked at'), ('rejected', 'Rejected'), ('approved', 'Approved'), ('returned', 'Returned'), ('reopened', 'Reopened'), ('voided', 'Approval voided'), ('amendment_asked', 'Correction asked for'), ('amendment_refused', 'Correction refused'), ('amendment_withdrawn', 'Correction withdrawn'), ('amended', 'Corrected after approval'), ('recalled', 'Recalled'), ('viewed', 'Viewed'), ('listed', 'Seen in a list'), ('picture_seen', 'Picture seen'), ('answer_seen', 'Raw answer seen'), ('history_seen', 'History seen'), ('searched', 'Searched'), ('exported', 'Exported'), ('downloaded', 'Export downloaded'), ('balance_overridden', 'Exported although it does not add up'), ('sealed', 'Sealed'), ('created', 'Created'), ('batch_changed', 'Batch changed'), ('threshold_changed', 'Threshold changed'), ('rule_changed', 'Rule changed'), ('reflagged', 'Flagged anew'), ('key_made', 'Access key made'), ('key_revoked', 'Access key revoked'), ('reading_resumed', 'Reading by the cloud resumed'), ('logged_in', 'Logged in'), ('login_failed', 'Log-in failed'), ('logged_out', 'Logged out'), ('password_changed', 'Password changed'), ('password_link_made', 'Password link made'), ('person_added', 'Person added'), ('person_changed', 'Person changed'), ('role_changed', 'Role changed'), ('rights_changed', 'Rights changed'), ('deactivated', 'Deactivated'), ('activated', 'Activated')], max_length=30, verbose_name='event'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['received', 'recognised', 'failed', 'retried', 'claimed', 'released', 'taken_over', 'skipped', 'postponed', 'corrected', 'verified', 'overridden', 'marked', 'submitted', 'sent_on', 'second_read', 'escalated', 'answered', 'undone', 'override_seen', 'rejected', 'approved', 'returned', 'reopened', 'voided', 'amendment_asked', 'amendment_refused', 'amendment_withdrawn', 'amended', 'recalled', 'viewed', 'listed', 'picture_seen', 'answer_seen', 'history_seen', 'searched', 'exported', 'downloaded', 'balance_overridden', 'sealed', 'created', 'batch_changed', 'threshold_changed', 'rule_changed', 'reflagged', 'key_made', 'key_revoked', 'reading_resumed', 'logged_in', 'login_failed', 'logged_out', 'password_changed', 'password_link_made', 'person_added', 'person_changed', 'role_changed', 'rights_changed', 'deactivated', 'activated'])), name='event_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='savedfilter',
            constraint=models.UniqueConstraint(fields=('owner', 'name'), name='filter_name_once_per_person'),
        ),
        migrations.AddConstraint(
            model_name='searchterm',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['n', 'p', 'c', 'e', 'w'])), name='search_term_kind_known'),
        ),
        migrations.AddIndex(model_name="submission", index=models.Index(fields=["reviewed_at"], name="submission_reviewed")),
                migrations.RunPython(_compare_bytes, migrations.RunPython.noop),
        migrations.RunPython(_fill, migrations.RunPython.noop),
    ]
