"""What the lens's pages call categories of tokens, and how these look."""

from neuroglot.report.pages.source import look, named

EVERY = "all"
"""The source or target of a row that stands for all of them."""

CATEGORIES = {
    "english": ("English", "l-english", "×"),
    "english only": ("English only", "l-english", "◇"),
    "keywords": ("Keywords", "tone-a", "●"),
    "source keywords": ("Source keywords", "tone-e", "▲"),
    "target keywords": ("Target keywords", "tone-b", "■"),
    "third languages": ("Third languages", "tone-c", "▼"),
}


def title(category: str) -> str:
    """A category as the page calls it: our words, a language's name, or the word itself."""
    if category in CATEGORIES:
        return CATEGORIES[category][0]
    return "True token" if category == "gold" else named(category)


def colour(category: str) -> str:
    """The class of its colour."""
    return CATEGORIES[category][1] if category in CATEGORIES else look(category)[0]


def place(category: str) -> int:
    """Where it stands among others; languages come last."""
    names = [*CATEGORIES, "gold"]
    return names.index(category) if category in names else len(names)
