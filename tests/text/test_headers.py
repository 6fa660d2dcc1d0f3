import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuroglot.base.languages import LANGUAGE_IDS
from neuroglot.text.headers import STYLES, has_header, without_header

APACHE = "Copyright 2020 The Authors\nLicensed under the Apache License, Version 2.0"


def _lines(mark: str) -> str:
    return "".join(f"{mark} {line}\n" for line in APACHE.split("\n"))


BLOCK = "/*\n * " + APACHE.replace("\n", "\n * ") + "\n */\n"

CASES = [
    ("c", BLOCK + "\n#include <a.h>\n", "#include <a.h>\n"),
    ("c", "#ifndef A\n#define A\n\n" + BLOCK + "int a;\n", "#ifndef A\n#define A\n\nint a;\n"),
    ("cpp", _lines("//") + "\n#pragma once\n", "#pragma once\n"),
    ("cpp", "/* Copyright X */ int x;\n", " int x;\n"),
    ("csharp", _lines("//") + "using System;\n", "using System;\n"),
    ("go", _lines("//") + "\n//go:build linux\n\npackage a\n", "//go:build linux\n\npackage a\n"),
    (
        "go",
        _lines("//") + "\n// Package a does b.\npackage a\n",
        "// Package a does b.\npackage a\n",
    ),
    ("html", f"<!DOCTYPE html>\n<!-- {APACHE} -->\n<p>", "<!DOCTYPE html>\n<p>"),
    ("html", "{# Copyright X #}\n<p>", "<p>"),
    ("java", "package a.b;\n\n" + BLOCK + "\nclass A {}\n", "package a.b;\n\nclass A {}\n"),
    ("javascript", "'use strict';\n" + BLOCK + "a();\n", "'use strict';\na();\n"),
    (
        "javascript",
        "#!/usr/bin/env node\n" + _lines("//") + "a();\n",
        "#!/usr/bin/env node\na();\n",
    ),
    ("kotlin", BLOCK + '@file:JvmName("A")\npackage a\n', '@file:JvmName("A")\npackage a\n'),
    ("php", "<?php\n\n" + BLOCK + "\nnamespace A;\n", "<?php\n\nnamespace A;\n"),
    ("php", "<?php\n" + _lines("#") + "#[Attr]\nclass A {}\n", "<?php\n#[Attr]\nclass A {}\n"),
    (
        "python",
        "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n" + _lines("#") + "\nimport a\n",
        "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\nimport a\n",
    ),
    (
        "python",
        _lines("#") + "# -*- coding: utf-8 -*-\nimport a\n",
        "# -*- coding: utf-8 -*-\nimport a\n",
    ),
    (
        "ruby",
        "# frozen_string_literal: true\n" + _lines("#") + "a\n",
        "# frozen_string_literal: true\na\n",
    ),
    ("ruby", "=begin\nCopyright X\n=end\na\n", "a\n"),
    ("rust", "#![no_std]\n" + _lines("//") + "fn a() {}\n", "#![no_std]\nfn a() {}\n"),
    ("typescript", "// SPDX-License-Identifier: MIT\nlet a;\n", "let a;\n"),
    ("scala", BLOCK + "package a\n", "package a\n"),
    ("swift", _lines("//") + "import A\n", "import A\n"),
    (
        "haskell",
        "{-# LANGUAGE A #-}\n" + _lines("--") + "module A\n",
        "{-# LANGUAGE A #-}\nmodule A\n",
    ),
    ("haskell", "{- |\nCopyright : X\n-}\nmodule A\n", "module A\n"),
    ("shell", "#!/bin/sh\n" + _lines("#") + "\nls\n", "#!/bin/sh\nls\n"),
    ("english", "<!-- Copyright X -->\n\n# Title\n", "# Title\n"),
]


@pytest.mark.parametrize(("language", "text", "left"), CASES)
def test_headers_come_off_and_what_must_stay_first_stays(
    language: str, text: str, left: str
) -> None:
    assert without_header(text, language) == left
    assert has_header(text, language)
    assert not has_header(left, language)


@pytest.mark.parametrize(("language", "text", "left"), CASES)
def test_windows_line_ends_are_kept(language: str, text: str, left: str) -> None:
    assert without_header(text.replace("\n", "\r\n"), language) == left.replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "# Reads licence plates.\nimport a\n"),
        ("python", "import a\n# Copyright X\n"),
        ("python", '"""Copyright handling."""\n'),
        ("c", "#include <a.h>\n/* Copyright X */\n"),
        ("c", "/* Copyright X, never closed\nint a;\n"),
        ("java", "/** Sorts things. */\nclass A { /* Copyright */ }\n"),
        ("english", "Copyright law is a field of law.\n"),
        ("a label", "// Copyright X\n"),
        ("c", ""),
    ],
)
def test_everything_else_is_left_alone(language: str, text: str) -> None:
    assert without_header(text, language) == text
    assert not has_header(text, language)


def test_all_licence_paragraphs_go_and_the_documentation_stays() -> None:
    text = "# Copyright X\n\n# Redistribution and use in source\n\n# Sorts things.\n\nimport a\n"
    assert without_header(text, "python") == "# Sorts things.\n\nimport a\n"


def test_every_language_has_a_comment_style() -> None:
    assert set(STYLES) == set(LANGUAGE_IDS)


PARTS = st.sampled_from(
    [
        *("/* Copyright X */", "// Copyright X", "# Copyright X", "/* a", "*/", "// see the"),
        *("# licence", "licensed", "under", "\n", "\r\n", " ", "x = 1", "<!--", "-->", "{-", "-}"),
        *("=begin", "=end", "<?php", "#!/bin/sh", "package a;", "'use strict'", "#pragma once"),
    ]
)


@given(st.lists(PARTS, max_size=14).map("".join), st.sampled_from(LANGUAGE_IDS))
def test_doing_it_twice_changes_nothing_more(text: str, language: str) -> None:
    once = without_header(text, language)
    assert without_header(once, language) == once
    assert not has_header(once, language)


@given(st.lists(PARTS, max_size=14).map("".join), st.sampled_from(LANGUAGE_IDS))
def test_nothing_is_added_or_moved(text: str, language: str) -> None:
    rest = iter(text)
    assert all(character in rest for character in without_header(text, language))
