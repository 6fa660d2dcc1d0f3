; Scopes.
(method_declaration) @scope
(constructor_declaration) @scope
(compact_constructor_declaration) @scope
(block) @scope
(constructor_body) @scope
(lambda_expression) @scope
(for_statement) @scope
(enhanced_for_statement) @scope
(try_with_resources_statement) @scope
(catch_clause) @scope
(switch_block_statement_group) @scope
(switch_rule) @scope
(class_body) @object
(interface_body) @object
(enum_body) @object
(enum_body_declarations) @object
(annotation_type_body) @object
(record_declaration) @object

; Definitions. Only methods that nothing can override or call from elsewhere have new names.
(formal_parameter name: (identifier) @local)
(spread_parameter (variable_declarator name: (identifier) @local))
(variable_declarator name: (identifier) @local)
(inferred_parameters (identifier) @local)
(lambda_expression parameters: (identifier) @local)
(enhanced_for_statement name: (identifier) @local)
(resource name: (identifier) @local)
(catch_formal_parameter name: (identifier) @local)
(instanceof_expression name: (identifier) @local)
(type_pattern (identifier) @local)
(record_pattern_component (identifier) @local)
(enum_constant name: (identifier) @kept)
(method_declaration name: (identifier) @kept.function)
((method_declaration (modifiers) @_open name: (identifier) @method)
  (#match? @_open "\\b(static|private)\\b"))

; Uses: variables and methods have names of their own kind.
(identifier) @value
(method_invocation !object name: (identifier) @call)
(method_invocation object: (_) name: (identifier) @member)
(field_access field: (identifier) @member)
(scoped_identifier (identifier) @member)
(method_reference (_) (identifier) @member)
(constructor_declaration name: (identifier) @member)
(labeled_statement . (identifier) @member)
(break_statement (identifier) @member)
(continue_statement (identifier) @member)
(element_value_pair key: (identifier) @member)
(annotation name: (identifier) @member)
(marker_annotation name: (identifier) @member)
