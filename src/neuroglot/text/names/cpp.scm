; What C++ adds to C's names, which are read first.
(lambda_expression) @scope
(for_range_loop) @scope
(catch_clause) @scope
(if_statement) @scope
(while_statement) @scope
(switch_statement) @scope

(optional_parameter_declaration declarator: (identifier) @local)
(variadic_declarator (identifier) @local)
(reference_declarator (identifier) @local)
(structured_binding_declarator (identifier) @local)
(for_range_loop declarator: (identifier) @local)
(lambda_capture_initializer left: (identifier) @local)
(condition_clause (declaration declarator: (identifier) @local))
(function_definition
  (reference_declarator (function_declarator declarator: (identifier) @function)))
(function_declarator declarator: (field_identifier) @kept.function)
(field_declaration declarator: (_ declarator: (field_identifier) @kept))

; `vector<int> w(n);` is read as a prototype of w, and n as a type.
(compound_statement
  (declaration declarator: (function_declarator declarator: (identifier) @local)))

(qualified_identifier name: (identifier) @opaque)
(qualified_identifier name: (_) @member)
(class_specifier name: (_) @member)
(type_parameter_declaration (type_identifier) @member)
(optional_type_parameter_declaration name: (type_identifier) @member)
(alias_declaration name: (_) @member)
(base_class_clause (type_identifier) @member)
(field_initializer (field_identifier) @member)
(concept_definition name: (_) @member)
(using_declaration (identifier) @kept)
