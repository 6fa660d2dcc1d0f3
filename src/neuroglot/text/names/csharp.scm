; Scopes.
(method_declaration) @scope
(constructor_declaration) @scope
(operator_declaration) @scope
(indexer_declaration) @scope
(delegate_declaration) @scope
(local_function_statement) @scope
(lambda_expression) @scope
(anonymous_method_expression) @scope
(block) @scope
(for_statement) @scope
(foreach_statement) @scope
(using_statement) @scope
(catch_clause) @scope
(switch_section) @scope
(query_expression) @scope
(declaration_list) @object
(enum_member_declaration_list) @object
(record_declaration) @object

; Definitions. Only methods that nothing can override or call from elsewhere have new names.
(parameter name: (identifier) @variable)
(parameter_list name: (identifier) @variable)
(lambda_expression parameters: (implicit_parameter) @variable)
(variable_declarator name: (identifier) @variable)
(tuple_pattern name: (identifier) @variable)
(foreach_statement left: (identifier) @variable)
(catch_declaration name: (identifier) @variable)
(declaration_pattern name: (identifier) @variable)
(declaration_expression name: (identifier) @variable)
(var_pattern name: (identifier) @variable)
(from_clause name: (identifier) @variable)
(property_declaration name: (identifier) @kept)
(event_declaration name: (identifier) @kept)
(enum_member_declaration name: (identifier) @kept)
(class_declaration name: (identifier) @kept)
(local_function_statement name: (identifier) @function)
(method_declaration name: (identifier) @kept.function)
((method_declaration (modifier) @_open name: (identifier) @method)
  (#any-of? @_open "static" "private"))

; Uses, and identifiers that are none.
(identifier) @reference
(member_access_expression name: (identifier) @member)
(member_access_expression name: (generic_name (identifier) @member))
(member_binding_expression name: (identifier) @member)
(_ type: (identifier) @member)
(_ returns: (identifier) @member)
(qualified_name (identifier) @member)
(using_directive (_) @member)
(base_list (identifier) @member)
(namespace_declaration name: (identifier) @member)
(constructor_declaration name: (identifier) @member)
(attribute name: (identifier) @member)
(labeled_statement . (identifier) @member)
(goto_statement (identifier) @member)
(type_parameter (identifier) @member)
(tuple_element name: (identifier) @member)
(initializer_expression (assignment_expression left: (identifier) @member))
(anonymous_object_creation_expression (identifier) @opaque)
(argument name: (identifier) @opaque)
(join_clause (identifier) @opaque)
(let_clause . (identifier) @opaque)
((invocation_expression function: (identifier) @_of arguments: (_) @opaque) (#eq? @_of "nameof"))
