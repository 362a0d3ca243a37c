"""Ink maps of drawn rows, turned any way: the last way they may lie is level and upright."""

from __future__ import annotations

import numpy as np
import pytest

from inkdigit._pixels.transform import IDENTITY
from inkdigit._segment.level import Way, ways_up
from inkdigit.labels import log_softmax


@pytest.fixture
def score(session):
    """The scores of a session that knows the digits that are drawn."""
    return lambda rasters: log_softmax(session.run(rasters[:, None])[0])


def turn_of(to_map) -> float:
    """How far the first map's rows are turned clockwise, as the transform says, 0 to 360."""
    a, _, _, d, *_ = to_map.matrix
    return float(np.rad2deg(np.arctan2(d, a))) % 360


@pytest.mark.parametrize("degrees", [-30, -7, 0, 12, 40])
@pytest.mark.parametrize("quarter", [0, 1, 2, 3])
def test_page_is_turned_upright(turned_page, score, degrees, quarter):
    page = np.rot90(turned_page("31524", "70593", degrees=degrees), -quarter)
    way = ways_up(page, score)[-1]
    off = (turn_of(way.to_map) - 90 * quarter - degrees + 180) % 360 - 180
    assert abs(off) <= 3


@pytest.mark.parametrize("text", ["6", "9", "69", "1", "11", "808", "5"])
def test_what_reads_as_well_upright_stays(turned_page, score, text):
    page = turned_page(text)
    (way,) = ways_up(page, score)
    assert np.array_equal(way.ink_map, page)
    assert turn_of(way.to_map) == 0


def test_page_of_sure_digits_lies_one_way_only(turned_page):
    def sure(rasters):
        return np.log(np.tile([0.97] + 10 * [0.003], (len(rasters), 1)))

    assert len(ways_up(turned_page("31524", "80493"), sure)) == 1


def test_bare_map_stays(score):
    bare = np.zeros((40, 50), np.float32)
    (way,) = ways_up(bare, score)
    assert not way.ink_map.any()


def test_one_digit_is_not_turned_by_a_small_angle(turned_page, score):
    for degrees in (15, -20):
        (way,) = ways_up(turned_page("7", degrees=degrees), score)
        assert turn_of(way.to_map) == 0


def test_digits_read_surely_weigh_more(turned_page, score):
    (way,) = ways_up(turned_page("31524"), score)
    nothing = way.weigh([])
    assert way.weigh([(None, 0.9)]) == nothing
    assert nothing < way.weigh([(7, 0.5)]) < way.weigh([(7, 0.9)])
    # A stroke reads as a one upside down, too.
    assert way.weigh([(1, 0.9)]) < way.weigh([(7, 0.5)])


def test_a_drawing_is_turned_only_on_strong_evidence(turned_page, score):
    few, many = turned_page("31"), turned_page("31524", "70593")
    assert len(ways_up(np.rot90(few, 2), score)) == 2
    assert len(ways_up(np.rot90(few, 2), score, drawn=True)) == 1
    assert len(ways_up(np.rot90(many, 2), score, drawn=True)) == 2


def test_a_drawing_is_turned_level_only_on_strong_evidence(turned_page, score):
    few, many = (turned_page(text, degrees=15) for text in ("315", "3152470"))
    assert turn_of(ways_up(few, score)[0].to_map) != 0
    assert turn_of(ways_up(few, score, drawn=True)[0].to_map) == 0
    assert abs(turn_of(ways_up(many, score, drawn=True)[0].to_map) - 15) <= 3


def test_the_way_that_reads_most_surely_weighs_most(turned_page):
    upright = Way(turned_page("7"), IDENTITY, 0.0)
    turned = Way(upright.ink_map, IDENTITY, -3.0)
    assert upright.weigh([(7, 0.95)] * 4) > turned.weigh([(8, 0.97)])
    assert upright.weigh([(7, 0.5)] * 5) < turned.weigh([(7, 0.95)] * 6)
    assert upright.weigh([(None, 0.9)]) == upright.weigh([]) == 0
