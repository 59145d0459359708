"""Questions that ask the same, put together.

Words are brought to their stems, words that carry no question are left out, and what is left is
compared as a set and as a sequence at once: the set alone would find «когда старт» in everything
that mentions the start.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeVar

import snowballstemmer
from rapidfuzz import fuzz

T = TypeVar("T")
ALIKE = 85.0
WORD = re.compile(r"[^\W_]+")
CYRILLIC = re.compile(r"[а-я]")
FILLERS = (
    "а и в во на у к ко с со о об по за из от до для ли же бы не ни то это этот эта эти там тут "
    "вы вас вам мы нас нам я мне меня он она они их ваш ваша ваше ваши мой моя наш "
    "будет будут быть есть был была было подскажите скажите пожалуйста здравствуйте добрый день "
    "вечер привет можно вопрос такой хочу узнать интересует еще уже ну вот так как что какой "
    "какая какие the a an is are do does i you we it to of for in on please hi hello can"
)
WITHOUT_MEANING = frozenset(FILLERS.split())


def together(items: Sequence[T], words: Callable[[T], str]) -> list[list[T]]:
    """Groups in the order of their first items, each led by it. Every pair is compared at most
    once: a page's worth, and no more, is to be given."""
    groups: list[tuple[str, list[T]]] = []
    for item in items:
        stems = stemmed(words(item))
        group = next((each for lead, each in groups if alike(lead, stems)), None)
        if group is None:
            groups.append((stems, [item]))
        else:
            group.append(item)
    return [group for _, group in groups]


def alike(one: str, other: str) -> bool:
    if one == other:
        return True
    if not one or not other:
        return False
    same_words, same_text = fuzz.token_set_ratio(one, other), fuzz.token_sort_ratio(one, other)
    return (same_words + same_text) / 2 >= ALIKE


def stemmed(text: str) -> str:
    """The stems of the words that carry the question, in the order of the alphabet; all of the
    words where none of them does."""
    words = WORD.findall(text.lower().replace("ё", "е"))
    told = [word for word in words if word not in WITHOUT_MEANING] or words
    return " ".join(sorted({_stem(word) for word in told}))


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    language = "russian" if CYRILLIC.search(word) else "english"
    return str(snowballstemmer.stemmer(language).stemWord(word))
