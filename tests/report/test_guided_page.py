"""The page of a `neuron-guided` run: units, cards, layers, whatever tables there are."""

import re

import numpy as np
import pytest

from neuroglot.report.page import render
from neuroglot.report.pages import guided, unit_cards
from neuroglot.report.pages.source import Source
from report.conftest import HOSTILE

LANGUAGES = ["python", "java", "go"]
SITES = ("q", "gate", "down")
LAYERS = 12


def tables():
    """Every table of the page's own sections, plausible and the same each time."""
    chance = np.random.default_rng(3)
    made = {name: [] for name in ("pls", "pls_scores", "pls_examples", "pls_writes")}
    for number, language in enumerate(LANGUAGES):
        for rank in range(1, 9):
            unit = {
                "layer": int(chance.integers(0, LAYERS)),
                "projection": SITES[rank % 3],
                "neuron": 100 * number + rank,
            }
            scores = dict(zip(LANGUAGES, chance.uniform(1, 3, 3), strict=True))
            scores[language] = 40 / rank
            second = max((x for x in LANGUAGES if x != language), key=scores.get)
            made["pls"].append(
                unit
                | {
                    "language": language,
                    "score": scores[language],
                    "ratio": scores[language] / scores[second],
                    "second_language": second,
                    "rank": rank,
                    "selected_by": "all",
                    "reduction": "mean_abs_prod",
                }
            )
            made["pls_scores"] += [
                unit | {"language": label, "score": value} for label, value in scores.items()
            ]
            tokens = ["def", " f", *HOSTILE]
            made["pls_examples"].append(
                unit
                | {
                    "language": language,
                    "rank": 1,
                    "document": "d1",
                    "path": HOSTILE[0],
                    "start": 0,
                    "tokens": tokens,
                    "scores": np.linspace(0, 1, len(tokens)).tolist(),
                }
            )
            if unit["projection"] != "q":
                made["pls_writes"].append(
                    unit | {"rank": 1, "token_id": 7, "token": HOSTILE[5], "weight": 0.3}
                )
    universal = made["pls"][0] | {"layer": 2, "neuron": 999, "rank": 1, "language": "universal"}
    made["pls"].append(universal | {"selected_by": "universal"})
    made["concept_layers"] = [
        {
            "corpus": "hand",
            "site": "resid_post",
            "layer": level,
            "measure": measure,
            "kind": kind,
            "a": "python",
            "b": "java" if kind == "cross" else "python",
            "value": 0.5 + 0.03 * level,
            "untrained": 0.2,
            "items": 40,
        }
        for level in range(-1, LAYERS)
        for measure in ("cosine", "retrieval")
        for kind in ("cross", "intra")
    ]
    made["concept_band"] = [
        {
            "corpus": "hand",
            "site": "resid_post",
            "start": 4,
            "end": 6,
            "rule": "one standard error",
            "layer": level,
            "share": 0.9 if 4 <= level <= 6 else 0.1,
            "n": 40,
            "unit": "task",
        }
        for level in range(-1, LAYERS)
    ]
    return made


@pytest.fixture(scope="module")
def made(make_run):
    return make_run(only=tables(), study="neuron-guided", languages=LANGUAGES)


def test_no_token_becomes_markup_and_every_unit_has_a_card(made):
    page = render(made)
    assert "<img src=x" not in page
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\u202e]", page)
    names = {
        f"L{row['layer']:02d}-{row['projection']}-N{row['neuron']:04d}"
        for row in tables()["pls"]
        if row["language"] != "universal"
    }
    deck = unit_cards.deck(Source(made))
    assert deck.ids == names
    assert deck.note == "Each of the 24 has a card below."
    assert all(f'href="#{name}"' in page or f'"{name}"' in page for name in names)


def test_the_counts_of_the_first_sentence_stand_in_a_table(made):
    page = guided.page(Source(made))
    section = next(each for each in page.sections if each.id == "units")
    rows = dict(section.blocks[0].rows)
    ids = [row["language"] for row in tables()["pls"]]
    assert sum(rows.values()) == len(ids)
    assert rows["all"] == ids.count("universal")


def test_a_card_says_whose_it_is_and_why_something_is_missing(made):
    cards = {
        card.id: card
        for block in unit_cards.deck(Source(made)).blocks
        for card in [*block.placed, *block.kept]
    }
    first = tables()["pls"][0]
    card = cards[f"L{first['layer']:02d}-{first['projection']}-N{first['neuron']:04d}"]
    assert card.summary == "Python, rank 1 · score 40.0"
    assert card.about.startswith(f"{first['ratio']:.2f} times the score it has in ")
    assert len(card.examples) == 1
    through = [card for name, card in cards.items() if "-q-" in name]
    assert {card.writes_note for card in through} == {
        "q acts through attention, it writes nothing by itself"
    }


def test_cards_stop_where_the_room_ends(made):
    deck = unit_cards.deck(Source(made), room=30_000)
    assert 0 < len(deck.ids) < 24
    assert "neuroglot show RUN L07-gate-N0123" in deck.note
    # Dealt in turns: no language has two more than another.
    sizes = [len([*block.placed, *block.kept]) for block in deck.blocks]
    assert max(sizes) - min(sizes) <= 1


def test_the_answer_counts_units_and_the_band_is_told(made):
    page = guided.page(Source(made))
    assert page.answer[0] == (
        "By activation times gradient each language has units of its own: Python 8, Java 8, Go 8; "
        "1 serves all languages alike."
    )
    (layers,) = [section for section in page.sections if section and section.id == "layers"]
    assert "best at layer 4 to layer 6" in layers.lead
    assert "90" in layers.lead


@pytest.mark.parametrize("absent", [None, *tables()])
def test_a_table_that_was_not_written_leaves_a_gap_not_an_error(make_run, absent):
    left = {name: rows for name, rows in tables().items() if name != absent}
    run = make_run(only=left, study="neuron-guided", languages=LANGUAGES)
    assert "</html>" in render(run)
