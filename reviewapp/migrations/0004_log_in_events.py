
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reviewapp', '0003_submission_version'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='event',
            name='event_kind_known',
        ),
        migrations.AddField(
            model_name='event',
            name='address',
            field=models.GenericIPAddressField(blank=True, null=True, verbose_name='from address'),
        ),
        migrations.AlterField(
            model_name='event',
            name='kind',
            field=models.CharField(choices=[('received', 'Received'), ('recognised', 'Read'), ('failed', 'Reading failed'), ('retried', 'Reading tried again'), ('claimed', 'Opened for review'), ('released', 'Released'), ('corrected', 'Corrected'), ('verified', 'Verified'), ('submitted', 'Submitted'), ('rejected', 'Rejected'), ('approved', 'Approved'), ('returned', 'Returned'), ('reopened', 'Reopened'), ('viewed', 'Viewed'), ('exported', 'Exported'), ('created', 'Created'), ('threshold_changed', 'Threshold changed'), ('rule_changed', 'Rule changed'), ('reflagged', 'Flagged anew'), ('key_made', 'Access key made'), ('key_revoked', 'Access key revoked'), ('reading_resumed', 'Reading by the cloud resumed'), ('logged_in', 'Logged in'), ('login_failed', 'Log-in failed'), ('logged_out', 'Logged out'), ('password_changed', 'Password changed')], max_length=30, verbose_name='event'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['received', 'recognised', 'failed', 'retried', 'claimed', 'released', 'corrected', 'verified', 'submitted', 'rejected', 'approved', 'returned', 'reopened', 'viewed', 'exported', 'created', 'threshold_changed', 'rule_changed', 'reflagged', 'key_made', 'key_revoked', 'reading_resumed', 'logged_in', 'login_failed', 'logged_out', 'password_changed'])), name='event_kind_known'),
        ),
    ]
