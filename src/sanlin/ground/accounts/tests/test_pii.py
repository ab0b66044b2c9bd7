"""The sealed field, on the table that has one."""

import pytest
from django.db import connection

from sanlin.ground.accounts.models import Account
from sanlin.ground.pii import Sealed, mark, seal, unseal

PHONE = "19900001234"


@pytest.mark.django_db
def test_a_phone_is_masked_before_and_after_it_is_kept():
    fresh = Account.objects.create_user("li", name="李秀英", phone=PHONE)
    again = Account.objects.get()
    for account in (fresh, again, Account(phone=PHONE)):
        assert (str(account.phone), repr(account.phone)) == ("199****1234", "<sealed 199****1234>")
        assert account.phone.reveal() == PHONE
    assert again.phone_mark == mark(PHONE)


@pytest.mark.django_db
def test_the_database_holds_no_plain_phone_and_no_two_seals_are_alike():
    for name in ("li", "wang"):
        Account.objects.create_user(name, name=name)
    for account in Account.objects.all():
        Account.objects.filter(pk=account.pk).update(phone=PHONE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM accounts_account")
        kept = [row[0] for row in cursor.fetchall()]
    assert len(set(kept)) == 2
    assert [unseal(text).reveal() for text in kept] == [PHONE, PHONE]
    assert PHONE not in "".join(kept)


def test_another_key_does_not_open_and_says_which_setting_to_look_at(settings):
    sealed = seal(PHONE)
    settings.PII_KEY = b"another key that is long enough."
    with pytest.raises(RuntimeError, match="SANLIN_PII_KEY"):
        unseal(sealed)
    assert mark(PHONE) != sealed


@pytest.mark.parametrize(
    ("plain", "shown"),
    [
        ("", ""),
        ("1234567", "******7"),
        (PHONE, "199****1234"),
        ("11010519491231002X", "110***********002X"),
    ],
)
def test_a_mask_leaves_what_tells_two_apart_and_no_more(plain, shown):
    assert str(Sealed(plain)) == shown
