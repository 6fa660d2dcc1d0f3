"""Words that are no name in some language: keywords, and built-ins a reader would miss.

A name of the tree is in snake_case and free in all twelve languages at once, so that no writer has
to rename. Functions and titles have two words or more, which keeps them clear of libraries.
"""

import re

_KEYWORDS = """
abstract alias alignas alignof and array as asm assert async auto await base become bool boolean
box break byte callable case catch char checked class clone companion concept const constexpr
continue crate data debugger decimal declare decltype def default defer defined del delegate delete
die do double dyn echo elif else elseif elsif empty end ensure enum eval event except exit explicit
export extends extern fallthrough false field final finally fixed float fn for foreach friend from
fun func function get global go goto go_to if impl implements implicit import in include infix init
inline inout instanceof int int8 int16 int32 int64 interface internal is isset it lambda lateinit
let lock long loop macro make map match mod module mut mutable namespace native never new next nil
none nonlocal not null object of open operator or out outer override package params pass print priv
private protected public raise range readonly redo ref register reified rescue restrict retry
return rune sbyte sealed select self set short signed sizeof stackalloc static string struct super
suspend switch symbol synchronized tailrec template then this throw throws trait transient true try
type typealias typedef typeof uint ulong unchecked undef union unless unsafe unsized unsigned unset
until use ushort using val value_of var vararg virtual void volatile when where while with yield xor
begin chan move pub
"""

_BUILT_IN = """
abs all any append arguments bin calloc cap close complex console copy delay dict dir div document
error exp filter float format free getc gets hash hex id imag index_of input iter len line_no list
log malloc math max method min name_of new_list num object_id oct ord p panic pow process puts
rand real realloc recover remove rename require reversed rindex round signal sleep sorted sprintf
sqrt srand std str strlen sum system test time tuple vars window zip
fmt iota main os strconv strings vec
"""

_TWO_WORDS = """
append_iterator array_iterator array_object base_name bin_dec bool_val check_date date_interval
date_period date_time dec_bin dec_hex dec_oct dir_name empty_iterator file_size file_type
filter_iterator float_val get_date get_type glob_iterator hex_dec int_div int_val
limit_iterator multiple_iterator nat_sort oct_dec outer_iterator path_info read_file regex_iterator
set_type str_len str_pos str_rev str_val sub_str temp_nam uc_words weak_map word_wrap
"""
"""Functions and classes of PHP, which has them in sight everywhere and heeds no capital letters."""

_RUNTIME = """
add_letter add_number add_text append_item copied_list decimal_text filled_list new_buffer
"""
"""What writers add to a program whose language lacks growing lists or strings."""

RESERVED = frozenset((_KEYWORDS + _BUILT_IN + _TWO_WORDS + _RUNTIME).split())

_NAME = re.compile(r"[a-z]+(_[a-z]+)*")


def is_name(text: str) -> bool:
    """Whether a variable may bear this name in every language."""
    return bool(_NAME.fullmatch(text)) and text not in RESERVED and not text.endswith("_length")


def is_long_name(text: str) -> bool:
    """Whether a function or a class may bear this name: two words or more."""
    return is_name(text) and "_" in text
