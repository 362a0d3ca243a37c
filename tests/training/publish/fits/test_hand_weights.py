"""The fit of how remembered glyphs count."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from inkdigit._decode.hand import Hand, HandRule, _unit
from inkdigit.labels import DIGITS, NOT_DIGIT
from inkdigit.session import BUNDLED_MODEL, OnnxSession
from inkdigit_train.data.hands import made_hands
from inkdigit_train.data.records import InkRecord, write_records
from inkdigit_train.errors import DataNotFoundError
from inkdigit_train.publish.fits import hand_weights


@pytest.fixture(scope="module")
def scored(hand, letter):
    records = [*hand, *(InkRecord(r.label, r.ink, "v") for r in hand[:12])]
    hands = made_hands(records, [letter] * 5, 2, np.random.default_rng(1))
    return hand_weights.score_hands(hands, OnnxSession(BUNDLED_MODEL))


def test_training_and_runtime_weigh_alike(scored):
    torch.manual_seed(0)
    net = hand_weights.HandNet(scored[0].described.shape[1])
    with torch.no_grad():
        net.weights["fading"].fill_(0.5)
        net.weights["doubt"].fill_(0.3)
        net.weights["balance"].fill_(0.4)
    sample, rng = scored[1], np.random.default_rng(0)
    kept, kept_as, corrected = hand_weights.remembered(sample, rng, standing=0.5)
    with torch.no_grad():
        answer = net(sample, kept, kept_as, corrected).log_softmax(1).numpy()
    rule = net.rule()
    projection = net.projection.detach().numpy()
    rule = HandRule(**{**vars(rule), "projection": projection})
    vectors = _unit(sample.described.numpy() @ projection)
    for query in (len(kept) - 1, len(kept) // 2):
        before = np.flatnonzero(kept[:query])
        known = Hand(vectors[before], kept_as[before], corrected[before], rule)
        own = sample.log_probabilities[query : query + 1].double().numpy()
        told = known.weigh(own, vectors[query : query + 1])[0]
        np.testing.assert_allclose(told, answer[query], atol=2e-3)


def test_what_is_remembered(scored):
    sample, rng = scored[2], np.random.default_rng(0)
    kept, kept_as, corrected = hand_weights.remembered(sample, rng, standing=0.0)
    labels, told = sample.labels.numpy(), sample.told.numpy()
    read = sample.log_probabilities.numpy().argmax(1)
    np.testing.assert_array_equal(kept_as, labels)
    np.testing.assert_array_equal(corrected, read != labels)
    assert not kept[~told].any()
    assert kept[(labels < DIGITS) & told].all()
    assert not kept[(labels == NOT_DIGIT) & (read == NOT_DIGIT)].any()
    only = hand_weights.remembered(sample, rng, standing=0.0, confirming=0.0)[0]
    np.testing.assert_array_equal(only, kept & (read != labels))
    wrong = hand_weights.remembered(sample, rng, standing=1.0)
    assert not wrong[2].any()
    np.testing.assert_array_equal(wrong[1], read)


def test_the_fit_writes_what_the_runtime_reads_and_mends_mistakes(
    tmp_path, hand, letter, monkeypatch
):
    monkeypatch.setattr(hand_weights, "STEPS", 60)
    monkeypatch.setattr(hand_weights, "HANDS_A_STEP", 4)
    ink, others = tmp_path / "ink.jsonl", tmp_path / "letters.jsonl"
    write_records(ink, [InkRecord(r.label, r.ink, w) for w in "ab" for r in hand])
    write_records(others, [InkRecord(letter.label, letter.ink, w) for w in "ab" for _ in range(9)])
    out = tmp_path / "hand.json"
    alone, left = hand_weights.fit_hand(BUNDLED_MODEL, [ink], [others], out)
    assert 0 <= left <= alone
    rule = HandRule.load(out)
    assert rule.size == hand_weights.SIZE
    assert rule.corrected >= rule.confirmed
    assert json.loads(out.read_text())["misread_alone"] == pytest.approx(alone, abs=1e-5)


def test_without_writers_there_is_nothing_to_fit(tmp_path, hand, letter):
    ink, others = tmp_path / "ink.jsonl", tmp_path / "letters.jsonl"
    write_records(ink, [InkRecord(r.label, r.ink) for r in hand])
    write_records(others, [letter])
    with pytest.raises(DataNotFoundError, match="writers"):
        hand_weights.fit_hand(BUNDLED_MODEL, [ink], [others], tmp_path / "hand.json")
