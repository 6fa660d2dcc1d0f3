; Scopes.
(function_declaration) @scope
(anonymous_function) @scope
(lambda_literal) @scope
(secondary_constructor) @scope
(getter) @scope
(setter) @scope
(function_type) @scope
(block) @scope
(for_statement) @scope
(when_expression) @scope
(catch_block) @scope
(class_declaration) @object
(object_declaration) @object
(class_body) @object
(enum_class_body) @object

; Definitions; those of a declaration are known after it.
(property_declaration) @declaration
(variable_declaration . (identifier) @local)
(function_value_parameters (parameter . (identifier) @variable))
(catch_block . (identifier) @variable)
(class_parameter (identifier) @kept)
(enum_entry (identifier) @kept)
(class_declaration name: (identifier) @kept)
(object_declaration name: (identifier) @kept)
(function_declaration name: (identifier) @function)
((class_body (function_declaration
  (modifiers (visibility_modifier) @_open) name: (identifier) @method))
  (#eq? @_open "private"))
(import (identifier) @kept)

; Uses, and identifiers that are none.
(identifier) @reference
(user_type (identifier) @member)
(navigation_expression (_) (identifier) @member)
(callable_reference (_) (identifier) @member)
(qualified_identifier (identifier) @member)
(value_argument (identifier) @opaque "=")
(return_expression label: (identifier) @member)
(labeled_expression (label) (identifier) @member)
(type_parameter (identifier) @member)
(string_literal) @embedded
(multiline_string_literal) @embedded
