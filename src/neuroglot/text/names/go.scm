; Scopes.
(function_declaration) @scope
(method_declaration) @scope
(func_literal) @scope
(function_type) @scope
(method_elem) @scope
(block) @scope
(if_statement) @scope
(for_statement) @scope
(expression_switch_statement) @scope
(type_switch_statement) @scope
(expression_case) @scope
(type_case) @scope
(default_case) @scope
(communication_case) @scope

; Definitions; those of a declaration are known after it.
(short_var_declaration) @declaration
(var_spec) @declaration
(const_spec) @declaration
(range_clause) @declaration
(short_var_declaration left: (expression_list (identifier) @local))
(range_clause left: (expression_list (identifier) @local))
(receive_statement left: (expression_list (identifier) @local))
(type_switch_statement alias: (expression_list (identifier) @local))
(var_spec name: (identifier) @local)
(const_spec name: (identifier) @local)
(parameter_declaration name: (identifier) @local)
(variadic_parameter_declaration name: (identifier) @local)
(function_declaration name: (identifier) @function)

; Uses, and identifiers that are none. A literal's key may be a field.
(identifier) @reference
(type_parameter_declaration name: (identifier) @opaque)
(keyed_element key: (literal_element (identifier) @opaque))
