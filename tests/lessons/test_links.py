"""A link that opens the Lab opens what it says."""

import re

import pytest

from mnist37.data import Digits
from mnist37.lessons.words.vocabulary import TERMS, Term
from mnist37.rungs import LADDER, settings_for
from mnist37.settings import Settings
from mnist37.ui.lessons.shared.table import get_lesson
from mnist37.ui.shell.link import link_parameters, read_link
from tests.train.told import teach

LINKED = [term for term in TERMS if term.settings]


def settings_of(term: Term) -> Settings:
    linked = read_link(term.parameters)
    assert linked.notices == ()
    assert linked.rung is not None
    return settings_for(linked.rung, **linked.values)


@pytest.mark.parametrize("term", LINKED, ids=lambda term: term.word)
def test_its_settings_are_valid_and_go_to_the_lab(term: Term) -> None:
    assert term.page == "lab"
    parameters = link_parameters(settings_of(term), frozenset())
    assert {name: parameters[name] for name in term.parameters} == term.parameters


@pytest.mark.parametrize("name", LADDER)
def test_the_lesson_that_a_model_names_is_there(name: str) -> None:
    assert get_lesson(LADDER[name].lesson_page).name == LADDER[name].lesson_page


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.word)
def test_a_number_in_its_words_is_the_one_that_it_opens(term: Term) -> None:
    for number, name in (("epochs", "epochs"), ("units", "hidden")):
        said = re.findall(rf"(\d+) {number}", term.touch)
        assert not said or [getattr(settings_of(term), name)] == [int(one) for one in said]
    in_batches = re.findall(r"batches of (\d+)", term.touch)
    assert not in_batches or [settings_of(term).batch_size] == [int(one) for one in in_batches]


def test_the_link_on_overfitting_overfits_visibly(embedded: Digits) -> None:
    """The training digits are learned by heart, and the valid loss rises to several times its lowest."""
    (term,) = [term for term in TERMS if term.word == "overfitting"]
    told = teach(settings_of(term), embedded)
    assert told.outcome.reason == ""
    losses = [epoch.valid_loss for epoch in told.epochs]
    lowest = losses.index(min(losses))
    assert lowest < len(losses) // 2
    assert losses[-1] > 4 * losses[lowest]
    assert told.epochs[-1].train_accuracy >= 0.999
    assert told.epochs[-1].accuracy < 0.999
