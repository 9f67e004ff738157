"""A script that runs inside Label Studio: makes its tables, and people with their tokens, the first as the owner."""

import json
import sys

import django

django.setup()

# Its models can be imported only now.
from django.core.management import call_command  # noqa: E402
from organizations.models import Organization  # noqa: E402
from rest_framework.authtoken.models import Token  # noqa: E402
from users.models import User  # noqa: E402

call_command("migrate", verbosity=0)
tokens = {}
organisation = None
for email in sys.argv[1:]:
    person = User.objects.create_user(email=email, password="measured by itself")
    if organisation is None:
        organisation = Organization.create_organization(
            created_by=person, title="Bench", legacy_api_tokens_enabled=True
        )
    else:
        organisation.add_user(person)
    person.active_organization = organisation
    person.save()
    tokens[email] = Token.objects.get_or_create(user=person)[0].key
print(json.dumps(tokens))
