; Scopes. `var` is the function's, so blocks are none.
(function_declaration) @scope
(generator_function_declaration) @scope
(function_expression) @scope
(generator_function) @scope
(arrow_function) @scope
(method_definition) @scope
(catch_clause) @scope
(class_body) @object

; Definitions.

(arrow_function parameter: (identifier) @variable)
(assignment_pattern left: (identifier) @variable)
(rest_pattern (identifier) @variable)
(array_pattern (identifier) @variable)
(pair_pattern value: (identifier) @variable)
(object_pattern (shorthand_property_identifier_pattern) @variable)
(object_assignment_pattern left: (shorthand_property_identifier_pattern) @variable)
(variable_declarator name: (identifier) @variable)
(for_in_statement kind: _ left: (identifier) @variable)
(catch_clause parameter: (identifier) @variable)
(function_declaration name: (identifier) @function)
(generator_function_declaration name: (identifier) @function)
(function_expression name: (identifier) @variable)
(class_declaration name: (_) @kept)
(import_specifier name: (identifier) @kept)
(import_specifier alias: (identifier) @kept)
(import_clause (identifier) @kept)
(namespace_import (identifier) @kept)
(export_statement declaration: (_ name: (identifier) @opaque))
(export_statement declaration: (_ (variable_declarator name: (identifier) @opaque)))
(export_specifier (identifier) @opaque)

; Uses, and identifiers that are none.
(identifier) @reference
(shorthand_property_identifier) @reference
(shorthand_property_identifier) @shorthand
(shorthand_property_identifier_pattern) @reference
(shorthand_property_identifier_pattern) @shorthand

((call_expression function: (identifier) @reflection) (#eq? @reflection "eval"))
((new_expression constructor: (identifier) @reflection) (#eq? @reflection "Function"))
(string) @string
(template_string) @string
