"""Make the first administrator of a district, who then appoints everybody else on the pages.

    sanlin install 310115 --username fang --name 方华

The district comes from `sanlin import places`. The password is asked for, or read from the variable
SANLIN_PASSWORD where there is no terminal.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("district", help="code of the district, six digits")
    parser.add_argument("--username", required=True, help="what the administrator signs in with")
    parser.add_argument("--name", required=True, help="her name")
    parser.add_argument("--phone", default="", help="her phone, for codes")


def run(options: argparse.Namespace) -> int:
    """0 made; 2 where the district is not known, the name is taken or the password too weak."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.db import IntegrityError, transaction

    from sanlin.commons.people.actions import install
    from sanlin.commons.places.models import District
    from sanlin.ground import clock
    from sanlin.ground.accounts.models import Account

    district = District.objects.filter(code=options.district).first()
    if district is None:
        print(f"no district has the code {options.district}; import it first", file=sys.stderr)
        return 2
    password = os.getenv("SANLIN_PASSWORD") or getpass.getpass()
    try:
        validate_password(password)
        with transaction.atomic():
            account = Account.objects.create_user(
                options.username, password, name=options.name, phone=options.phone
            )
            install(district, account, by=None, now=clock.now())
    except ValidationError as bad:
        print(" ".join(bad.messages), file=sys.stderr)
        return 2
    except IntegrityError:
        print("this username or phone is taken", file=sys.stderr)
        return 2
    print(f"{options.name} administers {district}")
    return 0
