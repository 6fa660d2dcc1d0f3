"""Generated clone pairs: parts of other families, problems and seeds, with as many tokens alike."""

from statistics import mean

import pytest

from neuroglot.base.errors import ConfigError
from neuroglot.programs.catalogue import FAMILIES
from neuroglot.programs.clone_pairs import families_of, program_clones
from neuroglot.programs.clones import overlap
from neuroglot.programs.generation import named
from neuroglot.text.clone_pairs import SPLITS, TEST, VALIDATION


@pytest.fixture(scope="module")
def found():
    return program_clones(["python", "go"], count=6)


def test_parts_have_families_problems_and_seeds_of_their_own(found):
    families = families_of(0)
    assert sorted(families[VALIDATION] + families[TEST]) == sorted(FAMILIES)
    seen = {split: set() for split in SPLITS}
    for pair in found.pairs:
        for id in (pair.first, pair.second):
            program = named(id.split(".")[0])
            assert program.algorithm.family in families[pair.split]
            assert found.by_id[id].problem == program.algorithm.family
            seen[pair.split].add(program.seed)
    assert all(len(own) == 1 for own in seen.values())
    assert seen[VALIDATION] != seen[TEST]
    assert len({pair.split for pair in found.pairs}) == 2
    assert families_of(1) != families


def test_every_clone_stands_beside_what_shares_as_many_tokens(found):
    assert found.split().pairs == found.pairs
    code = {function.id: function.code for function in found.functions}
    shares = {
        label: [overlap(code[p.first], code[p.second]) for p in found.pairs if p.clone is label]
        for label in (True, False)
    }
    assert len(shares[True]) == len(shares[False]) >= 6 * 3
    assert abs(mean(shares[True]) - mean(shares[False])) < 0.04
    assert found.languages and set(found.languages) == {"python", "go"}


@pytest.mark.parametrize(
    ("asked", "said"), [({"count": 5}, "give 6 programs"), ({"languages": ["cobol"]}, "cobol")]
)
def test_what_cannot_be_generated_is_refused(asked, said):
    with pytest.raises(ConfigError, match=said):
        program_clones(**asked)
