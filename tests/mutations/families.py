"""The kinds of damage by what a person would call them."""

from __future__ import annotations

FAMILIES = {
    "bytes, encodings, archives": (
        *("flip_byte", "truncate", "add_nul", "to_utf16", "to_other_code_page", "add_byte_order_mark"),
        *("bomb", "lie_about_size", "not_a_workbook", "huge_cell"),
    ),
    "quotes, separators, line breaks, odd blanks": ("stray_quote", "change_separator", "line_break", "odd_blank"),
    "formulas, dates, errors": ("formula", "number_as_formula", "number_as_date", "number_as_error"),
    "rows dropped, repeated, shifted": ("drop_row", "duplicate_row", "shift_row", "cut_at_a_line", "empty_sheet"),
    "columns shifted, swapped, renamed": (
        *("shift_column", "swap_neighbours", "rename_column", "swap_columns", "drop_column", "move_column"),
        "rename_sheet",
    ),
    "numbers scaled": ("scale_by_1000", "scale_by_1e6", "scale_by_a_thousandth", "scale_column"),
    "digits, signs, cells emptied": (
        *("change_digit", "change_digit_of_number", "lose_sign", "decimal_comma", "blank_cell", "word_for_nothing"),
    ),
    "units swapped": ("swap_unit",),
    "names altered": ("change_letter", "other_script", "other_value_of_column"),
}
FAMILY_OF = {mutator: family for family, mutators in FAMILIES.items() for mutator in mutators}
