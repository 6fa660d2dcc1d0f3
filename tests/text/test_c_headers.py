import pytest

from neuroglot.text.c_headers import header_language

C_WITH_GUARD = """#ifndef A_H
#define A_H
#include <stdio.h>
#ifdef __cplusplus
extern "C" {
#endif
/* the class of a thing; std::string is not used */
struct class_info { int namespace; const char *text; };
int class(int new, int template);  // public: yes
char *s = "namespace a { class b; }";
#if defined(__cplusplus)
}
#endif
#endif
"""


@pytest.mark.parametrize(
    "body", ["", C_WITH_GUARD, "int f(void);\n", C_WITH_GUARD.replace("\n", "\r\n")]
)
def test_c_headers_stay_c_when_made_usable_from_cpp(body: str) -> None:
    assert header_language(body) == "c"


@pytest.mark.parametrize(
    "line",
    [
        "class Shape {",
        "class EXPORT Shape final : public Base {",
        "namespace a {",
        "namespace a::b {",
        "template <typename T>",
        "  virtual ~Shape();",
        "#include <vector>",
        "std::string name();",
        "using Name = int;",
        "enum class Colour { red };",
        "constexpr int n = 3;",
        " public:",
    ],
)
def test_one_line_of_cpp_makes_a_cpp_header(line: str) -> None:
    assert header_language(f"#pragma once\n{line}\n") == "cpp"


@pytest.mark.parametrize(
    "line", ["@interface Shape : NSObject", "#import <Foundation/Foundation.h>"]
)
def test_objective_c_is_neither(line: str) -> None:
    assert header_language(f"{line}\n- (void)draw;\n") is None
