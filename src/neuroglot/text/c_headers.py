"""Whether a `.h` file is C, C++ or neither, by what stands in it.

A header's extension is shared. Comments, strings and the parts that only a C++ compiler sees (the
usual `extern "C"` guard) are left out before looking, so that a C header made usable from C++ is C.
"""

import re

_IGNORED = re.compile(
    r"/\*.*?\*/|//[^\n]*"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|^[ \t]*#[ \t]*if(?:def[ \t]+|[ \t]+defined[ \t]*\(?[ \t]*)__cplusplus.*?^[ \t]*#[ \t]*endif",
    re.DOTALL | re.MULTILINE,
)
_OTHER = re.compile(r"^\s*(?:@interface|@protocol|@class|@import|#\s*import)\b", re.MULTILINE)
_CPP = re.compile(
    r"\b(?:class|enum\s+class)\s+(?:[A-Z_]\w*\s+)?\w+\s*(?:final\s*)?[:{;]"
    r"|\b(?:inline\s+)?namespace\b\s*[\w:]*\s*\{|\busing\s+(?:namespace\b|\w+\s*=|[\w:]+::\w+)"
    r"|\btemplate\s*<|\b(?:public|private|protected)\s*:|\w\s*::\s*[~\w]"
    r"|\b(?:static|dynamic|const|reinterpret)_cast\s*<|\bvirtual\s+[~\w]|\boperator\s*[^\w\s]"
    r"|\b(?:constexpr|consteval|noexcept|decltype|nullptr|typename|mutable|friend)\b"
    r"|^\s*#\s*include\s*<(?:[a-z_]+|[\w/]+\.(?:hpp|hh|hxx))>",
    re.MULTILINE,
)


def header_language(text: str) -> str | None:
    """The language of a `.h` file: "c", "cpp", or None for another (Objective-C)."""
    bare = _IGNORED.sub(" ", text)
    if _OTHER.search(bare):
        return None
    return "cpp" if _CPP.search(bare) else "c"
