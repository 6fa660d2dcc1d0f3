; Scopes.
(function_item) @scope
(function_signature_item) @scope
(closure_expression) @scope
(block) @scope
(match_arm) @scope
(for_expression) @scope
(if_expression) @scope
(while_expression) @scope
(function_type) @scope
(impl_item body: (declaration_list) @object)
(trait_item body: (declaration_list) @object)

; Definitions; those of a declaration are known after it. In a pattern only what begins with a
; small letter is a new name.
(let_declaration) @declaration
(let_condition) @declaration
((let_declaration pattern: (identifier) @local) (#match? @local "^[a-z_]"))
((let_condition pattern: (identifier) @local) (#match? @local "^[a-z_]"))
((for_expression pattern: (identifier) @local) (#match? @local "^[a-z_]"))
((parameter pattern: (identifier) @local) (#match? @local "^[a-z_]"))
((closure_parameters (identifier) @local) (#match? @local "^[a-z_]"))
((tuple_pattern (identifier) @local) (#match? @local "^[a-z_]"))
((tuple_struct_pattern (identifier) @local) (#match? @local "^[a-z_]"))
((slice_pattern (identifier) @local) (#match? @local "^[a-z_]"))
((reference_pattern (identifier) @local) (#match? @local "^[a-z_]"))
((ref_pattern (identifier) @local) (#match? @local "^[a-z_]"))
((mut_pattern (identifier) @local) (#match? @local "^[a-z_]"))
((or_pattern (identifier) @local) (#match? @local "^[a-z_]"))
((captured_pattern . (identifier) @local) (#match? @local "^[a-z_]"))
((match_pattern . (identifier) @local) (#match? @local "^[a-z_]"))
((field_pattern pattern: (identifier) @local) (#match? @local "^[a-z_]"))
(field_pattern name: (shorthand_field_identifier) @local)
(field_pattern (mutable_specifier) name: (shorthand_field_identifier) @opaque)
(field_pattern "ref" name: (shorthand_field_identifier) @opaque)
(const_item name: (identifier) @variable)
(static_item name: (identifier) @variable)
(function_item name: (identifier) @function)
(use_list (identifier) @kept)
(use_as_clause alias: (identifier) @kept)
(use_declaration argument: (scoped_identifier name: (identifier) @kept))

; Uses, and identifiers that are none. A macro's argument is a row of tokens.
(identifier) @reference
(shorthand_field_identifier) @shorthand
(shorthand_field_initializer (identifier) @shorthand)
(scoped_identifier (identifier) @opaque)
(tuple_struct_pattern type: (identifier) @member)
(macro_invocation macro: (identifier) @member)
(label (identifier) @member)
(lifetime (identifier) @member)
(enum_variant name: (identifier) @member)
(token_tree "." . (identifier) @member)
(token_tree "::" . (identifier) @member)
(token_tree (identifier) @member . "::")
(token_tree (identifier) @member . ":")
(token_tree (identifier) @opaque . "=")
(macro_definition) @opaque
(attribute_item) @opaque
(const_parameter name: (identifier) @opaque)
(macro_invocation (token_tree (string_literal) @embedded))
; Inside a macro a variable that is called like a type reads as that type.
(token_tree (primitive_type) @opaque)
