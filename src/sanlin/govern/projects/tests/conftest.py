"""When and where the pages of projects are looked at."""

import pytest

from sanlin.commons.people.tests import scene
from sanlin.commons.people.tests.scene import NOW


@pytest.fixture
def at_the_time_of_the_round(monkeypatch, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    settings.SIDE = f"{scene.__name__}.no_doors"  # the frame's own queries are counted elsewhere
    monkeypatch.setattr("sanlin.ground.clock.now", lambda: NOW)
